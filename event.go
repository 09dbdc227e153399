package guichet

import "time"

// EventKind says what happened.
type EventKind string

// The kinds of events.
const (
	EventOpened            EventKind = "opened"
	EventApprovalRequested EventKind = "approval_requested"
	EventApprovalGiven     EventKind = "approval_given"    // one approver agreed, the step may still be open
	EventApprovalDeclined  EventKind = "approval_declined" // one approver refused, others may still agree
	EventApproved          EventKind = "approved"          // every step agreed
	EventRefused           EventKind = "refused"
	EventApprovalReminded  EventKind = "approval_reminded" // those who have not answered are asked again
	EventApprovalPassed    EventKind = "approval_passed"   // somebody else is asked: an approver left or did not answer in time
	EventApprovalExpired   EventKind = "approval_expired"  // nobody answered in time: refused
	EventRouted            EventKind = "routed"            // by a rule
	EventQualified         EventKind = "qualified"
	EventAssigned          EventKind = "assigned"
	EventClaimed           EventKind = "claimed"
	EventEscalated         EventKind = "escalated"
	EventHeld              EventKind = "held"
	EventResumed           EventKind = "resumed"
	EventFollowedUp        EventKind = "followed_up"
	EventNoted             EventKind = "noted" // internal note
	EventTaskAdded         EventKind = "task_added"
	EventTaskDone          EventKind = "task_done"
	EventTaskUndone        EventKind = "task_undone" // it is to be done again
	EventDocumentAdded     EventKind = "document_added"
	EventResolved          EventKind = "resolved"
	EventValidated         EventKind = "validated"
	EventSolutionRejected  EventKind = "solution_rejected"
	EventRated             EventKind = "rated"
	EventReopened          EventKind = "reopened"
	EventClosed            EventKind = "closed"
	EventCancelled         EventKind = "cancelled"
	EventLinked            EventKind = "linked"
	EventUnlinked          EventKind = "unlinked"
	EventMerged            EventKind = "merged"   // closed for another ticket, RefID
	EventUnmerged          EventKind = "unmerged" // back to where it stood
	EventAbsorbed          EventKind = "absorbed" // another ticket, RefID, was closed for this one
	EventReleased          EventKind = "released" // that is undone
	EventSplit             EventKind = "split"    // a message went on in a ticket of its own, RefID
	EventUnsplit           EventKind = "unsplit"
	EventMajorDeclared     EventKind = "major_declared" // a major incident
	EventMajorEnded        EventKind = "major_ended"
	EventKnownError        EventKind = "known_error"      // what is known of a problem was written
	EventObserverAdded     EventKind = "observer_added"   // RefID: who follows it in copy
	EventObserverRemoved   EventKind = "observer_removed" // RefID: who no longer does
	EventAnnounced         EventKind = "announced"        // joined to an announcement or, with a text, told what is new of it
	EventUnannounced       EventKind = "unannounced"      // no longer joined to it
	EventChecklistAdded    EventKind = "checklist_added"
	EventChecklistRemoved  EventKind = "checklist_removed"
	EventChecked           EventKind = "checked" // a point of a checklist
	EventUnchecked         EventKind = "unchecked"
	EventMigrated          EventKind = "migrated"        // follows a newer version of its workflow
	EventContacted         EventKind = "contacted"       // somebody spoke to the beneficiary; with RefID it corrects an earlier one
	EventPauseAdded        EventKind = "pause_added"     // a past time that does not count, decided afterwards
	EventPauseWithdrawn    EventKind = "pause_withdrawn" // RefID: the pause that counts again
	EventDueSoon           EventKind = "due_soon"        // a delay is about to end
	EventTagged            EventKind = "tagged"          // tags were added or removed by hand
	EventOverdue           EventKind = "overdue"         // a delay is over
	EventRemote            EventKind = "remote"          // an agent asked for the address of the equipment; RefID: whose
)

// EventKinds lists every kind, for the checks of texts and of the audience table.
func EventKinds() []EventKind {
	return []EventKind{EventOpened, EventApprovalRequested, EventApprovalGiven, EventApproved,
		EventApprovalDeclined, EventApprovalReminded,
		EventApprovalPassed, EventApprovalExpired, EventRefused, EventRouted, EventQualified, EventAssigned, EventClaimed, EventEscalated,
		EventHeld, EventResumed, EventFollowedUp, EventNoted, EventTaskAdded, EventTaskDone, EventTaskUndone,
		EventDocumentAdded, EventResolved, EventValidated, EventSolutionRejected, EventRated,
		EventReopened, EventClosed, EventCancelled, EventLinked, EventUnlinked, EventMerged, EventUnmerged, EventAbsorbed,
		EventReleased, EventSplit, EventUnsplit, EventMajorDeclared, EventMajorEnded, EventKnownError, EventObserverAdded, EventObserverRemoved, EventAnnounced, EventUnannounced,
		EventChecklistAdded, EventChecklistRemoved, EventChecked, EventUnchecked, EventMigrated,
		EventContacted, EventPauseAdded, EventPauseWithdrawn, EventDueSoon, EventTagged, EventOverdue, EventRemote}
}

// Overtakes reports whether somebody who was writing to the requester would want to know of the event first:
// words of others, and steps in the life of the ticket.
func (k EventKind) Overtakes() bool {
	switch k {
	case EventFollowedUp, EventNoted, EventQualified, EventAssigned, EventClaimed, EventEscalated, EventHeld, EventResumed,
		EventResolved, EventValidated, EventSolutionRejected, EventReopened, EventClosed, EventCancelled:
		return true
	}
	return false
}

// Answers reports whether the event is an answer to an approval: its RefID is then the person in whose
// place it was given, if any.
func (k EventKind) Answers() bool {
	switch k {
	case EventApprovalGiven, EventApprovalDeclined, EventApproved, EventRefused:
		return true
	}
	return false
}

// Change is one field of a ticket before and after an event. The values are the stored ones
// (identifiers, keys); the faces show names.
type Change struct {
	Field string `json:"field"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// Event is what happened to a ticket: who, when, by which way, what, from, to. Events are appended
// and never rewritten (A11); they are the timeline, and what notifications are made from.
type Event struct {
	ID       ID
	TicketID ID
	Seq      int64 // order within the ticket, from 1
	At       time.Time
	ActorID  ID // empty: the desk itself
	Channel  Channel
	Kind     EventKind
	Internal bool   // never shown to the requester's side
	Text     string // Markdown: message, reason, solution
	RefID    ID     // the task, document, ticket or person concerned
	Changes  []Change
	Why      []string // for an automatic decision: the rule and the values it saw
	Trace    *Trace   // the whole explanation of such a decision
}

// Changed returns the change of a field, if the event holds one.
func (e Event) Changed(field string) (Change, bool) {
	for _, c := range e.Changes {
		if c.Field == field {
			return c, true
		}
	}
	return Change{}, false
}

// FieldMentioned is the change by which an event names a colleague who is told of it.
const FieldMentioned = "mentioned"

// Mentioned are the colleagues whom a note names.
func (e Event) Mentioned() []ID {
	var out []ID
	for _, c := range e.Changes {
		if c.Field == FieldMentioned {
			out = append(out, ID(c.To))
		}
	}
	return out
}

// ForRequester is what the requester's side may read of an event, or false when it may not know of
// it: internal events stay internal, and why a ticket passes from one agent to another is between them.
func (e Event) ForRequester() (Event, bool) {
	if e.Kind == EventAssigned || e.Kind == EventEscalated {
		e.Text = ""
	}
	e.Trace = nil // how work is given out is between agents
	return e, !e.Internal
}
