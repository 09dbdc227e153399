package admin_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
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

const png = "\x89PNG\r\n\x1a\n"

// logoFile is a logo that is chosen on the page.
func logoFile(content string) []webtest.Upload {
	return []webtest.Upload{{Field: "logo", Name: "logo.png", Content: content}}
}

// dressing is a stage with its administrator, and the logo that everybody sees now.
func dressing(t *testing.T) (s *webtest.Stage, logo func() string) {
	t.Helper()
	s = webtest.New(t)
	storetest.Fill(t, s.Store)
	s.SignIn(storetest.Fay)
	return s, func() (kept string) {
		s.Write(func(tx *store.Tx) error {
			desk, err := tx.Desk(s.Ctx)
			if err == nil {
				kept = desk.Look.Logo
			}
			return err
		})
		return kept
	}
}

// TestAHeavyLogoLosesNothingThatWasTyped sends the parts in the order of the page, where the logo is the last: not even
// one that is not read to its end takes anything with it. What stands after is kept as long as it is read.
func TestAHeavyLogoLosesNothingThatWasTyped(t *testing.T) {
	s, _ := dressing(t)
	before := url.Values{"name": {"Aide"}, "accent": {"#a3123a"}}
	s.Send(storetest.Fay, "/admin/front", before, nil, url.Values{"contact": {"3975"}, "sign_in_help": {"Voir l’accueil."}}).LeadsTo("/admin/front")
	page := s.Get(storetest.Fay, "/admin/front").Body
	if logo := strings.Index(page, `name="logo"`); logo < strings.Index(page, `name="contact"`) || logo < strings.Index(page, `name="sign_in_help"`) {
		t.Error("the logo is not the last field of the page")
	}
	typed := url.Values{"name": {"Autre"}, "accent": {"#0a5c70"}, "contact": {"3976"}, "sign_in_help": {"Voir ici."}}
	for _, size := range []int{guichet.MaxLogo + 1, 5 << 20, 40 << 20, 70 << 20} {
		large := s.Send(storetest.Fay, "/admin/front", typed, logoFile(strings.Repeat("x", size)), url.Values{"no_logo": {""}}).Expect(http.StatusUnprocessableEntity)
		if large.ErrorOf("logo") == "" {
			t.Errorf("%d bytes: nothing is said beside the logo", size)
		}
		for field, want := range typed {
			if got := large.Values(field); len(got) != 1 || got[0] != want[0] {
				t.Errorf("%d bytes: %s is %q, expected %q", size, field, got, want)
			}
		}
	}
	after := s.Send(storetest.Fay, "/admin/front", url.Values{"name": {"Autre"}}, logoFile(strings.Repeat("x", 5<<20)), url.Values{"contact": {"3976"}})
	if got := after.Values("contact"); len(got) != 1 || got[0] != "3976" {
		t.Errorf("what stands after is %q", got)
	}
}

// TestAnAccentThatIsNoColourHasNoContrast: what is said is said of what was typed, never of the usual accent.
func TestAnAccentThatIsNoColourHasNoContrast(t *testing.T) {
	s, _ := dressing(t)
	for _, locale := range []string{"fr", "en"} {
		s.Change(storetest.Fay, func(p *guichet.Person) { p.Locale = locale })
		none := map[string]string{"fr": "Écrivez la couleur", "en": "Write the colour"}[locale]
		well := map[string]string{"fr": "Il se lit bien", "en": "It reads well"}[locale]
		for _, test := range []struct{ accent, dark, saidLight, saidDark string }{
			{"", "", well, well}, {"#2140c0", "", well, well}, {"#2140c0", "#a8b9ff", well, well},
			{"#12", "", none, ""}, {"rouge", "", none, ""}, {"rouge", "#a8b9ff", none, well},
			{"#2140c0", "#a8b", well, none}, {"", "bleu", well, none},
		} {
			typed := url.Values{"accent": {test.accent}, "accent_dark": {test.dark}}
			var said struct{ Light, Dark string }
			if err := json.Unmarshal([]byte(s.Get(storetest.Fay, "/admin/front/contrast?"+typed.Encode()).Expect(http.StatusOK).Body), &said); err != nil {
				t.Fatal(err)
			}
			for _, c := range [][2]string{{said.Light, test.saidLight}, {said.Dark, test.saidDark}} {
				if !strings.Contains(c[0], c[1]) || (c[0] == "") != (c[1] == "") {
					t.Errorf("%s: %v says %q, expected %q", locale, typed, c[0], c[1])
				}
			}
		}
		typed := url.Values{"name": {"Aide"}, "accent": {"#12"}, "preview": {"1"}}
		s.Send(storetest.Fay, "/admin/front", typed, nil, nil).Expect(http.StatusUnprocessableEntity).Says(none).Hides(well)
	}
}

// TestAStalePageKeepsTheLogoOfAColleague: only a logo that was chosen in the page takes the place of that which is kept.
func TestAStalePageKeepsTheLogoOfAColleague(t *testing.T) {
	s, logo := dressing(t)
	send := func(page webtest.Page, typed url.Values, files []webtest.Upload) webtest.Page {
		for _, field := range []string{"logo_chosen", "no_logo"} {
			if shown := page.Values(field); len(shown) > 0 && !typed.Has(field) {
				typed[field] = shown
			}
		}
		return s.Send(storetest.Fay, "/admin/front", typed, files, nil)
	}
	open := func() webtest.Page { return s.Get(storetest.Fay, "/admin/front").Expect(http.StatusOK) }
	send(open(), url.Values{"name": {"Aide"}}, logoFile(png+"1")).LeadsTo("/admin/front")
	stale := open()
	send(open(), url.Values{"name": {"Aide"}}, logoFile(png+"2")).LeadsTo("/admin/front")
	second := logo()
	send(stale, url.Values{"name": {"Autre"}}, nil).LeadsTo("/admin/front")
	if logo() != second || second == "" {
		t.Error("a page opened before puts the former logo back")
	}
	tried := send(open(), url.Values{"name": {"Aide"}, "preview": {"1"}}, logoFile(png+"3")).Expect(http.StatusOK)
	heavy := send(tried, url.Values{"name": {"Aide"}}, logoFile(strings.Repeat("x", guichet.MaxLogo+1))).Expect(http.StatusUnprocessableEntity)
	send(heavy, url.Values{"name": {"Aide"}}, nil).LeadsTo("/admin/front")
	if third := logo(); third == second || third != tried.Values("logo_chosen")[0] {
		t.Error("a logo that was seen before is not kept")
	}
	bare := send(open(), url.Values{"name": {"Aide"}, "no_logo": {"1"}, "preview": {"1"}}, nil).Expect(http.StatusOK)
	if logo() == "" {
		t.Error("to look at the page without a logo removes it")
	}
	send(bare, url.Values{"name": {"Aide"}}, nil).LeadsTo("/admin/front")
	if logo() != "" {
		t.Error("a logo that was removed in the preview is still there")
	}
}
