package guichet

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Shortcut is an act that one key does, or two keys pressed one after the other.
type Shortcut struct {
	Act   string // as the controls of the pages are marked
	Key   string // by default; a space parts two keys: "g m"
	Group string // under which the help sheet shows it
}

// The groups of shortcuts, in the order of the help sheet.
const (
	ShortcutsAnywhere = "anywhere"
	ShortcutsList     = "list"
	ShortcutsTicket   = "ticket"
	ShortcutsGo       = "go"
)

// ShortcutGroups lists the groups in their order.
func ShortcutGroups() []string {
	return []string{ShortcutsAnywhere, ShortcutsList, ShortcutsTicket, ShortcutsGo}
}

// Shortcuts is the one table of the shortcuts: the pages, the palette, the help sheet and the page where
// they are changed are all made from it.
func Shortcuts() []Shortcut {
	return []Shortcut{
		{"search", "/", ShortcutsAnywhere}, {"help", "?", ShortcutsAnywhere}, {"create", "c", ShortcutsAnywhere},
		{"down", "j", ShortcutsList}, {"up", "k", ShortcutsList}, {"open", "o", ShortcutsList}, {"select", "x", ShortcutsList},
		{"reply", "r", ShortcutsTicket}, {"note", "n", ShortcutsTicket}, {"task", "t", ShortcutsTicket},
		{"qualify", "q", ShortcutsTicket}, {"assign", "a", ShortcutsTicket}, {"claim", "m", ShortcutsTicket},
		{"hold", "s", ShortcutsTicket}, {"resolve", "e", ShortcutsTicket}, {"copy", ".", ShortcutsTicket},
		{"back", "u", ShortcutsTicket}, {"undo", "z", ShortcutsTicket},
		{"go.mine", "g m", ShortcutsGo}, {"go.teams", "g t", ShortcutsGo}, {"go.pool", "g p", ShortcutsGo},
		{"go.qualify", "g q", ShortcutsGo}, {"go.due", "g d", ShortcutsGo}, {"go.approvals", "g v", ShortcutsGo},
		{"go.pending", "g s", ShortcutsGo}, {"go.resolved", "g r", ShortcutsGo}, {"go.open", "g o", ShortcutsGo},
		{"go.closed", "g c", ShortcutsGo}, {"go.portal", "g h", ShortcutsGo}, {"go.admin", "g a", ShortcutsGo},
	}
}

// Keymap is what a person changed of the shortcuts. The zero Keymap is the table itself.
type Keymap struct {
	Off  bool              `json:"off,omitempty"`  // no key does anything by itself
	Keys map[string]string `json:"keys,omitempty"` // by act; an empty key: the act has none
}

// ParseKeymap reads what Text wrote. What is not a keymap, or no longer a good one, is the table itself:
// nobody is left with keys that do two things.
func ParseKeymap(text string) Keymap {
	var k Keymap
	if text == "" || json.Unmarshal([]byte(text), &k) != nil {
		return Keymap{}
	}
	k = k.tidy()
	if k.Check() != nil {
		return Keymap{Off: k.Off}
	}
	return k
}

// isKeymap reports whether a text is what Text writes.
func isKeymap(text string) bool { return ParseKeymap(text).Text() == text }

// Text writes the keymap: only what differs from the table.
func (k Keymap) Text() string {
	out, err := json.Marshal(k.tidy())
	if err != nil {
		return ""
	}
	return string(out)
}

// tidy keeps what differs from the table, in the form in which keys are compared.
func (k Keymap) tidy() Keymap {
	own := map[string]string{}
	for _, s := range Shortcuts() {
		if key, changed := k.Keys[s.Act]; changed && CleanKey(key) != s.Key {
			own[s.Act] = CleanKey(key)
		}
	}
	if len(own) == 0 {
		own = nil
	}
	return Keymap{k.Off, own}
}

// CleanKey brings a key as it was typed to the form in which keys are compared: small letters, one space.
func CleanKey(text string) string { return strings.Join(strings.Fields(strings.ToLower(text)), " ") }

// Key is the key of an act; empty: none.
func (k Keymap) Key(act string) string {
	for _, s := range Shortcuts() {
		if s.Act == act {
			return k.KeyOf(s)
		}
	}
	return k.Keys[act]
}

// KeyOf is the key of a shortcut; empty: none.
func (k Keymap) KeyOf(s Shortcut) string {
	if own, changed := k.Keys[s.Act]; changed {
		return own
	}
	return s.Key
}

// Check says which keys cannot be used: each is one character or two parted by a space, and does one thing.
// Fields are named "key." and the act; of two acts with the same key, the one that was changed is wrong.
func (k Keymap) Check() error {
	var problems Problems
	var taken []Shortcut
	for _, s := range k.changedLast() {
		switch other := clash(taken, s.Key); {
		case s.Key == "":
			continue
		case !isKey(s.Key):
			problems.Add("key."+s.Act, "key.shape")
		case other != "":
			problems.Add("key."+s.Act, "key.taken", "Act", other)
		}
		taken = append(taken, s)
	}
	return problems.Err()
}

// changedLast lists the shortcuts with their keys, those of the table before those of the person.
func (k Keymap) changedLast() []Shortcut {
	var table, own []Shortcut
	for _, s := range Shortcuts() {
		if key := k.Key(s.Act); key != s.Key {
			s.Key = key
			own = append(own, s)
		} else {
			table = append(table, s)
		}
	}
	return append(table, own...)
}

// clash finds the act that a key would also do: the same key, or one that begins the other.
func clash(taken []Shortcut, key string) string {
	i := slices.IndexFunc(taken, func(s Shortcut) bool {
		return s.Key == key || strings.HasPrefix(s.Key, key+" ") || strings.HasPrefix(key, s.Key+" ")
	})
	if i < 0 {
		return ""
	}
	return taken[i].Act
}

func isKey(key string) bool {
	strokes := strings.Split(key, " ")
	return len(strokes) <= 2 && !slices.ContainsFunc(strokes, func(s string) bool {
		r, size := utf8.DecodeRuneInString(s)
		return size != len(s) || r == utf8.RuneError || !unicode.IsGraphic(r) || unicode.IsSpace(r) || unicode.IsMark(r)
	})
}
