// Package webtest asks for pages in tests: a desk on a real database, readers with their sessions, and
// what can be said of a page as it came back.
package webtest

import (
	"bytes"
	"cmp"
	"context"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/announcing"
	"guichet/internal/blob"
	"guichet/internal/configuring"
	"guichet/internal/directory"
	"guichet/internal/drafting"
	"guichet/internal/i18n"
	"guichet/internal/live"
	"guichet/internal/mailout"
	"guichet/internal/markup"
	"guichet/internal/operating"
	"guichet/internal/searching"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/transferring"
	"guichet/internal/web"
	"guichet/internal/web/site"
)

// Stage is every page of a desk, its database empty at first.
type Stage struct {
	*testing.T
	Ctx   context.Context
	Store *store.Store
	Site  *site.Site
	Desk  *ticketing.Desk
	Clock *storetest.Clock
	Mux   *http.ServeMux
}

// New makes a stage; it ends with the test.
func New(t *testing.T) *Stage {
	t.Helper()
	clock := storetest.NewClock()
	s := storetest.Open(t, clock.Now)
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	st := &Stage{T: t, Ctx: context.Background(), Store: s, Desk: ticketing.New(s), Clock: clock, Mux: http.NewServeMux()}
	st.Site = &site.Site{Desk: st.Desk, Accounts: account.New(s, account.NewHasher()), Directory: directory.New(s), Blobs: blobs,
		Texts: texts, Markup: markup.NewCache(), Signer: account.NewSigner([]byte("key of the tests")), Log: slog.New(slog.DiscardHandler),
		BaseURL: "http://desk.test", Locale: "fr", Zone: time.UTC, Now: clock.Now, Operating: operating.New(s, blobs, "1.2.3"),
		Configuring: configuring.New(s), Transfers: transferring.New(s),
		Live:       live.New(s, slog.New(slog.DiscardHandler)),
		Announcing: announcing.New(s, st.Desk.Announced), Drafts: drafting.New(s), Searching: searching.New(s),
		Mailbox: mailout.NewOutbox(s)}
	web.Register(st.Mux, st.Site)
	return st
}

// Write changes the database.
func (s *Stage) Write(f func(tx *store.Tx) error) {
	s.Helper()
	if err := s.Store.Write(s.Ctx, f); err != nil {
		s.Fatal(err)
	}
}

// SignIn opens a session; its token is the identifier of the person.
func (s *Stage) SignIn(people ...guichet.ID) {
	s.Helper()
	s.Write(func(tx *store.Tx) error {
		for _, p := range people {
			if err := tx.SaveSession(s.Ctx, account.HashToken(string(p)), p, s.Clock.Now().Add(24*time.Hour)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Change changes a person.
func (s *Stage) Change(person guichet.ID, change func(*guichet.Person)) {
	s.Helper()
	s.Write(func(tx *store.Tx) error {
		p, err := tx.Person(s.Ctx, person)
		if err != nil {
			return err
		}
		change(&p)
		return tx.SavePerson(s.Ctx, p)
	})
}

// Get asks for a page; nobody is signed in when person is empty.
func (s *Stage) Get(person guichet.ID, path string) Page {
	s.Helper()
	return s.Ask(person, httptest.NewRequest(http.MethodGet, path, nil))
}

// Post sends a form without files.
func (s *Stage) Post(person guichet.ID, path string, form url.Values) Page {
	s.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.Ask(person, r)
}

// Upload is a file of a form.
type Upload struct {
	Name, Content string
	Field         string // name of its field; empty: files
}

// Send sends a form in parts as browsers do: what stands before the file of a page, the files, what
// stands after.
func (s *Stage) Send(person guichet.ID, path string, before url.Values, files []Upload, after url.Values) Page {
	s.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	values := func(form url.Values) {
		for name, list := range form {
			for _, v := range list {
				if err := w.WriteField(name, v); err != nil {
					s.Fatal(err)
				}
			}
		}
	}
	values(before)
	for _, f := range files {
		field := cmp.Or(f.Field, "files")
		part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + field + `"; filename="` + f.Name + `"`}})
		if err == nil {
			_, err = part.Write([]byte(f.Content))
		}
		if err != nil {
			s.Fatal(err)
		}
	}
	values(after)
	if err := w.Close(); err != nil {
		s.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return s.Ask(person, r)
}

// Ask sends a request of a person who signed in.
func (s *Stage) Ask(person guichet.ID, r *http.Request) Page {
	s.Helper()
	if person != "" {
		r.AddCookie(&http.Cookie{Name: "guichet_session", Value: string(person)})
	}
	w := httptest.NewRecorder()
	s.Mux.ServeHTTP(w, r)
	return read(s.T, r, w)
}
