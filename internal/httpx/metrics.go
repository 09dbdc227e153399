package httpx

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// unmatched is the route of requests that no pattern takes: their paths are
// anybody's choice and would fill the memory with labels.
const unmatched = "unmatched"

// Metrics measures durations, in seconds, by route pattern and class of status
// ("2xx"). It must stand right around the ServeMux. Event streams, whose
// duration says nothing, are left out. A second call on the same registry
// panics: the wiring is wrong.
func Metrics(registry prometheus.Registerer) Middleware {
	durations := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "guichet_http_request_duration_seconds",
		Help:    "Time to answer, by route pattern and class of status.",
		Buckets: []float64{.001, .0025, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"route", "class"})
	registry.MustRegister(durations)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start, rec := time.Now(), record(w)
			next.ServeHTTP(rec, r)
			if strings.HasPrefix(rec.Header().Get("Content-Type"), "text/event-stream") {
				return
			}
			durations.WithLabelValues(route(r), class(rec.answered())).Observe(time.Since(start).Seconds())
		})
	}
}

func route(r *http.Request) string {
	if r.Pattern == "" {
		return unmatched
	}
	return r.Pattern
}

func class(status int) string { return strconv.Itoa(status/100) + "xx" }
