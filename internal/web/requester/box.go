package requester

import (
	"cmp"
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/ticketing"
	"guichet/internal/web/site"
)

// How many proposals of each sort the box makes, and how much of what is typed it looks at.
const (
	maxForms   = 5
	maxOwn     = 3
	maxCurrent = 2
	ownLooked  = 50  // tickets of the reader, the last changed first
	maxBox     = 500 // characters
)

// proposal is a page that may answer what is being typed.
type proposal struct {
	Icon   string  `json:"icon"`
	URL    string  `json:"url"`
	Title  []piece `json:"title"`
	Detail string  `json:"detail"`
	score  int
}

// piece is a part of a title; a hit holds words that were typed.
type piece struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty"`
}

// section is the proposals of one sort.
type section struct {
	Title string     `json:"title"`
	Items []proposal `json:"items"`
}

// proposals are what the box answers to a text.
type proposals struct {
	Text     string    `json:"text"`
	Sections []section `json:"sections"`
	Go       proposal  `json:"go"`   // where the text becomes a ticket
	Said     string    `json:"said"` // how many, for who listens
}

// ask shows the proposals for a text as a page. The script of the box asks for the most fitting form at
// once.
func ask(q *site.Request) error {
	query := q.R.URL.Query()
	found, err := propose(q, boxText(query.Get("text")))
	if err != nil {
		return err
	}
	if query.Get("go") != "" && found.Text != "" {
		return q.Redirect(found.Go.URL, "")
	}
	themes := q.Config.Children("", q.Actor.Person, q.Time())
	return q.Render(ok, askView(q.Page(q.P.T("home.question"), "home"), found, themes))
}

// suggestions answers the box while its reader types.
func suggestions(q *site.Request) error {
	found, err := propose(q, boxText(q.R.URL.Query().Get("text")))
	if err != nil {
		return err
	}
	return sendJSON(q, found)
}

func sendJSON(q *site.Request, v any) error {
	q.W.Header().Set("Content-Type", "application/json")
	q.W.Header().Set("Cache-Control", "private, no-store")
	q.W.WriteHeader(http.StatusOK)
	return json.NewEncoder(q.W).Encode(v)
}

// boxText is what is looked at of what was typed.
func boxText(text string) string {
	text = strings.TrimSpace(text)
	if r := []rune(text); len(r) > maxBox {
		text = string(r[:maxBox])
	}
	return text
}

// propose finds what a text brings to mind: what is known already, the reader's own tickets about it, and the
// forms that ask for it.
func propose(q *site.Request, text string) (proposals, error) {
	out := proposals{Text: text}
	w := wordsOf(text)
	add := func(title string, items []proposal) {
		if len(items) > 0 {
			out.Sections = append(out.Sections, section{q.P.T(title), items})
		}
	}
	current, err := currentFor(q, w)
	if err != nil {
		return out, err
	}
	add("box.now", current)
	own, err := ownFor(q, w)
	if err != nil {
		return out, err
	}
	add("box.own", own)
	forms := formsFor(q, w, text)
	add("box.forms", forms)
	out.Go = proposal{Icon: "pen-line", URL: withText("/new", text), Title: plain(q.P.T("box.general")), Detail: q.P.T("box.becomes")}
	if len(forms) > 0 {
		best := forms[0]
		out.Go = proposal{Icon: "pen-line", URL: best.URL, Title: plain(q.P.T("box.go", "Form", wordsOfTitle(best.Title))), Detail: q.P.T("box.becomes")}
	}
	out.Said = q.P.N("box.said", len(current)+len(own)+len(forms))
	return out, nil
}

func plain(text string) []piece { return []piece{{Text: text}} }

func wordsOfTitle(pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// currentFor are the announcements that speak of what is typed.
func currentFor(q *site.Request, w wording) ([]proposal, error) {
	news, err := announced(q, "")
	var out []proposal
	for _, a := range news {
		n := 2*w.score(a.Title) + w.score(q.Config.ServiceName(a.ServiceID)+" "+a.Body)
		if n == 0 {
			continue
		}
		detail := q.P.T("announce.since", "Date", q.P.Moment(a.From))
		if a.NextAt.After(q.Time()) {
			detail = q.P.T("announce.next.at", "Date", q.P.DateTime(a.NextAt))
		}
		out = append(out, proposal{announcementIcons[a.Kind], "/information/" + string(a.ID), w.mark(a.Title), detail, n})
	}
	return best(out, maxCurrent), err
}

// ownFor are the open tickets of the reader with the same words: asking twice helps nobody.
func ownFor(q *site.Request, w wording) ([]proposal, error) {
	if w.empty() {
		return nil, nil
	}
	page, err := q.Desk.List(q.R.Context(), q.Actor, ticketing.Query{RequesterIDs: []guichet.ID{q.Actor.Person.ID}, Unfinished: true, Limit: ownLooked})
	var out []proposal
	for _, s := range stubsOf(q, page.Rows) {
		n := 2*w.score(s.Row.Title) + w.score(s.Row.LastMessage)
		if n < 2 {
			continue
		}
		out = append(out, proposal{"ticket", ticketURL(s.Row.Number), w.mark(s.Row.Title),
			q.P.T("box.ticket", "Number", q.P.Ticket(s.Row.Number), "State", stateWords(q, s)), n})
	}
	return best(out, maxOwn), err
}

func stateWords(q *site.Request, s stub) string {
	if s.State != "" {
		return s.State
	}
	name := string(s.Row.State)
	if s.Row.State == guichet.StateAssigned && s.Row.AssigneeID == "" {
		name = "pool"
	}
	return q.P.T("state.portal." + name)
}

// formsFor ranks what can be asked by how many of its words were typed.
func formsFor(q *site.Request, w wording, text string) []proposal {
	if w.empty() {
		return nil
	}
	seen := map[guichet.ID]proposal{} // by form: each once, where it fits best
	for id, s := range q.Config.Services {
		if !q.Config.Shows(id, q.Actor.Person, q.Time()) {
			continue
		}
		name := q.Config.ServiceName(id)
		base := 3*w.score(name) + w.score(s.Description)
		for _, o := range q.Config.OfferingsOf(id) {
			if o.ServiceID != id && w.score(s.Name) == 0 { // it is proposed with the service that it belongs to
				continue
			}
			n := base + 2*w.score(o.Name) + w.score(o.Description)
			if n > seen[o.ID].score || n == seen[o.ID].score && n > 0 && o.ServiceID == id {
				seen[o.ID] = proposal{iconOf(q.Config, id), formURL(id, o.ID, text), w.mark(o.Name), name, n}
			}
		}
	}
	return best(slices.Collect(maps.Values(seen)), maxForms)
}

// best keeps the proposals with the highest scores; equals are in the order of their names.
func best(list []proposal, limit int) []proposal {
	slices.SortFunc(list, func(a, b proposal) int {
		return cmp.Or(b.score-a.score, cmp.Compare(wordsOfTitle(a.Title)+a.Detail, wordsOfTitle(b.Title)+b.Detail), cmp.Compare(a.URL, b.URL))
	})
	return list[:min(len(list), limit)]
}

// wording is what a text says that may be found elsewhere.
type wording struct {
	stems map[string]bool
	last  string // the word that is still being typed
}

// usual are the words that say nothing of what is asked.
var usual = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(`le la les un une des du de au aux et ou mais je tu il elle on nous vous ils elles me se ce cet cette ces
		mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs que qui quoi dont est sont suis ai ont avoir etre fait faire
		ne pas plus ni non oui en dans sur sous avec sans pour par chez entre depuis tres trop peu bien mal aussi tout tous toute
		toutes autre autres impossible probleme demande demander signaler peux peut marche marchent fonctionne fonctionnent
		the and for with not from this that have has can cannot my our your any does doesn problem request report ask`) {
		for _, t := range lexis.Tokens(w) {
			out[t] = true
		}
	}
	return out
}()

func wordsOf(text string) wording {
	w := wording{stems: map[string]bool{}}
	for _, t := range lexis.Tokens(text) {
		if utf8.RuneCountInString(t) > 1 && !usual[t] {
			w.stems[t] = true
		}
	}
	if words := lexis.Words(text); len(words) > 0 && utf8.RuneCountInString(words[len(words)-1]) > 2 {
		w.last = words[len(words)-1]
	}
	return w
}

func (w wording) empty() bool { return len(w.stems) == 0 }

// score is how many different words of the wording a text holds.
func (w wording) score(text string) int {
	seen := map[string]bool{}
	for _, word := range lexis.Words(text) {
		if t := w.found(word); t != "" {
			seen[t] = true
		}
	}
	return len(seen)
}

// found is the word of the wording that a word stands for; empty when there is none.
func (w wording) found(word string) string {
	for _, t := range lexis.Tokens(word) {
		if w.stems[t] {
			return t
		}
		if w.last != "" && strings.HasPrefix(word, w.last) && !usual[t] {
			return w.last
		}
	}
	return ""
}

// mark parts a title where words of the wording stand.
func (w wording) mark(title string) []piece {
	var out []piece
	add := func(text string, hit bool) {
		if n := len(out); n > 0 && out[n-1].Hit == hit {
			out[n-1].Text += text
		} else if text != "" {
			out = append(out, piece{text, hit})
		}
	}
	rest := title
	for rest != "" {
		i := strings.IndexFunc(rest, isLetter)
		if i < 0 {
			add(rest, false)
			break
		}
		add(rest[:i], false)
		rest = rest[i:]
		end := strings.IndexFunc(rest, func(r rune) bool { return !isLetter(r) })
		if end < 0 {
			end = len(rest)
		}
		add(rest[:end], w.found(lexis.Fold(rest[:end])) != "")
		rest = rest[end:]
	}
	return out
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// marked is a title with its hits marked, made safe.
func marked(title []piece) string {
	var b strings.Builder
	for _, p := range title {
		if p.Hit {
			b.WriteString("<mark>" + html.EscapeString(p.Text) + "</mark>")
		} else {
			b.WriteString(html.EscapeString(p.Text))
		}
	}
	return b.String()
}
