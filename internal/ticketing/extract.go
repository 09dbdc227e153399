package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// Around a word that was found, an extract shows so many characters.
const (
	extractBefore = 24
	extractLength = 180
)

// Extracts are the parts of the texts of tickets in which words that were sought stand, by number, for those whose
// last message does not begin with them. What is internal is shown to those who handle the ticket only.
func (d *Desk) Extracts(ctx context.Context, actor guichet.Actor, rows []store.TicketRow, sought *lexis.Sought) (map[int64]string, error) {
	var wanted []int64
	out := map[int64]string{}
	for _, r := range rows {
		switch spans := sought.Spans(r.LastMessage, 1); {
		case len(spans) == 0:
			wanted = append(wanted, r.Number)
		case spans[0].From > extractBefore:
			out[r.Number] = extract(r.LastMessage, spans[0])
		}
	}
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		texts, err := tx.Texts(ctx, actor.Scope(), wanted)
		for _, t := range texts {
			if out[t.Number] != "" || t.Title {
				continue
			}
			if spans := sought.Spans(t.Text, 1); len(spans) > 0 {
				out[t.Number] = extract(t.Text, spans[0])
			}
		}
		return err
	})
	return out, err
}

// extract is what stands around a place of a text, in one line.
func extract(text string, at lexis.Span) string {
	before, after := []rune(text[:at.From]), []rune(text[at.From:])
	start := ""
	if len(before) > extractBefore {
		before, start = before[len(before)-extractBefore:], "…"
		if i := slices.Index(before, ' '); i >= 0 {
			before = before[i+1:]
		}
	}
	end := ""
	if len(after) > extractLength {
		after, end = after[:extractLength], "…"
	}
	return start + markup.Excerpt(string(before)+string(after), 2*extractLength) + end
}
