package store

import (
	"context"

	"guichet"
	"guichet/internal/lexis"
)

// LockDirectory makes the transactions that change who is who follow one another, so that what one of
// them checked (nobody has this address yet, an administrator is left) is still true when it ends.
func (tx *Tx) LockDirectory(ctx context.Context) error {
	_, err := tx.next(ctx, "directory")
	return err
}

// ChangePerson replaces a person whose Version was seen. Error: conflict when the record is no longer that one.
func (tx *Tx) ChangePerson(ctx context.Context, p guichet.Person) error {
	n, err := tx.affected(ctx, `UPDATE person SET version = version WHERE id = $1 AND version = $2`, string(p.ID), p.Version)
	if err != nil {
		return err
	}
	if n == 0 {
		return guichet.Conflict("person.changed")
	}
	return tx.SavePerson(ctx, p)
}

// PeopleWithKeys finds the persons, active or not, who bear an address or an employee number. Each key has
// its query: engines asked for both at once may read every person.
func (tx *Tx) PeopleWithKeys(ctx context.Context, email, number string) ([]guichet.Person, error) {
	var out []guichet.Person
	for _, k := range []struct{ value, query string }{
		{lexis.Fold(email), `SELECT ` + personColumns + ` FROM person p WHERE p.email_key = $1`},
		{number, `SELECT ` + personColumns + ` FROM person p WHERE p.employee_number = $1`},
	} {
		if k.value == "" {
			continue
		}
		found, err := many(ctx, tx, scanPerson, k.query, k.value)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// EndSessions closes the sessions of a person.
func (tx *Tx) EndSessions(ctx context.Context, person guichet.ID) error {
	tx.changed(person)
	return tx.exec(ctx, `DELETE FROM session WHERE person_id = $1`, string(person))
}

// EndAccess closes the sessions of a person and removes the tokens and the invitations.
func (tx *Tx) EndAccess(ctx context.Context, person guichet.ID) error {
	tx.changed(person)
	for _, statement := range []string{`DELETE FROM session WHERE person_id = $1`, `DELETE FROM api_token WHERE person_id = $1`,
		`DELETE FROM invitation WHERE person_id = $1`} {
		if err := tx.exec(ctx, statement, string(person)); err != nil {
			return err
		}
	}
	return nil
}

const identityColumns = `i.id, i.person_id, i.kind, i.subject, i.secret`

func scanIdentity(r scanner) (i guichet.Identity, err error) {
	return i, r.Scan(&i.ID, &i.PersonID, &i.Kind, &i.Subject, &i.Secret)
}

// IdentitiesOf reads the ways in which a person signs in.
func (tx *Tx) IdentitiesOf(ctx context.Context, person guichet.ID) ([]guichet.Identity, error) {
	return many(ctx, tx, scanIdentity, `SELECT `+identityColumns+` FROM identity i WHERE i.person_id = $1 ORDER BY i.kind, i.subject`,
		string(person))
}

// IdentityBySubject finds a way to sign in by its login. Error: not found.
func (tx *Tx) IdentityBySubject(ctx context.Context, kind guichet.IdentityKind, subject string) (guichet.Identity, error) {
	return one(ctx, tx, "identity", scanIdentity, `SELECT `+identityColumns+` FROM identity i WHERE i.kind = $1 AND i.subject = $2`,
		string(kind), lexis.Fold(subject))
}

// RenameIdentity changes the login of a way to sign in.
func (tx *Tx) RenameIdentity(ctx context.Context, identity guichet.ID, subject string) error {
	return tx.exec(ctx, `UPDATE identity SET subject = $1 WHERE id = $2`, lexis.Fold(subject), string(identity))
}

// RemoveIdentity takes a way to sign in away.
func (tx *Tx) RemoveIdentity(ctx context.Context, identity guichet.ID) error {
	return tx.exec(ctx, `DELETE FROM identity WHERE id = $1`, string(identity))
}

// TouchDesk says that what the desk shows of people or teams has changed.
func (tx *Tx) TouchDesk(ctx context.Context) error { return tx.touchDesk(ctx) }

// TeamsOf lists the teams of a person.
func (tx *Tx) TeamsOf(ctx context.Context, person guichet.ID) ([]guichet.ID, error) {
	return many(ctx, tx, single[guichet.ID], `SELECT team_id FROM team_member WHERE person_id = $1 ORDER BY team_id`, string(person))
}

// LeaveTeam ends the membership of a person.
func (tx *Tx) LeaveTeam(ctx context.Context, team, person guichet.ID) error {
	if err := tx.exec(ctx, `DELETE FROM team_member WHERE team_id = $1 AND person_id = $2`, string(team), string(person)); err != nil {
		return err
	}
	return tx.touchDesk(ctx)
}

// SaveTeam creates a team, or replaces the one whose Version was seen. Error: conflict when the record is
// no longer that one.
func (tx *Tx) SaveTeam(ctx context.Context, t guichet.Team) error {
	n := int64(1)
	var err error
	if t.Version == 0 {
		err = tx.exec(ctx, `INSERT INTO team (id, name, level, organisation_id, email) VALUES ($1, $2, $3, $4, $5)`,
			string(t.ID), t.Name, string(t.Level), nullable(t.OrganisationID), t.Email)
	} else {
		n, err = tx.affected(ctx, `UPDATE team SET name = $2, level = $3, organisation_id = $4, email = $5, version = version + 1
			WHERE id = $1 AND version = $6`, string(t.ID), t.Name, string(t.Level), nullable(t.OrganisationID), t.Email, t.Version)
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return guichet.Conflict("team.changed")
	}
	return tx.touchDesk(ctx)
}

// TeamTickets counts the tickets that a team has or had, up to a limit.
func (tx *Tx) TeamTickets(ctx context.Context, team guichet.ID, limit int) (int, error) {
	return one(ctx, tx, "team", single[int], `SELECT COUNT(*) FROM (SELECT id FROM ticket WHERE team_id = $1 LIMIT $2) x`, string(team), limit)
}

// RemoveTeam removes a team with its grants and its memberships.
func (tx *Tx) RemoveTeam(ctx context.Context, team guichet.ID) error {
	for _, statement := range []string{unshare, `DELETE FROM role_grant WHERE team_id = $1`, `DELETE FROM team_member WHERE team_id = $1`,
		`DELETE FROM team WHERE id = $1`} {
		if err := tx.exec(ctx, statement, string(team)); err != nil {
			return err
		}
	}
	return tx.touchDesk(ctx)
}
