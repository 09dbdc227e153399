package kit_test

import (
	"testing"
	"time"

	"guichet"
	"guichet/internal/i18n"
	"guichet/internal/web/kit"
)

func TestAnswersReadAsWords(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	wallis := time.FixedZone("Wallis", 12*60*60)
	for name, c := range map[string]struct {
		answer guichet.Answer
		fr, en string
	}{
		"yes":     {guichet.Answer{Values: []string{"yes"}}, "Oui", "Yes"},
		"day":     {guichet.Answer{Values: []string{"2026-12-07"}}, "lundi 7 décembre 2026", "Monday 7 December 2026"},
		"text":    {guichet.Answer{Values: []string{"2026-12"}}, "2026-12", "2026-12"},
		"labels":  {guichet.Answer{Values: []string{"a", "b"}, Labels: []string{"Un", "Deux"}}, "Un, Deux", "Un, Deux"},
		"nothing": {guichet.Answer{}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := kit.AnswerText(texts.Printer("fr", wallis), c.answer); got != c.fr {
				t.Errorf("French: %q, expected %q", got, c.fr)
			}
			if got := kit.AnswerText(texts.Printer("en", time.UTC), c.answer); got != c.en {
				t.Errorf("English: %q, expected %q", got, c.en)
			}
		})
	}
}
