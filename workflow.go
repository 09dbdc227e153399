package guichet

import (
	"slices"
	"time"
)

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

// PauseClocks lists the clocks that a pending reason may stop: that of the first contact and that of
// the resolution.
func PauseClocks() []string { return []string{"contact", "resolution"} }

// StepName is what a workflow calls a state ("Post-assignation"): for agents, and for requesters. An
// empty one is the usual word.
type StepName struct {
	State  State  `json:"state" yaml:"state"`
	Name   string `json:"name,omitempty" yaml:"name,omitempty"`
	Portal string `json:"portal,omitempty" yaml:"portal,omitempty"`
}

// Workflow is a process as data (A14). A ticket keeps the version with which it was opened.
type Workflow struct {
	ID             ID              `json:"id" yaml:"id"`
	Version        int             `json:"version" yaml:"-"`
	Name           string          `json:"name" yaml:"name"`
	Transitions    []Transition    `json:"transitions" yaml:"transitions"`
	PendingReasons []PendingReason `json:"pending_reasons" yaml:"pending_reasons"`
	Closure        Closure         `json:"closure,omitempty" yaml:"closure,omitempty"`             // empty: as the transitions say
	AutoCloseDays  int             `json:"auto_close_days" yaml:"auto_close_days"`                 // calendar days of silence after which a solution closes; 0: never
	ReopenDays     int             `json:"reopen_days,omitempty" yaml:"reopen_days,omitempty"`     // days after its solution in which the requester may send it back; 0: until it is closed
	CloseOnOpen    bool            `json:"close_on_open,omitempty" yaml:"close_on_open,omitempty"` // the former way to write the closure "on_open"
	Rating         bool            `json:"rating" yaml:"rating"`                                   // the requester rates when validating
	Steps          []StepName      `json:"steps,omitempty" yaml:"steps,omitempty"`
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
func (w Workflow) Available(actor Actor, t Ticket, p Place, now time.Time) []Transition {
	var out []Transition
	for _, a := range Actions() {
		tr, ok := w.Transition(a, t.State)
		if ok && actor.Performs(tr, t, p) && !w.pointless(a, t) && !w.late(a, t, actor, now) {
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

// Step finds what the workflow calls a state; empty when it says nothing of it.
func (w Workflow) Step(s State) StepName {
	i := slices.IndexFunc(w.Steps, func(n StepName) bool { return n.State == s })
	if i < 0 {
		return StepName{State: s}
	}
	return w.Steps[i]
}

// Uses reports whether a ticket that follows the workflow may be in a state.
func (w Workflow) Uses(s State) bool { return slices.Contains(w.States(), s) }

// States lists the states of the workflow in the order of a life. A ticket begins as new, or assigned
// when a rule gives it a team, whatever the transitions say, unless it is closed as it is opened.
func (w Workflow) States() []State {
	used := map[State]bool{StateNew: true, StateAssigned: w.Policy() != ClosureOnOpen}
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
