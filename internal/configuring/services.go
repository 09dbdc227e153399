package configuring

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/store"
)

// Catalogue is the tree of services with what is needed to say who answers for each.
type Catalogue struct {
	Desk   *guichet.Desk
	Grants []guichet.Grant
	People map[guichet.ID]guichet.Person // owners and holders of roles
}

// Gone lists the owners who have left.
func (c Catalogue) Gone() []guichet.ID {
	var out []guichet.ID
	for _, s := range c.Desk.Services {
		if s.OwnerID != "" && !c.People[s.OwnerID].Active {
			out = append(out, s.OwnerID)
		}
	}
	return out
}

// Catalogue reads the tree for those who configure some of it, or keep its directory.
func (c *Configuring) Catalogue(ctx context.Context, actor guichet.Actor) (Catalogue, error) {
	if !actor.MayRead() || !actor.Has(guichet.PermissionConfigure) && !actor.Has(guichet.PermissionPeople) && !actor.Has(guichet.PermissionOperate) {
		return Catalogue{}, guichet.NotFound("page")
	}
	var out Catalogue
	err := c.store.Read(ctx, func(tx *store.Tx) (err error) {
		if out.Desk, err = tx.Desk(ctx); err != nil {
			return err
		}
		if out.Grants, err = tx.Grants(ctx); err != nil {
			return err
		}
		var ids []guichet.ID
		for _, g := range out.Grants {
			if g.PersonID != "" {
				ids = append(ids, g.PersonID)
			}
		}
		for _, s := range out.Desk.Services {
			if s.OwnerID != "" {
				ids = append(ids, s.OwnerID)
			}
		}
		slices.Sort(ids)
		out.People, err = tx.People(ctx, slices.Compact(ids))
		return err
	})
	return out, err
}

// CreateService adds a service, with a key made of its name, last among its siblings. Errors: invalid
// with each wrong field, not found for who may not configure its place.
func (c *Configuring) CreateService(ctx context.Context, actor guichet.Actor, s guichet.Service) (guichet.ID, error) {
	err := c.store.Write(ctx, func(tx *store.Tx) error {
		desk, err := lockedDesk(ctx, tx)
		if err != nil {
			return err
		}
		if !actor.Configures(s.ParentID, desk) {
			return guichet.NotFound("service")
		}
		desk = desk.Clone()
		s.ID = FreeKey(s.Name, func(key guichet.ID) bool { _, taken := desk.Services[key]; return taken })
		for _, sibling := range desk.Below(s.ParentID) {
			s.Position = max(s.Position, sibling.Position+1)
		}
		return c.putService(ctx, tx, desk, actor, change{s, "create", ""})
	})
	return s.ID, err
}

// SaveService changes a service; seen is its version as it was shown. Errors: invalid with each wrong
// field, conflict when somebody else changed it meanwhile, not found for who may not configure it
// where it is or where it goes.
func (c *Configuring) SaveService(ctx context.Context, actor guichet.Actor, s guichet.Service, seen int64) error {
	return c.store.Write(ctx, func(tx *store.Tx) error {
		desk, err := lockedDesk(ctx, tx)
		if err != nil {
			return err
		}
		before, known := desk.Services[s.ID]
		moved := before.ParentID != s.ParentID
		switch {
		case !known || !actor.Configures(s.ID, desk) || moved && !actor.Configures(s.ParentID, desk):
			return guichet.NotFound("service")
		case before.Version != seen:
			return guichet.Conflict("service.changed")
		}
		desk = desk.Clone()
		s.Position = before.Position
		if moved {
			s.Position = 0
			for _, sibling := range desk.Below(s.ParentID) {
				s.Position = max(s.Position, sibling.Position+1)
			}
		}
		return c.putService(ctx, tx, desk, actor, change{s, "update", strings.Join(changed(before, s), ", ")})
	})
}

// lockedDesk reads the desk once no other change of the tree is in progress.
func lockedDesk(ctx context.Context, tx *store.Tx) (*guichet.Desk, error) {
	if err := tx.LockCatalogue(ctx); err != nil {
		return nil, err
	}
	return tx.Desk(ctx)
}

// change is what is done to a service.
type change struct {
	service guichet.Service
	act     string
	detail  string
}

func (c *Configuring) putService(ctx context.Context, tx *store.Tx, desk *guichet.Desk, actor guichet.Actor, x change) error {
	if err := desk.CheckService(x.service); err != nil {
		return err
	}
	desk.Services[x.service.ID] = x.service
	desk.Index()
	if err := tx.SaveService(ctx, desk, x.service.ID); err != nil {
		return err
	}
	return tx.Audit(ctx, store.AuditEntry{ActorID: actor.Person.ID, Act: x.act, Kind: "service", ObjectID: x.service.ID,
		Name: x.service.Name, Detail: x.detail})
}

// changed names what differs between two states of a service, by the keys of the files.
func changed(a, b guichet.Service) []string {
	var out []string
	for _, part := range []struct {
		key  string
		same bool
	}{
		{"parent", a.ParentID == b.ParentID}, {"name", a.Name == b.Name}, {"description", a.Description == b.Description},
		{"icon", a.Icon == b.Icon}, {"owner", a.OwnerID == b.OwnerID}, {"team", a.TeamID == b.TeamID},
		{"workflow", a.WorkflowID == b.WorkflowID}, {"state", a.Open() == b.Open() && a.State == b.State},
		{"opens_at", a.OpensAt.Equal(b.OpensAt)}, {"closes_at", a.ClosesAt.Equal(b.ClosesAt)},
		{"profiles", slices.Equal(a.Profiles, b.Profiles)}, {"organisations", slices.Equal(a.Organisations, b.Organisations)},
		{"providers", slices.Equal(a.Providers, b.Providers)},
	} {
		if !part.same {
			out = append(out, part.key)
		}
	}
	for _, level := range guichet.Levels() {
		if a.Teams[level] != b.Teams[level] {
			return append(out, "levels")
		}
	}
	return out
}

// MoveService moves a service before or after its neighbour. Error: not found for who may not configure
// its place.
func (c *Configuring) MoveService(ctx context.Context, actor guichet.Actor, id guichet.ID, up bool) error {
	return c.store.Write(ctx, func(tx *store.Tx) error {
		desk, err := lockedDesk(ctx, tx)
		if err != nil {
			return err
		}
		s, known := desk.Services[id]
		if !known || !actor.Configures(s.ParentID, desk) {
			return guichet.NotFound("service")
		}
		desk = desk.Clone()
		siblings := desk.Below(s.ParentID)
		i := slices.IndexFunc(siblings, func(x guichet.Service) bool { return x.ID == id })
		j := i + 1
		if up {
			j = i - 1
		}
		if j < 0 || j >= len(siblings) {
			return nil
		}
		siblings[i], siblings[j] = siblings[j], siblings[i]
		var ids []guichet.ID
		for n, x := range siblings {
			if x.Position != n+1 {
				x.Position = n + 1
				desk.Services[x.ID] = x
				ids = append(ids, x.ID)
			}
		}
		desk.Index()
		if err := tx.SaveService(ctx, desk, ids...); err != nil {
			return err
		}
		return tx.Audit(ctx, store.AuditEntry{ActorID: actor.Person.ID, Act: "update", Kind: "service", ObjectID: id, Name: s.Name, Detail: "position"})
	})
}

// ServiceActs lists what was done to a service, newest first. Error: not found for who may not configure it.
func (c *Configuring) ServiceActs(ctx context.Context, actor guichet.Actor, id guichet.ID) ([]Act, error) {
	var out []Act
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		if _, known := desk.Services[id]; !known || !actor.Configures(id, desk) {
			return guichet.NotFound("service")
		}
		list, err := tx.AuditTrail(ctx, "service", id, store.Cursor{}, actsPage)
		if err != nil {
			return err
		}
		var ids []guichet.ID
		for _, e := range list {
			ids = append(ids, e.ActorID)
		}
		people, err := tx.People(ctx, ids)
		for _, e := range list {
			out = append(out, Act{e, people[e.ActorID].Name()})
		}
		return err
	})
	return out, err
}

// Key makes a key of a name: its words without accents, joined by hyphens.
func Key(name string) string {
	words := lexis.Words(name)
	key := ""
	for _, w := range words {
		if len(key)+1+len(w) > maxKey-4 {
			break
		}
		key = strings.TrimPrefix(key+"-"+w, "-")
	}
	if !keyPattern.MatchString(key) {
		return "x"
	}
	return key
}

// FreeKey makes a key of a name that is not taken.
func FreeKey(name string, taken func(guichet.ID) bool) guichet.ID {
	key := guichet.ID(Key(name))
	for n := 2; taken(key); n++ {
		key = guichet.ID(Key(name) + "-" + strconv.Itoa(n))
	}
	return key
}
