package ticketing_test

import (
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// Each list may be walked from ticket to ticket, forth and back, by whoever reads it.
func TestNeighboursAreThoseOfTheList(t *testing.T) {
	s := onTime(t)
	s.crowd(30)
	for _, who := range []guichet.ID{Rita, Ann, Mona, Fay} {
		queries := lists(who)
		queries["due"] = store.TicketQuery{DueBefore: s.clock.Now().Add(40 * 24 * time.Hour)}
		for name, q := range queries {
			q.Limit = 100
			page, err := s.desk.List(s.ctx, s.actor(who), q)
			if err != nil {
				t.Fatal(err)
			}
			if name == "due" && who == Fay && len(page.Rows) < 3 {
				t.Errorf("too little is due: %d", len(page.Rows))
			}
			for i, r := range page.Rows {
				var want, got [2]int64
				if i > 0 {
					want[0] = page.Rows[i-1].Number
				}
				if i+1 < len(page.Rows) {
					want[1] = page.Rows[i+1].Number
				}
				b, err := s.desk.Beside(s.ctx, s.actor(who), q, r.Number, q.Place(r))
				if err != nil {
					t.Fatal(err)
				}
				for side, row := range []*ticketing.Row{b.Before, b.After} {
					if row != nil {
						got[side] = row.Number
					}
				}
				if got != want {
					t.Errorf("%s, %s: beside %d stand %v, expected %v", who, name, r.Number, got, want)
				}
			}
		}
	}
}

// Whoever works through a list goes on from where the ticket stood, wherever the act moved it.
func TestTheNextTicketStaysTheNextAfterAnAct(t *testing.T) {
	s := newStage(t)
	var all []guichet.Ticket
	for range 3 {
		all = append(all, s.open(Rita, ticketing.Open{}))
		s.clock.Add(time.Minute)
	}
	q := store.TicketQuery{States: []guichet.State{guichet.StateNew}, Limit: 10}
	page, err := s.desk.List(s.ctx, s.actor(Mona), q)
	if err != nil || len(page.Rows) != 3 {
		t.Fatalf("%+v %v", page, err)
	}
	check := func(row int, before, after *guichet.Ticket) {
		t.Helper()
		b, err := s.desk.Beside(s.ctx, s.actor(Mona), q, page.Rows[row].Number, q.Place(page.Rows[row]))
		if err != nil || (b.Before == nil) != (before == nil) || (b.After == nil) != (after == nil) ||
			before != nil && b.Before.Number != before.Number || after != nil && b.After.Number != after.Number {
			t.Errorf("beside row %d: %+v %v", row, b, err)
		}
	}
	check(1, &all[2], &all[0])
	s.say(Rita, all[1], ticketing.FollowUp{Text: "Du nouveau."}) // it moves to the top
	check(1, &all[2], &all[0])
	s.do(Mona, all[1], guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: Support}) // it leaves the list
	check(1, &all[2], &all[0])
	s.say(Rita, all[2], ticketing.FollowUp{Text: "Et ici."}) // the first one is not its own neighbour
	check(0, nil, &all[0])
}
