package admin

import (
	"cmp"
	"slices"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/transferring"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// adminRail is the menu of the administration: what the reader may see of it.
func adminRail(q *site.Request) []kit.Group {
	desk := kit.Group{Title: q.P.T("admin.rail")}
	add := func(key, icon, url string) {
		desk.Views = append(desk.Views, kit.View{Key: key, Title: q.P.T("admin." + key), Icon: icon, URL: url, Count: -1})
	}
	if !onlyKeeps(q.Actor) {
		add("catalogue", "layers", "/admin/")
		routingRail(q, add)
	}
	if q.Actor.Has(guichet.PermissionConfigure) {
		add("templates", "book-text", "/admin/templates")
	}
	if transferring.MayExport(q.Actor, q.Config) {
		add("transfer", "folder", "/admin/configuration")
	}
	if mayConfigure(q) {
		add("calendars", "calendar-days", calendarsPath)
		add("levels", "hourglass", levelsPath+"/"+string(configuring.LevelsID))
	}
	if q.Actor.Configures("", q.Config) {
		add("remote", "monitor", remotePath)
		add("front", "signature", frontPath)
	}
	if mayReadHistory(q) {
		add("history", "history", "/admin/history")
	}
	if q.Actor.Has(guichet.PermissionOperate) {
		add("system", "server", "/admin/system")
	}
	out := kit.Group{Title: q.P.T("desk.rail.tools"), Views: []kit.View{
		{Key: "portal", Title: q.P.T("desk.rail.portal"), Icon: "house", URL: "/", Count: -1}}}
	if site.IsAgent(q.Actor) {
		out.Views = append(out.Views, kit.View{Key: "desk", Title: q.P.T("admin.rail.desk"), Icon: "inbox", URL: "/desk/", Count: -1})
	}
	return slices.DeleteFunc([]kit.Group{desk, directoryRail(q), flows(q), out}, func(g kit.Group) bool { return len(g.Views) == 0 })
}

// Menu is the menu of the administration, for the palette.
func Menu(q *site.Request) []kit.Group { return adminRail(q) }

// flows are the processes of the desk.
func flows(q *site.Request) kit.Group {
	g := kit.Group{Title: q.P.T("admin.workflows")}
	if onlyKeeps(q.Actor) {
		return g
	}
	for id, w := range q.Config.Workflows {
		g.Views = append(g.Views, kit.View{Key: "workflow-" + string(id), Title: w.Name, Icon: "workflow", URL: flowURL(id), Count: -1})
	}
	slices.SortFunc(g.Views, func(a, b kit.View) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.Key, b.Key)) })
	all := kit.View{Key: "workflows", Title: q.P.T("admin.flow.all"), Icon: "list", URL: "/admin/workflows", Count: -1}
	g.Views = slices.Insert(g.Views, 0, all)
	return g
}

func flowURL(id guichet.ID) string { return "/admin/workflows/" + string(id) }

func system(q *site.Request) error {
	v, err := q.Operating.Overview(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	return q.Render(ok, systemView(q, page(q, q.P.T("admin.system"), "system"), v))
}

func retry(q *site.Request) error {
	if err := q.Operating.Retry(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id"))); err != nil {
		return err
	}
	return q.Redirect("/admin/system", q.P.T("admin.jobs.retried"))
}
