package directory

import (
	"context"
	"slices"
	"strings"
	"time"

	"guichet"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// Away is an absence as it is declared: in whole days of the person's time zone.
type Away struct {
	Person guichet.ID // empty: the actor
	First  string     // first day away, 2006-01-02
	Last   string     // last day away
	Deputy string     // who answers meanwhile: identifier, login, address, number or name; empty: nobody
	Note   string
}

// Leave is an absence as it is shown.
type Leave struct {
	guichet.Absence
	First, Last time.Time // the middle of its first and last days: the same days for every reader
	Person      string    // names
	Deputy      string
}

// Calendar is when somebody is away, and answers for others.
type Calendar struct {
	Person guichet.Person
	Away   []Leave // not over yet, the first first
	For    []Leave // during which the person answers for somebody
	Keeps  bool    // the reader keeps the directory of somebody's organisation
}

// Absences reads the calendar of a person: one's own, or that of somebody whose directory the actor
// keeps. Any other is not found.
func (d *Directory) Absences(ctx context.Context, actor guichet.Actor, person guichet.ID) (Calendar, error) {
	var c Calendar
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		if c.Person, err = kept(ctx, tx, actor, person); err != nil {
			return err
		}
		c.Keeps = len(actor.Keeping()) > 0
		away, err := tx.ComingAbsences(ctx, c.Person.ID, tx.Now)
		if err != nil {
			return err
		}
		others, err := tx.Deputising(ctx, c.Person.ID, tx.Now)
		if err != nil {
			return err
		}
		names, err := tx.People(ctx, named(slices.Concat(away, others)))
		c.Away, c.For = leaves(away, names), leaves(others, names)
		return err
	})
	return c, err
}

// kept is the person whom the actor may declare absent: himself, or one of the organisations whose
// directory he or she keeps.
func kept(ctx context.Context, tx *store.Tx, actor guichet.Actor, person guichet.ID) (guichet.Person, error) {
	if actor.Person.ID == "" {
		return guichet.Person{}, guichet.Denied("denied")
	}
	if person == "" {
		person = actor.Person.ID
	}
	p, err := tx.Person(ctx, person)
	if err != nil || p.ID == actor.Person.ID {
		return p, err
	}
	desk, err := tx.Desk(ctx)
	if err != nil {
		return guichet.Person{}, err
	}
	if actor.Keeps(p.OrganisationID, desk) {
		return p, nil
	}
	return guichet.Person{}, guichet.NotFound("person")
}

func named(list []guichet.Absence) []guichet.ID {
	var ids []guichet.ID
	for _, a := range list {
		ids = append(ids, a.PersonID)
		if a.DeputyID != "" {
			ids = append(ids, a.DeputyID)
		}
	}
	return ids
}

const halfDay = 12 * time.Hour

func leaves(list []guichet.Absence, people map[guichet.ID]guichet.Person) []Leave {
	var out []Leave
	for _, a := range list {
		out = append(out, Leave{a, a.From.Add(halfDay), a.To.Add(-halfDay), people[a.PersonID].Name(), people[a.DeputyID].Name()})
	}
	return out
}

// DeclareAbsence says that somebody is away, and who answers meanwhile. Errors: invalid with each wrong
// field; not found for a person whom the actor may not declare absent.
func (d *Directory) DeclareAbsence(ctx context.Context, actor guichet.Actor, in Away) (guichet.Absence, error) {
	if !actor.MayWrite() {
		return guichet.Absence{}, guichet.Denied("token.read_only")
	}
	var a guichet.Absence
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		person, err := kept(ctx, tx, actor, in.Person)
		if err != nil {
			return err
		}
		if a, err = in.absence(ctx, tx, person); err != nil {
			return err
		}
		if a.DeputyID != "" {
			if err := mayDepute(ctx, tx, actor, person.ID); err != nil {
				return err
			}
		}
		if err := tx.SaveAbsence(ctx, a); err != nil || person.ID == actor.Person.ID {
			return err
		}
		return audited(ctx, tx, actor, "absence", person)
	})
	return a, err
}

// mayDepute refuses to name who answers for somebody else, to a keeper who could not give what that person
// holds: a deputy answers with it.
func mayDepute(ctx context.Context, tx *store.Tx, actor guichet.Actor, person guichet.ID) error {
	c, err := begin(ctx, tx, actor)
	if err != nil {
		return err
	}
	above, err := c.above(person)
	if err == nil && above {
		err = guichet.Invalid("deputy", "person.above")
	}
	return err
}

// audited keeps that a keeper of the directory spoke for somebody else.
func audited(ctx context.Context, tx *store.Tx, actor guichet.Actor, act string, person guichet.Person) error {
	return tx.Audit(ctx, store.AuditEntry{ActorID: actor.Person.ID, Act: act, Kind: "person", ObjectID: person.ID, Name: person.Name()})
}

// absence checks what was declared, every field at once.
func (in Away) absence(ctx context.Context, tx *store.Tx, person guichet.Person) (guichet.Absence, error) {
	var p guichet.Problems
	zone, err := zoneOf(ctx, tx, person)
	if err != nil {
		return guichet.Absence{}, err
	}
	first, last := day(&p, "from", in.First, zone), day(&p, "to", in.Last, zone)
	a := guichet.Absence{ID: guichet.NewID(tx.Now), PersonID: person.ID, From: first, Note: markup.Line(in.Note)}
	if !last.IsZero() {
		a.To = last.AddDate(0, 0, 1)
	}
	if a.DeputyID, err = deputy(ctx, tx, &p, in.Deputy); err != nil {
		return a, err
	}
	if p.Err() == nil {
		p.Merge(a.Check(tx.Now))
	}
	return a, apart(ctx, tx, a, &p)
}

// apart refuses an absence that shares a day with another of the same person.
func apart(ctx context.Context, tx *store.Tx, a guichet.Absence, p *guichet.Problems) error {
	if err := p.Err(); err != nil {
		return err
	}
	others, err := tx.ComingAbsences(ctx, a.PersonID, a.From)
	if err == nil && slices.ContainsFunc(others, a.Overlaps) {
		p.Add("from", "absence.overlaps")
	}
	if err != nil {
		return err
	}
	return p.Err()
}

// zoneOf is the time zone in which the days of a person begin.
func zoneOf(ctx context.Context, tx *store.Tx, person guichet.Person) (*time.Location, error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{person.TimeZone, desk.TimeZone} {
		if zone, err := time.LoadLocation(name); name != "" && err == nil {
			return zone, nil
		}
	}
	return time.UTC, nil
}

func day(p *guichet.Problems, field, text string, zone *time.Location) time.Time {
	text = strings.TrimSpace(text)
	if text == "" {
		p.Add(field, "field.required")
		return time.Time{}
	}
	at, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		p.Add(field, "field.date")
	}
	return at
}

// deputy finds the one person that a text names.
func deputy(ctx context.Context, tx *store.Tx, p *guichet.Problems, text string) (guichet.ID, error) {
	text = markup.Line(text)
	if text == "" {
		return "", nil
	}
	found, err := called(ctx, tx, text)
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		p.Add("deputy", "person.unknown", "Text", text)
	case len(found) > 1:
		p.Add("deputy", "person.several", "Text", text)
	default:
		return found[0].ID, nil
	}
	return "", nil
}

// called finds the active persons that a text names, two at most: what names one exactly goes before
// the beginning of a name.
func called(ctx context.Context, tx *store.Tx, text string) ([]guichet.Person, error) {
	p, err := tx.Person(ctx, guichet.ID(text))
	switch {
	case err == nil && p.Active:
		return []guichet.Person{p}, nil
	case err != nil && !missing(err):
		return nil, err
	}
	found, err := tx.PeopleByKey(ctx, text, 2)
	if err == nil && len(found) == 0 {
		found, err = tx.FindPeople(ctx, text, 2)
	}
	return found, err
}

// EndAbsence ends an absence: now when it has begun, else it is forgotten. Error: not found for an
// absence that the actor may not declare, or that is over.
func (d *Directory) EndAbsence(ctx context.Context, actor guichet.Actor, absence guichet.ID) (guichet.Absence, error) {
	if !actor.MayWrite() {
		return guichet.Absence{}, guichet.Denied("token.read_only")
	}
	var a guichet.Absence
	err := d.store.Write(ctx, func(tx *store.Tx) (err error) {
		if a, err = tx.Absence(ctx, absence); err != nil {
			return err
		}
		person, err := kept(ctx, tx, actor, a.PersonID)
		if err != nil || !a.To.After(tx.Now) {
			return guichet.NotFound("absence")
		}
		if person.ID != actor.Person.ID {
			if err := audited(ctx, tx, actor, "absence_end", person); err != nil {
				return err
			}
		}
		if a.From.Before(tx.Now) {
			a.To = tx.Now
			return tx.SaveAbsence(ctx, a)
		}
		return tx.DeleteAbsence(ctx, a.ID)
	})
	return a, err
}

// PersonCalled finds the person whose absences a keeper of the directory looks for. Error: invalid when
// the text names nobody, several, or somebody whose directory the actor does not keep.
func (d *Directory) PersonCalled(ctx context.Context, actor guichet.Actor, text string) (guichet.ID, error) {
	var person guichet.ID
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		var p guichet.Problems
		found, err := called(ctx, tx, markup.Line(text))
		if err != nil {
			return err
		}
		mine := slices.DeleteFunc(found, func(x guichet.Person) bool {
			_, err := kept(ctx, tx, actor, x.ID)
			return err != nil
		})
		switch len(mine) {
		case 0:
			p.Add("person", "person.unknown", "Text", text)
		case 1:
			person = mine[0].ID
		default:
			p.Add("person", "person.several", "Text", text)
		}
		return p.Err()
	})
	return person, err
}
