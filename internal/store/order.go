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

// Orders lists by what the list may run, the usual first. Words decide the order themselves, and what is due soon is
// read by its date. Nothing of what is finished is due, and no index holds it by its priority.
func (q TicketQuery) Orders() []guichet.OrderKey {
	sought := q.sought()
	over := slices.Contains(sought, 2)
	switch {
	case q.Seeks():
		return nil
	case q.byDue():
		return []guichet.OrderKey{guichet.OrderDue}
	case over && len(sought) == 1:
		return []guichet.OrderKey{guichet.OrderUpdated, guichet.OrderNumber}
	case over:
		return []guichet.OrderKey{guichet.OrderUpdated, guichet.OrderNumber, guichet.OrderDue}
	}
	return guichet.OrderKeys()
}

// sought are the phases of the tickets sought, by the states that the query names too.
func (q TicketQuery) sought() []int {
	u := understood{TicketQuery: q}
	for _, t := range q.Query.Of(guichet.QueryStatus) {
		if !t.Not {
			u.within(statesOf(t.Values))
		}
	}
	return u.phases()
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

// numberedEntries are the ways in by the order of the numbers: into what is finished, one for each entry; into what is
// not, one for each priority where an index parts them. What one person takes part in and what has one tag is little
// enough to be sorted; where it is not, it is a part of the desk that a walk through all of it soon meets.
func (tx *Tx) numberedEntries(ctx context.Context, q understood, r run) ([]entry, understood, error) {
	list, rest, err := tx.narrow(ctx, q)
	if err != nil {
		return nil, q, err
	}
	whole := func(e entry) bool { return e.column == "" }
	each := q.ranked(list, r)
	if rest.chosen && !slices.ContainsFunc(list, whole) && len(each)*len(q.phases()) <= maxBranches {
		few, err := tx.few(ctx, each)
		if err != nil || few {
			return each, rest.understood, err
		}
	}
	list, all := q.stateEntries(guichet.States())
	return q.ranked(list, r), all, nil
}

// ranked opens the entries whose index parts the priorities, to the one that is sought or to each, and those into what
// is finished.
func (u understood) ranked(list []entry, r run) []entry {
	priorities := guichet.PrioritiesDown()
	if r.priority != "" {
		priorities = []guichet.Priority{r.priority}
	}
	phases := u.phases()
	var out []entry
	for _, e := range list {
		over := e
		over.over = true
		switch ofState := e.column == "t.state"; {
		case ofState && phase(guichet.State(e.value)) == 2:
			out = append(out, over)
			continue
		case !ofState && slices.Contains(phases, 2):
			out = append(out, over)
		}
		if len(phases) == 1 && phases[0] == 2 {
			continue
		}
		if ordered[e.column] == "" {
			e.priority = r.priority
			out = append(out, e)
			continue
		}
		for _, p := range priorities {
			e.priority = p
			out = append(out, e)
		}
	}
	return out
}

// ordered are the columns whose index holds what is unfinished by priority and number.
var ordered = map[string]string{"t.state": "ticket_state_order", "t.team_id": "ticket_team_order", "t.service_id": "ticket_service_order",
	"t.organisation_id": "ticket_organisation_order"}

// few reports whether what the entries by person and by tag hold of what is finished is little enough to be sorted.
func (tx *Tx) few(ctx context.Context, list []entry) (bool, error) {
	for _, e := range list {
		table := besides[e.column]
		if table == "" || !e.over {
			continue
		}
		var b builder
		found, err := one(ctx, tx, "count", single[int], `SELECT COUNT(*) FROM (SELECT 1 FROM `+table+` y WHERE `+e.column+` = `+
			b.arg(string(e.value))+` AND y.phase = 2 LIMIT `+b.arg(fewSorted+1)+`) AS past`, b.args...)
		if err != nil || found > fewSorted {
			return false, err
		}
	}
	return true, nil
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
