package store

import (
	"context"
	"time"

	"guichet"
)

// LastTicketsUnder reads the n tickets of a scope that follow a workflow, in whatever version, and changed
// last, whole, newest first.
func (tx *Tx) LastTicketsUnder(ctx context.Context, scope guichet.Scope, workflow guichet.ID, n int) ([]guichet.Ticket, error) {
	var b builder
	b.and("t.workflow_id = " + b.arg(string(workflow)))
	b.scope(scope)
	return many(ctx, tx, scanTicket, `SELECT `+ticketColumns+` FROM ticket t WHERE `+b.sql()+`
		ORDER BY t.updated_at DESC, t.id DESC LIMIT `+b.arg(n), b.args...)
}

// Standing counts running tickets that stand alike.
type Standing struct {
	Version int // of the workflow that they follow
	State   guichet.State
	Reason  string // for which they wait
	Count   int
}

// Standings counts the running tickets of a workflow by version, state and pending reason.
func (tx *Tx) Standings(ctx context.Context, workflow guichet.ID) ([]Standing, error) {
	return many(ctx, tx, func(r scanner) (s Standing, err error) {
		return s, r.Scan(&s.Version, &s.State, &s.Reason, &s.Count)
	}, `SELECT workflow, state, pending_reason, COUNT(*) FROM ticket WHERE workflow_id = $1 AND phase < 2
		GROUP BY workflow, state, pending_reason ORDER BY workflow DESC, state, pending_reason`, string(workflow))
}

// RunningBelow reads the running tickets of a workflow that follow a version before the one named, after a
// ticket, in the order of their keys.
func (tx *Tx) RunningBelow(ctx context.Context, a Adoption, limit int) ([]guichet.Ticket, error) {
	return many(ctx, tx, scanTicket, `SELECT `+ticketColumns+` FROM ticket t
		WHERE t.workflow_id = $1 AND t.phase < 2 AND t.workflow < $2 AND t.id > $3 ORDER BY t.id LIMIT $4`+tx.lock(),
		string(a.WorkflowID), a.Version, string(a.After), limit)
}

// Adoption is the moving of the running tickets of a workflow to a version of it.
type Adoption struct {
	ID         guichet.ID
	WorkflowID guichet.ID
	Version    int
	Moves      guichet.Moves
	ActorID    guichet.ID
	StartedAt  time.Time
	Total      int
	Moved      int
	Kept       int // left on their version
	After      guichet.ID
	EndedAt    time.Time
	Stopped    bool // before its end
}

const adoptionColumns = `id, workflow_id, version, moves, actor_id, started_at, total, moved, kept, after_id, ended_at, stopped`

func scanAdoption(r scanner) (a Adoption, err error) {
	return a, r.Scan(&a.ID, &a.WorkflowID, &a.Version, decoded{&a.Moves}, &a.ActorID, moment{&a.StartedAt}, &a.Total, &a.Moved,
		&a.Kept, text[guichet.ID]{&a.After}, moment{&a.EndedAt}, &a.Stopped)
}

// InsertAdoption records the beginning of an adoption.
func (tx *Tx) InsertAdoption(ctx context.Context, a Adoption) error {
	moves, err := encoded(a.Moves)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO adoption (`+adoptionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		string(a.ID), string(a.WorkflowID), a.Version, moves, string(a.ActorID), micros(a.StartedAt), a.Total, a.Moved, a.Kept,
		string(a.After), micros(a.EndedAt), a.Stopped)
}

// Adoption reads one adoption, for its next batch.
func (tx *Tx) Adoption(ctx context.Context, adoption guichet.ID) (Adoption, error) {
	return one(ctx, tx, "adoption", scanAdoption, `SELECT `+adoptionColumns+` FROM adoption t WHERE t.id = $1`+tx.lock(), string(adoption))
}

// LastAdoption reads the newest adoption of a workflow; not found when there was none.
func (tx *Tx) LastAdoption(ctx context.Context, workflow guichet.ID) (Adoption, error) {
	return one(ctx, tx, "adoption", scanAdoption, `SELECT `+adoptionColumns+` FROM adoption t WHERE t.workflow_id = $1
		ORDER BY t.started_at DESC, t.id DESC LIMIT 1`+tx.lock(), string(workflow))
}

// AdvanceAdoption writes how far an adoption has come.
func (tx *Tx) AdvanceAdoption(ctx context.Context, a Adoption) error {
	return tx.exec(ctx, `UPDATE adoption SET moved = $2, kept = $3, after_id = $4, ended_at = $5, stopped = $6 WHERE id = $1`,
		string(a.ID), a.Moved, a.Kept, string(a.After), micros(a.EndedAt), a.Stopped)
}
