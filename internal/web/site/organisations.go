package site

import (
	"cmp"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/web/kit"
)

// OrganisationOptions is the tree of organisations as a list: each below its parent, set in.
func OrganisationOptions(d *guichet.Desk) []kit.Option {
	below := map[guichet.ID][]guichet.Organisation{}
	for _, o := range d.Organisations {
		below[o.ParentID] = append(below[o.ParentID], o)
	}
	var out []kit.Option
	var walk func(parent guichet.ID, depth int)
	walk = func(parent guichet.ID, depth int) {
		children := below[parent]
		slices.SortFunc(children, func(a, b guichet.Organisation) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
		})
		for _, o := range children {
			out = append(out, kit.Option{Value: string(o.ID), Label: strings.Repeat("\u2003", depth) + o.Name})
			walk(o.ID, depth+1)
		}
	}
	walk("", 0)
	return out
}
