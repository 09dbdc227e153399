package directory

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// Ask is a question: why may, or may not, this person see or do this? About a ticket, or, without a number,
// about a ticket that would be opened in an organisation about a service.
type Ask struct {
	Person       guichet.ID
	Number       int64
	Organisation guichet.ID
	Service      guichet.ID
}

// Right is a permission or an action, with why it is held or not.
type Right struct {
	Permission guichet.Permission
	Action     guichet.Action
	Label      string // of the action, where the process has its own
	guichet.Explanation
}

// Answer explains what a person sees and may of a ticket.
type Answer struct {
	Desk     *guichet.Desk
	Person   guichet.Person
	Inactive bool // then the person may nothing at all; the rest says what the roles would give
	Ticket   guichet.Ticket
	Supposed bool // there is no such ticket: it is one that would be opened
	Sees     guichet.Explanation
	Rights   []Right
	Acts     []Right
	Ended    []Held // grants that gave something until their end
}

// Why answers a question about a person whom the actor keeps, or anybody for who configures the whole desk,
// about a ticket that the actor sees. Errors: not found; invalid for an organisation or a service that is unknown.
func (d *Directory) Why(ctx context.Context, actor guichet.Actor, in Ask) (Answer, error) {
	var a Answer
	all := slices.Contains(actor.Areas(guichet.PermissionConfigure), guichet.Area{})
	if !all && len(actor.Keeping()) == 0 {
		return a, guichet.NotFound("page")
	}
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		c := &change{tx, ctx, actor, desk}
		if a.Person, err = tx.Person(ctx, in.Person); err != nil {
			return err
		}
		if !all && !c.keeps(a.Person.OrganisationID) {
			return guichet.NotFound("person")
		}
		a.Desk, a.Inactive, a.Supposed = desk, !a.Person.Active, in.Number == 0
		return c.answer(&a, in)
	})
	return a, err
}

func (c *change) answer(a *Answer, in Ask) error {
	place, err := c.question(a, in)
	if err != nil {
		return err
	}
	who := guichet.Actor{Person: a.Person, Channel: guichet.ChannelPortal, Roles: c.desk.Roles}
	if who.TeamIDs, err = c.TeamsOf(c.ctx, a.Person.ID); err != nil {
		return err
	}
	if who.Grants, err = c.held(a.Person.ID); err != nil {
		return err
	}
	a.Sees = who.ExplainSees(a.Ticket, place)
	for _, p := range guichet.Permissions() {
		a.Rights = append(a.Rights, Right{Permission: p, Explanation: who.ExplainMay(p, a.Ticket, place)})
	}
	flow := c.desk.Flow(a.Ticket)
	for _, action := range guichet.Actions() {
		if tr, ok := flow.Transition(action, a.Ticket.State); ok {
			a.Acts = append(a.Acts, Right{Action: action, Label: tr.Label, Explanation: flow.ExplainPerforms(action, who, a.Ticket, place)})
		}
	}
	grants, err := c.grantsOf(a.Person.ID, guichet.Team{})
	a.Ended = slices.DeleteFunc(grants, func(h Held) bool { return !h.Over })
	return err
}

// question finds the ticket that is asked about, or makes up the one that would be opened.
func (c *change) question(a *Answer, in Ask) (guichet.Place, error) {
	if in.Number != 0 {
		t, err := c.Ticket(c.ctx, c.actor.Scope(), in.Number)
		if err != nil {
			return guichet.Place{}, err
		}
		a.Ticket = t
		parties, err := c.Parties(c.ctx, t.ID)
		return c.desk.Place(parties), err
	}
	var p guichet.Problems
	if _, known := c.desk.Organisations[in.Organisation]; in.Organisation != "" && !known {
		p.Add("organisation", "field.unknown_value")
	}
	if _, known := c.desk.Services[in.Service]; in.Service != "" && !known {
		p.Add("service", "field.unknown_value")
	}
	flow := c.desk.FlowOf(in.Service, "")
	a.Ticket = guichet.Ticket{State: guichet.StateNew, OrganisationID: in.Organisation, ServiceID: in.Service,
		TeamID: c.desk.ServiceTeam(in.Service), WorkflowID: flow.ID, Workflow: flow.Version}
	return c.desk.Place(nil), p.Err()
}
