package drafts_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"guichet"
	. "guichet/internal/store/storetest"
	"guichet/internal/web/webtest"
)

type stage struct{ *webtest.Stage }

type answer struct {
	Version     int64
	Body        map[string][]string
	Said, Older string
}

func newStage(t *testing.T) stage {
	t.Helper()
	s := stage{webtest.New(t)}
	Fill(t, s.Store)
	s.SignIn(Ann, Bob)
	return s
}

func (s stage) ask(who guichet.ID, method, path, body string) webtest.Page {
	s.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Accept", "application/json")
	return s.Ask(who, r)
}

func (s stage) read(p webtest.Page) (a answer) {
	s.Helper()
	if err := json.Unmarshal([]byte(p.Expect(http.StatusOK).Body), &a); err != nil {
		s.Fatalf("%q: %v", p.Body, err)
	}
	return a
}

func TestDraftsGoOnElsewhere(t *testing.T) {
	s := newStage(t)
	first := s.read(s.ask(Ann, "POST", "/drafts", `{"place":"desk:1","seen":0,"body":{"reply.text":["Bonjour"]}}`))
	if first.Version == 0 || !strings.HasPrefix(first.Said, "Brouillon enregistré à") || first.Older != "" {
		t.Fatalf("saved: %+v", first)
	}
	if got := s.read(s.ask(Ann, "GET", "/drafts?place=desk:1", "")); got.Body["reply.text"][0] != "Bonjour" || got.Version != first.Version {
		t.Errorf("on another device: %+v", got)
	}
	if got := s.read(s.ask(Bob, "GET", "/drafts?place=desk:1", "")); got.Version != 0 || got.Body != nil {
		t.Errorf("somebody else: %+v", got)
	}
	other := s.read(s.ask(Ann, "POST", "/drafts", `{"place":"desk:1","seen":0,"body":{"reply.text":["Autre"]}}`))
	if !strings.Contains(other.Older, "n’est pas parti") {
		t.Errorf("two devices: %+v", other)
	}
	if got := s.read(s.ask(Ann, "POST", "/drafts/take", `{"place":"desk:1"}`)); got.Body["reply.text"][0] != "Bonjour" || got.Older == "" {
		t.Errorf("taken up: %+v", got)
	}
	if got := s.read(s.ask(Ann, "POST", "/drafts/older", `{"place":"desk:1"}`)); got.Older != "" || got.Version == 0 {
		t.Errorf("the other one is given up: %+v", got)
	}
	if got := s.read(s.ask(Ann, "POST", "/drafts/forget", `{"place":"desk:1"}`)); got.Version != 0 || got.Said != "" {
		t.Errorf("given up: %+v", got)
	}
}

func TestDraftsSpeakTheReadersLanguage(t *testing.T) {
	s := newStage(t)
	s.Change(Ann, func(p *guichet.Person) { p.Locale = "en" })
	if got := s.read(s.ask(Ann, "POST", "/drafts", `{"place":"desk:1","body":{}}`)); !strings.HasPrefix(got.Said, "Draft saved at") {
		t.Errorf("said %q", got.Said)
	}
}

func TestDraftsAreRefused(t *testing.T) {
	s := newStage(t)
	s.ask("", "GET", "/drafts?place=desk:1", "").Expect(http.StatusUnauthorized)
	s.ask(Ann, "POST", "/drafts", `{"place":"desk:1","body":[]}`).Expect(http.StatusUnprocessableEntity)
	s.ask(Ann, "POST", "/drafts", `{"place":"../1","body":{}}`).Expect(http.StatusUnprocessableEntity)
	s.ask(Ann, "POST", "/drafts", `nothing`).Expect(http.StatusUnprocessableEntity)
	s.ask(Ann, "POST", "/drafts/burn", `{"place":"desk:1"}`).Expect(http.StatusNotFound)
	s.ask(Ann, "POST", "/drafts", `{"place":"desk:1","body":{"a":"`+strings.Repeat("x", guichet.MaxUnsent)+`"}}`).Expect(http.StatusRequestEntityTooLarge)
	s.ask(Ann, "POST", "/drafts", `{"place":"desk:1","body":{"a":"`+strings.Repeat("x", 3*guichet.MaxUnsent)+`"}}`).Expect(http.StatusRequestEntityTooLarge)
}
