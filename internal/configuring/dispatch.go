package configuring

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"guichet"
	"guichet/internal/store"
)

// Member is somebody of a team, as those who set its dispatch see it.
type Member struct {
	guichet.Person
	Open  int       // tickets in hand
	Load  int       // the same, weighted by their priority
	Back  time.Time // when an absence ends; zero: present
	Teams []guichet.ID
}

// Members lists the members of every team by identifier of the team, and all of them by name. Error: not
// found for who may not configure the whole desk.
func (c *Configuring) Members(ctx context.Context, actor guichet.Actor) (map[guichet.ID][]Member, error) {
	out := map[guichet.ID][]Member{}
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		if !actor.MayRead() || !actor.Configures("", desk) {
			return guichet.NotFound("page")
		}
		for _, team := range desk.Teams {
			if out[team.ID], err = members(ctx, tx, team); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func members(ctx context.Context, tx *store.Tx, team guichet.Team) ([]Member, error) {
	candidates, err := tx.Candidates(ctx, team)
	if err != nil {
		return nil, err
	}
	people, err := tx.People(ctx, team.Members)
	if err != nil {
		return nil, err
	}
	absences, err := tx.AbsencesOf(ctx, team.Members, tx.Now)
	if err != nil {
		return nil, err
	}
	var out []Member
	for _, c := range candidates {
		m := Member{Person: people[c.PersonID], Open: c.Open, Load: c.Load}
		for _, a := range absences {
			if a.PersonID == m.ID && a.To.After(m.Back) {
				m.Back = a.To
			}
		}
		out = append(out, m)
	}
	return out, nil
}

// SetDispatch sets how a team gives out what it receives, and what its members know. Errors: not found
// for who may not configure the whole desk and for an unknown team, invalid for an unknown way.
func (c *Configuring) SetDispatch(ctx context.Context, actor guichet.Actor, team guichet.ID, way guichet.Dispatch, skills map[guichet.ID][]string) error {
	if err := way.Check(); err != nil {
		return err
	}
	return c.store.Write(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		t, known := desk.Teams[team]
		if !known || !actor.MayWrite() || !actor.Configures("", desk) {
			return guichet.NotFound("team")
		}
		if err := saveSkills(ctx, tx, actor, t, skills); err != nil {
			return err
		}
		if cmp.Or(t.Dispatch.Mode, guichet.DispatchPool) == cmp.Or(way.Mode, guichet.DispatchPool) {
			return nil
		}
		if err := tx.SaveDispatch(ctx, team, way); err != nil {
			return err
		}
		return tx.Audit(ctx, store.AuditEntry{ActorID: actor.Person.ID, Act: "dispatch", Kind: "team", ObjectID: team, Name: t.Name, Detail: string(way.Mode)})
	})
}

// saveSkills keeps what changed among the members of a team.
func saveSkills(ctx context.Context, tx *store.Tx, actor guichet.Actor, team guichet.Team, skills map[guichet.ID][]string) error {
	people, err := tx.People(ctx, team.Members)
	if err != nil {
		return err
	}
	for _, id := range team.Members {
		list, given := skills[id]
		if list = guichet.CleanTags(list); !given || slices.Equal(list, people[id].Skills) {
			continue
		}
		if len(list) > maxSkills {
			return guichet.Invalid("skills."+string(id), "field.too_many", "Limit", maxSkills)
		}
		if err := tx.SaveSkills(ctx, id, list); err != nil {
			return err
		}
		err := tx.Audit(ctx, store.AuditEntry{ActorID: actor.Person.ID, Act: "skills", Kind: "person", ObjectID: id, Name: people[id].Name(), Detail: strings.Join(list, ", ")})
		if err != nil {
			return err
		}
	}
	return nil
}

// maxSkills is how many skills a person may have.
const maxSkills = 30

// FindPeople finds the people whom words name exactly: by login, address, employee number or key. A word
// that names nobody, or several people, is not among what is found.
func (c *Configuring) FindPeople(ctx context.Context, actor guichet.Actor, words []string) (map[string]guichet.ID, error) {
	out := map[string]guichet.ID{}
	err := c.configures(ctx, actor, func(tx *store.Tx) error {
		for _, w := range words {
			if p, err := tx.Person(ctx, guichet.ID(w)); err == nil && p.Active {
				out[w] = p.ID
				continue
			}
			found, err := tx.PeopleByKey(ctx, w, 2)
			if err != nil {
				return err
			}
			if len(found) == 1 {
				out[w] = found[0].ID
			}
		}
		return nil
	})
	return out, err
}

// PeopleWords says for each person the word by which FindPeople finds it: the address, or the key.
func (c *Configuring) PeopleWords(ctx context.Context, actor guichet.Actor, ids []guichet.ID) ([]string, error) {
	var out []string
	err := c.configures(ctx, actor, func(tx *store.Tx) error {
		people, err := tx.People(ctx, ids)
		for _, id := range ids {
			out = append(out, cmp.Or(people[id].Email, string(id)))
		}
		return err
	})
	return out, err
}

// configures reads for who may configure the whole desk; for anybody else there is nothing.
func (c *Configuring) configures(ctx context.Context, actor guichet.Actor, read func(*store.Tx) error) error {
	return c.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		if !actor.MayRead() || !actor.Configures("", desk) {
			return guichet.NotFound("page")
		}
		return read(tx)
	})
}
