package agent

import (
	"guichet"
	"guichet/internal/live"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
	"guichet/internal/web/thread"
)

// railAgain is the menu alone, for pages that are open while its numbers change.
func railAgain(q *site.Request) error {
	page := q.Page(q.P.T("nav.views"), q.R.URL.Query().Get("at"))
	groups, err := rail(q, page)
	if err != nil {
		return err
	}
	return q.Render(ok, kit.Workspace(page, groups, false))
}

// onlookers are the others who are on some tickets now.
func onlookers(q *site.Request, numbers ...int64) (map[int64][]live.Present, error) {
	return q.Live.Who(q.R.Context(), q.Actor, numbers...)
}

func (d *listData) numbers() []int64 {
	out := make([]int64, len(d.Rows))
	for i, r := range d.Rows {
		out[i] = r.Number
	}
	return out
}

// freshest is the last thing that others did since the reader opened the page, among what is shown.
func (d ticketData) freshest(q *site.Request) *guichet.Event {
	for i := len(d.View.Events) - 1; i >= 0; i-- {
		if e := d.View.Events[i]; e.Seq > d.Seen && e.ActorID != q.Actor.Person.ID {
			return &e
		}
	}
	return nil
}

// byOthers leaves out what the reader did: that is no news.
func byOthers(q *site.Request, events []guichet.Event) []guichet.Event {
	var out []guichet.Event
	for _, e := range events {
		if e.ActorID == "" || e.ActorID != q.Actor.Person.ID {
			out = append(out, e)
		}
	}
	return out
}

// place is where an event stands on the page.
func place(e *guichet.Event) string { return "#" + thread.Anchor(e.ID) }
