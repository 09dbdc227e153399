package store

import (
	"context"

	"guichet"
)

const outgoingColumns = `id, person_id, ticket_id, mode, message, channel, created_at, due_at, failed`

func scanOutgoing(r scanner) (o guichet.Outgoing, err error) {
	return o, r.Scan(&o.ID, &o.PersonID, &o.TicketID, &o.Mode, decoded{&o.Message}, &o.Channel, moment{&o.CreatedAt},
		moment{&o.DueAt}, &o.Failed)
}

// InsertOutgoing keeps a message until it leaves.
func (tx *Tx) InsertOutgoing(ctx context.Context, o guichet.Outgoing) error {
	message, err := encoded(o.Message)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO outgoing (`+outgoingColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		string(o.ID), string(o.PersonID), string(o.TicketID), string(o.Mode), message, string(o.Channel),
		micros(o.CreatedAt), micros(o.DueAt), o.Failed)
}

// Outgoing reads a message that has not left yet.
func (tx *Tx) Outgoing(ctx context.Context, outgoing guichet.ID) (guichet.Outgoing, error) {
	return one(ctx, tx, "outgoing", scanOutgoing, `SELECT `+outgoingColumns+` FROM outgoing WHERE id = $1`, string(outgoing))
}

// OutgoingOn lists what a person has sent on a ticket and has not left yet, oldest first.
func (tx *Tx) OutgoingOn(ctx context.Context, ticket, person guichet.ID) ([]guichet.Outgoing, error) {
	return many(ctx, tx, scanOutgoing, `SELECT `+outgoingColumns+` FROM outgoing
		WHERE ticket_id = $1 AND person_id = $2 ORDER BY created_at, id`, string(ticket), string(person))
}

// RemoveOutgoing removes a message that leaves, or that is taken back; whoever comes second is told that it
// is not found.
func (tx *Tx) RemoveOutgoing(ctx context.Context, outgoing guichet.ID) error {
	n, err := tx.affected(ctx, `DELETE FROM outgoing WHERE id = $1`, string(outgoing))
	if err == nil && n == 0 {
		return guichet.NotFound("outgoing")
	}
	return err
}

// Returned is a message that could not leave, with the number of its ticket.
type Returned struct {
	guichet.Outgoing
	Number int64
	Title  string // of the ticket; empty when the scope does not hold it
}

// Returned lists the messages of a person that could not leave, the oldest first.
func (tx *Tx) Returned(ctx context.Context, scope guichet.Scope, person guichet.ID, limit int) ([]Returned, error) {
	var b builder
	b.scope(scope)
	seen := b.sql()
	return many(ctx, tx, func(r scanner) (m Returned, err error) {
		m.Outgoing, err = scanOutgoing(leading{r, []any{&m.Number, &m.Title}})
		return m, err
	}, `SELECT t.number, CASE WHEN `+seen+` THEN t.title ELSE '' END, o.id, o.person_id, o.ticket_id, o.mode, o.message, o.channel,
			o.created_at, o.due_at, o.failed
		FROM outgoing o JOIN ticket t ON t.id = o.ticket_id
		WHERE o.person_id = `+b.arg(string(person))+` AND o.failed <> '' ORDER BY o.created_at, o.id LIMIT `+b.arg(limit), b.args...)
}

// Alarms looks for the tickets of the major incidents that go on, among those that the scope holds, the last declared
// first, and counts the messages of a person that could not leave: one query, for it is asked with each page. Of a ticket it
// reads what names it and its service.
func (tx *Tx) Alarms(ctx context.Context, scope guichet.Scope, person guichet.ID, limit int) (majors []guichet.Ticket, unsent int, err error) {
	var b builder
	b.scope(scope)
	_, err = many(ctx, tx, func(r scanner) (t guichet.Ticket, err error) {
		var mine bool
		var since int64
		err = r.Scan(&mine, &since, &t.ID, &t.Number, &t.Title, id(&t.ServiceID))
		if mine {
			unsent++
		} else {
			majors = append(majors, t)
		}
		return t, err
	}, `SELECT * FROM (SELECT FALSE AS mine, i.declared_at AS since, t.id, t.number, t.title, t.service_id FROM major_incident i JOIN ticket t ON t.id = i.ticket_id
			WHERE i.ended_at = 0 AND `+b.sql()+` ORDER BY i.declared_at DESC, t.id DESC LIMIT `+b.arg(limit)+`) m
		UNION ALL
		SELECT * FROM (SELECT TRUE AS mine, o.created_at AS since, t.id, t.number, t.title, t.service_id FROM outgoing o JOIN ticket t ON t.id = o.ticket_id
			WHERE o.person_id = `+b.arg(string(person))+` AND o.failed <> '' LIMIT `+b.arg(limit)+`) u
		ORDER BY 1, 2 DESC, 3 DESC`, b.args...)
	return majors, unsent, err
}

// leading reads columns that come before those of another reader.
type leading struct {
	scanner
	first []any
}

func (l leading) Scan(dest ...any) error { return l.scanner.Scan(append(l.first, dest...)...) }
