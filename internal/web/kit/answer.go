package kit

import (
	"strings"
	"time"

	"guichet"
	"guichet/internal/i18n"
)

// AnswerText says an answer of a form as its reader would: the labels of what was chosen, yes and no
// in the reader's language, days in words.
func AnswerText(p i18n.Printer, a guichet.Answer) string {
	if len(a.Labels) > 0 {
		return strings.Join(a.Labels, ", ")
	}
	words := make([]string, len(a.Values))
	for i, v := range a.Values {
		words[i] = answerWord(p, v)
	}
	return strings.Join(words, ", ")
}

func answerWord(p i18n.Printer, v string) string {
	if v == "yes" || v == "no" {
		return p.T(v)
	}
	// Eleven o’clock UTC is the same day from Samoa to Wallis, whatever the zone of the reader.
	if day, err := time.Parse(time.DateOnly, v); err == nil {
		return p.Date(day.Add(11 * time.Hour))
	}
	return v
}
