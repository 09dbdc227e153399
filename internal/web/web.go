// Package web is the pages of Guichet: the requesters' portal and the agents' workspace.
package web

import (
	"net/http"
	"slices"

	"guichet/internal/web/admin"
	"guichet/internal/web/agent"
	"guichet/internal/web/assets"
	"guichet/internal/web/drafts"
	"guichet/internal/web/look"
	"guichet/internal/web/palette"
	"guichet/internal/web/requester"
	"guichet/internal/web/site"
	"guichet/internal/web/streaming"
)

// Routes lists every page and act, with who may ask for it.
func Routes(s *site.Site) []site.Route {
	routes := slices.Concat(requester.Routes(), agent.Routes(), admin.Routes(), drafts.Routes(), streaming.Routes(), look.Routes())
	routes = append(routes, palette.Routes(palette.Menus{Desk: agent.Menu, Admin: admin.Menu})...)
	if s.Mailbox != nil {
		routes = append(routes, requester.MailboxRoutes()...)
	}
	return routes
}

// Register adds the pages and their files to a mux.
func Register(mux *http.ServeMux, s *site.Site) {
	s.Register(mux, Routes(s))
	s.Register(mux, []site.Route{{Pattern: "/", Access: site.Public, Handle: site.Missing}})
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	mux.Handle("GET /favicon.ico", http.RedirectHandler(assets.URL("favicon.svg"), http.StatusFound))
}
