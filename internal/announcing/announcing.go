// Package announcing publishes information to an audience for a time (D2): a failure that touches many, a
// maintenance, a piece of news. What is new of it is told to the tickets that belong to it.
package announcing

import (
	"context"
	"slices"
	"strings"
	"time"

	"guichet"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// Say adds an event to a ticket, in the transaction of a job.
type Say func(ctx context.Context, tx *store.Tx, ticket guichet.ID, e guichet.Event) error

// Announcing runs the use cases on a database.
type Announcing struct {
	store *store.Store
	say   Say
}

// New makes the use cases; say tells a ticket.
func New(s *store.Store, say Say) *Announcing { return &Announcing{s, say} }

// Limits of what is listed.
const (
	maxOpen  = 200 // announcements that are open at once
	maxShown = 100 // in the list of those who publish
	maxNotes = 100
)

// Announcement is an announcement as it is shown.
type Announcement struct {
	guichet.Announcement
	Author  string
	Notes   []Note // newest first
	Tickets int    // that belong to it; for those who may change it
	Mine    bool   // the actor may change it
	People  int    // who said "moi aussi"
	Joined  bool   // the actor did
}

// Note is one of its news.
type Note struct {
	guichet.AnnouncementNote
	Author string
}

// Live lists the announcements meant for the actor now, the most pressing first; service, when set, keeps
// those that concern it.
func (a *Announcing) Live(ctx context.Context, actor guichet.Actor, service guichet.ID) ([]Announcement, error) {
	var out []Announcement
	err := a.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		list, err := tx.OpenAnnouncements(ctx, tx.Now, maxOpen)
		for _, x := range list {
			if x.Live(tx.Now) && desk.Meant(x, actor.Person, tx.Now) && (service == "" || desk.About(x, service)) {
				out = append(out, Announcement{Announcement: x, Mine: actor.Announces(x.ServiceID, desk)})
			}
		}
		if err != nil {
			return err
		}
		return touched(ctx, tx, actor.Person.ID, out)
	})
	slices.SortStableFunc(out, func(x, y Announcement) int { return rank(x.Kind) - rank(y.Kind) })
	return out, err
}

func rank(k guichet.AnnouncementKind) int { return slices.Index(guichet.AnnouncementKinds(), k) }

// List lists the announcements that the actor may change, the last changed first. Whoever may publish
// none is answered that there is no such page.
func (a *Announcing) List(ctx context.Context, actor guichet.Actor) ([]Announcement, error) {
	var out []Announcement
	err := a.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		if !Publishes(actor, desk) {
			return guichet.NotFound("page")
		}
		list, err := tx.Announcements(ctx, maxShown)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(x guichet.Announcement) bool { return !actor.Announces(x.ServiceID, desk) })
		if out, err = described(ctx, tx, list); err != nil {
			return err
		}
		return touched(ctx, tx, actor.Person.ID, out)
	})
	return out, err
}

// Publishes reports whether the actor may publish about something.
func Publishes(actor guichet.Actor, desk *guichet.Desk) bool {
	if actor.Announces("", desk) {
		return true
	}
	for id := range desk.Services {
		if actor.Announces(id, desk) {
			return true
		}
	}
	return false
}

// described adds the authors and the numbers of tickets.
func described(ctx context.Context, tx *store.Tx, list []guichet.Announcement) ([]Announcement, error) {
	var ids, authors []guichet.ID
	for _, x := range list {
		ids, authors = append(ids, x.ID), append(authors, x.AuthorID)
	}
	counts, err := tx.CountAnnouncementTickets(ctx, ids)
	if err != nil {
		return nil, err
	}
	people, err := tx.People(ctx, authors)
	var out []Announcement
	for _, x := range list {
		out = append(out, Announcement{Announcement: x, Author: people[x.AuthorID].Name(), Tickets: counts[x.ID], Mine: true})
	}
	return out, err
}

// Read reads an announcement with its news. Error: not found for who is not meant, unless he or she may
// change it; before its time it is seen by those only.
func (a *Announcing) Read(ctx context.Context, actor guichet.Actor, id guichet.ID) (Announcement, error) {
	var out Announcement
	err := a.store.Read(ctx, func(tx *store.Tx) error {
		x, mine, err := seen(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		out = Announcement{Announcement: x, Mine: mine}
		if mine {
			list, err := described(ctx, tx, []guichet.Announcement{x})
			if err != nil {
				return err
			}
			out = list[0]
		}
		if out.Notes, err = notes(ctx, tx, id); err != nil {
			return err
		}
		one := []Announcement{out}
		err = touched(ctx, tx, actor.Person.ID, one)
		out = one[0]
		return err
	})
	return out, err
}

func seen(ctx context.Context, tx *store.Tx, actor guichet.Actor, id guichet.ID) (x guichet.Announcement, mine bool, err error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return x, false, err
	}
	if x, err = tx.Announcement(ctx, id); err != nil {
		return x, false, err
	}
	mine = actor.Announces(x.ServiceID, desk)
	if !mine && (!actor.MayRead() || tx.Now.Before(x.From) || !desk.Meant(x, actor.Person, tx.Now)) {
		return x, false, guichet.NotFound("announcement")
	}
	return x, mine, nil
}

func notes(ctx context.Context, tx *store.Tx, id guichet.ID) ([]Note, error) {
	list, err := tx.AnnouncementNotes(ctx, id, maxNotes)
	if err != nil {
		return nil, err
	}
	var authors []guichet.ID
	for _, n := range list {
		authors = append(authors, n.AuthorID)
	}
	people, err := tx.People(ctx, authors)
	var out []Note
	for _, n := range list {
		out = append(out, Note{n, people[n.AuthorID].Name()})
	}
	return out, err
}

// Draft is an announcement as it is written.
type Draft struct {
	Kind          guichet.AnnouncementKind
	Title, Body   string
	Service       guichet.ID
	Organisations []guichet.ID
	Profiles      []string
	From          time.Time // zero: now
	Until, NextAt time.Time
}

// into fills an announcement; texts are cleaned.
func (d Draft) into(a guichet.Announcement, now time.Time) guichet.Announcement {
	a.Kind, a.Title, a.Body = d.Kind, markup.Line(d.Title), strings.TrimSpace(markup.Clean(d.Body))
	a.ServiceID, a.Organisations, a.Profiles = d.Service, d.Organisations, d.Profiles
	a.From, a.Until, a.NextAt = d.From, d.Until, d.NextAt
	if a.From.IsZero() {
		a.From = now
	}
	return a
}

// Publish publishes an announcement. Errors: denied to who may not publish about that service, invalid
// with each wrong field.
func (a *Announcing) Publish(ctx context.Context, actor guichet.Actor, in Draft) (guichet.Announcement, error) {
	var x guichet.Announcement
	err := a.store.Write(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		x = in.into(guichet.Announcement{ID: guichet.NewID(tx.Now), AuthorID: actor.Person.ID, Version: 1}, tx.Now)
		if err := allowed(actor, desk, x, tx.Now); err != nil {
			return err
		}
		if err := tx.InsertAnnouncement(ctx, x); err != nil {
			return err
		}
		return audit(ctx, tx, actor, "publish", x, "")
	})
	return x, err
}

// allowed asks for the right over what is announced, then for a sound announcement.
func allowed(actor guichet.Actor, desk *guichet.Desk, x guichet.Announcement, now time.Time) error {
	_, known := desk.Services[x.ServiceID]
	if (known || x.ServiceID == "") && !actor.Announces(x.ServiceID, desk) {
		if !Publishes(actor, desk) {
			return guichet.NotFound("announcement")
		}
		return guichet.Invalid("service", "announcement.not_yours")
	}
	return desk.CheckAnnouncement(x, now)
}

// Change changes an announcement whose version was seen. Errors: not found, conflict when somebody else
// changed it or it is over, invalid.
func (a *Announcing) Change(ctx context.Context, actor guichet.Actor, id guichet.ID, in Draft, version int64) error {
	return a.store.Write(ctx, func(tx *store.Tx) error {
		desk, x, err := own(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		from := x.From
		x = in.into(x, tx.Now)
		if in.From.IsZero() {
			x.From = from
		}
		x.Version = version
		if err := allowed(actor, desk, x, tx.Now); err != nil {
			return err
		}
		if err := tx.UpdateAnnouncement(ctx, x); err != nil {
			return err
		}
		return audit(ctx, tx, actor, "update", x, "")
	})
}

// own reads an announcement that the actor may change and that is not over.
func own(ctx context.Context, tx *store.Tx, actor guichet.Actor, id guichet.ID) (*guichet.Desk, guichet.Announcement, error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return nil, guichet.Announcement{}, err
	}
	x, err := tx.Announcement(ctx, id)
	switch {
	case err != nil:
	case !actor.Announces(x.ServiceID, desk):
		err = guichet.NotFound("announcement")
	case !x.EndedAt.IsZero():
		err = guichet.Conflict("announcement.over")
	}
	return desk, x, err
}

// News is what is new of an announcement.
type News struct {
	Text   string
	NextAt time.Time // when more will be known
	Ends   bool      // it is over
}

// Tell publishes what is new of an announcement, and asks for its tickets to be told. Errors: not found,
// invalid without a text, conflict when it is over.
func (a *Announcing) Tell(ctx context.Context, actor guichet.Actor, id guichet.ID, in News) error {
	in.Text = strings.TrimSpace(markup.Clean(in.Text))
	return a.store.Write(ctx, func(tx *store.Tx) error {
		_, x, err := own(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if err := in.check(tx.Now); err != nil {
			return err
		}
		x.NextAt = in.NextAt
		act := "update"
		if in.Ends {
			x.EndedAt, x.NextAt, act = tx.Now, time.Time{}, "end"
		}
		if err := tx.UpdateAnnouncement(ctx, x); err != nil {
			return err
		}
		note := guichet.AnnouncementNote{ID: guichet.NewID(tx.Now), AnnouncementID: id, At: tx.Now, AuthorID: actor.Person.ID, Text: in.Text, Ends: in.Ends}
		if err := tx.InsertAnnouncementNote(ctx, note); err != nil {
			return err
		}
		for _, kind := range []string{JobTell, JobLetters} {
			if err := (Round{Announcement: id, Note: note.ID}).Ask(ctx, tx, kind); err != nil {
				return err
			}
		}
		return audit(ctx, tx, actor, act, x, in.Text)
	})
}

func (in News) check(now time.Time) error {
	var p guichet.Problems
	p.Text("text", in.Text, guichet.MaxAnnouncement)
	if !in.NextAt.IsZero() && !in.NextAt.After(now) {
		p.Add("next", "field.past")
	}
	return p.Err()
}

func audit(ctx context.Context, tx *store.Tx, actor guichet.Actor, act string, x guichet.Announcement, detail string) error {
	return tx.Audit(ctx, store.AuditEntry{ActorID: actor.Person.ID, Act: act, Kind: "announcement", ObjectID: x.ID, Name: x.Title,
		Detail: markup.Excerpt(detail, 200)})
}
