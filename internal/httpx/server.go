package httpx

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	headerTimeout = 10 * time.Second  // to send the header of a request
	idleTimeout   = 120 * time.Second // between two requests of a connection
	headerLimit   = 64 << 10          // bytes of a request's header
)

type drainingKey struct{}

// NewServer makes the server that listens on addr: header and idle times are
// bounded, stalled bodies cut, TRACE and its like refused. There is no limit
// on the duration of a whole request, for uploads over slow lines and for
// event streams.
func NewServer(addr string, handler http.Handler, logger *slog.Logger) *http.Server {
	draining := make(chan struct{})
	server := &http.Server{
		Addr:              addr,
		Handler:           refuseTrace(refuseStalls(handler)),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerLimit,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), drainingKey{}, draining)
		},
	}
	server.RegisterOnShutdown(sync.OnceFunc(func() { close(draining) }))
	return server
}

// Draining is closed when the server begins to shut down. Event streams, which
// never end by themselves, must then return; ordinary requests finish. Outside
// of a server of NewServer it is nil, which never closes.
func Draining(ctx context.Context) <-chan struct{} {
	draining, _ := ctx.Value(drainingKey{}).(chan struct{})
	return draining
}

// refuseTrace refuses methods that echo requests or open tunnels.
func refuseTrace(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodTrace, http.MethodConnect, "TRACK":
			w.Header().Set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
			w.WriteHeader(http.StatusMethodNotAllowed)
		default:
			next.ServeHTTP(w, r)
		}
	})
}
