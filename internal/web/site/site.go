// Package site is what both faces share of HTTP: sessions, forms, files, errors.
package site

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/announcing"
	"guichet/internal/blob"
	"guichet/internal/configuring"
	"guichet/internal/directory"
	"guichet/internal/drafting"
	"guichet/internal/httpx"
	"guichet/internal/i18n"
	"guichet/internal/live"
	"guichet/internal/mailout"
	"guichet/internal/markup"
	"guichet/internal/operating"
	"guichet/internal/searching"
	"guichet/internal/ticketing"
	"guichet/internal/transferring"
	"guichet/internal/web/kit"
)

// Site holds what the pages need.
type Site struct {
	Desk        *ticketing.Desk
	Accounts    *account.Accounts
	Directory   *directory.Directory
	Blobs       *blob.Store
	Texts       *i18n.Bundle
	Markup      *markup.Cache
	Signer      account.Signer
	Operating   *operating.Operating     // what administrators look at
	Announcing  *announcing.Announcing   // information to the portal
	Searching   *searching.Searching     // what words may mean
	Configuring *configuring.Configuring // by which they change the process
	Transfers   *transferring.Transfers  // by which the configuration goes out and comes in as files
	// PreviewMail writes a message about a sample in the words of a desk: its subject and its HTML.
	PreviewMail func(context.Context, *guichet.Desk, guichet.MailSample) (subject, html string, err error)
	Drafts      *drafting.Drafts // what is typed and not sent yet
	Live        *live.Hub        // tells what happens while pages are open; nil: pages stay as they came
	Mailbox     *mailout.Outbox  // development mailbox; nil: no such page
	Log         *slog.Logger
	BaseURL     string // public address, without a final slash
	Locale      string // of those who have not chosen one
	Zone        *time.Location
	Demo        []kit.Option // accounts shown on the sign-in page of a demonstration
	Now         func() time.Time

	buffers sync.Pool // of pages in the making
}

// Access says who may ask for a route.
type Access int

// The kinds of access.
const (
	Signed Access = iota // somebody who is signed in
	Public               // anybody
	Anyone               // nobody in particular: who asks is not looked at
)

// Route is a page or an act, with who may ask for it.
type Route struct {
	Pattern string
	Access  Access
	Handle  func(*Request) error
}

// Request is one request with its reader.
type Request struct {
	*Site
	W      http.ResponseWriter
	R      *http.Request
	Actor  guichet.Actor // zero when nobody is signed in
	Config *guichet.Desk
	P      i18n.Printer

	waiting []ticketing.Waiting
	chosen  guichet.Chosen

	Majors []guichet.Ticket // major incidents that go on, once a page of the workspace was begun
}

// Register adds the routes to a mux.
func (s *Site) Register(mux *http.ServeMux, routes []Route) {
	for _, route := range routes {
		mux.HandleFunc(route.Pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(route, w, r) })
	}
}

func (s *Site) serve(route Route, w http.ResponseWriter, r *http.Request) {
	q := &Request{Site: s, W: w, R: r.WithContext(s.Desk.Once(r.Context()))}
	if !wellFormed(r.URL) {
		q.P = q.printer(guichet.Person{})
		q.fail(guichet.NotFound("page"))
		return
	}
	if err := q.prepare(route.Access); err != nil {
		q.fail(err)
		return
	}
	if err := route.Handle(q); err != nil {
		q.fail(err)
	}
}

// prepare finds out who reads, in which language.
func (q *Request) prepare(access Access) (err error) {
	q.P = q.printer(guichet.Person{})
	if access == Anyone {
		q.Config, err = q.Desk.Config(q.R.Context())
		return err
	}
	actor, err := q.sessionActor()
	switch {
	case err == nil:
		q.Actor = actor
		q.P = q.printer(actor.Person)
	case guichet.KindOf(err) != guichet.KindUnauthenticated:
		return err
	case access == Signed:
		return err
	}
	if q.Config, err = q.Desk.Config(q.R.Context()); err != nil || q.Actor.Person.ID == "" {
		return err
	}
	q.waiting, err = q.Desk.WaitingApprovals(q.R.Context(), q.Actor)
	return err
}

// byItself is the header of what a page asks without its reader: it does not prolong the session.
const byItself = "Guichet-Live"

func (q *Request) sessionActor() (guichet.Actor, error) {
	if q.R.Header.Get(byItself) != "" {
		actor, _, err := q.WatchSession(q.R.Context())
		return actor, err
	}
	return q.Accounts.SessionActor(q.R.Context(), q.token(), guichet.ChannelPortal)
}

func (q *Request) printer(p guichet.Person) i18n.Printer {
	zone := q.Zone
	if z, err := time.LoadLocation(p.TimeZone); p.TimeZone != "" && err == nil {
		zone = z
	}
	preferred := p.Locale
	if preferred == "" && q.R.Header.Get("Accept-Language") == "" {
		preferred = q.Locale
	}
	return q.Texts.Printer(i18n.Match(q.R.Header.Get("Accept-Language"), preferred), zone)
}

// Time is the time of the request.
func (q *Request) Time() time.Time { return q.Now() }

// Waiting are the approvals that wait for the reader.
func (q *Request) Waiting() []ticketing.Waiting { return q.waiting }

// Page fills the layout for the reader.
func (q *Request) Page(title, nav string) kit.Page {
	p := q.Bare(title)
	p.Now, p.Nav, p.Waiting, p.Demo, p.Path, p.Notice = q.Now(), nav, len(q.waiting), q.Mailbox != nil, q.R.URL.RequestURI(), q.takeNotice()
	if q.Actor.Person.ID != "" {
		p.Me = &kit.Me{ID: q.Actor.Person.ID, Name: q.Actor.Person.Name()}
		p.CanDesk = IsAgent(q.Actor)
		p.Alarms = q.alarms()
		p.CanAdmin = IsAdministrator(q.Actor)
		p.Keys = q.Keymap()
	}
	return p
}

// Bare fills the layout for nobody in particular.
func (q *Request) Bare(title string) kit.Page {
	p := kit.Page{P: q.P, Title: title}
	if q.Config == nil {
		return p
	}
	p.Desk, p.Contact, p.SignInHelp = q.Config.Name, q.Config.Contact, q.Config.SignInHelp
	if mark := q.Config.Look.Mark(); mark != "" {
		p.Look = "/look/" + mark + "/look.css"
		if q.Config.Look.Logo != "" {
			p.Logo = "/look/" + mark + "/logo"
		}
	}
	return p
}

// IsAgent reports whether somebody works at the desk somewhere.
func IsAgent(a guichet.Actor) bool {
	return a.HandlesTickets()
}

// IsAdministrator reports whether somebody configures or operates the desk.
func IsAdministrator(a guichet.Actor) bool {
	return a.Has(guichet.PermissionConfigure) || a.Has(guichet.PermissionOperate) || a.Has(guichet.PermissionPeople)
}

// Render writes a page. It is made whole first: one write costs less than twenty, and a page that
// cannot be made is an error page rather than half of one.
func (q *Request) Render(status int, page templ.Component) error {
	b, _ := q.buffers.Get().(*bytes.Buffer)
	if b == nil {
		b = new(bytes.Buffer)
	}
	b.Reset()
	defer q.buffers.Put(b)
	if err := page.Render(q.R.Context(), b); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	h := q.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	q.W.WriteHeader(status)
	if _, err := q.W.Write(b.Bytes()); err != nil {
		q.Log.WarnContext(q.R.Context(), "page not written to its end", "error", err)
	}
	return nil
}

// JSON answers a script of ours.
func (q *Request) JSON(body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	q.W.Header().Set("Content-Type", "application/json")
	q.W.Header().Set("Cache-Control", "no-store")
	_, _ = q.W.Write(text) // the reader may have left
	return nil
}

// Redirect leads to another page after an act; the notice is shown there, once.
func (q *Request) Redirect(path, notice string) error {
	if notice != "" {
		q.leaveNotice(notice)
	}
	http.Redirect(q.W, q.R, path, http.StatusSeeOther)
	return nil
}

// fail answers an error with a designed page in the reader's language.
func (q *Request) fail(err error) {
	kind := guichet.KindOf(err)
	if kind == guichet.KindUnauthenticated && q.R.Header.Get("Accept") == "application/json" { // a script asks: it stays on its page
		http.Error(q.W, "", http.StatusUnauthorized)
		return
	}
	if kind == guichet.KindUnauthenticated {
		_ = q.Redirect("/sign-in?next="+url.QueryEscape(q.returnPath()), "")
		return
	}
	status := Status(kind)
	if guichet.CodeOf(err) == "too_many_requests" {
		status = http.StatusTooManyRequests
	}
	if status >= 500 {
		q.Log.ErrorContext(q.R.Context(), "request failed", "error", err, "path", q.R.URL.Path)
	}
	if kind == guichet.KindUnavailable {
		q.W.Header().Set("Retry-After", "5")
	}
	if status == http.StatusNotFound {
		err = guichet.NotFound("page") // what may not be seen answers like what does not exist
	}
	page := q.Page(q.P.T("error.page."+strconv.Itoa(status)+".title"), "")
	_ = q.Render(status, failure(page, status, q.Message(err), httpx.RequestIDFrom(q.R.Context())))
}

// returnPath is where to come back to after signing in: the page itself, never an act.
func (q *Request) returnPath() string {
	if q.R.Method != http.MethodGet {
		return "/"
	}
	return q.R.URL.RequestURI()
}

// Status maps a kind of error to HTTP, once.
func Status(kind guichet.ErrorKind) int {
	switch kind {
	case guichet.KindInvalid:
		return http.StatusUnprocessableEntity
	case guichet.KindUnauthenticated:
		return http.StatusUnauthorized
	case guichet.KindDenied:
		return http.StatusForbidden
	case guichet.KindNotFound:
		return http.StatusNotFound
	case guichet.KindConflict:
		return http.StatusConflict
	case guichet.KindTooLarge:
		return http.StatusRequestEntityTooLarge
	case guichet.KindUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// Message says an error in the reader's language, naming who was quicker when somebody was (A4).
func (q *Request) Message(err error) string {
	var e *guichet.Error
	if !errors.As(err, &e) {
		return q.P.Error("internal", nil)
	}
	who, _ := e.Args["PersonID"].(string)
	if named := e.Code + "_by"; who != "" && q.P.Has("error."+named) {
		return q.P.Error(named, map[string]any{"Name": q.PersonName(guichet.ID(who))})
	}
	if !q.P.Has("error." + e.Code) {
		return q.P.Error("internal", nil)
	}
	return q.P.Error(e.Code, e.Args)
}

// PersonName is the name of a person, for a message.
func (q *Request) PersonName(id guichet.ID) string {
	names, err := q.Directory.Names(q.R.Context(), id)
	if err != nil || names[id] == "" {
		return "–"
	}
	return names[id]
}

// FieldErrors returns the messages of the wrong fields of an error; nil when it is of another kind.
func (q *Request) FieldErrors(err error) kit.Errors {
	var e *guichet.Error
	if !errors.As(err, &e) || e.Kind != guichet.KindInvalid {
		return nil
	}
	out := kit.Errors{}
	for _, f := range e.Fields {
		out[f.Field] = q.P.Error(f.Code, q.worded(f.Args))
	}
	return out
}

// worded says the days and the acts of a message as their reader would.
func (q *Request) worded(args map[string]any) map[string]any {
	if act, named := args["Act"].(string); named {
		return map[string]any{"Act": q.ActText(act)}
	}
	limit, _ := args["Limit"].(string)
	day, err := time.Parse(time.DateOnly, limit)
	if err != nil {
		return args
	}
	out := maps.Clone(args)
	out["Limit"] = q.P.Date(day.Add(11 * time.Hour)) // the same day from Samoa to Wallis
	return out
}

// Number reads the number of a ticket from the path.
func (q *Request) Number() (int64, error) {
	n, err := strconv.ParseInt(q.R.PathValue("number"), 10, 64)
	if err != nil || n < 1 {
		return 0, guichet.NotFound("ticket")
	}
	return n, nil
}

// wellFormed refuses addresses that hold what no database keeps.
func wellFormed(u *url.URL) bool {
	query, err := url.QueryUnescape(u.RawQuery)
	return err == nil && kept(u.Path) == u.Path && kept(query) == query
}

// kept is what databases keep of a text: they refuse NUL and what is not UTF-8.
func kept(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}

// SafePath returns path when it leads to a page of this site, and "/" otherwise.
func SafePath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(path, "/") ||
		strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\t\r\n") || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	return path
}

// Missing answers an address that leads nowhere.
func Missing(*Request) error { return guichet.NotFound("page") }

// Refuse writes an error page outside any route: a request from another site, a body too large, a
// panic.
func (s *Site) Refuse(err error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := &Request{Site: s, W: w, R: r}
		q.P = q.printer(guichet.Person{})
		q.fail(err)
	}
}

// Seen says a value that a rule saw: the keys of the configuration become names.
func (q *Request) Seen(v string) string {
	id := guichet.ID(v)
	if name := q.Config.ServiceName(id); name != "" {
		return name
	}
	if o, known := q.Config.Organisations[id]; known {
		return o.Name
	}
	if guichet.Kind(v).Valid() {
		return q.P.T("kind." + v)
	}
	return v
}
