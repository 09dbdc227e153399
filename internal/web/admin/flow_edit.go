package admin

import (
	"cmp"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

const (
	invalid  = http.StatusUnprocessableEntity
	conflict = http.StatusConflict
)

func workflowRoutes() []site.Route {
	path := "/admin/workflows"
	return append(editorRoutes(path, workflowEditor),
		site.Route{Pattern: "GET " + path, Handle: administrators(workflows)},
		site.Route{Pattern: "POST " + path, Handle: administrators(newWorkflow)},
		site.Route{Pattern: "GET " + path + "/{id}", Handle: administrators(workflow)},
		site.Route{Pattern: "POST " + path + "/{id}", Handle: administrators(saveWorkflow)},
		site.Route{Pattern: "GET " + path + "/{id}/try", Handle: administrators(tryWorkflow)},
		site.Route{Pattern: "GET " + path + "/{id}/tickets", Handle: administrators(adoption)},
		site.Route{Pattern: "POST " + path + "/{id}/tickets", Handle: administrators(adopt)},
		site.Route{Pattern: "POST " + path + "/{id}/tickets/stop", Handle: administrators(stopAdoption)},
	)
}

func workflowEditor(q *site.Request) *configuring.Editor[guichet.Workflow] {
	return q.Configuring.Workflows
}

func workflowID(q *site.Request) guichet.ID { return guichet.ID(q.R.PathValue("id")) }

// flowLines is a line of the list of processes.
type flowSummary struct {
	ID        guichet.ID
	Name      string
	Published bool
	Draft     bool
	Version   int
	Closure   guichet.Closure
	Uses      int // services and forms that follow it by name
	Default   bool
}

// flowList is the page of the processes.
type flowList struct {
	Lines  []flowSummary
	May    bool // the reader may make another
	Name   string
	From   string
	Errors kit.Errors
}

func workflows(q *site.Request) error { return showWorkflows(q, ok, flowList{}) }

func showWorkflows(q *site.Request, status int, d flowList) error {
	list, err := q.Configuring.Workflows.List(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	d.May = q.Actor.Configures("", q.Config)
	for _, s := range list {
		d.Lines = append(d.Lines, flowLineOf(q, s.ID, s.Value, s.Published, s.Draft))
	}
	if len(list) == 0 {
		for id, w := range q.Config.Workflows {
			d.Lines = append(d.Lines, flowLineOf(q, id, w, true, false))
		}
		slices.SortFunc(d.Lines, func(a, b flowSummary) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	}
	return q.Render(status, workflowsView(q, page(q, q.P.T("admin.workflows"), "workflows"), d))
}

func flowLineOf(q *site.Request, id guichet.ID, w guichet.Workflow, published, draft bool) flowSummary {
	u := usesOf(q.Config, id)
	return flowSummary{ID: id, Name: cmp.Or(w.Name, string(id)), Published: published, Draft: draft, Version: w.Version,
		Closure: w.Policy(), Uses: len(u.Services) + len(u.Offerings), Default: u.Default}
}

// flowUses are the services and the forms that name a process, and whether it is the desk's own.
type flowUses struct {
	Services  []guichet.Service
	Offerings []guichet.Offering
	Default   bool
}

func usesOf(d *guichet.Desk, id guichet.ID) flowUses {
	u := flowUses{Default: d.DefaultFlow == id}
	for _, s := range d.Services {
		if s.WorkflowID == id {
			u.Services = append(u.Services, s)
		}
	}
	for _, o := range d.Offerings {
		if o.WorkflowID == id {
			u.Offerings = append(u.Offerings, o)
		}
	}
	slices.SortFunc(u.Services, func(a, b guichet.Service) int { return cmp.Compare(d.ServiceName(a.ID), d.ServiceName(b.ID)) })
	slices.SortFunc(u.Offerings, func(a, b guichet.Offering) int { return cmp.Compare(a.Name, b.Name) })
	return u
}

// newWorkflow begins a process: the smallest one, or a copy of another.
func newWorkflow(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	if !q.Actor.Configures("", q.Config) {
		return guichet.NotFound("page")
	}
	d := flowList{Name: strings.TrimSpace(form.Get("name")), From: form.Get("from")}
	if d.Name == "" {
		d.Errors = kit.Errors{"name": q.P.Error("field.required", nil)}
		return showWorkflows(q, invalid, d)
	}
	w, known := q.Config.Workflows[guichet.ID(d.From)]
	if !known {
		w = guichet.NewWorkflow("", "", []guichet.PendingReason{{Key: ticketing.PendingRequester, Name: q.P.T("admin.flow.first_reason"), Pauses: []string{"resolution"}}}, moderators(q))
	}
	w.ID, w.Version, w.Name = "", 0, d.Name
	id, err := q.Configuring.Workflows.Begin(q.R.Context(), q.Actor, d.Name, w)
	if err != nil {
		return err
	}
	return q.Redirect(flowURL(id), q.P.T("admin.flow.created"))
}

// moderators are the roles that qualify: who does what nobody else is named for.
func moderators(q *site.Request) []guichet.Performer {
	var out []guichet.Performer
	for _, id := range q.Config.RolesWith(guichet.PermissionModerate) {
		out = append(out, guichet.Performer(id))
	}
	return out
}

// flowPage is a process as it is edited, or only looked at.
type flowPage struct {
	kit.Page
	W        guichet.Workflow
	Bar      editBar
	Editable bool
	Revision int64
	Faults   faults
	Drawing  drawing
	Action   int // chosen; -1: none
	Diff     []string
	Uses     flowUses
	Behind   int    // running tickets that follow an older version
	Moving   bool   // they are being moved
	Refusal  string // why what was sent is not saved; it is shown all the same
}

func workflow(q *site.Request) error {
	e, err := q.Configuring.Workflows.Open(q.R.Context(), q.Actor, workflowID(q))
	if guichet.KindOf(err) == guichet.KindNotFound {
		return lookAtWorkflow(q)
	}
	if err != nil {
		return err
	}
	chosen, err := strconv.Atoi(q.R.URL.Query().Get("action"))
	if err != nil || chosen < 0 || chosen >= len(e.Value.Transitions) {
		chosen = -1
	}
	return showWorkflow(q, ok, e, chosen, "")
}

// lookAtWorkflow is the process for those who administrate something else.
func lookAtWorkflow(q *site.Request) error {
	w, known := q.Config.Workflows[workflowID(q)]
	if !known {
		return guichet.NotFound("page")
	}
	p := flowPage{Page: page(q, w.Name, "workflow-"+string(w.ID)), W: w, Action: -1, Bar: editBar{Version: w.Version}, Uses: usesOf(q.Config, w.ID)}
	p.Drawing = draw(q, w, chosen{action: -1})
	return q.Render(ok, workflowView(q, p))
}

func showWorkflow(q *site.Request, status int, e configuring.Edition[guichet.Workflow], action int, refusal string) error {
	w := e.Value
	w.ID = e.ID
	p := flowPage{Page: page(q, cmp.Or(w.Name, string(e.ID)), "workflow-"+string(e.ID)), W: w, Bar: barOf(e, flowURL(e.ID)), Editable: true,
		Revision: e.Revision(), Action: action, Uses: usesOf(q.Config, e.ID), Refusal: refusal}
	p.Faults = faultsOf(q, w, e.Problems)
	p.Drawing = draw(q, w, chosen{action, p.Faults})
	if e.Draft != nil && e.Published != nil {
		p.Diff = differences(q, *e.Published, w)
	}
	if e.Published != nil {
		a, err := q.Desk.Adoption(q.R.Context(), q.Actor, e.ID)
		if err != nil {
			return err
		}
		p.Behind, p.Moving = a.Behind, a.Running()
	}
	return q.Render(status, workflowView(q, p))
}

// saveWorkflow saves the draft with what one form of the editor changes. When somebody else saved
// meanwhile, the change is shown over the other's work and saved by sending it again.
func saveWorkflow(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	e, err := q.Configuring.Workflows.Open(q.R.Context(), q.Actor, workflowID(q))
	if err != nil {
		return err
	}
	was := e.Value
	what := editOf(form.Get("op"))
	show, there := what.apply(&e.Value, form.Values, moderators(q))
	if !there {
		e.Value = was
		return showWorkflow(q, conflict, e, -1, q.P.T("admin.flow.moved"))
	}
	back := flowURL(e.ID) + anchor(what, show)
	if reflect.DeepEqual(was, e.Value) {
		return q.Redirect(back, "")
	}
	seen, _ := strconv.ParseInt(form.Get("seen"), 10, 64) // what is no number was never seen
	err = q.Configuring.Workflows.Keep(q.R.Context(), q.Actor, e.ID, e.Value, seen)
	if guichet.KindOf(err) == guichet.KindConflict {
		e.Problems = q.Config.CheckWorkflow(e.Value)
		return showWorkflow(q, conflict, e, show, q.P.T("admin.flow.overtaken"))
	}
	if err != nil {
		return err
	}
	return q.Redirect(back, q.P.T("admin.edit.kept"))
}

// anchor is the place of the page where an edit was made.
func anchor(what edit, show int) string {
	switch {
	case show >= 0:
		return "?action=" + strconv.Itoa(show) + "#edit"
	case what.op == "settings" || what.op == "steps":
		return "#" + what.op
	case strings.HasPrefix(what.op, "reasons"):
		return "#reasons"
	}
	return ""
}
