package guichet

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// noon is when the tests happen, unless they say otherwise.
var noon = time.Date(2026, 3, 16, 12, 0, 0, 0, time.UTC)

// morning is when the tickets of the tests were opened.
var morning = noon.Add(-3 * time.Hour)

// The cast. Ann and Bob are of the team pedago (N1), Cleo of network (N2), Dan of core (N3); Mona
// moderates; Rita asks for Ben.
const (
	ann, bob, cleo, dan ID = "ann", "bob", "cleo", "dan"
	mona                ID = "mona"
	rita, ben           ID = "rita", "ben"
)

// completeFlow has every action, the requester's validation included (A8 i).
func completeFlow() Workflow {
	const (
		waiting, opened, assigned = StateAwaitingApproval, StateNew, StateAssigned
		pending, resolved, closed = StatePending, StateResolved, StateClosed
	)
	at := func(s ...State) []State { return s }
	by := func(p ...Performer) []Performer { return p }
	needs := func(r ...Requirement) []Requirement { return r }
	return Workflow{
		ID: "complete", Version: 2, Name: "Complete", AutoCloseDays: 7, Rating: true,
		PendingReasons: []PendingReason{{Key: "requester", Name: "Demandeur"}, {Key: "planned", Name: "Date prévue", Dated: true}},
		Transitions: []Transition{
			{Action: ActionApprove, From: at(waiting), To: opened, By: by("approver")},
			{Action: ActionRefuse, From: at(waiting), To: StateRejected, By: by("approver"), Requires: needs(RequireReason)},
			{Action: ActionQualify, From: at(opened, assigned, pending, resolved), By: by("moderator")},
			{Action: ActionAssign, From: at(opened, assigned, pending), To: assigned, By: by("moderator", "team"), Requires: needs(RequireTeam)},
			{Action: ActionClaim, From: at(opened, assigned), To: assigned, By: by("team", "moderator")},
			{Action: ActionHold, From: at(opened, assigned, pending), To: pending, By: by("assignee", "moderator"), Requires: needs(RequirePending)},
			{Action: ActionResume, From: at(pending), To: assigned, By: by("assignee", "system")},
			{Action: ActionEscalate, From: at(assigned), To: assigned, By: by("assignee", "moderator"), Requires: needs(RequireReason)},
			{Action: ActionResolve, From: at(opened, assigned), To: resolved, By: by("assignee", "moderator"), Requires: needs(RequireService, RequireSolution)},
			{Action: ActionValidate, From: at(resolved), To: closed, By: by("requester")},
			{Action: ActionRejectSolution, From: at(resolved), To: assigned, By: by("requester"), Requires: needs(RequireReason)},
			{Action: ActionReopen, From: at(resolved), To: assigned, By: by("moderator"), Requires: needs(RequireReason)},
			{Action: ActionClose, From: at(resolved), To: closed, By: by("moderator", "system")},
			{Action: ActionCancel, From: at(waiting, opened, assigned, pending), To: StateCancelled, By: by("requester")},
			{Action: ActionRate, From: at(resolved, closed), By: by("requester")},
		},
	}
}

// testDesk is a group of schools with two services, three levels of teams and nobody at R&D.
func testDesk() *Desk {
	flow := completeFlow()
	d := &Desk{
		Matrix: Matrix{
			GradeLow:    {GradeLow: PriorityLow, GradeMedium: PriorityLow, GradeHigh: PriorityMedium},
			GradeMedium: {GradeLow: PriorityLow, GradeMedium: PriorityMedium, GradeHigh: PriorityHigh},
			GradeHigh:   {GradeLow: PriorityMedium, GradeMedium: PriorityHigh, GradeHigh: PriorityCritical},
		},
		Organisations: map[ID]Organisation{
			"group": {ID: "group"}, "lyon": {ID: "lyon", ParentID: "group"},
			"lab": {ID: "lab", ParentID: "lyon"}, "rennes": {ID: "rennes", ParentID: "group"},
		},
		Services: map[ID]Service{
			"moodle":   {ID: "moodle", Name: "Moodle", TeamID: "pedago"},
			"homework": {ID: "homework", ParentID: "moodle", Name: "Devoirs"},
			"wifi":     {ID: "wifi", Name: "Wifi", TeamID: "network"},
			"orphan":   {ID: "orphan", Name: "Sans équipe"},
			"retired":  {ID: "retired", Name: "Ancien", State: ServiceClosed},
		},
		Teams: map[ID]Team{
			"pedago":  {ID: "pedago", Level: Level1, Members: []ID{ann, bob}},
			"network": {ID: "network", Level: Level2, Members: []ID{cleo}},
			"core":    {ID: "core", Level: Level3, Members: []ID{dan}},
		},
		Roles:       map[ID]Role{"moderator": {ID: "moderator", Permissions: []Permission{PermissionRead, PermissionWork}}},
		Workflows:   map[ID]Workflow{flow.ID: flow},
		DefaultFlow: flow.ID,
	}
	d.Index()
	return d
}

// ticketIn is a ticket of Rita for Ben that has reached a state the usual way, with Ann as its
// technician once it was assigned.
func ticketIn(s State) Ticket {
	t := Ticket{
		ID: "t1", Number: 1, Kind: KindIncident, State: s, Title: "Panne", Description: "Rien ne marche",
		RequesterID: rita, BeneficiaryID: ben, OpenedByID: rita, OrganisationID: "lab", ServiceID: "homework",
		WorkflowID: "complete", Workflow: 2, Urgency: GradeLow, Impact: GradeLow, Priority: PriorityLow,
		Channel: ChannelPortal, OpenedAt: morning, UpdatedAt: morning, Version: 5,
	}
	switch s {
	case StateAwaitingApproval:
		t.ApprovalStep = 1
	case StateAssigned, StatePending, StateResolved, StateClosed:
		t.TeamID, t.AssigneeID, t.Level, t.ContactedAt = "pedago", ann, Level1, morning
	}
	switch s {
	case StatePending:
		t.PendingReason, t.PendingUntil = "planned", noon.AddDate(0, 0, 1)
	case StateResolved:
		t.Solution, t.AffectedID, t.ResolvedAt, t.CloseAt = "Redémarré", "moodle", morning, morning.AddDate(0, 0, 7)
	case StateClosed:
		t.Solution, t.AffectedID, t.ResolvedAt, t.ClosedAt = "Redémarré", "moodle", morning, morning
	case StateRejected, StateCancelled:
		t.ClosedAt = morning
	}
	return t
}

// who makes an actor of a person, with what the cast holds.
func who(id ID) Actor {
	d := testDesk()
	a := Actor{Person: Person{ID: id}, Channel: ChannelDesk, Roles: d.Roles}
	for _, team := range d.Teams {
		if team.Has(id) {
			a.TeamIDs = append(a.TeamIDs, team.ID)
			a.Roles = map[ID]Role{"technician": {Permissions: []Permission{PermissionWork}}}
			a.Grants = append(a.Grants, Grant{RoleID: "technician", ServiceID: "wifi"})
		}
	}
	if id == mona {
		a.Grants = []Grant{{RoleID: "moderator"}}
	}
	return a
}

// faults lists "field: code" of an invalid input, sorted.
func faults(err error) []string {
	var e *Error
	if !errors.As(err, &e) {
		return nil
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Field+": "+f.Code)
	}
	slices.Sort(out)
	return out
}

func wantCode(t *testing.T, err error, kind ErrorKind, code string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s", code)
	}
	if KindOf(err) != kind || CodeOf(err) != code {
		t.Errorf("got error %v of kind %d, want %s of kind %d", err, KindOf(err), code, kind)
	}
}
