package admin

import (
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func actionURL(id guichet.ID, action int) string {
	return flowURL(id) + "?action=" + strconv.Itoa(action) + "#edit"
}

func actionWord(q *site.Request, a guichet.Action) string {
	if !slices.Contains(guichet.Actions(), a) {
		return string(a)
	}
	return q.P.T("desk.action." + string(a))
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// startOptions are what a new process may be made of.
func startOptions(q *site.Request, d flowList) []kit.Option {
	out := []kit.Option{{Label: q.P.T("admin.flow.new.minimal")}}
	for _, l := range d.Lines {
		if l.Published {
			out = append(out, kit.Option{Value: string(l.ID), Label: q.P.T("admin.flow.new.copy", "Name", l.Name)})
		}
	}
	return out
}

func actionOptions(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, a := range guichet.Actions() {
		out = append(out, kit.Option{Value: string(a), Label: actionWord(q, a)})
	}
	return out
}

// fromOptions are the states from which an action may start, and those that a faulty one names.
func fromOptions(q *site.Request, w guichet.Workflow, tr guichet.Transition) []kit.Option {
	from, _, _ := guichet.Shape(tr.Action)
	return stateOptions(q, w, with(from, tr.From...))
}

func toOptions(q *site.Request, w guichet.Workflow, tr guichet.Transition) []kit.Option {
	_, to, _ := guichet.Shape(tr.Action)
	return stateOptions(q, w, with(to, tr.To))
}

func stateOptions(q *site.Request, w guichet.Workflow, states []guichet.State) []kit.Option {
	var out []kit.Option
	for _, s := range states {
		name := q.P.T("admin.flow.same")
		if s != "" {
			name = stepName(q, w, s)
		}
		out = append(out, kit.Option{Value: string(s), Label: name})
	}
	return out
}

// with adds to a list what it does not hold.
func with[T comparable](list []T, more ...T) []T {
	out := slices.Clone(list)
	for _, v := range more {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// byOptions are those who may do an action: places in the ticket that make sense for it, then roles.
func byOptions(q *site.Request, tr guichet.Transition) []kit.Option {
	relations := []guichet.Performer{guichet.PerformerRequester, guichet.PerformerAssignee, guichet.PerformerTeam}
	switch tr.Action {
	case guichet.ActionApprove, guichet.ActionRefuse:
		relations = []guichet.Performer{guichet.PerformerApprover}
	case guichet.ActionResume, guichet.ActionClose:
		relations = append(relations, guichet.PerformerSystem)
	}
	var roles []guichet.Performer
	for id := range q.Config.Roles {
		if p := guichet.Performer(id); !p.Relation() {
			roles = append(roles, p)
		}
	}
	slices.SortFunc(roles, func(a, b guichet.Performer) int { return compareText(performer(q, a), performer(q, b)) })
	var out []kit.Option
	for _, p := range with(append(relations, roles...), tr.By...) {
		out = append(out, kit.Option{Value: string(p), Label: upper(performer(q, p))})
	}
	return out
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// needsOptions are what an action can be given, and what a faulty one asks for; nil: nothing.
func needsOptions(q *site.Request, tr guichet.Transition) []kit.Option {
	_, _, asks := guichet.Shape(tr.Action)
	var out []kit.Option
	for _, r := range with(asks, tr.Requires...) {
		out = append(out, kit.Option{Value: string(r), Label: upper(need(q, r))})
	}
	return out
}

// upper begins a text with a capital, where it stands alone.
func upper(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}

func dayText(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n)
}
