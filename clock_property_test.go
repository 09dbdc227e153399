package guichet

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawn is a calendar of the table with instants of two years around its changes of the clocks.
func drawn(t *rapid.T, cals []Calendar) (Calendar, func(string) time.Time) {
	cal := rapid.SampledFrom(cals).Draw(t, "calendar")
	first := time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	return cal, func(label string) time.Time {
		return first.Add(time.Duration(rapid.Int64Range(0, 2*366*24*3600).Draw(t, label)) * time.Second)
	}
}

func TestWorkingTimeAddsUp(t *testing.T) {
	var cals []Calendar
	for _, o := range oracles() {
		cals = append(cals, o.calendar(t))
	}
	rapid.Check(t, func(t *rapid.T) {
		cal, instant := drawn(t, cals)
		start := instant("start")
		short := time.Duration(rapid.Int64Range(0, 40*3600).Draw(t, "short")) * time.Second
		long := short + time.Duration(rapid.Int64Range(0, 40*3600).Draw(t, "more"))*time.Second
		near, ok := cal.Add(start, short)
		far, okFar := cal.Add(start, long)
		if !ok || !okFar || far.Before(near) || near.Before(start) {
			t.Fatalf("from %s: %s gives %s, %s gives %s", start, short, near, long, far)
		}
		if got := cal.Between(start, far); got != long {
			t.Fatalf("from %s to %s: %s of %s", start, far, got, long)
		}
		if long > short {
			if on, _ := cal.Add(near, long-short); !on.Equal(far) {
				t.Fatalf("%s then %s gives %s, at once %s", short, long-short, on, far)
			}
		}
		a, b := start, instant("other")
		if b.Before(a) {
			a, b = b, a
		}
		middle := a.Add(b.Sub(a) / 3)
		if whole, parts := cal.Between(a, b), cal.Between(a, middle)+cal.Between(middle, b); whole != parts || whole < 0 || whole > b.Sub(a) {
			t.Fatalf("from %s to %s: %s, in parts %s", a, b, whole, parts)
		}
		if cal.Between(b, a) != -cal.Between(a, b) {
			t.Fatalf("backwards from %s to %s", b, a)
		}
	})
}

// TestGapsAreWhatIsNotWorked holds that the explanation of what is closed leaves exactly what counts.
func TestGapsAreWhatIsNotWorked(t *testing.T) {
	var cals []Calendar
	for _, o := range oracles() {
		cals = append(cals, o.calendar(t))
	}
	rapid.Check(t, func(t *rapid.T) {
		cal, instant := drawn(t, cals)
		a := instant("start")
		b := a.Add(time.Duration(rapid.Int64Range(1, 20*24*3600).Draw(t, "length")) * time.Second)
		open := b.Sub(a)
		for _, g := range cal.Gaps(a, b) {
			if g.From.Before(b) {
				open -= earlier(g.To, b).Sub(g.From)
			}
		}
		if got := cal.Between(a, b); got != open {
			t.Fatalf("from %s to %s: %s at work, %s without the gaps", a, b, got, open)
		}
	})
}

func TestACalendarThatNeverOpensIsNeverDue(t *testing.T) {
	cal := Calendar{TimeZone: "Europe/Paris", Hours: WeekHours{Monday: []Span{{510, 720}}},
		Closures: []Closing{{Name: "Pour toujours", From: Date{2000, 1, 1}, To: Date{2999, 1, 1}}}}
	if due, ok := cal.Add(noon, time.Hour); ok {
		t.Errorf("due %s", due)
	}
	if cal.Between(noon, noon.AddDate(1, 0, 0)) != 0 {
		t.Error("time was counted")
	}
}

func TestEaster(t *testing.T) {
	for year, want := range map[int]string{1943: "1943-04-25", 1961: "1961-04-02", 2000: "2000-04-23", 2008: "2008-03-23",
		2011: "2011-04-24", 2024: "2024-03-31", 2025: "2025-04-20", 2026: "2026-04-05", 2027: "2027-03-28", 2038: "2038-04-25", 2285: "2285-03-22"} {
		if got := EasterSunday(year).String(); got != want {
			t.Errorf("%d: %s, want %s", year, got, want)
		}
	}
}

func TestHolidaysToCome(t *testing.T) {
	got := ""
	for _, f := range HolidaysReunion.Next(Date{2026, 11, 26}, 3) {
		got += f.Day.String() + " " + string(f.Holiday) + ", "
	}
	if want := "2026-12-20 abolition_of_slavery, 2026-12-25 christmas, 2027-01-01 new_year, "; got != want {
		t.Errorf("%s", got)
	}
	if list := HolidaySet("").Next(Date{2026, 1, 1}, 3); len(list) > 0 {
		t.Errorf("holidays of nowhere: %v", list)
	}
}

func TestHoursAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"08:30-12:00, 13:30-17:30": "08:30-12:00, 13:30-17:30",
		"13h30 - 17h30 ; 8h30-12h": "08:30-12:00, 13:30-17:30",
		"9 h à 17 h":               "09:00-17:00",
		"0:00–24:00":               "00:00-24:00",
		"":                         "",
	} {
		if got, ok := ParseSpans(text); !ok || SpansText(got) != want {
			t.Errorf("%q: %q, want %q", text, SpansText(got), want)
		}
	}
	for _, text := range []string{"matin", "12:00-08:00", "08:00-25:00", "08:75-12:00", "08:00-12:00, 11:00-13:00", "8", "08:00-08:00"} {
		if got, ok := ParseSpans(text); ok {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestDelaysAsPeopleWriteThem(t *testing.T) {
	cal := Calendar{Hours: WeekHours{Monday: []Span{{510, 720}, {810, 1050}}, Tuesday: []Span{{510, 720}, {810, 1050}}, Friday: []Span{{510, 720}}}}
	for text, want := range map[string]struct {
		usual Delay
		in    time.Duration
	}{
		"4h": {"4h", 4 * time.Hour}, "30 min": {"30m", 30 * time.Minute}, "1 h 30": {"1h 30m", 90 * time.Minute},
		"2 j": {"2d", 15 * time.Hour}, "1d4h": {"1d 4h", 11*time.Hour + 30*time.Minute}, "0h 45m": {"45m", 45 * time.Minute},
	} {
		if got, ok := ParseDelay(text); !ok || got != want.usual || got.In(cal) != want.in || !got.Valid() {
			t.Errorf("%q: %q of %s", text, got, got.In(cal))
		}
	}
	for _, text := range []string{"", "vite", "30", "0h", "-1h", "9999d", "1.5h", "4h d"} {
		if got, ok := ParseDelay(text); ok {
			t.Errorf("%q was read as %q", text, got)
		}
	}
}

func TestServiceLevelsAreChecked(t *testing.T) {
	d := levelDesk(Calendar{ID: "cal", Hours: WeekHours{Monday: []Span{{0, 60}}}})
	good := ServiceLevel{ID: "a", Name: "A", CalendarID: "cal", Contact: Target{Within: "1h", Warn: "80%",
		Breach: Escalation{Tell: []Performer{"assignee", "moderator"}, Level: Level2, TeamID: "core"}}}
	if err := d.CheckServiceLevels([]ServiceLevel{good}); err != nil {
		t.Fatal(faults(err))
	}
	tests := []struct {
		spoil func(*ServiceLevel)
		want  string
	}{
		{func(l *ServiceLevel) { l.Name = " " }, "0.name: field.required"},
		{func(l *ServiceLevel) { l.CalendarID = "none" }, "0.calendar: field.required"},
		{func(l *ServiceLevel) { l.Contact = Target{} }, "0.contact.within: level.no_target"},
		{func(l *ServiceLevel) { l.Resolve.Within = "bientôt" }, "0.resolve.within: level.delay"},
		{func(l *ServiceLevel) { l.Contact.Warn = "2h" }, "0.contact.warn: level.warn"},
		{func(l *ServiceLevel) { l.Contact.Warn = "tôt" }, "0.contact.warn: level.warn"},
		{func(l *ServiceLevel) { l.Contact.Breach.Tell = []Performer{"pope"} }, "0.contact.tell: workflow.unknown_performer"},
		{func(l *ServiceLevel) { l.Contact.Breach.TeamID = "none" }, "0.contact.team: field.unknown_value"},
		{func(l *ServiceLevel) { l.Contact.Breach.Level = LevelRD }, "0.contact.level: escalate.no_team"},
		{func(l *ServiceLevel) { l.When.Services = []ID{"none"} }, "0.when.services: field.unknown_value"},
		{func(l *ServiceLevel) { l.When.Organisations = []ID{"none"} }, "0.when.organisations: field.unknown_value"},
		{func(l *ServiceLevel) { l.When.Kinds = []Kind{"none"} }, "0.when.kinds: field.unknown_value"},
		{func(l *ServiceLevel) { l.When.Priorities = []Priority{"none"} }, "0.when.priorities: field.unknown_value"},
		{func(l *ServiceLevel) { l.ContactBy = []ContactAct{"thought"} }, "0.contact_by: field.unknown_value"},
	}
	for _, x := range tests {
		level := good
		x.spoil(&level)
		if got := faults(d.CheckServiceLevels([]ServiceLevel{level})); len(got) != 1 || got[0] != x.want {
			t.Errorf("%v, want %s", got, x.want)
		}
	}
	if got := faults(d.CheckServiceLevels([]ServiceLevel{good, good})); len(got) != 1 || got[0] != "1.id: field.unknown_value" {
		t.Errorf("twice the same: %v", got)
	}
}

func TestCalendarsAreChecked(t *testing.T) {
	good := Calendar{Name: "A", TimeZone: "Europe/Paris", Hours: WeekHours{Monday: []Span{{510, 720}}}, Holidays: HolidaysFrance,
		Closures: []Closing{{Name: "Été", From: Date{2026, 8, 3}, To: Date{2026, 8, 7}}}, Openings: []Opening{{Name: "Portes ouvertes", Day: Date{2026, 2, 7}}}}
	if err := good.Check(); err != nil {
		t.Fatal(faults(err))
	}
	tests := []struct {
		spoil func(*Calendar)
		want  string
	}{
		{func(c *Calendar) { c.Name = "" }, "name: field.required"},
		{func(c *Calendar) { c.TimeZone = "Paris" }, "time_zone: calendar.unknown_zone"},
		{func(c *Calendar) { c.TimeZone = "" }, "time_zone: calendar.unknown_zone"},
		{func(c *Calendar) { c.Hours = WeekHours{} }, "hours: calendar.never_open"},
		{func(c *Calendar) { c.Hours.Tuesday = []Span{{720, 510}} }, "hours.tuesday: calendar.hours"},
		{func(c *Calendar) { c.Hours.Tuesday = []Span{{510, 720}, {700, 800}} }, "hours.tuesday: calendar.hours_overlap"},
		{func(c *Calendar) { c.Holidays = "us" }, "holidays: field.unknown_value"},
		{func(c *Calendar) { c.Closures = []Closing{{From: Date{2026, 8, 3}}} }, "closures.0.name: field.required"},
		{func(c *Calendar) { c.Closures = []Closing{{Name: "x"}} }, "closures.0.from: field.required"},
		{func(c *Calendar) { c.Closures = []Closing{{Name: "x", From: Date{2026, 8, 3}, To: Date{2026, 8, 2}}} }, "closures.0.to: calendar.ends_before"},
		{func(c *Calendar) { c.Openings = []Opening{{Name: "x"}} }, "openings.0.day: field.required"},
	}
	for _, x := range tests {
		c := good
		x.spoil(&c)
		if got := faults(c.Check()); len(got) != 1 || got[0] != x.want {
			t.Errorf("%v, want %s", got, x.want)
		}
	}
}

// A year of work is counted in well under a millisecond.
func BenchmarkAddAYear(b *testing.B) {
	cal := oracles()[0].calendar(b)
	for b.Loop() {
		cal.Add(noon, 1600*time.Hour)
	}
}
