package guichet

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// anyActor holds roles at random over places of the desk of the tests.
func anyActor(t *rapid.T) Actor {
	a := Actor{Roles: map[ID]Role{}, System: rapid.IntRange(0, 15).Draw(t, "system") == 15}
	a.Person.ID = rapid.SampledFrom([]ID{"hugo", rita, ben, ann, ""}).Draw(t, "me")
	a.TeamIDs = rapid.SliceOfDistinct(rapid.SampledFrom([]ID{"pedago", "network"}), rapid.ID).Draw(t, "teams")
	a.TokenScopes = rapid.SampledFrom([][]TokenScope{nil, nil, {TokenRead}, {TokenWrite}}).Draw(t, "token")
	for _, role := range []ID{"moderator", "worker"} {
		a.Roles[role] = Role{ID: role, Permissions: rapid.SliceOfDistinct(rapid.SampledFrom(Permissions()), rapid.ID).Draw(t, string(role))}
	}
	for range rapid.IntRange(0, 3).Draw(t, "grants") {
		a.Grants = append(a.Grants, anyGrant(t))
	}
	return a
}

func anyGrant(t *rapid.T) Grant {
	return Grant{RoleID: rapid.SampledFrom([]ID{"moderator", "worker", "follower", "gone"}).Draw(t, "role"),
		OrganisationID: rapid.SampledFrom([]ID{"", "", "group", "lyon", "lab", "rennes", "unknown"}).Draw(t, "over"),
		ServiceID:      rapid.SampledFrom([]ID{"", "", "moodle", "homework", "wifi"}).Draw(t, "of")}
}

func ticketAnywhere(t *rapid.T) Ticket {
	x := ticketIn(rapid.SampledFrom(States()).Draw(t, "state"))
	x.Kind = rapid.SampledFrom([]Kind{KindIncident, KindRequest, KindProblem}).Draw(t, "kind")
	x.OrganisationID = rapid.SampledFrom([]ID{"", "group", "lyon", "lab", "rennes", "unknown"}).Draw(t, "organisation")
	x.ServiceID = rapid.SampledFrom([]ID{"", "moodle", "homework", "wifi"}).Draw(t, "service")
	x.TeamID = rapid.SampledFrom([]ID{"", "pedago", "network"}).Draw(t, "team")
	x.AssigneeID = rapid.SampledFrom([]ID{"", ann, "hugo"}).Draw(t, "technician")
	return x
}

// An explanation is never another rule: for every permission and every action it says yes exactly when
// the rule does, a yes names what gives it, and a no names what is missing.
func TestExplanationsAgreeWithTheRules(t *testing.T) {
	d, flow := testDesk(), completeFlow()
	rapid.Check(t, func(r *rapid.T) {
		actor, ticket := anyActor(r), ticketAnywhere(r)
		roles := []PartyRole{PartyRequester, PartyBeneficiary, PartyObserver, PartyApprover, PartyAssignee}
		var parties []Party
		for range rapid.IntRange(0, 3).Draw(r, "parties") {
			parties = append(parties, Party{rapid.SampledFrom([]ID{"hugo", rita, ben, ""}).Draw(r, "party"), rapid.SampledFrom(roles).Draw(r, "part")})
		}
		place := d.Place(parties)
		check := func(what string, rule bool, e Explanation) {
			if e.Allowed != rule {
				r.Fatalf("%s: the rule says %t, the explanation %+v", what, rule, e)
			}
			if rule != (len(e.Because) > 0) || rule == (len(e.Missing) > 0) {
				r.Fatalf("%s is %t, because %v, missing %v", what, rule, e.Because, e.Missing)
			}
			for _, because := range e.Because {
				if because.Grant.RoleID != "" && !slices.Contains(actor.Grants, because.Grant) {
					r.Fatalf("%s: by a grant that the actor does not hold: %+v", what, because)
				}
			}
		}
		check("sees", actor.Scope().Sees(ticket, place), actor.ExplainSees(ticket, place))
		for _, p := range Permissions() {
			check(string(p), actor.May(p, ticket, place), actor.ExplainMay(p, ticket, place))
		}
		for _, a := range Actions() {
			tr, ok := flow.Transition(a, ticket.State)
			check(string(a), ok && actor.Performs(tr, ticket, place), flow.ExplainPerforms(a, actor, ticket, place))
		}
	})
}

// What is named is what counts: each grant that would be enough, and where the others stop.
func TestExplanationsNameTheGrant(t *testing.T) {
	place := testDesk().Place([]Party{{"hugo", PartyObserver}})
	here, elsewhere := Grant{ID: "1", RoleID: "reader", OrganisationID: "lyon"}, Grant{ID: "2", RoleID: "reader", ServiceID: "wifi", OrganisationID: "lyon"}
	e := holder(here, elsewhere).ExplainSees(inLab(), place)
	if !e.Allowed || len(e.Because) != 2 || e.Because[0].Party != PartyObserver || e.Because[1].Grant != here {
		t.Errorf("%+v", e)
	}
	e = holder(elsewhere).ExplainMay(PermissionRead, inLab(), place)
	if e.Allowed || len(e.Missing) == 0 || e.Missing[0].Grant != elsewhere || e.Missing[0].Organisation || !e.Missing[0].Service {
		t.Errorf("%+v", e)
	}
}
