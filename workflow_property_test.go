package guichet

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// pick draws some of a list, in its order.
func pick[T any](t *rapid.T, name string, from []T) []T {
	var out []T
	for _, v := range from {
		if rapid.Bool().Draw(t, name) {
			out = append(out, v)
		}
	}
	return out
}

// damaged is a workflow after one change that a designer might make, good or bad.
func damaged(t *rapid.T, w Workflow) Workflow {
	w.Transitions = slices.Clone(w.Transitions)
	w.PendingReasons = slices.Clone(w.PendingReasons)
	i := rapid.IntRange(0, len(w.Transitions)-1).Draw(t, "transition")
	tr := w.Transitions[i]
	from, to, asks := Shape(tr.Action)
	switch rapid.IntRange(0, 9).Draw(t, "change") {
	case 0:
		w.Transitions = slices.Delete(w.Transitions, i, i+1)
		return w
	case 1, 2:
		tr.By = pick(t, "by", []Performer{PerformerRequester, PerformerAssignee, PerformerTeam, PerformerApprover, PerformerSystem, "moderator"})
	case 3, 4:
		tr.From = pick(t, "from", from)
	case 5:
		tr.To = rapid.SampledFrom(to).Draw(t, "to")
	case 6:
		tr.Requires = pick(t, "requires", asks)
	case 7:
		w.AutoCloseDays = rapid.SampledFrom([]int{0, 7}).Draw(t, "silence")
		w.ReopenDays = rapid.SampledFrom([]int{0, 7, 30}).Draw(t, "window")
	case 8:
		w.PendingReasons = pick(t, "reasons", completeFlow().PendingReasons)
	case 9:
		return w.WithClosure(rapid.SampledFrom(Closures()[:3]).Draw(t, "closure"), w.AutoCloseDays, []Performer{"moderator"})
	}
	w.Transitions[i] = tr
	return w
}

// anyGoodFlow is a workflow as many changes may leave it, that passes its check.
func anyGoodFlow(t *rapid.T) Workflow {
	w, roles := completeFlow(), testDesk().Roles
	for range rapid.IntRange(0, 15).Draw(t, "changes") {
		if changed := damaged(t, w); changed.Check(roles) == nil {
			w = changed
		}
	}
	return w
}

// staged is a workflow on the stage of the tests.
type staged struct {
	desk  *Desk
	flow  Workflow
	cast  []Actor
	place Place
}

func stageOf(w Workflow) staged {
	d := testDesk()
	d.Workflows = map[ID]Workflow{w.ID: w}
	return staged{d, w, []Actor{who(ann), who(bob), who(cleo), who(dan), who(mona), who(rita), SystemActor()},
		d.Place([]Party{{rita, PartyRequester}, {mona, PartyApprover}})}
}

// due reports whether the desk itself would act: it does at dates only.
func due(actor Actor, a Action, t Ticket) bool {
	return !actor.System || a == ActionClose && !t.CloseAt.IsZero() || a == ActionResume && !t.PendingUntil.IsZero()
}

// wander does something at random to a ticket.
func (s staged) wander(t *rapid.T, ticket Ticket, now time.Time) Ticket {
	actor := rapid.SampledFrom(s.cast).Draw(t, "actor")
	act := anyAct(s.flow.Available(actor, ticket, s.place, now), now).Draw(t, "act")
	tr, ok := s.flow.Transition(act.Action, ticket.State)
	if !ok || !actor.Performs(tr, ticket, s.place) || !due(actor, act.Action, ticket) || act.ServiceID == "orphan" {
		return ticket
	}
	step, err := s.desk.Decide(ticket, act, actor, now)
	if err != nil {
		return ticket
	}
	return step.Ticket
}

// ends reports whether somebody can bring a ticket to closed, in a few acts.
func (s staged) ends(ticket Ticket, now time.Time) bool {
	type place struct {
		state State
		by    ID
		team  ID
	}
	seen := map[place]bool{}
	for queue := []Ticket{ticket}; len(queue) > 0; queue = queue[1:] {
		t := queue[0]
		here := place{t.State, t.AssigneeID, t.TeamID}
		if t.State == StateClosed {
			return true
		}
		if seen[here] {
			continue
		}
		seen[here] = true
		for _, actor := range s.cast {
			for _, tr := range s.flow.Available(actor, t, s.place, now) {
				for _, act := range s.sensible(tr, now) {
					step, err := s.desk.Decide(t, act, actor, now)
					if err == nil && due(actor, tr.Action, t) {
						queue = append(queue, step.Ticket)
					}
				}
			}
		}
	}
	return false
}

// sensible are acts that give all that an action may be asked for.
func (s staged) sensible(tr Transition, now time.Time) []Act {
	act := sample(tr.Action)
	act.Text = "parce que"
	if tr.Action == ActionHold {
		act.Until, act.PendingReason = now.Add(time.Hour), s.flow.PendingReasons[0].Key
	}
	if tr.Action == ActionValidate || tr.Action == ActionRate {
		act.Text, act.RatingTime, act.RatingAnswers = "", 0, 0
	}
	if tr.Action == ActionAssign { // to the pool, or to somebody
		named := act
		named.AssigneeID = cleo
		return []Act{act, named}
	}
	return []Act{act}
}

// A workflow that passes its check never strands a ticket: whatever happened, as long as it is not at
// its end, somebody can bring it to closed.
func TestWhatPassesTheCheckNeverStrandsATicket(t *testing.T) {
	kinds := map[int]bool{}
	rapid.Check(t, func(t *rapid.T) {
		s := stageOf(anyGoodFlow(t))
		kinds[len(s.flow.Transitions)] = true
		ticket := ticketIn(StateNew)
		if start := rapid.SampledFrom(s.flow.starts()).Draw(t, "start"); start.state != StateNew {
			ticket = ticketIn(start.state)
			if !start.held {
				ticket.AssigneeID = ""
			}
		}
		now := noon
		for range rapid.IntRange(0, 12).Draw(t, "acts") {
			now = now.Add(time.Duration(rapid.IntRange(0, 72).Draw(t, "hours")) * time.Hour)
			ticket = s.wander(t, ticket, now)
		}
		if !ticket.State.Final() && !s.ends(ticket, now.AddDate(1, 0, 0)) {
			t.Fatalf("stranded as %s, held by %q of team %q, under %+v", ticket.State, ticket.AssigneeID, ticket.TeamID, s.flow)
		}
	})
	if len(kinds) < 4 {
		t.Errorf("workflows of %d sizes only: the test proves less than it says", len(kinds))
	}
}

// Choosing a policy of closing writes transitions that agree with it, whatever stood there.
func TestAChosenClosureAgreesWithItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyGoodFlow(t)
		c := rapid.SampledFrom(Closures()).Draw(t, "closure")
		days := rapid.SampledFrom([]int{0, 1, 7}).Draw(t, "days")
		got := w.WithClosure(c, days, []Performer{"moderator"})
		var p Problems
		got.checkClosure(&p)
		got.checkDates(&p)
		for _, f := range p.fields {
			if f.Code != "workflow.reopen_before_silence" && f.Code != "workflow.no_auto_resume" {
				t.Fatalf("%s: %s %s", c, f.Field, f.Code)
			}
		}
		if got.Policy() != c {
			t.Fatalf("%s became %s", c, got.Policy())
		}
		if c == ClosureRequester && len(got.closers()) > 0 {
			t.Fatalf("the requester's own policy lets %v close", got.closers())
		}
	})
}

// A new process, and each action that is added with what is usual, pass their check.
func TestWhatIsUsualPasses(t *testing.T) {
	w := NewWorkflow("new", "Nouveau", completeFlow().PendingReasons, []Performer{"moderator"})
	if err := w.Check(testDesk().Roles); err != nil {
		t.Errorf("a new process: %v", err)
	}
	for _, a := range Actions() {
		var p Problems
		tr := UsualTransition(a, []Performer{"moderator"})
		if w.checkWords(&p, "t", tr, testDesk().Roles) {
			w.checkShape(&p, "t", tr)
			w.checkDoers(&p, "t", tr)
		}
		if err := p.Err(); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
	if err := w.WithClosure(ClosureRequester, 7, nil).Check(testDesk().Roles); err != nil {
		t.Errorf("the requester closes: %v", err)
	}
}
