package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// world is a small desk made at random, with its tickets.
type world struct {
	desk    *guichet.Desk
	people  []guichet.ID
	tickets []guichet.Ticket
	parties map[guichet.ID][]guichet.Party
}

func keys(prefix string, n int) []guichet.ID {
	var out []guichet.ID
	for i := range n {
		out = append(out, guichet.ID(fmt.Sprint(prefix, i)))
	}
	return out
}

// sometimes draws one of the values, or none.
func sometimes(t *rapid.T, label string, values []guichet.ID) guichet.ID {
	return rapid.SampledFrom(append([]guichet.ID{""}, values...)).Draw(t, label)
}

// parent draws the parent of the n-th node of a tree among those before it.
func parent(t *rapid.T, ids []guichet.ID, n int) guichet.ID { return sometimes(t, "parent", ids[:n]) }

func drawWorld(t *rapid.T) *world {
	w := &world{people: keys("p", 3), parties: map[guichet.ID][]guichet.Party{}, desk: &guichet.Desk{
		Organisations: map[guichet.ID]guichet.Organisation{}, Services: map[guichet.ID]guichet.Service{},
		Teams: map[guichet.ID]guichet.Team{"m0": {ID: "m0"}, "m1": {ID: "m1"}}}}
	organisations, services := keys("o", rapid.IntRange(1, 5).Draw(t, "organisations")), keys("s", rapid.IntRange(1, 5).Draw(t, "services"))
	for i, id := range organisations {
		w.desk.Organisations[id] = guichet.Organisation{ID: id, ParentID: parent(t, organisations, i)}
	}
	for i, id := range services {
		w.desk.Services[id] = guichet.Service{ID: id, ParentID: parent(t, services, i)}
	}
	w.desk.Index()
	for i := range rapid.IntRange(0, 9).Draw(t, "tickets") {
		w.add(t, i, organisations, services)
	}
	return w
}

func (w *world) add(t *rapid.T, i int, organisations, services []guichet.ID) {
	person := rapid.SampledFrom(w.people)
	at := time.UnixMicro(1_000_000 + rapid.Int64Range(0, 3).Draw(t, "at")).UTC()
	ticket := guichet.Ticket{ID: guichet.ID(fmt.Sprint("t", i)), Kind: rapid.SampledFrom([]guichet.Kind{guichet.KindIncident, guichet.KindRequest, guichet.KindProblem}).Draw(t, "kind"),
		State: rapid.SampledFrom(guichet.States()).Draw(t, "state"), RequesterID: person.Draw(t, "requester"), BeneficiaryID: person.Draw(t, "beneficiary"),
		OpenedByID: person.Draw(t, "opened by"), OrganisationID: sometimes(t, "organisation", organisations), ServiceID: sometimes(t, "service", services),
		TeamID: sometimes(t, "team", []guichet.ID{"m0", "m1"}), AssigneeID: sometimes(t, "assignee", w.people),
		Priority: rapid.SampledFrom([]guichet.Priority{guichet.PriorityLow, guichet.PriorityHigh}).Draw(t, "priority"), OpenedAt: at, UpdatedAt: at,
		Level: guichet.Level1, Impact: guichet.GradeHigh, Tags: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"red", "blue"}), 0, 1, rapid.ID).Draw(t, "tags")}
	list := []guichet.Party{{PersonID: ticket.RequesterID, Role: guichet.PartyRequester}}
	if ticket.BeneficiaryID != ticket.RequesterID {
		list = append(list, guichet.Party{PersonID: ticket.BeneficiaryID, Role: guichet.PartyBeneficiary})
	}
	if ticket.AssigneeID != "" {
		list = append(list, guichet.Party{PersonID: ticket.AssigneeID, Role: guichet.PartyAssignee})
	}
	if helper := sometimes(t, "helper", w.people); helper != "" && helper != ticket.AssigneeID {
		list = append(list, guichet.Party{PersonID: helper, Role: guichet.PartyAssignee}) // who holds a task of it
	}
	if observer := sometimes(t, "observer", w.people); observer != "" {
		list = append(list, guichet.Party{PersonID: observer, Role: guichet.PartyObserver})
	}
	w.tickets, w.parties[ticket.ID] = append(w.tickets, ticket), list
}

// save writes the world in the transaction of the test, which ends undone.
func (w *world) save(ctx context.Context, t *rapid.T, tx *store.Tx) {
	check := func(err error) {
		if err != nil {
			t.Fatalf("save: %v", err)
		}
	}
	check(tx.SaveDesk(ctx, w.desk))
	for _, id := range w.people {
		check(tx.SavePerson(ctx, guichet.Person{ID: id, Active: true}))
	}
	for i := range w.tickets {
		check(tx.InsertTicket(ctx, &w.tickets[i]))
		for _, p := range w.parties[w.tickets[i].ID] {
			check(tx.AddParty(ctx, w.tickets[i].ID, p))
		}
	}
}

// drawScope is what an actor with grants at random may read.
func drawScope(t *rapid.T, w *world) guichet.Scope {
	permissions := rapid.SliceOfN(rapid.SampledFrom([]guichet.Permission{guichet.PermissionRead, guichet.PermissionFollow, guichet.PermissionWork}), 0, 2)
	actor := guichet.Actor{Person: guichet.Person{ID: sometimes(t, "me", w.people)},
		TeamIDs: rapid.SliceOfDistinct(rapid.SampledFrom([]guichet.ID{"m0", "m1"}), rapid.ID).Draw(t, "teams"),
		Roles:   map[guichet.ID]guichet.Role{"r0": {Permissions: permissions.Draw(t, "r0")}, "r1": {Permissions: permissions.Draw(t, "r1")}},
		System:  rapid.IntRange(0, 20).Draw(t, "system") == 20}
	for range rapid.IntRange(0, 3).Draw(t, "grants") {
		actor.Grants = append(actor.Grants, guichet.Grant{RoleID: rapid.SampledFrom([]guichet.ID{"r0", "r1"}).Draw(t, "role"),
			OrganisationID: sometimes(t, "over", []guichet.ID{"o0", "o1", "o2", "unknown"}), ServiceID: sometimes(t, "of", []guichet.ID{"s0", "s1", "s2"})})
	}
	return actor.Scope()
}

func drawQuery(t *rapid.T, w *world) store.TicketQuery {
	maybe := func(label string) bool { return rapid.IntRange(0, 4).Draw(t, label) == 0 }
	q := store.TicketQuery{Open: maybe("open"), Unfinished: maybe("unfinished"), Final: maybe("final"), Unassigned: maybe("unassigned")}
	if maybe("assignee") {
		q.AssigneeID = "p0"
	}
	if maybe("opened for") {
		q.OpenedForID = "p1"
	}
	if maybe("by service") {
		q.ServiceID = rapid.SampledFrom([]guichet.ID{"s0", "s1", "unknown"}).Draw(t, "below service")
	}
	if maybe("by organisation") {
		q.Organisation = rapid.SampledFrom([]guichet.ID{"o0", "o1"}).Draw(t, "below organisation")
	}
	if maybe("states") {
		q.States = rapid.SliceOfNDistinct(rapid.SampledFrom(guichet.States()), 1, 4, rapid.ID).Draw(t, "in states")
	}
	if maybe("teams") {
		q.TeamIDs = rapid.SliceOfNDistinct(rapid.SampledFrom([]guichet.ID{"m0", "m1"}), 1, 2, rapid.ID).Draw(t, "of teams")
	}
	if maybe("requesters") {
		q.RequesterIDs = rapid.SliceOfNDistinct(rapid.SampledFrom(w.people), 1, 2, rapid.ID).Draw(t, "of requesters")
	}
	if maybe("kinds") {
		q.Kinds, q.Priorities = []guichet.Kind{guichet.KindIncident}, []guichet.Priority{guichet.PriorityLow}
	}
	if maybe("tag") {
		q.Tag = "red"
	}
	return q
}

// handles is what a scope handles, said plainly.
func (w *world) handles(s guichet.Scope, t guichet.Ticket) bool {
	return s.Covers(t, w.desk.Place(nil)) || guichet.Actor{Person: guichet.Person{ID: s.PersonID}}.Helps(w.desk.Place(w.parties[t.ID]))
}

// tells checks that a row tells what is reserved to those who handle its ticket, and to nobody else.
func (w *world) tells(r *rapid.T, q store.TicketQuery, row store.TicketRow) {
	i := slices.IndexFunc(w.tickets, func(t guichet.Ticket) bool { return t.ID == row.ID })
	handles := w.handles(q.Scope, w.tickets[i])
	if row.Handled != handles || (row.Level != "") != handles || (row.Impact != "") != handles || !handles && (len(row.Tags) > 0 || !row.DueAt.IsZero()) ||
		handles && !slices.Equal(row.Tags, w.tickets[i].Tags) {
		r.Fatalf("scope %+v, ticket %+v, handled %t: the row tells %+v", q.Scope, w.tickets[i], handles, row)
	}
}

// holds is what a query means, said plainly.
func (w *world) holds(q store.TicketQuery, t guichet.Ticket) bool {
	place := w.desk.Place(w.parties[t.ID])
	takesPart := func(person guichet.ID) bool {
		return slices.ContainsFunc(place.Parties, func(p guichet.Party) bool { return p.PersonID == person })
	}
	return q.Scope.Sees(t, place) && (q.Tag == "" || slices.Contains(t.Tags, q.Tag) && w.handles(q.Scope, t)) &&
		(!q.Open || t.State.Open()) && (!q.Unfinished || !t.State.Final()) && (!q.Final || t.State.Final()) &&
		(len(q.States) == 0 || slices.Contains(q.States, t.State)) &&
		(q.AssigneeID == "" || t.AssigneeID == q.AssigneeID) && (!q.Unassigned || t.AssigneeID == "") &&
		(len(q.TeamIDs) == 0 || slices.Contains(q.TeamIDs, t.TeamID)) &&
		(q.ServiceID == "" || place.Services.Within(t.ServiceID, q.ServiceID)) &&
		(q.Organisation == "" || place.Organisations.Within(t.OrganisationID, q.Organisation)) &&
		(len(q.RequesterIDs) == 0 || slices.Contains(q.RequesterIDs, t.RequesterID) || slices.Contains(q.RequesterIDs, t.BeneficiaryID)) &&
		(q.OpenedForID == "" || t.OpenedByID == q.OpenedForID && t.BeneficiaryID != q.OpenedForID && takesPart(q.OpenedForID)) &&
		(len(q.Kinds) == 0 || slices.Contains(q.Kinds, t.Kind)) && (len(q.Priorities) == 0 || slices.Contains(q.Priorities, t.Priority))
}

// expected lists the tickets of a query in the order of lists.
func (w *world) expected(q store.TicketQuery) []guichet.ID {
	var held []guichet.Ticket
	for _, t := range w.tickets {
		if w.holds(q, t) {
			held = append(held, t)
		}
	}
	slices.SortFunc(held, func(a, b guichet.Ticket) int {
		if c := b.UpdatedAt.Compare(a.UpdatedAt); c != 0 {
			return c
		}
		return -1 * compare(a.ID, b.ID)
	})
	var out []guichet.ID
	for _, t := range held {
		out = append(out, t.ID)
	}
	return out
}

func compare(a, b guichet.ID) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// errUndo ends a transaction without writing it.
var errUndo = errors.New("undo")

// inWorld runs a property in the transaction of a world made at random.
func inWorld(t *testing.T, property func(context.Context, *rapid.T, *store.Tx, *world)) {
	s := storetest.Open(t, nil)
	ctx := context.Background()
	for range 4 { // a hundred worlds are too few for rare pairs of conditions
		rapid.Check(t, func(r *rapid.T) { playWorld(ctx, r, s, property) })
	}
}

func playWorld(ctx context.Context, r *rapid.T, s *store.Store, property func(context.Context, *rapid.T, *store.Tx, *world)) {
	w := drawWorld(r)
	err := s.Write(ctx, func(tx *store.Tx) error {
		w.save(ctx, r, tx)
		property(ctx, r, tx, w)
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		r.Fatalf("write: %v", err)
	}
}

// The rule of rights and the condition of lists are one: what Scope.Sees says of a ticket is what the
// database finds (see guichet.Scope).
func TestScopeIsTheSameInGoAndInTheDatabase(t *testing.T) {
	inWorld(t, func(ctx context.Context, r *rapid.T, tx *store.Tx, w *world) {
		scope := drawScope(r, w)
		for _, ticket := range w.tickets {
			_, err := tx.Ticket(ctx, scope, ticket.Number)
			if found, sees := err == nil, scope.Sees(ticket, w.desk.Place(w.parties[ticket.ID])); found != sees {
				r.Fatalf("scope %+v, ticket %+v, parties %v: sees %t, found %t (%v)", scope, ticket, w.parties[ticket.ID], sees, found, err)
			}
		}
		compareLists(ctx, r, tx, w, store.TicketQuery{Scope: scope})
	})
}

// Where tickets stand says all that the rule of rights looks at: what the news are judged by is what the rule says.
func TestSpotsAreSeenAsTheirTickets(t *testing.T) {
	inWorld(t, func(ctx context.Context, r *rapid.T, tx *store.Tx, w *world) {
		scope := drawScope(r, w)
		var ids []guichet.ID
		for _, ticket := range w.tickets {
			ids = append(ids, ticket.ID)
		}
		spots, err := tx.Spots(ctx, ids)
		if err != nil || len(spots) != len(ids) {
			r.Fatalf("%d spots of %d (%v)", len(spots), len(ids), err)
		}
		for _, ticket := range w.tickets {
			spot := spots[ticket.ID]
			if told, sees := scope.Sees(spot.Ticket, w.desk.Place(spot.Parties)), scope.Sees(ticket, w.desk.Place(w.parties[ticket.ID])); told != sees {
				r.Fatalf("scope %+v, ticket %+v: sees %t, by its spot %t", scope, ticket, sees, told)
			}
		}
	})
}

// Whatever is asked, a list holds what the query says, each ticket once, in order, by pages of any size.
func TestListsHoldWhatTheyAreAskedFor(t *testing.T) {
	inWorld(t, func(ctx context.Context, r *rapid.T, tx *store.Tx, w *world) {
		q := drawQuery(r, w)
		q.Scope = drawScope(r, w)
		compareLists(ctx, r, tx, w, q)
	})
}

func compareLists(ctx context.Context, r *rapid.T, tx *store.Tx, w *world, q store.TicketQuery) {
	want := w.expected(q)
	q.Limit = rapid.IntRange(1, 4).Draw(r, "page")
	n, err := tx.CountTickets(ctx, q, 100)
	if err != nil || n != len(want) {
		r.Fatalf("%+v counts %d (%v), want %d", q, n, err, len(want))
	}
	kept, err := tx.Counts(ctx, []store.TicketQuery{q}, 100)
	if err != nil || kept[0] != (store.Count{N: len(want)}) {
		r.Fatalf("%+v keeps %+v (%v), want %d", q, kept, err, len(want))
	}
	var got []guichet.ID
	for {
		rows, _, err := tx.Tickets(ctx, q)
		if err != nil {
			r.Fatalf("list: %v", err)
		}
		for _, row := range rows {
			w.tells(r, q, row)
			got = append(got, row.ID)
		}
		if len(rows) < q.Limit {
			break
		}
		last := rows[len(rows)-1]
		q.After = store.Cursor{UpdatedAt: last.UpdatedAt, ID: last.ID}
	}
	if !slices.Equal(got, want) {
		r.Fatalf("%+v holds %v, want %v", q, got, want)
	}
}
