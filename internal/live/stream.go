package live

import (
	"context"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"guichet"
	"guichet/internal/store"
)

// Stream is what one browser listens to.
type Stream struct {
	session string
	person  guichet.ID
	check   Check
	out     chan Message
	done    chan struct{}
	missed  atomic.Bool
	over    atomic.Bool // the session has ended

	mu      sync.Mutex
	doubted bool // the session is being looked at
	actor   guichet.Actor
	scope   guichet.Scope
	ends    time.Time // of the session
	ending  time.Time // of the grant that ends first
	closing sync.Once
}

// Open makes a stream for a session, named by the hash of its token. What happened since a time is told
// again; with the zero time, nothing is. Errors: unauthenticated, denied when the person has too many.
func (h *Hub) Open(ctx context.Context, session string, since time.Time, check Check) (*Stream, error) {
	s := &Stream{session: session, check: check, out: make(chan Message, buffered), done: make(chan struct{})}
	actor, ends, err := check(ctx)
	if err != nil {
		return nil, err
	}
	s.person = actor.Person.ID
	s.adopt(actor, ends)
	list, whole, err := h.add(s, since)
	if err != nil {
		return nil, err
	}
	// What changed between the first look and the adding was told to nobody.
	if actor, ends, err = check(ctx); err != nil {
		h.Close(s)
		return nil, err
	}
	s.become(actor, ends, h.store.Now())
	s.push(Message{Kind: Hello, At: h.store.Now()})
	if whole {
		h.tell(ctx, list, []*Stream{s})
	} else {
		s.push(Message{Kind: Resync, At: h.store.Now()})
	}
	return s, nil
}

func (h *Hub) add(s *Stream, since time.Time) ([]store.TicketNews, bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	who := s.person
	if h.closed || len(h.streams) >= MaxStreams || h.people[who] >= MaxPerPerson {
		return nil, false, &guichet.Error{Kind: guichet.KindDenied, Code: "too_many_requests"}
	}
	h.streams[s] = struct{}{}
	h.people[who]++
	if since.IsZero() {
		return nil, true, nil
	}
	list, whole := h.since(since)
	return list, whole, nil
}

// Close ends a stream that nobody listens to any more.
func (h *Hub) Close(s *Stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, known := h.streams[s]; !known {
		return
	}
	delete(h.streams, s)
	delete(h.lookAt, s)
	who := s.person
	if h.people[who]--; h.people[who] <= 0 {
		delete(h.people, who)
	}
	s.end(false)
}

// Open streams, for the measures.
func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.streams)
}

// Messages are what the reader gets, until Done.
func (s *Stream) Messages() <-chan Message { return s.out }

// Done is closed when the stream ends; Over says then whether the session has.
func (s *Stream) Done() <-chan struct{} { return s.done }

// Over reports whether the session has ended.
func (s *Stream) Over() bool { return s.over.Load() }

// Missed reports, once, whether messages were dropped because they were not read in time.
func (s *Stream) Missed() bool { return s.missed.Swap(false) }

// Ends is when the session ends if nobody uses it.
func (s *Stream) Ends() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ends
}

func (s *Stream) end(over bool) {
	s.closing.Do(func() {
		s.over.Store(over)
		close(s.done)
	})
}

// push never waits.
func (s *Stream) push(m Message) {
	select {
	case s.out <- m:
	default:
		s.missed.Store(true)
	}
}

func (s *Stream) doubt(doubted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doubted = doubted
}

func (s *Stream) adopt(actor guichet.Actor, ends time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(actor, ends)
}

func (s *Stream) set(actor guichet.Actor, ends time.Time) {
	s.actor, s.scope, s.ends, s.ending, s.doubted = actor, actor.Scope(), ends, time.Time{}, false
	for _, g := range actor.Grants {
		if !g.EndsAt.IsZero() && (s.ending.IsZero() || g.EndsAt.Before(s.ending)) {
			s.ending = g.EndsAt
		}
	}
}

// become takes the actor's present rights; when they are others than before, what is shown is looked at again.
func (s *Stream) become(actor guichet.Actor, ends, now time.Time) {
	s.mu.Lock()
	before, grants := s.scope, s.actor.Grants
	s.set(actor, ends)
	same := reflect.DeepEqual(before, s.scope) && reflect.DeepEqual(grants, actor.Grants)
	s.mu.Unlock()
	if s.missed.Swap(false) || !same {
		s.push(Message{Kind: Resync, At: now})
	}
}

// judge decides by the rights of this very moment.
func (s *Stream) judge(l *look, now time.Time) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.doubted {
		s.missed.Store(true)
		return Message{}, false
	}
	if !s.ending.IsZero() && !now.Before(s.ending) {
		s.set(s.actor.At(now), s.ends)
	}
	return judge(s.actor, s.scope, l)
}
