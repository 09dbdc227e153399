package agent

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// equipment is what remote assistance would reach of a person of the ticket; empty: nothing, or not by
// this reader.
func (d ticketData) equipment(id guichet.ID) string {
	if d.View.Desk.Remote == "" || !d.View.Works || d.View.Ticket.State.Final() {
		return ""
	}
	return ticketing.EquipmentOf(d.View.Ticket, d.View.People[id])
}

// markOf marks a mode of the composer with the act that the keys know.
func markOf(mode string) string {
	if mode == "solution" {
		return string(guichet.ActionResolve)
	}
	return mode
}

// assist answers the address of somebody's equipment: its use is written in the ticket by the same step.
func assist(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	person := guichet.ID(q.R.PathValue("person"))
	link, err := q.Desk.Assist(q.R.Context(), q.Actor, n, person)
	if err != nil {
		return err
	}
	if strings.Contains(q.R.Header.Get("Accept"), "application/json") {
		return q.JSON(map[string]string{"link": link})
	}
	v, err := q.Desk.View(q.R.Context(), q.Actor, n, 0)
	if err != nil {
		return err
	}
	page := q.Page(q.P.T("remote.ready"), "")
	return workspace(q, http.StatusOK, page, func(page kit.Page, groups []kit.Group) templ.Component {
		return assistView(page, groups, v, v.People[person], link)
	})
}
