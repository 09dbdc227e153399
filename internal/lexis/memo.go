package lexis

import "strings"

// Memo remembers the stems of what stood between two spaces, for who reads many texts in one go: words
// come back, and stemming one costs a hundred times what finding it does. It serves one goroutine.
type Memo map[string][]string

// Tokens returns what the function Tokens does.
func (m Memo) Tokens(s string) []string {
	fields := strings.Fields(s)
	out := make([]string, 0, len(fields))
	for _, f := range fields {
		found, known := m[f]
		if !known {
			found = Tokens(f)
			m[strings.Clone(f)] = found
		}
		out = append(out, found...)
	}
	return out
}
