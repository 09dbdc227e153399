package ticketing

import (
	"context"

	"guichet"
	"guichet/internal/store"
)

// maxGlances is how many tickets are looked at together.
const maxGlances = 10

// Glance is what names a ticket on a line.
type Glance struct {
	Number int64
	Title  string
	State  guichet.State
}

// Glances reads a few tickets by their numbers, in the order asked; those that the actor may not see are
// left out.
func (d *Desk) Glances(ctx context.Context, actor guichet.Actor, numbers ...int64) ([]Glance, error) {
	var out []Glance
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		for _, n := range numbers[:min(len(numbers), maxGlances)] {
			t, err := tx.Ticket(ctx, actor.Scope(), n)
			if guichet.KindOf(err) == guichet.KindNotFound && err != nil {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, Glance{t.Number, t.Title, t.State})
		}
		return nil
	})
	return out, err
}
