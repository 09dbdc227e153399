package configuring

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// LevelsID is the key of the list of service levels, which is edited and published as one.
const LevelsID guichet.ID = "service_levels"

func calendars() kind[guichet.Calendar] {
	return kind[guichet.Calendar]{
		name: "calendar",
		find: func(d *guichet.Desk, id guichet.ID) (guichet.Calendar, bool) { c, ok := d.Calendars[id]; return c, ok },
		all:  func(d *guichet.Desk) []guichet.ID { return keys(d.Calendars) },
		put: func(d *guichet.Desk, id guichet.ID, c guichet.Calendar) {
			c.ID = id
			d.Calendars[id] = c
		},
		drop:  func(d *guichet.Desk, id guichet.ID) { delete(d.Calendars, id) },
		check: func(_ *guichet.Desk, c guichet.Calendar) error { return c.Check() },
		used: func(d *guichet.Desk, id guichet.ID) error {
			for _, l := range d.Levels {
				if l.CalendarID == id {
					return guichet.Conflict("calendar.used", "Name", l.Name)
				}
			}
			for _, r := range d.Rules {
				for _, c := range slices.Concat(r.When.All, r.When.Any) {
					if c.Field == guichet.RuleCalendar && slices.Contains(c.Values, string(id)) {
						return guichet.Conflict("calendar.used_by_rule", "Name", r.Name)
					}
				}
			}
			return nil
		},
		may:   whole[guichet.Calendar],
		label: func(c guichet.Calendar) string { return c.Name },
		kept:  func(c guichet.Calendar) guichet.Calendar { c.Version = 0; return c },
	}
}

func serviceLevels() kind[guichet.ServiceLevels] {
	return kind[guichet.ServiceLevels]{
		name: "service_levels",
		find: func(d *guichet.Desk, id guichet.ID) (guichet.ServiceLevels, bool) {
			return guichet.ServiceLevels{Levels: d.Levels}, id == LevelsID
		},
		all:   func(*guichet.Desk) []guichet.ID { return []guichet.ID{LevelsID} },
		put:   func(d *guichet.Desk, _ guichet.ID, l guichet.ServiceLevels) { d.Levels = l.Levels },
		check: func(d *guichet.Desk, l guichet.ServiceLevels) error { return d.CheckServiceLevels(l.Levels) },
		may:   whole[guichet.ServiceLevels],
		label: func(guichet.ServiceLevels) string { return "" },
		kept:  func(l guichet.ServiceLevels) guichet.ServiceLevels { return l },
	}
}

// ClocksTrial is what a draft of a calendar or of the service levels would make of the last tickets.
type ClocksTrial struct {
	Tickets  int // that were tried
	Changed  int // that would have another due date, or none any more
	Breached int // clocks that would be over
	Before   int // clocks that are over as it is
	Rows     []ClocksRow
}

// ClocksRow is a clock of a ticket that the draft makes due at another time.
type ClocksRow struct {
	Number        int64
	Title         string
	Before, After guichet.Countdown
}

// TryCalendar tries the draft of a calendar on the last tickets that the actor may see.
func (c *Configuring) TryCalendar(ctx context.Context, actor guichet.Actor, id guichet.ID) (ClocksTrial, error) {
	draft, err := c.Calendars.Trial(ctx, actor, id)
	if err != nil {
		return ClocksTrial{}, err
	}
	return c.tryClocks(ctx, actor, draft)
}

// TryLevels tries the draft of the service levels likewise.
func (c *Configuring) TryLevels(ctx context.Context, actor guichet.Actor) (ClocksTrial, error) {
	draft, err := c.Levels.Trial(ctx, actor, LevelsID)
	if err != nil {
		return ClocksTrial{}, err
	}
	return c.tryClocks(ctx, actor, draft)
}

func (c *Configuring) tryClocks(ctx context.Context, actor guichet.Actor, draft *guichet.Desk) (ClocksTrial, error) {
	var out ClocksTrial
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		tickets, err := tx.LastTickets(ctx, actor.Scope(), TrialTickets)
		if err != nil {
			return err
		}
		ids := make([]guichet.ID, len(tickets))
		for i, t := range tickets {
			ids[i] = t.ID
		}
		events, err := tx.EventsOf(ctx, ids)
		if err != nil {
			return err
		}
		for _, t := range tickets {
			out.compare(t, desk.Clock(t, events[t.ID], tx.Now), draft.Clock(t, events[t.ID], tx.Now))
		}
		return nil
	})
	return out, err
}

// compare adds a ticket to a trial.
func (r *ClocksTrial) compare(t guichet.Ticket, before, after guichet.Clock) {
	r.Tickets++
	changed := false
	for _, name := range guichet.ClockNames() {
		a, b := before.Countdown(name), after.Countdown(name)
		if !a.BreachedAt.IsZero() {
			r.Before++
		}
		if !b.BreachedAt.IsZero() {
			r.Breached++
		}
		if a.Due.Equal(b.Due) && (a.Within == "") == (b.Within == "") {
			continue
		}
		changed = true
		if len(r.Rows) < trialRows {
			a.Name, b.Name = name, name
			r.Rows = append(r.Rows, ClocksRow{t.Number, t.Title, a, b})
		}
	}
	if changed {
		r.Changed++
	}
}

// Reckoning tells how far the clocks of the open tickets follow the last publication; false when they have.
func (c *Configuring) Reckoning(ctx context.Context, actor guichet.Actor) (done, total int, running bool, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil || !actor.Configures("", desk) {
			return err
		}
		list, err := tx.Reckonings(ctx)
		if len(list) > 0 {
			done, total, running = list[0].Done, list[0].Total, true
		}
		return err
	})
	return done, total, running, err
}
