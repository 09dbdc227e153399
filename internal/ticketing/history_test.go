package ticketing_test

import (
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// What somebody asked for lately is what the list of these tickets begins with, for each reader what he or she may see.
func TestHistoryIsTheBeginningOfTheList(t *testing.T) {
	s := newStage(t)
	var last guichet.Ticket
	for _, service := range []guichet.ID{Moodle, Wifi, Moodle, Wifi, Moodle, Moodle, Wifi} {
		last = s.open(Rita, ticketing.Open{Service: service})
		s.clock.Add(time.Minute)
	}
	lists := map[int]bool{}
	for _, who := range []guichet.ID{Fay, Ann, Mona, Cleo, Rita, Ben} {
		actor := s.actor(who)
		h, err := s.desk.History(s.ctx, actor, Rita, last.ID)
		if err != nil {
			t.Fatal(err)
		}
		page, err := s.desk.List(s.ctx, actor, store.TicketQuery{RequesterIDs: []guichet.ID{Rita}})
		if err != nil {
			t.Fatal(err)
		}
		lists[len(page.Rows)] = true
		if h.Open != len(page.Rows) {
			t.Errorf("%s is told of %d open tickets, and sees %d", who, h.Open, len(page.Rows))
		}
		var want []store.TicketLine
		for _, r := range page.Rows {
			if r.ID != last.ID && len(want) < 4 {
				want = append(want, store.TicketLine{ID: r.ID, Number: r.Number, Title: r.Title, State: r.State, AssigneeID: r.AssigneeID, UpdatedAt: r.UpdatedAt})
			}
		}
		if len(h.Last) != len(want) {
			t.Fatalf("%s: %+v, want %+v", who, h.Last, want)
		}
		for i, line := range h.Last {
			if line != want[i] {
				t.Errorf("%s: line %d is %+v, want %+v", who, i, line, want[i])
			}
		}
	}
	if len(lists) < 2 {
		t.Errorf("everybody sees as many: %v", lists)
	}
}
