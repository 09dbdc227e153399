package admin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/web/webtest"
)

// TestAnOrganisationDressesItsDesk refuses what cannot be read with its figure, then shows the accent and the
// logo on every page.
func TestAnOrganisationDressesItsDesk(t *testing.T) {
	for _, locale := range []string{"fr", "en"} {
		t.Run(locale, func(t *testing.T) {
			s := webtest.New(t)
			storetest.Fill(t, s.Store)
			s.SignIn(storetest.Fay, storetest.Rita)
			const keeper = storetest.Fay
			s.Change(keeper, func(p *guichet.Person) { p.Locale = locale })
			for _, fault := range s.Get(keeper, "/admin/front").Expect(http.StatusOK).Faults(locale) {
				t.Error(fault)
			}
			s.Get(storetest.Rita, "/admin/front").Expect(http.StatusNotFound)
			send := func(accent string, files ...webtest.Upload) webtest.Page {
				return s.Send(keeper, "/admin/front", url.Values{"name": {"Aide de la ville"}, "contact": {"3975"}, "sign_in_help": {"Appelez le 3975."}, "accent": {accent}}, files, nil)
			}
			refused := send("#ff8800").Expect(http.StatusUnprocessableEntity)
			if !strings.Contains(refused.ErrorOf("accent"), "2.") && !strings.Contains(refused.ErrorOf("accent"), "2,") {
				t.Errorf("the contrast is not said: %q", refused.ErrorOf("accent"))
			}
			if refused.Values("accent")[0] != "#ff8800" || refused.Values("name")[0] != "Aide de la ville" {
				t.Error("what was typed is lost")
			}
			send("#A3123A", webtest.Upload{Field: "logo", Name: "logo.png", Content: "\x89PNG\r\n\x1a\n0000"}).LeadsTo("/admin/front")
			home := s.Get(storetest.Rita, "/").Expect(http.StatusOK).Says("Aide de la ville", "3975").Hides("Appelez le 3975.")
			if !strings.Contains(home.Body, "/look.css") || !strings.Contains(home.Body, `/logo"`) {
				t.Error("the page has neither the accent nor the logo")
			}
			s.Get("", "/sign-in").Says("Appelez le 3975.")
			shown := s.Send(keeper, "/admin/front", url.Values{"name": {"Un autre nom"}, "accent": {"#0a5c70"}, "preview": {"1"}},
				[]webtest.Upload{{Field: "logo", Name: "b.png", Content: "\x89PNG\r\n\x1a\n1111"}}, nil).Expect(http.StatusOK)
			for _, fault := range shown.Faults(locale) {
				t.Error(fault)
			}
			if shown.Values("accent")[0] != "#0a5c70" || !strings.HasPrefix(shown.Values("logo_chosen")[0], "data:image/png") ||
				!strings.Contains(shown.Body, "look.css?accent=%230a5c70") {
				t.Error("the preview loses what was typed")
			}
			s.Get(storetest.Rita, "/").Hides("Un autre nom")
			s.Post(keeper, "/admin/front", nil).Expect(http.StatusUnprocessableEntity)
			s.Send(keeper, "/admin/front", url.Values{"name": {"Un autre nom"}, "contact": {"3975"}, "sign_in_help": {"Appelez le 3975."}, "accent": {"#0a5c70"},
				"logo_chosen": shown.Values("logo_chosen")}, nil, nil).LeadsTo("/admin/front")
			s.Get(storetest.Rita, "/").Says("Un autre nom")
			if css := s.Get(keeper, "/admin/front/look.css?accent=%230a5c70").Expect(http.StatusOK); !strings.HasPrefix(css.Body, ".tried{--accent:light-dark(#0a5c70,") {
				t.Error(css.Body)
			}
			low := map[string]string{"fr": "C’est trop peu", "en": "too little"}[locale]
			if answer := s.Get(keeper, "/admin/front/contrast?accent=%23ff8800").Expect(http.StatusOK); !strings.Contains(answer.Body, low) {
				t.Error(answer.Body)
			}
			s.Get(storetest.Rita, "/admin/front/contrast").Expect(http.StatusNotFound)
			large := send("#a3123a", webtest.Upload{Field: "logo", Name: "x.png", Content: strings.Repeat("x", guichet.MaxLogo+1)})
			if large.Expect(http.StatusUnprocessableEntity).ErrorOf("logo") == "" {
				t.Error("a heavy logo is taken")
			}
		})
	}
}
