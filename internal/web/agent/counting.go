package agent

import (
	"net/url"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// counting gathers the queries that a page counts, so that those of one reader are summed together.
type counting struct {
	own       sums
	moderated sums // of the reader as far as he or she moderates: see view.reader
}

// sums is what is counted for one reader.
type sums struct {
	reader  guichet.Actor
	queries []ticketing.Query
	counts  []*ticketing.Count
}

// usuallyCounted is how many queries a page counts, about.
const usuallyCounted = 32

// ask returns where the count of a query stands once run has returned.
func (c *counting) ask(reader guichet.Actor, query ticketing.Query) *ticketing.Count {
	t := &c.own
	if reader.Person.ID == "" {
		t = &c.moderated
	}
	if t.queries == nil {
		t.queries = make([]ticketing.Query, 0, usuallyCounted)
	}
	n := new(ticketing.Count)
	t.reader, t.queries, t.counts = reader, append(t.queries, query), append(t.counts, n)
	return n
}

func (c *counting) run(q *site.Request) error {
	for _, t := range []*sums{&c.own, &c.moderated} {
		found, err := q.Desk.Counts(q.R.Context(), t.reader, t.queries)
		if err != nil {
			return err
		}
		for i, n := range found {
			*t.counts[i] = n
		}
	}
	return nil
}

// queues asks for the counts of the views that the reader has, by key.
func (c *counting) queues(q *site.Request) map[string]*ticketing.Count {
	out := map[string]*ticketing.Count{}
	for _, v := range views() {
		if v.of(q) && !v.Uncounted {
			out[v.Key] = c.ask(v.reader(q.Actor), v.queryOf(q))
		}
	}
	return out
}

// countedGroup is a group of the rail with the counts of its views; nil: not counted.
type countedGroup struct {
	kit.Group
	counts []*ticketing.Count
}

func (g *countedGroup) add(v kit.View, n *ticketing.Count) {
	g.Views, g.counts = append(g.Views, v), append(g.counts, n)
}

// told is the group with the numbers that were counted.
func (g *countedGroup) told() kit.Group {
	for i, n := range g.counts {
		if g.Views[i].Count = -1; n != nil {
			g.Views[i].Count, g.Views[i].More = n.N, n.AtLeast
		}
	}
	return g.Group
}

// saved asks for the counts of the views that people keep, the reader's own and those of others. They are counted by their
// addresses; one that means nothing any more has no number.
func (c *counting) saved(q *site.Request, list []guichet.SavedView) (mine, shared countedGroup) {
	mine.Title, shared.Title = q.P.T("desk.rail.saved"), q.P.T("desk.rail.shared")
	for _, v := range list {
		entry := kit.View{Key: savedKey(v.ID), Title: v.Name, Icon: "bookmark", URL: savedAddress(v)}
		var n *ticketing.Count
		if reader, query, err := queryAt(q, entry.URL); err == nil && !query.Final {
			n = c.ask(reader, query)
		}
		if v.OwnerID == q.Actor.Person.ID {
			mine.add(entry, n)
		} else {
			shared.add(entry, n)
		}
	}
	return mine, shared
}

// standing are the open tickets by level of support and by theme. Their entries are the same for everybody and are made
// once for a configuration and a language: they stand on every page.
type standing struct {
	levels, services             []kit.View
	levelQueries, serviceQueries []ticketing.Query
}

// standingIn is the key under which a desk keeps them, by language.
type standingIn string

func standingOf(q *site.Request) standing {
	locale := q.P.Locale()
	return q.Config.Made(standingIn(locale), func(d *guichet.Desk) any {
		var s standing
		s.levels, s.levelQueries = levelViews(d, locale)
		s.services, s.serviceQueries = serviceViews(d, locale)
		return s
	}).(standing)
}

// standing asks for the counts of the views by level and by theme, which are sums of cells.
func (c *counting) standing(q *site.Request) (levels, services countedGroup) {
	levels.Title, services.Title = q.P.T("desk.rail.levels"), q.P.T("desk.rail.services")
	levels.Folded, services.Folded = true, true
	s := standingOf(q)
	for i, v := range s.levels {
		levels.add(v, c.ask(q.Actor, s.levelQueries[i]))
	}
	for i, v := range s.services {
		services.add(v, c.ask(q.Actor, s.serviceQueries[i]))
	}
	return levels, services
}

// among is a view of the open tickets of which a term holds.
func among(locale, key, title, icon string, term guichet.QueryTerm) kit.View {
	return kit.View{Key: key, Title: title, Icon: icon, URL: "/desk/open?" + url.Values{"q": {term.Print(locale)}}.Encode()}
}

// levelViews are the levels of support, when the teams have several, and what they select.
func levelViews(d *guichet.Desk, locale string) (out []kit.View, queries []ticketing.Query) {
	for _, l := range []guichet.Level{guichet.Level1, guichet.Level2, guichet.Level3, guichet.LevelRD} {
		used := false
		for _, t := range d.Teams {
			used = used || t.Level == l
		}
		if used {
			term := guichet.QueryTerm{Field: guichet.QueryLevel, Values: []string{string(l)}}
			out = append(out, among(locale, "level-"+string(l), string(l), "trending-up", term))
			queries = append(queries, ticketing.Query{Open: true, Query: guichet.Query{Terms: []guichet.QueryTerm{term}}})
		}
	}
	if len(out) < 2 {
		return nil, nil
	}
	return out, queries
}

// serviceViews are the themes, and what they select.
func serviceViews(d *guichet.Desk, locale string) (out []kit.View, queries []ticketing.Query) {
	for _, n := range site.Tree(d) {
		if n.Depth == 0 {
			term := guichet.QueryTerm{Field: guichet.QueryService, Values: []string{string(n.Service.ID)}}
			out = append(out, among(locale, "service-"+string(n.Service.ID), n.Service.Name, "layers", term))
			queries = append(queries, ticketing.Query{Open: true, ServiceID: n.Service.ID})
		}
	}
	return out, queries
}
