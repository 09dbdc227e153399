package agent_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// TestRemoteAssistanceIsWritten: who works on the ticket opens the equipment of its person in one step, which is written in
// the ticket for agents only; nobody else does, and without equipment or address there is nothing to open.
func TestRemoteAssistanceIsWritten(t *testing.T) {
	s := newStage(t)
	ticket, err := s.desk.Open(s.ctx, storetest.Actor(t, s.store, storetest.Rita), ticketing.Open{Service: storetest.Wifi, Kind: guichet.KindIncident, Title: "Wifi absent", Description: "Plus de réseau."})
	if err != nil {
		t.Fatal(err)
	}
	place := "/desk/tickets/" + strconv.FormatInt(ticket.Number, 10)
	use := place + "/remote/" + string(storetest.Rita)
	s.post(storetest.Cleo, use, nil).expect(http.StatusNotFound) // no equipment
	err = s.store.Write(s.ctx, func(tx *store.Tx) error {
		p, err := tx.Person(s.ctx, storetest.Rita)
		if err != nil {
			return err
		}
		p.Equipment = "PC 12&x"
		return tx.SavePerson(s.ctx, p)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.post(storetest.Cleo, use, nil).expect(http.StatusNotFound) // no address
	s.post(storetest.Ann, "/admin/remote", url.Values{"remote": {"rustdesk:{equipment}"}}).expect(http.StatusNotFound)
	s.post(storetest.Fay, "/admin/remote", url.Values{"remote": {"javascript:{equipment}"}}).expect(http.StatusUnprocessableEntity).holds("suivi de deux-points")
	s.post(storetest.Fay, "/admin/remote", url.Values{"remote": {" rustdesk:{equipment}?t={ticket} "}}).expect(http.StatusSeeOther)
	if kept := s.get(storetest.Fay, "/admin/remote").expect(http.StatusOK).field("remote"); kept != "rustdesk:{equipment}?t={ticket}" {
		t.Errorf("kept: %q", kept)
	}

	s.get(storetest.Cleo, place).expect(http.StatusOK).holds("Assister à distance", "Matériel PC 12&x")
	s.post(storetest.Ann, use, nil).expect(http.StatusNotFound)
	s.post(storetest.Rita, use, nil).expect(http.StatusNotFound)
	s.post(storetest.Cleo, place+"/remote/"+string(storetest.Stan), nil).expect(http.StatusNotFound)
	page := s.post(storetest.Cleo, use, nil).expect(http.StatusOK).holds("Cette ouverture est inscrite dans le ticket.", "Ouvrir PC 12&x")
	if link := "rustdesk:PC%2012%26x?t=" + strconv.FormatInt(ticket.Number, 10); !strings.Contains(page.body, link) {
		t.Errorf("the page does not lead to %s", link)
	}
	s.get(storetest.Cleo, place).holds("a ouvert l’assistance à distance")
	view, err := s.desk.View(s.ctx, storetest.Actor(t, s.store, storetest.Rita), ticket.Number, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range view.Events {
		if e.Kind == guichet.EventRemote {
			t.Error("the requester reads that remote assistance was opened")
		}
	}
	s.speaks(storetest.Cleo, "en")
	s.get(storetest.Cleo, place).holds("Assist remotely", "opened remote assistance")
}
