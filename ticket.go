package guichet

import (
	"slices"
	"time"
)

// Kind is the nature of a ticket.
type Kind string

// The kinds of tickets (seed 004: it worked and no longer does, or I need something).
const (
	KindIncident Kind = "incident"
	KindRequest  Kind = "request"
	KindProblem  Kind = "problem"
)

// Valid reports whether k is a kind that can be asked for.
func (k Kind) Valid() bool { return k == KindIncident || k == KindRequest || k == KindProblem }

// Grade is a degree of urgency or impact.
type Grade string

// The grades (seed 003: basse, moyenne, haute).
const (
	GradeLow    Grade = "low"
	GradeMedium Grade = "medium"
	GradeHigh   Grade = "high"
)

// Valid reports whether g is one of the three grades.
func (g Grade) Valid() bool { return g == GradeLow || g == GradeMedium || g == GradeHigh }

// Priority is what urgency and impact give by the matrix.
type Priority string

// The priorities.
const (
	PriorityLow      Priority = "low"
	PriorityMedium   Priority = "medium"
	PriorityHigh     Priority = "high"
	PriorityCritical Priority = "critical"
)

// Valid reports whether p is a known priority.
func (p Priority) Valid() bool {
	return p == PriorityLow || p == PriorityMedium || p == PriorityHigh || p == PriorityCritical
}

// Matrix gives the priority: impact, then urgency.
type Matrix map[Grade]map[Grade]Priority

// Priority looks a pair up. A grade that is not set counts as medium, and so does a missing cell.
func (m Matrix) Priority(impact, urgency Grade) Priority {
	if !impact.Valid() {
		impact = GradeMedium
	}
	if !urgency.Valid() {
		urgency = GradeMedium
	}
	if p := m[impact][urgency]; p.Valid() {
		return p
	}
	return PriorityMedium
}

// State is where a ticket is in its life (DOMAIN A).
type State string

// The states.
const (
	StateAwaitingApproval State = "awaiting_approval"
	StateRejected         State = "rejected"
	StateNew              State = "new"
	StateAssigned         State = "assigned"
	StatePending          State = "pending"
	StateResolved         State = "resolved"
	StateClosed           State = "closed"
	StateCancelled        State = "cancelled" // withdrawn by its requester
)

// States lists the states in the order of a life.
func States() []State {
	return []State{StateAwaitingApproval, StateNew, StateAssigned, StatePending, StateResolved,
		StateClosed, StateRejected, StateCancelled}
}

// Valid reports whether s is a known state.
func (s State) Valid() bool { return slices.Contains(States(), s) }

// Final reports whether nothing changes the state again (A10).
func (s State) Final() bool { return s == StateClosed || s == StateRejected || s == StateCancelled }

// Open reports whether somebody still has to work on the ticket.
func (s State) Open() bool { return !s.Final() && s != StateResolved }

// WorkPlace says where the beneficiary works (seed 004).
type WorkPlace string

// The places of work.
const (
	WorkOnSite WorkPlace = "on_site"
	WorkAtHome WorkPlace = "at_home"
)

// Valid reports whether w is empty or a known place of work.
func (w WorkPlace) Valid() bool { return w == "" || w == WorkOnSite || w == WorkAtHome }

// Ticket is an incident, a service request or a problem. A zero time is a time that is not set.
type Ticket struct {
	ID          ID
	Number      int64 // from 1, without gaps but for lost transactions
	Kind        Kind
	State       State
	Title       string
	Description string // Markdown

	RequesterID    ID
	BeneficiaryID  ID // same as the requester unless opened for somebody else
	OpenedByID     ID // who typed it: requester, colleague or moderator
	OrganisationID ID // of the beneficiary when it was opened
	ServiceID      ID
	OfferingID     ID
	FormVersion    int
	Answers        []Answer
	WorkflowID     ID
	Workflow       int // version of the workflow that the ticket follows

	Urgency   Grade
	Impact    Grade
	Priority  Priority
	Phone     string
	WorkPlace WorkPlace
	Location  string
	Channel   Channel
	Tags      []string // in their one form, in the order of the alphabet

	TeamID        ID
	AssigneeID    ID // empty: in the pool of the team
	Level         Level
	PendingReason string // key of a reason of the workflow
	PendingUntil  time.Time
	Solution      string // Markdown
	AffectedID    ID     // service that was at fault (A7)
	ApprovalStep  int    // 1-based step that is waited for; 0: none

	OpenedAt    time.Time
	UpdatedAt   time.Time
	ContactedAt time.Time // first answer or taking by an agent
	ResolvedAt  time.Time
	ClosedAt    time.Time
	CloseAt     time.Time // when silence closes it
	Reopened    int       // how many times it went back to work

	RatingTime    int // 1 to 5; 0: not rated (A9)
	RatingAnswers int
	RatingComment string

	LastMessage string // beginning of the last public message, plain text, for lists
	LastSeq     int64  // of its last event
	Version     int64  // moves with every change of its fields: optimistic locking
}

// PartyRole is how a person takes part in a ticket.
type PartyRole string

// The ways of taking part.
const (
	PartyRequester   PartyRole = "requester"
	PartyBeneficiary PartyRole = "beneficiary"
	PartyObserver    PartyRole = "observer"
	PartyApprover    PartyRole = "approver"
	PartyAssignee    PartyRole = "assignee"
)

// Party is a person and the way in which he or she takes part in a ticket.
type Party struct {
	PersonID ID
	Role     PartyRole
}

// Task is a piece of work of a ticket: an order, an expert's visit, a step (C3, seed 004).
type Task struct {
	ID         ID
	TicketID   ID
	Title      string
	AssigneeID ID
	DueAt      time.Time
	Minutes    int // planned duration
	DoneAt     time.Time
	DoneByID   ID
	CreatedAt  time.Time
}

// Document is a file of a ticket. Its content is found by its hash.
type Document struct {
	ID        ID
	TicketID  ID
	EventID   ID // the message it came with
	Name      string
	MediaType string
	Size      int64  // bytes
	Hash      string // SHA-256, hexadecimal
	Internal  bool
	AuthorID  ID
	CreatedAt time.Time
	Width     int // of a picture, in pixels; 0: not known
	Height    int
}

// MaxDocumentSize is the size above which a file is refused (A1), in bytes.
const MaxDocumentSize = 50 << 20
