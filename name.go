package guichet

import (
	"regexp"
	"strings"
	"unicode"
)

// Trigrams that old software puts beside names: « JFK (Jean-François KERSERHO) », and the reverse.
var (
	trigramBefore = regexp.MustCompile(`^[\p{Lu}\d]{2,5}\s*\(\s*([^()]*[^()\s])\s*\)$`)
	trigramAfter  = regexp.MustCompile(`^(\S.*?)\s*\(\s*[\p{Lu}\d]{2,5}\s*\)$`)
)

// WithoutTrigram leaves of a name as old software shows it the name alone (DOMAIN G8).
func WithoutTrigram(name string) string {
	name = strings.TrimSpace(name)
	if m := trigramBefore.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	if m := trigramAfter.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	return name
}

// SplitName parts a whole name into given and family names. Words in capitals are the family name,
// wherever they stand, as French administrations write it; else the last word is.
func SplitName(name string) (given, family string) {
	words := strings.Fields(WithoutTrigram(name))
	var first, last []string
	for _, w := range words {
		if capitals(w) {
			last = append(last, w)
		} else {
			first = append(first, w)
		}
	}
	if len(last) == 0 && len(words) > 0 {
		first, last = words[:len(words)-1], words[len(words)-1:]
	}
	return strings.Join(first, " "), strings.Join(last, " ")
}

// capitals reports a word of two letters or more, all of them capitals.
func capitals(word string) bool {
	letters := 0
	for _, r := range word {
		if !unicode.IsLetter(r) {
			continue
		}
		if !unicode.IsUpper(r) {
			return false
		}
		letters++
	}
	return letters > 1
}
