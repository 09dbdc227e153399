package agent

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

// filters are the fields by which a reader narrows a view, in the order of the form.
var filters = []string{"q", "service", "team", "priority", "kind", "state", "person", "tag"}

// filter is what the reader asked for, as it stands in the address.
type filter struct{ url.Values }

func filterOf(q *site.Request) filter {
	kept := url.Values{}
	given := q.R.URL.Query()
	for _, f := range filters {
		if v := strings.TrimSpace(given.Get(f)); v != "" {
			kept.Set(f, v)
		}
	}
	return filter{kept}
}

// apply narrows the query of a view. Values that mean nothing are left out: an address is typed too.
func (f filter) apply(query ticketing.Query, d *guichet.Desk) ticketing.Query {
	query.Query, _ = guichet.ParseQuery(f.Get("q"))
	if s := guichet.ID(f.Get("service")); s != "" {
		if _, known := d.Services[s]; known {
			query.ServiceID = s
		}
	}
	if t := guichet.ID(f.Get("team")); t != "" {
		if _, known := d.Teams[t]; known {
			query.TeamIDs = []guichet.ID{t}
		}
	}
	if p := guichet.Priority(f.Get("priority")); p.Valid() {
		query.Priorities = []guichet.Priority{p}
	}
	if k := guichet.Kind(f.Get("kind")); k.Valid() {
		query.Kinds = []guichet.Kind{k}
	}
	if s := guichet.State(f.Get("state")); s.Valid() && (len(query.States) == 0 || slices.Contains(query.States, s)) {
		query.States = []guichet.State{s}
	}
	query.Tag = guichet.CleanTag(f.Get("tag"))
	if p := guichet.ID(f.Get("person")); p != "" {
		query.RequesterIDs = []guichet.ID{p}
	}
	return query
}

// without is the address of the same view with one filter less.
func (f filter) without(path, field string) string {
	rest := url.Values{}
	for k, v := range f.Values {
		if k != field {
			rest[k] = v
		}
	}
	return address(path, rest)
}

func address(path string, values url.Values) string {
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// chip is a filter that is on: what it says, and the address without it.
type chip struct{ Label, Value, URL string }

func (f filter) chips(q *site.Request, path string) []chip {
	var out []chip
	for _, field := range filters {
		if v := f.Get(field); v != "" {
			out = append(out, chip{q.P.T("desk.filter." + field), f.say(q, field, v), f.without(path, field)})
		}
	}
	return out
}

// say puts the value of a filter in words.
func (f filter) say(q *site.Request, field, v string) string {
	switch {
	case field == "service":
		return cmp.Or(q.Config.ServiceName(guichet.ID(v)), v)
	case field == "team":
		return cmp.Or(q.Config.Teams[guichet.ID(v)].Name, v)
	case field == "priority" && guichet.Priority(v).Valid():
		return q.P.T("priority." + v)
	case field == "kind" && guichet.Kind(v).Valid():
		return q.P.T("kind." + v)
	case field == "state" && guichet.State(v).Valid():
		return q.P.T("state.desk." + v)
	case field == "person":
		return q.PersonName(guichet.ID(v))
	}
	return v
}

// options are the choices of the form, with "all" first.
func (f filter) options(q *site.Request, field string) []kit.Option {
	out := []kit.Option{{Label: q.P.T("desk.filter." + field + ".all")}}
	switch field {
	case "service":
		return append(out, site.ServiceOptions(q.Config)...)
	case "team":
		return append(out, site.TeamOptions(q.Config)...)
	case "priority":
		for _, p := range []guichet.Priority{guichet.PriorityCritical, guichet.PriorityHigh, guichet.PriorityMedium, guichet.PriorityLow} {
			out = append(out, kit.Option{Value: string(p), Label: q.P.T("priority." + string(p))})
		}
	case "kind":
		for _, k := range []guichet.Kind{guichet.KindIncident, guichet.KindRequest, guichet.KindProblem} {
			out = append(out, kit.Option{Value: string(k), Label: q.P.T("kind." + string(k))})
		}
	case "state":
		for _, s := range guichet.States() {
			out = append(out, kit.Option{Value: string(s), Label: q.P.T("state.desk." + string(s))})
		}
	}
	return out
}
