package account

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"guichet"
)

const (
	// Lengths in characters: NIST SP 800-63B-4 asks for 15 where the password
	// is alone, and ANSSI and CNIL are satisfied with it.
	passwordMin = 15
	passwordMax = 128

	// ownCharacters is how many characters must be left of a password without
	// the well-known words and sequences in it.
	ownCharacters = 8
	// distinctCharacters is how many different characters it needs.
	distinctCharacters = 6
	// contextLength is the shortest name, in characters, looked for in a password.
	contextLength = 3
)

//go:embed passwords.txt
var passwordList string

// withoutSeparators lets "mot de passe" be recognised like "motdepasse".
var withoutSeparators = strings.NewReplacer(" ", "", "-", "", "_", "", ".", "", "'", "", "’", "")

// commonWords reads the list of common passwords, longest first so that
// "motdepasse" is recognised before "passe".
var commonWords = sync.OnceValue(func() []string {
	words := strings.Fields(passwordList)
	sortByLength(words)
	return words
})

// CheckPolicy says whether a password may be chosen: 15 to 128 characters of
// any kind, and not just a common password or the words given (names of the
// person and of the organisation) with a few characters around. There is no
// other rule, as rules of composition make worse passwords (NIST, CNIL).
//
// The error is invalid on the field "password": "password.too_short" or
// "password.too_long" with Limit, or "password.common".
func CheckPolicy(password string, words []string) error {
	password = norm.NFKC.String(password)
	switch length := utf8.RuneCountInString(password); {
	case length < passwordMin:
		return guichet.Invalid("password", "password.too_short", "Limit", passwordMin)
	case length > passwordMax:
		return guichet.Invalid("password", "password.too_long", "Limit", passwordMax)
	case isCommon(password, words):
		return guichet.Invalid("password", "password.common")
	}
	return nil
}

// isCommon says whether little is left of a password once what anybody would
// try is taken out of it.
func isCommon(password string, words []string) bool {
	folded := fold(withoutSeparators.Replace(password))
	if distinct(folded) < distinctCharacters {
		return true
	}
	for _, word := range contextWords(words) {
		folded = strings.ReplaceAll(folded, word, "\n")
	}
	for _, word := range commonWords() {
		folded = strings.ReplaceAll(folded, word, "\n")
	}
	return own(folded) < ownCharacters
}

// contextWords splits names into words worth looking for, longest first.
func contextWords(names []string) []string {
	var words []string
	for _, name := range names {
		for _, word := range strings.FieldsFunc(fold(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(word) >= contextLength {
				words = append(words, word)
			}
		}
	}
	sortByLength(words)
	return words
}

// fold drops case and accents.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(text))
}

// own counts the characters that are neither the line feed left by a known word
// nor the next step of a sequence such as 1234, cba or aaaa.
func own(text string) int {
	count, previous, step := 0, rune(-1), rune(0)
	for _, r := range text {
		move := r - previous
		inSequence := move == step && move >= -1 && move <= 1
		if r != '\n' && !inSequence {
			count++
		}
		previous, step = r, move
	}
	return count
}

func distinct(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

func sortByLength(words []string) {
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
}
