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
	p.and(p.numbers(tickets))
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

// keep adds the hits in whose texts the phrases stand; all of them when there is no phrase. The index found those
// that hold the words: the texts tell whether they stand in a row. So many are read for one page; the next one goes on
// after the last of them.
func (f *finder) keep(ctx context.Context, hits []hit) error {
	if len(f.words.phrases) == 0 {
		f.hits = append(f.hits, hits...)
		return nil
	}
	for chunk := range slices.Chunk(hits, verifiedAtOnce) {
		v := &verifying{phrases: f.words.phrases, left: map[int64]uint64{}}
		for _, h := range chunk {
			v.left[h.number] = 1<<len(v.phrases) - 1
		}
		if err := f.verify(ctx, v); err != nil {
			return err
		}
		for _, h := range chunk {
			if v.left[h.number] == 0 {
				f.hits = append(f.hits, h)
			}
		}
		if f.verified += len(chunk); f.verified >= maxVerified {
			f.stop = chunk[len(chunk)-1].place()
		}
		if len(f.hits) > f.limit || f.stop != (Cursor{}) {
			return nil
		}
	}
	return nil
}

// verifying is the looking for phrases in the texts of some tickets.
type verifying struct {
	phrases [][]string
	left    map[int64]uint64 // of each ticket, those that are not found yet: a bit for each
}

// open lists the tickets that miss a phrase.
func (v *verifying) open() []int64 {
	var out []int64
	for number, left := range v.left {
		if left != 0 {
			out = append(out, number)
		}
	}
	slices.Sort(out)
	return out
}

// read looks for the phrases that miss in a text of a ticket.
func (v *verifying) read(number int64, text string) {
	left := v.left[number]
	for i, phrase := range v.phrases {
		if bit := uint64(1) << i; left&bit != 0 && lexis.HasPhrase(text, phrase) {
			left &^= bit
		}
	}
	v.left[number] = left
}

// verify reads the titles and descriptions of tickets that the reader may see, then the other texts of those that
// still miss a phrase. Internal ones are for those who handle the ticket.
func (f *finder) verify(ctx context.Context, v *verifying) error {
	var p plan
	own, err := many(ctx, f.Tx, func(r scanner) (t [2]Text, err error) {
		err = r.Scan(&t[0].Number, &t[0].Text, &t[1].Text)
		return t, err
	}, `SELECT t.number, t.title, t.description FROM ticket t WHERE `+p.numbers(v.open()), p.args...)
	if err != nil {
		return err
	}
	for _, t := range own {
		v.read(t[0].Number, t[0].Text)
		v.read(t[0].Number, t[1].Text)
	}
	missing := v.open()
	if len(missing) == 0 {
		return nil
	}
	var q plan
	of, handles := q.numbers(missing), q.handles(f.q.Scope)
	exchange, err := many(ctx, f.Tx, func(r scanner) (t Text, err error) { return t, r.Scan(&t.Number, &t.Text) },
		`SELECT t.number, e.body FROM ticket t CROSS JOIN event e WHERE `+of+` AND e.ticket_id = t.id
			AND e.body <> '' AND (e.internal = FALSE OR `+handles+`)
		UNION ALL SELECT t.number, d.name FROM ticket t CROSS JOIN document d WHERE `+of+` AND d.ticket_id = t.id
			AND (d.internal = FALSE OR `+handles+`)`, q.args...)
	for _, t := range exchange {
		v.read(t.Number, t.Text)
	}
	return err
}

// numbers is the condition that a ticket is one of those.
func (p *plan) numbers(list []int64) string {
	marks := make([]string, len(list))
	for i, n := range list {
		marks[i] = p.arg(n)
	}
	return "t.number IN (" + strings.Join(marks, ", ") + ")"
}
