package store

import (
	"context"

	"guichet"
)

const eventColumns = `id, ticket_id, seq, at, actor_id, channel, kind, internal, body, ref_id, changes, why, trace`

func scanEvent(r scanner) (e guichet.Event, err error) {
	return e, r.Scan(&e.ID, &e.TicketID, &e.Seq, moment{&e.At}, id(&e.ActorID), &e.Channel, &e.Kind, &e.Internal,
		&e.Text, &e.RefID, decoded{&e.Changes}, decoded{&e.Why}, decoded{&e.Trace})
}

// AppendEvents writes the first events of a new ticket, in order, and sets their Seq.
func (tx *Tx) AppendEvents(ctx context.Context, events []guichet.Event) error {
	for i := range events {
		events[i].Seq = int64(i) + 1
		if err := tx.appendEvent(ctx, events[i]); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) appendEvent(ctx context.Context, e guichet.Event) error {
	changes, err := encoded(e.Changes)
	if err != nil {
		return err
	}
	why, err := encoded(e.Why)
	if err != nil {
		return err
	}
	trace, err := encoded(e.Trace)
	if err != nil {
		return err
	}
	tx.told(e)
	return tx.exec(ctx, `INSERT INTO event (`+eventColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		string(e.ID), string(e.TicketID), e.Seq, micros(e.At), nullable(e.ActorID), string(e.Channel), string(e.Kind),
		e.Internal, e.Text, string(e.RefID), changes, why, trace)
}

// Event reads one event.
func (tx *Tx) Event(ctx context.Context, event guichet.ID) (guichet.Event, error) {
	return one(ctx, tx, "event", scanEvent, `SELECT `+eventColumns+` FROM event WHERE id = $1`, string(event))
}

// Events reads the last events of a ticket, oldest first. Internal ones are left out unless asked for;
// before, when set, is the Seq before which to read.
func (tx *Tx) Events(ctx context.Context, ticket guichet.ID, internal bool, before int64, limit int) ([]guichet.Event, error) {
	list, err := many(ctx, tx, scanEvent, `SELECT `+eventColumns+` FROM event
		WHERE ticket_id = $1 AND (internal = FALSE OR internal = $2) AND (CAST($3 AS BIGINT) = 0 OR seq < $3)
		ORDER BY seq DESC LIMIT $4`, string(ticket), internal, before, limit)
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list, err
}

// Opening reads the first event of a ticket.
func (tx *Tx) Opening(ctx context.Context, ticket guichet.ID) (*guichet.Event, error) {
	e, err := one(ctx, tx, "event", scanEvent, `SELECT `+eventColumns+` FROM event WHERE ticket_id = $1 AND seq = 1`, string(ticket))
	return &e, err
}

const taskColumns = `id, ticket_id, title, assignee_id, due_at, minutes, done_at, done_by_id, created_at`

func scanTask(r scanner) (t guichet.Task, err error) {
	return t, r.Scan(&t.ID, &t.TicketID, &t.Title, id(&t.AssigneeID), moment{&t.DueAt}, &t.Minutes, moment{&t.DoneAt},
		id(&t.DoneByID), moment{&t.CreatedAt})
}

// InsertTask adds a task.
func (tx *Tx) InsertTask(ctx context.Context, t guichet.Task) error {
	return tx.exec(ctx, `INSERT INTO task (`+taskColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		string(t.ID), string(t.TicketID), t.Title, nullable(t.AssigneeID), micros(t.DueAt), t.Minutes,
		micros(t.DoneAt), nullable(t.DoneByID), micros(t.CreatedAt))
}

// FinishTask marks a task done; one that is done already is left and reported as a conflict.
func (tx *Tx) FinishTask(ctx context.Context, task, by guichet.ID) error {
	n, err := tx.affected(ctx, `UPDATE task SET done_at = $1, done_by_id = $2 WHERE id = $3 AND done_at = 0`,
		micros(tx.Now), nullable(by), string(task))
	if err == nil && n == 0 {
		return guichet.Conflict("task.done")
	}
	return err
}

// ReopenTask marks a task as still to do; one that is to do already is left and reported as a conflict.
func (tx *Tx) ReopenTask(ctx context.Context, task guichet.ID) error {
	n, err := tx.affected(ctx, `UPDATE task SET done_at = 0, done_by_id = NULL WHERE id = $1 AND done_at <> 0`, string(task))
	if err == nil && n == 0 {
		return guichet.Conflict("task.not_done")
	}
	return err
}

// TaskRow is a task with the ticket that it is part of.
type TaskRow struct {
	guichet.Task
	Number int64
	Title  string // of the ticket
	State  guichet.State
}

// TasksOf lists what a person has to do on the tickets of a scope, the first due first, those without a date last.
func (tx *Tx) TasksOf(ctx context.Context, scope guichet.Scope, person guichet.ID, limit int) ([]TaskRow, error) {
	var b builder
	b.and("k.assignee_id = " + b.arg(string(person)))
	b.and("k.done_at = 0")
	b.and("t.phase < 2")
	b.scope(scope)
	return many(ctx, tx, func(r scanner) (t TaskRow, err error) {
		return t, r.Scan(&t.ID, &t.TicketID, &t.Task.Title, id(&t.AssigneeID), moment{&t.DueAt}, &t.Minutes, moment{&t.DoneAt},
			id(&t.DoneByID), moment{&t.CreatedAt}, &t.Number, &t.Title, &t.State)
	}, `SELECT k.id, k.ticket_id, k.title, k.assignee_id, k.due_at, k.minutes, k.done_at, k.done_by_id, k.created_at,
		t.number, t.title, t.state FROM task k JOIN ticket t ON t.id = k.ticket_id WHERE `+b.sql()+`
		ORDER BY CASE WHEN k.due_at = 0 THEN 1 ELSE 0 END, k.due_at, k.id LIMIT `+b.arg(limit), b.args...)
}

// Tasks lists the tasks of a ticket in the order of their making.
func (tx *Tx) Tasks(ctx context.Context, ticket guichet.ID) ([]guichet.Task, error) {
	return many(ctx, tx, scanTask, `SELECT `+taskColumns+` FROM task WHERE ticket_id = $1 ORDER BY created_at, id`, string(ticket))
}

const documentColumns = `d.id, d.ticket_id, d.event_id, d.name, d.media_type, d.size, d.hash, d.internal, d.author_id, d.created_at,
	d.width, d.height`

func scanDocument(r scanner) (d guichet.Document, err error) {
	return d, r.Scan(&d.ID, &d.TicketID, &d.EventID, &d.Name, &d.MediaType, &d.Size, &d.Hash, &d.Internal, &d.AuthorID, moment{&d.CreatedAt},
		&d.Width, &d.Height)
}

// InsertDocument records a file of a ticket.
func (tx *Tx) InsertDocument(ctx context.Context, d guichet.Document) error {
	return tx.exec(ctx, `INSERT INTO document (id, ticket_id, event_id, name, media_type, size, hash, internal, author_id, created_at, width, height)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, string(d.ID), string(d.TicketID), string(d.EventID), d.Name,
		d.MediaType, d.Size, d.Hash, d.Internal, string(d.AuthorID), micros(d.CreatedAt), d.Width, d.Height)
}

// Documents lists the files of a ticket, oldest first.
func (tx *Tx) Documents(ctx context.Context, ticket guichet.ID, internal bool) ([]guichet.Document, error) {
	return many(ctx, tx, scanDocument, `SELECT `+documentColumns+` FROM document d
		WHERE d.ticket_id = $1 AND (d.internal = FALSE OR d.internal = $2) ORDER BY d.created_at, d.id`, string(ticket), internal)
}

// Document reads one file; the caller checks that its ticket may be seen.
func (tx *Tx) Document(ctx context.Context, document guichet.ID) (guichet.Document, error) {
	return one(ctx, tx, "document", scanDocument, `SELECT `+documentColumns+` FROM document d WHERE d.id = $1`, string(document))
}

// Hashes lists the contents that the documents of the desk refer to, for the check command.
func (tx *Tx) Hashes(ctx context.Context) ([]string, error) {
	return many(ctx, tx, single[string], `SELECT DISTINCT hash FROM document ORDER BY hash`)
}
