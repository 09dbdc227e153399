package site

import (
	"cmp"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/web/kit"
)

// Only keeps a page for some; for anybody else it does not exist. What they do there came by the
// desk's own screens.
func Only(who func(guichet.Actor) bool, handle func(*Request) error) func(*Request) error {
	return func(q *Request) error {
		if !who(q.Actor) {
			return guichet.NotFound("page")
		}
		q.Actor.Channel = guichet.ChannelDesk
		return handle(q)
	}
}

// Node is a service with its depth in the tree.
type Node struct {
	Service guichet.Service
	Depth   int
}

// tree is the key under which a desk keeps its catalogue as a list.
type tree struct{}

// Tree lists the whole catalogue, parents before children, in their order.
func Tree(d *guichet.Desk) []Node {
	return d.Made(tree{}, func(d *guichet.Desk) any { return treeOf(d) }).([]Node)
}

func treeOf(d *guichet.Desk) []Node {
	below := map[guichet.ID][]guichet.Service{}
	for _, s := range d.Services {
		below[s.ParentID] = append(below[s.ParentID], s)
	}
	var out []Node
	var walk func(parent guichet.ID, depth int)
	walk = func(parent guichet.ID, depth int) {
		children := below[parent]
		slices.SortFunc(children, func(a, b guichet.Service) int {
			return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
		})
		for _, s := range children {
			out = append(out, Node{s, depth})
			walk(s.ID, depth+1)
		}
	}
	walk("", 0)
	return out
}

// ServiceOptions is the catalogue as a list: each active service below its parent, set in.
func ServiceOptions(d *guichet.Desk) []kit.Option {
	var out []kit.Option
	for _, n := range Tree(d) {
		if n.Service.State != guichet.ServiceClosed {
			out = append(out, kit.Option{Value: string(n.Service.ID), Label: strings.Repeat("\u2003", n.Depth) + n.Service.Name})
		}
	}
	return out
}

// TeamOptions lists the teams by their names.
func TeamOptions(d *guichet.Desk) []kit.Option {
	var out []kit.Option
	for id, t := range d.Teams {
		out = append(out, kit.Option{Value: string(id), Label: TeamName(t)})
	}
	slices.SortFunc(out, func(a, b kit.Option) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Value, b.Value)) })
	return out
}

// TeamName is a team with its level of support.
func TeamName(t guichet.Team) string {
	if t.Level == "" {
		return t.Name
	}
	return t.Name + ", " + string(t.Level)
}

// Label is the text of the button of an action: the workflow's own, or the usual one.
func Label(q *Request, tr guichet.Transition) string {
	if tr.Label != "" {
		return tr.Label
	}
	return q.P.T("desk.action." + string(tr.Action))
}

// ExplainsRights reports whether somebody may ask why another sees or may do something: who keeps a
// directory, or configures the desk.
func ExplainsRights(a guichet.Actor) bool {
	return len(a.Keeping()) > 0 || a.Has(guichet.PermissionConfigure)
}
