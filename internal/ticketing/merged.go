package ticketing

import (
	"context"
	"slices"
	"time"

	"guichet"
	"guichet/internal/store"
)

// Origin is a ticket that was closed for the one that is viewed, as far as its reader may read it.
type Origin struct {
	Merge  guichet.Merge
	Ticket guichet.Ticket
	Seen   bool // may be opened by the reader: its number may be told
	Agent  bool // its internal notes may be read
}

// maxOrigins is how many tickets closed for one are read with it.
const maxOrigins = 50

// origins lists the tickets that were closed for a ticket, and those closed for them, as far as the actor may
// read them: what he or she sees, and what was shared on each step of the way.
func origins(ctx context.Context, tx *store.Tx, actor guichet.Actor, into guichet.ID) ([]Origin, error) {
	type step struct {
		id     guichet.ID
		shared bool
	}
	var out []Origin
	for queue := []step{{into, true}}; len(queue) > 0 && len(out) < maxOrigins; queue = queue[1:] {
		merges, err := tx.MergedInto(ctx, queue[0].id)
		if err != nil {
			return nil, err
		}
		merges = slices.DeleteFunc(merges, func(m guichet.Merge) bool { return m.Kind != guichet.MergeWhole })
		var ids []guichet.ID
		for _, m := range merges {
			ids = append(ids, m.FromID)
		}
		seen, err := tx.SeenAmong(ctx, actor.Scope(), ids)
		if err != nil {
			return nil, err
		}
		for _, m := range merges {
			shared := queue[0].shared && m.Shared
			queue = append(queue, step{m.FromID, shared})
			if !seen[m.FromID] && !shared {
				continue
			}
			l, err := byID(ctx, tx, m.FromID)
			if err != nil {
				return nil, err
			}
			out = append(out, Origin{m, l.ticket, seen[m.FromID], seen[m.FromID] && l.isAgent(actor)})
		}
	}
	return out, nil
}

// readLinked reads what comes from other tickets: those closed for this one, and what was taken out of it.
func (v *View) readLinked(ctx context.Context, tx *store.Tx, actor guichet.Actor, before int64) (err error) {
	if err := v.readMerge(ctx, tx, actor); err != nil {
		return err
	}
	if err := v.readSplits(ctx, tx, actor); err != nil {
		return err
	}
	if v.Agent {
		if err := v.readKnown(ctx, tx, actor); err != nil {
			return err
		}
	}
	if v.Origins, err = origins(ctx, tx, actor, v.Ticket.ID); err != nil || len(v.Origins) == 0 {
		return err
	}
	from, to, err := v.window(ctx, tx, before)
	if err != nil {
		return err
	}
	for _, o := range v.Origins {
		if err := v.carry(ctx, tx, o, from, to); err != nil {
			return err
		}
	}
	slices.SortStableFunc(v.Events, func(a, b guichet.Event) int { return a.At.Compare(b.At) })
	slices.SortStableFunc(v.Documents, func(a, b guichet.Document) int { return a.CreatedAt.Compare(b.CreatedAt) })
	slices.SortStableFunc(v.Tasks, func(a, b guichet.Task) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return nil
}

// window is the time that the page of events covers; a zero end is none.
func (v *View) window(ctx context.Context, tx *store.Tx, before int64) (from, to time.Time, err error) {
	if v.More && len(v.Events) > 0 {
		from = v.Events[0].At
	}
	if before > 0 {
		to, err = tx.EventTime(ctx, v.Ticket.ID, before)
	}
	return from, to, err
}

// carry reads with a ticket what was said on one that was closed for it. These events have no place of their
// own in its order: their Seq is 0.
func (v *View) carry(ctx context.Context, tx *store.Tx, o Origin, from, to time.Time) error {
	events, err := tx.EventsBetween(ctx, o.Ticket.ID, o.Agent, from, to, eventPage)
	if err != nil {
		return err
	}
	for _, e := range events {
		if !o.Agent {
			e, _ = e.ForRequester()
		}
		if e.Carried() {
			e.Seq = 0
			v.Events = append(v.Events, e)
		}
	}
	documents, err := tx.Documents(ctx, o.Ticket.ID, o.Agent)
	if err != nil {
		return err
	}
	v.Documents = append(v.Documents, documents...)
	if !o.Agent || !v.Agent {
		return nil
	}
	tasks, err := tx.Tasks(ctx, o.Ticket.ID)
	v.Tasks = append(v.Tasks, tasks...)
	return err
}

// OriginOf is the ticket on which an event happened, and whether that is another one than the ticket viewed.
func (v View) OriginOf(e guichet.Event) (Origin, bool) {
	i := slices.IndexFunc(v.Origins, func(o Origin) bool { return o.Ticket.ID == e.TicketID })
	if i < 0 || e.TicketID == v.Ticket.ID {
		return Origin{Ticket: v.Ticket, Seen: true}, false
	}
	return v.Origins[i], true
}

// readMerge reads for which ticket this one was closed; its number, when the reader sees it.
func (v *View) readMerge(ctx context.Context, tx *store.Tx, actor guichet.Actor) error {
	if !v.Ticket.State.Final() {
		return nil
	}
	m, err := tx.MergeOf(ctx, v.Ticket.ID)
	if err != nil {
		if guichet.KindOf(err) == guichet.KindNotFound {
			return nil
		}
		return err
	}
	v.Merge = &m
	into, found, err := survivor(ctx, tx, actor, m)
	if err == nil && found {
		v.Survivor = into.ticket.Number
	}
	return err
}

// LeadsTo is the number of the ticket into which this one was merged, if the reader sees that one; 0 otherwise.
func (v View) LeadsTo() int64 {
	if v.Merge == nil || v.Merge.Kind != guichet.MergeWhole {
		return 0
	}
	return v.Survivor
}

// maxChain is how far tickets closed for one another are followed.
const maxChain = 20

// survivor follows a merge to the ticket that goes on, if the actor sees it.
func survivor(ctx context.Context, tx *store.Tx, actor guichet.Actor, m guichet.Merge) (loaded, bool, error) {
	for range maxChain {
		next, err := tx.MergeOf(ctx, m.IntoID)
		if guichet.KindOf(err) == guichet.KindNotFound && err != nil {
			break
		}
		if err != nil {
			return loaded{}, false, err
		}
		m = next
	}
	seen, err := tx.SeenAmong(ctx, actor.Scope(), []guichet.ID{m.IntoID})
	if err != nil || !seen[m.IntoID] {
		return loaded{}, false, err
	}
	l, err := byID(ctx, tx, m.IntoID)
	return l, err == nil, err
}

// forwarded is the ticket on which a message goes on that was meant for one closed for another, if the actor
// may speak there.
func (l loaded) forwarded(ctx context.Context, tx *store.Tx, actor guichet.Actor) (loaded, bool, error) {
	m, err := tx.MergeOf(ctx, l.ticket.ID)
	if guichet.KindOf(err) == guichet.KindNotFound && err != nil {
		return loaded{}, false, nil //nolint:nilerr // it was not merged
	}
	if err != nil {
		return loaded{}, false, err
	}
	into, found, err := survivor(ctx, tx, actor, m)
	return into, found && (into.works(actor) || into.isParty(actor)), err
}

// readSplits reads which messages went on elsewhere; the number of that ticket, when the reader sees it.
func (v *View) readSplits(ctx context.Context, tx *store.Tx, actor guichet.Actor) error {
	splits, err := tx.SplitsOf(ctx, v.Ticket.ID)
	if err != nil || len(splits) == 0 {
		return err
	}
	v.Splits = map[guichet.ID]int64{}
	for _, s := range splits {
		v.Splits[s.EventID] = 0
		for _, l := range v.Links {
			if l.ID == s.ToID {
				v.Splits[s.EventID] = l.Number
			}
		}
	}
	return nil
}

// taskOf finds a task of a ticket, or of one that was closed for it and that the actor handles.
func (l loaded) taskOf(ctx context.Context, tx *store.Tx, actor guichet.Actor, task guichet.ID) (loaded, guichet.Task, error) {
	from := []loaded{l}
	carried, err := origins(ctx, tx, actor, l.ticket.ID)
	if err != nil {
		return l, guichet.Task{}, err
	}
	for _, o := range carried {
		origin, err := byID(ctx, tx, o.Ticket.ID)
		if err != nil {
			return l, guichet.Task{}, err
		}
		if o.Agent && origin.works(actor) {
			from = append(from, origin)
		}
	}
	for _, x := range from {
		tasks, err := tx.Tasks(ctx, x.ticket.ID)
		if err != nil {
			return l, guichet.Task{}, err
		}
		if i := slices.IndexFunc(tasks, func(t guichet.Task) bool { return t.ID == task }); i >= 0 {
			return x, tasks[i], nil
		}
	}
	return l, guichet.Task{}, guichet.NotFound("task")
}

// carriedTo reports whether the actor reads a public file of a ticket with the one for which it was closed.
func carriedTo(ctx context.Context, tx *store.Tx, actor guichet.Actor, doc guichet.Document) (bool, error) {
	id := doc.TicketID
	for range maxChain {
		m, err := tx.MergeOf(ctx, id)
		if err != nil || !m.Shared || doc.Internal || m.Kind != guichet.MergeWhole {
			if guichet.KindOf(err) == guichet.KindNotFound {
				err = nil
			}
			return false, err
		}
		seen, err := tx.SeenAmong(ctx, actor.Scope(), []guichet.ID{m.IntoID})
		if err != nil || seen[m.IntoID] {
			return seen[m.IntoID], err
		}
		id = m.IntoID
	}
	return false, nil
}
