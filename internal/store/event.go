package store

import (
	"context"
	"time"

	"guichet"
)

const eventColumns = `id, ticket_id, seq, at, actor_id, channel, kind, internal, body, ref_id, changes, why`

func scanEvent(r scanner) (e guichet.Event, err error) {
	return e, r.Scan(&e.ID, &e.TicketID, &e.Seq, moment{&e.At}, id(&e.ActorID), &e.Channel, &e.Kind, &e.Internal,
		&e.Text, &e.RefID, decoded{&e.Changes}, decoded{&e.Why})
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
	return tx.exec(ctx, `INSERT INTO event (`+eventColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		string(e.ID), string(e.TicketID), e.Seq, micros(e.At), nullable(e.ActorID), string(e.Channel), string(e.Kind),
		e.Internal, e.Text, string(e.RefID), changes, why)
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

// Tasks lists the tasks of a ticket in the order of their making.
func (tx *Tx) Tasks(ctx context.Context, ticket guichet.ID) ([]guichet.Task, error) {
	return many(ctx, tx, scanTask, `SELECT `+taskColumns+` FROM task WHERE ticket_id = $1 ORDER BY created_at, id`, string(ticket))
}

const documentColumns = `d.id, d.ticket_id, d.event_id, d.name, d.media_type, d.size, d.hash, d.internal, d.author_id, d.created_at`

func scanDocument(r scanner) (d guichet.Document, err error) {
	return d, r.Scan(&d.ID, &d.TicketID, &d.EventID, &d.Name, &d.MediaType, &d.Size, &d.Hash, &d.Internal, &d.AuthorID, moment{&d.CreatedAt})
}

// InsertDocument records a file of a ticket.
func (tx *Tx) InsertDocument(ctx context.Context, d guichet.Document) error {
	return tx.exec(ctx, `INSERT INTO document (id, ticket_id, event_id, name, media_type, size, hash, internal, author_id, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, string(d.ID), string(d.TicketID), string(d.EventID), d.Name,
		d.MediaType, d.Size, d.Hash, d.Internal, string(d.AuthorID), micros(d.CreatedAt))
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

const approvalColumns = `a.id, a.ticket_id, a.step, a.step_name, a.approver_id, a.needs_all, a.decision, a.reason, a.asked_at, a.decided_at`

func scanApproval(r scanner) (a guichet.Approval, err error) {
	return a, r.Scan(&a.ID, &a.TicketID, &a.Step, &a.StepName, &a.ApproverID, &a.All, &a.Decision, &a.Reason,
		moment{&a.AskedAt}, moment{&a.DecidedAt})
}

// InsertApproval puts a question to an approver.
func (tx *Tx) InsertApproval(ctx context.Context, a guichet.Approval) error {
	return tx.exec(ctx, `INSERT INTO approval (id, ticket_id, step, step_name, approver_id, needs_all, decision, reason, asked_at, decided_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, string(a.ID), string(a.TicketID), a.Step, a.StepName,
		string(a.ApproverID), a.All, string(a.Decision), a.Reason, micros(a.AskedAt), micros(a.DecidedAt))
}

// DecideApproval records an answer, once.
func (tx *Tx) DecideApproval(ctx context.Context, approval guichet.ID, d guichet.Decision, reason string) error {
	n, err := tx.affected(ctx, `UPDATE approval SET decision = $1, reason = $2, decided_at = $3 WHERE id = $4 AND decision = ''`,
		string(d), reason, micros(tx.Now), string(approval))
	if err == nil && n == 0 {
		return guichet.Conflict("approval.decided")
	}
	return err
}

// Approval reads one question.
func (tx *Tx) Approval(ctx context.Context, approval guichet.ID) (guichet.Approval, error) {
	return one(ctx, tx, "approval", scanApproval, `SELECT `+approvalColumns+` FROM approval a WHERE a.id = $1`, string(approval))
}

// Approvals lists the questions of a ticket by step.
func (tx *Tx) Approvals(ctx context.Context, ticket guichet.ID) ([]guichet.Approval, error) {
	return many(ctx, tx, scanApproval, `SELECT `+approvalColumns+` FROM approval a WHERE a.ticket_id = $1 ORDER BY a.step, a.id`, string(ticket))
}

// WaitingApproval is a question that an approver has not answered yet, with its ticket.
type WaitingApproval struct {
	ID        guichet.ID
	Number    int64
	Title     string
	ServiceID guichet.ID
	Requester string
	AskedAt   time.Time
}

// WaitingApprovals lists the questions put to a person whose ticket still waits, oldest first.
func (tx *Tx) WaitingApprovals(ctx context.Context, person guichet.ID, limit int) ([]WaitingApproval, error) {
	return many(ctx, tx, func(r scanner) (w WaitingApproval, err error) {
		var p guichet.Person
		err = r.Scan(&w.ID, &w.Number, &w.Title, id(&w.ServiceID), moment{&w.AskedAt}, &p.GivenName, &p.FamilyName)
		w.Requester = p.Name()
		return w, err
	}, `SELECT a.id, t.number, t.title, t.service_id, a.asked_at, p.given_name, p.family_name
		FROM approval a JOIN ticket t ON t.id = a.ticket_id JOIN person p ON p.id = t.requester_id
		WHERE a.approver_id = $1 AND a.decision = '' AND t.state = 'awaiting_approval' AND a.step = t.approval_step
		ORDER BY a.asked_at, a.id LIMIT $2`, string(person), limit)
}
