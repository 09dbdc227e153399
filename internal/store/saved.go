package store

import (
	"cmp"
	"context"
	"slices"

	"guichet"
	"guichet/internal/lexis"
)

const savedColumns = `v.id, v.owner_id, v.name, v.base, v.filter, v.team_id, v.everybody`

func scanSaved(r scanner) (v guichet.SavedView, err error) {
	return v, r.Scan(&v.ID, &v.OwnerID, &v.Name, &v.Base, &v.Filter, id(&v.TeamID), &v.Everybody)
}

// SavedViews lists the views of a person, and those shared with everybody or with some teams, by name.
func (tx *Tx) SavedViews(ctx context.Context, person guichet.ID, teams []guichet.ID) ([]guichet.SavedView, error) {
	var b builder
	list, err := many(ctx, tx, scanSaved, `SELECT `+savedColumns+` FROM saved_view v WHERE v.owner_id = `+b.arg(string(person))+
		` OR v.everybody = TRUE OR v.team_id IN `+in(&b, teams)+` ORDER BY v.created_at, v.id LIMIT 200`, b.args...)
	slices.SortFunc(list, func(a, b guichet.SavedView) int {
		return cmp.Or(cmp.Compare(lexis.SortKey(a.Name), lexis.SortKey(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// SaveView creates a view, or replaces it.
func (tx *Tx) SaveView(ctx context.Context, v guichet.SavedView) error {
	return tx.exec(ctx, `INSERT INTO saved_view (id, owner_id, name, base, filter, team_id, everybody, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET name = excluded.name, base = excluded.base,
			filter = excluded.filter, team_id = excluded.team_id, everybody = excluded.everybody`,
		string(v.ID), string(v.OwnerID), v.Name, v.Base, v.Filter, nullable(v.TeamID), v.Everybody, micros(tx.Now))
}

// RemoveView forgets a view.
func (tx *Tx) RemoveView(ctx context.Context, view guichet.ID) error {
	return tx.exec(ctx, `DELETE FROM saved_view WHERE id = $1`, string(view))
}
