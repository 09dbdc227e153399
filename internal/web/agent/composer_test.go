package agent_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// message sends what the composer holds.
func (s *stage) message(who guichet.ID, t guichet.Ticket, mode, text string) answer {
	s.Helper()
	return s.post(who, address(t)+"/messages", url.Values{"mode": {mode}, mode + ".text": {text}})
}

func TestAMessageMayBeTakenBack(t *testing.T) {
	for locale, words := range map[string][2]string{"fr": {"Votre note part dans 10", "Annuler l’envoi"}, "en": {"Your note leaves in 10", "Undo"}} {
		s := newStage(t)
		s.speaks(storetest.Ann, locale)
		ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
		s.message(storetest.Ann, ticket, "note", "Disque **mort**").leadsTo(address(ticket) + draft(ticket))
		page := s.get(storetest.Ann, address(ticket)).expect(http.StatusOK)
		page.holds(words[0], words[1])
		if other := s.get(storetest.Mona, address(ticket)).expect(http.StatusOK); strings.Contains(other.body, "mort") {
			t.Errorf("%s: somebody else sees a message that has not left", locale)
		}
		undo := page.body[strings.Index(page.body, address(ticket)+"/outgoing/"):]
		undo = undo[:strings.IndexByte(undo, '"')]
		s.post(storetest.Mona, undo, nil).expect(http.StatusSeeOther)
		s.post(storetest.Ann, undo, nil).leadsTo(address(ticket) + "#composer")
		if page = s.get(storetest.Ann, address(ticket)); page.field("note.text") != "Disque **mort**" || page.field("mode") != "note" || strings.Contains(page.body, "/outgoing/") {
			t.Errorf("%s: after it was taken back the composer holds %q in the mode %q", locale, page.field("note.text"), page.field("mode"))
		}
		s.message(storetest.Ann, ticket, "note", "Disque changé")
		s.clock.Add(10 * time.Second)
		s.post(storetest.Ann, undo, nil).leadsTo(address(ticket)) // it is leaving: no more
	}
}

func TestWhatCouldNotLeaveIsToldOnEachPage(t *testing.T) {
	for locale, words := range map[string][]string{"fr": {"Un de vos messages n’est pas parti.", "Messages non partis", "Tous vos messages sont partis"},
		"en": {"One of your messages has not been sent.", "Unsent messages", "All your messages have been sent"}} {
		s := newStage(t)
		s.speaks(storetest.Ann, locale)
		s.get(storetest.Ann, "/desk/unsent").expect(http.StatusOK).holds(words[2])
		ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
		s.message(storetest.Ann, ticket, "solution", "Disque changé, **essayez**.").expect(http.StatusSeeOther)
		s.do(storetest.Ann, ticket, guichet.Act{Action: guichet.ActionResolve, Text: "Fait.", ServiceID: storetest.Moodle})
		s.clock.Add(10 * time.Second)
		err := s.store.Write(s.ctx, func(tx *store.Tx) error {
			jobs, err := tx.ClaimJobs(s.ctx, 50, time.Minute, ticketing.JobSend)
			for _, j := range jobs {
				err = errors.Join(err, s.desk.Leave(s.ctx, tx, j))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		s.get(storetest.Ann, "/desk/mine").expect(http.StatusOK).holds(words[0]).shows(t, `href="/desk/unsent"`)
		if page := s.get(storetest.Bob, "/desk/mine"); strings.Contains(page.body, "/desk/unsent") {
			t.Errorf("%s: somebody else is told", locale)
		}
		page := s.get(storetest.Ann, "/desk/unsent").expect(http.StatusOK).holds(words[1], "Disque changé, **essayez**.", ticket.Title)
		for _, fault := range page.faults(locale) {
			t.Errorf("%s: %s", locale, fault)
		}
		at := page.body[strings.Index(page.body, "/desk/unsent/"):]
		at = at[:strings.IndexByte(at, '"')]
		s.post(storetest.Bob, at, nil).leadsTo("/desk/unsent")
		s.get(storetest.Ann, "/desk/unsent").holds("Disque changé")
		s.post(storetest.Ann, at, nil).leadsTo("/desk/unsent")
		s.get(storetest.Ann, "/desk/unsent").holds(words[2])
	}
}

func TestTheComposerNamesWhoIsTold(t *testing.T) {
	s := newStage(t)
	ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
	name := s.view(storetest.Ann, ticket).People[storetest.Rita].Name()
	s.get(storetest.Ann, address(ticket)).holds(name)
	list := s.get(storetest.Ann, address(ticket)+"/colleagues?q=b").expect(http.StatusOK)
	if !strings.Contains(list.body, "Bob") || strings.Contains(list.body, "Ben") {
		t.Errorf("colleagues: %s", list.body)
	}
	s.post(storetest.Ann, "/desk/preview", url.Values{"text": {"**gras** <script>"}}).expect(http.StatusOK)
	if got := s.post(storetest.Ann, "/desk/preview", url.Values{"text": {"**gras** <script>x</script>"}}).body; !strings.Contains(got, "<strong>gras</strong>") || strings.Contains(got, "<script>x") {
		t.Errorf("preview: %s", got)
	}
}

func TestALongThreadShowsItsEnd(t *testing.T) {
	s := newStage(t)
	ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
	for i := range 30 {
		text := fmt.Sprintf("Message numéro %d.", i)
		if _, err := s.desk.FollowUp(s.ctx, storetest.Actor(t, s.store, storetest.Ann), ticket.Number, ticketing.FollowUp{Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	page := s.get(storetest.Ann, address(ticket)).expect(http.StatusOK)
	page.holds("Message numéro 29.", ticket.Description, "précédents")
	if strings.Contains(page.body, "Message numéro 2.") {
		t.Error("the whole thread is shown")
	}
	all := s.get(storetest.Ann, address(ticket)+"?last=100").expect(http.StatusOK)
	all.holds("Message numéro 0.", "Message numéro 29.")
	if strings.Contains(all.body, "précédents") {
		t.Error("a whole thread promises more")
	}
	s.post(storetest.Ann, "/desk/preferences", url.Values{"timeline.order": {"newest"}}).expect(http.StatusSeeOther)
	back := s.get(storetest.Ann, address(ticket)).expect(http.StatusOK).body
	if strings.Index(back, "Message numéro 29.") > strings.Index(back, "Message numéro 20.") || strings.Index(back, `id="composer"`) > strings.Index(back, "Message numéro 29.") {
		t.Error("the latest do not come first, below the composer")
	}
}

func TestATicketOnPaper(t *testing.T) {
	for locale, words := range map[string]string{"fr": "notes internes", "en": "internal notes"} {
		s := newStage(t)
		s.speaks(storetest.Ann, locale)
		ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
		if _, err := s.desk.FollowUp(s.ctx, storetest.Actor(t, s.store, storetest.Ann), ticket.Number, ticketing.FollowUp{Text: "Entre nous", Internal: true}); err != nil {
			t.Fatal(err)
		}
		if page := s.get(storetest.Ann, address(ticket)+"/print").expect(http.StatusOK); strings.Contains(page.body, "Entre nous") || strings.Contains(page.body, `class="rail"`) {
			t.Errorf("%s: what is internal is printed unasked, or the menu is", locale)
		}
		s.get(storetest.Ann, address(ticket)+"/print?notes=1").expect(http.StatusOK).holds("Entre nous", words)
		s.get(storetest.Rita, address(ticket)+"/print").expect(http.StatusNotFound)
	}
}

func TestTasksAreFoundAndDoneAgain(t *testing.T) {
	s := newStage(t)
	ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
	s.post(storetest.Ann, address(ticket)+"/messages", url.Values{"mode": {"task"}, "task.title": {"Commander un disque"}}).expect(http.StatusSeeOther)
	s.get(storetest.Ann, "/desk/tasks").expect(http.StatusOK).holds("Commander un disque", ticket.Title)
	if page := s.get(storetest.Bob, "/desk/tasks").expect(http.StatusOK); strings.Contains(page.body, "Commander") {
		t.Error("somebody else's task")
	}
	at := address(ticket) + "/tasks/" + string(s.view(storetest.Ann, ticket).Tasks[0].ID)
	s.post(storetest.Ann, at+"/undone", nil).expect(http.StatusConflict)
	s.post(storetest.Ann, at+"/done", nil).leadsTo(address(ticket))
	s.get(storetest.Ann, "/desk/tasks").holds("Aucune tâche ne vous attend")
	s.post(storetest.Ann, at+"/undone", nil).leadsTo(address(ticket))
	s.get(storetest.Ann, address(ticket)).holds("a remis à faire la tâche")
	if v := s.view(storetest.Ann, ticket); !v.Tasks[0].DoneAt.IsZero() {
		t.Error("the task is still done")
	}
}
