package agent

import (
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/i18n"
	"guichet/internal/web/delay"
	"guichet/internal/web/site"
)

// gist says of what a ticket is in a line: its kind and its service.
func (d ticketData) gist(q *site.Request) string {
	var parts []string
	if k := d.View.Ticket.Kind; k != "" {
		parts = append(parts, q.P.T("kind."+string(k)))
	}
	if s := d.View.Desk.ServiceName(d.View.Ticket.ServiceID); s != "" {
		parts = append(parts, s)
	}
	return strings.Join(parts, " · ")
}

// pressing is how much is left of the delay that ends first, of those that are not over.
func (d ticketData) pressing(p i18n.Printer) string {
	var next *guichet.Countdown
	for _, run := range d.runs() {
		if run.DoneAt.IsZero() && (next == nil || !run.Due.IsZero() && run.Due.Before(next.Due)) {
			next = &run
		}
	}
	if next == nil {
		return ""
	}
	return delay.State(p, *next)
}

// checked is how many points are checked, of how many.
func (d ticketData) checked() string {
	done, all := 0, 0
	for _, l := range d.View.Lists {
		n, of := l.Progress()
		done, all = done+n, all+of
	}
	if all == 0 {
		return ""
	}
	return strconv.Itoa(done) + "/" + strconv.Itoa(all)
}

// namesOf lists people by their names.
func namesOf(people []guichet.Person) string {
	var out []string
	for _, who := range people {
		out = append(out, who.Name())
	}
	return strings.Join(out, ", ")
}

// tally is a number of things, silent when there are none.
func tally(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// quick are the acts to which a small screen leads at once: what is new is qualified, the rest moves on.
func (d ticketData) quick() []action {
	order := []guichet.Action{guichet.ActionAssign, guichet.ActionHold, guichet.ActionResume, guichet.ActionReopen, guichet.ActionQualify}
	if d.View.Ticket.State == guichet.StateNew {
		order = []guichet.Action{guichet.ActionQualify, guichet.ActionAssign}
	}
	var out []action
	for _, key := range order {
		for _, a := range d.Actions {
			if a.Key == string(key) && len(out) < mostQuick {
				out = append(out, a)
			}
		}
	}
	return out
}

// mostQuick is how many acts have room beside the answer and the details.
const mostQuick = 2
