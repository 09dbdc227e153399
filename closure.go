package guichet

import (
	"cmp"
	"slices"
	"time"
)

// Closure is how a resolved ticket comes to its end (A8).
type Closure string

// The policies of closing.
const (
	ClosureRequester Closure = "requester" // the requester validates or refuses; silence closes; nobody else does
	ClosureModerator Closure = "moderator" // those whom the workflow names close; the requester is only told
	ClosureEither    Closure = "either"    // the requester validates, and those whom the workflow names may close as well
	ClosureOnOpen    Closure = "on_open"   // closed as it is recorded (a call that is referred)
)

// Closures lists the policies, for the checks and the screens of configuration.
func Closures() []Closure {
	return []Closure{ClosureRequester, ClosureModerator, ClosureEither, ClosureOnOpen}
}

// MaxDays is the longest silence or window of a workflow, in days.
const MaxDays = 365

// Policy is the closure policy of the workflow: the one it names, or else what its transitions amount
// to; empty when nothing closes what is resolved.
func (w Workflow) Policy() Closure {
	validates, closes := w.validated(), len(w.closers()) > 0
	switch {
	case w.CloseOnOpen:
		return ClosureOnOpen
	case w.Closure != "":
		return w.Closure
	case validates && closes:
		return ClosureEither
	case validates:
		return ClosureRequester
	case closes:
		return ClosureModerator
	}
	return ""
}

// validated reports whether the requester validates what is resolved.
func (w Workflow) validated() bool {
	t, ok := w.Transition(ActionValidate, StateResolved)
	return ok && slices.Contains(t.By, PerformerRequester)
}

// closers lists who closes what is resolved without asking the requester: by closing, or by validating
// in the requester's place.
func (w Workflow) closers() []Performer {
	var out []Performer
	for action, owner := range map[Action]Performer{ActionClose: PerformerSystem, ActionValidate: PerformerRequester} {
		t, _ := w.Transition(action, StateResolved)
		for _, p := range t.By {
			if p != owner && p != PerformerSystem && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	slices.Sort(out)
	return out
}

// WithClosure writes a closure policy: the transitions that it needs are added, those that would
// contradict it are taken out, the others stay as they are. Days is the silence after which a solution
// closes by itself, 0 for never; closers are who closes when the workflow names nobody yet.
func (w Workflow) WithClosure(c Closure, days int, closers []Performer) Workflow {
	w.Transitions = slices.Clone(w.Transitions)
	if named := w.closers(); len(named) > 0 {
		closers = named
	}
	w.Closure, w.CloseOnOpen, w.AutoCloseDays = c, false, days
	switch c {
	case ClosureOnOpen:
		w.AutoCloseDays = 0
		if !w.Uses(StateResolved) {
			w.add(Transition{Action: ActionClose, From: []State{StateNew}, To: StateClosed, By: closers})
		}
		return w
	case ClosureRequester:
		closers = nil
	}
	requester := []Performer{PerformerRequester}
	if c == ClosureModerator {
		requester = nil
	}
	w.put(ActionValidate, StateClosed, requester)
	w.put(ActionRejectSolution, StateAssigned, requester)
	if days > 0 {
		closers = append(slices.Clone(closers), PerformerSystem)
	}
	w.put(ActionClose, StateClosed, closers)
	return w
}

// put says who may do an action on what is resolved, and where it leads; nobody takes the action out.
// A transition that was there keeps its label, and what it requires unless the desk itself is to do it.
func (w *Workflow) put(a Action, to State, by []Performer) {
	t, ok := w.Transition(a, StateResolved)
	w.forget(a, StateResolved)
	if len(by) == 0 {
		return
	}
	if !ok && a == ActionRejectSolution {
		t.Requires = []Requirement{RequireReason}
	}
	if slices.Contains(by, PerformerSystem) {
		t.Requires = nil
	}
	t.Action, t.From, t.To, t.By = a, []State{StateResolved}, cmp.Or(t.To, to), by
	w.add(t)
}

// forget takes a state out of where an action starts; an action that starts nowhere goes.
func (w *Workflow) forget(a Action, from State) {
	for i, t := range w.Transitions {
		if t.Action == a {
			w.Transitions[i].From = slices.DeleteFunc(slices.Clone(t.From), func(s State) bool { return s == from })
		}
	}
	w.Transitions = slices.DeleteFunc(w.Transitions, func(t Transition) bool { return t.Action == a && len(t.From) == 0 })
}

// add puts a transition where the order of a life wants it.
func (w *Workflow) add(t Transition) {
	rank := func(a Action) int { return slices.Index(Actions(), a) }
	i := slices.IndexFunc(w.Transitions, func(x Transition) bool { return rank(x.Action) > rank(t.Action) })
	if i < 0 {
		i = len(w.Transitions)
	}
	w.Transitions = slices.Insert(w.Transitions, i, t)
}

// late reports whether the window in which a requester may send a solution back has passed (A10).
// Closed is final whatever the window says; the window bounds what is resolved and not closed yet.
func (w Workflow) late(a Action, t Ticket, actor Actor, now time.Time) bool {
	if a != ActionReopen && a != ActionRejectSolution {
		return false
	}
	return w.Expired(t, now) && actor.Person.ID != "" && (actor.Person.ID == t.RequesterID || actor.Person.ID == t.BeneficiaryID)
}

// Expired reports whether a resolved ticket is past its reopen window: what its requester says then
// opens a follow-on ticket.
func (w Workflow) Expired(t Ticket, now time.Time) bool {
	return t.State == StateResolved && w.ReopenDays > 0 && !t.ResolvedAt.IsZero() &&
		!now.Before(t.ResolvedAt.AddDate(0, 0, w.ReopenDays))
}

// silence is when a solution given at a time closes by itself; zero for never.
func (w Workflow) silence(from time.Time) time.Time {
	if w.AutoCloseDays <= 0 {
		return time.Time{}
	}
	return from.AddDate(0, 0, w.AutoCloseDays)
}
