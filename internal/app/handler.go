package app

import (
	"net/http"
)

// handler is the whole of what is served.
func (a *App) handler() (http.Handler, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", a.healthz)
	mux.HandleFunc("GET /readyz", a.readyz)
	if a.Config.MetricsListen == "" {
		mux.Handle("GET /metrics", a.metrics())
	}
	return mux, nil
}
