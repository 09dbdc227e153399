package ticketing

import (
	"context"
	"sync"
	"time"

	"guichet"
	"guichet/internal/store"
)

// sightings are those that wait to be written: to look at a ticket is no durable write. They count at once on this
// node; what a node loses that stops all at once shows a ticket as unread once more.
type sightings struct {
	mu      sync.Mutex
	waiting map[glimpse]int64
	bell    chan struct{}
}

type glimpse struct{ person, ticket guichet.ID }

const (
	// sightingsWait is how long sightings gather before they are written together.
	sightingsWait = 500 * time.Millisecond
	// maxSightings bounds those that wait: what comes beyond is noted at the next visit.
	maxSightings = 20_000
	// sightingsAtOnce bounds one transaction.
	sightingsAtOnce = 500
	// lastWrite is how long the last writing may take.
	lastWrite = 5 * time.Second
)

func newSightings() *sightings {
	return &sightings{waiting: map[glimpse]int64{}, bell: make(chan struct{}, 1)}
}

func (s *sightings) note(person, ticket guichet.ID, seq int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := glimpse{person, ticket}
	if _, known := s.waiting[g]; known || len(s.waiting) < maxSightings {
		s.waiting[g] = max(s.waiting[g], seq)
	}
	select {
	case s.bell <- struct{}{}:
	default:
	}
}

// of is how far a person read a ticket, as far as it waits here.
func (s *sightings) of(person, ticket guichet.ID) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting[glimpse{person, ticket}]
}

// apply lets what waits count in the rows of a list.
func (s *sightings) apply(person guichet.ID, rows []Row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		return
	}
	for i, r := range rows {
		if r.Unread && s.waiting[glimpse{person, r.ID}] >= r.LastSeq {
			rows[i].Unread = false
		}
	}
}

// some are those that one transaction writes.
func (s *sightings) some() []store.Sighting {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []store.Sighting
	for g, seq := range s.waiting {
		if len(out) == sightingsAtOnce {
			break
		}
		out = append(out, store.Sighting{PersonID: g.person, TicketID: g.ticket, Seq: seq})
	}
	return out
}

// written forgets what is in the database now, unless more was read meanwhile.
func (s *sightings) written(list []store.Sighting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range list {
		if g := (glimpse{x.PersonID, x.TicketID}); s.waiting[g] <= x.Seq {
			delete(s.waiting, g)
		}
	}
}

// Saw notes that the actor has a ticket on screen, up to its last event. Nothing is written when nothing of it is new.
func (d *Desk) Saw(actor guichet.Actor, v View) {
	if v.Agent && actor.Person.ID != "" && v.Seen < v.Ticket.LastSeq {
		d.seen.note(actor.Person.ID, v.Ticket.ID, v.Ticket.LastSeq)
	}
}

// SaveSightings writes what waits. Error: that of a database that is gone; what is refused otherwise is told as well,
// once the rest is written.
func (d *Desk) SaveSightings(ctx context.Context) error {
	var refused error
	for {
		list := d.seen.some()
		if len(list) == 0 {
			return refused
		}
		err := d.saveSightings(ctx, list)
		if gone(err) {
			return err
		}
		if err == nil {
			d.seen.written(list)
			continue
		}
		for _, one := range list { // one that is refused takes none of the others with it
			if err = d.saveSightings(ctx, []store.Sighting{one}); gone(err) {
				return err
			}
			d.seen.written([]store.Sighting{one}) // refused again and again if it were kept
			if err != nil {
				refused = err
			}
		}
	}
}

func (d *Desk) saveSightings(ctx context.Context, list []store.Sighting) error {
	return d.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveSightings(ctx, list) })
}

// gone reports the error of a database that cannot be reached now.
func gone(err error) bool { return err != nil && guichet.KindOf(err) == guichet.KindUnavailable }

// KeepSightings writes what was seen, a moment after, until ctx ends. What cannot be written waits for the next time.
func (d *Desk) KeepSightings(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-d.seen.bell:
			wait := time.NewTimer(sightingsWait)
			select {
			case <-ctx.Done():
			case <-wait.C:
			}
			wait.Stop()
			if ctx.Err() == nil {
				_ = d.SaveSightings(ctx) // every request tells of a database that is gone
			}
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
	defer cancel()
	_ = d.SaveSightings(last) // as above
}
