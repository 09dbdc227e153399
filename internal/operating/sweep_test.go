package operating_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"guichet"
	"guichet/internal/jobs"
	"guichet/internal/operating"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// TestSweep holds that a session that ran out and an old key go, that a live session and a fresh key
// stay, and that the sweeping comes back the next day.
func TestSweep(t *testing.T) {
	ctx := context.Background()
	clock := storetest.NewClock()
	s := storetest.Open(t, clock.Now)
	storetest.Fill(t, s)
	err := s.Write(ctx, func(tx *store.Tx) error {
		for name, life := range map[string]time.Duration{"short": time.Hour, "long": 30 * 24 * time.Hour} {
			if err := tx.SaveSession(ctx, name, storetest.Rita, tx.Now.Add(life)); err != nil {
				return err
			}
		}
		return tx.KeepOnce(ctx, storetest.Rita, "old", "f", "r")
	})
	if err != nil {
		t.Fatal(err)
	}
	o := operating.New(s, files(t), "test")
	runner := jobs.New(s, slog.New(slog.DiscardHandler), map[string]jobs.Handler{operating.JobSweep: o.Sweep}, nil)
	for range 2 {
		if err := o.PlanSweep(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for day := range 9 {
		if n, err := runner.Once(ctx); err != nil || n != 1 {
			t.Fatalf("day %d: %d jobs, %v; want the sweeping alone", day, n, err)
		}
		clock.Add(24 * time.Hour)
	}
	err = s.Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Session(ctx, "short"); guichet.KindOf(err) != guichet.KindNotFound {
			t.Errorf("the session that ran out: %v", err)
		}
		if _, err := tx.Session(ctx, "long"); err != nil {
			t.Errorf("the live session: %v", err)
		}
		kept, err := tx.Once(ctx, storetest.Rita, "old", "f")
		if kept != "" {
			t.Error("a key of nine days is kept")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
