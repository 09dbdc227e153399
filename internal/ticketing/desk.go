// Package ticketing is the life of a ticket: open, act, exchange, approve, look. Each use case takes
// the actor and its input and goes through the same five steps: validate, load, authorise, decide (a
// pure rule of package guichet), write rows and events in one transaction.
package ticketing

import (
	"context"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// Kinds of jobs that the use cases ask for.
const (
	JobNotify = "ticket.notify" // payload: identifiers of events, separated by spaces
	JobWake   = "ticket.wake"   // payload: identifier of the ticket
	JobClose  = "ticket.close"  // payload: identifier of the ticket

	JobApproval = "ticket.approval" // payload: identifier of the ticket
	JobClock    = "ticket.clock"    // payload: identifier of the ticket
)

// Desk runs the use cases on a database.
type Desk struct {
	store *store.Store
	seen  *sightings
}

// New makes the use cases.
func New(s *store.Store) *Desk { return &Desk{s, newSightings()} }

// Once returns the context of a request whose reads look once whether the configuration has moved.
func (d *Desk) Once(ctx context.Context) context.Context { return store.Once(ctx) }

// Config returns the configuration of the desk.
func (d *Desk) Config(ctx context.Context) (c *guichet.Desk, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		c, err = tx.Desk(ctx)
		return err
	})
	return c, err
}

// loaded is a ticket with what the rules need to know about it.
type loaded struct {
	desk    *guichet.Desk
	ticket  guichet.Ticket
	parties []guichet.Party
	place   guichet.Place
}

// load reads a ticket that the actor may see; any other is not found.
func load(ctx context.Context, tx *store.Tx, actor guichet.Actor, number int64) (loaded, error) {
	t, err := tx.Ticket(ctx, actor.Scope(), number)
	if err != nil {
		return loaded{}, err
	}
	return complete(ctx, tx, t)
}

func complete(ctx context.Context, tx *store.Tx, t guichet.Ticket) (loaded, error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return loaded{}, err
	}
	parties, err := tx.Parties(ctx, t.ID)
	return loaded{desk, t, parties, desk.Place(parties)}, err
}

// isAgent reports whether the actor is on the side of those who handle the ticket, and so sees its
// internal notes.
func (l loaded) isAgent(actor guichet.Actor) bool { return actor.Handles(l.ticket, l.place) }

// Handles reports whether the actor is on the side of those who handle a ticket, as it stands now.
func (d *Desk) Handles(ctx context.Context, actor guichet.Actor, t guichet.Ticket) (handles bool, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		l, err := complete(ctx, tx, t)
		handles = l.isAgent(actor)
		return err
	})
	return handles, err
}

// works reports whether the actor may add to the ticket as an agent. Whoever works somewhere is still
// a plain requester of a ticket that others handle.
func (l loaded) works(actor guichet.Actor) bool {
	return l.isAgent(actor) && (actor.May(guichet.PermissionWork, l.ticket, l.place) ||
		actor.May(guichet.PermissionModerate, l.ticket, l.place) || l.helps(actor))
}

// helps reports whether the actor is the technician of the ticket or of one of its tasks.
func (l loaded) helps(actor guichet.Actor) bool { return actor.Helps(l.place) }

// isParty reports whether the actor takes part other than as technician.
func (l loaded) isParty(actor guichet.Actor) bool {
	for _, p := range l.parties {
		if p.PersonID == actor.Person.ID && p.Role != guichet.PartyAssignee {
			return true
		}
	}
	return false
}

// save writes the ticket and its events, then what follows from them: parties, timed jobs, the
// telling of the persons concerned.
func save(ctx context.Context, tx *store.Tx, before guichet.Ticket, after *guichet.Ticket, events []guichet.Event) error {
	for i := range events {
		if events[i].ID == "" {
			events[i].ID = guichet.NewID(tx.Now)
		}
		events[i].TicketID = after.ID
	}
	watch, err := reckon(ctx, tx, after, events)
	if err != nil {
		return err
	}
	if err := tx.UpdateTicket(ctx, before, after, events); err != nil {
		return err
	}
	if err := watch(ctx, tx); err != nil {
		return err
	}
	if err := replaceAssignee(ctx, tx, before, *after); err != nil {
		return err
	}
	if err := timers(ctx, tx, before, *after); err != nil {
		return err
	}
	if err := index(ctx, tx, *after, events); err != nil {
		return err
	}
	return tell(ctx, tx, events)
}

// tell asks for the persons concerned by the events to be told.
func tell(ctx context.Context, tx *store.Tx, events []guichet.Event) error {
	var ids []string
	for _, e := range events {
		ids = append(ids, string(e.ID))
	}
	return tx.Enqueue(ctx, store.Job{Kind: JobNotify, Payload: strings.Join(ids, " ")})
}

func index(ctx context.Context, tx *store.Tx, t guichet.Ticket, events []guichet.Event) error {
	for _, e := range events {
		if err := tx.Index(ctx, t, e, e.Text); err != nil {
			return err
		}
	}
	return nil
}

// replaceAssignee keeps the technician among the parties. The former one stays if a task of the
// ticket is still his or hers to do.
func replaceAssignee(ctx context.Context, tx *store.Tx, before, after guichet.Ticket) error {
	if before.AssigneeID == after.AssigneeID {
		return nil
	}
	if before.AssigneeID != "" {
		if err := release(ctx, tx, before.AssigneeID, after.ID); err != nil {
			return err
		}
	}
	if after.AssigneeID == "" {
		return nil
	}
	return tx.AddParty(ctx, after.ID, guichet.Party{PersonID: after.AssigneeID, Role: guichet.PartyAssignee})
}

func release(ctx context.Context, tx *store.Tx, technician, ticket guichet.ID) error {
	tasks, err := tx.Tasks(ctx, ticket)
	if err != nil {
		return err
	}
	todo := func(t guichet.Task) bool { return t.AssigneeID == technician && t.DoneAt.IsZero() }
	if slices.ContainsFunc(tasks, todo) {
		return nil
	}
	return tx.RemoveParty(ctx, ticket, guichet.Party{PersonID: technician, Role: guichet.PartyAssignee})
}

// timers keeps the jobs that are due at a date of the ticket: its waking and its closing by silence.
func timers(ctx context.Context, tx *store.Tx, before, after guichet.Ticket) error {
	if !before.PendingUntil.Equal(after.PendingUntil) {
		if err := timer(ctx, tx, JobWake, after.ID, store.Job{RunAt: after.PendingUntil}); err != nil {
			return err
		}
	}
	if before.State == guichet.StateAwaitingApproval && after.State != guichet.StateAwaitingApproval {
		if err := tx.CancelJob(ctx, JobApproval+":"+string(after.ID)); err != nil {
			return err
		}
	}
	if before.CloseAt.Equal(after.CloseAt) {
		return nil
	}
	return timer(ctx, tx, JobClose, after.ID, store.Job{RunAt: after.CloseAt})
}

func timer(ctx context.Context, tx *store.Tx, kind string, ticket guichet.ID, j store.Job) error {
	j.Kind, j.Key, j.Payload = kind, kind+":"+string(ticket), string(ticket)
	if err := tx.CancelJob(ctx, j.Key); err != nil || j.RunAt.IsZero() {
		return err
	}
	return tx.Enqueue(ctx, j)
}

// line cleans a text of one line.
func line(s string) string { return markup.Line(s) }

// body cleans a text of several lines.
func body(s string) string { return strings.TrimSpace(markup.Clean(s)) }

// excerptLength is the length of the beginning of a message that lists show, in characters.
const excerptLength = 140

func excerpt(s string) string { return markup.Excerpt(s, excerptLength) }
