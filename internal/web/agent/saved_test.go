package agent_test

import (
	"net/url"
	"strings"
	"testing"

	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// A list is kept under a name, stands in the menu with its number, opens at its address and is shared.
func TestAListIsKeptAsAView(t *testing.T) {
	s := newStage(t)
	s.open(storetest.Rita, ticketing.Open{})
	s.get(storetest.Mona, "/desk/open?q=service:moodle").expect(200).holds("Enregistrer la vue")
	s.get(storetest.Mona, "/desk/views?base=open&q=service:moodle").expect(200).holds("Garder cette vue", "Tous les agents")
	s.post(storetest.Mona, "/desk/views", url.Values{"base": {"open"}, "filter": {"q=service:moodle"}, "name": {""}}).expect(422)
	to := s.post(storetest.Mona, "/desk/views", url.Values{"base": {"open"}, "filter": {"q=service:moodle"}, "name": {"Cours ouverts"}, "share": {"*"}}).
		expect(303).header.Get("Location")
	page := s.get(storetest.Mona, to).expect(200).holds("Cours ouverts 1", "Mes vues", "Le cours ne s’ouvre pas")
	if !strings.Contains(page.body, `aria-current="page"`) {
		t.Error("the view is not marked in the menu")
	}
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	id := u.Query().Get("saved")
	s.get(storetest.Ann, "/desk/views/"+id).expect(303)
	s.get(storetest.Ann, "/desk/mine").expect(200).holds("Vues partagées", "Cours ouverts")
	s.post(storetest.Ann, "/desk/views/"+id+"/remove", url.Values{}).expect(404)
	s.post(storetest.Ann, "/desk/views", url.Values{"base": {"open"}, "name": {"x"}, "share": {"*"}}).expect(403)
	s.get(storetest.Rita, "/desk/views").expect(404)
	s.post(storetest.Mona, "/desk/views/"+id+"/remove", url.Values{}).expect(303)
	s.get(storetest.Ann, "/desk/views/"+id).expect(404)
	s.speaks(storetest.Mona, "en")
	s.get(storetest.Mona, "/desk/views").expect(200).holds("No saved view", "By level", "Without a technician")
}

func TestACompactListTakesOneLine(t *testing.T) {
	s := newStage(t)
	s.open(storetest.Rita, ticketing.Open{})
	s.post(storetest.Mona, "/desk/preferences", url.Values{"list.density": {"compact"}}).expect(303)
	if !strings.Contains(s.get(storetest.Mona, "/desk/qualify").body, `class="list fold compact"`) {
		t.Error("the list is not compact")
	}
}
