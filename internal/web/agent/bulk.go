package agent

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func bulkRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /desk/bulk", Handle: agents(bulks)},
		{Pattern: "POST /desk/bulk", Handle: agents(prepareBulk)},
		{Pattern: "GET /desk/bulk/{id}", Handle: agents(bulk)},
		{Pattern: "POST /desk/bulk/{id}", Handle: agents(describeBulk)},
		{Pattern: "POST /desk/bulk/{id}/run", Handle: agents(runBulk)},
		{Pattern: "POST /desk/bulk/{id}/stop", Handle: agents(stopBulk)},
		{Pattern: "POST /desk/bulk/{id}/undo", Handle: agents(undoBulk)},
	}
}

// bulkIcons draw what may be done to many tickets.
var bulkIcons = map[string]string{"claim": "hand", "assign": "user-check", "qualify": "list-filter", "hold": "pause", "resume": "play",
	"resolve": "circle-check", "close": "archive", "follow_up": "message-square", "note": "lock", "tag": "tags", "untag": "tags", "link": "link-2", "undo": "undo-2"}

// onBar are those that the bar of a list shows; the others are behind "Autres actes".
var onBar = []string{"claim", "assign", "hold", "follow_up", "tag"}

// offBar are the others.
func offBar() []string {
	return slices.DeleteFunc(ticketing.Deeds(), func(what string) bool { return slices.Contains(onBar, what) })
}

// bulkData is an act on many tickets as its page shows it.
type bulkData struct {
	ticketing.Bulk
	Foreseen ticketing.Foreseen
	Said     bool // what it will do is said: it may begin
	Fields   []input
	Errors   kit.Errors
	Back     string
}

func bulkURL(id guichet.ID) string { return "/desk/bulk/" + string(id) }

func prepareBulk(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	in := ticketing.Chosen{What: form.Get("what")}
	for _, n := range form.Values["n"] {
		in.Numbers = append(in.Numbers, number(n))
	}
	if form.Get("all") != "" {
		if in.Reader, in.Query, err = queryAt(q, form.Get("from")); err != nil {
			return err
		}
		in.Numbers = nil
	} else if len(in.Numbers) == 0 {
		return q.Redirect(site.SafePath(form.Get("from")), q.P.T("bulk.choose"))
	}
	id, err := q.Desk.PrepareBulk(q.R.Context(), q.Actor, in)
	if err != nil {
		return err
	}
	return q.Redirect(bulkURL(id), "")
}

// queryAt is the query of a list, read from its address.
func queryAt(q *site.Request, address string) (guichet.Actor, ticketing.Query, error) {
	u, err := url.Parse(address)
	if err != nil {
		return q.Actor, ticketing.Query{}, guichet.NotFound("page")
	}
	v, err := viewOf(q.Actor, strings.TrimPrefix(u.Path, "/desk/"))
	if err != nil {
		return q.Actor, ticketing.Query{}, err
	}
	f := filterIn(q, u.Query())
	if len(f.Problems) > 0 { // more would be chosen than what was asked for
		return q.Actor, ticketing.Query{}, guichet.NotFound("page")
	}
	query := f.apply(v.queryOf(q))
	query.Order, _ = guichet.ParseOrder(u.Query().Get("sort"))
	return v.reader(q.Actor), query, nil
}

func bulks(q *site.Request) error {
	list, err := q.Desk.Bulks(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	page := q.Page(q.P.T("bulk.title"), "bulk")
	return workspace(q, ok, page, func(page kit.Page, groups []kit.Group) templ.Component { return bulksView(page, groups, list) })
}

func bulk(q *site.Request) error { return showBulk(q, ok, nil, nil) }

func showBulk(q *site.Request, status int, typed url.Values, errs kit.Errors) error {
	b, err := q.Desk.BulkOf(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id")))
	if err != nil {
		return err
	}
	d := bulkData{Bulk: b, Errors: errs, Back: q.Place()}
	if b.State == ticketing.BulkDraft {
		if d.Fields, err = bulkFields(q, b.Deed, typed, errs); err != nil {
			return err
		}
		d.Said = errs == nil && b.Deed.Ready() == nil
	}
	if d.Said {
		if d.Foreseen, err = q.Desk.ForeseeBulk(q.R.Context(), q.Actor, b); err != nil {
			return err
		}
	}
	page := q.Page(q.P.T("bulk.what."+b.Deed.What), "bulk")
	return workspace(q, status, page, func(page kit.Page, groups []kit.Group) templ.Component { return bulkView(q, page, groups, d) })
}

func describeBulk(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	until, err := moment(q, form.Values, "until", "until")
	var other int64
	if err == nil {
		other, err = oneNumber(form.Get("other"))
	}
	if err == nil {
		in := ticketing.Deed{Text: form.Get("text"), Tag: form.Get("tag"), Template: guichet.ID(form.Get("template")), Base: q.BaseURL,
			Relation: guichet.Relation(form.Get("relation")), Other: other, Follow: form.Get("follow") != "",
			Act: guichet.Act{Text: cmp.Or(form.Get("reason"), form.Get("solution")), TeamID: guichet.ID(form.Get("team")), AssigneeID: guichet.ID(form.Get("technician")),
				ServiceID: guichet.ID(form.Get("service")), Urgency: guichet.Grade(form.Get("urgency")), Impact: guichet.Grade(form.Get("impact")),
				PendingReason: form.Get("pending_reason"), Until: until}}
		err = q.Desk.DescribeBulk(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id")), in)
	}
	if errs := q.FieldErrors(err); errs != nil {
		return showBulk(q, invalid, form.Values, errs)
	}
	if err != nil {
		return err
	}
	return q.Redirect(bulkURL(guichet.ID(q.R.PathValue("id"))), "")
}

// oneNumber reads the number of a ticket that was typed; 0 when nothing was.
func oneNumber(typed string) (int64, error) {
	list, err := numbersOf(typed, nil)
	switch {
	case err != nil || len(list) == 0:
		return 0, err
	case len(list) > 1:
		return 0, guichet.Invalid("other", "bulk.one")
	}
	return list[0], nil
}

func runBulk(q *site.Request) error {
	id := guichet.ID(q.R.PathValue("id"))
	if err := q.Desk.RunBulk(q.R.Context(), q.Actor, id); err != nil {
		return err
	}
	return q.Redirect(bulkURL(id), q.P.T("bulk.started"))
}

func stopBulk(q *site.Request) error {
	id := guichet.ID(q.R.PathValue("id"))
	if err := q.Desk.StopBulk(q.R.Context(), q.Actor, id); err != nil {
		return err
	}
	return q.Redirect(bulkURL(id), q.P.T("bulk.stopped"))
}

func undoBulk(q *site.Request) error {
	undo, err := q.Desk.UndoBulk(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id")))
	if err != nil {
		return err
	}
	return q.Redirect(bulkURL(undo), "")
}

// bulkFieldsOf are the fields of each deed.
var bulkFieldsOf = map[string][]string{"assign": {"team", "technician", "reason"}, "qualify": {"service", "urgency", "impact"},
	"hold": {"pending_reason", "until", "reason"}, "resume": {"reason"}, "close": {"reason"}, "resolve": {"template", "solution"},
	"follow_up": {"template", "text"}, "note": {"text"}, "tag": {"tag"}, "untag": {"tag"}, "link": {"relation", "other", "follow"}}

func bulkFields(q *site.Request, deed ticketing.Deed, typed url.Values, errs kit.Errors) ([]input, error) {
	var out []input
	known := bulkValues(q, deed)
	for _, f := range bulkFieldsOf[deed.What] {
		in := input{Kind: "select", Field: kit.Field{Name: f, Label: q.P.T("bulk.field." + f), Value: known[f], Errors: errs}}
		if typed != nil {
			in.Value = typed.Get(f)
		}
		switch f {
		case "reason", "solution", "text":
			in.Kind, in.Rows, in.Max = "text", "4", guichet.MaxReason
		case "tag":
			in.Kind = "line"
		case "other":
			in.Kind, in.Keypad, in.Max, in.Help = "line", "numeric", 20, q.P.T("bulk.field.other.help")
		case "relation":
			in.Kind, in.Options = "choices", bulkRelations(q)
		case "follow":
			in.Kind, in.Options = "box", []kit.Option{{Value: "yes", Label: q.P.T("bulk.field.follow.yes")}}
		case "until":
			in.Kind, in.Type = "moment", "datetime-local"
		}
		if f == "reason" || f == "until" || f == "technician" || f == "template" {
			in.Optional = q.P.T("desk.optional")
		}
		if in.Kind == "select" {
			options, err := bulkOptions(q, deed, f)
			if err != nil {
				return nil, err
			}
			in.Options = options
		}
		out = append(out, in)
	}
	return out, nil
}

func bulkValues(q *site.Request, deed ticketing.Deed) map[string]string {
	a := deed.Act
	out := map[string]string{"team": string(a.TeamID), "technician": string(a.AssigneeID), "service": string(a.ServiceID), "urgency": string(a.Urgency),
		"impact": string(a.Impact), "pending_reason": a.PendingReason, "reason": a.Text, "solution": a.Text, "text": deed.Text, "tag": deed.Tag,
		"template": string(deed.Template), "relation": string(deed.Relation)}
	if deed.Other > 0 {
		out["other"] = strconv.FormatInt(deed.Other, 10)
	}
	if deed.Follow || deed.Relation == "" { // as when one duplicate is marked: its requester goes on reading what happens
		out["follow"] = "yes"
	}
	if !a.Until.IsZero() {
		out["until"] = a.Until.In(q.P.Zone()).Format(momentLayout)
	}
	return out
}

// bulkRelations are what many tickets may become to another one, each with what that does.
func bulkRelations(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, r := range ticketing.BulkRelations() {
		out = append(out, kit.Option{Value: string(r), Label: q.P.T("bulk.relation." + string(r)), Help: q.P.T("bulk.relation." + string(r) + ".help")})
	}
	return out
}

func bulkOptions(q *site.Request, deed ticketing.Deed, field string) ([]kit.Option, error) {
	none := []kit.Option{{Label: q.P.T("bulk.field." + field + ".none")}}
	switch field {
	case "team":
		return append(none, site.TeamOptions(q.Config)...), nil
	case "technician":
		people, err := everyTechnician(q)
		return append(none, people...), err
	case "service":
		return append(none, site.ServiceOptions(q.Config)...), nil
	case "urgency":
		return append(none, words(q, "grade.", guichet.GradeLow, guichet.GradeMedium, guichet.GradeHigh)...), nil
	case "impact":
		return append(none, words(q, "desk.impact.", guichet.GradeLow, guichet.GradeMedium, guichet.GradeHigh)...), nil
	case "pending_reason":
		return append(none, pendingReasons(q.Config)...), nil
	}
	kind := guichet.TemplateReply
	if deed.What == "resolve" {
		kind = guichet.TemplateSolution
	}
	for _, t := range q.Config.TemplatesFor(kind, "", q.Actor.TeamIDs) {
		none = append(none, kit.Option{Value: string(t.ID), Label: t.Name})
	}
	return none, nil
}

// everyTechnician lists the members of the teams by name.
func everyTechnician(q *site.Request) ([]kit.Option, error) {
	var ids []guichet.ID
	for _, t := range q.Config.Teams {
		ids = append(ids, t.Members...)
	}
	names, err := q.Directory.Names(q.R.Context(), ids...)
	var out []kit.Option
	for id, name := range names {
		out = append(out, kit.Option{Value: string(id), Label: name})
	}
	slices.SortFunc(out, func(a, b kit.Option) int { return cmp.Or(compareText(a.Label, b.Label), compareText(a.Value, b.Value)) })
	return out, err
}

// pendingReasons are those of all the processes, each once.
func pendingReasons(d *guichet.Desk) []kit.Option {
	var out []kit.Option
	for _, w := range d.Workflows {
		for _, r := range w.PendingReasons {
			if !slices.ContainsFunc(out, func(o kit.Option) bool { return o.Value == r.Key }) {
				out = append(out, kit.Option{Value: r.Key, Label: r.Name})
			}
		}
	}
	slices.SortFunc(out, func(a, b kit.Option) int { return compareText(a.Label, b.Label) })
	return out
}

// reason says why tickets are refused; what is wrong with a field says so.
func reason(q *site.Request, err error) string {
	errs := q.FieldErrors(err)
	if errs == nil {
		return q.Message(err)
	}
	var parts []string
	for _, f := range errs.ErrorOrder() {
		parts = append(parts, errs[f])
	}
	return strings.Join(parts, " ")
}

// following makes the page of an act that runs be asked again as its tickets change.
func following(d bulkData) templ.Attributes {
	if d.State != ticketing.BulkRunning {
		return nil
	}
	return templ.Attributes{"data-live": "list"}
}

// part is the share of what is done, in tenths, for a bar.
func (d bulkData) part() string {
	if len(d.Items) == 0 {
		return "t10"
	}
	return "t" + strconv.Itoa(max(1, 10*(len(d.Items)-d.Count(""))/len(d.Items)))
}
