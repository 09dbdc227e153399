package kit

import "guichet"

// keys is what the script of the shortcuts needs to know about a page.
type keys struct {
	Off   bool              `json:"off,omitempty"`
	Keys  map[string]string `json:"keys"` // the act of each key
	Go    map[string]string `json:"go"`   // where acts lead, of those that lead somewhere
	Close string            `json:"close"`
}

// keysOf gathers the keys of the reader and the places of the rail to which they lead.
func keysOf(p Page, rail []Group) keys {
	places := map[string]string{}
	for _, g := range rail {
		for _, v := range g.Views {
			places["go."+v.Key] = v.URL
		}
	}
	if p.CanDesk {
		places["create"] = "/desk/new"
	}
	k := keys{Off: p.Keys.Off, Keys: map[string]string{}, Go: map[string]string{}, Close: p.P.T("palette.close")}
	for _, s := range guichet.Shortcuts() {
		key, place := p.Keys.KeyOf(s), places[s.Act]
		if key == "" || place == "" && (s.Group == guichet.ShortcutsGo || s.Act == "create") {
			continue
		}
		k.Keys[key] = s.Act
		if place != "" {
			k.Go[s.Act] = place
		}
	}
	return k
}
