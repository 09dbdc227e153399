package agent

import (
	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
	"guichet/internal/web/thread"
)

func taskRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /desk/tasks", Handle: agents(myTasks)},
		{Pattern: "POST /desk/tickets/{number}/tasks/{id}/undone", Handle: agents(reopenTask)},
		{Pattern: "GET /desk/tickets/{number}/print", Handle: agents(printTicket)},
		{Pattern: "GET /desk/tickets/{number}/similar", Handle: agents(similar)},
	}
}

func myTasks(q *site.Request) error {
	list, err := q.Desk.MyTasks(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	page := q.Page(q.P.T("desk.my_tasks"), "tasks")
	return workspace(q, ok, page, func(page kit.Page, groups []kit.Group) templ.Component { return tasksView(page, groups, list) })
}

func reopenTask(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	err = q.Desk.ReopenTask(q.R.Context(), q.Actor, n, guichet.ID(q.R.PathValue("id")))
	if err != nil && guichet.KindOf(err) != guichet.KindConflict {
		return err
	}
	if err != nil {
		return refused(q, n, err, attempt{})
	}
	return q.Redirect(trailOf(q).on(ticketURL(n)), q.P.T("desk.done.reopened_task"))
}

// printData is a whole ticket on paper.
type printData struct {
	View   ticketing.View
	Groups []thread.Group
	Notes  bool // with what is internal
}

// mostPrinted is how many events a printed ticket holds.
const mostPrinted = 2000

// printTicket is the ticket without anything around it, with or without what is internal.
func printTicket(q *site.Request) error {
	v, err := beside(q, mostPrinted)
	if err != nil {
		return err
	}
	d := printData{View: v, Notes: q.R.URL.Query().Get("notes") == "1"}
	if !d.Notes {
		d.View = v.Public()
	}
	d.Groups = thread.Plain(thread.Tell(q, d.View, d.Notes))
	return q.Render(ok, printView(q, q.Page(v.Ticket.Title, ""), d))
}

// fact is a line of the head of a printed ticket.
type fact struct{ Name, Value string }

func (d printData) facts(q *site.Request) []fact {
	t, p := d.View.Ticket, q.P
	var out []fact
	add := func(key, value string) {
		if value != "" {
			out = append(out, fact{p.T(key), value})
		}
	}
	add("desk.requester", d.View.People[t.RequesterID].Name())
	if t.BeneficiaryID != t.RequesterID {
		add("desk.beneficiary", d.View.People[t.BeneficiaryID].Name())
	}
	add("desk.print.state", first(d.View.Called().Name, p.T("state.desk."+kit.StateName(t.State, t.AssigneeID != ""))))
	add("desk.field.service", d.View.Desk.ServiceName(t.ServiceID))
	add("desk.field.team", site.TeamName(d.View.Desk.Teams[t.TeamID]))
	add("desk.field.technician", d.View.People[t.AssigneeID].Name())
	add("desk.filter.priority", p.T("priority."+string(t.Priority)))
	add("desk.prop.place", placeOf(q, t))
	add("desk.prop.opened", p.DateTime(t.OpenedAt))
	return out
}
