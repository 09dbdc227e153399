package agent

import (
	"net/url"
	"slices"
	"time"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// wake is a part of what waits: what comes back until a day.
type wake struct{ Key, Value string }

func wakes() []wake { return []wake{{"wakes-today", "<=today"}, {"wakes-week", "<=week"}} }

func (w wake) term() guichet.QueryTerm {
	return guichet.QueryTerm{Field: guichet.QueryResumes, Values: []string{w.Value}}
}

// wakeViews say under what waits when it comes back: today, this week. What is counted twice is said once.
func wakeViews(q *site.Request) ([]kit.View, error) {
	var moments []time.Time
	for _, w := range wakes() {
		moments = append(moments, w.term().Periods(q.Time(), q.P.Zone())[0].To)
	}
	counts, err := q.Desk.Wakes(q.R.Context(), q.Actor, moments)
	if err != nil {
		return nil, err
	}
	var out []kit.View
	for i, w := range wakes() {
		if counts[i].N == 0 || i > 0 && counts[i] == counts[i-1] {
			continue
		}
		query := guichet.Query{Terms: []guichet.QueryTerm{w.term()}}
		out = append(out, kit.View{Key: w.Key, Title: q.P.T("desk.view." + w.Key), Icon: "calendar-clock", Below: true,
			URL: "/desk/pending?" + url.Values{"q": {query.Print(q.P.Locale())}}.Encode(), Count: counts[i].N, More: counts[i].AtLeast})
	}
	return out, nil
}

// place is the entry of the menu on which a list stands: the one of its view, or the narrower one that asks just that.
func (f filter) place(q *site.Request, view string) string {
	if len(f.Query.Terms) != 1 || f.Query.Terms[0].Not || len(f.Query.Terms[0].Values) != 1 {
		return view
	}
	term := f.Query.Terms[0]
	value := term.Values[0]
	switch {
	case view == "open" && term.Field == guichet.QueryLevel:
		return "level-" + value
	case view == "open" && term.Field == guichet.QueryService:
		if found := q.Config.ServicesCalled(value); len(found) == 1 && q.Config.Services[found[0]].ParentID == "" {
			return "service-" + string(found[0])
		}
	case view == "pending":
		if i := slices.IndexFunc(wakes(), func(w wake) bool { return w.term().Field == term.Field && w.Value == value }); i >= 0 {
			return wakes()[i].Key
		}
	}
	return view
}
