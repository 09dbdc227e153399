package agent_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// withTemplates adds templates to the desk of the tests.
func (s *stage) withTemplates() *stage {
	s.Helper()
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		d := storetest.Desk()
		d.Templates = map[guichet.ID]guichet.Template{}
		for _, t := range []guichet.Template{
			{ID: "hello", Kind: guichet.TemplateReply, Name: "Demander des précisions", Body: guichet.Wording{"fr": "Bonjour {{demandeur.nom}},\n\npouvez-vous préciser ?", "en": "Hello"}},
			{ID: "waves", Kind: guichet.TemplateReply, Name: "Les ondes", Services: []guichet.ID{storetest.Network}, Body: guichet.Wording{"fr": "x"}},
			{ID: "solved", Kind: guichet.TemplateSolution, Name: "Résolu", Body: guichet.Wording{"fr": "Résolu par {{auteur.nom}}."}},
			{ID: "points", Kind: guichet.TemplateChecklist, Name: "Identité", Items: []guichet.CheckItem{
				{Key: "name", Required: true, Text: guichet.Wording{"fr": "Le nom est redit", "en": "The name is told again"}},
				{Key: "rules", Text: guichet.Wording{"fr": "Les règles"}}}},
			{ID: "call", Kind: guichet.TemplateTicket, Name: "Appel renvoyé", Ticket: &guichet.TicketDraft{Title: guichet.Wording{"fr": "Renvoi, par {{auteur.nom}}"},
				Description: guichet.Wording{"fr": "Appel du {{aujourdhui}}."}, ServiceID: "calls", Kind: guichet.KindRequest, Channel: guichet.ChannelPhone, Solution: "solved"}},
		} {
			d.Templates[t.ID] = t
		}
		d.Services["calls"] = guichet.Service{ID: "calls", ParentID: storetest.Learning, Name: "Appels", WorkflowID: storetest.Recorded}
		return tx.SaveDesk(s.ctx, d)
	})
	if err != nil {
		s.Fatal(err)
	}
	return s
}

func (s *stage) mine() guichet.Ticket {
	return s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
}

func TestATemplateIsPutBelowWhatIsTyped(t *testing.T) {
	s := newStage(t).withTemplates()
	ticket := s.mine()
	page := s.get(storetest.Ann, address(ticket)).holds("Demander des précisions", "Insérer")
	if strings.Contains(page.text(), "Les ondes") {
		t.Error("a template of another service is offered")
	}
	a := s.post(storetest.Ann, address(ticket)+"/messages", url.Values{"mode": {"reply"}, "op": {"insert:reply"}, "reply.template": {"hello"},
		"reply.text": {"Déjà tapé <ici>"}, "note.text": {"à part"}, "solution.text": {"plus tard"}}).expect(http.StatusOK)
	if got := a.field("reply.text"); got != "Déjà tapé <ici>\n\nBonjour Rita Durand,\n\npouvez-vous préciser ?" {
		t.Errorf("reply %q", got)
	}
	if a.field("note.text") != "à part" || a.field("solution.text") != "plus tard" {
		t.Errorf("typed text lost: %q, %q", a.field("note.text"), a.field("solution.text"))
	}
	if n := len(s.view(storetest.Ann, ticket).Events); n != len(s.view(storetest.Mona, ticket).Events) || strings.Contains(s.get(storetest.Rita, "/desk/").text(), "préciser") {
		t.Errorf("inserting wrote on the ticket: %d events", n)
	}
	a = s.post(storetest.Ann, address(ticket)+"/messages", url.Values{"mode": {"solution"}, "op": {"insert:solution"}, "solution.template": {"solved"}}).expect(http.StatusOK)
	if got := a.field("solution.text"); got != "Résolu par Ann Blanc." {
		t.Errorf("solution %q", got)
	}
	a = s.post(storetest.Ann, address(ticket)+"/messages", url.Values{"mode": {"reply"}, "op": {"insert:reply"}, "reply.text": {"gardé"}}).expect(http.StatusUnprocessableEntity)
	if a.field("reply.text") != "gardé" {
		t.Error("typed text lost when no template was chosen")
	}
}

func TestTheButtonOfAnotherModeSendsNothingElse(t *testing.T) {
	s := newStage(t).withTemplates()
	ticket := s.mine()
	// Enter, in the field of a task, presses the first button of the form.
	s.post(storetest.Ann, address(ticket)+"/messages", url.Values{"mode": {"task"}, "op": {"insert:reply"}, "task.title": {"Appeler"}}).expect(http.StatusSeeOther)
	if tasks := s.view(storetest.Ann, ticket).Tasks; len(tasks) != 1 {
		t.Errorf("%d tasks, want 1", len(tasks))
	}
}

func TestTheTextOfATemplateForScripts(t *testing.T) {
	s := newStage(t).withTemplates()
	ticket := s.mine()
	a := s.get(storetest.Ann, address(ticket)+"/templates/hello").expect(http.StatusOK)
	if a.header.Get("Content-Type") != "text/plain; charset=utf-8" || !strings.HasPrefix(a.body, "Bonjour Rita Durand,") {
		t.Errorf("%s: %q", a.header.Get("Content-Type"), a.body)
	}
	s.get(storetest.Ann, address(ticket)+"/templates/waves").expect(http.StatusNotFound)
	s.get(storetest.Rita, address(ticket)+"/templates/hello").expect(http.StatusNotFound)
	s.get(storetest.Cleo, address(ticket)+"/templates/hello").expect(http.StatusNotFound)
}

func TestPointsAreChecked(t *testing.T) {
	s := newStage(t).withTemplates()
	ticket := s.mine()
	at := address(ticket) + "/checklists"
	s.post(storetest.Ann, at, url.Values{"template": {"points"}}).leadsTo(address(ticket) + "#h-checks")
	s.get(storetest.Ann, address(ticket)).holds("Identité", "0 sur 2", "Le nom est redit", "Obligatoire avant de résoudre",
		"Un point obligatoire reste à cocher avant de résoudre.", "Retirer la liste")
	s.speaks(storetest.Ann, "en")
	s.get(storetest.Ann, address(ticket)).holds("Points to check", "0 of 2", "The name is told again", "One required point is left to check before resolving.")
	s.speaks(storetest.Ann, "fr")
	refused := s.post(storetest.Ann, address(ticket)+"/messages", url.Values{"mode": {"solution"}, "solution.text": {"C’est réparé."}, "solution.service": {string(storetest.Moodle)}})
	refused.expect(http.StatusConflict).holds("Il reste des points obligatoires à cocher", "Le nom est redit")
	if refused.field("solution.text") != "C’est réparé." {
		t.Error("the solution typed is lost")
	}
	list := string(s.view(storetest.Ann, ticket).Lists[0].ID)
	s.post(storetest.Ann, at+"/"+list+"/check", url.Values{"key": {"name"}, "done": {"yes"}}).leadsTo(address(ticket) + "#h-checks")
	page := s.get(storetest.Ann, address(ticket)).holds("1 sur 2", "Ann Blanc a coché « Le nom est redit »")
	if strings.Contains(page.text(), "reste à cocher") || strings.Contains(page.text(), "Retirer la liste") {
		t.Error("the page still asks for what was checked, or offers to take it off")
	}
	s.post(storetest.Ann, at+"/"+list+"/check", url.Values{"key": {"name"}}).expect(http.StatusSeeOther)
	s.post(storetest.Ann, at+"/"+list+"/remove", nil).expect(http.StatusSeeOther)
	if lists := s.view(storetest.Ann, ticket).Lists; len(lists) != 0 {
		t.Errorf("%d lists are left", len(lists))
	}
	s.post(storetest.Rita, at, url.Values{"template": {"points"}}).expect(http.StatusNotFound)
	s.post(storetest.Cleo, at, url.Values{"template": {"points"}}).expect(http.StatusNotFound)
}

func TestATicketStartsFromATemplate(t *testing.T) {
	s := newStage(t).withTemplates()
	page := s.get(storetest.Mona, "/desk/new?template=call&requester=rita").expect(http.StatusOK)
	page.holds("Partir d’un modèle de ticket", "Ce ticket sera clos dès son enregistrement", "Réponse envoyée au demandeur : Résolu")
	for name, want := range map[string]string{"title": "Renvoi, par Mona Girard", "description": "Appel du 16\u00a0mars\u00a02026.", "service": "calls",
		"kind": "request", "channel": "phone", "requester": "rita", "template": "call"} {
		if got := page.field(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	form := url.Values{"template": {"call"}, "title": {"Renvoi"}, "description": {"Appel."}, "service": {"calls"}, "kind": {"request"}, "channel": {"phone"},
		"requester": {"rita@example.org"}, "observers": {"dora@example.org ; nobody-known"}}
	again := s.post(storetest.Mona, "/desk/new", form).expect(http.StatusUnprocessableEntity).holds("nobody-known")
	if again.field("template") != "call" || again.field("observers") != "dora@example.org ; nobody-known" {
		t.Errorf("lost: template %q, copies %q", again.field("template"), again.field("observers"))
	}
	form.Set("observers", "dora@example.org")
	s.post(storetest.Mona, "/desk/new", form).expect(http.StatusSeeOther)
	list, err := s.desk.List(s.ctx, storetest.Actor(t, s.store, storetest.Dora), store.TicketQuery{})
	if err != nil || len(list.Rows) != 1 || list.Rows[0].State != guichet.StateClosed {
		t.Fatalf("the person in copy sees %+v, %v", list.Rows, err)
	}
	s.get(storetest.Mona, "/desk/new?template=points").expect(http.StatusOK)
}
