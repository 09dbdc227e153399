package requester_test

import (
	"net/http"
	"net/url"
	"testing"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/web/webtest"
)

func TestAbsencesAreDeclaredOnTheProfile(t *testing.T) {
	s := stage(t)
	s.Get("", "/profile/absences").Expect(http.StatusSeeOther)
	s.Get(storetest.Rita, "/profile").Says("Mes absences")
	wrong := s.Post(storetest.Rita, "/profile/absences", url.Values{"from": {"2026-03-20"}, "to": {"2026-03-18"}, "deputy": {"ben"}, "note": {"Congés"}}).
		Expect(http.StatusUnprocessableEntity)
	if wrong.ErrorOf("to") == "" {
		t.Error("nothing is said beside the last day")
	}
	keeps(t, wrong, url.Values{"from": {"2026-03-20"}, "to": {"2026-03-18"}, "deputy": {"ben"}, "note": {"Congés"}})
	s.Post(storetest.Rita, "/profile/absences", url.Values{"from": {"2026-03-18"}, "to": {"2026-03-20"}, "deputy": {"ben"}}).LeadsTo("/profile/absences")
	page := s.Get(storetest.Rita, "/profile/absences").Expect(http.StatusOK).
		Says("du mercredi 18 mars 2026 au vendredi 20 mars 2026", "Suppléant : Ben Élan", "Annuler")
	s.Get(storetest.Ben, "/profile/absences").Says("Vous suppléez", "Rita Durand")
	s.Get(storetest.Stan, "/profile/absences?person=rita").Expect(http.StatusNotFound)
	page.Hides("Pour une autre personne")
	s.SignIn(storetest.Fay)
	s.Get(storetest.Fay, "/profile/absences?who=Durand").Says("Absences de Rita Durand", "Pour une autre personne")
	if lost := s.Get(storetest.Fay, "/profile/absences?who=Nul").Expect(http.StatusUnprocessableEntity); lost.ErrorOf("who") == "" {
		t.Error("nothing is said beside the person sought")
	}
	for _, locale := range []string{"fr", "en"} {
		s.Change(storetest.Rita, func(p *guichet.Person) { p.Locale = locale })
		for _, fault := range s.Get(storetest.Rita, "/profile/absences").Expect(http.StatusOK).Faults(locale) {
			t.Errorf("%s: %s", locale, fault)
		}
	}
	s.Post(storetest.Stan, "/profile/absences/"+absence(s)+"/end", nil).Expect(http.StatusNotFound)
	s.Post(storetest.Rita, "/profile/absences/"+absence(s)+"/end", nil).LeadsTo("/profile/absences")
	s.Get(storetest.Rita, "/profile/absences").Hides("18 mars")
}

// absence is the one absence of Rita.
func absence(s *webtest.Stage) string {
	s.Helper()
	c, err := s.Site.Directory.Absences(s.Ctx, storetest.Actor(s.T, s.Store, storetest.Rita), "")
	if err != nil || len(c.Away) != 1 {
		s.Fatalf("absences: %+v, %v", c.Away, err)
	}
	return string(c.Away[0].ID)
}
