package guichet

import "time"

// Sides whose words differ from those of the reason for which they are told.
const (
	SideFormer   = "former"   // had the ticket
	SideAsked    = "asked"    // has to answer before the work goes on
	SideRecorded = "recorded" // asked for something that was settled at once
)

// MailSlots lists the messages that have words of their own, in the order of a life: what happened,
// then the sides to which it is told.
func MailSlots() []MailSlot {
	var out []MailSlot
	for _, row := range mailSides() {
		for _, side := range row.sides {
			out = append(out, MailSlot{row.event, side})
		}
	}
	return out
}

type toldOf struct {
	event EventKind
	sides []string
}

func mailSides() []toldOf {
	const requester, approver, agent = string(ToldRequester), string(ToldApprover), string(ToldAgent)
	const moderator, team = string(ToldModerator), string(ToldTeam)
	return []toldOf{
		{EventOpened, []string{requester, SideRecorded, agent, moderator, team}},
		{EventApprovalRequested, []string{approver}},
		{EventApprovalReminded, []string{approver}},
		{EventApprovalPassed, []string{approver}},
		{EventApprovalExpired, []string{requester}},
		{EventApproved, []string{requester, agent, moderator, team}},
		{EventRefused, []string{requester}},
		{EventAssigned, []string{requester, agent, SideFormer, moderator, team}},
		{EventClaimed, []string{requester}},
		{EventEscalated, []string{requester, agent, SideFormer, moderator, team}},
		{EventHeld, []string{requester, SideAsked, agent}},
		{EventResumed, []string{agent}},
		{EventFollowedUp, []string{requester, approver, agent}},
		{EventNoted, []string{agent}},
		{EventTaskAdded, []string{agent}},
		{EventTaskDone, []string{agent}},
		{EventDocumentAdded, []string{requester, approver, agent}},
		{EventResolved, []string{requester, approver, agent, moderator}},
		{EventValidated, []string{requester, approver, agent}},
		{EventSolutionRejected, []string{requester, agent}},
		{EventReopened, []string{requester, agent}},
		{EventClosed, []string{requester, approver, agent}},
		{EventCancelled, []string{requester, approver, agent}},
		{EventAnnounced, []string{requester}},
		{EventMerged, []string{requester, approver, agent}},
		{EventUnmerged, []string{requester, agent}},
		{EventAbsorbed, []string{agent}},
		{EventReleased, []string{agent}},
		{EventObserverAdded, []string{requester}},
		{EventDueSoon, []string{agent, moderator, team}},
		{EventOverdue, []string{agent, moderator, team}},
	}
}

// MailSample is what a preview of a message is about.
type MailSample struct {
	Slot   MailSlot
	Locale string // of the reader
	Ticket Ticket
	People map[ID]Person
	Due    time.Time // of the solution
	Text   string    // of the event, Markdown
	At     time.Time
}
