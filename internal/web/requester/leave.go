package requester

import (
	"slices"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// inCopy reports whether the reader follows the ticket without having the need.
func (d storyData) inCopy(reader *kit.Me) bool {
	return reader != nil && slices.Contains(d.View.Parties, guichet.Party{PersonID: reader.ID, Role: guichet.PartyObserver})
}

// leave stops following a ticket. The page asks before: who was only in copy of it sees it no more.
func leave(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	if _, err := q.Form(); err != nil {
		return err
	}
	if _, err = q.Desk.Observe(q.R.Context(), q.Actor, n, ticketing.Observing{Remove: []guichet.ID{q.Actor.Person.ID}}); err != nil {
		return err
	}
	return q.Redirect("/tickets", q.P.T("story.left", "Number", q.P.Ticket(n)))
}
