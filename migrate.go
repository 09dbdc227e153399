package guichet

import (
	"slices"
	"time"
)

// Moves says what becomes of the running tickets that stand where the newest version of their workflow
// has no place for them: to which state they go, which pending reason replaces theirs. What it does
// not name stays on its version.
type Moves struct {
	States  map[State]State   `json:"states,omitempty"`
	Reasons map[string]string `json:"reasons,omitempty"`
}

// Misfit says why a running ticket cannot follow a workflow as it stands.
type Misfit struct {
	State  State  // the workflow has no such state
	Reason string // or no such pending reason
}

// Fits reports whether a ticket may follow the workflow as it stands.
func (w Workflow) Fits(s State, pendingReason string) (Misfit, bool) {
	if !w.Uses(s) {
		return Misfit{State: s}, false
	}
	if _, known := w.Reason(pendingReason); s == StatePending && !known {
		return Misfit{State: s, Reason: pendingReason}, false
	}
	return Misfit{}, true
}

// Refuges lists the states to which a ticket may be moved from one that a workflow lacks: back to work.
// An approval is waited for to its end: nobody starts work by changing a workflow.
func (w Workflow) Refuges(s State) []State {
	switch s {
	case StatePending, StateResolved:
		return slices.DeleteFunc([]State{StateAssigned, StateNew}, func(to State) bool { return !w.Uses(to) })
	case StateAssigned:
		return []State{StateNew}
	}
	return nil
}

// Check says which moves a workflow has no place for.
func (m Moves) Check(w Workflow) error {
	var p Problems
	for from, to := range m.States {
		if to != "" && !slices.Contains(w.Refuges(from), to) {
			p.Add("states."+string(from), "field.unknown_value")
		}
	}
	for from, to := range m.Reasons {
		if _, known := w.Reason(to); to != "" && !known {
			p.Add("reasons."+from, "field.unknown_value")
		}
	}
	return p.Err()
}

// Migrate is the decision of moving a running ticket to the newest version of its workflow; false
// leaves it where it is: at its end, up to date already, or without a place there. A solution that
// waits for its answer is never closed before the date that its requester was told: a longer silence
// moves it, a shorter one does not; one that begins to count is counted from now if it is over.
func (d *Desk) Migrate(t Ticket, m Moves, now time.Time) (Ticket, bool) {
	w, known := d.Workflows[t.WorkflowID]
	if !known || t.State.Final() || t.Workflow >= w.Version {
		return t, false
	}
	after := t
	after.Workflow = w.Version
	if misfit, ok := w.Fits(t.State, t.PendingReason); !ok {
		to, reason := m.States[t.State], m.Reasons[t.PendingReason]
		switch {
		case misfit.Reason != "" && reason != "":
			after.PendingReason = reason
		case misfit.Reason == "" && to != "" && slices.Contains(w.Refuges(t.State), to):
			d.enter(&after, to, w, now)
		default:
			return t, false
		}
	}
	if after.State == StateResolved {
		after.CloseAt = w.moved(t, now)
	}
	return after, true
}

// moved is when silence closes a resolved ticket that begins to follow the workflow.
func (w Workflow) moved(t Ticket, now time.Time) time.Time {
	at := w.silence(t.ResolvedAt)
	switch {
	case at.IsZero():
		return at
	case !t.CloseAt.IsZero() && at.Before(t.CloseAt):
		return t.CloseAt
	case t.CloseAt.IsZero() && at.Before(now.AddDate(0, 0, 1)):
		return w.silence(now)
	}
	return at
}
