package guichet

import "slices"

// Action is what somebody does to a ticket.
type Action string

// The actions of a ticket's life.
const (
	ActionApprove        Action = "approve"
	ActionRefuse         Action = "refuse"
	ActionQualify        Action = "qualify"
	ActionAssign         Action = "assign"
	ActionClaim          Action = "claim"
	ActionHold           Action = "hold"
	ActionResume         Action = "resume"
	ActionEscalate       Action = "escalate"
	ActionResolve        Action = "resolve"
	ActionValidate       Action = "validate"
	ActionRejectSolution Action = "reject-solution"
	ActionReopen         Action = "reopen"
	ActionClose          Action = "close"
	ActionCancel         Action = "cancel"
	ActionRate           Action = "rate"
)

// Actions lists the actions in the order of a life.
func Actions() []Action {
	return []Action{ActionApprove, ActionRefuse, ActionQualify, ActionAssign, ActionClaim, ActionHold,
		ActionResume, ActionEscalate, ActionResolve, ActionValidate, ActionRejectSolution,
		ActionReopen, ActionClose, ActionCancel, ActionRate}
}

// Performer names who may do something: a relation to the ticket, or the key of a role held over it.
type Performer string

// The relations that a workflow may name; any other word is the key of a role.
const (
	PerformerRequester Performer = "requester" // requester or beneficiary
	PerformerAssignee  Performer = "assignee"
	PerformerTeam      Performer = "team" // a working member of the assigned team
	PerformerApprover  Performer = "approver"
	PerformerSystem    Performer = "system" // the desk itself, when a date passes
)

// Relation reports whether p is a relation rather than a role.
func (p Performer) Relation() bool {
	return slices.Contains([]Performer{PerformerRequester, PerformerAssignee, PerformerTeam,
		PerformerApprover, PerformerSystem}, p)
}

// Requirement names what an action must be given.
type Requirement string

// The requirements.
const (
	RequireReason   Requirement = "reason"
	RequireSolution Requirement = "solution"
	RequireService  Requirement = "service" // the affected service
	RequireTeam     Requirement = "team"
	RequireUntil    Requirement = "until"
	RequirePending  Requirement = "pending_reason"
)

// Requirements lists every requirement, for the checks and the screens of configuration.
func Requirements() []Requirement {
	return []Requirement{RequireReason, RequireSolution, RequireService, RequireTeam, RequireUntil, RequirePending}
}

// Transition is an action of a workflow: where it may start, where it leads, who may do it, what
// it requires. An empty To keeps the state.
type Transition struct {
	Action   Action        `json:"action" yaml:"action"`
	From     []State       `json:"from" yaml:"from"`
	To       State         `json:"to,omitempty" yaml:"to,omitempty"`
	By       []Performer   `json:"by" yaml:"by"`
	Requires []Requirement `json:"requires,omitempty" yaml:"requires,omitempty"`
	Label    string        `json:"label,omitempty" yaml:"label,omitempty"` // text of the button; empty: the usual one
}

// PendingReason is why a ticket waits; Pauses names the clocks that stop meanwhile.
type PendingReason struct {
	Key    string   `json:"key" yaml:"key"`
	Name   string   `json:"name" yaml:"name"`
	Pauses []string `json:"pauses,omitempty" yaml:"pauses,omitempty"`
	Dated  bool     `json:"dated,omitempty" yaml:"dated,omitempty"` // a date is required
}

// Workflow is a process as data (A14). A ticket keeps the version with which it was opened.
type Workflow struct {
	ID             ID              `json:"id" yaml:"id"`
	Version        int             `json:"version" yaml:"-"`
	Name           string          `json:"name" yaml:"name"`
	Transitions    []Transition    `json:"transitions" yaml:"transitions"`
	PendingReasons []PendingReason `json:"pending_reasons" yaml:"pending_reasons"`
	AutoCloseDays  int             `json:"auto_close_days" yaml:"auto_close_days"` // silence after a solution closes; 0: never
	CloseOnOpen    bool            `json:"close_on_open,omitempty" yaml:"close_on_open,omitempty"`
	Rating         bool            `json:"rating" yaml:"rating"` // the requester rates when validating
}

// Transition finds the transition of an action that may start in a state. Whatever the workflow
// says, nothing leaves a final state (A10).
func (w Workflow) Transition(a Action, from State) (Transition, bool) {
	for _, t := range w.Transitions {
		if t.Action == a && slices.Contains(t.From, from) && !(from.Final() && t.disturbs()) {
			return t, true
		}
	}
	return Transition{}, false
}

// disturbs reports whether a transition would change a closed ticket. A rating does not: it may
// come after the validation that closed it.
func (t Transition) disturbs() bool { return t.Action != ActionRate || t.To != "" }

// Available lists the transitions that the actor may do now, in the order of a life.
func (w Workflow) Available(actor Actor, t Ticket, p Place) []Transition {
	var out []Transition
	for _, a := range Actions() {
		tr, ok := w.Transition(a, t.State)
		if ok && actor.Performs(tr, t, p) && !w.pointless(a, t) {
			out = append(out, tr)
		}
	}
	return out
}

// pointless drops what would always be refused: to claim what somebody has, to rate twice or where
// nobody asks.
func (w Workflow) pointless(a Action, t Ticket) bool {
	switch a {
	case ActionClaim:
		return t.AssigneeID != ""
	case ActionRate:
		return t.rated() || !w.Rating
	}
	return false
}

// Performs reports whether the actor is among those whom a transition names, and whether the
// actor's token allows changes.
func (a Actor) Performs(tr Transition, t Ticket, p Place) bool {
	return a.MayWrite() && slices.ContainsFunc(tr.By, func(by Performer) bool { return a.Is(by, t, p) })
}

// Reason finds a pending reason by its key.
func (w Workflow) Reason(key string) (PendingReason, bool) {
	i := slices.IndexFunc(w.PendingReasons, func(r PendingReason) bool { return r.Key == key })
	if i < 0 {
		return PendingReason{}, false
	}
	return w.PendingReasons[i], true
}

// Moderated reports whether a resolved ticket waits for a moderator rather than for the requester's
// word (A8 ii): nothing in it lets the requester validate.
func (w Workflow) Moderated() bool {
	_, validates := w.Transition(ActionValidate, StateResolved)
	_, closes := w.Transition(ActionClose, StateResolved)
	return closes && !validates
}

// Check says what makes a workflow unusable: a state that nothing reaches, one from which a final
// state cannot be reached, an unknown word, two transitions for one action of one state, a date that
// nothing follows. The message keys begin with "workflow.".
func (w Workflow) Check(roles map[ID]Role) error {
	var p Problems
	p.Text("name", w.Name, 120)
	for i, t := range w.Transitions {
		w.checkWords(&p, t, roles)
		w.checkAlone(&p, i)
	}
	w.checkDates(&p)
	w.checkPaths(&p)
	return p.Err()
}

// checkPaths follows the arrows both ways.
func (w Workflow) checkPaths(p *Problems) {
	reached := w.closure([]State{StateNew, StateAwaitingApproval}, false)
	ends := w.closure([]State{StateClosed, StateRejected, StateCancelled}, true)
	for _, s := range w.states() {
		if !reached[s] {
			p.Add("transitions", "workflow.unreachable", "State", string(s))
		}
		if !ends[s] {
			p.Add("transitions", "workflow.no_way_out", "State", string(s))
		}
	}
}

// checkAlone refuses a transition that an earlier one hides: it would never be taken.
func (w Workflow) checkAlone(p *Problems, i int) {
	t := w.Transitions[i]
	for _, earlier := range w.Transitions[:i] {
		for _, s := range t.From {
			if earlier.Action == t.Action && slices.Contains(earlier.From, s) {
				p.Add("transitions", "workflow.ambiguous", "Action", string(t.Action), "State", string(s))
			}
		}
	}
}

// checkDates asks that the desk itself may do what it promises when a date passes: wake a ticket
// that waits (A5), close one that nobody answered for (A8).
func (w Workflow) checkDates(p *Problems) {
	if w.uses(StatePending) && !w.system(ActionResume, StatePending) {
		p.Add("transitions", "workflow.no_auto_resume")
	}
	if w.AutoCloseDays > 0 && !w.system(ActionClose, StateResolved) {
		p.Add("transitions", "workflow.no_auto_close")
	}
}

func (w Workflow) system(a Action, from State) bool {
	t, ok := w.Transition(a, from)
	return ok && slices.Contains(t.By, PerformerSystem)
}

func (w Workflow) uses(s State) bool { return slices.Contains(w.states(), s) }

func (w Workflow) checkWords(p *Problems, t Transition, roles map[ID]Role) {
	if !slices.Contains(Actions(), t.Action) {
		p.Add("transitions", "workflow.unknown_action", "Action", string(t.Action))
	}
	for _, s := range append(slices.Clone(t.From), t.To) {
		if s != "" && !s.Valid() {
			p.Add("transitions", "workflow.unknown_state", "State", string(s))
		}
	}
	if slices.ContainsFunc(t.From, State.Final) && t.disturbs() {
		p.Add("transitions", "workflow.leaves_final", "Action", string(t.Action))
	}
	for _, by := range t.By {
		if _, known := roles[ID(by)]; !known && !by.Relation() {
			p.Add("transitions", "workflow.unknown_performer", "Performer", string(by))
		}
	}
	for _, r := range t.Requires {
		if !slices.Contains(Requirements(), r) {
			p.Add("transitions", "workflow.unknown_requirement", "Requirement", string(r))
		}
	}
}

func (w Workflow) states() []State {
	used := map[State]bool{StateNew: true}
	for _, t := range w.Transitions {
		for _, s := range t.From {
			used[s] = true
		}
		if t.To != "" {
			used[t.To] = true
		}
	}
	return slices.DeleteFunc(States(), func(s State) bool { return !used[s] })
}

// closure follows the arrows from the given states, backwards when asked.
func (w Workflow) closure(start []State, backwards bool) map[State]bool {
	seen := map[State]bool{}
	for queue := start; len(queue) > 0; queue = queue[1:] {
		if seen[queue[0]] {
			continue
		}
		seen[queue[0]] = true
		queue = append(queue, w.neighbours(queue[0], backwards)...)
	}
	return seen
}

func (w Workflow) neighbours(s State, backwards bool) []State {
	var out []State
	for _, t := range w.Transitions {
		switch {
		case t.To == "":
		case backwards && t.To == s:
			out = append(out, t.From...)
		case !backwards && slices.Contains(t.From, s):
			out = append(out, t.To)
		}
	}
	return out
}
