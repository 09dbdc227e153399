package httpx

import (
	"log/slog"
	"net/http"
	"runtime/debug"
)

// Recover turns a panic into a logged error and the page or document that
// render writes, with status 500. When the response has already begun nothing
// good can be added to it: the connection is cut, so that the client does not
// take half a page for a whole one.
func Recover(logger *slog.Logger, render http.HandlerFunc) Middleware {
	logger = traced(logger)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := record(w)
			defer func() {
				if cause := recover(); cause != nil {
					answerPanic(rec, r, logger, cause, render)
				}
			}()
			next.ServeHTTP(rec, r)
		})
	}
}

func answerPanic(rec *recorder, r *http.Request, logger *slog.Logger, cause any, render http.HandlerFunc) {
	if cause == http.ErrAbortHandler { //nolint:errorlint // a panic gives any value, this one as it is
		panic(cause) // a handler's own way to cut the connection, already understood by the server
	}
	logger.ErrorContext(r.Context(), "panic", "cause", cause, "method", r.Method,
		"path", loggedPath(r.URL.Path), "stack", string(debug.Stack()))
	if rec.started() {
		panic(http.ErrAbortHandler)
	}
	for _, header := range []string{"Content-Type", "Content-Length", "Content-Disposition", "Etag", "Last-Modified"} {
		rec.Header().Del(header)
	}
	rec.Header().Set("Cache-Control", "no-store")
	render(rec, r)
}
