package agent

import (
	"github.com/a-h/templ"

	"guichet/internal/ticketing"
	"guichet/internal/web/answering"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// formData is the form of a ticket as it was when it was answered.
type formData struct {
	View  ticketing.View
	Name  string
	Newer bool // the form has another version since
	Sheet answering.Sheet
}

// answeredForm shows the form of a ticket at the version that it remembers, with its answers.
func answeredForm(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	v, err := q.Desk.View(q.R.Context(), q.Actor, n, 0)
	if err != nil {
		return err
	}
	t := v.Ticket
	if !v.Agent || t.OfferingID == "" {
		return site.Missing(q)
	}
	d := formData{View: v, Name: q.Config.OfferingAt(t.OfferingID, t.FormVersion).Name,
		Newer: q.Config.Offerings[t.OfferingID].Version != t.FormVersion,
		Sheet: answering.Filled(q, q.Config, t, v.People[t.RequesterID])}
	page := q.Page(d.Name, "")
	return workspace(q, ok, page, func(page kit.Page, groups []kit.Group) templ.Component { return answeredView(page, groups, d) })
}

func backTo(p kit.Page, d formData) string {
	return p.P.T("desk.answers.back", "Number", p.P.Ticket(d.View.Ticket.Number))
}
