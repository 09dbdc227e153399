package guichet

import (
	"fmt"
	"regexp"
	"slices"
)

// Check says what makes a workflow unusable. Each fault names the place concerned in its field, so
// that a screen can point at it: "transitions.3.by", "states.pending", "pending_reasons.0.name",
// "closure". The message keys begin with "workflow.".
//
// What passes never strands a ticket: from whatever state it may be in, held by somebody or in the
// pool, those whom the workflow names can bring it to closed.
func (w Workflow) Check(roles map[ID]Role) error {
	var p Problems
	p.Text("name", w.Name, 120)
	for i, t := range w.Transitions {
		at := fmt.Sprintf("transitions.%d", i)
		p.AtMost(at+".label", t.Label, 60)
		if w.checkWords(&p, at, t, roles) {
			w.checkShape(&p, at, t)
			w.checkDoers(&p, at, t)
		}
		w.checkAlone(&p, at, i)
	}
	w.checkReasons(&p)
	w.checkSteps(&p)
	w.checkDates(&p)
	w.checkClosure(&p)
	w.checkPaths(&p)
	return p.Err()
}

// CheckWorkflow is Check, with what the catalogue asks of the workflow: an offering whose requests are
// approved needs an approval in it.
func (d *Desk) CheckWorkflow(w Workflow) error {
	var p Problems
	p.Merge(w.Check(d.Roles))
	_, approves := w.Transition(ActionApprove, StateAwaitingApproval)
	_, refuses := w.Transition(ActionRefuse, StateAwaitingApproval)
	for _, o := range d.OfferingsUnder(w.ID) {
		if len(o.Approval) > 0 && !(approves && refuses) && w.Policy() != ClosureOnOpen {
			p.Add("states."+string(StateAwaitingApproval), "workflow.approval_asked", "Offering", o.Name)
		}
	}
	return p.Err()
}

// checkWords finds the words that nothing knows; without any, the transition can be looked at closer.
func (w Workflow) checkWords(p *Problems, at string, t Transition, roles map[ID]Role) bool {
	before := len(p.fields)
	if !slices.Contains(Actions(), t.Action) {
		p.Add(at+".action", "workflow.unknown_action", "Action", string(t.Action))
	}
	for _, s := range t.From {
		if !s.Valid() {
			p.Add(at+".from", "workflow.unknown_state", "State", string(s))
		}
	}
	if t.To != "" && !t.To.Valid() {
		p.Add(at+".to", "workflow.unknown_state", "State", string(t.To))
	}
	for _, by := range t.By {
		if _, known := roles[ID(by)]; !known && !by.Relation() {
			p.Add(at+".by", "workflow.unknown_performer", "Performer", string(by))
		}
	}
	for _, r := range t.Requires {
		if !slices.Contains(Requirements(), r) {
			p.Add(at+".requires", "workflow.unknown_requirement", "Requirement", string(r))
		}
	}
	if slices.ContainsFunc(t.From, State.Final) && t.disturbs() {
		p.Add(at+".from", "workflow.leaves_final", "Action", string(t.Action))
	}
	return len(p.fields) == before
}

// shape is what an action means: where it may start, where it may lead ("" keeps the state), what it
// can be given.
type shape struct {
	from, to []State
	asks     []Requirement
}

const (
	awaiting  = StateAwaitingApproval
	fresh     = StateNew
	assigned  = StateAssigned
	pending   = StatePending
	resolved  = StateResolved
	closed    = StateClosed
	unchanged = State("")
)

// Shape says where an action may start, where it may lead and what it can be given. A workflow chooses
// among these; the rest would contradict what the action is.
func Shape(a Action) (from, to []State, asks []Requirement) {
	s := shapes()[a]
	return s.from, s.to, s.asks
}

func shapes() map[Action]shape {
	st := func(s ...State) []State { return s }
	needs := func(r ...Requirement) []Requirement { return r }
	reason := needs(RequireReason)
	return map[Action]shape{
		ActionApprove:        {st(awaiting), st(fresh, assigned), nil},
		ActionRefuse:         {st(awaiting), st(StateRejected), reason},
		ActionQualify:        {st(fresh, assigned, pending, resolved), st(unchanged, fresh, assigned), needs(RequireReason, RequireService)},
		ActionAssign:         {st(fresh, assigned, pending), st(unchanged, assigned), needs(RequireReason, RequireTeam)},
		ActionClaim:          {st(fresh, assigned, pending), st(unchanged, assigned), nil},
		ActionHold:           {st(fresh, assigned, pending), st(pending), needs(RequireReason, RequirePending, RequireUntil)},
		ActionResume:         {st(pending), st(assigned, fresh), reason},
		ActionEscalate:       {st(fresh, assigned, pending), st(unchanged, assigned, fresh), needs(RequireReason, RequireTeam)},
		ActionResolve:        {st(fresh, assigned, pending), st(resolved), needs(RequireService, RequireSolution)},
		ActionValidate:       {st(resolved), st(closed), nil},
		ActionRejectSolution: {st(resolved), st(assigned, fresh), reason},
		ActionReopen:         {st(resolved), st(assigned, fresh), reason},
		ActionClose:          {st(fresh, assigned, pending, resolved), st(closed), reason},
		ActionCancel:         {st(awaiting, fresh, assigned, pending, resolved), st(StateCancelled), reason},
		ActionRate:           {st(resolved, closed), st(unchanged), nil},
	}
}

// checkShape holds a transition to what its action means.
func (w Workflow) checkShape(p *Problems, at string, t Transition) {
	shape := shapes()[t.Action]
	if len(t.From) == 0 {
		p.Add(at+".from", "workflow.no_from", "Action", string(t.Action))
	}
	for _, s := range t.From {
		if !slices.Contains(shape.from, s) {
			p.Add(at+".from", "workflow.wrong_from", "Action", string(t.Action), "State", string(s))
		}
	}
	if !slices.Contains(shape.to, t.To) {
		p.Add(at+".to", "workflow.wrong_to", "Action", string(t.Action), "State", string(t.To))
	}
	for _, r := range t.Requires {
		if !slices.Contains(shape.asks, r) {
			p.Add(at+".requires", "workflow.never_given", "Action", string(t.Action), "Requirement", string(r))
		}
	}
	if slices.Contains(t.Requires, RequirePending) && len(w.PendingReasons) == 0 {
		p.Add(at+".requires", "workflow.no_reason_to_give", "Action", string(t.Action))
	}
}

// checkDoers asks that somebody may do the action, and that the desk itself is only asked for what it
// does by itself: taking back what waited, closing what nobody answered for.
func (w Workflow) checkDoers(p *Problems, at string, t Transition) {
	if len(t.By) == 0 {
		p.Add(at+".by", "workflow.nobody", "Action", string(t.Action))
	}
	if !slices.Contains(t.By, PerformerSystem) {
		return
	}
	if t.Action != ActionResume && t.Action != ActionClose {
		p.Add(at+".by", "workflow.system_never", "Action", string(t.Action))
	} else if len(t.Requires) > 0 {
		p.Add(at+".requires", "workflow.system_requires", "Action", string(t.Action))
	}
}

// checkAlone refuses a transition that an earlier one hides: it would never be taken.
func (w Workflow) checkAlone(p *Problems, at string, i int) {
	t := w.Transitions[i]
	for _, earlier := range w.Transitions[:i] {
		for _, s := range t.From {
			if earlier.Action == t.Action && slices.Contains(earlier.From, s) {
				p.Add(at+".from", "workflow.ambiguous", "Action", string(t.Action), "State", string(s))
			}
		}
	}
}

var reasonKey = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

func (w Workflow) checkReasons(p *Problems) {
	if w.Uses(StatePending) && len(w.PendingReasons) == 0 {
		p.Add("pending_reasons", "workflow.no_pending_reasons")
	}
	seen := map[string]bool{}
	for i, r := range w.PendingReasons {
		at := fmt.Sprintf("pending_reasons.%d", i)
		p.Text(at+".name", r.Name, 80)
		switch {
		case !reasonKey.MatchString(r.Key):
			p.Add(at+".key", "workflow.reason_key", "Key", r.Key)
		case seen[r.Key]:
			p.Add(at+".key", "workflow.reason_twice", "Key", r.Key)
		}
		seen[r.Key] = true
		for _, clock := range r.Pauses {
			if !slices.Contains(PauseClocks(), clock) {
				p.Add(at+".pauses", "workflow.unknown_clock", "Clock", clock)
			}
		}
	}
}

func (w Workflow) checkSteps(p *Problems) {
	seen := map[State]bool{}
	for i, s := range w.Steps {
		at := fmt.Sprintf("steps.%d", i)
		if !s.State.Valid() || seen[s.State] {
			p.Add(at+".state", "workflow.unknown_state", "State", string(s.State))
		}
		seen[s.State] = true
		p.AtMost(at+".name", s.Name, 40)
		p.AtMost(at+".portal", s.Portal, 60)
	}
}

// checkDates asks that the desk itself may do what it promises when a date passes: wake a ticket
// that waits (A5), close one that nobody answered for (A8).
func (w Workflow) checkDates(p *Problems) {
	if w.Uses(StatePending) && !w.system(ActionResume, StatePending) {
		p.Add("states."+string(StatePending), "workflow.no_auto_resume")
	}
	if w.AutoCloseDays > 0 && !w.system(ActionClose, StateResolved) {
		p.Add("auto_close_days", "workflow.no_auto_close")
	}
	for field, days := range map[string]int{"auto_close_days": w.AutoCloseDays, "reopen_days": w.ReopenDays} {
		if days < 0 || days > MaxDays {
			p.Add(field, "workflow.days", "Max", MaxDays)
		}
	}
	if w.ReopenDays > 0 && w.ReopenDays < w.AutoCloseDays && w.validated() {
		p.Add("reopen_days", "workflow.reopen_before_silence", "Days", w.AutoCloseDays)
	}
}

func (w Workflow) system(a Action, from State) bool {
	t, ok := w.Transition(a, from)
	return ok && slices.Contains(t.By, PerformerSystem)
}

// checkClosure holds the transitions to the policy that the workflow names.
func (w Workflow) checkClosure(p *Problems) {
	if w.Closure == "" {
		return
	}
	closes := len(w.closers()) > 0
	switch w.Closure {
	case ClosureRequester:
		if closes {
			p.Add("closure", "workflow.closure_others")
		}
	case ClosureModerator, ClosureEither:
		if !closes {
			p.Add("closure", "workflow.closure_nobody")
		}
	case ClosureOnOpen:
		if w.AutoCloseDays > 0 {
			p.Add("auto_close_days", "workflow.closure_silence")
		}
	default:
		p.Add("closure", "workflow.closure_unknown", "Closure", string(w.Closure))
	}
	switch asks := w.Closure == ClosureRequester || w.Closure == ClosureEither; {
	case asks && !w.validated():
		p.Add("closure", "workflow.closure_no_requester")
	case w.Closure == ClosureModerator && w.validated():
		p.Add("closure", "workflow.closure_asks_requester")
	}
}
