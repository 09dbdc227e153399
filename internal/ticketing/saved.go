package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// maxViews is how many views one person keeps.
const maxViews = 50

// SavedViews lists the views that the actor keeps, and those that others share with him or her.
func (d *Desk) SavedViews(ctx context.Context, actor guichet.Actor) (list []guichet.SavedView, err error) {
	if !actor.HandlesTickets() {
		return nil, nil
	}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		list, err = tx.SavedViews(ctx, actor.Person.ID, actor.TeamIDs)
		return err
	})
	return list, err
}

// SaveView keeps a view under a name: a new one or, with an identifier, one of the actor's. Errors: invalid,
// not found, denied to share with those whom the actor may not address.
func (d *Desk) SaveView(ctx context.Context, actor guichet.Actor, v guichet.SavedView) (guichet.SavedView, error) {
	if !actor.MayWrite() || !actor.HandlesTickets() {
		return v, guichet.Denied("action.denied")
	}
	v.Name, v.OwnerID = line(v.Name), actor.Person.ID
	if err := v.Check(); err != nil {
		return v, err
	}
	if v.Everybody && !SharesViews(actor) || v.TeamID != "" && !slices.Contains(actor.TeamIDs, v.TeamID) {
		return v, guichet.Denied("action.denied")
	}
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		list, err := tx.SavedViews(ctx, actor.Person.ID, nil)
		if err != nil {
			return err
		}
		mine := slices.DeleteFunc(list, func(x guichet.SavedView) bool { return x.OwnerID != actor.Person.ID })
		switch known := slices.ContainsFunc(mine, func(x guichet.SavedView) bool { return x.ID == v.ID }); {
		case v.ID == "" && len(mine) >= maxViews:
			return guichet.Invalid("name", "field.too_many", "Limit", maxViews)
		case v.ID == "":
			v.ID = guichet.NewID(tx.Now)
		case !known:
			return guichet.NotFound("view")
		}
		return tx.SaveView(ctx, v)
	})
	return v, err
}

// SharesViews reports whether the actor may share a view with everybody who handles tickets.
func SharesViews(a guichet.Actor) bool {
	return a.Has(guichet.PermissionModerate) || a.Has(guichet.PermissionConfigure)
}

// RemoveView forgets a view of the actor. Error: not found.
func (d *Desk) RemoveView(ctx context.Context, actor guichet.Actor, view guichet.ID) error {
	if !actor.MayWrite() {
		return guichet.Denied("token.read_only")
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		list, err := tx.SavedViews(ctx, actor.Person.ID, nil)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(x guichet.SavedView) bool { return x.ID == view && x.OwnerID == actor.Person.ID }) {
			return guichet.NotFound("view")
		}
		return tx.RemoveView(ctx, view)
	})
}
