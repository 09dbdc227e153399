package account_test

import (
	"testing"

	"guichet"
	"guichet/internal/store/storetest"
)

func TestPreferencesAreKeptForEachPerson(t *testing.T) {
	d := newDoor(t)
	ann, bob := storetest.Actor(t, d.store, storetest.Ann), storetest.Actor(t, d.store, storetest.Bob)
	if err := d.Prefer(t.Context(), ann, guichet.Chosen{"list.density": "compact", "timeline.order": "newest"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Prefer(t.Context(), ann, guichet.Chosen{"timeline.order": ""}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who        guichet.Actor
		name, want string
	}{{ann, "list.density", "compact"}, {ann, "timeline.order", "oldest"}, {bob, "list.density", "comfortable"}} {
		chosen, err := d.Preferences(t.Context(), c.who)
		if err != nil || chosen.Get(c.name) != c.want {
			t.Errorf("%s of %s: %q, %v", c.name, c.who.Person.ID, chosen.Get(c.name), err)
		}
	}
	for _, wrong := range []guichet.Chosen{{"colour": "red"}, {"list.density": "tiny"}} {
		if err := d.Prefer(t.Context(), ann, wrong); guichet.CodeOf(err) != "invalid" {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	ann.TokenScopes = []guichet.TokenScope{guichet.TokenRead}
	if err := d.Prefer(t.Context(), ann, guichet.Chosen{"list.density": "compact"}); guichet.CodeOf(err) != "token.read_only" {
		t.Errorf("a token that reads chose: %v", err)
	}
}
