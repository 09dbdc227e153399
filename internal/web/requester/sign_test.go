package requester_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/web/kit"
)

func TestSigningIn(t *testing.T) {
	s := stage(t)
	s.Site.Demo = []kit.Option{{Value: "awa", Label: "Awa Diop"}}
	secret, err := account.NewHasher().Hash(s.Ctx, "une phrase assez longue")
	if err != nil {
		t.Fatal(err)
	}
	storetest.Person(t, s.Store, guichet.Person{ID: "awa", GivenName: "Awa", FamilyName: "Diop", Active: true})
	s.Write(func(tx *store.Tx) error {
		return tx.SaveIdentity(s.Ctx, guichet.Identity{ID: "awa", PersonID: "awa", Kind: guichet.IdentityLocal, Subject: "awa", Secret: secret})
	})
	for _, locale := range []string{"fr", "en"} {
		r := httptest.NewRequest(http.MethodGet, "/sign-in?next=/tickets&login=awa", nil)
		r.Header.Set("Accept-Language", locale)
		page := s.Ask("", r).Expect(http.StatusOK).Says("Awa Diop")
		keeps(t, page, url.Values{"next": {"/tickets"}, "login": {"awa"}})
		for _, fault := range page.Faults(locale) {
			t.Error(fault)
		}
	}
	wrong := s.Post("", "/sign-in", url.Values{"login": {"awa"}, "password": {"non"}, "next": {"/tickets"}}).Expect(http.StatusUnauthorized)
	keeps(t, wrong, url.Values{"login": {"awa"}, "password": {""}, "next": {"/tickets"}})
	unknown := s.Post("", "/sign-in", url.Values{"login": {"nobody"}, "password": {"non"}}).Expect(http.StatusUnauthorized)
	said := s.Site.Texts.Printer("fr", nil).T("error.account.wrong_credentials")
	wrong.Says(said)
	unknown.Says(said)
	for next, leads := range map[string]string{"/tickets?show=closed": "/tickets?show=closed", "//evil.example": "/", "": "/"} {
		in := s.Post("", "/sign-in", url.Values{"login": {"awa"}, "password": {"une phrase assez longue"}, "next": {next}}).LeadsTo(leads)
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.AddCookie(&http.Cookie{Name: "guichet_session", Value: in.Cookie("guichet_session")})
		s.Ask("", r).Expect(http.StatusOK).Says("Awa Diop")
	}
	s.Get(storetest.Rita, "/sign-in?next=/profile").LeadsTo("/profile")
	s.Get(storetest.Rita, "/sign-in?next=https://evil.example").LeadsTo("/")
	s.Post(storetest.Rita, "/sign-out", nil).LeadsTo("/sign-in")
	s.Get(storetest.Rita, "/profile").Expect(http.StatusSeeOther)
}
