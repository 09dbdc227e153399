package guichet

import (
	"cmp"
	"slices"
)

// stand is where a ticket may be on its way: its state, whether somebody has it, whether it is a team's.
type stand struct {
	state State
	held  bool
	team  bool
}

// starts are where a new ticket may stand: before its approval, new, or given by a rule to a team or
// to a technician.
func (w Workflow) starts() []stand {
	if w.Policy() == ClosureOnOpen {
		return []stand{{state: StateNew}}
	}
	out := []stand{{state: StateNew}, {StateAssigned, false, true}, {StateAssigned, true, true}}
	if w.Uses(StateAwaitingApproval) {
		out = append(out, stand{state: StateAwaitingApproval})
	}
	return out
}

// paths are the stands that a ticket may come to, each with those that one act leads to.
type paths map[stand][]stand

func (w Workflow) paths() paths {
	out := paths{}
	for queue := w.starts(); len(queue) > 0; queue = queue[1:] {
		if _, seen := out[queue[0]]; !seen {
			out[queue[0]] = w.next(queue[0])
			queue = append(queue, out[queue[0]]...)
		}
	}
	return out
}

// ending lists the stands from which closed can be reached.
func (p paths) ending() map[stand]bool {
	out := map[stand]bool{}
	for grown := true; grown; {
		grown = false
		for s, next := range p {
			if !out[s] && (s.state == StateClosed || slices.ContainsFunc(next, func(x stand) bool { return out[x] })) {
				out[s], grown = true, true
			}
		}
	}
	return out
}

// checkPaths follows the arrows. Those that nobody can be counted upon to take lead nowhere. Where
// nothing at all leads to closed, that is said once rather than of every state.
func (w Workflow) checkPaths(p *Problems) {
	paths := w.paths()
	ending := paths.ending()
	if len(ending) == 0 {
		p.Add("states."+string(StateClosed), "workflow.never_closed")
	}
	for _, s := range w.States() {
		if code := paths.stuck(s, ending); code != "" && (len(ending) > 0 || s != StateClosed && code != "workflow.no_end") {
			p.Add("states."+string(s), code, "State", string(s))
		}
	}
}

// stuck says what is wrong with a state.
func (p paths) stuck(s State, ending map[stand]bool) string {
	here, ended, left := 0, 0, false
	for x, next := range p {
		if x.state != s {
			continue
		}
		here++
		if s.Final() || ending[x] {
			ended++
		}
		left = left || slices.ContainsFunc(next, func(y stand) bool { return y.state != s })
	}
	switch {
	case here == 0:
		return "workflow.unreachable"
	case ended == here:
		return ""
	case ended > 0:
		return "workflow.pool_stuck"
	case !left:
		return "workflow.no_way_out"
	}
	return "workflow.no_end"
}

// next lists where one act leads.
func (w Workflow) next(from stand) []stand {
	var out []stand
	for _, a := range Actions() {
		t, ok := w.Transition(a, from.state)
		if !ok || !w.passable(t, from) {
			continue
		}
		to := stand{cmp.Or(t.To, from.state), from.held, from.team}
		switch a {
		case ActionClaim, ActionResolve:
			to.held, to.team = true, true
		case ActionAssign, ActionEscalate: // to the pool, or to somebody
			to.team = true
			out = append(out, stand{to.state, !to.held, true})
		}
		to.team = to.team || to.state == StateAssigned
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
// that was never assigned may have no team, only an approval has approvers, and the desk itself acts
// at dates.
func (w Workflow) counts(by Performer, t Transition, from stand) bool {
	back := t.Action == ActionReopen || t.Action == ActionRejectSolution
	switch by {
	case PerformerAssignee:
		return from.held
	case PerformerApprover:
		return from.state == StateAwaitingApproval
	case PerformerTeam:
		return from.team
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
