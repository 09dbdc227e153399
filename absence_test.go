package guichet

import (
	"testing"
	"time"
)

func TestAnAbsenceHoldsItsDays(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 7, n, 0, 0, 0, 0, time.UTC) }
	a := Absence{PersonID: "a", From: day(10), To: day(12), DeputyID: "b"}
	for at, want := range map[time.Time]bool{day(9): false, day(10): true, day(11): true, day(12).Add(-time.Microsecond): true, day(12): false} {
		if a.Holds(at) != want {
			t.Errorf("%s: %v", at, a.Holds(at))
		}
	}
	for _, c := range []struct {
		from, to int
		want     bool
	}{{1, 10, false}, {1, 11, true}, {11, 20, true}, {12, 20, false}, {10, 12, true}, {1, 20, true}} {
		if b := (Absence{From: day(c.from), To: day(c.to)}); a.Overlaps(b) != c.want || b.Overlaps(a) != c.want {
			t.Errorf("%d to %d: %v", c.from, c.to, a.Overlaps(b))
		}
	}
	l := Absences{{PersonID: "a"}, a, {PersonID: "b", DeputyID: "c"}}
	if l.Deputy("a") != "b" || l.Deputy("b") != "c" || l.Deputy("z") != "" || !l.Away("a") || l.Away("c") {
		t.Errorf("deputies: %q %q %q", l.Deputy("a"), l.Deputy("b"), l.Deputy("z"))
	}
}
