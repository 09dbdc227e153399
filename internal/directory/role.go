package directory

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// SaveRole creates a role, or writes one anew as a new version. Roles are for full administrators: what a
// role carries is what all its holders may. Errors: not found for others; invalid; conflict when nobody
// would be left to administer the desk.
func (d *Directory) SaveRole(ctx context.Context, actor guichet.Actor, r guichet.Role) (guichet.Role, error) {
	err := d.change(ctx, actor, "page", func(c *change) error {
		if !c.actor.Full() {
			return guichet.NotFound("page")
		}
		before, known := c.desk.Roles[r.ID]
		if r.ID != "" && !known {
			return guichet.NotFound("role")
		}
		if err := checkRole(&r); err != nil {
			return err
		}
		act := "update"
		if r.ID == "" {
			act = "create"
			r.ID = key(r.Name, func(id guichet.ID) bool {
				_, known := c.desk.Roles[id]
				return known || guichet.Performer(id).Relation()
			})
		}
		if before.Name == r.Name && slices.Equal(before.Permissions, r.Permissions) {
			return nil
		}
		if _, err := c.Define(ctx, store.Definition{Kind: "role", ID: r.ID, Body: r, AuthorID: actor.Person.ID}); err != nil {
			return err
		}
		return c.audited(act, "role", r.ID, r.Name, permissionWords(before, r))
	})
	return r, err
}

// checkRole keeps the permissions in the order of the list, each once.
func checkRole(r *guichet.Role) error {
	var p guichet.Problems
	r.Name = markup.Line(r.Name)
	p.Text("name", r.Name, maxShort)
	var kept []guichet.Permission
	for _, known := range guichet.Permissions() {
		if slices.Contains(r.Permissions, known) {
			kept = append(kept, known)
		}
	}
	for _, given := range r.Permissions {
		if !slices.Contains(kept, given) {
			p.Add("permissions", "field.unknown_value")
		}
	}
	r.Permissions = kept
	return p.Err()
}

// permissionWords says which permissions come and go, by their keys.
func permissionWords(before, after guichet.Role) string {
	words := ""
	for _, p := range guichet.Permissions() {
		had, has := slices.Contains(before.Permissions, p), slices.Contains(after.Permissions, p)
		switch {
		case has && !had:
			words += " +" + string(p)
		case had && !has:
			words += " −" + string(p)
		}
	}
	if words == "" {
		return words
	}
	return words[1:]
}

// RemoveRole removes a role that nobody holds and that no configuration names. Errors: not found; conflict
// when it is in use.
func (d *Directory) RemoveRole(ctx context.Context, actor guichet.Actor, id guichet.ID) error {
	return d.change(ctx, actor, "page", func(c *change) error {
		r, known := c.desk.Roles[id]
		if !c.actor.Full() || !known {
			return guichet.NotFound("role")
		}
		grants, err := c.Grants(ctx)
		if err != nil {
			return err
		}
		if uses := c.desk.RoleUses(id); len(uses) > 0 {
			return guichet.Conflict("role.named", "Where", guichet.UseNames(uses))
		}
		if slices.ContainsFunc(grants, func(g guichet.Grant) bool { return g.RoleID == id }) {
			return guichet.Conflict("role.in_use")
		}
		if _, err := c.Define(ctx, store.Definition{Kind: "role", ID: id, AuthorID: actor.Person.ID}); err != nil {
			return err
		}
		return c.audited("remove", "role", id, r.Name, "")
	})
}

// Holding is a role that somebody holds, with the holder's name.
type Holding struct {
	guichet.Grant
	Holder string
	Where  string // empty: the whole desk
}

// Holdings lists who holds which role among those whom the actor keeps. Error: not found for who neither
// keeps a directory nor configures the desk; those who configure the whole desk see every one.
func (d *Directory) Holdings(ctx context.Context, actor guichet.Actor) ([]Holding, error) {
	all := slices.Contains(actor.Areas(guichet.PermissionConfigure), guichet.Area{})
	if !all && len(actor.Keeping()) == 0 {
		return nil, guichet.NotFound("page")
	}
	var out []Holding
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		list, err := tx.Grants(ctx)
		if err != nil {
			return err
		}
		var ids []guichet.ID
		for _, g := range list {
			if g.PersonID != "" {
				ids = append(ids, g.PersonID)
			}
		}
		people, err := tx.People(ctx, slices.Compact(slices.Sorted(slices.Values(ids))))
		for _, g := range list {
			holder, at := people[g.PersonID].Name(), people[g.PersonID].OrganisationID
			if g.TeamID != "" {
				holder, at = desk.Teams[g.TeamID].Name, desk.Teams[g.TeamID].OrganisationID
			}
			if all || actor.Keeps(at, desk) {
				out = append(out, Holding{g, holder, Where(desk, g.Area())})
			}
		}
		return err
	})
	sortByName(out, func(h Holding) (string, guichet.ID) { return h.Holder, h.ID })
	return out, err
}

// Roles lists the roles of the desk by name. Error: not found for who neither keeps a directory nor
// configures the desk.
func (d *Directory) Roles(ctx context.Context, actor guichet.Actor) ([]guichet.Role, error) {
	if len(actor.Keeping()) == 0 && !actor.Has(guichet.PermissionConfigure) {
		return nil, guichet.NotFound("page")
	}
	var out []guichet.Role
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		for _, r := range desk.Roles {
			out = append(out, r)
		}
		return nil
	})
	sortByName(out, func(r guichet.Role) (string, guichet.ID) { return r.Name, r.ID })
	return out, err
}
