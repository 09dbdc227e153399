package ticketing

import (
	"context"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/store"
)

// colleagues are those who may be given work on tickets like this one: the members of the teams, and who
// moderates its service. Whether one of them may see this ticket is another question.
func (l loaded) colleagues(ctx context.Context, tx *store.Tx) (map[guichet.ID]guichet.Person, error) {
	moderators, err := tx.Holders(ctx, l.desk.RolesWith(guichet.PermissionModerate), l.ticket.OrganisationID, l.ticket.ServiceID)
	if err != nil {
		return nil, err
	}
	ids := slices.Clone(moderators)
	for _, team := range l.desk.Teams {
		ids = append(ids, team.Members...)
	}
	slices.Sort(ids)
	return tx.People(ctx, slices.Compact(ids))
}

// sees reports whether somebody handles the ticket, and so reads its notes.
func (l loaded) sees(ctx context.Context, tx *store.Tx, person guichet.ID) (bool, error) {
	actor, err := tx.Actor(ctx, person, guichet.ChannelDesk)
	if guichet.KindOf(err) == guichet.KindNotFound && err != nil {
		return false, nil //nolint:nilerr // nobody sees nothing
	}
	return err == nil && l.isAgent(actor), err
}

// mentioned are the colleagues whom a note names with an @ before their name, among those who read it:
// nobody else is ever told of a note.
func (l loaded) mentioned(ctx context.Context, tx *store.Tx, text string) ([]guichet.Change, error) {
	if !strings.Contains(text, "@") {
		return nil, nil
	}
	people, err := l.colleagues(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []guichet.Change
	for _, id := range guichet.Mentions(text, people) {
		ok, err := l.sees(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, guichet.Change{Field: guichet.FieldMentioned, To: string(id)})
		}
	}
	return out, nil
}

// maxMentionable is how many colleagues a completion proposes.
const maxMentionable = 8

// Mentionable lists the colleagues who read the notes of a ticket, among those whose name has a word that
// begins with a text. Errors: not found, denied to who does not work on the ticket.
func (d *Desk) Mentionable(ctx context.Context, actor guichet.Actor, number int64, text string) ([]guichet.Person, error) {
	var out []guichet.Person
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		l, err := load(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if !l.works(actor) {
			return guichet.Denied("action.denied")
		}
		people, err := l.colleagues(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range called(people, lexis.Fold(strings.TrimSpace(text))) {
			ok, err := l.sees(ctx, tx, p.ID)
			if err != nil || len(out) == maxMentionable {
				return err
			}
			if ok && p.ID != actor.Person.ID {
				out = append(out, p)
			}
		}
		return nil
	})
	return out, err
}

// called are the people with a name that a text begins, or a word of one, in the order of their names.
func called(people map[guichet.ID]guichet.Person, text string) []guichet.Person {
	var out []guichet.Person
	for _, p := range people {
		name := lexis.Fold(p.Name())
		if p.Active && (strings.HasPrefix(name, text) || strings.Contains(name, " "+text)) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b guichet.Person) int { return strings.Compare(lexis.Fold(a.Name()), lexis.Fold(b.Name())) })
	return out
}
