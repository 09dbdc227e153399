package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// maxViews is how many views one person keeps.
const maxViews = 50

// SavedViews lists the views that the actor keeps, and those that others share with him or her, in the order that the
// actor has chosen.
func (d *Desk) SavedViews(ctx context.Context, actor guichet.Actor) (list []guichet.SavedView, err error) {
	if !actor.HandlesTickets() {
		return nil, nil
	}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		list, err = savedViews(ctx, tx, actor)
		return err
	})
	return list, err
}

func savedViews(ctx context.Context, tx *store.Tx, actor guichet.Actor) ([]guichet.SavedView, error) {
	return tx.SavedViews(ctx, actor.Person.ID, actor.TeamIDs, actor.RoleIDs())
}

// changeViews changes what the actor keeps, or the order of what he or she sees.
func (d *Desk) changeViews(ctx context.Context, actor guichet.Actor, change func(*store.Tx, []guichet.SavedView) error) error {
	if !actor.MayWrite() {
		return guichet.Denied("token.read_only")
	}
	if !actor.HandlesTickets() {
		return guichet.Denied("action.denied")
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		list, err := savedViews(ctx, tx, actor)
		if err != nil {
			return err
		}
		return change(tx, list)
	})
}

// owned is a view of the actor among those that he or she sees. Error: not found.
func owned(list []guichet.SavedView, actor guichet.Actor, view guichet.ID) (guichet.SavedView, error) {
	for _, v := range list {
		if v.ID == view && v.OwnerID == actor.Person.ID {
			return v, nil
		}
	}
	return guichet.SavedView{}, guichet.NotFound("view")
}

// SaveView keeps a view under a name: a new one or, with an identifier, one of the actor's. Errors: invalid,
// not found, denied to share with those whom the actor may not address.
func (d *Desk) SaveView(ctx context.Context, actor guichet.Actor, v guichet.SavedView) (guichet.SavedView, error) {
	v.Name, v.OwnerID = line(v.Name), actor.Person.ID
	err := d.changeViews(ctx, actor, func(tx *store.Tx, list []guichet.SavedView) error {
		known, err := owned(list, actor, v.ID)
		if v.ID != "" && err != nil {
			return err
		}
		if err := v.Check(); err != nil {
			return err
		}
		if err := mayShare(ctx, tx, actor, known.Share, v.Share); err != nil {
			return err
		}
		if v.ID == "" {
			mine := slices.DeleteFunc(list, func(x guichet.SavedView) bool { return x.OwnerID != actor.Person.ID })
			if len(mine) >= maxViews {
				return guichet.Invalid("name", "field.too_many", "Limit", maxViews)
			}
			v.ID = guichet.NewID(tx.Now)
		}
		return tx.SaveView(ctx, v)
	})
	return v, err
}

// mayShare: a sharing that was made stays, even when it could not be made today.
func mayShare(ctx context.Context, tx *store.Tx, actor guichet.Actor, was, is guichet.Share) error {
	if was == is {
		return nil
	}
	desk, err := tx.Desk(ctx)
	if err != nil {
		return err
	}
	return desk.MayShare(actor, is)
}

// ShareView says who sees a view of the actor. Errors: as SaveView.
func (d *Desk) ShareView(ctx context.Context, actor guichet.Actor, view guichet.ID, with guichet.Share) (v guichet.SavedView, err error) {
	err = d.changeViews(ctx, actor, func(tx *store.Tx, list []guichet.SavedView) error {
		if v, err = owned(list, actor, view); err != nil {
			return err
		}
		was := v.Share
		v.Share = with
		if err := v.Check(); err != nil {
			return err
		}
		if err := mayShare(ctx, tx, actor, was, with); err != nil {
			return err
		}
		return tx.SaveView(ctx, v)
	})
	return v, err
}

// OrderViews puts the views that the actor sees in an order: those that are named first, then the others as they were.
// Error: not found for one that the actor does not see.
func (d *Desk) OrderViews(ctx context.Context, actor guichet.Actor, views []guichet.ID) error {
	return d.changeViews(ctx, actor, func(tx *store.Tx, list []guichet.SavedView) error {
		var order []guichet.ID
		for _, id := range views {
			if !slices.ContainsFunc(list, func(v guichet.SavedView) bool { return v.ID == id }) {
				return guichet.NotFound("view")
			}
			if !slices.Contains(order, id) {
				order = append(order, id)
			}
		}
		for _, v := range list {
			if !slices.Contains(order, v.ID) {
				order = append(order, v.ID)
			}
		}
		return tx.OrderViews(ctx, actor.Person.ID, order)
	})
}

// MoveView moves a view that the actor sees by one place, up or down. Error: not found.
func (d *Desk) MoveView(ctx context.Context, actor guichet.Actor, view guichet.ID, up bool) error {
	return d.changeViews(ctx, actor, func(tx *store.Tx, list []guichet.SavedView) error {
		if !guichet.MoveView(list, actor.Person.ID, view, up) {
			return guichet.NotFound("view")
		}
		order := make([]guichet.ID, len(list))
		for i, v := range list {
			order[i] = v.ID
		}
		return tx.OrderViews(ctx, actor.Person.ID, order)
	})
}

// RemoveView forgets a view of the actor. Error: not found.
func (d *Desk) RemoveView(ctx context.Context, actor guichet.Actor, view guichet.ID) error {
	return d.changeViews(ctx, actor, func(tx *store.Tx, list []guichet.SavedView) error {
		if _, err := owned(list, actor, view); err != nil {
			return err
		}
		return tx.RemoveView(ctx, view)
	})
}
