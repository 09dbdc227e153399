package guichet

import "slices"

// stand is where a ticket may be on its way: its state, and whether somebody has it.
type stand struct {
	state State
	held  bool
}

// starts are where a new ticket may stand: before its approval, new, or given by a rule to a team or
// to a technician.
func (w Workflow) starts() []stand {
	if w.Policy() == ClosureOnOpen {
		return []stand{{StateNew, false}}
	}
	out := []stand{{StateNew, false}, {StateAssigned, false}, {StateAssigned, true}}
	if w.Uses(StateAwaitingApproval) {
		out = append(out, stand{StateAwaitingApproval, false})
	}
	return out
}

// checkPaths follows the arrows both ways. Those that nobody can be counted upon to take lead nowhere.
// Where nothing at all leads to closed, that is said once rather than of every state.
func (w Workflow) checkPaths(p *Problems) {
	reached := w.reach(w.starts())
	over := reached[stand{StateClosed, false}] || reached[stand{StateClosed, true}]
	if !over {
		p.Add("states."+string(StateClosed), "workflow.never_closed")
	}
	for _, s := range w.States() {
		here := slices.DeleteFunc([]stand{{s, false}, {s, true}}, func(x stand) bool { return !reached[x] })
		if code := w.stuck(s, here); code != "" && (over || s != StateClosed && code != "workflow.no_end") {
			p.Add("states."+string(s), code, "State", string(s))
		}
	}
}

// stuck says what is wrong with a state in which a ticket may stand in the ways given.
func (w Workflow) stuck(s State, here []stand) string {
	ended := 0
	for _, x := range here {
		if s.Final() || w.ends(x) {
			ended++
		}
	}
	switch {
	case len(here) == 0:
		return "workflow.unreachable"
	case ended == len(here):
		return ""
	case ended > 0:
		return "workflow.pool_stuck"
	case !slices.ContainsFunc(here, w.leaves):
		return "workflow.no_way_out"
	}
	return "workflow.no_end"
}

// leaves reports whether something can be counted upon to lead to another state.
func (w Workflow) leaves(from stand) bool {
	for s := range w.reach([]stand{from}) {
		if s.state != from.state {
			return true
		}
	}
	return false
}

// ends reports whether a ticket there can be brought to closed.
func (w Workflow) ends(from stand) bool {
	for s := range w.reach([]stand{from}) {
		if s.state == StateClosed {
			return true
		}
	}
	return false
}

// reach lists where a ticket may come to.
func (w Workflow) reach(from []stand) map[stand]bool {
	seen := map[stand]bool{}
	for queue := slices.Clone(from); len(queue) > 0; queue = queue[1:] {
		if !seen[queue[0]] {
			seen[queue[0]] = true
			queue = append(queue, w.next(queue[0])...)
		}
	}
	return seen
}

// next lists where one act leads.
func (w Workflow) next(from stand) []stand {
	var out []stand
	for _, a := range Actions() {
		t, ok := w.Transition(a, from.state)
		if !ok || !w.passable(t, from) {
			continue
		}
		to := stand{t.To, from.held}
		if to.state == "" {
			to.state = from.state
		}
		switch a {
		case ActionClaim, ActionResolve:
			to.held = true
		case ActionAssign, ActionEscalate: // to the pool, or to somebody
			out = append(out, stand{to.state, !to.held})
		}
		out = append(out, to)
	}
	return out
}

// passable reports whether somebody can be counted upon to take a transition from there.
func (w Workflow) passable(t Transition, from stand) bool {
	asks := shapes()[t.Action].asks
	switch {
	case t.Action == ActionClaim && from.held:
		return false
	case t.Action == ActionEscalate: // the highest level has nobody above it
		return false
	case slices.ContainsFunc(t.Requires, func(r Requirement) bool { return !slices.Contains(asks, r) }):
		return false
	}
	return slices.ContainsFunc(t.By, func(by Performer) bool { return w.counts(by, t, from) })
}

// counts reports whether a performer is sure to be there: a ticket in the pool has no technician, one
// that is not assigned may have no team, only an approval has approvers, and the desk itself acts at
// dates.
func (w Workflow) counts(by Performer, t Transition, from stand) bool {
	back := t.Action == ActionReopen || t.Action == ActionRejectSolution
	switch by {
	case PerformerAssignee:
		return from.held
	case PerformerApprover:
		return from.state == StateAwaitingApproval
	case PerformerTeam:
		return from.state != StateNew && from.state != StateAwaitingApproval
	case PerformerRequester:
		return !(back && w.ReopenDays > 0)
	case PerformerSystem:
		return len(t.Requires) == 0 && w.acts(t.Action, from.state)
	}
	return true
}

// acts reports whether the desk itself is sure to act in a state one day.
func (w Workflow) acts(a Action, from State) bool {
	dated := func(r PendingReason) bool { return r.Dated }
	switch {
	case a == ActionResume && from == StatePending:
		return len(w.PendingReasons) > 0 && !slices.ContainsFunc(w.PendingReasons, func(r PendingReason) bool { return !dated(r) })
	case a == ActionClose && from == StateResolved:
		return w.AutoCloseDays > 0
	}
	return false
}
