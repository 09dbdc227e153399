package guichet

import "time"

// Mode is what a message of the composer is.
type Mode string

// The modes of a message.
const (
	ModeReply    Mode = "reply"
	ModeNote     Mode = "note"
	ModeSolution Mode = "solution"
)

// Valid reports whether m is a known mode.
func (m Mode) Valid() bool { return m == ModeReply || m == ModeNote || m == ModeSolution }

// Outgoing is a message that was sent and has not left yet: its author may still take it back, and nobody
// else knows of it.
type Outgoing struct {
	ID        ID
	PersonID  ID // author
	TicketID  ID
	Mode      Mode
	Message   OutgoingMessage
	Channel   Channel
	CreatedAt time.Time
	DueAt     time.Time
	Failed    string // why it could not leave: the code of an error; empty: it waits for its time
}

// OutgoingMessage is what such a message says.
type OutgoingMessage struct {
	Text      string         `json:"text"`
	ServiceID ID             `json:"service,omitempty"` // of a solution: the one at fault
	Hold      bool           `json:"hold,omitempty"`    // then wait for the requester
	Despite   bool           `json:"despite,omitempty"` // resolve although somebody works on a child
	Files     []OutgoingFile `json:"files,omitempty"`
}

// OutgoingFile is a file that goes with it.
type OutgoingFile struct {
	Name      string `json:"name"`
	MediaType string `json:"type"`
	Size      int64  `json:"size"` // bytes
	Hash      string `json:"hash"`
	Width     int    `json:"width,omitempty"` // of a picture, pixels
	Height    int    `json:"height,omitempty"`
}
