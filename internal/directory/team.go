package directory

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// TeamInput is what is written of a team.
type TeamInput struct {
	Name         string
	Level        guichet.Level
	Organisation guichet.ID
	Email        string
	Version      int64 // of the record that was seen; new ones have none
}

func (c *change) checkTeam(in *TeamInput, before guichet.Team) error {
	var p guichet.Problems
	in.Name, in.Email = markup.Line(in.Name), markup.Line(in.Email)
	p.Text("name", in.Name, maxShort)
	p.AtMost("email", in.Email, maxShort)
	if in.Email != "" && !guichet.ValidEmail(in.Email) {
		p.Add("email", "field.email")
	}
	if in.Level != "" && !in.Level.Valid() {
		p.Add("level", "field.unknown_value")
	}
	if before.ID == "" || in.Organisation != before.OrganisationID {
		c.place(&p, in.Organisation)
	}
	return p.Err()
}

// CreateTeam adds a team. Errors: invalid with each wrong field.
func (d *Directory) CreateTeam(ctx context.Context, actor guichet.Actor, in TeamInput) (guichet.Team, error) {
	var t guichet.Team
	err := d.change(ctx, actor, "page", func(c *change) error {
		if err := c.checkTeam(&in, guichet.Team{}); err != nil {
			return err
		}
		id := key(in.Name, func(id guichet.ID) bool { _, known := c.desk.Teams[id]; return known })
		t = guichet.Team{ID: id, Name: in.Name, Level: in.Level, OrganisationID: in.Organisation, Email: in.Email}
		if err := c.SaveTeam(ctx, t); err != nil {
			return err
		}
		return c.audited("create", "team", t.ID, t.Name, Where(c.desk, guichet.Area{OrganisationID: t.OrganisationID}))
	})
	return t, err
}

// ChangeTeam writes a team's record anew. A team that holds what the actor could not give keeps its
// address and its organisation. Errors: not found, denied, invalid, conflict when the record is no longer
// the one that was seen.
func (d *Directory) ChangeTeam(ctx context.Context, actor guichet.Actor, id guichet.ID, in TeamInput) error {
	return d.change(ctx, actor, "team", func(c *change) error {
		before, err := c.team(id)
		if err != nil {
			return err
		}
		if err := c.checkTeam(&in, before); err != nil {
			return err
		}
		if in.Email != before.Email || in.Organisation != before.OrganisationID {
			if err := c.hands(id); err != nil {
				return err
			}
		}
		after := before
		after.Name, after.Level, after.OrganisationID, after.Email, after.Version = in.Name, in.Level, in.Organisation, in.Email, in.Version
		if err := c.SaveTeam(ctx, after); err != nil {
			return err
		}
		return c.audited("update", "team", id, after.Name, "")
	})
}

// hands refuses to hand out a place in a team that holds what the actor could not give.
func (c *change) hands(team guichet.ID) error {
	grants, err := c.GrantsOf(c.ctx, team)
	if err != nil {
		return err
	}
	grants = slices.DeleteFunc(grants, func(g guichet.Grant) bool { return g.Ended(c.Now) })
	if !c.actor.Covers(grants, c.desk) {
		return guichet.Denied("team.above")
	}
	return nil
}

// Join makes a person a member of a team. Errors: not found for who does not keep both; denied when the
// team holds what the actor could not give.
func (d *Directory) Join(ctx context.Context, actor guichet.Actor, team, person guichet.ID) error {
	return d.change(ctx, actor, "team", func(c *change) error {
		t, err := c.team(team)
		if err != nil {
			return err
		}
		if person == "" {
			return guichet.Invalid("person", "field.required")
		}
		p, err := c.person(person)
		if err != nil || !p.Active {
			return orInvalid(err)
		}
		if err := c.hands(team); err != nil {
			return err
		}
		if err := c.JoinTeam(ctx, team, person); err != nil {
			return err
		}
		return c.audited("join", "team", team, t.Name, p.Name())
	})
}

// orInvalid tells who does not find a person whom he or she chose so, beside the field.
func orInvalid(err error) error {
	if err == nil || missing(err) {
		return guichet.Invalid("person", "field.unknown_value")
	}
	return err
}

// Leave ends a membership. Errors: those of Join, and conflict when nobody would be left to administer
// the desk.
func (d *Directory) Leave(ctx context.Context, actor guichet.Actor, team, person guichet.ID) error {
	return d.change(ctx, actor, "team", func(c *change) error {
		t, err := c.team(team)
		if err != nil {
			return err
		}
		p, err := c.Person(ctx, person)
		if err != nil || !slices.Contains(t.Members, person) && !c.keeps(p.OrganisationID) {
			return guichet.NotFound("team")
		}
		if err := c.hands(team); err != nil {
			return err
		}
		if err := c.LeaveTeam(ctx, team, person); err != nil {
			return err
		}
		return c.audited("leave", "team", team, t.Name, p.Name())
	})
}

// RemoveTeam removes a team that never had a ticket and that no configuration names. Errors: not found,
// denied, conflict when it is in use.
func (d *Directory) RemoveTeam(ctx context.Context, actor guichet.Actor, id guichet.ID) error {
	return d.change(ctx, actor, "team", func(c *change) error {
		t, err := c.team(id)
		if err != nil {
			return err
		}
		if err := c.hands(id); err != nil {
			return err
		}
		if uses := c.desk.TeamUses(id); len(uses) > 0 {
			return guichet.Conflict("team.named", "Where", guichet.UseNames(uses))
		}
		n, err := c.TeamTickets(ctx, id, 1)
		if err != nil {
			return err
		}
		if n > 0 {
			return guichet.Conflict("team.in_use")
		}
		if err := c.Tx.RemoveTeam(ctx, id); err != nil {
			return err
		}
		return c.audited("remove", "team", id, t.Name, "")
	})
}

// Squad is a team as those see it who keep it.
type Squad struct {
	guichet.Team
	Organisation string
	People       []guichet.Person
	Grants       []Held
	Above        bool // holds what the reader could not give: its members and its address are not the reader's to change
	Services     []guichet.Service
	Roles        []guichet.Role // those that the reader may give somewhere
}

// Squads lists the teams that the actor keeps, by name. Error: not found for who keeps no directory.
func (d *Directory) Squads(ctx context.Context, actor guichet.Actor) ([]Squad, error) {
	if len(actor.Keeping()) == 0 {
		return nil, guichet.NotFound("page")
	}
	var out []Squad
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		for _, t := range desk.Teams {
			if actor.Keeps(t.OrganisationID, desk) {
				out = append(out, Squad{Team: t, Organisation: desk.Organisations[t.OrganisationID].Name})
			}
		}
		return nil
	})
	sortByName(out, func(s Squad) (string, guichet.ID) { return s.Name, s.ID })
	return out, err
}

// Squad reads a team with its members and grants. Error: not found for who does not keep it.
func (d *Directory) Squad(ctx context.Context, actor guichet.Actor, id guichet.ID) (Squad, error) {
	var s Squad
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		c := &change{tx, ctx, actor, desk}
		t, err := c.team(id)
		if err != nil {
			return err
		}
		s = Squad{Team: t, Organisation: desk.Organisations[t.OrganisationID].Name, Roles: c.giveable(), Above: c.hands(id) != nil}
		for _, service := range desk.Services {
			if service.TeamID == id {
				s.Services = append(s.Services, service)
			}
		}
		sortByName(s.Services, func(v guichet.Service) (string, guichet.ID) { return v.Name, v.ID })
		people, err := tx.People(ctx, t.Members)
		if err != nil {
			return err
		}
		for _, m := range t.Members {
			s.People = append(s.People, people[m])
		}
		s.Grants, err = c.grantsOf(id, guichet.Team{})
		return err
	})
	return s, err
}
