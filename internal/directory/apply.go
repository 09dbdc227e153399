package directory

import (
	"context"
	"encoding/json"

	"guichet"
	"guichet/internal/store"
)

// batch is how many lines are applied in one transaction: the desk works between two of them.
const batch = 200

// Step is the handler of JobImport: it applies some lines in the name of the author, as his or her rights are
// now, and asks for the next step. What changed since the preview is left out and shown.
func (d *Directory) Step(ctx context.Context, tx *store.Tx, job store.Job) error {
	row, err := tx.Import(ctx, guichet.ID(job.Payload))
	if err != nil || row.State != ImportRunning {
		if missing(err) {
			err = nil
		}
		return err
	}
	m, err := decodeImport(row)
	if err != nil {
		return err
	}
	if err := tx.LockDirectory(ctx); err != nil {
		return err
	}
	c, err := begin(ctx, tx, guichet.Actor{Person: guichet.Person{ID: m.AuthorID}, Channel: guichet.ChannelDesk})
	if missing(err) { // the author has left
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		return (&change{tx, ctx, guichet.Actor{}, desk}).finish(&m, ImportCancelled)
	}
	if err != nil {
		return err
	}
	return c.step(&m)
}

func (c *change) step(m *Import) error {
	rows, err := c.ImportLines(c.ctx, m.ID, "", m.Done, batch)
	if err != nil {
		return err
	}
	lines, err := decodeLines(rows)
	if err != nil {
		return err
	}
	people, err := c.People(c.ctx, objects(lines))
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err := c.applyLine(m, l, people[l.Object]); err != nil {
			return err
		}
		m.Done = l.Seq
	}
	if len(lines) == batch {
		row, err := m.encode()
		if err != nil {
			return err
		}
		if err := c.UpdateImport(c.ctx, row); err != nil {
			return err
		}
		return c.Enqueue(c.ctx, store.Job{Kind: JobImport, Key: JobImport + ":" + string(m.ID), Payload: string(m.ID)})
	}
	return c.finish(m, ImportDone)
}

func objects(lines []Line) []guichet.ID {
	var out []guichet.ID
	for _, l := range lines {
		if l.Object != "" && l.Action != LineSame && l.Action != LineFaulty {
			out = append(out, l.Object)
		}
	}
	return out
}

// applyLine does what a line says. A refusal of the directory's own rules is kept beside the line: it says
// what changed meanwhile; any other error undoes the whole step, which is tried again.
func (c *change) applyLine(m *Import, l Line, before guichet.Person) error {
	var err error
	switch {
	case l.Action == LineSame, l.Action == LineFaulty:
		return nil
	case l.Organisation != nil:
		err = c.applyOrganisation(l)
	default:
		err = c.applyPerson(l, before)
	}
	switch guichet.KindOf(err) {
	case guichet.KindInvalid, guichet.KindDenied, guichet.KindNotFound, guichet.KindConflict:
		if guichet.CodeOf(err) == "storage.conflict" { // another try may do
			return err
		}
		m.Counts[l.Action]--
		m.Counts[LineMoved]++
		l.fault(err)
		body, failed := json.Marshal(l)
		if failed != nil {
			return failed
		}
		return c.MarkImportLine(c.ctx, m.ID, store.ImportLine{Seq: l.Seq, Action: LineMoved, Body: string(body)})
	}
	return err
}

// applyPerson creates, changes or closes a record, if it is still the one that was seen.
func (c *change) applyPerson(l Line, before guichet.Person) error {
	if l.Action == LineCreate {
		return c.bring(l)
	}
	if before.ID == "" || !c.keeps(before.OrganisationID) {
		return guichet.NotFound("person")
	}
	if before.Version != l.Version {
		return guichet.Conflict("person.changed")
	}
	if l.Action == LineLeave {
		return c.setActive(before, false)
	}
	var p guichet.Problems
	if err := c.checkLine(&p, l, before); err != nil {
		return err
	}
	if err := p.Err(); err != nil {
		return err
	}
	after := l.Person.onto(before)
	after.Active = true
	if err := c.ChangePerson(c.ctx, after); err != nil {
		return err
	}
	if err := c.addLogin(before.ID, l.Login); err != nil {
		return err
	}
	if after.Name() != before.Name() || l.Returns {
		return c.TouchDesk(c.ctx)
	}
	return nil
}

// checkLine holds a line against the directory as it is now.
func (c *change) checkLine(p *guichet.Problems, l Line, before guichet.Person) error {
	in := *l.Person
	if before.ID == "" || in.Organisation != before.OrganisationID {
		c.place(p, in.Organisation)
	}
	if in.Email != before.Email || in.EmployeeNumber != before.EmployeeNumber {
		if err := c.unique(p, in, before.ID); err != nil {
			return err
		}
	}
	if l.Login != "" {
		if _, err := c.IdentityBySubject(c.ctx, guichet.IdentityLocal, l.Login); err == nil {
			p.Add("login", "account.login_taken", "Login", l.Login)
		} else if !missing(err) {
			return err
		}
	}
	if before.ID == "" || in.Email == before.Email && l.Login == "" && !l.Returns {
		return nil
	}
	above, err := c.above(before.ID)
	if above {
		p.Add("email", "person.above")
	}
	return err
}

// bring creates the person of a line.
func (c *change) bring(l Line) error {
	var p guichet.Problems
	if err := c.checkLine(&p, l, guichet.Person{}); err != nil {
		return err
	}
	if err := p.Err(); err != nil {
		return err
	}
	person := l.Person.onto(guichet.Person{ID: guichet.NewID(c.Now), TimeZone: c.desk.TimeZone, Active: true})
	if err := c.SavePerson(c.ctx, person); err != nil {
		return err
	}
	return c.addLogin(person.ID, l.Login)
}

// addLogin gives a person a local account that nobody can use until a password was chosen.
func (c *change) addLogin(person guichet.ID, login string) error {
	if login == "" {
		return nil
	}
	return c.SaveIdentity(c.ctx, guichet.Identity{ID: guichet.NewID(c.Now), PersonID: person, Kind: guichet.IdentityLocal, Subject: login})
}

// applyOrganisation creates or changes an organisation, if it is still the one that was seen.
func (c *change) applyOrganisation(l Line) error {
	before, known := c.desk.Organisations[l.Object]
	if l.Action == LineCreate {
		if known {
			return guichet.Conflict("organisation.changed")
		}
		_, err := c.addOrganisation(l.Object, *l.Organisation)
		return err
	}
	if !known || !c.keeps(l.Object) {
		return guichet.NotFound("organisation")
	}
	if before.Version != l.Version {
		return guichet.Conflict("organisation.changed")
	}
	in := *l.Organisation
	in.Version = l.Version
	return c.rewriteOrganisation(before, in)
}
