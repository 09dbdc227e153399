package guichet_test

import (
	"testing"

	"guichet"
)

func TestPreferencesHaveAClosedListOfNamesAndValues(t *testing.T) {
	for _, c := range []struct {
		name, value string
		ok          bool
	}{
		{"list.density", "compact", true},
		{"list.density", "tiny", false},
		{"list.density:mine", "compact", false}, // one for all views
		{"timeline.order", "newest", true},
		{"colour", "red", false},
		{"", "", false},
	} {
		if err := guichet.CheckPreference(c.name, c.value); (err == nil) != c.ok {
			t.Errorf("%s=%s: %v", c.name, c.value, err)
		}
	}
}

func TestAPreferenceNotChosenIsTheUsualOne(t *testing.T) {
	chosen := guichet.Chosen{"list.density": "compact", "timeline.order": "gone"}
	for name, want := range map[string]string{"list.density": "compact", "timeline.order": "oldest", "colour": ""} {
		if got := chosen.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
