package ticketing

import (
	"cmp"
	"context"
	"encoding/json"

	"guichet"
	"guichet/internal/store"
)

// BulkStep is the handler of JobBulk: it does the next tickets of an act and asks for those after. Each ticket
// is written with what became of it, so an act that is interrupted goes on where it was and does nothing twice.
func (d *Desk) BulkStep(ctx context.Context, tx *store.Tx, j store.Job) error {
	b, err := tx.Bulk(ctx, guichet.ID(j.Payload))
	if guichet.KindOf(err) == guichet.KindNotFound && err != nil || err == nil && b.State != BulkRunning {
		return nil //nolint:nilerr // it is gone or over: nothing is left to do
	}
	if err != nil {
		return err
	}
	var deed Deed
	if err := json.Unmarshal([]byte(b.Deed), &deed); err != nil {
		return err
	}
	actor, err := tx.Actor(ctx, b.ActorID, cmp.Or(deed.Channel, guichet.ChannelDesk))
	if err != nil && guichet.KindOf(err) == guichet.KindNotFound { // who began it has left
		return endBulk(ctx, tx, b, BulkCancelled)
	}
	if err != nil {
		return err
	}
	items, err := tx.WaitingItems(ctx, b.ID, bulkBatch)
	if err != nil {
		return err
	}
	for _, item := range items {
		if err := bulkOne(ctx, tx, actor, b, deed, item); err != nil {
			return err
		}
	}
	if len(items) < bulkBatch {
		return endBulk(ctx, tx, b, BulkDone)
	}
	return tx.Enqueue(ctx, bulkJob(b.ID))
}

// endBulk ends an act that runs, unless its author has stopped it meanwhile.
func endBulk(ctx context.Context, tx *store.Tx, b store.Bulk, state string) error {
	b.State, b.EndedAt = state, tx.Now
	if err := tx.UpdateBulk(ctx, b, BulkRunning); guichet.CodeOf(err) != "bulk.begun" {
		return err
	}
	return nil
}

// bulkOne does a deed to one ticket, or notes why not.
func bulkOne(ctx context.Context, tx *store.Tx, actor guichet.Actor, b store.Bulk, deed Deed, item store.BulkItem) error {
	var before, after guichet.Ticket
	err := tx.Try(ctx, func() (err error) {
		l, err := load(ctx, tx, actor, item.Number)
		if err != nil {
			return err
		}
		before = l.ticket
		mine := deed
		if b.UndoOf != "" {
			if mine, err = inverse(ctx, tx, b.UndoOf, item.Seq, deed, l.ticket); err != nil {
				return err
			}
		}
		after, err = l.perform(ctx, tx, actor, mine)
		return err
	})
	switch {
	case err == nil && after.LastSeq == before.LastSeq:
		item.State = itemSame
	case err == nil:
		item.State, item.LastSeq = itemDone, after.LastSeq
		item.Stood, err = standingOf(before)
	case refusal(err):
		item.State, item.Problem, err = itemRefused, problem(err), nil
	}
	if err != nil {
		return err
	}
	return tx.UpdateItem(ctx, b.ID, item)
}

// stood is what an act needs to be taken back.
type stood struct {
	State    guichet.State
	TeamID   guichet.ID
	Assignee guichet.ID
	Kind     guichet.Kind
	Service  guichet.ID
	Urgency  guichet.Grade
	Impact   guichet.Grade
	Tags     []string
}

func standingOf(t guichet.Ticket) (string, error) {
	b, err := json.Marshal(stood{t.State, t.TeamID, t.AssigneeID, t.Kind, t.ServiceID, t.Urgency, t.Impact, t.Tags})
	return string(b), err
}

// inverse is what takes back what an act did to a ticket, or why it cannot be.
func inverse(ctx context.Context, tx *store.Tx, of guichet.ID, seq int, deed Deed, t guichet.Ticket) (Deed, error) {
	original, err := tx.Bulk(ctx, of)
	if err != nil {
		return deed, err
	}
	if err := json.Unmarshal([]byte(original.Deed), &deed); err != nil {
		return deed, err
	}
	item, err := tx.ItemOf(ctx, of, seq)
	if err != nil {
		return deed, err
	}
	if item.LastSeq != t.LastSeq {
		return deed, guichet.Conflict("bulk.moved_on")
	}
	var was stood
	if err := json.Unmarshal([]byte(item.Stood), &was); err != nil {
		return deed, err
	}
	return deed.back(was)
}

func (in Deed) back(was stood) (Deed, error) {
	do := func(act guichet.Act) (Deed, error) { return Deed{What: string(act.Action), Act: act}, nil }
	switch in.What {
	case string(guichet.ActionClaim), string(guichet.ActionAssign):
		if was.TeamID == "" || was.State != guichet.StateAssigned {
			return in, guichet.Conflict("bulk.no_way_back")
		}
		return do(guichet.Act{Action: guichet.ActionAssign, TeamID: was.TeamID, AssigneeID: was.Assignee, Kind: was.Kind})
	case string(guichet.ActionQualify):
		return do(guichet.Act{Action: guichet.ActionQualify, Kind: was.Kind, ServiceID: was.Service, Urgency: was.Urgency, Impact: was.Impact})
	case string(guichet.ActionHold):
		return do(guichet.Act{Action: guichet.ActionResume})
	case string(guichet.ActionResolve):
		return do(guichet.Act{Action: guichet.ActionReopen})
	case DeedTag:
		return Deed{What: DeedUntag, Tag: in.Tag}, nil
	case DeedUntag:
		return Deed{What: DeedTag, Tag: in.Tag}, nil
	case DeedLink:
		return Deed{What: deedUnlink, Relation: in.Relation, Other: in.Other}, nil
	case DeedFollowUp, DeedNote:
		return in, guichet.Conflict("bulk.said")
	}
	return in, guichet.Conflict("bulk.no_way_back")
}

// perform does a deed to a ticket, by the very rules of the ticket's page.
func (l loaded) perform(ctx context.Context, tx *store.Tx, actor guichet.Actor, deed Deed) (guichet.Ticket, error) {
	deed, err := l.worded(ctx, tx, actor, deed)
	if err != nil {
		return l.ticket, err
	}
	switch deed.What {
	case DeedFollowUp, DeedNote:
		said, err := l.say(ctx, tx, actor, FollowUp{Text: deed.Text, Internal: deed.What == DeedNote})
		return said.Ticket, err
	case DeedTag:
		return l.tag(ctx, tx, actor, []string{deed.Tag}, nil)
	case DeedUntag:
		return l.tag(ctx, tx, actor, nil, []string{deed.Tag})
	case DeedLink:
		return l.joined(ctx, tx, actor, deed)
	case deedUnlink:
		return l.parted(ctx, tx, actor, deed)
	}
	if err := l.authorise(actor, deed.Act.Action); err != nil {
		return l.ticket, err
	}
	if l.already(deed.Act) {
		return l.ticket, nil
	}
	return l.decide(ctx, tx, actor, deed.Act)
}

// already reports an assignment that the ticket has.
func (l loaded) already(act guichet.Act) bool {
	t := l.ticket
	return act.Action == guichet.ActionAssign && t.State == guichet.StateAssigned && t.TeamID == act.TeamID && t.AssigneeID == act.AssigneeID &&
		(act.Kind == "" || act.Kind == t.Kind) && act.Level == "" && act.Text == ""
}

// worded writes the text of a template for the ticket.
func (l loaded) worded(ctx context.Context, tx *store.Tx, actor guichet.Actor, deed Deed) (Deed, error) {
	if deed.Template == "" {
		return deed, nil
	}
	p, err := l.prepare(ctx, tx, actor, deed.Template, deed.Base)
	deed.Text, deed.Act.Text = p.Text, p.Text
	return deed, err
}
