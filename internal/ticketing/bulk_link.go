package ticketing

import (
	"context"
	"errors"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/store"
)

// BulkRelations lists what many tickets may become to another one, in the order in which it is offered. Duplicates are
// closed, as when they are marked one by one.
func BulkRelations() []guichet.Relation {
	return []guichet.Relation{guichet.RelationChildOf, guichet.RelationCausedBy, guichet.RelationDuplicateOf, guichet.RelationRelated}
}

// checkAgainst refuses a deed that lacks what it needs, or that joins tickets to one to which nothing may be joined.
func (in *Deed) checkAgainst(ctx context.Context, tx *store.Tx, actor guichet.Actor) error {
	if err := in.check(); err != nil || in.What != DeedLink {
		return err
	}
	_, err := in.target(ctx, tx, actor)
	return err
}

// target loads the ticket to which a deed joins others. What stands in the way is told of its number, whichever ticket
// is joined.
func (in Deed) target(ctx context.Context, tx *store.Tx, actor guichet.Actor) (loaded, error) {
	other, err := loadOther(ctx, tx, actor, in.Other)
	if err == nil {
		err = other.mayBe(actor, in.Relation)
	}
	var e *guichet.Error
	if errors.As(err, &e) && (e.Kind == guichet.KindDenied || e.Kind == guichet.KindConflict) {
		err = guichet.Invalid("other", e.Code, "Number", in.Other)
	}
	return other, err
}

// mayBe says why no ticket may be joined to this one by a relation.
func (l loaded) mayBe(actor guichet.Actor, relation guichet.Relation) error {
	closes := relation == guichet.RelationDuplicateOf
	switch {
	case (closes || relation == guichet.RelationChildOf) && !l.works(actor):
		return guichet.Denied("link.denied")
	case relation == guichet.RelationCausedBy && l.ticket.Kind != guichet.KindProblem:
		return guichet.Conflict("link.no_problem")
	case closes && l.ticket.State.Final():
		return guichet.Conflict("merge.into_final")
	}
	return nil
}

// joined joins a ticket to another one; it is left when it is joined so already.
func (l loaded) joined(ctx context.Context, tx *store.Tx, actor guichet.Actor, deed Deed) (guichet.Ticket, error) {
	if !l.works(actor) {
		return l.ticket, guichet.Denied("action.denied")
	}
	other, err := deed.target(ctx, tx, actor)
	if err != nil {
		return l.ticket, err
	}
	known, err := tx.LinksBetween(ctx, l.ticket.ID, other.ticket.ID)
	if err != nil || slices.Contains(known, deed.Relation.Of(l.ticket.ID, other.ticket.ID)) {
		return l.ticket, err
	}
	if deed.Relation == guichet.RelationDuplicateOf {
		err = l.closeFor(ctx, tx, actor, &other, Merging{Kind: guichet.MergeDuplicate, Follow: deed.Follow})
	} else {
		err = l.linkTo(ctx, tx, actor, deed.Relation, &other)
	}
	return l.ticket, err
}

// parted takes back what joined did to a ticket that did not change since.
func (l loaded) parted(ctx context.Context, tx *store.Tx, actor guichet.Actor, deed Deed) (guichet.Ticket, error) {
	if !l.works(actor) {
		return l.ticket, guichet.Denied("action.denied")
	}
	if deed.Relation == guichet.RelationDuplicateOf {
		err := l.unmerge(ctx, tx, actor)
		return l.ticket, err
	}
	last, err := tx.Events(ctx, l.ticket.ID, true, 0, 1)
	if err != nil {
		return l.ticket, err
	}
	if err := l.unlink(ctx, tx, actor, deed.Relation, deed.Other); err != nil {
		return l.ticket, err
	}
	for _, e := range last { // the link made it one of the tickets of an announcement
		if e.Kind == guichet.EventAnnounced && e.Text == "" {
			err = l.unannounce(ctx, tx, actor, guichet.Announcement{ID: e.RefID, Title: strings.Join(e.Why, "")})
		}
	}
	return l.ticket, err
}

// joint is what an act that joins tickets to another one knows of both sides, read once for all of them.
type joint struct {
	other    loaded
	above    []guichet.ID                  // the tickets that stand above the other one
	known    map[guichet.ID][]guichet.Link // between each ticket and the other one
	follows  bool
	messages int
	refused  error // why nothing may be joined to it any more
}

func (in Deed) joint(ctx context.Context, tx *store.Tx, actor guichet.Actor, tickets []guichet.ID) (j joint, err error) {
	if in.What != DeedLink {
		return j, nil
	}
	if j.other, err = in.target(ctx, tx, actor); err != nil {
		if refusal(err) {
			return joint{refused: err}, nil
		}
		return j, err
	}
	if j.known, err = tx.LinksWith(ctx, j.other.ticket.ID, tickets); err != nil {
		return j, err
	}
	if j.above, err = tx.Above(ctx, in.Relation.Of("", j.other.ticket.ID).Kind, j.other.ticket.ID); err != nil {
		return j, err
	}
	if j.follows = in.Follow && in.Relation == guichet.RelationDuplicateOf; j.follows {
		j.messages, _, _, err = tx.CountMessages(ctx, j.other.ticket.ID)
	}
	return j, err
}

// foresee reports whether a ticket would be joined, or why not.
func (j joint) foresee(l loaded, actor guichet.Actor, deed Deed) (bool, error) {
	if j.refused != nil {
		return false, j.refused
	}
	if !l.works(actor) {
		return false, guichet.Denied("action.denied")
	}
	link := deed.Relation.Of(l.ticket.ID, j.other.ticket.ID)
	known := j.known[l.ticket.ID]
	if slices.Contains(known, link) {
		return false, nil
	}
	if deed.Relation == guichet.RelationDuplicateOf {
		err := guichet.CheckMerge(l.ticket, j.other.ticket)
		return err == nil, err
	}
	from, to := l.ticket, j.other.ticket
	if link.FromID != from.ID {
		from, to = to, from
	}
	err := guichet.CheckLink(link, from, to, j.above, known)
	return err == nil, err
}

// follow notes who would begin to follow the other ticket.
func (j joint) follow(l loaded, followers map[guichet.ID]bool) {
	if j.follows {
		for _, id := range l.newcomersTo(j.other) {
			followers[id] = true
		}
	}
}
