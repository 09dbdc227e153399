package guichet

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The roles of these tests: each has one permission, but for the boss.
var testRoles = map[ID]Role{
	"reader":    {ID: "reader", Permissions: []Permission{PermissionRead}},
	"worker":    {ID: "worker", Permissions: []Permission{PermissionWork}},
	"moderator": {ID: "moderator", Permissions: []Permission{PermissionRead, PermissionModerate}},
	"follower":  {ID: "follower", Permissions: []Permission{PermissionFollow}},
	"guest":     {ID: "guest"},
}

// holder is Hugo, with grants, who takes part in nothing.
func holder(grants ...Grant) Actor {
	return Actor{Person: Person{ID: "hugo"}, Channel: ChannelDesk, Roles: testRoles, Grants: grants}
}

func member(grants ...Grant) Actor {
	a := holder(grants...)
	a.TeamIDs = []ID{"pedago"}
	return a
}

// inLab is a ticket of the lab (of Lyon, of the group) about homework (of Moodle), in pedago's pool.
func inLab() Ticket {
	return Ticket{State: StateAssigned, RequesterID: rita, BeneficiaryID: ben, OrganisationID: "lab", ServiceID: "homework", TeamID: "pedago"}
}

// Role × place × relation: who sees a ticket, who may read it as an agent, who may work on it.
func TestRightsTable(t *testing.T) {
	for _, c := range []struct {
		name             string
		actor            Actor
		parties          []Party
		ticket           func(*Ticket)
		sees, read, work bool
	}{
		{name: "nobody", actor: Actor{}},
		{name: "who follows the organisation", actor: holder(Grant{RoleID: "follower", OrganisationID: "lyon"}), sees: true},
		{name: "who follows an organisation beside", actor: holder(Grant{RoleID: "follower", OrganisationID: "rennes"})},
		{name: "who follows the organisation, a problem", actor: holder(Grant{RoleID: "follower", OrganisationID: "lyon"}),
			ticket: func(t *Ticket) { t.Kind = KindProblem }},
		{name: "who follows everything, a problem", actor: holder(Grant{RoleID: "follower"}), ticket: func(t *Ticket) { t.Kind = KindProblem }},
		{name: "who follows and takes part, a problem", actor: holder(Grant{RoleID: "follower"}), parties: []Party{{"hugo", PartyObserver}},
			ticket: func(t *Ticket) { t.Kind = KindProblem }, sees: true},
		{name: "a reader of the organisation, a problem", actor: holder(Grant{RoleID: "reader", OrganisationID: "lab"}),
			ticket: func(t *Ticket) { t.Kind = KindProblem }, sees: true, read: true},
		{name: "nobody, in no place", actor: Actor{}, ticket: func(t *Ticket) { *t = Ticket{} }},
		{name: "nobody, even where an unnamed person stands", actor: Actor{}, parties: []Party{{"", PartyRequester}}},
		{name: "somebody without any role", actor: holder()},
		{name: "a role that permits nothing", actor: holder(Grant{RoleID: "guest"})},
		{name: "a role that is gone", actor: holder(Grant{RoleID: "gone"})},
		{name: "a reader of the whole desk", actor: holder(Grant{RoleID: "reader"}), sees: true, read: true},
		{name: "a reader of the whole desk, a ticket without a place", actor: holder(Grant{RoleID: "reader"}),
			ticket: func(t *Ticket) { *t = Ticket{} }, sees: true, read: true},
		{name: "a reader of the organisation", actor: holder(Grant{RoleID: "reader", OrganisationID: "lab"}), sees: true, read: true},
		{name: "a reader of an organisation above", actor: holder(Grant{RoleID: "reader", OrganisationID: "group"}), sees: true, read: true},
		{name: "a reader of an organisation beside", actor: holder(Grant{RoleID: "reader", OrganisationID: "rennes"})},
		{name: "a reader of an organisation below", actor: holder(Grant{RoleID: "reader", OrganisationID: "lab"}),
			ticket: func(t *Ticket) { t.OrganisationID = "lyon" }},
		{name: "a reader of an organisation that is gone", actor: holder(Grant{RoleID: "reader", OrganisationID: "gone"}),
			ticket: func(t *Ticket) { t.OrganisationID = "gone" }},
		{name: "a reader of a service above", actor: holder(Grant{RoleID: "reader", ServiceID: "moodle"}), sees: true, read: true},
		{name: "a reader of a service beside", actor: holder(Grant{RoleID: "reader", ServiceID: "wifi"})},
		{name: "a ticket without a service is of no service's reader", actor: holder(Grant{RoleID: "reader", ServiceID: "moodle"}),
			ticket: func(t *Ticket) { t.ServiceID = "" }},
		{name: "both must hold: the service does", actor: holder(Grant{RoleID: "reader", ServiceID: "moodle", OrganisationID: "rennes"})},
		{name: "both must hold: the organisation does", actor: holder(Grant{RoleID: "reader", ServiceID: "wifi", OrganisationID: "lyon"})},
		{name: "both hold", actor: holder(Grant{RoleID: "reader", ServiceID: "moodle", OrganisationID: "lyon"}), sees: true, read: true},
		{name: "one grant of two", actor: holder(Grant{RoleID: "reader", ServiceID: "wifi"}, Grant{RoleID: "reader", OrganisationID: "lyon"}), sees: true, read: true},
		{name: "halves of two grants make no whole", actor: holder(Grant{RoleID: "reader", ServiceID: "moodle", OrganisationID: "rennes"},
			Grant{RoleID: "reader", ServiceID: "wifi", OrganisationID: "lyon"})},
		{name: "who works but does not read, elsewhere", actor: holder(Grant{RoleID: "worker"}), work: true},
		{name: "a member of the team without a role", actor: member()},
		{name: "a member of the team who works on another service", actor: member(Grant{RoleID: "worker", ServiceID: "wifi"}), sees: true, work: true},
		{name: "a member of the team who reads another service", actor: member(Grant{RoleID: "reader", ServiceID: "wifi"}), read: true},
		{name: "a member of another team", actor: member(Grant{RoleID: "worker", ServiceID: "wifi"}),
			ticket: func(t *Ticket) { t.TeamID = "network" }},
		{name: "a member, a ticket of no team", actor: member(Grant{RoleID: "worker", ServiceID: "wifi"}),
			ticket: func(t *Ticket) { t.TeamID = "" }},
		{name: "requester", actor: holder(), parties: []Party{{"hugo", PartyRequester}}, sees: true},
		{name: "beneficiary", actor: holder(), parties: []Party{{"hugo", PartyBeneficiary}}, sees: true},
		{name: "observer", actor: holder(), parties: []Party{{"hugo", PartyObserver}}, sees: true},
		{name: "an approver who is nothing else", actor: holder(), parties: []Party{{rita, PartyRequester}, {"hugo", PartyApprover}}, sees: true},
		{name: "technician", actor: holder(), parties: []Party{{"hugo", PartyAssignee}}, sees: true},
		{name: "others take part", actor: holder(), parties: []Party{{rita, PartyRequester}, {ann, PartyAssignee}}},
		{name: "the desk itself", actor: SystemActor(), sees: true, read: true, work: true},
	} {
		ticket := inLab()
		if c.ticket != nil {
			c.ticket(&ticket)
		}
		place := testDesk().Place(c.parties)
		got := []bool{c.actor.Scope().Sees(ticket, place),
			c.actor.May(PermissionRead, ticket, place), c.actor.May(PermissionWork, ticket, place)}
		if diff := cmp.Diff([]bool{c.sees, c.read, c.work}, got); diff != "" {
			t.Errorf("%s: sees, reads, works (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestTheZeroScopeSeesNothing(t *testing.T) {
	place := testDesk().Place([]Party{{"", PartyRequester}, {rita, PartyRequester}})
	for _, ticket := range []Ticket{{}, inLab(), ticketIn(StateClosed)} {
		if (Scope{}).Sees(ticket, place) {
			t.Errorf("the zero scope sees %v", ticket)
		}
	}
}

func TestTheZeroActorDoesNothing(t *testing.T) {
	place := testDesk().Place([]Party{{"", PartyRequester}, {"", PartyApprover}, {"", PartyAssignee}})
	for _, state := range States() {
		for _, ticket := range []Ticket{ticketIn(state), {State: state}} {
			if got := completeFlow().Available(Actor{}, ticket, place, noon); len(got) > 0 {
				t.Errorf("from %s the zero actor is offered %v", state, got)
			}
		}
	}
	for _, p := range Permissions() {
		if (Actor{}).Has(p) || (Actor{}).May(p, inLab(), place) {
			t.Errorf("the zero actor holds %s", p)
		}
	}
}

// Who is what to a ticket.
func TestIs(t *testing.T) {
	table := []struct {
		name  string
		actor Actor
		is    []Performer
	}{
		{"nobody", Actor{}, nil},
		{"the desk", SystemActor(), []Performer{PerformerSystem}},
		{"requester", Actor{Person: Person{ID: rita}}, []Performer{PerformerRequester}},
		{"beneficiary", Actor{Person: Person{ID: ben}}, []Performer{PerformerRequester}},
		{"technician of the team", who(ann), []Performer{PerformerAssignee, PerformerTeam}},
		{"colleague", who(bob), []Performer{PerformerTeam}},
		{"a member who works nowhere", member(), nil},
		{"of another team", who(cleo), nil},
		{"approver", Actor{Person: Person{ID: "abel"}}, []Performer{PerformerApprover}},
		{"observer", Actor{Person: Person{ID: "olga"}}, nil},
		{"moderator of the desk", holder(Grant{RoleID: "moderator"}), []Performer{"moderator"}},
		{"moderator of a service above", holder(Grant{RoleID: "moderator", ServiceID: "moodle"}), []Performer{"moderator"}},
		{"moderator of a service beside", holder(Grant{RoleID: "moderator", ServiceID: "wifi"}), nil},
		{"moderator of an organisation beside", holder(Grant{RoleID: "moderator", OrganisationID: "rennes"}), nil},
	}
	all := []Performer{PerformerRequester, PerformerAssignee, PerformerTeam, PerformerApprover, PerformerSystem, "moderator"}
	ticket := ticketIn(StateAssigned)
	place := testDesk().Place([]Party{{rita, PartyRequester}, {"abel", PartyApprover}, {"olga", PartyObserver}})
	for _, c := range table {
		for _, p := range all {
			if got, want := c.actor.Is(p, ticket, place), slices.Contains(c.is, p); got != want {
				t.Errorf("%s: is %s: %v, want %v", c.name, p, got, want)
			}
		}
	}
}

// A role that bears the name of a relation does not give the relation.
func TestARoleIsNoRelation(t *testing.T) {
	place := testDesk().Place(nil)
	for _, p := range []Performer{PerformerRequester, PerformerAssignee, PerformerTeam, PerformerApprover, PerformerSystem} {
		if holder(Grant{RoleID: ID(p)}).Is(p, inLab(), place) {
			t.Errorf("a role named %s made its holder the %s", p, p)
		}
	}
}

func TestScope(t *testing.T) {
	for _, c := range []struct {
		name  string
		actor Actor
		want  Scope
	}{
		{"nobody", Actor{}, Scope{}},
		{"the desk", SystemActor(), Scope{All: true}},
		{"without a role, one's own only", holder(), Scope{PersonID: "hugo"}},
		{"of two places", holder(Grant{RoleID: "reader", ServiceID: "wifi"}, Grant{RoleID: "moderator", OrganisationID: "lyon"}),
			Scope{PersonID: "hugo", Areas: []Area{{ServiceID: "wifi"}, {OrganisationID: "lyon"}}}},
		{"the same place twice", holder(Grant{RoleID: "reader", ServiceID: "wifi"}, Grant{RoleID: "moderator", ServiceID: "wifi"}),
			Scope{PersonID: "hugo", Areas: []Area{{ServiceID: "wifi"}}}},
		{"everywhere holds the rest", holder(Grant{RoleID: "reader", ServiceID: "wifi"}, Grant{RoleID: "reader"}),
			Scope{PersonID: "hugo", Areas: []Area{{}}, All: true}},
		{"who works everywhere does not read everywhere", holder(Grant{RoleID: "worker"}), Scope{PersonID: "hugo"}},
		{"a member who works", member(Grant{RoleID: "worker", ServiceID: "wifi"}), Scope{PersonID: "hugo", TeamIDs: []ID{"pedago"}}},
		{"a member who does not", member(), Scope{PersonID: "hugo"}},
	} {
		if diff := cmp.Diff(c.want, c.actor.Scope()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestTokens(t *testing.T) {
	for _, c := range []struct {
		scopes []TokenScope
		want   bool
	}{
		{nil, true}, {[]TokenScope{TokenRead}, false}, {[]TokenScope{TokenWrite}, true},
		{[]TokenScope{TokenRead, TokenWrite}, true}, {[]TokenScope{"other"}, false},
	} {
		if got := (Actor{TokenScopes: c.scopes}).MayWrite(); got != c.want {
			t.Errorf("scopes %v may write: %v", c.scopes, got)
		}
	}
}

func TestATicketIsOpenedByAHumanChannel(t *testing.T) {
	for _, c := range []Channel{ChannelPortal, ChannelDesk, ChannelMail, ChannelPhone, ChannelCounter, ChannelAPI, ChannelWidget} {
		if !c.Valid() {
			t.Errorf("%s is refused", c)
		}
	}
	for _, c := range []Channel{ChannelSystem, "", "pigeon"} {
		if c.Valid() {
			t.Errorf("%q is accepted", c)
		}
	}
}

func TestRolesWithAPermission(t *testing.T) {
	d := &Desk{Roles: testRoles}
	if diff := cmp.Diff([]ID{"moderator", "reader"}, d.RolesWith(PermissionRead)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := d.RolesWith(PermissionOperate); got != nil {
		t.Errorf("nobody operates: %v", got)
	}
}
