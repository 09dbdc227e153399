package agent

import (
	"slices"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/announcing"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// view is a list of the workspace: what it selects, and for whom it is of use.
type view struct {
	Key, Icon string
	Hot       bool // what waits there asks for somebody
	Uncounted bool // grows without end
	For       func(guichet.Actor) bool
	Query     func(guichet.Actor) ticketing.Query
}

func everyone(guichet.Actor) bool    { return true }
func inTeam(a guichet.Actor) bool    { return len(a.TeamIDs) > 0 }
func moderator(a guichet.Actor) bool { return a.Has(guichet.PermissionModerate) }
func is(s ...guichet.State) func(guichet.Actor) ticketing.Query {
	return func(guichet.Actor) ticketing.Query { return ticketing.Query{States: s} }
}

// views lists the views in the order of the rail.
func views() []view {
	return []view{
		{Key: "mine", Icon: "inbox", For: everyone, Query: func(a guichet.Actor) ticketing.Query {
			return ticketing.Query{AssigneeID: a.Person.ID, Open: true}
		}},
		{Key: "teams", Icon: "users", For: inTeam, Query: func(a guichet.Actor) ticketing.Query {
			return ticketing.Query{TeamIDs: a.TeamIDs, Open: true}
		}},
		{Key: "pool", Icon: "hand", Hot: true, For: inTeam, Query: func(a guichet.Actor) ticketing.Query {
			return ticketing.Query{TeamIDs: a.TeamIDs, Unassigned: true, States: []guichet.State{guichet.StateAssigned}}
		}},
		{Key: "qualify", Icon: "list-filter", Hot: true, For: moderator, Query: is(guichet.StateNew)},
		{Key: viewDue, Icon: "hourglass", Hot: true, For: everyone, Query: func(guichet.Actor) ticketing.Query {
			return ticketing.Query{}
		}},
		{Key: "pending", Icon: "pause", For: everyone, Query: is(guichet.StatePending)},
		{Key: "resolved", Icon: "circle-check", For: everyone, Query: is(guichet.StateResolved)},
		{Key: "unassigned", Icon: "user", For: everyone, Query: func(guichet.Actor) ticketing.Query {
			return ticketing.Query{Open: true, Unassigned: true}
		}},
		{Key: "open", Icon: "layers", For: everyone, Query: func(guichet.Actor) ticketing.Query {
			return ticketing.Query{Open: true}
		}},
		{Key: "closed", Icon: "archive", Uncounted: true, For: everyone, Query: func(guichet.Actor) ticketing.Query {
			return ticketing.Query{Final: true}
		}},
	}
}

// viewOf finds a view that the actor has.
func viewOf(a guichet.Actor, key string) (view, error) {
	list := views()
	i := slices.IndexFunc(list, func(v view) bool { return v.Key == key && v.For(a) })
	if i < 0 {
		return view{}, guichet.NotFound("page")
	}
	return list[i], nil
}

// reader is the actor as far as a view reaches: what is to qualify is what he or she moderates, not
// every new ticket that he or she may read.
func (v view) reader(a guichet.Actor) guichet.Actor {
	if v.Key != "qualify" {
		return a
	}
	a.TeamIDs, a.Person.ID = nil, ""
	a.Grants = slices.DeleteFunc(slices.Clone(a.Grants), func(g guichet.Grant) bool {
		return !slices.Contains(a.Roles[g.RoleID].Permissions, guichet.PermissionModerate)
	})
	return a
}

// rail is the menu of the workspace.
func rail(q *site.Request, page kit.Page) ([]kit.Group, error) {
	kept, err := q.Desk.SavedViews(q.R.Context(), q.Actor)
	if err != nil {
		return nil, err
	}
	var c counting
	counts := c.queues(q)
	mine, shared := c.saved(q, kept)
	levels, services := c.standing(q)
	if err := c.run(q); err != nil {
		return nil, err
	}
	queues, err := queues(q, page, counts)
	if err != nil {
		return nil, err
	}
	themes := services.told()
	themes.Views = slices.DeleteFunc(themes.Views, func(v kit.View) bool { return v.Count == 0 })
	further := slices.DeleteFunc([]kit.Group{mine.told(), shared.told(), levels.told(), themes}, func(g kit.Group) bool { return len(g.Views) == 0 })
	return slices.Concat([]kit.Group{queues}, further, tools(q)), nil
}

// queues are the views of the workspace with what they hold.
func queues(q *site.Request, page kit.Page, counts map[string]*ticketing.Count) (kit.Group, error) {
	queues := kit.Group{Title: q.P.T("desk.rail.queues")}
	for _, v := range views() {
		if !v.of(q) {
			continue
		}
		if v.Key == "pending" && page.Waiting > 0 {
			queues.Views = append(queues.Views, approvalsView(q, page))
		}
		n := ticketing.Count{N: -1}
		if !v.Uncounted {
			n = *counts[v.Key]
		}
		queues.Views = append(queues.Views, kit.View{Key: v.Key, Title: q.P.T("desk.view." + v.Key), Icon: v.Icon,
			URL: "/desk/" + v.Key, Count: n.N, More: n.AtLeast, Hot: v.Hot})
		if v.Key == "pending" && n.N > 0 {
			wakes, err := wakeViews(q)
			if err != nil {
				return queues, err
			}
			queues.Views = append(queues.Views, wakes...)
		}
	}
	return queues, nil
}

func approvalsView(q *site.Request, page kit.Page) kit.View {
	return kit.View{Key: "approvals", Title: q.P.T("desk.view.approvals"), Icon: "stamp", URL: "/approvals", Count: page.Waiting, Hot: true}
}

// tools leads out of the queues.
func tools(q *site.Request) []kit.Group {
	list := []kit.View{{Key: "bulk", Title: q.P.T("bulk.title"), Icon: "boxes", URL: "/desk/bulk", Count: -1},
		{Key: "views", Title: q.P.T("saved.title"), Icon: "bookmark", URL: viewsURL, Count: -1},
		{Key: "portal", Title: q.P.T("desk.rail.portal"), Icon: "house", URL: "/", Count: -1}}
	if site.IsAgent(q.Actor) {
		list = append(list, kit.View{Key: "tasks", Title: q.P.T("desk.my_tasks"), Icon: "list-checks", URL: "/desk/tasks", Count: -1})
	}
	if announcing.Publishes(q.Actor, q.Config) {
		list = append(list, kit.View{Key: "announcements", Title: q.P.T("announce.title"), Icon: "megaphone", URL: announcementsURL, Count: -1})
	}
	if site.IsAdministrator(q.Actor) {
		list = append(list, kit.View{Key: "admin", Title: q.P.T("desk.rail.admin"), Icon: "settings", URL: "/admin/", Count: -1})
	}
	return []kit.Group{{Title: q.P.T("desk.rail.tools"), Views: list}}
}

// Menu lists the views and the tools of the reader, uncounted, for the palette.
func Menu(q *site.Request) []kit.View {
	var out []kit.View
	for _, v := range views() {
		if v.of(q) {
			out = append(out, kit.View{Key: v.Key, Title: q.P.T("desk.view." + v.Key), Icon: v.Icon, URL: "/desk/" + v.Key, Count: -1})
		}
	}
	for _, g := range tools(q) {
		out = append(out, g.Views...)
	}
	return out
}

// start leads to the first view in which something waits.
func start(q *site.Request) error {
	var c counting
	counts := c.queues(q)
	if err := c.run(q); err != nil {
		return err
	}
	for _, key := range []string{"mine", "pool", "qualify", "teams"} {
		if n := counts[key]; n != nil && n.N > 0 {
			return q.Redirect("/desk/"+key, "")
		}
	}
	return q.Redirect("/desk/open", "")
}

// workspace renders a page of the workspace, with its rail.
func workspace(q *site.Request, status int, page kit.Page, view func(kit.Page, []kit.Group) templ.Component) error {
	groups, err := rail(q, page)
	if err != nil {
		return err
	}
	return q.Render(status, view(page, groups))
}
