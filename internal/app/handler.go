package app

import (
	"net/http"
	"strings"
	"time"

	"guichet"
	"guichet/internal/api"
	"guichet/internal/configuring"
	"guichet/internal/directory"
	"guichet/internal/drafting"
	"guichet/internal/httpx"
	"guichet/internal/mailout"
	"guichet/internal/markup"
	"guichet/internal/notifying"
	"guichet/internal/searching"
	"guichet/internal/transferring"
	"guichet/internal/web"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// signInRate bounds the attempts to sign in of one address, beside the limits per account.
func signInRate() httpx.Rate { return httpx.Rate{PerSecond: 2, Burst: 60} }

// linkRate bounds how often one address opens the questions of approvals: programs that read mail open
// a link many times, whoever tries tokens does so far more often.
func linkRate() httpx.Rate { return httpx.Rate{PerSecond: 2, Burst: 120} }

// handler is the whole of what is served.
func (a *App) handler() (http.Handler, error) {
	people := directory.New(a.Store)
	pages := a.site(people)
	endpoints, err := api.New(api.Deps{Desk: a.Desk, Directory: people, Announcing: a.announcing, Accounts: a.Accounts, Blobs: a.Blobs, I18n: a.texts,
		Log: a.log, Version: Version, Rate: a.rate(), BaseURL: a.Config.PublicURL()})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", a.healthz)
	mux.HandleFunc("GET /readyz", a.readyz)
	if a.Config.MetricsListen == "" {
		mux.Handle("GET /metrics", a.metrics())
	}
	web.Register(mux, pages)
	mux.Handle("/api/", endpoints)
	return a.layers(mux, pages)
}

// rate is the limit of each API token; a demonstration and its measures have none.
func (a *App) rate() httpx.Rate {
	if a.Config.APIRate == 0 {
		return httpx.Rate{}
	}
	return httpx.Rate{PerSecond: float64(a.Config.APIRate) / 60, Burst: max(a.Config.APIRate/5, 1)}
}

// site gathers what the pages need.
func (a *App) site(people *directory.Directory) *site.Site {
	s := &site.Site{Desk: a.Desk, Accounts: a.Accounts, Directory: people, Blobs: a.Blobs, Texts: a.texts,
		Markup: markup.NewCache(), Signer: a.signer, Log: a.log, BaseURL: a.Config.PublicURL(), Locale: a.Config.Locale,
		Zone: a.Config.Zone(), Now: time.Now, Operating: a.operating, Live: a.Live,
		Drafts: drafting.New(a.Store), Searching: searching.New(a.Store), Announcing: a.announcing, Configuring: configuring.New(a.Store), Transfers: transferring.New(a.Store),
		PreviewMail: notifying.New(a.texts, a.signer, a.Config.PublicURL()).Preview}
	if a.demo {
		s.Mailbox = mailout.NewOutbox(a.Store)
	}
	for _, account := range a.accounts {
		s.Demo = append(s.Demo, kit.Option{Value: account.Login, Label: account.Name})
	}
	return s
}

// layers puts around the routes what every request meets.
func (a *App) layers(mux *http.ServeMux, pages *site.Site) (http.Handler, error) {
	compress, err := httpx.Compress()
	if err != nil {
		return nil, err
	}
	foreign := pages.Refuse(guichet.Denied("cross_origin"))
	sameOrigin, err := httpx.CrossOrigin(foreign, a.Config.PublicURL())
	if err != nil {
		return nil, err
	}
	proxies, err := httpx.ParseProxies(a.Config.TrustedProxies)
	if err != nil {
		return nil, err
	}
	throttled := pages.Refuse(&guichet.Error{Kind: guichet.KindDenied, Code: "too_many_requests"})
	failed := pages.Refuse(&guichet.Error{Kind: guichet.KindInternal, Code: "internal"})
	return httpx.Chain(mux, httpx.RequestID, httpx.AccessLog(a.log), httpx.SecurityHeaders(a.Config.PublicURL()),
		compress, httpx.Recover(a.log, failed), only(signingIn, httpx.Throttle(signInRate(), proxies.ClientIP, throttled)),
		only(approving, httpx.Throttle(linkRate(), proxies.ClientIP, throttled)),
		sameOrigin, httpx.Metrics(a.registry)), nil
}

func signingIn(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/sign-in")
}

func approving(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/approvals/") }

// only applies a layer to some requests.
func only(some func(*http.Request) bool, layer httpx.Middleware) httpx.Middleware {
	return func(next http.Handler) http.Handler {
		limited := layer(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if some(r) {
				limited.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
