package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// Beside are the tickets that stand before and after one in a list; nil where the list ends.
type Beside struct{ Before, After *Row }

// Beside finds the neighbours of a ticket in a list that the actor reads. The place is where the ticket stood when
// the list was shown: it stays there for who works through the list, even when an act moved the ticket elsewhere
// or out of it. What words find is read again by the page, which q.After begins. Error: invalid, as for List.
func (d *Desk) Beside(ctx context.Context, actor guichet.Actor, q Query, number int64, at Cursor) (Beside, error) {
	if q.Seeks() {
		return d.besideOnPage(ctx, actor, q, number)
	}
	if at.ID == "" {
		return Beside{}, nil
	}
	q.Scope, q.Asker, q.After, q.Limit = actor.Scope(), actor, at, 2 // the ticket itself may have moved beside its place
	var out Beside
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		for _, way := range []struct {
			back bool
			to   **Row
		}{{true, &out.Before}, {false, &out.After}} {
			q.Back = way.back
			rows, _, err := tx.Tickets(ctx, q)
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(rows, func(r Row) bool { return r.Number != number }); i >= 0 {
				*way.to = &rows[i]
			}
		}
		return nil
	})
	return out, err
}

func (d *Desk) besideOnPage(ctx context.Context, actor guichet.Actor, q Query, number int64) (out Beside, err error) {
	page, err := d.List(ctx, actor, q)
	i := slices.IndexFunc(page.Rows, func(r Row) bool { return r.Number == number })
	if err != nil || i < 0 {
		return out, err
	}
	if i > 0 {
		out.Before = &page.Rows[i-1]
	}
	if i+1 < len(page.Rows) {
		out.After = &page.Rows[i+1]
	}
	return out, nil
}
