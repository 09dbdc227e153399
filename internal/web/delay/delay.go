// Package delay tells the service levels: how much time is left, when something is due, and why then.
package delay

import (
	"strconv"
	"time"

	"guichet"
	"guichet/internal/i18n"
)

// Span says a length of time in hours and minutes: "2 h 10", "18 min".
func Span(p i18n.Printer, d time.Duration) string {
	d = max(d, -d).Round(time.Second)
	hours, minutes := int(d/time.Hour), int(d/time.Minute)%60
	switch {
	case d > 0 && d < time.Minute:
		return p.T("delay.seconds", "n", int(d/time.Second))
	case hours == 0:
		return p.T("delay.minutes", "n", minutes)
	case minutes == 0:
		return p.T("delay.hours", "Hours", p.Number(hours))
	}
	return p.T("delay.hours_minutes", "Hours", p.Number(hours), "Minutes", two(minutes))
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// Delay says a delay as it was decided: "4 h", "2 jours".
func Delay(p i18n.Printer, d guichet.Delay) string {
	out := ""
	if n := d.Days(); n > 0 {
		out = p.N("delay.days", n)
	}
	if rest := d.In(guichet.Calendar{}); rest > 0 {
		if out != "" {
			out += " "
		}
		out += Span(p, rest)
	}
	return out
}

// Day names a day.
func Day(p i18n.Printer, d guichet.Date) string { return p.Civil(d.In(time.UTC)) }

// Line says a line of an explanation.
func Line(p i18n.Printer, l guichet.ClockLine, run guichet.Countdown) string {
	args := []any{"From", moment(p, l.From), "To", moment(p, l.To), "Work", Span(p, l.Work), "Left", Span(p, l.Left),
		"Day", Day(p, l.Day), "Last", Day(p, l.LastDay), "Name", l.Name, "n", l.Count}
	key := "delay.line." + string(l.Kind)
	switch l.Kind {
	case guichet.LineTarget:
		if run.Within.Days() > 0 {
			key += ".days"
		}
		args = append(args, "Delay", Delay(p, run.Within))
	case guichet.LineClosings:
		return p.N(key, l.Count)
	case guichet.LineHoliday:
		args = append(args, "Holiday", p.T("holiday."+string(l.Holiday)))
	case guichet.LineClosure:
		if l.LastDay != l.Day {
			key += ".several"
		}
	case guichet.LineStopped:
		args = append(args, "Reason", reason(p, l))
		if l.To.IsZero() {
			key += ".still"
		}
	}
	return p.T(key, args...)
}

// reason says why a clock stands still.
func reason(p i18n.Printer, l guichet.ClockLine) string {
	return p.T("delay.stop."+string(l.Stop), "Name", l.Name)
}

func moment(p i18n.Printer, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.Moment(t)
}

// Class is how urgent a clock looks.
func Class(run guichet.Countdown, now time.Time) string {
	switch {
	case run.State == guichet.ClockBreached:
		return "over"
	case run.State != guichet.ClockRunning:
		return "off"
	case !run.WarnAt.IsZero() && !now.Before(run.WarnAt):
		return "near"
	}
	return ""
}

// State says in a few words how a clock stands.
func State(p i18n.Printer, run guichet.Countdown) string {
	switch run.State {
	case guichet.ClockMet:
		return p.T("delay.met")
	case guichet.ClockPaused:
		return p.T("delay.paused", "Left", Span(p, run.Remaining()))
	case guichet.ClockBreached:
		if run.DoneAt.IsZero() {
			return "–\u00a0" + Span(p, run.Remaining())
		}
		return p.T("delay.late", "Late", Span(p, run.Remaining()))
	}
	return Span(p, run.Remaining())
}

// Tenths is how much of a delay is used, from 0 to 10, for the width of its bar.
func Tenths(run guichet.Countdown) string {
	if run.Target <= 0 {
		return "t0"
	}
	return "t" + strconv.Itoa(int(min(max(run.Elapsed*10/run.Target, 0), 10)))
}
