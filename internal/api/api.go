// Package api is the REST face of the desk, under /api/v1: it translates JSON into the use cases and
// back, and decides nothing. It also serves the description of itself, /api/openapi.json for programs
// and /api/docs for people.
package api

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/announcing"
	"guichet/internal/blob"
	"guichet/internal/directory"
	"guichet/internal/httpx"
	"guichet/internal/i18n"
	"guichet/internal/ticketing"
)

// Deps is what the API stands on.
type Deps struct {
	Desk       *ticketing.Desk
	Directory  *directory.Directory
	Accounts   *account.Accounts
	Blobs      *blob.Store
	I18n       *i18n.Bundle
	Log        *slog.Logger
	Version    string           // of the program, shown by the documentation
	BaseURL    string           // public address, without a final slash
	Rate       httpx.Rate       // of each token; zero: not limited
	Now        func() time.Time // clock; nil: time.Now
	Announcing *announcing.Announcing
}

// DefaultRate is how many requests a token may make: 600 a minute, 120 at once.
func DefaultRate() httpx.Rate { return httpx.Rate{PerSecond: 10, Burst: 120} }

// Sizes of bodies, in bytes.
const (
	maxBody     = 1 << 20
	maxEnvelope = 1 << 20 // what a multipart body holds beside its files
	maxUpload   = guichet.MaxDocumentSize + maxEnvelope
)

// prefix is where everything that asks for a token lives.
const prefix = "/api/v1"

// face is the API of one desk.
type face struct {
	Deps
	mux     *http.ServeMux
	huma    huma.API
	small   http.Handler // the mux behind the limit of ordinary bodies
	large   http.Handler // the mux behind the limit of uploads
	guarded http.Handler // what asks for a token
}

// New makes the handler of everything under /api. It wants httpx.RequestID around it.
func New(d Deps) (http.Handler, error) {
	f, err := newFace(d)
	if err != nil {
		return nil, err
	}
	failed := func(w http.ResponseWriter, r *http.Request) {
		f.writeProblem(w, r, f.problemOf(r.Context(), http.StatusInternalServerError, "internal", nil))
	}
	return httpx.Recover(d.Log, failed)(f), nil
}

func newFace(d Deps) (*face, error) {
	if d.Now == nil {
		d.Now = time.Now
	}
	f := &face{Deps: d, mux: http.NewServeMux()}
	f.huma = humago.New(f.mux, f.config())
	f.huma.UseMiddleware(holdStatus)
	f.routes()
	f.describe()
	f.small = httpx.LimitBody(maxBody, f.tooLarge(maxBody))(f.mux)
	f.large = httpx.LimitBody(maxUpload, f.tooLarge(guichet.MaxDocumentSize))(f.mux)
	f.guarded = f.authenticated(f.paced(http.HandlerFunc(f.limited)))
	return f, f.serveDocs()
}

func (f *face) routes() {
	f.serviceRoutes()
	f.templateRoutes()
	f.announcementRoutes()
	f.linkRoutes()
	f.bulkRoutes()
	f.viewRoutes()
	f.ticketRoutes()
	f.exchangeRoutes()
	f.documentRoutes()
	f.peopleRoutes()
	f.directoryRoutes()
	f.importRoutes()
	f.absenceRoutes()
	f.clockRoutes()
}

// ServeHTTP implements http.Handler.
func (f *face) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handler, pattern := f.mux.Handler(r)
	r.Pattern = pattern // for the measures, taken further out
	r = r.WithContext(withCaller(r.Context(), caller{locale: i18n.Match(r.Header.Get("Accept-Language"), "")}))
	switch {
	case !wellFormed(r.URL):
		f.write(w, r, &guichet.Error{Kind: guichet.KindInvalid, Code: "request.malformed"})
	case pattern == "":
		f.unmatched(w, r, handler)
	case strings.HasPrefix(r.URL.Path, prefix+"/"):
		f.guarded.ServeHTTP(w, r)
	default:
		f.small.ServeHTTP(w, r)
	}
}

// wellFormed refuses addresses that hold what no database keeps: bytes that are not UTF-8, control
// characters.
func wellFormed(u *url.URL) bool {
	query, err := url.QueryUnescape(u.RawQuery)
	strange := func(s string) bool { return !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) }
	return err == nil && !strange(u.Path) && !strange(query)
}

// unmatched answers an address that does not exist, or not for this method: the mux knows which.
func (f *face) unmatched(w http.ResponseWriter, r *http.Request, handler http.Handler) {
	answer := probe{header: http.Header{}}
	handler.ServeHTTP(&answer, r)
	if answer.status == http.StatusMethodNotAllowed {
		w.Header()["Allow"] = answer.header["Allow"]
		f.writeProblem(w, r, f.problemOf(r.Context(), http.StatusMethodNotAllowed, "method_not_allowed", nil))
		return
	}
	f.write(w, r, guichet.NotFound("route"))
}

// probe is a response that nobody reads.
type probe struct {
	header http.Header
	status int
}

// Header implements http.ResponseWriter.
func (p *probe) Header() http.Header { return p.header }

// WriteHeader implements http.ResponseWriter.
func (p *probe) WriteHeader(status int) { p.status = status }

// Write implements http.ResponseWriter.
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }

// limited passes a request on, behind the limit of its route.
func (f *face) limited(w http.ResponseWriter, r *http.Request) {
	if _, pattern := f.mux.Handler(r); pattern == uploadPattern {
		f.large.ServeHTTP(w, r)
		return
	}
	f.small.ServeHTTP(w, r)
}

func (f *face) tooLarge(limit int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.write(w, r, &guichet.Error{Kind: guichet.KindTooLarge, Code: "body.too_large", Args: map[string]any{"Limit": limit}})
	})
}

// paced limits how often a token may ask.
func (f *face) paced(next http.Handler) http.Handler {
	if f.Rate.PerSecond <= 0 {
		return next
	}
	denied := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.writeProblem(w, r, f.problemOf(r.Context(), http.StatusTooManyRequests, "too_many_requests", nil))
	})
	key := func(r *http.Request) string { return callerOf(r.Context()).key }
	return httpx.Throttle(f.Rate, key, denied)(next)
}
