package store

import (
	"context"
	"slices"
	"time"

	"guichet"
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
	Tag          string
	Query        guichet.Query // what the reader typed: words, which are sought in internal notes too by those who handle the ticket, and operators
	Asker        guichet.Actor // who asks: "me", "my teams", the days of the calendar
	SeenBy       guichet.ID    // whose visits say which rows hold something new; empty: none does
	DueBefore    time.Time     // something is due until then; the list is in the order of the due dates
	After        Cursor        // in a list by due dates, UpdatedAt is the date
	Order        guichet.Order // zero: the last changed first, or what is due first
	Back         bool          // the list runs backwards: what stands before the place, the nearest first; not for words to find
	Limit        int
}

// Cursor is the place in a list after which a page begins. The zero Cursor is the beginning.
type Cursor struct {
	UpdatedAt time.Time // or what else the list runs by
	ID        guichet.ID
	Part      int // of a list that is read in several parts
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
	WorkflowID     guichet.ID
	Workflow       int
	Tags           []string
	DueAt          time.Time // next due date; zero: none, or not known while it waits
	WarnAt         time.Time // from when that date is near
	Contact        guichet.ClockState
	ContactDue     time.Time
	Resolve        guichet.ClockState
	ResolveDue     time.Time
	Handled        bool  // the reader handles it; of any other, what is reserved is not told
	LastSeq        int64 // of its last event
	Unread         bool  // somebody else did something since the reader's last visit
}

// called is what somebody is called, in two columns.
type called struct{ given, family string }

func (c called) name() string { return guichet.Person{GivenName: c.given, FamilyName: c.family}.Name() }

func scanRow(r scanner) (t TicketRow, err error) {
	var requester, beneficiary, assignee called
	err = r.Scan(&t.ID, &t.Number, &t.Kind, &t.State, &t.Title, &t.LastMessage, &t.RequesterID, &t.BeneficiaryID,
		id(&t.OrganisationID), id(&t.ServiceID), id(&t.TeamID), id(&t.AssigneeID), &t.Level, &t.Urgency, &t.Impact,
		&t.Priority, &t.Channel, &t.PendingReason, moment{&t.PendingUntil}, moment{&t.CloseAt}, moment{&t.OpenedAt},
		moment{&t.UpdatedAt}, &t.Version, &t.WorkflowID, &t.Workflow, &requester.given, &requester.family,
		text[string]{&beneficiary.given}, text[string]{&beneficiary.family}, text[string]{&assignee.given}, text[string]{&assignee.family}, decoded{&t.Tags},
		moment{&t.DueAt}, moment{&t.WarnAt}, text[guichet.ClockState]{&t.Contact}, moment{&t.ContactDue},
		text[guichet.ClockState]{&t.Resolve}, moment{&t.ResolveDue}, &t.LastSeq, &t.Handled, &t.Unread)
	t.Requester, t.Beneficiary, t.Assignee = requester.name(), beneficiary.name(), assignee.name()
	return t.told(), err
}

// told leaves out of a row what those who do not handle the ticket are not told: how it is worked on. What its
// requester is promised, by when there is an answer and an end, stays.
func (t TicketRow) told() TicketRow {
	if !t.Handled {
		t.Tags, t.Level, t.Impact, t.DueAt, t.WarnAt = nil, "", "", time.Time{}, time.Time{}
	}
	return t
}

const (
	rowColumns = `t.id, t.number, t.kind, t.state, t.title, t.last_message, t.requester_id, t.beneficiary_id,
	t.organisation_id, t.service_id, t.team_id, t.assignee_id, t.level, t.urgency, t.impact, t.priority, t.channel,
	t.pending_reason, t.pending_until, t.close_at, t.opened_at, t.updated_at, t.version, t.workflow_id, t.workflow, r.given_name, r.family_name,
	b.given_name, b.family_name, a.given_name, a.family_name, t.tags, k.due_at, k.warn_at, k.contact_state, k.contact_due,
	k.resolve_state, k.resolve_due, t.last_seq, `
	rowTables = ` FROM ticket t JOIN person r ON r.id = t.requester_id
	LEFT JOIN person b ON b.id = t.beneficiary_id AND t.beneficiary_id <> t.requester_id
	LEFT JOIN person a ON a.id = t.assignee_id
	LEFT JOIN ticket_clock k ON k.ticket_id = t.id`
)

// rowsSQL is the beginning of a statement that reads rows, up to its conditions.
func (b *builder) rowsSQL(q TicketQuery) string {
	columns := rowColumns + b.knows(q.Scope) + ", "
	if q.SeenBy == "" {
		return "SELECT " + columns + "FALSE" + rowTables + " WHERE "
	}
	visits := " LEFT JOIN ticket_seen v ON v.person_id = " + b.arg(string(q.SeenBy)) + " AND v.ticket_id = t.id WHERE "
	return "SELECT " + columns + b.unread(q.SeenBy, q.Scope, "v.seq") + rowTables + visits
}

// byDue reports a list in the order of the due dates. Words are found in the order of the last change.
func (q TicketQuery) byDue() bool {
	return (!q.DueBefore.IsZero() || q.soon()) && len(q.Query.Of(guichet.QueryWords)) == 0
}

// Seeks reports a query for words to find, which decide the order of the list.
func (q TicketQuery) Seeks() bool {
	return slices.ContainsFunc(q.Query.Terms, func(t guichet.QueryTerm) bool { return t.Field == guichet.QueryWords && !t.Not })
}

// Tickets reads a page of a list, and the place where the next one begins: zero when this is the last. The most
// recently changed come first, or what is due first; words put first what has them in its title, then in its
// solution, then elsewhere, and in each of these the newest tickets. A page of what words find may be short and
// not the last.
func (tx *Tx) Tickets(ctx context.Context, q TicketQuery) ([]TicketRow, Cursor, error) {
	if q.Seeks() {
		hits, next, err := tx.find(ctx, q)
		if err != nil {
			return nil, next, err
		}
		rows, err := tx.rowsOf(ctx, q, hits)
		return rows, next, err
	}
	size := q.Limit
	rows, err := tx.inOrder(ctx, q)
	if err != nil || len(rows) <= size {
		return rows, Cursor{}, err
	}
	rows = rows[:size]
	return rows, q.Place(rows[size-1]), nil
}

// TicketLine is what names a ticket on a line.
type TicketLine struct {
	ID         guichet.ID
	Number     int64
	Title      string
	State      guichet.State
	AssigneeID guichet.ID
	UpdatedAt  time.Time
}

// TicketLines reads the tickets of a query that changed last, up to its limit, of each only what names it.
func (tx *Tx) TicketLines(ctx context.Context, q TicketQuery) ([]TicketLine, error) {
	p, err := tx.plan(ctx, q, run{})
	if err != nil || len(p.branches) == 0 {
		return nil, err
	}
	return many(ctx, tx, func(r scanner) (t TicketLine, err error) {
		return t, r.Scan(&t.ID, &t.Number, &t.Title, &t.State, id(&t.AssigneeID), moment{&t.UpdatedAt})
	}, p.lines(), p.args...)
}

// CountTickets counts the tickets of a query, up to a limit: a menu says "99+" rather than
// reading everything.
func (tx *Tx) CountTickets(ctx context.Context, q TicketQuery, limit int) (int, error) {
	q.After, q.Order, q.Limit = Cursor{}, guichet.Order{}, limit
	if q.Seeks() {
		hits, _, err := tx.find(ctx, q)
		return len(hits), err
	}
	p, err := tx.plan(ctx, q, q.runs()[0])
	if err != nil || len(p.branches) == 0 {
		return 0, err
	}
	return one(ctx, tx, "count", single[int], p.count(), p.args...)
}
