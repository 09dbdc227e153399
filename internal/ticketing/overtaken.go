package ticketing

import (
	"context"

	"guichet"
	"guichet/internal/store"
)

// overtaken stops a message to the requester that was written before its writer saw what others did: nothing is
// sent on a ticket as it no longer is. Notes among agents go whatever happened; seen is the last event that the
// writer had before his or her eyes, 0 when that is not known. Error: conflict.
func (l loaded) overtaken(ctx context.Context, tx *store.Tx, actor guichet.Actor, internal bool, seen int64) error {
	if seen <= 0 || internal || l.ticket.LastSeq <= seen {
		return nil
	}
	events, err := tx.Events(ctx, l.ticket.ID, l.isAgent(actor), 0, eventPage)
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.Seq > seen && e.ActorID != actor.Person.ID && e.Kind.Overtakes() {
			return guichet.Conflict("ticket.overtaken")
		}
	}
	return nil
}
