package ruling

import (
	"strings"

	"guichet/internal/lexis"
)

// Reading is the text of one ticket, read at most once however many rules and sets of rules look at it.
type Reading struct {
	memo lexis.Memo
	text *stems
}

// NewReading is for one ticket.
func NewReading() *Reading { return &Reading{memo: lexis.Memo{}} }

// Next is the reading of another ticket, whose words may have been met: they are stemmed once.
func (r *Reading) Next() *Reading { return &Reading{memo: r.memo} }

// stems is a text as words are looked for in it.
type stems struct {
	row  string         // between spaces, for several words in a row
	each map[string]int // where a stem stands first
}

func (r *Reading) read(text string) *stems {
	tokens := r.memo.Tokens(text)
	s := &stems{row: spaced(tokens), each: make(map[string]int, len(tokens))}
	at := 0
	for _, t := range tokens {
		if _, known := s.each[t]; !known {
			s.each[t] = at
		}
		at += len(t) + 1
	}
	return s
}

// sought is what is looked for: words in a row. Without any, nothing is found.
type sought struct {
	first, row string
	several    bool
}

func soughtIn(text string) sought {
	tokens := lexis.Tokens(text)
	if len(tokens) == 0 {
		return sought{}
	}
	return sought{tokens[0], spaced(tokens), len(tokens) > 1}
}

func (s *stems) hold(w sought) bool {
	at, found := s.each[w.first]
	return found && (!w.several || strings.Contains(s.row[at:], w.row))
}

func spaced(tokens []string) string { return " " + strings.Join(tokens, " ") + " " }
