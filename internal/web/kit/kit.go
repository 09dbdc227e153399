// Package kit holds the components of both faces: layouts, fields, badges, messages. They take plain
// values and know no page.
package kit

import (
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"guichet"
	"guichet/internal/i18n"
)

// Me is who reads the page.
type Me struct {
	ID   guichet.ID
	Name string
}

// Page is what a layout needs to know about a page.
type Page struct {
	P       i18n.Printer
	Now     time.Time
	Title   string
	Desk    string // name of the desk
	Contact string // how to reach the desk otherwise
	// SignInHelp says what to do when one cannot sign in; it is for those who have not.
	SignInHelp string
	Look       string // address of the style sheet of the accent; empty: the usual one
	Logo       string // address of the logo; empty: the stub
	Me         *Me    // nil: nobody is signed in
	Nav        string // key of the current entry of the menu
	CanDesk    bool
	CanAdmin   bool
	Demo       bool    // the development mailbox may be read
	Waiting    int     // approvals that wait for the reader
	Notice     string  // what has just been done
	Path       string  // of this page, to come back to
	Admin      bool    // the sheet of the administration is needed
	Alarms     []Alarm // what the reader must know of on whatever page
	Keys       guichet.Keymap
}

// Alarm is what its reader must know of, above each page.
type Alarm struct{ Icon, Text, URL string }

// View is an entry of the agents' rail.
type View struct {
	Key, Title, Icon, URL string
	Count                 int  // negative: not counted
	More                  bool // counting stopped there
	Hot                   bool
	Below                 bool // a part of the one above it
}

// Group is a titled part of the rail.
type Group struct {
	Title  string
	Folded bool
	Views  []View
}

// holds reports whether an entry of the group is the present page.
func (g Group) holds(nav string) bool {
	return slices.ContainsFunc(g.Views, func(v View) bool { return v.Key == nav })
}

// Initials are the letters of an avatar.
func Initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	out := []rune(words[0])[:1]
	if len(words) > 1 {
		out = append(out, []rune(words[len(words)-1])[0])
	}
	return strings.ToUpper(string(out))
}

// Hue is the class of the colour of a person's avatar: always the same for the same name.
func Hue(name string) string {
	h := fnv.New32a()
	h.Write([]byte(name))
	return "h" + strconv.Itoa(int(h.Sum32()%12))
}

// StateKey is the key by which a state is drawn and said: it depends on who must act.
func StateKey(s guichet.State, assigned bool) string {
	switch s {
	case guichet.StateAwaitingApproval:
		return "approbation"
	case guichet.StateRejected:
		return "rejete"
	case guichet.StateNew:
		return "qualifier"
	case guichet.StateAssigned:
		if assigned {
			return "cours"
		}
		return "prendre"
	case guichet.StatePending:
		return "attente"
	case guichet.StateResolved:
		return "resolu"
	}
	return "clos"
}

var stateIcons = map[string]string{"approbation": "stamp", "rejete": "circle-x", "qualifier": "list-filter", "prendre": "hand",
	"cours": "circle-dot", "attente": "pause", "resolu": "circle-check", "clos": "archive"}

var priorityRank = map[guichet.Priority]int{guichet.PriorityLow: 1, guichet.PriorityMedium: 2, guichet.PriorityHigh: 3, guichet.PriorityCritical: 4}

// Errors are the messages of wrong fields, by field name.
type Errors map[string]string

// ErrorOrder lists the wrong fields in the order in which a page shows them, then those it does not know.
func (e Errors) ErrorOrder(fields ...string) []string {
	var out []string
	seen := map[string]bool{}
	for _, f := range fields {
		if e[f] != "" {
			out, seen[f] = append(out, f), true
		}
	}
	for _, f := range slices.Sorted(maps.Keys(e)) {
		if !seen[f] {
			out = append(out, f)
		}
	}
	return out
}

// idSigns are what of the name of a field no identifier holds.
var idSigns = strings.NewReplacer(".", "-", "[", "-", "]", "")

// id turns the name of a field into an identifier of the page.
func id(name string) string { return "f-" + idSigns.Replace(name) }

// count says a number of tickets; what was not counted to the end says so.
func (v View) count(p i18n.Printer) string {
	if v.More {
		return p.Number(v.Count) + "+"
	}
	return p.Number(v.Count)
}

func iso(t time.Time) string { return t.Format("2006-01-02T15:04:05Z07:00") }

// home is where the name of the desk leads in the workspace.
func home(p Page) string {
	if p.CanDesk {
		return "/desk/"
	}
	return "/admin/"
}

// DepthClass sets a node of a tree in below its parent, as far as eyes can tell levels apart.
func DepthClass(depth int) string { return "deep" + strconv.Itoa(min(depth, 5)) }
