package live

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"guichet"
	"guichet/internal/store"
)

// State is what somebody does on a ticket.
type State string

// The states of presence.
const (
	Views  State = "views"
	Writes State = "writes"
	Leaves State = "leaves"
)

// Present is somebody who is on a ticket.
type Present struct {
	PersonID guichet.ID
	Name     string
	Writing  bool
}

// How long somebody is taken to be there after the last sign, and to be writing.
const (
	staying = 100 * time.Second
	writing = 15 * time.Second
	leaving = 3 * time.Second // for a page that is only loaded again
	crowd   = 50              // people on one ticket that are kept
	maxPage = 24              // bytes of the name of a page
)

// room is who is on a ticket, in memory only.
type room struct {
	ticket guichet.ID
	number int64
	people map[guichet.ID]*guest
}

type guest struct {
	name   string
	page   string    // that gave the last sign
	writes time.Time // until
	stays  time.Time // until
}

// word is what a node says to the others of somebody's presence.
type word struct {
	Ticket guichet.ID
	Number int64
	Person guichet.ID
	Name   string
	State  State
	Page   string
}

// Be says that the actor is on a ticket, writes, or has left; page names the page in the browser, so that one
// that closes does not speak for another opened since. Errors: not found, also for a ticket that the
// actor does not handle: the requester's side neither sees nor makes presence.
func (h *Hub) Be(ctx context.Context, actor guichet.Actor, number int64, state State, page string) error {
	var w word
	err := h.store.Read(ctx, func(tx *store.Tx) error {
		t, err := tx.Ticket(ctx, actor.Scope(), number)
		if err != nil {
			return err
		}
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		parties, err := tx.Parties(ctx, t.ID)
		if err == nil && !actor.Handles(t, desk.Place(parties)) {
			err = guichet.NotFound("ticket")
		}
		if err == nil && state != Views && state != Writes && state != Leaves {
			err = guichet.Invalid("state", "field.unknown_value")
		}
		w = word{t.ID, t.Number, actor.Person.ID, actor.Person.Name(), state, page[:min(len(page), maxPage)]}
		return err
	})
	if err != nil {
		return err
	}
	h.apply(w)
	h.stir()
	return h.spread(ctx, w)
}

func (h *Hub) spread(ctx context.Context, w word) error {
	body, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return h.store.Say(ctx, string(body))
}

// obey does what another node says.
func (h *Hub) obey(text string) {
	var w word
	if json.Unmarshal([]byte(text), &w) != nil || w.Ticket == "" || w.Person == "" {
		return
	}
	h.apply(w)
	h.stir()
}

// apply notes a word; what nobody would see change is not told again.
func (h *Hub) apply(w word) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now, r := h.store.Now(), h.rooms[w.Number]
	if r == nil {
		r = &room{w.Ticket, w.Number, map[guichet.ID]*guest{}}
	}
	g := r.people[w.Person]
	switch {
	case w.State == Leaves && (g == nil || g.page != w.Page), g == nil && len(r.people) >= crowd:
		return
	case g == nil:
		r.people[w.Person] = &guest{name: w.Name, page: w.Page, stays: now.Add(staying), writes: until(w.State, now)}
	default:
		was := g.writes.After(now)
		g.page, g.stays, g.writes = w.Page, now.Add(staying), until(w.State, now)
		if w.State == Leaves {
			g.stays = now.Add(leaving)
		}
		h.wait(now)
		if was == g.writes.After(now) {
			return
		}
	}
	h.keep(r)
	h.stirred[r.number] = r
	h.wait(now)
}

func until(s State, now time.Time) time.Time {
	if s == Writes {
		return now.Add(writing)
	}
	return time.Time{}
}

func (h *Hub) keep(r *room) {
	if len(r.people) == 0 {
		delete(h.rooms, r.number)
		return
	}
	h.rooms[r.number] = r
}

// leave takes a person whose last session ended out of every room.
func (h *Hub) leave(s *Stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	who := s.person
	if h.people[who] > 1 {
		return
	}
	for _, r := range h.rooms {
		if r.people[who] != nil {
			delete(r.people, who)
			h.keep(r)
			h.stirred[r.number] = r
		}
	}
}

// wait sets the one clock of presence to the next end.
func (h *Hub) wait(now time.Time) {
	var next time.Time
	for _, r := range h.rooms {
		for _, g := range r.people {
			for _, t := range []time.Time{g.stays, g.writes} {
				if t.After(now) && (next.IsZero() || t.Before(next)) {
					next = t
				}
			}
		}
	}
	if h.closed || next.IsZero() {
		h.expiring.Stop()
		return
	}
	h.expiring.Reset(next.Sub(now) + time.Millisecond)
}

// expire forgets those who gave no sign for long, and that others write.
func (h *Hub) expire() {
	h.mu.Lock()
	now := h.store.Now()
	for _, r := range h.rooms {
		for who, g := range r.people {
			switch {
			case !g.stays.After(now):
				delete(r.people, who)
			case !g.writes.IsZero() && !g.writes.After(now):
				g.writes = time.Time{}
			default:
				continue
			}
			h.stirred[r.number] = r
		}
		h.keep(r)
	}
	h.wait(now)
	h.mu.Unlock()
	h.stir()
}

// present lists who is in a room, by name.
func (r *room) present(now time.Time) []Present {
	var out []Present
	for id, g := range r.people {
		if g.stays.After(now) {
			out = append(out, Present{id, g.name, g.writes.After(now)})
		}
	}
	slices.SortFunc(out, func(a, b Present) int { return strings.Compare(a.Name+string(a.PersonID), b.Name+string(b.PersonID)) })
	return out
}

// told is a room as it is told.
type told struct {
	ticket guichet.ID
	number int64
	people []Present
}

// tellPresence tells the rooms in which something changed to those who handle their tickets.
func (h *Hub) tellPresence(ctx context.Context) {
	h.mu.Lock()
	now := h.store.Now()
	var list []told
	var news []store.TicketNews
	for _, r := range h.stirred {
		list = append(list, told{r.ticket, r.number, r.present(now)})
		news = append(news, store.TicketNews{TicketID: r.ticket})
	}
	clear(h.stirred)
	h.mu.Unlock()
	if len(list) == 0 {
		return
	}
	looks, err := h.read(ctx, news)
	if err != nil {
		h.log.WarnContext(ctx, "live: presence cannot be told", "error", err)
		return
	}
	for _, s := range h.all() {
		for i := range looks {
			if who, ok := s.handles(&looks[i], now); ok {
				j := slices.IndexFunc(list, func(t told) bool { return t.ticket == looks[i].now.ID })
				s.push(Message{Kind: Presence, At: now, Number: list[j].number, People: without(list[j].people, who)})
			}
		}
	}
}

func without(people []Present, who guichet.ID) []Present {
	return slices.DeleteFunc(slices.Clone(people), func(p Present) bool { return p.PersonID == who })
}

// handles reports whether the stream's reader handles a ticket, and who that is.
func (s *Stream) handles(l *look, now time.Time) (guichet.ID, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	actor := s.actor.At(now)
	return actor.Person.ID, !s.doubted && actor.Handles(l.now, l.place)
}

// Who lists who else is on some tickets, of those that the actor handles. Without anybody there it asks
// the database nothing.
func (h *Hub) Who(ctx context.Context, actor guichet.Actor, numbers ...int64) (map[int64][]Present, error) {
	if h == nil {
		return nil, nil
	}
	out := map[int64][]Present{}
	var news []store.TicketNews
	h.mu.Lock()
	now := h.store.Now()
	for _, n := range numbers {
		if r := h.rooms[n]; r != nil {
			out[n] = without(r.present(now), actor.Person.ID)
			news = append(news, store.TicketNews{TicketID: r.ticket})
		}
	}
	h.mu.Unlock()
	if len(news) == 0 {
		return nil, nil
	}
	looks, err := h.read(ctx, news)
	if err != nil {
		return nil, err
	}
	shown := map[int64][]Present{}
	for _, l := range looks {
		if actor.Handles(l.now, l.place) && len(out[l.now.Number]) > 0 {
			shown[l.now.Number] = out[l.now.Number]
		}
	}
	return shown, nil
}
