package directory

import (
	"context"

	"guichet"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// OrganisationInput is what is written of an organisation.
type OrganisationInput struct {
	Name    string
	Kind    guichet.OrganisationKind
	Parent  guichet.ID
	Version int64 // of the record that was seen; new ones have none
}

func (in *OrganisationInput) check(p *guichet.Problems) {
	in.Name = markup.Line(in.Name)
	p.Text("name", in.Name, maxShort)
	switch {
	case in.Kind == "":
		p.Add("kind", "field.required")
	case !in.Kind.Valid():
		p.Add("kind", "field.unknown_value")
	}
}

// CreateOrganisation adds an organisation under one that the actor keeps; at the root, for those who keep
// all of them. Its key is made of its name. Errors: invalid with each wrong field.
func (d *Directory) CreateOrganisation(ctx context.Context, actor guichet.Actor, in OrganisationInput) (guichet.Organisation, error) {
	var o guichet.Organisation
	err := d.change(ctx, actor, "page", func(c *change) (err error) {
		o, err = c.addOrganisation("", in)
		return err
	})
	return o, err
}

// addOrganisation adds an organisation under a key, or one made of its name.
func (c *change) addOrganisation(id guichet.ID, in OrganisationInput) (guichet.Organisation, error) {
	var p guichet.Problems
	in.check(&p)
	c.placeBelow(&p, "", in.Parent)
	if err := p.Err(); err != nil {
		return guichet.Organisation{}, err
	}
	if id == "" {
		id = key(in.Name, func(id guichet.ID) bool { _, known := c.desk.Organisations[id]; return known })
	}
	o := guichet.Organisation{ID: id, ParentID: in.Parent, Name: in.Name, Kind: in.Kind}
	if err := c.saveOrganisation(o); err != nil {
		return o, err
	}
	return o, c.audited("create", "organisation", o.ID, o.Name, c.desk.Organisations[o.ParentID].Name)
}

// placeBelow checks the parent of an organisation.
func (c *change) placeBelow(p *guichet.Problems, organisation, parent guichet.ID) {
	switch {
	case parent == "" && !c.keeps(""):
		p.Add("parent", "field.required")
	case parent != "" && !c.keeps(parent):
		p.Add("parent", "field.unknown_value")
	default:
		p.Merge(c.desk.CheckParent(organisation, parent))
	}
}

// saveOrganisation writes an organisation; the desk of the change becomes the one with it.
func (c *change) saveOrganisation(o guichet.Organisation) error {
	c.desk = c.desk.Clone()
	c.desk.Organisations[o.ID] = o
	c.desk.Index()
	return c.SaveOrganisation(c.ctx, c.desk, o)
}

// ChangeOrganisation renames an organisation, says its kind, moves it. To move one hands what lies below it
// to those who hold roles over the new place: this is for full administrators. Errors: not found; invalid;
// conflict when the record is no longer the one that was seen.
func (d *Directory) ChangeOrganisation(ctx context.Context, actor guichet.Actor, id guichet.ID, in OrganisationInput) error {
	return d.change(ctx, actor, "organisation", func(c *change) error {
		before, err := c.organisation(id)
		if err != nil {
			return err
		}
		return c.rewriteOrganisation(before, in)
	})
}

func (c *change) rewriteOrganisation(before guichet.Organisation, in OrganisationInput) error {
	var p guichet.Problems
	in.check(&p)
	if in.Parent != before.ParentID {
		if c.actor.Full() {
			c.placeBelow(&p, before.ID, in.Parent)
		} else {
			p.Add("parent", "organisation.move")
		}
	}
	if err := p.Err(); err != nil {
		return err
	}
	after := before
	after.Name, after.Kind, after.ParentID, after.Version = in.Name, in.Kind, in.Parent, in.Version
	if err := c.saveOrganisation(after); err != nil {
		return err
	}
	detail := ""
	if before.Name != after.Name {
		detail = before.Name + " → " + after.Name
	}
	if before.ParentID != after.ParentID {
		detail = c.desk.Organisations[before.ParentID].Name + " → " + c.desk.Organisations[after.ParentID].Name
	}
	return c.audited("update", "organisation", after.ID, after.Name, detail)
}

// useLimit bounds what is counted of the uses of an organisation.
const useLimit = 1000

// CloseOrganisation closes an organisation, where nobody is left, to new persons and teams; or opens it
// again. What happened in it stays. Error: conflict when it is in use.
func (d *Directory) CloseOrganisation(ctx context.Context, actor guichet.Actor, id guichet.ID, closed bool) error {
	return d.change(ctx, actor, "organisation", func(c *change) error {
		o, err := c.organisation(id)
		if err != nil || o.Closed == closed {
			return err
		}
		act := "reopen"
		if closed {
			act = "close"
			use, err := c.OrganisationUse(ctx, id, useLimit)
			if err != nil {
				return err
			}
			if use.Active+use.Teams > 0 || c.openBelow(id) {
				return guichet.Conflict("organisation.in_use")
			}
		} else if c.desk.Organisations[o.ParentID].Closed {
			return guichet.Conflict("organisation.parent_closed")
		}
		o.Closed = closed
		if err := c.saveOrganisation(o); err != nil {
			return err
		}
		return c.audited(act, "organisation", id, o.Name, "")
	})
}

// openBelow reports whether an open organisation stands directly under another.
func (c *change) openBelow(id guichet.ID) bool {
	for _, o := range c.desk.Organisations {
		if o.ParentID == id && !o.Closed {
			return true
		}
	}
	return false
}

// RemoveOrganisation removes an organisation that was never used. Error: conflict when anything refers to
// it: it can be closed.
func (d *Directory) RemoveOrganisation(ctx context.Context, actor guichet.Actor, id guichet.ID) error {
	return d.change(ctx, actor, "organisation", func(c *change) error {
		o, err := c.organisation(id)
		if err != nil {
			return err
		}
		use, err := c.OrganisationUse(ctx, id, 1)
		if err != nil {
			return err
		}
		if uses := c.desk.OrganisationUses(id); len(uses) > 0 {
			return guichet.Conflict("organisation.named", "Where", guichet.UseNames(uses))
		}
		if use.People+use.Teams+use.Grants+use.Tickets > 0 {
			return guichet.Conflict("organisation.in_use")
		}
		if err := c.Tx.RemoveOrganisation(ctx, id); err != nil {
			return err
		}
		return c.audited("remove", "organisation", id, o.Name, "")
	})
}

// Node is an organisation in the tree.
type Node struct {
	guichet.Organisation
	Depth  int
	Own    int // active persons of the organisation itself
	People int // with those of the organisations below
}

// Tree lists the organisations that the actor keeps, parents before children, siblings by name, with how
// many active persons they have. Error: not found for who keeps none.
func (d *Directory) Tree(ctx context.Context, actor guichet.Actor) ([]Node, error) {
	if len(actor.Keeping()) == 0 {
		return nil, guichet.NotFound("page")
	}
	var tree []Node
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		counts, err := tx.CountPeople(ctx)
		tree = treeOf(desk, actor, counts)
		return err
	})
	return tree, err
}

// treeOf walks the tree from the roots that an actor keeps.
func treeOf(desk *guichet.Desk, actor guichet.Actor, counts map[guichet.ID]int) []Node {
	below := map[guichet.ID][]guichet.Organisation{}
	var roots []guichet.Organisation
	for id, o := range desk.Organisations {
		switch {
		case !actor.Keeps(id, desk):
		case o.ParentID == "" || !actor.Keeps(o.ParentID, desk):
			roots = append(roots, o)
		default:
			below[o.ParentID] = append(below[o.ParentID], o)
		}
	}
	var out []Node
	var walk func(list []guichet.Organisation, depth int) int
	walk = func(list []guichet.Organisation, depth int) int {
		sortByName(list, func(o guichet.Organisation) (string, guichet.ID) { return o.Name, o.ID })
		total := 0
		for _, o := range list {
			at := len(out)
			out = append(out, Node{Organisation: o, Depth: depth, Own: counts[o.ID]})
			out[at].People = counts[o.ID] + walk(below[o.ID], depth+1)
			total += out[at].People
		}
		return total
	}
	walk(roots, 0)
	return out
}

// Site is an organisation with what it holds.
type Site struct {
	Organisation guichet.Organisation
	Path         []guichet.Organisation // those above that the actor keeps, from the top
	Below        []Node                 // directly under it
	Own, People  int
	Teams        []guichet.Team
	Use          store.OrganisationUse
	MayMove      bool
	Roots        bool // the reader may put it at the root
}

// Organisation reads an organisation. Error: not found for who does not keep it.
func (d *Directory) Organisation(ctx context.Context, actor guichet.Actor, id guichet.ID) (Site, error) {
	var s Site
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		c := &change{tx, ctx, actor, desk}
		if s.Organisation, err = c.organisation(id); err != nil {
			return err
		}
		counts, err := tx.CountPeople(ctx)
		if err != nil {
			return err
		}
		s.fill(c, counts)
		s.Use, err = tx.OrganisationUse(ctx, id, useLimit)
		return err
	})
	return s, err
}

func (s *Site) fill(c *change, counts map[guichet.ID]int) {
	id := s.Organisation.ID
	for _, n := range treeOf(c.desk, c.actor, counts) {
		if n.ID == id {
			s.Own, s.People = n.Own, n.People
		}
		if n.ParentID == id {
			s.Below = append(s.Below, n)
		}
	}
	path := c.desk.OrganisationPath(s.Organisation.ParentID)
	for i := len(path) - 1; i >= 0; i-- {
		if c.keeps(path[i]) {
			s.Path = append(s.Path, c.desk.Organisations[path[i]])
		}
	}
	for _, t := range c.desk.Teams {
		if t.OrganisationID == id {
			s.Teams = append(s.Teams, t)
		}
	}
	sortByName(s.Teams, func(t guichet.Team) (string, guichet.ID) { return t.Name, t.ID })
	s.MayMove, s.Roots = c.actor.Full(), c.keeps("")
}
