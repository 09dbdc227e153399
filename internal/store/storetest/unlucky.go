package storetest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"guichet/internal/store"
)

// unluckyName begins the name of the tests whose stories are played on an unlucky machine.
const unluckyName = "TestOnAnUnluckyMachine/"

// Unlucky reports whether a test is a story that is played on an unlucky machine: a sub-test of a test
// named TestOnAnUnluckyMachine. What it asserts must hold there as well.
func Unlucky(t testing.TB) bool { return strings.HasPrefix(t.Name(), unluckyName) }

// RunUnlucky does the jobs that are due until none is, as a machine does that fails in the middle: what a
// job has written is lost at first, then the job is done twice. It returns how many there were.
func RunUnlucky[H ~func(context.Context, *store.Tx, store.Job) error](t testing.TB, s *store.Store, handlers map[string]H) int {
	t.Helper()
	ctx, kinds := context.Background(), slices.Sorted(maps.Keys(handlers))
	lost := errors.New("the power is cut")
	for done := 0; ; {
		var jobs []store.Job
		err := s.Write(ctx, func(tx *store.Tx) (err error) {
			jobs, err = tx.ClaimJobs(ctx, 10, time.Minute, kinds...)
			return err
		})
		if err != nil {
			t.Fatalf("jobs: %v", err)
		}
		if len(jobs) == 0 {
			return done
		}
		for _, j := range jobs {
			do := func(times int, end error) func(*store.Tx) error {
				return func(tx *store.Tx) error {
					if err := tx.FinishJob(ctx, j); err != nil {
						return err
					}
					for range times {
						if err := handlers[j.Kind](ctx, tx, j); err != nil {
							return err
						}
					}
					return end
				}
			}
			if err := s.Write(ctx, do(1, lost)); !errors.Is(err, lost) {
				t.Fatalf("%s: %v", j.Kind, err)
			}
			if err := s.Write(ctx, do(2, nil)); err != nil {
				t.Fatalf("%s, done twice: %v", j.Kind, err)
			}
			done++
		}
	}
}
