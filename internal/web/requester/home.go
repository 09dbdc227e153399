package requester

import (
	"cmp"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/announcing"
	"guichet/internal/lexis"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// homeTickets is how many tickets the home page shows.
const homeTickets = 3

// stub is a ticket of the reader, with what is expected.
type stub struct {
	Row   ticketing.Row
	Todo  string // what is expected of the reader
	Next  string // otherwise: what comes next
	State string // what the process of the ticket calls its state; empty: the usual word
}

func home(q *site.Request) error {
	page, err := q.Desk.List(q.R.Context(), q.Actor, ticketing.Query{RequesterIDs: []guichet.ID{q.Actor.Person.ID}, Unfinished: true, Limit: 20})
	if err != nil {
		return err
	}
	stubs := stubsOf(q, page.Rows)
	slices.SortStableFunc(stubs, func(a, b stub) int { return cmp.Compare(order(a), order(b)) })
	themes := q.Config.Children("", q.Actor.Person, q.Time())
	news, err := announced(q, "")
	if err != nil {
		return err
	}
	return q.Render(ok, homeView(q.Page(q.P.T("home.title"), "home"), stubs[:min(len(stubs), homeTickets)], themes, news))
}

// order puts what waits for the reader first.
func order(s stub) int {
	if s.Todo != "" {
		return 0
	}
	return 1
}

func stubsOf(q *site.Request, rows []ticketing.Row) []stub {
	out := make([]stub, len(rows))
	for i, r := range rows {
		out[i] = stub{Row: r}
		out[i].State = q.Config.Called(r.WorkflowID, r.Workflow, r.State, r.AssigneeID != "").Portal
		out[i].Todo, out[i].Next = expectation(q, r)
	}
	return out
}

// expectation says what the reader has to do for a ticket, or else what comes next.
func expectation(q *site.Request, r ticketing.Row) (todo, next string) {
	mine := r.RequesterID == q.Actor.Person.ID || r.BeneficiaryID == q.Actor.Person.ID
	p := q.P
	switch {
	case r.State == guichet.StateResolved && mine && !r.CloseAt.IsZero():
		return p.T("todo.validate", "Date", p.Date(r.CloseAt)), ""
	case r.State == guichet.StateResolved:
		return "", p.T("next.resolved")
	case !r.State.Open():
		return "", ""
	case r.State == guichet.StatePending && r.PendingReason == ticketing.PendingRequester && mine:
		return p.T("todo.answer"), ""
	case r.State == guichet.StatePending && !r.PendingUntil.IsZero():
		return "", p.T("next.pending", "Date", p.Date(r.PendingUntil))
	case r.Assignee != "":
		return "", p.T("next.assigned", "Name", r.Assignee) + promised(q, r)
	case r.State == guichet.StateAwaitingApproval:
		return "", p.T("next.approval")
	}
	return "", p.T("next.new") + promised(q, r)
}

// promised is the next date to expect, in words: of the first contact, or of the solution. A date that has passed
// is no promise any more.
func promised(q *site.Request, r ticketing.Row) string {
	now := q.Time()
	switch {
	case r.Contact == guichet.ClockRunning && r.ContactDue.After(now):
		return " " + q.P.T("next.contact", "Date", q.P.Moment(r.ContactDue))
	case r.Resolve == guichet.ClockRunning && r.ResolveDue.After(now):
		return " " + q.P.T("next.due", "Date", q.P.Moment(r.ResolveDue))
	}
	return ""
}

// found is a service or an offering that the words of the reader bring to mind.
type found struct {
	Name, Help, Icon, URL string
	score                 int
}

// services lists the themes or, for a text, what it brings to mind.
func services(q *site.Request) error {
	text := strings.TrimSpace(q.R.URL.Query().Get("q"))
	themes := q.Config.Children("", q.Actor.Person, q.Time())
	return q.Render(ok, servicesView(q.Page(q.P.T("services.title"), ""), text, search(q, text), themes))
}

// maxFound is how many proposals a search makes.
const maxFound = 6

// search ranks the offerings by how many words they share with the text.
func search(q *site.Request, text string) []found {
	words := map[string]bool{}
	for _, w := range lexis.Tokens(text) {
		if len(w) > 2 {
			words[w] = true
		}
	}
	var out []found
	for id := range q.Config.Services {
		if q.Config.Shows(id, q.Actor.Person, q.Time()) {
			out = append(out, matches(q, id, words, text)...)
		}
	}
	slices.SortFunc(out, func(a, b found) int { return cmp.Or(b.score-a.score, cmp.Compare(a.Name, b.Name)) })
	return out[:min(len(out), maxFound)]
}

func matches(q *site.Request, id guichet.ID, words map[string]bool, text string) []found {
	s := q.Config.Services[id]
	base := score(words, q.Config.ServiceName(id)+" "+s.Description)
	var out []found
	for _, o := range q.Config.OfferingsOf(id) {
		n := 2*base + score(words, o.Name+" "+o.Description)
		if base > 0 {
			out = append(out, found{Name: q.Config.ServiceName(id) + " – " + o.Name, Help: o.Description, Icon: iconOf(q.Config, id),
				URL: formURL(id, o.ID, text), score: n})
		}
	}
	return out
}

func score(words map[string]bool, text string) int {
	n := 0
	for _, t := range lexis.Tokens(text) {
		if words[t] {
			n++
		}
	}
	return n
}

// iconOf is the icon of a service, or of its nearest parent that has one.
func iconOf(d *guichet.Desk, id guichet.ID) string {
	for _, s := range d.ServicePath(id) {
		if icon := d.Services[s].Icon; icon != "" {
			return icon
		}
	}
	return "layers"
}

// service shows a theme: its sub-services, and what can be asked.
func service(q *site.Request) error {
	id := guichet.ID(q.R.PathValue("service"))
	if !q.Config.Shows(id, q.Actor.Person, q.Time()) {
		return guichet.NotFound("service")
	}
	text := strings.TrimSpace(q.R.URL.Query().Get("q"))
	v := serviceData{Service: q.Config.Services[id], Icon: iconOf(q.Config, id), Parents: parents(q.Config, id), Text: text,
		Children: q.Config.Children(id, q.Actor.Person, q.Time()), Offerings: q.Config.OfferingsOf(id)}
	var err error
	if v.News, err = announced(q, id); err != nil {
		return err
	}
	return q.Render(ok, serviceView(q.Page(v.Service.Name, ""), v))
}

type serviceData struct {
	Service   guichet.Service
	Icon      string
	Parents   []kit.Option // from the top
	Text      string
	Children  []guichet.Service
	Offerings []guichet.Offering
	News      []announcing.Announcement
}

func parents(d *guichet.Desk, id guichet.ID) []kit.Option {
	path := d.ServicePath(id)
	var out []kit.Option
	for i := len(path) - 1; i > 0; i-- {
		out = append(out, kit.Option{Value: "/services/" + string(path[i]), Label: d.Services[path[i]].Name})
	}
	return out
}
