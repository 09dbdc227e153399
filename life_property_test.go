package guichet

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// anyAct draws an act that is often right and sometimes wrong: half of the time it is the sample of
// an action that the actor is offered.
func anyAct(offered []Transition, now time.Time) *rapid.Generator[Act] {
	return rapid.Custom(func(t *rapid.T) Act {
		if len(offered) > 0 && rapid.Bool().Draw(t, "sensible") {
			return sample(rapid.SampledFrom(offered).Draw(t, "offered").Action)
		}
		return Act{
			Action:        rapid.SampledFrom(Actions()).Draw(t, "action"),
			Text:          rapid.SampledFrom([]string{"parce que", ""}).Draw(t, "text"),
			Kind:          rapid.SampledFrom([]Kind{"", KindIncident, KindRequest, "wish"}).Draw(t, "kind"),
			ServiceID:     rapid.SampledFrom([]ID{"", "moodle", "wifi", "orphan", "retired"}).Draw(t, "service"),
			Urgency:       rapid.SampledFrom([]Grade{"", GradeLow, GradeHigh}).Draw(t, "urgency"),
			Impact:        rapid.SampledFrom([]Grade{"", GradeMedium, GradeHigh}).Draw(t, "impact"),
			TeamID:        rapid.SampledFrom([]ID{"", "pedago", "network", "core", "nowhere"}).Draw(t, "team"),
			AssigneeID:    rapid.SampledFrom([]ID{"", ann, bob, cleo, dan}).Draw(t, "technician"),
			Level:         rapid.SampledFrom([]Level{"", Level1, Level2, Level3, LevelRD}).Draw(t, "level"),
			PendingReason: rapid.SampledFrom([]string{"requester", "planned", "", "lazy"}).Draw(t, "pending"),
			Until:         rapid.SampledFrom([]time.Time{{}, now.Add(-time.Hour), now.Add(time.Hour)}).Draw(t, "until"),
			RatingTime:    rapid.IntRange(-1, 6).Draw(t, "time"),
			RatingAnswers: rapid.IntRange(-1, 6).Draw(t, "answers"),
		}
	})
}

// broken names the rule that a ticket breaks, whatever happened to it before.
func broken(t Ticket, d *Desk) string {
	claimers := []ID{mona} // may take a ticket of any team
	switch {
	case (t.State == StateResolved) == t.ResolvedAt.IsZero() && !t.State.Final():
		return "resolved if and only if there is a date of resolution"
	case t.State.Final() == t.ClosedAt.IsZero():
		return "final if and only if there is a date of closing"
	case (t.State == StateResolved) == t.CloseAt.IsZero():
		return "a date to close by itself if and only if resolved"
	case t.State != StatePending && (t.PendingReason != "" || !t.PendingUntil.IsZero()):
		return "only what waits has a reason and a date to wait"
	case t.State == StatePending && t.PendingReason == "":
		return "what waits says why"
	case t.State != StateAwaitingApproval && t.ApprovalStep != 0:
		return "only what awaits approval stands at a step"
	case t.State == StateAssigned && t.TeamID == "" && d.ServiceTeam(t.ServiceID) != "":
		return "what is assigned has a team"
	case t.AssigneeID != "" && !d.Teams[t.TeamID].Has(t.AssigneeID) && !slices.Contains(claimers, t.AssigneeID):
		return "the technician is of the team"
	case t.Priority != d.Matrix.Priority(t.Impact, t.Urgency):
		return "the priority is the matrix's"
	case (t.RatingTime == 0) != (t.RatingAnswers == 0) || t.RatingTime < 0 || t.RatingTime > 5:
		return "a rating is whole, from 1 to 5"
	}
	return ""
}

// brokenStep names the rule that a step breaks.
func brokenStep(before Ticket, step Step) string {
	after, event := step.Ticket, step.Event
	switch {
	case before.State.Final() && after.State != before.State:
		return "nothing leaves a final state"
	case after.UpdatedAt.Before(before.UpdatedAt):
		return "the date of change never goes back"
	case !slices.Contains(EventKinds(), event.Kind):
		return "the event has a kind"
	case !cmp.Equal(event.Changes, Diff(before, after)):
		return "the event holds the changes"
	case after.Reopened < before.Reopened || after.ContactedAt.Before(before.ContactedAt):
		return "what happened stays so"
	case before.RatingTime != 0 && before.RatingTime != after.RatingTime:
		return "rated once"
	case after.ID != before.ID || after.RequesterID != before.RequesterID || after.Title != before.Title || after.Version != before.Version:
		return "a step does not touch what no action names"
	}
	return ""
}

// Whoever does whatever in whatever order, the rules of a life hold. Each act is asked by somebody
// whom the workflow names, as the use cases make sure.
func TestNoSequenceOfActsBreaksALife(t *testing.T) {
	d := testDesk()
	flow := completeFlow()
	cast := []Actor{who(ann), who(bob), who(cleo), who(dan), who(mona), who(rita), who(ben), SystemActor()}
	reached := map[State]bool{}
	rapid.Check(t, func(t *rapid.T) {
		ticket := ticketIn(rapid.SampledFrom(States()).Draw(t, "start"))
		now := noon
		place := d.Place([]Party{{rita, PartyRequester}, {mona, PartyApprover}})
		for range 30 {
			now = now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes")) * time.Minute)
			actor := rapid.SampledFrom(cast).Draw(t, "actor")
			act := anyAct(flow.Available(actor, ticket, place, now), now).Draw(t, "act")
			tr, ok := flow.Transition(act.Action, ticket.State)
			if ok && !actor.Performs(tr, ticket, place) {
				continue
			}
			before := ticket
			step, err := d.Decide(ticket, act, actor, now)
			if !cmp.Equal(before, ticket) {
				t.Fatalf("%s: the ticket that was given changed", act.Action)
			}
			if err != nil {
				if step.Ticket.ID != "" || step.Event.Kind != "" {
					t.Fatalf("%s: refused, and yet a step", act.Action)
				}
				continue
			}
			if !ok {
				t.Fatalf("%s from %s: allowed without a transition", act.Action, before.State)
			}
			if rule := brokenStep(before, step); rule != "" {
				t.Fatalf("%s from %s: %s", act.Action, before.State, rule)
			}
			if rule := broken(step.Ticket, d); rule != "" {
				t.Fatalf("%s from %s to %s: %s", act.Action, before.State, step.Ticket.State, rule)
			}
			ticket = step.Ticket
			reached[ticket.State] = true
		}
	})
	for _, s := range []State{StateAssigned, StatePending, StateResolved, StateClosed, StateCancelled} {
		if !reached[s] {
			t.Errorf("no sequence reached %s: the test proves less than it says", s)
		}
	}
}

// What is offered can be done: no button leads to "not now".
func TestWhatIsAvailableIsNeverRefusedForTheState(t *testing.T) {
	d, flow := testDesk(), completeFlow()
	for _, state := range States() {
		for _, actor := range []Actor{who(ann), who(bob), who(cleo), who(mona), who(rita), SystemActor()} {
			for _, ticket := range []Ticket{ticketIn(state), unclaimed(ticketIn(state), ActionClaim)} {
				place := d.Place([]Party{{rita, PartyRequester}, {mona, PartyApprover}})
				for _, tr := range flow.Available(actor, ticket, place, noon) {
					_, err := d.Decide(ticket, sample(tr.Action), actor, noon)
					if err != nil {
						t.Errorf("%s is offered to %q from %s, then refused: %v", tr.Action, actor.Person.ID, state, err)
					}
				}
			}
		}
	}
}

// anyTicket draws the fields that Diff lists, and one that it does not.
func anyTicket() *rapid.Generator[Ticket] {
	return rapid.Custom(func(t *rapid.T) Ticket {
		word := rapid.SampledFrom([]string{"", "a", "b"})
		at := rapid.SampledFrom([]time.Time{{}, noon, morning})
		return Ticket{
			Title: word.Draw(t, "title"),
			State: State(word.Draw(t, "state")), Kind: Kind(word.Draw(t, "kind")), ServiceID: ID(word.Draw(t, "service")),
			Urgency: Grade(word.Draw(t, "urgency")), Impact: Grade(word.Draw(t, "impact")), Priority: Priority(word.Draw(t, "priority")),
			TeamID: ID(word.Draw(t, "team")), AssigneeID: ID(word.Draw(t, "technician")), Level: Level(word.Draw(t, "level")),
			PendingReason: word.Draw(t, "reason"), PendingUntil: at.Draw(t, "until"), AffectedID: ID(word.Draw(t, "affected")),
			CloseAt: at.Draw(t, "close"), RatingTime: rapid.IntRange(0, 2).Draw(t, "time"), RatingAnswers: rapid.IntRange(0, 2).Draw(t, "answers"),
		}
	})
}

// Diff is empty exactly when the listed fields are equal, and read backwards it is the way back.
func TestDiffIsEmptyWhenNothingListedChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := anyTicket().Draw(t, "before")
		after := rapid.OneOf(anyTicket(), rapid.Just(before)).Draw(t, "after")
		there, back := Diff(before, after), Diff(after, before)
		after.Title = before.Title
		if equal := cmp.Equal(before, after); equal != (len(there) == 0) {
			t.Fatalf("equal %v, and yet %v", equal, there)
		}
		for i, c := range there {
			if c.From == c.To || back[i] != (Change{c.Field, c.To, c.From}) {
				t.Fatalf("%v there, %v back", c, back[i])
			}
		}
	})
}
