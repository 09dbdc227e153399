package guichet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mentions lists the people whom a text names with an @ before their whole name, in the order of the text,
// each once. A longer name goes before a shorter one that begins it.
func Mentions(text string, people map[ID]Person) []ID {
	text = strings.ToLower(text)
	var out []ID
	for i := strings.IndexByte(text, '@'); i >= 0; {
		rest := text[i+1:]
		if id := namedAt(rest, people); id != "" && !slices.Contains(out, id) && standsAlone(text[:i]) {
			out = append(out, id)
		}
		next := strings.IndexByte(rest, '@')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return out
}

// namedAt is whom a text in small letters begins with.
func namedAt(text string, people map[ID]Person) (found ID) {
	longest := 0
	for id, p := range people {
		name := strings.ToLower(p.Name())
		if name == "" || len(name) < longest || !strings.HasPrefix(text, name) {
			continue
		}
		after, _ := utf8.DecodeRuneInString(text[len(name):])
		if len(text) > len(name) && (unicode.IsLetter(after) || unicode.IsDigit(after)) {
			continue
		}
		if len(name) > longest || id < found { // namesakes: always the same one
			found, longest = id, len(name)
		}
	}
	return found
}

// standsAlone reports whether an @ after a text begins a word: addresses hold one in their middle.
func standsAlone(before string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	return before == "" || !unicode.IsLetter(last) && !unicode.IsDigit(last)
}
