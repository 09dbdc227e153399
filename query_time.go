package guichet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Period is a stretch of time from its beginning up to its end, which it does not hold. A zero time is no bound.
type Period struct{ From, To time.Time }

// Values of fields that are times, besides dates ("2026-01-31", "2026-01", "2026"), spans of dates
// ("2026-01-01..2026-01-31") and durations ("7d"), which may follow <, <=, > or >=.
const (
	queryToday     = "today"
	queryYesterday = "yesterday"
	queryTomorrow  = "tomorrow"
	queryWeek      = "week"
	queryMonth     = "month"
	queryYear      = "year"
)

func queryPeriods() []queryWord {
	return []queryWord{
		{queryToday, words("aujourd’hui"), words("today")},
		{queryYesterday, words("hier"), words("yesterday")},
		{queryTomorrow, words("demain"), words("tomorrow")},
		{queryWeek, words("semaine", "cette semaine"), words("week", "this week")},
		{queryMonth, words("mois", "ce mois"), words("month", "this month")},
		{queryYear, words("année", "cette année"), words("year", "this year")},
		{QueryOverdue, words("dépassée", "dépassé", "retard", "en retard"), words("overdue", "late", "breached")},
		{QueryNone, words("aucune", "aucun", "sans"), words("none")},
	}
}

// periods are the words that a field which is a time takes.
func (f QueryField) periods() []string {
	switch f {
	case QueryCreated, QueryUpdated, QueryResolved:
		return []string{queryToday, queryYesterday, queryWeek, queryMonth, queryYear}
	case QueryDue:
		return []string{QueryOverdue, queryToday, queryTomorrow, queryWeek, QueryNone}
	case QueryResumes:
		return []string{queryToday, queryTomorrow, queryWeek, queryMonth, QueryNone}
	}
	return nil
}

func (f QueryField) isTime() bool { return len(f.periods()) > 0 }

// QueryTimes lists the fields whose values are periods.
func QueryTimes() []QueryField {
	return []QueryField{QueryCreated, QueryUpdated, QueryResolved, QueryDue, QueryResumes}
}

// ahead reports a field whose times are mostly to come.
func (f QueryField) ahead() bool { return f == QueryDue || f == QueryResumes }

// queryUnits are the units of durations: how they are stored and written, the longer first.
func queryUnits() []queryWord {
	return []queryWord{
		{"min", words("min", "minutes", "minute"), words("min", "minutes", "minute")},
		{"mo", words("mois"), words("mo", "months", "month")},
		{"h", words("h", "heures", "heure"), words("h", "hours", "hour")},
		{"d", words("j", "jours", "jour"), words("d", "days", "day")},
		{"w", words("s", "sem", "semaines", "semaine"), words("w", "weeks", "week")},
		{"y", words("a", "an", "ans", "années"), words("y", "years", "year")},
	}
}

// signOf parts the sign of comparison from a value.
func signOf(v string) (sign, rest string) {
	for _, s := range []string{"<=", ">=", "<", ">", "="} {
		if rest, found := strings.CutPrefix(v, s); found {
			return strings.TrimPrefix(s, "="), rest
		}
	}
	return "", v
}

func (f QueryField) canonicalTime(v string) (string, bool) {
	sign, rest := signOf(strings.TrimSpace(v))
	word := bareWord(rest)
	for _, w := range queryPeriods() {
		if slices.Contains(f.periods(), w.key) && slices.ContainsFunc(append(slices.Clone(w.fr), w.en...), func(s string) bool { return bareWord(s) == word }) {
			if w.key == QueryOverdue || w.key == QueryNone {
				sign = ""
			}
			return sign + w.key, true
		}
	}
	if d, ok := canonicalDuration(word); ok {
		if sign == "" || sign == "<=" {
			sign = "<"
		}
		return strings.TrimSuffix(sign, "=") + d, true
	}
	if from, to, span := strings.Cut(rest, ".."); span && sign == "" {
		a, okA := canonicalDate(from)
		b, okB := canonicalDate(to)
		return a + ".." + b, okA && okB
	}
	date, ok := canonicalDate(rest)
	return sign + date, ok
}

func canonicalDuration(word string) (string, bool) {
	digits := strings.TrimLeft(word, "0123456789")
	n, unit := word[:len(word)-len(digits)], strings.TrimSpace(digits)
	if n == "" || len(n) > 4 {
		return "", false
	}
	for _, w := range queryUnits() {
		if w.called(unit) || slices.ContainsFunc(w.fr, func(s string) bool { return bareWord(s) == unit }) {
			return trimZeros(n) + w.key, true
		}
	}
	return "", false
}

// canonicalDate reads a day, a month or a year; a French day ("31/01/2026") too.
func canonicalDate(s string) (string, bool) {
	for layout, form := range map[string]string{"2006-01-02": "2006-01-02", "2/1/2006": "2006-01-02", "2006-01": "2006-01", "1/2006": "2006-01", "2006": "2006"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1900 && t.Year() < 2200 {
			return t.Format(form), true
		}
	}
	return "", false
}

func timeWord(f QueryField, value, locale string) string {
	sign, rest := signOf(value)
	for _, w := range queryPeriods() {
		if w.key == rest {
			return sign + w.in(locale)
		}
	}
	digits := strings.TrimLeft(rest, "0123456789")
	for _, w := range queryUnits() {
		if w.key == digits && sign != "" {
			return sign + rest[:len(rest)-len(digits)] + w.in(locale)
		}
	}
	return sign + rest
}

// Periods are the stretches of time that the values of a term mean for a reader, at a time and in a time
// zone. QueryNone gives none.
func (t QueryTerm) Periods(now time.Time, zone *time.Location) []Period {
	var out []Period
	for _, v := range t.Values {
		if v == QueryNone {
			continue
		}
		out = append(out, t.Field.period(v, now.In(zone)))
	}
	return out
}

func (f QueryField) period(v string, now time.Time) Period {
	sign, rest := signOf(v)
	if rest == QueryOverdue {
		return Period{To: now}
	}
	if from, to, span := strings.Cut(rest, ".."); span {
		a, _ := spanOf(from, now)
		_, b := spanOf(to, now)
		return Period{a, b}
	}
	if at, ok := f.moment(rest, now); ok {
		if (sign == "<") == f.ahead() {
			return Period{To: at}
		}
		return Period{From: at}
	}
	from, to := spanOf(rest, now)
	switch sign {
	case "<":
		return Period{To: from}
	case "<=":
		return Period{To: to}
	case ">":
		return Period{From: to}
	case ">=":
		return Period{From: from}
	}
	return Period{from, to}
}

// moment is the time that a duration leads to: before now for what is past, after it for what is to come.
func (f QueryField) moment(v string, now time.Time) (time.Time, bool) {
	unit := strings.TrimLeft(v, "0123456789")
	n, err := strconv.Atoi(v[:len(v)-len(unit)])
	if err != nil || unit == "" {
		return time.Time{}, false
	}
	if !f.ahead() {
		n = -n
	}
	switch unit {
	case "min":
		return now.Add(time.Duration(n) * time.Minute), true
	case "h":
		return now.Add(time.Duration(n) * time.Hour), true
	case "d":
		return now.AddDate(0, 0, n), true
	case "w":
		return now.AddDate(0, 0, 7*n), true
	case "mo":
		return now.AddDate(0, n, 0), true
	case "y":
		return now.AddDate(n, 0, 0), true
	}
	return time.Time{}, false
}

// spanOf is the stretch that a date or a word means.
func spanOf(v string, now time.Time) (from, to time.Time) {
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch v {
	case queryToday:
		return day, day.AddDate(0, 0, 1)
	case queryYesterday:
		return day.AddDate(0, 0, -1), day
	case queryTomorrow:
		return day.AddDate(0, 0, 1), day.AddDate(0, 0, 2)
	case queryWeek:
		monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
		return monday, monday.AddDate(0, 0, 7)
	case queryMonth:
		first := day.AddDate(0, 0, 1-day.Day())
		return first, first.AddDate(0, 1, 0)
	case queryYear:
		first := time.Date(now.Year(), 1, 1, 0, 0, 0, 0, now.Location())
		return first, first.AddDate(1, 0, 0)
	}
	for layout, step := range map[string][3]int{"2006-01-02": {0, 0, 1}, "2006-01": {0, 1, 0}, "2006": {1, 0, 0}} {
		if from, err := time.ParseInLocation(layout, v, now.Location()); err == nil {
			return from, from.AddDate(step[0], step[1], step[2])
		}
	}
	panic(fmt.Sprintf("query: %q is no date", v))
}
