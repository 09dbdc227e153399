package guichet

import (
	"regexp"
	"slices"
)

// Preference is a choice that each person makes about the screens.
type Preference struct {
	Name   string
	Values []string // that it may have; the first is that of who has not chosen
	Check  func(value string) bool
}

// Names of preferences.
const (
	PreferenceDensity  = "list.density"   // how many lines a ticket takes in the lists
	PreferenceTimeline = "timeline.order" // of what happened to a ticket
	PreferenceUndo     = "undo"           // for how many seconds a message may be taken back
	PreferenceKeys     = "shortcuts"      // what a person changed of the shortcuts, see Keymap
	PreferenceUnrated  = "portal.unrated" // numbers of tickets that a person does not wish to rate, parted by commas
)

var numbers = regexp.MustCompile(`^([0-9]{1,18}(,[0-9]{1,18})*)?$`)

// Preferences lists every preference. What is not listed cannot be kept.
func Preferences() []Preference {
	return []Preference{
		{Name: PreferenceDensity, Values: []string{"comfortable", "compact"}},
		{Name: PreferenceTimeline, Values: []string{"oldest", "newest"}},
		{Name: PreferenceUndo, Values: []string{"10", "30", "0"}},
		{Name: PreferenceKeys, Check: isKeymap},
		{Name: PreferenceUnrated, Check: numbers.MatchString},
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

// PreferenceNamed finds a preference by the name under which it is kept.
func PreferenceNamed(name string) (Preference, bool) {
	all := Preferences()
	i := slices.IndexFunc(all, func(p Preference) bool { return p.Name == name })
	if i < 0 {
		return Preference{}, false
	}
	return all[i], true
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
// counts for nothing.
func (c Chosen) Get(name string) string {
	p, known := PreferenceNamed(name)
	if !known {
		return ""
	}
	if v, chosen := c[name]; chosen && p.Accepts(v) {
		return v
	}
	return p.Default()
}
