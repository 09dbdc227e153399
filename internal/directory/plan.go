package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"guichet"
)

// What a line of a file would do.
const (
	LineCreate = "create"
	LineChange = "change"
	LineSame   = "same"
	LineLeave  = "leave"  // absent from the file: the record would be closed
	LineFaulty = "faulty" // it cannot be applied
	LineMoved  = "moved"  // it was not applied: what it is about changed meanwhile
)

// LineActions lists what lines may do, in the order of screens.
func LineActions() []string {
	return []string{LineFaulty, LineCreate, LineChange, LineLeave, LineSame, LineMoved}
}

// Line is a line of a file, as it was understood.
type Line struct {
	Seq          int                  `json:"-"`
	Line         int                  `json:"-"` // of the file; 0 for who is absent from it
	Action       string               `json:"-"`
	Name         string               `json:"name"`
	Key          string               `json:"key,omitempty"` // by which it was recognised, or its own
	Object       guichet.ID           `json:"object,omitempty"`
	Version      int64                `json:"version,omitempty"` // of the record that was seen
	Person       *PersonInput         `json:"person,omitempty"`
	Login        string               `json:"login,omitempty"`
	Returns      bool                 `json:"returns,omitempty"` // the record was closed and opens again
	Organisation *OrganisationInput   `json:"organisation,omitempty"`
	Differences  []Difference         `json:"differences,omitempty"`
	Faults       []guichet.FieldError `json:"faults,omitempty"`
}

// fault records why a line cannot be applied.
func (l *Line) fault(err error) {
	var e *guichet.Error
	if errors.As(err, &e) {
		l.Faults = append(l.Faults, e.Fields...)
		if len(e.Fields) == 0 {
			l.Faults = append(l.Faults, guichet.FieldError{Code: e.Code, Args: e.Args})
		}
	}
	if len(l.Faults) > 0 {
		l.Action = LineFaulty
	}
}

// fingerprint is what a preview promises: any other plan has another one.
func fingerprint(lines []Line) (string, error) {
	h := sha256.New()
	encoder := json.NewEncoder(h)
	for _, l := range lines {
		if err := encoder.Encode(struct {
			Line   int
			Action string
			L      Line
		}{l.Line, l.Action, l}); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// counts is how many lines do what.
func counts(lines []Line) map[string]int {
	out := map[string]int{}
	for _, l := range lines {
		out[l.Action]++
	}
	return out
}
