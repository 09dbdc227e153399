package agent_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func (s *stage) view(person guichet.ID, t guichet.Ticket) ticketing.View {
	s.Helper()
	v, err := s.desk.View(s.ctx, storetest.Actor(s.T, s.store, person), t.Number, 0)
	if err != nil {
		s.Fatal(err)
	}
	return v
}

// leadsTo checks that an act succeeded and where it leads.
func (a answer) leadsTo(path string) {
	a.Helper()
	if a.expect(http.StatusSeeOther).header.Get("Location") != path {
		a.Errorf("leads to %q, expected %q", a.header.Get("Location"), path)
	}
}

func TestTheWorkspaceStartsWhereSomethingWaits(t *testing.T) {
	s := newStage(t)
	s.get(storetest.Ann, "/desk/").leadsTo("/desk/open")
	ticket := s.pool()
	s.get(storetest.Ann, "/desk/").leadsTo("/desk/pool")
	s.do(storetest.Ann, ticket, guichet.Act{Action: guichet.ActionClaim})
	s.get(storetest.Ann, "/desk/").leadsTo("/desk/mine")
}

func TestATicketIsTakenFromThePool(t *testing.T) {
	s := newStage(t)
	ticket := s.pool()
	list := s.get(storetest.Ann, "/desk/pool").expect(http.StatusOK).holds("Le cours ne s’ouvre pas", "Rita Durand")
	form := url.Values{"claim.version": {list.field("claim.version")}}
	s.post(storetest.Ann, address(ticket)+"/actions/claim", form).leadsTo(address(ticket))
	if v := s.view(storetest.Ann, ticket); v.Ticket.AssigneeID != storetest.Ann {
		t.Errorf("the ticket is with %q", v.Ticket.AssigneeID)
	}
	s.post(storetest.Bob, address(ticket)+"/actions/claim", form).expect(http.StatusConflict).holds("Ann Blanc")
}

func TestARefusedActionKeepsWhatWasTyped(t *testing.T) {
	s := newStage(t)
	ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
	typed := "Le fabricant doit rappeler <demain> & confirmer"
	a := s.post(storetest.Ann, address(ticket)+"/actions/hold", url.Values{"hold.pending_reason": {"planned"}, "hold.reason": {typed}})
	a.expect(http.StatusUnprocessableEntity).holds("Ce champ est obligatoire.")
	if a.field("hold.reason") != typed || a.field("hold.pending_reason") != "planned" {
		t.Errorf("typed text lost: %q, %q", a.field("hold.reason"), a.field("hold.pending_reason"))
	}
	if !strings.Contains(a.body, `href="#f-hold-until"`) || !strings.Contains(a.body, `id="f-hold-until-error"`) {
		t.Error("the date is not shown as the wrong field")
	}
	if v := s.view(storetest.Ann, ticket); v.Ticket.State != guichet.StateAssigned {
		t.Errorf("state %s", v.Ticket.State)
	}
	a = s.post(storetest.Ann, address(ticket)+"/actions/hold", url.Values{"hold.pending_reason": {"planned"}, "hold.until": {"bientôt"}})
	a.expect(http.StatusUnprocessableEntity)
	if a.field("hold.until") != "bientôt" {
		t.Error("the date typed is lost")
	}
}

func TestADateIsReadInTheReadersZone(t *testing.T) {
	s := newStage(t)
	ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
	s.post(storetest.Ann, address(ticket)+"/actions/hold", url.Values{"hold.pending_reason": {"planned"},
		"hold.until": {"2026-07-01T09:00"}}).leadsTo(address(ticket))
	if at := s.view(storetest.Ann, ticket).Ticket.PendingUntil.UTC().Format("15:04"); at != "07:00" {
		t.Errorf("waits until %s UTC, expected 07:00: it is summer in Paris", at)
	}
}

func TestAnOldPageTellsWhatHappenedAndKeepsTheText(t *testing.T) {
	s := newStage(t)
	ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
	seen := s.get(storetest.Ann, address(ticket)).expect(http.StatusOK)
	form := url.Values{"hold.version": {seen.field("hold.version")}, "hold.seen": {seen.field("hold.seen")},
		"hold.pending_reason": {"requester"}, "hold.reason": {"J’attends Rita."}}
	s.do(storetest.Mona, ticket, guichet.Act{Action: guichet.ActionQualify, Urgency: guichet.GradeHigh, Impact: guichet.GradeHigh})
	a := s.post(storetest.Ann, address(ticket)+"/actions/hold", form).expect(http.StatusConflict)
	a.holds("Pendant que vous écriviez", "Mona Girard")
	if a.field("hold.reason") != "J’attends Rita." || a.field("hold.pending_reason") != "requester" {
		t.Error("what was typed is lost")
	}
	form.Set("hold.version", a.field("hold.version"))
	s.post(storetest.Ann, address(ticket)+"/actions/hold", form).leadsTo(address(ticket))
}

func TestATextWhoseFormIsGoneIsShown(t *testing.T) {
	s := newStage(t)
	ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
	s.do(storetest.Ann, ticket, guichet.Act{Action: guichet.ActionResolve, Text: "Réparé."})
	a := s.post(storetest.Ann, address(ticket)+"/actions/hold", url.Values{"hold.reason": {"Un long motif."}})
	a.expect(http.StatusConflict)
	if !strings.Contains(a.body, "Un long motif.</textarea>") {
		t.Error("the text of an action that is not offered any more is lost")
	}
}

// draft is how the page is told that a message was sent.
func draft(t guichet.Ticket) string {
	return "?sent=desk:" + strings.TrimPrefix(address(t), "/desk/tickets/")
}

// atOnce makes the messages of a person leave without delay.
func (s *stage) atOnce(person guichet.ID) {
	s.Helper()
	err := s.store.Write(s.ctx, func(tx *store.Tx) error { return tx.SavePreference(s.ctx, person, guichet.PreferenceUndo, "0") })
	if err != nil {
		s.Fatal(err)
	}
}

func TestATextIsKeptWhenTheTicketChangedHands(t *testing.T) {
	s := newStage(t)
	ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
	s.do(storetest.Mona, ticket, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support, AssigneeID: storetest.Bob})
	a := s.post(storetest.Ann, address(ticket)+"/messages", url.Values{"mode": {"solution"}, "solution.text": {"Une longue solution."}})
	a.expect(http.StatusForbidden)
	if !strings.Contains(a.body, "Une longue solution.</textarea>") {
		t.Error("the solution typed is lost")
	}
	if v := s.view(storetest.Ann, ticket); v.Ticket.State != guichet.StateAssigned {
		t.Errorf("state %s", v.Ticket.State)
	}
}

func TestTheComposer(t *testing.T) {
	s := newStage(t)
	s.atOnce(storetest.Ann)
	ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
	to := address(ticket) + "/messages"
	s.post(storetest.Ann, to, url.Values{"mode": {"reply"}, "reply.text": {"Bonjour Rita"}}).leadsTo(address(ticket) + draft(ticket))
	s.post(storetest.Ann, to, url.Values{"mode": {"note"}, "note.text": {"À surveiller"}}).leadsTo(address(ticket) + draft(ticket))
	s.post(storetest.Ann, to, url.Values{"mode": {"task"}, "task.title": {"Commander un disque"}}).leadsTo(address(ticket) + draft(ticket))
	v := s.view(storetest.Ann, ticket)
	if len(v.Tasks) != 1 || v.Tasks[0].AssigneeID != storetest.Ann {
		t.Fatalf("tasks: %+v", v.Tasks)
	}
	s.post(storetest.Ann, address(ticket)+"/tasks/"+string(v.Tasks[0].ID)+"/done", nil).leadsTo(address(ticket))
	a := s.post(storetest.Ann, to, url.Values{"mode": {"task"}, "task.title": {" "}, "task.due": {"2026-07-01T09:00"}}).expect(http.StatusUnprocessableEntity)
	if a.field("task.due") != "2026-07-01T09:00" || a.field("mode") != "task" {
		t.Error("the task typed is lost")
	}
	s.post(storetest.Ann, to, url.Values{"mode": {"solution"}, "solution.text": {"Disque remplacé"}, "solution.service": {"homework"}}).leadsTo(address(ticket) + draft(ticket))
	v = s.view(storetest.Ann, ticket)
	if v.Ticket.State != guichet.StateResolved || v.Ticket.AffectedID != storetest.Homework {
		t.Errorf("state %s, affected %s", v.Ticket.State, v.Ticket.AffectedID)
	}
	if page := s.get(storetest.Ann, address(ticket)).expect(http.StatusOK); strings.Contains(page.body, `value="solution"`) {
		t.Error("a resolved ticket still offers a solution")
	}
	public := s.view(storetest.Rita, ticket)
	for _, e := range public.Events {
		if e.Text == "À surveiller" {
			t.Error("the requester reads the internal note")
		}
	}
}

func TestFilesGoWithASolution(t *testing.T) {
	s := newStage(t)
	s.atOnce(storetest.Ann)
	ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
	send := func(text string) answer {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for k, v := range map[string]string{"mode": "solution", "solution.text": text, "version": version(s.view(storetest.Ann, ticket).Ticket)} {
			_ = w.WriteField(k, v)
		}
		part, err := w.CreateFormFile("files", "journal.txt")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte("tout va bien"))
		_ = w.Close()
		r := httptest.NewRequest(http.MethodPost, address(ticket)+"/messages", &body)
		r.Header.Set("Content-Type", w.FormDataContentType())
		return s.ask(storetest.Ann, r)
	}
	a := send("").expect(http.StatusUnprocessableEntity)
	if n := len(s.view(storetest.Ann, ticket).Documents); n != 0 || !strings.Contains(a.field("kept_file"), "journal.txt") {
		t.Errorf("a refused solution left %d files, gives back %q", n, a.field("kept_file"))
	}
	send("Réparé").leadsTo(address(ticket) + draft(ticket))
	v := s.view(storetest.Rita, ticket)
	if len(v.Documents) != 1 || v.Ticket.State != guichet.StateResolved {
		t.Errorf("%d documents, state %s", len(v.Documents), v.Ticket.State)
	}
}

func TestOnAFinalTicketOnlyANoteIsOffered(t *testing.T) {
	s := newStage(t)
	over := s.open(storetest.Rita, ticketing.Open{Service: storetest.Learning})
	over = s.do(storetest.Mona, over, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support})
	over = s.do(storetest.Mona, over, guichet.Act{Action: guichet.ActionResolve, Text: "Fait."})
	over = s.do(storetest.Rita, over, guichet.Act{Action: guichet.ActionValidate})
	page := s.get(storetest.Ann, address(over)).expect(http.StatusOK)
	if page.field("mode") != "note" || strings.Contains(page.body, `value="reply"`) || strings.Contains(page.body, "/actions/") {
		t.Error("a closed ticket offers more than a note")
	}
	s.post(storetest.Ann, address(over)+"/messages", url.Values{"mode": {"note"}, "note.text": {"Vu."}}).leadsTo(address(over) + draft(over))
}

func TestWhoOnlyAsksReadsOnThePortal(t *testing.T) {
	s := newStage(t)
	ticket := s.open(storetest.Cleo, ticketing.Open{})
	s.get(storetest.Cleo, address(ticket)).leadsTo("/tickets/" + strings.TrimPrefix(address(ticket), "/desk/tickets/"))
}

// Who records a call sees what the offering asks, fills what is known, and names who is in copy.
func TestRecordingACallWithWhatTheFormAsks(t *testing.T) {
	s := newStage(t)
	form := url.Values{"channel": {"phone"}, "requester": {"rita"}, "service": {string(storetest.Moodle)}, "kind": {"incident"}, "title": {"Page blanche"},
		"description": {"Depuis ce matin."}, "urgency": {"medium"}, "op": {"questions"}, "key": {"k"}}
	s.post(storetest.Mona, "/desk/new", form).expect(http.StatusOK).holds("Signaler un problème", "Où ?", "Quel cours ?")
	form.Del("op")
	form["answers.where"], form["answers.course"], form["observers"] = []string{"course"}, []string{"Chimie"}, []string{"stan\r\nben"}
	form.Set("answers.gone", "a field of another service")
	s.post(storetest.Mona, "/desk/new", form).expect(http.StatusSeeOther)
	s.get(storetest.Mona, "/desk/tickets/1").expect(http.StatusOK).holds("Chimie", "Dans un cours", "Formulaire, version 1")
	s.get(storetest.Mona, "/desk/tickets/1/form").expect(http.StatusOK).holds("Quel cours ?", "Version 1")
	s.get(storetest.Rita, "/desk/tickets/1/form").expect(http.StatusNotFound)
	form.Set("key", "k2")
	form["answers.where"], form["observers"] = []string{"moon"}, []string{"nobody known"}
	s.post(storetest.Mona, "/desk/new", form).expect(http.StatusUnprocessableEntity).holds("Choisissez parmi les réponses proposées", "nobody known")
}
