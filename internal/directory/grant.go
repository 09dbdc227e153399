package directory

import (
	"context"
	"slices"
	"time"

	"guichet"
)

// Give is a role to give to a person or to a team.
type Give struct {
	Person, Team guichet.ID // one of them
	Role         guichet.ID
	Organisation guichet.ID
	Service      guichet.ID
	EndsAt       time.Time // zero: no end
}

func (in Give) area() guichet.Area {
	return guichet.Area{OrganisationID: in.Organisation, ServiceID: in.Service}
}

func (in Give) holder() guichet.ID {
	if in.Team != "" {
		return in.Team
	}
	return in.Person
}

// Give gives a role. Errors: not found for who does not keep the holder; invalid with each wrong field, a
// role or an area that the actor does not hold among them.
func (d *Directory) Give(ctx context.Context, actor guichet.Actor, in Give) (guichet.Grant, error) {
	var g guichet.Grant
	err := d.change(ctx, actor, "person", func(c *change) error {
		name, err := c.holder(in.Person, in.Team)
		if err != nil {
			return err
		}
		if err := c.checkGive(in); err != nil {
			return err
		}
		if err := c.replaceEnded(in); err != nil {
			return err
		}
		g = guichet.Grant{ID: guichet.NewID(c.Now), TeamID: in.Team, RoleID: in.Role, OrganisationID: in.Organisation,
			ServiceID: in.Service, EndsAt: in.EndsAt}
		if in.Team == "" {
			g.PersonID = in.Person
		}
		if err := c.SaveGrant(ctx, g); err != nil {
			return err
		}
		return c.auditedGrant("grant", g, name)
	})
	return g, err
}

// holder finds who gets a role, among those whom the actor keeps, and returns the name.
func (c *change) holder(person, team guichet.ID) (string, error) {
	if team != "" {
		t, err := c.team(team)
		return t.Name, err
	}
	p, err := c.person(person)
	return p.Name(), err
}

func (c *change) checkGive(in Give) error {
	var p guichet.Problems
	_, role := c.desk.Roles[in.Role]
	o, organisation := c.desk.Organisations[in.Organisation]
	_, service := c.desk.Services[in.Service]
	switch {
	case in.Role == "":
		p.Add("role", "field.required")
	case !role:
		p.Add("role", "field.unknown_value")
	}
	if in.Organisation != "" && (!organisation || o.Closed) {
		p.Add("organisation", "field.unknown_value")
	}
	if in.Service != "" && !service {
		p.Add("service", "field.unknown_value")
	}
	if !in.EndsAt.IsZero() && !in.EndsAt.After(c.Now) {
		p.Add("ends_at", "field.past")
	}
	if err := p.Err(); err != nil {
		return err
	}
	if !c.actor.MayGive(in.Role, in.area(), c.desk) {
		if in.Organisation != "" && !c.keeps(in.Organisation) { // as one that does not exist
			return guichet.Invalid("organisation", "field.unknown_value")
		}
		return guichet.Invalid("role", "grant.beyond")
	}
	return nil
}

// replaceEnded makes room for a grant: one that has ended goes, one that lasts is enough.
func (c *change) replaceEnded(in Give) error {
	held, err := c.GrantsOf(c.ctx, in.holder())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(held, func(g guichet.Grant) bool { return g.RoleID == in.Role && g.Area() == in.area() })
	switch {
	case i < 0:
		return nil
	case held[i].Ended(c.Now):
		return c.RemoveGrant(c.ctx, held[i].ID)
	}
	return guichet.Invalid("role", "grant.held")
}

// Withdraw takes a role back. Errors: not found for who does not keep the holder; denied for a role that
// the actor could not have given; conflict when nobody would be left to administer the desk.
func (d *Directory) Withdraw(ctx context.Context, actor guichet.Actor, id guichet.ID) error {
	return d.change(ctx, actor, "grant", func(c *change) error {
		g, name, err := c.grant(id)
		if err != nil {
			return err
		}
		if err := c.RemoveGrant(ctx, id); err != nil {
			return err
		}
		return c.auditedGrant("withdraw", g, name)
	})
}

// EndGrant sets, moves or takes away the end of a grant. Errors: those of Withdraw, and invalid for a date
// that has passed.
func (d *Directory) EndGrant(ctx context.Context, actor guichet.Actor, id guichet.ID, end time.Time) error {
	return d.change(ctx, actor, "grant", func(c *change) error {
		g, name, err := c.grant(id)
		if err != nil {
			return err
		}
		if !end.IsZero() && !end.After(c.Now) {
			return guichet.Invalid("ends_at", "field.past")
		}
		if err := c.EndGrant(ctx, id, end); err != nil {
			return err
		}
		g.EndsAt = end
		return c.auditedGrant("grant", g, name)
	})
}

// grant reads a grant of somebody whom the actor keeps, which the actor may change.
func (c *change) grant(id guichet.ID) (guichet.Grant, string, error) {
	g, err := c.Grant(c.ctx, id)
	if err != nil {
		return g, "", err
	}
	name, err := c.holder(g.PersonID, g.TeamID)
	if guichet.KindOf(err) == guichet.KindNotFound && err != nil {
		return g, "", guichet.NotFound("grant")
	}
	if err == nil && !c.actor.MayGive(g.RoleID, g.Area(), c.desk) {
		err = guichet.Denied("grant.beyond")
	}
	return g, name, err
}

func (c *change) auditedGrant(act string, g guichet.Grant, holder string) error {
	detail := c.desk.Roles[g.RoleID].Name
	if where := Where(c.desk, g.Area()); where != "" {
		detail += " · " + where
	}
	if !g.EndsAt.IsZero() {
		detail += " → " + g.EndsAt.UTC().Format(time.DateOnly)
	}
	object := g.PersonID
	kind := "person"
	if g.TeamID != "" {
		object, kind = g.TeamID, "team"
	}
	return c.audited(act, kind, object, holder, detail)
}
