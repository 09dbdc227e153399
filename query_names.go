package guichet

import (
	"cmp"
	"slices"
	"strings"
)

// ServicesCalled finds the services that a reader means by a name: a key, a name, a name with its parents
// ("Moodle / Devoirs"); without any such, those whose name holds a word that begins so.
func (d *Desk) ServicesCalled(name string) []ID {
	var list []QueryName
	for id, s := range d.Services {
		list = append(list, QueryName{id, s.Name}, QueryName{id, d.ServiceName(id)})
	}
	return Called(name, list)
}

// TeamsCalled finds the teams that a reader means by a name.
func (d *Desk) TeamsCalled(name string) []ID {
	var list []QueryName
	for id, t := range d.Teams {
		list = append(list, QueryName{id, t.Name})
	}
	return Called(name, list)
}

// OrganisationsCalled finds the organisations that a reader means by a name.
func (d *Desk) OrganisationsCalled(name string) []ID {
	var list []QueryName
	for id, o := range d.Organisations {
		list = append(list, QueryName{id, o.Name})
	}
	return Called(name, list)
}

// QueryName is something that has a name.
type QueryName struct {
	ID   ID
	Name string
}

// Called finds what a name means among things that have one, whatever its accents and its case: those with
// this key or this very name; without any, those whose name has words that begin as the words of the name.
func Called(name string, list []QueryName) []ID {
	word := bareWord(name)
	if word == "" {
		return nil
	}
	var exact, near []ID
	for _, n := range list {
		switch own := bareWord(n.Name); {
		case bareWord(string(n.ID)) == word || own == word:
			exact = append(exact, n.ID)
		case beginWith(own, word):
			near = append(near, n.ID)
		}
	}
	found := exact
	if len(found) == 0 {
		found = near
	}
	slices.SortFunc(found, cmp.Compare)
	return slices.Compact(found)
}

// beginWith reports whether each word of what is typed begins a word of a name.
func beginWith(name, typed string) bool {
	own := strings.Fields(name)
	for _, w := range strings.Fields(typed) {
		if !slices.ContainsFunc(own, func(o string) bool { return strings.HasPrefix(o, w) }) {
			return false
		}
	}
	return true
}
