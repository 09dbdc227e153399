package kit

import (
	"strings"
	"time"

	"guichet"
	"guichet/internal/i18n"
)

// Profile says a profile of people in the reader's language; one that the desk made up is its own word.
func Profile(p i18n.Printer, profile string) string {
	if key := "profile.is." + profile; p.Has(key) {
		return p.T(key)
	}
	return profile
}

// AnswerText says an answer of a form as its reader would: the labels of what was chosen, yes and no
// in the reader's language, days in words.
func AnswerText(p i18n.Printer, a guichet.Answer) string {
	if len(a.Labels) > 0 {
		return strings.Join(a.Labels, ", ")
	}
	words := make([]string, len(a.Values))
	for i, v := range a.Values {
		words[i] = answerWord(p, a.Type, v)
	}
	return strings.Join(words, ", ")
}

func answerWord(p i18n.Printer, t guichet.FieldType, v string) string {
	untyped := t == "" // the answer of a ticket older than types
	if (untyped || t == guichet.FieldYesNo) && (v == "yes" || v == "no") {
		return p.T(v)
	}
	// Eleven o’clock UTC is the same day from Samoa to Wallis, whatever the zone of the reader.
	if day, err := time.Parse(time.DateOnly, v); err == nil && (untyped || t == guichet.FieldDate) {
		return p.Date(day.Add(11 * time.Hour))
	}
	if moment, err := time.Parse("2006-01-02T15:04", v); err == nil && t == guichet.FieldDateTime {
		return p.T("answer.date_time", "Date", p.Date(moment.Truncate(24*time.Hour).Add(11*time.Hour)), "Time", moment.Format("15:04"))
	}
	return v
}
