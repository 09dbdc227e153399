package guichet

import (
	"slices"
	"time"
)

// Absence is a time during which somebody is away, and who answers meanwhile.
type Absence struct {
	ID       ID
	PersonID ID
	From     time.Time
	To       time.Time // the person is back: not part of the absence
	DeputyID ID        // empty: nobody
	Note     string    // for those who look for the person; one line
}

// MaxAbsence is the longest absence that can be declared: beyond it, an address is wrong or somebody
// has left.
const MaxAbsence = 400 * 24 * time.Hour

// Holds reports whether the absence holds a moment.
func (a Absence) Holds(at time.Time) bool { return !at.Before(a.From) && at.Before(a.To) }

// Overlaps reports whether two absences share a moment.
func (a Absence) Overlaps(b Absence) bool { return a.From.Before(b.To) && b.From.Before(a.To) }

// Check says what is wrong with an absence that is declared at a moment: it ends before it begins or
// is over already, it is endless, somebody answers for himself.
func (a Absence) Check(now time.Time) error {
	var p Problems
	switch {
	case a.From.IsZero():
		p.Add("from", "field.required")
	case a.To.IsZero():
		p.Add("to", "field.required")
	case !a.To.After(a.From):
		p.Add("to", "absence.ends_first")
	case !a.To.After(now):
		p.Add("to", "field.past")
	case a.To.Sub(a.From) > MaxAbsence:
		p.Add("to", "absence.too_long")
	}
	if a.DeputyID != "" && a.DeputyID == a.PersonID {
		p.Add("deputy", "absence.own_deputy")
	}
	p.AtMost("note", a.Note, MaxAbsenceNote)
	return p.Err()
}

// MaxAbsenceNote is the length of the note of an absence, in characters.
const MaxAbsenceNote = 200

// Absences are those of several persons at one moment.
type Absences []Absence

// Away reports whether a person is absent.
func (l Absences) Away(person ID) bool {
	return slices.ContainsFunc(l, func(a Absence) bool { return a.PersonID == person })
}

// Deputy is who answers for a person, empty when the person is there or has named nobody. There is no
// going further: who answers for somebody does so even when away.
func (l Absences) Deputy(person ID) ID {
	for _, a := range l {
		if a.PersonID == person && a.DeputyID != "" {
			return a.DeputyID
		}
	}
	return ""
}
