package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// Splitting is a message to take out of a ticket.
type Splitting struct {
	Event   guichet.ID
	Title   string     // of its own ticket; empty: as the first
	Service guichet.ID // empty: that of the first
	Kind    guichet.Kind
}

// SplitPreview is what a split would make.
type SplitPreview struct {
	Ticket    guichet.Ticket
	Message   guichet.Event
	Files     []guichet.Document
	Requester guichet.Person // of the new ticket: who wrote, or else who asked
	Desk      *guichet.Desk
}

// SplitPreview reads a message that may be taken out of a ticket. Errors: as Split.
func (d *Desk) SplitPreview(ctx context.Context, actor guichet.Actor, number int64, event guichet.ID) (SplitPreview, error) {
	var out SplitPreview
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		l, err := loadToLink(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		out, err = l.splitting(ctx, tx, event)
		return err
	})
	return out, err
}

// splitting finds the message, its files and who will have asked for the new ticket. A note is not taken out: the
// requester would read it.
func (l loaded) splitting(ctx context.Context, tx *store.Tx, event guichet.ID) (SplitPreview, error) {
	out := SplitPreview{Ticket: l.ticket, Desk: l.desk}
	e, err := tx.Event(ctx, event)
	switch {
	case err != nil:
		return out, err
	case e.TicketID != l.ticket.ID:
		return out, guichet.NotFound("event")
	case !e.Splits():
		return out, guichet.Conflict("split.no_message")
	}
	out.Message = e
	documents, err := tx.Documents(ctx, l.ticket.ID, false)
	if err != nil {
		return out, err
	}
	out.Files = slices.DeleteFunc(documents, func(d guichet.Document) bool { return d.EventID != e.ID })
	asks := l.ticket.RequesterID
	if slices.Contains(l.side(), e.ActorID) {
		asks = e.ActorID
	}
	out.Requester, err = tx.Person(ctx, asks)
	return out, err
}

// Split takes a message, with its files, out of a ticket: it goes on in one of its own, joined to the first, where it
// is the request. The first keeps it: nothing is rewritten. Errors: not found, denied to who does not handle the
// ticket, conflict for what is no public message or was taken out already, invalid.
func (d *Desk) Split(ctx context.Context, actor guichet.Actor, number int64, in Splitting) (guichet.Ticket, error) {
	in.Title = line(in.Title)
	var t guichet.Ticket
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := loadToLink(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		from, err := l.splitting(ctx, tx, in.Event)
		if err != nil {
			return err
		}
		if t, err = l.apart(from, in, tx); err != nil {
			return err
		}
		return l.split(ctx, tx, actor, from, &t)
	})
	return t, err
}

// apart is the ticket that a message becomes.
func (l loaded) apart(from SplitPreview, in Splitting, tx *store.Tx) (guichet.Ticket, error) {
	var p guichet.Problems
	t := guichet.Ticket{ID: guichet.NewID(tx.Now), Kind: in.Kind, State: guichet.StateNew, Title: in.Title, Description: from.Message.Text,
		RequesterID: from.Requester.ID, BeneficiaryID: from.Requester.ID, OpenedByID: from.Requester.ID, OrganisationID: from.Requester.OrganisationID,
		ServiceID: in.Service, Urgency: guichet.GradeMedium, Impact: guichet.GradeMedium, Channel: from.Message.Channel,
		OpenedAt: tx.Now, UpdatedAt: tx.Now, LastMessage: excerpt(from.Message.Text)}
	if t.Title == "" {
		t.Title = l.ticket.Title
	}
	if t.ServiceID == "" {
		t.ServiceID = l.ticket.ServiceID
	}
	if t.Kind == "" {
		t.Kind = l.ticket.Kind
	}
	p.AtMost("title", t.Title, guichet.MaxTitle)
	if t.ServiceID != l.ticket.ServiceID && !l.desk.OpenNow(t.ServiceID, tx.Now) {
		p.Add("service", "field.unknown_value")
	}
	checkKind(&p, t.Kind)
	t.Priority = l.desk.Matrix.Priority(t.Impact, t.Urgency)
	flow := l.desk.FollowFlow(t.ServiceID)
	t.WorkflowID, t.Workflow = flow.ID, flow.Version
	return t, p.Err()
}

func (l *loaded) split(ctx context.Context, tx *store.Tx, actor guichet.Actor, from SplitPreview, t *guichet.Ticket) error {
	opened := guichet.Event{ID: guichet.NewID(tx.Now), TicketID: t.ID, At: tx.Now, ActorID: actor.Person.ID, Channel: actor.Channel,
		Kind: guichet.EventOpened, RefID: l.ticket.ID}
	with := arrival{events: []guichet.Event{opened}}
	for _, d := range from.Files {
		with.files = append(with.files, File{Name: d.Name, MediaType: d.MediaType, Size: d.Size, Hash: d.Hash, Width: d.Width, Height: d.Height})
	}
	routed, err := routeApproved(ctx, tx, l.desk, t)
	if err != nil {
		return err
	}
	with.take(routed)
	if err := insert(ctx, tx, t, with); err != nil {
		return err
	}
	if err := tx.InsertSplit(ctx, store.Split{ToID: t.ID, FromID: l.ticket.ID, EventID: from.Message.ID, At: tx.Now, ByID: actor.Person.ID}); err != nil {
		return err
	}
	if err := tx.AddLink(ctx, guichet.Link{FromID: t.ID, ToID: l.ticket.ID, Kind: guichet.LinkSplitFrom}); err != nil {
		return err
	}
	return l.write(ctx, tx, actor, guichet.Event{Kind: guichet.EventSplit, RefID: t.ID})
}

// touched is how many events of a ticket are looked at for what was done since it was taken out.
const touched = 50

// Unsplit undoes a split: the ticket that was made is withdrawn, the message is again one of the first alone. Errors:
// not found, denied, conflict when somebody has worked on it since.
func (d *Desk) Unsplit(ctx context.Context, actor guichet.Actor, number int64) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		l, err := loadToWork(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		s, err := tx.SplitTo(ctx, l.ticket.ID)
		if guichet.KindOf(err) == guichet.KindNotFound && err != nil {
			return guichet.Conflict("unsplit.none")
		}
		if err != nil {
			return err
		}
		events, err := tx.Events(ctx, l.ticket.ID, true, 0, touched)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(events, func(e guichet.Event) bool { return e.Kind != guichet.EventOpened && e.ActorID != "" }) {
			return guichet.Conflict("unsplit.touched", "Number", number)
		}
		origin, err := byID(ctx, tx, s.FromID)
		if err != nil {
			return err
		}
		if !origin.works(actor) {
			return guichet.Denied("link.denied")
		}
		return l.unsplit(ctx, tx, actor, s, origin)
	})
}

func (l *loaded) unsplit(ctx context.Context, tx *store.Tx, actor guichet.Actor, s store.Split, origin loaded) error {
	if err := tx.DeleteSplit(ctx, s.ToID); err != nil {
		return err
	}
	if _, err := tx.RemoveLink(ctx, guichet.Link{FromID: s.ToID, ToID: s.FromID, Kind: guichet.LinkSplitFrom}); err != nil {
		return err
	}
	after, _ := l.ticket.Fold(tx.Now)
	after.State = guichet.StateCancelled
	e := guichet.Event{Kind: guichet.EventCancelled, RefID: s.FromID, Changes: guichet.Diff(l.ticket, after)}
	if err := l.become(ctx, tx, actor, after, e); err != nil {
		return err
	}
	return origin.write(ctx, tx, actor, guichet.Event{Kind: guichet.EventUnsplit, RefID: s.ToID})
}
