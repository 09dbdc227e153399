package directory

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/store"
)

// change is one act on the directory, in its transaction.
type change struct {
	*store.Tx
	ctx   context.Context
	actor guichet.Actor // as the database knows it now
	desk  *guichet.Desk // before the act
}

// change runs an act. Whoever keeps no part of the directory does not find what the act is about, noun. The
// acts follow one another, so that what one has checked stays true; the actor's rights are read again in
// the transaction; and whatever the act, an administrator must be left who can put everything right.
func (d *Directory) change(ctx context.Context, actor guichet.Actor, noun string, act func(*change) error) error {
	if len(actor.Keeping()) == 0 {
		return guichet.NotFound(noun)
	}
	if !actor.MayWrite() {
		return guichet.Denied("token.read_only")
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.LockDirectory(ctx); err != nil {
			return err
		}
		c, err := begin(ctx, tx, actor)
		if err != nil {
			return err
		}
		before, err := c.FullAdministrators(ctx, c.desk)
		if err != nil {
			return err
		}
		if err := act(c); err != nil {
			return err
		}
		return c.keepOne(before)
	})
}

// begin reads the desk and the actor in a transaction.
func begin(ctx context.Context, tx *store.Tx, actor guichet.Actor) (*change, error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return nil, err
	}
	known, err := tx.Actor(ctx, actor.Person.ID, actor.Channel)
	known.TokenScopes = actor.TokenScopes
	return &change{tx, ctx, known, desk}, err
}

// keepOne refuses the act that leaves nobody who may do everything, where there was somebody.
func (c *change) keepOne(before []guichet.ID) error {
	if len(before) == 0 {
		return nil
	}
	desk, err := c.Desk(c.ctx)
	if err != nil {
		return err
	}
	after, err := c.FullAdministrators(c.ctx, desk)
	if err == nil && len(after) == 0 {
		err = guichet.Conflict("directory.last_administrator")
	}
	return err
}

// keeps reports whether the actor keeps the directory of an organisation.
func (c *change) keeps(organisation guichet.ID) bool { return c.actor.Keeps(organisation, c.desk) }

// person reads a person whom the actor keeps; anybody else is not found.
func (c *change) person(id guichet.ID) (guichet.Person, error) {
	p, err := c.Person(c.ctx, id)
	if err == nil && !c.keeps(p.OrganisationID) {
		return guichet.Person{}, guichet.NotFound("person")
	}
	return p, err
}

// team finds a team that the actor keeps; any other is not found.
func (c *change) team(id guichet.ID) (guichet.Team, error) {
	t, known := c.desk.Teams[id]
	if !known || !c.keeps(t.OrganisationID) {
		return guichet.Team{}, guichet.NotFound("team")
	}
	return t, nil
}

// organisation finds an organisation that the actor keeps; any other is not found.
func (c *change) organisation(id guichet.ID) (guichet.Organisation, error) {
	o, known := c.desk.Organisations[id]
	if !known || !c.keeps(id) {
		return guichet.Organisation{}, guichet.NotFound("organisation")
	}
	return o, nil
}

// place checks the organisation that something is put in: one that the actor keeps and that is open. To
// put it in none is for those who keep all of them.
func (c *change) place(p *guichet.Problems, organisation guichet.ID) {
	o, known := c.desk.Organisations[organisation]
	switch {
	case organisation == "" && !c.keeps(""):
		p.Add("organisation", "field.required")
	case organisation != "" && (!known || o.Closed || !c.keeps(organisation)):
		p.Add("organisation", "field.unknown_value")
	}
}

// held reads what a person holds now, alone and through teams.
func (c *change) held(person guichet.ID) ([]guichet.Grant, error) {
	grants, err := c.GrantsOf(c.ctx, person)
	if err != nil {
		return nil, err
	}
	teams, err := c.TeamsOf(c.ctx, person)
	for _, t := range teams {
		of, failed := c.GrantsOf(c.ctx, t)
		if failed != nil {
			return nil, failed
		}
		grants = append(grants, of...)
	}
	return slices.DeleteFunc(grants, func(g guichet.Grant) bool { return g.Ended(c.Now) }), err
}

// above reports whether a person holds what the actor could not give: then the actor does not touch what
// the person signs in or is reached with.
func (c *change) above(person guichet.ID) (bool, error) {
	if person == c.actor.Person.ID {
		return false, nil
	}
	held, err := c.held(person)
	return err != nil || !c.actor.Covers(held, c.desk), err
}

// audited appends the act to the history.
func (c *change) audited(act, kind string, object guichet.ID, name, detail string) error {
	return c.Audit(c.ctx, store.AuditEntry{ActorID: c.actor.Person.ID, Act: act, Kind: kind, ObjectID: object, Name: name, Detail: detail})
}

// Where says an area in words: names of organisations and services, nothing for the whole desk.
func Where(d *guichet.Desk, a guichet.Area) string {
	var parts []string
	if a.OrganisationID != "" {
		parts = append(parts, d.Organisations[a.OrganisationID].Name)
	}
	if a.ServiceID != "" {
		parts = append(parts, d.ServiceName(a.ServiceID))
	}
	return strings.Join(parts, " · ")
}

// key makes the readable key of a new object out of its name; taken says which are in use.
func key(name string, taken func(guichet.ID) bool) guichet.ID {
	base := strings.Join(lexis.Words(name), "-")
	if base == "" {
		base = "x"
	}
	id := guichet.ID(base)
	for n := 2; taken(id); n++ {
		id = guichet.ID(base + "-" + strconv.Itoa(n))
	}
	return id
}
