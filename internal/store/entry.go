package store

import (
	"context"
	"slices"

	"guichet"
)

// entry is a way into the tickets: an index that holds, in the order of their last change, those of
// one team, of one person, of one service… Without a column it is the whole desk.
type entry struct {
	column string     // of ticket, or of ticket_party when it is about a person
	value  guichet.ID // what the column holds
	within guichet.ID // organisation to stay in; empty: any
	asked  bool       // the person is requester or beneficiary
	helps  bool       // the person is the technician, or that of a task
	phased bool       // the index parts the phases

	priority guichet.Priority // of the tickets; empty: any
	over     bool             // in a list by number: into what is finished, where it is else into what is not
	opened   guichet.Period   // when the tickets were opened, which are few; zero: any
}

// The columns of the entries by person and by tag, which are of tables beside the tickets.
const (
	takingPart = "y.person_id"
	tagged     = "y.tag"
)

// maxBranches bounds the entries of a plan, times the phases sought. A scope that needs more is wide:
// walking the newest tickets soon finds enough of them.
const maxBranches = 60

// entries chooses the narrowest way in, and returns what of the query is left to check.
func (tx *Tx) entries(ctx context.Context, q understood) ([]entry, understood, error) {
	if list, err := tx.openedEntry(ctx, q); err != nil || len(list) > 0 {
		return list, q, err
	}
	list, rest, err := tx.narrow(ctx, q)
	if err != nil || rest.chosen && len(list)*len(q.phases()) <= maxBranches {
		return list, rest.understood, err
	}
	if len(q.States) > 0 {
		list, rest := q.stateEntries(q.States)
		return list, rest, nil
	}
	return []entry{{phased: len(q.phases()) < allPhases}}, q, nil
}

// stateEntries are those by some states, as far as the query seeks them.
func (u understood) stateEntries(states []guichet.State) ([]entry, understood) {
	phases := u.phases()
	sought := slices.DeleteFunc(slices.Clone(states), func(s guichet.State) bool {
		return !slices.Contains(phases, phase(s)) || !among(u.States, s)
	})
	u.States = nil
	return each("t.state", sought, false), u
}

// dueEntries are the ways into the due dates: they are for those who handle tickets, by person, team, service or
// organisation, and not for those who only ask or follow.
func (tx *Tx) dueEntries(ctx context.Context, q understood) (list []entry, rest understood, err error) {
	rest = q
	switch {
	case q.AssigneeID != "":
		rest.AssigneeID = ""
		list = each("t.assignee_id", []guichet.ID{q.AssigneeID}, false)
	case len(q.TeamIDs) > 0:
		rest.TeamIDs = nil
		list = each("t.team_id", q.TeamIDs, false)
	case q.ServiceID != "":
		rest.ServiceID = ""
		list, err = tx.areaEntries(ctx, guichet.Area{ServiceID: q.ServiceID})
	case q.Organisation != "":
		rest.Organisation = ""
		list, err = tx.areaEntries(ctx, guichet.Area{OrganisationID: q.Organisation})
	case q.Scope.All:
		return []entry{{}}, rest, nil
	default:
		handled := q.Scope
		handled.Followed = nil
		rest.Scope = guichet.Scope{All: true}
		list, err = tx.scopeEntries(ctx, handled)
		for i := range list {
			list[i].helps = list[i].column == takingPart
		}
	}
	if len(list) > maxBranches {
		return []entry{{}}, q, err
	}
	return list, rest, err
}

// remainder is what of a query the entries do not answer, once they were chosen.
type remainder struct {
	understood
	chosen bool
}

// pick takes a clause that an entry answers away from what is left to check.
func (r *remainder) pick(field guichet.QueryField) (clause, bool) {
	i := slices.IndexFunc(r.clauses, func(c clause) bool { return c.Field == field && !c.Not && !c.none && len(c.ids) > 0 })
	if i < 0 {
		return clause{}, false
	}
	c := r.clauses[i]
	r.clauses = slices.Delete(slices.Clone(r.clauses), i, i+1)
	return c, true
}

// narrow looks for entries that the query names itself, then for those of the scope.
func (tx *Tx) narrow(ctx context.Context, q understood) (list []entry, rest remainder, err error) {
	rest = remainder{q, true}
	switch {
	case len(q.RequesterIDs) > 0:
		rest.RequesterIDs = nil
		list = each(takingPart, q.RequesterIDs, true)
		for i := range list {
			list[i].asked = true
		}
	case q.AssigneeID != "":
		rest.AssigneeID = ""
		list = each("t.assignee_id", []guichet.ID{q.AssigneeID}, true)
	case q.Tag != "" && !personal(q.Scope):
		rest.Tag = ""
		list = each(tagged, []guichet.ID{guichet.ID(q.Tag)}, true)
	case q.OpenedForID != "":
		list = each(takingPart, []guichet.ID{q.OpenedForID}, true)
	case personal(q.Scope):
		rest.Scope = q.unchecked()
		list, err = tx.scopeEntries(ctx, q.Scope)
	case len(q.TeamIDs) > 0:
		rest.TeamIDs = nil
		list = each("t.team_id", q.TeamIDs, true)
	case q.ServiceID != "":
		rest.ServiceID = ""
		list, err = tx.areaEntries(ctx, guichet.Area{ServiceID: q.ServiceID})
	case q.Organisation != "":
		rest.Organisation = ""
		list, err = tx.areaEntries(ctx, guichet.Area{OrganisationID: q.Organisation})
	default:
		return tx.narrowByName(ctx, q)
	}
	return list, rest, err
}

// narrowByName looks for entries among the terms that name several things, then for those of the scope.
func (tx *Tx) narrowByName(ctx context.Context, q understood) (list []entry, rest remainder, err error) {
	rest = remainder{q, true}
	if c, found := rest.pick(guichet.QueryAssignee); found {
		return each("t.assignee_id", c.ids, true), rest, nil
	}
	if c, found := rest.pick(guichet.QueryTeam); found {
		return each("t.team_id", c.ids, true), rest, nil
	}
	if c, found := rest.pick(guichet.QueryService); found {
		list, err = tx.areasEntries(ctx, c.ids, func(id guichet.ID) guichet.Area { return guichet.Area{ServiceID: id} })
		return list, rest, err
	}
	if c, found := rest.pick(guichet.QueryOrganisation); found {
		list, err = tx.areasEntries(ctx, c.ids, func(id guichet.ID) guichet.Area { return guichet.Area{OrganisationID: id} })
		return list, rest, err
	}
	if q.Scope.All {
		rest.chosen = false
		return nil, rest, nil
	}
	rest.Scope = q.unchecked()
	list, err = tx.scopeEntries(ctx, q.Scope)
	return list, rest, err
}

// unchecked is the scope that is left to check behind the entries of the scope itself: none, unless it matters which
// of these tickets are handled and which are only seen.
func (u understood) unchecked() guichet.Scope {
	matters := func(c clause) bool {
		return c.Field == guichet.QueryIs && (slices.Contains(c.Values, guichet.QueryOverdue) || slices.Contains(c.Values, guichet.QueryFiles))
	}
	if len(u.Scope.Followed) > 0 || slices.ContainsFunc(u.clauses, matters) {
		return u.Scope
	}
	return guichet.Scope{All: true}
}

// areasEntries are those of several subtrees, each node once.
func (tx *Tx) areasEntries(ctx context.Context, roots []guichet.ID, area func(guichet.ID) guichet.Area) ([]entry, error) {
	var list []entry
	for _, root := range roots {
		nodes, err := tx.areaEntries(ctx, area(root))
		if err != nil {
			return nil, err
		}
		for _, n := range nodes {
			if !slices.Contains(list, n) {
				list = append(list, n)
			}
		}
	}
	return list, nil
}

// personal reports a scope that holds nothing but what its person takes part in.
func personal(s guichet.Scope) bool {
	return !s.All && len(s.TeamIDs)+len(s.Areas)+len(s.Followed) == 0
}

func each[T ~string](column string, values []T, phased bool) []entry {
	list := make([]entry, len(values))
	for i, v := range values {
		list[i] = entry{column: column, value: guichet.ID(v), phased: phased}
	}
	return list
}

// scopeEntries are the ways by which an actor sees tickets: taking part, teams, areas.
func (tx *Tx) scopeEntries(ctx context.Context, s guichet.Scope) ([]entry, error) {
	list := each("t.team_id", s.TeamIDs, true)
	if s.PersonID != "" {
		list = append(list, entry{column: takingPart, value: s.PersonID, phased: true})
	}
	for _, a := range slices.Concat(s.Areas, s.Followed) {
		nodes, err := tx.areaEntries(ctx, a)
		if err != nil {
			return nil, err
		}
		list = append(list, nodes...)
	}
	return list, nil
}

// areaEntries are those of a subtree, one for each of its nodes: of the services, which are the
// narrower, or of the organisations. The area of the whole desk has one that is not parted.
func (tx *Tx) areaEntries(ctx context.Context, a guichet.Area) ([]entry, error) {
	column, closure, root := "t.service_id", "service_closure", a.ServiceID
	switch {
	case a == guichet.Area{}:
		return []entry{{phased: true}}, nil
	case a.ServiceID == "":
		column, closure, root = "t.organisation_id", "organisation_closure", a.OrganisationID
		a.OrganisationID = ""
	}
	nodes, err := many(ctx, tx, single[guichet.ID], `SELECT descendant_id FROM `+closure+`
		WHERE ancestor_id = $1 ORDER BY descendant_id`, string(root))
	list := each(column, nodes, true)
	for i := range list {
		list[i].within = a.OrganisationID
	}
	return list, err
}

// allPhases is how many phases there are.
const allPhases = 3

// phases are those of the tickets sought; none when the query contradicts itself.
func (q TicketQuery) phases() []int {
	var list []int
	for p := range allPhases {
		inPhase := func(s guichet.State) bool { return phase(s) == p }
		switch {
		case q.Open && p != 0, q.Unfinished && p == 2, q.Final && p != 2:
		case len(q.States) > 0 && !slices.ContainsFunc(q.States, inPhase):
		default:
			list = append(list, p)
		}
	}
	return list
}
