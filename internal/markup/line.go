package markup

import (
	"strings"
	"unicode"
)

// Line cleans a text of one line, such as a title: Clean, then one space for any run of spaces, tabs
// and line ends, and nothing that is not seen. Spaces that do not break, which French typography
// needs, stay.
func Line(s string) string {
	shown := strings.Map(shownRune, Clean(s))
	return strings.Join(strings.FieldsFunc(shown, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }), " ")
}

// shownRune drops what changes a line without being seen: characters that turn the direction of writing
// (they hide the true extension of a file), those without width (they make two names out of one) and
// control characters. The separators of Unicode become line ends.
func shownRune(r rune) rune {
	switch {
	case r == '\n', r == '\t':
		return r
	case r == '\u2028', r == '\u2029':
		return '\n'
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r >= '\u200b' && r <= '\u200f', r == '\u2060', r == '\ufeff':
		return -1
	}
	return r
}

// FileName makes the name that a sender gives to a file into one fit to be kept and shown: one line,
// without the folders that some browsers send. It is empty when the name says nothing.
func FileName(given string) string {
	name := Line(given)
	name = strings.TrimSpace(name[strings.LastIndexAny(name, `/\`)+1:])
	if strings.Trim(name, ". ") == "" {
		return ""
	}
	return name
}
