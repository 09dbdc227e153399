package agent_test

import (
	"net/url"
	"strings"
	"testing"

	"guichet"
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

// The views of the menu are put in order with buttons, which keep the focus; who may shares with a role too.
func TestViewsAreOrderedWithButtons(t *testing.T) {
	s := newStage(t)
	keep := func(who guichet.ID, name, share string) string {
		to := s.post(who, "/desk/views", url.Values{"base": {"open"}, "name": {name}, "share": {share}}).expect(303).header.Get("Location")
		u, err := url.Parse(to)
		if err != nil {
			t.Fatal(err)
		}
		return u.Query().Get("saved")
	}
	keep(storetest.Mona, "Alpha", "")
	beta := keep(storetest.Mona, "Bêta", "role:moderator")
	order := func(page answer) bool { return strings.Index(page.body, "Alpha") < strings.Index(page.body, "Bêta") }
	if page := s.get(storetest.Mona, "/desk/views").expect(200).holds("Le rôle", "Monter Bêta, 2 sur 2"); !order(page) {
		t.Error("not by name")
	}
	to := s.post(storetest.Mona, "/desk/views/"+beta+"/move", url.Values{"way": {"up"}}).expect(303).header.Get("Location")
	page := s.get(storetest.Mona, to).expect(200).holds("Descendre Bêta, 1 sur 2")
	if order(page) || strings.Count(page.body, "autofocus") != 1 {
		t.Error("it did not move up, or no button has the focus")
	}
	s.post(storetest.Ann, "/desk/views/"+beta+"/move", url.Values{"way": {"up"}}).expect(404)
	s.get(storetest.Max, "/desk/views").expect(200).holds("Vues partagées", "Bêta", "Mona Girard")
	s.post(storetest.Mona, "/desk/views", url.Values{"id": {beta}, "base": {"open"}, "name": {""}, "share": {"role:none"}}).expect(422).holds("Renommer, partager")
	s.post(storetest.Ann, "/desk/views", url.Values{"base": {"open"}, "name": {"x"}, "share": {"role:moderator"}}).expect(403).holds("organise le travail")
	s.speaks(storetest.Mona, "en")
	s.get(storetest.Mona, "/desk/views").expect(200).holds("Rename, share or delete", "Move Alpha up, 2 of 2")
}

func TestACompactListTakesOneLine(t *testing.T) {
	s := newStage(t)
	s.open(storetest.Rita, ticketing.Open{})
	s.post(storetest.Mona, "/desk/preferences", url.Values{"list.density": {"compact"}}).expect(303)
	if !strings.Contains(s.get(storetest.Mona, "/desk/qualify").body, `class="list fold compact"`) {
		t.Error("the list is not compact")
	}
}
