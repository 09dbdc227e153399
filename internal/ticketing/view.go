package ticketing

import (
	"context"
	"slices"
	"time"

	"guichet"
	"guichet/internal/store"
)

// View is a ticket as an actor may see it.
type View struct {
	Desk      *guichet.Desk
	Ticket    guichet.Ticket
	Parties   []guichet.Party
	Agent     bool // the actor handles tickets like this one and sees what is internal
	Works     bool // and may add to it
	Speaks    bool // may add a message
	Actions   []guichet.Transition
	Approval  guichet.Approval // the question that waits for this actor, if any
	Events    []guichet.Event  // the last ones, oldest first
	More      bool             // there are older ones
	Opening   *guichet.Event   // the first event, when it is not among them
	Tasks     []guichet.Task
	Documents []guichet.Document
	Approvals []guichet.Approval
	Plan      guichet.ApprovalPlan // the steps that it goes through, and when the present one ends
	Links     []store.LinkedTicket
	Merge     *guichet.Merge       // when it was closed for another ticket
	Survivor  int64                // the number of the one that goes on, when the reader sees it
	Origins   []Origin             // tickets closed for this one, that are read with it
	Splits    map[guichet.ID]int64 // messages that went on elsewhere: where, when the reader sees it
	Known     []Known              // of the problems behind it, for agents
	Major     guichet.MajorIncident
	Clock     guichet.Clock   // as it is at Now; without a level, off
	Pauses    []guichet.Event // past times that were decided not to count, and were not withdrawn
	Contacts  []guichet.Event // recorded contacts with the beneficiary, corrections in place
	Moderates bool            // may decide what does not count
	Now       time.Time
	Lists     []guichet.Checklist                  // points to check, for agents
	Announced []guichet.Announcement               // to which the ticket belongs
	Joinable  []guichet.Announcement               // to which it might be joined, for those who work on it
	Outgoing  []guichet.Outgoing                   // what the actor sent and may still take back
	Told      map[guichet.Mode][]guichet.Recipient // whom a message of the actor would be told to, for a composer
	People    map[guichet.ID]guichet.Person
	Seen      int64 // the last event that the actor had on screen before; 0: none
}

// Called is what the process of the ticket calls its state.
func (v View) Called() guichet.StepName {
	return v.Desk.Called(v.Ticket.WorkflowID, v.Ticket.Workflow, v.Ticket.State, v.Ticket.AssigneeID != "")
}

// Late reports whether the time in which the reader may send the solution back has passed: a message
// then opens a ticket of its own.
func (v View) Late(now time.Time) bool {
	return !v.Works && v.Desk.Flow(v.Ticket).Expired(v.Ticket, now)
}

// eventPage is how many events a view holds: never a full thread when the last will do.
const eventPage = 100

// Look says how much of a ticket to read.
type Look struct {
	Before   int64 // Seq before which to read the timeline; 0: its end
	Last     int   // how many events; 0: as many as a page holds
	Composer bool  // and whom a message would be told to, and who may be given work
}

// View reads a ticket with its timeline; before, when set, is the Seq before which to read.
func (d *Desk) View(ctx context.Context, actor guichet.Actor, number, before int64) (View, error) {
	return d.Look(ctx, actor, number, Look{Before: before})
}

// Look reads a ticket with as much of its timeline as is asked for. Error: not found.
func (d *Desk) Look(ctx context.Context, actor guichet.Actor, number int64, look Look) (View, error) {
	if look.Last <= 0 {
		look.Last = eventPage
	}
	var v View
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		l, err := load(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		v = View{Desk: l.desk, Ticket: l.ticket, Parties: l.parties, Agent: l.isAgent(actor), Works: l.works(actor)}
		v.Speaks = v.Works || l.isParty(actor)
		v.Actions = l.desk.Flow(l.ticket).Available(actor, l.ticket, l.place, tx.Now)
		if err := v.readThread(ctx, tx, look); err != nil {
			return err
		}
		if err := v.readParts(ctx, tx, actor, look); err != nil {
			return err
		}
		v.Moderates = actor.MayWrite() && actor.May(guichet.PermissionModerate, l.ticket, l.place)
		if v.Joinable, err = l.joinable(ctx, tx, v); err != nil {
			return err
		}
		if look.Composer && v.Works {
			if v.Told, err = l.told(ctx, tx, actor, v.Approvals); err != nil {
				return err
			}
		}
		v.People, err = tx.People(ctx, v.everybody(look.Composer))
		return err
	})
	v.Seen = max(v.Seen, d.seen.of(actor.Person.ID, v.Ticket.ID))
	return v, err
}

// Public is the view without what the requester's side may not read.
func (v View) Public() View {
	v.Events = slices.DeleteFunc(slices.Clone(v.Events), func(e guichet.Event) bool { return e.Internal })
	for i, e := range v.Events {
		v.Events[i], _ = e.ForRequester()
	}
	v.Documents = slices.DeleteFunc(slices.Clone(v.Documents), func(d guichet.Document) bool { return d.Internal })
	v.Tasks = nil
	return v
}

// readThread reads the events and works out the clocks, from the same events when they are all there.
func (v *View) readThread(ctx context.Context, tx *store.Tx, look Look) error {
	events, err := tx.Events(ctx, v.Ticket.ID, v.Agent, look.Before, look.Last+1)
	if err != nil {
		return err
	}
	beats := events
	if look.Before != 0 || !v.Agent || len(events) > look.Last {
		if beats, err = tx.Beats(ctx, v.Ticket.ID); err != nil {
			return err
		}
	}
	v.tellTime(beats, tx.Now)
	if v.Events = events; len(events) > look.Last {
		v.More, v.Events = true, events[1:]
		if v.Opening, err = tx.Opening(ctx, v.Ticket.ID); err != nil {
			return err
		}
	}
	for i, e := range v.Events {
		if !v.Agent {
			v.Events[i], _ = e.ForRequester() // internal ones were not read
		}
	}
	return nil
}

// readParts reads what comes with the ticket, where it has any.
func (v *View) readParts(ctx context.Context, tx *store.Tx, actor guichet.Actor, look Look) error {
	id := v.Ticket.ID
	has, err := tx.Parts(ctx, id, actor.Person.ID)
	if err != nil {
		return err
	}
	v.Seen = has.Seen
	if has.Documents {
		if v.Documents, err = tx.Documents(ctx, id, v.Agent); err != nil {
			return err
		}
	}
	if has.Approvals {
		if err := v.readApprovals(ctx, tx, actor); err != nil {
			return err
		}
	}
	if has.Links {
		if v.Links, err = tx.Links(ctx, actor.Scope(), id); err != nil {
			return err
		}
	}
	if has.Announced {
		if v.Announced, err = tx.AnnouncementsOf(ctx, id); err != nil {
			return err
		}
	}
	if has.Outgoing {
		if v.Outgoing, err = tx.OutgoingOn(ctx, id, actor.Person.ID); err != nil {
			return err
		}
	}
	if !v.Agent {
		v.Parties = v.known()
	} else if err := v.readWork(ctx, tx, has); err != nil {
		return err
	}
	if !has.Links && v.Ticket.Kind != guichet.KindProblem {
		return nil
	}
	return v.readLinked(ctx, tx, actor, look.Before)
}

// readWork reads what only those who handle the ticket know of.
func (v *View) readWork(ctx context.Context, tx *store.Tx, has store.Parts) (err error) {
	if has.Checklists {
		if v.Lists, err = tx.Checklists(ctx, v.Ticket.ID); err != nil {
			return err
		}
	}
	if has.Tasks {
		if v.Tasks, err = tx.Tasks(ctx, v.Ticket.ID); err != nil {
			return err
		}
	}
	if has.Major {
		if v.Major, err = major(ctx, tx, v.Ticket.ID); err != nil {
			return err
		}
	}
	return nil
}

func (v *View) readApprovals(ctx context.Context, tx *store.Tx, actor guichet.Actor) (err error) {
	if v.Approvals, err = tx.Approvals(ctx, v.Ticket.ID); err != nil {
		return err
	}
	for _, a := range v.Approvals {
		if a.ApproverID == actor.Person.ID && over(v.Ticket, a, v.Approvals) == nil {
			v.Approval = a
		}
	}
	v.Plan, err = planOf(ctx, tx, loaded{desk: v.Desk, ticket: v.Ticket}, v.Approvals)
	return err
}

// known are the parties whom the requester's side may know: not the technicians of tasks.
func (v *View) known() []guichet.Party {
	return slices.DeleteFunc(v.Parties, func(p guichet.Party) bool {
		return p.Role == guichet.PartyAssignee && p.PersonID != v.Ticket.AssigneeID
	})
}

// everybody lists the persons whom the view names, and the members of all teams where its reader may give them work.
func (v *View) everybody(composer bool) []guichet.ID {
	seen := map[guichet.ID]bool{}
	var out []guichet.ID
	add := func(ids ...guichet.ID) {
		for _, id := range ids {
			if id != "" && !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	add(v.Ticket.RequesterID, v.Ticket.BeneficiaryID, v.Ticket.OpenedByID, v.Ticket.AssigneeID)
	for _, p := range v.Parties {
		add(p.PersonID)
	}
	for _, e := range v.Events {
		add(e.ActorID)
		if c, ok := e.Changed("technician"); ok {
			add(guichet.ID(c.From), guichet.ID(c.To))
		}
		add(e.Trace.People()...)
		if e.Kind == guichet.EventObserverAdded || e.Kind == guichet.EventObserverRemoved {
			add(e.RefID)
		}
	}
	if v.Opening != nil {
		add(v.Opening.ActorID)
	}
	for _, told := range v.Told {
		for _, r := range told {
			add(r.PersonID)
		}
	}
	for _, t := range v.Tasks {
		add(t.AssigneeID, t.DoneByID)
	}
	for _, l := range v.Lists {
		for _, c := range l.Items {
			add(c.DoneByID)
		}
	}
	for _, a := range v.Approvals {
		add(a.ApproverID, a.ForID)
	}
	for _, team := range v.Desk.Teams {
		if v.Agent && (composer || team.ID == v.Ticket.TeamID) {
			add(team.Members...)
		}
	}
	return out
}

// Page is a page of a list.
type Page struct {
	Rows []store.TicketRow
	Next store.Cursor // zero when there is no more
}

// MaxPage is the most tickets that a page holds.
const MaxPage = 100

// List reads a page of the tickets that the actor may see. Words are sought in the internal notes of
// the tickets that the actor handles only. Error: invalid, when the query names what does not exist.
func (d *Desk) List(ctx context.Context, actor guichet.Actor, q store.TicketQuery) (Page, error) {
	if q.Limit <= 0 || q.Limit > MaxPage {
		q.Limit = MaxPage
	}
	if q.Tag != "" && !actor.HandlesTickets() {
		return Page{}, nil
	}
	q.Scope, q.Asker = actor.Scope(), actor
	var page Page
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		page.Rows, page.Next, err = tx.Tickets(ctx, q)
		return err
	})
	d.seen.apply(q.SeenBy, page.Rows)
	if q.SeenBy != "" && q.OnlyNews() { // what was seen and waits to be written is no news either
		page.Rows = slices.DeleteFunc(page.Rows, func(r Row) bool { return !r.Unread })
	}
	return page, err
}

// CountLimit is where the counting of words and dates stops: a menu says "100+" rather than reading everything.
const CountLimit = 100

// Counts counts the tickets of each query that the actor may see: exactly what stands somewhere, up to
// CountLimit what words, dates or tags select.
func (d *Desk) Counts(ctx context.Context, actor guichet.Actor, queries []store.TicketQuery) (counts []Count, err error) {
	queries = slices.Clone(queries)
	for i := range queries {
		queries[i].Scope, queries[i].Asker = actor.Scope(), actor
	}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		counts, err = tx.Counts(ctx, queries, CountLimit)
		return err
	})
	return counts, err
}

// Wakes counts the pending tickets that come back before each of some moments, up to CountLimit.
func (d *Desk) Wakes(ctx context.Context, actor guichet.Actor, moments []time.Time) (counts []Count, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		counts, err = tx.Wakes(ctx, actor, moments, CountLimit)
		return err
	})
	return counts, err
}

// WaitingApprovals lists the questions that wait for the actor.
func (d *Desk) WaitingApprovals(ctx context.Context, actor guichet.Actor) (list []store.WaitingApproval, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		list, err = tx.WaitingApprovals(ctx, actor.Person.ID, MaxPage)
		return err
	})
	return list, err
}

// ApprovalView is the question put to an approver, with the ticket it is about.
func (d *Desk) ApprovalView(ctx context.Context, actor guichet.Actor, approval guichet.ID) (guichet.Approval, View, error) {
	var a guichet.Approval
	var number int64
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		if a, err = tx.Approval(ctx, approval); err != nil {
			return err
		}
		if a.ApproverID != actor.Person.ID {
			return guichet.NotFound("approval")
		}
		t, err := tx.TicketByID(ctx, a.TicketID)
		number = t.Number
		return err
	})
	if err != nil {
		return a, View{}, err
	}
	v, err := d.View(ctx, actor, number, 0)
	return a, v, err
}

// DocumentOf finds a file of one ticket, as Document does.
func (d *Desk) DocumentOf(ctx context.Context, actor guichet.Actor, number int64, document guichet.ID) (guichet.Document, error) {
	var doc guichet.Document
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		l, err := load(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if doc, err = tx.Document(ctx, document); err != nil {
			return err
		}
		if doc.TicketID == l.ticket.ID && (!doc.Internal || l.isAgent(actor)) {
			return nil
		}
		carried, err := origins(ctx, tx, actor, l.ticket.ID)
		if err == nil && !slices.ContainsFunc(carried, func(o Origin) bool { return o.Ticket.ID == doc.TicketID && (!doc.Internal || o.Agent) }) {
			err = guichet.NotFound("document")
		}
		return err
	})
	if err != nil {
		return guichet.Document{}, err
	}
	return doc, nil
}

// Document finds a file of a ticket that the actor may see. An internal one is found by agents only.
func (d *Desk) Document(ctx context.Context, actor guichet.Actor, document guichet.ID) (guichet.Document, error) {
	var doc guichet.Document
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		if doc, err = tx.Document(ctx, document); err != nil {
			return err
		}
		t, err := tx.TicketByID(ctx, doc.TicketID)
		if err != nil {
			return err
		}
		l, err := load(ctx, tx, actor, t.Number)
		if guichet.KindOf(err) == guichet.KindNotFound && err != nil || err == nil && doc.Internal && !l.isAgent(actor) {
			carried, err := carriedTo(ctx, tx, actor, doc)
			if err == nil && !carried {
				err = guichet.NotFound("document")
			}
			return err
		}
		return err
	})
	return doc, err
}

// ApproverOf is who a question was put to: the person for whom the link of a mail is good.
func (d *Desk) ApproverOf(ctx context.Context, approval guichet.ID) (person guichet.ID, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		a, err := tx.Approval(ctx, approval)
		person = a.ApproverID
		return err
	})
	return person, err
}
