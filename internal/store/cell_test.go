package store_test

import (
	"context"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// What is wrong in the kept counters is found, and mended by counting again.
func TestCountersAreMendedByCountingAgain(t *testing.T) {
	ctx := context.Background()
	s := storetest.Open(t, storetest.NewClock().Now)
	storetest.Fill(t, s)
	write := func(fn func(*store.Tx) error) {
		t.Helper()
		if err := s.Write(ctx, fn); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *store.Tx) error {
		for _, state := range []guichet.State{guichet.StateNew, guichet.StateNew, guichet.StateClosed} {
			ticket := guichet.Ticket{ID: guichet.NewID(tx.Now), State: state, RequesterID: storetest.Rita, BeneficiaryID: storetest.Rita, OpenedByID: storetest.Rita}
			if err := tx.InsertTicket(ctx, &ticket); err != nil {
				return err
			}
		}
		return nil
	})
	recount := func(want int) {
		t.Helper()
		write(func(tx *store.Tx) error {
			n, err := tx.Recount(ctx)
			if n != want {
				t.Errorf("%d cells were wrong, want %d", n, want)
			}
			return err
		})
	}
	recount(0)
	if _, err := s.Writer().ExecContext(ctx, `UPDATE ticket_cell SET n = n + 3`); err != nil {
		t.Fatal(err)
	}
	recount(1)
	recount(0)
	err := s.Read(ctx, func(tx *store.Tx) error {
		counts, err := tx.Counts(ctx, []store.TicketQuery{{Scope: guichet.Scope{All: true}, Open: true}, {Scope: guichet.Scope{All: true}}}, 2)
		if counts[0] != (store.Count{N: 2}) || counts[1] != (store.Count{N: 2, AtLeast: true}) {
			t.Errorf("%+v", counts)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
