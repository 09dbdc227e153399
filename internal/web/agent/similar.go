package agent

import (
	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/searching"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// similarData are the tickets that say much the same as one.
type similarData struct {
	Ticket guichet.Ticket
	Rows   []searching.Row
}

// similar is the page of the tickets like one. The page of the ticket asks for its list once it stands: looking for
// them would make every reader wait for what few look at.
func similar(q *site.Request) error {
	v, err := beside(q, 1)
	if err != nil {
		return err
	}
	d := similarData{Ticket: v.Ticket}
	if d.Rows, err = q.Searching.Similar(q.R.Context(), q.Actor, v.Ticket); err != nil {
		return err
	}
	page := q.Page(q.P.T("desk.similar"), "")
	if q.R.Header.Get("Guichet-Live") == "part" { // a part of the page of the ticket
		return q.Render(ok, similarList(page, d))
	}
	return workspace(q, ok, page, func(page kit.Page, groups []kit.Group) templ.Component { return similarPage(page, groups, d) })
}

// beside reads the ticket of a page that only those who handle it have, with its last events.
func beside(q *site.Request, last int) (ticketing.View, error) {
	n, err := q.Number()
	if err != nil {
		return ticketing.View{}, err
	}
	v, err := q.Desk.Look(q.R.Context(), q.Actor, n, ticketing.Look{Last: last})
	if err == nil && !v.Agent {
		err = site.Missing(q)
	}
	return v, err
}
