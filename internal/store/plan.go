package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guichet"
)

// plan is how a query of tickets is answered. A list shows the tickets that changed last, so nothing
// should be read but what the page shows: a branch takes one page from one entry, and the page is the
// beginning of all branches together. Its cost follows the page and the number of entries, not the
// number of tickets.
type plan struct {
	builder
	branches []branch
	limit    string    // placeholder
	cursor   [2]string // placeholders of the place where the page begins
	due      string    // placeholder of the date until which something is due, in a list by due dates
	run      run
}

// branch is the part of a list that one entry gives.
type branch struct {
	from, where string
	at, id      string // columns of the order
	repeats     string // DISTINCT, when the entry may hold a ticket several times
}

// plan chooses the entries of a run of a query and writes its branches; without any, nothing can match.
func (tx *Tx) plan(ctx context.Context, asked TicketQuery, r run) (*plan, error) {
	p := &plan{run: r}
	p.limit = p.arg(asked.Limit)
	q, err := tx.understand(ctx, asked)
	if err != nil || q.nothing {
		return p, err
	}
	into, news := q, q.OnlyNews()
	if news { // of what is finished, only what was visited
		into.Unfinished = true
	}
	entries, rest, err := tx.entriesOf(ctx, into, r)
	if err != nil || len(entries) == 0 || len(q.phases()) == 0 {
		return p, err
	}
	if news {
		rest = q
	}
	tx.without(p, q)
	p.start(q, rest)
	for _, e := range entries {
		if r.by == byDueDate {
			p.branches = append(p.branches, p.dueBranch(e, into.phases()))
			continue
		}
		p.enter(e, into.phases())
	}
	if news && r.by != byDueDate && slices.Contains(q.phases(), 2) {
		p.branches = append(p.branches, p.seenBranch(q))
	}
	return p, nil
}

// dueBranch reads an entry in the order of the due dates. The table of the clocks has what most entries need.
func (p *plan) dueBranch(e entry, phases []int) branch {
	b := branch{from: "ticket_clock y CROSS JOIN ticket t", at: "y.due_at", id: "y.ticket_id"}
	own := []string{"t.id = y.ticket_id", "y.due_at > 0"}
	if p.due != "" {
		own = append(own, "y.due_at <= "+p.due)
	}
	if len(phases) < allPhases {
		own = append(own, "t.phase IN ("+numbers(phases)+")")
	}
	switch table := besides[e.column]; {
	case table != "":
		phases = slices.DeleteFunc(slices.Clone(phases), func(p int) bool { return p == 2 }) // nothing of what is finished is due
		b = branch{from: table + " y CROSS JOIN ticket t CROSS JOIN ticket_clock d", at: "d.due_at", id: "y.ticket_id", repeats: "DISTINCT"}
		own = []string{e.column + " = " + p.arg(string(e.value)), "y.phase IN (" + numbers(append(phases, -1)) + ")", "t.id = y.ticket_id", "d.ticket_id = t.id", "d.due_at > 0"}
		switch {
		case e.helps:
			own = append(own, "y.role = 'assignee'")
		case e.asked:
			own = append(own, asked)
		}
		if p.due != "" {
			own = append(own, "d.due_at <= "+p.due)
		}
	case e.column != "":
		own = append(own, "y."+strings.TrimPrefix(e.column, "t.")+" = "+p.arg(string(e.value)))
	}
	if e.within != "" {
		own = append(own, p.below("t.organisation_id", "organisation_closure", e.within))
	}
	b.where = p.joined(b, own)
	return b
}

// order is how a run is read: its direction, and what comes after a place.
func (p *plan) order() (direction, after string) {
	if p.run.up {
		return "ASC", ">"
	}
	return "DESC", "<"
}

// start writes what every branch checks.
func (p *plan) start(q, rest understood) {
	p.conditions(rest)
	p.known(q)
	p.dated(q)
	if q.byDue() {
		p.due = p.arg(micros(q.DueBefore))
	}
	if q.After.ID != "" {
		p.cursor[0] = p.arg(micros(q.After.UpdatedAt))
	}
	if q.After.ID != "" && p.run.by != byNumber { // a number has one ticket
		p.cursor[1] = p.arg(string(q.After.ID))
	}
}

// dated parts what has a date from what has none, in a list that runs by the due dates. A ticket that the reader does
// not handle has none there: where it stood would tell its date.
func (p *plan) dated(q understood) {
	switch {
	case p.run.undated && q.Scope.All:
		p.and("NOT EXISTS (SELECT 1 FROM ticket_clock d WHERE d.ticket_id = t.id AND d.due_at > 0)")
	case p.run.undated:
		p.and("NOT EXISTS (SELECT 1 FROM ticket_clock d WHERE d.ticket_id = t.id AND d.due_at > 0 AND " + p.handles(q.Scope) + ")")
	case p.run.by == byDueDate && !q.byDue() && !q.Scope.All:
		p.and(p.handles(q.Scope))
	}
}

// enter adds the branches of an entry: one for each phase when its index parts them.
func (p *plan) enter(e entry, phases []int) {
	if !e.opened.To.IsZero() {
		p.branches = append(p.branches, p.openedBranch(e, phases))
		return
	}
	if !e.phased {
		p.branches = append(p.branches, p.branch(e, ""))
		return
	}
	for _, phase := range phases {
		if p.run.by == byNumber && (phase == 2) != e.over {
			continue
		}
		p.branches = append(p.branches, p.branch(e, fmt.Sprint(phase)))
	}
}

// besides are the tables of the entries that are not columns of the tickets.
var besides = map[string]string{takingPart: "ticket_party", tagged: "ticket_tag"}

func (p *plan) branch(e entry, phase string) branch {
	b := branch{from: "ticket t", at: "t.updated_at", id: "t.id"}
	order := "t"
	var own []string
	if table := besides[e.column]; table != "" {
		b = branch{from: table + " y CROSS JOIN ticket t", at: "y.updated_at", id: "y.ticket_id", repeats: "DISTINCT"}
		order = "y"
		own = append(own, "t.id = y.ticket_id")
	}
	if e.column != "" {
		own = append(own, e.column+" = "+p.arg(string(e.value)))
	}
	if phase != "" {
		own = append(own, order+".phase = "+phase)
	}
	if e.asked {
		own = append(own, asked)
	}
	if e.within != "" {
		own = append(own, p.below("t.organisation_id", "organisation_closure", e.within))
	}
	if p.run.by == byNumber {
		b.at = numberKey
		own = append(own, map[bool]string{false: "t.phase <> 2", true: "t.phase = 2"}[e.over]) // as the indexes say it
	}
	if e.priority != "" {
		own = append(own, oneOf("t.priority", []string{string(e.priority)}))
	}
	b.where = p.joined(b, own)
	return b
}

// joined are the conditions of a branch: its own, those of all, and the place where the page begins.
func (p *plan) joined(b branch, own []string) string {
	all := slices.Concat(own, p.where)
	if p.cursor[0] != "" {
		_, after := p.order()
		if p.cursor[1] == "" {
			all = append(all, fmt.Sprintf("%s %s %s", b.at, after, p.cursor[0]))
		} else {
			all = append(all, fmt.Sprintf("(%s, %s) %s (%s, %s)", b.at, b.id, after, p.cursor[0], p.cursor[1]))
		}
	}
	return strings.Join(all, " AND ")
}

// sorted is the order of a statement, by the columns of the run.
func (p *plan) sorted(at, id string) string {
	direction, _ := p.order()
	if p.run.by == byNumber {
		return fmt.Sprintf(" ORDER BY %s %s", at, direction)
	}
	return fmt.Sprintf(" ORDER BY %s %[3]s, %[2]s %[3]s", at, id, direction)
}

// plain reports a plan of one branch, which needs no putting together.
func (p *plan) plain() bool { return len(p.branches) == 1 && p.branches[0].from == "ticket t" }

// page is the statement that reads a page of a list.
func (p *plan) page(q TicketQuery) string {
	at := map[runKey]string{byChange: "t.updated_at", byNumber: numberKey, byDueDate: "COALESCE(k.due_at, 0)"}[p.run.by]
	return p.rowsSQL(q) + p.chosen() + p.sorted(at, "t.id") + " LIMIT " + p.limit
}

// lines is the statement that reads the beginning of a list by its last changes, of each ticket only what names it.
func (p *plan) lines() string {
	return "SELECT t.id, t.number, t.title, t.state, t.assignee_id, t.updated_at FROM ticket t WHERE " + p.chosen() +
		p.sorted("t.updated_at", "t.id") + " LIMIT " + p.limit
}

// chosen is the condition of the tickets of a page.
func (p *plan) chosen() string {
	if p.plain() {
		return p.branches[0].where
	}
	return "t.id IN (SELECT f.id FROM (" + p.together() + ") AS f" + p.sorted("f.at", "f.id") + " LIMIT " + p.limit + ")"
}

// count is the statement that counts a list.
func (p *plan) count() string {
	found := "SELECT 1 FROM ticket t WHERE " + p.branches[0].where
	if !p.plain() {
		found = p.together()
	}
	return "SELECT COUNT(*) FROM (SELECT 1 FROM (" + found + " LIMIT " + p.limit + ") AS found) AS counted"
}

// together puts the beginnings of the branches together; a ticket that stands in several is there once.
func (p *plan) together() string {
	parts := make([]string, len(p.branches))
	for i, b := range p.branches {
		parts[i] = fmt.Sprintf("SELECT * FROM (SELECT %s %s AS id, %s AS at FROM %s WHERE %s%s LIMIT %s) AS b%d",
			b.repeats, b.id, b.at, b.from, b.where, p.sorted(b.at, b.id), p.limit, i)
	}
	return strings.Join(parts, " UNION ")
}

// conditions writes what of a query no entry answers.
func (p *plan) conditions(q understood) {
	p.people(q.TicketQuery)
	for _, c := range q.clauses {
		p.clause(q, c)
	}
	if len(q.States) > 0 {
		p.and("t.state IN " + in(&p.builder, q.States))
	}
	if q.ServiceID != "" {
		p.and(p.below("t.service_id", "service_closure", q.ServiceID))
	}
	if q.Organisation != "" {
		p.and(p.below("t.organisation_id", "organisation_closure", q.Organisation))
	}
	if len(q.Priorities) > 0 {
		p.and("t.priority IN " + in(&p.builder, q.Priorities))
	}
	if len(q.Kinds) > 0 {
		p.and("t.kind IN " + in(&p.builder, q.Kinds))
	}
	if q.Tag != "" {
		p.and("EXISTS (SELECT 1 FROM ticket_tag g WHERE g.ticket_id = t.id AND g.tag = " + p.arg(q.Tag) + ")")
	}
	if !q.DueBefore.IsZero() && !q.byDue() {
		p.and("EXISTS (SELECT 1 FROM ticket_clock d WHERE d.ticket_id = t.id AND d.due_at > 0 AND d.due_at <= " + p.arg(micros(q.DueBefore)) + ")")
	}
	p.scope(q.Scope)
}

func (p *plan) people(q TicketQuery) {
	if q.AssigneeID != "" {
		p.and("t.assignee_id = " + p.arg(string(q.AssigneeID)))
	}
	if q.Unassigned {
		p.and("t.assignee_id IS NULL")
	}
	if len(q.TeamIDs) > 0 {
		p.and("t.team_id IN " + in(&p.builder, q.TeamIDs))
	}
	if len(q.RequesterIDs) > 0 {
		p.and(p.takesPart(q.RequesterIDs, asked))
	}
	if q.OpenedForID != "" {
		me := p.arg(string(q.OpenedForID))
		p.and("t.opened_by_id = " + me + " AND t.beneficiary_id <> " + me)
		p.and(p.takesPart([]guichet.ID{q.OpenedForID}, "1 = 1"))
	}
}
