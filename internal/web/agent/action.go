package agent

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func compareText(a, b string) int { return strings.Compare(a, b) }

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// onPanel are the actions whose forms stand beside the ticket. To claim is a button, to resolve is a
// mode of the composer, and the requester's and the approver's words are given on the portal.
var onPanel = map[guichet.Action]bool{guichet.ActionQualify: true, guichet.ActionAssign: true, guichet.ActionEscalate: true,
	guichet.ActionHold: true, guichet.ActionResume: true, guichet.ActionReopen: true, guichet.ActionClose: true, guichet.ActionCancel: true}

var actionIcons = map[guichet.Action]string{guichet.ActionQualify: "list-filter", guichet.ActionAssign: "user-check",
	guichet.ActionEscalate: "trending-up", guichet.ActionHold: "pause", guichet.ActionResume: "play",
	guichet.ActionReopen: "rotate-ccw", guichet.ActionClose: "archive", guichet.ActionCancel: "circle-x"}

// action is an action with its form.
type action struct {
	Key    string
	Label  string
	Icon   string
	Open   bool
	Fields []input
}

// input is a field of the form of an action. Names begin with the action: several forms share a page.
type input struct {
	kit.Field
	Kind    string // "select", "text" for several lines, "moment", "line"; for an act on many, "choices" and "box" too
	Options []kit.Option
}

// own are the fields that belong to an action, whatever the workflow requires of it.
var own = map[guichet.Action][]string{
	guichet.ActionQualify:  {"kind", "service", "urgency", "impact"},
	guichet.ActionAssign:   {"team", "technician", "kind", "reason"},
	guichet.ActionEscalate: {"level", "team", "technician", "reason"},
	guichet.ActionHold:     {"pending_reason", "until", "reason"},
	guichet.ActionResume:   {"reason"}, guichet.ActionReopen: {"reason"}, guichet.ActionClose: {"reason"}, guichet.ActionCancel: {"reason"},
}

// fieldsOf lists the fields of an action: its own, then what the workflow asks for besides.
func fieldsOf(tr guichet.Transition) []string {
	fields := slices.Clone(own[tr.Action])
	for _, r := range tr.Requires {
		f := string(r)
		if r == guichet.RequireSolution {
			f = "reason" // both are the text of the act
		}
		if !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	return fields
}

func requires(tr guichet.Transition, field string) bool {
	return slices.Contains(tr.Requires, guichet.Requirement(field)) ||
		field == "reason" && slices.Contains(tr.Requires, guichet.RequireSolution) ||
		field == "team" && tr.Action == guichet.ActionAssign || field == "pending_reason" && tr.Action == guichet.ActionHold
}

func actionOf(q *site.Request, d ticketData, tr guichet.Transition) action {
	key := string(tr.Action)
	out := action{Key: key, Label: site.Label(q, tr), Icon: actionIcons[tr.Action], Open: d.Open == key}
	for _, f := range fieldsOf(tr) {
		out.Fields = append(out.Fields, inputOf(q, d, tr, f))
	}
	return out
}

func inputOf(q *site.Request, d ticketData, tr guichet.Transition, field string) input {
	name := string(tr.Action) + "." + field
	in := input{Kind: "select", Field: kit.Field{Name: name, Label: q.P.T("desk.field." + field), Errors: d.Errors, Value: d.value(name, field)}}
	if !requires(tr, field) {
		in.Optional = q.P.T("desk.optional")
	}
	switch field {
	case "reason":
		in.Kind, in.Rows, in.Max = "text", "3", guichet.MaxReason
	case "until":
		in.Kind, in.Type = "moment", "datetime-local"
		in.Help = q.P.T("desk.field.until.help")
	case "kind", "urgency", "impact":
		in.Optional = ""
	}
	if in.Kind == "select" {
		in.Options = d.choices(q, tr, field)
	}
	return in
}

// value is what was typed, or else what the ticket holds.
func (d ticketData) value(name, field string) string {
	if d.Typed.Has(name) {
		return d.Typed.Get(name)
	}
	t := d.View.Ticket
	escalates := strings.HasPrefix(name, string(guichet.ActionEscalate))
	switch {
	case field == "kind":
		return string(t.Kind)
	case field == "service":
		return string(t.ServiceID)
	case field == "urgency":
		return string(t.Urgency)
	case field == "impact":
		return string(t.Impact)
	case field == "team" && !escalates:
		return string(t.TeamID)
	case field == "technician" && !escalates:
		return string(t.AssigneeID)
	}
	return ""
}

// choices are the answers of a select; what may stay empty says what that means.
func (d ticketData) choices(q *site.Request, tr guichet.Transition, field string) []kit.Option {
	switch field {
	case "kind":
		return words(q, "kind.", guichet.KindIncident, guichet.KindRequest, guichet.KindProblem)
	case "urgency":
		return words(q, "grade.", guichet.GradeLow, guichet.GradeMedium, guichet.GradeHigh)
	case "impact":
		return words(q, "desk.impact.", guichet.GradeLow, guichet.GradeMedium, guichet.GradeHigh)
	}
	none := []kit.Option{{Label: q.P.T("desk.field." + field + ".none")}}
	desk, t := d.View.Desk, d.View.Ticket
	switch field {
	case "service":
		return append(none, site.ServiceOptions(desk)...)
	case "team":
		return append(none, site.TeamOptions(desk)...)
	case "technician":
		return append(none, d.People...)
	case "level":
		for _, l := range []guichet.Level{guichet.Level2, guichet.Level3, guichet.LevelRD} {
			if tr.Action != guichet.ActionEscalate || l.Above(t.Level) {
				none = append(none, kit.Option{Value: string(l), Label: string(l)})
			}
		}
	case "pending_reason":
		for _, r := range desk.Flow(t).PendingReasons {
			none = append(none, kit.Option{Value: r.Key, Label: r.Name})
		}
	}
	return none
}

func words[T ~string](q *site.Request, prefix string, values ...T) []kit.Option {
	var out []kit.Option
	for _, v := range values {
		out = append(out, kit.Option{Value: string(v), Label: q.P.T(prefix + string(v))})
	}
	return out
}

// momentLayout is what a field of date and time sends (HTML, local date and time).
const momentLayout = "2006-01-02T15:04"

// moment reads a date and time typed in the reader's time zone.
func moment(q *site.Request, form url.Values, name, field string) (time.Time, error) {
	text := strings.TrimSpace(form.Get(name))
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(momentLayout, text, q.P.Zone())
	if err != nil {
		return time.Time{}, guichet.Invalid(field, "field.moment")
	}
	return at, nil
}
