package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// Announced adds to a ticket what is new of an announcement to which it belongs. Nothing is said on one
// that is over (A10).
func (d *Desk) Announced(ctx context.Context, tx *store.Tx, ticket guichet.ID, e guichet.Event) error {
	t, err := tx.TicketByID(ctx, ticket)
	if err != nil || t.State.Final() {
		return err
	}
	after := t
	after.UpdatedAt, after.LastMessage = tx.Now, excerpt(e.Text)
	return save(ctx, tx, t, &after, []guichet.Event{e})
}

// JoinAnnouncement makes a ticket one of those of an announcement: its requester sees it there and is told
// what is new. Errors: not found for the ticket or the announcement, denied to who does not handle the
// ticket, conflict when it belongs to it already, when the ticket is over, or the announcement.
func (d *Desk) JoinAnnouncement(ctx context.Context, actor guichet.Actor, number int64, announcement guichet.ID) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := loadToWork(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		fresh, err := l.announce(ctx, tx, actor, announcement)
		if err == nil && !fresh {
			err = guichet.Conflict("announcement.joined")
		}
		return err
	})
}

// announce joins a ticket to an announcement about its service, and reports whether it was not joined to it yet.
func (l *loaded) announce(ctx context.Context, tx *store.Tx, actor guichet.Actor, announcement guichet.ID) (bool, error) {
	a, err := tx.Announcement(ctx, announcement)
	switch {
	case err != nil:
		return false, err
	case !l.desk.About(a, l.ticket.ServiceID): // it may be meant for others
		return false, guichet.NotFound("announcement")
	case !a.Live(tx.Now) && !a.Coming(tx.Now):
		return false, guichet.Conflict("announcement.over")
	}
	fresh, err := tx.JoinAnnouncement(ctx, a.ID, l.ticket.ID)
	if err != nil || !fresh {
		return false, err
	}
	return true, l.write(ctx, tx, actor, guichet.Event{Kind: guichet.EventAnnounced, RefID: a.ID, Why: []string{a.Title}})
}

// LeaveAnnouncement takes a ticket out of an announcement. Errors: as JoinAnnouncement.
func (d *Desk) LeaveAnnouncement(ctx context.Context, actor guichet.Actor, number int64, announcement guichet.ID) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := loadToWork(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		a, err := tx.Announcement(ctx, announcement)
		if err != nil {
			return err
		}
		return l.unannounce(ctx, tx, actor, a)
	})
}

// unannounce takes a ticket out of an announcement. Error: not found when it is none of its tickets.
func (l *loaded) unannounce(ctx context.Context, tx *store.Tx, actor guichet.Actor, a guichet.Announcement) error {
	there, err := tx.LeaveAnnouncement(ctx, a.ID, l.ticket.ID)
	if err == nil && !there {
		err = guichet.NotFound("announcement")
	}
	if err != nil {
		return err
	}
	return l.write(ctx, tx, actor, guichet.Event{Kind: guichet.EventUnannounced, RefID: a.ID, Why: []string{a.Title}})
}

// joinable lists the announcements that a ticket may be joined to: those about its service, what lies above
// it, or none in particular, without those to which it belongs.
func (l loaded) joinable(ctx context.Context, tx *store.Tx, v View) ([]guichet.Announcement, error) {
	if !v.Works || l.ticket.State.Final() {
		return nil, nil
	}
	list, err := tx.OpenAnnouncements(ctx, tx.Now, maxAnnouncements)
	return slices.DeleteFunc(list, func(a guichet.Announcement) bool {
		return !l.desk.About(a, l.ticket.ServiceID) ||
			slices.ContainsFunc(v.Announced, func(x guichet.Announcement) bool { return x.ID == a.ID })
	}), err
}

// maxAnnouncements is how many announcements may be open at once.
const maxAnnouncements = 200

// announced finds the announcement that a rule names, or the failure that is announced about the ticket's
// service. Once it is over, the rule joins nothing more.
func (r *router) announced(ctx context.Context, result *guichet.Routing) (guichet.Announcement, error) {
	if result.Announced == "" {
		return guichet.Announcement{}, nil
	}
	list, err := r.tx.OpenAnnouncements(ctx, r.tx.Now, maxAnnouncements)
	if err != nil {
		return guichet.Announcement{}, err
	}
	for _, a := range list {
		named := a.ID == result.Announced || result.Announced == guichet.ServiceAnnouncement &&
			a.Kind == guichet.AnnouncementIncident && a.ServiceID != "" && r.desk.About(a, result.Ticket.ServiceID)
		if named && a.Live(r.tx.Now) {
			return a, nil
		}
	}
	retract(result, "announcement")
	return guichet.Announcement{}, nil
}

// attach joins a ticket to the major incident and to the announcement that the rules named.
func attach(ctx context.Context, tx *store.Tx, t, parent guichet.Ticket, announced guichet.Announcement) error {
	if err := linkParent(ctx, tx, t, parent); err != nil || announced.ID == "" {
		return err
	}
	_, err := tx.JoinAnnouncement(ctx, announced.ID, t.ID)
	return err
}
