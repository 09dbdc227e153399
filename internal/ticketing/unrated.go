package ticketing

import (
	"context"
	"slices"
	"time"

	"guichet"
	"guichet/internal/store"
)

// keepAsking is how long after the closing of a ticket its requester is reminded that a rating is welcome.
const keepAsking = 14 * 24 * time.Hour

// Unrated lists the actor's tickets that closed lately and that he or she may still rate, the last closed first.
func (d *Desk) Unrated(ctx context.Context, actor guichet.Actor) (list []guichet.Ticket, err error) {
	if actor.Person.ID == "" {
		return nil, nil
	}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		list, err = tx.Unrated(ctx, actor.Person.ID, tx.Now.Add(-keepAsking))
		list = slices.DeleteFunc(list, func(t guichet.Ticket) bool {
			rate, possible := desk.Flow(t).Transition(guichet.ActionRate, t.State)
			return !possible || !desk.Flow(t).Rating || !slices.Contains(rate.By, guichet.PerformerRequester)
		})
		return err
	})
	return list, err
}
