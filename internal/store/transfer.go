package store

import (
	"context"
	"slices"

	"guichet"
)

// SaveDeskBy is SaveDesk for somebody who may be named, with what is said of the new versions.
func (tx *Tx) SaveDeskBy(ctx context.Context, d *guichet.Desk, author guichet.ID, note string) error {
	d.Index()
	for _, save := range []func(context.Context, *guichet.Desk) error{tx.saveOrganisations, tx.saveTeams, tx.saveServices} {
		if err := save(ctx, d); err != nil {
			return err
		}
	}
	for _, x := range definitionsOf(d) {
		x.AuthorID, x.Note = author, note
		if _, err := tx.define(ctx, x); err != nil {
			return err
		}
	}
	return tx.touchDesk(ctx)
}

// DropDefinitions removes the definitions that a desk has and another has not; their versions stay for the tickets
// that follow them. Drafts of what is gone go too.
func (tx *Tx) DropDefinitions(ctx context.Context, before, after *guichet.Desk, author guichet.ID, note string) error {
	stays := map[[2]string]bool{}
	for _, x := range definitionsOf(after) {
		stays[[2]string{x.Kind, string(x.ID)}] = true
	}
	for _, x := range definitionsOf(before) {
		if stays[[2]string{x.Kind, string(x.ID)}] {
			continue
		}
		if _, err := tx.Define(ctx, Definition{Kind: x.Kind, ID: x.ID, AuthorID: author, Note: note}); err != nil {
			return err
		}
		if err := tx.DropDraft(ctx, x.Kind, x.ID); err != nil {
			return err
		}
	}
	return nil
}

// SetTeamGrants makes grants the only ones of a team; those that give the same as one that is there leave it.
func (tx *Tx) SetTeamGrants(ctx context.Context, team guichet.ID, grants []guichet.Grant) error {
	return tx.setGrants(ctx, "team_id", team, grants)
}

// SetPersonGrants makes grants the only ones of a person, beside those of the teams.
func (tx *Tx) SetPersonGrants(ctx context.Context, person guichet.ID, grants []guichet.Grant) error {
	return tx.setGrants(ctx, "person_id", person, grants)
}

func (tx *Tx) setGrants(ctx context.Context, column string, holder guichet.ID, grants []guichet.Grant) error {
	known, err := many(ctx, tx, scanGrant, `SELECT `+grantColumns+` FROM role_grant g WHERE g.`+column+` = $1`, string(holder))
	if err != nil {
		return err
	}
	gives := func(g guichet.Grant) guichet.Grant { g.ID = ""; return g }
	for _, g := range known {
		if slices.ContainsFunc(grants, func(x guichet.Grant) bool { return gives(x) == gives(g) }) {
			continue
		}
		if err := tx.exec(ctx, `DELETE FROM role_grant WHERE id = $1`, string(g.ID)); err != nil {
			return err
		}
	}
	for _, g := range grants {
		if slices.ContainsFunc(known, func(x guichet.Grant) bool { return gives(x) == gives(g) }) {
			continue
		}
		if err := tx.SaveGrant(ctx, g); err != nil {
			return err
		}
	}
	return tx.touchDesk(ctx)
}

// SetTeams makes a person a member of these teams and of no other.
func (tx *Tx) SetTeams(ctx context.Context, person guichet.ID, teams []guichet.ID) error {
	known, err := many(ctx, tx, single[guichet.ID], `SELECT team_id FROM team_member WHERE person_id = $1`, string(person))
	if err != nil {
		return err
	}
	for _, team := range known {
		if slices.Contains(teams, team) {
			continue
		}
		if err := tx.exec(ctx, `DELETE FROM team_member WHERE team_id = $1 AND person_id = $2`, string(team), string(person)); err != nil {
			return err
		}
	}
	for _, team := range teams {
		if err := tx.JoinTeam(ctx, team, person); err != nil {
			return err
		}
	}
	return tx.touchDesk(ctx)
}

// Words tells how files name everybody: by the login of a local account, else by nothing.
func (tx *Tx) Words(ctx context.Context) (map[guichet.ID]string, error) {
	list, err := many(ctx, tx, func(r scanner) (w [2]string, err error) {
		return w, r.Scan(&w[0], &w[1])
	}, `SELECT p.id, COALESCE(MIN(i.subject), '') FROM person p LEFT JOIN identity i ON i.person_id = p.id AND i.kind = 'local' GROUP BY p.id`)
	out := make(map[guichet.ID]string, len(list))
	for _, w := range list {
		out[guichet.ID(w[0])] = w[1]
	}
	return out, err
}

// Everyone reads every person, by name. Only an export asks for so much.
func (tx *Tx) Everyone(ctx context.Context) ([]guichet.Person, error) {
	return many(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM person p ORDER BY p.sort_key, p.id`)
}

// Memberships reads the teams of everybody.
func (tx *Tx) Memberships(ctx context.Context) (map[guichet.ID][]guichet.ID, error) {
	list, err := many(ctx, tx, func(r scanner) (m [2]guichet.ID, err error) {
		return m, r.Scan(&m[0], &m[1])
	}, `SELECT person_id, team_id FROM team_member ORDER BY person_id, team_id`)
	out := map[guichet.ID][]guichet.ID{}
	for _, m := range list {
		out[m[0]] = append(out[m[0]], m[1])
	}
	return out, err
}

// Usage is which parts of a configuration tickets and people use.
type Usage struct {
	Organisations, Services, Teams, Roles map[guichet.ID]bool
	Open                                  map[guichet.ID]int // tickets in progress, by workflow
}

// Usage reads what is in use: what stands above something in use is in use too.
func (tx *Tx) Usage(ctx context.Context) (Usage, error) {
	var u Usage
	for _, q := range []struct {
		into *map[guichet.ID]bool
		sql  string
	}{
		{&u.Organisations, `SELECT ancestor_id FROM organisation_closure WHERE descendant_id IN (SELECT organisation_id FROM ticket
			UNION SELECT organisation_id FROM person UNION SELECT organisation_id FROM role_grant WHERE person_id IS NOT NULL)`},
		{&u.Services, `SELECT ancestor_id FROM service_closure WHERE descendant_id IN (SELECT service_id FROM ticket
			UNION SELECT affected_id FROM ticket UNION SELECT service_id FROM role_grant WHERE person_id IS NOT NULL)`},
		{&u.Teams, `SELECT team_id FROM ticket WHERE team_id IS NOT NULL UNION SELECT team_id FROM team_member`},
		{&u.Roles, `SELECT role_id FROM role_grant WHERE person_id IS NOT NULL`},
	} {
		ids, err := many(ctx, tx, single[guichet.ID], q.sql)
		if err != nil {
			return u, err
		}
		*q.into = map[guichet.ID]bool{}
		for _, id := range ids {
			(*q.into)[id] = true
		}
	}
	open, err := tx.openByWorkflow(ctx)
	u.Open = open
	return u, err
}

func (tx *Tx) openByWorkflow(ctx context.Context) (map[guichet.ID]int, error) {
	type count struct {
		id guichet.ID
		n  int
	}
	list, err := many(ctx, tx, func(r scanner) (c count, err error) {
		return c, r.Scan(&c.id, &c.n)
	}, `SELECT workflow_id, COUNT(*) FROM ticket WHERE phase < 2 GROUP BY workflow_id`)
	out := map[guichet.ID]int{}
	for _, c := range list {
		out[c.id] = c.n
	}
	return out, err
}

// ForgetService removes a service that nothing uses; children go first.
func (tx *Tx) ForgetService(ctx context.Context, service guichet.ID) error {
	return tx.forget(ctx, service, `DELETE FROM role_grant WHERE service_id = $1`,
		`DELETE FROM service_closure WHERE descendant_id = $1`, `DELETE FROM service WHERE id = $1`)
}

// ForgetTeam removes a team that nothing uses.
func (tx *Tx) ForgetTeam(ctx context.Context, team guichet.ID) error {
	return tx.forget(ctx, team, unshare, `DELETE FROM role_grant WHERE team_id = $1`, `DELETE FROM team WHERE id = $1`)
}

// ForgetOrganisation removes an organisation that nothing uses; children go first.
func (tx *Tx) ForgetOrganisation(ctx context.Context, organisation guichet.ID) error {
	return tx.forget(ctx, organisation, `DELETE FROM role_grant WHERE organisation_id = $1`,
		`DELETE FROM organisation_closure WHERE descendant_id = $1`, `DELETE FROM organisation WHERE id = $1`)
}

func (tx *Tx) forget(ctx context.Context, key guichet.ID, statements ...string) error {
	for _, s := range statements {
		if err := tx.exec(ctx, s, string(key)); err != nil {
			return err
		}
	}
	return tx.touchDesk(ctx)
}

// SaveSettings keeps what the desk itself is set to, and nothing else of its configuration.
func (tx *Tx) SaveSettings(ctx context.Context, d *guichet.Desk, author guichet.ID) error {
	for _, x := range definitionsOf(d) {
		if x.Kind == definitionDesk {
			x.AuthorID = author
			_, err := tx.Define(ctx, x)
			return err
		}
	}
	return nil
}
