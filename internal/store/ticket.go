package store

import (
	"context"
	"slices"
	"strings"

	"guichet"
)

// errStale asks for the transaction to run again: the ticket changed between its reading and its
// writing.
var errStale = &guichet.Error{Kind: guichet.KindConflict, Code: "ticket.changed"}

const ticketColumns = `t.id, t.number, t.kind, t.state, t.title, t.requester_id, t.beneficiary_id, t.opened_by_id,
	t.organisation_id, t.service_id, t.offering_id, t.form_version, t.workflow_id, t.workflow, t.urgency, t.impact,
	t.priority, t.phone, t.work_place, t.location, t.channel, t.team_id, t.assignee_id, t.level, t.pending_reason,
	t.pending_until, t.affected_id, t.approval_step, t.opened_at, t.updated_at, t.contacted_at, t.resolved_at,
	t.closed_at, t.close_at, t.reopened, t.rating_time, t.rating_answers, t.last_message, t.last_seq, t.version,
	t.description, t.answers, t.solution, t.rating_comment, t.tags`

func scanTicket(r scanner) (t guichet.Ticket, err error) {
	return t, r.Scan(&t.ID, &t.Number, &t.Kind, &t.State, &t.Title, &t.RequesterID, &t.BeneficiaryID, &t.OpenedByID,
		id(&t.OrganisationID), id(&t.ServiceID), &t.OfferingID, &t.FormVersion, &t.WorkflowID, &t.Workflow, &t.Urgency,
		&t.Impact, &t.Priority, &t.Phone, &t.WorkPlace, &t.Location, &t.Channel, id(&t.TeamID), id(&t.AssigneeID),
		&t.Level, &t.PendingReason, moment{&t.PendingUntil}, id(&t.AffectedID), &t.ApprovalStep, moment{&t.OpenedAt},
		moment{&t.UpdatedAt}, moment{&t.ContactedAt}, moment{&t.ResolvedAt}, moment{&t.ClosedAt}, moment{&t.CloseAt},
		&t.Reopened, &t.RatingTime, &t.RatingAnswers, &t.LastMessage, &t.LastSeq, &t.Version,
		&t.Description, decoded{&t.Answers}, &t.Solution, &t.RatingComment, decoded{&t.Tags})
}

// phase groups the states for lists: 0 work to do, 1 resolved, 2 final.
func phase(s guichet.State) int {
	switch {
	case s.Final():
		return 2
	case s == guichet.StateResolved:
		return 1
	}
	return 0
}

// NumberTicket gives a new ticket its number, unless it has it.
func (tx *Tx) NumberTicket(ctx context.Context, t *guichet.Ticket) (err error) {
	if t.Number == 0 {
		t.Number, err = tx.next(ctx, "ticket")
	}
	return err
}

// InsertTicket gives a new ticket its number and writes it. LastSeq counts the events that the
// caller appends in the same transaction.
func (tx *Tx) InsertTicket(ctx context.Context, t *guichet.Ticket) error {
	if err := tx.NumberTicket(ctx, t); err != nil {
		return err
	}
	t.Version = 1
	args, err := ticketArgs(*t)
	if err != nil {
		return err
	}
	if err := tx.exec(ctx, insertTicket, args...); err != nil {
		return err
	}
	tx.entered = t.Number
	tx.move(*t, 1)
	return tx.saveTags(ctx, nil, *t)
}

const insertTicket = `INSERT INTO ticket (id, number, kind, state, phase, title, requester_id, beneficiary_id, opened_by_id,
	organisation_id, service_id, offering_id, form_version, workflow_id, workflow, urgency, impact, priority, phone,
	work_place, location, channel, team_id, assignee_id, level, pending_reason, pending_until, affected_id,
	approval_step, opened_at, updated_at, contacted_at, resolved_at, closed_at, close_at, reopened, rating_time,
	rating_answers, last_message, last_seq, version, description, answers, solution, rating_comment, tags)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
	$24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46)`

func ticketArgs(t guichet.Ticket) ([]any, error) {
	answers, err := encoded(t.Answers)
	if err != nil {
		return nil, err
	}
	tags, err := encoded(t.Tags)
	return []any{string(t.ID), t.Number, string(t.Kind), string(t.State), phase(t.State), t.Title,
		string(t.RequesterID), string(t.BeneficiaryID), string(t.OpenedByID), nullable(t.OrganisationID),
		nullable(t.ServiceID), string(t.OfferingID), t.FormVersion, string(t.WorkflowID), t.Workflow,
		string(t.Urgency), string(t.Impact), string(t.Priority), t.Phone, string(t.WorkPlace), t.Location,
		string(t.Channel), nullable(t.TeamID), nullable(t.AssigneeID), string(t.Level), t.PendingReason,
		micros(t.PendingUntil), nullable(t.AffectedID), t.ApprovalStep, micros(t.OpenedAt), micros(t.UpdatedAt),
		micros(t.ContactedAt), micros(t.ResolvedAt), micros(t.ClosedAt), micros(t.CloseAt), t.Reopened,
		t.RatingTime, t.RatingAnswers, t.LastMessage, t.LastSeq, t.Version, t.Description, answers, t.Solution,
		t.RatingComment, tags}, err
}

// UpdateTicket writes what changed between two versions of a ticket and appends the events, whose
// Seq it sets. When somebody else wrote in between, the transaction runs again.
func (tx *Tx) UpdateTicket(ctx context.Context, before guichet.Ticket, after *guichet.Ticket, events []guichet.Event) error {
	after.LastSeq = before.LastSeq + int64(len(events))
	if len(guichet.Diff(before, *after)) > 0 {
		after.Version = before.Version + 1
	}
	query, args, err := updateTicket(before, *after)
	if err != nil {
		return err
	}
	n, err := tx.affected(ctx, query, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return errStale
	}
	tx.stood(before, *after)
	tx.move(before, -1)
	tx.move(*after, 1)
	if err := tx.exec(ctx, `UPDATE ticket_party SET phase = $2, updated_at = $3 WHERE ticket_id = $1`,
		string(after.ID), phase(after.State), micros(after.UpdatedAt)); err != nil {
		return err
	}
	if err := tx.saveTags(ctx, before.Tags, *after); err != nil {
		return err
	}
	for i := range events {
		events[i].Seq = before.LastSeq + int64(i) + 1
		if err := tx.appendEvent(ctx, events[i]); err != nil {
			return err
		}
	}
	return nil
}

// updateTicket writes the columns that differ and no others: an index whose columns are named is written again,
// changed or not, and there are two dozen.
func updateTicket(before, after guichet.Ticket) (string, []any, error) {
	was, err := changing(before)
	if err != nil {
		return "", nil, err
	}
	now, err := changing(after)
	b := builder{args: []any{string(after.ID), before.Version, before.LastSeq}}
	sets := []string{"last_seq = " + b.arg(after.LastSeq)}
	for i, column := range changingColumns {
		if was[i] != now[i] {
			sets = append(sets, column+" = "+b.arg(now[i]))
		}
	}
	return `UPDATE ticket SET ` + strings.Join(sets, ", ") + ` WHERE id = $1 AND version = $2 AND last_seq = $3`, b.args, err
}

// changingColumns are those that acts change, beside last_seq.
var changingColumns = []string{"kind", "state", "phase", "service_id", "urgency", "impact", "priority", "team_id",
	"assignee_id", "level", "pending_reason", "pending_until", "affected_id", "approval_step", "updated_at",
	"contacted_at", "resolved_at", "closed_at", "close_at", "reopened", "rating_time", "rating_answers", "last_message",
	"version", "solution", "rating_comment", "workflow_id", "workflow", "tags"}

// changing are the values of changingColumns.
func changing(t guichet.Ticket) ([]any, error) {
	tags, err := encoded(t.Tags)
	return []any{string(t.Kind), string(t.State), phase(t.State), nullable(t.ServiceID), string(t.Urgency),
		string(t.Impact), string(t.Priority), nullable(t.TeamID), nullable(t.AssigneeID), string(t.Level),
		t.PendingReason, micros(t.PendingUntil), nullable(t.AffectedID), t.ApprovalStep, micros(t.UpdatedAt),
		micros(t.ContactedAt), micros(t.ResolvedAt), micros(t.ClosedAt), micros(t.CloseAt), t.Reopened, t.RatingTime,
		t.RatingAnswers, t.LastMessage, t.Version, t.Solution, t.RatingComment, string(t.WorkflowID), t.Workflow, tags}, err
}

// Ticket reads a ticket that the scope holds; any other is not found.
func (tx *Tx) Ticket(ctx context.Context, scope guichet.Scope, number int64) (guichet.Ticket, error) {
	var b builder
	b.and("t.number = " + b.arg(number))
	b.scope(scope)
	return one(ctx, tx, "ticket", scanTicket, `SELECT `+ticketColumns+` FROM ticket t WHERE `+b.sql()+tx.lock(), b.args...)
}

// lock makes the writers of one ticket wait for one another, rather than fail and try again.
func (tx *Tx) lock() string {
	if tx.tx == nil {
		return ""
	}
	return tx.store.d.lockSuffix()
}

// TicketByID reads a ticket for the desk itself.
func (tx *Tx) TicketByID(ctx context.Context, ticket guichet.ID) (guichet.Ticket, error) {
	return one(ctx, tx, "ticket", scanTicket, `SELECT `+ticketColumns+` FROM ticket t WHERE t.id = $1`+tx.lock(), string(ticket))
}

// scope adds the condition that a ticket must meet to be seen. It is the twin of Scope.Sees.
func (b *builder) scope(s guichet.Scope) {
	if s.All {
		b.and("1 = 1")
		return
	}
	either := append(b.handled(s), b.followed(s)...)
	if s.PersonID != "" {
		either = append(either, b.takesPart([]guichet.ID{s.PersonID}, "1 = 1"))
	}
	b.and(anyOf(either))
}

// handled lists the conditions under which the scope holds a ticket other than by taking part in it.
func (b *builder) handled(s guichet.Scope) []string {
	var either []string
	if len(s.TeamIDs) > 0 {
		either = append(either, "t.team_id IN "+in(b, s.TeamIDs))
	}
	return append(either, b.within(s.Areas)...)
}

// followed lists the conditions under which the scope follows a ticket, which is never a problem.
func (b *builder) followed(s guichet.Scope) []string {
	if len(s.Followed) == 0 {
		return nil
	}
	return []string{"(" + anyOf(b.within(s.Followed)) + " AND t.kind <> 'problem')"}
}

// within lists the conditions under which a ticket stands in some areas.
func (b *builder) within(areas []guichet.Area) []string {
	out := make([]string, len(areas))
	for i, a := range areas {
		out[i] = b.area(a)
	}
	return out
}

func anyOf(conditions []string) string {
	if len(conditions) == 0 {
		return "1 = 0"
	}
	return "(" + strings.Join(conditions, " OR ") + ")"
}

// asked are the parties who have the need.
const asked = "y.role IN ('requester', 'beneficiary')"

// takesPart: one of the persons is a party of the ticket, under a further condition.
func (b *builder) takesPart(people []guichet.ID, condition string) string {
	return "EXISTS (SELECT 1 FROM ticket_party y WHERE y.person_id IN " + in(b, people) + " AND y.ticket_id = t.id AND " + condition + ")"
}

func (b *builder) area(a guichet.Area) string {
	var both []string
	if a.OrganisationID != "" {
		both = append(both, b.below("t.organisation_id", "organisation_closure", a.OrganisationID))
	}
	if a.ServiceID != "" {
		both = append(both, b.below("t.service_id", "service_closure", a.ServiceID))
	}
	if len(both) == 0 {
		return "1 = 1"
	}
	return "(" + strings.Join(both, " AND ") + ")"
}

func (b *builder) below(column, closure string, root guichet.ID) string {
	return column + " IN (SELECT descendant_id FROM " + closure + " WHERE ancestor_id = " + b.arg(string(root)) + ")"
}

// AddParty records that a person takes part in a ticket.
func (tx *Tx) AddParty(ctx context.Context, ticket guichet.ID, p guichet.Party) error {
	tx.recounts = true
	return tx.exec(ctx, `INSERT INTO ticket_party (ticket_id, person_id, role, phase, updated_at)
		SELECT t.id, CAST($2 AS TEXT), CAST($3 AS TEXT), t.phase, t.updated_at FROM ticket t WHERE t.id = $1
		ON CONFLICT (person_id, ticket_id, role) DO NOTHING`, string(ticket), string(p.PersonID), string(p.Role))
}

// AddParties records who takes part in a ticket from its opening.
func (tx *Tx) AddParties(ctx context.Context, t guichet.Ticket, parties []guichet.Party) error {
	tx.recounts = true
	for some := range slices.Chunk(parties, 20) {
		b := builder{args: []any{string(t.ID), phase(t.State), micros(t.UpdatedAt)}}
		rows := make([]string, len(some))
		for i, p := range some {
			rows[i] = "($1, " + b.arg(string(p.PersonID)) + ", " + b.arg(string(p.Role)) + ", $2, $3)"
		}
		err := tx.exec(ctx, `INSERT INTO ticket_party (ticket_id, person_id, role, phase, updated_at) VALUES `+
			strings.Join(rows, ", ")+` ON CONFLICT (person_id, ticket_id, role) DO NOTHING`, b.args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// RemoveParty ends a person's part in a ticket.
func (tx *Tx) RemoveParty(ctx context.Context, ticket guichet.ID, p guichet.Party) error {
	tx.recounts = true
	n, err := tx.affected(ctx, `DELETE FROM ticket_party WHERE ticket_id = $1 AND person_id = $2 AND role = $3`,
		string(ticket), string(p.PersonID), string(p.Role))
	if n > 0 {
		tx.left(ticket, p.PersonID)
	}
	return err
}

// Parties lists who takes part in a ticket.
func (tx *Tx) Parties(ctx context.Context, ticket guichet.ID) ([]guichet.Party, error) {
	return many(ctx, tx, func(r scanner) (p guichet.Party, err error) {
		return p, r.Scan(&p.PersonID, &p.Role)
	}, `SELECT person_id, role FROM ticket_party WHERE ticket_id = $1 ORDER BY role, person_id`, string(ticket))
}

// Parts says which parts a ticket has, so that only those are read.
type Parts struct {
	Documents, Approvals, Links, Announced, Checklists, Tasks, Outgoing, Major bool

	Seen int64 // how far its reader read it before: the Seq of an event; 0: never
}

// Parts looks for the parts of a ticket, in one query.
func (tx *Tx) Parts(ctx context.Context, ticket, reader guichet.ID) (Parts, error) {
	return one(ctx, tx, "ticket", func(r scanner) (p Parts, err error) {
		return p, r.Scan(&p.Documents, &p.Approvals, &p.Links, &p.Announced, &p.Checklists, &p.Tasks, &p.Outgoing, &p.Major, &p.Seen)
	}, `SELECT EXISTS (SELECT 1 FROM document WHERE ticket_id = $1),
		EXISTS (SELECT 1 FROM approval WHERE ticket_id = $1) OR EXISTS (SELECT 1 FROM approval_plan WHERE ticket_id = $1),
		EXISTS (SELECT 1 FROM ticket_link WHERE from_id = $1) OR EXISTS (SELECT 1 FROM ticket_link WHERE to_id = $1),
		EXISTS (SELECT 1 FROM announcement_ticket WHERE ticket_id = $1),
		EXISTS (SELECT 1 FROM checklist WHERE ticket_id = $1), EXISTS (SELECT 1 FROM task WHERE ticket_id = $1),
		EXISTS (SELECT 1 FROM outgoing WHERE ticket_id = $1), EXISTS (SELECT 1 FROM major_incident WHERE ticket_id = $1),
		COALESCE((SELECT seq FROM ticket_seen WHERE person_id = $2 AND ticket_id = $1), 0)`, string(ticket), string(reader))
}
