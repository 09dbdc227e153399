// Package agent is the workspace of those who handle tickets.
package agent

import (
	"net/http"
	"slices"

	"guichet/internal/web/site"
)

// Routes are the pages and acts of the workspace.
func Routes() []site.Route {
	return slices.Concat(linkRoutes(), tagRoutes(), observerRoutes(), bulkRoutes(), savedRoutes(), displayRoutes(), composerRoutes(), taskRoutes(), templateRoutes(), announceRoutes(), slaRoutes(), []site.Route{
		{Pattern: "GET /desk/{$}", Handle: agents(start)},
		{Pattern: "GET /desk/complete", Handle: agents(complete)},
		{Pattern: "GET /desk/{view}", Handle: agents(list)},
		{Pattern: "GET /desk/rail", Handle: agents(railAgain)},
		{Pattern: "GET " + preferencesURL, Handle: agents(preferences)},
		{Pattern: "POST " + preferencesURL, Handle: agents(savePreferences)},
		{Pattern: "GET /desk/new", Handle: agents(newTicket)},
		{Pattern: "POST /desk/new", Handle: agents(openTicket)},
		{Pattern: "GET /desk/tickets/{number}", Handle: agents(ticket)},
		{Pattern: "GET /desk/tickets/{number}/form", Handle: agents(answeredForm)},
		{Pattern: "POST /desk/tickets/{number}/messages", Handle: agents(speak)},
		{Pattern: "POST /desk/tickets/{number}/actions/{action}", Handle: agents(act)},
		{Pattern: "POST /desk/tickets/{number}/remote/{person}", Handle: agents(assist)},
		{Pattern: "POST /desk/tickets/{number}/tasks/{id}/done", Handle: agents(finishTask)},
	})
}

// agents keeps a page for those who work at the desk; for anybody else it does not exist. What they
// do there came by the desk's own screens.
func agents(handle func(*site.Request) error) func(*site.Request) error {
	return site.Only(site.IsAgent, handle)
}

const (
	ok       = http.StatusOK
	invalid  = http.StatusUnprocessableEntity
	conflict = http.StatusConflict
)
