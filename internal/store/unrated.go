package store

import (
	"context"
	"time"

	"guichet"
)

// unratedAmong is how many of the tickets of a person that closed last are looked at.
const unratedAmong = 20

// Unrated reads the tickets asked by or for a person that were closed since a time and have no rating, the last
// closed first, among the few that changed last. Each holds only what tells it and its workflow.
func (tx *Tx) Unrated(ctx context.Context, person guichet.ID, since time.Time) ([]guichet.Ticket, error) {
	return many(ctx, tx, func(r scanner) (t guichet.Ticket, err error) {
		return t, r.Scan(&t.ID, &t.Number, &t.Title, &t.State, &t.WorkflowID, &t.Workflow, moment{&t.ClosedAt}, &t.RequesterID, &t.BeneficiaryID)
	}, `SELECT t.id, t.number, t.title, t.state, t.workflow_id, t.workflow, t.closed_at, t.requester_id, t.beneficiary_id
		FROM ticket t WHERE t.id IN (SELECT y.ticket_id FROM ticket_party y WHERE y.person_id = $1 AND y.phase = 2
			AND y.updated_at >= $2 AND `+asked+` ORDER BY y.updated_at DESC LIMIT $3)
		AND t.state = $4 AND t.rating_time = 0 AND t.closed_at >= $2 ORDER BY t.closed_at DESC, t.id`,
		string(person), micros(since), unratedAmong, string(guichet.StateClosed))
}
