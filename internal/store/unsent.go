package store

import (
	"context"
	"time"

	"guichet"
)

type unsentRow struct {
	guichet.Unsent
	older bool
}

func scanUnsent(r scanner) (u unsentRow, err error) {
	return u, r.Scan(&u.PersonID, &u.Place, &u.older, &u.Body, moment{&u.SavedAt}, &u.Version)
}

// Unsent reads what a person has not sent yet of a place; the zero pair when there is nothing.
func (tx *Tx) Unsent(ctx context.Context, person guichet.ID, place string) (p guichet.UnsentPair, err error) {
	rows, err := many(ctx, tx, scanUnsent, `SELECT person_id, place, older, body, saved_at, version FROM unsent
		WHERE person_id = $1 AND place = $2`, string(person), place)
	for _, u := range rows {
		if u.older {
			p.Older = u.Unsent
		} else {
			p.Present = u.Unsent
		}
	}
	return p, err
}

// SaveUnsent writes what a person has not sent yet of a place; a text without a version is removed.
func (tx *Tx) SaveUnsent(ctx context.Context, person guichet.ID, place string, p guichet.UnsentPair) error {
	for i, u := range []guichet.Unsent{p.Present, p.Older} {
		var err error
		if older := i == 1; u.Version == 0 {
			err = tx.exec(ctx, `DELETE FROM unsent WHERE person_id = $1 AND place = $2 AND older = $3`, string(person), place, older)
		} else {
			err = tx.exec(ctx, `INSERT INTO unsent (person_id, place, older, body, saved_at, version) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (person_id, place, older) DO UPDATE SET body = $4, saved_at = $5, version = $6`,
				string(person), place, older, u.Body, micros(u.SavedAt), u.Version)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// TrimUnsent keeps the latest texts of a person, and removes those before.
func (tx *Tx) TrimUnsent(ctx context.Context, person guichet.ID, keep int) error {
	return tx.exec(ctx, `DELETE FROM unsent WHERE person_id = $1 AND saved_at < (SELECT COALESCE(MIN(l.saved_at), 0) FROM
		(SELECT saved_at FROM unsent WHERE person_id = $1 ORDER BY saved_at DESC LIMIT $2) l)`, string(person), keep)
}

// SweepUnsent removes what was typed before a moment and never sent.
func (tx *Tx) SweepUnsent(ctx context.Context, before time.Time) error {
	return tx.exec(ctx, `DELETE FROM unsent WHERE saved_at < $1`, micros(before))
}

// UnsentOf lists the texts at hand of a person, the last saved first.
func (tx *Tx) UnsentOf(ctx context.Context, person guichet.ID, limit int) ([]guichet.Unsent, error) {
	rows, err := many(ctx, tx, scanUnsent, `SELECT person_id, place, older, body, saved_at, version FROM unsent
		WHERE person_id = $1 AND older = FALSE ORDER BY saved_at DESC, place LIMIT $2`, string(person), limit)
	var out []guichet.Unsent
	for _, u := range rows {
		out = append(out, u.Unsent)
	}
	return out, err
}
