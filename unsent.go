package guichet

import (
	"encoding/json"
	"regexp"
	"time"
)

// Unsent is what somebody typed at a place (the composer of a ticket, a form) and has not sent yet.
type Unsent struct {
	PersonID ID
	Place    string // "ticket:48231", "form:moodle-incident"
	Body     string // JSON object: the fields of the form; only the browser reads it
	SavedAt  time.Time
	Version  int64 // moves with every saving, never back; 0: nothing is kept
}

// UnsentPair is what is kept of one place: the text at hand, and one that it took the place of when it
// was typed elsewhere at the same time.
type UnsentPair struct{ Present, Older Unsent }

// Bounds of what is not sent yet.
const (
	MaxUnsent       = 256 << 10 // bytes of a body
	MaxUnsentPlaces = 200       // of one person; beyond, the oldest go
)

var unsentPlace = regexp.MustCompile(`^[a-z]+(:[A-Za-z0-9_.-]{1,60}){0,3}$`)

// Check reports what is wrong with a text to be kept: invalid, too large.
func (u Unsent) Check() error {
	if len(u.Body) > MaxUnsent {
		return &Error{Kind: KindTooLarge, Code: "unsent.too_large"}
	}
	var fields map[string]json.RawMessage
	if !unsentPlace.MatchString(u.Place) || json.Unmarshal([]byte(u.Body), &fields) != nil || fields == nil {
		return Invalid("body", "unsent.unreadable")
	}
	return nil
}

// Save puts a text in place of the one at hand. Seen is the version that its writer had before; when
// another one is at hand, somebody types at two places at once: both stay. It changes nothing, and
// reports so, when what was seen has been sent or given up meanwhile: a saving that comes late brings
// nothing back.
func (p UnsentPair) Save(in Unsent, seen int64) (UnsentPair, bool) {
	if p.Present.Version == 0 && seen != 0 {
		return p, false
	}
	if p.Present.Version != seen && p.Present.Body != in.Body {
		p.Older = p.Present
	}
	in.Version = max(in.SavedAt.UnixMicro(), p.Present.Version+1)
	p.Present = in
	return p, true
}

// Swap takes the other text up again; the one at hand becomes the other one.
func (p UnsentPair) Swap(now time.Time) UnsentPair {
	if p.Older.Version == 0 {
		return p
	}
	version := max(now.UnixMicro(), p.Present.Version+1, p.Older.Version+1)
	p.Present, p.Older = p.Older, p.Present
	p.Present.Version = version
	return p
}
