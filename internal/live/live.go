// Package live tells browsers what has just happened, after it was committed: each stream gets what its
// reader may see at that moment, and nothing else. The streams of a node share one look at the database
// per ticket that changes, however many they are.
package live

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"guichet"
	"guichet/internal/store"
)

// Kind says what a message is.
type Kind string

// The kinds of messages.
const (
	Hello    Kind = "hello"    // the stream is open
	Ticket   Kind = "ticket"   // something happened to a ticket
	Gone     Kind = "gone"     // a ticket is no longer to be seen
	Presence Kind = "presence" // who is on a ticket now
	Resync   Kind = "resync"   // something was missed: look again at all that is shown
	End      Kind = "end"      // the session has ended
)

// Message is what a stream gets.
type Message struct {
	Kind    Kind
	At      time.Time // from when another stream may go on after this message
	Number  int64
	Version int64 // of the ticket, for those who handle it: the requester's side is not told how often it moves
	Events  []Happened
	People  []Present
}

// Happened is an event that the reader may know of.
type Happened struct {
	Kind guichet.EventKind
	Who  string // empty: the desk itself
	Mine bool   // the reader did it
}

// Check says who a session belongs to and when it ends, without prolonging it. Error: unauthenticated when
// it has ended.
type Check func(context.Context) (guichet.Actor, time.Time, error)

// Bounds of a hub.
const (
	MaxPerPerson = 12     // streams of one person: a browser has one
	MaxStreams   = 20_000 // of one node
	buffered     = 64     // messages that wait for a slow reader; beyond, it is told to look again
	remembered   = 4096   // changes that may be told again to who comes back
	replayed     = 64     // tickets told again at most
	skew         = 2 * time.Second
	checks       = 8 // sessions looked at at once
	again        = 2 * time.Second
)

// Hub tells the streams of one node what happens.
type Hub struct {
	store *store.Store
	log   *slog.Logger

	mu       sync.Mutex
	streams  map[*Stream]struct{}
	people   map[guichet.ID]int // streams of each
	closed   bool
	recent   []change  // oldest first
	from     time.Time // from when recent lacks nothing
	rooms    map[int64]*room
	stirred  map[int64]*room // whose presence is to be told
	stirs    chan struct{}
	lookAt   map[*Stream]struct{} // whose session is to be looked at
	expiring *time.Timer
}

// change is a piece of news with the time at which this node had it.
type change struct {
	at   time.Time
	news store.TicketNews
}

// New makes a hub; it tells nothing before Run.
func New(s *store.Store, log *slog.Logger) *Hub {
	s.FollowNews()
	h := &Hub{store: s, log: log, streams: map[*Stream]struct{}{}, people: map[guichet.ID]int{}, from: s.Now(),
		rooms: map[int64]*room{}, stirred: map[int64]*room{}, stirs: make(chan struct{}, 1), lookAt: map[*Stream]struct{}{}}
	h.expiring = time.AfterFunc(time.Hour, h.expire)
	h.expiring.Stop()
	return h
}

// Run tells what happens until ctx ends; then every stream is closed.
func (h *Hub) Run(ctx context.Context) {
	news := make(chan store.News)
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			n, err := h.store.NextNews(ctx)
			if err != nil {
				return
			}
			select {
			case news <- n:
			case <-ctx.Done():
			}
		}
	})
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case n := <-news:
			h.hear(ctx, n)
		case <-h.stirs:
			h.settle(ctx)
		}
	}
	reading.Wait()
	h.close()
}

func (h *Hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	h.expiring.Stop()
	for s := range h.streams {
		s.end(false)
	}
}

// hear takes news: first what it says of rights, so that what follows is told by the present ones.
func (h *Hub) hear(ctx context.Context, n store.News) {
	h.mu.Lock()
	if n.Lost {
		h.recent, h.from = nil, h.store.Now()
	}
	for s := range h.streams {
		if n.Everyone || n.Lost || slices.Contains(n.People, s.person) || slices.Contains(n.Sessions, s.session) {
			h.lookAt[s] = struct{}{}
		}
	}
	h.mu.Unlock()
	h.settle(ctx)
	for _, w := range n.Words {
		h.obey(w)
	}
	if n.Lost || len(n.Again) > 0 {
		h.resync(func(s *Stream) bool { return n.Lost || slices.Contains(n.Again, s.person) })
	}
	if len(n.Tickets) > 0 {
		h.remember(n.Tickets)
		h.tell(ctx, n.Tickets, h.all())
	}
}

// settle does what waits: the sessions to look at, and the presence to tell.
func (h *Hub) settle(ctx context.Context) {
	h.mu.Lock()
	list := h.lookAt
	h.lookAt = map[*Stream]struct{}{}
	h.mu.Unlock()
	var work sync.WaitGroup
	slots := make(chan struct{}, checks)
	for s := range list {
		slots <- struct{}{}
		work.Go(func() {
			defer func() { <-slots }()
			h.look(ctx, s)
		})
	}
	work.Wait()
	h.tellPresence(ctx)
}

func (h *Hub) stir() {
	select {
	case h.stirs <- struct{}{}:
	default: // it is about to look already
	}
}

// look asks again who the session of a stream belongs to. While that is not known the stream gets nothing.
func (h *Hub) look(ctx context.Context, s *Stream) {
	s.doubt(true)
	actor, ends, err := s.check(ctx)
	switch {
	case err == nil:
		s.become(actor, ends, h.store.Now())
	case guichet.KindOf(err) == guichet.KindUnauthenticated:
		s.end(true)
		h.leave(s)
	case ctx.Err() == nil:
		h.log.WarnContext(ctx, "live: a session cannot be looked at", "error", err)
		time.AfterFunc(again, func() { h.Look(s) })
	}
}

// Look has the session of a stream looked at again: its end was said to be now.
func (h *Hub) Look(s *Stream) {
	h.mu.Lock()
	_, known := h.streams[s]
	if known {
		h.lookAt[s] = struct{}{}
	}
	h.mu.Unlock()
	if known {
		h.stir()
	}
}

func (h *Hub) all() []*Stream {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]*Stream, 0, len(h.streams))
	for s := range h.streams {
		out = append(out, s)
	}
	return out
}

// resync has what some streams show looked at again.
func (h *Hub) resync(which func(*Stream) bool) {
	for _, s := range h.all() {
		if which(s) {
			s.push(Message{Kind: Resync, At: h.store.Now()})
		}
	}
}

func (h *Hub) remember(list []store.TicketNews) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.store.Now()
	for _, n := range list {
		h.recent = append(h.recent, change{now, n})
	}
	if over := len(h.recent) - remembered; over > 0 {
		h.from = h.recent[over-1].at.Add(time.Microsecond)
		h.recent = slices.Delete(h.recent, 0, over)
	}
}

// since lists what happened since a time, one piece per ticket; whole is false when not all is known.
func (h *Hub) since(at time.Time) (list []store.TicketNews, whole bool) {
	at = at.Add(-skew)
	i, _ := slices.BinarySearchFunc(h.recent, at, func(c change, t time.Time) int { return c.at.Compare(t) })
	for _, c := range h.recent[i:] {
		list = append(list, c.news)
	}
	list = merged(list)
	return list, !at.Before(h.from) && len(list) <= replayed
}

// merged gathers the news of each ticket: where it stood first counts.
func merged(list []store.TicketNews) []store.TicketNews {
	at := map[guichet.ID]int{}
	var out []store.TicketNews
	for _, n := range list {
		i, known := at[n.TicketID]
		if !known {
			at[n.TicketID] = len(out)
			n.Events = slices.Clone(n.Events)
			out = append(out, n)
			continue
		}
		first := &out[i]
		first.Events = append(first.Events, n.Events...)
		first.Left = append(slices.Clone(first.Left), n.Left...)
		if n.Moved && !first.Moved {
			first.Moved, first.TeamID, first.ServiceID = true, n.TeamID, n.ServiceID
		}
	}
	return out
}
