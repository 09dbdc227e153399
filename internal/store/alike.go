package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guichet"
)

// Titled is a ticket by its title.
type Titled struct {
	Number    int64
	Title     string
	ServiceID guichet.ID
}

// NewestTitled reads, for each token, the numbers of the newest tickets whose titles have it, the newest first and
// limit at most. They are of the whole desk: what is shown of them goes through TitlesOf.
func (tx *Tx) NewestTitled(ctx context.Context, tokens []string, limit int) ([][]int64, error) {
	if len(tokens) == 0 {
		return nil, nil
	}
	p, d := &plan{}, tx.store.d
	size := p.arg(limit)
	parts := make([]string, len(tokens))
	for i, token := range tokens {
		parts[i] = fmt.Sprintf("SELECT * FROM (SELECT %[1]d AS at, %[2]s AS doc FROM ticket_words WHERE %[3]s ORDER BY %[2]s DESC LIMIT %[4]s) AS w%[1]d",
			i, d.document(), d.matches(p.arg(d.syntax().some([]string{token}, inTitle))), size)
	}
	type mention struct{ at, number int64 }
	list, err := many(ctx, tx, func(r scanner) (m mention, err error) { return m, r.Scan(&m.at, &m.number) },
		strings.Join(parts, " UNION ALL "), p.args...)
	out := make([][]int64, len(tokens))
	for _, m := range list {
		out[m.at] = append(out[m.at], m.number)
	}
	for _, numbers := range out {
		slices.SortFunc(numbers, func(a, b int64) int { return int(b - a) })
	}
	return out, err
}

// MaxTitles is how many tickets TitlesOf looks at.
const MaxTitles = 24

// TitlesOf reads those of some tickets that the scope holds, the newest first; it looks at the first MaxTitles.
func (tx *Tx) TitlesOf(ctx context.Context, scope guichet.Scope, numbers []int64) ([]Titled, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	var b builder
	marks := make([]string, MaxTitles) // always as many, so that the statement is one
	for i := range marks {
		marks[i] = b.arg(numbers[min(i, len(numbers)-1)])
	}
	b.and("t.number IN (" + strings.Join(marks, ", ") + ")")
	b.scope(scope)
	return many(ctx, tx, func(r scanner) (t Titled, err error) { return t, r.Scan(&t.Number, &t.Title, id(&t.ServiceID)) },
		`SELECT t.number, t.title, t.service_id FROM ticket t WHERE `+b.sql()+` ORDER BY t.number DESC`, b.args...)
}

// RowsByNumber reads the rows of tickets that were found in a scope, in the order in which they are given.
func (tx *Tx) RowsByNumber(ctx context.Context, numbers []int64) ([]TicketRow, error) {
	hits := make([]hit, len(numbers))
	for i, n := range numbers {
		hits[i].number = n
	}
	return tx.rowsOf(ctx, TicketQuery{}, hits)
}
