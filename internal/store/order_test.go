package store_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// Whatever the order, the pages of a list put end to end are the whole list, in that order, either way.
func TestListsRunInTheOrderAsked(t *testing.T) {
	inWorld(t, func(ctx context.Context, r *rapid.T, tx *store.Tx, w *world) {
		due := w.clocks(ctx, r, tx)
		q := drawQuery(r, w)
		q.Scope = drawScope(r, w)
		if rapid.Bool().Draw(r, "of a view") {
			q.Open, q.Final, q.States = true, false, nil
		}
		q.Order = guichet.Order{By: rapid.SampledFrom(guichet.OrderKeys()).Draw(r, "by"), Down: rapid.Bool().Draw(r, "down")}
		if rapid.Bool().Draw(r, "due soon") {
			q.DueBefore, q.Order = time.UnixMicro(2).UTC(), guichet.Order{By: guichet.OrderDue}
		}
		if !slices.Contains(q.Orders(), q.Order.By) {
			q.Order = guichet.Order{}
		}
		want := w.inOrder(q, due)
		q.Limit = rapid.IntRange(1, 4).Draw(r, "page")
		got, last := pagesOf(ctx, r, tx, w, q)
		if !slices.Equal(got, want) {
			r.Fatalf("%+v holds %v, want %v", q, got, want)
		}
		if len(want) == 0 {
			return
		}
		q.After, q.Back = q.Place(last), true
		back, _ := pagesOf(ctx, r, tx, w, q)
		slices.Reverse(back)
		if !slices.Equal(append(back, last.ID), want) {
			r.Fatalf("%+v backwards holds %v before %s, want %v", q, back, last.ID, want)
		}
	})
}

// clocks gives some tickets a date.
func (w *world) clocks(ctx context.Context, r *rapid.T, tx *store.Tx) map[guichet.ID]time.Time {
	due := map[guichet.ID]time.Time{}
	for _, t := range w.tickets {
		kind := rapid.IntRange(0, 2).Draw(r, "clock")
		if t.State.Final() {
			kind = min(kind, 1) // nothing of what is finished is due
		}
		c := guichet.Clock{}
		if kind == 2 {
			due[t.ID] = time.UnixMicro(rapid.Int64Range(1, 3).Draw(r, "due")).UTC()
			c.Resolve = guichet.Countdown{State: guichet.ClockRunning, Due: due[t.ID]}
		}
		if kind > 0 {
			if err := tx.SaveClock(ctx, t, c, time.Time{}); err != nil {
				r.Fatal(err)
			}
		}
	}
	return due
}

func (w *world) inOrder(q store.TicketQuery, due map[guichet.ID]time.Time) []guichet.ID {
	var held []guichet.Ticket
	known := map[guichet.ID]time.Time{} // the dates are for those who handle the tickets
	for _, t := range w.tickets {
		if w.handles(q.Scope, t) {
			known[t.ID] = due[t.ID]
		}
		if at := known[t.ID]; w.holds(q, t) && (q.DueBefore.IsZero() || !at.IsZero() && !at.After(q.DueBefore)) {
			held = append(held, t)
		}
	}
	due = known
	turn := func(c int) int {
		if q.Order.Down {
			return -c
		}
		return c
	}
	rank := func(t guichet.Ticket) int { return -slices.Index(guichet.PrioritiesDown(), t.Priority) }
	newest := func(a, b guichet.Ticket) int {
		return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), strings.Compare(string(b.ID), string(a.ID)))
	}
	slices.SortFunc(held, func(a, b guichet.Ticket) int {
		switch q.Order.By {
		case guichet.OrderNumber:
			return turn(cmp.Compare(a.Number, b.Number))
		case guichet.OrderPriority:
			return cmp.Or(turn(rank(a)-rank(b)), cmp.Compare(a.Number, b.Number))
		case guichet.OrderUpdated:
			return -turn(newest(a, b))
		case guichet.OrderDue:
			at, bt := due[a.ID], due[b.ID]
			switch {
			case at.IsZero() && bt.IsZero():
				return newest(a, b)
			case at.IsZero():
				return 1
			case bt.IsZero():
				return -1
			}
			return turn(cmp.Or(at.Compare(bt), strings.Compare(string(a.ID), string(b.ID))))
		}
		return newest(a, b)
	})
	var out []guichet.ID
	for _, t := range held {
		out = append(out, t.ID)
	}
	return out
}

// pagesOf reads all the pages of a list, and returns its last row.
func pagesOf(ctx context.Context, r *rapid.T, tx *store.Tx, w *world, q store.TicketQuery) (ids []guichet.ID, last store.TicketRow) {
	for {
		rows, next, err := tx.Tickets(ctx, q)
		if err != nil {
			r.Fatalf("list: %v", err)
		}
		for _, row := range rows {
			w.tells(r, q, row)
			ids, last = append(ids, row.ID), row
		}
		if next.ID == "" {
			return ids, last
		}
		if len(ids) > 100 {
			r.Fatalf("%+v does not end: %v", q, ids)
		}
		q.After = next
	}
}

// An order other than the usual one reads an index too, and sorts no more than what is put together for a page.
func TestOrdersUseIndexes(t *testing.T) {
	Embedded(t)
	s := Open(t, nil)
	Fill(t, s)
	everything, technician, moderator := Actor(t, s, Fay).Scope(), Actor(t, s, Ann).Scope(), Actor(t, s, Mona).Scope()
	for _, c := range []struct {
		name  string
		q     store.TicketQuery
		by    guichet.OrderKey
		index string
		sorts bool // several branches are put together
	}{
		{"everything open, by number", store.TicketQuery{Scope: everything, Open: true}, guichet.OrderNumber, "ticket_state_order", true},
		{"everything open, by priority", store.TicketQuery{Scope: everything, Open: true}, guichet.OrderPriority, "ticket_state_order", true},
		{"everything open, by due date", store.TicketQuery{Scope: everything, Open: true}, guichet.OrderDue, "ticket_clock_due", true},
		{"everything open, from the oldest change", store.TicketQuery{Scope: everything, Open: true}, guichet.OrderUpdated, "ticket_by_phase", false},
		{"to qualify, by priority", store.TicketQuery{Scope: everything, States: []guichet.State{guichet.StateNew}}, guichet.OrderPriority, "ticket_state_order", false},
		{"to qualify, by number", store.TicketQuery{Scope: everything, States: []guichet.State{guichet.StateNew}}, guichet.OrderNumber, "ticket_state_order", true},
		{"team, by priority", store.TicketQuery{Scope: technician, TeamIDs: []guichet.ID{Support}, Open: true}, guichet.OrderPriority, "ticket_team_order", false},
		{"team, by number", store.TicketQuery{Scope: technician, TeamIDs: []guichet.ID{Support}, Open: true}, guichet.OrderNumber, "ticket_team_order", true},
		{"team, by due date", store.TicketQuery{Scope: technician, TeamIDs: []guichet.ID{Support}, Open: true}, guichet.OrderDue, "ticket_clock_team", true},
		{"pool, by priority", store.TicketQuery{Scope: technician, TeamIDs: []guichet.ID{Support}, Unassigned: true, Open: true}, guichet.OrderPriority, "ticket_team_order", false},
		{"technician's scope, by number", store.TicketQuery{Scope: technician, Open: true}, guichet.OrderNumber, "ticket_team_order", true},
		{"moderator's scope, by number", store.TicketQuery{Scope: moderator, Open: true}, guichet.OrderNumber, "ticket_service_order", true},
		{"moderator's scope, by priority", store.TicketQuery{Scope: moderator, Open: true}, guichet.OrderPriority, "ticket_service_order", true},
		{"moderator's scope, by due date", store.TicketQuery{Scope: moderator, Open: true}, guichet.OrderDue, "ticket_clock_service", true},
		{"organisation, by priority", store.TicketQuery{Scope: everything, Organisation: "rennes", Open: true}, guichet.OrderPriority, "ticket_organisation_order", false},
		{"everything finished, by number", store.TicketQuery{Scope: everything, Final: true}, guichet.OrderNumber, "ticket_state_past", true},
		{"closed, by number", store.TicketQuery{Scope: everything, States: []guichet.State{guichet.StateClosed}}, guichet.OrderNumber, "ticket_state_past", false},
		{"everything, by number", store.TicketQuery{Scope: everything}, guichet.OrderNumber, "ticket_state_past", true},
		{"everything, by due date", store.TicketQuery{Scope: everything}, guichet.OrderDue, "ticket_clock_due", true},
		{"team's past, by number", store.TicketQuery{Scope: technician, TeamIDs: []guichet.ID{Support}, Final: true}, guichet.OrderNumber, "ticket_team_past", false},
		{"mine, finished, by number", store.TicketQuery{Scope: technician, AssigneeID: Ann, Final: true}, guichet.OrderNumber, "ticket_assignee_past", false},
		{"technician's past, by number", store.TicketQuery{Scope: technician, Final: true}, guichet.OrderNumber, "ticket_team_past", true},
		{"moderator's past, by number", store.TicketQuery{Scope: moderator, Final: true}, guichet.OrderNumber, "ticket_service_past", true},
		{"organisation's past, by number", store.TicketQuery{Scope: everything, Organisation: "rennes", Final: true}, guichet.OrderNumber, "ticket_organisation_past", false},
		{"organisation, by number", store.TicketQuery{Scope: everything, Organisation: "rennes", Open: true}, guichet.OrderNumber, "ticket_organisation_order", true},
	} {
		c.q.Order, c.q.Limit = c.by.First(), 26
		if c.by == guichet.OrderUpdated {
			c.q.Order = c.q.Order.Turned()
		}
		for _, after := range []store.Cursor{{}, {UpdatedAt: time.UnixMicro(30).UTC(), ID: "x"}} {
			var page []string
			c.q.After = after
			err := s.Read(context.Background(), func(tx *store.Tx) (err error) {
				page, err = tx.ExplainPage(context.Background(), c.q)
				return err
			})
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			checkSteps(t, c.name, page, c.index, c.sorts)
			checkBranches(t, c.name, page, c.index)
		}
	}
}

// checkBranches fails when what an index of the order holds is sorted again before it is cut to a page.
func checkBranches(t *testing.T, name string, steps []string, index string) {
	t.Helper()
	for i, step := range steps {
		if strings.Contains(step, index) && i+1 < len(steps) && strings.Contains(steps[i+1], "USE TEMP B-TREE FOR ORDER BY") && !strings.HasPrefix(steps[i+1], "USE TEMP B-TREE FOR LAST") {
			t.Errorf("%s sorts what %s holds:\n  %s", name, index, strings.Join(steps, "\n  "))
		}
	}
}
