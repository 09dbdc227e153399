// Package directory answers who is who: the persons whom one may name on a ticket, the teams, and,
// for those who keep the directory, the persons of their organisations.
package directory

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"guichet"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// Directory runs the use cases on a database.
type Directory struct{ store *store.Store }

// New makes the use cases.
func New(s *store.Store) *Directory { return &Directory{s} }

// Found is a person as anybody signed in may see one: enough to tell two namesakes apart.
type Found struct {
	ID           guichet.ID
	Name         string
	Organisation string
}

// Limits of a search.
const (
	MaxFound = 20 // persons that a search returns
	MaxPage  = 100
	minText  = 2 // characters that a search needs: it finds somebody, it does not list everybody
)

// Find finds active persons by the beginning of their names, by login, address or employee number. It
// returns at most limit persons, never more than MaxFound. Error: invalid when the text is too short.
func (d *Directory) Find(ctx context.Context, actor guichet.Actor, text string, limit int) ([]Found, error) {
	if actor.Person.ID == "" {
		return nil, guichet.Denied("denied")
	}
	text = strings.TrimSpace(markup.Clean(text))
	if utf8.RuneCountInString(text) < minText {
		return nil, guichet.Invalid("q", "field.too_short", "Limit", minText)
	}
	if limit <= 0 || limit > MaxFound {
		limit = MaxFound
	}
	var found []Found
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		people, err := tx.FindPeople(ctx, text, limit)
		for _, p := range people {
			found = append(found, shown(desk, p))
		}
		return err
	})
	return found, err
}

func shown(desk *guichet.Desk, p guichet.Person) Found {
	return Found{p.ID, p.Name(), desk.Organisations[p.OrganisationID].Name}
}

// Team is a team as the actor may see it.
type Team struct {
	ID           guichet.ID
	Name         string
	Organisation guichet.ID
	Level        guichet.Level // for those who handle tickets only
	Members      []Found       // likewise
}

// Teams lists the teams in the order of their names. Their levels and their members are told to those
// who handle tickets, who need them to assign.
func (d *Directory) Teams(ctx context.Context, actor guichet.Actor) ([]Team, error) {
	if actor.Person.ID == "" {
		return nil, guichet.Denied("denied")
	}
	var teams []Team
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		var people map[guichet.ID]guichet.Person
		if Handles(actor) {
			if people, err = tx.People(ctx, membersOf(desk)); err != nil {
				return err
			}
		}
		for _, t := range desk.Teams {
			teams = append(teams, teamOf(desk, t, people))
		}
		return nil
	})
	slices.SortFunc(teams, func(a, b Team) int { return strings.Compare(a.Name+" "+string(a.ID), b.Name+" "+string(b.ID)) })
	return teams, err
}

// Handles reports whether the actor is on the side of those who handle tickets, somewhere.
func Handles(actor guichet.Actor) bool {
	return actor.HandlesTickets()
}

func membersOf(desk *guichet.Desk) []guichet.ID {
	var all []guichet.ID
	for _, t := range desk.Teams {
		all = append(all, t.Members...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func teamOf(desk *guichet.Desk, t guichet.Team, people map[guichet.ID]guichet.Person) Team {
	team := Team{ID: t.ID, Name: t.Name, Organisation: t.OrganisationID}
	if people != nil {
		team.Level = t.Level
	}
	for _, m := range t.Members {
		if p, known := people[m]; known {
			team.Members = append(team.Members, shown(desk, p))
		}
	}
	return team
}

// Names returns the names of persons, for what already carries their identifiers: a ticket that the
// actor sees.
func (d *Directory) Names(ctx context.Context, ids ...guichet.ID) (map[guichet.ID]string, error) {
	names := map[guichet.ID]string{}
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		people, err := tx.People(ctx, ids)
		for id, p := range people {
			names[id] = p.Name()
		}
		return err
	})
	return names, err
}

// Identify turns what a person is called by, an identifier or a login, into the identifier. A text
// that names nobody comes back as it is: the rule that uses it says so, once the actor's right is
// known.
func (d *Directory) Identify(ctx context.Context, text string) (guichet.ID, error) {
	if text == "" || text != markup.Clean(text) {
		return guichet.ID(text), nil
	}
	id := guichet.ID(text)
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Person(ctx, id)
		if !missing(err) {
			return err
		}
		p, _, err := tx.PersonByLogin(ctx, text)
		if err == nil {
			id = p.ID
		}
		if missing(err) {
			err = nil
		}
		return err
	})
	return id, err
}

func missing(err error) bool { return err != nil && guichet.KindOf(err) == guichet.KindNotFound }
