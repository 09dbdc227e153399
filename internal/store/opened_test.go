package store_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// What was opened within a time is listed like everything else, the last changed first, whatever way is taken to it.
func TestTicketsAreFoundByTheTimeOfOpening(t *testing.T) {
	clock := NewClock()
	s := Open(t, clock.Now)
	Fill(t, s)
	ctx := context.Background()
	var all []guichet.Ticket
	err := s.Write(ctx, func(tx *store.Tx) error {
		for i := range 60 {
			opened := time.Date(2025, time.Month(1+i/5), 1+i%5, 10, 0, 0, 0, time.UTC)
			who := []guichet.ID{Rita, Stan}[i%2]
			ticket := guichet.Ticket{ID: guichet.ID(fmt.Sprintf("t%02d", i)), State: []guichet.State{guichet.StateNew, guichet.StateClosed, guichet.StateResolved}[i%3],
				RequesterID: who, BeneficiaryID: who, OpenedByID: who, OpenedAt: opened, UpdatedAt: opened.Add(time.Duration(i*37%60) * 24 * time.Hour)}
			if err := tx.InsertTicket(ctx, &ticket); err != nil {
				return err
			}
			all = append(all, ticket)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b guichet.Ticket) int {
		return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(b.ID, a.ID))
	})
	asker := Actor(t, s, Fay)
	day := func(text string) time.Time {
		at, err := time.ParseInLocation("2006-01-02", text, time.FixedZone("", 3600))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for query, holds := range map[string]func(guichet.Ticket) bool{
		"created:<2025-02":                      func(x guichet.Ticket) bool { return x.OpenedAt.Before(day("2025-02-01")) },
		"créé:2025-03":                          func(x guichet.Ticket) bool { return x.OpenedAt.Month() == time.March },
		"created:>=2025-02-02 created:<2025-03": func(x guichet.Ticket) bool { return x.OpenedAt.Month() == time.February && x.OpenedAt.Day() > 1 },
		"created:2025-01,2025-02":               func(x guichet.Ticket) bool { return x.OpenedAt.Month() < time.March },
		"-created:<2025-12":                     func(x guichet.Ticket) bool { return x.OpenedAt.Month() == time.December },
		"created:<2025-03 status:open":          func(x guichet.Ticket) bool { return x.OpenedAt.Month() < time.March && x.State == guichet.StateNew },
		"created:<2025-03 -status:open":         func(x guichet.Ticket) bool { return x.OpenedAt.Month() < time.March && x.State != guichet.StateNew },
		"created:<2025-05 requester:rita":       func(x guichet.Ticket) bool { return false }, // she takes part in none of them
		"created:<2026":                         func(x guichet.Ticket) bool { return true },
		"created:<2025":                         func(x guichet.Ticket) bool { return false },
		"created:<2025-02 created:>2025-06":     func(x guichet.Ticket) bool { return false },
	} {
		var want []int64
		for _, x := range all {
			if holds(x) {
				want = append(want, x.Number)
			}
		}
		q := store.TicketQuery{Scope: asker.Scope(), Asker: asker, Query: Asked(query), Limit: 4}
		if got := walk(t, s, q); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
		err := s.Read(ctx, func(tx *store.Tx) error {
			n, err := tx.CountTickets(ctx, q, 100)
			if n != len(want) {
				t.Errorf("%s counts %d tickets, want %d", query, n, len(want))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
