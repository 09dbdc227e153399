package ticketing

import (
	"context"
	"time"

	"guichet"
	"guichet/internal/store"
)

// written is what is left to write of a clock once its ticket is written.
type written func(context.Context, *store.Tx) error

func nothing(context.Context, *store.Tx) error { return nil }

// enter writes a new ticket with its clock.
func enter(ctx context.Context, tx *store.Tx, t *guichet.Ticket, events []guichet.Event) error {
	watch, err := start(ctx, tx, t, events)
	if err != nil {
		return err
	}
	if err := tx.InsertTicket(ctx, t); err != nil {
		return err
	}
	return watch(ctx, tx)
}

// start works out the clock of a new ticket from its first events.
func start(ctx context.Context, tx *store.Tx, t *guichet.Ticket, events []guichet.Event) (written, error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return nil, err
	}
	if _, _, ok := desk.ServiceLevelOf(*t); !ok {
		return nothing, nil
	}
	c := desk.Clock(*t, events, tx.Now)
	t.ContactedAt = c.ContactedAt
	at := moment(c, events, time.Time{})
	return func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveClock(ctx, *t, c, at); err != nil || at.IsZero() {
			return err
		}
		return tx.Enqueue(ctx, store.Job{Kind: JobClock, Key: JobClock + ":" + string(t.ID), Payload: string(t.ID), RunAt: at})
	}, nil
}

// reckon works the clock of a ticket out again from all its events, those that are about to be written
// included. It costs what one ticket has of events, and nothing where the desk has no service levels.
func reckon(ctx context.Context, tx *store.Tx, t *guichet.Ticket, events []guichet.Event) (written, error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return nil, err
	}
	if len(desk.Levels) == 0 {
		return nothing, nil
	}
	if _, _, ok := desk.ServiceLevelOf(*t); !ok {
		return func(ctx context.Context, tx *store.Tx) error { return forget(ctx, tx, t.ID) }, nil
	}
	past, err := tx.Beats(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	all := append(past, events...)
	c := desk.Clock(*t, all, tx.Now)
	t.ContactedAt = c.ContactedAt
	return func(ctx context.Context, tx *store.Tx) error {
		return watch(ctx, tx, *t, c, moment(c, all, time.Time{}))
	}, nil
}

// moment is when the job that watches a ticket has something to do, not before a time; zero when there is nothing.
func moment(c guichet.Clock, events []guichet.Event, since time.Time) time.Time {
	for _, m := range c.Moments(events) {
		if m.At.After(since) {
			return m.At
		}
	}
	return time.Time{}
}

// watch keeps a clock, and moves the job that watches it when it is due at another time.
func watch(ctx context.Context, tx *store.Tx, t guichet.Ticket, c guichet.Clock, at time.Time) error {
	was, _, err := tx.ClockMoment(ctx, t.ID)
	if err != nil {
		return err
	}
	if err := tx.SaveClock(ctx, t, c, at); err != nil || was.Equal(at) && (at.IsZero() || at.After(tx.Now)) {
		return err
	}
	return timer(ctx, tx, JobClock, t.ID, store.Job{RunAt: at})
}

// forget drops the clock of a ticket that no service level holds any more.
func forget(ctx context.Context, tx *store.Tx, ticket guichet.ID) error {
	_, known, err := tx.ClockMoment(ctx, ticket)
	if err != nil || !known {
		return err
	}
	if err := tx.DropClock(ctx, ticket); err != nil {
		return err
	}
	return timer(ctx, tx, JobClock, ticket, store.Job{})
}

// Watch is the handler of JobClock: a delay is about to end, or is over. The clock is worked out again: when it
// moved meanwhile, nothing is told.
func (d *Desk) Watch(ctx context.Context, tx *store.Tx, j store.Job) error {
	t, err := tx.TicketByID(ctx, guichet.ID(j.Payload))
	if err != nil {
		return err
	}
	l, err := complete(ctx, tx, t)
	if err != nil {
		return err
	}
	past, err := tx.Beats(ctx, t.ID)
	if err != nil {
		return err
	}
	c := l.desk.Clock(t, past, tx.Now)
	after, events := t, []guichet.Event(nil)
	for _, m := range due(c.Moments(past), tx.Now) {
		events = append(events, l.fall(&after, c, m, tx.Now)...)
	}
	if len(events) == 0 {
		return watch(ctx, tx, t, c, moment(c, past, tx.Now))
	}
	return save(ctx, tx, t, &after, events)
}

// due are the moments that have come. Once a delay is over, its warning is not given any more.
func due(moments []guichet.Moment, now time.Time) []guichet.Moment {
	var out []guichet.Moment
	over := map[guichet.ClockName]bool{}
	for _, m := range moments {
		over[m.Clock] = over[m.Clock] || m.Over && !m.At.After(now)
	}
	for _, m := range moments {
		if !m.At.After(now) && (m.Over || !over[m.Clock]) {
			out = append(out, m)
		}
	}
	return out
}

// fall is what follows from a moment: a warning, or the end of a delay with its escalation.
func (l loaded) fall(t *guichet.Ticket, c guichet.Clock, m guichet.Moment, now time.Time) []guichet.Event {
	e := guichet.DueSoon(m.Clock, m.Due)
	target := c.Level.Of(m.Clock)
	if m.Over {
		e = target.Overdue(m.Clock, m.Due)
	}
	e.At, e.Why = now, []string{c.Level.Name}
	events := []guichet.Event{e}
	if m.Over {
		events = append(events, l.escalate(t, c.Level, target.Breach, now)...)
	}
	return events
}

// escalate gives the ticket to the level and the team that a service level names. Where its state or its place
// does not allow it, it stays where it is: those who are told see to it.
func (l loaded) escalate(t *guichet.Ticket, level guichet.ServiceLevel, then guichet.Escalation, now time.Time) []guichet.Event {
	act := guichet.Act{Action: guichet.ActionAssign, TeamID: then.TeamID, Kind: t.Kind}
	if then.Level != "" {
		act = guichet.Act{Action: guichet.ActionEscalate, TeamID: then.TeamID, Level: then.Level, Text: level.Name}
	}
	if act.TeamID == "" && act.Level == "" || act.TeamID != "" && act.TeamID == t.TeamID {
		return nil
	}
	step, err := l.desk.Decide(*t, act, guichet.SystemActor(), now)
	if err != nil {
		return nil
	}
	*t = step.Ticket
	step.Event.Why = []string{level.Name}
	return []guichet.Event{step.Event}
}

// reckonBatch is how many tickets one job works out again.
const reckonBatch = 100

// Reckon is the handler of store.JobClocks: calendars or service levels changed, the clocks of the open tickets
// follow, some at a time. What was due before now is not told all at once: it is told with the next act on the ticket.
func (d *Desk) Reckon(ctx context.Context, tx *store.Tx, j store.Job) error {
	r, err := store.ReadReckoning(j.Payload)
	if err != nil {
		return err
	}
	if r.Total == 0 {
		if r.Total, err = tx.CountOpen(ctx); err != nil {
			return err
		}
	}
	tickets, err := tx.OpenTickets(ctx, r.After(), reckonBatch)
	if err != nil {
		return err
	}
	if err := reckonAll(ctx, tx, tickets); err != nil || len(tickets) < reckonBatch {
		return err
	}
	r.Done += len(tickets)
	r.Reached(tickets[len(tickets)-1])
	return tx.Reckon(ctx, r)
}

func reckonAll(ctx context.Context, tx *store.Tx, tickets []guichet.Ticket) error {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		if _, _, ok := desk.ServiceLevelOf(t); !ok {
			if err := forget(ctx, tx, t.ID); err != nil {
				return err
			}
			continue
		}
		events, err := tx.Beats(ctx, t.ID)
		if err != nil {
			return err
		}
		c := desk.Clock(t, events, tx.Now)
		if err := watch(ctx, tx, t, c, moment(c, events, tx.Now)); err != nil {
			return err
		}
	}
	return nil
}
