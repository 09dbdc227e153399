package ticketing

import (
	"context"
	"slices"
	"time"

	"guichet"
	"guichet/internal/store"
)

// Media are the ways of being in contact with the beneficiary.
func Media() []guichet.Channel {
	return []guichet.Channel{guichet.ChannelPhone, guichet.ChannelMail, guichet.ChannelCounter}
}

// Contact is a contact with the beneficiary as an agent records it.
type Contact struct {
	Medium   guichet.Channel // one of Media
	At       time.Time       // zero: now; or earlier, when it is recorded afterwards
	Note     string
	Corrects guichet.ID // the event of the contact that this one replaces
	Withdraw bool       // there was none after all
}

// Contacted records that somebody was in contact with the beneficiary (seed 003), or corrects what was recorded.
// The clocks follow. Errors: denied to who does not work on the ticket, conflict when it is final, invalid.
func (d *Desk) Contacted(ctx context.Context, actor guichet.Actor, number int64, in Contact) (guichet.Ticket, error) {
	in.Note = body(in.Note)
	var after guichet.Ticket
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := loadToWork(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		past, err := tx.Beats(ctx, l.ticket.ID)
		if err != nil {
			return err
		}
		if in.At.IsZero() {
			in.At = tx.Now
		}
		if err := in.check(l.ticket, past, tx.Now); err != nil {
			return err
		}
		e := guichet.Event{At: tx.Now, ActorID: actor.Person.ID, Channel: actor.Channel, Kind: guichet.EventContacted,
			Internal: true, Text: in.Note, RefID: in.Corrects, Changes: in.changes()}
		after = l.ticket
		after.UpdatedAt = tx.Now
		after.ContactedAt = l.desk.Clock(after, append(past, e), tx.Now).ContactedAt
		return save(ctx, tx, l.ticket, &after, []guichet.Event{e})
	})
	return after, err
}

func (in Contact) check(t guichet.Ticket, past []guichet.Event, now time.Time) error {
	var p guichet.Problems
	p.AtMost("note", in.Note, guichet.MaxReason)
	isContact := func(e guichet.Event) bool { return e.ID == in.Corrects && e.Kind == guichet.EventContacted }
	if in.Corrects != "" && !slices.ContainsFunc(past, isContact) {
		p.Add("corrects", "field.unknown_value")
	}
	if in.Withdraw {
		if in.Corrects == "" {
			p.Add("corrects", "field.required")
		}
		return p.Err()
	}
	switch {
	case in.Medium == "":
		p.Add("medium", "field.required")
	case !slices.Contains(Media(), in.Medium):
		p.Add("medium", "field.unknown_value")
	}
	switch {
	case in.At.After(now):
		p.Add("at", "field.future")
	case in.At.Before(t.OpenedAt.Truncate(time.Minute)):
		p.Add("at", "contact.before_opening")
	}
	return p.Err()
}

func (in Contact) changes() []guichet.Change {
	if in.Withdraw {
		return []guichet.Change{{Field: "contacted"}}
	}
	return []guichet.Change{{Field: "contacted", To: in.At.UTC().Format(time.RFC3339)}, {Field: "medium", To: string(in.Medium)}}
}

// Pause is a past time that is decided not to count.
type Pause struct {
	From, Until time.Time
	Clock       guichet.ClockName // empty: both
	Reason      string
}

// AddPause takes a past time out of the count of the clocks, with its reason; for whoever moderates the ticket.
// Errors: denied, invalid.
func (d *Desk) AddPause(ctx context.Context, actor guichet.Actor, number int64, in Pause) error {
	in.Reason = body(in.Reason)
	return d.moderated(ctx, actor, number, func(tx *store.Tx, l loaded) (guichet.Event, error) {
		if err := in.check(l.ticket, tx.Now); err != nil {
			return guichet.Event{}, err
		}
		changes := []guichet.Change{{Field: "from", To: in.From.UTC().Format(time.RFC3339)},
			{Field: "until", To: in.Until.UTC().Format(time.RFC3339)}}
		if in.Clock != "" {
			changes = append(changes, guichet.Change{Field: "clock", To: string(in.Clock)})
		}
		return guichet.Event{Kind: guichet.EventPauseAdded, Text: in.Reason, Changes: changes}, nil
	})
}

func (in Pause) check(t guichet.Ticket, now time.Time) error {
	var p guichet.Problems
	p.Text("reason", in.Reason, guichet.MaxReason)
	switch {
	case in.From.IsZero():
		p.Add("from", "field.required")
	case in.From.Before(t.OpenedAt.Truncate(time.Minute)):
		p.Add("from", "contact.before_opening")
	}
	switch {
	case in.Until.IsZero():
		p.Add("until", "field.required")
	case in.Until.After(now):
		p.Add("until", "field.future")
	case !in.Until.After(in.From):
		p.Add("until", "pause.ends_before")
	}
	if in.Clock != "" && !slices.Contains(guichet.ClockNames(), in.Clock) {
		p.Add("clock", "field.unknown_value")
	}
	return p.Err()
}

// WithdrawPause makes a time count again that was decided not to. Errors: denied, not found.
func (d *Desk) WithdrawPause(ctx context.Context, actor guichet.Actor, number int64, pause guichet.ID) error {
	return d.moderated(ctx, actor, number, func(tx *store.Tx, l loaded) (guichet.Event, error) {
		past, err := tx.Beats(ctx, l.ticket.ID)
		if err != nil {
			return guichet.Event{}, err
		}
		for _, e := range pauses(past) {
			if e.ID == pause {
				return guichet.Event{Kind: guichet.EventPauseWithdrawn, RefID: pause}, nil
			}
		}
		return guichet.Event{}, guichet.NotFound("pause")
	})
}

// moderated writes an internal event of somebody who moderates the ticket.
func (d *Desk) moderated(ctx context.Context, actor guichet.Actor, number int64, decide func(*store.Tx, loaded) (guichet.Event, error)) error {
	if !actor.MayWrite() {
		return guichet.Denied("token.read_only")
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := load(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if !actor.May(guichet.PermissionModerate, l.ticket, l.place) {
			return guichet.Denied("action.denied")
		}
		e, err := decide(tx, l)
		if err != nil {
			return err
		}
		e.At, e.ActorID, e.Channel, e.Internal = tx.Now, actor.Person.ID, actor.Channel, true
		after := l.ticket
		after.UpdatedAt = tx.Now
		return save(ctx, tx, l.ticket, &after, []guichet.Event{e})
	})
}

// tellTime works out the clocks as they are now, and what was recorded of them.
func (v *View) tellTime(beats []guichet.Event, now time.Time) {
	v.Now = now
	v.Clock = v.Desk.Clock(v.Ticket, beats, now)
	if v.Agent {
		v.Pauses, v.Contacts = pauses(beats), contacts(beats)
	}
}

// pauses are the times that do not count, without those withdrawn.
func pauses(events []guichet.Event) []guichet.Event {
	var out []guichet.Event
	for _, e := range events {
		switch e.Kind {
		case guichet.EventPauseAdded:
			out = append(out, e)
		case guichet.EventPauseWithdrawn:
			out = slices.DeleteFunc(out, func(p guichet.Event) bool { return p.ID == e.RefID })
		}
	}
	return out
}

// contacts are the recorded contacts as they are after their corrections, without those withdrawn.
func contacts(events []guichet.Event) []guichet.Event {
	var out []guichet.Event
	for _, e := range events {
		if e.Kind != guichet.EventContacted {
			continue
		}
		if e.RefID != "" {
			out = slices.DeleteFunc(out, func(c guichet.Event) bool { return c.ID == e.RefID })
		}
		if c, ok := e.Changed("contacted"); ok && c.To != "" {
			out = append(out, e)
		}
	}
	return out
}
