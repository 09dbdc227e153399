package agent

import (
	"net/url"
	"strings"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/site"
)

// maxTrail bounds the address of a list that a ticket carries along.
const maxTrail = 1500

// trail is the list from which a ticket was opened: its address, in which "at" says where the ticket stood. The
// zero trail is of a ticket that was opened otherwise.
type trail struct {
	list *url.URL
	view view
}

// trailOf is the trail that the address of a ticket carries, if it leads to a list of the reader.
func trailOf(q *site.Request) trail { return trailFrom(q, q.R.URL.Query().Get("from")) }

func trailFrom(q *site.Request, from string) trail {
	u, err := url.Parse(site.SafePath(from))
	if err != nil || len(from) > maxTrail || !strings.HasPrefix(u.Path, "/desk/") {
		return trail{}
	}
	v, err := viewOf(q.Actor, strings.TrimPrefix(u.Path, "/desk/"))
	if err != nil {
		return trail{}
	}
	return trail{&url.URL{Path: u.Path, RawQuery: u.RawQuery}, v}
}

// on is an address of the same ticket, on the trail.
func (t trail) on(address string) string {
	if t.list == nil {
		return address
	}
	address, fragment, _ := strings.Cut(address, "#")
	mark := "?"
	if strings.Contains(address, "?") {
		mark = "&"
	}
	address += mark + "from=" + url.QueryEscape(t.list.String())
	if fragment != "" {
		address += "#" + fragment
	}
	return address
}

// at is the trail of a ticket that stands at a place of the list.
func (t trail) at(place ticketing.Cursor) trail {
	if t.list == nil {
		return t
	}
	u := *t.list
	if u.RawQuery == "" { // most lists: a row each
		u.RawQuery = "at=" + url.QueryEscape(site.FormatCursor(place))
		t.list = &u
		return t
	}
	values := u.Query()
	values.Set("at", site.FormatCursor(place))
	u.RawQuery = values.Encode()
	t.list = &u
	return t
}

// back is the list itself, or the one that was read last.
func (t trail) back(q *site.Request) string {
	if t.list == nil {
		return q.Place()
	}
	values := t.list.Query()
	values.Del("at")
	return address(t.list.Path, values)
}

// neighbours are the addresses of the tickets before and after one in the list it was opened from; empty: none.
type neighbours struct{ Before, After string }

func (t trail) neighbours(q *site.Request, number int64) (neighbours, error) {
	if t.list == nil {
		return neighbours{}, nil
	}
	reader, query, err := queryAt(q, t.list.String())
	if err != nil { // the list says what is wrong with it
		return neighbours{}, nil //nolint:nilerr // as the line above says
	}
	values := t.list.Query()
	query.After, query.Limit = site.ParseCursor(values.Get("after")), pageSize
	found, err := q.Desk.Beside(q.R.Context(), reader, query, number, site.ParseCursor(values.Get("at")))
	if err != nil && guichet.KindOf(err) == guichet.KindInvalid {
		return neighbours{}, nil
	}
	to := func(r *ticketing.Row) string {
		if r == nil {
			return ""
		}
		return t.at(query.Place(*r)).on(ticketURL(r.Number))
	}
	return neighbours{to(found.Before), to(found.After)}, err
}
