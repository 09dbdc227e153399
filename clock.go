package guichet

import (
	"slices"
	"time"
)

// ClockName names one of the two clocks of a ticket, as the pending reasons of a workflow do.
type ClockName string

// The clocks.
const (
	ClockContact ClockName = "contact"
	ClockResolve ClockName = "resolution"
)

// ClockNames lists the clocks.
func ClockNames() []ClockName { return []ClockName{ClockContact, ClockResolve} }

// ClockState says whether a clock runs.
type ClockState string

// The states of a clock.
const (
	ClockOff      ClockState = "off" // no target, or the ticket was withdrawn
	ClockRunning  ClockState = "running"
	ClockPaused   ClockState = "paused"
	ClockMet      ClockState = "met"      // done in time
	ClockBreached ClockState = "breached" // the delay is over, or it was done too late
)

// Clock is the service level of a ticket at an instant, worked out from its events alone: a corrected
// event, calendar or level gives a corrected clock.
type Clock struct {
	Level       ServiceLevel
	Calendar    Calendar
	Why         []string  // what made the level hold
	ContactedAt time.Time // first contact that counts
	Contact     Countdown
	Resolve     Countdown
}

// Countdown is one of the two clocks. Times at work are those of the calendar.
type Countdown struct {
	Name       ClockName
	State      ClockState
	Within     Delay
	Target     time.Duration
	Elapsed    time.Duration
	Due        time.Time // zero while it is not known: paused before it is over
	WarnAt     time.Time // zero when nobody is to be warned, or while it is not known
	DoneAt     time.Time // when it was met, in time or not
	BreachedAt time.Time
	Lines      []ClockLine // why it is due then, in order
}

// Remaining is the time at work that is left; negative once it is over.
func (c Countdown) Remaining() time.Duration { return c.Target - c.Elapsed }

// Next is when something happens to a clock that nobody has stopped: when it is due, or was.
func (c Countdown) Next() time.Time {
	if !c.DoneAt.IsZero() || c.State == ClockOff {
		return time.Time{}
	}
	return c.Due
}

// Due is the next date that the desk owes, of either clock; zero when there is none.
func (c Clock) Due() time.Time {
	contact, resolve := c.Contact.Next(), c.Resolve.Next()
	if contact.IsZero() || !resolve.IsZero() && resolve.Before(contact) {
		return resolve
	}
	return contact
}

// Countdown finds a clock by its name.
func (c Clock) Countdown(name ClockName) Countdown {
	if name == ClockContact {
		return c.Contact
	}
	return c.Resolve
}

// Of is the target of a clock.
func (l ServiceLevel) Of(name ClockName) Target {
	if name == ClockContact {
		return l.Contact
	}
	return l.Resolve
}

// Clock works out the service level of a ticket from its events, as it is at an instant. Without a
// service level both clocks are off; the first contact is known all the same.
func (d *Desk) Clock(t Ticket, events []Event, now time.Time) Clock {
	c := Clock{}
	level, why, ok := d.ServiceLevelOf(t)
	c.Level, c.Why, c.Calendar = level, why, d.Calendars[level.CalendarID]
	h := readHistory(d.Flow(t), t, events)
	c.ContactedAt = h.contact(level.CountsAsContact())
	for _, name := range ClockNames() {
		run := countdown{Countdown: Countdown{Name: name, State: ClockOff}, cal: c.Calendar, now: now}
		if target := level.Of(name); ok && target.Set() && !h.opened.IsZero() {
			run.Within, run.Target = target.Within, target.Within.In(c.Calendar)
			run.count(h, c.ContactedAt, target)
		}
		if name == ClockContact {
			c.Contact = run.Countdown
		} else {
			c.Resolve = run.Countdown
		}
	}
	return c
}

// countdown is a clock on its way to be worked out.
type countdown struct {
	Countdown
	cal Calendar
	now time.Time
}

// lap is a time during which a clock runs; a zero To has no end yet.
type lap struct{ from, to time.Time }

// count works a clock out: when it runs, how long it ran, when it is due, and why.
func (c *countdown) count(h history, contacted time.Time, target Target) {
	stops := h.stops[c.Name]
	done := c.done(stops, contacted)
	pieces, open := running(h.opened, stops)
	c.Due, _ = c.reach(pieces, c.Target)
	if after, ok := target.WarnAfter(c.cal); ok {
		c.WarnAt, _ = c.reach(pieces, after)
	}
	until := c.now
	if !done.IsZero() {
		until = done
	}
	c.DoneAt, c.Elapsed = done, c.spent(pieces, until)
	late := !c.Due.IsZero() && (done.IsZero() && !until.Before(c.Due) || until.After(c.Due))
	if late {
		c.BreachedAt = c.Due
	}
	switch last := lastStop(stops); {
	case done.IsZero() && (last.Kind == StopWithdrawn || last.Kind == StopResolved):
		c.State = ClockOff
	case late:
		c.State = ClockBreached
	case !done.IsZero():
		c.State = ClockMet
	case !open:
		c.State = ClockPaused
	default:
		c.State = ClockRunning
	}
	c.explain(h, pieces)
}

// done is when the clock was stopped for good: at the first contact, or with the last solution.
func (c *countdown) done(stops []Stop, contacted time.Time) time.Time {
	if c.Name == ClockContact {
		return contacted
	}
	if last := lastStop(stops); last.Kind == StopResolved && last.To.IsZero() {
		return last.From
	}
	return time.Time{}
}

// lastStop is the stop that still holds, if any.
func lastStop(stops []Stop) Stop {
	for _, s := range stops {
		if s.To.IsZero() {
			return s
		}
	}
	return Stop{}
}

// running is when a clock that started runs: between its stops, which may overlap. It reports whether
// it still does.
func running(start time.Time, stops []Stop) ([]lap, bool) {
	var out []lap
	at := start
	for _, s := range stops { // in the order of their beginnings
		if s.From.After(at) {
			out = append(out, lap{at, s.From})
		}
		if s.To.IsZero() {
			return out, false
		}
		if s.To.After(at) {
			at = s.To
		}
	}
	return append(out, lap{from: at}), true
}

// reach is when a clock will have run so long; false when it stands still before.
func (c *countdown) reach(pieces []lap, work time.Duration) (time.Time, bool) {
	for _, p := range pieces {
		if p.to.IsZero() {
			return c.cal.Add(p.from, work)
		}
		length := c.cal.Between(p.from, p.to)
		if work <= length {
			return c.cal.Add(p.from, work)
		}
		work -= length
	}
	return time.Time{}, false
}

// spent is how long the clock ran until an instant.
func (c *countdown) spent(pieces []lap, until time.Time) time.Duration {
	var sum time.Duration
	for _, p := range pieces {
		if end := earlier(p.to, until); end.After(p.from) {
			sum += c.cal.Between(p.from, end)
		}
	}
	return sum
}

// earlier is the earlier of two times, the first of which may have no end.
func earlier(end, t time.Time) time.Time {
	if end.IsZero() || t.Before(end) {
		return t
	}
	return end
}

// StopKind is why a clock stands still.
type StopKind string

// The kinds of stops.
const (
	StopApproval  StopKind = "approval"
	StopPending   StopKind = "pending"   // waits, for a reason that pauses the clock
	StopExcluded  StopKind = "excluded"  // decided afterwards
	StopResolved  StopKind = "resolved"  // nothing to do until it is reopened
	StopWithdrawn StopKind = "withdrawn" // cancelled or refused
)

// Stop is a time during which a clock stands still; a zero To has no end yet.
type Stop struct {
	Kind     StopKind
	Name     string // of the pending reason, or why it was decided
	From, To time.Time
	EventID  ID // for a stop decided afterwards
}

// Moment is what a clock asks for at a time: a warning, or what follows once it is over.
type Moment struct {
	At    time.Time
	Clock ClockName
	Over  bool
	Due   time.Time
}

// Moments lists what the clocks still ask for, in the order of time, past moments first. What the events
// say was done for the same due date is not asked for again.
func (c Clock) Moments(events []Event) []Moment {
	var out []Moment
	for _, name := range ClockNames() {
		run := c.Countdown(name)
		if run.Next().IsZero() {
			continue
		}
		over := Moment{At: run.Due, Clock: name, Over: true, Due: run.Due}
		warn := Moment{At: run.WarnAt, Clock: name, Due: run.Due}
		if !over.done(events) {
			out = append(out, over)
			if !warn.At.IsZero() && !warn.done(events) {
				out = append(out, warn)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Moment) int { return a.At.Compare(b.At) })
	return out
}

// done reports whether an event says that a moment was seen to.
func (m Moment) done(events []Event) bool {
	kind := EventDueSoon
	if m.Over {
		kind = EventOverdue
	}
	return slices.ContainsFunc(events, func(e Event) bool {
		if e.Kind != kind {
			return false
		}
		clock, _ := e.Changed("clock")
		due, _ := e.Changed("due")
		return clock.To == string(m.Clock) && due.To == stamp(m.Due)
	})
}
