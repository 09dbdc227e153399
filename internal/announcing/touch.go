package announcing

import (
	"context"

	"guichet"
	"guichet/internal/store"
)

// JobLetters asks for the persons whom an announcement touches to be told what is new of it; its payload is
// a Round.
const JobLetters = "announcement.letters"

// JoinIncident counts the actor among those whom an incident that was announced touches ("moi aussi"), once
// however often it is asked: no ticket is opened, and he or she is told of its news and of its end. It
// reports whether the actor was not counted yet. Errors: not found for who is not meant, conflict once it is
// over and for what is no incident.
func (a *Announcing) JoinIncident(ctx context.Context, actor guichet.Actor, id guichet.ID) (bool, error) {
	var fresh bool
	err := a.store.Write(ctx, func(tx *store.Tx) error {
		x, err := joinable(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		fresh, err = tx.TouchPerson(ctx, x.ID, actor.Person.ID)
		return err
	})
	return fresh, err
}

// LeaveIncident takes the actor's "moi aussi" back. Errors: not found for who is not meant.
func (a *Announcing) LeaveIncident(ctx context.Context, actor guichet.Actor, id guichet.ID) error {
	return a.store.Write(ctx, func(tx *store.Tx) error {
		if !actor.MayWrite() {
			return guichet.Denied("token.read_only")
		}
		x, _, err := seen(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		return tx.UntouchPerson(ctx, x.ID, actor.Person.ID)
	})
}

// joinable reads an announcement of which the actor may say that it touches him or her.
func joinable(ctx context.Context, tx *store.Tx, actor guichet.Actor, id guichet.ID) (guichet.Announcement, error) {
	if !actor.MayWrite() {
		return guichet.Announcement{}, guichet.Denied("token.read_only")
	}
	x, _, err := seen(ctx, tx, actor, id)
	switch {
	case err != nil:
		return x, err
	case x.Kind != guichet.AnnouncementIncident:
		return x, guichet.Conflict("announcement.no_incident")
	case !x.Live(tx.Now):
		return x, guichet.Conflict("announcement.over")
	}
	return x, nil
}

// touched adds how many persons announcements touch, and whether the reader is one of them.
func touched(ctx context.Context, tx *store.Tx, person guichet.ID, list []Announcement) error {
	var ids []guichet.ID
	for _, x := range list {
		ids = append(ids, x.ID)
	}
	found, err := tx.Touching(ctx, person, ids)
	for i := range list {
		list[i].People, list[i].Joined = found[list[i].ID].People, found[list[i].ID].Me
	}
	return err
}
