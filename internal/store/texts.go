package store

import (
	"context"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/lexis"
)

// Text is one text of a ticket.
type Text struct {
	Number   int64
	TicketID guichet.ID
	Text     string
	Title    bool
}

// titlePlace is the place of a title among the texts of a ticket.
const titlePlace = -2

func scanTicketText(r scanner) (t Text, err error) {
	var place int64
	err = r.Scan(&t.Number, &t.TicketID, &t.Text, &place)
	t.Title = place == titlePlace
	return t, err
}

// Texts reads the texts of some tickets that the scope holds, those of a ticket in the order in which they came:
// titles, descriptions, messages, the names of files. Internal ones are for those who handle the ticket.
func (tx *Tx) Texts(ctx context.Context, scope guichet.Scope, tickets []int64) ([]Text, error) {
	if len(tickets) == 0 {
		return nil, nil
	}
	var p plan
	marks := make([]string, len(tickets))
	for i, n := range tickets {
		marks[i] = p.arg(n)
	}
	p.and("t.number IN (" + strings.Join(marks, ", ") + ")")
	p.scope(scope)
	of, handles := p.sql(), p.handles(scope)
	return many(ctx, tx, scanTicketText, `SELECT x.number, x.id, x.body, x.place FROM (
		SELECT t.number AS number, t.id AS id, t.title AS body, -2 AS place FROM ticket t WHERE `+of+`
		UNION ALL SELECT t.number, t.id, t.description, -1 FROM ticket t WHERE `+of+`
		UNION ALL SELECT t.number, t.id, e.body, e.seq FROM ticket t CROSS JOIN event e WHERE `+of+` AND e.ticket_id = t.id
			AND e.body <> '' AND (e.internal = FALSE OR `+handles+`)
		UNION ALL SELECT t.number, t.id, d.name, 1000000 FROM ticket t CROSS JOIN document d WHERE `+of+` AND d.ticket_id = t.id
			AND (d.internal = FALSE OR `+handles+`)) AS x ORDER BY x.number, x.place`, p.args...)
}

// keep adds the hits in whose texts the phrases stand; all of them when there is no phrase.
func (f *finder) keep(ctx context.Context, hits []hit) error {
	if len(f.words.phrases) == 0 {
		f.hits = append(f.hits, hits...)
		return nil
	}
	for chunk := range slices.Chunk(hits, verifiedAtOnce) {
		numbers := make([]int64, len(chunk))
		for i, h := range chunk {
			numbers[i] = h.number
		}
		texts, err := f.Texts(ctx, f.q.Scope, numbers)
		if err != nil {
			return err
		}
		found := map[int64]map[int]bool{}
		for _, t := range texts {
			for i, phrase := range f.words.phrases {
				if lexis.HasPhrase(t.Text, phrase) {
					if found[t.Number] == nil {
						found[t.Number] = map[int]bool{}
					}
					found[t.Number][i] = true
				}
			}
		}
		for _, h := range chunk {
			if len(found[h.number]) == len(f.words.phrases) {
				f.hits = append(f.hits, h)
			}
		}
		if len(f.hits) > f.limit {
			return nil
		}
	}
	return nil
}
