package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"guichet"
	"guichet/internal/lexis"
)

// clause is a term of a query whose names were found.
type clause struct {
	guichet.QueryTerm
	ids     []guichet.ID // of what the names mean
	none    bool         // nobody is among the values
	periods []guichet.Period
}

// maxMeant is how many people one name may mean.
const maxMeant = 20

// understood is a query whose words and names are ready to be sought.
type understood struct {
	TicketQuery
	clauses []clause
	nothing bool // the query contradicts itself
	now     time.Time
}

// understand finds what the names of a query mean, and turns what it can into the fields of the query, by
// which the ways into the tickets are chosen. Error: invalid, for a name that means nothing.
func (tx *Tx) understand(ctx context.Context, q TicketQuery) (understood, error) {
	u := understood{TicketQuery: q, now: tx.Now}
	if len(q.Query.Terms) == 0 {
		return u, nil
	}
	desk, err := tx.Desk(ctx)
	if err != nil {
		return u, err
	}
	for _, term := range q.Query.Terms {
		if term.Field == guichet.QueryWords {
			continue
		}
		c := clause{QueryTerm: term}
		if slices.Contains(guichet.QueryTimes(), term.Field) {
			c.none = slices.Contains(term.Values, guichet.QueryNone)
			c.periods = term.Periods(tx.Now, zoneOf(q.Asker.Person, desk))
		}
		if err := tx.meant(ctx, desk, q.Asker, &c); err != nil {
			return u, err
		}
		u.take(c)
	}
	return u, nil
}

func zoneOf(p guichet.Person, d *guichet.Desk) *time.Location {
	for _, name := range []string{p.TimeZone, d.TimeZone} {
		if zone, err := time.LoadLocation(name); name != "" && err == nil {
			return zone
		}
	}
	return time.UTC
}

// meant finds what the values of a clause mean, when they are names. What a reader who handles no ticket
// names and is not there is simply not found.
func (tx *Tx) meant(ctx context.Context, d *guichet.Desk, asker guichet.Actor, c *clause) error {
	for _, v := range c.Values {
		var found []guichet.ID
		var err error
		switch c.Field {
		case guichet.QueryService:
			found = d.ServicesCalled(v)
		case guichet.QueryOrganisation:
			found = d.OrganisationsCalled(v)
		case guichet.QueryTeam:
			if found = d.TeamsCalled(v); v == guichet.QueryMe {
				found = asker.TeamIDs
			}
		case guichet.QueryAssignee, guichet.QueryRequester:
			if v == guichet.QueryNone {
				c.none = true
				continue
			}
			found, err = tx.peopleMeant(ctx, asker, v)
		default:
			return nil
		}
		if err != nil {
			return err
		}
		if len(found) == 0 && v != guichet.QueryMe && asker.HandlesTickets() {
			return guichet.Invalid("q", "query.unknown."+string(c.Field), "Value", v, "Offset", c.At, "Length", c.Length)
		}
		if len(found) > maxMeant && (c.Field == guichet.QueryAssignee || c.Field == guichet.QueryRequester) {
			return guichet.Invalid("q", "query.too_many_people", "Value", v, "Offset", c.At, "Length", c.Length)
		}
		c.ids = append(c.ids, found...)
	}
	return nil
}

// peopleMeant finds persons, gone ones too: by a key, by their whole names, or by the beginnings of the words
// of their names.
func (tx *Tx) peopleMeant(ctx context.Context, asker guichet.Actor, text string) ([]guichet.ID, error) {
	if text == guichet.QueryMe {
		return []guichet.ID{asker.Person.ID}, nil
	}
	var b builder
	folded, typed := b.arg(lexis.Fold(text)), b.arg(text)
	found, err := many(ctx, tx, single[guichet.ID], `SELECT id FROM person WHERE id = `+typed+
		` UNION SELECT id FROM person WHERE employee_number = `+typed+` AND employee_number <> ''
		UNION SELECT id FROM person WHERE email_key = `+folded+` AND email_key <> ''
		UNION SELECT person_id FROM identity WHERE kind = 'local' AND subject = `+folded, b.args...)
	if err != nil || len(found) > 0 {
		return found, err
	}
	words := lexis.Words(text)
	for _, after := range []string{"", "\U0010FFFF"} {
		if len(words) == 0 {
			break
		}
		var b builder
		var named []string
		for _, w := range words {
			named = append(named, "SELECT person_id FROM person_word WHERE word >= "+b.arg(w)+" AND word <= "+b.arg(w+after))
		}
		found, err = many(ctx, tx, single[guichet.ID], strings.Join(named, " INTERSECT ")+" LIMIT "+b.arg(maxMeant+1), b.args...)
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

// take turns a clause into a field of the query when that field is free and means the same, or keeps it as
// a condition.
func (u *understood) take(c clause) {
	if c.Not || !u.takeField(c) || reserved(c.Field) {
		u.clauses = append(u.clauses, c)
	}
}

// reserved tells what of a ticket is known to those who handle it only.
func reserved(f guichet.QueryField) bool {
	return f == guichet.QueryTag || f == guichet.QueryLevel || f == guichet.QueryDue
}

func (u *understood) takeField(c clause) bool {
	one := len(c.ids) == 1 && !c.none
	switch {
	case c.Field == guichet.QueryStatus, c.Field == guichet.QueryIs && len(statesOf(c.Values)) > 0 && onlyStates(c.Values):
		u.within(statesOf(c.Values))
	case c.Field == guichet.QueryAssignee && one && u.AssigneeID == "" && !u.Unassigned:
		u.AssigneeID = c.ids[0]
	case c.Field == guichet.QueryAssignee && c.none && len(c.ids) == 0 && u.AssigneeID == "":
		u.Unassigned = true
	case c.Field == guichet.QueryRequester && len(c.ids) > 0 && len(u.RequesterIDs) == 0:
		u.RequesterIDs = c.ids
	case c.Field == guichet.QueryTeam && len(c.ids) > 0 && len(u.TeamIDs) == 0:
		u.TeamIDs = c.ids
	case c.Field == guichet.QueryService && one && u.ServiceID == "":
		u.ServiceID = c.ids[0]
	case c.Field == guichet.QueryOrganisation && one && u.Organisation == "":
		u.Organisation = c.ids[0]
	case c.Field == guichet.QueryTag && len(c.Values) == 1 && u.Tag == "":
		u.Tag = c.Values[0]
	case c.Field == guichet.QueryDue && u.soon() && u.DueBefore.IsZero():
		u.DueBefore = c.periods[0].To
	default:
		return false
	}
	return true
}

// within keeps to some states.
func (u *understood) within(states []guichet.State) {
	if len(u.States) > 0 {
		states = slices.DeleteFunc(slices.Clone(states), func(s guichet.State) bool { return !slices.Contains(u.States, s) })
	}
	u.States, u.nothing = states, u.nothing || len(states) == 0
	u.tidy()
}

// tidy says a whole phase as such: it is then read from one index, in the order of the list.
func (u *understood) tidy() {
	for _, group := range []struct {
		value string
		field *bool
	}{{guichet.QueryOpen, &u.Open}, {guichet.QueryFinished, &u.Final}, {guichet.QueryUnfinished, &u.Unfinished}} {
		if whole := statesOf([]string{group.value}); len(whole) == len(u.States) && !slices.ContainsFunc(whole, func(s guichet.State) bool { return !slices.Contains(u.States, s) }) {
			u.States, *group.field = nil, true
			return
		}
	}
}

// statesOf lists the states that values mean, groups opened.
func statesOf(values []string) []guichet.State {
	var out []guichet.State
	for _, s := range guichet.States() {
		if slices.Contains(values, string(s)) || s.Open() && slices.Contains(values, guichet.QueryOpen) ||
			!s.Final() && slices.Contains(values, guichet.QueryUnfinished) || s.Final() && slices.Contains(values, guichet.QueryFinished) {
			out = append(out, s)
		}
	}
	return out
}

func onlyStates(values []string) bool {
	groups := []string{guichet.QueryOpen, guichet.QueryUnfinished, guichet.QueryFinished}
	return !slices.ContainsFunc(values, func(v string) bool { return !guichet.State(v).Valid() && !slices.Contains(groups, v) })
}

// soon reports a query for what is due until some time, which is listed in the order of the due dates.
func (q TicketQuery) soon() bool {
	due := q.Query.Of(guichet.QueryDue)
	return len(due) == 1 && !due[0].Not && len(due[0].Values) == 1 &&
		(due[0].Values[0] == guichet.QueryOverdue || strings.HasPrefix(due[0].Values[0], "<"))
}

// clause writes the condition of a term.
func (p *plan) clause(u understood, c clause) {
	condition := p.holds(u, c)
	if c.Not {
		condition = "(" + condition + ") IS NOT TRUE"
	} else {
		p.notBefore(c)
	}
	p.and(condition)
}

// known keeps to the tickets that the reader handles when the query looks at what is known to those who handle them
// only. It goes by the whole scope, whichever entries were chosen.
func (p *plan) known(q understood) {
	looks := q.Tag != "" || !q.DueBefore.IsZero() || slices.ContainsFunc(q.clauses, func(c clause) bool { return reserved(c.Field) })
	if looks && !q.Scope.All {
		p.and(p.handles(q.Scope))
	}
}

// notBefore bounds a list by what opened after a time: it changed after that time too, and the list is in
// the order of the last change.
func (p *plan) notBefore(c clause) {
	if c.Field != guichet.QueryCreated && c.Field != guichet.QueryUpdated && c.Field != guichet.QueryResolved {
		return
	}
	var first time.Time
	for i, period := range c.periods {
		if period.From.IsZero() {
			return
		}
		if i == 0 || period.From.Before(first) {
			first = period.From
		}
	}
	p.and("t.updated_at >= " + p.arg(micros(first)))
}

// holds is the condition that one of the values of a term holds.
func (p *plan) holds(u understood, c clause) string {
	switch c.Field {
	case guichet.QueryStatus:
		return "t.state IN " + in(&p.builder, statesOf(c.Values))
	case guichet.QueryIs:
		return p.is(u, c.Values)
	case guichet.QueryService:
		return p.belowAny("t.service_id", "service_closure", c.ids)
	case guichet.QueryOrganisation:
		return p.belowAny("t.organisation_id", "organisation_closure", c.ids)
	case guichet.QueryTeam:
		return "t.team_id IN " + in(&p.builder, c.ids)
	case guichet.QueryAssignee:
		either := []string{"t.assignee_id IN " + in(&p.builder, c.ids)}
		if c.none {
			either = append(either, "t.assignee_id IS NULL")
		}
		return anyOf(either)
	case guichet.QueryRequester:
		return p.takesPart(c.ids, asked)
	case guichet.QueryPriority:
		return oneOf("t.priority", c.Values)
	case guichet.QueryKind:
		return oneOf("t.kind", c.Values)
	case guichet.QueryLevel:
		return oneOf("t.level", c.Values)
	case guichet.QueryTag:
		return "EXISTS (SELECT 1 FROM ticket_tag g WHERE g.ticket_id = t.id AND g.tag IN " + in(&p.builder, c.Values) + ")"
	case guichet.QueryNumber:
		return p.numbered(c.Values)
	case guichet.QueryUnread:
		return p.fresh(u, c.Values)
	}
	return p.times(c)
}

// oneOf compares a column with values of a closed list, which stand in the statement as they are: the
// engine then sees that an index holds them.
func oneOf(column string, values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "'" + strings.ReplaceAll(v, "'", "''") + "'"
	}
	if len(quoted) == 1 {
		return column + " = " + quoted[0]
	}
	return column + " IN (" + strings.Join(quoted, ", ") + ")"
}

func (p *plan) belowAny(column, closure string, roots []guichet.ID) string {
	var either []string
	for _, root := range roots {
		either = append(either, p.below(column, closure, root))
	}
	return anyOf(either)
}

func (p *plan) numbered(values []string) string {
	var marks []string
	for _, v := range values {
		n, err := strconv.ParseInt(v, 10, 64)
		if err == nil {
			marks = append(marks, p.arg(n))
		}
	}
	if len(marks) == 0 {
		return "1 = 0"
	}
	return "t.number IN (" + strings.Join(marks, ", ") + ")"
}

func (p *plan) fresh(u understood, values []string) string {
	var either []string
	for _, v := range values {
		news := "(" + p.news(u) + ")"
		if v == guichet.QueryNo {
			news += " IS NOT TRUE"
		}
		either = append(either, news)
	}
	return anyOf(either)
}

func (p *plan) is(u understood, values []string) string {
	var either []string
	if states := statesOf(values); len(states) > 0 {
		either = append(either, "t.state IN "+in(&p.builder, states))
	}
	me := string(u.Asker.Person.ID)
	for _, v := range values {
		switch v {
		case guichet.QueryUnassigned:
			either = append(either, "t.assignee_id IS NULL")
		case guichet.QueryMine:
			either = append(either, "t.assignee_id = "+p.arg(me))
		case guichet.QueryFollowed:
			either = append(either, p.takesPart([]guichet.ID{guichet.ID(me)}, "1 = 1"))
		case guichet.QueryReopened:
			either = append(either, "t.reopened > 0")
		case guichet.QueryFiles:
			files := "EXISTS (SELECT 1 FROM document f WHERE f.ticket_id = t.id AND (f.internal = FALSE OR " + p.handles(u.Scope) + "))"
			either = append(either, files)
		case guichet.QueryOverdue:
			either = append(either, "(EXISTS (SELECT 1 FROM ticket_clock d WHERE d.ticket_id = t.id AND d.due_at > 0 AND d.due_at < "+
				p.arg(micros(u.now))+") AND "+p.handles(u.Scope)+")")
		}
	}
	return anyOf(either)
}

// handles is the condition that the reader handles the ticket: by a team or an area, as its technician, or as that of
// one of its tasks, as the page of the ticket has it.
func (b *builder) handles(s guichet.Scope) string {
	if s.All {
		return "1 = 1"
	}
	either := b.handled(s)
	if s.PersonID != "" {
		me := b.arg(string(s.PersonID))
		either = append(either, "t.assignee_id = "+me,
			"EXISTS (SELECT 1 FROM ticket_party h WHERE h.person_id = "+me+" AND h.ticket_id = t.id AND h.role = 'assignee')")
	}
	return anyOf(either)
}

// knows is handles as a column.
func (b *builder) knows(s guichet.Scope) string {
	if s.All {
		return "TRUE"
	}
	return "(" + b.handles(s) + ") IS TRUE"
}

// times is the condition that a time stands in one of the periods of a term. The plus keeps the engine from reading all
// that was opened in a period before it puts it in order.
func (p *plan) times(c clause) string {
	column := map[guichet.QueryField]string{guichet.QueryCreated: "+t.opened_at", guichet.QueryUpdated: "t.updated_at",
		guichet.QueryResolved: "t.resolved_at", guichet.QueryResumes: "t.pending_until", guichet.QueryDue: "d.due_at"}[c.Field]
	var either []string
	for _, period := range c.periods {
		both := []string{column + " > 0"}
		if !period.From.IsZero() {
			both = append(both, column+" >= "+p.arg(micros(period.From)))
		}
		if !period.To.IsZero() {
			both = append(both, column+" < "+p.arg(micros(period.To)))
		}
		either = append(either, "("+strings.Join(both, " AND ")+")")
	}
	if c.Field != guichet.QueryDue {
		if c.none {
			either = append(either, column+" = 0")
		}
		return anyOf(either)
	}
	var out []string
	if len(either) > 0 {
		out = append(out, "EXISTS (SELECT 1 FROM ticket_clock d WHERE d.ticket_id = t.id AND "+anyOf(either)+")")
	}
	if c.none {
		out = append(out, "NOT EXISTS (SELECT 1 FROM ticket_clock d WHERE d.ticket_id = t.id AND d.due_at > 0)")
	}
	return anyOf(out)
}
