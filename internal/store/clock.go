package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"guichet"
)

// JobClocks is the kind of the job that works the clocks of the open tickets out again after a change of the
// calendars or of the service levels. It is asked for where such a change is written.
const JobClocks = "desk.clocks"

// clockFields are the columns of ticket_clock after the ticket's identifier.
const clockFields = `level_id, contact_state, contact_due, resolve_state, resolve_due, warn_at, due_at, moment_at,
	team_id, assignee_id, service_id, organisation_id`

// SaveClock keeps the clock of a ticket; moment is when the job that watches it is due.
func (tx *Tx) SaveClock(ctx context.Context, t guichet.Ticket, c guichet.Clock, moment time.Time) error {
	tx.recounts = true
	warn := time.Time{}
	for _, run := range []guichet.Countdown{c.Contact, c.Resolve} {
		if !run.Next().IsZero() && run.Next().Equal(c.Due()) {
			warn = run.WarnAt
		}
	}
	return tx.exec(ctx, `INSERT INTO ticket_clock (ticket_id, `+clockFields+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (ticket_id) DO UPDATE SET level_id = excluded.level_id, contact_state = excluded.contact_state,
			contact_due = excluded.contact_due, resolve_state = excluded.resolve_state, resolve_due = excluded.resolve_due,
			warn_at = excluded.warn_at, due_at = excluded.due_at, moment_at = excluded.moment_at, team_id = excluded.team_id,
			assignee_id = excluded.assignee_id, service_id = excluded.service_id, organisation_id = excluded.organisation_id
		WHERE (`+clockKept("ticket_clock")+`) <> (`+clockKept("excluded")+`)`,
		string(t.ID), string(c.Level.ID), string(c.Contact.State), micros(c.Contact.Due), string(c.Resolve.State),
		micros(c.Resolve.Due), micros(warn), micros(c.Due()), micros(moment), nullable(t.TeamID), nullable(t.AssigneeID),
		nullable(t.ServiceID), nullable(t.OrganisationID))
}

// clockKept are the fields of one side of SaveClock, to be compared: what is the same is not written again, nor are
// the indexes of the due dates.
func clockKept(table string) string {
	return strings.ReplaceAll(`#.level_id, #.contact_state, #.contact_due, #.resolve_state,
		#.resolve_due, #.warn_at, #.due_at, #.moment_at, COALESCE(#.team_id, ''), COALESCE(#.assignee_id, ''),
		COALESCE(#.service_id, ''), COALESCE(#.organisation_id, '')`, "#", table)
}

// DropClock forgets the clock of a ticket that no service level holds any more.
func (tx *Tx) DropClock(ctx context.Context, ticket guichet.ID) error {
	tx.recounts = true
	return tx.exec(ctx, `DELETE FROM ticket_clock WHERE ticket_id = $1`, string(ticket))
}

// ClockMoment is when the job that watches a ticket is due, the zero time when there is none; known is false
// when the ticket has no clock.
func (tx *Tx) ClockMoment(ctx context.Context, ticket guichet.ID) (moment time.Time, known bool, err error) {
	list, err := many(ctx, tx, single[int64], `SELECT moment_at FROM ticket_clock WHERE ticket_id = $1`, string(ticket))
	if err != nil || len(list) == 0 {
		return time.Time{}, false, err
	}
	if list[0] != 0 {
		moment = time.UnixMicro(list[0]).UTC()
	}
	return moment, true, nil
}

// ResolveDue is when the service level of a ticket wants it resolved; zero without one, and while a pause leaves
// the date open.
func (tx *Tx) ResolveDue(ctx context.Context, ticket guichet.ID) (time.Time, error) {
	list, err := many(ctx, tx, single[int64], `SELECT resolve_due FROM ticket_clock WHERE ticket_id = $1`, string(ticket))
	if err != nil || len(list) == 0 || list[0] == 0 {
		return time.Time{}, err
	}
	return time.UnixMicro(list[0]).UTC(), nil
}

// Beats reads every event of a ticket as far as its clocks need them: of a text, only whether there is one, but for the
// reasons of pauses.
func (tx *Tx) Beats(ctx context.Context, ticket guichet.ID) ([]guichet.Event, error) {
	return many(ctx, tx, scanBeat, `SELECT id, ticket_id, seq, at, actor_id, channel, kind, internal,
			CASE WHEN body = '' OR kind = 'pause_added' THEN body ELSE '…' END, ref_id, changes
		FROM event WHERE ticket_id = $1 ORDER BY seq`, string(ticket))
}

func scanBeat(r scanner) (e guichet.Event, err error) {
	return e, r.Scan(&e.ID, &e.TicketID, &e.Seq, moment{&e.At}, id(&e.ActorID), &e.Channel, &e.Kind, &e.Internal,
		&e.Text, &e.RefID, decoded{&e.Changes})
}

// OpenTickets reads tickets that somebody still has to work on, those that changed first first, after a place.
func (tx *Tx) OpenTickets(ctx context.Context, after Cursor, limit int) ([]guichet.Ticket, error) {
	return many(ctx, tx, scanTicket, `SELECT `+ticketColumns+` FROM ticket t
		WHERE t.phase = 0 AND (t.updated_at, t.id) > ($1, $2) ORDER BY t.updated_at, t.id LIMIT $3`,
		micros(after.UpdatedAt), string(after.ID), limit)
}

// CountOpen counts the tickets that somebody still has to work on.
func (tx *Tx) CountOpen(ctx context.Context) (int, error) {
	return one(ctx, tx, "count", single[int], `SELECT COUNT(*) FROM ticket WHERE phase = 0`)
}

// Reckoning is how far the clocks were worked out again after a change of the configuration.
type Reckoning struct {
	At    int64      `json:"at,omitempty"` // the place reached: microseconds of the last change, then the ticket
	ID    guichet.ID `json:"id,omitempty"`
	Done  int        `json:"done"`
	Total int        `json:"total"`
}

// After is the place after which to go on.
func (r Reckoning) After() Cursor {
	c := Cursor{ID: r.ID}
	if r.At != 0 {
		c.UpdatedAt = time.UnixMicro(r.At).UTC()
	}
	return c
}

// Reached moves the place to a ticket.
func (r *Reckoning) Reached(t guichet.Ticket) { r.At, r.ID = micros(t.UpdatedAt), t.ID }

// Reckon asks for the clocks to be worked out again, from a place on; what was asked before is replaced.
func (tx *Tx) Reckon(ctx context.Context, r Reckoning) error {
	payload, err := encoded(r)
	if err != nil {
		return err
	}
	if err := tx.CancelJob(ctx, JobClocks); err != nil {
		return err
	}
	return tx.Enqueue(ctx, Job{Kind: JobClocks, Key: JobClocks, Payload: payload})
}

// ReadReckoning reads the payload of a job.
func ReadReckoning(payload string) (r Reckoning, err error) {
	return r, json.Unmarshal([]byte(payload), &r)
}

// Reckonings tells how far the clocks are, while they are being worked out again.
func (tx *Tx) Reckonings(ctx context.Context) ([]Reckoning, error) {
	payloads, err := many(ctx, tx, single[string], `SELECT payload FROM job WHERE key = $1 AND dead = FALSE`, JobClocks)
	var out []Reckoning
	for _, p := range payloads {
		r, err := ReadReckoning(p)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, err
}
