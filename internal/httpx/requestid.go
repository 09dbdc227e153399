package httpx

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
)

// requestIDHeader carries the identifier in and out.
const requestIDHeader = "X-Request-Id"

// requestIDLimit is the longest identifier accepted from a proxy, in bytes.
const requestIDLimit = 64

type requestIDKey struct{}

// RequestID names each request, so that a reader's error page, the log and a
// proxy in front speak of the same one. An X-Request-Id that comes with the
// request is kept when it is sane.
func RequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestIDHeader)
		if !saneID(id) {
			id = rand.Text()
		}
		w.Header().Set(requestIDHeader, id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// RequestIDFrom is the identifier of the request being served, or "".
func RequestIDFrom(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// saneID accepts short identifiers of letters, digits and - _ . only: they are
// written in logs and answered back.
func saneID(id string) bool {
	strange := func(c rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", c)
	}
	return id != "" && len(id) <= requestIDLimit && !strings.ContainsFunc(id, strange)
}

// LogHandler adds the request's identifier to every record written through a
// method that takes the context (slog.InfoContext…), once however often it is
// applied.
func LogHandler(handler slog.Handler) slog.Handler {
	if _, already := handler.(logHandler); already {
		return handler
	}
	return logHandler{handler}
}

// traced is the logger with the request's identifier on its records.
func traced(logger *slog.Logger) *slog.Logger { return slog.New(LogHandler(logger.Handler())) }

type logHandler struct{ slog.Handler }

// Handle adds request_id when the context has one.
func (h logHandler) Handle(ctx context.Context, record slog.Record) error {
	if id := RequestIDFrom(ctx); id != "" {
		record = record.Clone()
		record.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs keeps the identifier on loggers made by Logger.With.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the identifier on loggers made by Logger.WithGroup.
func (h logHandler) WithGroup(name string) slog.Handler {
	return logHandler{h.Handler.WithGroup(name)}
}
