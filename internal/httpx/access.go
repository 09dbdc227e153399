package httpx

import (
	"log/slog"
	"net/http"
	"strings"
	"time"
)

const (
	// pathLimit is how much of a path is logged, in bytes.
	pathLimit = 256
	// segmentLimit is the longest part of a path that is logged. Identifiers
	// have 26 characters; the secrets of mailed links have 43 or more.
	segmentLimit = 40
)

// AccessLog writes one record for each request: method, path, status, bytes,
// duration, request id. Queries, headers, cookies and the long parts of paths,
// which may be secrets, are never written. Server errors are logged as errors.
func AccessLog(logger *slog.Logger) Middleware {
	logger = traced(logger)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start, rec := time.Now(), record(w)
			defer func() { logAccess(logger, r, rec, time.Since(start)) }()
			next.ServeHTTP(rec, r)
		})
	}
}

func logAccess(logger *slog.Logger, r *http.Request, rec *recorder, took time.Duration) {
	level, status := slog.LevelInfo, rec.answered()
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	logger.LogAttrs(r.Context(), level, "request",
		slog.String("method", r.Method),
		slog.String("path", loggedPath(r.URL.Path)),
		slog.Int("status", status),
		slog.Int64("bytes", rec.bytes),
		slog.Duration("duration", took))
}

// loggedPath hides the parts of a path that may be secrets, and its excess.
func loggedPath(path string) string {
	if len(path) > pathLimit {
		return "/…"
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if len(segment) > segmentLimit {
			segments[i] = "…"
		}
	}
	return strings.Join(segments, "/")
}
