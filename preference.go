package guichet

import (
	"regexp"
	"slices"
	"strings"
)

// Preference is a choice that each person makes about the screens.
type Preference struct {
	Name   string
	Values []string // that it may have; the first is that of who has not chosen
	Check  func(value string) bool

	PerView bool // each view of the tickets may have its own
}

// Names of preferences.
const (
	PreferenceDensity  = "list.density"   // how many lines a ticket takes in the lists
	PreferenceTimeline = "timeline.order" // of what happened to a ticket
	PreferenceUndo     = "undo"           // for how many seconds a message may be taken back
	PreferenceKeys     = "shortcuts"      // what a person changed of the shortcuts, see Keymap
	PreferenceUnrated  = "portal.unrated" // numbers of tickets that a person does not wish to rate, parted by commas
	PreferenceColumns  = "list.columns"   // of the lists, see ParseColumns
	PreferenceOrder    = "list.order"     // of the lists, see ParseOrder
)

var numbers = regexp.MustCompile(`^([0-9]{1,18}(,[0-9]{1,18})*)?$`)

// Preferences lists every preference. What is not listed cannot be kept.
func Preferences() []Preference {
	return []Preference{
		{Name: PreferenceDensity, Values: []string{"comfortable", "compact"}, PerView: true},
		{Name: PreferenceTimeline, Values: []string{"oldest", "newest"}},
		{Name: PreferenceUndo, Values: []string{"10", "30", "0"}},
		{Name: PreferenceKeys, Check: isKeymap},
		{Name: PreferenceUnrated, Check: numbers.MatchString},
		{Name: PreferenceColumns, Check: func(v string) bool { _, ok := ParseColumns(v); return ok }, PerView: true},
		{Name: PreferenceOrder, Check: func(v string) bool { _, ok := ParseOrder(v); return ok }, PerView: true},
	}
}

// Default is the value of who has not chosen.
func (p Preference) Default() string {
	if len(p.Values) == 0 {
		return ""
	}
	return p.Values[0]
}

// Accepts reports whether the preference may have a value.
func (p Preference) Accepts(value string) bool {
	if p.Check != nil {
		return p.Check(value)
	}
	return slices.Contains(p.Values, value)
}

// maxPreference is the longest value of a preference, in bytes.
const maxPreference = 4000

// InView is the name under which the choice for one view is kept.
func InView(name, view string) string { return name + ":" + view }

// PreferenceNamed finds a preference by the name under which it is kept.
func PreferenceNamed(name string) (Preference, bool) {
	name, view, ofView := strings.Cut(name, ":")
	all := Preferences()
	i := slices.IndexFunc(all, func(p Preference) bool { return p.Name == name })
	if i < 0 || ofView && !(all[i].PerView && isView(view)) {
		return Preference{}, false
	}
	return all[i], true
}

// KeptView begins the key of a view that somebody keeps; its identifier follows.
const KeptView = "saved-"

// isView reports whether a text may be the key of a view, one of the desk's or one that is kept.
func isView(key string) bool {
	id, kept := strings.CutPrefix(key, KeptView)
	odd := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }
	return slices.Contains(ViewBases(), key) || kept && id != "" && len(id) <= 40 && strings.IndexFunc(id, odd) < 0
}

// ViewPreferences lists the names of what each view may have of its own.
func ViewPreferences() []string {
	var out []string
	for _, p := range Preferences() {
		if p.PerView {
			out = append(out, p.Name)
		}
	}
	return out
}

// CheckPreference refuses what no preference is called and what a preference may not be.
func CheckPreference(name, value string) error {
	p, known := PreferenceNamed(name)
	if !known {
		return Invalid("preference", "field.unknown_value")
	}
	if len(value) > maxPreference || !p.Accepts(value) {
		return Invalid(name, "field.unknown_value")
	}
	return nil
}

// Chosen are the preferences that a person set, by name.
type Chosen map[string]string

// Get is the value of a preference: the one chosen, or what is usual. A choice that is not possible any more
// counts for nothing. The choice for a view is, without one, that for all of them.
func (c Chosen) Get(name string) string {
	p, known := PreferenceNamed(name)
	if !known {
		return ""
	}
	for _, n := range []string{name, p.Name} {
		if v, chosen := c[n]; chosen && p.Accepts(v) {
			return v
		}
	}
	return p.Default()
}
