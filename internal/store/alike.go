package store

import (
	"context"
	"fmt"

	"guichet"
)

// Titled is a ticket by its title.
type Titled struct {
	Number    int64
	Title     string
	ServiceID guichet.ID
}

// Alike reads the newest tickets that the scope holds and whose titles share a word with some tokens; it looks at
// limit tickets at most.
func (tx *Tx) Alike(ctx context.Context, scope guichet.Scope, tokens []string, limit int) ([]Titled, error) {
	if len(tokens) == 0 {
		return nil, nil
	}
	p, d := &plan{}, tx.store.d
	found := fmt.Sprintf("SELECT %[1]s AS doc FROM ticket_words WHERE %[2]s ORDER BY %[1]s DESC LIMIT %[3]s", d.document(),
		d.matches(p.arg(d.syntax().some(tokens, inTitle))), p.arg(limit))
	p.scope(scope)
	return many(ctx, tx, func(r scanner) (t Titled, err error) { return t, r.Scan(&t.Number, &t.Title, id(&t.ServiceID)) },
		`SELECT t.number, t.title, t.service_id FROM (`+found+`) AS w CROSS JOIN ticket t WHERE t.number = w.doc AND `+p.sql()+`
		ORDER BY t.number DESC`, p.args...)
}

// RowsByNumber reads the rows of tickets that were found in a scope, in the order in which they are given.
func (tx *Tx) RowsByNumber(ctx context.Context, numbers []int64) ([]TicketRow, error) {
	hits := make([]hit, len(numbers))
	for i, n := range numbers {
		hits[i].number = n
	}
	return tx.rowsOf(ctx, hits)
}
