package demo

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// A moment is "-12d 09:40" (working days before today, or after with +, and the time of that day),
// "10:05" (the same day as the moment before it) or "-2h10m" (before now).
var (
	momentPattern = regexp.MustCompile(`^([+-]\d+d \d\d:\d\d|\d\d:\d\d|-(\d+h)?(\d+m)?)$`)
	dayPattern    = regexp.MustCompile(`^([+-]\d+)d(?: (\d\d:\d\d))?$`)
)

// calendar turns the moments of a script into times around now.
type calendar struct{ now time.Time }

// newCalendar places now in the desk's time zone.
func newCalendar(now time.Time, zone string) (calendar, error) {
	place, err := time.LoadLocation(zone)
	if err != nil {
		return calendar{}, fmt.Errorf("time zone of the desk: %w", err)
	}
	return calendar{now.In(place)}, nil
}

// past reads the moment of something that happened: never after now, never before what came before.
func (c calendar) past(text string, before time.Time) (time.Time, error) {
	t, err := c.at(text, before)
	if t.After(c.now) {
		t = c.now
	}
	if t.Before(before) {
		t = before
	}
	return t, err
}

// at reads a moment; an empty one is the zero time.
func (c calendar) at(text string, before time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if found := dayPattern.FindStringSubmatch(text); found != nil && found[2] != "" {
		days, err := strconv.Atoi(found[1])
		if err != nil {
			return time.Time{}, err
		}
		return clock(c.day(days), found[2])
	}
	if len(text) == len("10:05") && text[2] == ':' {
		return clock(before, text)
	}
	d, err := time.ParseDuration(text)
	return c.now.Add(d), err
}

// day is a number of working days after today, or before; a weekend counts as its Friday.
func (c calendar) day(n int) time.Time {
	step := 1
	if n < 0 {
		n, step = -n, -1
	}
	day := c.now
	for weekend(day) {
		day = day.AddDate(0, 0, -1)
	}
	for ; n > 0; n-- {
		day = day.AddDate(0, 0, step)
		for weekend(day) {
			day = day.AddDate(0, 0, step)
		}
	}
	return day
}

// date reads a day without a time, as the answers of forms hold it; any other text stays.
func (c calendar) date(text string) string {
	found := dayPattern.FindStringSubmatch(text)
	if found == nil || found[2] != "" {
		return text
	}
	days, err := strconv.Atoi(found[1])
	if err != nil {
		return text
	}
	return c.day(days).Format(time.DateOnly)
}

func weekend(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }

func clock(day time.Time, text string) (time.Time, error) {
	t, err := time.Parse("15:04", text)
	return time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), 0, 0, day.Location()), err
}
