// Package palette is what its reader may go to or do, found by a few letters, and the keys that do it.
package palette

import (
	"net/http"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// Menus are the menus of both rooms of the workspace: the palette leads wherever they lead.
type Menus struct {
	Desk  func(*site.Request) []kit.View  // lists of tickets and tools, for who works at the desk
	Admin func(*site.Request) []kit.Group // for who configures or operates it
}

// Routes are the palette and what it does by itself.
func Routes(m Menus) []site.Route {
	return []site.Route{
		{Pattern: "GET /palette", Handle: site.Only(works, m.palette)},
		{Pattern: "GET " + keysURL, Handle: site.Only(works, m.keys)},
		{Pattern: "POST " + keysURL, Handle: site.Only(works, m.saveKeys)},
		{Pattern: "POST /profile/language", Handle: changeLanguage},
	}
}

// works reports whether somebody has the workspace before the eyes: the palette is there.
func works(a guichet.Actor) bool { return site.IsAgent(a) || site.IsAdministrator(a) }

// changeLanguage changes nothing else of the reader's preferences.
func changeLanguage(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	if err := q.Accounts.Update(q.R.Context(), q.Actor, form.Get("locale"), q.Actor.Person.Phone); err != nil {
		return err
	}
	return q.Redirect(site.SafePath(form.Get("back")), q.Texts.Printer(form.Get("locale"), q.Zone).T("profile.saved"))
}

const (
	ok      = http.StatusOK
	keysURL = "/profile/shortcuts"
)
