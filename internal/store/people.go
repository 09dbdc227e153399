package store

import (
	"context"
	"strings"

	"guichet"
	"guichet/internal/lexis"
)

const personColumns = `p.id, p.organisation_id, p.given_name, p.family_name, p.email, p.phone, p.employee_number,
	p.location, p.profile, p.locale, p.time_zone, p.active, p.skills, p.version, p.equipment`

func scanPerson(r scanner) (p guichet.Person, err error) {
	return p, r.Scan(&p.ID, id(&p.OrganisationID), &p.GivenName, &p.FamilyName, &p.Email, &p.Phone, &p.EmployeeNumber,
		&p.Location, &p.Profile, &p.Locale, &p.TimeZone, &p.Active, decoded{&p.Skills}, &p.Version, &p.Equipment)
}

// SavePerson creates or replaces a person.
func (tx *Tx) SavePerson(ctx context.Context, p guichet.Person) error {
	skills, err := encoded(p.Skills)
	if err != nil {
		return err
	}
	err = tx.exec(ctx, `INSERT INTO person (id, organisation_id, given_name, family_name, email, phone, employee_number,
			location, profile, locale, time_zone, active, sort_key, email_key, skills, equipment)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (id) DO UPDATE SET organisation_id = excluded.organisation_id, given_name = excluded.given_name,
			family_name = excluded.family_name, email = excluded.email, phone = excluded.phone,
			employee_number = excluded.employee_number, location = excluded.location, profile = excluded.profile,
			locale = excluded.locale, time_zone = excluded.time_zone, active = excluded.active,
			sort_key = excluded.sort_key, email_key = excluded.email_key, skills = excluded.skills, equipment = excluded.equipment, version = person.version + 1`,
		string(p.ID), nullable(p.OrganisationID), p.GivenName, p.FamilyName, p.Email, p.Phone, p.EmployeeNumber, p.Location,
		p.Profile, p.Locale, p.TimeZone, p.Active, lexis.SortKey(p.FamilyName+" "+p.GivenName), lexis.Fold(p.Email), skills, p.Equipment)
	if err != nil {
		return err
	}
	tx.changed(p.ID)
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
	condition := b.called(text)
	return many(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE p.active = TRUE AND (`+condition+`)
		ORDER BY p.sort_key, p.id LIMIT `+b.arg(limit), b.args...)
}

// called is the condition of the persons whom a text names: exactly by a key, or by the beginning of
// each word of their names.
func (b *builder) called(text string) string {
	condition := b.sameKey(text)
	var named []string
	for _, w := range lexis.Words(text) {
		named = append(named, `p.id IN (SELECT person_id FROM person_word WHERE word >= `+b.arg(w)+` AND word < `+b.arg(w+"\U0010FFFF")+`)`)
	}
	if len(named) > 0 {
		condition += ` OR (` + strings.Join(named, " AND ") + `)`
	}
	return condition
}

// PeopleQuery says which persons to list.
type PeopleQuery struct {
	Roots        []guichet.ID // of some organisations and those below: an empty root is every one, no root nobody
	Organisation guichet.ID   // of this one and those below
	Text         string       // see FindPeople
	Active       bool
	Inactive     bool
	Role         guichet.ID // who hold it, alone or through a team
	Team         guichet.ID
	After        guichet.ID // the last identifier of the page before
	Limit        int
}

// ListPeople reads a page of persons in the order of their names.
func (tx *Tx) ListPeople(ctx context.Context, q PeopleQuery) ([]guichet.Person, error) {
	if len(q.Roots) == 0 {
		return nil, nil
	}
	var b builder
	b.and(b.withinRoots("p.organisation_id", q.Roots))
	if q.Organisation != "" {
		b.and(b.below("p.organisation_id", "organisation_closure", q.Organisation))
	}
	if q.Text != "" {
		b.and("(" + b.called(q.Text) + ")")
	}
	if q.Active != q.Inactive {
		b.and("p.active = " + b.arg(q.Active))
	}
	if q.Role != "" {
		b.and(`p.id IN (SELECT COALESCE(g.person_id, m.person_id) FROM role_grant g LEFT JOIN team_member m ON m.team_id = g.team_id
			WHERE g.role_id = ` + b.arg(string(q.Role)) + ` AND (g.ends_at = 0 OR g.ends_at > ` + b.arg(micros(tx.Now)) + `))`)
	}
	if q.Team != "" {
		b.and("p.id IN (SELECT person_id FROM team_member WHERE team_id = " + b.arg(string(q.Team)) + ")")
	}
	if q.After != "" {
		b.and("(p.sort_key, p.id) > (SELECT q.sort_key, q.id FROM person q WHERE q.id = " + b.arg(string(q.After)) + ")")
	}
	return many(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM person p WHERE `+b.sql()+`
		ORDER BY p.sort_key, p.id LIMIT `+b.arg(q.Limit), b.args...)
}

// withinRoots is the condition of what belongs to some subtrees of organisations.
func (b *builder) withinRoots(column string, roots []guichet.ID) string {
	var within []string
	for _, root := range roots {
		if root == "" {
			return "1 = 1"
		}
		within = append(within, b.below(column, "organisation_closure", root))
	}
	return anyOf(within)
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
