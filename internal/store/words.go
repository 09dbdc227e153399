package store

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/lexis"
)

// The index has one entry for each ticket: the tokens of all its texts, each once. A token that stands in a
// title, a solution or an internal note is there with a mark too. Tokens are letters and digits, so that a mark
// is never a word.
const (
	inTitle    = "t_"
	inSolution = "s_"
	inNote     = "i_" // only there
)

// maxTokens is how many different words of one ticket are found.
const maxTokens = 20_000

// Index adds the words of an event to those by which its ticket is found.
func (tx *Tx) Index(ctx context.Context, t guichet.Ticket, e guichet.Event, text string) error {
	return tx.addWords(ctx, t.Number, tokensOf(t, e, text))
}

func tokensOf(t guichet.Ticket, e guichet.Event, text string) []string {
	tokens := lexis.Tokens(text)
	switch {
	case e.Internal:
		return marked(inNote, tokens)
	case e.Kind == guichet.EventOpened:
		title := lexis.Tokens(strconv.FormatInt(t.Number, 10) + " " + t.Title)
		return slices.Concat(title, marked(inTitle, title), tokens)
	case e.Kind == guichet.EventResolved:
		return slices.Concat(tokens, marked(inSolution, tokens))
	}
	return tokens
}

// IndexFiles adds the names of the files that came with an event.
func (tx *Tx) IndexFiles(ctx context.Context, t guichet.Ticket, e guichet.Event, names []string) error {
	tokens := lexis.Tokens(strings.Join(names, " "))
	if e.Internal {
		tokens = marked(inNote, tokens)
	}
	return tx.addWords(ctx, t.Number, tokens)
}

func (tx *Tx) addWords(ctx context.Context, number int64, tokens []string) error {
	if len(tokens) == 0 {
		return nil
	}
	slices.Sort(tokens)
	tokens = slices.Compact(tokens)
	return tx.store.d.addWords(ctx, tx, number, tokens[:min(len(tokens), maxTokens)])
}

func marked(mark string, tokens []string) []string {
	out := make([]string, len(tokens))
	for i, t := range tokens {
		out[i] = mark + t
	}
	return out
}

// syntax is how an engine's query for words is written.
type syntax struct{ quote, and, or, not string }

// all asks for every token, each in any of some places.
func (s syntax) all(tokens []string, places ...string) string {
	each := make([]string, len(tokens))
	for i, token := range tokens {
		either := make([]string, len(places))
		for j, place := range places {
			either[j] = s.quote + place + token + s.quote
		}
		each[i] = "(" + strings.Join(either, s.or) + ")"
	}
	return strings.Join(each, s.and)
}

// some asks for any of the tokens in a place.
func (s syntax) some(tokens []string, place string) string {
	either := make([]string, len(tokens))
	for i, token := range tokens {
		either[i] = s.quote + place + token + s.quote
	}
	return strings.Join(either, s.or)
}

// but asks for one thing without another.
func (s syntax) but(this, that string) string { return "(" + this + ")" + s.not + "(" + that + ")" }
