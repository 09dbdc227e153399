package agent

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// filter is what the reader asked of a view: one text in the language of queries, which the chips and the menus
// only show and change.
type filter struct {
	url.Values // q only, as it was typed
	Query      guichet.Query
	Problems   []string // in words
}

// menus are the fields of the form that add a term, and what they are about; addresses of earlier versions had them.
func menus() []menu {
	return []menu{{"state", guichet.QueryStatus}, {"priority", guichet.QueryPriority}, {"kind", guichet.QueryKind}, {"assignee", guichet.QueryAssignee},
		{"service", guichet.QueryService}, {"team", guichet.QueryTeam}, {"level", guichet.QueryLevel}, {"due", guichet.QueryDue}, {"created", guichet.QueryCreated}}
}

// menu is one of them.
type menu struct {
	Name  string
	Field guichet.QueryField
}

func filterOf(q *site.Request) filter { return filterIn(q, q.R.URL.Query()) }

// filterIn reads the filter of an address. What a menu, or an address of an earlier version, says otherwise
// becomes a part of the text.
func filterIn(q *site.Request, given url.Values) filter {
	f := filter{Values: url.Values{}}
	text := strings.TrimSpace(given.Get("q"))
	query, problems := guichet.ParseQuery(text)
	for _, p := range problems {
		f.Problems = append(f.Problems, q.P.Error(p.Code, map[string]any{"Value": p.Value}))
	}
	typed := len(query.Terms)
	query = withMenus(query, given)
	switch added := (guichet.Query{Terms: query.Terms[typed:]}); {
	case added.IsZero():
	case len(problems) > 0: // what was not understood stays as it was typed
		text = strings.TrimSpace(text + " " + added.Print(q.P.Locale()))
	default:
		text = query.Print(q.P.Locale())
	}
	if f.Query = query; text != "" {
		f.Set("q", text)
	}
	return f
}

// withMenus adds what the menus choose to a query.
func withMenus(query guichet.Query, given url.Values) guichet.Query {
	add := func(field guichet.QueryField, value string) {
		if value == "" {
			return
		}
		read, problems := guichet.ParseQuery(field.Name("fr") + `:"` + strings.TrimSpace(value) + `"`)
		if len(problems) == 0 && len(read.Terms) == 1 && !slices.ContainsFunc(query.Terms, sameAs(read.Terms[0])) {
			query = query.And(read.Terms[0])
		}
	}
	for _, m := range menus() {
		add(m.Field, legacy(given.Get(m.Name)))
	}
	add(guichet.QueryTag, given.Get("tag"))
	add(guichet.QueryRequester, given.Get("person"))
	return query
}

// moved is the address of the list in its one form, when it says a part of its filter otherwise; empty when it does not.
func (f filter) moved(q *site.Request, path string) string {
	rest, moved := q.R.URL.Query(), false
	for _, name := range []string{"state", "priority", "kind", "assignee", "service", "team", "level", "due", "created", "tag", "person"} {
		moved = moved || rest.Has(name)
		rest.Del(name)
	}
	if !moved {
		return ""
	}
	if rest.Del("q"); f.Get("q") != "" {
		rest.Set("q", f.Get("q"))
	}
	return address(path, rest)
}

// legacy reads the name that an address of an earlier version gives to a state.
func legacy(v string) string {
	if v == string(guichet.StateAwaitingApproval) {
		return "awaiting approval"
	}
	return v
}

func sameAs(t guichet.QueryTerm) func(guichet.QueryTerm) bool {
	return func(x guichet.QueryTerm) bool {
		return x.Field == t.Field && x.Not == t.Not && slices.Equal(x.Values, t.Values)
	}
}

// apply narrows the query of a view.
func (f filter) apply(query ticketing.Query) ticketing.Query {
	query.Query = f.Query
	return query
}

// fault tells the problem of a query that could not be carried out; it reports whether that was it.
func (f *filter) fault(q *site.Request, err error) bool {
	var e *guichet.Error
	if !errors.As(err, &e) || e.Kind != guichet.KindInvalid {
		return false
	}
	for _, x := range e.Fields {
		f.Problems = append(f.Problems, q.P.Error(x.Code, x.Args))
	}
	return len(e.Fields) > 0
}

func address(path string, values url.Values) string {
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// chip is a term that is on: what it says, and the address without it.
type chip struct {
	Label, Value, URL string
	Not               bool
}

func (f filter) chips(q *site.Request, path string) []chip {
	var out []chip
	for i, t := range f.Query.Terms {
		if t.Field == guichet.QueryWords && !t.Phrase && !t.Not {
			continue // they are read in the field
		}
		rest := url.Values{}
		if text := f.Query.Without(i).Print(q.P.Locale()); text != "" {
			rest.Set("q", text)
		}
		c := chip{Label: q.P.T("search.field." + string(t.Field)), URL: address(path, rest), Not: t.Not}
		for _, v := range t.Values {
			c.Value = strings.TrimPrefix(c.Value+", "+say(q, t.Field, v), ", ")
		}
		if t.Field == guichet.QueryStatus || t.Field == guichet.QueryIs {
			c.Value = site.Capital(c.Value)
		}
		out = append(out, c)
	}
	return out
}

// say puts a value in words.
func say(q *site.Request, field guichet.QueryField, v string) string {
	switch {
	case field == guichet.QueryStatus && guichet.State(v).Valid():
		return q.P.T("state.desk." + v)
	case field == guichet.QueryPriority:
		return q.P.T("priority." + v)
	case field == guichet.QueryLevel:
		return v
	case field == guichet.QueryKind:
		return q.P.T("kind." + v)
	case field == guichet.QueryService:
		return cmp.Or(q.Config.Services[guichet.ID(v)].Name, v)
	case field == guichet.QueryTeam && v != guichet.QueryMe:
		return cmp.Or(q.Config.Teams[guichet.ID(v)].Name, v)
	case field == guichet.QueryRequester && len(v) > 20 && !strings.Contains(v, " "): // an identifier
		return q.PersonName(guichet.ID(v))
	}
	return strings.ReplaceAll(field.Word(v, q.P.Locale()), "-", " ")
}

// menusIn is the key under which a desk keeps its menus as they are written, by language.
type menusIn string

// keptMenus are the menus as they are written: once for a configuration and a language, as they stand above every list and
// hold the whole catalogue.
func keptMenus(q *site.Request) string {
	return q.Config.Made(menusIn(q.P.Locale()), func(*guichet.Desk) any {
		var b strings.Builder
		if err := menusView(q).Render(context.Background(), &b); err != nil {
			q.Log.WarnContext(q.R.Context(), "menus not written", "error", err) // a text takes everything
		}
		return b.String()
	}).(string)
}

// options are the choices of a menu, with "all" first.
func (m menu) options(q *site.Request) []kit.Option {
	out := []kit.Option{{Label: q.P.T("search.any")}}
	switch m.Field {
	case guichet.QueryService:
		return append(out, site.ServiceOptions(q.Config)...)
	case guichet.QueryTeam:
		out = append(out, kit.Option{Value: "mine", Label: q.P.T("search.mine")})
		return append(out, site.TeamOptions(q.Config)...)
	}
	for _, v := range m.Field.Choices() {
		out = append(out, kit.Option{Value: m.Field.Word(v, "en"), Label: site.Capital(say(q, m.Field, v))})
	}
	if m.Field == guichet.QueryDue {
		out = slices.Insert(out, 2, kit.Option{Value: "<2h", Label: q.P.T("search.within", "Hours", 2)}, kit.Option{Value: "<1d", Label: q.P.T("search.within", "Hours", 24)})
	}
	return out
}
