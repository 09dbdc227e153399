package ticketing_test

import (
	"slices"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// withTemplates adds templates to the desk of the tests.
func (s *stage) withTemplates() *stage {
	s.Helper()
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		d := Desk()
		d.Templates = map[guichet.ID]guichet.Template{}
		for _, t := range []guichet.Template{
			{ID: "hello", Kind: guichet.TemplateReply, Name: "Bonjour", Body: guichet.Wording{"fr": "Bonjour {{demandeur.nom}}, {{ticket.lien}}", "en": "Hello {{requester.name}}"}},
			{ID: "core", Kind: guichet.TemplateReply, Name: "Cœur", Teams: []guichet.ID{Core}, Body: guichet.Wording{"fr": "x"}},
			{ID: "waves", Kind: guichet.TemplateReply, Name: "Ondes", Services: []guichet.ID{Network}, Body: guichet.Wording{"fr": "x"}},
			{ID: "refer", Kind: guichet.TemplateSolution, Name: "Renvoi", Body: guichet.Wording{"fr": "Adressez-vous à votre administrateur, {{demandeur.nom}}. {{auteur.nom}}"}},
			{ID: "points", Kind: guichet.TemplateChecklist, Name: "Identité", Items: []guichet.CheckItem{
				{Key: "name", Required: true, Text: guichet.Wording{"fr": "Le nom", "en": "The name"}}, {Key: "rules", Text: guichet.Wording{"fr": "Les règles"}}}},
			{ID: "access", Kind: guichet.TemplateChecklist, Name: "Accès", Items: []guichet.CheckItem{{Key: "signed", Text: guichet.Wording{"fr": "Signé"}}}},
			{ID: "call", Kind: guichet.TemplateTicket, Name: "Appel renvoyé", Ticket: &guichet.TicketDraft{Title: guichet.Wording{"fr": "Renvoi"}, ServiceID: "calls", Solution: "refer"}},
			{ID: "outage", Kind: guichet.TemplateTicket, Name: "Coupure", Ticket: &guichet.TicketDraft{Title: guichet.Wording{"fr": "Coupure"}, Impact: guichet.GradeHigh, TeamID: Core, Checklist: "points"}},
		} {
			d.Templates[t.ID] = t
		}
		d.Services["calls"] = guichet.Service{ID: "calls", ParentID: Learning, Name: "Appels", WorkflowID: Recorded}
		o := d.Offerings[Incident]
		o.Checklists = []guichet.ID{"access"}
		d.Offerings[Incident] = o
		return tx.SaveDesk(s.ctx, d)
	})
	if err != nil {
		s.Fatal(err)
	}
	return s
}

func TestPrepare(t *testing.T) {
	s := newStage(t).withTemplates()
	ticket := s.taken()
	got, err := s.desk.Prepare(s.ctx, s.actor(Ann), ticket.Number, "hello", "https://aide.example")
	if err != nil || got.Text != "Bonjour Rita Durand, https://aide.example/tickets/1" {
		t.Fatalf("got %q, %v", got.Text, err)
	}
	for _, wrong := range []guichet.ID{"core", "waves", "points", "nothing"} {
		_, err = s.desk.Prepare(s.ctx, s.actor(Ann), ticket.Number, wrong, "")
		s.fails(err, guichet.KindNotFound, "template.not_found")
	}
	_, err = s.desk.Prepare(s.ctx, s.actor(Rita), ticket.Number, "hello", "")
	s.fails(err, guichet.KindDenied, "action.denied")
	_, err = s.desk.Prepare(s.ctx, s.actor(Stan), ticket.Number, "hello", "")
	s.fails(err, guichet.KindNotFound, "ticket.not_found")
}

func TestPrepareInTheRequestersLanguage(t *testing.T) {
	s := newStage(t).withTemplates()
	rita := s.actor(Rita).Person
	rita.Locale = "en"
	Person(t, s.store, rita)
	got, err := s.desk.Prepare(s.ctx, s.actor(Ann), s.taken().Number, "hello", "")
	if err != nil || got.Text != "Hello Rita Durand" {
		t.Fatalf("got %q, %v", got.Text, err)
	}
}

func TestRequiredPointsComeBeforeTheSolution(t *testing.T) {
	s := newStage(t).withTemplates()
	ticket := s.taken()
	if err := s.desk.AddChecklist(s.ctx, s.actor(Ann), ticket.Number, "points"); err != nil {
		t.Fatal(err)
	}
	s.fails(s.desk.AddChecklist(s.ctx, s.actor(Ann), ticket.Number, "points"), guichet.KindConflict, "checklist.there")
	list := s.list(ticket, "points")
	solve := guichet.Act{Action: guichet.ActionResolve, Text: "Fait."}
	s.refused(Ann, ticket, solve, guichet.KindConflict, "checklist.unchecked")
	for range 2 { // checked twice, told once
		if err := s.desk.Check(s.ctx, s.actor(Ann), ticket.Number, list.ID, "name", true); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.list(ticket, "points").Items[0]; got.DoneByID != Ann || !got.DoneAt.Equal(s.clock.Now()) {
		t.Errorf("checked: %+v", got)
	}
	if n := count(s.kinds(Ann, ticket), guichet.EventChecked); n != 1 {
		t.Errorf("%d events say that the point was checked, want 1", n)
	}
	if kinds := s.kinds(Rita, ticket); slices.Contains(kinds, guichet.EventChecked) || slices.Contains(kinds, guichet.EventChecklistAdded) {
		t.Errorf("the requester is told of checks: %v", kinds)
	}
	if v := s.view(Rita, ticket); v.Lists != nil {
		t.Errorf("the requester sees checklists: %+v", v.Lists)
	}
	s.do(Ann, ticket, guichet.StateResolved, solve)
}

func (s *stage) lists(t guichet.Ticket) []guichet.Checklist {
	s.Helper()
	return s.view(Ann, t).Lists
}

// list is the checklist of a ticket that was made from a template.
func (s *stage) list(t guichet.Ticket, template guichet.ID) guichet.Checklist {
	s.Helper()
	for _, l := range s.lists(t) {
		if l.TemplateID == template {
			return l
		}
	}
	s.Fatalf("no checklist %s on the ticket", template)
	return guichet.Checklist{}
}

func count[T comparable](list []T, x T) int {
	n := 0
	for _, y := range list {
		if x == y {
			n++
		}
	}
	return n
}

func TestWhoMayCheckAndTakeOff(t *testing.T) {
	s := newStage(t).withTemplates()
	ticket := s.taken()
	mine, theirs := s.actor(Ann), s.actor(Rita)
	if err := s.desk.AddChecklist(s.ctx, mine, ticket.Number, "points"); err != nil {
		t.Fatal(err)
	}
	asked, added := s.list(ticket, "access").ID, s.list(ticket, "points").ID
	s.fails(s.desk.AddChecklist(s.ctx, theirs, ticket.Number, "points"), guichet.KindDenied, "action.denied")
	s.fails(s.desk.Check(s.ctx, theirs, ticket.Number, added, "name", true), guichet.KindDenied, "action.denied")
	s.fails(s.desk.Check(s.ctx, s.actor(Stan), ticket.Number, added, "name", true), guichet.KindNotFound, "ticket.not_found")
	s.fails(s.desk.Check(s.ctx, mine, ticket.Number, added, "nothing", true), guichet.KindNotFound, "checklist.not_found")
	s.fails(s.desk.Check(s.ctx, mine, ticket.Number, "nothing", "name", true), guichet.KindNotFound, "checklist.not_found")
	s.fails(s.desk.AddChecklist(s.ctx, mine, ticket.Number, "hello"), guichet.KindNotFound, "template.not_found")
	other := s.taken()
	s.fails(s.desk.Check(s.ctx, mine, other.Number, added, "name", true), guichet.KindNotFound, "checklist.not_found")
	s.fails(s.desk.RemoveChecklist(s.ctx, mine, ticket.Number, asked), guichet.KindConflict, "checklist.kept")
	check := func(done bool) {
		if err := s.desk.Check(s.ctx, mine, ticket.Number, added, "rules", done); err != nil {
			t.Fatal(err)
		}
	}
	check(true)
	s.fails(s.desk.RemoveChecklist(s.ctx, mine, ticket.Number, added), guichet.KindConflict, "checklist.kept")
	check(false)
	if err := s.desk.RemoveChecklist(s.ctx, mine, ticket.Number, added); err != nil {
		t.Fatal(err)
	}
	if got := s.lists(ticket); len(got) != 1 {
		t.Errorf("%d lists are left, want that of the form", len(got))
	}
	want := []guichet.EventKind{guichet.EventChecklistAdded, guichet.EventChecked, guichet.EventUnchecked, guichet.EventChecklistRemoved}
	same(t, "events", s.kinds(Ann, ticket)[len(s.kinds(Ann, ticket))-4:], want)
}

func TestACallIsRecordedAndAnsweredAtOnce(t *testing.T) {
	s := newStage(t).withTemplates()
	in := ticketing.Open{Service: "calls", Template: "call", Requester: string(Rita), Title: "Renvoi", Description: "Appel.",
		Kind: guichet.KindRequest, Channel: guichet.ChannelPhone}
	ticket := s.open(Mona, in)
	if ticket.State != guichet.StateClosed || !strings.HasPrefix(ticket.Solution, "Adressez-vous à votre administrateur, Rita Durand. Mona Girard") {
		t.Fatalf("%s with the solution %q", ticket.State, ticket.Solution)
	}
	same(t, "events", s.kinds(Rita, ticket), []guichet.EventKind{guichet.EventOpened, guichet.EventResolved, guichet.EventClosed})
}

func TestAWholeTicketTemplate(t *testing.T) {
	s := newStage(t).withTemplates()
	ticket := s.open(Mona, ticketing.Open{Template: "outage", Urgency: guichet.GradeHigh})
	if ticket.TeamID != Core || ticket.State != guichet.StateAssigned || ticket.Priority != guichet.PriorityCritical {
		t.Errorf("team %s, %s, priority %s", ticket.TeamID, ticket.State, ticket.Priority)
	}
	var names []string
	for _, l := range s.view(Mona, ticket).Lists {
		names = append(names, l.Name)
	}
	same(t, "checklists", names, []string{"Accès", "Identité"})
	for _, wrong := range []guichet.ID{"points", "nothing"} {
		_, err := s.desk.Open(s.ctx, s.actor(Mona), ticketing.Open{Service: Moodle, Template: wrong, Title: "x", Description: "y", Kind: guichet.KindIncident})
		same(t, "faults", s.faults(err), []string{"template: field.unknown_value"})
	}
	_, err := s.desk.Open(s.ctx, s.actor(Rita), ticketing.Open{Service: Moodle, Template: "outage", Title: "x", Description: "y", Kind: guichet.KindIncident})
	same(t, "a requester uses it", s.faults(err), []string{"template: field.unknown_value"})
}

// The date of a text is that of the service level: four hours at work for Moodle, none of a reply elsewhere.
func TestTheDateOfATextIsThatOfTheServiceLevel(t *testing.T) {
	s := newStage(t)
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		d := Desk()
		d.Calendars, d.Levels = map[guichet.ID]guichet.Calendar{"office": office()}, levels()[:1]
		d.Levels[0].When.Kinds = []guichet.Kind{guichet.KindIncident}
		d.Templates = map[guichet.ID]guichet.Template{"date": {ID: "date", Kind: guichet.TemplateReply, Name: "Date",
			Body: guichet.Wording{"fr": "Au plus tard le {{ticket.echeance}}."}}}
		d.Rules = []guichet.Rule{{ID: "say", Name: "Dire", When: guichet.RuleWhen{Expression: "priority == \"low\""}, Then: guichet.RuleThen{Template: "date"}}}
		return tx.SaveDesk(s.ctx, d)
	})
	if err != nil {
		t.Fatal(err)
	}
	text := func(number int64) string {
		got, err := s.desk.Prepare(s.ctx, s.actor(Mona), number, "date", "")
		if err != nil {
			t.Fatal(err)
		}
		return got.Text
	}
	if got, want := text(s.open(Rita, ticketing.Open{}).Number), "Au plus tard le 16\u00a0mars\u00a02026."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := text(s.open(Rita, ticketing.Open{Kind: guichet.KindRequest}).Number), "Au plus tard le la date convenue."; got != want {
		t.Errorf("without a service level: got %q, want %q", got, want)
	}
	ruled := s.now(s.open(Rita, ticketing.Open{Urgency: guichet.GradeLow}))
	if want := "Au plus tard le 16 mars 2026."; ruled.LastMessage != want {
		t.Errorf("sent by a rule: %q, want %q", ruled.LastMessage, want)
	}
}
