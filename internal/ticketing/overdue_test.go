package ticketing_test

import (
	"slices"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

const day = 24 * time.Hour

// steps gives the request for an access other steps of approval.
func (s *stage) steps(steps ...guichet.ApprovalStep) {
	s.Helper()
	desk := Desk()
	offering := desk.Offerings[Access]
	offering.Approval = steps
	offering.Form.Fields = []guichet.Field{{Key: "cost", Type: guichet.FieldChoice, Label: "Coût", Options: []guichet.Option{
		{Value: "none", Label: "Aucun"}, {Value: "high", Label: "Élevé"}}}}
	desk.Offerings[Access] = offering
	s.write(func(tx *store.Tx) error { return tx.SaveDesk(s.ctx, desk) })
}

func (s *stage) write(f func(*store.Tx) error) {
	s.Helper()
	if err := s.store.Write(s.ctx, f); err != nil {
		s.Fatal(err)
	}
}

// away declares an absence that begins after a while.
func (s *stage) away(person, deputy guichet.ID, begins, lasts time.Duration) {
	s.Helper()
	from := s.clock.Now().Add(begins)
	s.write(func(tx *store.Tx) error {
		return tx.SaveAbsence(s.ctx, guichet.Absence{ID: guichet.NewID(from), PersonID: person, DeputyID: deputy, From: from, To: from.Add(lasts)})
	})
}

func (s *stage) leaves(person guichet.ID) {
	s.Helper()
	p := s.actor(person).Person
	p.Active = false
	s.write(func(tx *store.Tx) error { return tx.SavePerson(s.ctx, p) })
}

// askedOf lists who is waited for at the present step.
func (s *stage) askedOf(t guichet.Ticket) []guichet.ID {
	s.Helper()
	v := s.view(Fay, t)
	var out []guichet.ID
	for _, a := range v.Approvals {
		if a.Step == v.Ticket.ApprovalStep && a.Awaits(v.Approvals) {
			out = append(out, a.ApproverID)
		}
	}
	slices.Sort(out)
	return out
}

func (s *stage) count(t guichet.Ticket, kind guichet.EventKind) (n int) {
	s.Helper()
	for _, k := range s.kinds(Fay, t) {
		if k == kind {
			n++
		}
	}
	return n
}

func role(r guichet.ID) []guichet.ApproverSpec { return []guichet.ApproverSpec{{Role: r}} }

func logins(people ...guichet.ID) (out []guichet.ApproverSpec) {
	for _, p := range people {
		out = append(out, guichet.ApproverSpec{Login: string(p)})
	}
	return out
}

func TestTwoOfThreeMustAgree(t *testing.T) {
	s := newStage(t)
	s.steps(guichet.ApprovalStep{Name: "Comité", Approvers: logins(Dora, Olga, Omar), Need: 2})
	ticket := s.asked()
	s.do(Olga, ticket, guichet.StateAwaitingApproval, refuse)
	same(t, "after one refusal", s.askedOf(ticket), []guichet.ID{Dora, Omar})
	s.do(Dora, ticket, guichet.StateAwaitingApproval, approve)
	s.do(Omar, ticket, guichet.StateNew, approve)
	same(t, "timeline", s.kinds(Rita, ticket), []guichet.EventKind{guichet.EventOpened, guichet.EventApprovalRequested,
		guichet.EventApprovalDeclined, guichet.EventApprovalGiven, guichet.EventApproved})

	other := s.asked()
	s.do(Olga, other, guichet.StateAwaitingApproval, refuse)
	s.do(Dora, other, guichet.StateRejected, refuse) // two can agree no longer
	s.refused(Omar, other, approve, guichet.KindConflict, "approval.over")
}

func TestTooFewToAgree(t *testing.T) {
	s := newStage(t)
	s.steps(guichet.ApprovalStep{Name: "Un", Approvers: role("director")}, guichet.ApprovalStep{Name: "Comité", Approvers: logins(Rita, Dora, Omar), Need: 3})
	_, err := s.desk.Open(s.ctx, s.actor(Rita), ticketing.Open{Offering: Access, Title: "Accès", Description: "Au cours."})
	s.fails(err, guichet.KindConflict, "approval.too_few") // Rita does not count: known before anybody is asked
	if t := s.open(Ben, ticketing.Open{Offering: Access}); t.State != guichet.StateAwaitingApproval {
		s.Errorf("three can agree to what Ben asks: %s", t.State)
	}
}

func TestATeamAndAConditionOfTheForm(t *testing.T) {
	s := newStage(t)
	s.steps(guichet.ApprovalStep{Name: "Équipe", Approvers: []guichet.ApproverSpec{{Team: Support}}},
		guichet.ApprovalStep{Name: "Direction", Approvers: role("director"), If: &guichet.Condition{Field: "cost", Values: []string{"high"}}})
	cheap, dear := s.asked(), s.open(Rita, ticketing.Open{Offering: Access, Answers: map[string][]string{"cost": {"high"}}})
	same(t, "the members of the team", s.askedOf(cheap), []guichet.ID{Ann, Bob})
	s.do(Ann, cheap, guichet.StateNew, approve)
	s.do(Bob, dear, guichet.StateAwaitingApproval, approve)
	s.do(Dora, dear, guichet.StateNew, approve)
}

// What is asked does not change with an edition of the offering meanwhile.
func TestTheStepsAreThoseOfTheOpening(t *testing.T) {
	s := newStage(t)
	ticket := s.asked()
	s.steps(guichet.ApprovalStep{Name: "Autre", Approvers: logins(Mona)})
	s.do(Dora, ticket, guichet.StateAwaitingApproval, approve)
	same(t, "second step", s.askedOf(ticket), []guichet.ID{Olga, Omar})
	s.do(Olga, ticket, guichet.StateAwaitingApproval, approve)
	s.steps()
	s.do(Omar, ticket, guichet.StateNew, approve)
}

func TestADeputyAnswersInOnesPlace(t *testing.T) {
	s := newStage(t)
	s.away(Dora, Mona, -day, 10*day)
	ticket := s.asked()
	same(t, "both are asked", s.askedOf(ticket), []guichet.ID{Dora, Mona})
	list, err := s.desk.WaitingApprovals(s.ctx, s.actor(Mona))
	if err != nil || len(list) != 1 || list[0].For != "Dora Lefèvre" {
		t.Fatalf("the deputy's list: %+v, %v", list, err)
	}
	second := s.do(Mona, ticket, guichet.StateAwaitingApproval, approve)
	if second.ApprovalStep != 2 {
		t.Fatalf("step %d", second.ApprovalStep)
	}
	events := s.view(Rita, ticket).Events
	if e := events[2]; e.Kind != guichet.EventApprovalGiven || e.ActorID != Mona || e.RefID != Dora {
		t.Errorf("recorded: %+v", e)
	}
	s.refused(Dora, ticket, approve, guichet.KindConflict, "approval.over")
	for _, who := range []guichet.ID{Dora, Mona} {
		if list, _ := s.desk.WaitingApprovals(s.ctx, s.actor(who)); len(list) != 0 {
			t.Errorf("%s is still asked: %+v", who, list)
		}
	}
}

// A deputy answers while the other is away, and not after: whoever is back does.
func TestADeputyAnswersDuringTheAbsenceOnly(t *testing.T) {
	s := newStage(t)
	s.steps(guichet.ApprovalStep{Name: "Direction", Approvers: role("director"), Remind: 1})
	s.away(Dora, Mona, -day, 2*day)
	ticket := s.asked()
	list, err := s.desk.WaitingApprovals(s.ctx, s.actor(Mona))
	if err != nil || len(list) != 1 {
		t.Fatalf("the deputy's list: %+v, %v", list, err)
	}
	s.clock.Add(day) // the absence ends; nobody has looked at the approval yet
	s.refused(Mona, ticket, approve, guichet.KindConflict, "approval.deputy_over")
	_, err = s.desk.AnswerApproval(s.ctx, s.actor(Mona), list[0].ID, guichet.DecisionApproved, "")
	s.fails(err, guichet.KindConflict, "approval.deputy_over")
	if list, _ := s.desk.WaitingApprovals(s.ctx, s.actor(Mona)); len(list) != 0 {
		t.Errorf("the deputy is still asked: %+v", list)
	}
	s.later(time.Minute)
	same(t, "after a look", s.askedOf(ticket), []guichet.ID{Dora})
	s.away(Dora, Mona, time.Hour, 3*day) // and away again
	s.later(day)
	same(t, "away again", s.askedOf(ticket), []guichet.ID{Dora, Mona})
	s.do(Mona, ticket, guichet.StateNew, approve)
}

// One seat has one answer: when all must agree, a deputy's refuses for the one who is away, and who is
// away may answer first.
func TestOneAnswerCountsForASeat(t *testing.T) {
	s := newStage(t)
	s.steps(guichet.ApprovalStep{Name: "Tous", Approvers: logins(Olga, Omar), All: true})
	s.away(Olga, Mona, -day, 10*day)
	ticket := s.asked()
	s.do(Olga, ticket, guichet.StateAwaitingApproval, approve) // from afar
	s.refused(Mona, ticket, refuse, guichet.KindConflict, "approval.filled")
	s.do(Omar, ticket, guichet.StateNew, approve)

	other := s.asked()
	end := s.do(Mona, other, guichet.StateRejected, refuse)
	if e := s.view(Rita, end).Events; e[len(e)-1].RefID != Olga {
		t.Errorf("the refusal is recorded for %q", e[len(e)-1].RefID)
	}
}

func TestWhoIsNoDeputy(t *testing.T) {
	s := newStage(t)
	for name, deputy := range map[string]guichet.ID{"who asks": Rita, "who has a seat": Omar} {
		s.steps(guichet.ApprovalStep{Name: name, Approvers: logins(Olga, Omar), All: true})
		s.away(Olga, deputy, -day, day+time.Second)
		same(t, name, s.askedOf(s.asked()), []guichet.ID{Olga, Omar})
		s.clock.Add(time.Minute)
	}
	s.steps(guichet.ApprovalStep{Name: "no chain", Approvers: logins(Olga)})
	s.away(Olga, Mona, -day, 10*day)
	s.away(Mona, Max, -day, 10*day)
	same(t, "no chain", s.askedOf(s.asked()), []guichet.ID{Mona, Olga})
	s.leaves(Mona)
	same(t, "who has left", s.askedOf(s.asked()), []guichet.ID{Olga})
}

func TestAnAbsenceThatBeginsLater(t *testing.T) {
	s := newStage(t)
	s.steps(guichet.ApprovalStep{Name: "Direction", Approvers: role("director"), Remind: 3})
	ticket := s.asked()
	s.away(Dora, Mona, 12*time.Hour, 10*day)
	s.later(time.Hour)
	same(t, "before it begins", s.askedOf(ticket), []guichet.ID{Dora})
	s.later(day)
	same(t, "once it has begun", s.askedOf(ticket), []guichet.ID{Dora, Mona})
	s.later(day)
	if n := s.count(ticket, guichet.EventApprovalPassed); n != 1 {
		t.Errorf("the deputy was asked %d times", n)
	}
	s.do(Mona, ticket, guichet.StateNew, approve)
}

func TestReminderThenRefusal(t *testing.T) {
	s := newStage(t)
	s.steps(guichet.ApprovalStep{Name: "Direction", Approvers: role("director"), Remind: 2, Expire: 5})
	ticket := s.asked()
	for days, want := range []int{0, 0, 1, 1, 2} {
		if n := s.count(ticket, guichet.EventApprovalReminded); n != want {
			t.Errorf("after %d days: %d reminders, want %d", days, n, want)
		}
		s.later(day)
	}
	if got := s.now(ticket); got.State != guichet.StateRejected || got.ApprovalStep != 0 || got.ClosedAt.IsZero() {
		t.Fatalf("after the fifth day: %+v", got)
	}
	events := s.view(Rita, ticket).Events
	if last := events[len(events)-1]; last.Kind != guichet.EventApprovalExpired || last.ActorID != "" {
		t.Errorf("the requester reads %+v", last)
	}
	s.refused(Dora, ticket, approve, guichet.KindConflict, "approval.over")
	s.later(30 * day)
	if n := s.count(ticket, guichet.EventApprovalReminded); n != 2 {
		t.Errorf("%d reminders, after it was refused", n)
	}
}

func TestTheQuestionPassesToOthersInTime(t *testing.T) {
	s := newStage(t)
	s.steps(guichet.ApprovalStep{Name: "Comité", Approvers: logins(Dora, Olga), All: true, Expire: 3, Fallback: logins(Omar, Mona)})
	ticket := s.asked()
	s.do(Dora, ticket, guichet.StateAwaitingApproval, approve)
	s.later(3 * day)
	same(t, "who is asked", s.askedOf(ticket), []guichet.ID{Mona, Omar})
	s.refused(Olga, ticket, approve, guichet.KindConflict, "approval.passed")
	s.do(Mona, ticket, guichet.StateNew, approve) // any one of them

	other := s.asked()
	s.later(3 * day)
	s.later(3*day - time.Hour)
	if got := s.now(other).State; got != guichet.StateAwaitingApproval {
		t.Fatalf("refused too early: %s", got)
	}
	s.later(time.Hour)
	if got := s.now(other).State; got != guichet.StateRejected {
		t.Errorf("nobody else is asked: %s", got)
	}
}

func TestSomebodyElseDirectsNow(t *testing.T) {
	s := newStage(t)
	s.steps(guichet.ApprovalStep{Name: "Direction", Approvers: role("director")}, guichet.ApprovalStep{Name: "Tous", Approvers: logins(Olga, Omar), All: true})
	ticket := s.asked()
	s.leaves(Dora)
	s.later(day)
	if n := s.count(ticket, guichet.EventApprovalPassed); n != 0 {
		t.Fatalf("nobody directs, and %d were asked", n)
	}
	s.write(func(tx *store.Tx) error {
		return tx.SaveGrant(s.ctx, guichet.Grant{ID: "max-director", PersonID: Max, RoleID: "director", OrganisationID: "lyon"})
	})
	s.later(day)
	same(t, "who replaces", s.askedOf(ticket), []guichet.ID{Max})
	s.do(Max, ticket, guichet.StateAwaitingApproval, approve)
	s.leaves(Olga) // named in person: nobody takes the seat, and her leaving agrees to nothing
	s.do(Omar, ticket, guichet.StateAwaitingApproval, approve)
	s.later(2 * day)
	if got := s.now(ticket).State; got != guichet.StateAwaitingApproval {
		t.Errorf("opened without her: %s", got)
	}
}

// The owner of a service answers for what stands below it too.
func TestTheOwnerOfTheServiceIsAsked(t *testing.T) {
	s := newStage(t)
	s.steps(guichet.ApprovalStep{Name: "Propriétaire", Approvers: []guichet.ApproverSpec{{Owner: true}}})
	_, err := s.desk.Open(s.ctx, s.actor(Rita), ticketing.Open{Offering: Access, Title: "Accès", Description: "Au cours."})
	s.fails(err, guichet.KindConflict, "approval.nobody") // nobody owns it
	s.write(func(tx *store.Tx) error {
		known, err := tx.Desk(s.ctx)
		if err != nil {
			return err
		}
		desk := known.Clone()
		learning := desk.Services[Learning]
		learning.OwnerID = Olga
		desk.Services[Learning] = learning
		return tx.SaveDesk(s.ctx, desk)
	})
	ticket := s.asked()
	same(t, "the owner of the theme", s.askedOf(ticket), []guichet.ID{Olga})
	s.do(Olga, ticket, guichet.StateNew, approve)
}
