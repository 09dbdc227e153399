package live

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"guichet"
	"guichet/internal/store"
)

func some(t *rapid.T, label string, n int) guichet.ID {
	i := rapid.IntRange(0, n).Draw(t, label)
	if i == 0 {
		return ""
	}
	return guichet.ID(fmt.Sprint(label[:1], i))
}

var kinds = rapid.SampledFrom([]guichet.Kind{guichet.KindIncident, guichet.KindRequest, guichet.KindProblem})

func drawActor(t *rapid.T) guichet.Actor {
	permissions := rapid.SliceOfN(rapid.SampledFrom([]guichet.Permission{guichet.PermissionRead, guichet.PermissionFollow, guichet.PermissionWork}), 0, 2)
	a := guichet.Actor{Person: guichet.Person{ID: guichet.ID(fmt.Sprint("p", rapid.IntRange(1, 3).Draw(t, "me")))},
		Roles: map[guichet.ID]guichet.Role{"r1": {Permissions: permissions.Draw(t, "r1")}, "r2": {Permissions: permissions.Draw(t, "r2")}}}
	if team := some(t, "team", 2); team != "" {
		a.TeamIDs = []guichet.ID{team}
	}
	for range rapid.IntRange(0, 2).Draw(t, "grants") {
		a.Grants = append(a.Grants, guichet.Grant{RoleID: rapid.SampledFrom([]guichet.ID{"r1", "r2"}).Draw(t, "role"),
			OrganisationID: some(t, "organisation", 3), ServiceID: some(t, "service", 3)})
	}
	return a
}

// TestWhatIsToldIsWhatIsSeen: for any actor and any piece of news, the stream tells of a ticket if and only if
// the scope sees it, that it is gone if and only if it saw it before and no longer does, and of internal events
// those alone who handle it; who does not is told no version.
func TestWhatIsToldIsWhatIsSeen(t *testing.T) {
	desk := &guichet.Desk{Organisations: map[guichet.ID]guichet.Organisation{"o1": {ID: "o1"}, "o2": {ID: "o2", ParentID: "o1"}, "o3": {ID: "o3"}},
		Services: map[guichet.ID]guichet.Service{"s1": {ID: "s1"}, "s2": {ID: "s2", ParentID: "s1"}, "s3": {ID: "s3"}}}
	desk.Index()
	rapid.Check(t, func(t *rapid.T) {
		actor := drawActor(t)
		now := guichet.Ticket{ID: "t", Number: 7, Version: 3, Kind: kinds.Draw(t, "kind"), OrganisationID: some(t, "organisation", 3), ServiceID: some(t, "service", 3), TeamID: some(t, "team", 2)}
		spot := store.Spot{Ticket: now, Parties: []guichet.Party{{PersonID: some(t, "person", 3), Role: guichet.PartyRequester}, {PersonID: some(t, "person", 3), Role: guichet.PartyAssignee}}}
		n := store.TicketNews{TicketID: "t"}
		if n.Moved = rapid.Bool().Draw(t, "moved"); n.Moved {
			n.TeamID, n.ServiceID, n.Kind = some(t, "team", 2), some(t, "service", 3), kinds.Draw(t, "kind before")
		}
		if left := some(t, "person", 3); left != "" {
			n.Left = []guichet.ID{left}
		}
		public := 0
		for range rapid.IntRange(0, 3).Draw(t, "events") {
			internal := rapid.Bool().Draw(t, "internal")
			n.Events = append(n.Events, store.EventNews{Kind: guichet.EventNoted, Internal: internal, ActorID: some(t, "person", 3)})
			if !internal {
				public++
			}
		}
		l := lookAt(desk, n, spot, nil)
		m, told := judge(actor, actor.Scope(), &l)
		sees, saw := actor.Scope().Sees(l.now, l.place), actor.Scope().Sees(l.before, l.placeBefore)
		handles, handled := actor.Handles(l.now, l.place), actor.Handles(l.before, l.placeBefore)
		want := public
		if handles {
			want = len(n.Events)
		}
		switch {
		case !sees && (told != saw || m.Kind != Gone || len(m.Events) > 0 || m.Version != 0):
			t.Fatalf("not seen, seen before %v: told %v %+v", saw, told, m)
		case sees && told != (want > 0 || handled && !handles):
			t.Fatalf("seen, %d events to tell: told %v", want, told)
		case sees && (m.Kind != Ticket || len(m.Events) != want || (m.Version != 0) != handles):
			t.Fatalf("handles %v: %+v, want %d events", handles, m, want)
		}
	})
}
