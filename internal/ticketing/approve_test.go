package ticketing_test

import (
	"sync"
	"testing"

	"guichet"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

var (
	approve = guichet.Act{Action: guichet.ActionApprove}
	refuse  = guichet.Act{Action: guichet.ActionRefuse, Text: "Hors budget."}
)

// asked is a request of Rita that waits for its first agreement.
func (s *stage) asked() guichet.Ticket {
	s.Helper()
	t := s.open(Rita, ticketing.Open{Offering: Access})
	if t.State != guichet.StateAwaitingApproval || t.ApprovalStep != 1 || t.Kind != guichet.KindRequest {
		s.Fatalf("asked: %+v", t)
	}
	return t
}

func TestTwoStepsOfApproval(t *testing.T) {
	s := newStage(t)
	ticket := s.asked()
	s.refused(Olga, ticket, approve, guichet.KindNotFound, "ticket.not_found") // not asked yet
	s.refused(Rita, ticket, approve, guichet.KindDenied, "action.denied")
	s.refused(Mona, ticket, claim, guichet.KindConflict, "action.not_now")

	second := s.do(Dora, ticket, guichet.StateAwaitingApproval, approve)
	if second.ApprovalStep != 2 {
		t.Fatalf("step %d, want 2", second.ApprovalStep)
	}
	s.refused(Dora, ticket, approve, guichet.KindConflict, "approval.decided")
	s.do(Olga, ticket, guichet.StateAwaitingApproval, approve)
	s.refused(Olga, ticket, refuse, guichet.KindConflict, "approval.decided")
	s.do(Omar, ticket, guichet.StateNew, approve)
	same(t, "timeline", s.kinds(Rita, ticket), []guichet.EventKind{guichet.EventOpened, guichet.EventApprovalRequested,
		guichet.EventApprovalGiven, guichet.EventApprovalRequested, guichet.EventApprovalGiven, guichet.EventApproved})
	s.refused(Omar, ticket, refuse, guichet.KindConflict, "approval.decided")
}

func TestRefusalSaysWhyAndEnds(t *testing.T) {
	s := newStage(t)
	ticket := s.asked()
	same(t, "no reason", s.faults(s.refused(Dora, ticket, guichet.Act{Action: guichet.ActionRefuse, Text: " \n"}, guichet.KindInvalid, "invalid")),
		[]string{"reason: field.required"})
	end := s.do(Dora, ticket, guichet.StateRejected, refuse)
	if end.ClosedAt.IsZero() || end.ApprovalStep != 0 {
		t.Errorf("refused: %+v", end)
	}
	events := s.view(Rita, ticket).Events
	if last := events[len(events)-1]; last.Kind != guichet.EventRefused || last.Text != "Hors budget." || last.ActorID != Dora {
		t.Errorf("the requester sees %+v", last)
	}
	s.refused(Mona, ticket, toward, guichet.KindConflict, "action.not_now")
}

func TestAnswerFromTheLink(t *testing.T) {
	s := newStage(t)
	ticket := s.asked()
	waiting, err := s.desk.WaitingApprovals(s.ctx, s.actor(Dora))
	if err != nil || len(waiting) != 1 || waiting[0].Number != ticket.Number || waiting[0].Requester != "Rita Durand" {
		t.Fatalf("waiting: %+v, %v", waiting, err)
	}
	question := waiting[0].ID
	_, err = s.desk.AnswerApproval(s.ctx, s.actor(Olga), question, guichet.DecisionApproved, "")
	s.fails(err, guichet.KindNotFound, "approval.not_found")
	_, err = s.desk.AnswerApproval(s.ctx, s.actor(Dora), question, guichet.DecisionRefused, "")
	s.fails(err, guichet.KindInvalid, "invalid")
	_, err = s.desk.AnswerApproval(s.ctx, s.actor(Dora), question, "maybe", "")
	s.fails(err, guichet.KindInvalid, "invalid")
	after, err := s.desk.AnswerApproval(s.ctx, s.actor(Dora), question, guichet.DecisionApproved, "")
	if err != nil || after.ApprovalStep != 2 {
		t.Fatalf("answered: %+v, %v", after, err)
	}
	_, err = s.desk.AnswerApproval(s.ctx, s.actor(Dora), question, guichet.DecisionRefused, "Non.")
	s.fails(err, guichet.KindConflict, "approval.decided")
	if waiting, _ := s.desk.WaitingApprovals(s.ctx, s.actor(Dora)); len(waiting) != 0 {
		t.Errorf("still waiting: %+v", waiting)
	}
}

// Both owners answer at the same moment: the ticket opens once.
func TestTheLastTwoAgreeAtOnce(t *testing.T) {
	s := newStage(t)
	ticket := s.asked()
	s.do(Dora, ticket, guichet.StateAwaitingApproval, approve)
	var both sync.WaitGroup
	for _, who := range []guichet.ID{Olga, Omar} {
		actor := s.actor(who)
		both.Go(func() {
			if _, err := s.desk.Do(s.ctx, actor, ticket.Number, approve); err != nil {
				t.Errorf("%s: %v", who, err)
			}
		})
	}
	both.Wait()
	approved := 0
	for _, k := range s.kinds(Rita, ticket) {
		if k == guichet.EventApproved {
			approved++
		}
	}
	if got := s.now(ticket).State; got != guichet.StateNew || approved != 1 {
		t.Errorf("state %s, approved %d times", got, approved)
	}
}

// Nobody agrees to what they ask for: an owner who asks is not among the approvers of step two.
func TestNobodyAgreesToTheirOwnRequest(t *testing.T) {
	s := newStage(t)
	_, err := s.desk.Open(s.ctx, s.actor(Stan), ticketing.Open{Offering: Access, Title: "Accès", Description: "Au cours."})
	s.fails(err, guichet.KindConflict, "approval.nobody") // nobody directs Rennes
	ticket := s.open(Omar, ticketing.Open{Offering: Access, Beneficiary: string(Rita)})
	s.do(Dora, ticket, guichet.StateAwaitingApproval, approve)
	s.do(Olga, ticket, guichet.StateNew, approve)
}

func TestAnApprovedTicketIsRouted(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{Offering: Access, Title: "Accès à l’examen", Description: "Avant lundi."})
	if ticket.AssigneeID != "" {
		t.Fatalf("routed before its approval: %+v", ticket)
	}
	s.do(Dora, ticket, guichet.StateAwaitingApproval, approve)
	s.do(Olga, ticket, guichet.StateAwaitingApproval, approve)
	s.do(Omar, ticket, guichet.StateAssigned, approve)
	if got := s.now(ticket).AssigneeID; got != Bob {
		t.Errorf("routed to %q, want Bob", got)
	}
}

func TestACancelledRequestWaitsForNobody(t *testing.T) {
	s := newStage(t)
	ticket := s.asked()
	s.do(Rita, ticket, guichet.StateCancelled, guichet.Act{Action: guichet.ActionCancel})
	s.refused(Dora, ticket, approve, guichet.KindConflict, "approval.over")
	if waiting, _ := s.desk.WaitingApprovals(s.ctx, s.actor(Dora)); len(waiting) != 0 {
		t.Errorf("a cancelled request still waits: %+v", waiting)
	}
}
