package i18n

import (
	"strconv"
	"strings"
	"time"
)

// Spaces that keep a number and what follows on one line.
const (
	noBreak       = "\u00a0" // between a number and its unit
	narrowNoBreak = "\u202f" // between groups of three digits
)

// format is how a language writes days, clock times and numbers.
type format struct {
	weekdays    [7]string // Sunday first, as time.Weekday counts
	months      [12]string
	shortMonths [12]string
	first       string // how the first day of a month is written
	clock       func(t time.Time) string
	group       string // between groups of three digits
	decimal     string
	units       [5]string // byte, then powers of 1,024
}

func french() format {
	return format{
		weekdays: [7]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
		months: [12]string{"janvier", "février", "mars", "avril", "mai", "juin",
			"juillet", "août", "septembre", "octobre", "novembre", "décembre"},
		shortMonths: [12]string{"janv.", "févr.", "mars", "avr.", "mai", "juin",
			"juil.", "août", "sept.", "oct.", "nov.", "déc."},
		first:   "1er",
		clock:   frenchClock,
		group:   narrowNoBreak,
		decimal: ",",
		units:   [5]string{"o", "Kio", "Mio", "Gio", "Tio"},
	}
}

func english() format {
	return format{
		weekdays: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		months: [12]string{"January", "February", "March", "April", "May", "June",
			"July", "August", "September", "October", "November", "December"},
		shortMonths: [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
			"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		first:   "1",
		clock:   func(t time.Time) string { return t.Format("15:04") },
		group:   ",",
		decimal: ".",
		units:   [5]string{"B", "KiB", "MiB", "GiB", "TiB"},
	}
}

// frenchClock writes "9 h 05", and "9 h" on the hour.
func frenchClock(t time.Time) string {
	hour := strconv.Itoa(t.Hour()) + noBreak + "h"
	if t.Minute() == 0 {
		return hour
	}
	return hour + noBreak + t.Format("04")
}

// Number writes a whole number in groups of three digits: "1 234 567" with
// narrow no-break spaces in French, "1,234,567" in English.
func (p Printer) Number(n int) string {
	return grouped(int64(n), p.catalogue.format.group)
}

// Ticket writes a ticket's number in groups of three digits with narrow
// no-break spaces, the same in every language so that it is read out alike.
func (p Printer) Ticket(n int64) string { return grouped(n, narrowNoBreak) }

// grouped writes n with a separator before each group of three digits.
func grouped(n int64, separator string) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	if len(digits) <= 3 {
		return sign + digits
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(digit)
	}
	return b.String()
}

// Size writes a number of bytes in binary units with at most one decimal:
// "1,8 Mio" in French, "1.8 MiB" in English.
func (p Printer) Size(bytes int64) string { return p.catalogue.format.size(bytes) }

func (f *format) size(bytes int64) string {
	value, unit := float64(bytes), 0
	// 1,023.95 would be rounded to 1,024.0: it belongs to the next unit.
	for value >= 1023.95 && unit < len(f.units)-1 {
		value, unit = value/1024, unit+1
	}
	digits := strings.TrimSuffix(strconv.FormatFloat(value, 'f', 1, 64), ".0")
	return strings.Replace(digits, ".", f.decimal, 1) + noBreak + f.units[unit]
}
