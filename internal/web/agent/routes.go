// Package agent is the workspace of those who handle tickets, and the pages of those who configure
// and operate the desk.
package agent

import (
	"net/http"

	"guichet"
	"guichet/internal/web/site"
)

// Routes are the pages and acts of the workspace and of the administration.
func Routes() []site.Route {
	return append(desk(), administration()...)
}

func desk() []site.Route {
	return []site.Route{
		{Pattern: "GET /desk/{$}", Handle: agents(start)},
		{Pattern: "GET /desk/{view}", Handle: agents(list)},
		{Pattern: "GET /desk/new", Handle: agents(newTicket)},
		{Pattern: "POST /desk/new", Handle: agents(openTicket)},
		{Pattern: "GET /desk/tickets/{number}", Handle: agents(ticket)},
		{Pattern: "POST /desk/tickets/{number}/messages", Handle: agents(speak)},
		{Pattern: "POST /desk/tickets/{number}/actions/{action}", Handle: agents(act)},
		{Pattern: "POST /desk/tickets/{number}/tasks/{id}/done", Handle: agents(finishTask)},
	}
}

func administration() []site.Route {
	return []site.Route{
		{Pattern: "GET /admin/{$}", Handle: administrators(catalogue)},
		{Pattern: "GET /admin/workflows/{id}", Handle: administrators(workflow)},
		{Pattern: "GET /admin/people", Handle: administrators(people)},
		{Pattern: "GET /admin/roles", Handle: administrators(roles)},
		{Pattern: "GET /admin/system", Handle: administrators(system)},
		{Pattern: "POST /admin/jobs/{id}/retry", Handle: administrators(retry)},
	}
}

// agents keeps a page for those who work at the desk; for anybody else it does not exist. What they
// do there came by the desk's own screens.
func agents(handle func(*site.Request) error) func(*site.Request) error {
	return only(site.IsAgent, handle)
}

func administrators(handle func(*site.Request) error) func(*site.Request) error {
	return only(site.IsAdministrator, handle)
}

func only(who func(guichet.Actor) bool, handle func(*site.Request) error) func(*site.Request) error {
	return func(q *site.Request) error {
		if !who(q.Actor) {
			return guichet.NotFound("page")
		}
		q.Actor.Channel = guichet.ChannelDesk
		return handle(q)
	}
}

const (
	ok      = http.StatusOK
	invalid = http.StatusUnprocessableEntity
)
