package store

import (
	"context"
	"slices"

	"guichet"
)

// QualificationsOf reads how some tickets were qualified since they arrived, each ticket's changes in
// order: by rules, and by people.
func (tx *Tx) QualificationsOf(ctx context.Context, tickets []guichet.ID) (map[guichet.ID][]guichet.Change, error) {
	out := make(map[guichet.ID][]guichet.Change, len(tickets))
	for part := range slices.Chunk(tickets, maxIDs) {
		var b builder
		_, err := many(ctx, tx, func(r scanner) (ticket guichet.ID, err error) {
			var changes []guichet.Change
			err = r.Scan(&ticket, decoded{&changes})
			out[ticket] = append(out[ticket], changes...)
			return ticket, err
		}, `SELECT ticket_id, changes FROM event WHERE ticket_id IN `+in(&b, part)+`
			AND kind IN ('routed', 'qualified', 'assigned', 'escalated') ORDER BY ticket_id, seq`, b.args...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
