package store

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync"
	"time"

	"guichet"
)

// Count is how many tickets a query finds.
type Count struct {
	N       int
	AtLeast bool // there are more: counting stopped
}

// Counts counts the tickets of each query; they are all of one actor, in one scope. What is made of the dimensions of the cells is
// a sum of cells, and exact; anything else (words, dates, tags, what is finished) is counted up to a limit. A
// query that names what does not exist counts -1.
func (tx *Tx) Counts(ctx context.Context, queries []TicketQuery, limit int) ([]Count, error) {
	if len(queries) == 0 {
		return nil, nil
	}
	scope, actor := queries[0].Scope, queries[0].Asker
	desk, err := tx.Desk(ctx)
	if err != nil {
		return nil, err
	}
	if err := tx.saveCells(ctx); err != nil {
		return nil, err
	}
	c := counter{Tx: tx, desk: desk, limit: limit, known: tx.remembered(desk, scope, actor)}
	out := make([]Count, len(queries))
	for i, q := range queries {
		out[i], err = c.count(ctx, q)
		if guichet.KindOf(err) == guichet.KindInvalid && err != nil {
			out[i], err = Count{N: -1}, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// counter counts several queries of one actor.
type counter struct {
	*Tx
	desk   *guichet.Desk
	limit  int
	known  scopeTallies
	census *census // taken when the first query needs it
}

func (c *counter) count(ctx context.Context, q TicketQuery) (Count, error) {
	u, err := c.understand(ctx, q)
	if err != nil {
		return Count{}, err
	}
	plain := u.plain()
	if plain && u.DueBefore.IsZero() && !slices.Contains(u.phases(), 2) {
		n, err := c.known.get(u.signature(), func() (int, error) { return c.sum(ctx, u) })
		return Count{N: n}, err
	}
	limited := func() (int, error) { return c.CountTickets(ctx, q, c.limit+1) }
	if !plain {
		n, err := limited()
		return Count{min(n, c.limit), n > c.limit}, err
	}
	n, err := c.known.get(u.signature(), limited)
	return Count{min(n, c.limit), n > c.limit}, err
}

// plain reports whether a query asks for nothing but where tickets stand, and until when something is due: what it counts
// changes with the tickets alone. Of unfinished ones whatever their dates it is a sum of cells.
func (u understood) plain() bool {
	if len(u.Query.Of(guichet.QueryWords)) > 0 {
		return false
	}
	rest := u.TicketQuery
	rest.Scope, rest.Asker, rest.Query = guichet.Scope{}, guichet.Actor{}, guichet.Query{}
	rest.States, rest.Open, rest.Unfinished, rest.Final = nil, false, false, false
	rest.AssigneeID, rest.Unassigned, rest.TeamIDs = "", false, nil
	rest.ServiceID, rest.Organisation, rest.Priorities, rest.Kinds = "", "", nil, nil
	rest.DueBefore, rest.Limit, rest.Order, rest.SeenBy = time.Time{}, 0, guichet.Order{}, ""
	return reflect.ValueOf(rest).IsZero() && !slices.ContainsFunc(u.clauses, func(c clause) bool { return !c.ofCells() })
}

// ofCells reports a term about the dimensions of the cells.
func (c clause) ofCells() bool {
	switch c.Field {
	case guichet.QueryStatus, guichet.QueryService, guichet.QueryOrganisation, guichet.QueryTeam, guichet.QueryPriority,
		guichet.QueryKind, guichet.QueryLevel:
		return true
	case guichet.QueryIs:
		return onlyStates(c.Values)
	case guichet.QueryAssignee:
		return len(c.ids) == 0
	}
	return false
}

// signature tells plain queries apart.
func (u understood) signature() string {
	return fmt.Sprint(u.nothing, u.phases(), u.States, u.AssigneeID, u.Unassigned, u.TeamIDs, u.ServiceID, u.Organisation, u.Priorities,
		u.Kinds, micros(u.DueBefore), u.clauses)
}

// census is what a scope holds: the cells that it handles, and the unfinished tickets in which its person
// takes part, one by one.
type census struct {
	cells    []counted
	followed []counted
	own      []ownTicket
}

type ownTicket struct {
	cell
	assignee guichet.ID
	counted  bool // it stands in one of the cells too
	handled  bool // the person handles it
}

func (tx *Tx) takeCensus(ctx context.Context, desk *guichet.Desk, s guichet.Scope) (*census, error) {
	cells, err := tx.cellsOf(ctx, s)
	if err != nil {
		return nil, err
	}
	followed, err := tx.cellsFollowed(ctx, s)
	if err != nil || s.PersonID == "" {
		return &census{cells: cells, followed: followed}, err
	}
	own, err := many(ctx, tx, func(r scanner) (o ownTicket, err error) {
		return o, r.Scan(&o.team, &o.service, &o.organisation, &o.level, &o.state, &o.priority, &o.kind, &o.held, &o.assignee, &o.handled)
	}, `SELECT COALESCE(t.team_id, ''), COALESCE(t.service_id, ''), COALESCE(t.organisation_id, ''), t.level, t.state, t.priority,
			t.kind, t.assignee_id IS NOT NULL, COALESCE(t.assignee_id, ''),
			EXISTS (SELECT 1 FROM ticket_party h WHERE h.person_id = $1 AND h.ticket_id = t.id AND h.role = 'assignee')
		FROM ticket t WHERE t.id IN (SELECT y.ticket_id FROM ticket_party y WHERE y.person_id = $1 AND y.phase IN (0, 1))`, string(s.PersonID))
	place := desk.Place(nil)
	for i, o := range own {
		own[i].counted, own[i].handled = s.Sees(o.ticket(), place), o.handled || s.Covers(o.ticket(), place)
	}
	return &census{cells, followed, own}, err
}

// sum counts one exact query.
func (c *counter) sum(ctx context.Context, u understood) (int, error) {
	if u.nothing || len(u.phases()) == 0 {
		return 0, nil
	}
	if u.AssigneeID != "" && u.AssigneeID != u.Scope.PersonID {
		return c.CountTickets(ctx, u.TicketQuery, math.MaxInt32) // what one person has in hand is few
	}
	if c.census == nil {
		taken, err := c.takeCensus(ctx, c.desk, u.Scope)
		if err != nil {
			return 0, err
		}
		c.census = taken
	}
	return c.census.count(c.desk, u), nil
}

func (c *census) count(desk *guichet.Desk, u understood) int {
	m := newMatcher(desk, u)
	n := 0
	if u.AssigneeID == "" {
		for _, x := range c.cells {
			if m.holds(x.cell, true) {
				n += int(x.n)
			}
		}
		for _, x := range c.followed {
			if m.holds(x.cell, false) {
				n += int(x.n)
			}
		}
	}
	for _, o := range c.own {
		counts := !o.counted
		if u.AssigneeID != "" {
			counts = o.assignee == u.AssigneeID
		}
		if counts && m.holds(o.cell, o.handled) {
			n++
		}
	}
	return n
}

// matcher is an exact query ready to look at many cells.
type matcher struct {
	understood
	services, organisations []set // the subtrees sought, each of which holds the cell
	phase                   [allPhases]bool
}

// set is a subtree, or several; not: the cell is outside.
type set struct {
	nodes map[guichet.ID]bool
	not   bool
}

func newMatcher(desk *guichet.Desk, u understood) matcher {
	m := matcher{understood: u}
	place := desk.Place(nil)
	service := func(not bool, roots ...guichet.ID) {
		m.services = append(m.services, set{below(desk.Services, place.Services, roots), not})
	}
	organisation := func(not bool, roots ...guichet.ID) {
		m.organisations = append(m.organisations, set{below(desk.Organisations, place.Organisations, roots), not})
	}
	if u.ServiceID != "" {
		service(false, u.ServiceID)
	}
	if u.Organisation != "" {
		organisation(false, u.Organisation)
	}
	for _, c := range u.clauses {
		switch c.Field {
		case guichet.QueryService:
			service(c.Not, c.ids...)
		case guichet.QueryOrganisation:
			organisation(c.Not, c.ids...)
		}
	}
	for _, p := range u.phases() {
		m.phase[p] = true
	}
	return m
}

// below lists the nodes of some subtrees.
func below[T any](nodes map[guichet.ID]T, tree guichet.Tree, roots []guichet.ID) map[guichet.ID]bool {
	in := map[guichet.ID]bool{}
	for id := range nodes {
		in[id] = slices.ContainsFunc(roots, func(root guichet.ID) bool { return tree.Within(id, root) })
	}
	return in
}

// holds reports whether the tickets of a cell are sought; known tells whether the reader handles them.
func (m matcher) holds(c cell, known bool) bool {
	if !m.phase[phase(c.state)] || m.Unassigned && c.held || !among(m.States, c.state) || !among(m.TeamIDs, c.team) ||
		!among(m.Priorities, c.priority) || !among(m.Kinds, c.kind) {
		return false
	}
	outside := func(id guichet.ID) func(set) bool { return func(s set) bool { return s.nodes[id] == s.not } }
	if slices.ContainsFunc(m.services, outside(c.service)) || slices.ContainsFunc(m.organisations, outside(c.organisation)) {
		return false
	}
	return !slices.ContainsFunc(m.clauses, func(t clause) bool {
		return t.about(c) == t.Not || reserved(t.Field) && !known
	})
}

// about reports whether one of the values of a term is that of a cell.
func (c clause) about(x cell) bool {
	switch c.Field {
	case guichet.QueryStatus, guichet.QueryIs:
		return slices.Contains(statesOf(c.Values), x.state)
	case guichet.QueryTeam:
		return x.team != "" && slices.Contains(c.ids, x.team)
	case guichet.QueryPriority:
		return slices.Contains(c.Values, string(x.priority))
	case guichet.QueryKind:
		return slices.Contains(c.Values, string(x.kind))
	case guichet.QueryLevel:
		return slices.Contains(c.Values, string(x.level))
	case guichet.QueryAssignee:
		return c.none && !x.held
	}
	return !c.Not // those of subtrees were looked at
}

// among reports whether a value is one of those sought; none sought: any is.
func among[T comparable](sought []T, v T) bool { return len(sought) == 0 || slices.Contains(sought, v) }

// tallies remembers sums until a ticket changes, on an engine that one node alone works on.
type tallies struct {
	mu    sync.Mutex
	never bool
	turn  int // moves with every change
	sums  map[string]map[string]int
	total int
}

// maxTallies bounds what is remembered.
const maxTallies = 10_000

// forget is called once a change is committed.
func (t *tallies) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turn++
	t.sums, t.total = nil, 0
}

// remembered are the sums of an actor in a scope; none in a transaction, where what is read may be rolled back.
func (tx *Tx) remembered(desk *guichet.Desk, scope guichet.Scope, actor guichet.Actor) scopeTallies {
	known := tx.store.tallies.of(fmt.Sprint(desk.Revision, scope, actor.Person.ID, actor.TeamIDs))
	known.off = known.off || tx.tx != nil
	return known
}

// of is what is remembered for a scope.
func (t *tallies) of(scope string) scopeTallies {
	t.mu.Lock()
	defer t.mu.Unlock()
	return scopeTallies{t, scope, t.turn, t.never}
}

type scopeTallies struct {
	*tallies
	scope string
	asked int // the turn in which counting began
	off   bool
}

// get returns a sum, worked out when it is not known. One that was worked out while something changed is not
// remembered.
func (t scopeTallies) get(query string, sum func() (int, error)) (int, error) {
	if t.off {
		return sum()
	}
	t.mu.Lock()
	n, known := t.sums[t.scope][query]
	t.mu.Unlock()
	if known {
		return n, nil
	}
	n, err := sum()
	if err != nil {
		return n, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.turn != t.asked {
		return n, nil
	}
	if t.total >= maxTallies || t.sums == nil {
		t.sums, t.total = map[string]map[string]int{}, 0
	}
	if t.sums[t.scope] == nil {
		t.sums[t.scope] = map[string]int{}
	}
	t.sums[t.scope][query] = n
	t.total++
	return n, nil
}
