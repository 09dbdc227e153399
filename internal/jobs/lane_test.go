package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"guichet/internal/jobs"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// ask puts jobs of some kinds in the queue.
func ask(t *testing.T, s *store.Store, kinds ...string) {
	t.Helper()
	ctx := context.Background()
	err := s.Write(ctx, func(tx *store.Tx) error {
		for _, kind := range kinds {
			if err := tx.Enqueue(ctx, store.Job{Kind: kind}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func waiting(t *testing.T, s *store.Store) int {
	t.Helper()
	var n int
	err := s.Read(context.Background(), func(tx *store.Tx) (err error) {
		n, _, err = tx.JobCounts(context.Background())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The server of the effects hangs: as many as may be at work are stuck, more wait behind them, and
// the handlers go on all the same. When the end is asked for, the jobs in hand are finished.
func TestAHangingEffectDelaysNoHandler(t *testing.T) {
	s := storetest.Open(t, nil)
	begun, release, done := make(chan struct{}, 100), make(chan struct{}), make(chan struct{}, 100)
	runner := jobs.New(s, slog.New(slog.DiscardHandler),
		map[string]jobs.Handler{"write": func(context.Context, *store.Tx, store.Job) error {
			done <- struct{}{}
			return nil
		}},
		map[string]jobs.Effect{"send": func(context.Context, store.Job) error {
			begun <- struct{}{}
			<-release
			return nil
		}})
	ask(t, s, "send", "send", "send", "send", "send", "send", "send", "send", "send", "send", "send", "send")
	ctx, stop := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { runner.Run(ctx) })
	<-begun
	for range 3 {
		ask(t, s, "write")
		<-done
	}
	stop()
	close(release)
	work.Wait()
	if left := waiting(t, s); left >= 12 {
		t.Errorf("%d jobs wait, want those in hand finished", left)
	}
}

// One effect that hangs leaves the others of its batch alone.
func TestEffectsRunSideBySide(t *testing.T) {
	s := storetest.Open(t, nil)
	var met sync.WaitGroup
	met.Add(3)
	runner := jobs.New(s, slog.New(slog.DiscardHandler), nil,
		map[string]jobs.Effect{"send": func(context.Context, store.Job) error {
			met.Done()
			met.Wait() // one after the other, the first would wait for ever
			return nil
		}})
	ask(t, s, "send", "send", "send")
	if n, err := runner.Once(context.Background()); n != 3 || err != nil {
		t.Fatalf("%d done, %v", n, err)
	}
	if left := waiting(t, s); left != 0 {
		t.Errorf("%d jobs wait", left)
	}
}

// An effect is told to end before its lease does, so that no other node begins it meanwhile.
func TestAnEffectIsBounded(t *testing.T) {
	s := storetest.Open(t, nil)
	var left time.Duration
	runner := jobs.New(s, slog.New(slog.DiscardHandler), nil,
		map[string]jobs.Effect{"send": func(ctx context.Context, _ store.Job) error {
			end, ok := ctx.Deadline()
			if left = time.Until(end); !ok {
				return errors.New("no deadline")
			}
			return nil
		}})
	ask(t, s, "send")
	if _, err := runner.Once(context.Background()); err != nil {
		t.Fatal(err)
	}
	if left <= 0 || left >= time.Minute {
		t.Errorf("%v are left to an effect, want less than its lease", left)
	}
}

// A kind that nobody here does waits for a node that does, and does not count as a failure: so mail
// stays in the outbox until a server is named.
func TestUnknownKindsWait(t *testing.T) {
	s := storetest.Open(t, nil)
	ask(t, s, "later")
	handlers := map[string]jobs.Handler{"write": func(context.Context, *store.Tx, store.Job) error { return nil }}
	for _, runner := range []*jobs.Runner{
		jobs.New(s, slog.New(slog.DiscardHandler), nil, nil),
		jobs.New(s, slog.New(slog.DiscardHandler), handlers, nil),
	} {
		if n, err := runner.Once(context.Background()); n != 0 || err != nil {
			t.Errorf("%d done, %v", n, err)
		}
	}
	if left := waiting(t, s); left != 1 {
		t.Errorf("%d jobs wait, want the one that nobody knows", left)
	}
	sent := false
	knows := jobs.New(s, slog.New(slog.DiscardHandler), handlers,
		map[string]jobs.Effect{"later": func(_ context.Context, j store.Job) error {
			sent = j.Attempts == 1
			return nil
		}})
	if n, err := knows.Once(context.Background()); n != 1 || err != nil || !sent {
		t.Errorf("%d done, %v, at the first attempt: %v", n, err, sent)
	}
}

// A job is prepared before its transaction: others write meanwhile. One whose preparation fails is tried again
// later, like any other, and keeps no other from being done.
func TestJobsArePreparedBesideThoseWhoWrite(t *testing.T) {
	s := storetest.Open(t, nil)
	var done []string
	runner := jobs.New(s, slog.New(slog.DiscardHandler), map[string]jobs.Handler{
		"plain":    func(_ context.Context, _ *store.Tx, j store.Job) error { done = append(done, j.Kind); return nil },
		"prepared": func(context.Context, *store.Tx, store.Job) error { return errors.New("not prepared") },
		"broken":   func(context.Context, *store.Tx, store.Job) error { return errors.New("not prepared") },
	}, nil)
	runner.Prepare("prepared", func(ctx context.Context, _ *store.Tx, _ store.Job) (jobs.Handler, error) {
		if err := s.Ready(ctx); err != nil { // it writes: within the transaction of the job, it would wait for ever
			return nil, err
		}
		return func(_ context.Context, _ *store.Tx, j store.Job) error { done = append(done, j.Kind); return nil }, nil
	})
	runner.Prepare("broken", func(context.Context, *store.Tx, store.Job) (jobs.Handler, error) { panic("no") })
	ask(t, s, "prepared", "broken", "plain")
	if n, err := runner.Once(context.Background()); n != 3 || err != nil {
		t.Fatalf("%d claimed, %v", n, err)
	}
	slices.Sort(done)
	if !slices.Equal(done, []string{"plain", "prepared"}) {
		t.Errorf("done: %v", done)
	}
	var left []store.Job
	err := s.Read(context.Background(), func(tx *store.Tx) (err error) {
		left, err = tx.Jobs(context.Background(), false, 10)
		return err
	})
	if err != nil || len(left) != 1 || left[0].Kind != "broken" || !left[0].RunAt.After(s.Now()) {
		t.Errorf("left: %+v, %v", left, err)
	}
}
