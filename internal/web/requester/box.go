package requester

import (
	"html"
	"strings"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/searching"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// maxBox is how much of what is typed in the box is looked at, in characters.
const maxBox = 500

// proposal is a page that may answer what is being typed.
type proposal struct {
	ID     string  `json:"id,omitempty"` // of a person
	Icon   string  `json:"icon"`
	URL    string  `json:"url"`
	Title  []piece `json:"title"`
	Detail string  `json:"detail"`
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
	Go       *proposal `json:"go,omitempty"` // where the text becomes a ticket
	Said     string    `json:"said"`         // how many, for who listens
}

func (p *proposals) add(title string, items []proposal) {
	if len(items) > 0 {
		p.Sections = append(p.Sections, section{title, items})
	}
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
	return q.JSON(found)
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
	found, err := q.Searching.Suggest(q.R.Context(), q.Actor, text)
	if err != nil {
		return out, err
	}
	words := lexis.Seek(lexis.Telling(lexis.Words(text)), true)
	current := currentOf(q, words, found.Announcements)
	own := ownOf(q, words, found)
	forms := formsOf(q, words, found.Proposals, text)
	out.add(q.P.T("box.now"), current)
	out.add(q.P.T("box.own"), own)
	out.add(q.P.T("box.forms"), forms)
	out.Go = &proposal{Icon: "pen-line", URL: withText("/new", text), Title: plain(q.P.T("box.general")), Detail: q.P.T("box.becomes")}
	if len(found.Proposals) > 0 {
		form := fitting(q, found.Proposals[0])
		out.Go.Title, out.Go.URL = plain(q.P.T("box.go", "Form", form.Name)), formURL(form.Service, form.Offering, text)
	}
	out.Said = q.P.N("box.said", len(current)+len(own)+len(forms))
	return out, nil
}

// fitting is a proposal with the form that it leads to: of a service that has several, the one for what does
// not work, which asks least.
func fitting(q *site.Request, p searching.Proposal) searching.Proposal {
	forms := q.Config.OfferingsOf(p.Service)
	if p.Offering != "" || len(forms) == 0 {
		return p
	}
	best := forms[0]
	for _, o := range forms {
		if o.Kind == guichet.KindIncident {
			best = o
			break
		}
	}
	p.Offering, p.Name = best.ID, best.Name
	return p
}

func plain(text string) []piece { return []piece{{Text: text}} }

func currentOf(q *site.Request, words *lexis.Sought, list []guichet.Announcement) []proposal {
	var out []proposal
	for _, a := range list {
		detail := q.P.T("announce.since", "Date", q.P.Moment(a.From))
		if a.NextAt.After(q.Time()) {
			detail = q.P.T("announce.next.at", "Date", q.P.DateTime(a.NextAt))
		}
		out = append(out, proposal{Icon: announcementIcons[a.Kind], URL: "/information/" + string(a.ID), Title: mark(words, a.Title), Detail: detail})
	}
	return out
}

// ownOf are the open tickets of the reader with the same words: asking twice helps nobody.
func ownOf(q *site.Request, words *lexis.Sought, found searching.Suggestions) []proposal {
	var out []proposal
	for _, s := range stubsOf(q, found.Tickets) {
		out = append(out, proposal{Icon: "ticket", URL: ticketURL(s.Row.Number), Title: mark(words, s.Row.Title),
			Detail: q.P.T("box.ticket", "Number", q.P.Ticket(s.Row.Number), "State", stateWords(q, s))})
	}
	return out
}

func stateWords(q *site.Request, s stub) string {
	if s.State != "" {
		return s.State
	}
	return q.P.T("state.portal." + kit.StateName(s.Row.State, s.Row.AssigneeID != ""))
}

func formsOf(q *site.Request, words *lexis.Sought, list []searching.Proposal, text string) []proposal {
	var out []proposal
	for _, p := range list {
		to, detail := serviceURL(p.Service, text), p.Path
		if p.Offering != "" {
			to = formURL(p.Service, p.Offering, text)
		} else if above := q.Config.Services[q.Config.Services[p.Service].ParentID]; above.ID != "" {
			detail = q.Config.ServiceName(above.ID)
		}
		if detail == p.Name {
			detail = p.Help
		}
		out = append(out, proposal{Icon: iconOf(q.Config, p.Service), URL: to, Title: mark(words, p.Name), Detail: detail})
	}
	return out
}

// maxMarked is how many words of a title are marked.
const maxMarked = 20

// mark parts a title where words that were typed stand.
func mark(words *lexis.Sought, title string) []piece {
	var out []piece
	at := 0
	for _, s := range words.Spans(title, maxMarked) {
		if s.From > at {
			out = append(out, piece{Text: title[at:s.From]})
		}
		out = append(out, piece{title[s.From:s.To], true})
		at = s.To
	}
	if at < len(title) {
		out = append(out, piece{Text: title[at:]})
	}
	return out
}

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

// colleagues finds people for whom a request is made, by name or by number. It tells what tells two namesakes
// apart and nothing else.
func colleagues(q *site.Request) error {
	found, err := q.Directory.Find(q.R.Context(), q.Actor, boxText(q.R.URL.Query().Get("text")), maxColleagues)
	if err != nil && guichet.KindOf(err) != guichet.KindInvalid { // too short a text finds nobody
		return err
	}
	var items []proposal
	for _, p := range found {
		items = append(items, proposal{ID: string(p.ID), Icon: "user", Title: plain(p.Name), Detail: p.Organisation})
	}
	out := proposals{Said: q.P.N("box.said", len(items))}
	out.add("", items)
	return q.JSON(out)
}

// maxColleagues is how many people are proposed for a name.
const maxColleagues = 8
