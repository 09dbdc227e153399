package store_test

import (
	"context"
	"testing"
	"time"

	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// TestJobCounts holds that what is due and what is in hand is counted, and what is for later is not: an
// empty queue means that nothing is left to do now.
func TestJobCounts(t *testing.T) {
	ctx := context.Background()
	clock := storetest.NewClock()
	s := storetest.Open(t, clock.Now)
	expect := func(when string, due int) {
		t.Helper()
		err := s.Read(ctx, func(tx *store.Tx) error {
			got, _, err := tx.JobCounts(ctx)
			if got != due {
				t.Errorf("%s: %d, want %d", when, got, due)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var claimed []store.Job
	for _, step := range []struct {
		when string
		do   func(*store.Tx) error
		due  int
	}{
		{"one now, one tomorrow", func(tx *store.Tx) error {
			if err := tx.Enqueue(ctx, store.Job{Kind: "k"}); err != nil {
				return err
			}
			return tx.Enqueue(ctx, store.Job{Kind: "k", RunAt: tx.Now.Add(24 * time.Hour)})
		}, 1},
		{"in hand", func(tx *store.Tx) (err error) {
			claimed, err = tx.ClaimJobs(ctx, 5, time.Minute, "k")
			return err
		}, 1},
		{"done", func(tx *store.Tx) error { return tx.FinishJob(ctx, claimed[0]) }, 0},
	} {
		if err := s.Write(ctx, step.do); err != nil {
			t.Fatal(err)
		}
		expect(step.when, step.due)
	}
}
