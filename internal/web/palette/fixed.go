package palette

import (
	"slices"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// fixed are the entries that do not depend on what is typed: every place that the menus lead to, and what
// the reader may choose for himself or herself.
func (m Menus) fixed(q *site.Request) []entry {
	var out []entry
	seen := map[string]bool{}
	add := func(group string, list []kit.View) {
		for _, v := range list {
			if seen[v.URL] {
				continue
			}
			seen[v.URL] = true
			out = append(out, entry{ID: "go:" + v.URL, Group: group, Title: v.Title, Icon: v.Icon, URL: v.URL, Key: q.Keymap().Key("go." + v.Key)})
		}
	}
	if site.IsAgent(q.Actor) {
		add("views", m.Desk(q))
		if q.Actor.Has(guichet.PermissionOpenFor) {
			out = append(out, entry{ID: "go:/desk/new", Group: "views", Title: q.P.T("desk.new"), Icon: "plus", URL: "/desk/new", Key: q.Keymap().Key("create")})
		}
	}
	if site.IsAdministrator(q.Actor) {
		for _, g := range m.Admin(q) {
			add("admin", g.Views)
		}
	}
	return append(out, own(q)...)
}

// own is what somebody chooses for himself or herself.
func own(q *site.Request) []entry {
	out := []entry{
		{ID: "go:/profile", Title: q.P.T("nav.profile"), Icon: "user", URL: "/profile"},
		{ID: "go:" + keysURL, Title: q.P.T("keys.title"), Icon: "sliders-horizontal", URL: keysURL},
		{ID: "act:help", Title: q.ActText("help"), Icon: "circle-help", Act: "help", Key: q.Keymap().Key("help")},
		{ID: "act:theme", Title: q.P.T("nav.theme"), Icon: "moon", Act: "theme"},
	}
	for _, l := range []kit.Option{{Value: "fr", Label: "Français"}, {Value: "en", Label: "English"}} {
		if l.Value != q.P.Locale() {
			out = append(out, entry{ID: "language:" + l.Value, Title: q.P.T("palette.language", "Language", l.Label), Icon: "globe",
				URL: "/profile/language", Post: map[string]string{"locale": l.Value}})
		}
	}
	for i := range out {
		out[i].Group = "you"
	}
	return out
}

// part is a titled part of the list.
type part struct {
	Title   string
	Entries []entry
}

// byGroup parts the entries by their groups.
func byGroup(q *site.Request, list []entry) []part {
	var out []part
	for _, g := range groups {
		p := part{Title: q.P.T("palette.group." + g)}
		for _, e := range list {
			if e.Group == g {
				p.Entries = append(p.Entries, e)
			}
		}
		out = append(out, p)
	}
	return slices.DeleteFunc(out, func(p part) bool { return len(p.Entries) == 0 })
}

// section is a part of the help sheet.
type section struct {
	Title string `json:"title"`
	Keys  []key  `json:"keys"`
}

// key is a line of the help sheet.
type key struct {
	Act  string `json:"act"`
	Text string `json:"text"`
	Key  string `json:"key"`
}

// sheet is the help sheet with the keys of the reader.
func sheet(q *site.Request) []section {
	var out []section
	for _, g := range guichet.ShortcutGroups() {
		s := section{Title: q.P.T("key.group." + g)}
		if g == guichet.ShortcutsAnywhere {
			s.Keys = append(s.Keys, key{"palette", q.P.T("palette.title"), "Ctrl K"}, key{"leave", q.P.T("key.act.leave"), q.P.T("palette.close")})
		}
		for _, x := range guichet.Shortcuts() {
			if x.Group == g && q.Keymap().Key(x.Act) != "" {
				s.Keys = append(s.Keys, key{x.Act, q.ActText(x.Act), q.Keymap().Key(x.Act)})
			}
		}
		out = append(out, s)
	}
	return slices.DeleteFunc(out, func(s section) bool { return len(s.Keys) == 0 })
}
