package guichet

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var keepingRoles = map[ID]Role{
	"keeper":  {ID: "keeper", Permissions: []Permission{PermissionPeople}},
	"full":    {ID: "full", Permissions: []Permission{PermissionPeople, PermissionConfigure}},
	"reader":  {ID: "reader", Permissions: []Permission{PermissionRead}},
	"setter":  {ID: "setter", Permissions: []Permission{PermissionConfigure}},
	"nothing": {ID: "nothing"},
}

func keeperOf(grants ...Grant) Actor { return Actor{Roles: keepingRoles, Grants: grants} }

// Role, area, and whether it may be given.
func TestMayGive(t *testing.T) {
	d := testDesk()
	d.Roles = keepingRoles
	lyon, group, lab := Area{OrganisationID: "lyon"}, Area{OrganisationID: "group"}, Area{OrganisationID: "lab"}
	inLyon := Grant{RoleID: "keeper", OrganisationID: "lyon"}
	for _, c := range []struct {
		name  string
		actor Actor
		role  ID
		over  Area
		may   bool
	}{
		{"nobody", Actor{}, "nothing", lyon, false},
		{"a full administrator gives what he does not hold", keeperOf(Grant{RoleID: "full"}), "reader", Area{}, true},
		{"full by two roles", keeperOf(Grant{RoleID: "keeper"}, Grant{RoleID: "setter"}), "reader", Area{}, true},
		{"full over one organisation is not full", keeperOf(Grant{RoleID: "full", OrganisationID: "lyon"}), "reader", lyon, false},
		{"a keeper gives what he holds, there", keeperOf(inLyon), "keeper", lyon, true},
		{"and below", keeperOf(inLyon), "keeper", lab, true},
		{"and of one service there", keeperOf(inLyon), "keeper", Area{"lyon", "moodle"}, true},
		{"not above", keeperOf(inLyon), "keeper", group, false},
		{"not everywhere", keeperOf(inLyon), "keeper", Area{}, false},
		{"not beside", keeperOf(inLyon), "keeper", Area{OrganisationID: "rennes"}, false},
		{"not an organisation that is unknown", keeperOf(inLyon), "keeper", Area{OrganisationID: "unknown"}, false},
		{"not what he does not hold", keeperOf(inLyon), "reader", lyon, false},
		{"not even a role without permission: processes name it", keeperOf(inLyon), "nothing", lyon, false},
		{"what he holds there", keeperOf(inLyon, Grant{RoleID: "reader", OrganisationID: "lyon"}), "reader", lyon, true},
		{"what he holds above, where he keeps", keeperOf(inLyon, Grant{RoleID: "reader"}), "reader", lyon, true},
		{"but not where he does not keep", keeperOf(inLyon, Grant{RoleID: "reader"}), "reader", Area{}, false},
		{"not for longer than he holds it", keeperOf(inLyon, Grant{RoleID: "reader", EndsAt: noon}), "reader", lyon, false},
		{"of a service only, all of them", keeperOf(inLyon, Grant{RoleID: "reader", ServiceID: "moodle"}), "reader", lyon, false},
		{"of a service only, one below", keeperOf(inLyon, Grant{RoleID: "reader", ServiceID: "moodle"}), "reader", Area{"lab", "homework"}, true},
		{"who keeps a service keeps nobody", keeperOf(Grant{RoleID: "keeper", ServiceID: "moodle"}), "keeper", Area{"", "moodle"}, false},
	} {
		if got := c.actor.MayGive(c.role, c.over, d); got != c.may {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

// Whatever somebody who is not a full administrator gives, the holder sees and may no more than the giver.
func TestGivingRaisesNobodyAboveTheGiver(t *testing.T) {
	d := testDesk()
	d.Roles = keepingRoles
	roles := []ID{"keeper", "full", "reader", "setter", "nothing"}
	draw := func(r *rapid.T) Grant {
		g := anyGrant(r)
		g.RoleID = rapid.SampledFrom(roles).Draw(r, "role")
		return g
	}
	rapid.Check(t, func(r *rapid.T) {
		giver := keeperOf(rapid.SliceOfN(rapid.Custom(draw), 0, 4).Draw(r, "held")...)
		g := draw(r)
		if giver.Full() || !giver.MayGive(g.RoleID, g.Area(), d) {
			return
		}
		holder := keeperOf(g)
		ticket := ticketAnywhere(r)
		ticket.TeamID = ""
		for _, p := range Permissions() {
			if holder.May(p, ticket, d.Place(nil)) && !giver.May(p, ticket, d.Place(nil)) {
				r.Fatalf("%+v gives %+v, which carries %s over %+v", giver.Grants, g, p, ticket)
			}
		}
		for _, role := range roles {
			if holder.HoldsRole(role, ticket, d.Place(nil)) && !giver.HoldsRole(role, ticket, d.Place(nil)) {
				r.Fatalf("%+v gives %+v, the role %s over %+v", giver.Grants, g, role, ticket)
			}
		}
	})
}

func TestAnOrganisationHasNoCycle(t *testing.T) {
	d := testDesk()
	d.Organisations["gone"] = Organisation{ID: "gone", Closed: true}
	d.Index()
	for _, c := range []struct {
		node, parent ID
		code         string
	}{
		{"lyon", "", ""}, {"lyon", "rennes", ""}, {"lab", "group", ""}, {"", "lab", ""},
		{"lyon", "lyon", "organisation.cycle"}, {"lyon", "lab", "organisation.cycle"}, {"group", "lab", "organisation.cycle"},
		{"lyon", "unknown", "field.unknown_value"}, {"lyon", "gone", "field.unknown_value"},
	} {
		err := d.CheckParent(c.node, c.parent)
		if c.code == "" && err == nil {
			continue
		}
		if fields := fieldCodes(err); !slices.Equal(fields, []string{c.code}) {
			t.Errorf("%s under %s: %v", c.node, c.parent, err)
		}
	}
}

func fieldCodes(err error) []string {
	var p Problems
	p.Merge(err)
	var out []string
	for _, f := range p.fields {
		out = append(out, f.Code)
	}
	return out
}

func TestFullAdministrators(t *testing.T) {
	got := FullAdministrators(map[ID][]Grant{
		"whole": {{RoleID: "full"}}, "halves": {{RoleID: "keeper"}, {RoleID: "setter"}}, "half": {{RoleID: "keeper"}},
		"part": {{RoleID: "full", OrganisationID: "lyon"}}, "ending": {{RoleID: "full", EndsAt: noon}},
	}, keepingRoles)
	if !slices.Equal(got, []ID{"halves", "whole"}) {
		t.Error(got)
	}
}

func TestGrantsEnd(t *testing.T) {
	for ends, ended := range map[time.Time]bool{{}: false, noon: true, noon.Add(time.Second): false, noon.Add(-time.Second): true} {
		if (Grant{EndsAt: ends}).Ended(noon) != ended {
			t.Errorf("%v", ends)
		}
	}
}
