package guichet

import (
	"iter"
	"math"
	"time"
)

// horizon is how far, in days, an opening is looked for: a calendar that stays closed longer never opens.
const horizon = 20 * 366

const secondsOfDay = 24 * 60 * 60

// stretch is a time during which a desk is open without a break, in nanoseconds since 1970.
type stretch struct{ from, to int64 }

func (s stretch) length() time.Duration { return time.Duration(s.to - s.from) }

// walk goes through the days of a calendar from an instant on. A day is looked up once by its number
// since 1970; the holidays of a year are worked out once.
type walk struct {
	Calendar
	zone   *time.Location
	year   int
	feasts []Feast
	off    func(DayOff) // told of each day off that is met; may be nil
}

// stretches yields when the desk is open from an instant on, in order. Between two changes of the
// clocks the distance from wall time to real time is fixed: each such period is walked by itself, so
// that what the clock shows decides, whatever the change.
func (w *walk) stretches(from time.Time) iter.Seq[stretch] {
	return func(yield func(stretch) bool) {
		last := from.Unix() + horizon*secondsOfDay
		for at := from.UnixNano(); at < nanos(last); {
			here := time.Unix(0, at).In(w.zone)
			_, offset := here.Zone()
			end := min(nanos(last), steady(here))
			if !w.period(stretch{at, end}, int64(offset), yield) {
				return
			}
			at = end
		}
	}
}

// steady is until when the clocks of a place do not change, or a time before. The bounds of the standard
// library end on 31 December of a leap year before they begin, where a rule gives the changes of the clocks:
// an hour is then looked at after the other.
func steady(here time.Time) int64 {
	_, change := here.ZoneBounds()
	switch {
	case change.IsZero():
		return math.MaxInt64
	case !change.After(here):
		return here.Truncate(time.Hour).Add(time.Hour).UnixNano()
	}
	return change.UnixNano()
}

// period yields the stretches of a time in which the clocks do not change.
func (w *walk) period(p stretch, offset int64, yield func(stretch) bool) bool {
	first := floor(floor(p.from, int64(time.Second))+offset, secondsOfDay)
	for day := first; nanos(day*secondsOfDay-offset) < p.to; day++ {
		for _, s := range w.on(day) {
			midnight := day*secondsOfDay - offset
			open := stretch{max(p.from, nanos(midnight+int64(s.From)*60)), min(p.to, nanos(midnight+int64(s.To)*60))}
			if open.from < open.to && !yield(open) {
				return false
			}
		}
	}
	return true
}

// on returns the hours of the day of a number.
func (w *walk) on(day int64) []Span {
	d := DateOf(time.Unix(day*secondsOfDay, 0).UTC())
	if len(w.Hours.On(d.Weekday())) == 0 && len(w.Openings) == 0 {
		return nil
	}
	if w.year != d.Year {
		w.year, w.feasts = d.Year, w.Holidays.Year(d.Year)
	}
	hours, off := w.Calendar.on(d, w.feasts)
	if off != nil && w.off != nil {
		w.off(*off)
	}
	return hours
}

func nanos(seconds int64) int64 { return seconds * int64(time.Second) }

func floor(n, by int64) int64 {
	if n < 0 {
		return -((-n + by - 1) / by)
	}
	return n / by
}

func (c Calendar) walk() *walk { return &walk{Calendar: c, zone: c.Location()} }

// Add is the instant at which a time at work is over that begins at an instant. It is false when the
// calendar does not open long enough in the twenty years that follow.
func (c Calendar) Add(start time.Time, work time.Duration) (time.Time, bool) {
	if work <= 0 {
		return start, true
	}
	for s := range c.walk().stretches(start) {
		if work <= s.length() {
			return time.Unix(0, s.from+int64(work)).In(start.Location()), true
		}
		work -= s.length()
	}
	return time.Time{}, false
}

// Between is the time at work from one instant to another; negative when they come in the other order.
func (c Calendar) Between(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -c.Between(b, a)
	}
	var work time.Duration
	for s := range c.walk().stretches(a) {
		if s.from >= b.UnixNano() {
			break
		}
		s.to = min(s.to, b.UnixNano())
		work += s.length()
	}
	return work
}

// Gap is a time during which the desk is closed, with the days off that are in it.
type Gap struct {
	From, To time.Time
	Off      []DayOff
}

// Gaps lists when the desk is closed between two instants. The last one ends when it opens again,
// even if that is later.
func (c Calendar) Gaps(a, b time.Time) []Gap {
	var out []Gap
	var off []DayOff
	w := c.walk()
	w.off = func(d DayOff) {
		if len(off) == 0 || off[len(off)-1] != d {
			off = append(off, d)
		}
	}
	closed := a.UnixNano()
	for s := range w.stretches(a) {
		if s.from > closed {
			out = append(out, Gap{From: time.Unix(0, closed).In(a.Location()), To: time.Unix(0, s.from).In(a.Location()), Off: off})
		}
		closed, off = s.to, nil
		if s.to >= b.UnixNano() {
			break
		}
	}
	return out
}

// Opens is when the desk opens at an instant or after it: the instant itself when it is open then.
func (c Calendar) Opens(at time.Time) (time.Time, bool) {
	for s := range c.walk().stretches(at) {
		return time.Unix(0, s.from).In(at.Location()), true
	}
	return time.Time{}, false
}

// OpenDay is a day with its hours as they really are, holidays and closures taken into account.
type OpenDay struct {
	Day   Date
	Hours []Span
	Off   *DayOff
	Named string // of an exceptional opening
}

// Week lists seven days from a day on, with their hours as they really are.
func (c Calendar) Week(from Date) []OpenDay {
	out := make([]OpenDay, 7)
	for i := range out {
		day := from.AddDays(i)
		hours, off := c.On(day)
		out[i] = OpenDay{Day: day, Hours: hours, Off: off}
		for _, o := range c.Openings {
			if o.Day == day {
				out[i].Named = o.Name
			}
		}
	}
	return out
}
