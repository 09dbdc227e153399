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

// unread is the condition that a ticket which the reader handles holds something by somebody else that the reader has
// not seen; seen is how far that is, null where there is no sighting. Most rows are decided without looking at an event:
// everything was seen, or the ticket was never opened. What is finished and was never opened asks for nothing; neither
// does what the reader has asked for or follows only, since no visit of the portal is noted.
func (b *builder) unread(reader guichet.ID, s guichet.Scope, seen string) string {
	me := b.arg(string(reader))
	others := `EXISTS (SELECT 1 FROM event e WHERE e.ticket_id = t.id AND e.seq > COALESCE(` + seen + `, 0)
		AND (e.actor_id IS NULL OR e.actor_id <> ` + me + `))`
	return `CASE WHEN ` + seen + ` >= t.last_seq THEN FALSE WHEN ` + seen + ` IS NULL AND t.phase = 2 THEN FALSE WHEN ` + b.handles(s) + ` THEN
		CASE WHEN ` + seen + ` IS NULL AND t.opened_by_id <> ` + me + ` THEN TRUE ELSE ` + others + ` END ELSE FALSE END`
}

// news is the condition that a ticket holds something new for who asks.
func (p *plan) news(u understood) string {
	sighting := "(SELECT v.seq FROM ticket_seen v WHERE v.person_id = " + p.arg(string(u.Asker.Person.ID)) + " AND v.ticket_id = t.id)"
	return p.unread(u.Asker.Person.ID, u.Scope, sighting)
}

// OnlyNews reports a query for nothing but what holds something new.
func (q TicketQuery) OnlyNews() bool {
	return slices.ContainsFunc(q.Query.Of(guichet.QueryUnread), func(t guichet.QueryTerm) bool {
		return len(t.Values) == 1 && (t.Values[0] == guichet.QueryYes) != t.Not
	})
}

// seenBranch reads what is finished and was visited by who asks, while it is remembered: nothing else that is finished
// holds something new.
func (p *plan) seenBranch(u understood) branch {
	b := branch{from: "(SELECT v.ticket_id AS id FROM ticket_seen v WHERE v.person_id = " + p.arg(string(u.Asker.Person.ID)) + ") AS y CROSS JOIN ticket t",
		at: "t.updated_at", id: "t.id"}
	if p.run.by == byNumber {
		b.at = numberKey
	}
	b.where = p.joined(b, []string{"t.id = y.id", "t.phase = 2"})
	return b
}

// SweepSightings takes one turn of forgetting how far tickets were read that ended before a moment: it looks at no more
// than so many sightings after a place, and returns how many it forgot and the place to go on from, zero at the end.
func (tx *Tx) SweepSightings(ctx context.Context, after Sighting, before time.Time, most int) (next Sighting, forgotten int, err error) {
	type row struct {
		Sighting
		over bool
	}
	list, err := many(ctx, tx, func(r scanner) (x row, err error) {
		return x, r.Scan(&x.PersonID, &x.TicketID, &x.over)
	}, `SELECT v.person_id, v.ticket_id, t.phase = 2 AND t.updated_at < $3 FROM ticket_seen v JOIN ticket t ON t.id = v.ticket_id
		WHERE (v.person_id, v.ticket_id) > ($1, $2) ORDER BY v.person_id, v.ticket_id LIMIT $4`,
		string(after.PersonID), string(after.TicketID), micros(before), most)
	if err != nil {
		return next, 0, err
	}
	for _, x := range list {
		if !x.over {
			continue
		}
		if err := tx.exec(ctx, `DELETE FROM ticket_seen WHERE person_id = $1 AND ticket_id = $2`, string(x.PersonID), string(x.TicketID)); err != nil {
			return next, forgotten, err
		}
		forgotten++
	}
	if len(list) == most {
		next = list[len(list)-1].Sighting
	}
	return next, forgotten, nil
}
