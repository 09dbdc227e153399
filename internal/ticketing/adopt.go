package ticketing

import (
	"cmp"
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// JobAdopt moves a batch of running tickets to a newer version of their workflow; payload: identifier
// of the adoption.
const JobAdopt = "workflow.adopt"

// adoptBatch is how many tickets move in one transaction.
const adoptBatch = 50

// Standing is a number of running tickets that stand alike, seen from the version in force.
type Standing struct {
	store.Standing
	Current bool            // they follow the version in force
	Misfit  bool            // it has no place for them as they stand
	Refuges []guichet.State // where they could go, if their state is missing
}

// Adoption is how the running tickets of a workflow stand, and the last time they were moved.
type Adoption struct {
	Workflow  guichet.Workflow // in force
	Standings []Standing
	Behind    int // follow an older version
	Misfits   int // of these, those without a place as they stand
	Last      *store.Adoption
}

// Running reports whether tickets are being moved now.
func (a Adoption) Running() bool { return a.Last != nil && a.Last.EndedAt.IsZero() }

// Adoption reads how the running tickets of a workflow stand. Error: not found, for who may not
// configure the desk too.
func (d *Desk) Adoption(ctx context.Context, actor guichet.Actor, workflow guichet.ID) (Adoption, error) {
	var a Adoption
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		w, err := inForce(ctx, tx, actor, workflow)
		if err != nil {
			return err
		}
		a, err = adoption(ctx, tx, w)
		return err
	})
	return a, err
}

// inForce reads a workflow for who configures the whole desk.
func inForce(ctx context.Context, tx *store.Tx, actor guichet.Actor, workflow guichet.ID) (guichet.Workflow, error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return guichet.Workflow{}, err
	}
	w, known := desk.Workflows[workflow]
	if !known || !actor.Configures("", desk) {
		return w, guichet.NotFound("workflow")
	}
	return w, nil
}

func adoption(ctx context.Context, tx *store.Tx, w guichet.Workflow) (Adoption, error) {
	out := Adoption{Workflow: w}
	list, err := tx.Standings(ctx, w.ID)
	if err != nil {
		return out, err
	}
	for _, s := range list {
		line := Standing{Standing: s, Current: s.Version >= w.Version}
		if misfit, fits := w.Fits(s.State, s.Reason); !line.Current {
			out.Behind += s.Count
			if !fits {
				line.Misfit = true
				out.Misfits += s.Count
			}
			if !fits && misfit.Reason == "" {
				line.Refuges = w.Refuges(s.State)
			}
		}
		out.Standings = append(out.Standings, line)
	}
	slices.SortStableFunc(out.Standings, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(b.Version, a.Version), cmp.Compare(slices.Index(guichet.States(), a.State), slices.Index(guichet.States(), b.State)))
	})
	last, err := tx.LastAdoption(ctx, w.ID)
	switch {
	case err == nil:
		out.Last = &last
	case guichet.KindOf(err) == guichet.KindNotFound:
		err = nil
	}
	return out, err
}

// Adopt begins to move the running tickets of a workflow to the version in force, in batches. Errors:
// not found, invalid for a move that leads nowhere, conflict while tickets are being moved already or
// when there are none to move.
func (d *Desk) Adopt(ctx context.Context, actor guichet.Actor, workflow guichet.ID, moves guichet.Moves) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		w, err := inForce(ctx, tx, actor, workflow)
		if err != nil {
			return err
		}
		if err := moves.Check(w); err != nil {
			return err
		}
		now, err := adoption(ctx, tx, w)
		switch {
		case err != nil:
			return err
		case now.Running():
			return guichet.Conflict("adoption.running")
		case now.Behind == 0:
			return guichet.Conflict("adoption.nothing")
		}
		a := store.Adoption{ID: guichet.NewID(tx.Now), WorkflowID: w.ID, Version: w.Version, Moves: moves, ActorID: actor.Person.ID,
			StartedAt: tx.Now, Total: now.Behind}
		if err := tx.InsertAdoption(ctx, a); err != nil {
			return err
		}
		err = tx.Audit(ctx, store.AuditEntry{ActorID: actor.Person.ID, Act: "adopt", Kind: "workflow", ObjectID: w.ID, Name: w.Name})
		if err != nil {
			return err
		}
		return tx.Enqueue(ctx, adoptJob(a))
	})
}

func adoptJob(a store.Adoption) store.Job {
	return store.Job{Kind: JobAdopt, Payload: string(a.ID)}
}

// StopAdoption ends the moving of tickets before its end: those that moved stay moved. Errors: not
// found, conflict when none is in progress.
func (d *Desk) StopAdoption(ctx context.Context, actor guichet.Actor, workflow guichet.ID) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := inForce(ctx, tx, actor, workflow); err != nil {
			return err
		}
		a, err := tx.LastAdoption(ctx, workflow)
		if guichet.KindOf(err) == guichet.KindNotFound || err == nil && !a.EndedAt.IsZero() {
			return guichet.Conflict("adoption.none")
		}
		if err != nil {
			return err
		}
		a.Stopped, a.EndedAt = true, tx.Now
		return tx.AdvanceAdoption(ctx, a)
	})
}

// AdoptBatch is the handler of JobAdopt: it moves the next tickets and asks for the batch after. It
// begins where the last one ended, so it may run again; an adoption that was stopped, or whose version
// is no longer the one in force, moves nothing more.
func (d *Desk) AdoptBatch(ctx context.Context, tx *store.Tx, j store.Job) error {
	a, err := tx.Adoption(ctx, guichet.ID(j.Payload))
	if err != nil || !a.EndedAt.IsZero() {
		return err
	}
	desk, err := tx.Desk(ctx)
	if err != nil {
		return err
	}
	if desk.Workflows[a.WorkflowID].Version != a.Version {
		a.Stopped, a.EndedAt = true, tx.Now
		return tx.AdvanceAdoption(ctx, a)
	}
	tickets, err := tx.RunningBelow(ctx, a, adoptBatch)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		moved, err := adopt(ctx, tx, desk, t, a)
		if err != nil {
			return err
		}
		if a.After = t.ID; moved {
			a.Moved++
		} else {
			a.Kept++
		}
	}
	if len(tickets) < adoptBatch {
		a.EndedAt = tx.Now
		return tx.AdvanceAdoption(ctx, a)
	}
	if err := tx.AdvanceAdoption(ctx, a); err != nil {
		return err
	}
	return tx.Enqueue(ctx, adoptJob(a))
}

// adopt moves one ticket, if the version in force has a place for it. Nobody is told: nothing has
// happened to what was asked for.
func adopt(ctx context.Context, tx *store.Tx, desk *guichet.Desk, t guichet.Ticket, a store.Adoption) (bool, error) {
	after, ok := desk.Migrate(t, a.Moves, tx.Now)
	if !ok {
		return false, nil
	}
	e := guichet.Event{ID: guichet.NewID(tx.Now), TicketID: t.ID, At: tx.Now, ActorID: a.ActorID, Channel: guichet.ChannelDesk,
		Kind: guichet.EventMigrated, Internal: true, Changes: guichet.Diff(t, after)}
	if err := tx.UpdateTicket(ctx, t, &after, []guichet.Event{e}); err != nil {
		return false, err
	}
	return true, timers(ctx, tx, t, after)
}
