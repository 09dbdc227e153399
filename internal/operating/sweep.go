package operating

import (
	"context"
	"time"

	"guichet/internal/store"
)

// JobSweep removes what has had its time, once a day.
const JobSweep = "desk.sweep"

// How long things are kept that serve for a while only.
const (
	sweepEvery   = 24 * time.Hour
	keepFailures = 24 * time.Hour      // as far back as failures to sign in count
	keepKeys     = 7 * 24 * time.Hour  // a client that tries again for longer gets a second ticket
	keepImports  = 30 * 24 * time.Hour // files brought in hold personal data
	keepUnsent   = 30 * 24 * time.Hour // what was typed and never sent
	keepSeen     = 30 * 24 * time.Hour // who read what of a ticket that has ended
)

// PlanSweep asks for the first sweeping; where one is planned already it changes nothing.
func (o *Operating) PlanSweep(ctx context.Context) error {
	return o.store.Write(ctx, func(tx *store.Tx) error { return planSweep(ctx, tx, tx.Now) })
}

func planSweep(ctx context.Context, tx *store.Tx, at time.Time) error {
	return tx.Enqueue(ctx, store.Job{Kind: JobSweep, Key: JobSweep, RunAt: at})
}

// Sweep is the handler of JobSweep: it sweeps, and plans the next time.
func (o *Operating) Sweep(ctx context.Context, tx *store.Tx, _ store.Job) error {
	if err := tx.Sweep(ctx, tx.Now.Add(-keepFailures), tx.Now.Add(-keepKeys)); err != nil {
		return err
	}
	if err := tx.SweepImports(ctx, tx.Now.Add(-keepImports)); err != nil {
		return err
	}
	if err := tx.SweepUnsent(ctx, tx.Now.Add(-keepUnsent)); err != nil {
		return err
	}
	if err := tx.SweepBulks(ctx, tx.Now.Add(-keepImports)); err != nil {
		return err
	}
	if _, err := tx.SweepSightings(ctx, tx.Now.Add(-keepSeen)); err != nil {
		return err
	}
	if err := recount(ctx, tx); err != nil {
		return err
	}
	return planSweep(ctx, tx, tx.Now.Add(sweepEvery))
}

// recount mends the kept counters of the views, should anything have gone wrong with them. Counting again keeps
// others waiting, so it is done where it is needed only.
func recount(ctx context.Context, tx *store.Tx) error {
	wrong, err := tx.WrongCells(ctx)
	if err == nil && wrong > 0 {
		_, err = tx.Recount(ctx)
	}
	return err
}
