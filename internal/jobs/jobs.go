// Package jobs runs the durable jobs of the desk: each once, at its time, again after a failure,
// and among the dead, visible, when it may not be tried any more.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"guichet"
	"guichet/internal/store"
)

// Handler does a job inside the transaction that also removes it: its writes happen exactly once.
type Handler func(ctx context.Context, tx *store.Tx, job store.Job) error

// Preparation reads and works out what a job will write, without keeping anybody from writing meanwhile, and
// returns the handler that writes it.
type Preparation func(ctx context.Context, tx *store.Tx, job store.Job) (Handler, error)

// Effect does a job whose effect is outside the database. It may run again after a crash between
// the effect and the note that it was done. It must return when its context ends.
type Effect func(ctx context.Context, job store.Job) error

// Limits of the runner.
const (
	batch         = 16                    // jobs claimed at once by the lane of the handlers
	parallel      = 8                     // effects at work at once
	lease         = time.Minute           // after which an interrupted job is claimed again
	effectTimeout = 45 * time.Second      // within the lease, so that nobody else begins meanwhile
	maxAttempts   = 20                    // about five days with the delays below
	maxDelay      = 8 * time.Hour         // between two attempts
	gathering     = 20 * time.Millisecond // between two turns of a lane that are not full
	idle          = 5 * time.Minute       // safety net when no job waits and a signal was lost
	onError       = 2 * time.Second       // when the database does not answer
)

// Runner runs jobs by kind. Those of a kind that it does not know wait for a node that does.
type Runner struct {
	store    *store.Store
	log      *slog.Logger
	handlers map[string]Handler
	prepared map[string]Preparation
	effects  map[string]Effect
	lanes    []lane
}

// lane claims jobs of its kinds only. Handlers and effects have a lane each: a mail server that does
// not answer must not keep a ticket from waking.
type lane struct {
	kinds []string
	limit int
	bell  chan struct{}
	run   func(ctx context.Context, claimed []store.Job) error
}

// New makes a runner for the kinds of jobs named.
func New(s *store.Store, log *slog.Logger, handlers map[string]Handler, effects map[string]Effect) *Runner {
	r := &Runner{store: s, log: log, handlers: handlers, effects: effects, prepared: map[string]Preparation{}}
	r.add(slices.Collect(maps.Keys(handlers)), batch, r.inside)
	r.add(slices.Collect(maps.Keys(effects)), parallel, r.outside)
	return r
}

// Prepare has the jobs of a kind prepared before the transaction in which their handler runs.
func (r *Runner) Prepare(kind string, p Preparation) { r.prepared[kind] = p }

func (r *Runner) add(kinds []string, limit int, run func(context.Context, []store.Job) error) {
	if len(kinds) > 0 {
		slices.Sort(kinds)
		r.lanes = append(r.lanes, lane{kinds, limit, make(chan struct{}, 1), run})
	}
}

// Run takes up what a killed process left, works until ctx ends, then finishes the jobs in hand.
func (r *Runner) Run(ctx context.Context) {
	if err := r.store.ReclaimJobs(ctx); err != nil {
		r.log.Warn("jobs: those in hand at the last end wait for the end of their lease", "error", err)
	}
	var work sync.WaitGroup
	for _, l := range r.lanes {
		work.Go(func() { r.serve(ctx, l) })
	}
	r.ring(ctx)
	work.Wait()
}

// ring passes the one signal of the store on to each lane.
func (r *Runner) ring(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.store.Woken():
		}
		for _, l := range r.lanes {
			select {
			case l.bell <- struct{}{}:
			default: // it is about to look already
			}
		}
	}
}

// serve looks for due jobs before it claims any: to look keeps nobody from writing. After a turn with room for
// more it lets some gather, so that they share a claim and a transaction.
func (r *Runner) serve(ctx context.Context, l lane) {
	for ctx.Err() == nil {
		wait := r.untilNext(ctx, l)
		if wait > 0 {
			sleep(ctx, l.bell, wait)
			continue
		}
		n, err := r.turn(context.WithoutCancel(ctx), l)
		switch {
		case err != nil:
			r.log.Error("jobs: the database does not answer", "error", err)
			sleep(ctx, l.bell, onError)
		case n < l.limit:
			sleep(ctx, nil, gathering)
		}
	}
}

func sleep(ctx context.Context, woken <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-timer.C:
	}
}

// untilNext is how long to wait for the next job of a lane that is due at a time.
func (r *Runner) untilNext(ctx context.Context, l lane) time.Duration {
	var due time.Time
	err := r.store.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.NextJob(ctx, l.kinds...)
		return err
	})
	if err != nil && ctx.Err() == nil {
		r.log.Error("jobs: the database does not answer", "error", err)
	}
	if err != nil {
		return onError
	}
	if due.IsZero() {
		return idle
	}
	return min(max(due.Sub(r.store.Now()), 0), idle)
}

// Once claims a batch of due jobs in each lane, runs them, and returns how many there were.
func (r *Runner) Once(ctx context.Context) (int, error) {
	total := 0
	for _, l := range r.lanes {
		n, err := r.turn(ctx, l)
		if total += n; err != nil {
			return total, err
		}
	}
	return total, nil
}

// turn claims a batch of a lane and runs it.
func (r *Runner) turn(ctx context.Context, l lane) (int, error) {
	var claimed []store.Job
	err := r.store.WriteJobs(ctx, func(tx *store.Tx) (err error) {
		claimed, err = tx.ClaimJobs(ctx, l.limit, lease, l.kinds...)
		return err
	})
	if err != nil || len(claimed) == 0 {
		return 0, err
	}
	return len(claimed), l.run(ctx, claimed)
}

// inside does the jobs that only write together in one transaction, because a transaction costs a
// wait for the disk; if one fails they are done one by one.
func (r *Runner) inside(ctx context.Context, claimed []store.Job) error {
	ready, failed := r.prepare(ctx, claimed)
	for i, err := range failed {
		if err := r.settle(ctx, claimed[i], err); err != nil {
			return err
		}
	}
	if len(ready) == 0 || r.together(ctx, ready) == nil {
		return nil
	}
	for _, p := range ready {
		if err := r.settle(ctx, p.job, r.together(ctx, []prepared{p})); err != nil {
			return err
		}
	}
	return nil
}

// prepared is a job with the handler that is left to run.
type prepared struct {
	job   store.Job
	write Handler
}

// prepare makes jobs ready; of those that could not be, by their place, it says why.
func (r *Runner) prepare(ctx context.Context, claimed []store.Job) (ready []prepared, failed map[int]error) {
	failed = map[int]error{}
	for i, j := range claimed {
		p := prepared{j, r.handlers[j.Kind]}
		if prepare := r.prepared[j.Kind]; prepare != nil {
			err := r.guard(func() error {
				return r.store.Read(ctx, func(tx *store.Tx) (err error) {
					p.write, err = prepare(ctx, tx, j)
					return err
				})
			})
			if err != nil {
				failed[i] = err
				continue
			}
		}
		ready = append(ready, p)
	}
	return ready, failed
}

// together does jobs in one transaction. Each is removed before it is done: a handler may so ask for
// the next one under the same key.
func (r *Runner) together(ctx context.Context, list []prepared) error {
	return r.store.WriteJobs(ctx, func(tx *store.Tx) error {
		for _, p := range list {
			if err := tx.FinishJob(ctx, p.job); err != nil {
				return err
			}
			if err := r.guard(func() error { return p.write(ctx, tx, p.job) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// outside runs effects side by side: each waits for somebody else's machine.
func (r *Runner) outside(ctx context.Context, claimed []store.Job) error {
	var group errgroup.Group
	for _, j := range claimed {
		group.Go(func() error { return r.effect(ctx, j) })
	}
	return group.Wait()
}

// effect runs one effect, then notes that it was done.
func (r *Runner) effect(ctx context.Context, j store.Job) error {
	bounded, cancel := context.WithTimeout(ctx, effectTimeout)
	defer cancel()
	if err := r.guard(func() error { return r.effects[j.Kind](bounded, j) }); err != nil {
		return r.settle(ctx, j, err)
	}
	err := r.store.WriteJobs(ctx, func(tx *store.Tx) error { return tx.FinishJob(ctx, j) })
	if guichet.CodeOf(err) == store.LeaseLost {
		r.log.Warn("jobs: done after its lease", "kind", j.Kind, "job", j.ID)
		return nil
	}
	return err
}

// guard turns a panic into an error: one bad job must not stop the others.
func (r *Runner) guard(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("jobs: panic", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return fn()
}

// settle puts a failed job back for later, or among the dead.
func (r *Runner) settle(ctx context.Context, j store.Job, cause error) error {
	if cause == nil || guichet.CodeOf(cause) == store.LeaseLost {
		return nil // another node has it, or it was cancelled
	}
	var permanent *Permanent
	dead := j.Attempts >= maxAttempts || errors.As(cause, &permanent)
	if guichet.KindOf(cause) == guichet.KindUnavailable {
		dead = false
	}
	r.log.Warn("jobs: failed", "kind", j.Kind, "job", j.ID, "attempt", j.Attempts, "dead", dead, "error", cause)
	return r.store.WriteJobs(ctx, func(tx *store.Tx) error {
		return tx.FailJob(ctx, j, cause.Error(), tx.Now.Add(delay(j.Attempts)), dead)
	})
}

// delay doubles from two seconds.
func delay(attempts int) time.Duration {
	if attempts > 14 {
		return maxDelay
	}
	return min(2*time.Second<<max(attempts-1, 0), maxDelay)
}

// Permanent is a failure that another attempt cannot mend.
type Permanent struct{ Err error }

// Error returns the cause's text.
func (p *Permanent) Error() string { return p.Err.Error() }

// Unwrap returns the cause.
func (p *Permanent) Unwrap() error { return p.Err }
