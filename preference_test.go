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
		{"list.density:mine", "compact", true},
		{"list.density:mine", "tiny", false},
		{"list.density:", "compact", false},
		{"list.density:a:b", "compact", false},
		{"timeline.order:mine", "newest", false}, // one for all views
		{"list.order", "-priority", true},
		{"list.order:saved-01jd", "number", true},
		{"list.order", "colour", false},
		{"list.columns:open", "title,number,tags", true},
		{"list.columns", "number,state", false}, // a list without titles is no list
		{"list.columns", "title,title", false},
		{"list.columns", "title,colour", false},
		{"list.columns", "", false},
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
	chosen := guichet.Chosen{"list.density": "compact", "timeline.order": "gone", "list.density:mine": "comfortable", "list.density:open": "gone", "list.order:mine": "-due"}
	for name, want := range map[string]string{"list.density": "compact", "timeline.order": "oldest", "colour": "",
		"list.density:mine": "comfortable", "list.density:teams": "compact", "list.density:open": "compact", "list.order:mine": "-due", "list.order:open": ""} {
		if got := chosen.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestOrdersAndColumnsComeBack(t *testing.T) {
	for _, key := range guichet.OrderKeys() {
		for _, o := range []guichet.Order{key.First(), key.First().Turned()} {
			if got, ok := guichet.ParseOrder(o.String()); !ok || got != o {
				t.Errorf("%v comes back as %v", o, got)
			}
		}
	}
	for _, garbage := range []string{"", "-", "--due", "due ", "DUE"} {
		if o, ok := guichet.ParseOrder(garbage); ok || o != (guichet.Order{}) {
			t.Errorf("%q is read as %v", garbage, o)
		}
	}
	all := guichet.FormatColumns(guichet.AllColumns())
	if got, ok := guichet.ParseColumns(all); !ok || guichet.FormatColumns(got) != all {
		t.Errorf("%s comes back as %v", all, got)
	}
}
