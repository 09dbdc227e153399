package site

import (
	"strings"

	"guichet"
)

// Keymap is what the reader's keys do. Who has no workspace has no keys.
func (q *Request) Keymap() guichet.Keymap {
	if !IsAgent(q.Actor) && !IsAdministrator(q.Actor) {
		return guichet.Keymap{}
	}
	return guichet.ParseKeymap(q.Preference(guichet.PreferenceKeys))
}

// ActText says what a key does; those that lead to a view bear its name.
func (q *Request) ActText(act string) string {
	place, leads := strings.CutPrefix(act, "go.")
	switch {
	case !leads:
		return q.P.T("key.act." + act)
	case q.P.Has("desk.view." + place):
		return q.P.T("desk.view." + place)
	}
	return q.P.T("desk.rail." + place)
}
