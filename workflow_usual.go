package guichet

import "slices"

// UsualTransition is what an action is in most processes, to begin with when one is added.
func UsualTransition(a Action, moderators []Performer) Transition {
	handlers := append([]Performer{PerformerAssignee, PerformerTeam}, moderators...)
	from, to, _ := Shape(a)
	t := Transition{Action: a, From: slices.Clone(from), To: to[0], By: handlers}
	work := []State{StateNew, StateAssigned, StatePending}
	switch a {
	case ActionApprove, ActionRefuse:
		t.By = []Performer{PerformerApprover}
	case ActionQualify:
		t.From = work
	case ActionAssign:
		t.To, t.Requires = StateAssigned, []Requirement{RequireTeam}
	case ActionClaim:
		t.From, t.To, t.By = []State{StateNew, StateAssigned}, StateAssigned, append([]Performer{PerformerTeam}, moderators...)
	case ActionHold:
		t.From, t.Requires = []State{StateAssigned}, []Requirement{RequirePending}
	case ActionResume:
		t.By = append(t.By, PerformerSystem)
	case ActionEscalate:
		t.From = []State{StateAssigned}
	case ActionResolve:
		t.From, t.Requires = []State{StateAssigned, StatePending}, []Requirement{RequireService, RequireSolution}
	case ActionValidate, ActionRejectSolution, ActionRate:
		t.By = []Performer{PerformerRequester}
	case ActionReopen:
		t.By = append([]Performer{PerformerRequester}, moderators...)
	case ActionClose:
		t.From, t.By = []State{StateResolved}, moderators
	case ActionCancel:
		t.From, t.By = append([]State{StateAwaitingApproval}, work...), append([]Performer{PerformerRequester}, moderators...)
	}
	if slices.Contains([]Action{ActionRefuse, ActionEscalate, ActionRejectSolution, ActionReopen}, a) {
		t.Requires = []Requirement{RequireReason}
	}
	return t
}

// NewWorkflow is the smallest process of seed 002: assigned always, held and taken back, resolved, closed
// by a moderator; with an approval when a form asks for one.
func NewWorkflow(id ID, name string, reasons []PendingReason, moderators []Performer) Workflow {
	w := Workflow{ID: id, Name: name, PendingReasons: reasons, Closure: ClosureModerator}
	for _, a := range []Action{ActionApprove, ActionRefuse, ActionQualify, ActionAssign, ActionClaim, ActionHold, ActionResume, ActionEscalate,
		ActionResolve, ActionReopen, ActionClose, ActionCancel} {
		w.Transitions = append(w.Transitions, UsualTransition(a, moderators))
	}
	return w
}
