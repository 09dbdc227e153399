package agent_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func TestObserversAreAddedAndRemovedOnThePage(t *testing.T) {
	for locale, words := range map[string][]string{
		"fr": {"Ajouter un observateur", "Suivre ce ticket", "Retirer Stan Morvan des observateurs", "Mona Girard a mis Stan Morvan en copie", "Mona Girard ne suit plus ce ticket"},
		"en": {"Add an observer", "Follow this ticket", "Remove Stan Morvan from the observers", "Mona Girard copied Stan Morvan in", "Mona Girard no longer follows this ticket"},
	} {
		s := newStage(t)
		s.speaks(storetest.Mona, locale)
		ticket := s.open(storetest.Rita, ticketing.Open{})
		to := address(ticket) + "/observers"
		s.get(storetest.Mona, address(ticket)).expect(http.StatusOK).holds(words[0], words[1])
		s.post(storetest.Mona, to, url.Values{"observer.person": {"morvan"}}).leadsTo(address(ticket))
		s.get(storetest.Mona, address(ticket)).expect(http.StatusOK).holds(words[2], words[3])
		s.fine(storetest.Mona, address(ticket))
		s.speaks(storetest.Mona, locale)
		s.post(storetest.Mona, to, url.Values{"observer.remove": {string(storetest.Stan)}}).leadsTo(address(ticket))
		if page := s.get(storetest.Mona, address(ticket)); strings.Contains(page.text(), words[2]) {
			t.Errorf("%s: who was taken out is still there", locale)
		}
		for _, form := range []url.Values{{"observer.person_choice": {string(storetest.Mona)}}, {"observer.remove": {string(storetest.Mona)}}} {
			s.post(storetest.Mona, to, form).leadsTo(address(ticket))
		}
		s.get(storetest.Mona, address(ticket)).holds(words[4])
	}
}

// Without scripts, a name that several bear comes back with a choice; nothing typed is lost.
func TestNamesakesAreChosenBetween(t *testing.T) {
	s := newStage(t)
	ticket := s.open(storetest.Rita, ticketing.Open{})
	to := address(ticket) + "/observers"
	s.post(storetest.Mona, to, url.Values{"observer.person": {"nobody at all"}}).expect(http.StatusUnprocessableEntity).
		shows(t, `id="f-observer-person-error"`, `value="nobody at all"`)
	page := s.post(storetest.Mona, to, url.Values{"observer.person": {"ma"}}).expect(http.StatusUnprocessableEntity)
	page.shows(t, `id="f-observer-person-error"`, `name="observer.of" value="ma"`, `name="observer.which" value="max"`)
	form := url.Values{"observer.person": {"ma"}, "observer.of": {"ma"}, "observer.which": {string(storetest.Max)}}
	form.Set("observer.person", "stan") // typed anew: the choice was for another name
	s.post(storetest.Mona, to, form).leadsTo(address(ticket))
	s.get(storetest.Mona, address(ticket)).holds("Stan Morvan en copie")
	form.Set("observer.person", "ma")
	s.post(storetest.Mona, to, form).leadsTo(address(ticket))
	s.get(storetest.Mona, address(ticket)).holds("Max Roche en copie")
	for _, who := range []guichet.ID{storetest.Rita, storetest.Cleo} {
		s.post(who, to, url.Values{"observer.person": {"ben"}}).expect(http.StatusNotFound)
	}
}
