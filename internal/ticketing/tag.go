package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// Limits of the tags of a ticket.
const (
	maxTags = 20
	maxTag  = 40 // characters
)

// Tag adds tags to a ticket and removes others; tags that it has, or has not, are left. Errors: not found,
// denied to who does not work on it, invalid.
func (d *Desk) Tag(ctx context.Context, actor guichet.Actor, number int64, add, remove []string) (t guichet.Ticket, err error) {
	if !actor.MayWrite() {
		return t, guichet.Denied("token.read_only")
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := load(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		t, err = l.tag(ctx, tx, actor, add, remove)
		return err
	})
	return t, err
}

// mayTag: tags belong to those who work on the ticket.
func (l loaded) mayTag(actor guichet.Actor) error {
	if !l.works(actor) {
		return guichet.Denied("action.denied")
	}
	return nil
}

func (l loaded) tag(ctx context.Context, tx *store.Tx, actor guichet.Actor, add, remove []string) (guichet.Ticket, error) {
	if err := l.mayTag(actor); err != nil {
		return l.ticket, err
	}
	after := l.ticket
	remove = guichet.CleanTags(remove)
	kept := slices.DeleteFunc(slices.Clone(l.ticket.Tags), func(tag string) bool { return slices.Contains(remove, tag) })
	after.Tags = guichet.CleanTags(append(kept, add...))
	if err := checkTags(after.Tags, add); err != nil {
		return l.ticket, err
	}
	if slices.Equal(after.Tags, l.ticket.Tags) {
		return l.ticket, nil
	}
	after.UpdatedAt = tx.Now
	e := guichet.Event{At: tx.Now, ActorID: actor.Person.ID, Channel: actor.Channel, Kind: guichet.EventTagged, Internal: true,
		Changes: guichet.Diff(l.ticket, after)}
	err := save(ctx, tx, l.ticket, &after, []guichet.Event{e})
	return after, err
}

func checkTags(tags, added []string) error {
	var p guichet.Problems
	for _, tag := range added {
		if guichet.CleanTag(tag) == "" {
			p.Add("tag", "field.required")
		}
		p.AtMost("tag", tag, maxTag)
	}
	if len(tags) > maxTags {
		p.Add("tag", "field.too_many", "Limit", maxTags)
	}
	return p.Err()
}
