package guichet

import "time"

// WaveKind says what is done to many tickets in one step.
type WaveKind string

// The kinds of waves.
const (
	WaveAnswer   WaveKind = "answer"   // one message, in each ticket
	WaveResolve  WaveKind = "resolve"  // one solution, each by its own process
	WaveAnnounce WaveKind = "announce" // each is joined to an announcement
)

// Valid reports whether k is a wave that somebody writes.
func (k WaveKind) Valid() bool { return k == WaveAnswer || k == WaveResolve }

// Wave is one message, or one solution, that goes out from a problem or a major incident to the tickets that
// stand below it, each of them once.
type Wave struct {
	ID        ID
	TicketID  ID // from which it goes out
	Kind      WaveKind
	Text      string // Markdown with placeholders; of an announcement: its identifier
	ServiceID ID     // at fault, for a solution; empty: each ticket's own
	Base      string // public address of the desk, for links
	ByID      ID
	At        time.Time
	EndedAt   time.Time
}

// Check says what is wrong with a wave.
func (w Wave) Check(d *Desk) error {
	var p Problems
	if !w.Kind.Valid() {
		p.Add("kind", "field.unknown_value")
	}
	p.Text("text", w.Text, MaxText)
	checkPlaceholders(&p, "text", w.Text, false)
	if w.ServiceID != "" && !d.known(w.ServiceID) {
		p.Add("service", "field.unknown_value")
	}
	return p.Err()
}

// Write is the text of a wave for one ticket, in its requester's language.
func (w Wave) Write(locale string, f TemplateFacts) (string, error) {
	return RenderMarkdown(w.Text, locale, f)
}

// KnownError is what is known of a problem: what causes it, and what helps until it is mended.
type KnownError struct {
	Cause      string // Markdown, for agents
	Workaround string // Markdown
	At         time.Time
	ByID       ID
}

// Check says what is wrong with what is known of a problem.
func (k KnownError) Check() error {
	var p Problems
	p.AtMost("cause", k.Cause, MaxAnnouncement)
	p.AtMost("workaround", k.Workaround, MaxAnnouncement)
	return p.Err()
}

// MajorIncident is a ticket declared to touch many.
type MajorIncident struct {
	TicketID       ID
	DeclaredAt     time.Time
	DeclaredByID   ID
	EndedAt        time.Time // zero: goes on
	AnnouncementID ID        // made from it, if any
}

// Declared reports whether there is a major incident that goes on.
func (m MajorIncident) Declared() bool { return !m.DeclaredAt.IsZero() && m.EndedAt.IsZero() }

// similarBefore is how long before a major incident was opened tickets may speak of it already.
const similarBefore = 4 * time.Hour

// SimilarSince is from when the tickets about the same service may belong to a major incident.
func SimilarSince(t Ticket) time.Time { return t.OpenedAt.Add(-similarBefore) }
