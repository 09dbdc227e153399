package guichet

import (
	"testing"
	"time"
)

func TestMigrateMovesWhatHasItsPlace(t *testing.T) {
	gone := func(s State) func(*Workflow) {
		return func(w *Workflow) {
			var kept []Transition
			for _, tr := range w.Transitions {
				if tr.To == s {
					continue
				}
				var from []State
				for _, f := range tr.From {
					if f != s {
						from = append(from, f)
					}
				}
				if tr.From = from; len(from) > 0 {
					kept = append(kept, tr)
				}
			}
			w.Transitions = kept
		}
	}
	for _, c := range []struct {
		name   string
		from   State
		change func(*Workflow)
		moves  Moves
		moved  bool
		state  State
		check  func(Ticket) bool
	}{
		{name: "as it stands", from: StateAssigned, moved: true, state: StateAssigned},
		{name: "at its end", from: StateClosed, state: StateClosed},
		{name: "its state is gone, nothing is said of it", from: StatePending, change: gone(StatePending), state: StatePending},
		{name: "its state is gone, back to work", from: StatePending, change: gone(StatePending), moves: Moves{States: map[State]State{StatePending: StateAssigned}},
			moved: true, state: StateAssigned, check: func(t Ticket) bool { return t.PendingReason == "" && t.PendingUntil.IsZero() }},
		{name: "an approval is not skipped", from: StateAwaitingApproval, change: gone(StateAwaitingApproval),
			moves: Moves{States: map[State]State{StateAwaitingApproval: StateNew}}, state: StateAwaitingApproval},
		{name: "its reason is gone", from: StatePending, change: func(w *Workflow) { w.PendingReasons = w.PendingReasons[:1] }, state: StatePending},
		{name: "its reason has another name", from: StatePending, change: func(w *Workflow) { w.PendingReasons = w.PendingReasons[:1] },
			moves: Moves{Reasons: map[string]string{"planned": "requester"}}, moved: true, state: StatePending,
			check: func(t Ticket) bool { return t.PendingReason == "requester" && !t.PendingUntil.IsZero() }},
		{name: "the same silence", from: StateResolved, moved: true, state: StateResolved,
			check: func(t Ticket) bool { return t.CloseAt.Equal(morning.AddDate(0, 0, 7)) }},
		{name: "a longer silence", from: StateResolved, change: func(w *Workflow) { w.AutoCloseDays = 10 }, moved: true, state: StateResolved,
			check: func(t Ticket) bool { return t.CloseAt.Equal(morning.AddDate(0, 0, 10)) }},
		{name: "a shorter silence does not break its word", from: StateResolved, change: func(w *Workflow) { w.AutoCloseDays = 1 }, moved: true, state: StateResolved,
			check: func(t Ticket) bool { return t.CloseAt.Equal(morning.AddDate(0, 0, 7)) }},
		{name: "no silence", from: StateResolved, change: func(w *Workflow) { w.AutoCloseDays = 0 }, moved: true, state: StateResolved,
			check: func(t Ticket) bool { return t.CloseAt.IsZero() }},
	} {
		d := testDesk()
		w := completeFlow()
		w.Version = 3
		if c.change != nil {
			c.change(&w)
		}
		d.Workflows[w.ID] = w
		d.Past = map[ID][]Workflow{w.ID: {completeFlow(), w}}
		got, moved := d.Migrate(ticketIn(c.from), c.moves, noon)
		if moved != c.moved || got.State != c.state {
			t.Errorf("%s: moved %v to %s, want %v to %s", c.name, moved, got.State, c.moved, c.state)
		}
		if want := map[bool]int{true: 3, false: 2}[c.moved]; got.Workflow != want {
			t.Errorf("%s: follows version %d, want %d", c.name, got.Workflow, want)
		}
		if c.check != nil && !c.check(got) {
			t.Errorf("%s: %+v", c.name, got)
		}
		if again, twice := d.Migrate(got, c.moves, noon); moved && (twice || again.Workflow != got.Workflow) {
			t.Errorf("%s: moved twice", c.name)
		}
	}
}

func TestMovesLeadSomewhere(t *testing.T) {
	w := completeFlow()
	for _, c := range []struct {
		moves Moves
		want  string
	}{
		{Moves{States: map[State]State{StatePending: StateAssigned, StateResolved: ""}, Reasons: map[string]string{"old": "planned", "x": ""}}, ""},
		{Moves{States: map[State]State{StatePending: StateClosed}}, "states.pending: field.unknown_value"},
		{Moves{States: map[State]State{StateAwaitingApproval: StateNew}}, "states.awaiting_approval: field.unknown_value"},
		{Moves{Reasons: map[string]string{"old": "newer"}}, "reasons.old: field.unknown_value"},
	} {
		got := faults(c.moves.Check(w))
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || got[0] != c.want) {
			t.Errorf("%+v: %v, want %q", c.moves, got, c.want)
		}
	}
}

// The window in which a requester may send a solution back.
func TestReopenWindow(t *testing.T) {
	d := testDesk()
	w := completeFlow()
	w.AutoCloseDays, w.ReopenDays = 0, 7
	for i := range w.Transitions {
		if w.Transitions[i].Action == ActionReopen {
			w.Transitions[i].By = []Performer{PerformerRequester, "moderator"}
		}
	}
	d.Workflows[w.ID] = w
	place := d.Place([]Party{{rita, PartyRequester}})
	for _, c := range []struct {
		who   ID
		act   Action
		after time.Duration
		late  bool
	}{
		{rita, ActionReopen, 6*day + 23*time.Hour, false},
		{rita, ActionReopen, 7 * day, true},
		{rita, ActionRejectSolution, 7 * day, true},
		{ben, ActionReopen, 8 * day, true},
		{mona, ActionReopen, 30 * day, false},
		{rita, ActionValidate, 30 * day, false},
	} {
		ticket, at := ticketIn(StateResolved), morning.Add(c.after)
		_, err := d.Decide(ticket, Act{Action: c.act, Text: "Non"}, who(c.who), at)
		if c.late {
			wantCode(t, err, KindConflict, "reopen.too_late")
		} else if err != nil {
			t.Errorf("%s of %s after %s: %v", c.act, c.who, c.after, err)
		}
		offered := false
		for _, tr := range w.Available(who(c.who), ticket, place, at) {
			offered = offered || tr.Action == c.act
		}
		if offered == c.late {
			t.Errorf("%s is offered to %s after %s: %v", c.act, c.who, c.after, offered)
		}
	}
}

// What a workflow calls a state is said of the tickets of that version; the pool keeps its word.
func TestCalled(t *testing.T) {
	d := testDesk()
	old, w := completeFlow(), completeFlow()
	w.Version = 3
	w.Steps = []StepName{{State: StateAssigned, Name: "Post-assignation", Portal: "Suivi"}}
	d.Workflows[w.ID], d.Past = w, map[ID][]Workflow{w.ID: {old, w}}
	for _, c := range []struct {
		version int
		state   State
		held    bool
		want    string
	}{{3, StateAssigned, true, "Post-assignation"}, {3, StateAssigned, false, ""}, {2, StateAssigned, true, ""}, {3, StateNew, true, ""}} {
		if got := d.Called(w.ID, c.version, c.state, c.held).Name; got != c.want {
			t.Errorf("version %d, %s, held %v: %q, want %q", c.version, c.state, c.held, got, c.want)
		}
	}
}

// Where no silence closed before, a silence that is over already is counted from the day of the move.
func TestASilenceThatBeginsToCount(t *testing.T) {
	w := completeFlow()
	for days, want := range map[int]time.Time{1: noon.AddDate(0, 0, 1), 7: morning.AddDate(0, 0, 7), 0: {}} {
		w.AutoCloseDays = days
		ticket := ticketIn(StateResolved)
		ticket.CloseAt = time.Time{}
		if got := w.moved(ticket, noon); !got.Equal(want) {
			t.Errorf("%d days: %s, want %s", days, got, want)
		}
	}
}
