package store

import (
	"context"
	"slices"
	"time"

	"guichet"
)

// run is a part of a list that an index holds in its order: a list is its runs, one after the other. The zero run
// is every ticket, the last changed first.
type run struct {
	by       runKey
	up       bool             // from the least on
	priority guichet.Priority // of its tickets; empty: any
	undated  bool             // only those of which nothing is due
}

type runKey int

const (
	byChange runKey = iota
	byDueDate
	byNumber
)

// numberKey is the number as the indexes of the orders hold it.
const numberKey = "t.number + 0"

// Orders lists by what the list may run, the usual first. Words decide the order themselves, what is due soon is
// read by its date, and what is finished by its last change.
func (q TicketQuery) Orders() []guichet.OrderKey {
	switch {
	case q.Seeks():
		return nil
	case q.byDue():
		return []guichet.OrderKey{guichet.OrderDue}
	case slices.Contains(q.phases(), 2):
		return []guichet.OrderKey{guichet.OrderUpdated}
	}
	return guichet.OrderKeys()
}

// Ordered is how the list runs: as it was asked, or as is usual where that cannot be.
func (q TicketQuery) Ordered() guichet.Order {
	keys := q.Orders()
	switch {
	case len(keys) == 0:
		return guichet.Order{}
	case slices.Contains(keys, q.Order.By):
		return q.Order
	}
	return keys[0].First()
}

// runs are those of the list, in the direction in which it is read.
func (q TicketQuery) runs() []run {
	var list []run
	switch o := q.Ordered(); o.By {
	case guichet.OrderNumber:
		list = []run{{by: byNumber, up: !o.Down}}
	case guichet.OrderPriority:
		for _, p := range prioritiesIn(o) {
			list = append(list, run{by: byNumber, up: true, priority: p})
		}
	case guichet.OrderDue:
		list = []run{{by: byDueDate, up: !o.Down}}
		if !q.byDue() {
			list = append(list, run{undated: true})
		}
	default:
		list = []run{{up: o.By != "" && !o.Down}}
	}
	if q.Back {
		slices.Reverse(list)
		for i := range list {
			list[i].up = !list[i].up
		}
	}
	return list
}

func prioritiesIn(o guichet.Order) []guichet.Priority {
	list := guichet.PrioritiesDown()
	if !o.Down {
		slices.Reverse(list)
	}
	return list
}

// Place is where a row stands in the list: a page that ends with it begins again there. Words to find have places
// of their own.
func (q TicketQuery) Place(last TicketRow) Cursor {
	switch o := q.Ordered(); {
	case o.By == guichet.OrderNumber:
		return Cursor{time.UnixMicro(last.Number).UTC(), last.ID, 0}
	case o.By == guichet.OrderPriority:
		return Cursor{time.UnixMicro(last.Number).UTC(), last.ID, max(slices.Index(prioritiesIn(o), last.Priority), 0)}
	case o.By == guichet.OrderDue && !last.DueAt.IsZero():
		return Cursor{last.DueAt, last.ID, 0}
	case o.By == guichet.OrderDue && !q.byDue():
		return Cursor{last.UpdatedAt, last.ID, 1}
	}
	return Cursor{last.UpdatedAt, last.ID, 0}
}

// inOrder reads the runs of a list from a place on until there is one row more than the page holds, or no more.
func (tx *Tx) inOrder(ctx context.Context, q TicketQuery) ([]TicketRow, error) {
	runs, most := q.runs(), q.Limit+1
	at := 0
	if q.After.ID != "" {
		at = q.After.Part
		if q.Back {
			at = len(runs) - 1 - q.After.Part
		}
	}
	var rows []TicketRow
	for i := max(at, 0); i < len(runs) && len(rows) < most; i++ {
		part := q
		part.Limit = most - len(rows)
		if i != at {
			part.After = Cursor{}
		}
		found, err := tx.inRun(ctx, part, runs[i])
		if err != nil {
			return nil, err
		}
		if rows == nil {
			rows = found
			continue
		}
		rows = append(rows, found...)
	}
	return rows, nil
}

func (tx *Tx) inRun(ctx context.Context, q TicketQuery, r run) ([]TicketRow, error) {
	p, err := tx.plan(ctx, q, r)
	if err != nil || len(p.branches) == 0 {
		return nil, err
	}
	page := p.page(q)
	return many(ctx, tx, scanRow, page, p.args...)
}

// numberedEntries are the ways into what is unfinished in the order of the numbers. Where an index parts the
// priorities there is an entry for each; what one person has in hand or takes part in, and what has one tag, is
// little enough to be sorted.
func (tx *Tx) numberedEntries(ctx context.Context, q understood, r run) ([]entry, understood, error) {
	list, rest, err := tx.narrow(ctx, q)
	if err != nil {
		return nil, q, err
	}
	whole := func(e entry) bool { return e.column == "" }
	each := ranked(list, r)
	if !rest.chosen || slices.ContainsFunc(list, whole) || len(each)*len(q.phases()) > maxBranches {
		list, rest := q.stateEntries(guichet.States())
		return ranked(list, r), rest, nil
	}
	return each, rest.understood, nil
}

// ranked opens the entries whose index parts the priorities: to the one that is sought, or to each.
func ranked(list []entry, r run) []entry {
	priorities := guichet.PrioritiesDown()
	if r.priority != "" {
		priorities = []guichet.Priority{r.priority}
	}
	var out []entry
	for _, e := range list {
		switch e.column {
		case "t.state", "t.team_id", "t.service_id", "t.organisation_id":
			for _, p := range priorities {
				e.priority = p
				out = append(out, e)
			}
		default:
			e.priority = r.priority
			out = append(out, e)
		}
	}
	return out
}

// datedEntries are the ways into what is due, each ticket once or more.
func (tx *Tx) datedEntries(ctx context.Context, q understood) ([]entry, understood, error) {
	list, rest, err := tx.narrow(ctx, q)
	if err != nil || !rest.chosen || len(list) > maxBranches {
		return []entry{{}}, q, err
	}
	return list, rest.understood, nil
}

// entriesOf chooses the narrowest ways into a run of a list, and returns what of the query is left to check.
func (tx *Tx) entriesOf(ctx context.Context, q understood, r run) ([]entry, understood, error) {
	switch {
	case q.byDue():
		return tx.dueEntries(ctx, q)
	case r.by == byDueDate:
		return tx.datedEntries(ctx, q)
	case r.by == byNumber:
		return tx.numberedEntries(ctx, q, r)
	}
	return tx.entries(ctx, q)
}
