package site_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/site"
	"guichet/internal/web/webtest"
)

func TestSafePath(t *testing.T) {
	for path, safe := range map[string]bool{
		"/": true, "/tickets/12?before=3": true, "/services?q=a%20b": true, "/desk/#f-text": true, "/a//b": true, "/a?next=//evil.example": true,
		"": false, "tickets": false, "//evil.example": false, "///evil.example": false, "/\\evil.example": false, "\\\\evil.example": false,
		"/\t/evil.example": false, "/\n/evil.example": false, "\t//evil.example": false, " //evil.example": false, "https://evil.example": false,
		"https:evil.example": false, "javascript:alert(1)": false, "data:text/html,x": false, "//user@evil.example/": false,
		"/%2f/evil.example": false, "/%zz": false, "/a\r\nSet-Cookie: x": false, "http:///evil.example": false, "?q=1": false, "/\x00": false, "/\x7f": false,
		"/%09/evil.example": true, "/%5cevil.example": true,
	} {
		want := "/"
		if safe {
			want = path
		}
		if got := site.SafePath(path); got != want {
			t.Errorf("%q leads to %q, expected %q", path, got, want)
		}
	}
}

func TestCursorsComeBack(t *testing.T) {
	for _, c := range []ticketing.Cursor{{}, {UpdatedAt: time.Date(2026, 3, 16, 12, 0, 0, 123000, time.UTC), ID: "01ABC"}, {UpdatedAt: time.UnixMicro(0).UTC(), ID: "x.y"}, {UpdatedAt: time.UnixMicro(77).UTC(), ID: "z", Part: 3}} {
		if got := site.ParseCursor(site.FormatCursor(c)); got != c {
			t.Errorf("%+v comes back as %+v", c, got)
		}
	}
	for _, garbage := range []string{"", ".", "x", "!.id", "zzzzzzzzzzzzzzzzzzzzzz.id", "1." + strings.Repeat("a", 65), "\x00.\x00", "1~x.id", "1~-1.id", "1~99.id"} {
		if got := site.ParseCursor(garbage); got != (ticketing.Cursor{}) && garbage != "." {
			t.Errorf("%q is read as %+v", garbage, got)
		}
	}
}

// routes adds routes to a stage, and returns how to ask for them.
func routes(t *testing.T, list ...site.Route) *webtest.Stage {
	t.Helper()
	s := webtest.New(t)
	storetest.Fill(t, s.Store)
	s.SignIn(storetest.Rita)
	s.Site.Register(s.Mux, list)
	return s
}

func failing(err error) site.Route {
	return site.Route{Pattern: "GET /fails", Access: site.Public, Handle: func(*site.Request) error { return err }}
}

func TestEveryKindOfErrorHasItsPage(t *testing.T) {
	for _, test := range []struct {
		err    error
		status int
		says   map[string]string
	}{
		{guichet.Invalid("form", "form.unreadable"), 422, nil},
		{guichet.Denied("cross_origin"), 403, nil},
		{guichet.Denied("too_many_requests"), 429, nil},
		{guichet.NotFound("ticket"), 404, map[string]string{"fr": "Cette page n’existe pas", "en": "This page does not exist"}},
		{guichet.Conflict("ticket.claimed", "PersonID", "ann"), 409, map[string]string{"fr": "Ann Blanc", "en": "Ann Blanc"}},
		{&guichet.Error{Kind: guichet.KindTooLarge, Code: "form.too_large"}, 413, nil},
		{&guichet.Error{Kind: guichet.KindUnavailable, Code: "storage.full"}, 503, nil},
		{&guichet.Error{Kind: guichet.KindInternal, Code: "internal"}, 500, nil},
		{errors.New("password=hunter2"), 500, nil},
		{&guichet.Error{Kind: guichet.KindConflict, Code: "no.such.text", Err: errors.New("hunter2")}, 409, nil},
	} {
		s := routes(t, failing(test.err))
		for _, locale := range []string{"fr", "en"} {
			r := httptest.NewRequest(http.MethodGet, "/fails", nil)
			r.Header.Set("Accept-Language", locale)
			page := s.Ask("", r).Expect(test.status).Hides("hunter2", "no.such.text").Says(test.says[locale])
			for _, fault := range page.Faults(locale) {
				t.Errorf("%v: %s", test.err, fault)
			}
			if got := page.Header.Get("Retry-After"); (test.status == 503) != (got != "") {
				t.Errorf("%v: Retry-After %q", test.err, got)
			}
		}
	}
}

func TestAnAddressThatLeadsNowhereIsAPage(t *testing.T) {
	s := routes(t)
	for _, path := range []string{"/nothing", "/tickets/1/2/3", "/static/0/guichet.css.map"} {
		s.Get("", path).Expect(http.StatusNotFound)
	}
	s.Post(storetest.Rita, "/tickets", nil).Expect(http.StatusNotFound)
}

func TestAPersonsLanguageWinsOverTheBrowsers(t *testing.T) {
	s := routes(t)
	ask := func(person guichet.ID, accept, want string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, "/accessibilite", nil)
		if accept != "" {
			r.Header.Set("Accept-Language", accept)
		}
		if page := s.Ask(person, r); !strings.Contains(page.Body, `<html lang="`+want+`"`) {
			t.Errorf("%q with %q does not read %s", person, accept, want)
		}
	}
	ask("", "", "fr")
	ask("", "en-GB,fr;q=0.5", "en")
	ask("", "de,nl", "fr")
	ask("", "de,en;q=0.1", "en")
	ask(storetest.Rita, "en", "fr") // her own choice
	s.Change(storetest.Rita, func(p *guichet.Person) { p.Locale = "en" })
	ask(storetest.Rita, "fr", "en")
	s.Change(storetest.Rita, func(p *guichet.Person) { p.Locale = "" })
	ask(storetest.Rita, "en", "en")
	s.Site.Locale = "en"
	ask("", "", "en")
	ask("", "fr", "fr")
}

func TestTheChoiceOfALanguageIsThankedForInIt(t *testing.T) {
	s := routes(t)
	done := s.Post(storetest.Rita, "/profile", url.Values{"locale": {"en"}, "phone": {"04 72 43 83 83"}}).LeadsTo("/profile")
	r := httptest.NewRequest(http.MethodGet, "/profile", nil)
	r.AddCookie(&http.Cookie{Name: "guichet_notice", Value: done.Cookie("guichet_notice")})
	for _, fault := range s.Ask(storetest.Rita, r).Expect(http.StatusOK).Says(s.Site.Texts.Printer("en", nil).T("profile.saved")).Faults("en") {
		t.Error(fault)
	}
	wrong := s.Post(storetest.Rita, "/profile", url.Values{"locale": {"de"}, "phone": {"x"}}).Expect(http.StatusUnprocessableEntity)
	if wrong.ErrorOf("locale") == "" || wrong.ErrorOf("phone") == "" || wrong.Values("phone")[0] != "x" {
		t.Errorf("beside the fields: %q, %q", wrong.ErrorOf("locale"), wrong.ErrorOf("phone"))
	}
}

func TestANoticeIsShownOnceAndIsOurs(t *testing.T) {
	leaves := site.Route{Pattern: "POST /leaves", Access: site.Public, Handle: func(q *site.Request) error { return q.Redirect("/accessibilite", "C’est <b>fait</b>.") }}
	s := routes(t, leaves)
	value := s.Post("", "/leaves", nil).LeadsTo("/accessibilite").Cookie("guichet_notice")
	shown := func(value string) webtest.Page {
		r := httptest.NewRequest(http.MethodGet, "/accessibilite", nil)
		r.AddCookie(&http.Cookie{Name: "guichet_notice", Value: value})
		return s.Ask("", r).Expect(http.StatusOK)
	}
	page := shown(value).Says("C’est <b>fait</b>.")
	if !strings.Contains(strings.Join(page.Header.Values("Set-Cookie"), "\n"), "guichet_notice=;") {
		t.Error("the notice would be shown again")
	}
	s.Get("", "/accessibilite").Hides("fait")
	text, signature, _ := strings.Cut(value, ".")
	for _, forged := range []string{text, text + ".", text + "." + signature + "x", "YQ." + signature, "." + signature, "a.b.c"} {
		shown(forged).Hides("fait", "role=\"status\"")
	}
}
