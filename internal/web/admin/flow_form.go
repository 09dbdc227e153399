package admin

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/configuring"
)

// edit is what a form of the editor of a process asks for: a piece of it, and which.
type edit struct {
	op string
	n  int // -1: none
}

// editOf reads the name of the button that was pressed: "action:3", "reasons:drop:1", "settings".
func editOf(op string) edit {
	e := edit{op: op, n: -1}
	if i := strings.LastIndexByte(op, ':'); i >= 0 {
		if n, err := strconv.Atoi(op[i+1:]); err == nil {
			e.op, e.n = op[:i], n
		}
	}
	return e
}

// apply writes a form on a process; false when the form is about what is no longer there. The index is
// that of the action to show afterwards, -1 for none.
func (e edit) apply(w *guichet.Workflow, form url.Values, moderators []guichet.Performer) (show int, ok bool) {
	switch e.op {
	case "action":
		return e.n, e.action(w, form)
	case "drop":
		if !e.known(*w, form) {
			return -1, false
		}
		w.Transitions = slices.Delete(slices.Clone(w.Transitions), e.n, e.n+1)
		return -1, true
	case "add":
		return addAction(w, form, moderators), true
	case "settings":
		settings(w, form, moderators)
	case "steps":
		steps(w, form)
	case "reasons", "reasons:drop", "reasons:add":
		e.reasons(w, form)
	default:
		return -1, false
	}
	return -1, true
}

// known reports whether the action that the form shows is still the one at that place.
func (e edit) known(w guichet.Workflow, form url.Values) bool {
	return e.n >= 0 && e.n < len(w.Transitions) && string(w.Transitions[e.n].Action) == form.Get("was")
}

func (e edit) action(w *guichet.Workflow, form url.Values) bool {
	if !e.known(*w, form) {
		return false
	}
	w.Transitions = slices.Clone(w.Transitions)
	t := &w.Transitions[e.n]
	t.Label = strings.TrimSpace(form.Get("label"))
	t.To = guichet.State(form.Get("to"))
	t.From = values[guichet.State](form["from"])
	t.By = values[guichet.Performer](form["by"])
	t.Requires = values[guichet.Requirement](form["requires"])
	return true
}

func values[T ~string](list []string) []T {
	var out []T
	for _, v := range list {
		out = append(out, T(v))
	}
	return out
}

// addAction adds an action with what is usual for it, and returns its place.
func addAction(w *guichet.Workflow, form url.Values, moderators []guichet.Performer) int {
	a := guichet.Action(form.Get("new"))
	if !slices.Contains(guichet.Actions(), a) {
		return -1
	}
	t := guichet.UsualTransition(a, moderators)
	t.From = slices.DeleteFunc(t.From, func(s guichet.State) bool {
		_, taken := w.Transition(a, s)
		return taken
	})
	i := slices.IndexFunc(w.Transitions, func(x guichet.Transition) bool {
		return slices.Index(guichet.Actions(), x.Action) > slices.Index(guichet.Actions(), a)
	})
	if i < 0 {
		i = len(w.Transitions)
	}
	w.Transitions = slices.Insert(slices.Clone(w.Transitions), i, t)
	return i
}

// settings writes the name, the ways of closing and the days. Another policy writes its transitions;
// so does another silence, which the desk itself keeps.
func settings(w *guichet.Workflow, form url.Values, moderators []guichet.Performer) {
	w.Name = strings.TrimSpace(form.Get("name"))
	w.Rating = form.Has("rating")
	days := number(form.Get("auto_close_days"))
	closure := guichet.Closure(form.Get("closure"))
	if closure == guichet.ClosureOnOpen {
		days = 0
	}
	if (closure != w.Policy() || days != w.AutoCloseDays || w.Closure == "") && slices.Contains(guichet.Closures(), closure) {
		*w = w.WithClosure(closure, days, moderators)
	}
	w.AutoCloseDays, w.ReopenDays = days, number(form.Get("reopen_days"))
}

// number reads a number of days; what is none is one that the check refuses.
func number(text string) int {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

func steps(w *guichet.Workflow, form url.Values) {
	w.Steps = nil
	for _, s := range guichet.States() {
		name, portal := strings.TrimSpace(form.Get("name."+string(s))), strings.TrimSpace(form.Get("portal."+string(s)))
		if name != "" || portal != "" {
			w.Steps = append(w.Steps, guichet.StepName{State: s, Name: name, Portal: portal})
		}
	}
}

// reasons writes the pending reasons: all rows are sent with whichever button. A new one gets its key
// from its name; keys never change after, since tickets hold them.
func (e edit) reasons(w *guichet.Workflow, form url.Values) {
	var out []guichet.PendingReason
	for i := range w.PendingReasons {
		r, at := w.PendingReasons[i], fmt.Sprintf("reason.%d.", i)
		if e.op == "reasons:drop" && e.n == i {
			continue
		}
		if form.Has(at + "name") {
			r.Name, r.Dated, r.Pauses = strings.TrimSpace(form.Get(at+"name")), form.Has(at+"dated"), form[at+"pauses"]
		}
		out = append(out, r)
	}
	if name := strings.TrimSpace(form.Get("reason.new.name")); name != "" {
		out = append(out, guichet.PendingReason{Key: freeKey(name, out), Name: name, Dated: form.Has("reason.new.dated"), Pauses: form["reason.new.pauses"]})
	}
	w.PendingReasons = out
}

// freeKey makes a key of a name.
func freeKey(name string, taken []guichet.PendingReason) string {
	return string(configuring.FreeKey(name, func(key guichet.ID) bool {
		return slices.ContainsFunc(taken, func(r guichet.PendingReason) bool { return r.Key == string(key) })
	}))
}
