package guichet

import (
	"strconv"
	"time"
)

// Limits of the texts of a ticket, in characters.
const (
	MaxTitle       = 200
	MaxDescription = 100_000
	MaxText        = 100_000
	MaxReason      = 4_000
)

// Act is an action with what it is given. Only the fields that the action reads count.
type Act struct {
	Action Action
	Text   string // reason, solution or comment (Markdown)

	Kind      Kind // qualify
	ServiceID ID   // qualify: of the ticket; resolve: affected
	Urgency   Grade
	Impact    Grade

	TeamID     ID // assign, escalate
	AssigneeID ID
	Level      Level

	PendingReason string // hold
	Until         time.Time

	RatingTime    int // validate, rate
	RatingAnswers int

	Version int64 // of the ticket that was seen; 0: not checked
}

// Step is the outcome of a decision: the ticket as it becomes, and what happened.
type Step struct {
	Ticket Ticket
	Event  Event
}

// Decide is the one rule of a ticket's life: what an act makes of a ticket under its workflow, or
// why it cannot be. It reads nothing but its arguments; whether the actor may do it was decided
// before, by Actor.Performs.
func (d *Desk) Decide(t Ticket, act Act, actor Actor, now time.Time) (Step, error) {
	flow := d.Flow(t)
	tr, ok := flow.Transition(act.Action, t.State)
	if !ok {
		return Step{}, Conflict("action.not_now", "Action", string(act.Action), "State", string(t.State))
	}
	if act.Version != 0 && act.Version != t.Version {
		return Step{}, Conflict("ticket.changed", "Version", t.Version)
	}
	if err := d.checkAct(flow, tr, act, t, now); err != nil {
		return Step{}, err
	}
	after := t
	kind, err := d.apply(&after, flow, act, actor, now)
	if err != nil {
		return Step{}, err
	}
	if tr.To != "" {
		after.enter(tr.To, flow, now)
	}
	after.UpdatedAt = now
	return Step{after, Event{
		TicketID: t.ID, At: now, ActorID: actor.Person.ID, Channel: actor.Channel, Kind: kind,
		Text: act.Text, Changes: Diff(t, after), Internal: internalActs[act.Action],
	}}, nil
}

// internalActs are shown to agents only.
var internalActs = map[Action]bool{ActionQualify: true}

// checkAct validates what the act was given against what the transition requires.
func (d *Desk) checkAct(flow Workflow, tr Transition, act Act, t Ticket, now time.Time) error {
	var p Problems
	for _, r := range tr.Requires {
		d.require(&p, r, act, t)
	}
	p.AtMost(textField(act.Action), act.Text, MaxText)
	switch act.Action {
	case ActionQualify, ActionResolve:
		d.checkQualification(&p, act)
	case ActionAssign, ActionEscalate:
		d.checkAssignment(&p, act, t)
	case ActionHold:
		checkHold(&p, flow, act, now)
	case ActionValidate, ActionRate:
		checkRating(&p, flow, act)
	}
	return p.Err()
}

func textField(a Action) string {
	if a == ActionResolve {
		return "solution"
	}
	return "reason"
}

func (d *Desk) require(p *Problems, r Requirement, act Act, t Ticket) {
	switch r {
	case RequireReason:
		p.Text("reason", act.Text, MaxReason)
	case RequireSolution:
		p.Text("solution", act.Text, MaxText)
	case RequireService:
		if act.ServiceID == "" && t.ServiceID == "" {
			p.Add("service", "field.required")
		}
	case RequireTeam:
		if act.TeamID == "" && act.AssigneeID == "" {
			p.Add("team", "field.required")
		}
	case RequireUntil:
		if act.Until.IsZero() {
			p.Add("until", "field.required")
		}
	case RequirePending:
		if act.PendingReason == "" {
			p.Add("pending_reason", "field.required")
		}
	}
}

func (d *Desk) checkQualification(p *Problems, act Act) {
	if act.ServiceID != "" && !d.Services[act.ServiceID].Active {
		p.Add("service", "field.unknown_value")
	}
	if act.Kind != "" && !act.Kind.Valid() {
		p.Add("kind", "field.unknown_value")
	}
	if act.Urgency != "" && !act.Urgency.Valid() {
		p.Add("urgency", "field.unknown_value")
	}
	if act.Impact != "" && !act.Impact.Valid() {
		p.Add("impact", "field.unknown_value")
	}
}

func (d *Desk) checkAssignment(p *Problems, act Act, t Ticket) {
	team, known := d.Teams[act.TeamID]
	if act.TeamID != "" && !known {
		p.Add("team", "field.unknown_value")
	}
	if act.TeamID == "" {
		team = d.Teams[t.TeamID]
	}
	if act.AssigneeID != "" && !team.Has(act.AssigneeID) {
		p.Add("technician", "assign.not_in_team")
	}
	if act.Level != "" && !act.Level.Valid() {
		p.Add("level", "field.unknown_value")
	}
	if act.Action == ActionEscalate && act.TeamID == "" && act.Level == "" {
		p.Add("level", "field.required")
	}
}

func checkHold(p *Problems, flow Workflow, act Act, now time.Time) {
	reason, known := flow.Reason(act.PendingReason)
	if act.PendingReason != "" && !known {
		p.Add("pending_reason", "field.unknown_value")
	}
	if reason.Dated && act.Until.IsZero() {
		p.Add("until", "field.required")
	}
	if !act.Until.IsZero() && !act.Until.After(now) {
		p.Add("until", "field.past")
	}
}

func checkRating(p *Problems, flow Workflow, act Act) {
	if act.Action == ActionRate && (act.RatingTime == 0 || act.RatingAnswers == 0) {
		p.Add("rating_time", "field.required")
	}
	if !flow.Rating && (act.RatingTime != 0 || act.RatingAnswers != 0) {
		p.Add("rating_time", "rating.off")
	}
	if act.RatingTime < 0 || act.RatingTime > 5 {
		p.Add("rating_time", "field.rating")
	}
	if act.RatingAnswers < 0 || act.RatingAnswers > 5 {
		p.Add("rating_answers", "field.rating")
	}
}

// apply writes on the ticket what the act says, apart from the state, and names the event.
func (d *Desk) apply(t *Ticket, flow Workflow, act Act, actor Actor, now time.Time) (EventKind, error) {
	switch act.Action {
	case ActionApprove:
		t.ApprovalStep = 0
		return EventApproved, nil
	case ActionRefuse:
		t.ApprovalStep = 0
		return EventRefused, nil
	case ActionQualify:
		d.qualify(t, act)
		return EventQualified, nil
	case ActionAssign:
		d.assign(t, act)
		return EventAssigned, nil
	case ActionClaim:
		return EventClaimed, d.claim(t, actor, now)
	case ActionEscalate:
		d.escalate(t, act)
		return EventEscalated, nil
	case ActionHold:
		t.PendingReason, t.PendingUntil = act.PendingReason, act.Until
		return EventHeld, nil
	case ActionResume:
		return EventResumed, nil
	case ActionResolve:
		d.resolve(t, act, actor)
		return EventResolved, nil
	case ActionValidate:
		t.rate(act)
		return EventValidated, nil
	case ActionRejectSolution:
		t.Reopened++
		return EventSolutionRejected, nil
	case ActionReopen:
		t.Reopened++
		return EventReopened, nil
	case ActionClose:
		return EventClosed, nil
	case ActionCancel:
		return EventCancelled, nil
	case ActionRate:
		if t.RatingTime != 0 {
			return "", Conflict("rating.done")
		}
		t.rate(act)
		return EventRated, nil
	}
	return "", Conflict("action.not_now", "Action", string(act.Action), "State", string(t.State))
}

func (d *Desk) qualify(t *Ticket, act Act) {
	if act.Kind != "" {
		t.Kind = act.Kind
	}
	if act.ServiceID != "" {
		t.ServiceID = act.ServiceID
	}
	if act.Urgency != "" {
		t.Urgency = act.Urgency
	}
	if act.Impact != "" {
		t.Impact = act.Impact
	}
	t.Priority = d.Matrix.Priority(t.Impact, t.Urgency)
}

// assign records type, team and technician; without a technician the ticket goes to the pool.
func (d *Desk) assign(t *Ticket, act Act) {
	if act.TeamID != "" {
		t.TeamID = act.TeamID
	}
	t.AssigneeID = act.AssigneeID
	t.Level = d.Teams[t.TeamID].Level
	if act.Level != "" {
		t.Level = act.Level
	}
}

// escalate moves the ticket up: to the given team, or to the pool of the first team that has the
// level asked for and handles nothing else of note (the teams are ordered by key).
func (d *Desk) escalate(t *Ticket, act Act) {
	if act.TeamID == "" {
		act.TeamID = d.teamOfLevel(act.Level, t.TeamID)
	}
	d.assign(t, act)
}

func (d *Desk) teamOfLevel(level Level, current ID) ID {
	best := ID("")
	for id, team := range d.Teams {
		if team.Level == level && (best == "" || id < best) {
			best = id
		}
	}
	if best == "" {
		return current
	}
	return best
}

// claim gives the ticket to the actor. Whoever comes second is told by whom it was taken (A4).
func (d *Desk) claim(t *Ticket, actor Actor, now time.Time) error {
	if t.AssigneeID != "" {
		return Conflict("ticket.claimed", "PersonID", string(t.AssigneeID))
	}
	t.AssigneeID = actor.Person.ID
	if t.TeamID == "" {
		t.TeamID = d.ServiceTeam(t.ServiceID)
	}
	if t.Level == "" {
		t.Level = d.Teams[t.TeamID].Level
	}
	t.contact(now)
	return nil
}

func (d *Desk) resolve(t *Ticket, act Act, actor Actor) {
	t.Solution, t.AffectedID = act.Text, act.ServiceID
	if t.AffectedID == "" {
		t.AffectedID = t.ServiceID
	}
	if t.AssigneeID == "" {
		t.AssigneeID = actor.Person.ID
	}
}

func (t *Ticket) contact(now time.Time) {
	if t.ContactedAt.IsZero() {
		t.ContactedAt = now
	}
}

func (t *Ticket) rate(act Act) {
	t.RatingTime, t.RatingAnswers = act.RatingTime, act.RatingAnswers
	if act.RatingTime != 0 {
		t.RatingComment = act.Text
	}
}

// enter moves the ticket to a state and keeps the dates that belong to states true.
func (t *Ticket) enter(s State, flow Workflow, now time.Time) {
	if s != StatePending {
		t.PendingReason, t.PendingUntil = "", time.Time{}
	}
	t.CloseAt = time.Time{}
	switch {
	case s == StateResolved:
		t.ResolvedAt = now
		if flow.AutoCloseDays > 0 {
			t.CloseAt = now.AddDate(0, 0, flow.AutoCloseDays)
		}
	case s.Final():
		t.ClosedAt = now
	default:
		t.ResolvedAt = time.Time{}
	}
	t.State = s
}

// Diff lists the fields that differ between two versions of a ticket, in a fixed order.
func Diff(before, after Ticket) []Change {
	var out []Change
	add := func(field, from, to string) {
		if from != to {
			out = append(out, Change{field, from, to})
		}
	}
	add("state", string(before.State), string(after.State))
	add("kind", string(before.Kind), string(after.Kind))
	add("service", string(before.ServiceID), string(after.ServiceID))
	add("urgency", string(before.Urgency), string(after.Urgency))
	add("impact", string(before.Impact), string(after.Impact))
	add("priority", string(before.Priority), string(after.Priority))
	add("team", string(before.TeamID), string(after.TeamID))
	add("technician", string(before.AssigneeID), string(after.AssigneeID))
	add("level", string(before.Level), string(after.Level))
	add("pending_reason", before.PendingReason, after.PendingReason)
	add("until", stamp(before.PendingUntil), stamp(after.PendingUntil))
	add("affected", string(before.AffectedID), string(after.AffectedID))
	add("close_at", stamp(before.CloseAt), stamp(after.CloseAt))
	add("rating_time", strconv.Itoa(before.RatingTime), strconv.Itoa(after.RatingTime))
	add("rating_answers", strconv.Itoa(before.RatingAnswers), strconv.Itoa(after.RatingAnswers))
	return out
}

// stamp is the form of a time inside a Change: RFC 3339 in UTC, empty when not set.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
