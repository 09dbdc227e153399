package guichet

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// said lists the differences, one line each.
func said(list []FlowChange) []string {
	var out []string
	for _, c := range list {
		text := c.Subject + " "
		if c.Subject == "action" {
			text += string(c.Action.Action) + " "
		}
		text += c.Name + " " + c.Aspect
		for _, v := range c.Added {
			text += " +" + v
		}
		for _, v := range c.Removed {
			text += " -" + v
		}
		if c.Was+c.Now != "" {
			text += fmt.Sprintf(" %q→%q", c.Was, c.Now)
		}
		out = append(out, strings.Join(strings.Fields(text), " "))
	}
	return out
}

func TestCompareSaysWhatDiffers(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Workflow)
		want   []string
	}{
		{"nothing", func(*Workflow) {}, nil},
		{"who may close", transition(ActionClose, func(t *Transition) { t.By = []Performer{"moderator", "system", "team"} }), []string{"action close by +team"}},
		{"what is required", transition(ActionResolve, func(t *Transition) { t.Requires = []Requirement{RequireSolution, RequireReason} }),
			[]string{"action resolve requires +reason -service"}},
		{"where it leads and starts", transition(ActionResume, func(t *Transition) { t.To, t.Label = StateNew, "Reprendre" }),
			[]string{`action resume to "assigned"→"new"`, `action resume label ""→"Reprendre"`}},
		{"an action in two", func(w *Workflow) {
			transition(ActionCancel, func(t *Transition) { t.From = []State{StateNew} })(w)
			w.Transitions = append(w.Transitions, Transition{Action: ActionCancel, From: []State{StateAssigned}, To: StateCancelled})
		}, []string{"action cancel from -awaiting_approval -assigned -pending", "action cancel added"}},
		{"an action less", func(w *Workflow) { w.Transitions = w.Transitions[1:] }, []string{"action approve removed"}},
		{"settings", func(w *Workflow) { w.AutoCloseDays, w.ReopenDays, w.Rating, w.Name = 10, 5, false, "Autre" },
			[]string{`name value "Complete"→"Autre"`, `auto_close_days value "7"→"10"`, `reopen_days value "0"→"5"`, `rating value "true"→"false"`}},
		{"closure", func(w *Workflow) { *w = w.WithClosure(ClosureModerator, 7, nil) },
			[]string{`closure value "either"→"moderator"`, "action validate removed", "action reject-solution removed"}},
		{"reasons", func(w *Workflow) {
			w.PendingReasons = []PendingReason{{Key: "requester", Name: "Client", Pauses: []string{"resolution"}}, {Key: "order", Name: "Commande"}}
		}, []string{"reason Client pauses +resolution", `reason Client name "Demandeur"→"Client"`, "reason Commande added", "reason Date prévue removed"}},
		{"steps", func(w *Workflow) {
			w.Steps = []StepName{{State: StateAssigned, Name: "Post-assignation", Portal: "Suivi"}}
		},
			[]string{`step assigned name ""→"Post-assignation"`, `step assigned portal ""→"Suivi"`}},
	} {
		if diff := cmp.Diff(c.want, said(CompareWorkflows(completeFlow(), changed(c.change)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
