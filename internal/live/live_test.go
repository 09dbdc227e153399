package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guichet"
	"guichet/internal/live"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// node is a running hub on a database.
type node struct {
	*testing.T
	ctx   context.Context
	store *store.Store
	desk  *ticketing.Desk
	hub   *live.Hub

	witness *reader // reads everything
}

// newNode starts a hub; its end is waited for, so that nothing of it is left behind.
func newNode(t *testing.T, s *store.Store) *node {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	n := &node{T: t, ctx: ctx, store: s, desk: ticketing.New(s), hub: live.New(s, slog.New(slog.DiscardHandler))}
	ended := make(chan struct{}, 2)
	go func() { n.hub.Run(ctx); ended <- struct{}{} }()
	n.witness = n.listens(Fay, time.Time{})
	go func() { _ = s.Listen(ctx); ended <- struct{}{} }()
	t.Cleanup(func() { stop(); <-ended; <-ended })
	if os.Getenv("GUICHET_TEST_POSTGRES") != "" {
		n.witness.expect(live.Resync) // the node begins to listen to the others
	}
	return n
}

// settled waits until the hub has told all that was done.
func (n *node) settled() {
	n.Helper()
	n.witness.until(n.open(Fay).Number)
}

func filled(t *testing.T) *store.Store {
	s := Open(t, nil)
	Fill(t, s)
	return s
}

// reader is a person with a stream.
type reader struct {
	*node
	who    guichet.ID
	stream *live.Stream
	ended  atomic.Bool // what the check says of the session
}

var errEnded = &guichet.Error{Kind: guichet.KindUnauthenticated, Code: "account.session_ended"}

// listens opens a stream for a person, named by the session "of-WHO".
func (n *node) listens(who guichet.ID, since time.Time) *reader {
	n.Helper()
	r := &reader{node: n, who: who}
	var err error
	r.stream, err = n.hub.Open(n.ctx, "of-"+string(who), since, r.check)
	if err != nil {
		n.Fatalf("%s: %v", who, err)
	}
	n.Cleanup(func() { n.hub.Close(r.stream) })
	r.expect(live.Hello)
	return r
}

func (r *reader) check(ctx context.Context) (guichet.Actor, time.Time, error) {
	if r.ended.Load() {
		return guichet.Actor{}, time.Time{}, errEnded
	}
	var a guichet.Actor
	err := r.store.Read(ctx, func(tx *store.Tx) (err error) {
		a, err = tx.Actor(ctx, r.who, guichet.ChannelPortal)
		return err
	})
	if guichet.KindOf(err) == guichet.KindNotFound && err != nil {
		err = errEnded
	}
	return a, time.Now().Add(time.Hour), err
}

// next is the next message; the bound is for a test that would wait for ever.
func (r *reader) next() live.Message {
	r.Helper()
	select {
	case m := <-r.stream.Messages():
		return m
	case <-time.After(20 * time.Second):
		r.Fatalf("%s waits in vain", r.who)
		return live.Message{}
	}
}

func (r *reader) expect(kind live.Kind) live.Message {
	r.Helper()
	m := r.next()
	if m.Kind != kind {
		r.Fatalf("%s gets %+v, want %s", r.who, m, kind)
	}
	return m
}

// ends waits for the end of the stream.
func (r *reader) ends(over bool) {
	r.Helper()
	select {
	case <-r.stream.Done():
	case <-time.After(20 * time.Second):
		r.Fatalf("the stream of %s does not end", r.who)
	}
	if r.stream.Over() != over {
		r.Errorf("%s: the session is over: %v, want %v", r.who, r.stream.Over(), over)
	}
}

// mark makes something that the reader is told of for certain, so that what comes before is all there was.
func (r *reader) mark() int64 {
	r.Helper()
	return r.open(r.who).Number
}

// until reads the messages about a ticket up to the mark.
func (r *reader) until(mark int64) []live.Message {
	r.Helper()
	var out []live.Message
	for {
		m := r.next()
		if m.Number == mark && m.Kind == live.Ticket {
			return out
		}
		out = append(out, m)
	}
}

func (n *node) actor(who guichet.ID) guichet.Actor { return Actor(n.T, n.store, who) }

func (n *node) open(who guichet.ID) guichet.Ticket {
	n.Helper()
	t, err := n.desk.Open(n.ctx, n.actor(who), ticketing.Open{Service: Moodle, Kind: guichet.KindIncident, Title: "Le cours", Description: "Il ne s’ouvre pas."})
	if err != nil {
		n.Fatal(err)
	}
	return t
}

func (n *node) do(who guichet.ID, t guichet.Ticket, act guichet.Act) {
	n.Helper()
	if _, err := n.desk.Do(n.ctx, n.actor(who), t.Number, act); err != nil {
		n.Fatalf("%s %s: %v", who, act.Action, err)
	}
}

func (n *node) say(who guichet.ID, t guichet.Ticket, text string, internal bool) {
	n.Helper()
	if _, err := n.desk.FollowUp(n.ctx, n.actor(who), t.Number, ticketing.FollowUp{Text: text, Internal: internal}); err != nil {
		n.Fatalf("%s says %q: %v", who, text, err)
	}
}

func (n *node) write(f func(*store.Tx) error) {
	n.Helper()
	if err := n.store.Write(n.ctx, f); err != nil {
		n.Fatal(err)
	}
}

// pool opens a ticket of Rita that waits in the pool of the support team.
func (n *node) pool() guichet.Ticket {
	n.Helper()
	t := n.open(Rita)
	n.do(Mona, t, guichet.Act{Action: guichet.ActionAssign, TeamID: Support})
	n.settled()
	return t
}

func kindsOf(list []live.Message, number int64) string {
	var out []string
	for _, m := range list {
		if m.Number != number {
			continue
		}
		if m.Kind == live.Gone {
			out = append(out, "gone")
		}
		for _, e := range m.Events {
			out = append(out, string(e.Kind))
		}
	}
	return strings.Join(out, " ")
}

// TestWhoIsToldWhat: those who handle a ticket are told everything, its requester only what is not internal,
// a stranger nothing, not even that something happened.
func TestWhoIsToldWhat(t *testing.T) {
	n := newNode(t, filled(t))
	ticket := n.pool()
	ann, rita, stan := n.listens(Ann, time.Time{}), n.listens(Rita, time.Time{}), n.listens(Stan, time.Time{})
	n.say(Bob, ticket, "Entre nous.", true)
	n.say(Bob, ticket, "Bonjour Rita.", false)
	n.do(Ann, ticket, guichet.Act{Action: guichet.ActionClaim})
	marks := map[*reader]int64{ann: 0, rita: 0, stan: 0}
	for r := range marks {
		marks[r] = r.mark()
	}
	for r, want := range map[*reader]string{ann: "noted followed_up claimed", rita: "followed_up claimed", stan: ""} {
		list := r.until(marks[r])
		if got := kindsOf(list, ticket.Number); got != want {
			t.Errorf("%s is told %q, want %q", r.who, got, want)
		}
		for _, m := range list {
			if m.Number == ticket.Number && (m.Version != 0) != (r == ann) {
				t.Errorf("%s is told version %d", r.who, m.Version)
			}
			if r == stan {
				t.Errorf("a stranger is told %+v", m)
			}
			for _, e := range m.Events {
				if e.Kind == guichet.EventFollowedUp && (e.Who != "Bob Noël" || e.Mine) || e.Kind == guichet.EventClaimed && e.Mine != (r == ann) {
					t.Errorf("%s: %+v", r.who, e)
				}
			}
		}
	}
}

// TestATicketThatLeaves: whoever loses sight of a ticket is told that it is gone, and nothing more of it.
func TestATicketThatLeaves(t *testing.T) {
	n := newNode(t, filled(t))
	ticket := n.pool()
	bob, cleo, fay := n.listens(Bob, time.Time{}), n.listens(Cleo, time.Time{}), n.listens(Fay, time.Time{})
	n.do(Mona, ticket, guichet.Act{Action: guichet.ActionAssign, TeamID: NetworkTeam, Text: "C’est le réseau."})
	if m := bob.expect(live.Gone); m.Number != ticket.Number || len(m.Events) > 0 || m.Version != 0 {
		t.Errorf("who loses it is told %+v", m)
	}
	for _, r := range []*reader{cleo, fay} {
		if m := r.expect(live.Ticket); m.Number != ticket.Number || len(m.Events) == 0 {
			t.Errorf("%s is told %+v", r.who, m)
		}
	}
	n.say(Cleo, ticket, "Vu.", false)
	mark := bob.mark()
	if list := bob.until(mark); len(list) > 0 {
		t.Errorf("after it left: %+v", list)
	}
}

// TestWhoIsTakenOutOfCopy: whoever is put in copy is told from then on, and that it is over when it is.
func TestWhoIsTakenOutOfCopy(t *testing.T) {
	n := newNode(t, filled(t))
	ticket := n.pool()
	stan := n.listens(Stan, time.Time{})
	for _, in := range []ticketing.Observing{{Add: []string{string(Stan)}}, {Remove: []guichet.ID{Stan}}} {
		if _, err := n.desk.Observe(n.ctx, n.actor(Ann), ticket.Number, in); err != nil {
			t.Fatal(err)
		}
		n.say(Ann, ticket, "Un mot.", false)
	}
	if got := kindsOf(stan.until(stan.mark()), ticket.Number); got != "observer_added followed_up gone" {
		t.Errorf("told %q", got)
	}
}

// TestWhatCouldNotLeaveIsLookedAt: the pages of its author are looked at again, nobody else's.
func TestWhatCouldNotLeaveIsLookedAt(t *testing.T) {
	n := newNode(t, filled(t))
	ann, bob := n.listens(Ann, time.Time{}), n.listens(Bob, time.Time{})
	n.write(func(tx *store.Tx) error { tx.LookAgain(Ann); return nil })
	ann.expect(live.Resync)
	if list := bob.until(bob.mark()); len(list) > 0 {
		t.Errorf("somebody else is told %+v", list)
	}
}

// TestRightsAreThoseOfTheMoment: a role taken back stops at once, a role given begins at once, and a session
// that ended closes the stream.
func TestRightsAreThoseOfTheMoment(t *testing.T) {
	n := newNode(t, filled(t))
	ticket := n.pool()
	ann, stan := n.listens(Ann, time.Time{}), n.listens(Stan, time.Time{})
	n.write(func(tx *store.Tx) error { return tx.LeaveTeam(n.ctx, Support, Ann) })
	ann.expect(live.Resync)
	n.write(func(tx *store.Tx) error {
		return tx.SaveGrant(n.ctx, guichet.Grant{ID: "new", PersonID: Stan, RoleID: "moderator"})
	})
	stan.expect(live.Resync)
	n.say(Bob, ticket, "Entre nous.", true)
	if m := stan.expect(live.Ticket); kindsOf([]live.Message{m}, ticket.Number) != "noted" {
		t.Errorf("with the new role: %+v", m)
	}
	if list := ann.until(ann.mark()); len(list) > 0 {
		t.Errorf("without the team: %+v", list)
	}
	stan.ended.Store(true)
	n.write(func(tx *store.Tx) error { return tx.EndSession(n.ctx, "of-stan") })
	stan.ends(true)
	n.write(func(tx *store.Tx) error {
		p, err := tx.Person(n.ctx, Ann)
		if err != nil {
			return err
		}
		p.Active = false
		return tx.SavePerson(n.ctx, p)
	})
	ann.ends(true)
}

// TestAGrantEndsByItself: nobody writes anything when the time of a grant is over.
func TestAGrantEndsByItself(t *testing.T) {
	clock := NewClock()
	s := Open(t, clock.Now)
	Fill(t, s)
	n := newNode(t, s)
	ticket := n.pool()
	n.write(func(tx *store.Tx) error {
		return tx.SaveGrant(n.ctx, guichet.Grant{ID: "short", PersonID: Stan, RoleID: "moderator", EndsAt: clock.Now().Add(time.Hour)})
	})
	n.settled()
	stan := n.listens(Stan, time.Time{})
	n.say(Bob, ticket, "Un.", false)
	stan.expect(live.Ticket)
	clock.Add(2 * time.Hour)
	n.say(Bob, ticket, "Deux.", false)
	if list := stan.until(stan.mark()); len(list) > 0 {
		t.Errorf("after its end: %+v", list)
	}
}

// TestASlowReaderLooksAgain: who does not read holds nobody up, and is told that something was missed.
func TestASlowReaderLooksAgain(t *testing.T) {
	n := newNode(t, filled(t))
	ticket := n.pool()
	slow, quick := n.listens(Ann, time.Time{}), n.listens(Bob, time.Time{})
	for i := range 80 {
		n.say(Mona, ticket, fmt.Sprint("Message ", i), false)
		if m := quick.expect(live.Ticket); m.Number != ticket.Number {
			t.Fatalf("%+v", m)
		}
	}
	read := 0
	for range 64 {
		slow.next()
		read++
	}
	if !slow.stream.Missed() || slow.stream.Missed() {
		t.Errorf("after %d messages of 80 nothing is said to be missed, or twice", read)
	}
}

// TestWhoComesBack is told what happened meanwhile, by today's rights, or to look again when that is too long ago.
func TestWhoComesBack(t *testing.T) {
	clock := NewClock()
	s := Open(t, clock.Now)
	Fill(t, s)
	n := newNode(t, s)
	ticket := n.pool()
	clock.Add(time.Minute)
	left := clock.Now()
	n.say(Mona, ticket, "Pendant l’absence.", false)
	n.say(Mona, ticket, "Entre nous.", true)
	n.settled()
	if m := n.listens(Ann, left).expect(live.Ticket); !strings.Contains(kindsOf([]live.Message{m}, ticket.Number), "followed_up noted") {
		t.Errorf("an agent is told %+v", m)
	}
	if m := n.listens(Rita, left).expect(live.Ticket); strings.Contains(kindsOf([]live.Message{m}, ticket.Number), "noted") || m.Version != 0 {
		t.Errorf("the requester is told %+v", m)
	}
	n.listens(Ann, left.Add(-time.Hour)).expect(live.Resync)
	fresh := n.listens(Ann, time.Time{})
	if list := fresh.until(fresh.mark()); len(list) > 0 {
		t.Errorf("a new page is told of the past: %+v", list)
	}
}

// TestOnePersonHasNotEveryStream bounds what one person takes.
func TestOnePersonHasNotEveryStream(t *testing.T) {
	n := newNode(t, filled(t))
	var first *reader
	for range live.MaxPerPerson {
		first = n.listens(Ann, time.Time{})
	}
	if _, err := n.hub.Open(n.ctx, "one more", time.Time{}, first.check); guichet.CodeOf(err) != "too_many_requests" {
		t.Errorf("one stream more: %v", err)
	}
	n.listens(Bob, time.Time{})
	n.hub.Close(first.stream)
	n.listens(Ann, time.Time{})
}

// TestNothingIsLeftBehind: streams and hubs that end leave no goroutine.
func TestNothingIsLeftBehind(t *testing.T) {
	s := filled(t)
	before := runtime.NumGoroutine()
	for range 3 {
		t.Run("hub", func(t *testing.T) {
			n := newNode(t, s)
			r := n.listens(Ann, time.Time{})
			n.pool()
			r.expect(live.Ticket)
			if err := n.hub.Be(n.ctx, n.actor(Ann), 1, live.Views, "page"); err != nil {
				t.Fatal(err)
			}
		})
	}
	for range 200 {
		if runtime.NumGoroutine() <= before+1 { // a connection of the database may close a moment later
			return
		}
		runtime.Gosched()
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// TestAStoppedHubEndsItsStreams, and opens none.
func TestAStoppedHubEndsItsStreams(t *testing.T) {
	s := filled(t)
	ctx, stop := context.WithCancel(context.Background())
	hub := live.New(s, slog.New(slog.DiscardHandler))
	r := &reader{node: &node{T: t, ctx: context.Background(), store: s, hub: hub}, who: Ann}
	var err error
	if r.stream, err = hub.Open(ctx, "x", time.Time{}, r.check); err != nil {
		t.Fatal(err)
	}
	stop()
	hub.Run(ctx)
	r.ends(false)
	if _, err := hub.Open(context.Background(), "y", time.Time{}, r.check); err == nil {
		t.Error("a stopped hub opens a stream")
	}
}
