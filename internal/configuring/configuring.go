// Package configuring is how a functional administrator changes the process of the desk on screen:
// every object that is versioned data has one draft, is checked, tried, published as a new version, and
// can come back to an older one (docs/adr/0009).
package configuring

import (
	"context"
	"slices"
	"time"

	"guichet"
	"guichet/internal/store"
)

// Configuring runs the use cases on a database.
type Configuring struct {
	store *store.Store

	Workflows *Editor[guichet.Workflow]
	Offerings *Editor[guichet.Offering]
	Rules     *Editor[guichet.RuleSet]
	Templates *Editor[guichet.Template]
	Calendars *Editor[guichet.Calendar]
	Levels    *Editor[guichet.ServiceLevels]
}

// New makes the use cases.
func New(s *store.Store) *Configuring {
	return &Configuring{store: s, Workflows: &Editor[guichet.Workflow]{s, workflows()}, Offerings: &Editor[guichet.Offering]{s, offerings()},
		Rules:     &Editor[guichet.RuleSet]{s, ruleSets()},
		Templates: &Editor[guichet.Template]{s, templates()},
		Calendars: &Editor[guichet.Calendar]{s, calendars()}, Levels: &Editor[guichet.ServiceLevels]{s, serviceLevels()}}
}

// Act is an administrative act as it is shown.
type Act struct {
	store.AuditEntry
	Actor string // name of who did it; empty: the desk itself, or the command line
}

// Acts is a page of administrative acts, newest first.
type Acts struct {
	Acts []Act
	Next Place // after which the next page begins; the zero Place when there is no more
}

// Place is where a page of acts begins: after an act.
type Place struct {
	At time.Time
	ID guichet.ID
}

const actsPage = 50

// History lists what was done to the configuration and to the directory. Without the permission to
// configure the whole desk or to operate it, it does not exist.
func (c *Configuring) History(ctx context.Context, actor guichet.Actor, after Place) (Acts, error) {
	var page Acts
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		if !actor.MayRead() || !actor.Configures("", desk) && !actor.Has(guichet.PermissionOperate) {
			return guichet.NotFound("page")
		}
		page, err = acts(ctx, tx, after)
		if !slices.Contains(actor.Keeping(), "") {
			page.withoutPeople()
		}
		return err
	})
	return page, err
}

// withoutPeople leaves out what changed of people: addresses and numbers are for those who keep the directory.
func (a Acts) withoutPeople() {
	for i := range a.Acts {
		if a.Acts[i].Kind == "person" {
			a.Acts[i].Detail = ""
		}
	}
}

// acts reads one act more than a page holds, which tells whether there is a next page.
func acts(ctx context.Context, tx *store.Tx, after Place) (Acts, error) {
	list, err := tx.AuditTrail(ctx, "", "", store.Cursor{UpdatedAt: after.At, ID: after.ID}, actsPage+1)
	if err != nil {
		return Acts{}, err
	}
	var page Acts
	if len(list) > actsPage {
		list = list[:actsPage]
		last := list[actsPage-1]
		page.Next = Place{last.At, last.ID}
	}
	ids := make([]guichet.ID, len(list))
	for i, e := range list {
		ids[i] = e.ActorID
	}
	people, err := tx.People(ctx, ids)
	for _, e := range list {
		page.Acts = append(page.Acts, Act{e, people[e.ActorID].Name()})
	}
	return page, err
}
