package agent

import (
	"strconv"
	"unicode/utf8"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/searching"
	"guichet/internal/ticketing"
	"guichet/internal/web/site"
)

// find lists what the filter and the view ask for; nothing when a part of the filter is not understood, rather
// than more than what was asked for.
func (f *filter) find(q *site.Request, reader guichet.Actor, query ticketing.Query) (ticketing.Page, error) {
	if len(f.Problems) > 0 {
		return ticketing.Page{}, nil
	}
	page, err := q.Desk.List(q.R.Context(), reader, query)
	if err != nil && f.fault(q, err) {
		return ticketing.Page{}, nil
	}
	return page, err
}

// highlights are the words to show in the rows, and the texts in which they stand when it is not the last message.
func (f *filter) highlights(q *site.Request, reader guichet.Actor, rows []ticketing.Row) (*lexis.Sought, map[int64]string, error) {
	var words []string
	for _, t := range f.Query.Of(guichet.QueryWords) {
		if !t.Not {
			words = append(words, lexis.Words(t.Values[0])...)
		}
	}
	if len(words) == 0 {
		return nil, nil, nil
	}
	sought := lexis.Seek(words, false)
	extracts, err := q.Desk.Extracts(q.R.Context(), reader, rows, sought)
	return sought, extracts, err
}

// said is what a row shows below its title.
func (d *listData) said(r *ticketing.Row) string {
	if text := d.Extracts[r.Number]; text != "" {
		return text
	}
	return r.LastMessage
}

// piece is a part of a text, with whether it is one of the words sought.
type piece struct {
	Text string
	Hit  bool
}

// maxMarks is how many words are shown in one text.
const maxMarks = 12

func pieces(text string, sought *lexis.Sought) (out []piece) {
	at := 0
	if sought != nil {
		for _, s := range sought.Spans(text, maxMarks) {
			out = append(out, piece{Text: text[at:s.From]}, piece{text[s.From:s.To], true})
			at = s.To
		}
	}
	return append(out, piece{Text: text[at:]})
}

// complete proposes how to go on with the query that is being typed.
func complete(q *site.Request) error {
	asked := q.R.URL.Query()
	at, err := strconv.Atoi(asked.Get("at"))
	if err != nil {
		at = utf8.RuneCountInString(asked.Get("q"))
	}
	found, err := q.Searching.Complete(q.R.Context(), q.Actor, q.P.Locale(), asked.Get("q"), at)
	if err != nil {
		return err
	}
	if found == nil {
		found = []searching.Completion{}
	}
	return q.JSON(found)
}
