package requester

import (
	"net/url"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/announcing"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// What the home page shows: tickets among those that changed last, and themes.
const (
	homeLooked  = 30
	homeTickets = 3
	homeThemes  = 12
)

// stub is a ticket of the reader, with what is expected.
type stub struct {
	Row   ticketing.Row
	Todo  string // what is expected of the reader
	Next  string // otherwise: what comes next
	State string // what the process of the ticket calls its state; empty: the usual word
	Who   string // who asks, when it is somebody else
}

// homeData is the first page.
type homeData struct {
	Expected  []stub // what waits for the reader
	Mine      []stub
	Approvals []ticketing.Waiting
	Themes    []guichet.Service
	More      int // themes that are not shown
	News      []announcing.Announcement
	New       bool // the reader has no ticket at all
	Begun     []begun
	Unrated   []guichet.Ticket // closed lately: an opinion is welcome
}

func home(q *site.Request) error {
	mine := ticketing.Query{RequesterIDs: []guichet.ID{q.Actor.Person.ID}, Unfinished: true, Limit: homeLooked}
	page, err := q.Desk.List(q.R.Context(), q.Actor, mine)
	if err != nil {
		return err
	}
	d := homeData{Approvals: q.Waiting(), Themes: q.Config.Children("", q.Actor.Person, q.Time())}
	for _, s := range stubsOf(q, page.Rows) {
		if s.Todo != "" {
			d.Expected = append(d.Expected, s)
		} else if len(d.Mine) < homeTickets {
			d.Mine = append(d.Mine, s)
		}
	}
	if len(d.Themes) > homeThemes {
		d.More = len(d.Themes)
		d.Themes = d.Themes[:homeThemes-1]
	}
	if d.New = len(page.Rows) == 0; d.New {
		ended, err := q.Desk.List(q.R.Context(), q.Actor, ticketing.Query{RequesterIDs: mine.RequesterIDs, Final: true, Limit: 1})
		if err != nil {
			return err
		}
		d.New = len(ended.Rows) == 0
	}
	if d.News, err = announced(q, ""); err != nil {
		return err
	}
	if d.Begun, err = begunOf(q); err != nil {
		return err
	}
	if d.Unrated, err = unratedOf(q); err != nil {
		return err
	}
	return q.Render(ok, homeView(q.Page(q.P.T("home.title"), "home"), d))
}

func stubsOf(q *site.Request, rows []ticketing.Row) []stub {
	out := make([]stub, len(rows))
	for i, r := range rows {
		out[i] = stub{Row: r}
		out[i].State = q.Config.Called(r.WorkflowID, r.Workflow, r.State, r.AssigneeID != "").Portal
		out[i].Todo, out[i].Next = expectation(q, r)
		switch me := q.Actor.Person.ID; {
		case r.Beneficiary != "" && r.BeneficiaryID != me:
			out[i].Who = r.Beneficiary
		case r.RequesterID != me && r.BeneficiaryID != me:
			out[i].Who = r.Requester
		}
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

// services lists the themes. Words that are sought there are those of the box.
func services(q *site.Request) error {
	if text := boxText(q.R.URL.Query().Get("q")); text != "" {
		return q.Redirect("/ask?text="+url.QueryEscape(text), "")
	}
	return q.Render(ok, servicesView(q.Page(q.P.T("services.title"), ""), q.Config.Children("", q.Actor.Person, q.Time())))
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
	v.Offerings = troubleFirst(v.Offerings)
	var err error
	if v.News, err = announced(q, id); err != nil {
		return err
	}
	return q.Render(ok, serviceView(q.Page(v.Service.Name, ""), v))
}

// troubleFirst puts what does not work any more before what one would like: who comes in trouble takes the first.
func troubleFirst(list []guichet.Offering) []guichet.Offering {
	rank := func(o guichet.Offering) int {
		if o.Kind == guichet.KindIncident {
			return 0
		}
		return 1
	}
	return slices.SortedStableFunc(slices.Values(list), func(a, b guichet.Offering) int { return rank(a) - rank(b) })
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
