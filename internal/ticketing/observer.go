package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// Observing is who begins to follow a ticket in copy, and who no longer does.
type Observing struct {
	Add    []string     // what names each: an identifier, a login, an address, a number or a name
	Remove []guichet.ID // those who do not follow it are left
}

// Observe adds people in copy of a ticket and takes others out. Who has the need, or is in copy already, is
// left. It returns those who were added: from then on they see the ticket and are told of its main steps. Errors: not
// found, denied to who does not work on it (whoever is in copy may stop), invalid.
func (d *Desk) Observe(ctx context.Context, actor guichet.Actor, number int64, in Observing) (added []guichet.Person, err error) {
	if !actor.MayWrite() {
		return nil, guichet.Denied("token.read_only")
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := load(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if !l.works(actor) && !in.leaves(actor) {
			return guichet.Denied("action.denied")
		}
		if added, err = l.newcomers(ctx, tx, in.Add); err != nil {
			return err
		}
		return l.observe(ctx, tx, actor, added, in.Remove)
	})
	return added, err
}

// leaves reports somebody who only stops following.
func (in Observing) leaves(actor guichet.Actor) bool {
	return len(in.Add) == 0 && len(in.Remove) == 1 && in.Remove[0] == actor.Person.ID
}

// newcomers finds those whom texts name and who do not follow the ticket yet, each once.
func (l loaded) newcomers(ctx context.Context, tx *store.Tx, named []string) ([]guichet.Person, error) {
	var p guichet.Problems
	var out []guichet.Person
	follows := l.side()
	for _, text := range named {
		if text = line(text); text == "" {
			p.Add("person", "field.required")
			continue
		}
		who, problem, err := find(ctx, tx, text)
		if err != nil {
			return nil, err
		}
		if problem != "" {
			p.Add("person", problem, "Text", text)
		} else if !slices.Contains(follows, who.ID) {
			follows, out = append(follows, who.ID), append(out, who)
		}
	}
	if len(l.inCopy())+len(out) > maxObservers {
		p.Add("person", "field.too_many", "Limit", maxObservers)
	}
	return out, p.Err()
}

// inCopy are the observers of a ticket.
func (l loaded) inCopy() []guichet.ID {
	var out []guichet.ID
	for _, p := range l.parties {
		if p.Role == guichet.PartyObserver {
			out = append(out, p.PersonID)
		}
	}
	return out
}

// observe writes who comes and who leaves, an event for each.
func (l loaded) observe(ctx context.Context, tx *store.Tx, actor guichet.Actor, add []guichet.Person, remove []guichet.ID) error {
	var events []guichet.Event
	happens := func(kind guichet.EventKind, who guichet.ID) {
		events = append(events, guichet.Event{At: tx.Now, ActorID: actor.Person.ID, Channel: actor.Channel, Kind: kind, RefID: who})
	}
	gone := l.inCopy()
	gone = slices.DeleteFunc(gone, func(id guichet.ID) bool { return !slices.Contains(remove, id) })
	for _, who := range gone {
		if err := tx.RemoveParty(ctx, l.ticket.ID, guichet.Party{PersonID: who, Role: guichet.PartyObserver}); err != nil {
			return err
		}
		happens(guichet.EventObserverRemoved, who)
	}
	for _, who := range add {
		if err := tx.AddParty(ctx, l.ticket.ID, guichet.Party{PersonID: who.ID, Role: guichet.PartyObserver}); err != nil {
			return err
		}
		happens(guichet.EventObserverAdded, who.ID)
	}
	if len(events) == 0 {
		return nil
	}
	after := l.ticket
	after.UpdatedAt = tx.Now
	return save(ctx, tx, l.ticket, &after, events)
}
