package requester_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// TestWhoIsInCopyStopsFollowing asks before, in both languages, then lets go: the ticket is seen no more, and nobody
// else is touched.
func TestWhoIsInCopyStopsFollowing(t *testing.T) {
	for locale, said := range map[string]string{"fr": "Vous ne suivez plus le ticket 1.", "en": "You no longer follow ticket 1."} {
		t.Run(locale, func(t *testing.T) {
			s := stage(t)
			ticket := do(s, storetest.Mona, open(s, storetest.Rita, ticketing.Open{}), guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support})
			_, err := s.Desk.Observe(s.Ctx, storetest.Actor(t, s.Store, storetest.Mona), ticket.Number, ticketing.Observing{Add: []string{string(storetest.Stan), string(storetest.Olga)}})
			if err != nil {
				t.Fatal(err)
			}
			s.Change(storetest.Stan, func(p *guichet.Person) { p.Locale = locale })
			page := s.Get(storetest.Stan, address(ticket)).Expect(http.StatusOK)
			for _, fault := range page.Faults(locale) {
				t.Error(fault)
			}
			if !strings.Contains(page.Body, address(ticket)+"/leave") {
				t.Error("the page of who is in copy has no way out")
			}
			if strings.Contains(s.Get(storetest.Rita, address(ticket)).Body, address(ticket)+"/leave") {
				t.Error("who asked may leave the own ticket")
			}
			s.Post(storetest.Omar, address(ticket)+"/leave", nil).Expect(http.StatusNotFound)
			left := s.Post(storetest.Stan, address(ticket)+"/leave", nil).LeadsTo("/tickets")
			r := httptest.NewRequest(http.MethodGet, "/tickets", nil)
			r.AddCookie(&http.Cookie{Name: "guichet_notice", Value: left.Cookie("guichet_notice")})
			s.Ask(storetest.Stan, r).Expect(http.StatusOK).Says(said)
			s.Get(storetest.Stan, address(ticket)).Expect(http.StatusNotFound)
			s.Get(storetest.Olga, address(ticket)).Expect(http.StatusOK)
		})
	}
}
