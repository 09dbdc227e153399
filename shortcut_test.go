package guichet_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"guichet"
)

func TestTableOfShortcutsIsAGoodOne(t *testing.T) {
	if err := (guichet.Keymap{}).Check(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, s := range guichet.Shortcuts() {
		if seen[s.Act] || !slices.Contains(guichet.ShortcutGroups(), s.Group) || s.Key != guichet.CleanKey(s.Key) {
			t.Errorf("%+v stands twice, in no group, or its key is not written as keys are compared", s)
		}
		seen[s.Act] = true
	}
}

func TestKeymap(t *testing.T) {
	tests := []struct {
		name  string
		keys  map[string]string
		field string // wrong
		code  string
	}{
		{"nothing", nil, "", ""},
		{"another key", map[string]string{"reply": "y"}, "", ""},
		{"two keys change places", map[string]string{"reply": "n", "note": "r"}, "", ""},
		{"no key", map[string]string{"reply": ""}, "", ""},
		{"a freed key", map[string]string{"reply": "", "note": "r"}, "", ""},
		{"two keys one after the other", map[string]string{"reply": "y r"}, "", ""},
		{"an accent", map[string]string{"reply": "é"}, "", ""},
		{"a sign", map[string]string{"reply": ";"}, "", ""},
		{"taken by an earlier act", map[string]string{"note": "r"}, "key.note", "key.taken"},
		{"taken by a later act", map[string]string{"reply": "n"}, "key.reply", "key.taken"},
		{"begins two keys", map[string]string{"reply": "g"}, "key.reply", "key.taken"},
		{"is begun by a key", map[string]string{"note": "r r"}, "key.note", "key.taken"},
		{"a word", map[string]string{"reply": "rr"}, "key.reply", "key.shape"},
		{"three keys", map[string]string{"reply": "z r t"}, "key.reply", "key.shape"},
		{"what is not seen", map[string]string{"reply": "\u200b"}, "key.reply", "key.shape"},
		{"an accent alone", map[string]string{"reply": "\u0301"}, "key.reply", "key.shape"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := guichet.Keymap{Keys: tt.keys}.Check()
			if tt.field == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var wrong *guichet.Error
			if !errors.As(err, &wrong) {
				t.Fatalf("accepted: %v", err)
			}
			fields := wrong.Fields
			i := slices.IndexFunc(fields, func(f guichet.FieldError) bool { return f.Field == tt.field })
			if i < 0 || fields[i].Code != tt.code {
				t.Errorf("%+v, expected %s %s", fields, tt.field, tt.code)
			}
		})
	}
}

func TestKeymapKeepsWhatDiffers(t *testing.T) {
	k := guichet.Keymap{Keys: map[string]string{"reply": " R ", "note": "Y", "unknown": "y", "task": ""}}
	if got, want := k.Text(), `{"keys":{"note":"y","task":""}}`; got != want {
		t.Errorf("%s, expected %s", got, want)
	}
	back := guichet.ParseKeymap(k.Text())
	if back.Key("note") != "y" || back.Key("task") != "" || back.Key("reply") != "r" {
		t.Errorf("read back: %+v", back)
	}
	if bad := guichet.ParseKeymap(`{"off":true,"keys":{"note":"r"}}`); bad.Key("note") != "n" || !bad.Off {
		t.Errorf("a key that does two things is kept: %+v", bad)
	}
	if bad := guichet.ParseKeymap(`nonsense`); bad.Off || bad.Keys != nil {
		t.Errorf("nonsense is read as %+v", bad)
	}
}

// TestKeymapsThatHoldDoOneThing: whatever is chosen, a keymap that is accepted has no key that does two things, and
// is read back as it was written.
func TestKeymapsThatHoldDoOneThing(t *testing.T) {
	acts := guichet.Shortcuts()
	rapid.Check(t, func(t *rapid.T) {
		own := map[string]string{}
		for range rapid.IntRange(0, 6).Draw(t, "changes") {
			act := acts[rapid.IntRange(0, len(acts)-1).Draw(t, "act")].Act
			own[act] = rapid.StringMatching(`([a-zA-Z/?. é]( [a-z])?)?`).Draw(t, "key")
		}
		k := guichet.ParseKeymap(guichet.Keymap{Keys: own}.Text())
		seen := map[string]string{}
		for _, s := range acts {
			key := k.Key(s.Act)
			if key == "" {
				continue
			}
			for other, act := range seen {
				if other == key || len(other) > len(key) && other[:len(key)+1] == key+" " || len(key) > len(other) && key[:len(other)+1] == other+" " {
					t.Fatalf("%q does %s and %q does %s", key, s.Act, other, act)
				}
			}
			seen[key] = s.Act
		}
	})
}
