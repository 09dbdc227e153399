package agent_test

import (
	"net/http"
	"strings"
	"testing"

	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func TestSimilarTicketsStandBesideTheTicket(t *testing.T) {
	for locale, none := range map[string]string{"fr": "Aucun ticket semblable.", "en": "No similar ticket."} {
		s := newStage(t)
		s.speaks(storetest.Mona, locale)
		a := s.open(storetest.Rita, ticketing.Open{Title: "Imprimante du hall bloquée"})
		beside := address(a) + "/similar"
		if page := s.get(storetest.Mona, address(a)).expect(http.StatusOK); !strings.Contains(page.body, `data-later="`+beside+`"`) {
			t.Errorf("%s: the page does not ask for them", locale)
		}
		s.get(storetest.Mona, beside).expect(http.StatusOK).holds(none)
		b := s.open(storetest.Stan, ticketing.Open{Title: "Imprimantes bloquées au hall"})
		if page := s.get(storetest.Mona, beside).expect(http.StatusOK).holds(b.Title); strings.Contains(page.body, none) || !strings.Contains(page.body, `href="`+address(b)+`"`) {
			t.Errorf("%s: it is not there", locale)
		}
		s.get(storetest.Rita, beside).expect(http.StatusNotFound)
	}
}
