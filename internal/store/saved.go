package store

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/lexis"
)

const savedColumns = `v.id, v.owner_id, v.name, v.base, v.filter, v.team_id, v.role_id, v.everybody, COALESCE(p.place, 0)`

func scanSaved(r scanner) (v guichet.SavedView, err error) {
	return v, r.Scan(&v.ID, &v.OwnerID, &v.Name, &v.Base, &v.Filter, id(&v.TeamID), &v.RoleID, &v.Everybody, &v.Place)
}

// SavedViews lists the views of a person, and those shared with everybody, with some teams or with some roles: in the
// order that the person has chosen, then by name. Of very many, the person's own ones come first, then those with a place.
func (tx *Tx) SavedViews(ctx context.Context, person guichet.ID, teams, roles []guichet.ID) ([]guichet.SavedView, error) {
	var b builder
	me := b.arg(string(person))
	list, err := many(ctx, tx, scanSaved, `SELECT `+savedColumns+` FROM saved_view v
		LEFT JOIN saved_view_place p ON p.view_id = v.id AND p.person_id = `+me+` WHERE v.owner_id = `+me+`
		OR v.everybody = TRUE OR v.team_id IN `+in(&b, teams)+` OR (v.role_id <> '' AND v.role_id IN `+in(&b, roles)+`)
		ORDER BY CASE WHEN v.owner_id = `+me+` THEN 0 WHEN p.place > 0 THEN 1 ELSE 2 END, v.created_at, v.id LIMIT 200`, b.args...)
	slices.SortFunc(list, func(a, b guichet.SavedView) int {
		return cmp.Or(cmp.Compare(last(a.Place), last(b.Place)), cmp.Compare(lexis.SortKey(a.Name), lexis.SortKey(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// last puts what has no place after what has one.
func last(place int) int {
	if place == 0 {
		return math.MaxInt
	}
	return place
}

// SaveView creates a view, or replaces it.
func (tx *Tx) SaveView(ctx context.Context, v guichet.SavedView) error {
	return tx.exec(ctx, `INSERT INTO saved_view (id, owner_id, name, base, filter, team_id, role_id, everybody, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET name = excluded.name, base = excluded.base,
			filter = excluded.filter, team_id = excluded.team_id, role_id = excluded.role_id, everybody = excluded.everybody`,
		string(v.ID), string(v.OwnerID), v.Name, v.Base, v.Filter, nullable(v.TeamID), string(v.RoleID), v.Everybody, micros(tx.Now))
}

// OrderViews puts the views that a person sees in an order; those that are not named have no place any more.
func (tx *Tx) OrderViews(ctx context.Context, person guichet.ID, views []guichet.ID) error {
	err := tx.exec(ctx, `DELETE FROM saved_view_place WHERE person_id = $1`, string(person))
	if err != nil || len(views) == 0 {
		return err
	}
	var b builder
	me := b.arg(string(person))
	rows := make([]string, len(views))
	for i, view := range views {
		rows[i] = "(" + me + ", " + b.arg(string(view)) + ", " + b.arg(i+1) + ")"
	}
	return tx.exec(ctx, `INSERT INTO saved_view_place (person_id, view_id, place) VALUES `+strings.Join(rows, ", "), b.args...)
}

// RemoveView forgets a view, and how each person has it shown, and the place that it had among those of each person.
func (tx *Tx) RemoveView(ctx context.Context, view guichet.ID) error {
	if err := tx.exec(ctx, `DELETE FROM saved_view_place WHERE view_id = $1`, string(view)); err != nil {
		return err
	}
	var b builder
	var names []string
	for _, name := range guichet.ViewPreferences() {
		names = append(names, guichet.InView(name, guichet.KeptView+string(view)))
	}
	if err := tx.exec(ctx, `DELETE FROM preference WHERE name IN `+in(&b, names), b.args...); err != nil {
		return err
	}
	return tx.exec(ctx, `DELETE FROM saved_view WHERE id = $1`, string(view))
}

// unshare leaves to their owners the views that are shared with a team.
const unshare = `UPDATE saved_view SET team_id = NULL WHERE team_id = $1`
