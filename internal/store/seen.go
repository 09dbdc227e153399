package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"guichet"
)

// Sighting is how far a person has read a ticket.
type Sighting struct {
	PersonID guichet.ID
	TicketID guichet.ID
	Seq      int64 // of the last event that was on screen
}

// SaveSightings keeps how far tickets were read; where more was read already, that stays.
func (tx *Tx) SaveSightings(ctx context.Context, list []Sighting) error {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Sighting) int { // two nodes never wait for each other in a circle
		return cmp.Or(cmp.Compare(a.PersonID, b.PersonID), cmp.Compare(a.TicketID, b.TicketID))
	})
	for _, s := range list {
		err := tx.exec(ctx, `INSERT INTO ticket_seen (person_id, ticket_id, seq) VALUES ($1, $2, $3)
			ON CONFLICT (person_id, ticket_id) DO UPDATE SET seq = excluded.seq WHERE ticket_seen.seq < excluded.seq`,
			string(s.PersonID), string(s.TicketID), s.Seq)
		if err != nil {
			return err
		}
	}
	return nil
}

// unread is the condition that a ticket holds something by somebody else that the reader has not seen and may read;
// its sighting, if there is one, stands beside it as v. Most rows are decided without looking at an event: everything
// was seen, or the ticket was never opened. What is finished and was never opened asks for nothing.
func (b *builder) unread(reader guichet.ID, s guichet.Scope) string {
	me := b.arg(string(reader))
	others := `EXISTS (SELECT 1 FROM event e WHERE e.ticket_id = t.id AND e.seq > COALESCE(v.seq, 0)
		AND (e.actor_id IS NULL OR e.actor_id <> ` + me + `) AND (e.internal = FALSE OR ` + b.handles(s) + `))`
	return `CASE WHEN v.seq >= t.last_seq THEN FALSE WHEN v.seq IS NULL AND t.phase = 2 THEN FALSE
		WHEN v.seq IS NULL AND t.opened_by_id <> ` + me + ` THEN TRUE ELSE ` + others + ` END`
}

// sweptAtOnce is how many sightings one step of the sweeping looks at.
const sweptAtOnce = 500

// SweepSightings forgets how far tickets were read that ended before a moment, and returns how many it forgot.
func (tx *Tx) SweepSightings(ctx context.Context, before time.Time) (forgotten int, err error) {
	var at Sighting
	for {
		type row struct {
			Sighting
			over bool
		}
		list, err := many(ctx, tx, func(r scanner) (x row, err error) {
			return x, r.Scan(&x.PersonID, &x.TicketID, &x.over)
		}, `SELECT v.person_id, v.ticket_id, t.phase = 2 AND t.updated_at < $3 FROM ticket_seen v JOIN ticket t ON t.id = v.ticket_id
			WHERE (v.person_id, v.ticket_id) > ($1, $2) ORDER BY v.person_id, v.ticket_id LIMIT $4`,
			string(at.PersonID), string(at.TicketID), micros(before), sweptAtOnce)
		if err != nil || len(list) == 0 {
			return forgotten, err
		}
		for _, x := range list {
			if !x.over {
				continue
			}
			if err := tx.exec(ctx, `DELETE FROM ticket_seen WHERE person_id = $1 AND ticket_id = $2`, string(x.PersonID), string(x.TicketID)); err != nil {
				return forgotten, err
			}
			forgotten++
		}
		at = list[len(list)-1].Sighting
	}
}
