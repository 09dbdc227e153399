package ticketing

import (
	"context"
	"slices"
	"strconv"
	"time"

	"guichet"
	"guichet/internal/store"
)

// Facts gathers what the placeholders of a text about a ticket may name. The texts are written in the
// language that comes with them: that of the requester.
func Facts(ctx context.Context, tx *store.Tx, desk *guichet.Desk, t guichet.Ticket, author guichet.Person) (guichet.TemplateFacts, string, error) {
	f := guichet.TemplateFacts{Desk: desk, Ticket: t, Author: author, Now: tx.Now}
	ids := []guichet.ID{t.RequesterID, t.BeneficiaryID}
	if t.AssigneeID != "" {
		ids = append(ids, t.AssigneeID)
	}
	people, err := tx.People(ctx, ids)
	if err != nil {
		return f, "", err
	}
	f.People = people
	if f.Due, err = tx.ResolveDue(ctx, t.ID); err != nil {
		return f, "", err
	}
	requester := people[t.RequesterID]
	f.Zone = zoneOf(requester.TimeZone, desk.TimeZone)
	locale := requester.Locale
	if locale == "" {
		locale = desk.Locale
	}
	return f, locale, nil
}

func zoneOf(names ...string) *time.Location {
	for _, name := range names {
		if name == "" {
			continue
		}
		if zone, err := time.LoadLocation(name); err == nil {
			return zone
		}
	}
	return time.UTC
}

// Prepared is the text of a template, ready to be put into a message on a ticket.
type Prepared struct {
	Template guichet.Template
	Text     string // Markdown, in the requester's language
}

// Prepare writes a reply or a solution for a ticket. base is the public address of the desk, without a
// final slash, for links. Errors: not found for who may not see the ticket and for a template that does
// not serve it, denied for who does not work on it.
func (d *Desk) Prepare(ctx context.Context, actor guichet.Actor, number int64, template guichet.ID, base string) (Prepared, error) {
	var out Prepared
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		l, err := load(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if !l.works(actor) {
			return guichet.Denied("action.denied")
		}
		out, err = l.prepare(ctx, tx, actor, template, base)
		return err
	})
	return out, err
}

// PrepareAll writes every reply and every solution that serves a ticket, then lists its checklists,
// which have no text. Errors as Prepare.
func (d *Desk) PrepareAll(ctx context.Context, actor guichet.Actor, number int64, base string) ([]Prepared, error) {
	var out []Prepared
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		l, err := load(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if !l.works(actor) {
			return guichet.Denied("action.denied")
		}
		for _, kind := range []guichet.TemplateKind{guichet.TemplateReply, guichet.TemplateSolution} {
			for _, t := range l.desk.TemplatesFor(kind, l.ticket.ServiceID, actor.TeamIDs) {
				if prepared, err := l.prepare(ctx, tx, actor, t.ID, base); err == nil { // one whose text has a fault is left out
					out = append(out, prepared)
				}
			}
		}
		for _, t := range l.desk.TemplatesFor(guichet.TemplateChecklist, l.ticket.ServiceID, actor.TeamIDs) {
			out = append(out, Prepared{Template: t})
		}
		return nil
	})
	return out, err
}

func (l loaded) prepare(ctx context.Context, tx *store.Tx, actor guichet.Actor, id guichet.ID, base string) (Prepared, error) {
	t, known := l.desk.Templates[id]
	written := t.Kind == guichet.TemplateReply || t.Kind == guichet.TemplateSolution
	if !known || !written || !t.Serves(l.desk, l.ticket.ServiceID, actor.TeamIDs) {
		return Prepared{}, guichet.NotFound("template")
	}
	facts, locale, err := Facts(ctx, tx, l.desk, l.ticket, actor.Person)
	if err != nil {
		return Prepared{}, err
	}
	facts.URL = base + "/tickets/" + strconv.FormatInt(l.ticket.Number, 10)
	text, err := t.Render(locale, facts)
	return Prepared{t, text}, err
}

// AddChecklist adds the points of a template to a ticket; agents only. Errors: not found, denied,
// conflict when the ticket has them.
func (d *Desk) AddChecklist(ctx context.Context, actor guichet.Actor, number int64, template guichet.ID) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := loadToWork(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		t, known := l.desk.Templates[template]
		if !known || t.Kind != guichet.TemplateChecklist || !t.Serves(l.desk, l.ticket.ServiceID, actor.TeamIDs) {
			return guichet.NotFound("template")
		}
		list := guichet.NewChecklist(guichet.NewID(tx.Now), t, l.ticket.ID, actor.Person.ID, tx.Now)
		if err := tx.InsertChecklist(ctx, list); err != nil {
			return err
		}
		return l.record(ctx, tx, actor, guichet.Event{Kind: guichet.EventChecklistAdded, Text: list.Name, RefID: list.ID})
	})
}

// record writes an internal event of an agent that changes nothing of the ticket itself.
func (l loaded) record(ctx context.Context, tx *store.Tx, actor guichet.Actor, e guichet.Event) error {
	e.At, e.ActorID, e.Channel, e.Internal = tx.Now, actor.Person.ID, actor.Channel, true
	after := l.ticket
	after.UpdatedAt = tx.Now
	return save(ctx, tx, l.ticket, &after, []guichet.Event{e})
}

// RemoveChecklist takes a checklist off a ticket, as long as nothing in it was checked. What the form of
// the ticket asks for stays. Errors: not found, denied, conflict.
func (d *Desk) RemoveChecklist(ctx context.Context, actor guichet.Actor, number int64, list guichet.ID) error {
	return d.checklist(ctx, actor, number, list, func(tx *store.Tx, l loaded, c guichet.Checklist) error {
		if done, _ := c.Progress(); done > 0 || c.AddedByID == "" {
			return guichet.Conflict("checklist.kept")
		}
		if err := tx.DeleteChecklist(ctx, c.ID); err != nil {
			return err
		}
		return l.record(ctx, tx, actor, guichet.Event{Kind: guichet.EventChecklistRemoved, Text: c.Name, RefID: c.ID})
	})
}

// Check checks a point of a checklist of a ticket, or takes the check back; agents only. What is so
// already stays without a trace. Errors: not found, denied, conflict when the ticket is over.
func (d *Desk) Check(ctx context.Context, actor guichet.Actor, number int64, list guichet.ID, key string, done bool) error {
	return d.checklist(ctx, actor, number, list, func(tx *store.Tx, l loaded, c guichet.Checklist) error {
		i := slices.IndexFunc(c.Items, func(x guichet.Check) bool { return x.Key == key })
		if i < 0 {
			return guichet.NotFound("checklist")
		}
		changed, err := tx.SetCheck(ctx, c.ID, key, actor.Person.ID, done)
		if err != nil || !changed {
			return err
		}
		kind := guichet.EventChecked
		if !done {
			kind = guichet.EventUnchecked
		}
		return l.record(ctx, tx, actor, guichet.Event{Kind: kind, Text: c.Items[i].Text.In(l.desk.Locale), RefID: c.ID})
	})
}

// checklist runs an act on a checklist of a ticket that the actor works on.
func (d *Desk) checklist(ctx context.Context, actor guichet.Actor, number int64, list guichet.ID, act func(*store.Tx, loaded, guichet.Checklist) error) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := loadToWork(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		lists, err := tx.Checklists(ctx, l.ticket.ID)
		if err != nil {
			return err
		}
		for _, c := range lists {
			if c.ID == list {
				return act(tx, l, c)
			}
		}
		return guichet.NotFound("checklist")
	})
}

// finished refuses to resolve or close a ticket while required points are left to check.
func (l loaded) finished(ctx context.Context, tx *store.Tx, actor guichet.Actor, after guichet.Ticket) error {
	if !l.ticket.State.Open() || after.State != guichet.StateResolved && after.State != guichet.StateClosed {
		return nil
	}
	lists, err := tx.Checklists(ctx, l.ticket.ID)
	if err != nil {
		return err
	}
	left := guichet.Unchecked(lists)
	if len(left) == 0 {
		return nil
	}
	return guichet.Conflict("checklist.unchecked", "Count", len(left), "First", left[0].Text.In(actor.Person.Locale))
}

// useTemplate gives a new ticket what its whole-ticket template adds to what was typed.
func (o *opening) useTemplate() {
	if o.in.Template == "" {
		return
	}
	t, known := o.desk.Templates[o.in.Template]
	if !known || t.Kind != guichet.TemplateTicket || t.Ticket == nil || !o.actor.Has(guichet.PermissionOpenFor) ||
		!t.Serves(o.desk, o.ticket.ServiceID, o.actor.TeamIDs) {
		o.problems.Add("template", "field.unknown_value")
		return
	}
	o.template = t
	o.askAsTemplate(*t.Ticket)
	if t.Ticket.Impact.Valid() {
		o.ticket.Impact = t.Ticket.Impact
		o.ticket.Priority = o.desk.Matrix.Priority(o.ticket.Impact, o.ticket.Urgency)
	}
}

// askAsTemplate takes the form and the answers of a template, as long as the service is still its own.
func (o *opening) askAsTemplate(draft guichet.TicketDraft) {
	if o.in.Offering != "" || draft.OfferingID == "" ||
		!slices.Contains(o.desk.ServicePath(o.ticket.ServiceID), o.desk.Offerings[draft.OfferingID].ServiceID) {
		return
	}
	o.in.Offering, o.ticket.OfferingID = draft.OfferingID, draft.OfferingID
	if len(o.in.Answers) == 0 {
		o.in.Answers = draft.Answers
	}
}

// answerAtOnce resolves a ticket that is closed as it is recorded, when its template says what the
// caller is told.
func (o *opening) answerAtOnce(ctx context.Context) ([]guichet.Event, error) {
	if o.template.Ticket == nil || o.template.Ticket.Solution == "" {
		return nil, nil
	}
	if err := o.tx.NumberTicket(ctx, &o.ticket); err != nil { // the text may name it
		return nil, err
	}
	facts, locale, err := Facts(ctx, o.tx, o.desk, o.ticket, o.actor.Person)
	if err != nil {
		return nil, err
	}
	t := &o.ticket
	if t.Solution, err = o.desk.Templates[o.template.Ticket.Solution].Render(locale, facts); err != nil {
		return nil, err
	}
	t.AffectedID, t.ResolvedAt = t.ServiceID, o.tx.Now
	e := own(o.tx, t, guichet.EventResolved)
	e.ActorID, e.Channel, e.Text = o.actor.Person.ID, o.actor.Channel, t.Solution
	return []guichet.Event{e}, nil
}

// teamOfTemplate assigns a new ticket to the team of its template, whatever the rules said.
func (o *opening) teamOfTemplate(ctx context.Context) ([]guichet.Event, error) {
	if o.template.Ticket == nil || o.desk.Teams[o.template.Ticket.TeamID].ID == "" || o.ticket.State.Final() {
		return nil, nil
	}
	before := o.ticket
	o.desk.Receive(&o.ticket, o.template.Ticket.TeamID)
	choice, err := dispatch(ctx, o.tx, o.desk, &o.ticket, dispatching{})
	e := own(o.tx, &o.ticket, guichet.EventRouted)
	e.Internal, e.Changes, e.Why = true, guichet.Diff(before, o.ticket), []string{o.template.Name}
	if choice != nil {
		e.Trace = &guichet.Trace{Dispatch: choice}
	}
	return []guichet.Event{e}, err
}

// checklists are the points to check on a new ticket: those of what is asked, then of its template.
func (o *opening) checklists() ([]guichet.Checklist, []guichet.Event) {
	ids := slices.Clone(o.offering.Checklists)
	if o.template.Ticket != nil && !slices.Contains(ids, o.template.Ticket.Checklist) {
		ids = append(ids, o.template.Ticket.Checklist)
	}
	var lists []guichet.Checklist
	var events []guichet.Event
	for i, id := range ids {
		t := o.desk.Templates[id]
		if t.Kind != guichet.TemplateChecklist {
			continue
		}
		list := guichet.NewChecklist(guichet.NewID(o.tx.Now), t, o.ticket.ID, "", o.tx.Now.Add(time.Duration(i)*time.Microsecond)) // they stay in this order
		e := own(o.tx, &o.ticket, guichet.EventChecklistAdded)
		e.Internal, e.Text, e.RefID = true, list.Name, list.ID
		lists, events = append(lists, list), append(events, e)
	}
	return lists, events
}
