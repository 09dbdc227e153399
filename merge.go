package guichet

import "time"

// MergeKind says why a ticket is closed for another.
type MergeKind string

// The kinds of merges.
const (
	MergeDuplicate MergeKind = "duplicate" // it says the same: nothing of it is needed
	MergeWhole     MergeKind = "merge"     // what it holds is read with the other
)

// Valid reports whether k is a known kind of merge.
func (k MergeKind) Valid() bool { return k == MergeDuplicate || k == MergeWhole }

// Link is the link that a merge leaves between two tickets.
func (k MergeKind) Link(from, into ID) Link {
	if k == MergeDuplicate {
		return Link{FromID: from, ToID: into, Kind: LinkDuplicateOf}
	}
	return Link{FromID: from, ToID: into, Kind: LinkMergedInto}
}

// Merge is a ticket that was closed for another one. Nothing is copied: what the closed one holds stays
// there, and is read with the other by whoever may read it.
type Merge struct {
	FromID, IntoID ID
	Kind           MergeKind
	Shared         bool // its public messages are read by whoever reads the other
	Stood          Stood
	Followers      []ID // who began to follow the other by this
	At             time.Time
	ByID           ID
}

// MaxMerged is how many tickets are merged at once.
const MaxMerged = 20

// Stood is where a ticket stood before it was closed for another.
type Stood struct {
	State         State     `json:"state"`
	PendingReason string    `json:"pending_reason,omitempty"`
	PendingUntil  time.Time `json:"pending_until,omitzero"`
	ResolvedAt    time.Time `json:"resolved_at,omitzero"`
	CloseAt       time.Time `json:"close_at,omitzero"`
	Step          int       `json:"step,omitempty"` // of the approval that was waited for
}

// Fold closes a ticket for another, and says where it stood.
func (t Ticket) Fold(now time.Time) (Ticket, Stood) {
	stood := Stood{t.State, t.PendingReason, t.PendingUntil, t.ResolvedAt, t.CloseAt, t.ApprovalStep}
	t.State, t.PendingReason, t.PendingUntil, t.CloseAt, t.ApprovalStep = StateClosed, "", time.Time{}, time.Time{}, 0
	t.ClosedAt, t.UpdatedAt = now, now
	return t, stood
}

// Unfold puts a ticket back where it stood.
func (t Ticket) Unfold(s Stood, now time.Time) Ticket {
	t.State, t.PendingReason, t.PendingUntil, t.ResolvedAt, t.CloseAt = s.State, s.PendingReason, s.PendingUntil, s.ResolvedAt, s.CloseAt
	t.ApprovalStep = s.Step
	t.ClosedAt, t.UpdatedAt = time.Time{}, now
	return t
}

// CheckMerge says why a ticket may not be closed for another.
func CheckMerge(from, into Ticket) error {
	switch {
	case from.ID == into.ID:
		return Conflict("merge.self")
	case from.State.Final():
		return Conflict("merge.final", "Number", from.Number)
	case into.State.Final():
		return Conflict("merge.into_final", "Number", into.Number)
	case (from.Kind == KindProblem) != (into.Kind == KindProblem):
		return Conflict("merge.kinds", "Number", from.Number)
	}
	return nil
}

// Since is what happened since two tickets were merged.
type Since struct {
	Merged   bool // the other was itself closed for a third one
	Spoke    ID   // who wrote on the other one while following it by the merge alone
	Followed bool // the closed one was followed on
}

// CheckUnmerge says why a merge may not be undone: something depends on it.
func CheckUnmerge(from, into Ticket, s Since) error {
	switch {
	case s.Merged:
		return Conflict("unmerge.merged", "Number", into.Number)
	case into.State.Final():
		return Conflict("unmerge.final", "Number", into.Number)
	case from.State != StateClosed:
		return Conflict("unmerge.changed", "Number", from.Number)
	case s.Spoke != "":
		return Conflict("unmerge.spoke")
	case s.Followed:
		return Conflict("unmerge.followed", "Number", from.Number)
	}
	return nil
}

// Splits reports whether an event is a message that may be taken out of its ticket: a public one, that does
// not begin it.
func (e Event) Splits() bool {
	return !e.Internal && (e.Kind == EventFollowedUp || e.Kind == EventDocumentAdded)
}

// Carried reports whether an event of a ticket is read with the one for which it was closed: what was said
// there, not each step of its life.
func (e Event) Carried() bool {
	switch e.Kind {
	case EventOpened, EventFollowedUp, EventNoted, EventTaskAdded, EventDocumentAdded, EventResolved, EventSolutionRejected:
		return true
	case EventAnnounced:
		return e.Text != ""
	}
	return false
}
