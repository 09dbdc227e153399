package agent

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/live"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// pageSize is how many tickets a page of a list shows.
const pageSize = 50

// listData is a view as it is shown.
type listData struct {
	View    view
	Rows    []ticketing.Row
	Total   int // -1: not counted, or not to the end
	Filter  filter
	Chips   []chip
	Desk    *guichet.Desk
	Next    string // address of the next page; empty: this is the last
	First   string // address of the first page; empty: this is it
	Path    string // of this page, to come back to after taking a ticket
	Query   ticketing.Query
	Trail   trail // of the tickets of this page
	MayOpen bool
	Display displayed
	Columns []guichet.Column // that are shown
	Rest    url.Values       // of the address, without the order and the place

	Sought    *lexis.Sought            // words to show where they stand; nil: none
	Extracts  map[int64]string         // of the texts in which they stand, by number
	Onlookers map[int64][]live.Present // others who are on the tickets now
}

func list(q *site.Request) error {
	v, err := viewOf(q.Actor, q.R.PathValue("view"))
	if err != nil {
		return err
	}
	f, path := filterOf(q), "/desk/"+v.Key
	if to := f.moved(q, path); to != "" {
		return q.Redirect(to, "")
	}
	saved, err := savedOf(q)
	if err != nil {
		return err
	}
	shown := displayOf(q, cmp.Or(savedKeyOf(saved), v.Key))
	if q.R.URL.Query().Has("keep") {
		return shown.keepOrder(q, path)
	}
	query := f.apply(v.queryOf(q))
	after := q.R.URL.Query().Get("after")
	query.After, query.Limit = site.ParseCursor(after), pageSize
	query.SeenBy, query.Order = q.Actor.Person.ID, shown.sortOf(q.R.URL.Query())
	found, err := f.find(q, v.reader(q.Actor), query)
	if err != nil {
		return err
	}
	data := listData{View: v, Rows: found.Rows, Total: -1, Filter: f, Chips: f.chips(q, path), Desk: q.Config, Query: query,
		MayOpen: q.Actor.Has(guichet.PermissionOpenFor), Display: shown, Columns: shown.shown(q.Config), Rest: f.rest(saved)}
	data.Path = data.at("sort", data.sortWord(), "after", after)
	if found.Next.ID != "" {
		data.Next = data.at("sort", data.sortWord(), "after", site.FormatCursor(found.Next))
	}
	if after != "" {
		data.First = data.at("sort", data.sortWord())
	}
	if data.Sought, data.Extracts, err = f.highlights(q, v.reader(q.Actor), found.Rows); err != nil {
		return err
	}
	data.Trail = trailFrom(q, data.Path)
	q.KeepPlace()
	page := q.Page(q.P.T("desk.view."+v.Key), v.Key)
	page.Nav = f.place(q, v.Key)
	if saved.ID != "" {
		page.Title, page.Nav = saved.Name, savedKey(saved.ID)
	}
	groups, err := rail(q, page)
	if err != nil {
		return err
	}
	data.Total = total(groups, v.Key, f.Get("q") != "")
	if data.Onlookers, err = onlookers(q, data.numbers()...); err != nil {
		return err
	}
	return q.Render(ok, listView(q, page, groups, data))
}

// total is the number of the rail, which counts the view before any filter.
func total(groups []kit.Group, key string, filtered bool) int {
	if filtered {
		return -1
	}
	for _, g := range groups {
		for _, v := range g.Views {
			if v.Key == key && !v.More {
				return v.Count
			}
		}
	}
	return -1
}

// rest is what of an address says which tickets are in the list.
func (f filter) rest(saved guichet.SavedView) url.Values {
	out := with(f.Values, "saved", string(saved.ID))
	if saved.ID == "" {
		out.Del("saved")
	}
	return out
}

// at is the address of this list with something more; what is empty is left out.
func (d *listData) at(pairs ...string) string {
	values := url.Values{}
	for k, v := range d.Rest {
		values[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	return address("/desk/"+d.View.Key, values)
}

// sortWord is the order of the list as its address says it; empty when it is the usual one.
func (d *listData) sortWord() string {
	usual := d.Query
	usual.Order = guichet.Order{}
	if o := d.Query.Ordered(); o != usual.Ordered() {
		return o.String()
	}
	return ""
}

// toSort is the address at which the list runs by a column; empty when it cannot. The present order turns round.
func (d *listData) toSort(c guichet.Column) string {
	key := c.Order()
	if !slices.Contains(d.Query.Orders(), key) {
		return ""
	}
	o := key.First()
	if d.Query.Ordered() == o {
		o = o.Turned()
	}
	return d.at("sort", o.String(), "keep", "1")
}

// direction is how the list runs by a column: ascending, descending, or empty.
func (d *listData) direction(c guichet.Column) string {
	o := d.Query.Ordered()
	i := slices.IndexFunc(d.Columns, func(x guichet.Column) bool { return x.Order() == o.By })
	switch {
	case o.By == "" || i < 0 || d.Columns[i] != c:
		return ""
	case o.Down:
		return "descending"
	}
	return "ascending"
}

// shows reports whether a column is on the list.
func (d *listData) shows(c guichet.Column) bool { return slices.Contains(d.Columns, c) }

func with(values url.Values, key, value string) url.Values {
	out := url.Values{}
	for k, v := range values {
		out[k] = v
	}
	out.Set(key, value)
	return out
}

// shown says how many tickets are on the page, and of how many.
func (d *listData) shown(q *site.Request) string {
	switch {
	case d.Total < 0 || d.Total <= len(d.Rows):
		return q.P.N("desk.list.shown", len(d.Rows))
	}
	return q.P.T("desk.list.some", "Total", q.P.Number(d.Total), "Shown", q.P.Number(len(d.Rows)))
}

// claimable reports whether a row offers to take its ticket: in the pool, where who reads is of the
// team. The workflow has the last word.
func (d *listData) claimable(r *ticketing.Row) bool {
	return d.View.Key == "pool" && r.AssigneeID == "" && r.State == guichet.StateAssigned
}

// open is the address of a ticket of the list, which leads on to its neighbours.
func (d *listData) open(r *ticketing.Row) string {
	return d.Trail.at(d.Query.Place(*r)).on(ticketURL(r.Number))
}

// take is where the ticket of a row is taken.
func (d *listData) take(r *ticketing.Row) string {
	return d.Trail.at(d.Query.Place(*r)).on(ticketURL(r.Number) + "/actions/claim")
}

func ticketURL(number int64) string { return "/desk/tickets/" + strconv.FormatInt(number, 10) }

func version(n int64) string { return strconv.FormatInt(n, 10) }
