package directory

import (
	"strings"

	"context"

	"guichet"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// Lengths of what is known of a person, in characters.
const (
	maxName  = 100
	maxShort = 200
)

// Profiles of the audience are free words; their length is bounded.
const maxProfile = 40

// PersonInput is what is written of a person.
type PersonInput struct {
	GivenName, FamilyName string
	Email, Phone          string
	EmployeeNumber        string
	Organisation          guichet.ID
	Location, Profile     string
	Equipment             string
	Locale                string
	Version               int64 // of the record that was seen; new persons have none
}

// InputOf is the input that changes nothing.
func InputOf(p guichet.Person) PersonInput {
	return PersonInput{p.GivenName, p.FamilyName, p.Email, p.Phone, p.EmployeeNumber, p.OrganisationID, p.Location, p.Profile,
		p.Equipment, p.Locale, p.Version}
}

func (in *PersonInput) clean() {
	for _, s := range []*string{&in.GivenName, &in.FamilyName, &in.Email, &in.Phone, &in.EmployeeNumber, &in.Location, &in.Equipment, &in.Profile} {
		*s = markup.Line(*s)
	}
	in.GivenName, in.FamilyName = guichet.WithoutTrigram(in.GivenName), guichet.WithoutTrigram(in.FamilyName)
	in.Profile = strings.ToLower(in.Profile)
	if in.Locale == "" {
		in.Locale = "fr"
	}
}

// check looks at each field by itself.
func (in *PersonInput) check(p *guichet.Problems) {
	p.Text("family_name", in.FamilyName, maxName)
	p.AtMost("given_name", in.GivenName, maxName)
	p.AtMost("email", in.Email, maxShort)
	p.AtMost("employee_number", in.EmployeeNumber, maxName)
	p.AtMost("location", in.Location, maxShort)
	p.AtMost("equipment", in.Equipment, maxName)
	p.AtMost("profile", in.Profile, maxProfile)
	if in.Email != "" && !guichet.ValidEmail(in.Email) {
		p.Add("email", "field.email")
	}
	if in.Phone != "" && !guichet.ValidPhone(in.Phone) {
		p.Add("phone", "field.phone")
	}
	if in.Locale != "fr" && in.Locale != "en" {
		p.Add("locale", "field.unknown_value")
	}
}

// onto writes the input on a person.
func (in PersonInput) onto(p guichet.Person) guichet.Person {
	p.GivenName, p.FamilyName, p.Email, p.Phone = in.GivenName, in.FamilyName, in.Email, in.Phone
	p.EmployeeNumber, p.OrganisationID = in.EmployeeNumber, in.Organisation
	p.Location, p.Equipment, p.Profile, p.Locale, p.Version = in.Location, in.Equipment, in.Profile, in.Locale, in.Version
	return p
}

// unique refuses an address or an employee number that somebody else bears. Who that is is told only
// to those who keep that person.
func (c *change) unique(problems *guichet.Problems, in PersonInput, self guichet.ID) error {
	others, err := c.PeopleWithKeys(c.ctx, in.Email, in.EmployeeNumber)
	for _, o := range others {
		if o.ID == self {
			continue
		}
		field, code, named := "email", "person.email_taken", "person.email_taken_by"
		if o.EmployeeNumber == in.EmployeeNumber && in.EmployeeNumber != "" {
			field, code, named = "employee_number", "person.number_taken", "person.number_taken_by"
		}
		if c.keeps(o.OrganisationID) {
			problems.Add(field, named, "Name", o.Name())
		} else {
			problems.Add(field, code)
		}
	}
	return err
}

// CreatePerson adds a person. Errors: invalid with each wrong field.
func (d *Directory) CreatePerson(ctx context.Context, actor guichet.Actor, in PersonInput) (guichet.Person, error) {
	var p guichet.Person
	in.clean()
	err := d.change(ctx, actor, "page", func(c *change) error {
		var problems guichet.Problems
		in.check(&problems)
		c.place(&problems, in.Organisation)
		if err := c.unique(&problems, in, ""); err != nil {
			return err
		}
		if err := problems.Err(); err != nil {
			return err
		}
		in.Version = 1
		p = in.onto(guichet.Person{ID: guichet.NewID(c.Now), TimeZone: c.desk.TimeZone, Active: true})
		if err := c.SavePerson(ctx, p); err != nil {
			return err
		}
		return c.audited("create", "person", p.ID, p.Name(), Where(c.desk, guichet.Area{OrganisationID: p.OrganisationID}))
	})
	return p, err
}

// ChangePerson writes a person's record anew. Errors: not found for who does not keep the person; invalid
// with each wrong field; conflict when the record is no longer the one that was seen.
func (d *Directory) ChangePerson(ctx context.Context, actor guichet.Actor, id guichet.ID, in PersonInput) error {
	in.clean()
	return d.change(ctx, actor, "person", func(c *change) error {
		before, err := c.person(id)
		if err != nil {
			return err
		}
		return c.rewrite(before, in)
	})
}

// rewrite checks an input against the person it changes, and writes it.
func (c *change) rewrite(before guichet.Person, in PersonInput) error {
	var problems guichet.Problems
	in.check(&problems)
	if in.Organisation != before.OrganisationID {
		c.place(&problems, in.Organisation)
	}
	if in.Email != before.Email || in.EmployeeNumber != before.EmployeeNumber {
		if err := c.unique(&problems, in, before.ID); err != nil {
			return err
		}
	}
	if in.Email != before.Email {
		above, err := c.above(before.ID)
		if err != nil {
			return err
		}
		if above {
			problems.Add("email", "person.above")
		}
	}
	if err := problems.Err(); err != nil {
		return err
	}
	after := in.onto(before)
	if err := c.ChangePerson(c.ctx, after); err != nil {
		return err
	}
	if after.Name() != before.Name() { // members of teams stand in the order of their names
		if err := c.TouchDesk(c.ctx); err != nil {
			return err
		}
	}
	return c.audited("update", "person", before.ID, after.Name(), differences(c.desk, before, after))
}

// differences says what changed of a person, in the values themselves.
func differences(d *guichet.Desk, before, after guichet.Person) string {
	var parts []string
	for _, f := range compare(d, before, after) {
		parts = append(parts, f.Before+" → "+f.After)
	}
	return strings.Join(parts, "; ")
}

// Difference is a field whose value changes.
type Difference struct{ Field, Before, After string }

// compare lists the fields that differ between two records of a person, in the order of the form.
func compare(d *guichet.Desk, before, after guichet.Person) []Difference {
	var out []Difference
	add := func(field, from, to string) {
		if from != to {
			out = append(out, Difference{field, from, to})
		}
	}
	add("given_name", before.GivenName, after.GivenName)
	add("family_name", before.FamilyName, after.FamilyName)
	add("email", before.Email, after.Email)
	add("employee_number", before.EmployeeNumber, after.EmployeeNumber)
	if before.OrganisationID != after.OrganisationID {
		out = append(out, Difference{"organisation", d.Organisations[before.OrganisationID].Name, d.Organisations[after.OrganisationID].Name})
	}
	add("phone", before.Phone, after.Phone)
	add("location", before.Location, after.Location)
	add("equipment", before.Equipment, after.Equipment)
	add("profile", before.Profile, after.Profile)
	add("locale", before.Locale, after.Locale)
	return out
}

// SetActive closes the record of a person who leaves, or opens it again. Closing ends the sessions and
// removes the tokens. Errors: not found; denied for oneself and for who holds what the actor could not
// give; conflict when nobody would be left to administer the desk.
func (d *Directory) SetActive(ctx context.Context, actor guichet.Actor, id guichet.ID, active bool) error {
	return d.change(ctx, actor, "person", func(c *change) error {
		p, err := c.person(id)
		if err != nil {
			return err
		}
		return c.setActive(p, active)
	})
}

func (c *change) setActive(p guichet.Person, active bool) error {
	if p.Active == active {
		return nil
	}
	if p.ID == c.actor.Person.ID {
		return guichet.Denied("person.self")
	}
	above, err := c.above(p.ID)
	if err != nil {
		return err
	}
	if above {
		return guichet.Denied("person.above")
	}
	p.Active = active
	if err := c.ChangePerson(c.ctx, p); err != nil {
		return err
	}
	act := "reactivate"
	if !active {
		act = "deactivate"
		if err := c.EndAccess(c.ctx, p.ID); err != nil {
			return err
		}
	}
	if err := c.TouchDesk(c.ctx); err != nil {
		return err
	}
	return c.audited(act, "person", p.ID, p.Name(), "")
}

// Held is a grant as its holder's page shows it.
type Held struct {
	guichet.Grant
	Role  string
	Team  guichet.Team // through which it is held; zero when it is the holder's own
	Where string       // empty: the whole desk
	Over  bool         // it has ended
	May   bool         // the reader may take it back
}

// Identity is a way to sign in, without its secret.
type Identity struct {
	ID       guichet.ID
	Kind     guichet.IdentityKind
	Login    string
	Password bool // a password was chosen
}

// Card is a person as those see him or her who keep the directory.
type Card struct {
	Desk       *guichet.Desk
	Person     guichet.Person
	Above      bool // holds what the reader could not give
	Self       bool
	Identities []Identity
	Teams      []guichet.Team
	Grants     []Held
	Roles      []guichet.Role // those that the reader may give somewhere
}

// Card reads a person. Error: not found for who does not keep the person.
func (d *Directory) Card(ctx context.Context, actor guichet.Actor, id guichet.ID) (Card, error) {
	var card Card
	if len(actor.Keeping()) == 0 {
		return card, guichet.NotFound("page")
	}
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		c := &change{tx, ctx, actor, desk}
		card, err = c.card(id)
		return err
	})
	return card, err
}

func (c *change) card(id guichet.ID) (Card, error) {
	p, err := c.person(id)
	if err != nil {
		return Card{}, err
	}
	card := Card{Desk: c.desk, Person: p, Self: id == c.actor.Person.ID, Roles: c.giveable()}
	if card.Above, err = c.above(id); err != nil {
		return card, err
	}
	identities, err := c.IdentitiesOf(c.ctx, id)
	if err != nil {
		return card, err
	}
	for _, i := range identities {
		card.Identities = append(card.Identities, Identity{i.ID, i.Kind, i.Subject, i.Secret != ""})
	}
	if card.Grants, err = c.grantsOf(id, guichet.Team{}); err != nil {
		return card, err
	}
	teams, err := c.TeamsOf(c.ctx, id)
	for _, t := range teams {
		team := c.desk.Teams[t]
		card.Teams = append(card.Teams, team)
		through, failed := c.grantsOf(t, team)
		if failed != nil {
			return card, failed
		}
		card.Grants = append(card.Grants, through...)
	}
	return card, err
}

// grantsOf reads the grants of a person, or of a team through which they are held.
func (c *change) grantsOf(holder guichet.ID, team guichet.Team) ([]Held, error) {
	grants, err := c.GrantsOf(c.ctx, holder)
	var out []Held
	for _, g := range grants {
		h := Held{Grant: g, Role: c.desk.Roles[g.RoleID].Name, Team: team, Where: Where(c.desk, g.Area()), Over: g.Ended(c.Now)}
		h.May = c.actor.MayWrite() && c.actor.MayGive(g.RoleID, g.Area(), c.desk)
		out = append(out, h)
	}
	return out, err
}

// giveable lists the roles that the actor may give somewhere, by name.
func (c *change) giveable() []guichet.Role {
	var out []guichet.Role
	for _, r := range c.desk.Roles {
		may := c.actor.Full()
		for _, g := range c.actor.Grants {
			may = may || g.RoleID == r.ID && g.EndsAt.IsZero()
		}
		if may && len(c.actor.Keeping()) > 0 {
			out = append(out, r)
		}
	}
	sortByName(out, func(r guichet.Role) (string, guichet.ID) { return r.Name, r.ID })
	return out
}
