package app

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"guichet/internal/store"
)

// newRegistry holds the measures of the process and of the queue of jobs.
func newRegistry(s *store.Store) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&queue{store: s,
			waiting: prometheus.NewDesc("guichet_jobs_waiting", "Jobs that are due, or in hand.", nil, nil),
			dead:    prometheus.NewDesc("guichet_jobs_dead", "Jobs that failed for good.", nil, nil)},
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "guichet_statements_total", Help: "Statements sent to the database."},
			func() float64 { return float64(s.Statements()) }))
	return r
}

// queue measures the jobs when it is asked.
type queue struct {
	store         *store.Store
	waiting, dead *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (q *queue) Describe(out chan<- *prometheus.Desc) { out <- q.waiting; out <- q.dead }

// Collect implements prometheus.Collector. Without an answer from the database it says nothing.
func (q *queue) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = q.store.Read(ctx, func(tx *store.Tx) error {
		waiting, dead, err := tx.JobCounts(ctx)
		if err == nil {
			out <- prometheus.MustNewConstMetric(q.waiting, prometheus.GaugeValue, float64(waiting))
			out <- prometheus.MustNewConstMetric(q.dead, prometheus.GaugeValue, float64(dead))
		}
		return err
	})
}

func (a *App) metrics() http.Handler {
	return promhttp.HandlerFor(a.registry, promhttp.HandlerOpts{})
}

// healthz says that the process answers.
func (a *App) healthz(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"status": "ok", "version": Version})
}

// readyTimeout bounds the check of the database.
const readyTimeout = 3 * time.Second

// readyz says whether the desk can accept work: the database answers and accepts writes.
func (a *App) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if err := a.Store.Ready(ctx); err != nil {
		a.log.ErrorContext(r.Context(), "not ready", "error", err)
		answer(w, http.StatusServiceUnavailable, map[string]any{"status": "unavailable", "database": "not answering or not writable"})
		return
	}
	answer(w, http.StatusOK, map[string]any{"status": "ok", "database": "ok"})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have left
}
