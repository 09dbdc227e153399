package guichet

import "testing"

// TestForRequester holds that the requester's side reads what is public, without the reasons for which a
// ticket passes from one agent to another.
func TestForRequester(t *testing.T) {
	for _, c := range []struct {
		kind     EventKind
		internal bool
		text     string
		shown    bool
	}{
		{EventFollowedUp, false, "bonjour", true},
		{EventAssigned, false, "", true},
		{EventEscalated, false, "", true},
		{EventNoted, true, "bonjour", false},
		{EventResolved, false, "bonjour", true},
	} {
		got, shown := Event{Kind: c.kind, Internal: c.internal, Text: "bonjour"}.ForRequester()
		if shown != c.shown || got.Text != c.text {
			t.Errorf("%s: %q, %v; want %q, %v", c.kind, got.Text, shown, c.text, c.shown)
		}
	}
}
