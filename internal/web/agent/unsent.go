package agent

import (
	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// unsent lists the messages of the reader that could not leave.
func unsent(q *site.Request) error {
	list, err := q.Desk.Returned(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	page := q.Page(q.P.T("unsent.title"), "")
	return workspace(q, ok, page, func(page kit.Page, groups []kit.Group) templ.Component { return unsentView(page, groups, list) })
}

// discard gives up a message that could not leave.
func discard(q *site.Request) error {
	_, _, err := q.Desk.TakeBack(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id")))
	if guichet.KindOf(err) == guichet.KindConflict {
		return q.Redirect(site.UnsentURL, q.Message(err))
	}
	if err != nil {
		return err
	}
	return q.Redirect(site.UnsentURL, q.P.T("unsent.discarded"))
}
