package guichet

import (
	"slices"
	"time"
)

// LineKind is what a line of the explanation of a clock says.
type LineKind string

// The kinds of lines.
const (
	LineTarget   LineKind = "target"   // the delay, and how long it is on the calendar
	LineOpened   LineKind = "opened"   // From: when it begins
	LineClosed   LineKind = "closed"   // From, To: outside the opening hours
	LineClosings LineKind = "closings" // Count: so many nights and week-ends, when there are many
	LineHoliday  LineKind = "holiday"  // Day, Holiday
	LineClosure  LineKind = "closure"  // Day, LastDay, Name
	LineWorked   LineKind = "worked"   // From, To, Work, Left
	LineStopped  LineKind = "stopped"  // From, To (zero: still), Work that does not count, Stop, Name
	LineDue      LineKind = "due"      // From, Work, To: so much more is due then
	LineLeft     LineKind = "left"     // Left, while nobody knows when
	LineDone     LineKind = "done"     // To, Work: in all
	LineBreached LineKind = "breached" // To
)

// LineKinds lists the kinds of lines, for the checks of texts.
func LineKinds() []LineKind {
	return []LineKind{LineTarget, LineOpened, LineClosed, LineClosings, LineHoliday, LineClosure, LineWorked,
		LineStopped, LineDue, LineLeft, LineDone, LineBreached}
}

// ClockLine is a line of the explanation: why is it due then? The faces say it in words.
type ClockLine struct {
	Kind         LineKind
	From, To     time.Time
	Work         time.Duration // time at work
	Left         time.Duration // of the target
	Day, LastDay Date
	Holiday      Holiday
	Stop         StopKind
	Name         string
	Count        int
}

// manyGaps is how many nights and week-ends are told one by one within a stretch of work.
const manyGaps = 3

// explain writes the lines: what is counted, piece by piece, with the nights, holidays and stops
// between, to the due date or to what came before it.
func (c *countdown) explain(h history, pieces []lap) {
	c.line(ClockLine{Kind: LineTarget, Work: c.Target})
	c.line(ClockLine{Kind: LineOpened, From: h.opened})
	end := c.end()
	left := c.Target
	stops := slices.Clone(h.stops[c.Name])
	for _, p := range pieces {
		stops = c.stopsBefore(stops, p.from, end)
		if !end.IsZero() && !p.from.Before(end) {
			break
		}
		left -= c.explainPiece(p, end, left)
	}
	c.stopsBefore(stops, time.Time{}, end)
	c.conclude(left)
}

// end is where the explanation ends: when it was done, or else when it is due; zero while paused.
func (c *countdown) end() time.Time {
	if !c.DoneAt.IsZero() {
		return c.DoneAt
	}
	return c.Due
}

func (c *countdown) line(l ClockLine) { c.Lines = append(c.Lines, l) }

// stopsBefore tells of the stops that begin before a time and before the end, and returns the others.
func (c *countdown) stopsBefore(stops []Stop, before, end time.Time) []Stop {
	for len(stops) > 0 {
		s := stops[0]
		if !before.IsZero() && !s.From.Before(before) || !end.IsZero() && !s.From.Before(end) {
			return stops
		}
		stops = stops[1:]
		until := s.To
		if until.IsZero() {
			until = c.now
		}
		c.line(ClockLine{Kind: LineStopped, From: s.From, To: s.To, Work: max(0, c.cal.Between(s.From, until)), Stop: s.Kind, Name: s.Name})
	}
	return nil
}

// explainPiece tells of a time during which the clock runs, and returns how much of it was work.
func (c *countdown) explainPiece(p lap, end time.Time, left time.Duration) time.Duration {
	to := p.to
	if to.IsZero() || !end.IsZero() && end.Before(to) {
		to = end
	}
	c.gaps(p.from, to)
	work := c.cal.Between(p.from, to)
	due := !c.Due.IsZero() && to.Equal(c.Due) && c.DoneAt.IsZero()
	switch {
	case due:
		c.line(ClockLine{Kind: LineDue, From: p.from, To: to, Work: work})
	case work > 0:
		c.line(ClockLine{Kind: LineWorked, From: p.from, To: to, Work: work, Left: left - work})
	}
	return work
}

// gaps tells when the desk is closed between two instants: with its reason where there is one, as a
// number where there are many of the usual ones.
func (c *countdown) gaps(from, to time.Time) {
	list := c.cal.Gaps(from, to)
	usual := 0
	for _, g := range list {
		if len(g.Off) == 0 {
			usual++
		}
	}
	for _, g := range list {
		if len(g.Off) > 0 || usual <= manyGaps {
			c.line(ClockLine{Kind: LineClosed, From: g.From, To: earlier(g.To, to)})
		}
		c.daysOff(g.Off)
	}
	if usual > manyGaps {
		c.line(ClockLine{Kind: LineClosings, Count: usual, From: from, To: to})
	}
}

// daysOff names the holidays and the closures; the days of one closure that follow one another are one line.
func (c *countdown) daysOff(off []DayOff) {
	for _, d := range off {
		last := &c.Lines[len(c.Lines)-1]
		switch {
		case d.Holiday != "":
			c.line(ClockLine{Kind: LineHoliday, Day: d.Day, Holiday: d.Holiday})
		case last.Kind == LineClosure && last.Name == d.Closure:
			last.LastDay = d.Day
		default:
			c.line(ClockLine{Kind: LineClosure, Day: d.Day, LastDay: d.Day, Name: d.Closure})
		}
	}
}

// conclude says how it stands.
func (c *countdown) conclude(left time.Duration) {
	switch {
	case !c.DoneAt.IsZero():
		c.line(ClockLine{Kind: LineDone, To: c.DoneAt, Work: c.Elapsed, Left: left})
	case c.Due.IsZero():
		c.line(ClockLine{Kind: LineLeft, Left: left})
	}
	if !c.BreachedAt.IsZero() {
		c.line(ClockLine{Kind: LineBreached, To: c.BreachedAt})
	}
}
