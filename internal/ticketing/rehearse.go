package ticketing

import (
	"cmp"
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// Limits of a rehearsal.
const (
	RehearsedTickets = 1000 // on which a workflow is tried
	rehearsalSamples = 20   // shown for each reason
)

// Rehearsal is what a workflow would have changed in the last tickets.
type Rehearsal struct {
	Tried   int
	Differ  int
	Others  bool // no ticket follows the workflow yet: it was tried on those of the others
	Reasons []RehearsedReason
}

// RehearsedReason is a way of going differently, with the tickets that would have, newest first.
type RehearsedReason struct {
	guichet.DivergenceReason
	Count   int
	Tickets []RehearsedTicket // the first ones
}

// RehearsedTicket is a ticket that would have gone differently.
type RehearsedTicket struct {
	Number     int64
	Title      string
	Divergence guichet.Divergence
	Actor      string // name of who did what would have been otherwise; empty: the desk itself
}

// Rehearse replays the last tickets of a workflow under another writing of it and says which would have
// gone differently, and why. Only tickets that the actor may see are tried. Error: not found for who
// may not configure the desk.
func (d *Desk) Rehearse(ctx context.Context, actor guichet.Actor, w guichet.Workflow) (Rehearsal, error) {
	var out Rehearsal
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		if !actor.Configures("", desk) {
			return guichet.NotFound("workflow")
		}
		tickets, err := tx.LastTicketsUnder(ctx, actor.Scope(), w.ID, RehearsedTickets)
		if err == nil && len(tickets) == 0 {
			out.Others = true
			tickets, err = tx.LastTickets(ctx, actor.Scope(), RehearsedTickets)
		}
		if err != nil {
			return err
		}
		return rehearse(ctx, tx, desk, w, tickets, &out)
	})
	return out, err
}

func rehearse(ctx context.Context, tx *store.Tx, desk *guichet.Desk, w guichet.Workflow, tickets []guichet.Ticket, out *Rehearsal) error {
	ids := make([]guichet.ID, len(tickets))
	for i, t := range tickets {
		ids[i] = t.ID
	}
	events, err := tx.EventsOf(ctx, ids)
	if err != nil {
		return err
	}
	actors, err := actorsOf(ctx, tx, events)
	if err != nil {
		return err
	}
	who := func(id guichet.ID) guichet.Actor { return actors[id] }
	out.Tried = len(tickets)
	for _, t := range tickets {
		if div, ok := desk.Replay(w, t, events[t.ID], who, tx.Now); ok {
			out.add(t, div, actors[div.ActorID].Person.Name())
		}
	}
	slices.SortStableFunc(out.Reasons, func(a, b RehearsedReason) int { return cmp.Compare(b.Count, a.Count) })
	return nil
}

func (r *Rehearsal) add(t guichet.Ticket, div guichet.Divergence, name string) {
	r.Differ++
	i := slices.IndexFunc(r.Reasons, func(x RehearsedReason) bool { return x.DivergenceReason == div.DivergenceReason })
	if i < 0 {
		i = len(r.Reasons)
		r.Reasons = append(r.Reasons, RehearsedReason{DivergenceReason: div.DivergenceReason})
	}
	reason := &r.Reasons[i]
	if reason.Count++; reason.Count <= rehearsalSamples {
		reason.Tickets = append(reason.Tickets, RehearsedTicket{Number: t.Number, Title: t.Title, Divergence: div, Actor: name})
	}
}

// actorsOf reads those who did something, with their present rights. Who has left may do nothing.
func actorsOf(ctx context.Context, tx *store.Tx, events map[guichet.ID][]guichet.Event) (map[guichet.ID]guichet.Actor, error) {
	out := map[guichet.ID]guichet.Actor{}
	for _, list := range events {
		for _, e := range list {
			if _, known := out[e.ActorID]; known || e.ActorID == "" {
				continue
			}
			a, err := tx.Actor(ctx, e.ActorID, e.Channel)
			if err != nil && guichet.KindOf(err) != guichet.KindNotFound && guichet.KindOf(err) != guichet.KindUnauthenticated {
				return nil, err
			}
			out[e.ActorID] = a
		}
	}
	return out, nil
}
