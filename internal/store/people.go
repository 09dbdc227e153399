package store

import (
	"context"
	"strings"

	"guichet"
	"guichet/internal/lexis"
)

const personColumns = `p.id, p.organisation_id, p.given_name, p.family_name, p.email, p.phone, p.employee_number,
	p.location, p.profile, p.locale, p.time_zone, p.active, p.skills`

func scanPerson(r scanner) (p guichet.Person, err error) {
	return p, r.Scan(&p.ID, id(&p.OrganisationID), &p.GivenName, &p.FamilyName, &p.Email, &p.Phone, &p.EmployeeNumber,
		&p.Location, &p.Profile, &p.Locale, &p.TimeZone, &p.Active, decoded{&p.Skills})
}

// SavePerson creates or replaces a person.
func (tx *Tx) SavePerson(ctx context.Context, p guichet.Person) error {
	skills, err := encoded(p.Skills)
	if err != nil {
		return err
	}
	err = tx.exec(ctx, `INSERT INTO person (id, organisation_id, given_name, family_name, email, phone, employee_number,
			location, profile, locale, time_zone, active, sort_key, email_key, skills)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (id) DO UPDATE SET organisation_id = excluded.organisation_id, given_name = excluded.given_name,
			family_name = excluded.family_name, email = excluded.email, phone = excluded.phone,
			employee_number = excluded.employee_number, location = excluded.location, profile = excluded.profile,
			locale = excluded.locale, time_zone = excluded.time_zone, active = excluded.active,
			sort_key = excluded.sort_key, email_key = excluded.email_key, skills = excluded.skills`,
		string(p.ID), nullable(p.OrganisationID), p.GivenName, p.FamilyName, p.Email, p.Phone, p.EmployeeNumber, p.Location,
		p.Profile, p.Locale, p.TimeZone, p.Active, lexis.SortKey(p.FamilyName+" "+p.GivenName), lexis.Fold(p.Email), skills)
	if err != nil {
		return err
	}
	return tx.savePersonWords(ctx, p)
}

func (tx *Tx) savePersonWords(ctx context.Context, p guichet.Person) error {
	if err := tx.exec(ctx, `DELETE FROM person_word WHERE person_id = $1`, string(p.ID)); err != nil {
		return err
	}
	for _, word := range lexis.Words(p.GivenName + " " + p.FamilyName) {
		err := tx.exec(ctx, `INSERT INTO person_word (word, person_id) VALUES ($1, $2) ON CONFLICT (word, person_id) DO NOTHING`,
			word, string(p.ID))
		if err != nil {
			return err
		}
	}
	return nil
}

// Person reads one person.
func (tx *Tx) Person(ctx context.Context, person guichet.ID) (guichet.Person, error) {
	return one(ctx, tx, "person", scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.id = $1`, string(person))
}

// People reads persons by identifier.
func (tx *Tx) People(ctx context.Context, ids []guichet.ID) (map[guichet.ID]guichet.Person, error) {
	out := map[guichet.ID]guichet.Person{}
	if len(ids) == 0 {
		return out, nil
	}
	var b builder
	list, err := many(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.id IN `+in(&b, ids), b.args...)
	for _, p := range list {
		out[p.ID] = p
	}
	return out, err
}

// PersonByLogin finds an active person by the login of a local account.
func (tx *Tx) PersonByLogin(ctx context.Context, login string) (guichet.Person, guichet.Identity, error) {
	var identity guichet.Identity
	p, err := one(ctx, tx, "person", func(r scanner) (p guichet.Person, err error) {
		return p, r.Scan(&p.ID, &identity.ID, &identity.Subject, &identity.Secret)
	}, `SELECT p.id, i.id, i.subject, i.secret FROM identity i JOIN person p ON p.id = i.person_id
		WHERE i.kind = 'local' AND i.subject = $1 AND p.active = TRUE`, lexis.Fold(login))
	if err != nil {
		return p, identity, err
	}
	identity.PersonID, identity.Kind = p.ID, guichet.IdentityLocal
	p, err = tx.Person(ctx, p.ID)
	return p, identity, err
}

// sameKey is the condition of the persons whom a text names exactly.
func (b *builder) sameKey(text string) string {
	folded := b.arg(lexis.Fold(text))
	return `p.employee_number = ` + b.arg(text) + ` OR p.email_key = ` + folded +
		` OR p.id IN (SELECT person_id FROM identity WHERE kind = 'local' AND subject = ` + folded + `)`
}

// PeopleByKey finds active persons by login, employee number or address, exactly.
func (tx *Tx) PeopleByKey(ctx context.Context, text string, limit int) ([]guichet.Person, error) {
	if text == "" {
		return nil, nil
	}
	var b builder
	return many(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.active = TRUE AND (`+b.sameKey(text)+`)
		ORDER BY p.sort_key, p.id LIMIT `+b.arg(limit), b.args...)
}

// FindPeople finds active persons by login, employee number, address, or the beginning of each
// word of their names, in the order of names. It returns at most limit persons, none for an empty text.
func (tx *Tx) FindPeople(ctx context.Context, text string, limit int) ([]guichet.Person, error) {
	if text == "" {
		return nil, nil
	}
	var b builder
	condition := b.sameKey(text)
	var named []string
	for _, w := range lexis.Words(text) {
		named = append(named, `p.id IN (SELECT person_id FROM person_word WHERE word >= `+b.arg(w)+` AND word < `+b.arg(w+"\U0010FFFF")+`)`)
	}
	if len(named) > 0 {
		condition += ` OR (` + strings.Join(named, " AND ") + `)`
	}
	return many(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.active = TRUE AND (`+condition+`)
		ORDER BY p.sort_key, p.id LIMIT `+b.arg(limit), b.args...)
}

// ListPeople reads a page of the persons of some organisations and of those below, by name; after is
// the last identifier of the page before. An empty root is every organisation, no root nobody.
func (tx *Tx) ListPeople(ctx context.Context, roots []guichet.ID, after guichet.ID, limit int) ([]guichet.Person, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	var b builder
	var within []string
	for _, root := range roots {
		if root == "" {
			within = append(within, "1 = 1")
			continue
		}
		within = append(within, b.below("p.organisation_id", "organisation_closure", root))
	}
	b.and(anyOf(within))
	if after != "" {
		b.and("(p.sort_key, p.id) > (SELECT q.sort_key, q.id FROM person q WHERE q.id = " + b.arg(string(after)) + ")")
	}
	return many(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE `+b.sql()+`
		ORDER BY p.sort_key, p.id LIMIT `+b.arg(limit), b.args...)
}

// SaveIdentity gives a person a way to sign in, or replaces its secret.
func (tx *Tx) SaveIdentity(ctx context.Context, i guichet.Identity) error {
	return tx.exec(ctx, `INSERT INTO identity (id, person_id, kind, subject, secret) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (kind, subject) DO UPDATE SET secret = excluded.secret`,
		string(i.ID), string(i.PersonID), string(i.Kind), lexis.Fold(i.Subject), i.Secret)
}

// JoinTeam makes a person a member of a team.
func (tx *Tx) JoinTeam(ctx context.Context, team, person guichet.ID) error {
	err := tx.exec(ctx, `INSERT INTO team_member (team_id, person_id) VALUES ($1, $2)
		ON CONFLICT (team_id, person_id) DO NOTHING`, string(team), string(person))
	if err != nil {
		return err
	}
	return tx.touchDesk(ctx)
}

// SaveGrant gives a role.
func (tx *Tx) SaveGrant(ctx context.Context, g guichet.Grant) error {
	err := tx.exec(ctx, `INSERT INTO role_grant (id, person_id, team_id, role_id, organisation_id, service_id)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`,
		string(g.ID), nullable(g.PersonID), nullable(g.TeamID), string(g.RoleID), nullable(g.OrganisationID), nullable(g.ServiceID))
	if err != nil {
		return err
	}
	return tx.touchDesk(ctx)
}

const grantColumns = `g.id, g.person_id, g.team_id, g.role_id, g.organisation_id, g.service_id`

func scanGrant(r scanner) (g guichet.Grant, err error) {
	return g, r.Scan(&g.ID, id(&g.PersonID), id(&g.TeamID), &g.RoleID, id(&g.OrganisationID), id(&g.ServiceID))
}

// Grants reads every grant, for the administrators' screens.
func (tx *Tx) Grants(ctx context.Context) ([]guichet.Grant, error) {
	return many(ctx, tx, scanGrant, `SELECT `+grantColumns+` FROM role_grant g ORDER BY g.role_id, g.id`)
}

// Actor reads a person with the teams and roles that he or she holds.
func (tx *Tx) Actor(ctx context.Context, person guichet.ID, channel guichet.Channel) (guichet.Actor, error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return guichet.Actor{}, err
	}
	a := guichet.Actor{Channel: channel, Roles: desk.Roles}
	if a.Person, err = tx.Person(ctx, person); err != nil {
		return guichet.Actor{}, err
	}
	if !a.Person.Active {
		return guichet.Actor{}, guichet.NotFound("person")
	}
	a.TeamIDs, err = many(ctx, tx, single[guichet.ID], `SELECT team_id FROM team_member WHERE person_id = $1 ORDER BY team_id`, string(person))
	if err != nil {
		return guichet.Actor{}, err
	}
	a.Grants, err = many(ctx, tx, scanGrant, `SELECT `+grantColumns+` FROM role_grant g
		WHERE g.person_id = $1 OR g.team_id IN (SELECT team_id FROM team_member WHERE person_id = $1)
		ORDER BY g.id`, string(person))
	return a, err
}

// Holders lists the active persons who hold one of the roles over an organisation and a service,
// themselves or through a team, in the order of names. A grant without a root holds everything.
func (tx *Tx) Holders(ctx context.Context, roles []guichet.ID, organisation, service guichet.ID) ([]guichet.ID, error) {
	if len(roles) == 0 {
		return nil, nil
	}
	b := builder{args: []any{string(organisation), string(service)}}
	return many(ctx, tx, single[guichet.ID], `SELECT p.id FROM person p WHERE p.active = TRUE AND p.id IN (
			SELECT COALESCE(g.person_id, m.person_id) FROM role_grant g
			LEFT JOIN team_member m ON m.team_id = g.team_id
			WHERE g.role_id IN `+in(&b, roles)+`
			AND (g.organisation_id IS NULL OR g.organisation_id IN
				(SELECT ancestor_id FROM organisation_closure WHERE descendant_id = $1))
			AND (g.service_id IS NULL OR g.service_id IN
				(SELECT ancestor_id FROM service_closure WHERE descendant_id = $2)))
		ORDER BY p.sort_key, p.id`, b.args...)
}
