package guichet

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Calendar says when a desk is open: hours by day on the clock of a place, without its public
// holidays and closures. Time at work is counted on it (H1).
//
// The desk is open at an instant when the clock on the wall of its place then shows a time within
// the hours of the day. So an hour that the spring change skips is not worked, and one that the
// autumn change repeats is worked twice.
type Calendar struct {
	ID       ID         `json:"id" yaml:"id"`
	Version  int        `json:"version,omitempty" yaml:"-"`
	Name     string     `json:"name" yaml:"name"`
	TimeZone string     `json:"time_zone" yaml:"time_zone"` // IANA name
	Hours    WeekHours  `json:"hours" yaml:"hours"`
	Holidays HolidaySet `json:"holidays,omitempty" yaml:"holidays,omitempty"`
	Closures []Closing  `json:"closures,omitempty" yaml:"closures,omitempty"`
	Openings []Opening  `json:"openings,omitempty" yaml:"openings,omitempty"`

	zone *time.Location
}

// WeekHours is the hours of each day of the week; a day without any is closed.
type WeekHours struct {
	Monday    []Span `json:"monday,omitempty" yaml:"monday,omitempty"`
	Tuesday   []Span `json:"tuesday,omitempty" yaml:"tuesday,omitempty"`
	Wednesday []Span `json:"wednesday,omitempty" yaml:"wednesday,omitempty"`
	Thursday  []Span `json:"thursday,omitempty" yaml:"thursday,omitempty"`
	Friday    []Span `json:"friday,omitempty" yaml:"friday,omitempty"`
	Saturday  []Span `json:"saturday,omitempty" yaml:"saturday,omitempty"`
	Sunday    []Span `json:"sunday,omitempty" yaml:"sunday,omitempty"`
}

// On returns the hours of a day of the week.
func (w WeekHours) On(day time.Weekday) []Span { return *w.day(day) }

// Set replaces the hours of a day of the week.
func (w *WeekHours) Set(day time.Weekday, hours []Span) { *w.day(day) = hours }

func (w *WeekHours) day(day time.Weekday) *[]Span {
	return [...]*[]Span{&w.Sunday, &w.Monday, &w.Tuesday, &w.Wednesday, &w.Thursday, &w.Friday, &w.Saturday}[day]
}

// Span is a part of a day, in minutes since midnight on the clock of the wall; To is not in it, and
// is 1440 at the end of the day. It is written "08:30-12:00".
type Span struct{ From, To int }

const minutesOfDay = 24 * 60

// String writes a span as it is read.
func (s Span) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60)
}

// MarshalText writes a span for files.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a span of a file.
func (s *Span) UnmarshalText(text []byte) error {
	list, ok := ParseSpans(string(text))
	if !ok || len(list) != 1 {
		return fmt.Errorf("%q is not a part of a day: write it as 08:30-12:00", text)
	}
	*s = list[0]
	return nil
}

var spanText = regexp.MustCompile(`^(\d{1,2})(?:[:h](\d{2})?)?(?:-|–|à|to)(\d{1,2})(?:[:h](\d{2})?)?$`)

// ParseSpans reads the hours of a day as people write them: "08:30-12:00, 13:30-17:30",
// "8h30-12h ; 14 h à 18 h". An empty text is a closed day.
func ParseSpans(text string) ([]Span, bool) {
	var out []Span
	for part := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return r == ',' || r == ';' }) {
		part = strings.Join(strings.Fields(part), "")
		if part == "" {
			continue
		}
		m := spanText.FindStringSubmatch(part)
		if m == nil {
			return nil, false
		}
		s := Span{minutes(m[1], m[2]), minutes(m[3], m[4])}
		if s.From >= s.To || s.To > minutesOfDay || tooLate(m[2]) || tooLate(m[4]) {
			return nil, false
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	return out, !overlap(out)
}

func minutes(hours, rest string) int {
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(rest)
	return h*60 + m
}

func tooLate(minutes string) bool { return minutes >= "60" }

func overlap(sorted []Span) bool {
	for i := 1; i < len(sorted); i++ {
		if sorted[i].From < sorted[i-1].To {
			return true
		}
	}
	return false
}

// SpansText writes the hours of a day as ParseSpans reads them.
func SpansText(spans []Span) string {
	parts := make([]string, len(spans))
	for i, s := range spans {
		parts[i] = s.String()
	}
	return strings.Join(parts, ", ")
}

// Date is a day of the civil calendar, written 2026-12-24.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day that a clock shows.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads 2026-12-24.
func ParseDate(text string) (Date, bool) {
	t, err := time.Parse(time.DateOnly, text)
	return DateOf(t), err == nil
}

// String writes 2026-12-24, and nothing when the date is not set.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText writes a date for files.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a date of a file.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	read, ok := ParseDate(string(text))
	if !ok {
		return fmt.Errorf("%q is not a day: write it as 2026-12-24", text)
	}
	*d = read
	return nil
}

// IsZero reports a date that is not set.
func (d Date) IsZero() bool { return d == Date{} }

// Compare orders two dates.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// In is the beginning of the day at a place.
func (d Date) In(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// AddDays is the day so many days later.
func (d Date) AddDays(n int) Date { return DateOf(d.In(time.UTC).AddDate(0, 0, n)) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.In(time.UTC).Weekday() }

// Closing is days on which the desk does not open, the last included.
type Closing struct {
	Name string `json:"name" yaml:"name"`
	From Date   `json:"from" yaml:"from"`
	To   Date   `json:"to,omitzero" yaml:"to,omitempty"` // empty: that day alone
}

// Last is the last day of the closure.
func (c Closing) Last() Date {
	if c.To.IsZero() {
		return c.From
	}
	return c.To
}

func (c Closing) holds(d Date) bool { return c.From.Compare(d) <= 0 && d.Compare(c.Last()) <= 0 }

// Opening is a day with hours of its own, whatever the week, the holidays and the closures say.
type Opening struct {
	Name  string `json:"name" yaml:"name"`
	Day   Date   `json:"day" yaml:"day"`
	Hours []Span `json:"hours" yaml:"hours"`
}

// DayOff is why a day on which the desk would have opened is closed: a public holiday, or a closure
// by its name.
type DayOff struct {
	Day     Date
	Holiday Holiday
	Closure string
}

// On returns the hours of a day, and why it is closed when the week alone would have opened it.
func (c Calendar) On(d Date) ([]Span, *DayOff) { return c.on(d, c.Holidays.Year(d.Year)) }

// on is On with the holidays of the year at hand.
func (c Calendar) on(d Date, feasts []Feast) ([]Span, *DayOff) {
	for _, o := range c.Openings {
		if o.Day == d {
			return o.Hours, nil
		}
	}
	hours := c.Hours.On(d.Weekday())
	if len(hours) == 0 {
		return nil, nil
	}
	for _, f := range feasts {
		if f.Day == d {
			return nil, &DayOff{Day: d, Holiday: f.Holiday}
		}
	}
	for _, closure := range c.Closures {
		if closure.holds(d) {
			return nil, &DayOff{Day: d, Closure: closure.Name}
		}
	}
	return hours, nil
}

// Open reports whether the desk is open at an instant.
func (c Calendar) Open(at time.Time) bool {
	at = at.In(c.Location())
	hours, _ := c.On(DateOf(at))
	minute := at.Hour()*60 + at.Minute()
	return slices.ContainsFunc(hours, func(s Span) bool { return s.From <= minute && minute < s.To })
}

// Prepared is the calendar with its time zone found, so that counting does not look for it again.
func (c Calendar) Prepared() Calendar {
	c.zone = c.Location()
	return c
}

// Location is the place whose clock counts; UTC when the time zone is not known, which Check refuses.
func (c Calendar) Location() *time.Location {
	if c.zone != nil {
		return c.zone
	}
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// WorkingDay is how long a day lasts where a delay is written in days: the most common length among
// the days of the week, the longest of them if several are as common.
func (c Calendar) WorkingDay() time.Duration {
	count := map[time.Duration]int{}
	best := time.Duration(0)
	for day := time.Sunday; day <= time.Saturday; day++ {
		length := time.Duration(0)
		for _, s := range c.Hours.On(day) {
			length += time.Duration(s.To-s.From) * time.Minute
		}
		if length > 0 {
			count[length]++
		}
	}
	for length, n := range count {
		if n > count[best] || n == count[best] && length > best {
			best = length
		}
	}
	return best
}

// Limits of a calendar.
const (
	maxName     = 120
	maxClosures = 200
)

// Check says what makes a calendar unusable.
func (c Calendar) Check() error {
	var p Problems
	p.Text("name", c.Name, maxName)
	if _, err := time.LoadLocation(c.TimeZone); c.TimeZone == "" || err != nil {
		p.Add("time_zone", "calendar.unknown_zone", "Zone", c.TimeZone)
	}
	if c.Holidays != "" && !slices.Contains(HolidaySets(), c.Holidays) {
		p.Add("holidays", "field.unknown_value")
	}
	c.checkHours(&p)
	if len(c.Closures) > maxClosures || len(c.Openings) > maxClosures {
		p.Add("closures", "field.too_many", "Limit", maxClosures)
	}
	for i, x := range c.Closures {
		field := "closures." + strconv.Itoa(i)
		p.Text(field+".name", x.Name, maxName)
		switch {
		case x.From.IsZero():
			p.Add(field+".from", "field.required")
		case x.Last().Compare(x.From) < 0:
			p.Add(field+".to", "calendar.ends_before")
		}
	}
	for i, x := range c.Openings {
		field := "openings." + strconv.Itoa(i)
		p.Text(field+".name", x.Name, maxName)
		if x.Day.IsZero() {
			p.Add(field+".day", "field.required")
		}
		checkSpans(&p, field+".hours", x.Hours)
	}
	return p.Err()
}

// checkHours refuses a week that never opens: nothing would ever be due.
func (c Calendar) checkHours(p *Problems) {
	opens := false
	for day := time.Sunday; day <= time.Saturday; day++ {
		hours := c.Hours.On(day)
		opens = opens || len(hours) > 0
		checkSpans(p, "hours."+strings.ToLower(day.String()), hours)
	}
	if !opens {
		p.Add("hours", "calendar.never_open")
	}
}

func checkSpans(p *Problems, field string, hours []Span) {
	for _, s := range hours {
		if s.From < 0 || s.From >= s.To || s.To > minutesOfDay {
			p.Add(field, "calendar.hours")
		}
	}
	if overlap(hours) {
		p.Add(field, "calendar.hours_overlap")
	}
}
