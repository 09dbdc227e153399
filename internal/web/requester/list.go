package requester

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// pageSize is how many tickets a page of the list holds.
const pageSize = 25

// listData is a page of tickets.
type listData struct {
	Whose         string // mine, others, organisation
	Show          string // open, closed, all
	Text          string
	Organisation  string
	Organisations []kit.Option // whose tickets the reader's role lets him or her follow
	Tabs          []kit.Option // with a help, the one that is shown
	Stubs         []stub
	Next          string
}

// nothing is the message for an empty list.
func (d listData) nothing() string {
	if d.Text != "" {
		return "tickets.empty.sought"
	}
	return "tickets.empty." + cmp.Or(map[string]string{"others": "others", "organisation": "organisation"}[d.Whose], d.Show)
}

// tickets lists the tickets of the reader, those opened for others, or those of the organisations that a role
// lets the reader follow.
func tickets(q *site.Request) error {
	get := q.R.URL.Query()
	d := listData{Whose: get.Get("whose"), Show: get.Get("show"), Text: boxText(get.Get("q")), Organisations: followed(q)}
	if d.Show == "others" { // an address of old
		d.Whose, d.Show = "others", "all"
	}
	if d.Whose != "others" && (d.Whose != "organisation" || len(d.Organisations) == 0) {
		d.Whose = "mine"
	}
	if d.Show != "closed" && d.Show != "all" {
		d.Show = "open"
	}
	if d.Whose != "organisation" {
		d.Organisations, d.Organisation = nil, ""
	} else if d.Organisation = get.Get("organisation"); !slices.ContainsFunc(d.Organisations, func(o kit.Option) bool { return o.Value == d.Organisation }) {
		d.Organisation = d.Organisations[0].Value
	}
	page, err := q.Desk.List(q.R.Context(), q.Actor, d.query(q))
	if err != nil {
		return err
	}
	d.Stubs = stubsOf(q, page.Rows)
	if c := site.FormatCursor(page.Next); c != "" {
		d.Next = d.address(d.Whose, c)
	}
	d.tabs(q)
	return q.Render(ok, ticketsView(q.Page(q.P.T("tickets.title"), "tickets"), d))
}

func (d listData) query(q *site.Request) ticketing.Query {
	out := ticketing.Query{Limit: pageSize, After: site.ParseCursor(q.R.URL.Query().Get("after")), Unfinished: d.Show == "open", Final: d.Show == "closed"}
	if d.Text != "" {
		out.Query = wordsQuery(d.Text)
	}
	switch d.Whose {
	case "others":
		out.OpenedForID = q.Actor.Person.ID
	case "organisation":
		out.Organisation = guichet.ID(d.Organisation)
	default:
		out.RequesterIDs = []guichet.ID{q.Actor.Person.ID}
	}
	return out
}

// wordsQuery seeks words, or the number of a ticket: what agents write with operators is words here.
func wordsQuery(text string) guichet.Query {
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(":\"@<>", r) {
			return ' '
		}
		return r
	}, text)
	fields := strings.Fields(plain)
	for i, f := range fields {
		fields[i] = strings.TrimLeft(f, "-#")
	}
	query, _ := guichet.ParseQuery(strings.Join(fields, " "))
	return query
}

// address is that of a page of the list.
func (d listData) address(whose, after string) string {
	v := url.Values{"whose": {whose}, "show": {d.Show}}
	if d.Text != "" {
		v.Set("q", d.Text)
	}
	if whose == "organisation" && d.Organisation != "" {
		v.Set("organisation", d.Organisation)
	}
	if after != "" {
		v.Set("after", after)
	}
	return "/tickets?" + v.Encode()
}

func (d *listData) tabs(q *site.Request) {
	names := []string{"mine", "others"}
	if len(followed(q)) > 0 {
		names = append(names, "organisation")
	}
	for _, n := range names {
		tab := kit.Option{Value: d.address(n, ""), Label: q.P.T("tickets.whose." + n)}
		if n == d.Whose {
			tab.Help = "current"
		}
		d.Tabs = append(d.Tabs, tab)
	}
}

// followed are the organisations whose tickets the reader may see by a role: those that the role names, or the
// reader's own when it is held everywhere.
func followed(q *site.Request) []kit.Option {
	var out []kit.Option
	add := func(id guichet.ID) {
		o, known := q.Config.Organisations[id]
		if known && !slices.ContainsFunc(out, func(x kit.Option) bool { return x.Value == string(id) }) {
			out = append(out, kit.Option{Value: string(id), Label: o.Name})
		}
	}
	for _, a := range slices.Concat(q.Actor.Areas(guichet.PermissionRead), q.Actor.Areas(guichet.PermissionFollow)) {
		if a.OrganisationID == "" {
			add(q.Actor.Person.OrganisationID)
		}
		add(a.OrganisationID)
	}
	return out
}
