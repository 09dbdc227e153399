package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"guichet"
	"guichet/internal/jobs"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// bench is a database with a clock that the test moves, and what was done on it.
type bench struct {
	*testing.T
	ctx   context.Context
	store *store.Store
	clock *storetest.Clock

	mu   sync.Mutex
	done map[string]int
}

func newBench(t *testing.T) *bench {
	clock := storetest.NewClock()
	return &bench{T: t, ctx: context.Background(), store: storetest.Open(t, clock.Now), clock: clock, done: map[string]int{}}
}

func (b *bench) runner(handlers map[string]jobs.Handler, effects map[string]jobs.Effect) *jobs.Runner {
	return jobs.New(b.store, slog.New(slog.DiscardHandler), handlers, effects)
}

// work notes in memory and in the database that a job was done.
func (b *bench) work(ctx context.Context, tx *store.Tx, j store.Job) error {
	b.note(j)
	return tx.AddSignInFailure(ctx, j.Payload) // any row that counts
}

func (b *bench) note(j store.Job) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done[j.Payload]++
}

func (b *bench) write(fn func(*store.Tx) error) {
	b.Helper()
	if err := b.store.Write(b.ctx, fn); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) enqueue(list ...store.Job) {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		for _, j := range list {
			if err := tx.Enqueue(b.ctx, j); err != nil {
				return err
			}
		}
		return nil
	})
}

// once runs one batch and says how many jobs there were.
func (b *bench) once(r *jobs.Runner) int {
	b.Helper()
	n, err := r.Once(b.ctx)
	if err != nil {
		b.Fatalf("once: %v", err)
	}
	return n
}

// written is how often a job's writes were kept.
func (b *bench) written(payload string) (n int) {
	b.Helper()
	err := b.store.Read(b.ctx, func(tx *store.Tx) (err error) {
		n, _, err = tx.SignInFailures(b.ctx, payload)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func (b *bench) counts(waiting, dead int) {
	b.Helper()
	err := b.store.Read(b.ctx, func(tx *store.Tx) error {
		kept, err := tx.Jobs(b.ctx, false, 100)
		if err != nil {
			return err
		}
		_, d, err := tx.JobCounts(b.ctx)
		if err == nil && (len(kept) != waiting || d != dead) {
			b.Fatalf("%d jobs wait and %d are dead, want %d and %d", len(kept), d, waiting, dead)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) jobs(dead bool) (list []store.Job) {
	b.Helper()
	err := b.store.Read(b.ctx, func(tx *store.Tx) (err error) {
		list, err = tx.Jobs(b.ctx, dead, 100)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return list
}

func (b *bench) claim() (list []store.Job) {
	b.Helper()
	b.write(func(tx *store.Tx) (err error) {
		list, err = tx.ClaimJobs(b.ctx, 10, time.Minute, "k")
		return err
	})
	return list
}

func TestFourRunnersDoEachJobOnce(t *testing.T) {
	b := newBench(t)
	const n = 150
	for i := range n {
		kind := []string{"inside", "outside"}[i%2]
		b.enqueue(store.Job{Kind: kind, Payload: fmt.Sprint(i)})
	}
	var all sync.WaitGroup
	for range 4 {
		r := b.runner(map[string]jobs.Handler{"inside": b.work}, map[string]jobs.Effect{
			"outside": func(_ context.Context, j store.Job) error { b.note(j); return nil }})
		all.Go(func() {
			for {
				done, err := r.Once(b.ctx)
				if err != nil {
					t.Errorf("once: %v", err)
				}
				if done == 0 {
					return
				}
			}
		})
	}
	all.Wait()
	for i := range n {
		if got := b.done[fmt.Sprint(i)]; got != 1 {
			t.Errorf("job %d was done %d times", i, got)
		}
	}
	b.counts(0, 0)
}

func TestJobsAreDoneInTheirOrder(t *testing.T) {
	b := newBench(t)
	var order []string
	for i := range 20 {
		b.enqueue(store.Job{Kind: "k", Payload: fmt.Sprint(i)})
		b.clock.Add(time.Millisecond)
	}
	r := b.runner(map[string]jobs.Handler{"k": func(_ context.Context, _ *store.Tx, j store.Job) error {
		order = append(order, j.Payload)
		return nil
	}}, nil)
	for b.once(r) > 0 {
	}
	if got := strings.Join(order, " "); got != "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19" {
		t.Errorf("order %s", got)
	}
}

func TestAJobWaitsForItsTime(t *testing.T) {
	b := newBench(t)
	r := b.runner(map[string]jobs.Handler{"k": b.work}, nil)
	due := b.clock.Now().Add(time.Hour)
	b.enqueue(store.Job{Kind: "k", Payload: "later", RunAt: due})
	if n := b.once(r); n != 0 {
		t.Fatalf("%d jobs before their time", n)
	}
	err := b.store.Read(b.ctx, func(tx *store.Tx) error {
		next, err := tx.NextJob(b.ctx, "k")
		if err == nil && !next.Equal(due) {
			t.Errorf("next at %v, want %v", next, due)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Add(time.Hour)
	if n := b.once(r); n != 1 || b.written("later") != 1 {
		t.Errorf("%d jobs at their time", n)
	}
}

// One that fails is tried again, later each time, then rests among the dead until somebody wakes it.
func TestFailuresAreRetriedThenDead(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("no luck") },
		"panic": func() error { panic("no luck") },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			broken := true
			r := b.runner(map[string]jobs.Handler{"k": func(ctx context.Context, tx *store.Tx, j store.Job) error {
				if err := b.work(ctx, tx, j); err != nil || !broken {
					return err
				}
				return fail()
			}}, nil)
			b.enqueue(store.Job{Kind: "k", Payload: "p"})
			var last time.Duration
			for attempt := 1; attempt <= 20; attempt++ {
				if n := b.once(r); n != 1 {
					t.Fatalf("attempt %d: %d jobs", attempt, n)
				}
				if attempt == 20 {
					break
				}
				j := b.jobs(false)[0]
				wait := j.RunAt.Sub(b.clock.Now())
				if j.Attempts != attempt || wait < last || wait <= 0 || wait > 8*time.Hour || !strings.Contains(j.LastError, "no luck") {
					t.Fatalf("after attempt %d: %+v, to wait %v after %v", attempt, j, wait, last)
				}
				last = wait
				if n := b.once(r); n != 0 {
					t.Fatal("tried again at once")
				}
				b.clock.Add(wait)
			}
			b.counts(0, 1)
			b.clock.Add(24 * time.Hour)
			if n := b.once(r); n != 0 {
				t.Fatal("the dead walk")
			}
			if n := b.written("p"); n != 0 {
				t.Errorf("failed attempts wrote %d times", n)
			}
			broken = false
			b.write(func(tx *store.Tx) error { return tx.RetryJob(b.ctx, b.jobs(true)[0].ID) })
			if n := b.once(r); n != 1 || b.written("p") != 1 {
				t.Error("another chance was not taken")
			}
			b.counts(0, 0)
		})
	}
}

func TestSomeFailuresAreForGoodAndSomeNever(t *testing.T) {
	b := newBench(t)
	r := b.runner(map[string]jobs.Handler{
		"permanent":   func(context.Context, *store.Tx, store.Job) error { return &jobs.Permanent{Err: errors.New("gone")} },
		"unavailable": func(context.Context, *store.Tx, store.Job) error { return guichet.Unavailable("mail.down", nil) },
	}, nil)
	b.enqueue(store.Job{Kind: "permanent"}, store.Job{Kind: "unavailable"})
	b.once(r)
	b.counts(1, 1)
	for range 30 {
		b.clock.Add(8 * time.Hour)
		b.once(r)
	}
	b.counts(1, 1)
	if left := b.jobs(false)[0]; left.Kind != "unavailable" || left.Attempts != 31 {
		t.Errorf("left: %+v", left)
	}
}

func TestOneBadJobDoesNotStopTheOthers(t *testing.T) {
	b := newBench(t)
	r := b.runner(map[string]jobs.Handler{"good": b.work,
		"bad": func(context.Context, *store.Tx, store.Job) error { panic("bad") }}, nil)
	b.enqueue(store.Job{Kind: "good", Payload: "1"}, store.Job{Kind: "bad"}, store.Job{Kind: "good", Payload: "2"})
	b.once(r)
	if b.written("1") != 1 || b.written("2") != 1 {
		t.Errorf("the good ones were done %d and %d times", b.written("1"), b.written("2"))
	}
	b.counts(1, 0)
}

// A node that dies keeps a job for the length of its lease; then another does it.
func TestAnInterruptedJobIsDoneByAnother(t *testing.T) {
	b := newBench(t)
	r := b.runner(map[string]jobs.Handler{"k": b.work}, nil)
	b.enqueue(store.Job{Kind: "k", Payload: "p"})
	interrupted := b.claim()
	b.clock.Add(59 * time.Second)
	if n := b.once(r); n != 0 {
		t.Fatal("taken from the node that has it")
	}
	b.clock.Add(time.Second)
	if n := b.once(r); n != 1 || b.written("p") != 1 {
		t.Fatal("not taken over")
	}
	// The first node was only slow: what it writes now is undone.
	err := b.store.Write(b.ctx, func(tx *store.Tx) error {
		if err := b.work(b.ctx, tx, interrupted[0]); err != nil {
			return err
		}
		return tx.FinishJob(b.ctx, interrupted[0])
	})
	if guichet.CodeOf(err) != store.LeaseLost || b.written("p") != 1 {
		t.Errorf("the slow node: %v, written %d times", err, b.written("p"))
	}
	b.write(func(tx *store.Tx) error { return tx.FailJob(b.ctx, interrupted[0], "late", b.clock.Now(), true) })
	b.counts(0, 0)
}

// An effect outlasts its lease and another node did it too: that is no error of the database.
func TestAnEffectAfterItsLease(t *testing.T) {
	b := newBench(t)
	b.enqueue(store.Job{Kind: "mail", Payload: "m"})
	second := b.runner(nil, map[string]jobs.Effect{"mail": func(_ context.Context, j store.Job) error { b.note(j); return nil }})
	first := b.runner(nil, map[string]jobs.Effect{"mail": func(_ context.Context, j store.Job) error {
		b.clock.Add(2 * time.Minute)
		b.once(second)
		b.note(j)
		return nil
	}})
	if n := b.once(first); n != 1 || b.done["m"] != 2 {
		t.Errorf("%d jobs, done %d times", n, b.done["m"])
	}
	b.counts(0, 0)
}

func TestKeysHoldOneJob(t *testing.T) {
	b := newBench(t)
	hour := b.clock.Now().Add(time.Hour)
	b.enqueue(store.Job{Kind: "k", Key: "a", Payload: "first", RunAt: hour}, store.Job{Kind: "k", Key: "a", Payload: "second"},
		store.Job{Kind: "k", Payload: "free"}, store.Job{Kind: "k", Payload: "free"})
	b.counts(3, 0)
	b.write(func(tx *store.Tx) error { return tx.CancelJob(b.ctx, "a") })
	b.counts(2, 0)
	b.write(func(tx *store.Tx) error { return tx.CancelJob(b.ctx, "") }) // no key is not a key
	b.counts(2, 0)
}

// A handler may ask for the next job under the key of the one it is doing.
func TestAHandlerRenewsItsOwnKey(t *testing.T) {
	b := newBench(t)
	r := b.runner(map[string]jobs.Handler{"tick": func(ctx context.Context, tx *store.Tx, j store.Job) error {
		b.note(j)
		return tx.Enqueue(ctx, store.Job{Kind: "tick", Key: "tick", Payload: "t", RunAt: tx.Now.Add(time.Hour)})
	}}, nil)
	b.enqueue(store.Job{Kind: "tick", Key: "tick", Payload: "t"})
	for range 3 {
		b.once(r)
		b.clock.Add(time.Hour)
	}
	if b.done["t"] != 3 {
		t.Errorf("done %d times", b.done["t"])
	}
	b.counts(1, 0)
}

// A job that is cancelled while a node has it in hand leaves nothing behind, and its key is free.
func TestAJobInHandIsCancelled(t *testing.T) {
	b := newBench(t)
	b.enqueue(store.Job{Kind: "k", Key: "a", Payload: "old"})
	inHand := b.claim()
	b.write(func(tx *store.Tx) error {
		if err := tx.CancelJob(b.ctx, "a"); err != nil {
			return err
		}
		return tx.Enqueue(b.ctx, store.Job{Kind: "k", Key: "a", Payload: "new"})
	})
	err := b.store.Write(b.ctx, func(tx *store.Tx) error { return tx.FinishJob(b.ctx, inHand[0]) })
	if guichet.CodeOf(err) != store.LeaseLost {
		t.Errorf("finished what was cancelled: %v", err)
	}
	if left := b.jobs(false); len(left) != 1 || left[0].Payload != "new" {
		t.Errorf("left: %+v", left)
	}
}

// Run is woken by work, and finishes the job in hand when it is told to stop.
func TestRunWakesAndStops(t *testing.T) {
	b := newBench(t)
	started, release := make(chan struct{}), make(chan struct{})
	r := b.runner(nil, map[string]jobs.Effect{"k": func(_ context.Context, j store.Job) error {
		close(started)
		<-release
		b.note(j)
		return nil
	}})
	ctx, stop := context.WithCancel(b.ctx)
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	b.enqueue(store.Job{Kind: "k", Payload: "p"})
	<-started
	stop()
	close(release)
	running.Wait()
	if b.done["p"] != 1 {
		t.Errorf("done %d times", b.done["p"])
	}
	b.counts(0, 0)
}
