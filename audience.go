package guichet

import "slices"

// Told is why a person is told of an event.
type Told string

// The reasons.
const (
	ToldRequester Told = "requester" // asked for it, has the need, or follows it
	ToldApprover  Told = "approver"  // has to answer
	ToldAgent     Told = "agent"     // handles it
	ToldModerator Told = "moderator" // has to qualify it
	ToldTeam      Told = "team"      // may take it from the pool
)

// Recipient is a person to tell, and why.
type Recipient struct {
	PersonID ID
	Why      Told
}

// Audience is what is needed to know who an event concerns.
type Audience struct {
	Ticket     Ticket
	Parties    []Party
	Approvers  []ID // asked at the current step
	Awaited    []ID // those of them whose answer is still waited for
	Moderators []ID // of the ticket's service and organisation
	Team       []ID // members of the assigned team
	Named      []ID // holders of the roles that an escalation names
	Moderated  bool // the workflow leaves the closing to moderators (A8 ii), see Workflow.Moderated
}

// Recipients lists the persons whom an event concerns, each once, never its author: except that
// who opens a ticket gets its number. The rule is per kind of event; the first reason that holds
// for a person is the one given. An internal event is told to those who handle the ticket only.
func (a Audience) Recipients(e Event) []Recipient {
	list := recipients{internal: e.Internal}
	switch e.Kind {
	case EventOpened:
		a.side(&list)
		list.add(ToldRequester, a.Ticket.OpenedByID)
		a.newcomer(&list)
		return list.items
	case EventApprovalRequested, EventApprovalPassed:
		list.add(ToldApprover, a.Approvers...)
	case EventApprovalReminded:
		list.add(ToldApprover, a.Awaited...)
	case EventApproved:
		a.concerned(&list)
		a.newcomer(&list)
	case EventRefused, EventApprovalExpired:
		a.side(&list)
	case EventHeld:
		a.concerned(&list)
		list.add(ToldAgent, a.Ticket.AssigneeID)
	case EventResolved, EventValidated, EventClosed, EventCancelled:
		a.outcome(&list, e)
	case EventClaimed:
		a.concerned(&list)
	case EventAssigned, EventEscalated:
		a.handover(&list, e)
	case EventResumed:
		a.handlers(&list)
	case EventSolutionRejected, EventReopened:
		a.handlers(&list)
		a.concerned(&list)
	case EventFollowedUp, EventDocumentAdded:
		a.exchange(&list)
	case EventNoted, EventTaskDone:
		list.add(ToldAgent, a.Ticket.AssigneeID)
		list.add(ToldAgent, e.Mentioned()...)
	case EventTaskAdded:
		list.add(ToldAgent, e.RefPerson())
	case EventDueSoon:
		a.handlers(&list)
	case EventOverdue:
		a.escalated(&list, e.Told())
	case EventAnnounced:
		if e.Text != "" {
			a.side(&list)
		}
	case EventMerged:
		a.side(&list)
		list.add(ToldAgent, a.Ticket.AssigneeID)
		if e.from(StateAwaitingApproval) {
			list.add(ToldApprover, a.Awaited...)
		}
	case EventUnmerged:
		if a.Ticket.State != StateAwaitingApproval { // its approvers are asked again
			a.handlers(&list)
		}
		a.side(&list)
	case EventAbsorbed, EventReleased:
		list.add(ToldAgent, a.Ticket.AssigneeID)
	case EventObserverAdded:
		list.add(ToldRequester, e.RefID)
	}
	return list.without(e.ActorID)
}

// concerned are those who have the need.
func (a Audience) concerned(list *recipients) {
	list.add(ToldRequester, a.with(PartyRequester, PartyBeneficiary)...)
}

// side is the requester's side: those who have the need, and those who follow it.
func (a Audience) side(list *recipients) {
	a.concerned(list)
	list.add(ToldRequester, a.with(PartyObserver)...)
}

// outcome tells the requester's side and the technician how it ends; the moderators when it is
// theirs to close; the approvers when what they were asked about is withdrawn.
func (a Audience) outcome(list *recipients, e Event) {
	a.side(list)
	list.add(ToldAgent, a.Ticket.AssigneeID)
	if e.Kind == EventResolved && a.Moderated {
		list.add(ToldModerator, a.Moderators...)
	}
	if e.from(StateAwaitingApproval) {
		list.add(ToldApprover, a.Approvers...)
	} else if e.Kind == EventCancelled {
		a.handlers(list)
	}
}

// from reports whether an event took its ticket out of a state.
func (e Event) from(s State) bool {
	c, ok := e.Changed("state")
	return ok && State(c.From) == s
}

// RefPerson is the technician named by the changes of an event, if any.
func (e Event) RefPerson() ID {
	c, _ := e.Changed("technician")
	return ID(c.To)
}

// newcomer tells those who have to do something with a ticket that has just arrived: a moderator
// qualifies what is new; where there is none, the team has it.
func (a Audience) newcomer(list *recipients) {
	switch {
	case a.Ticket.State == StateNew && len(a.Moderators) > 0:
		list.add(ToldModerator, a.Moderators...)
	case a.Ticket.State == StateNew, a.Ticket.State == StateAssigned:
		a.handlers(list)
	}
}

// handlers are who has the ticket: its technician, else its team, else the moderators.
func (a Audience) handlers(list *recipients) {
	switch {
	case a.Ticket.AssigneeID != "":
		list.add(ToldAgent, a.Ticket.AssigneeID)
	case a.Ticket.TeamID != "":
		list.add(ToldTeam, a.Team...)
	default:
		list.add(ToldModerator, a.Moderators...)
	}
}

// handover tells who receives the ticket, and who loses it; the requester learns the name of a
// new technician.
func (a Audience) handover(list *recipients, e Event) {
	a.handlers(list)
	if c, ok := e.Changed("technician"); ok {
		list.add(ToldAgent, ID(c.From))
		if c.To != "" {
			a.concerned(list)
		}
	}
}

// exchange tells the requester's side of a message, and those who handle the ticket: before it is
// approved, its approvers.
func (a Audience) exchange(list *recipients) {
	a.side(list)
	if a.Ticket.State == StateAwaitingApproval {
		list.add(ToldApprover, a.Approvers...)
		return
	}
	a.handlers(list)
}

// escalated tells those whom a service level names once its delay is over.
func (a Audience) escalated(list *recipients, tell []Performer) {
	for _, who := range tell {
		switch who {
		case PerformerAssignee:
			list.add(ToldAgent, a.Ticket.AssigneeID)
		case PerformerTeam:
			list.add(ToldTeam, a.Team...)
		default:
			list.add(ToldModerator, a.Named...)
		}
	}
}

func (a Audience) with(roles ...PartyRole) []ID {
	var out []ID
	for _, role := range roles {
		for _, p := range a.Parties {
			if p.Role == role {
				out = append(out, p.PersonID)
			}
		}
	}
	return out
}

// recipients is a list in which each person stands once. An internal one takes agents only.
type recipients struct {
	items    []Recipient
	internal bool
}

func (r *recipients) add(why Told, people ...ID) {
	if r.internal && (why == ToldRequester || why == ToldApprover) {
		return
	}
	for _, id := range people {
		if id != "" && !r.has(id) {
			r.items = append(r.items, Recipient{id, why})
		}
	}
}

func (r *recipients) has(id ID) bool {
	return slices.ContainsFunc(r.items, func(x Recipient) bool { return x.PersonID == id })
}

func (r *recipients) without(id ID) []Recipient {
	return slices.DeleteFunc(r.items, func(x Recipient) bool { return x.PersonID == id })
}
