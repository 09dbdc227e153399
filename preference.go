package guichet

import (
	"slices"
	"strings"
)

// Preference is a choice that each person makes about the screens, for the whole desk or for each view.
type Preference struct {
	Name    string
	Values  []string // that it may have; the first is that of who has not chosen
	PerView bool     // chosen where it is used, for one view at a time
	Check   func(value string) bool
}

// Names of preferences.
const (
	PreferenceDensity  = "list.density"   // how many lines a ticket takes in the lists
	PreferenceTimeline = "timeline.order" // of what happened to a ticket
	PreferenceUndo     = "undo"           // for how many seconds a message may be taken back
	PreferenceKeys     = "shortcuts"      // what a person changed of the shortcuts, see Keymap
)

// Preferences lists every preference. What is not listed cannot be kept.
func Preferences() []Preference {
	return []Preference{
		{Name: PreferenceDensity, Values: []string{"comfortable", "compact"}},
		{Name: PreferenceTimeline, Values: []string{"oldest", "newest"}},
		{Name: PreferenceUndo, Values: []string{"10", "30", "0"}},
		{Name: PreferenceKeys, Check: isKeymap},
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

// PreferenceNamed finds a preference by the name under which it is kept, which ends with the view when
// there is one for each: "list.columns:mine".
func PreferenceNamed(name string) (Preference, bool) {
	base, view, viewed := strings.Cut(name, ":")
	all := Preferences()
	i := slices.IndexFunc(all, func(p Preference) bool { return p.Name == base })
	if i < 0 || viewed && (!all[i].PerView || !viewKey(view)) {
		return Preference{}, false
	}
	return all[i], true
}

// viewKey reports whether a text may be the key of a view: letters and digits, a few dozen of them.
func viewKey(key string) bool {
	return key != "" && len(key) <= 40 && strings.IndexFunc(key, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}) < 0
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

// Get is the value of a preference: the one chosen, for a view first, or what is usual. A choice that is
// not possible any more counts for nothing.
func (c Chosen) Get(name string) string {
	p, known := PreferenceNamed(name)
	if !known {
		return ""
	}
	for _, at := range []string{name, p.Name} {
		if v, chosen := c[at]; chosen && p.Accepts(v) {
			return v
		}
	}
	return p.Default()
}
