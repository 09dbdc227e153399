package storetest

import "guichet"

// workflows are two ways of ending a ticket (DOMAIN A8 i and ii), and one that ends at once (iii).
func workflows() map[guichet.ID]guichet.Workflow {
	return byID(func(w guichet.Workflow) guichet.ID { return w.ID },
		guichet.Workflow{ID: Validated, Name: "Le demandeur valide", AutoCloseDays: 7, Rating: true,
			PendingReasons: reasons(), Transitions: append(work(),
				step(guichet.ActionValidate, resolved, guichet.StateClosed, "requester"),
				step(guichet.ActionRejectSolution, resolved, guichet.StateAssigned, "requester").needs(guichet.RequireReason),
				step(guichet.ActionReopen, resolved, guichet.StateAssigned, "moderator").needs(guichet.RequireReason),
				step(guichet.ActionClose, resolved, guichet.StateClosed, "system"),
				step(guichet.ActionRate, from{guichet.StateClosed}, "", "requester")).list()},
		guichet.Workflow{ID: Moderated, Name: "Un modérateur clôt", PendingReasons: reasons(), Transitions: append(work(),
			step(guichet.ActionReopen, resolved, guichet.StateAssigned, "requester", "moderator").needs(guichet.RequireReason),
			step(guichet.ActionClose, resolved, guichet.StateClosed, "moderator")).list()},
		guichet.Workflow{ID: Recorded, Name: "Clos à l’ouverture", CloseOnOpen: true, Transitions: steps{
			step(guichet.ActionClose, from{guichet.StateNew}, guichet.StateClosed, "moderator")}.list()})
}

func reasons() []guichet.PendingReason {
	return []guichet.PendingReason{{Key: "requester", Name: "En attente du demandeur"},
		{Key: "planned", Name: "Date prévue", Dated: true}}
}

type (
	from       []guichet.State
	transition guichet.Transition
	steps      []transition
)

var (
	waiting  = from{guichet.StateAwaitingApproval}
	open     = from{guichet.StateNew, guichet.StateAssigned, guichet.StatePending}
	atWork   = from{guichet.StateNew, guichet.StateAssigned}
	resolved = from{guichet.StateResolved}
)

// work is what the two processes share: from the opening to the solution.
func work() steps {
	return steps{
		step(guichet.ActionApprove, waiting, guichet.StateNew, "approver"),
		step(guichet.ActionRefuse, waiting, guichet.StateRejected, "approver").needs(guichet.RequireReason),
		step(guichet.ActionQualify, open, "", "moderator", "team"),
		step(guichet.ActionAssign, open, guichet.StateAssigned, "moderator", "team", "assignee").needs(guichet.RequireTeam),
		step(guichet.ActionClaim, atWork, guichet.StateAssigned, "team", "moderator"),
		step(guichet.ActionHold, from{guichet.StateAssigned}, guichet.StatePending, "assignee", "moderator").needs(guichet.RequirePending),
		step(guichet.ActionResume, from{guichet.StatePending}, guichet.StateAssigned, "assignee", "moderator", "system"),
		step(guichet.ActionEscalate, from{guichet.StateAssigned}, guichet.StateAssigned, "assignee", "moderator").needs(guichet.RequireReason),
		step(guichet.ActionResolve, atWork, guichet.StateResolved, "assignee", "moderator").needs(guichet.RequireService, guichet.RequireSolution),
		step(guichet.ActionCancel, append(waiting, open...), guichet.StateCancelled, "requester"),
	}
}

func step(a guichet.Action, f from, to guichet.State, by ...guichet.Performer) transition {
	return transition{Action: a, From: f, To: to, By: by}
}

func (t transition) needs(r ...guichet.Requirement) transition {
	t.Requires = r
	return t
}

func (s steps) list() []guichet.Transition {
	out := make([]guichet.Transition, len(s))
	for i, t := range s {
		out[i] = guichet.Transition(t)
	}
	return out
}
