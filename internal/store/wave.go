package store

import (
	"context"

	"guichet"
)

const waveColumns = `w.id, w.ticket_id, w.kind, w.body, w.service_id, w.base, w.by_id, w.at, w.ended_at`

func scanWave(r scanner) (w guichet.Wave, err error) {
	return w, r.Scan(&w.ID, &w.TicketID, &w.Kind, &w.Text, id(&w.ServiceID), &w.Base, &w.ByID, moment{&w.At}, moment{&w.EndedAt})
}

// InsertWave records a wave, and the tickets below its own that are not over: these and no others are reached.
func (tx *Tx) InsertWave(ctx context.Context, w guichet.Wave) error {
	err := tx.exec(ctx, `INSERT INTO wave (id, ticket_id, kind, body, service_id, base, by_id, at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)`,
		string(w.ID), string(w.TicketID), string(w.Kind), w.Text, nullable(w.ServiceID), w.Base, string(w.ByID), micros(w.At))
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO wave_ticket (wave_id, ticket_id, outcome, reason)
		SELECT DISTINCT CAST($1 AS TEXT), t.id, '', '' FROM `+linked("$2")+` WHERE `+standsBelow+` AND t.phase < 2`, string(w.ID), string(w.TicketID))
}

// Wave reads one wave.
func (tx *Tx) Wave(ctx context.Context, wave guichet.ID) (guichet.Wave, error) {
	return one(ctx, tx, "wave", scanWave, `SELECT `+waveColumns+` FROM wave w WHERE w.id = $1`, string(wave))
}

// Waves lists the last waves that went out from a ticket, newest first.
func (tx *Tx) Waves(ctx context.Context, ticket guichet.ID, limit int) ([]guichet.Wave, error) {
	return many(ctx, tx, scanWave, `SELECT `+waveColumns+` FROM wave w WHERE w.ticket_id = $1 ORDER BY w.at DESC, w.id DESC LIMIT $2`, string(ticket), limit)
}

// WaitingOfWave lists tickets that a wave has not reached yet.
func (tx *Tx) WaitingOfWave(ctx context.Context, wave guichet.ID, limit int) ([]guichet.ID, error) {
	return many(ctx, tx, single[guichet.ID], `SELECT ticket_id FROM wave_ticket WHERE wave_id = $1 AND outcome = '' ORDER BY ticket_id LIMIT $2`, string(wave), limit)
}

// ReachedByWave notes that a wave reached a ticket: done, or refused for a reason.
func (tx *Tx) ReachedByWave(ctx context.Context, wave, ticket guichet.ID, outcome, reason string) error {
	return tx.exec(ctx, `UPDATE wave_ticket SET outcome = $3, reason = $4 WHERE wave_id = $1 AND ticket_id = $2`, string(wave), string(ticket), outcome, reason)
}

// EndWave notes that a wave has reached all its tickets.
func (tx *Tx) EndWave(ctx context.Context, wave guichet.ID) error {
	return tx.exec(ctx, `UPDATE wave SET ended_at = $2 WHERE id = $1`, string(wave), micros(tx.Now))
}

// WaveProgress is how far a wave has come.
type WaveProgress struct{ Total, Done, Refused int }

// ProgressOfWave counts what a wave has reached.
func (tx *Tx) ProgressOfWave(ctx context.Context, wave guichet.ID) (WaveProgress, error) {
	return one(ctx, tx, "wave", func(r scanner) (p WaveProgress, err error) {
		return p, r.Scan(&p.Total, &p.Done, &p.Refused)
	}, `SELECT COUNT(*), COUNT(*) FILTER (WHERE outcome = 'done'), COUNT(*) FILTER (WHERE outcome = 'refused') FROM wave_ticket WHERE wave_id = $1`, string(wave))
}

// RefusedTicket is a ticket that a wave could not change, and why.
type RefusedTicket struct {
	Number int64
	Title  string
	Reason string // message key
}

// RefusedByWave lists the tickets that a wave could not change, among those that the scope holds.
func (tx *Tx) RefusedByWave(ctx context.Context, scope guichet.Scope, wave guichet.ID, limit int) ([]RefusedTicket, error) {
	var b builder
	b.and("x.wave_id = " + b.arg(string(wave)) + " AND x.outcome = 'refused' AND t.id = x.ticket_id")
	b.scope(scope)
	return many(ctx, tx, func(r scanner) (x RefusedTicket, err error) {
		return x, r.Scan(&x.Number, &x.Title, &x.Reason)
	}, `SELECT t.number, t.title, x.reason FROM wave_ticket x, ticket t WHERE `+b.sql()+` ORDER BY t.number LIMIT `+b.arg(limit), b.args...)
}

// SaveKnownError writes what is known of a problem.
func (tx *Tx) SaveKnownError(ctx context.Context, problem guichet.ID, k guichet.KnownError) error {
	return tx.exec(ctx, `INSERT INTO known_error (ticket_id, cause, workaround, at, by_id) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (ticket_id) DO UPDATE SET cause = $2, workaround = $3, at = $4, by_id = $5`,
		string(problem), k.Cause, k.Workaround, micros(k.At), string(k.ByID))
}

func scanKnownError(r scanner) (k guichet.KnownError, err error) {
	return k, r.Scan(&k.Cause, &k.Workaround, moment{&k.At}, &k.ByID)
}

// KnownError reads what is known of a problem. Error: not found when nothing was written.
func (tx *Tx) KnownError(ctx context.Context, problem guichet.ID) (guichet.KnownError, error) {
	return one(ctx, tx, "known_error", scanKnownError, `SELECT cause, workaround, at, by_id FROM known_error WHERE ticket_id = $1`, string(problem))
}

const majorColumns = `i.ticket_id, i.declared_at, i.declared_by_id, i.ended_at, i.announcement_id`

func scanMajor(r scanner) (m guichet.MajorIncident, err error) {
	return m, r.Scan(&m.TicketID, moment{&m.DeclaredAt}, &m.DeclaredByID, moment{&m.EndedAt}, id(&m.AnnouncementID))
}

// SaveMajor writes a major incident.
func (tx *Tx) SaveMajor(ctx context.Context, m guichet.MajorIncident) error {
	return tx.exec(ctx, `INSERT INTO major_incident (ticket_id, declared_at, declared_by_id, ended_at, announcement_id) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (ticket_id) DO UPDATE SET declared_at = $2, declared_by_id = $3, ended_at = $4, announcement_id = $5`,
		string(m.TicketID), micros(m.DeclaredAt), string(m.DeclaredByID), micros(m.EndedAt), nullable(m.AnnouncementID))
}

// Major reads the major incident that a ticket was declared to be. Error: not found when it was not.
func (tx *Tx) Major(ctx context.Context, ticket guichet.ID) (guichet.MajorIncident, error) {
	return one(ctx, tx, "major_incident", scanMajor, `SELECT `+majorColumns+` FROM major_incident i WHERE i.ticket_id = $1`, string(ticket))
}
