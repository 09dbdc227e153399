package agent_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/announcing"
	"guichet/internal/blob"
	"guichet/internal/configuring"
	"guichet/internal/directory"
	"guichet/internal/drafting"
	"guichet/internal/i18n"
	"guichet/internal/markup"
	"guichet/internal/operating"
	"guichet/internal/searching"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/admin"
	"guichet/internal/web/agent"
	"guichet/internal/web/site"
)

// stage is the pages of a desk with its cast, everybody signed in.
type stage struct {
	*testing.T
	ctx    context.Context
	store  *store.Store
	desk   *ticketing.Desk
	clock  *storetest.Clock
	mux    *http.ServeMux
	signed map[guichet.ID]bool // who has a session
}

func newStage(t *testing.T) *stage {
	t.Helper()
	clock := storetest.NewClock()
	s := storetest.Open(t, clock.Now)
	storetest.Fill(t, s)
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	st := &stage{T: t, ctx: context.Background(), store: s, desk: ticketing.New(s), clock: clock, mux: http.NewServeMux(), signed: map[guichet.ID]bool{}}
	pages := &site.Site{Desk: st.desk, Accounts: account.New(s, account.NewHasher()), Directory: directory.New(s), Blobs: blobs,
		Texts: texts, Markup: markup.NewCache(), Signer: account.NewSigner([]byte("key of the tests")), Log: slog.New(slog.DiscardHandler),
		BaseURL: "http://desk.test", Locale: "fr", Zone: time.UTC, Now: clock.Now, Operating: operating.New(s, blobs, "1.2.3"), Configuring: configuring.New(s), Announcing: announcing.New(s, st.desk.Announced), Drafts: drafting.New(s), Searching: searching.New(s)}
	pages.Register(st.mux, append(agent.Routes(), admin.Routes()...))
	return st
}

// signIn opens a session for a person; the token is the person's identifier.
func (s *stage) signIn(person guichet.ID) {
	s.Helper()
	if s.signed[person] {
		return
	}
	s.signed[person] = true
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		return tx.SaveSession(s.ctx, account.HashToken(string(person)), person, s.clock.Now().Add(time.Hour))
	})
	if err != nil {
		s.Fatal(err)
	}
}

// speaks sets the language of a person.
func (s *stage) speaks(person guichet.ID, locale string) {
	s.Helper()
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		p, err := tx.Person(s.ctx, person)
		if err != nil {
			return err
		}
		p.Locale = locale
		return tx.SavePerson(s.ctx, p)
	})
	if err != nil {
		s.Fatal(err)
	}
}

// answer is a page as it came back.
type answer struct {
	*stage
	status int
	header http.Header
	body   string
	root   *html.Node
}

func (s *stage) get(person guichet.ID, path string) answer {
	return s.ask(person, httptest.NewRequest(http.MethodGet, path, nil))
}

func (s *stage) post(person guichet.ID, path string, form url.Values) answer {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.ask(person, r)
}

func (s *stage) ask(person guichet.ID, r *http.Request) answer {
	s.Helper()
	s.signIn(person)
	r.AddCookie(&http.Cookie{Name: "guichet_session", Value: string(person)})
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	root, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		s.Fatal(err)
	}
	return answer{s, w.Code, w.Header(), w.Body.String(), root}
}

func (a answer) expect(status int) answer {
	a.Helper()
	if a.status != status {
		a.Fatalf("status %d, expected %d: %s", a.status, status, a.text())
	}
	return a
}

// holds checks that the text of the page contains a phrase.
func (a answer) holds(phrases ...string) answer {
	a.Helper()
	for _, p := range phrases {
		if !strings.Contains(a.text(), p) {
			a.Errorf("the page does not say %q: %s", p, a.text())
		}
	}
	return a
}

// text is what the page says, its spaces made plain.
func (a answer) text() string {
	var b strings.Builder
	for n := range a.root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// field is the value of a field of the page.
func (a answer) field(name string) string {
	a.Helper()
	for n := range a.root.Descendants() {
		if v, _ := attr(n, "name"); v != name {
			continue
		}
		switch n.Data {
		case "textarea":
			if n.FirstChild == nil {
				return ""
			}
			return n.FirstChild.Data
		case "select":
			for o := range n.Descendants() {
				if _, on := attr(o, "selected"); on {
					v, _ := attr(o, "value")
					return v
				}
			}
			return ""
		case "input":
			if kind, _ := attr(n, "type"); kind == "radio" {
				if _, on := attr(n, "checked"); !on {
					continue
				}
			}
			v, _ := attr(n, "value")
			return v
		}
	}
	a.Errorf("the page has no field %q", name)
	return ""
}

// open opens a ticket on Moodle, or as asked for.
func (s *stage) open(person guichet.ID, in ticketing.Open) guichet.Ticket {
	s.Helper()
	if in.Service == "" && in.Offering == "" {
		in.Service = storetest.Moodle
	}
	if in.Kind == "" {
		in.Kind = guichet.KindIncident
	}
	if in.Title == "" {
		in.Title = "Le cours ne s’ouvre pas"
	}
	if in.Description == "" {
		in.Description = "Une page blanche apparaît."
	}
	t, err := s.desk.Open(s.ctx, storetest.Actor(s.T, s.store, person), in)
	if err != nil {
		s.Fatalf("open: %v", err)
	}
	return t
}

func (s *stage) do(person guichet.ID, t guichet.Ticket, act guichet.Act) guichet.Ticket {
	s.Helper()
	t, err := s.desk.Do(s.ctx, storetest.Actor(s.T, s.store, person), t.Number, act)
	if err != nil {
		s.Fatalf("%s: %v", act.Action, err)
	}
	return t
}

// pool opens a ticket that waits in the pool of the support team.
func (s *stage) pool() guichet.Ticket {
	s.Helper()
	t := s.open(storetest.Rita, ticketing.Open{})
	return s.do(storetest.Mona, t, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support})
}

func address(t guichet.Ticket) string { return "/desk/tickets/" + strconv.FormatInt(t.Number, 10) }
