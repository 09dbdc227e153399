package store

import (
	"context"

	"guichet"
)

// SaveOrganisation creates an organisation, or replaces the one whose Version was seen, with the closure
// of all that lies below it. d is the desk as it becomes, indexed. Error: conflict when the record is no
// longer the one that was seen.
func (tx *Tx) SaveOrganisation(ctx context.Context, d *guichet.Desk, o guichet.Organisation) error {
	n := int64(1)
	var err error
	if o.Version == 0 {
		err = tx.exec(ctx, `INSERT INTO organisation (id, parent_id, name, kind, closed) VALUES ($1, $2, $3, $4, $5)`,
			string(o.ID), nullable(o.ParentID), o.Name, string(o.Kind), o.Closed)
	} else {
		n, err = tx.affected(ctx, `UPDATE organisation SET parent_id = $2, name = $3, kind = $4, closed = $5, version = version + 1
			WHERE id = $1 AND version = $6`, string(o.ID), nullable(o.ParentID), o.Name, string(o.Kind), o.Closed, o.Version)
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return guichet.Conflict("organisation.changed")
	}
	if err := tx.saveClosures(ctx, d, o.ID); err != nil {
		return err
	}
	return tx.touchDesk(ctx)
}

// saveClosures records anew the ancestors of a node and of every node below it.
func (tx *Tx) saveClosures(ctx context.Context, d *guichet.Desk, root guichet.ID) error {
	if err := tx.saveClosure(ctx, "organisation_closure", d.OrganisationPath(root)); err != nil {
		return err
	}
	below, err := many(ctx, tx, single[guichet.ID], `SELECT descendant_id FROM organisation_closure
		WHERE ancestor_id = $1 AND descendant_id <> $1 ORDER BY descendant_id`, string(root))
	for _, node := range below {
		if err == nil {
			err = tx.saveClosure(ctx, "organisation_closure", d.OrganisationPath(node))
		}
	}
	return err
}

// RemoveOrganisation removes an organisation that nothing refers to any more.
func (tx *Tx) RemoveOrganisation(ctx context.Context, organisation guichet.ID) error {
	if err := tx.exec(ctx, `DELETE FROM organisation_closure WHERE descendant_id = $1`, string(organisation)); err != nil {
		return err
	}
	if err := tx.exec(ctx, `DELETE FROM organisation WHERE id = $1`, string(organisation)); err != nil {
		return err
	}
	return tx.touchDesk(ctx)
}

// OrganisationUse counts what refers to an organisation; each count stops at a limit.
type OrganisationUse struct{ People, Active, Teams, Grants, Tickets int }

// OrganisationUse counts what refers to an organisation itself, not to those below.
func (tx *Tx) OrganisationUse(ctx context.Context, organisation guichet.ID, limit int) (u OrganisationUse, err error) {
	for _, c := range []struct {
		to    *int
		query string
	}{
		{&u.People, `SELECT COUNT(*) FROM (SELECT id FROM person WHERE organisation_id = $1 LIMIT $2) x`},
		{&u.Active, `SELECT COUNT(*) FROM (SELECT id FROM person WHERE organisation_id = $1 AND active = TRUE LIMIT $2) x`},
		{&u.Teams, `SELECT COUNT(*) FROM (SELECT id FROM team WHERE organisation_id = $1 LIMIT $2) x`},
		{&u.Grants, `SELECT COUNT(*) FROM (SELECT id FROM role_grant WHERE organisation_id = $1 LIMIT $2) x`},
		{&u.Tickets, `SELECT COUNT(*) FROM (SELECT id FROM ticket WHERE organisation_id = $1 LIMIT $2) x`},
	} {
		if *c.to, err = one(ctx, tx, "organisation", single[int], c.query, string(organisation), limit); err != nil {
			return u, err
		}
	}
	return u, nil
}

// CountPeople counts the active persons of each organisation itself; those of none are under the empty key.
func (tx *Tx) CountPeople(ctx context.Context) (map[guichet.ID]int, error) {
	out := map[guichet.ID]int{}
	_, err := many(ctx, tx, func(r scanner) (key guichet.ID, err error) {
		n := 0
		err = r.Scan(id(&key), &n)
		out[key] = n
		return key, err
	}, `SELECT organisation_id, COUNT(*) FROM person WHERE active = TRUE GROUP BY organisation_id`)
	return out, err
}
