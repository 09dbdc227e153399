package i18n

import (
	"strconv"
	"time"
)

// nearDays is how far, in days, a date is still named by its weekday alone:
// beyond, the same weekday would come twice.
const nearDays = 6

// Date is the day in full: "lundi 23 novembre 2026", "Monday 23 November 2026".
func (p Printer) Date(t time.Time) string {
	t = t.In(p.zone)
	f := &p.catalogue.format
	return f.weekdays[t.Weekday()] + " " + f.dayOfMonth(t) + " " + f.months[t.Month()-1] + " " + year(t)
}

// DateTime is the day and the time: "lundi 23 novembre 2026 à 9 h 05",
// "Monday 23 November 2026 at 09:05".
func (p Printer) DateTime(t time.Time) string {
	return p.T("date.at", "day", p.Date(t), "time", p.Clock(t))
}

// Short is the day in few letters: "23 nov. 2026", "23 Nov 2026".
func (p Printer) Short(t time.Time) string {
	t = t.In(p.zone)
	f := &p.catalogue.format
	return f.dayOfMonth(t) + " " + f.shortMonths[t.Month()-1] + " " + year(t)
}

// Clock is the time of day: "9 h 05" ("9 h" on the hour), "09:05".
func (p Printer) Clock(t time.Time) string {
	return p.catalogue.format.clock(t.In(p.zone))
}

// Relative says when t is for somebody who reads at now: "il y a 12 min",
// "hier à 16 h 52", "demain à 9 h", "le 1er décembre". Days are those of the
// reader's time zone.
func (p Printer) Relative(t, now time.Time) string {
	t, now = t.In(p.zone), now.In(p.zone)
	distance := t.Sub(now)
	switch {
	case distance.Abs() < time.Minute:
		return p.T("date.now")
	case distance.Abs() < time.Hour && distance < 0:
		return p.T("date.minutes_ago", "n", int(-distance/time.Minute))
	case distance.Abs() < time.Hour:
		return p.T("date.in_minutes", "n", int(distance/time.Minute))
	}
	return p.relativeDay(t, now)
}

// relativeDay names a day by its place around today.
func (p Printer) relativeDay(t, now time.Time) string {
	f := &p.catalogue.format
	switch days := civilDays(t) - civilDays(now); {
	case days == 0:
		return p.T("date.today_at", "time", p.Clock(t))
	case days == -1:
		return p.T("date.yesterday_at", "time", p.Clock(t))
	case days == 1:
		return p.T("date.tomorrow_at", "time", p.Clock(t))
	case max(days, -days) <= nearDays:
		day := f.weekdays[t.Weekday()] + " " + f.dayOfMonth(t) + " " + f.shortMonths[t.Month()-1]
		return p.T("date.at", "day", day, "time", p.Clock(t))
	}
	day := f.dayOfMonth(t) + " " + f.months[t.Month()-1]
	if t.Year() != now.Year() {
		day += " " + year(t)
	}
	return p.T("date.on", "day", day)
}

// dayOfMonth is the day's number; French writes the first as an ordinal.
func (f *format) dayOfMonth(t time.Time) string {
	if t.Day() == 1 {
		return f.first
	}
	return strconv.Itoa(t.Day())
}

// civilDays numbers the calendar days, so that a day of 23 or 25 hours still
// counts for one.
func civilDays(t time.Time) int64 {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
}

func year(t time.Time) string { return strconv.Itoa(t.Year()) }

// Moment is the day and the time in few words, with the year left out: "jeudi 26 nov. à 17 h 40".
func (p Printer) Moment(t time.Time) string {
	t = t.In(p.zone)
	f := &p.catalogue.format
	day := f.weekdays[t.Weekday()] + " " + f.dayOfMonth(t) + " " + f.shortMonths[t.Month()-1]
	return p.T("date.at", "day", day, "time", p.Clock(t))
}

// Civil is a day that no time zone moves: "lundi 6 avr. 2026".
func (p Printer) Civil(t time.Time) string {
	f := &p.catalogue.format
	return f.weekdays[t.Weekday()] + " " + f.dayOfMonth(t) + " " + f.shortMonths[t.Month()-1] + " " + year(t)
}

// Weekday is the name of a day of the week.
func (p Printer) Weekday(day time.Weekday) string { return p.catalogue.format.weekdays[day] }
