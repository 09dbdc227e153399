package agent

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

const displayURL = "/desk/display/"

func displayRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET " + displayURL + "{view}", Handle: agents(display)},
		{Pattern: "POST " + displayURL + "{view}", Handle: agents(saveDisplay)},
	}
}

// displayed is how the reader has a view shown: its own choice of each thing, or else the one for all views.
type displayed struct {
	Key     string // of the view, or of the kept view
	Columns []guichet.Column
	Own     bool // the columns were chosen
	Order   guichet.Order
	Compact bool
}

func displayOf(q *site.Request, key string) displayed {
	d := displayed{Key: key, Columns: guichet.UsualColumns(), Compact: q.Preference(guichet.InView(guichet.PreferenceDensity, key)) == "compact"}
	if chosen, ok := guichet.ParseColumns(q.Preference(guichet.InView(guichet.PreferenceColumns, key))); ok {
		d.Columns, d.Own = chosen, true
	}
	d.Order, _ = guichet.ParseOrder(q.Preference(guichet.InView(guichet.PreferenceOrder, key)))
	return d
}

// shown leaves out what this desk has nothing to say about.
func (d displayed) shown(desk *guichet.Desk) []guichet.Column {
	if len(desk.Levels) > 0 {
		return d.Columns
	}
	return slices.DeleteFunc(slices.Clone(d.Columns), func(c guichet.Column) bool { return c == guichet.ColumnDue })
}

// sortOf is the order in which an address asks for a list, or else the one that was kept. A place in the list is
// one in its usual order, unless the address says otherwise.
func (d displayed) sortOf(values url.Values) guichet.Order {
	if asked, ok := guichet.ParseOrder(values.Get("sort")); ok {
		return asked
	}
	if values.Has("after") {
		return guichet.Order{}
	}
	return d.Order
}

// keepOrder remembers the order that was just chosen at the head of a column, and leads to the list itself.
func (d displayed) keepOrder(q *site.Request, path string) error {
	values := q.R.URL.Query()
	if o, ok := guichet.ParseOrder(values.Get("sort")); ok && o != d.Order {
		if err := q.Prefer(guichet.Chosen{guichet.InView(guichet.PreferenceOrder, d.Key): o.String()}); err != nil {
			return err
		}
	}
	values.Del("keep")
	return q.Redirect(address(path, values), "")
}

// displayData is the page on which the display of a view is chosen.
type displayData struct {
	displayed
	Title string
	From  string // the list to go back to
	All   bool   // for all views
	Rows  []displayRow
	Focus string // the button that was pressed
}

// displayRow is a column that may be shown.
type displayRow struct {
	Column guichet.Column
	Shown  bool
}

// viewCalled finds the title and the address of a view, or of one that is kept.
func viewCalled(q *site.Request, key string) (title, address string, err error) {
	if id, kept := strings.CutPrefix(key, guichet.KeptView); kept {
		v, err := findSaved(q, guichet.ID(id))
		if err == nil && v.ID == "" {
			err = guichet.NotFound("page")
		}
		return v.Name, savedAddress(v), err
	}
	v, err := viewOf(q.Actor, key)
	return q.P.T("desk.view." + v.Key), "/desk/" + v.Key, err
}

func display(q *site.Request) error {
	title, home, err := viewCalled(q, q.R.PathValue("view"))
	if err != nil {
		return err
	}
	d := displayData{displayed: displayOf(q, q.R.PathValue("view")), Title: title, From: listAt(q.R.URL.Query().Get("from"), home)}
	for _, c := range d.Columns {
		d.Rows = append(d.Rows, displayRow{c, true})
	}
	for _, c := range guichet.AllColumns() {
		if !slices.Contains(d.Columns, c) {
			d.Rows = append(d.Rows, displayRow{c, false})
		}
	}
	return showDisplay(q, d)
}

// listAt is the address of a list without what the display decides; home when it is none.
func listAt(from, home string) string {
	u, err := url.Parse(site.SafePath(from))
	if err != nil || len(from) > maxTrail || !strings.HasPrefix(u.Path, "/desk/") {
		return home
	}
	values := u.Query()
	for _, name := range []string{"sort", "after", "keep"} {
		values.Del(name)
	}
	return address(u.Path, values)
}

func showDisplay(q *site.Request, d displayData) error {
	d.Rows = slices.DeleteFunc(d.Rows, func(r displayRow) bool { return r.Column == guichet.ColumnDue && len(q.Config.Levels) == 0 })
	page := q.Page(q.P.T("display.title", "View", d.Title), d.Key)
	return workspace(q, ok, page, func(page kit.Page, groups []kit.Group) templ.Component { return displayView(q, page, groups, d) })
}

func saveDisplay(q *site.Request) error {
	key := q.R.PathValue("view")
	title, home, err := viewCalled(q, key)
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	d := displayData{displayed: displayed{Key: key, Compact: form.Get("density") == "compact"}, Title: title, From: listAt(form.Get("from"), home),
		All: form.Get("all") != "", Rows: rowsOf(form.Values["order"], form.Values["show"])}
	d.Order, _ = guichet.ParseOrder(form.Get("sort"))
	if move := form.Get("move"); move != "" {
		d.move(move)
		return showDisplay(q, d)
	}
	choices := guichet.Chosen{}
	if form.Get("op") != "usual" {
		choices = d.choices()
	}
	if err := q.Prefer(d.named(choices)); err != nil {
		return err
	}
	return q.Redirect(d.From, q.P.T("display.saved"))
}

// rowsOf reads the columns in the order in which the form has them; those that it does not have come last.
func rowsOf(order, show []string) []displayRow {
	var out []displayRow
	add := func(c guichet.Column) {
		if slices.Contains(guichet.AllColumns(), c) && !slices.ContainsFunc(out, func(r displayRow) bool { return r.Column == c }) {
			out = append(out, displayRow{c, c == guichet.ColumnTitle || slices.Contains(show, string(c))})
		}
	}
	for _, name := range order {
		add(guichet.Column(name))
	}
	for _, c := range guichet.AllColumns() {
		add(c)
	}
	return out
}

// move moves a column one place, as its buttons say.
func (d *displayData) move(button string) {
	way, name, _ := strings.Cut(button, ":")
	i := slices.IndexFunc(d.Rows, func(r displayRow) bool { return string(r.Column) == name })
	to := i + 1
	if way == "up" {
		to = i - 1
	}
	if i < 0 || to < 0 || to >= len(d.Rows) {
		return
	}
	d.Rows[i], d.Rows[to] = d.Rows[to], d.Rows[i]
	d.Focus = button
}

// choices are what the form says, as preferences.
func (d displayData) choices() guichet.Chosen {
	var columns []guichet.Column
	for _, r := range d.Rows {
		if r.Shown {
			columns = append(columns, r.Column)
		}
	}
	out := guichet.Chosen{guichet.PreferenceDensity: d.density(), guichet.PreferenceColumns: guichet.FormatColumns(columns), guichet.PreferenceOrder: d.Order.String()}
	if slices.Equal(columns, guichet.UsualColumns()) {
		out[guichet.PreferenceColumns] = ""
	}
	return out
}

// named gives choices the names under which they are kept: for the view alone, or for all views and no longer for
// this one. What is not chosen is forgotten.
func (d displayData) named(choices guichet.Chosen) guichet.Chosen {
	out := guichet.Chosen{}
	for _, name := range guichet.ViewPreferences() {
		out[guichet.InView(name, d.Key)] = choices[name]
		if d.All && name != guichet.PreferenceOrder { // the order of one view means little in another
			out[name], out[guichet.InView(name, d.Key)] = choices[name], ""
		}
	}
	return out
}

// query is what a view holds, or one that is kept.
func (d displayData) query(q *site.Request) ticketing.Query {
	base, kept := d.Key, url.Values{}
	if id, found := strings.CutPrefix(d.Key, guichet.KeptView); found {
		if s, err := findSaved(q, guichet.ID(id)); err == nil {
			base = s.Base
			kept, _ = url.ParseQuery(s.Filter) // checked when it was kept
		}
	}
	v, err := viewOf(q.Actor, base)
	if err != nil {
		return ticketing.Query{Open: true}
	}
	return filterIn(q, kept).apply(v.queryOf(q))
}

// order is the choice of the order; where fewer are offered than elsewhere, why.
func (d displayData) order(q *site.Request) kit.Field {
	f := kit.Field{Name: "sort", Label: q.P.T("display.order"), Value: d.Order.String()}
	switch orders := d.query(q).Orders(); {
	case len(orders) == 0:
		f.Help = q.P.T("display.order.words")
	case len(orders) > 1 && !slices.Contains(orders, guichet.OrderPriority):
		f.Help = q.P.T("display.order.past")
	}
	return f
}

// orders are the choices of the form.
func (d displayData) orders(q *site.Request) []kit.Option {
	out := []kit.Option{{Label: q.P.T("display.order.usual")}}
	for _, key := range d.query(q).Orders() {
		if key == guichet.OrderDue && len(q.Config.Levels) == 0 {
			continue
		}
		for _, o := range []guichet.Order{key.First(), key.First().Turned()} {
			out = append(out, kit.Option{Value: o.String(), Label: q.P.T("display.order." + o.String())})
		}
	}
	return out
}

// densities are the choices of the form, as on the page of the preferences.
func densities(q *site.Request) []kit.Option {
	p, _ := guichet.PreferenceNamed(guichet.PreferenceDensity)
	return preferenceOptions(q, p)
}

func (d displayData) density() string {
	if d.Compact {
		return "compact"
	}
	return "comfortable"
}
