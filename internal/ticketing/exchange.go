package ticketing

import (
	"context"
	"fmt"
	"time"

	"guichet"
	"guichet/internal/store"
)

// FollowUp is a message on a ticket: public, or an internal note.
type FollowUp struct {
	Text     string
	Internal bool
	Files    []File
	Key      string // idempotency key
	Seen     int64  // the last event that the writer had before his or her eyes; 0: whatever happened since
}

// Said is the outcome of a message: its event, and the ticket it is on. When the ticket was final
// the message opened a follow-on ticket (A10), and that is the one returned.
type Said struct {
	Ticket   guichet.Ticket
	Event    guichet.Event
	FollowOn bool
}

// FollowUp adds a message. Errors: not found, denied to who only reads, invalid.
func (d *Desk) FollowUp(ctx context.Context, actor guichet.Actor, number int64, in FollowUp) (Said, error) {
	in.Text = body(in.Text)
	if err := in.check(actor); err != nil {
		return Said{}, err
	}
	var said Said
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		done, err := spoken(ctx, tx, actor, number, in)
		if err != nil || done != nil {
			if done != nil {
				said = *done
			}
			return err
		}
		l, err := load(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if err := l.overtaken(ctx, tx, actor, in.Internal, in.Seen); err != nil {
			return err
		}
		if said, err = l.say(ctx, tx, actor, in); err != nil || in.Key == "" {
			return err
		}
		return tx.KeepOnce(ctx, actor.Person.ID, in.Key, in.fingerprint(number), string(said.Event.ID))
	})
	return said, err
}

func (in FollowUp) check(actor guichet.Actor) error {
	if !actor.MayWrite() {
		return guichet.Denied("token.read_only")
	}
	var p guichet.Problems
	if in.Text == "" && len(in.Files) == 0 {
		p.Add("text", "field.required")
	}
	p.AtMost("text", in.Text, guichet.MaxText)
	p.AtMost("key", in.Key, maxKey)
	checkFiles(&p, in.Files)
	return p.Err()
}

func (in FollowUp) fingerprint(number int64) string {
	return fmt.Sprintf("%d %t %s %v", number, in.Internal, in.Text, in.Files)
}

// spoken returns what a message with the same idempotency key became, if it came before.
func spoken(ctx context.Context, tx *store.Tx, actor guichet.Actor, number int64, in FollowUp) (*Said, error) {
	if in.Key == "" {
		return nil, nil
	}
	id, err := tx.Once(ctx, actor.Person.ID, in.Key, in.fingerprint(number))
	if err != nil || id == "" {
		return nil, err
	}
	e, err := tx.Event(ctx, guichet.ID(id))
	if err != nil {
		return nil, err
	}
	t, err := tx.TicketByID(ctx, e.TicketID)
	return &Said{t, e, t.Number != number}, err
}

func (l loaded) say(ctx context.Context, tx *store.Tx, actor guichet.Actor, in FollowUp) (Said, error) {
	works := l.works(actor)
	if in.Internal && !works || !works && !l.isParty(actor) {
		return Said{}, guichet.Denied("action.denied")
	}
	over := l.ticket.State.Final() || !works && l.desk.Flow(l.ticket).Expired(l.ticket, tx.Now)
	if over && !in.Internal {
		into, goesOn, err := l.forwarded(ctx, tx, actor)
		if err != nil || goesOn {
			if goesOn {
				return into.say(ctx, tx, actor, in)
			}
			return Said{}, err
		}
		return l.followOn(ctx, tx, actor, in)
	}
	kind := guichet.EventFollowedUp
	switch {
	case in.Internal:
		kind = guichet.EventNoted
	case in.Text == "":
		kind = guichet.EventDocumentAdded
	}
	e := guichet.Event{ID: guichet.NewID(tx.Now), TicketID: l.ticket.ID, At: tx.Now, ActorID: actor.Person.ID,
		Channel: actor.Channel, Kind: kind, Internal: in.Internal, Text: in.Text}
	if l.answers(actor, in, works) {
		e = e.ByAgent()
	}
	if in.Internal {
		named, err := l.mentioned(ctx, tx, in.Text)
		if err != nil {
			return Said{}, err
		}
		e.Changes = append(e.Changes, named...)
	}
	after := l.spokenTo(actor, in, works, tx.Now)
	events := append([]guichet.Event{e}, l.answered(tx, &after, actor, in)...)
	if err := save(ctx, tx, l.ticket, &after, events); err != nil {
		return Said{}, err
	}
	return Said{Ticket: after, Event: events[0]}, documents(ctx, tx, after, events[0], in.Files)
}

// spokenTo is the ticket after a message: its last words, and the first contact by an agent.
func (l loaded) spokenTo(actor guichet.Actor, in FollowUp, works bool, now time.Time) guichet.Ticket {
	after := l.ticket
	after.UpdatedAt = now
	if !in.Internal && in.Text != "" {
		after.LastMessage = excerpt(in.Text)
	}
	if l.answers(actor, in, works) && after.ContactedAt.IsZero() {
		after.ContactedAt = now
	}
	return after
}

// answers reports a message by which an agent speaks to the requester's side.
func (l loaded) answers(actor guichet.Actor, in FollowUp, works bool) bool {
	return !in.Internal && works && !actor.Is(guichet.PerformerRequester, l.ticket, l.place)
}

// PendingRequester is the key of the pending reason that an answer of the requester ends.
const PendingRequester = "requester"

// answered takes a ticket that waits for its requester back to work when the requester answers.
func (l loaded) answered(tx *store.Tx, after *guichet.Ticket, actor guichet.Actor, in FollowUp) []guichet.Event {
	if l.ticket.State != guichet.StatePending || l.ticket.PendingReason != PendingRequester || in.Internal ||
		!actor.Is(guichet.PerformerRequester, l.ticket, l.place) {
		return nil
	}
	step, err := l.desk.Decide(*after, guichet.Act{Action: guichet.ActionResume}, guichet.SystemActor(), tx.Now)
	if err != nil {
		return nil // the workflow does not take it back by itself
	}
	*after = step.Ticket
	return []guichet.Event{step.Event}
}

// followOn opens a linked ticket for a message that comes after the end, or after the time in which the
// requester may send a solution back (A10).
func (l loaded) followOn(ctx context.Context, tx *store.Tx, actor guichet.Actor, in FollowUp) (Said, error) {
	t := guichet.Ticket{
		ID: guichet.NewID(tx.Now), Kind: l.ticket.Kind, State: guichet.StateNew, Title: l.ticket.Title,
		Description: in.Text, RequesterID: l.ticket.RequesterID, BeneficiaryID: l.ticket.BeneficiaryID,
		OpenedByID: actor.Person.ID, OrganisationID: l.ticket.OrganisationID, ServiceID: l.ticket.ServiceID,
		Urgency: l.ticket.Urgency, Impact: l.ticket.Impact, Priority: l.ticket.Priority, Phone: l.ticket.Phone,
		WorkPlace: l.ticket.WorkPlace, Location: l.ticket.Location, Channel: actor.Channel,
		OpenedAt: tx.Now, UpdatedAt: tx.Now, LastMessage: excerpt(in.Text),
	}
	flow := l.desk.FollowFlow(t.ServiceID)
	t.WorkflowID, t.Workflow = flow.ID, flow.Version
	events := []guichet.Event{{ID: guichet.NewID(tx.Now), TicketID: t.ID, At: tx.Now, ActorID: actor.Person.ID,
		Channel: actor.Channel, Kind: guichet.EventOpened, RefID: l.ticket.ID}}
	with := arrival{events: events, files: in.Files}
	routed, err := routeApproved(ctx, tx, l.desk, &t) // what continues a ticket was approved with it
	if err != nil {
		return Said{}, err
	}
	with.take(routed)
	if err := insert(ctx, tx, &t, with); err != nil {
		return Said{}, err
	}
	link := guichet.Link{FromID: t.ID, ToID: l.ticket.ID, Kind: guichet.LinkFollowOnOf}
	if err := tx.AddLink(ctx, link); err != nil {
		return Said{}, err
	}
	after := l.ticket
	linked := own(tx, &after, guichet.EventLinked)
	linked.RefID = t.ID
	return Said{Ticket: t, Event: events[0], FollowOn: true}, save(ctx, tx, l.ticket, &after, []guichet.Event{linked})
}

// loadToWork loads a ticket that the actor may work on and that is not final.
func loadToWork(ctx context.Context, tx *store.Tx, actor guichet.Actor, number int64) (loaded, error) {
	if !actor.MayWrite() {
		return loaded{}, guichet.Denied("token.read_only")
	}
	l, err := load(ctx, tx, actor, number)
	switch {
	case err != nil:
		return l, err
	case !l.works(actor):
		return l, guichet.Denied("action.denied")
	case l.ticket.State.Final():
		return l, guichet.Conflict("ticket.final")
	}
	return l, nil
}
