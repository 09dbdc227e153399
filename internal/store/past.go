package store

import (
	"context"
	"slices"

	"guichet"
)

// maxIDs bounds the placeholders of one statement.
const maxIDs = 500

// LastTickets reads the n tickets of a scope that changed last, whole, newest first: what a change of the
// configuration is tried on.
func (tx *Tx) LastTickets(ctx context.Context, scope guichet.Scope, n int) ([]guichet.Ticket, error) {
	rows, _, err := tx.Tickets(ctx, TicketQuery{Scope: scope, Limit: n})
	if err != nil {
		return nil, err
	}
	ids := make([]guichet.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	found := make(map[guichet.ID]guichet.Ticket, len(ids))
	for part := range slices.Chunk(ids, maxIDs) {
		var b builder
		list, err := many(ctx, tx, scanTicket, `SELECT `+ticketColumns+` FROM ticket t WHERE t.id IN `+in(&b, part), b.args...)
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			found[t.ID] = t
		}
	}
	out := make([]guichet.Ticket, 0, len(ids))
	for _, key := range ids {
		out = append(out, found[key])
	}
	return out, nil
}

// EventsOf reads every event of some tickets, each ticket's in order, internal ones included.
func (tx *Tx) EventsOf(ctx context.Context, tickets []guichet.ID) (map[guichet.ID][]guichet.Event, error) {
	out := make(map[guichet.ID][]guichet.Event, len(tickets))
	for part := range slices.Chunk(tickets, maxIDs) {
		var b builder
		list, err := many(ctx, tx, scanEvent, `SELECT `+eventColumns+` FROM event
			WHERE ticket_id IN `+in(&b, part)+` ORDER BY ticket_id, seq`, b.args...)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			out[e.TicketID] = append(out[e.TicketID], e)
		}
	}
	return out, nil
}

// PartiesOf reads who takes part in some tickets.
func (tx *Tx) PartiesOf(ctx context.Context, tickets []guichet.ID) (map[guichet.ID][]guichet.Party, error) {
	out := make(map[guichet.ID][]guichet.Party, len(tickets))
	for part := range slices.Chunk(tickets, maxIDs) {
		var b builder
		_, err := many(ctx, tx, func(r scanner) (ticket guichet.ID, err error) {
			var p guichet.Party
			err = r.Scan(&ticket, &p.PersonID, &p.Role)
			out[ticket] = append(out[ticket], p)
			return ticket, err
		}, `SELECT ticket_id, person_id, role FROM ticket_party WHERE ticket_id IN `+in(&b, part)+`
			ORDER BY ticket_id, role, person_id`, b.args...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
