package guichet

import "slices"

// The rules of delegation (docs/adr/0010): who keeps which part of the directory, who may give which
// role. A full administrator, who keeps the whole directory and configures the whole desk, is where
// trust begins; anybody else gives only what he or she holds, where he or she holds it.

// Keeping lists the roots of the organisations whose directory the actor keeps; an empty root is every
// organisation. A right over some services only is none over persons.
func (a Actor) Keeping() []ID {
	var roots []ID
	for _, area := range a.Areas(PermissionPeople) {
		if area.ServiceID == "" {
			roots = append(roots, area.OrganisationID)
		}
	}
	return roots
}

// Keeps reports whether the actor keeps the directory of an organisation. Whoever and whatever belongs
// to no organisation is kept by those who keep all of them.
func (a Actor) Keeps(organisation ID, d *Desk) bool {
	return slices.ContainsFunc(a.Keeping(), func(root ID) bool { return d.organisations.Within(organisation, root) })
}

// Full reports whether the actor is a full administrator: keeps the whole directory and configures the
// whole desk.
func (a Actor) Full() bool {
	return slices.Contains(a.Areas(PermissionPeople), Area{}) && slices.Contains(a.Areas(PermissionConfigure), Area{})
}

// Contains reports whether the area inner lies within outer.
func (d *Desk) Contains(outer, inner Area) bool {
	return d.organisations.Within(inner.OrganisationID, outer.OrganisationID) &&
		d.services.Within(inner.ServiceID, outer.ServiceID)
}

// MayGive reports whether the actor may give a role over an area, to somebody whom he or she keeps, and
// take it back. A full administrator gives every role; others, where they keep the directory, a role
// that they hold themselves over the whole of that area. Holding the role, rather than its permissions,
// counts: workflows and approvals give rights to roles by name.
func (a Actor) MayGive(role ID, over Area, d *Desk) bool {
	if a.Full() {
		return true
	}
	return a.Keeps(over.OrganisationID, d) && slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return g.RoleID == role && g.EndsAt.IsZero() && d.Contains(g.Area(), over)
	})
}

// Covers reports whether the actor may give every one of some grants: then he or she may hand out what
// they carry, by a login, an address or a place in a team.
func (a Actor) Covers(grants []Grant, d *Desk) bool {
	return !slices.ContainsFunc(grants, func(g Grant) bool { return !a.MayGive(g.RoleID, g.Area(), d) })
}

// CheckParent says why an organisation cannot stand under another: that one is unknown, closed, or below it.
func (d *Desk) CheckParent(organisation, parent ID) error {
	if parent == "" {
		return nil
	}
	p, known := d.Organisations[parent]
	switch {
	case !known || p.Closed:
		return Invalid("parent", "field.unknown_value")
	case organisation != "" && d.organisations.Within(parent, organisation):
		return Invalid("parent", "organisation.cycle")
	}
	return nil
}

// FullAdministrators lists, among holders of grants without end, those who are full administrators. Each
// key of grants is a person, with what he or she holds, alone or through teams.
func FullAdministrators(grants map[ID][]Grant, roles map[ID]Role) []ID {
	var out []ID
	for person, held := range grants {
		lasting := slices.DeleteFunc(slices.Clone(held), func(g Grant) bool { return !g.EndsAt.IsZero() })
		if (Actor{Grants: lasting, Roles: roles}).Full() {
			out = append(out, person)
		}
	}
	slices.Sort(out)
	return out
}
