package guichet

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// told is a life told act by act, under the complete workflow.
type tale struct {
	*testing.T
	desk   *Desk
	ticket Ticket
	events []Event
	now    time.Time
}

func begin(t *testing.T) *tale {
	t.Helper()
	x := &tale{T: t, desk: testDesk(), ticket: ticketIn(StateNew), now: morning}
	x.events = []Event{{TicketID: "t1", At: x.now, ActorID: rita, Kind: EventOpened}}
	return x
}

// act does something; a person of no name is the desk itself.
func (x *tale) act(who ID, act Act, later time.Duration) *tale {
	x.Helper()
	x.now = x.now.Add(later)
	step, err := x.desk.Decide(x.ticket, act, whoever(who), x.now)
	if err != nil {
		x.Fatalf("%s by %q: %v", act.Action, who, err)
	}
	x.ticket, x.events = step.Ticket, append(x.events, step.Event)
	return x
}

func whoever(id ID) Actor {
	if id == "" {
		return SystemActor()
	}
	return who(id)
}

const day = 24 * time.Hour

// life is the usual one: taken by a moderator, given to Ann, put on hold, taken back by its date, resolved.
func (x *tale) life() *tale {
	x.Helper()
	return x.act(mona, Act{Action: ActionAssign, TeamID: "pedago", AssigneeID: ann}, time.Hour).
		act(ann, Act{Action: ActionHold, PendingReason: "planned", Until: x.now.Add(3 * time.Hour)}, time.Hour).
		act("", Act{Action: ActionResume}, 2*time.Hour).
		act(ann, Act{Action: ActionResolve, Text: "Redémarré"}, time.Hour)
}

func (x *tale) under(w Workflow) string {
	div, ok := x.desk.Replay(w, x.ticket, x.events, whoever, x.now)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s %s %s %s by %q", div.Kind, div.Action, div.State, div.Detail, div.ActorID)
}

func changed(f func(*Workflow)) Workflow {
	w := completeFlow()
	w.Version = 3
	f(&w)
	return w
}

func transition(a Action, f func(*Transition)) func(*Workflow) {
	return func(w *Workflow) {
		for i := range w.Transitions {
			if w.Transitions[i].Action == a {
				f(&w.Transitions[i])
			}
		}
	}
}

func TestReplaySaysWhereATicketWouldHaveGoneDifferently(t *testing.T) {
	without := func(a Action) func(*Workflow) {
		return func(w *Workflow) {
			w.Transitions = slices.DeleteFunc(w.Transitions, func(t Transition) bool { return t.Action == a })
		}
	}
	validated := func(x *tale) { x.life().act(rita, Act{Action: ActionValidate}, 5*day) }
	silent := func(x *tale) { x.life().act("", Act{Action: ActionClose}, 7*day) }
	for _, c := range []struct {
		name   string
		tell   func(*tale)
		change func(*Workflow)
		want   string
	}{
		{"the same workflow", validated, func(*Workflow) {}, ""},
		{"no waiting any more", validated, without(ActionHold), `not_now hold assigned  by "ann"`},
		{"only moderators put on hold", validated, transition(ActionHold, func(t *Transition) { t.By = []Performer{"moderator"} }),
			`denied hold assigned  by "ann"`},
		{"a reason to assign", validated, transition(ActionAssign, func(t *Transition) { t.Requires = append(t.Requires, RequireReason) }),
			`missing assign new reason by "mona"`},
		{"another pending reason", validated, func(w *Workflow) { w.PendingReasons = []PendingReason{{Key: "visit", Name: "Visite"}} },
			`missing hold assigned pending_reason by "ann"`},
		{"taken back to be qualified again", validated, transition(ActionResume, func(t *Transition) { t.To = StateNew }), `elsewhere resume new  by ""`},
		{"the desk does not take back", validated, transition(ActionResume, func(t *Transition) { t.By = []Performer{PerformerAssignee} }),
			`denied resume pending  by ""`},
		{"a label says nothing", validated, transition(ActionResolve, func(t *Transition) { t.Label = "Proposer" }), ""},
		{"more may resolve", validated, transition(ActionResolve, func(t *Transition) { t.By = append(t.By, PerformerTeam) }), ""},
		{"three days of silence", validated, func(w *Workflow) { w.AutoCloseDays = 3 }, `sooner  resolved  by ""`},
		{"six days of silence change nothing for who answers on the fifth", validated, func(w *Workflow) { w.AutoCloseDays = 6 }, ""},
		{"ten days of silence", silent, func(w *Workflow) { w.AutoCloseDays = 10 }, `later  resolved  by ""`},
		{"five days of silence", silent, func(w *Workflow) { w.AutoCloseDays = 5 }, `sooner  resolved  by ""`},
		{"silence means nothing", silent, func(w *Workflow) { w.AutoCloseDays = 0 }, `never  resolved  by ""`},
		{"still resolved, a longer silence", func(x *tale) { x.life() }, func(w *Workflow) { w.AutoCloseDays = 10 }, `later  resolved  by ""`},
		{"still resolved, no silence", func(x *tale) { x.life() }, func(w *Workflow) { w.AutoCloseDays = 0 }, `never  resolved  by ""`},
		{"refused in time", func(x *tale) { x.life().act(rita, Act{Action: ActionRejectSolution, Text: "Non"}, 5*day) },
			func(w *Workflow) { w.ReopenDays = 7 }, ""},
		{"refused too late", func(x *tale) { x.life().act(rita, Act{Action: ActionRejectSolution, Text: "Non"}, 5*day) },
			func(w *Workflow) { w.ReopenDays = 4 }, `late reject-solution resolved  by "rita"`},
		{"a moderator reopens when he likes", func(x *tale) { x.life().act(mona, Act{Action: ActionReopen, Text: "Non"}, 5*day) },
			func(w *Workflow) { w.ReopenDays = 4 }, ""},
		{"no ratings any more", func(x *tale) {
			x.life().act(rita, Act{Action: ActionValidate, RatingTime: 4, RatingAnswers: 5}, day)
		}, func(w *Workflow) { w.Rating = false }, `missing validate resolved rating_time by "rita"`},
		{"closed at once", validated, func(w *Workflow) { w.Closure = ClosureOnOpen }, `at_once    by "rita"`},
	} {
		x := begin(t)
		c.tell(x)
		if got := x.under(changed(c.change)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Who has left since, or a team that is no longer what it was, is no difference of the workflow.
func TestReplayDoesNotTakeOtherChangesForTheWorkflows(t *testing.T) {
	x := begin(t).life()
	stranger := func(ID) Actor { return Actor{} }
	if div, ok := x.desk.Replay(changed(transition(ActionHold, func(t *Transition) { t.By = []Performer{"moderator"} })), x.ticket, x.events, stranger, x.now); ok {
		t.Errorf("nobody is there any more, and yet: %+v", div)
	}
	x.desk.Teams = map[ID]Team{}
	if got := x.under(changed(func(*Workflow) {})); got != "" {
		t.Errorf("the teams are gone, and yet: %s", got)
	}
}

// What a ticket was before each of its events is found from what they changed.
func TestRewindGoesBackToTheBeginning(t *testing.T) {
	x := begin(t)
	start := x.ticket
	x.life()
	before := rewind(x.ticket, x.events)
	got := before[0]
	// what no event holds stays as it is
	got.UpdatedAt, got.ContactedAt, got.Solution = start.UpdatedAt, start.ContactedAt, start.Solution
	if diff := cmp.Diff(start, got); diff != "" {
		t.Errorf("at the beginning (-want +got):\n%s", diff)
	}
	var states []State
	for _, b := range before {
		states = append(states, b.State)
	}
	if diff := cmp.Diff([]State{StateNew, StateNew, StateAssigned, StatePending, StateAssigned}, states); diff != "" {
		t.Error(diff)
	}
}

// Replayed under the workflow that it followed, a ticket goes the way it went, whatever that was.
func TestReplayUnderTheSameWorkflowIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := stageOf(anyGoodFlow(t))
		ticket, now := ticketIn(StateNew), noon
		events := []Event{{At: now, ActorID: rita, Kind: EventOpened}}
		for range rapid.IntRange(0, 12).Draw(t, "acts") {
			now = now.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "hours")) * time.Hour)
			actor := rapid.SampledFrom(s.cast).Draw(t, "actor")
			act := anyAct(s.flow.Available(actor, ticket, s.place, now), now).Draw(t, "act")
			tr, ok := s.flow.Transition(act.Action, ticket.State)
			if !ok || !actor.Performs(tr, ticket, s.place) || !due(actor, act.Action, ticket) {
				continue
			}
			if step, err := s.desk.Decide(ticket, act, actor, now); err == nil {
				ticket, events = step.Ticket, append(events, step.Event)
			}
		}
		if div, ok := s.desk.Replay(s.flow, ticket, events, whoever, now); ok {
			t.Fatalf("%+v", div)
		}
	})
}
