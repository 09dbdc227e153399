package ticketing

import (
	"context"

	"guichet"
	"guichet/internal/store"
)

// History is what somebody asked for lately, among what the reader may see.
type History struct {
	Open int                // up to CountLimit
	Last []store.TicketLine // the last that moved, the given one left out
}

// historySize is how many tickets a card shows.
const historySize = 4

// History reads what a person asks for, besides one ticket.
func (d *Desk) History(ctx context.Context, actor guichet.Actor, person, but guichet.ID) (h History, err error) {
	q := store.TicketQuery{Scope: actor.Scope(), RequesterIDs: []guichet.ID{person}, Limit: historySize + 1}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.TicketLines(ctx, q)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.ID != but && len(h.Last) < historySize {
				h.Last = append(h.Last, r)
			}
		}
		q.Open = true
		h.Open, err = tx.CountTickets(ctx, q, CountLimit)
		return err
	})
	return h, err
}
