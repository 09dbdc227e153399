package ticketing

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// Foreseen is what an act on many tickets would do now.
type Foreseen struct {
	Will     int // tickets that would change
	Same     int // that are so already
	Refusals []Refusal

	Other     guichet.Ticket // that to which they would be joined, if it may still be named
	Followers int            // persons who would begin to follow it
	Messages  int            // its public messages, which they would read

	Cut bool // more tickets were chosen than the act is about
}

// ForeseeBulk looks at what an act would do to each of its tickets, by the very rules, and does nothing.
// Error: not found.
func (d *Desk) ForeseeBulk(ctx context.Context, actor guichet.Actor, b Bulk) (out Foreseen, err error) {
	numbers := make([]int64, len(b.Items))
	for i, item := range b.Items {
		numbers[i] = item.Number
	}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		tickets, err := tx.TicketsByNumber(ctx, actor.Scope(), numbers)
		if err == nil {
			out, err = foresee(ctx, tx, actor, b.Deed, tickets)
		}
		return err
	})
	return out, err
}

// foresee reads what the tickets have in common once, then looks at each.
func foresee(ctx context.Context, tx *store.Tx, actor guichet.Actor, deed Deed, tickets []guichet.Ticket) (out Foreseen, err error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return out, err
	}
	ids := make([]guichet.ID, len(tickets))
	for i, t := range tickets {
		ids[i] = t.ID
	}
	parties, err := tx.PartiesOf(ctx, ids)
	if err != nil {
		return out, err
	}
	joint, err := deed.joint(ctx, tx, actor, ids)
	if err != nil {
		return out, err
	}
	out.Other, out.Messages, out.Cut = joint.other.ticket, joint.messages, deed.Cut
	var g refusals
	followers := map[guichet.ID]bool{}
	for _, t := range tickets {
		l := loaded{desk: desk, ticket: t, parties: parties[t.ID], place: desk.Place(parties[t.ID])}
		changes, err := l.foresee(ctx, tx, actor, deed, joint)
		switch {
		case err != nil && !refusal(err):
			return out, err
		case err != nil:
			g.add(problem(err), t.Number)
		case changes:
			out.Will++
			joint.follow(l, followers)
		default:
			out.Same++
		}
	}
	out.Refusals, out.Followers = g.list(), len(followers)
	return out, nil
}

// foresee reports whether a deed would change a ticket, or why it would be refused.
func (l loaded) foresee(ctx context.Context, tx *store.Tx, actor guichet.Actor, deed Deed, joint joint) (bool, error) {
	switch deed.What {
	case DeedFollowUp, DeedNote:
		works := l.works(actor)
		if deed.What == DeedNote && !works || !works && !l.isParty(actor) {
			return false, guichet.Denied("action.denied")
		}
		return true, nil
	case DeedTag, DeedUntag:
		if err := l.mayTag(actor); err != nil {
			return false, err
		}
		return slices.Contains(l.ticket.Tags, deed.Tag) == (deed.What == DeedUntag), nil
	case DeedLink:
		return joint.foresee(l, actor, deed)
	}
	if err := l.authorise(actor, deed.Act.Action); err != nil {
		return false, err
	}
	if l.already(deed.Act) {
		return false, nil
	}
	if deed.Template != "" {
		deed.Act.Text = "…" // each ticket has its own
	}
	_, err := l.step(ctx, tx, actor, deed.Act)
	return err == nil, err
}
