package guichet

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sample is an act that every state that allows it accepts.
func sample(a Action) Act {
	act := Act{Action: a, Text: "parce que"}
	switch a {
	case ActionAssign:
		act.TeamID = "network"
	case ActionEscalate:
		act.Level = Level2
	case ActionHold:
		act.PendingReason = "requester"
	case ActionRate:
		act.RatingTime, act.RatingAnswers = 4, 5
	}
	return act
}

// unclaimed takes the technician away where the act is to claim.
func unclaimed(t Ticket, a Action) Ticket {
	if a == ActionClaim {
		t.AssigneeID = ""
	}
	return t
}

// The whole of the life in one table: from which states each action starts, and where it leads.
func TestDecideAllowsAnActionFromItsStatesOnly(t *testing.T) {
	const keeps State = "" // the state stays
	arrows := map[Action]map[State]State{
		ActionApprove:        {StateAwaitingApproval: StateNew},
		ActionRefuse:         {StateAwaitingApproval: StateRejected},
		ActionQualify:        {StateNew: keeps, StateAssigned: keeps, StatePending: keeps, StateResolved: keeps},
		ActionAssign:         {StateNew: StateAssigned, StateAssigned: StateAssigned, StatePending: StateAssigned},
		ActionClaim:          {StateNew: StateAssigned, StateAssigned: StateAssigned},
		ActionHold:           {StateNew: StatePending, StateAssigned: StatePending, StatePending: StatePending},
		ActionResume:         {StatePending: StateAssigned},
		ActionEscalate:       {StateAssigned: StateAssigned},
		ActionResolve:        {StateNew: StateResolved, StateAssigned: StateResolved},
		ActionValidate:       {StateResolved: StateClosed},
		ActionRejectSolution: {StateResolved: StateAssigned},
		ActionReopen:         {StateResolved: StateAssigned},
		ActionClose:          {StateResolved: StateClosed},
		ActionCancel: {StateAwaitingApproval: StateCancelled, StateNew: StateCancelled,
			StateAssigned: StateCancelled, StatePending: StateCancelled},
		ActionRate: {StateResolved: keeps, StateClosed: keeps},
	}
	d := testDesk()
	for _, action := range Actions() {
		for _, from := range States() {
			before := unclaimed(ticketIn(from), action)
			step, err := d.Decide(before, sample(action), who(ann), noon)
			to, allowed := arrows[action][from]
			switch {
			case allowed && err != nil:
				t.Errorf("%s from %s: %v", action, from, err)
			case !allowed && (err == nil || CodeOf(err) != "action.not_now" || KindOf(err) != KindConflict):
				t.Errorf("%s from %s: got error %v, want action.not_now", action, from, err)
			case allowed && to == keeps && step.Ticket.State != from, allowed && to != keeps && step.Ticket.State != to:
				t.Errorf("%s from %s leads to %s, want %q", action, from, step.Ticket.State, to)
			}
		}
	}
}

// What each act changes, and that it changes nothing else.
func TestDecideEffects(t *testing.T) {
	tomorrow := noon.AddDate(0, 0, 1)
	for _, c := range []struct {
		name  string
		from  State
		setup func(*Ticket)
		actor ID
		act   Act
		event EventKind
		want  func(*Ticket)
	}{
		{name: "approve ends the steps", from: StateAwaitingApproval, act: Act{Action: ActionApprove}, event: EventApproved,
			want: func(t *Ticket) { t.State, t.ApprovalStep = StateNew, 0 }},
		{name: "refuse is the end", from: StateAwaitingApproval, act: Act{Action: ActionRefuse, Text: "Hors budget"}, event: EventRefused,
			want: func(t *Ticket) { t.State, t.ApprovalStep, t.ClosedAt = StateRejected, 0, noon }},
		{name: "cancel before approval forgets the step", from: StateAwaitingApproval, act: Act{Action: ActionCancel}, event: EventCancelled,
			want: func(t *Ticket) { t.State, t.ApprovalStep, t.ClosedAt = StateCancelled, 0, noon }},
		{name: "qualify gives the priority by the matrix", from: StateNew,
			act:   Act{Action: ActionQualify, Kind: KindRequest, ServiceID: "wifi", Urgency: GradeHigh, Impact: GradeMedium},
			event: EventQualified,
			want: func(t *Ticket) {
				t.Kind, t.ServiceID, t.Urgency, t.Impact, t.Priority = KindRequest, "wifi", GradeHigh, GradeMedium, PriorityHigh
			}},
		{name: "qualify keeps what it is not given", from: StatePending, act: Act{Action: ActionQualify, Urgency: GradeHigh}, event: EventQualified,
			want: func(t *Ticket) { t.Urgency, t.Priority = GradeHigh, PriorityMedium }},
		{name: "assign to a team's pool", from: StateAssigned, act: Act{Action: ActionAssign, TeamID: "network"}, event: EventAssigned,
			want: func(t *Ticket) { t.TeamID, t.AssigneeID, t.Level = "network", "", Level2 }},
		{name: "assign to a technician of the team", from: StateNew,
			act: Act{Action: ActionAssign, TeamID: "network", AssigneeID: cleo, Kind: KindRequest}, event: EventAssigned,
			want: func(t *Ticket) {
				t.State, t.TeamID, t.AssigneeID, t.Level, t.Kind = StateAssigned, "network", cleo, Level2, KindRequest
			}},
		{name: "assign within the team", from: StateAssigned, act: Act{Action: ActionAssign, AssigneeID: bob}, event: EventAssigned,
			want: func(t *Ticket) { t.AssigneeID = bob }},
		{name: "assign to a technician of the service's team", from: StateNew, act: Act{Action: ActionAssign, AssigneeID: bob}, event: EventAssigned,
			want: func(t *Ticket) { t.State, t.TeamID, t.AssigneeID, t.Level = StateAssigned, "pedago", bob, Level1 }},
		{name: "assign at another level than the team's", from: StateNew, act: Act{Action: ActionAssign, TeamID: "pedago", Level: Level2}, event: EventAssigned,
			want: func(t *Ticket) { t.State, t.TeamID, t.Level = StateAssigned, "pedago", Level2 }},
		{name: "assign ends the wait", from: StatePending, act: Act{Action: ActionAssign, AssigneeID: bob}, event: EventAssigned,
			want: func(t *Ticket) {
				t.State, t.AssigneeID, t.PendingReason, t.PendingUntil = StateAssigned, bob, "", time.Time{}
			}},
		{name: "claim a new ticket", from: StateNew, actor: bob, act: Act{Action: ActionClaim}, event: EventClaimed,
			want: func(t *Ticket) {
				t.State, t.TeamID, t.AssigneeID, t.Level = StateAssigned, "pedago", bob, Level1
			}},
		{name: "claim from the pool keeps the first contact", from: StateAssigned, setup: func(t *Ticket) { t.AssigneeID = "" },
			actor: bob, act: Act{Action: ActionClaim}, event: EventClaimed,
			want: func(t *Ticket) { t.AssigneeID = bob }},
		{name: "claim where no team handles the service: the actor's", from: StateNew, setup: func(t *Ticket) { t.ServiceID = "orphan" },
			actor: cleo, act: Act{Action: ActionClaim}, event: EventClaimed,
			want: func(t *Ticket) {
				t.State, t.TeamID, t.AssigneeID, t.Level = StateAssigned, "network", cleo, Level2
			}},
		{name: "claim keeps the ticket's team", from: StateAssigned, setup: func(t *Ticket) { t.AssigneeID = "" },
			actor: cleo, act: Act{Action: ActionClaim}, event: EventClaimed,
			want: func(t *Ticket) { t.AssigneeID = cleo }},
		{name: "claim by who has no team, of a service that has none", from: StateNew, setup: func(t *Ticket) { t.ServiceID = "orphan" },
			actor: mona, act: Act{Action: ActionClaim}, event: EventClaimed,
			want: func(t *Ticket) { t.State, t.AssigneeID = StateAssigned, mona }},
		{name: "hold until a date", from: StateAssigned, act: Act{Action: ActionHold, PendingReason: "planned", Until: tomorrow}, event: EventHeld,
			want: func(t *Ticket) { t.State, t.PendingReason, t.PendingUntil = StatePending, "planned", tomorrow }},
		{name: "hold without a date", from: StateAssigned, act: Act{Action: ActionHold, PendingReason: "requester"}, event: EventHeld,
			want: func(t *Ticket) { t.State, t.PendingReason = StatePending, "requester" }},
		{name: "hold again for another reason", from: StatePending, act: Act{Action: ActionHold, PendingReason: "requester"}, event: EventHeld,
			want: func(t *Ticket) { t.PendingReason, t.PendingUntil = "requester", time.Time{} }},
		{name: "resume gives it back to the same technician", from: StatePending, act: Act{Action: ActionResume}, event: EventResumed,
			want: func(t *Ticket) { t.State, t.PendingReason, t.PendingUntil = StateAssigned, "", time.Time{} }},
		{name: "resume what was held before it was assigned", from: StatePending, setup: func(t *Ticket) { t.TeamID, t.AssigneeID, t.Level = "", "", "" },
			act: Act{Action: ActionResume}, event: EventResumed,
			want: func(t *Ticket) {
				t.State, t.PendingReason, t.PendingUntil, t.TeamID, t.Level = StateAssigned, "", time.Time{}, "pedago", Level1
			}},
		{name: "escalate to the pool of the next level", from: StateAssigned, act: Act{Action: ActionEscalate, Level: Level2, Text: "Réseau"}, event: EventEscalated,
			want: func(t *Ticket) { t.TeamID, t.AssigneeID, t.Level = "network", "", Level2 }},
		{name: "escalate past a level", from: StateAssigned, act: Act{Action: ActionEscalate, Level: Level3, Text: "Noyau"}, event: EventEscalated,
			want: func(t *Ticket) { t.TeamID, t.AssigneeID, t.Level = "core", "", Level3 }},
		{name: "escalate to a technician of a higher team", from: StateAssigned,
			act: Act{Action: ActionEscalate, TeamID: "core", AssigneeID: dan, Text: "Noyau"}, event: EventEscalated,
			want: func(t *Ticket) { t.TeamID, t.AssigneeID, t.Level = "core", dan, Level3 }},
		{name: "escalate by level to a technician of its team", from: StateAssigned,
			act: Act{Action: ActionEscalate, Level: Level2, AssigneeID: cleo, Text: "Réseau"}, event: EventEscalated,
			want: func(t *Ticket) { t.TeamID, t.AssigneeID, t.Level = "network", cleo, Level2 }},
		{name: "resolve fills the affected service and the closing date", from: StateAssigned, act: Act{Action: ActionResolve, Text: "Corrigé"}, event: EventResolved,
			want: func(t *Ticket) {
				t.State, t.Solution, t.AffectedID, t.ResolvedAt, t.CloseAt = StateResolved, "Corrigé", "homework", noon, noon.AddDate(0, 0, 7)
			}},
		{name: "resolve for another service at fault", from: StateAssigned, act: Act{Action: ActionResolve, Text: "Corrigé", ServiceID: "wifi"}, event: EventResolved,
			want: func(t *Ticket) {
				t.State, t.Solution, t.AffectedID, t.ResolvedAt, t.CloseAt = StateResolved, "Corrigé", "wifi", noon, noon.AddDate(0, 0, 7)
			}},
		{name: "resolve what nobody had: who resolves had it, and answered", from: StateNew, actor: bob, act: Act{Action: ActionResolve, Text: "Corrigé"}, event: EventResolved,
			want: func(t *Ticket) {
				t.State, t.Solution, t.AffectedID, t.ResolvedAt, t.CloseAt = StateResolved, "Corrigé", "homework", noon, noon.AddDate(0, 0, 7)
				t.TeamID, t.AssigneeID, t.Level, t.ContactedAt = "pedago", bob, Level1, noon
			}},
		{name: "validate closes", from: StateResolved, act: Act{Action: ActionValidate}, event: EventValidated,
			want: func(t *Ticket) { t.State, t.CloseAt, t.ClosedAt = StateClosed, time.Time{}, noon }},
		{name: "validate with a rating", from: StateResolved, act: Act{Action: ActionValidate, RatingTime: 2, RatingAnswers: 5, Text: "Merci"}, event: EventValidated,
			want: func(t *Ticket) {
				t.State, t.CloseAt, t.ClosedAt = StateClosed, time.Time{}, noon
				t.RatingTime, t.RatingAnswers, t.RatingComment = 2, 5, "Merci"
			}},
		{name: "validate keeps the rating given before", from: StateResolved, setup: func(t *Ticket) { t.RatingTime, t.RatingAnswers = 3, 4 },
			act: Act{Action: ActionValidate}, event: EventValidated,
			want: func(t *Ticket) { t.State, t.CloseAt, t.ClosedAt = StateClosed, time.Time{}, noon }},
		{name: "reject the solution: back to its technician", from: StateResolved, act: Act{Action: ActionRejectSolution, Text: "Toujours en panne"}, event: EventSolutionRejected,
			want: func(t *Ticket) {
				t.State, t.ResolvedAt, t.CloseAt, t.Reopened = StateAssigned, time.Time{}, time.Time{}, 1
			}},
		{name: "reopen clears the date of resolution", from: StateResolved, setup: func(t *Ticket) { t.Reopened = 2 },
			act: Act{Action: ActionReopen, Text: "Revu"}, event: EventReopened,
			want: func(t *Ticket) {
				t.State, t.ResolvedAt, t.CloseAt, t.Reopened = StateAssigned, time.Time{}, time.Time{}, 3
			}},
		{name: "close keeps the date of resolution", from: StateResolved, act: Act{Action: ActionClose}, event: EventClosed,
			want: func(t *Ticket) { t.State, t.CloseAt, t.ClosedAt = StateClosed, time.Time{}, noon }},
		{name: "cancel ends a wait", from: StatePending, act: Act{Action: ActionCancel}, event: EventCancelled,
			want: func(t *Ticket) {
				t.State, t.ClosedAt, t.PendingReason, t.PendingUntil = StateCancelled, noon, "", time.Time{}
			}},
		{name: "rate what is closed changes nothing else", from: StateClosed, act: Act{Action: ActionRate, RatingTime: 1, RatingAnswers: 5, Text: "Long"}, event: EventRated,
			want: func(t *Ticket) { t.RatingTime, t.RatingAnswers, t.RatingComment = 1, 5, "Long" }},
		{name: "fields that the action does not read do not count", from: StateAssigned,
			act:   Act{Action: ActionHold, PendingReason: "requester", TeamID: "core", AssigneeID: dan, Kind: KindRequest, Level: Level3, RatingTime: 9, ServiceID: "wifi"},
			event: EventHeld, want: func(t *Ticket) { t.State, t.PendingReason = StatePending, "requester" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := ticketIn(c.from)
			if c.setup != nil {
				c.setup(&before)
			}
			actor := who(ann)
			if c.actor != "" {
				actor = who(c.actor)
			}
			step, err := testDesk().Decide(before, c.act, actor, noon)
			if err != nil {
				t.Fatal(err)
			}
			want := before
			c.want(&want)
			want.UpdatedAt = noon
			if diff := cmp.Diff(want, step.Ticket); diff != "" {
				t.Errorf("ticket (-want +got):\n%s", diff)
			}
			wantEvent := Event{TicketID: before.ID, At: noon, ActorID: actor.Person.ID, Channel: ChannelDesk,
				Kind: c.event, Text: c.act.Text, Changes: Diff(before, want), Internal: c.event == EventQualified}
			if diff := cmp.Diff(wantEvent, step.Event); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
		})
	}
}

// What an act is refused for, field by field.
func TestDecideRefusesWhatIsMissingOrWrong(t *testing.T) {
	long := func(n int) string { return strings.Repeat("é", n) }
	for _, c := range []struct {
		name  string
		from  State
		setup func(*Ticket)
		act   Act
		want  []string
	}{
		{"a refusal says why", StateAwaitingApproval, nil, Act{Action: ActionRefuse}, []string{"reason: field.required"}},
		{"blanks are no reason", StateResolved, nil, Act{Action: ActionRejectSolution, Text: " \t\n"}, []string{"reason: field.required"}},
		{"a reason has an end", StateResolved, nil, Act{Action: ActionReopen, Text: long(MaxReason + 1)}, []string{"reason: field.too_long"}},
		{"a comment that nobody asked for has an end too", StateResolved, nil, Act{Action: ActionClose, Text: long(MaxReason + 1)}, []string{"reason: field.too_long"}},
		{"qualify: unknown words", StateNew, nil, Act{Action: ActionQualify, Kind: "wish", ServiceID: "nowhere", Urgency: "extreme", Impact: "none"},
			[]string{"impact: field.unknown_value", "kind: field.unknown_value", "service: field.unknown_value", "urgency: field.unknown_value"}},
		{"qualify: a service that is no longer offered", StateNew, nil, Act{Action: ActionQualify, ServiceID: "retired"}, []string{"service: field.unknown_value"}},
		{"assign: to nobody", StateAssigned, nil, Act{Action: ActionAssign}, []string{"team: field.required"}},
		{"assign: an unknown team", StateNew, nil, Act{Action: ActionAssign, TeamID: "nowhere"}, []string{"team: field.unknown_value"}},
		{"assign: a technician of another team than the one named", StateNew, nil, Act{Action: ActionAssign, TeamID: "network", AssigneeID: ann}, []string{"technician: assign.not_in_team"}},
		{"assign: a technician of another team than the ticket's", StateAssigned, nil, Act{Action: ActionAssign, AssigneeID: cleo}, []string{"technician: assign.not_in_team"}},
		{"assign: a technician of another team than the service's", StateNew, nil, Act{Action: ActionAssign, AssigneeID: cleo}, []string{"technician: assign.not_in_team"}},
		{"assign: a technician where there is no team at all", StateNew, func(t *Ticket) { t.ServiceID = "orphan" }, Act{Action: ActionAssign, AssigneeID: cleo}, []string{"team: field.required"}},
		{"assign: an unknown level", StateNew, nil, Act{Action: ActionAssign, TeamID: "pedago", Level: "N9"}, []string{"level: field.unknown_value"}},
		{"assign: an unknown type", StateNew, nil, Act{Action: ActionAssign, TeamID: "pedago", Kind: "wish"}, []string{"kind: field.unknown_value"}},
		{"assign: a type must be recorded", StateNew, func(t *Ticket) { t.Kind = "" }, Act{Action: ActionAssign, TeamID: "pedago"}, []string{"kind: field.required"}},
		{"escalate: says why and where", StateAssigned, nil, Act{Action: ActionEscalate}, []string{"level: field.required", "reason: field.required"}},
		{"escalate: to the same level", StateAssigned, nil, Act{Action: ActionEscalate, Level: Level1, Text: "x"}, []string{"level: escalate.not_higher"}},
		{"escalate: down", StateAssigned, func(t *Ticket) { t.TeamID, t.AssigneeID, t.Level = "core", dan, Level3 }, Act{Action: ActionEscalate, TeamID: "network", Text: "x"}, []string{"level: escalate.not_higher"}},
		{"escalate: to a level that nobody holds", StateAssigned, nil, Act{Action: ActionEscalate, Level: LevelRD, Text: "x"}, []string{"level: escalate.no_team"}},
		{"escalate: to an unknown level", StateAssigned, nil, Act{Action: ActionEscalate, Level: "N9", Text: "x"}, []string{"level: field.unknown_value"}},
		{"escalate: an unknown team", StateAssigned, nil, Act{Action: ActionEscalate, TeamID: "nowhere", Text: "x"}, []string{"team: field.unknown_value"}},
		{"escalate: with the technician it leaves", StateAssigned, nil, Act{Action: ActionEscalate, Level: Level2, AssigneeID: ann, Text: "x"}, []string{"technician: assign.not_in_team"}},
		{"hold: says why", StateAssigned, nil, Act{Action: ActionHold}, []string{"pending_reason: field.required"}},
		{"hold: an unknown reason", StateAssigned, nil, Act{Action: ActionHold, PendingReason: "lazy"}, []string{"pending_reason: field.unknown_value"}},
		{"hold: a dated reason without its date", StateAssigned, nil, Act{Action: ActionHold, PendingReason: "planned"}, []string{"until: field.required"}},
		{"hold: until now is over", StateAssigned, nil, Act{Action: ActionHold, PendingReason: "planned", Until: noon}, []string{"until: field.past"}},
		{"hold: until yesterday", StateAssigned, nil, Act{Action: ActionHold, PendingReason: "requester", Until: noon.AddDate(0, 0, -1)}, []string{"until: field.past"}},
		{"resolve: says how", StateAssigned, nil, Act{Action: ActionResolve, Text: "  "}, []string{"solution: field.required"}},
		{"resolve: a solution has an end", StateAssigned, nil, Act{Action: ActionResolve, Text: long(MaxText + 1)}, []string{"solution: field.too_long"}},
		{"resolve: an unknown affected service", StateAssigned, nil, Act{Action: ActionResolve, Text: "x", ServiceID: "nowhere"}, []string{"service: field.unknown_value"}},
		{"resolve: a service is needed", StateAssigned, func(t *Ticket) { t.ServiceID = "" }, Act{Action: ActionResolve, Text: "x"}, []string{"service: field.required"}},
		{"rate: both grades", StateResolved, nil, Act{Action: ActionRate}, []string{"rating_answers: field.required", "rating_time: field.required"}},
		{"rate: the answers too", StateResolved, nil, Act{Action: ActionRate, RatingTime: 3}, []string{"rating_answers: field.required"}},
		{"rate: from 1 to 5", StateResolved, nil, Act{Action: ActionRate, RatingTime: 6, RatingAnswers: -1}, []string{"rating_answers: field.rating", "rating_time: field.rating"}},
		{"validate: half a rating", StateResolved, nil, Act{Action: ActionValidate, RatingAnswers: 3}, []string{"rating_time: field.required"}},
		{"validate: from 1 to 5", StateResolved, nil, Act{Action: ActionValidate, RatingTime: 5, RatingAnswers: 6}, []string{"rating_answers: field.rating"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := ticketIn(c.from)
			if c.setup != nil {
				c.setup(&before)
			}
			_, err := testDesk().Decide(before, c.act, who(ann), noon)
			wantCode(t, err, KindInvalid, "invalid")
			if diff := cmp.Diff(c.want, faults(err)); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecideBoundsTextsInclusively(t *testing.T) {
	for _, c := range []struct {
		from State
		act  Act
	}{
		{StateResolved, Act{Action: ActionReopen, Text: strings.Repeat("é", MaxReason)}},
		{StateAssigned, Act{Action: ActionResolve, Text: strings.Repeat("é", MaxText)}},
	} {
		if _, err := testDesk().Decide(ticketIn(c.from), c.act, who(ann), noon); err != nil {
			t.Errorf("%s with a text of the longest length: %v", c.act.Action, err)
		}
	}
}

func TestDecideConflicts(t *testing.T) {
	rated := func(t *Ticket) { t.RatingTime, t.RatingAnswers = 3, 4 }
	for _, c := range []struct {
		name  string
		from  State
		setup func(*Ticket)
		act   Act
		code  string
		arg   string
		value any
	}{
		{"the second to claim is told by whom it was taken", StateAssigned, nil, Act{Action: ActionClaim}, "ticket.claimed", "PersonID", "ann"},
		{"even when the page was old", StateAssigned, nil, Act{Action: ActionClaim, Version: 4}, "ticket.claimed", "PersonID", "ann"},
		{"somebody changed it meanwhile", StateAssigned, nil, Act{Action: ActionAssign, TeamID: "core", Version: 4}, "ticket.changed", "Version", int64(5)},
		{"rated once", StateClosed, rated, Act{Action: ActionRate, RatingTime: 5, RatingAnswers: 5}, "rating.done", "", nil},
		{"rated once, by validating too", StateResolved, rated, Act{Action: ActionValidate, RatingTime: 5, RatingAnswers: 5}, "rating.done", "", nil},
		{"closed is final", StateClosed, nil, Act{Action: ActionReopen, Text: "x"}, "action.not_now", "State", "closed"},
		{"an action that nobody knows", StateNew, nil, Act{Action: "explode"}, "action.not_now", "Action", "explode"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := ticketIn(c.from)
			if c.setup != nil {
				c.setup(&before)
			}
			_, err := testDesk().Decide(before, c.act, who(bob), noon)
			wantCode(t, err, KindConflict, c.code)
			if c.arg != "" && err.(*Error).Args[c.arg] != c.value {
				t.Errorf("argument %s is %v, want %v", c.arg, err.(*Error).Args[c.arg], c.value)
			}
		})
	}
}

func TestDecideAcceptsTheVersionThatWasSeen(t *testing.T) {
	step, err := testDesk().Decide(ticketIn(StateAssigned), Act{Action: ActionAssign, AssigneeID: bob, Version: 5}, who(ann), noon)
	if err != nil || step.Ticket.AssigneeID != bob {
		t.Errorf("got %q, %v", step.Ticket.AssigneeID, err)
	}
}

// A workflow that nobody checked, from a restored backup or an older program, still cannot bring a
// final ticket back.
func TestNothingLeavesAFinalState(t *testing.T) {
	d := testDesk()
	flow := completeFlow()
	for i := range flow.Transitions {
		flow.Transitions[i].From = States()
	}
	d.Workflows["complete"] = flow
	for _, from := range []State{StateClosed, StateRejected, StateCancelled} {
		for _, action := range Actions() {
			step, err := d.Decide(unclaimed(ticketIn(from), action), sample(action), who(ann), noon)
			if action == ActionRate {
				if err != nil || step.Ticket.State != from {
					t.Errorf("rate from %s: state %s, %v", from, step.Ticket.State, err)
				}
				continue
			}
			if CodeOf(err) != "action.not_now" {
				t.Errorf("%s from %s: %v, want action.not_now", action, from, err)
			}
		}
	}
}

func TestAWorkflowMayNotAskForRatings(t *testing.T) {
	d, flow := testDesk(), completeFlow()
	flow.Rating = false
	d.Workflows["complete"] = flow
	for _, act := range []Act{
		{Action: ActionRate, RatingTime: 5, RatingAnswers: 5}, {Action: ActionRate},
		{Action: ActionValidate, RatingTime: 5, RatingAnswers: 5},
	} {
		_, err := d.Decide(ticketIn(StateResolved), act, who(rita), noon)
		if got := faults(err); len(got) != 1 || got[0] != "rating_time: rating.off" {
			t.Errorf("%s %d: %v", act.Action, act.RatingTime, err)
		}
	}
	if _, err := d.Decide(ticketIn(StateResolved), Act{Action: ActionValidate}, who(rita), noon); err != nil {
		t.Errorf("validate without a rating: %v", err)
	}
}

func TestNothingClosesByItselfWithoutAPolicy(t *testing.T) {
	d, flow := testDesk(), completeFlow()
	flow.AutoCloseDays = 0
	d.Workflows["complete"] = flow
	step, err := d.Decide(ticketIn(StateAssigned), Act{Action: ActionResolve, Text: "Corrigé"}, who(ann), noon)
	if err != nil || !step.Ticket.CloseAt.IsZero() || step.Ticket.ResolvedAt != noon {
		t.Errorf("close at %v, resolved at %v, %v", step.Ticket.CloseAt, step.Ticket.ResolvedAt, err)
	}
}

func TestRequireUntilAsksForADateOnce(t *testing.T) {
	d, flow := testDesk(), completeFlow()
	for i, tr := range flow.Transitions {
		if tr.Action == ActionHold {
			flow.Transitions[i].Requires = Requirements()
		}
	}
	d.Workflows["complete"] = flow
	_, err := d.Decide(ticketIn(StateAssigned), Act{Action: ActionHold, PendingReason: "planned"}, who(ann), noon)
	want := []string{"reason: field.required", "solution: field.required", "team: field.required", "until: field.required"}
	if diff := cmp.Diff(want, faults(err)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

// To wait has a reason wherever the workflow has a list of them (A5), asked for or not.
func TestHoldNeedsAReasonWhereThereAreReasons(t *testing.T) {
	for _, c := range []struct {
		name    string
		reasons []PendingReason
		want    []string
	}{
		{"a list of reasons", completeFlow().PendingReasons, []string{"pending_reason: field.required"}},
		{"no list", nil, nil},
	} {
		d, flow := testDesk(), completeFlow()
		flow.PendingReasons = c.reasons
		for i := range flow.Transitions {
			flow.Transitions[i].Requires = nil
		}
		d.Workflows["complete"] = flow
		_, err := d.Decide(ticketIn(StateAssigned), Act{Action: ActionHold}, who(ann), noon)
		if diff := cmp.Diff(c.want, faults(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// A ticket keeps the version of the workflow with which it was opened (A14).
func TestATicketFollowsItsVersionOfTheWorkflow(t *testing.T) {
	d := testDesk()
	old := completeFlow()
	old.Version, old.AutoCloseDays = 1, 30
	d.Past = map[ID][]Workflow{"complete": {old}}
	for version, days := range map[int]int{1: 30, 2: 7} {
		ticket := ticketIn(StateAssigned)
		ticket.Workflow = version
		step, err := d.Decide(ticket, Act{Action: ActionResolve, Text: "Corrigé"}, who(ann), noon)
		if want := noon.AddDate(0, 0, days); err != nil || step.Ticket.CloseAt != want {
			t.Errorf("version %d closes at %v (%v), want %v", version, step.Ticket.CloseAt, err, want)
		}
	}
	ticket := ticketIn(StateAssigned)
	ticket.WorkflowID = "nowhere"
	if _, err := d.Decide(ticket, Act{Action: ActionResolve, Text: "x"}, who(ann), noon); CodeOf(err) != "action.not_now" {
		t.Errorf("a ticket of no workflow: %v", err)
	}
}

// Escalation finds the nearest team of the level (F1: levels are held per site).
func TestEscalationGoesToTheNearestTeam(t *testing.T) {
	level2 := func(org ID) Team { return Team{Level: Level2, OrganisationID: org} }
	for _, c := range []struct {
		name  string
		teams map[ID]Team
		want  ID
	}{
		{"of the organisation itself", map[ID]Team{"a": level2("group"), "z": level2("lab"), "b": level2("")}, "z"},
		{"above it, the nearest", map[ID]Team{"a": level2("group"), "y": level2("lyon"), "b": level2("rennes")}, "y"},
		{"of no organisation before a neighbour's", map[ID]Team{"a": level2("rennes"), "n": level2("")}, "n"},
		{"a neighbour's before nobody", map[ID]Team{"r": level2("rennes"), "x": {Level: Level3, OrganisationID: "lab"}}, "r"},
		{"the first key among equals", map[ID]Team{"n5": level2("lyon"), "n2": level2("lyon"), "n1": level2("lyon"), "n4": level2("lyon"), "n3": level2("lyon")}, "n1"},
	} {
		d := testDesk()
		c.teams["pedago"] = d.Teams["pedago"]
		d.Teams = c.teams
		step, err := d.Decide(ticketIn(StateAssigned), Act{Action: ActionEscalate, Level: Level2, Text: "x"}, who(ann), noon)
		if err != nil || step.Ticket.TeamID != c.want || step.Ticket.AssigneeID != "" {
			t.Errorf("%s: got team %q technician %q (%v), want %q", c.name, step.Ticket.TeamID, step.Ticket.AssigneeID, err, c.want)
		}
	}
}

func TestDiffListsFieldsInOrder(t *testing.T) {
	before, after := ticketIn(StateAssigned), ticketIn(StatePending)
	after.RatingTime = 4
	after.Title = "not listed"
	want := []Change{
		{"state", "assigned", "pending"}, {"pending_reason", "", "planned"},
		{"until", "", "2026-03-17T12:00:00Z"}, {"rating_time", "", "4"},
	}
	if diff := cmp.Diff(want, Diff(before, after)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	back := Diff(after, before)
	if len(back) != 4 || back[2] != (Change{"until", "2026-03-17T12:00:00Z", ""}) {
		t.Errorf("backwards: %v", back)
	}
}
