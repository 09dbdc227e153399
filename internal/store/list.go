package store

import (
	"context"
	"time"

	"guichet"
	"guichet/internal/lexis"
)

// TicketQuery selects tickets for a list. Fields that are not set do not select. The scope is
// always applied: a query without a scope finds nothing.
type TicketQuery struct {
	Scope        guichet.Scope
	States       []guichet.State
	Open         bool // somebody still has to work on it
	Unfinished   bool // open or resolved
	Final        bool
	AssigneeID   guichet.ID
	Unassigned   bool
	TeamIDs      []guichet.ID
	ServiceID    guichet.ID   // or below
	Organisation guichet.ID   // or below
	RequesterIDs []guichet.ID // as requester or beneficiary
	OpenedForID  guichet.ID   // opened by this person for somebody else
	Priorities   []guichet.Priority
	Kinds        []guichet.Kind
	Text         string // words to find; Internal says whether internal notes count
	Internal     bool
	After        Cursor
	Limit        int
}

// Cursor is the place in a list after which a page begins. The zero Cursor is the beginning.
type Cursor struct {
	UpdatedAt time.Time
	ID        guichet.ID
}

// TicketRow is what a list shows of a ticket.
type TicketRow struct {
	ID             guichet.ID
	Number         int64
	Kind           guichet.Kind
	State          guichet.State
	Title          string
	LastMessage    string
	Requester      string
	Beneficiary    string // empty when it is the requester
	RequesterID    guichet.ID
	BeneficiaryID  guichet.ID
	OrganisationID guichet.ID
	ServiceID      guichet.ID
	TeamID         guichet.ID
	AssigneeID     guichet.ID
	Assignee       string
	Level          guichet.Level
	Urgency        guichet.Grade
	Impact         guichet.Grade
	Priority       guichet.Priority
	Channel        guichet.Channel
	PendingReason  string
	PendingUntil   time.Time
	CloseAt        time.Time
	OpenedAt       time.Time
	UpdatedAt      time.Time
	Version        int64
}

func scanRow(r scanner) (t TicketRow, err error) {
	var requester, beneficiary, assignee guichet.Person
	err = r.Scan(&t.ID, &t.Number, &t.Kind, &t.State, &t.Title, &t.LastMessage, &t.RequesterID, &t.BeneficiaryID,
		id(&t.OrganisationID), id(&t.ServiceID), id(&t.TeamID), id(&t.AssigneeID), &t.Level, &t.Urgency, &t.Impact,
		&t.Priority, &t.Channel, &t.PendingReason, moment{&t.PendingUntil}, moment{&t.CloseAt}, moment{&t.OpenedAt},
		moment{&t.UpdatedAt}, &t.Version, &requester.GivenName, &requester.FamilyName, &beneficiary.GivenName,
		&beneficiary.FamilyName, text[string]{&assignee.GivenName}, text[string]{&assignee.FamilyName})
	t.Requester, t.Assignee = requester.Name(), assignee.Name()
	if t.BeneficiaryID != t.RequesterID {
		t.Beneficiary = beneficiary.Name()
	}
	return t, err
}

const listSQL = `SELECT t.id, t.number, t.kind, t.state, t.title, t.last_message, t.requester_id, t.beneficiary_id,
	t.organisation_id, t.service_id, t.team_id, t.assignee_id, t.level, t.urgency, t.impact, t.priority, t.channel,
	t.pending_reason, t.pending_until, t.close_at, t.opened_at, t.updated_at, t.version, r.given_name, r.family_name,
	b.given_name, b.family_name, a.given_name, a.family_name
	FROM ticket t JOIN person r ON r.id = t.requester_id JOIN person b ON b.id = t.beneficiary_id
	LEFT JOIN person a ON a.id = t.assignee_id WHERE `

// Tickets reads a page of a list, the most recently changed first.
func (tx *Tx) Tickets(ctx context.Context, q TicketQuery) ([]TicketRow, error) {
	var b builder
	if !b.query(q, tx.store.d) {
		return nil, nil
	}
	if q.After.ID != "" {
		b.and("(t.updated_at, t.id) < (" + b.arg(micros(q.After.UpdatedAt)) + ", " + b.arg(string(q.After.ID)) + ")")
	}
	return many(ctx, tx, scanRow, listSQL+b.sql()+" ORDER BY t.updated_at DESC, t.id DESC LIMIT "+b.arg(q.Limit), b.args...)
}

// CountTickets counts the tickets of a query, up to a limit: a menu says "999+" rather than
// reading everything.
func (tx *Tx) CountTickets(ctx context.Context, q TicketQuery, limit int) (int, error) {
	var b builder
	if !b.query(q, tx.store.d) {
		return 0, nil
	}
	return one(ctx, tx, "count", single[int], `SELECT COUNT(*) FROM (SELECT 1 FROM ticket t WHERE `+b.sql()+
		` LIMIT `+b.arg(limit)+`) AS found`, b.args...)
}

// query adds the conditions of a query; it returns false when nothing can match.
func (b *builder) query(q TicketQuery, d dialect) bool {
	b.phases(q)
	b.people(q)
	if q.ServiceID != "" {
		b.and(b.below("t.service_id", "service_closure", q.ServiceID))
	}
	if q.Organisation != "" {
		b.and(b.below("t.organisation_id", "organisation_closure", q.Organisation))
	}
	if len(q.Priorities) > 0 {
		b.and("t.priority IN " + in(b, q.Priorities))
	}
	if len(q.Kinds) > 0 {
		b.and("t.kind IN " + in(b, q.Kinds))
	}
	b.scope(q.Scope)
	return q.Text == "" || b.search(q, d)
}

func (b *builder) phases(q TicketQuery) {
	switch {
	case q.Open:
		b.and("t.phase = 0")
	case q.Unfinished:
		b.and("t.phase IN (0, 1)")
	case q.Final:
		b.and("t.phase = 2")
	}
	if len(q.States) > 0 {
		b.and("t.state IN " + in(b, q.States))
	}
}

func (b *builder) people(q TicketQuery) {
	if q.AssigneeID != "" {
		b.and("t.assignee_id = " + b.arg(string(q.AssigneeID)))
	}
	if q.Unassigned {
		b.and("t.assignee_id IS NULL")
	}
	if len(q.TeamIDs) > 0 {
		b.and("t.team_id IN " + in(b, q.TeamIDs))
	}
	if len(q.RequesterIDs) > 0 {
		b.and("t.id IN (SELECT y.ticket_id FROM ticket_party y WHERE y.person_id IN " + in(b, q.RequesterIDs) +
			" AND y.role IN ('requester', 'beneficiary'))")
	}
	if q.OpenedForID != "" {
		me := b.arg(string(q.OpenedForID))
		b.and("t.opened_by_id = " + me + " AND t.beneficiary_id <> " + me +
			" AND t.id IN (SELECT y.ticket_id FROM ticket_party y WHERE y.person_id = " + me + ")")
	}
}

// search finds the words of the query in titles, messages and notes.
func (b *builder) search(q TicketQuery, d dialect) bool {
	tokens := lexis.Tokens(q.Text)
	if len(tokens) == 0 {
		return false
	}
	condition := d.matches(b.arg(d.match(tokens)))
	if !q.Internal {
		condition += " AND search.internal = FALSE"
	}
	b.and("t.id IN (SELECT search.ticket_id FROM search WHERE " + condition + ")")
	return true
}

// Index adds a text of a ticket to the full-text index.
func (tx *Tx) Index(ctx context.Context, ticket guichet.ID, text string, internal bool) error {
	tokens := lexis.Tokens(text)
	if len(tokens) == 0 {
		return nil
	}
	return tx.exec(ctx, tx.store.d.insertSearch(), joined(tokens), string(ticket), internal)
}
