package httpx

import (
	"math"
	"net/http"
	"strconv"
	"sync"

	"golang.org/x/time/rate"
)

// throttleKeys bounds how many clients are remembered per generation; two
// generations are kept, about 5 MB at most.
const throttleKeys = 10_000

// Rate is how many requests a client may make: PerSecond in the long run,
// Burst at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Throttle answers, through denied and with Retry-After set, clients that ask
// too often. key names the client of a request (see Proxies.ClientIP).
func Throttle(limit Rate, key func(*http.Request) string, denied http.Handler) Middleware {
	t := &throttle{limit: limit, recent: map[string]*rate.Limiter{}}
	wait := strconv.Itoa(int(math.Ceil(1 / limit.PerSecond)))
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if t.limiter(key(r)).Allow() {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Retry-After", wait)
			denied.ServeHTTP(w, r)
		})
	}
}

// throttle keeps the limiters of the clients seen lately. Once recent is full
// it becomes old and what was old is forgotten: memory stays bounded, and
// whoever keeps asking is carried over.
type throttle struct {
	limit  Rate
	mu     sync.Mutex
	recent map[string]*rate.Limiter
	old    map[string]*rate.Limiter
}

func (t *throttle) limiter(key string) *rate.Limiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l, found := t.recent[key]; found {
		return l
	}
	l, found := t.old[key]
	if !found {
		l = rate.NewLimiter(rate.Limit(t.limit.PerSecond), t.limit.Burst)
	}
	if len(t.recent) >= throttleKeys {
		t.old, t.recent = t.recent, map[string]*rate.Limiter{}
	}
	t.recent[key] = l
	return l
}
