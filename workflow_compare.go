package guichet

import (
	"slices"
	"strconv"
)

// FlowChange is one difference between two versions of a workflow.
type FlowChange struct {
	Subject string // "action", "reason", "step" or the name of a setting: "closure", "auto_close_days"…
	Action  Transition
	Name    string   // of the reason or of the state
	Aspect  string   // what of it: "added", "removed", "by", "from", "to", "requires", "label", "name", "dated", "pauses"
	Added   []string // of a list
	Removed []string
	Was     string // of a single value
	Now     string
}

// CompareWorkflows lists what differs between two versions of a workflow, settings first, then the
// actions in the order of a life, then the pending reasons.
func CompareWorkflows(was, now Workflow) []FlowChange {
	var out []FlowChange
	setting := func(name, a, b string) {
		if a != b {
			out = append(out, FlowChange{Subject: name, Aspect: "value", Was: a, Now: b})
		}
	}
	setting("name", was.Name, now.Name)
	setting("closure", string(was.Policy()), string(now.Policy()))
	setting("auto_close_days", strconv.Itoa(was.AutoCloseDays), strconv.Itoa(now.AutoCloseDays))
	setting("reopen_days", strconv.Itoa(was.ReopenDays), strconv.Itoa(now.ReopenDays))
	setting("rating", strconv.FormatBool(was.Rating), strconv.FormatBool(now.Rating))
	out = append(out, compareTransitions(was.Transitions, now.Transitions)...)
	out = append(out, compareReasons(was, now)...)
	for _, s := range States() {
		a, b := was.Step(s), now.Step(s)
		if a.Name != b.Name {
			out = append(out, FlowChange{Subject: "step", Name: string(s), Aspect: "name", Was: a.Name, Now: b.Name})
		}
		if a.Portal != b.Portal {
			out = append(out, FlowChange{Subject: "step", Name: string(s), Aspect: "portal", Was: a.Portal, Now: b.Portal})
		}
	}
	return out
}

// compareTransitions pairs the transitions that are the same action of the same states, then of some of
// the same states, then the same action; what is left was added or removed.
func compareTransitions(was, now []Transition) []FlowChange {
	was = slices.Clone(was)
	paired := make([]*Transition, len(now))
	for _, like := range []func(a, b Transition) bool{
		func(a, b Transition) bool { return slices.Equal(a.From, b.From) },
		func(a, b Transition) bool {
			return slices.ContainsFunc(a.From, func(s State) bool { return slices.Contains(b.From, s) })
		},
		func(Transition, Transition) bool { return true },
	} {
		for i, t := range now {
			j := slices.IndexFunc(was, func(x Transition) bool { return x.Action == t.Action && like(x, t) })
			if paired[i] == nil && j >= 0 {
				x := was[j]
				paired[i] = &x
				was = slices.Delete(was, j, j+1)
			}
		}
	}
	var out []FlowChange
	for i, t := range now {
		if paired[i] == nil {
			out = append(out, FlowChange{Subject: "action", Action: t, Aspect: "added"})
			continue
		}
		out = append(out, compareTransition(*paired[i], t)...)
	}
	for _, t := range was {
		out = append(out, FlowChange{Subject: "action", Action: t, Aspect: "removed"})
	}
	slices.SortStableFunc(out, func(a, b FlowChange) int {
		return slices.Index(Actions(), a.Action.Action) - slices.Index(Actions(), b.Action.Action)
	})
	return out
}

func compareTransition(was, now Transition) []FlowChange {
	var out []FlowChange
	list := func(aspect string, a, b []string) {
		if added, removed := minus(b, a), minus(a, b); len(added)+len(removed) > 0 {
			out = append(out, FlowChange{Subject: "action", Action: now, Aspect: aspect, Added: added, Removed: removed})
		}
	}
	list("by", texts(was.By), texts(now.By))
	list("requires", texts(was.Requires), texts(now.Requires))
	list("from", texts(was.From), texts(now.From))
	if was.To != now.To {
		out = append(out, FlowChange{Subject: "action", Action: now, Aspect: "to", Was: string(was.To), Now: string(now.To)})
	}
	if was.Label != now.Label {
		out = append(out, FlowChange{Subject: "action", Action: now, Aspect: "label", Was: was.Label, Now: now.Label})
	}
	return out
}

func compareReasons(was, now Workflow) []FlowChange {
	var out []FlowChange
	for _, r := range now.PendingReasons {
		old, known := was.Reason(r.Key)
		switch added, removed := minus(r.Pauses, old.Pauses), minus(old.Pauses, r.Pauses); {
		case !known:
			out = append(out, FlowChange{Subject: "reason", Name: r.Name, Aspect: "added"})
			continue
		case len(added)+len(removed) > 0:
			out = append(out, FlowChange{Subject: "reason", Name: r.Name, Aspect: "pauses", Added: added, Removed: removed})
		}
		if old.Name != r.Name {
			out = append(out, FlowChange{Subject: "reason", Name: r.Name, Aspect: "name", Was: old.Name, Now: r.Name})
		}
		if old.Dated != r.Dated {
			out = append(out, FlowChange{Subject: "reason", Name: r.Name, Aspect: "dated", Was: strconv.FormatBool(old.Dated), Now: strconv.FormatBool(r.Dated)})
		}
	}
	for _, r := range was.PendingReasons {
		if _, kept := now.Reason(r.Key); !kept {
			out = append(out, FlowChange{Subject: "reason", Name: r.Name, Aspect: "removed"})
		}
	}
	return out
}

// minus lists what is in a and not in b.
func minus(a, b []string) []string {
	var out []string
	for _, v := range a {
		if !slices.Contains(b, v) {
			out = append(out, v)
		}
	}
	return out
}

func texts[T ~string](list []T) []string {
	var out []string
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}
