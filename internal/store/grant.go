package store

import (
	"context"
	"slices"
	"time"

	"guichet"
)

// SaveGrant gives a role, or moves the end of the grant.
func (tx *Tx) SaveGrant(ctx context.Context, g guichet.Grant) error {
	err := tx.exec(ctx, `INSERT INTO role_grant (id, person_id, team_id, role_id, organisation_id, service_id, ends_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET ends_at = excluded.ends_at`,
		string(g.ID), nullable(g.PersonID), nullable(g.TeamID), string(g.RoleID), nullable(g.OrganisationID), nullable(g.ServiceID),
		micros(g.EndsAt))
	if err != nil {
		return err
	}
	return tx.touchDesk(ctx)
}

const grantColumns = `g.id, g.person_id, g.team_id, g.role_id, g.organisation_id, g.service_id, g.ends_at`

func scanGrant(r scanner) (g guichet.Grant, err error) {
	return g, r.Scan(&g.ID, id(&g.PersonID), id(&g.TeamID), &g.RoleID, id(&g.OrganisationID), id(&g.ServiceID), moment{&g.EndsAt})
}

// Grants reads every grant that has not ended, for the administrators' screens.
func (tx *Tx) Grants(ctx context.Context) ([]guichet.Grant, error) {
	return many(ctx, tx, scanGrant, `SELECT `+grantColumns+` FROM role_grant g WHERE g.ends_at = 0 OR g.ends_at > $1
		ORDER BY g.role_id, g.id`, micros(tx.Now))
}

// Grant reads a grant.
func (tx *Tx) Grant(ctx context.Context, grant guichet.ID) (guichet.Grant, error) {
	return one(ctx, tx, "grant", scanGrant, `SELECT `+grantColumns+` FROM role_grant g WHERE g.id = $1`, string(grant))
}

// GrantsOf reads the grants of a person or of a team, those that have ended too.
func (tx *Tx) GrantsOf(ctx context.Context, holder guichet.ID) ([]guichet.Grant, error) {
	return many(ctx, tx, scanGrant, `SELECT `+grantColumns+` FROM role_grant g WHERE g.person_id = $1 OR g.team_id = $1
		ORDER BY g.role_id, g.id`, string(holder))
}

// EndGrant says from when a grant gives nothing any more; the zero time takes the end away.
func (tx *Tx) EndGrant(ctx context.Context, grant guichet.ID, end time.Time) error {
	if err := tx.exec(ctx, `UPDATE role_grant SET ends_at = $1 WHERE id = $2`, micros(end), string(grant)); err != nil {
		return err
	}
	return tx.touchDesk(ctx)
}

// RemoveGrant takes a role back.
func (tx *Tx) RemoveGrant(ctx context.Context, grant guichet.ID) error {
	if err := tx.exec(ctx, `DELETE FROM role_grant WHERE id = $1`, string(grant)); err != nil {
		return err
	}
	return tx.touchDesk(ctx)
}

// FullAdministrators lists the full administrators who can sign in and whose role does not end.
func (tx *Tx) FullAdministrators(ctx context.Context, d *guichet.Desk) ([]guichet.ID, error) {
	roles := append(d.RolesWith(guichet.PermissionPeople), d.RolesWith(guichet.PermissionConfigure)...)
	slices.Sort(roles)
	held, err := tx.Holdings(ctx, slices.Compact(roles))
	return guichet.FullAdministrators(held, d.Roles), err
}

// Holdings reads, of each active person who can sign in, the grants held alone or through teams, of some
// roles over the whole desk: who could be a full administrator.
func (tx *Tx) Holdings(ctx context.Context, roles []guichet.ID) (map[guichet.ID][]guichet.Grant, error) {
	out := map[guichet.ID][]guichet.Grant{}
	if len(roles) == 0 {
		return out, nil
	}
	var b builder
	_, err := many(ctx, tx, func(r scanner) (g guichet.Grant, err error) {
		err = r.Scan(&g.PersonID, &g.RoleID, moment{&g.EndsAt})
		out[g.PersonID] = append(out[g.PersonID], g)
		return g, err
	}, `SELECT p.id, g.role_id, g.ends_at FROM role_grant g
		LEFT JOIN team_member m ON m.team_id = g.team_id
		JOIN person p ON p.id = COALESCE(g.person_id, m.person_id)
		WHERE p.active = TRUE AND g.organisation_id IS NULL AND g.service_id IS NULL AND g.role_id IN `+in(&b, roles)+`
			AND EXISTS (SELECT 1 FROM identity i WHERE i.person_id = p.id)`, b.args...)
	return out, err
}

// Actor reads a person with the teams and roles that he or she holds.
func (tx *Tx) Actor(ctx context.Context, person guichet.ID, channel guichet.Channel) (guichet.Actor, error) {
	p, err := tx.Person(ctx, person)
	if err != nil {
		return guichet.Actor{}, err
	}
	return tx.ActorOf(ctx, p, channel)
}

// ActorOf reads the teams and roles that a person, just read, holds.
func (tx *Tx) ActorOf(ctx context.Context, p guichet.Person, channel guichet.Channel) (guichet.Actor, error) {
	if !p.Active {
		return guichet.Actor{}, guichet.NotFound("person")
	}
	desk, err := tx.Desk(ctx)
	if err != nil {
		return guichet.Actor{}, err
	}
	a := guichet.Actor{Person: p, Channel: channel, Roles: desk.Roles}
	held, err := tx.held(ctx, desk.Revision, p.ID)
	if err != nil {
		return guichet.Actor{}, err
	}
	a.TeamIDs = slices.Clip(held.teams)
	for _, g := range held.grants {
		if g.EndsAt.IsZero() || g.EndsAt.After(tx.Now) {
			a.Grants = append(a.Grants, g)
		}
	}
	return a, nil
}

// held is what a person holds: teams, and grants of his or her own or through a team, those that ended too.
type held struct {
	teams  []guichet.ID
	grants []guichet.Grant
}

// maxHeld is for how many persons a node remembers what they hold.
const maxHeld = 4096

// holdings are what the persons seen lately held at a revision of the desk. Whatever changes a grant or a
// team moves the revision (touchDesk).
type holdings struct {
	revision int64
	of       map[guichet.ID]held
}

// held reads what a person holds, again only when the revision has moved. What a transaction reads may be
// rolled back: it is not remembered.
func (tx *Tx) held(ctx context.Context, revision int64, person guichet.ID) (held, error) {
	if tx.tx != nil {
		return tx.readHeld(ctx, person)
	}
	s := tx.store
	s.mu.Lock()
	h, known := s.holdings.of[person]
	known = known && s.holdings.revision == revision
	s.mu.Unlock()
	if known {
		return h, nil
	}
	h, err := tx.readHeld(ctx, person)
	if err != nil {
		return h, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holdings.revision < revision || len(s.holdings.of) >= maxHeld || s.holdings.of == nil {
		s.holdings = holdings{revision, map[guichet.ID]held{}}
	}
	if s.holdings.revision == revision {
		s.holdings.of[person] = h
	}
	return h, nil
}

func (tx *Tx) readHeld(ctx context.Context, person guichet.ID) (h held, err error) {
	h.teams, err = many(ctx, tx, single[guichet.ID], `SELECT team_id FROM team_member WHERE person_id = $1 ORDER BY team_id`, string(person))
	if err != nil {
		return h, err
	}
	h.grants, err = many(ctx, tx, scanGrant, `SELECT `+grantColumns+` FROM role_grant g
		WHERE g.person_id = $1 OR g.team_id IN (SELECT team_id FROM team_member WHERE person_id = $1)
		ORDER BY g.id`, string(person))
	return h, err
}

// Holders lists the active persons who hold one of the roles over an organisation and a service,
// themselves or through a team, in the order of names. A grant without a root holds everything.
func (tx *Tx) Holders(ctx context.Context, roles []guichet.ID, organisation, service guichet.ID) ([]guichet.ID, error) {
	if len(roles) == 0 {
		return nil, nil
	}
	b := builder{args: []any{string(organisation), string(service), micros(tx.Now)}}
	return many(ctx, tx, single[guichet.ID], `SELECT p.id FROM person p WHERE p.active = TRUE AND p.id IN (
			SELECT COALESCE(g.person_id, m.person_id) FROM role_grant g
			LEFT JOIN team_member m ON m.team_id = g.team_id
			WHERE g.role_id IN `+in(&b, roles)+` AND (g.ends_at = 0 OR g.ends_at > $3)
			AND (g.organisation_id IS NULL OR g.organisation_id IN
				(SELECT ancestor_id FROM organisation_closure WHERE descendant_id = $1))
			AND (g.service_id IS NULL OR g.service_id IN
				(SELECT ancestor_id FROM service_closure WHERE descendant_id = $2)))
		ORDER BY p.sort_key, p.id`, b.args...)
}
