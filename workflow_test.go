package guichet

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// complaints lists "code argument…" of a workflow that does not pass, sorted.
func complaints(err error) []string {
	var e *Error
	if !errors.As(err, &e) {
		return nil
	}
	var out []string
	for _, f := range e.Fields {
		text := f.Code
		for _, name := range []string{"Action", "State", "Performer", "Requirement"} {
			if v, ok := f.Args[name]; ok {
				text += fmt.Sprint(" ", v)
			}
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

func TestCheckAcceptsACompleteWorkflow(t *testing.T) {
	if err := completeFlow().Check(testDesk().Roles); err != nil {
		t.Error(err)
	}
}

func TestCheckSaysWhatMakesAWorkflowUnusable(t *testing.T) {
	drop := func(actions ...Action) func(*Workflow) {
		return func(w *Workflow) {
			w.Transitions = slices.DeleteFunc(w.Transitions, func(t Transition) bool { return slices.Contains(actions, t.Action) })
		}
	}
	add := func(t Transition) func(*Workflow) {
		return func(w *Workflow) { w.Transitions = append(w.Transitions, t) }
	}
	change := func(a Action, f func(*Transition)) func(*Workflow) {
		return func(w *Workflow) {
			for i := range w.Transitions {
				if w.Transitions[i].Action == a {
					f(&w.Transitions[i])
				}
			}
		}
	}
	agents := []Performer{"moderator"}
	for _, c := range []struct {
		name   string
		damage func(*Workflow)
		want   []string
	}{
		{"nothing resolves", drop(ActionResolve), []string{"workflow.never_closed", "workflow.unreachable resolved"}},
		{"no approval in it", drop(ActionApprove, ActionRefuse, ActionCancel), nil},
		{"an approval that nobody can give", drop(ActionApprove, ActionRefuse), []string{"workflow.no_end awaiting_approval"}},
		{"nothing ends the wait", drop(ActionResume, ActionAssign, ActionCancel),
			[]string{"workflow.no_auto_resume", "workflow.no_way_out pending"}},
		{"a wait that nothing leaves", func(w *Workflow) {
			drop(ActionResume, ActionAssign, ActionCancel, ActionQualify, ActionHold)(w)
			add(Transition{Action: ActionHold, From: []State{StateAssigned}, To: StatePending, By: agents})(w)
		}, []string{"workflow.no_auto_resume", "workflow.no_way_out pending"}},
		{"nothing at all", func(w *Workflow) { w.Transitions, w.AutoCloseDays = nil, 0 },
			[]string{"workflow.never_closed", "workflow.no_way_out assigned", "workflow.no_way_out new"}},
		{"nothing ends", drop(ActionValidate, ActionClose, ActionCancel, ActionRefuse, ActionRate),
			[]string{"workflow.never_closed", "workflow.no_auto_close"}},
		{"closed is reopened", add(Transition{Action: ActionReopen, From: []State{StateClosed}, To: StateAssigned, By: agents}),
			[]string{"workflow.leaves_final reopen"}},
		{"closed is qualified", add(Transition{Action: ActionQualify, From: []State{StateClosed}, By: agents}),
			[]string{"workflow.leaves_final qualify"}},
		{"rating leads out of closed", change(ActionRate, func(t *Transition) { t.To = StateResolved }),
			[]string{"workflow.leaves_final rate"}},
		{"unknown action", add(Transition{Action: "explode", From: []State{StateNew}, By: agents}), []string{"workflow.unknown_action explode"}},
		{"unknown states", change(ActionClaim, func(t *Transition) { t.From, t.To = []State{"limbo"}, "paradise" }),
			[]string{"workflow.unknown_state limbo", "workflow.unknown_state paradise"}},
		{"unknown role", change(ActionClaim, func(t *Transition) { t.By = []Performer{"king", "team"} }), []string{"workflow.unknown_performer king"}},
		{"unknown requirement", change(ActionClaim, func(t *Transition) { t.Requires = []Requirement{"blood", RequireReason} }),
			[]string{"workflow.unknown_requirement blood"}},
		{"one action, one state, two ways", add(Transition{Action: ActionResolve, From: []State{StateAssigned, StatePending}, To: StateResolved, By: agents}),
			[]string{"workflow.ambiguous resolve assigned"}},
		{"one action, two states, two ways", add(Transition{Action: ActionResolve, From: []State{StatePending}, To: StateResolved, By: agents}), nil},
		{"nobody wakes what waits", change(ActionResume, func(t *Transition) { t.By = agents }), []string{"workflow.no_auto_resume"}},
		{"nobody closes after the days of silence", change(ActionClose, func(t *Transition) { t.By = agents }), []string{"workflow.no_auto_close"}},
		{"no days of silence, nobody needed", func(w *Workflow) {
			change(ActionClose, func(t *Transition) { t.By = agents })(w)
			w.AutoCloseDays = 0
		}, nil},
		{"a transition from nowhere", add(Transition{Action: ActionCancel, By: agents, To: StateCancelled}), []string{"workflow.no_from cancel"}},
		{"an action that nobody may do", change(ActionHold, func(t *Transition) { t.By = nil }),
			[]string{"workflow.nobody hold", "workflow.unreachable pending"}},
		{"a ticket is held without waiting", change(ActionHold, func(t *Transition) { t.To = StateAssigned }),
			[]string{"workflow.unreachable pending", "workflow.wrong_to hold assigned"}},
		{"a wait that no reason explains", change(ActionClaim, func(t *Transition) { t.To = StatePending }), []string{"workflow.wrong_to claim pending"}},
		{"resolved twice", change(ActionResolve, func(t *Transition) { t.From = append(t.From, StateResolved) }), []string{"workflow.wrong_from resolve resolved"}},
		{"a claim is a button", change(ActionClaim, func(t *Transition) { t.Requires = []Requirement{RequireReason} }),
			[]string{"workflow.never_given claim reason"}},
		{"the desk gives no reason", change(ActionResume, func(t *Transition) { t.Requires = []Requirement{RequireReason} }),
			[]string{"workflow.system_requires resume"}},
		{"the desk does not resolve", change(ActionResolve, func(t *Transition) { t.By = append(t.By, PerformerSystem) }),
			[]string{"workflow.system_never resolve"}},
		{"no reason to wait", func(w *Workflow) { w.PendingReasons = nil },
			[]string{"workflow.no_pending_reasons", "workflow.no_reason_to_give hold"}},
		{"reasons that cannot be told apart", func(w *Workflow) {
			w.PendingReasons = []PendingReason{{Key: "a", Name: "A"}, {Key: "a", Name: "B"}, {Key: "É!", Name: " ", Pauses: []string{"noon"}}}
		}, []string{"field.required", "workflow.reason_key", "workflow.reason_twice", "workflow.unknown_clock"}},
		{"the pool has no way out", func(w *Workflow) {
			drop(ActionClaim)(w)
			for _, a := range []Action{ActionAssign, ActionResolve, ActionHold, ActionEscalate} {
				change(a, func(t *Transition) { t.From, t.By = []State{StateAssigned}, []Performer{PerformerAssignee} })(w)
			}
			add(Transition{Action: ActionClose, From: []State{StateNew}, To: StateClosed, By: agents})(w)
		}, []string{"workflow.pool_stuck assigned"}},
		{"only a date ends a wait that has none", func(w *Workflow) {
			drop(ActionAssign, ActionCancel, ActionQualify, ActionHold)(w)
			add(Transition{Action: ActionHold, From: []State{StateAssigned}, To: StatePending, By: agents})(w)
			change(ActionResume, func(t *Transition) { t.By = []Performer{PerformerSystem} })(w)
		}, []string{"workflow.no_way_out pending"}},
		{"too long a silence", func(w *Workflow) { w.AutoCloseDays = 400 }, []string{"workflow.days"}},
		{"too late to refuse, not to validate", func(w *Workflow) { w.ReopenDays = 3 }, []string{"workflow.reopen_before_silence"}},
		{"a window as long as the silence", func(w *Workflow) { w.ReopenDays = 7 }, nil},
		{"only the requester closes, they say", func(w *Workflow) { w.Closure = ClosureRequester }, []string{"workflow.closure_others"}},
		{"a moderator closes, they say", func(w *Workflow) { w.Closure = ClosureModerator }, []string{"workflow.closure_asks_requester"}},
		{"both close, as they say", func(w *Workflow) { w.Closure = ClosureEither }, nil},
		{"nobody validates, though they say so", func(w *Workflow) {
			drop(ActionValidate)(w)
			w.Closure = ClosureEither
		}, []string{"workflow.closure_no_requester"}},
		{"an unknown policy", func(w *Workflow) { w.Closure = "never" }, []string{"workflow.closure_unknown"}},
		{"a step of no life", func(w *Workflow) { w.Steps = []StepName{{State: "limbo"}, {State: StateNew}, {State: StateNew}} },
			[]string{"workflow.unknown_state limbo", "workflow.unknown_state new"}},
		{"no name", func(w *Workflow) { w.Name = "  " }, []string{"field.required"}},
	} {
		flow := completeFlow()
		c.damage(&flow)
		if diff := cmp.Diff(c.want, complaints(flow.Check(testDesk().Roles))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestCheckKnowsTheRolesOfTheDesk(t *testing.T) {
	got := complaints(completeFlow().Check(nil))
	if got = slices.Compact(got); len(got) != 1 || got[0] != "workflow.unknown_performer moderator" {
		t.Errorf("without roles: %v", got)
	}
}

// What each person is offered, in the order of a life.
func TestAvailable(t *testing.T) {
	for _, c := range []struct {
		name  string
		actor ID
		from  State
		setup func(*Ticket)
		want  []Action
	}{
		{"the approver approves", mona, StateAwaitingApproval, nil, []Action{ActionApprove, ActionRefuse}},
		{"the requester may withdraw", rita, StateAwaitingApproval, nil, []Action{ActionCancel}},
		{"the beneficiary too", ben, StateAwaitingApproval, nil, []Action{ActionCancel}},
		{"a technician does not approve", ann, StateAwaitingApproval, nil, nil},
		{"the moderator has all that is new", mona, StateNew, nil, []Action{ActionQualify, ActionAssign, ActionClaim, ActionHold, ActionResolve}},
		{"a technician has nothing before it is the team's", ann, StateNew, nil, nil},
		{"the technician works", ann, StateAssigned, nil, []Action{ActionAssign, ActionHold, ActionEscalate, ActionResolve}},
		{"a colleague hands over, and does not claim what is taken", bob, StateAssigned, nil, []Action{ActionAssign}},
		{"a colleague claims from the pool", bob, StateAssigned, func(t *Ticket) { t.AssigneeID = "" }, []Action{ActionAssign, ActionClaim}},
		{"another team has nothing", cleo, StateAssigned, nil, nil},
		{"the technician takes it back to work", ann, StatePending, nil, []Action{ActionAssign, ActionHold, ActionResume}},
		{"the requester judges", rita, StateResolved, nil, []Action{ActionValidate, ActionRejectSolution, ActionRate}},
		{"the requester judges once", rita, StateResolved, func(t *Ticket) { t.RatingTime = 3 }, []Action{ActionValidate, ActionRejectSolution}},
		{"the technician cannot close (A8 i)", ann, StateResolved, nil, nil},
		{"the moderator closes", mona, StateResolved, nil, []Action{ActionQualify, ActionReopen, ActionClose}},
		{"the requester rates what is closed", rita, StateClosed, nil, []Action{ActionRate}},
		{"the moderator has nothing more", mona, StateClosed, nil, nil},
		{"nobody has anything", rita, StateCancelled, nil, nil},
	} {
		ticket := ticketIn(c.from)
		if c.setup != nil {
			c.setup(&ticket)
		}
		place := testDesk().Place([]Party{{rita, PartyRequester}, {ben, PartyBeneficiary}, {mona, PartyApprover}})
		var got []Action
		for _, tr := range completeFlow().Available(who(c.actor), ticket, place, noon) {
			got = append(got, tr.Action)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestTheDeskItselfWakesAndCloses(t *testing.T) {
	for state, want := range map[State][]Action{
		StatePending: {ActionResume}, StateResolved: {ActionClose}, StateNew: nil, StateAssigned: nil, StateClosed: nil,
	} {
		var got []Action
		for _, tr := range completeFlow().Available(SystemActor(), ticketIn(state), testDesk().Place(nil), noon) {
			got = append(got, tr.Action)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", state, diff)
		}
	}
}

func TestATokenThatReadsIsOfferedNothing(t *testing.T) {
	place := testDesk().Place(nil)
	for scopes, want := range map[TokenScope]int{TokenRead: 0, TokenWrite: 4, "other": 0} {
		actor := who(ann)
		actor.TokenScopes = []TokenScope{scopes}
		if got := completeFlow().Available(actor, ticketIn(StateAssigned), place, noon); len(got) != want {
			t.Errorf("scope %s: %d actions, want %d", scopes, len(got), want)
		}
	}
}

func TestTransitionIsByActionAndState(t *testing.T) {
	flow := completeFlow()
	flow.Transitions = append(flow.Transitions, Transition{Action: ActionCancel, From: []State{StateResolved}, To: StateCancelled, Label: "Retirer"})
	if tr, ok := flow.Transition(ActionCancel, StateResolved); !ok || tr.Label != "Retirer" {
		t.Errorf("cancel from resolved: %v %v", tr, ok)
	}
	if tr, ok := flow.Transition(ActionCancel, StateNew); !ok || tr.Label != "" {
		t.Errorf("cancel from new: %v %v", tr, ok)
	}
	if _, ok := flow.Transition(ActionApprove, StateNew); ok {
		t.Error("approve from new")
	}
}

func TestModeratedWhenTheRequesterDoesNotValidate(t *testing.T) {
	without := func(actions ...Action) Workflow {
		w := completeFlow()
		w.Transitions = slices.DeleteFunc(w.Transitions, func(t Transition) bool { return slices.Contains(actions, t.Action) })
		return w
	}
	for _, c := range []struct {
		name string
		flow Workflow
		want bool
	}{
		{"the requester validates", completeFlow(), false},
		{"a moderator closes", without(ActionValidate), true},
		{"nobody closes what is resolved", without(ActionValidate, ActionClose), false},
	} {
		if got := c.flow.Moderated(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestReason(t *testing.T) {
	if r, ok := completeFlow().Reason("planned"); !ok || !r.Dated {
		t.Errorf("planned: %v %v", r, ok)
	}
	if r, ok := completeFlow().Reason(""); ok || r.Key != "" {
		t.Errorf("no key: %v %v", r, ok)
	}
}

// The lists that screens and checks use hold every word of their type.
func TestWordsAreKnown(t *testing.T) {
	for _, a := range Actions() {
		if !slices.Contains(EventKinds(), eventOf[a]) {
			t.Errorf("action %s leaves no event", a)
		}
	}
	if len(eventOf) != len(Actions()) {
		t.Errorf("%d actions, %d events", len(Actions()), len(eventOf))
	}
	for _, p := range []Performer{PerformerRequester, PerformerAssignee, PerformerTeam, PerformerApprover, PerformerSystem} {
		if !p.Relation() {
			t.Errorf("%s is a relation", p)
		}
	}
	if Performer("moderator").Relation() || Performer("").Relation() {
		t.Error("a role is no relation")
	}
}
