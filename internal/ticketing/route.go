package ticketing

import (
	"context"
	"slices"
	"time"

	"guichet"
	"guichet/internal/ruling"
	"guichet/internal/store"
)

// routed is what follows from the rules for a ticket, beside its fields.
type routed struct {
	events    []guichet.Event
	approval  []guichet.ApprovalStep
	observers []guichet.ID
	lists     []guichet.Checklist
	parent    guichet.Ticket // the major incident to link to, if it is still open
	announced guichet.Announcement
}

// route runs the rules on a ticket that arrives (A3), then lets its team choose who receives it. A
// ticket that gets no team waits for a moderator; one that waits for an approval is only qualified.
func route(ctx context.Context, tx *store.Tx, desk *guichet.Desk, t *guichet.Ticket, waits bool) (routed, error) {
	return (&router{tx: tx, desk: desk, ticket: t}).run(ctx, guichet.Facts{Waits: waits})
}

// routeApproved runs the rules on a ticket that has just been approved.
func routeApproved(ctx context.Context, tx *store.Tx, desk *guichet.Desk, t *guichet.Ticket) (routed, error) {
	return (&router{tx: tx, desk: desk, ticket: t}).run(ctx, guichet.Facts{Approved: true})
}

type router struct {
	tx     *store.Tx
	desk   *guichet.Desk
	ticket *guichet.Ticket
}

func (r *router) run(ctx context.Context, f guichet.Facts) (routed, error) {
	var out routed
	if len(r.desk.Rules) == 0 {
		return out, nil
	}
	beneficiary, err := r.tx.Person(ctx, r.ticket.BeneficiaryID)
	if err != nil {
		return out, err
	}
	before := *r.ticket
	f.Ticket, f.Audience, f.At = before, beneficiary.Profile, r.tx.Now.In(Zone(r.desk))
	result := r.desk.Route(f, ruling.For(r.desk).Judge())
	if out.parent, err = r.parent(ctx, &result); err != nil {
		return out, err
	}
	if out.announced, err = r.announced(ctx, &result); err != nil {
		return out, err
	}
	if out.observers, err = r.observers(ctx, result.Observers); err != nil {
		return out, err
	}
	if err := r.answerable(ctx, &result, f.Waits); err != nil {
		return out, err
	}
	*r.ticket, out.approval = result.Ticket, result.Approval
	if result.Trace.Dispatch, err = dispatch(ctx, r.tx, r.desk, r.ticket, dispatching{skills: result.Skills}); err != nil {
		return out, err
	}
	if !result.Ran() || (f.Waits || f.Approved) && result.Idle() {
		return out, nil
	}
	e := own(r.tx, r.ticket, guichet.EventRouted)
	e.Internal, e.Changes, e.Why, e.Trace = true, guichet.Diff(before, *r.ticket), result.Trace.Why(), &result.Trace
	out.events = append(out.events, e)
	if err := r.say(ctx, result, &out); err != nil {
		return out, err
	}
	if out.parent.ID != "" {
		linked := own(r.tx, r.ticket, guichet.EventLinked)
		linked.RefID = out.parent.ID
		out.events = append(out.events, linked)
	}
	if out.announced.ID != "" {
		joined := own(r.tx, r.ticket, guichet.EventAnnounced)
		joined.RefID, joined.Why = out.announced.ID, []string{out.announced.Title}
		out.events = append(out.events, joined)
	}
	return out, nil
}

// say applies the templates that the rules name: what is answered, the points to check, the words with
// which the ticket is closed. A template that is gone says nothing.
func (r *router) say(ctx context.Context, result guichet.Routing, out *routed) error {
	for _, id := range result.Templates {
		t := r.desk.Templates[id]
		if t.Kind == guichet.TemplateTicket && t.Ticket != nil {
			t = r.desk.Templates[t.Ticket.Checklist]
		}
		switch t.Kind {
		case guichet.TemplateReply:
			if err := r.answer(ctx, t, guichet.EventFollowedUp, out); err != nil {
				return err
			}
		case guichet.TemplateChecklist:
			list := guichet.NewChecklist(guichet.NewID(r.tx.Now), t, r.ticket.ID, "", r.tx.Now)
			added := own(r.tx, r.ticket, guichet.EventChecklistAdded)
			added.Internal, added.Text, added.RefID = true, list.Name, list.ID
			out.lists, out.events = append(out.lists, list), append(out.events, added)
		}
	}
	if result.CloseWith == "" {
		return nil
	}
	if err := r.answer(ctx, r.desk.Templates[result.CloseWith], guichet.EventResolved, out); err != nil {
		return err
	}
	out.events = append(out.events, own(r.tx, r.ticket, guichet.EventClosed))
	return nil
}

// answer writes the text of a template on the ticket. The text may name the number of the ticket.
func (r *router) answer(ctx context.Context, t guichet.Template, kind guichet.EventKind, out *routed) error {
	if err := r.tx.NumberTicket(ctx, r.ticket); err != nil {
		return err
	}
	facts, locale, err := Facts(ctx, r.tx, r.desk, *r.ticket, guichet.Person{})
	if err != nil {
		return err
	}
	opened := []guichet.Event{own(r.tx, r.ticket, guichet.EventOpened)} // its clock is not kept yet
	facts.Due = r.desk.Clock(*r.ticket, opened, r.tx.Now).Resolve.Due
	text, err := t.Render(locale, facts)
	if guichet.KindOf(err) == guichet.KindInvalid && err != nil { // it is not said; the ticket is worth more
		return nil //nolint:nilerr // as the line above says
	}
	if err != nil {
		return err
	}
	e := own(r.tx, r.ticket, kind)
	e.Text = text
	if kind == guichet.EventResolved {
		r.ticket.Solution = text
	}
	if text != "" {
		r.ticket.LastMessage = excerpt(text)
	}
	out.events = append(out.events, e)
	return nil
}

// answerable leaves out the steps of approval that a rule asks for and that nobody could answer any more: the
// rule is at fault, not who asks. A ticket that then waits for no other goes to a moderator, and to no team.
func (r *router) answerable(ctx context.Context, result *guichet.Routing, waits bool) error {
	asked := len(result.Approval)
	var kept []guichet.ApprovalStep
	for _, step := range result.Approval {
		_, err := seats(ctx, r.tx, result.Ticket, step)
		switch {
		case err == nil:
			kept = append(kept, step)
		case guichet.KindOf(err) == guichet.KindConflict:
			result.Trace.Unanswerable(step, guichet.CodeOf(err))
		default:
			return err
		}
	}
	if result.Approval = kept; asked > 0 && len(kept) == 0 && !waits {
		result.Ticket.State = guichet.StateNew
	}
	return nil
}

// Zone is the time zone of a desk.
func Zone(d *guichet.Desk) *time.Location {
	if zone, err := time.LoadLocation(d.TimeZone); err == nil {
		return zone
	}
	return time.UTC
}

// parent finds the major incident that a rule names. Once it is over, the rule links nothing more.
func (r *router) parent(ctx context.Context, result *guichet.Routing) (guichet.Ticket, error) {
	if result.Parent == 0 {
		return guichet.Ticket{}, nil
	}
	parent, err := r.tx.Ticket(ctx, guichet.Scope{All: true}, result.Parent)
	if err == nil && !parent.State.Final() {
		return parent, nil
	}
	if err != nil && guichet.KindOf(err) != guichet.KindNotFound {
		return guichet.Ticket{}, err
	}
	retract(result, "parent")
	return guichet.Ticket{}, nil
}

// retract takes out of the explanation what rules asked for and could not be done.
func retract(result *guichet.Routing, field string) {
	for i := range result.Trace.Rules {
		result.Trace.Rules[i].Changes = slices.DeleteFunc(result.Trace.Rules[i].Changes,
			func(c guichet.Change) bool { return c.Field == field })
	}
}

// observers are the people whom rules name, those who left aside.
func (r *router) observers(ctx context.Context, named []guichet.ID) ([]guichet.ID, error) {
	if len(named) == 0 {
		return nil, nil
	}
	people, err := r.tx.People(ctx, named)
	return slices.DeleteFunc(named, func(id guichet.ID) bool { return !people[id].Active }), err
}

// linkParent joins a ticket to the major incident that the rules named, on both sides.
func linkParent(ctx context.Context, tx *store.Tx, t guichet.Ticket, parent guichet.Ticket) error {
	if parent.ID == "" {
		return nil
	}
	if err := tx.AddLink(ctx, guichet.Link{FromID: parent.ID, ToID: t.ID, Kind: guichet.LinkParentOf}); err != nil {
		return err
	}
	after := parent
	linked := own(tx, &after, guichet.EventLinked)
	linked.RefID = t.ID
	return save(ctx, tx, parent, &after, []guichet.Event{linked})
}

// join writes what the rules add to a ticket that is approved: its observers, its points to check.
func (out *routed) join(ctx context.Context, tx *store.Tx, t *guichet.Ticket) error {
	for _, id := range out.observers {
		if err := tx.AddParty(ctx, t.ID, guichet.Party{PersonID: id, Role: guichet.PartyObserver}); err != nil {
			return err
		}
		added := own(tx, t, guichet.EventObserverAdded)
		added.RefID = id
		out.events = append(out.events, added)
	}
	for _, list := range out.lists {
		if err := tx.InsertChecklist(ctx, list); err != nil {
			return err
		}
	}
	return nil
}

// dispatching is what a choice of technician depends on, beside the ticket and its team.
type dispatching struct {
	skills []string   // that rules ask for
	former guichet.ID // who gives the ticket back
}

// dispatch lets the team of a ticket that nobody has choose one of its members (A4). Who is chosen is
// decided and written in one transaction, one ticket of the team after the other.
func dispatch(ctx context.Context, tx *store.Tx, desk *guichet.Desk, t *guichet.Ticket, in dispatching) (*guichet.Dispatched, error) {
	team, known := desk.Teams[t.TeamID]
	if !known || t.State != guichet.StateAssigned || t.AssigneeID != "" || !team.Dispatch.Chooses() {
		return nil, nil
	}
	members, err := candidates(ctx, tx, team)
	if err != nil {
		return nil, err
	}
	members = slices.DeleteFunc(members, func(c guichet.Candidate) bool { return c.PersonID == in.former })
	needed := guichet.CleanTags(slices.Concat(desk.NeededSkills(*t), in.skills))
	choice := team.Dispatch.Choose(team.ID, needed, members)
	if choice.PersonID == "" {
		return &choice, nil
	}
	t.AssigneeID = choice.PersonID
	return &choice, tx.KeepTurn(ctx, team.ID, choice.PersonID)
}

// candidates are the members of a team, with who of them is away.
func candidates(ctx context.Context, tx *store.Tx, team guichet.Team) ([]guichet.Candidate, error) {
	members, err := tx.Candidates(ctx, team)
	if err != nil {
		return nil, err
	}
	absences, err := tx.AbsencesOf(ctx, team.Members, tx.Now)
	for i := range members {
		for _, a := range absences {
			if a.PersonID == members[i].PersonID {
				members[i].Away = true
				members[i].Back = later(members[i].Back, a.To)
			}
		}
	}
	return members, err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
