package ticketing

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/store"
)

// NewProblem is a problem to open on incidents that it explains.
type NewProblem struct {
	From        []int64
	Title       string
	Description string
	Service     guichet.ID // empty: that of the first
}

// OpenProblem opens a problem that causes some incidents, in the hands of the actor. Nobody is told: it is the work of
// those who handle them. Errors: not found, denied to who does not handle each incident, invalid, conflict.
func (d *Desk) OpenProblem(ctx context.Context, actor guichet.Actor, in NewProblem) (guichet.Ticket, error) {
	if !actor.MayWrite() {
		return guichet.Ticket{}, guichet.Denied("token.read_only")
	}
	in.Title, in.Description = line(in.Title), body(in.Description)
	var t guichet.Ticket
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		if err := checkLinks(guichet.RelationCauseOf, in.From); err != nil {
			return err
		}
		var incidents []loaded
		for _, number := range in.From {
			l, err := loadToMerge(ctx, tx, actor, number)
			if err != nil {
				return err
			}
			incidents = append(incidents, l)
		}
		problem, err := incidents[0].problem(ctx, tx, actor, in)
		if err != nil {
			return err
		}
		t = problem.ticket
		for _, l := range incidents {
			if err := problem.link(ctx, tx, actor, guichet.RelationCauseOf, l.ticket.Number); err != nil {
				return err
			}
		}
		return nil
	})
	return t, err
}

// problem writes the problem of a first incident.
func (l loaded) problem(ctx context.Context, tx *store.Tx, actor guichet.Actor, in NewProblem) (loaded, error) {
	first := l.ticket
	t := guichet.Ticket{ID: guichet.NewID(tx.Now), Kind: guichet.KindProblem, State: guichet.StateAssigned, Title: in.Title, Description: in.Description,
		RequesterID: actor.Person.ID, BeneficiaryID: actor.Person.ID, OpenedByID: actor.Person.ID, OrganisationID: first.OrganisationID,
		ServiceID: cmp.Or(in.Service, first.ServiceID), Urgency: first.Urgency, Impact: first.Impact, Priority: first.Priority, Channel: guichet.ChannelDesk,
		TeamID: first.TeamID, AssigneeID: actor.Person.ID, Level: first.Level, OpenedAt: tx.Now, UpdatedAt: tx.Now, LastMessage: excerpt(in.Description)}
	var p guichet.Problems
	p.Text("title", t.Title, guichet.MaxTitle)
	p.Text("description", t.Description, guichet.MaxDescription)
	if t.ServiceID != first.ServiceID && !l.desk.OpenNow(t.ServiceID, tx.Now) {
		p.Add("service", "field.unknown_value")
	}
	if err := p.Err(); err != nil {
		return l, err
	}
	if t.TeamID == "" && len(actor.TeamIDs) > 0 {
		t.TeamID = actor.TeamIDs[0]
	}
	flow := l.desk.FollowFlow(t.ServiceID)
	t.WorkflowID, t.Workflow = flow.ID, flow.Version
	opened := guichet.Event{ID: guichet.NewID(tx.Now), TicketID: t.ID, At: tx.Now, ActorID: actor.Person.ID, Channel: actor.Channel, Kind: guichet.EventOpened}
	if err := insert(ctx, tx, &t, arrival{events: []guichet.Event{opened}}); err != nil {
		return l, err
	}
	return complete(ctx, tx, t)
}

// SaveKnownError writes what causes a problem and what helps meanwhile; the agents of its incidents read it. Errors:
// not found, denied, conflict for what is no problem, invalid.
func (d *Desk) SaveKnownError(ctx context.Context, actor guichet.Actor, number int64, cause, workaround string) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := loadToLink(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if l.ticket.Kind != guichet.KindProblem {
			return guichet.Conflict("problem.none")
		}
		k := guichet.KnownError{Cause: body(cause), Workaround: body(workaround), At: tx.Now, ByID: actor.Person.ID}
		if err := k.Check(); err != nil {
			return err
		}
		if err := tx.SaveKnownError(ctx, l.ticket.ID, k); err != nil {
			return err
		}
		return l.write(ctx, tx, actor, guichet.Event{Kind: guichet.EventKnownError, Internal: true})
	})
}

// Known is what is known of a problem, on the page of one of its incidents.
type Known struct {
	guichet.KnownError
	Number int64
	Title  string
}

// readKnown reads what is known of the problems behind the ticket, or of the ticket itself.
func (v *View) readKnown(ctx context.Context, tx *store.Tx, actor guichet.Actor) error {
	problems := []store.LinkedTicket{{ID: v.Ticket.ID, Number: v.Ticket.Number, Title: v.Ticket.Title}}
	if v.Ticket.Kind != guichet.KindProblem {
		problems = slices.DeleteFunc(slices.Clone(v.Links), func(l store.LinkedTicket) bool { return l.Relation() != guichet.RelationCausedBy })
	}
	for _, l := range problems {
		k, err := tx.KnownError(ctx, l.ID)
		switch {
		case guichet.KindOf(err) == guichet.KindNotFound && err != nil:
		case err != nil:
			return err
		default:
			problem, err := byID(ctx, tx, l.ID)
			if err != nil {
				return err
			}
			if problem.isAgent(actor) { // not as somebody who takes part only
				v.Known = append(v.Known, Known{k, l.Number, l.Title})
			}
		}
	}
	return nil
}

// Below is what stands below a problem, a parent or a major incident: how much, where, and what was sent to it.
type Below struct {
	Desk    *guichet.Desk
	Ticket  guichet.Ticket
	Tallies []store.Tally
	Open    []store.LinkedTicket // the first of those that are not over
	Waves   []WaveView
	Major   guichet.MajorIncident
	Known   guichet.KnownError
	People  map[guichet.ID]guichet.Person
	Leads   bool // the actor may declare a major incident
}

// Total is how many tickets stand below, and how many of them are not over.
func (b Below) Total() (all, open int) {
	for _, t := range b.Tallies {
		all += t.Count
		if !t.State.Final() {
			open += t.Count
		}
	}
	return all, open
}

// What a ticket is to those that stand below it.
const (
	AboveProblem = "problem"
	AboveMajor   = "major"
	AboveParent  = "parent"
)

// As says what the ticket is to those that stand below it.
func (b Below) As() string { return above(b.Ticket, b.Major) }

func above(t guichet.Ticket, m guichet.MajorIncident) string {
	switch {
	case m.Declared():
		return AboveMajor
	case t.Kind == guichet.KindProblem:
		return AboveProblem
	}
	return AboveParent
}

// Gathers reports whether there is something to see: tickets below, or that may come.
func (b Below) Gathers() bool { return b.As() != AboveParent || len(b.Tallies) > 0 || len(b.Waves) > 0 }

// As says what the ticket is to those that stand below it; empty when none does and none is expected.
func (v View) As() string {
	as := above(v.Ticket, v.Major)
	parent := func(l store.LinkedTicket) bool { return l.Relation() == guichet.RelationParentOf }
	if as == AboveParent && !slices.ContainsFunc(v.Links, parent) {
		return ""
	}
	return as
}

// Organisation is how many tickets of an organisation stand below another one.
type Organisation struct {
	Name      string
	All, Open int
}

// Organisations counts what stands below by organisation, the most touched first.
func (b Below) Organisations() []Organisation {
	counts := map[guichet.ID]*Organisation{}
	for _, t := range b.Tallies {
		o := counts[t.OrganisationID]
		if o == nil {
			o = &Organisation{Name: b.Desk.Organisations[t.OrganisationID].Name}
			counts[t.OrganisationID] = o
		}
		o.All += t.Count
		if !t.State.Final() {
			o.Open += t.Count
		}
	}
	var out []Organisation
	for _, o := range counts {
		out = append(out, *o)
	}
	slices.SortFunc(out, func(x, y Organisation) int { return cmp.Or(y.All-x.All, strings.Compare(x.Name, y.Name)) })
	return out
}

// maxBelow is how many of the tickets below another one are shown.
const maxBelow = 100

// Below reads what stands below a ticket, as far as the actor sees it. Errors: not found, denied to who does not
// handle the ticket.
func (d *Desk) Below(ctx context.Context, actor guichet.Actor, number int64) (Below, error) {
	var out Below
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		l, err := load(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if !l.works(actor) {
			return guichet.Denied("action.denied")
		}
		out = Below{Desk: l.desk, Ticket: l.ticket, Leads: l.leads(actor)}
		return out.read(ctx, tx, actor)
	})
	return out, err
}

func (b *Below) read(ctx context.Context, tx *store.Tx, actor guichet.Actor) (err error) {
	id, scope := b.Ticket.ID, actor.Scope()
	if b.Tallies, err = tx.TallyBelow(ctx, scope, id); err != nil {
		return err
	}
	if b.Open, err = tx.Below(ctx, scope, id, maxBelow); err != nil {
		return err
	}
	if b.Waves, err = waves(ctx, tx, actor, id); err != nil {
		return err
	}
	if b.Major, err = major(ctx, tx, id); err != nil {
		return err
	}
	b.Known, err = tx.KnownError(ctx, id)
	if err != nil && guichet.KindOf(err) != guichet.KindNotFound {
		return err
	}
	ids := []guichet.ID{}
	for _, l := range b.Open {
		ids = append(ids, l.RequesterID)
	}
	b.People, err = tx.People(ctx, ids)
	return err
}
