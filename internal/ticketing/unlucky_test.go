package ticketing_test

import (
	"slices"
	"testing"

	"guichet"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// What a rule names may go while it waits. Whoever asks is not to pay for it: the ticket is opened, and a
// moderator sees what no rule can do any more.
func TestARuleOutlivesWhatItNames(t *testing.T) {
	reply := guichet.Template{Kind: guichet.TemplateReply, Name: "Réponse", Body: guichet.Wording{"fr": "Bonjour"}}
	step := func(a guichet.ApproverSpec) []guichet.ApprovalStep {
		return []guichet.ApprovalStep{{Name: "Direction", Approvers: []guichet.ApproverSpec{a}}}
	}
	for name, c := range map[string]struct {
		then  guichet.RuleThen
		state guichet.State
		team  guichet.ID
	}{
		"words to close with":               {guichet.RuleThen{CloseWith: "gone"}, guichet.StateNew, ""},
		"words that became points to check": {guichet.RuleThen{CloseWith: "list"}, guichet.StateNew, ""},
		"words that became unsound":         {guichet.RuleThen{CloseWith: "unsound", TeamID: Support}, guichet.StateAssigned, Support},
		"an answer that became unsound":     {guichet.RuleThen{Template: "unsound", TeamID: Support}, guichet.StateAssigned, Support},
		"an answer":                         {guichet.RuleThen{Template: "gone", TeamID: Support}, guichet.StateAssigned, Support},
		"a team":                            {guichet.RuleThen{TeamID: "gone"}, guichet.StateNew, ""},
		"a service":                         {guichet.RuleThen{ServiceID: "gone", TeamID: Support}, guichet.StateAssigned, Support},
		"a technician":                      {guichet.RuleThen{TeamID: Support, AssigneeID: "gone"}, guichet.StateAssigned, Support},
		"observers and an incident":         {guichet.RuleThen{TeamID: Support, Observers: []guichet.ID{"gone"}, Parent: 9999}, guichet.StateAssigned, Support},
		"a role that approves":              {guichet.RuleThen{TeamID: Support, Approval: step(guichet.ApproverSpec{Role: "gone"})}, guichet.StateNew, ""},
		"a team that approves":              {guichet.RuleThen{TeamID: Support, Approval: step(guichet.ApproverSpec{Team: "gone"})}, guichet.StateNew, ""},
		"somebody who approves":             {guichet.RuleThen{TeamID: Support, CloseWith: "reply", Approval: step(guichet.ApproverSpec{Login: "gone"})}, guichet.StateNew, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.configure(func(d *guichet.Desk) {
				unsound := reply
				unsound.Body = guichet.Wording{"fr": "Bonjour {{licorne}}"}
				d.Templates = map[guichet.ID]guichet.Template{"reply": reply, "unsound": unsound,
					"list": {Kind: guichet.TemplateChecklist, Name: "Points", Items: []guichet.CheckItem{{Key: "a", Text: guichet.Wording{"fr": "A"}}}}}
				d.Rules = []guichet.Rule{{ID: "r", Name: "Règle", Then: c.then}}
			})
			ticket := s.open(Rita, ticketing.Open{})
			if ticket.State != c.state || ticket.TeamID != c.team || ticket.ServiceID != Moodle || ticket.AssigneeID != "" {
				t.Fatalf("state %s, team %q, service %s, technician %q", ticket.State, ticket.TeamID, ticket.ServiceID, ticket.AssigneeID)
			}
			if kinds := s.kinds(Fay, ticket); slices.Contains(kinds, guichet.EventClosed) || slices.Contains(kinds, guichet.EventFollowedUp) {
				t.Errorf("something was said: %v", kinds)
			}
			if len(c.then.Approval) > 0 {
				if rule := s.trace(ticket, guichet.EventRouted).Rules[0]; rule.Fault != "approval.nobody" {
					t.Errorf("the fault of the rule is not kept: %+v", rule)
				}
			}
			if got := s.view(Mona, ticket); got.Ticket.State != c.state {
				t.Errorf("a moderator sees %s", got.Ticket.State)
			}
		})
	}
}

// An approval that the form asks for is never left out because of a rule.
func TestAFaultyRuleTakesNoApprovalAway(t *testing.T) {
	s := newStage(t)
	s.rules(guichet.Rule{ID: "r", Name: "Règle", Then: guichet.RuleThen{TeamID: Support, Approval: []guichet.ApprovalStep{
		{Name: "Personne", Approvers: []guichet.ApproverSpec{{Role: "gone"}}}}}})
	ticket := s.open(Rita, ticketing.Open{Offering: Access, Kind: guichet.KindRequest})
	if ticket.State != guichet.StateAwaitingApproval || ticket.TeamID != "" {
		t.Fatalf("state %s, team %q", ticket.State, ticket.TeamID)
	}
	s.do(Dora, ticket, guichet.StateAwaitingApproval, approve)
	after := s.do(Olga, ticket, guichet.StateAwaitingApproval, approve)
	if after.ApprovalStep != 2 {
		t.Errorf("step %d", after.ApprovalStep)
	}
}

// A service or an offering that names a process that is gone follows the one of the desk.
func TestAProcessThatIsGone(t *testing.T) {
	s := newStage(t)
	s.configure(func(d *guichet.Desk) {
		moodle := d.Services[Moodle]
		moodle.WorkflowID = "gone"
		d.Services[Moodle] = moodle
	})
	ticket := s.open(Rita, ticketing.Open{})
	if ticket.WorkflowID != Validated {
		t.Fatalf("the ticket follows %q", ticket.WorkflowID)
	}
}
