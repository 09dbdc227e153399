package store

import (
	"context"
	"time"

	"guichet"
)

const absenceColumns = `a.id, a.person_id, a.starts_at, a.ends_at, a.deputy_id, a.note`

func scanAbsence(r scanner) (a guichet.Absence, err error) {
	return a, r.Scan(&a.ID, &a.PersonID, moment{&a.From}, moment{&a.To}, id(&a.DeputyID), &a.Note)
}

// SaveAbsence declares an absence, or replaces it.
func (tx *Tx) SaveAbsence(ctx context.Context, a guichet.Absence) error {
	return tx.exec(ctx, `INSERT INTO absence (id, person_id, starts_at, ends_at, deputy_id, note, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at,
			deputy_id = excluded.deputy_id, note = excluded.note`,
		string(a.ID), string(a.PersonID), micros(a.From), micros(a.To), nullable(a.DeputyID), a.Note, micros(tx.Now))
}

// DeleteAbsence forgets an absence.
func (tx *Tx) DeleteAbsence(ctx context.Context, absence guichet.ID) error {
	return tx.exec(ctx, `DELETE FROM absence WHERE id = $1`, string(absence))
}

// Absence reads one absence.
func (tx *Tx) Absence(ctx context.Context, absence guichet.ID) (guichet.Absence, error) {
	return one(ctx, tx, "absence", scanAbsence, `SELECT `+absenceColumns+` FROM absence a WHERE a.id = $1`, string(absence))
}

// AbsencesOf lists which of some persons are away at a moment.
func (tx *Tx) AbsencesOf(ctx context.Context, people []guichet.ID, at time.Time) (guichet.Absences, error) {
	if len(people) == 0 {
		return nil, nil
	}
	var b builder
	return many(ctx, tx, scanAbsence, `SELECT `+absenceColumns+` FROM absence a WHERE a.person_id IN `+in(&b, people)+`
		AND a.ends_at > `+b.arg(micros(at))+` AND a.starts_at <= `+b.arg(micros(at))+` ORDER BY a.starts_at, a.id`, b.args...)
}

// ComingAbsences lists the absences of a person that are not over at a moment, the first first.
func (tx *Tx) ComingAbsences(ctx context.Context, person guichet.ID, at time.Time) ([]guichet.Absence, error) {
	return many(ctx, tx, scanAbsence, `SELECT `+absenceColumns+` FROM absence a
		WHERE a.person_id = $1 AND a.ends_at > $2 ORDER BY a.starts_at, a.id`, string(person), micros(at))
}

// Deputising lists the absences during which a person answers for somebody, those that are over left
// aside, the first first.
func (tx *Tx) Deputising(ctx context.Context, deputy guichet.ID, at time.Time) ([]guichet.Absence, error) {
	return many(ctx, tx, scanAbsence, `SELECT `+absenceColumns+` FROM absence a
		WHERE a.deputy_id = $1 AND a.ends_at > $2 ORDER BY a.starts_at, a.id`, string(deputy), micros(at))
}
