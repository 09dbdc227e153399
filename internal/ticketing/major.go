package ticketing

import (
	"context"

	"guichet"
	"guichet/internal/store"
)

// leads reports whether the actor may declare the ticket a major incident, and end it.
func (l loaded) leads(actor guichet.Actor) bool {
	return actor.MayWrite() && actor.May(guichet.PermissionModerate, l.ticket, l.place)
}

// major reads the major incident that a ticket was declared to be; zero when it was not.
func major(ctx context.Context, tx *store.Tx, ticket guichet.ID) (guichet.MajorIncident, error) {
	m, err := tx.Major(ctx, ticket)
	if guichet.KindOf(err) == guichet.KindNotFound && err != nil {
		return guichet.MajorIncident{}, nil //nolint:nilerr // it was not declared
	}
	return m, err
}

// loadToLead loads a ticket of which the actor decides whether it is a major incident.
func loadToLead(ctx context.Context, tx *store.Tx, actor guichet.Actor, number int64) (loaded, guichet.MajorIncident, error) {
	l, err := loadToLink(ctx, tx, actor, number)
	if err == nil && !l.leads(actor) {
		err = guichet.Denied("action.denied")
	}
	if err != nil {
		return l, guichet.MajorIncident{}, err
	}
	m, err := major(ctx, tx, l.ticket.ID)
	return l, m, err
}

// DeclareMajor makes a ticket a major incident: everybody who handles it sees it above each page, and what arrives
// about the same service is offered to be joined to it. Errors: not found, denied to who does not moderate it,
// conflict when it is one already or is over.
func (d *Desk) DeclareMajor(ctx context.Context, actor guichet.Actor, number int64) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		l, m, err := loadToLead(ctx, tx, actor, number)
		switch {
		case err != nil:
			return err
		case m.Declared():
			return guichet.Conflict("major.declared")
		case l.ticket.State.Final() || l.ticket.Kind == guichet.KindRequest:
			return guichet.Conflict("major.not_now")
		}
		m = guichet.MajorIncident{TicketID: l.ticket.ID, DeclaredAt: tx.Now, DeclaredByID: actor.Person.ID}
		if err := tx.SaveMajor(ctx, m); err != nil {
			return err
		}
		return l.write(ctx, tx, actor, guichet.Event{Kind: guichet.EventMajorDeclared, Internal: true})
	})
}

// EndMajor says that a major incident is over; its ticket, and those joined to it, go on by their own process.
// Errors: not found, denied, conflict when it is none.
func (d *Desk) EndMajor(ctx context.Context, actor guichet.Actor, number int64) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		l, m, err := loadToLead(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if !m.Declared() {
			return guichet.Conflict("major.none")
		}
		m.EndedAt = tx.Now
		if err := tx.SaveMajor(ctx, m); err != nil {
			return err
		}
		return l.write(ctx, tx, actor, guichet.Event{Kind: guichet.EventMajorEnded, Internal: true})
	})
}

// AnnounceMajor makes an announcement that of a major incident: its ticket and those below it are joined to it, and so
// will be those that are joined to the incident later. Errors: not found, denied, conflict when it is none.
func (d *Desk) AnnounceMajor(ctx context.Context, actor guichet.Actor, number int64, announcement guichet.ID) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		l, m, err := loadToLead(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if !m.Declared() {
			return guichet.Conflict("major.none")
		}
		if _, err := l.announce(ctx, tx, actor, announcement); err != nil { // it may be one of its tickets already
			return err
		}
		m.AnnouncementID = announcement
		if err := tx.SaveMajor(ctx, m); err != nil {
			return err
		}
		return l.send(ctx, tx, &guichet.Wave{Kind: guichet.WaveAnnounce, Text: string(announcement), ByID: actor.Person.ID})
	})
}

// followMajor joins a ticket that was put below a major incident to its announcement, as far as that concerns it.
func (l *loaded) followMajor(ctx context.Context, tx *store.Tx, actor guichet.Actor, link guichet.Link, upper guichet.Ticket) error {
	if link.Kind != guichet.LinkParentOf && link.Kind != guichet.LinkCausedBy || l.ticket.State.Final() {
		return nil
	}
	m, err := major(ctx, tx, upper.ID)
	if err != nil || !m.Declared() || m.AnnouncementID == "" {
		return err
	}
	was := *l
	err = tx.Try(ctx, func() error {
		_, err := l.announce(ctx, tx, actor, m.AnnouncementID)
		return err
	})
	if refusal(err) {
		*l = was
		return nil
	}
	return err
}

// MajorFor finds the major incident to which a ticket might be joined: one that goes on, about its service or one above,
// that the actor handles and to which it is not joined.
func (v View) MajorFor(majors []guichet.Ticket) (guichet.Ticket, bool) {
	for _, m := range majors {
		if m.ID == v.Ticket.ID || !v.Ticket.State.Open() || v.Ticket.Kind != guichet.KindIncident || !v.Works {
			continue
		}
		joined := false
		for _, l := range v.Links {
			joined = joined || l.ID == m.ID
		}
		for _, s := range v.Desk.ServicePath(v.Ticket.ServiceID) {
			if s == m.ServiceID && !joined {
				return m, true
			}
		}
	}
	return guichet.Ticket{}, false
}
