package ticketing_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// configure changes the desk.
func (s *stage) configure(change func(*guichet.Desk)) {
	s.Helper()
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		d, err := tx.Desk(s.ctx)
		if err != nil {
			return err
		}
		d = d.Clone()
		change(d)
		return tx.SaveDesk(s.ctx, d)
	})
	if err != nil {
		s.Fatal(err)
	}
}

// dispatches makes a team choose its technicians.
func (s *stage) dispatches(team guichet.ID, mode guichet.DispatchMode) {
	s.Helper()
	s.configure(func(d *guichet.Desk) {
		t := d.Teams[team]
		t.Dispatch.Mode = mode
		d.Teams[team] = t
	})
}

func (s *stage) rules(rules ...guichet.Rule) {
	s.Helper()
	s.configure(func(d *guichet.Desk) { d.Rules = rules })
}

// trace is the explanation that the last event of a kind keeps.
func (s *stage) trace(t guichet.Ticket, kind guichet.EventKind) *guichet.Trace {
	s.Helper()
	events := s.view(Fay, t).Events
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Kind == kind && events[i].Trace != nil {
			return events[i].Trace
		}
	}
	s.Fatalf("no trace on an event %s of %v", kind, events)
	return nil
}

func TestWhyATicketIsWhereItIs(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{Title: "Les examens", Description: "Je ne vois plus l’examen de demain.", Service: Moodle})
	if ticket.AssigneeID != Bob || ticket.Priority != guichet.PriorityCritical {
		t.Fatalf("%+v", ticket)
	}
	want := &guichet.Trace{Version: 1,
		Rules: []guichet.RuleTrace{{ID: "exam", Name: "Examens à Bob", Last: true, Saw: []guichet.Seen{{Field: "words", Found: "examen"}},
			Changes: []guichet.Change{{Field: "state", From: "new", To: "assigned"}, {Field: "urgency", From: "medium", To: "high"},
				{Field: "impact", From: "medium", To: "high"}, {Field: "priority", From: "medium", To: "critical"},
				{Field: "team", To: "support"}, {Field: "technician", To: "bob"}, {Field: "level", To: "N1"}}}},
		Passed: []guichet.RuleTrace{{ID: "wifi", Name: "Wifi au réseau", Saw: []guichet.Seen{{Field: "service", Value: "moodle"}}}}}
	same(t, "trace", s.trace(ticket, guichet.EventRouted), want)
	for _, e := range s.view(Rita, ticket).Events {
		if e.Trace != nil || len(e.Why) > 0 {
			t.Errorf("the requester reads %+v", e)
		}
	}
}

func TestRulesTagWatchAndLink(t *testing.T) {
	s := newStage(t)
	outage := s.open(Rita, ticketing.Open{Title: "Panne générale", Description: "Plus rien", Service: Network})
	s.rules(
		guichet.Rule{ID: "tag", Name: "Panne", Continue: true, When: guichet.RuleWhen{Expression: `words("réseau") and channel != "phone"`},
			Then: guichet.RuleThen{Tags: []string{"Panne réseau"}, Observers: []guichet.ID{Mona, "nobody"}, Parent: outage.Number}},
		guichet.Rule{ID: "tagged", Name: "Étiquetés", When: guichet.RuleWhen{All: []guichet.RuleCondition{{Field: "tag", Values: []string{"panne-réseau"}}}},
			Then: guichet.RuleThen{Urgency: guichet.GradeHigh}})
	ticket := s.open(Stan, ticketing.Open{Title: "Réseaux coupés", Description: "Depuis ce matin", Service: Wifi})
	same(t, "tags", s.now(ticket).Tags, []string{"panne-réseau"})
	if s.now(ticket).Urgency != guichet.GradeHigh {
		t.Error("the second rule did not see what the first one set")
	}
	if v := s.view(Mona, ticket); !slices.Contains(v.Parties, guichet.Party{PersonID: Mona, Role: guichet.PartyObserver}) {
		t.Errorf("%+v", v.Parties)
	}
	links := s.view(Fay, ticket).Links
	if len(links) != 1 || links[0].Number != outage.Number || links[0].Kind != guichet.LinkParentOf || links[0].Outward {
		t.Errorf("%+v", links)
	}
	if !slices.Contains(s.kinds(Fay, outage), guichet.EventLinked) {
		t.Error("the major incident does not say what was linked to it")
	}
	for _, tag := range []string{"panne-réseau", "panne"} {
		page, err := s.desk.List(s.ctx, s.actor(Fay), store.TicketQuery{Tag: tag})
		if err != nil || (len(page.Rows) == 1) != (tag == "panne-réseau") {
			t.Errorf("%s: %v %v", tag, page.Rows, err)
		}
	}
	page, err := s.desk.List(s.ctx, s.actor(Rita), store.TicketQuery{Tag: "panne-réseau"})
	if err != nil || len(page.Rows) != 0 {
		t.Errorf("Rita sees %v %v", page.Rows, err)
	}
	s.do(Rita, outage, guichet.StateCancelled, guichet.Act{Action: guichet.ActionCancel, Text: "Terminé"})
	if later := s.open(Stan, ticketing.Open{Title: "Réseaux coupés", Description: "Encore", Service: Wifi}); len(s.view(Fay, later).Links) != 0 {
		t.Error("linked to an incident that is over")
	}
}

func TestARuleAsksForAnApproval(t *testing.T) {
	s := newStage(t)
	s.rules(guichet.Rule{ID: "big", Name: "Gros achats", When: guichet.RuleWhen{All: []guichet.RuleCondition{{Field: "words", Values: []string{"achat"}}}},
		Then: guichet.RuleThen{TeamID: Support, Urgency: guichet.GradeLow, Tags: []string{"achat"}, Observers: []guichet.ID{Max},
			Approval: []guichet.ApprovalStep{{Name: "Direction", Approvers: []guichet.ApproverSpec{{Role: "director"}}}}}})
	ticket := s.open(Rita, ticketing.Open{Title: "Achats de licences", Description: "Trois licences", Service: Moodle})
	if ticket.State != guichet.StateAwaitingApproval || ticket.TeamID != "" || ticket.Urgency != guichet.GradeLow || ticket.ApprovalStep != 1 {
		t.Fatalf("%+v", ticket)
	}
	same(t, "before", s.kinds(Fay, ticket), []guichet.EventKind{guichet.EventOpened, guichet.EventRouted, guichet.EventApprovalRequested})
	ticket = s.do(Dora, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionApprove})
	if ticket.TeamID != Support {
		t.Errorf("%+v", ticket)
	}
	trace := s.trace(ticket, guichet.EventRouted)
	if len(trace.Rules) != 1 || slices.ContainsFunc(trace.Rules[0].Changes, func(c guichet.Change) bool { return c.Field == "approval" || c.Field == "tags" }) {
		t.Errorf("%+v", trace.Rules)
	}
}

// Sixty tickets open at the same time: everybody gets the same number, on both engines.
func TestConcurrentOpeningsAreShared(t *testing.T) {
	for _, mode := range []guichet.DispatchMode{guichet.DispatchFair, guichet.DispatchRound} {
		s := newStage(t)
		s.dispatches(NetworkTeam, mode)
		s.joins(NetworkTeam, Ann, Bob)
		var all sync.WaitGroup
		errs := make(chan error, 60)
		actor := s.actor(Rita)
		for i := range 60 {
			all.Go(func() {
				_, err := s.desk.Open(context.Background(), actor, ticketing.Open{Title: fmt.Sprint("Wifi ", i), Description: "coupé", Service: Wifi, Kind: guichet.KindIncident})
				errs <- err
			})
		}
		all.Wait()
		for range 60 {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		for _, who := range []guichet.ID{Ann, Bob, Cleo} {
			page, err := s.desk.List(s.ctx, s.actor(Fay), store.TicketQuery{AssigneeID: who})
			if err != nil || len(page.Rows) != 20 {
				t.Errorf("%s: %s has %d tickets, %v", mode, who, len(page.Rows), err)
			}
		}
	}
}

// joins makes people members of a team.
func (s *stage) joins(team guichet.ID, people ...guichet.ID) {
	s.Helper()
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		for _, p := range people {
			if err := tx.JoinTeam(s.ctx, team, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
}

func TestFairShareCountsPriorities(t *testing.T) {
	s := newStage(t)
	s.dispatches(Support, guichet.DispatchFair)
	heavy := s.open(Rita, ticketing.Open{Title: "Examen", Description: "bloqué", Service: Moodle}) // to Bob by the rule, critical: 4
	s.rules(guichet.Rule{ID: "all", Name: "Tout", Then: guichet.RuleThen{TeamID: guichet.ServiceTeam}})
	var got []guichet.ID
	for range 4 {
		got = append(got, s.open(Rita, ticketing.Open{Service: Moodle, Urgency: guichet.GradeMedium}).AssigneeID)
	}
	// Ann receives two of weight 2, then both have 4: Bob never had one of the team's choice, he waited longest.
	same(t, "who", got, []guichet.ID{Ann, Ann, Bob, Ann})
	trace := s.trace(s.open(Rita, ticketing.Open{Service: Moodle}), guichet.EventRouted)
	if d := trace.Dispatch; d == nil || d.Mode != guichet.DispatchFair || len(d.Candidates) != 2 || d.Candidates[0].Load > d.Candidates[1].Load || d.Candidates[0].Open == 0 {
		t.Errorf("%+v", trace.Dispatch)
	}
	if heavy.AssigneeID != Bob {
		t.Error("the rule named Bob")
	}
}

func TestSkillsAreLookedFor(t *testing.T) {
	s := newStage(t)
	s.dispatches(Support, guichet.DispatchFair)
	s.configure(func(d *guichet.Desk) {
		m := d.Services[Moodle]
		m.Skills = []string{"moodle"}
		d.Services[Moodle] = m
		d.Rules = []guichet.Rule{{ID: "all", Name: "Tout", Then: guichet.RuleThen{TeamID: guichet.ServiceTeam}}}
	})
	nobody := s.open(Rita, ticketing.Open{Service: Homework})
	if nobody.AssigneeID != "" || nobody.State != guichet.StateAssigned {
		t.Errorf("given to %s, who does not know it", nobody.AssigneeID)
	}
	if d := s.trace(nobody, guichet.EventRouted).Dispatch; d == nil || d.PersonID != "" || len(d.Candidates) != 2 || len(d.Candidates[0].Lacks) != 1 {
		t.Errorf("%+v", d)
	}
	err := s.store.Write(s.ctx, func(tx *store.Tx) error { return tx.SaveSkills(s.ctx, Bob, []string{"Moodle", "SQL"}) })
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := s.open(Rita, ticketing.Open{Service: Homework}); got.AssigneeID != Bob {
			t.Errorf("given to %q", got.AssigneeID)
		}
	}
}

// A moderator who names a team and nobody in it lets the team choose; who gives a ticket back does not
// receive it again.
func TestAssigningToATeamDispatches(t *testing.T) {
	s := newStage(t)
	s.rules()
	s.dispatches(Support, guichet.DispatchRound)
	var got []guichet.ID
	for range 3 {
		ticket := s.open(Rita, ticketing.Open{Service: Moodle})
		ticket = s.do(Mona, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: Support})
		s.clock.Add(time.Minute)
		got = append(got, ticket.AssigneeID)
	}
	same(t, "who", got, []guichet.ID{Ann, Bob, Ann})
	ticket := s.open(Rita, ticketing.Open{Service: Moodle})
	ticket = s.do(Mona, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: Support, AssigneeID: Ann})
	ticket = s.do(Mona, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: Support})
	if ticket.AssigneeID != Bob {
		t.Errorf("given back to %s", ticket.AssigneeID)
	}
	if d := s.trace(ticket, guichet.EventAssigned).Dispatch; d == nil || d.PersonID != Bob || d.TeamID != Support {
		t.Errorf("%+v", d)
	}
}

func TestWhoIsAwayReceivesNothing(t *testing.T) {
	s := newStage(t)
	s.rules(guichet.Rule{ID: "all", Name: "Tout", Then: guichet.RuleThen{TeamID: guichet.ServiceTeam}})
	s.dispatches(Support, guichet.DispatchFair)
	back := s.clock.Now().Add(48 * time.Hour)
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		return tx.SaveAbsence(s.ctx, guichet.Absence{ID: "a1", PersonID: Ann, From: s.clock.Now().Add(-time.Hour), To: back})
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		ticket := s.open(Rita, ticketing.Open{Service: Moodle})
		if ticket.AssigneeID != Bob {
			t.Errorf("given to %s", ticket.AssigneeID)
		}
		d := s.trace(ticket, guichet.EventRouted).Dispatch
		if away := d.Candidates[len(d.Candidates)-1]; away.PersonID != Ann || !away.Away || !away.Back.Equal(back) {
			t.Errorf("%+v", d)
		}
	}
	s.clock.Add(49 * time.Hour)
	if ticket := s.open(Rita, ticketing.Open{Service: Moodle}); ticket.AssigneeID != Ann {
		t.Errorf("given to %s", ticket.AssigneeID)
	}
}

func TestRulesAnswerListAndClose(t *testing.T) {
	s := newStage(t)
	s.configure(func(d *guichet.Desk) {
		d.Templates = map[guichet.ID]guichet.Template{
			"hello":    {ID: "hello", Kind: guichet.TemplateReply, Name: "Accueil", Body: guichet.Wording{"fr": "Votre ticket est le {{ticket.numero}}."}},
			"referral": {ID: "referral", Kind: guichet.TemplateSolution, Name: "Renvoi", Body: guichet.Wording{"fr": "Voyez votre administrateur."}},
			"points":   {ID: "points", Kind: guichet.TemplateChecklist, Name: "Points", Items: []guichet.CheckItem{{Key: "a", Text: guichet.Wording{"fr": "Redémarrer"}}}},
		}
		d.Rules = []guichet.Rule{
			{ID: "hello", Name: "Accueil", Continue: true, Then: guichet.RuleThen{Template: "hello"}},
			{ID: "close", Name: "Renvoi", When: guichet.RuleWhen{All: []guichet.RuleCondition{{Field: "words", Values: []string{"paie"}}}}, Then: guichet.RuleThen{CloseWith: "referral"}},
			{ID: "points", Name: "Points", Then: guichet.RuleThen{TeamID: Support, Template: "points"}},
		}
	})
	ticket := s.open(Rita, ticketing.Open{Service: Moodle})
	same(t, "open", s.kinds(Fay, ticket), []guichet.EventKind{guichet.EventOpened, guichet.EventRouted, guichet.EventFollowedUp, guichet.EventChecklistAdded})
	if said := s.view(Rita, ticket).Events[1]; said.Kind != guichet.EventFollowedUp || said.Text != fmt.Sprintf("Votre ticket est le %d.", ticket.Number) {
		t.Errorf("%+v", said)
	}
	closed := s.open(Rita, ticketing.Open{Title: "Paie", Description: "Comment lire ma paie ?", Service: Moodle})
	if closed.State != guichet.StateClosed || closed.Solution != "Voyez votre administrateur." || closed.AssigneeID != "" {
		t.Errorf("%+v", closed)
	}
	same(t, "closed", s.kinds(Rita, closed), []guichet.EventKind{guichet.EventOpened, guichet.EventFollowedUp, guichet.EventResolved, guichet.EventClosed})
}
