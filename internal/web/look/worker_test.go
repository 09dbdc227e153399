package look_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/web/assets"
	"guichet/internal/web/webtest"
)

var build = regexp.MustCompile(`"guichet [0-9a-f]{12}"`)

// TestTheWorkerIsOfItsBuildAndOfItsLook: the program that stands in for the server changes with what it keeps.
func TestTheWorkerIsOfItsBuildAndOfItsLook(t *testing.T) {
	s := webtest.New(t)
	storetest.Fill(t, s.Store)
	s.SignIn(storetest.Rita)
	fr := s.Get("", "/worker.js?lang=fr").Expect(http.StatusOK)
	for name, want := range map[string]string{"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache",
		"Content-Security-Policy": "default-src 'none'; connect-src 'self'"} {
		if got := fr.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, kept := range []string{assets.URL("guichet.css"), assets.URL("icons.svg"), `"/offline/fr"`} {
		if !strings.Contains(fr.Body, kept) {
			t.Errorf("%s is not kept: %s", kept, fr.Body)
		}
	}
	again := httptest.NewRequest(http.MethodGet, "/worker.js?lang=fr", nil)
	again.Header.Set("If-None-Match", fr.Header.Get("ETag"))
	s.Ask("", again).Expect(http.StatusNotModified)
	if same := s.Get(storetest.Rita, "/worker.js?lang=fr"); same.Body != fr.Body || same.Header.Get("Set-Cookie") != "" {
		t.Error("the program depends on who asks for it")
	}
	en := s.Get("", "/worker.js?lang=en")
	if build.FindString(en.Body) == build.FindString(fr.Body) || !strings.Contains(en.Body, `"/offline/en"`) {
		t.Errorf("another language has the same program: %s", en.Body)
	}
	if other := s.Get("", "/worker.js?lang=xx"); other.Body != fr.Body {
		t.Errorf("a language that is not spoken: %s", other.Body)
	}
	desk := storetest.Desk()
	desk.Look = guichet.Look{Accent: "#a3123a", Logo: "data:image/png;base64,iVBORw0KGgo="}
	s.Write(func(tx *store.Tx) error { return tx.SaveDesk(s.Ctx, desk) })
	looks := s.Get("", "/worker.js?lang=fr")
	if build.FindString(looks.Body) == build.FindString(fr.Body) || !strings.Contains(looks.Body, "/look/"+desk.Look.Mark()+"/logo") {
		t.Errorf("another look has the same program: %s", looks.Body)
	}
}

// TestThePageThatStandsInHoldsNobodysData is asked for by somebody who is signed in.
func TestThePageThatStandsInHoldsNobodysData(t *testing.T) {
	s := webtest.New(t)
	storetest.Fill(t, s.Store)
	s.SignIn(storetest.Rita)
	for locale, says := range map[string]string{"fr": "Le guichet ne répond pas", "en": "The service desk does not answer"} {
		page := s.Get(storetest.Rita, "/offline/"+locale).Expect(http.StatusOK).Says(says).Hides("data-reader", "/sign-out")
		if page.Body != s.Get("", "/offline/"+locale).Body {
			t.Errorf("%s: the page depends on who asks for it", locale)
		}
	}
	s.Get("", "/offline/xx").Expect(http.StatusNotFound)
}
