package live_test

import (
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/live"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

func namesOf(people []live.Present) string {
	var out []string
	for _, p := range people {
		name := p.Name
		if p.Writing {
			name += " writes"
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

func (n *node) be(who guichet.ID, t guichet.Ticket, state live.State) {
	n.Helper()
	if err := n.hub.Be(n.ctx, n.actor(who), t.Number, state, "page"); err != nil {
		n.Fatalf("%s %s: %v", who, state, err)
	}
}

// present reads messages until one of presence, and says whom it names.
func (r *reader) present() string {
	r.Helper()
	for {
		if m := r.next(); m.Kind == live.Presence {
			return namesOf(m.People)
		}
	}
}

// TestPresence: colleagues see who looks and who writes, until that is over; nobody sees himself, the
// requester sees nobody, and neither looks nor writes for the others.
func TestPresence(t *testing.T) {
	clock := NewClock()
	s := Open(t, clock.Now)
	Fill(t, s)
	n := newNode(t, s)
	ticket := n.pool()
	bob, rita, stan, cleo := n.listens(Bob, time.Time{}), n.listens(Rita, time.Time{}), n.listens(Stan, time.Time{}), n.listens(Cleo, time.Time{})
	for _, step := range []struct {
		state live.State
		want  string
	}{{live.Views, "Ann Blanc"}, {live.Writes, "Ann Blanc writes"}, {live.Views, "Ann Blanc"}} {
		n.be(Ann, ticket, step.state)
		if got := bob.present(); got != step.want {
			t.Errorf("%s: Bob sees %q, want %q", step.state, got, step.want)
		}
	}
	n.be(Bob, ticket, live.Views)
	if got := bob.present(); got != "Ann Blanc" {
		t.Errorf("Bob sees %q", got)
	}
	for who, want := range map[guichet.ID]string{Ann: "Bob Noël", Fay: "Ann Blanc, Bob Noël", Rita: "", Cleo: "", Stan: ""} {
		seen, err := n.hub.Who(n.ctx, n.actor(who), ticket.Number, ticket.Number+1000)
		if err != nil || namesOf(seen[ticket.Number]) != want {
			t.Errorf("%s sees %v %v, want %q", who, seen, err, want)
		}
	}
	for _, who := range []guichet.ID{Rita, Stan, Cleo} {
		if err := n.hub.Be(n.ctx, n.actor(who), ticket.Number, live.Views, "page"); guichet.KindOf(err) != guichet.KindNotFound {
			t.Errorf("%s is on a ticket that is not his or hers to handle: %v", who, err)
		}
	}
	clock.Add(2 * time.Minute) // without any sign
	if seen, err := n.hub.Who(n.ctx, n.actor(Fay), ticket.Number); err != nil || len(seen) > 0 {
		t.Errorf("after two minutes: %v %v", seen, err)
	}
	for _, r := range []*reader{rita, stan, cleo} {
		if list := r.until(r.mark()); len(list) > 0 {
			t.Errorf("%s is told %+v", r.who, list)
		}
	}
}

// TestPresenceEndsWithTheSession of who was there.
func TestPresenceEndsWithTheSession(t *testing.T) {
	n := newNode(t, filled(t))
	ticket := n.pool()
	ann, bob := n.listens(Ann, time.Time{}), n.listens(Bob, time.Time{})
	n.be(Ann, ticket, live.Views)
	if got := bob.present(); got != "Ann Blanc" {
		t.Fatalf("Bob sees %q", got)
	}
	ann.ended.Store(true)
	n.write(func(tx *store.Tx) error { return tx.EndSession(n.ctx, "of-ann") })
	ann.ends(true)
	if got := bob.present(); got != "" {
		t.Errorf("after the end: %q", got)
	}
}

// A page that is left does not speak for the one opened since, in whichever order the two are heard.
func TestAPageDoesNotLeaveForAnother(t *testing.T) {
	clock := NewClock()
	s := Open(t, clock.Now)
	Fill(t, s)
	n := newNode(t, s)
	ticket := n.pool()
	is := func(page string, state live.State) {
		t.Helper()
		if err := n.hub.Be(n.ctx, n.actor(Ann), ticket.Number, state, page); err != nil {
			t.Fatal(err)
		}
	}
	seen := func() string {
		t.Helper()
		people, err := n.hub.Who(n.ctx, n.actor(Fay), ticket.Number)
		if err != nil {
			t.Fatal(err)
		}
		return namesOf(people[ticket.Number])
	}
	for _, order := range [][2]string{{"leaves first", "views"}, {"views first", "leaves"}} {
		is("old", live.Views)
		if order[1] == "views" {
			is("old", live.Leaves)
			is("new", live.Views)
		} else {
			is("new", live.Views)
			is("old", live.Leaves)
		}
		if clock.Add(10 * time.Second); seen() != "Ann Blanc" {
			t.Errorf("%s: after ten seconds Fay sees %q", order[0], seen())
		}
	}
	is("new", live.Leaves)
	if clock.Add(10 * time.Second); seen() != "" {
		t.Errorf("left for good: Fay sees %q", seen())
	}
}

// TestTwoNodes: what is done on one node is told by the other, presence and rights included.
func TestTwoNodes(t *testing.T) {
	Server(t)
	url := URL(t)
	a, b := newNode(t, openURL(t, url)), newNode(t, openURL(t, url))
	ticket := a.pool()
	bob := b.listens(Bob, time.Time{})
	bob.settle(a)
	a.say(Ann, ticket, "De l’autre nœud.", true)
	if m := bob.expect(live.Ticket); m.Number != ticket.Number || kindsOf([]live.Message{m}, ticket.Number) != "noted" {
		t.Errorf("%+v", m)
	}
	a.be(Ann, ticket, live.Writes)
	if got := bob.present(); got != "Ann Blanc writes" {
		t.Errorf("the other node sees %q", got)
	}
	a.write(func(tx *store.Tx) error { tx.LookAgain(Bob); return nil })
	bob.expect(live.Resync)
	a.write(func(tx *store.Tx) error { return tx.LeaveTeam(a.ctx, Support, Bob) })
	bob.expect(live.Resync)
	a.say(Ann, ticket, "Encore.", true)
	if list := bob.until(a.open(Bob).Number); len(list) > 0 {
		t.Errorf("out of the team, Bob is told %+v", list)
	}
	bob.ended.Store(true)
	a.write(func(tx *store.Tx) error { return tx.EndSession(a.ctx, "of-bob") })
	bob.ends(true)
}

// settle waits until what was done on a node has been told here.
func (r *reader) settle(on *node) {
	r.Helper()
	r.until(on.open(r.who).Number)
}

func openURL(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if done, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	} else if len(done) > 0 {
		Fill(t, s)
	}
	return s
}
