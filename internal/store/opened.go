package store

import (
	"context"

	"guichet"
)

// fewSorted is how many tickets are put in order at once: those opened within a time, or those of one person that are
// finished. Of more, a list walks through an index that holds its order.
const fewSorted = 4096

// openedEntry is the way in by the time of opening, when the query names one that ended and in which few tickets were
// opened: what changed since need not be walked through.
func (tx *Tx) openedEntry(ctx context.Context, q understood) ([]entry, error) {
	within := q.opened()
	ofOne := q.AssigneeID != "" || len(q.RequesterIDs) > 0 || q.OpenedForID != "" || q.Tag != "" || personal(q.Scope)
	if within.To.IsZero() || within.To.After(q.now) || ofOne || q.Seeks() {
		return nil, nil
	}
	var b builder
	found, err := one(ctx, tx, "count", single[int], `SELECT COUNT(*) FROM (SELECT 1 FROM ticket o WHERE `+b.openedWithin(within)+
		` LIMIT `+b.arg(fewSorted+1)+`) AS opened`, b.args...)
	if err != nil || found > fewSorted {
		return nil, err
	}
	return []entry{{opened: within}}, nil
}

// opened is the time between which the tickets of a query were opened; the zero period when it names none, or several.
func (u understood) opened() guichet.Period {
	var out guichet.Period
	for _, c := range u.clauses {
		if c.Field != guichet.QueryCreated || c.Not || len(c.periods) != 1 {
			continue
		}
		if p := c.periods[0]; out.To.IsZero() || !p.To.IsZero() && p.To.Before(out.To) {
			out.To = p.To
		}
		if p := c.periods[0]; p.From.After(out.From) {
			out.From = p.From
		}
	}
	return out
}

// openedWithin is the condition on a row of table ticket, o, that it was opened within a time that ends.
func (b *builder) openedWithin(p guichet.Period) string {
	condition := "o.opened_at < " + b.arg(micros(p.To))
	if !p.From.IsZero() {
		condition += " AND o.opened_at >= " + b.arg(micros(p.From))
	}
	return condition
}

// openedBranch reads an entry by the time of opening.
func (p *plan) openedBranch(e entry, phases []int) branch {
	b := branch{from: "(SELECT o.id AS id FROM ticket o WHERE " + p.openedWithin(e.opened) + " LIMIT " + p.arg(fewSorted) + ") AS y CROSS JOIN ticket t",
		at: "t.updated_at", id: "t.id"}
	own := []string{"t.id = y.id"}
	if len(phases) < allPhases {
		own = append(own, "t.phase IN ("+numbers(phases)+")")
	}
	b.where = p.joined(b, own)
	return b
}
