package guichet

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
	Moderators []ID // of the ticket's service and organisation
	Team       []ID // members of the assigned team
}

// Recipients lists the persons whom an event concerns, each once, never its author: except that
// who opens a ticket gets its number. The rule is per kind of event; the first reason that holds
// for a person is the one given.
func (a Audience) Recipients(e Event) []Recipient {
	var list recipients
	switch e.Kind {
	case EventOpened:
		list.add(ToldRequester, a.with(PartyRequester, PartyBeneficiary, PartyObserver)...)
		list.add(ToldRequester, a.Ticket.OpenedByID)
		a.newcomer(&list)
		return list.items
	case EventApprovalRequested:
		list.add(ToldApprover, a.Approvers...)
	case EventApproved:
		list.add(ToldRequester, a.with(PartyRequester, PartyBeneficiary)...)
		a.newcomer(&list)
	case EventRefused, EventHeld:
		list.add(ToldRequester, a.with(PartyRequester, PartyBeneficiary)...)
	case EventResolved, EventClosed:
		list.add(ToldRequester, a.with(PartyRequester, PartyBeneficiary, PartyObserver)...)
		list.add(ToldAgent, a.Ticket.AssigneeID)
	case EventClaimed:
		list.add(ToldRequester, a.with(PartyRequester, PartyBeneficiary)...)
	case EventAssigned, EventEscalated, EventRouted:
		a.handover(&list, e)
	case EventResumed, EventValidated, EventSolutionRejected, EventReopened, EventCancelled:
		a.handlers(&list)
		if e.Kind == EventReopened {
			list.add(ToldRequester, a.with(PartyRequester, PartyBeneficiary)...)
		}
	case EventFollowedUp, EventDocumentAdded:
		a.exchange(&list, e)
	case EventNoted:
		list.add(ToldAgent, a.Ticket.AssigneeID)
	case EventTaskAdded:
		list.add(ToldAgent, e.RefPerson())
	case EventObserverAdded:
		list.add(ToldRequester, e.RefID)
	}
	return list.without(e.ActorID)
}

// RefPerson is the technician named by the changes of an event, if any.
func (e Event) RefPerson() ID {
	c, _ := e.Changed("technician")
	return ID(c.To)
}

// newcomer tells those who have to do something with a ticket that has just arrived.
func (a Audience) newcomer(list *recipients) {
	switch a.Ticket.State {
	case StateNew:
		list.add(ToldModerator, a.Moderators...)
	case StateAssigned:
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
			list.add(ToldRequester, a.with(PartyRequester, PartyBeneficiary)...)
		}
	}
}

// exchange tells the requester's side and those who handle the ticket of a message.
func (a Audience) exchange(list *recipients, e Event) {
	if !e.Internal {
		list.add(ToldRequester, a.with(PartyRequester, PartyBeneficiary, PartyObserver)...)
	}
	if a.Ticket.State != StateAwaitingApproval {
		a.handlers(list)
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

// recipients is a list in which each person stands once.
type recipients struct{ items []Recipient }

func (r *recipients) add(why Told, people ...ID) {
	for _, id := range people {
		if id != "" && !r.has(id) {
			r.items = append(r.items, Recipient{id, why})
		}
	}
}

func (r *recipients) has(id ID) bool {
	for _, x := range r.items {
		if x.PersonID == id {
			return true
		}
	}
	return false
}

func (r *recipients) without(id ID) []Recipient {
	var out []Recipient
	for _, x := range r.items {
		if x.PersonID != id {
			out = append(out, x)
		}
	}
	return out
}
