package store

import (
	"context"
	"slices"
	"time"

	"guichet"
)

// AddLink joins two tickets.
func (tx *Tx) AddLink(ctx context.Context, l guichet.Link) error {
	return tx.exec(ctx, `INSERT INTO ticket_link (from_id, to_id, kind) VALUES ($1, $2, $3)
		ON CONFLICT (from_id, to_id, kind) DO NOTHING`, string(l.FromID), string(l.ToID), string(l.Kind))
}

// RemoveLink parts two tickets, and reports whether they were joined so.
func (tx *Tx) RemoveLink(ctx context.Context, l guichet.Link) (bool, error) {
	n, err := tx.affected(ctx, `DELETE FROM ticket_link WHERE from_id = $1 AND to_id = $2 AND kind = $3`, string(l.FromID), string(l.ToID), string(l.Kind))
	return n > 0, err
}

// LinksBetween lists the links that there are between two tickets, either way.
func (tx *Tx) LinksBetween(ctx context.Context, a, b guichet.ID) ([]guichet.Link, error) {
	return many(ctx, tx, scanLink, `SELECT from_id, to_id, kind FROM ticket_link WHERE (from_id = $1 AND to_id = $2) OR (from_id = $2 AND to_id = $1)`, string(a), string(b))
}

func scanLink(r scanner) (l guichet.Link, err error) { return l, r.Scan(&l.FromID, &l.ToID, &l.Kind) }

// LinksWith lists the links between a ticket and each of others, either way, by the identifier of the other.
func (tx *Tx) LinksWith(ctx context.Context, ticket guichet.ID, others []guichet.ID) (map[guichet.ID][]guichet.Link, error) {
	out := map[guichet.ID][]guichet.Link{}
	for part := range slices.Chunk(others, maxIDs) {
		var b builder
		me := b.arg(string(ticket))
		list, err := many(ctx, tx, scanLink, `SELECT from_id, to_id, kind FROM ticket_link WHERE from_id = `+me+` AND to_id IN `+in(&b, part)+`
			UNION ALL SELECT from_id, to_id, kind FROM ticket_link WHERE to_id = `+me+` AND from_id IN `+in(&b, part), b.args...)
		if err != nil {
			return nil, err
		}
		for _, l := range list {
			other := l.FromID
			if other == ticket {
				other = l.ToID
			}
			out[other] = append(out[other], l)
		}
	}
	return out, nil
}

// maxAbove is how many tickets above another are looked at.
const maxAbove = 1000

// Above lists the tickets that stand above a ticket by links of a kind, at any distance.
func (tx *Tx) Above(ctx context.Context, kind guichet.LinkKind, ticket guichet.ID) ([]guichet.ID, error) {
	up, down := "to_id", "from_id"
	if kind == guichet.LinkParentOf {
		up, down = down, up
	}
	return many(ctx, tx, single[guichet.ID], `WITH RECURSIVE above (id) AS (
			SELECT `+up+` FROM ticket_link WHERE `+down+` = $1 AND kind = $2
			UNION SELECT l.`+up+` FROM above a JOIN ticket_link l ON l.`+down+` = a.id AND l.kind = $2)
		SELECT id FROM above LIMIT $3`, string(ticket), string(kind), maxAbove)
}

// LinkedTicket is a ticket seen from another one.
type LinkedTicket struct {
	ID             guichet.ID
	Number         int64
	Title          string
	State          guichet.State
	Kind           guichet.LinkKind
	Outward        bool // the link reads from the ticket that was asked to this one
	OrganisationID guichet.ID
	ServiceID      guichet.ID
	RequesterID    guichet.ID
	TeamID         guichet.ID
	AssigneeID     guichet.ID
	OpenedAt       time.Time
}

// Relation is what the ticket that was asked is to this one.
func (l LinkedTicket) Relation() guichet.Relation {
	if l.Outward {
		return guichet.Link{FromID: "me", ToID: l.ID, Kind: l.Kind}.Relation("me")
	}
	return guichet.Link{FromID: l.ID, ToID: "me", Kind: l.Kind}.Relation("me")
}

const linkedColumns = `t.id, t.number, t.title, t.state, l.kind, l.outward, t.organisation_id, t.service_id, t.requester_id, t.team_id,
	t.assignee_id, t.opened_at`

func scanLinked(r scanner) (l LinkedTicket, err error) {
	return l, r.Scan(&l.ID, &l.Number, &l.Title, &l.State, &l.Kind, &l.Outward, id(&l.OrganisationID), id(&l.ServiceID), &l.RequesterID,
		id(&l.TeamID), id(&l.AssigneeID), moment{&l.OpenedAt})
}

// linked are the tickets at the other end of the links of a ticket, each way by its index.
func linked(me string) string {
	return `(SELECT to_id AS id, kind, TRUE AS outward FROM ticket_link WHERE from_id = ` + me + `
		UNION ALL SELECT from_id AS id, kind, FALSE AS outward FROM ticket_link WHERE to_id = ` + me + `) AS l JOIN ticket t ON t.id = l.id`
}

// Links lists the tickets joined to a ticket, among those that the scope holds, in the order of their numbers.
func (tx *Tx) Links(ctx context.Context, scope guichet.Scope, ticket guichet.ID) ([]LinkedTicket, error) {
	var b builder
	from := linked(b.arg(string(ticket)))
	b.scope(scope)
	return many(ctx, tx, scanLinked, `SELECT `+linkedColumns+` FROM `+from+` WHERE `+b.sql()+` ORDER BY t.number LIMIT `+b.arg(guichet.MaxLinks), b.args...)
}

// Tally is a number of tickets that stand below another one, of an organisation and in a state.
type Tally struct {
	OrganisationID guichet.ID
	State          guichet.State
	Count          int
}

// standsBelow are the links by which other tickets stand below one: its children, and the incidents of a problem.
const standsBelow = `((l.kind = 'parent_of' AND l.outward = TRUE) OR (l.kind = 'caused_by' AND l.outward = FALSE))`

// TallyBelow counts the tickets that stand below a ticket, among those that the scope holds.
func (tx *Tx) TallyBelow(ctx context.Context, scope guichet.Scope, ticket guichet.ID) ([]Tally, error) {
	var b builder
	from := linked(b.arg(string(ticket)))
	b.scope(scope)
	return many(ctx, tx, func(r scanner) (x Tally, err error) {
		return x, r.Scan(id(&x.OrganisationID), &x.State, &x.Count)
	}, `SELECT t.organisation_id, t.state, COUNT(DISTINCT t.id) FROM `+from+` WHERE `+standsBelow+` AND `+b.sql()+`
		GROUP BY t.organisation_id, t.state ORDER BY t.organisation_id NULLS FIRST, t.state`, b.args...)
}

// Below lists the tickets that stand below a ticket and are not over, among those that the scope holds, in the
// order of their numbers.
func (tx *Tx) Below(ctx context.Context, scope guichet.Scope, ticket guichet.ID, limit int) ([]LinkedTicket, error) {
	var b builder
	from := linked(b.arg(string(ticket)))
	b.scope(scope)
	return many(ctx, tx, scanLinked, `SELECT DISTINCT `+linkedColumns+` FROM `+from+` WHERE `+standsBelow+` AND t.phase < 2 AND `+b.sql()+`
		ORDER BY t.number LIMIT `+b.arg(limit), b.args...)
}

// OpenChildren counts the children of a ticket on which somebody still works.
func (tx *Tx) OpenChildren(ctx context.Context, ticket guichet.ID) (int, error) {
	return one(ctx, tx, "count", single[int], `SELECT COUNT(*) FROM ticket_link l JOIN ticket t ON t.id = l.to_id
		WHERE l.from_id = $1 AND l.kind = 'parent_of' AND t.phase = 0`, string(ticket))
}

// SeenAmong lists those of some tickets that the scope holds.
func (tx *Tx) SeenAmong(ctx context.Context, scope guichet.Scope, tickets []guichet.ID) (map[guichet.ID]bool, error) {
	out := map[guichet.ID]bool{}
	if len(tickets) == 0 {
		return out, nil
	}
	var b builder
	b.and("t.id IN " + in(&b, tickets))
	b.scope(scope)
	found, err := many(ctx, tx, single[guichet.ID], `SELECT t.id FROM ticket t WHERE `+b.sql(), b.args...)
	for _, id := range found {
		out[id] = true
	}
	return out, err
}

// SimilarTickets lists the open tickets about a service or what lies below, opened since a moment and not joined to a
// ticket yet, among those that the scope holds, the newest first.
func (tx *Tx) SimilarTickets(ctx context.Context, scope guichet.Scope, t guichet.Ticket, since time.Time, limit int) ([]TicketRow, error) {
	var b builder
	me := b.arg(string(t.ID))
	b.and(b.below("t.service_id", "service_closure", t.ServiceID))
	b.and("t.phase = 0 AND t.id <> " + me + " AND t.kind = " + b.arg(string(guichet.KindIncident)) + " AND t.opened_at >= " + b.arg(micros(since)) +
		" AND t.updated_at >= " + b.arg(micros(since)))
	b.and("NOT EXISTS (SELECT 1 FROM ticket_link l WHERE (l.from_id = " + me + " AND l.to_id = t.id) OR (l.to_id = " + me + " AND l.from_id = t.id))")
	b.scope(scope)
	return many(ctx, tx, func(r scanner) (x TicketRow, err error) {
		return x, r.Scan(&x.ID, &x.Number, &x.Title, &x.State, &x.RequesterID, id(&x.OrganisationID), id(&x.ServiceID), id(&x.AssigneeID))
	}, `SELECT t.id, t.number, t.title, t.state, t.requester_id, t.organisation_id, t.service_id, t.assignee_id FROM ticket t
		WHERE `+b.sql()+` ORDER BY t.updated_at DESC, t.id DESC LIMIT `+b.arg(limit), b.args...)
}
