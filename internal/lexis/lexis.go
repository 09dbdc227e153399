// Package lexis analyses text for search and sorting, the same way for both engines: what it
// returns is stored and compared byte by byte.
package lexis

import (
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/french"
	"golang.org/x/text/unicode/norm"
)

// maxWord is the length of a word beyond which it is cut, in characters: identifiers and keys
// pasted in a ticket must not fill the index.
const maxWord = 40

// Fold returns a text in lower case without accents, ligatures opened, spaces single.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsSpace(r):
			space = b.Len() > 0
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			fold(&b, unicode.ToLower(r))
		}
	}
	return b.String()
}

// fold writes a letter, its ligature opened.
func fold(b *strings.Builder, r rune) {
	switch r {
	case 'œ':
		b.WriteString("oe")
	case 'æ':
		b.WriteString("ae")
	case 'ß':
		b.WriteString("ss")
	case '’', 'ʼ':
		b.WriteByte('\'')
	default:
		b.WriteRune(r)
	}
}

// Words splits a text into folded words of letters and digits.
func Words(s string) []string {
	words := strings.FieldsFunc(Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		if len(w) <= maxWord {
			continue // in bytes: no more in characters
		}
		if runes := []rune(w); len(runes) > maxWord {
			words[i] = string(runes[:maxWord])
		}
	}
	return words
}

// elided are the words that lose their vowel before another: they are not worth finding.
var elided = map[string]bool{"l": true, "d": true, "j": true, "m": true, "t": true, "s": true, "c": true,
	"n": true, "qu": true, "jusqu": true, "lorsqu": true, "puisqu": true}

// Tokens returns the stems of the words of a text, for the full-text index and for queries.
func Tokens(s string) []string {
	words := Words(s)
	out := make([]string, 0, len(words))
	stems := make(map[string]string, len(words)) // a text says most of its words more than once
	for _, w := range words {
		if elided[w] {
			continue
		}
		s, known := stems[w]
		if !known {
			s = stem(w)
			stems[w] = s
		}
		out = append(out, s)
	}
	return out
}

func stem(w string) string {
	env := snowballstem.NewEnv(singular(w))
	french.Stem(env)
	if s := Fold(env.Current()); s != "" {
		return s
	}
	return w
}

// singular takes off the marks of plural and of feminine participles, which the stemmer confuses with
// endings of verbs, above all without their accents: « connexions », « bloquée ».
func singular(w string) string {
	if len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") {
		w = w[:len(w)-1]
	}
	if len(w) > 4 && strings.HasSuffix(w, "ee") {
		w = w[:len(w)-1]
	}
	return w
}

// SortKey returns a text that sorts as a French reader expects when compared byte by byte: accents
// and case count only between words that are otherwise equal.
func SortKey(s string) string { return Fold(s) + "\x01" + s }
