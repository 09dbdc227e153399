package guichet

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// The oracle counts time at work without the code under test: it looks at the clock on the wall minute
// by minute (or second by second), and its holidays are a list of days copied from the official ones.

// oracleDays are the public holidays of three years, and of two days of a fourth.
var oracleDays = map[HolidaySet]string{
	HolidaysFrance: `2025-01-01 2025-04-21 2025-05-01 2025-05-08 2025-05-29 2025-06-09 2025-07-14 2025-08-15 2025-11-01 2025-11-11 2025-12-25
		2026-01-01 2026-04-06 2026-05-01 2026-05-08 2026-05-14 2026-05-25 2026-07-14 2026-08-15 2026-11-01 2026-11-11 2026-12-25
		2027-01-01 2027-03-29 2027-05-01 2027-05-08 2027-05-06 2027-05-17 2027-07-14 2027-08-15 2027-11-01 2027-11-11 2027-12-25 2028-12-25 2029-01-01`,
	HolidaysAlsaceMoselle: "2025-04-18 2026-04-03 2027-03-26 2025-12-26 2026-12-26 2027-12-26",
	HolidaysGuadeloupe:    "2025-05-27 2026-05-27 2027-05-27",
	HolidaysReunion:       "2025-12-20 2026-12-20 2027-12-20",
	HolidaysMayotte:       "2025-04-27 2026-04-27 2027-04-27",
	HolidaysMartinique:    "2025-05-22 2026-05-22 2027-05-22",
	HolidaysGuyane:        "2025-06-10 2026-06-10 2027-06-10",
}

// oracle is a calendar as plain data: hours of each weekday as "08:30 12:00" pairs.
type oracle struct {
	name     string
	zone     string
	hours    [7][][2]string // Sunday first
	holidays HolidaySet
	closed   map[string]bool        // days
	special  map[string][][2]string // days with hours of their own
}

func (o oracle) place() *time.Location {
	zone, err := time.LoadLocation(o.zone)
	if err != nil {
		panic(err)
	}
	return zone
}

// open looks at the clock on the wall.
func (o oracle) open(at time.Time, zone *time.Location, holidays map[string]bool) bool {
	wall := at.In(zone)
	day, clock := wall.Format("2006-01-02"), wall.Format("15:04")
	hours, special := o.special[day]
	if !special {
		if o.closed[day] || holidays[day] {
			return false
		}
		hours = o.hours[wall.Weekday()]
	}
	for _, h := range hours {
		if clock >= h[0] && clock < h[1] {
			return true
		}
	}
	return false
}

func (o oracle) days() map[string]bool {
	out := map[string]bool{}
	add := func(list string) {
		var day string
		for rest := list; ; {
			n, _ := fmt.Sscan(rest, &day)
			if n == 0 {
				return
			}
			out[day] = true
			for len(rest) > 0 && rest[0] <= ' ' {
				rest = rest[1:]
			}
			rest = rest[len(day):]
		}
	}
	if o.holidays != "" {
		add(oracleDays[HolidaysFrance])
	}
	if o.holidays != HolidaysFrance {
		add(oracleDays[o.holidays])
	}
	return out
}

// count steps from one instant to another and calls visit with each step that is worked; visit ends it.
func (o oracle) count(from, to time.Time, step time.Duration, visit func(at time.Time, length time.Duration) bool) {
	zone, holidays := o.place(), o.days()
	for at := from; at.Before(to); {
		next := at.Truncate(step).Add(step)
		if next.After(to) {
			next = to
		}
		if o.open(at, zone, holidays) && !visit(at, next.Sub(at)) {
			return
		}
		at = next
	}
}

// due steps until the work is done, leaving out the stops.
func (o oracle) due(from time.Time, work, step time.Duration, stopped func(time.Time) bool) (due time.Time) {
	o.count(from, from.AddDate(0, 3, 0), step, func(at time.Time, length time.Duration) bool {
		if stopped != nil && stopped(at) {
			return true
		}
		if work <= length {
			due = at.Add(work)
			return false
		}
		work -= length
		return true
	})
	return due
}

// calendar is the same as the code under test takes it.
func (o oracle) calendar(t testing.TB) Calendar {
	t.Helper()
	c := Calendar{ID: "cal", Name: o.name, TimeZone: o.zone, Holidays: o.holidays}
	for day, hours := range o.hours {
		c.Hours.Set(time.Weekday(day), spansOf(t, hours))
	}
	for day := range o.closed {
		d, _ := ParseDate(day)
		c.Closures = append(c.Closures, Closing{Name: "Fermeture", From: d})
	}
	for day, hours := range o.special {
		d, _ := ParseDate(day)
		c.Openings = append(c.Openings, Opening{Name: "Ouverture", Day: d, Hours: spansOf(t, hours)})
	}
	if err := c.Check(); err != nil {
		t.Fatalf("%s: %v", o.name, err)
	}
	return c.Prepared()
}

func spansOf(t testing.TB, hours [][2]string) []Span {
	t.Helper()
	var out []Span
	for _, h := range hours {
		s, ok := ParseSpans(h[0] + "-" + h[1])
		if !ok {
			t.Fatalf("hours %v", h)
		}
		out = append(out, s...)
	}
	return out
}

func week(hours ...[2]string) (w [7][][2]string) {
	for day := 1; day <= 5; day++ {
		w[day] = hours
	}
	return w
}

func everyDay(hours ...[2]string) (w [7][][2]string) {
	for day := range w {
		w[day] = hours
	}
	return w
}

var (
	officeHours = [][2]string{{"08:30", "12:00"}, {"13:30", "17:30"}}
	allDay      = [2]string{"00:00", "24:00"}
)

// oracles are the calendars of the table: offices in several places, a night shift, a desk that never
// closes, and places whose clocks change at midnight, by half an hour, in the other half of the year.
func oracles() []oracle {
	saturday := week(officeHours...)
	saturday[6] = [][2]string{{"09:00", "12:00"}}
	return []oracle{
		{name: "Bureau Paris", zone: "Europe/Paris", hours: week(officeHours...), holidays: HolidaysFrance,
			closed: map[string]bool{"2026-12-24": true, "2026-12-28": true}, special: map[string][][2]string{"2026-03-28": {{"09:00", "11:00"}}, "2026-12-31": {{"08:30", "12:00"}}}},
		{name: "Strasbourg, samedi matin", zone: "Europe/Paris", hours: saturday, holidays: HolidaysAlsaceMoselle},
		{name: "24 h sur 24", zone: "Europe/Paris", hours: everyDay(allDay)},
		{name: "24 h sur 24 sauf jours fériés", zone: "Europe/Paris", hours: everyDay(allDay), holidays: HolidaysFrance},
		{name: "Nuit", zone: "Europe/Paris", hours: everyDay([2]string{"00:00", "06:00"}, [2]string{"22:00", "24:00"})},
		{name: "Autour du changement d’heure", zone: "Europe/Paris", hours: everyDay([2]string{"01:15", "02:30"}, [2]string{"02:45", "03:20"})},
		{name: "Saint-Denis", zone: "Indian/Reunion", hours: everyDay(officeHours...), holidays: HolidaysReunion},
		{name: "Pointe-à-Pitre", zone: "America/Guadeloupe", hours: week([2]string{"07:00", "13:00"}), holidays: HolidaysGuadeloupe},
		{name: "Mamoudzou", zone: "Indian/Mayotte", hours: week([2]string{"07:00", "15:00"}), holidays: HolidaysMayotte},
		{name: "Fort-de-France", zone: "America/Martinique", hours: week(officeHours...), holidays: HolidaysMartinique},
		{name: "Cayenne", zone: "America/Cayenne", hours: week(officeHours...), holidays: HolidaysGuyane},
		{name: "New York", zone: "America/New_York", hours: everyDay([2]string{"00:30", "04:30"})},
		{name: "Minuit saute à Beyrouth", zone: "Asia/Beirut", hours: everyDay([2]string{"00:00", "02:00"}, [2]string{"23:00", "24:00"})},
		{name: "La Havane", zone: "America/Havana", hours: everyDay([2]string{"00:20", "01:40"}, [2]string{"12:00", "13:00"})},
		{name: "Une demi-heure à Lord Howe", zone: "Australia/Lord_Howe", hours: everyDay([2]string{"01:00", "03:00"})},
	}
}

// oracleStarts are instants near what makes counting hard: both changes of the clocks, holidays, the
// end of a day, of a week, of a year; with seconds that are not round.
func oracleStarts() []time.Time {
	var out []time.Time
	for _, text := range []string{"2026-03-27T16:50:07Z", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-04-02T15:10:11Z",
		"2026-05-07T15:29:59Z", "2026-05-26T16:30:00Z", "2026-10-24T23:59:01Z", "2026-10-25T00:30:30Z", "2026-10-25T01:00:00Z",
		"2026-12-18T13:45:33Z", "2026-12-23T16:29:59Z", "2026-12-31T10:59:30Z",
		"2028-12-31T05:10:00Z" /* the end of a leap year */} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			panic(err)
		}
		out = append(out, at)
	}
	return out
}

var oracleWorks = []time.Duration{time.Second, 30 * time.Minute, 4*time.Hour + 17*time.Second, 15 * time.Hour}

// TestOracle compares the calendar with the oracle on every calendar, start and delay of the table, and
// the clock of a ticket that waited, with pauses drawn at random (the same at each run).
func TestOracle(t *testing.T) {
	random := rand.New(rand.NewPCG(20261126, 3))
	cases := 0
	for _, o := range oracles() {
		t.Run(o.name, func(t *testing.T) {
			cal := o.calendar(t)
			for i, start := range oracleStarts() {
				for _, work := range oracleWorks {
					cases++
					checkAdd(t, o, cal, start, work)
				}
				cases++
				step := time.Minute
				if i == 6 { // around the repeated hour, by the second
					step = time.Second
				}
				checkPauses(t, trial{o, cal, start, step}, random)
			}
		})
	}
	if cases < 200 {
		t.Errorf("only %d cases", cases)
	}
	t.Logf("%d cases", cases)
}

func checkAdd(t *testing.T, o oracle, cal Calendar, start time.Time, work time.Duration) {
	t.Helper()
	want := o.due(start, work, time.Minute, nil)
	got, ok := cal.Add(start, work)
	if !ok || !got.Equal(want) {
		t.Errorf("%s + %s = %s, the oracle says %s", start, work, got.UTC(), want.UTC())
	}
	if back := cal.Between(start, want); back != work {
		t.Errorf("from %s to %s: %s, the oracle says %s", start, want, back, work)
	}
}

// trial is a calendar and its oracle from an instant on; step is how finely the oracle looks.
type trial struct {
	oracle
	cal   Calendar
	start time.Time
	step  time.Duration
}

// pauses draws three times that do not count, on whole steps.
func (x trial) pauses(random *rand.Rand) []lap {
	at := x.start.Truncate(x.step)
	draw := func(most time.Duration) time.Time {
		at = at.Add(time.Duration(1+random.Int64N(int64(most/x.step))) * x.step)
		return at
	}
	var out []lap
	for range 3 {
		out = append(out, lap{draw(9 * time.Hour), draw(20 * time.Hour)})
	}
	return out
}

// checkPauses waits three times, once decided afterwards, and compares due date and time spent.
func checkPauses(t *testing.T, x trial, random *rand.Rand) {
	t.Helper()
	pauses := x.pauses(random)
	stopped := func(at time.Time) bool {
		for _, p := range pauses {
			if !at.Before(p.from) && at.Before(p.to) {
				return true
			}
		}
		return false
	}
	now := pauses[2].to.Add(time.Hour)
	clock := pausedClock(x.cal, x.start, pauses, now).Resolve
	want := x.due(x.start, 5*time.Hour+30*time.Minute, x.step, stopped)
	if !clock.Due.Equal(want) {
		t.Errorf("from %s with pauses %v: due %s, the oracle says %s", x.start, pauses, clock.Due.UTC(), want.UTC())
	}
	var spent time.Duration
	x.count(x.start, now, x.step, func(at time.Time, length time.Duration) bool {
		if !stopped(at) {
			spent += length
		}
		return true
	})
	if clock.Elapsed != spent {
		t.Errorf("from %s with pauses %v: %s spent, the oracle says %s", x.start, pauses, clock.Elapsed, spent)
	}
}

// pausedClock is the clock of a ticket that waited during the first pauses, the last of which was
// decided afterwards; 5 h 30 to resolve.
func pausedClock(cal Calendar, start time.Time, pauses []lap, now time.Time) Clock {
	d := levelDesk(cal, ServiceLevel{ID: "l", CalendarID: cal.ID, Resolve: Target{Within: "5h 30m"}})
	s := newStory(start)
	for i, p := range pauses {
		if i == len(pauses)-1 {
			s.at(p.to).add(EventPauseAdded, Change{Field: "from", To: stamp(p.from)}, Change{Field: "until", To: stamp(p.to)})
			break
		}
		s.at(p.from).add(EventHeld, Change{"state", "assigned", "pending"}, Change{"pending_reason", "", "requester"})
		s.at(p.to).add(EventResumed, Change{"state", "pending", "assigned"}, Change{"pending_reason", "requester", ""})
	}
	return d.Clock(s.ticket, s.events, now)
}
