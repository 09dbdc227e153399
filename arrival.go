package guichet

import (
	"cmp"
	"slices"
	"strings"
)

// AsArrived is a ticket as it was when it arrived, before rules and people qualified it: what rules are
// tried on. Changes are those of its qualifications, in order.
func (t Ticket) AsArrived(d *Desk, changes []Change) Ticket {
	for _, c := range slices.Backward(changes) {
		switch c.Field {
		case "kind", "service", "urgency", "impact":
			t.undo(c)
		}
	}
	t.Priority = d.Matrix.Priority(t.Impact, t.Urgency)
	t.State, t.TeamID, t.AssigneeID, t.Level, t.Tags = StateNew, "", "", "", nil
	t.AffectedID, t.ApprovalStep, t.Solution = "", 0, ""
	return t
}

// CompareRoutings lists how two routings of one ticket differ, field by field.
func CompareRoutings(a, b Routing) []Change {
	out := slices.DeleteFunc(Diff(a.Ticket, b.Ticket), func(c Change) bool { return c.Field == "affected" })
	differ := func(field, from, to string) {
		if from != to {
			out = append(out, Change{field, from, to})
		}
	}
	differ("approval", stepNames(a.Approval), stepNames(b.Approval))
	differ("observer", idList(a.Observers), idList(b.Observers))
	differ("skill", joined(a.Skills), joined(b.Skills))
	differ("template", idList(a.Templates), idList(b.Templates))
	differ("close_with", string(a.CloseWith), string(b.CloseWith))
	differ("announcement", string(a.Announced), string(b.Announced))
	differ("parent", grade(int(a.Parent)), grade(int(b.Parent)))
	return out
}

func stepNames(steps []ApprovalStep) string {
	var names []string
	for _, s := range steps {
		names = append(names, cmp.Or(s.Name, "?"))
	}
	return strings.Join(names, ", ")
}

func idList(ids []ID) string {
	var out []string
	for _, id := range ids {
		out = append(out, string(id))
	}
	return joined(out)
}
