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
			large := send("#a3123a", webtest.Upload{Field: "logo", Name: "x.png", Content: strings.Repeat("x", guichet.MaxLogo+1)})
			if large.Expect(http.StatusUnprocessableEntity).ErrorOf("logo") == "" {
				t.Error("a heavy logo is taken")
			}
		})
	}
}
