package admin

import (
	"cmp"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/operating"
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
	}
	if q.Actor.Has(guichet.PermissionConfigure) {
		add("templates", "book-text", "/admin/templates")
	}
	if transferring.MayExport(q.Actor, q.Config) {
		add("transfer", "folder", "/admin/configuration")
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

// serviceLine is a service of the catalogue as an administrator reads it.
type serviceLine struct {
	site.Node
	Team      string
	Flow      guichet.Workflow
	Own       bool // the workflow is its own, not one taken from above
	Warnings  []string
	Offerings []guichet.Offering
}

func catalogue(q *site.Request) error {
	if onlyKeeps(q.Actor) {
		return q.Redirect("/admin/people", "")
	}
	var lines []serviceLine
	grants, err := q.Operating.Grants(q.R.Context(), q.Actor)
	known := err == nil
	if err != nil && guichet.KindOf(err) != guichet.KindNotFound {
		return err
	}
	for _, n := range site.Tree(q.Config) {
		team := q.Config.ServiceTeam(n.Service.ID)
		line := serviceLine{Node: n, Team: q.Config.Teams[team].Name, Flow: q.Config.FlowOf(n.Service.ID, ""), Own: n.Service.WorkflowID != ""}
		if team == "" && n.Service.Open() {
			line.Warnings = append(line.Warnings, q.P.T("admin.warning.team"))
		}
		if known && n.Service.Open() && !moderated(q.Config, grants, n.Service.ID) {
			line.Warnings = append(line.Warnings, q.P.T("admin.warning.moderator"))
		}
		for _, o := range q.Config.OfferingsOf(n.Service.ID) {
			if o.ServiceID == n.Service.ID {
				line.Offerings = append(line.Offerings, o)
			}
		}
		lines = append(lines, line)
	}
	return q.Render(ok, catalogueView(page(q, q.P.T("admin.catalogue"), "catalogue"), adminRail(q), lines))
}

// moderated reports whether somebody qualifies what is asked of a service.
func moderated(d *guichet.Desk, grants []operating.Grant, service guichet.ID) bool {
	return slices.ContainsFunc(grants, func(g operating.Grant) bool {
		return slices.Contains(d.Roles[g.RoleID].Permissions, guichet.PermissionModerate) &&
			(g.ServiceID == "" || slices.Contains(d.ServicePath(service), g.ServiceID))
	})
}

// warned counts the services that nobody handles or qualifies.
func warned(lines []serviceLine) int {
	n := 0
	for _, l := range lines {
		if len(l.Warnings) > 0 {
			n++
		}
	}
	return n
}

// approvalSteps names the steps of an offering, in their order.
func approvalSteps(o guichet.Offering) string {
	var names []string
	for _, s := range o.Approval {
		names = append(names, s.Name)
	}
	return strings.Join(names, " → ")
}

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
