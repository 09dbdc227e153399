package presets

import (
	"cmp"
	"maps"
	"slices"

	"guichet"
	"guichet/internal/lexis"
)

// Known is what a desk in use holds beside its Desk.
type Known struct {
	Grants []guichet.Grant       // of teams
	Logins map[guichet.ID]string // by person: how the files name people
	People []DemoPerson          // none: the files hold no people
}

// Of makes the files of a desk in use. Parents stand before their children, siblings in their order on screen.
func Of(d *guichet.Desk, k Known) Preset {
	p := Preset{Desk: *d, People: k.People, logins: k.Logins}
	p.Organisations = inTree(d.Organisations, func(o guichet.Organisation) guichet.ID { return o.ParentID },
		func(a, b guichet.Organisation) int { return byName(a.Name, b.Name, a.ID, b.ID) })
	p.Services = inTree(d.Services, func(s guichet.Service) guichet.ID { return s.ParentID },
		func(a, b guichet.Service) int {
			return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
		})
	p.Teams = sorted(d.Teams, func(a, b guichet.Team) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), byName(a.Name, b.Name, a.ID, b.ID))
	})
	p.Roles = sorted(d.Roles, func(a, b guichet.Role) int { return cmp.Compare(a.ID, b.ID) })
	p.Workflows = sorted(d.Workflows, func(a, b guichet.Workflow) int { return cmp.Compare(a.ID, b.ID) })
	place := map[guichet.ID]int{}
	for i, s := range p.Services {
		place[s.ID] = i
	}
	p.Offerings = sorted(d.Offerings, func(a, b guichet.Offering) int {
		return cmp.Or(cmp.Compare(place[a.ServiceID], place[b.ServiceID]), cmp.Compare(a.ID, b.ID))
	})
	p.Templates = sorted(d.Templates, func(a, b guichet.Template) int {
		return cmp.Or(slices.Index(guichet.TemplateKinds(), a.Kind)-slices.Index(guichet.TemplateKinds(), b.Kind), cmp.Compare(a.ID, b.ID))
	})
	p.Calendars = sorted(d.Calendars, func(a, b guichet.Calendar) int { return cmp.Compare(a.ID, b.ID) })
	p.Grants = slices.SortedFunc(slices.Values(k.Grants), compareGrants)
	return p
}

// compareGrants orders grants by what they give.
func compareGrants(a, b guichet.Grant) int {
	return cmp.Or(cmp.Compare(a.TeamID, b.TeamID), cmp.Compare(a.RoleID, b.RoleID),
		cmp.Compare(a.OrganisationID, b.OrganisationID), cmp.Compare(a.ServiceID, b.ServiceID))
}

func byName(a, b string, ids ...guichet.ID) int {
	return cmp.Or(cmp.Compare(lexis.SortKey(a), lexis.SortKey(b)), cmp.Compare(ids[0], ids[1]))
}

func sorted[T any](items map[guichet.ID]T, order func(a, b T) int) []T {
	return slices.SortedFunc(maps.Values(items), order)
}

// inTree lists the nodes of a tree, each parent before its children and siblings in their order.
func inTree[T any](nodes map[guichet.ID]T, parent func(T) guichet.ID, order func(a, b T) int) []T {
	below := map[guichet.ID][]guichet.ID{}
	for id, node := range nodes {
		below[parent(node)] = append(below[parent(node)], id)
	}
	var out []T
	var walk func(guichet.ID)
	walk = func(above guichet.ID) {
		for _, id := range slices.SortedFunc(slices.Values(below[above]), func(a, b guichet.ID) int { return order(nodes[a], nodes[b]) }) {
			out = append(out, nodes[id])
			walk(id)
		}
	}
	walk("")
	return out
}
