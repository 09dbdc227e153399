package directory_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// faults lists "field: code" of an invalid input.
func faults(t *testing.T, err error) []string {
	t.Helper()
	var e *guichet.Error
	if !errors.As(err, &e) || e.Kind != guichet.KindInvalid {
		t.Fatalf("error %v, want an invalid input", err)
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Field+": "+f.Code)
	}
	return out
}

func TestAnAbsenceIsDeclaredInWholeDays(t *testing.T) {
	clock := NewClock() // Monday 16 March 2026, noon
	s := Open(t, clock.Now)
	Fill(t, s)
	d, rita := directory.New(s), Actor(t, s, Rita)
	a, err := d.DeclareAbsence(t.Context(), rita, directory.Away{First: "2026-03-27", Last: "2026-03-30", Deputy: "Élan", Note: "Congés\r\nBcc: x"})
	if err != nil {
		t.Fatal(err)
	}
	paris, _ := time.LoadLocation("Europe/Paris")
	if !a.From.Equal(time.Date(2026, 3, 27, 0, 0, 0, 0, paris)) || !a.To.Equal(time.Date(2026, 3, 31, 0, 0, 0, 0, paris)) || a.DeputyID != Ben || a.Note != "Congés Bcc: x" {
		t.Errorf("declared: %+v", a) // the clocks change on the 29th
	}
	c, err := d.Absences(t.Context(), rita, "")
	if err != nil || len(c.Away) != 1 || c.Away[0].Deputy != "Ben Élan" || c.Keeps {
		t.Fatalf("calendar: %+v, %v", c, err)
	}
	if first, last := c.Away[0].First.Format(time.DateOnly), c.Away[0].Last.Format(time.DateOnly); first != "2026-03-27" || last != "2026-03-30" {
		t.Errorf("shown from %s to %s", first, last)
	}
	if c, err := d.Absences(t.Context(), Actor(t, s, Ben), ""); err != nil || len(c.For) != 1 || c.For[0].Person != "Rita Durand" {
		t.Errorf("Ben deputises: %+v, %v", c, err)
	}
	for name, in := range map[string]directory.Away{
		"from: absence.overlaps":     {First: "2026-03-30", Last: "2026-04-02"},
		"to: absence.ends_first":     {First: "2026-03-20", Last: "2026-03-18"},
		"to: field.past":             {First: "2026-03-01", Last: "2026-03-15"},
		"to: absence.too_long":       {First: "2026-03-20", Last: "2028-03-20"},
		"deputy: person.unknown":     {First: "2026-03-20", Last: "2026-03-21", Deputy: "Personne"},
		"deputy: absence.own_deputy": {First: "2026-03-20", Last: "2026-03-21", Deputy: "rita"},
		"from: field.date":           {First: "hier", Last: "2026-03-21"},
	} {
		_, err := d.DeclareAbsence(t.Context(), rita, in)
		if got := faults(t, err); !slices.Equal(got, []string{name}) {
			t.Errorf("%+v: %v, want %s", in, got, name)
		}
	}
	_, err = d.DeclareAbsence(t.Context(), rita, directory.Away{Deputy: "Personne"})
	if got := faults(t, err); len(got) != 3 {
		t.Errorf("every field is told at once: %v", got)
	}
}

func TestOneDeclaresOneselfAndKeepersTheirs(t *testing.T) {
	s := Open(t, NewClock().Now)
	Fill(t, s)
	d, stan, fay := directory.New(s), Actor(t, s, Stan), Actor(t, s, Fay)
	away := directory.Away{Person: Rita, First: "2026-03-16", Last: "2026-03-20"}
	if _, err := d.DeclareAbsence(t.Context(), stan, away); guichet.KindOf(err) != guichet.KindNotFound {
		t.Errorf("a stranger declares Rita absent: %v", err)
	}
	if _, err := d.Absences(t.Context(), stan, Rita); guichet.KindOf(err) != guichet.KindNotFound {
		t.Errorf("a stranger reads when Rita is away: %v", err)
	}
	if _, err := d.DeclareAbsence(t.Context(), keeper(fay, guichet.Area{OrganisationID: "rennes"}), away); guichet.KindOf(err) != guichet.KindNotFound {
		t.Errorf("who keeps Rennes declares for Lyon: %v", err)
	}
	if _, err := d.DeclareAbsence(t.Context(), guichet.Actor{}, directory.Away{Person: Rita}); err == nil {
		t.Error("nobody declares somebody absent")
	}
	a, err := d.DeclareAbsence(t.Context(), keeper(fay, guichet.Area{OrganisationID: "lyon"}), away)
	if err != nil || a.PersonID != Rita {
		t.Fatalf("who keeps Lyon declares Rita absent: %+v, %v", a, err)
	}
	err = s.Read(t.Context(), func(tx *store.Tx) error {
		trail, err := tx.AuditTrail(t.Context(), "person", Rita, store.Cursor{}, 5)
		if len(trail) != 1 || trail[0].Act != "absence" || trail[0].ActorID != Fay || trail[0].Name != "Rita Durand" {
			t.Errorf("kept of it: %+v", trail)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.EndAbsence(t.Context(), stan, a.ID); guichet.KindOf(err) != guichet.KindNotFound {
		t.Errorf("a stranger ends it: %v", err)
	}
	reader := Actor(t, s, Rita)
	reader.TokenScopes = []guichet.TokenScope{guichet.TokenRead}
	if _, err := d.EndAbsence(t.Context(), reader, a.ID); guichet.KindOf(err) != guichet.KindDenied {
		t.Errorf("a token that reads ends it: %v", err)
	}
	if _, err := d.EndAbsence(t.Context(), Actor(t, s, Rita), a.ID); err != nil {
		t.Errorf("Rita comes back early: %v", err)
	}
	if c, err := d.Absences(t.Context(), Actor(t, s, Rita), ""); err != nil || len(c.Away) != 0 {
		t.Errorf("still away: %+v, %v", c.Away, err)
	}
	if _, err := d.EndAbsence(t.Context(), Actor(t, s, Rita), a.ID); guichet.CodeOf(err) != "absence.not_found" {
		t.Errorf("ended twice: %v", err)
	}
}
