package thread

import (
	"strconv"

	"guichet"
)

// Joined is what an item has to do with other tickets than the one that is shown.
type Joined struct {
	Origin    string // the ticket that was grouped with this one, where it happened
	OriginURL string // where the reader may open that one
	Apart     string // that the message went on in a ticket of its own
	ApartURL  string
	SplitURL  string // where the message may be made a ticket of its own
}

// joins are the events that name another ticket.
var joins = map[guichet.EventKind]bool{guichet.EventLinked: true, guichet.EventUnlinked: true, guichet.EventMerged: true, guichet.EventUnmerged: true,
	guichet.EventAbsorbed: true, guichet.EventReleased: true, guichet.EventSplit: true, guichet.EventUnsplit: true}

// about is the ticket on which an event happened.
func (t teller) about(e guichet.Event) guichet.Ticket {
	origin, _ := t.v.OriginOf(e)
	return origin.Ticket
}

// other is the number of the ticket that an event names, if the reader sees that one and it is still joined to this.
func (t teller) other(e guichet.Event) string {
	for _, l := range t.v.Links {
		if l.ID == e.RefID {
			return t.q.P.Ticket(l.Number)
		}
	}
	return ""
}

func (t teller) joined(e guichet.Event) Joined {
	var out Joined
	origin, elsewhere := t.v.OriginOf(e)
	switch {
	case elsewhere && origin.Seen:
		out.Origin, out.OriginURL = t.q.P.T("links.origin", "Number", t.q.P.Ticket(origin.Ticket.Number)), t.page(origin.Ticket.Number)+"?alone=yes"
	case elsewhere:
		out.Origin = t.q.P.T("links.origin.hidden")
	}
	number, apart := t.v.Splits[e.ID]
	switch {
	case apart && number > 0:
		out.Apart, out.ApartURL = t.q.P.T("links.split.into", "Number", t.q.P.Ticket(number)), t.page(number)
	case apart:
		out.Apart = t.q.P.T("links.split.hidden")
	}
	if t.agent && t.v.Works && !elsewhere && !apart && e.Splits() {
		out.SplitURL = t.page(t.v.Ticket.Number) + "/split?message=" + string(e.ID)
	}
	return out
}

func (t teller) page(number int64) string {
	if t.agent {
		return "/desk" + ticketPath(number)
	}
	return ticketPath(number)
}

func ticketPath(number int64) string { return "/tickets/" + strconv.FormatInt(number, 10) }
