package admin

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// fault is what is wrong with a process, in words, and where.
type fault struct {
	Field string
	Text  string
	URL   string // of the place where it is mended
}

type faults []fault

// of lists the faults of a field and of what is below it.
func (f faults) of(field string) []string {
	var out []string
	for _, x := range f {
		if x.Field == field || strings.HasPrefix(x.Field, field+".") {
			out = append(out, x.Text)
		}
	}
	return out
}

// at reports whether an action is faulty.
func (f faults) at(action int) bool { return len(f.of(fmt.Sprintf("transitions.%d", action))) > 0 }

// faultsOf tells what publishing would refuse, each fault with the words of the screen.
func faultsOf(q *site.Request, w guichet.Workflow, err error) faults {
	var wrong *guichet.Error
	if !errors.As(err, &wrong) {
		return nil
	}
	var out faults
	for _, f := range wrong.Fields {
		args := map[string]any{}
		for name, v := range f.Args {
			args[name] = argument(q, w, name, fmt.Sprint(v))
		}
		if f.Code == "workflow.days" || f.Code == "workflow.reopen_before_silence" {
			args = f.Args
		}
		out = append(out, fault{f.Field, q.P.Error(f.Code, args), flowPlace(w.ID, f.Field)})
	}
	return out
}

// argument says a value of a fault in words.
func argument(q *site.Request, w guichet.Workflow, name, v string) string {
	switch name {
	case "State":
		if v == "" {
			return q.P.T("admin.flow.same")
		}
		return stepName(q, w, guichet.State(v))
	case "Action":
		if slices.Contains(guichet.Actions(), guichet.Action(v)) {
			return q.P.T("desk.action." + v)
		}
	case "Requirement":
		return need(q, guichet.Requirement(v))
	}
	return v
}

// flowPlace is where a field of a process is edited.
func flowPlace(id guichet.ID, field string) string {
	parts := strings.Split(field, ".")
	switch {
	case parts[0] == "transitions" && len(parts) > 1:
		return flowURL(id) + "?action=" + parts[1] + "#edit"
	case parts[0] == "states":
		return "#drawing"
	case parts[0] == "pending_reasons":
		return "#reasons"
	case parts[0] == "steps":
		return "#steps"
	}
	return "#settings"
}

// inState says from where an action starts.
func inStates(q *site.Request, w guichet.Workflow, states []guichet.State) string {
	var out []string
	for _, s := range states {
		out = append(out, stepName(q, w, s))
	}
	return strings.Join(out, ", ")
}

// differences says, one line each, what the draft changes.
func differences(q *site.Request, was, now guichet.Workflow) []string {
	var out []string
	for _, c := range guichet.CompareWorkflows(was, now) {
		out = append(out, difference(q, now, c))
	}
	return out
}

func difference(q *site.Request, w guichet.Workflow, c guichet.FlowChange) string {
	head := q.P.T("admin.flow.diff." + c.Subject)
	switch c.Subject {
	case "action":
		head = q.P.T("admin.flow.diff.action", "Name", site.Label(q, c.Action))
	case "reason":
		head = q.P.T("admin.flow.diff.reason", "Name", c.Name)
	case "step":
		head = q.P.T("admin.flow.diff.step", "Name", q.P.T("state.desk."+c.Name))
	}
	return q.P.T("admin.flow.diff.line", "What", head, "Change", change(q, w, c))
}

// change says what became of what is compared.
func change(q *site.Request, w guichet.Workflow, c guichet.FlowChange) string {
	switch c.Aspect {
	case "added":
		if c.Subject == "action" {
			return q.P.T("admin.flow.diff.new", "From", inStates(q, w, c.Action.From), "By", performers(q, c.Action))
		}
		return q.P.T("admin.flow.diff.added")
	case "removed":
		if c.Subject == "action" {
			return q.P.T("admin.flow.diff.gone", "From", inStates(q, w, c.Action.From))
		}
		return q.P.T("admin.flow.diff.removed")
	}
	var out []string
	if len(c.Added) > 0 {
		out = append(out, q.P.T("admin.flow.diff.more."+c.Aspect, "List", diffList(q, w, c.Aspect, c.Added)))
	}
	if len(c.Removed) > 0 {
		out = append(out, q.P.T("admin.flow.diff.less."+c.Aspect, "List", diffList(q, w, c.Aspect, c.Removed)))
	}
	if len(out) > 0 {
		return strings.Join(out, ", ")
	}
	return q.P.T("admin.flow.diff.moved."+c.Aspect, "Was", diffValue(q, w, c, c.Was), "Now", diffValue(q, w, c, c.Now))
}

func diffList(q *site.Request, w guichet.Workflow, aspect string, list []string) string {
	var out []string
	for _, v := range list {
		switch aspect {
		case "by":
			v = performer(q, guichet.Performer(v))
		case "requires":
			v = need(q, guichet.Requirement(v))
		case "from":
			v = stepName(q, w, guichet.State(v))
		case "pauses":
			v = q.P.T("admin.flow.clock." + v)
		}
		out = append(out, v)
	}
	return strings.Join(out, ", ")
}

func diffValue(q *site.Request, w guichet.Workflow, c guichet.FlowChange, v string) string {
	switch {
	case c.Aspect == "to" && v == "":
		return q.P.T("admin.flow.same")
	case c.Aspect == "to":
		return stepName(q, w, guichet.State(v))
	case c.Subject == "closure" && v != "":
		return q.P.T("admin.flow.closure." + v)
	case c.Subject == "rating" || c.Aspect == "dated":
		return q.P.T("admin.flow.diff." + v)
	case c.Subject == "auto_close_days" || c.Subject == "reopen_days":
		return days(q, v)
	case v == "":
		return q.P.T("admin.flow.diff.usual")
	}
	return v
}

func days(q *site.Request, v string) string {
	n, _ := strconv.Atoi(v)
	return q.P.N("admin.flow.days", n)
}

// divergence says why tickets would have gone differently.
func divergence(q *site.Request, w guichet.Workflow, d guichet.DivergenceReason) string {
	action, detail := "", ""
	if d.Action != "" {
		action = q.P.T("desk.action." + string(d.Action))
	}
	if d.Detail != "" {
		detail = d.Detail
		if key := "admin.flow.missing." + d.Detail; q.P.Has(key) {
			detail = q.P.T(key)
		}
	}
	state := ""
	if d.State != "" {
		state = stepName(q, w, d.State)
	}
	return q.P.T("admin.flow.diverges."+string(d.Kind), "Action", action, "State", state, "Detail", detail)
}

// divergenceOf says when and by whom a ticket would have.
func divergenceOf(q *site.Request, t ticketing.RehearsedTicket) string {
	d := t.Divergence
	switch {
	case d.Would.IsZero() && !d.Was.IsZero():
		return q.P.T("admin.flow.would.never", "Was", q.P.Date(d.Was))
	case !d.Would.IsZero() && d.Was.IsZero():
		return q.P.T("admin.flow.would.close", "Would", q.P.Date(d.Would))
	case !d.Would.IsZero():
		return q.P.T("admin.flow.would.date", "Would", q.P.Date(d.Would), "Was", q.P.Date(d.Was))
	}
	actor := t.Actor
	if actor == "" {
		actor = "Guichet"
		if d.ActorID != "" {
			actor = q.P.T("nobody")
		}
	}
	return q.P.T("admin.flow.would.act", "Actor", actor, "When", q.P.DateTime(d.At))
}

// closureOptions are the policies of closing, each with what it means.
func closureOptions(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, c := range guichet.Closures() {
		out = append(out, kit.Option{Value: string(c), Label: q.P.T("admin.flow.closure." + string(c)), Help: q.P.T("admin.flow.closure." + string(c) + ".help")})
	}
	return out
}
