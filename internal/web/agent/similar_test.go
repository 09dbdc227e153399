package agent_test

import (
	"net/http"
	"strings"
	"testing"

	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func TestSimilarTicketsStandBesideTheTicket(t *testing.T) {
	for locale, title := range map[string]string{"fr": "Tickets semblables", "en": "Similar tickets"} {
		s := newStage(t)
		s.speaks(storetest.Mona, locale)
		a := s.open(storetest.Rita, ticketing.Open{Title: "Imprimante du hall bloquée"})
		if page := s.get(storetest.Mona, address(a)).expect(http.StatusOK); strings.Contains(page.body, title) {
			t.Errorf("%s: the part is shown when there is nothing alike", locale)
		}
		b := s.open(storetest.Stan, ticketing.Open{Title: "Imprimantes bloquées au hall"})
		s.get(storetest.Mona, address(a)).expect(http.StatusOK).holds(title, b.Title)
	}
}
