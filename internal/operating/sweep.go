package operating

import (
	"context"
	"strconv"
	"strings"
	"time"

	"guichet"
	"guichet/internal/blob"
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
	keepFiles    = 31 * 24 * time.Hour // files to which nothing refers: longer than the draft they came with
)

// PlanSweep asks for the first sweeping; where one is planned already it changes nothing.
func (o *Operating) PlanSweep(ctx context.Context) error {
	return o.store.Write(ctx, func(tx *store.Tx) error { return planSweep(ctx, tx, tx.Now) })
}

func planSweep(ctx context.Context, tx *store.Tx, at time.Time) error {
	return tx.Enqueue(ctx, store.Job{Kind: JobSweep, Key: JobSweep, RunAt: at})
}

// How much one transaction looks at.
const (
	seenAtOnce  = 2000 // sightings
	filesAtOnce = 2000 // files
)

// filesTurn begins the payload of a turn that looks at the files.
const filesTurn = "files "

// Sweep is the handler of JobSweep: it sweeps, then takes the sightings and the files turn by turn, a transaction each,
// and plans the next time. Payload: person and ticket of the sighting to go on after, or the folder of files to go on
// with; empty at the beginning.
func (o *Operating) Sweep(ctx context.Context, tx *store.Tx, j store.Job) error {
	if folder, found := strings.CutPrefix(j.Payload, filesTurn); found {
		from, err := strconv.Atoi(folder)
		if err != nil {
			return err
		}
		return o.sweepFiles(ctx, tx, from)
	}
	if j.Payload == "" {
		if err := sweep(ctx, tx); err != nil {
			return err
		}
	}
	person, ticket, _ := strings.Cut(j.Payload, " ")
	after := store.Sighting{PersonID: guichet.ID(person), TicketID: guichet.ID(ticket)}
	next, _, err := tx.SweepSightings(ctx, after, tx.Now.Add(-keepSeen), seenAtOnce)
	if err != nil {
		return err
	}
	if next.PersonID == "" {
		return o.sweepFiles(ctx, tx, 0)
	}
	return tx.Enqueue(ctx, store.Job{Kind: JobSweep, Key: JobSweep, Payload: string(next.PersonID) + " " + string(next.TicketID)})
}

// sweepFiles removes the files that were sent ahead of a form which never left, once its draft is gone: old, and
// referred to by nothing. A file that is wanted again meanwhile is young, and stays.
func (o *Operating) sweepFiles(ctx context.Context, tx *store.Tx, from int) error {
	before := tx.Now.Add(-keepFiles)
	aged, next, err := o.files.Aged(ctx, from, before, filesAtOnce)
	if err != nil {
		return err
	}
	forgotten, err := tx.Unreferenced(ctx, aged)
	if err != nil {
		return err
	}
	for _, hash := range forgotten {
		if _, err := o.files.Remove(hash, before); err != nil {
			return err
		}
	}
	if next == blob.Folders {
		return planSweep(ctx, tx, tx.Now.Add(sweepEvery))
	}
	return tx.Enqueue(ctx, store.Job{Kind: JobSweep, Key: JobSweep, Payload: filesTurn + strconv.Itoa(next)})
}

// sweep is what one transaction does.
func sweep(ctx context.Context, tx *store.Tx) error {
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
	return recount(ctx, tx)
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
