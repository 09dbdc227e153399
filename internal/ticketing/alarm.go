package ticketing

import (
	"context"

	"guichet"
	"guichet/internal/store"
)

// Alarms is what an agent must know of on whatever page.
type Alarms struct {
	Majors []guichet.Ticket // what names the major incidents that go on, among those that the actor sees, the last declared first
	Unsent int              // messages of the actor that could not leave, up to maxAlarms
}

// maxAlarms is how many of each are looked for.
const maxAlarms = 5

// Alarms looks for what an agent must know of, in one query. Error: none but of the database.
func (d *Desk) Alarms(ctx context.Context, actor guichet.Actor) (a Alarms, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		a.Majors, a.Unsent, err = tx.Alarms(ctx, actor.Scope(), actor.Person.ID, maxAlarms)
		return err
	})
	return a, err
}

// maxReturned is how many messages that could not leave are listed.
const maxReturned = 50

// Returned lists the messages of the actor that could not leave, the oldest first. He or she may have lost sight of
// their tickets: the texts are there all the same. TakeBack takes one back.
func (d *Desk) Returned(ctx context.Context, actor guichet.Actor) (list []store.Returned, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		list, err = tx.Returned(ctx, actor.Scope(), actor.Person.ID, maxReturned)
		return err
	})
	return list, err
}
