package guichet

import "strings"

// SavedView is a view of the tickets that somebody keeps under a name. Everybody sees it within his or her own
// rights: it shares what is asked, not what is found.
type SavedView struct {
	ID        ID
	OwnerID   ID
	Name      string
	Base      string // key of the view that it narrows
	Filter    string // as it stands in an address
	TeamID    ID     // shared with the members of this team
	Everybody bool   // shared with all who handle tickets
}

// Limits of saved views.
const (
	MaxViewName   = 60 // characters
	MaxViewFilter = 1000
)

// Check refuses a view without a name, or too long.
func (v SavedView) Check() error {
	var p Problems
	p.Text("name", v.Name, MaxViewName)
	p.AtMost("filter", v.Filter, MaxViewFilter)
	if !viewKey(v.Base) {
		p.Add("base", "field.unknown_value")
	}
	return p.Err()
}

// viewKey reports whether a text may be the key of a view: letters and digits, a few dozen of them.
func viewKey(key string) bool {
	return key != "" && len(key) <= 40 && strings.IndexFunc(key, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}) < 0
}
