package live

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// look is a ticket as it stands now, and as it stood before.
type look struct {
	news        store.TicketNews
	now         guichet.Ticket
	place       guichet.Place
	before      guichet.Ticket
	placeBefore guichet.Place
	events      []Happened // in the order of the news
	actors      []guichet.ID
}

// tell gives the streams what they may know of the tickets. Each ticket is read once.
func (h *Hub) tell(ctx context.Context, list []store.TicketNews, to []*Stream) {
	looks, err := h.read(ctx, list)
	if err != nil {
		h.log.WarnContext(ctx, "live: what happened cannot be read", "error", err)
		for _, s := range to {
			s.push(Message{Kind: Resync, At: h.store.Now()})
		}
		return
	}
	at := h.store.Now()
	for i := range looks {
		for _, s := range to {
			if m, ok := s.judge(&looks[i], at); ok {
				m.At = at
				s.push(m)
			}
		}
	}
}

// read looks at the tickets of the news, three queries for all of them.
func (h *Hub) read(ctx context.Context, list []store.TicketNews) ([]look, error) {
	var ids, people []guichet.ID
	for _, n := range list {
		ids = append(ids, n.TicketID)
		for _, e := range n.Events {
			if e.ActorID != "" && !slices.Contains(people, e.ActorID) {
				people = append(people, e.ActorID)
			}
		}
	}
	var out []look
	err := h.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		spots, err := tx.Spots(ctx, ids)
		if err != nil {
			return err
		}
		names, err := tx.People(ctx, people)
		if err != nil {
			return err
		}
		for _, n := range list {
			if s, known := spots[n.TicketID]; known {
				out = append(out, lookAt(desk, n, s, names))
			}
		}
		return nil
	})
	return out, err
}

func lookAt(desk *guichet.Desk, n store.TicketNews, s store.Spot, names map[guichet.ID]guichet.Person) look {
	before, parties := n.Before(s.Ticket, s.Parties)
	l := look{news: n, now: s.Ticket, place: desk.Place(s.Parties), before: before, placeBefore: desk.Place(parties)}
	for _, e := range n.Events {
		l.events = append(l.events, Happened{Kind: e.Kind, Who: names[e.ActorID].Name()})
		l.actors = append(l.actors, e.ActorID)
	}
	return l
}

// judge decides what an actor is told of a ticket: nothing when it is not his or hers to see, only that
// it is gone when it no longer is, and otherwise the events that he or she may know of.
func judge(actor guichet.Actor, scope guichet.Scope, l *look) (Message, bool) {
	if !scope.Sees(l.now, l.place) {
		return Message{Kind: Gone, Number: l.now.Number}, scope.Sees(l.before, l.placeBefore)
	}
	m := Message{Kind: Ticket, Number: l.now.Number}
	handles := actor.Handles(l.now, l.place)
	if handles {
		m.Version = l.now.Version
	}
	for i, e := range l.events {
		if handles || !l.news.Events[i].Internal {
			e.Mine = l.actors[i] != "" && l.actors[i] == actor.Person.ID
			m.Events = append(m.Events, e)
		}
	}
	narrowed := !handles && actor.Handles(l.before, l.placeBefore)
	return m, len(m.Events) > 0 || narrowed
}
