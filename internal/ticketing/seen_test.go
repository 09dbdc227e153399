package ticketing_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// unread lists the tickets in which a person's list marks something new.
func (s *stage) unread(person guichet.ID) []int64 {
	s.Helper()
	page, err := s.desk.List(s.ctx, s.actor(person), ticketing.Query{SeenBy: person, Order: guichet.Order{By: guichet.OrderNumber}, Unfinished: true})
	if err != nil {
		s.Fatal(err)
	}
	var out []int64
	for _, r := range page.Rows {
		if r.Unread {
			out = append(out, r.Number)
		}
	}
	s.findsInEach(person, "nouveau:oui statut:non-clos", out)
	return out
}

// findsInEach checks that a query finds some tickets, in every order that it may run, and that they are counted so.
func (s *stage) findsInEach(person guichet.ID, text string, want []int64) {
	s.Helper()
	q := ticketing.Query{SeenBy: person, Query: Asked(text)}
	for _, key := range q.Orders() {
		q.Order = guichet.Order{By: key}
		page, err := s.desk.List(s.ctx, s.actor(person), q)
		if err != nil {
			s.Fatal(err)
		}
		var out []int64
		for _, r := range page.Rows {
			out = append(out, r.Number)
		}
		if slices.Sort(out); !slices.Equal(out, want) {
			s.Errorf("%s finds %v for %s by %s, want %v", person, out, text, key, want)
		}
	}
}

// What holds something new is found by it, finished or not, and the others by its contrary; who only asked or follows
// finds nothing new, as nothing is marked for them.
func TestWhatIsNewIsFound(t *testing.T) {
	s := newStage(t)
	a, b, c := s.open(Rita, ticketing.Open{Service: Wifi}), s.open(Stan, ticketing.Open{Service: Wifi}), s.open(Stan, ticketing.Open{Service: Wifi})
	for _, x := range []guichet.Ticket{a, b} {
		s.visits(Max, x)
	}
	s.must(s.desk.SaveSightings(s.ctx))
	s.findsInEach(Max, "nouveau:oui", []int64{c.Number})
	s.findsInEach(Max, "unread:no", []int64{a.Number, b.Number})
	s.findsInEach(Max, "-new:yes", []int64{a.Number, b.Number})
	s.findsInEach(Max, "nouveau:oui,non", []int64{a.Number, b.Number, c.Number})
	s.findsInEach(Max, "nouveau:oui statut:terminé", nil)
	for _, x := range []guichet.Ticket{a, c} {
		who := x.RequesterID
		s.do(who, x, guichet.StateCancelled, guichet.Act{Action: guichet.ActionCancel, Text: "Trouvé."})
	}
	s.findsInEach(Max, "nouveau:oui", []int64{a.Number}) // c was never opened, and asks for nothing any more
	s.findsInEach(Max, "nouveau:oui statut:terminé", []int64{a.Number})
	s.findsInEach(Max, "nouveau:oui panne", nil)
	s.findsInEach(Max, "nouveau:oui statut:ouvert", nil)
	s.visits(Max, a)
	s.findsInEach(Max, "nouveau:oui", nil)
	s.findsInEach(Rita, "nouveau:oui", nil)
	s.findsInEach(Rita, "nouveau:non", []int64{a.Number})
	counts, err := s.desk.Counts(s.ctx, s.actor(Cleo), []ticketing.Query{{Query: Asked("nouveau:oui")}})
	if err != nil || counts[0].N != 1 || counts[0].AtLeast {
		t.Errorf("counted %+v, %v", counts, err)
	}
}

// visits opens a ticket as its page does, and returns how far it was read before.
func (s *stage) visits(person guichet.ID, t guichet.Ticket) int64 {
	s.Helper()
	v := s.view(person, t)
	s.desk.Saw(s.actor(person), v)
	return v.Seen
}

// A ticket is unread until it is opened, and again when somebody else does something; what one does oneself is no news.
// It is the same before what was seen is written, after, and on another node.
func TestUnreadIsWhatOthersDidSinceTheLastVisit(t *testing.T) {
	for name, write := range map[string]bool{"waiting": false, "written": true} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			keep := func() {
				if write {
					s.must(s.desk.SaveSightings(s.ctx))
					s.desk = ticketing.New(s.store)
				}
			}
			a, b := s.open(Rita, ticketing.Open{Service: Wifi}), s.open(Stan, ticketing.Open{Service: Wifi})
			same(t, "never opened", s.unread(Max), []int64{a.Number, b.Number})
			if seen := s.visits(Max, a); seen != 0 {
				t.Errorf("the first visit was the one of %d", seen)
			}
			keep()
			same(t, "one opened", s.unread(Max), []int64{b.Number})
			same(t, "a colleague", s.unread(Fay), []int64{a.Number, b.Number})
			s.say(Max, a, ticketing.FollowUp{Text: "Je regarde."})
			keep()
			if write { // his own doing
				same(t, "what he said himself", s.unread(Max), []int64{b.Number})
			}
			at := s.now(a).LastSeq
			s.visits(Max, a)
			keep()
			s.say(Rita, a, ticketing.FollowUp{Text: "Merci."})
			same(t, "an answer", s.unread(Max), []int64{a.Number, b.Number})
			if seen := s.visits(Max, a); seen != at {
				t.Errorf("he is said to have read up to %d, want %d", seen, at)
			}
			keep()
			same(t, "read again", s.unread(Max), []int64{b.Number})
			if seen := s.visits(Max, a); seen != s.now(a).LastSeq {
				t.Error("the last visit is forgotten")
			}
		})
	}
}

// What somebody has only asked for is not marked in the list of the desk: it opens on the portal, where no visit counts.
// Who handles it has news of an internal note, too.
func TestWhatOneOnlyAskedForIsNotMarked(t *testing.T) {
	s := newStage(t)
	own := s.open(Ann, ticketing.Open{Service: Wifi}) // a technician elsewhere, as requester
	s.must(s.store.Write(s.ctx, func(tx *store.Tx) error {
		return tx.SaveSightings(s.ctx, []store.Sighting{{PersonID: Fay, TicketID: own.ID, Seq: own.LastSeq}})
	}))
	s.say(Max, own, ticketing.FollowUp{Text: "Demande étrange.", Internal: true})
	same(t, "who handles it", s.unread(Fay), []int64{own.Number})
	s.say(Max, own, ticketing.FollowUp{Text: "Bonjour."})
	if v := s.view(Ann, own); v.Agent {
		t.Fatal("she handles it")
	}
	same(t, "who only asked", s.unread(Ann), nil)
}

// The sightings are swept in turns, each of which goes on where the one before it ended.
func TestSightingsAreSweptInTurns(t *testing.T) {
	s := newStage(t)
	var list []store.Sighting
	for i := range 5 {
		ticket := s.open(Rita, ticketing.Open{Service: Wifi})
		if i != 2 {
			s.do(Rita, ticket, guichet.StateCancelled, guichet.Act{Action: guichet.ActionCancel, Text: "Trouvé."})
		}
		list = append(list, store.Sighting{PersonID: Max, TicketID: ticket.ID, Seq: 1})
	}
	s.must(s.store.Write(s.ctx, func(tx *store.Tx) error { return tx.SaveSightings(s.ctx, list) }))
	var turns []int
	for at := (store.Sighting{}); ; {
		s.must(s.store.Write(s.ctx, func(tx *store.Tx) error {
			next, n, err := tx.SweepSightings(s.ctx, at, tx.Now.Add(time.Hour), 2)
			at, turns = next, append(turns, n)
			return err
		}))
		if at.PersonID == "" || len(turns) > 5 {
			break
		}
	}
	if len(turns) != 3 || slices.Max(turns) > 2 || turns[0]+turns[1]+turns[2] != 4 {
		t.Errorf("five looked at two by two, of which four had ended: %v forgotten", turns)
	}
}

// What ended is not marked for who never opened it; who opened it is forgotten a while after, and it stays quiet.
func TestWhatEndedIsQuiet(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{Service: Wifi})
	s.visits(Max, ticket)
	s.must(s.desk.SaveSightings(s.ctx))
	s.do(Rita, ticket, guichet.StateCancelled, guichet.Act{Action: guichet.ActionCancel, Text: "Trouvé."})
	marked := func(person guichet.ID) bool {
		page, err := s.desk.List(s.ctx, s.actor(person), ticketing.Query{SeenBy: person, Final: true})
		if err != nil || len(page.Rows) != 1 {
			t.Fatalf("%d rows, %v", len(page.Rows), err)
		}
		return page.Rows[0].Unread
	}
	if !marked(Max) || marked(Fay) {
		t.Errorf("marked for who had opened it %v, for who had not %v", marked(Max), marked(Fay))
	}
	s.later(time.Hour)
	sweep := func(before time.Time) (n int) {
		s.must(s.store.Write(s.ctx, func(tx *store.Tx) (err error) {
			_, n, err = tx.SweepSightings(s.ctx, store.Sighting{}, before, 100)
			return err
		}))
		return n
	}
	if n := sweep(s.now(ticket).UpdatedAt); n != 0 {
		t.Errorf("%d forgotten too early", n)
	}
	if n := sweep(s.now(ticket).UpdatedAt.Add(time.Second)); n != 1 || marked(Max) {
		t.Errorf("%d forgotten, marked %v", n, marked(Max))
	}
}

// What was seen is written when the program ends, and a database that is gone keeps it waiting.
func TestSightingsAreWrittenAtTheEnd(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{Service: Wifi})
	s.visits(Max, ticket)
	ctx, stop := context.WithCancel(s.ctx)
	stop()
	if err := s.desk.SaveSightings(ctx); err == nil {
		t.Fatal("written after the end")
	}
	s.desk.KeepSightings(ctx)
	s.desk = ticketing.New(s.store)
	if v := s.view(Max, ticket); v.Seen != ticket.LastSeq {
		t.Errorf("read up to %d, want %d", v.Seen, ticket.LastSeq)
	}
}

// A sighting that is refused, as of a ticket that is gone, takes none of the others with it and waits no longer.
func TestASightingThatIsRefusedTakesNoOtherWithIt(t *testing.T) {
	s := newStage(t)
	var tickets []guichet.Ticket
	for range 3 {
		ticket := s.open(Rita, ticketing.Open{Service: Wifi})
		s.visits(Max, ticket)
		tickets = append(tickets, ticket)
	}
	s.desk.Saw(s.actor(Max), ticketing.View{Agent: true, Ticket: guichet.Ticket{ID: "gone", LastSeq: 9}})
	if err := s.desk.SaveSightings(s.ctx); err == nil {
		t.Error("what was refused is not told")
	}
	s.must(s.desk.SaveSightings(s.ctx))
	s.desk = ticketing.New(s.store)
	for _, ticket := range tickets {
		if v := s.view(Max, ticket); v.Seen != ticket.LastSeq {
			t.Errorf("%d read up to %d, want %d", ticket.Number, v.Seen, ticket.LastSeq)
		}
	}
}
