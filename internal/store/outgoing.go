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
