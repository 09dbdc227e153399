package palette

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/lexis"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// entry is a line of the palette: a place to go to, or an act.
type entry struct {
	ID    string            `json:"id"`
	Group string            `json:"group"`
	Title string            `json:"title"`
	Hint  string            `json:"hint,omitempty"`
	Icon  string            `json:"icon"`
	URL   string            `json:"url,omitempty"`  // where it leads
	Act   string            `json:"act,omitempty"`  // what it does on the page that is open; needs scripts
	Post  map[string]string `json:"post,omitempty"` // fields sent to URL
	Key   string            `json:"key,omitempty"`
}

// groups of the palette, in their order. Those of acts and of recent entries are made in the browser.
var groups = []string{"ticket", "views", "people", "services", "admin", "you", "find"}

// Sizes of what is found.
const (
	maxPeople   = 5
	maxServices = 5
	minWords    = 2 // characters of a name
)

// palette answers the script of the palette, and without scripts it is a page.
func (m Menus) palette(q *site.Request) error {
	text := strings.TrimSpace(q.R.URL.Query().Get("q"))
	found, err := search(q, text)
	if err != nil {
		return err
	}
	if strings.Contains(q.R.Header.Get("Accept"), "application/json") {
		if text == "" {
			return m.answerFirst(q)
		}
		return answer(q, map[string]any{"entries": found})
	}
	page := q.Page(q.P.T("palette.title"), "")
	all := append(found, matching(m.fixed(q), text)...)
	all = slices.DeleteFunc(all, func(e entry) bool { return e.Act != "" })
	return q.Render(ok, paletteView(page, m.menu(q), text, byGroup(q, all)))
}

// menu is the rail of the page: that of the room in which the reader is at home.
func (m Menus) menu(q *site.Request) []kit.Group {
	if site.IsAgent(q.Actor) {
		return []kit.Group{{Title: q.P.T("desk.rail.queues"), Views: m.Desk(q)}}
	}
	return m.Admin(q)
}

// answerFirst gives everything that does not depend on what is typed, and the tickets that this browser
// had open, named only for who may still see them.
func (m Menus) answerFirst(q *site.Request) error {
	recent, err := tickets(q, numbers(q.R.URL.Query().Get("recent"))...)
	if err != nil {
		return err
	}
	acts := map[string]string{}
	for _, s := range guichet.Shortcuts() {
		acts[s.Act] = q.ActText(s.Act)
	}
	var titles []map[string]string
	for _, g := range append([]string{"recent", "acts"}, groups...) {
		titles = append(titles, map[string]string{"key": g, "title": q.P.T("palette.group." + g)})
	}
	return answer(q, map[string]any{"entries": append(recent, m.fixed(q)...), "acts": acts, "groups": titles,
		"none": q.P.T("palette.none"), "some": q.P.T("palette.some"), "copied": q.P.T("palette.copied"), "help": sheet(q), "change": q.P.T("palette.change"), "keys": keysURL})
}

// answer is JSON where a page would be shown to a reader without scripts.
func answer(q *site.Request, body any) error {
	q.W.Header().Set("Vary", "Accept")
	return q.JSON(body)
}

// numbers reads the numbers of tickets in a text.
func numbers(text string) []int64 {
	var out []int64
	for part := range strings.SplitSeq(text, ",") {
		if n, err := strconv.ParseInt(strings.TrimLeft(part, "#"), 10, 64); err == nil && n > 0 {
			out = append(out, n)
		}
	}
	return out
}

// tickets names tickets by their numbers, as far as the reader may see them.
func tickets(q *site.Request, n ...int64) ([]entry, error) {
	if len(n) == 0 {
		return nil, nil
	}
	found, err := q.Desk.Glances(q.R.Context(), q.Actor, n...)
	var out []entry
	for _, g := range found {
		number := strconv.FormatInt(g.Number, 10)
		out = append(out, entry{ID: "ticket:" + number, Group: "ticket", Title: q.P.Ticket(g.Number) + " · " + g.Title,
			Hint: q.P.T("state.desk." + string(g.State)), Icon: "ticket", URL: "/desk/tickets/" + number})
	}
	return out, err
}

// search finds what is looked up: a ticket by its number, people and services by their names, within
// what the reader may see.
func search(q *site.Request, text string) ([]entry, error) {
	if text == "" {
		return nil, nil
	}
	found, err := tickets(q, numbers(strings.Join(strings.Fields(text), ""))...)
	if err != nil {
		return nil, err
	}
	if len([]rune(text)) >= minWords {
		people, err := people(q, text)
		if err != nil {
			return nil, err
		}
		found = append(found, people...)
	}
	found = append(found, services(q, text)...)
	if site.IsAgent(q.Actor) {
		found = append(found, entry{ID: "find", Group: "find", Title: q.P.T("palette.search", "Text", text), Icon: "search", URL: "/desk/open?q=" + url.QueryEscape(text)})
	}
	return found, nil
}

// people finds persons by name: their tickets, for who handles tickets; their record, for who keeps it.
func people(q *site.Request, text string) ([]entry, error) {
	var out []entry
	if site.IsAgent(q.Actor) {
		found, err := q.Directory.Find(q.R.Context(), q.Actor, text, maxPeople)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			out = append(out, entry{ID: "person:" + string(p.ID), Group: "people", Title: p.Name, Hint: q.P.T("palette.person.tickets", "Organisation", p.Organisation),
				Icon: "user", URL: "/desk/open?person=" + string(p.ID)})
		}
	}
	if len(q.Actor.Keeping()) == 0 {
		return out, nil
	}
	kept, err := q.Directory.People(q.R.Context(), q.Actor, directory.Query{Text: text, Limit: maxPeople})
	for _, p := range kept.People {
		out = append(out, entry{ID: "record:" + string(p.ID), Group: "people", Title: p.Name(), Hint: q.P.T("palette.person.record"),
			Icon: "id-card", URL: "/admin/people/" + string(p.ID)})
	}
	return out, err
}

// services finds services by the beginning of the words of their names.
func services(q *site.Request, text string) []entry {
	var out []entry
	for _, n := range site.Tree(q.Config) {
		s := n.Service
		if s.State == guichet.ServiceClosed || !matches(q.Config.ServiceName(s.ID), text) || len(out) >= maxServices {
			continue
		}
		e := entry{ID: "service:" + string(s.ID), Group: "services", Title: q.Config.ServiceName(s.ID), Icon: "layers"}
		switch {
		case site.IsAgent(q.Actor):
			e.Hint, e.URL = q.P.T("palette.service.tickets"), "/desk/open?service="+string(s.ID)
		case q.Actor.Configures(s.ID, q.Config):
			e.URL = "/admin/services/" + string(s.ID)
		default:
			continue
		}
		out = append(out, e)
	}
	return out
}

// matches reports whether each word of a text begins a word of a name.
func matches(name, text string) bool {
	words := lexis.Words(name)
	return !slices.ContainsFunc(lexis.Words(text), func(w string) bool {
		return !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, w) })
	})
}

func matching(list []entry, text string) []entry {
	return slices.DeleteFunc(list, func(e entry) bool { return !matches(e.Title+" "+e.Hint, text) })
}
