package store

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"guichet"
)

// Bulk is an act on many tickets. The deed is encoded by the use case.
type Bulk struct {
	ID        guichet.ID
	ActorID   guichet.ID
	State     string
	Deed      string
	UndoOf    guichet.ID
	CreatedAt time.Time
	EndedAt   time.Time
}

// BulkItem is one of its tickets, and what became of it.
type BulkItem struct {
	Seq      int
	TicketID guichet.ID
	Number   int64
	State    string // empty: it waits
	Problem  string
	Stood    string
	LastSeq  int64
}

const bulkColumns = `b.id, b.actor_id, b.state, b.deed, b.undo_of, b.created_at, b.ended_at`

func scanBulk(r scanner) (b Bulk, err error) {
	return b, r.Scan(&b.ID, &b.ActorID, &b.State, &b.Deed, &b.UndoOf, moment{&b.CreatedAt}, moment{&b.EndedAt})
}

// InsertBulk keeps an act with its tickets, in their order.
func (tx *Tx) InsertBulk(ctx context.Context, b Bulk, items []BulkItem) error {
	err := tx.exec(ctx, `INSERT INTO bulk (id, actor_id, state, deed, undo_of, created_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		string(b.ID), string(b.ActorID), b.State, b.Deed, string(b.UndoOf), micros(b.CreatedAt), micros(b.EndedAt))
	for part := range slices.Chunk(items, 100) {
		if err != nil {
			return err
		}
		var c builder
		rows := make([]string, len(part))
		for i, item := range part {
			rows[i] = "(" + c.arg(string(b.ID)) + ", " + c.arg(item.Seq) + ", " + c.arg(string(item.TicketID)) + ", " + c.arg(item.Number) + ", '', '', '', 0)"
		}
		err = tx.exec(ctx, `INSERT INTO bulk_item (bulk_id, seq, ticket_id, number, state, problem, stood, last_seq) VALUES `+
			strings.Join(rows, ", "), c.args...)
	}
	return err
}

// UpdateBulk writes what moves in an act that was in a state. Error: conflict when it is in another by now.
func (tx *Tx) UpdateBulk(ctx context.Context, b Bulk, was string) error {
	n, err := tx.affected(ctx, `UPDATE bulk SET state = $2, deed = $3, ended_at = $4 WHERE id = $1 AND state = $5`,
		string(b.ID), b.State, b.Deed, micros(b.EndedAt), was)
	if err == nil && n == 0 {
		err = guichet.Conflict("bulk.begun")
	}
	return err
}

// Bulk reads an act. Error: not found.
func (tx *Tx) Bulk(ctx context.Context, bulk guichet.ID) (Bulk, error) {
	return one(ctx, tx, "bulk", scanBulk, `SELECT `+bulkColumns+` FROM bulk b WHERE b.id = $1`, string(bulk))
}

// UndoingOf finds the act that takes another back, if there is one.
func (tx *Tx) UndoingOf(ctx context.Context, actor, bulk guichet.ID) ([]Bulk, error) {
	return many(ctx, tx, scanBulk, `SELECT `+bulkColumns+` FROM bulk b WHERE b.actor_id = $1 AND b.undo_of = $2 ORDER BY b.created_at, b.id`,
		string(actor), string(bulk))
}

// Bulks lists the acts of a person, the last first.
func (tx *Tx) Bulks(ctx context.Context, actor guichet.ID, limit int) ([]Bulk, error) {
	return many(ctx, tx, scanBulk, `SELECT `+bulkColumns+` FROM bulk b WHERE b.actor_id = $1 ORDER BY b.created_at DESC, b.id DESC LIMIT $2`,
		string(actor), limit)
}

const itemColumns = `i.seq, i.ticket_id, i.number, i.state, i.problem, i.stood, i.last_seq`

func scanItem(r scanner) (i BulkItem, err error) {
	return i, r.Scan(&i.Seq, &i.TicketID, &i.Number, &i.State, &i.Problem, &i.Stood, &i.LastSeq)
}

// BulkItems reads the tickets of an act, in their order.
func (tx *Tx) BulkItems(ctx context.Context, bulk guichet.ID) ([]BulkItem, error) {
	return many(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM bulk_item i WHERE i.bulk_id = $1 ORDER BY i.seq`, string(bulk))
}

// WaitingItems reads the next tickets of an act.
func (tx *Tx) WaitingItems(ctx context.Context, bulk guichet.ID, limit int) ([]BulkItem, error) {
	return many(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM bulk_item i WHERE i.bulk_id = $1 AND i.state = '' ORDER BY i.seq LIMIT $2`,
		string(bulk), limit)
}

// ItemOf reads what an act did to one ticket.
func (tx *Tx) ItemOf(ctx context.Context, bulk guichet.ID, seq int) (BulkItem, error) {
	return one(ctx, tx, "bulk", scanItem, `SELECT `+itemColumns+` FROM bulk_item i WHERE i.bulk_id = $1 AND i.seq = $2`, string(bulk), seq)
}

// UpdateItem writes what became of a ticket.
func (tx *Tx) UpdateItem(ctx context.Context, bulk guichet.ID, i BulkItem) error {
	return tx.exec(ctx, `UPDATE bulk_item SET state = $3, problem = $4, stood = $5, last_seq = $6 WHERE bulk_id = $1 AND seq = $2`,
		string(bulk), i.Seq, i.State, i.Problem, i.Stood, i.LastSeq)
}

// SweepBulks forgets the acts begun before a moment.
func (tx *Tx) SweepBulks(ctx context.Context, before time.Time) error {
	err := tx.exec(ctx, `DELETE FROM bulk_item WHERE bulk_id IN (SELECT id FROM bulk WHERE created_at < $1)`, micros(before))
	if err != nil {
		return err
	}
	return tx.exec(ctx, `DELETE FROM bulk WHERE created_at < $1`, micros(before))
}

// Try runs a part of a transaction that may be refused: what it wrote is then taken back, and the
// transaction goes on.
func (tx *Tx) Try(ctx context.Context, part func() error) error {
	tx.tries++
	name := "try" + strconv.Itoa(tx.tries)
	cells, rings, news := maps.Clone(tx.cells), tx.rings, tx.news
	news.Tickets = slices.Clone(news.Tickets) // what is noted of a ticket is noted in its place
	if err := tx.exec(ctx, "SAVEPOINT "+name); err != nil {
		return err
	}
	err := part()
	if err == nil {
		return tx.exec(ctx, "RELEASE SAVEPOINT "+name)
	}
	tx.cells, tx.rings, tx.news = cells, rings, news
	if undone := tx.exec(ctx, "ROLLBACK TO SAVEPOINT "+name); undone != nil {
		return undone
	}
	return err
}

// TicketsByNumber reads whole tickets that a scope holds, in no order.
func (tx *Tx) TicketsByNumber(ctx context.Context, scope guichet.Scope, numbers []int64) (out []guichet.Ticket, err error) {
	for part := range slices.Chunk(numbers, 100) {
		var b builder
		marks := make([]string, len(part))
		for i, n := range part {
			marks[i] = b.arg(n)
		}
		b.and("t.number IN (" + strings.Join(marks, ", ") + ")")
		b.scope(scope)
		list, err := many(ctx, tx, scanTicket, `SELECT `+ticketColumns+` FROM ticket t WHERE `+b.sql(), b.args...)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}
