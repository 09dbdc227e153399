// Package admin is the pages of those who configure and operate the desk.
package admin

import (
	"net/http"
	"slices"

	"guichet/internal/web/site"
)

// Routes are the pages and acts of the administration, area by area.
func Routes() []site.Route {
	return slices.Concat(
		machineRoutes(),
		catalogueRoutes(),
		offeringRoutes(),
		workflowRoutes(),
		directoryRoutes(),
		templateRoutes(),
		routingRoutes(),
		historyRoutes(),
		transferRoutes(),
		slaRoutes(),
		remoteRoutes(),
		frontRoutes(),
	)
}

func machineRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /admin/system", Handle: administrators(system)},
		{Pattern: "POST /admin/jobs/{id}/retry", Handle: administrators(retry)},
	}
}

func administrators(handle func(*site.Request) error) func(*site.Request) error {
	return site.Only(site.IsAdministrator, handle)
}

const (
	ok = http.StatusOK
)
