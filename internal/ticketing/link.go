package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// LinkOutcome is what became of tickets that were to be joined to another one.
type LinkOutcome struct {
	Done    []int64
	Refused []RefusedLink
}

// RefusedLink is a ticket that could not be joined, and why.
type RefusedLink struct {
	Number int64
	Err    error
}

// Link joins tickets to another one; relation is what that one is to them. Nothing is told of tickets that the
// actor may not see: they are unknown, like those that do not exist. Errors: not found, denied to who does not
// handle the ticket, invalid; when a single ticket is named, why it could not be joined.
func (d *Desk) Link(ctx context.Context, actor guichet.Actor, number int64, relation guichet.Relation, others []int64) (LinkOutcome, error) {
	var out LinkOutcome
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		out = LinkOutcome{}
		me, err := loadToLink(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if err := checkLinks(relation, others); err != nil {
			return err
		}
		for _, other := range others {
			was := me
			switch err := tx.Try(ctx, func() error { return me.link(ctx, tx, actor, relation, other) }); {
			case err == nil:
				out.Done = append(out.Done, other)
			case len(others) == 1 || !refusal(err):
				return err
			default:
				me = was
				out.Refused = append(out.Refused, RefusedLink{other, err})
			}
		}
		return nil
	})
	return out, err
}

func checkLinks(relation guichet.Relation, others []int64) error {
	var p guichet.Problems
	if !relation.Free() {
		p.Add("relation", "field.unknown_value")
	}
	if len(others) == 0 {
		p.Add("other", "field.required")
	}
	if len(others) > guichet.MaxLinks {
		p.Add("other", "field.too_many", "Limit", guichet.MaxLinks)
	}
	return p.Err()
}

// loadToLink loads a ticket that the actor handles, over or not: what is over may still explain something.
func loadToLink(ctx context.Context, tx *store.Tx, actor guichet.Actor, number int64) (loaded, error) {
	if !actor.MayWrite() {
		return loaded{}, guichet.Denied("token.read_only")
	}
	l, err := load(ctx, tx, actor, number)
	if err == nil && !l.works(actor) {
		err = guichet.Denied("action.denied")
	}
	return l, err
}

// loadOther loads a ticket that the actor names beside another one.
func loadOther(ctx context.Context, tx *store.Tx, actor guichet.Actor, number int64) (loaded, error) {
	l, err := load(ctx, tx, actor, number)
	if guichet.KindOf(err) == guichet.KindNotFound && err != nil {
		return l, guichet.Invalid("other", "link.unknown", "Number", number)
	}
	if err == nil && !l.isAgent(actor) {
		err = guichet.Denied("link.denied")
	}
	return l, err
}

// link joins one ticket, with an event on each side.
func (l *loaded) link(ctx context.Context, tx *store.Tx, actor guichet.Actor, relation guichet.Relation, number int64) error {
	other, err := loadOther(ctx, tx, actor, number)
	if err != nil {
		return err
	}
	return l.linkTo(ctx, tx, actor, relation, &other)
}

func (l *loaded) linkTo(ctx context.Context, tx *store.Tx, actor guichet.Actor, relation guichet.Relation, other *loaded) error {
	link := relation.Of(l.ticket.ID, other.ticket.ID)
	if link.Kind == guichet.LinkParentOf && !other.works(actor) { // a parent holds its children, and is held by them
		return guichet.Denied("link.denied")
	}
	if err := checkLink(ctx, tx, link, l.ticket, other.ticket); err != nil {
		return err
	}
	if err := tx.AddLink(ctx, link); err != nil {
		return err
	}
	if err := l.join(ctx, tx, actor, guichet.EventLinked, link, other); err != nil {
		return err
	}
	upper, lower := l, other
	if id, _ := link.Upper(); id != l.ticket.ID {
		upper, lower = lower, upper
	}
	return lower.followMajor(ctx, tx, actor, link, upper.ticket)
}

func checkLink(ctx context.Context, tx *store.Tx, link guichet.Link, a, b guichet.Ticket) error {
	if a.ID != link.FromID {
		a, b = b, a
	}
	known, err := tx.LinksBetween(ctx, a.ID, b.ID)
	if err != nil {
		return err
	}
	upper, _ := link.Upper()
	above, err := tx.Above(ctx, link.Kind, upper)
	if err != nil {
		return err
	}
	return guichet.CheckLink(link, a, b, above, known)
}

// join writes on both tickets that they are joined, or no longer.
func (l *loaded) join(ctx context.Context, tx *store.Tx, actor guichet.Actor, kind guichet.EventKind, link guichet.Link, to *loaded) error {
	for _, side := range []struct{ me, other *loaded }{{l, to}, {to, l}} {
		change := guichet.Change{Field: "link", To: string(link.Relation(side.me.ticket.ID))}
		if kind == guichet.EventUnlinked {
			change.From, change.To = change.To, ""
		}
		e := guichet.Event{Kind: kind, RefID: side.other.ticket.ID, Changes: []guichet.Change{change}, Internal: true}
		if err := side.me.write(ctx, tx, actor, e); err != nil {
			return err
		}
	}
	return nil
}

// write adds an event of an actor to a ticket, of which the loaded copy stays true.
func (l *loaded) write(ctx context.Context, tx *store.Tx, actor guichet.Actor, e guichet.Event) error {
	after := l.ticket
	after.UpdatedAt = tx.Now
	return l.become(ctx, tx, actor, after, e)
}

// become writes a ticket as it becomes by an event of an actor.
func (l *loaded) become(ctx context.Context, tx *store.Tx, actor guichet.Actor, after guichet.Ticket, e guichet.Event) error {
	e.At, e.ActorID, e.Channel = tx.Now, actor.Person.ID, actor.Channel
	err := save(ctx, tx, l.ticket, &after, []guichet.Event{e})
	if err == nil {
		l.ticket = after
	}
	return err
}

// Unlink parts two tickets. Errors: not found, denied, invalid when they are not joined so.
func (d *Desk) Unlink(ctx context.Context, actor guichet.Actor, number int64, relation guichet.Relation, other int64) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		me, err := loadToLink(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if err := checkLinks(relation, []int64{other}); err != nil {
			return err
		}
		return me.unlink(ctx, tx, actor, relation, other)
	})
}

func (l *loaded) unlink(ctx context.Context, tx *store.Tx, actor guichet.Actor, relation guichet.Relation, number int64) error {
	other, err := loadOther(ctx, tx, actor, number)
	if err != nil {
		return err
	}
	link := relation.Of(l.ticket.ID, other.ticket.ID)
	there, err := tx.RemoveLink(ctx, link)
	if err == nil && !there {
		err = guichet.Invalid("other", "link.none", "Number", number)
	}
	if err != nil {
		return err
	}
	return l.join(ctx, tx, actor, guichet.EventUnlinked, link, &other)
}

// childless refuses to resolve a parent while somebody still works on a child, unless that was confirmed.
func (l loaded) childless(ctx context.Context, tx *store.Tx, act guichet.Act) error {
	if act.Action != guichet.ActionResolve || act.DespiteChildren {
		return nil
	}
	n, err := tx.OpenChildren(ctx, l.ticket.ID)
	if err == nil && n > 0 {
		err = guichet.Conflict("link.children", "Count", n)
	}
	return err
}

// OpenChildren lists the children of the ticket on which somebody still works, as far as the reader sees them.
func (v View) OpenChildren() []store.LinkedTicket {
	return slices.DeleteFunc(slices.Clone(v.Links), func(l store.LinkedTicket) bool {
		return l.Relation() != guichet.RelationParentOf || !l.State.Open()
	})
}

// LinkChoices is what a ticket may be joined to.
type LinkChoices struct {
	Ticket  guichet.Ticket
	Works   bool
	Links   []store.LinkedTicket
	Found   []store.TicketRow // by the words that were sought
	Similar []store.TicketRow // of the same service and the same hours
	Desk    *guichet.Desk
	Major   guichet.MajorIncident
}

// maxChoices is how many tickets are offered to be joined.
const maxChoices = 50

// LinkChoices finds tickets to join to one, among those that the actor sees; q is what is sought, and may be
// empty. Errors: not found, denied to who does not handle the ticket.
func (d *Desk) LinkChoices(ctx context.Context, actor guichet.Actor, number int64, q guichet.Query) (LinkChoices, error) {
	var out LinkChoices
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		l, err := load(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if !l.works(actor) {
			return guichet.Denied("action.denied")
		}
		out = LinkChoices{Ticket: l.ticket, Works: true, Desk: l.desk}
		if out.Links, err = tx.Links(ctx, actor.Scope(), l.ticket.ID); err != nil {
			return err
		}
		if out.Major, err = major(ctx, tx, l.ticket.ID); err != nil {
			return err
		}
		out.Similar, err = tx.SimilarTickets(ctx, actor.Scope(), l.ticket, guichet.SimilarSince(l.ticket), maxChoices)
		return err
	})
	if err != nil || q.IsZero() {
		return out, err
	}
	page, err := d.List(ctx, actor, store.TicketQuery{Query: q, Limit: maxChoices})
	out.Found = slices.DeleteFunc(page.Rows, func(r store.TicketRow) bool { return r.ID == out.Ticket.ID })
	return out, err
}
