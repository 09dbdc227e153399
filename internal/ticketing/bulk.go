package ticketing

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"

	"guichet"
	"guichet/internal/store"
)

// JobBulk does the next tickets of an act on many; payload: identifier of the act.
const JobBulk = "ticket.bulk"

// MaxBulk is on how many tickets one may act at once.
const MaxBulk = 1000

// bulkBatch is how many tickets of an act are done in one transaction.
const bulkBatch = 10

// Deed is what is done to each ticket of an act on many.
type Deed struct {
	What     string      // an action, or one of the words below
	Act      guichet.Act `json:",omitzero"`
	Text     string      `json:",omitempty"` // follow_up, note
	Tag      string      `json:",omitempty"` // tag, untag
	Template guichet.ID  `json:",omitempty"` // writes the text for each ticket
	Base     string      `json:",omitempty"` // public address of the desk, for the links of templates

	Relation guichet.Relation `json:",omitempty"` // link: what each ticket becomes to the other one
	Other    int64            `json:",omitempty"` // link: number of that one
	Follow   bool             `json:",omitempty"` // link, as duplicates: the requester's side of each follows the other
	Channel  guichet.Channel  `json:",omitempty"` // by which it was asked for; empty: the desk
	Cut      bool             `json:",omitempty"` // more tickets were chosen than it is about
}

// What may be done to many tickets beside the actions of the workflow.
const (
	DeedFollowUp = "follow_up"
	DeedNote     = "note"
	DeedTag      = "tag"
	DeedUntag    = "untag"
	DeedLink     = "link"
	DeedUndo     = "undo"
	deedUnlink   = "unlink" // takes back a link: nobody chooses it
)

// Deeds lists what may be done to many tickets, in the order of the menu.
func Deeds() []string {
	return []string{string(guichet.ActionClaim), string(guichet.ActionAssign), string(guichet.ActionQualify), string(guichet.ActionHold),
		string(guichet.ActionResume), string(guichet.ActionResolve), string(guichet.ActionClose), DeedFollowUp, DeedNote, DeedTag, DeedUntag, DeedLink}
}

// States of an act on many tickets.
const (
	BulkDraft     = "draft" // being prepared and looked at
	BulkRunning   = "running"
	BulkDone      = "done"
	BulkCancelled = "cancelled"
)

// States of its tickets.
const (
	itemDone    = "done"
	itemRefused = "refused"
	itemSame    = "same" // it was so already
)

// Bulk is an act on many tickets, as its author sees it.
type Bulk struct {
	ID        guichet.ID
	State     string
	Deed      Deed
	UndoOf    guichet.ID
	UndoneBy  guichet.ID // the act that takes it back, if any
	CreatedAt time.Time
	EndedAt   time.Time
	Items     []store.BulkItem
}

// Count counts the tickets in a state; an empty one: those that wait.
func (b Bulk) Count(state string) (n int) {
	for _, i := range b.Items {
		if i.State == state {
			n++
		}
	}
	return n
}

// Done counts the tickets to which it was done.
func (b Bulk) Done() int { return b.Count(itemDone) }

// Same counts those that were so already.
func (b Bulk) Same() int { return b.Count(itemSame) }

// Refused counts those to which it could not be done.
func (b Bulk) Refused() int { return b.Count(itemRefused) }

// Undoable reports whether there is something to take back.
func (b Bulk) Undoable() bool {
	return (b.State == BulkDone || b.State == BulkCancelled) && b.UndoOf == "" && b.UndoneBy == "" && b.Done() > 0
}

// Refusal is a reason why tickets are refused, with their numbers.
type Refusal struct {
	Err     error
	Numbers []int64
}

// Refusals gathers the refused tickets by reason, the most frequent first.
func (b Bulk) Refusals() []Refusal {
	var g refusals
	for _, i := range b.Items {
		if i.State == itemRefused {
			g.add(i.Problem, i.Number)
		}
	}
	return g.list()
}

// refusals groups by the form in which the reasons are kept.
type refusals struct {
	order []string
	by    map[string][]int64
}

func (g *refusals) add(problem string, number int64) {
	if g.by == nil {
		g.by = map[string][]int64{}
	}
	if g.by[problem] == nil {
		g.order = append(g.order, problem)
	}
	g.by[problem] = append(g.by[problem], number)
}

func (g *refusals) list() []Refusal {
	var out []Refusal
	for _, p := range g.order {
		out = append(out, Refusal{problemOf(p), g.by[p]})
	}
	slices.SortStableFunc(out, func(a, b Refusal) int { return cmp.Compare(len(b.Numbers), len(a.Numbers)) })
	return out
}

// problem is how the reason of a refusal is kept.
func problem(err error) string {
	var e *guichet.Error
	if !errors.As(err, &e) {
		e = &guichet.Error{Kind: guichet.KindInternal, Code: "internal"}
	}
	b, _ := json.Marshal(guichet.Error{Kind: e.Kind, Code: e.Code, Args: e.Args, Fields: e.Fields}) // plain values
	return string(b)
}

func problemOf(text string) error {
	var e guichet.Error
	if json.Unmarshal([]byte(text), &e) != nil {
		return &guichet.Error{Kind: guichet.KindInternal, Code: "internal"}
	}
	whole(e.Args)
	for _, f := range e.Fields {
		whole(f.Args)
	}
	return &e
}

// whole gives back their type to the numbers that were kept as JSON.
func whole(args map[string]any) {
	for name, v := range args {
		if n, ok := v.(float64); ok && n == math.Trunc(n) {
			args[name] = int64(n)
		}
	}
}

// Chosen are the tickets of an act on many: these numbers or, without any, what a query holds.
type Chosen struct {
	What    string
	Numbers []int64
	Query   Query
	Reader  guichet.Actor // the actor as far as the view of the query reaches
}

// PrepareBulk begins an act on many tickets: nothing is done before RunBulk. Errors: invalid for an act that
// does not exist or without tickets.
func (d *Desk) PrepareBulk(ctx context.Context, actor guichet.Actor, in Chosen) (guichet.ID, error) {
	numbers, cut, err := d.chosen(ctx, actor, in)
	if err != nil {
		return "", err
	}
	var id guichet.ID
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		tickets, err := tx.TicketsByNumber(ctx, actor.Scope(), numbers)
		if err != nil {
			return err
		}
		if len(tickets) == 0 {
			return guichet.Invalid("tickets", "bulk.none")
		}
		id = guichet.NewID(tx.Now)
		return insertBulk(ctx, tx, actor, Bulk{ID: id, State: BulkDraft, Deed: Deed{What: in.What, Cut: cut}}, ordered(tickets, numbers))
	})
	return id, err
}

// ordered puts tickets in the order in which they were chosen.
func ordered(tickets []guichet.Ticket, numbers []int64) []store.BulkItem {
	place := map[int64]int{}
	for i, n := range numbers {
		place[n] = i
	}
	slices.SortFunc(tickets, func(a, b guichet.Ticket) int { return cmp.Compare(place[a.Number], place[b.Number]) })
	out := make([]store.BulkItem, len(tickets))
	for i, t := range tickets {
		out[i] = store.BulkItem{Seq: i + 1, TicketID: t.ID, Number: t.Number}
	}
	return out
}

// maxBulkPages bounds the pages that are read of what a query holds: those of words may be short, or empty, and a
// phrase that stands nowhere would have the whole desk read in one request.
const maxBulkPages = 20

// MayBulk tells whether the actor may act on many tickets at all: before anything else of what is asked is looked at.
func MayBulk(actor guichet.Actor) error {
	switch {
	case !actor.MayWrite():
		return guichet.Denied("token.read_only")
	case !actor.HandlesTickets():
		return guichet.Denied("action.denied")
	}
	return nil
}

// chosen lists the numbers of the tickets, at most MaxBulk, and tells whether there are more. Errors: denied to who
// handles none, invalid for an act that does not exist.
func (d *Desk) chosen(ctx context.Context, actor guichet.Actor, in Chosen) (numbers []int64, cut bool, err error) {
	if err := MayBulk(actor); err != nil {
		return nil, false, err
	}
	if !slices.Contains(Deeds(), in.What) {
		return nil, false, guichet.Invalid("what", "field.unknown_value")
	}
	if n := len(in.Numbers); n > 0 {
		return slices.Clone(in.Numbers[:min(n, MaxBulk)]), n > MaxBulk, nil
	}
	return d.held(ctx, in.Reader, in.Query)
}

// held lists the numbers of the tickets that a query holds, within the bounds of an act on many, and tells whether it
// holds more.
func (d *Desk) held(ctx context.Context, reader guichet.Actor, q Query) (out []int64, more bool, err error) {
	q.Limit = MaxPage
	for pages := 0; pages < maxBulkPages && len(out) < MaxBulk; pages++ {
		page, err := d.List(ctx, reader, q)
		if err != nil {
			return nil, false, err
		}
		for _, r := range page.Rows {
			out = append(out, r.Number)
		}
		if more = page.Next.ID != ""; !more {
			break
		}
		q.After = page.Next
	}
	return out, more, nil
}

func insertBulk(ctx context.Context, tx *store.Tx, actor guichet.Actor, b Bulk, items []store.BulkItem) error {
	deed, err := json.Marshal(b.Deed)
	if err != nil {
		return err
	}
	return tx.InsertBulk(ctx, store.Bulk{ID: b.ID, ActorID: actor.Person.ID, State: b.State, Deed: string(deed), UndoOf: b.UndoOf, CreatedAt: tx.Now}, items)
}

// ownBulk reads an act of the actor; that of anybody else is not found.
func ownBulk(ctx context.Context, tx *store.Tx, actor guichet.Actor, id guichet.ID) (store.Bulk, Deed, error) {
	var deed Deed
	b, err := tx.Bulk(ctx, id)
	if err == nil && b.ActorID != actor.Person.ID {
		err = guichet.NotFound("bulk")
	}
	if err != nil {
		return b, deed, err
	}
	return b, deed, json.Unmarshal([]byte(b.Deed), &deed)
}

// BulkOf reads an act of the actor with its tickets. Error: not found.
func (d *Desk) BulkOf(ctx context.Context, actor guichet.Actor, id guichet.ID) (out Bulk, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		b, deed, err := ownBulk(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		out = Bulk{ID: b.ID, State: b.State, Deed: deed, UndoOf: b.UndoOf, CreatedAt: b.CreatedAt, EndedAt: b.EndedAt}
		undone, err := tx.UndoingOf(ctx, actor.Person.ID, id)
		if len(undone) > 0 {
			out.UndoneBy = undone[0].ID
		}
		if err != nil {
			return err
		}
		out.Items, err = tx.BulkItems(ctx, id)
		return err
	})
	return out, err
}

// Bulks lists the last acts of the actor on many tickets, without their tickets.
func (d *Desk) Bulks(ctx context.Context, actor guichet.Actor) (out []Bulk, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.Bulks(ctx, actor.Person.ID, 20)
		for _, b := range list {
			var deed Deed
			if json.Unmarshal([]byte(b.Deed), &deed) == nil {
				out = append(out, Bulk{ID: b.ID, State: b.State, Deed: deed, UndoOf: b.UndoOf, CreatedAt: b.CreatedAt, EndedAt: b.EndedAt})
			}
		}
		return err
	})
	return out, err
}

// check refuses a deed that lacks what it needs, whatever the ticket.
func (in *Deed) check() error {
	in.Text, in.Act.Text, in.Tag = body(in.Text), body(in.Act.Text), guichet.CleanTag(in.Tag)
	in.Act.Version, in.Act.Action = 0, guichet.Action(in.What)
	var p guichet.Problems
	need := func(field string, missing bool) {
		if missing {
			p.Add(field, "field.required")
		}
	}
	switch in.What {
	case string(guichet.ActionAssign):
		need("team", in.Act.TeamID == "" && in.Act.AssigneeID == "")
	case string(guichet.ActionQualify):
		need("service", in.Act.ServiceID == "" && in.Act.Kind == "" && in.Act.Urgency == "" && in.Act.Impact == "")
	case string(guichet.ActionResolve):
		need("solution", in.Act.Text == "" && in.Template == "")
	case DeedFollowUp, DeedNote:
		need("text", in.Text == "" && in.Template == "")
		p.AtMost("text", in.Text, guichet.MaxText)
	case DeedTag, DeedUntag:
		need("tag", in.Tag == "")
		p.AtMost("tag", in.Tag, maxTag)
	case DeedLink:
		need("relation", in.Relation == "")
		need("other", in.Other == 0)
		if in.Relation != "" && !slices.Contains(BulkRelations(), in.Relation) {
			p.Add("relation", "field.unknown_value")
		}
	}
	return p.Err()
}

// Ready tells what a deed still lacks.
func (in Deed) Ready() error { return in.check() }

// DescribeBulk says what an act that was prepared will do. Errors: not found, conflict once it runs, invalid.
func (d *Desk) DescribeBulk(ctx context.Context, actor guichet.Actor, id guichet.ID, in Deed) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		b, deed, err := ownBulk(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if b.State != BulkDraft {
			return guichet.Conflict("bulk.begun")
		}
		in.What, in.Channel, in.Cut = deed.What, actor.Channel, deed.Cut
		if err := in.checkAgainst(ctx, tx, actor); err != nil {
			return err
		}
		text, err := json.Marshal(in)
		b.Deed = string(text)
		if err != nil {
			return err
		}
		return tx.UpdateBulk(ctx, b, BulkDraft)
	})
}

// RunBulk begins an act that was prepared: jobs do it, ticket by ticket. Errors: not found, invalid for what
// is lacking, conflict when it began already.
func (d *Desk) RunBulk(ctx context.Context, actor guichet.Actor, id guichet.ID) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		b, deed, err := ownBulk(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if b.State != BulkDraft {
			return guichet.Conflict("bulk.begun")
		}
		if err := deed.check(); err != nil {
			return err
		}
		b.State = BulkRunning
		if err := tx.UpdateBulk(ctx, b, BulkDraft); err != nil {
			return err
		}
		return tx.Enqueue(ctx, bulkJob(id))
	})
}

func bulkJob(id guichet.ID) store.Job {
	return store.Job{Kind: JobBulk, Key: JobBulk + ":" + string(id), Payload: string(id)}
}

// StopBulk ends an act before its end: what was done stays done. Errors: not found, conflict when it has ended.
func (d *Desk) StopBulk(ctx context.Context, actor guichet.Actor, id guichet.ID) error {
	if !actor.MayWrite() {
		return guichet.Denied("token.read_only")
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		b, _, err := ownBulk(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if b.State != BulkRunning && b.State != BulkDraft {
			return guichet.Conflict("bulk.over")
		}
		was := b.State
		b.State, b.EndedAt = BulkCancelled, tx.Now
		return tx.UpdateBulk(ctx, b, was)
	})
}

// UndoBulk takes back what an act did, by the inverse acts and with the rights of its author: on the tickets
// that did not change since. Errors: not found, conflict when there is nothing to take back.
func (d *Desk) UndoBulk(ctx context.Context, actor guichet.Actor, id guichet.ID) (guichet.ID, error) {
	if !actor.MayWrite() {
		return "", guichet.Denied("token.read_only")
	}
	b, err := d.BulkOf(ctx, actor, id)
	if err != nil {
		return "", err
	}
	if !b.Undoable() {
		return "", guichet.Conflict("bulk.nothing")
	}
	undo := Bulk{State: BulkRunning, UndoOf: id, Deed: b.Deed}
	undo.Deed.What, undo.Deed.Channel = DeedUndo, actor.Channel
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if again, err := tx.UndoingOf(ctx, actor.Person.ID, id); len(again) > 0 || err != nil {
			return errors.Join(err, guichet.Conflict("bulk.nothing"))
		}
		undo.ID = guichet.NewID(tx.Now)
		items := slices.DeleteFunc(slices.Clone(b.Items), func(i store.BulkItem) bool { return i.State != itemDone })
		if err := insertBulk(ctx, tx, actor, undo, items); err != nil {
			return err
		}
		return tx.Enqueue(ctx, bulkJob(undo.ID))
	})
	return undo.ID, err
}
