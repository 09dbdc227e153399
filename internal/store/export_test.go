package store

import (
	"context"
	"database/sql"
	"time"
)

// Explain returns the steps by which the embedded engine reads a page of a list and counts it.
func (tx *Tx) Explain(ctx context.Context, q TicketQuery) (page, count []string, err error) {
	if q.Seeks() {
		return tx.explainWords(ctx, q)
	}
	p, err := tx.plan(ctx, q, q.runs()[0])
	if err != nil {
		return nil, nil, err
	}
	if count, err = tx.steps(ctx, p.count(), p.args); err != nil {
		return nil, nil, err
	}
	statement := p.page(q)
	page, err = tx.steps(ctx, statement, p.args)
	return page, count, err
}

func (tx *Tx) steps(ctx context.Context, query string, args []any) ([]string, error) {
	return many(ctx, tx, func(r scanner) (step string, err error) {
		var number, above, unused int
		return step, r.Scan(&number, &above, &unused, &step)
	}, "EXPLAIN QUERY PLAN "+query, args...)
}

// Writer is the connection that writes, for faults that tests make.
func (s *Store) Writer() *sql.DB { return s.writer.db }

// Backend returns the number of the server's process that serves the transaction.
func (tx *Tx) Backend(ctx context.Context) (int, error) {
	return one(ctx, tx, "backend", single[int], "SELECT pg_backend_pid()")
}

// explainWords tells how the index is read for the worst class of a query with words, and for words that are rare.
func (tx *Tx) explainWords(ctx context.Context, q TicketQuery) (page, count []string, err error) {
	words, _ := q.words()
	u, err := tx.understand(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	f := &finder{Tx: tx, q: u, words: words, limit: q.Limit, internal: true}
	query, args := f.windowSQL(hit{1 << 62, foundAnywhere}, 100)
	if page, err = tx.steps(ctx, query, args); err != nil {
		return nil, nil, err
	}
	query, args = f.rareSQL()
	rare, err := tx.steps(ctx, query, args)
	return page, rare, err
}

// ForgetWords empties the index of words.
func (tx *Tx) ForgetWords(ctx context.Context) error { return tx.exec(ctx, "DELETE FROM ticket_words") }

// ExplainPage returns the steps by which the embedded engine reads the first run of a page.
func (tx *Tx) ExplainPage(ctx context.Context, q TicketQuery) ([]string, error) {
	p, err := tx.plan(ctx, q, q.runs()[0])
	if err != nil {
		return nil, err
	}
	statement := p.page(q)
	return tx.steps(ctx, statement, p.args)
}

// ExplainJobs returns the steps by which the embedded engine finds the first jobs of some kinds.
func (tx *Tx) ExplainJobs(ctx context.Context, kinds ...string) ([]string, error) {
	var b builder
	return tx.steps(ctx, b.firstOfKinds(kinds, "run_at <= "+b.arg(micros(tx.Now)), 10, ""), b.args)
}

// LineUp makes the groups of those who write as long as need be, and returns how many wait.
func (s *Store) LineUp() (waiting func() int) {
	s.line.time = time.Hour
	return func() int {
		s.line.mu.Lock()
		defer s.line.mu.Unlock()
		return len(s.line.people) + len(s.line.work)
	}
}

// EndGroups makes each group of those who write end with its first turn.
func (s *Store) EndGroups() { s.line.time = -1 }

// ExplainLines returns the steps by which the embedded engine reads what names the tickets of a list.
func (tx *Tx) ExplainLines(ctx context.Context, q TicketQuery) ([]string, error) {
	p, err := tx.plan(ctx, q, run{})
	if err != nil {
		return nil, err
	}
	return tx.steps(ctx, p.lines(), p.args)
}
