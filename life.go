package guichet

import (
	"cmp"
	"slices"
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
	ForID  ID     // approve, refuse: whom the actor answers for

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

	DespiteChildren bool // resolve: somebody may still work on a child of it

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
	return d.decide(d.Flow(t), t, act, actor, now)
}

// decide is Decide under a given workflow.
func (d *Desk) decide(flow Workflow, t Ticket, act Act, actor Actor, now time.Time) (Step, error) {
	tr, err := flow.start(t, act)
	if err == nil && flow.late(act.Action, t, actor, now) {
		err = Conflict("reopen.too_late", "Days", flow.ReopenDays)
	}
	if err != nil {
		return Step{}, err
	}
	if err := d.checkAct(flow, tr, act, t, now); err != nil {
		return Step{}, err
	}
	after := t
	d.apply(&after, act, actor, now)
	if tr.To != "" {
		d.enter(&after, tr.To, flow, now)
	}
	after.UpdatedAt = now
	return Step{after, Event{
		TicketID: t.ID, At: now, ActorID: actor.Person.ID, Channel: actor.Channel, Kind: eventOf[act.Action],
		Text: act.Text, RefID: act.ForID, Changes: Diff(t, after), Internal: internalActs[act.Action],
	}}, nil
}

// eventOf names what each action leaves in the timeline.
var eventOf = map[Action]EventKind{
	ActionApprove:        EventApproved,
	ActionRefuse:         EventRefused,
	ActionQualify:        EventQualified,
	ActionAssign:         EventAssigned,
	ActionClaim:          EventClaimed,
	ActionHold:           EventHeld,
	ActionResume:         EventResumed,
	ActionEscalate:       EventEscalated,
	ActionResolve:        EventResolved,
	ActionValidate:       EventValidated,
	ActionRejectSolution: EventSolutionRejected,
	ActionReopen:         EventReopened,
	ActionClose:          EventClosed,
	ActionCancel:         EventCancelled,
	ActionRate:           EventRated,
}

// internalActs are shown to agents only.
var internalActs = map[Action]bool{ActionQualify: true}

// start finds the transition of an act, or says why it cannot begin: somebody was quicker (whoever
// claims second is told by whom it was taken, A4), the state does not allow it, the ticket is no
// longer what was seen, or it has its rating.
func (w Workflow) start(t Ticket, act Act) (Transition, error) {
	if act.Action == ActionClaim && t.AssigneeID != "" && t.State.Open() {
		return Transition{}, Conflict("ticket.claimed", "PersonID", string(t.AssigneeID))
	}
	tr, ok := w.Transition(act.Action, t.State)
	if !ok || eventOf[act.Action] == "" {
		return Transition{}, Conflict("action.not_now", "Action", string(act.Action), "State", string(t.State))
	}
	if act.Version != 0 && act.Version != t.Version {
		return Transition{}, Conflict("ticket.changed", "Version", t.Version)
	}
	if act.rates() && t.rated() {
		return Transition{}, Conflict("rating.done")
	}
	return tr, nil
}

// checkAct validates what the act was given against what the transition requires.
func (d *Desk) checkAct(flow Workflow, tr Transition, act Act, t Ticket, now time.Time) error {
	var p Problems
	for _, r := range tr.Requires {
		d.require(&p, r, act, t)
	}
	checkText(&p, act)
	switch act.Action {
	case ActionQualify, ActionResolve:
		d.checkQualification(&p, act)
	case ActionAssign:
		d.checkAssignment(&p, act, t)
	case ActionEscalate:
		d.checkRise(&p, act, t)
		d.checkAssignment(&p, act, t)
	case ActionHold:
		checkHold(&p, flow, act, now)
	case ActionValidate, ActionRate:
		checkRating(&p, flow, act)
	}
	return p.Err()
}

// checkText bounds the text: a solution is as long as a message, a reason or a comment is not.
func checkText(p *Problems, act Act) {
	if act.Action == ActionResolve {
		p.AtMost("solution", act.Text, MaxText)
		return
	}
	p.AtMost("reason", act.Text, MaxReason)
}

func (d *Desk) require(p *Problems, r Requirement, act Act, t Ticket) {
	missing := map[Requirement]bool{
		RequireReason:   blank(act.Text),
		RequireSolution: blank(act.Text),
		RequireService:  act.ServiceID == "" && t.ServiceID == "",
		RequireTeam:     act.TeamID == "" && act.AssigneeID == "",
		RequireUntil:    act.Until.IsZero(),
		RequirePending:  act.PendingReason == "",
	}
	if missing[r] {
		p.Add(string(r), "field.required")
	}
}

func (d *Desk) checkQualification(p *Problems, act Act) {
	if act.ServiceID != "" && !d.known(act.ServiceID) {
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

// checkAssignment holds what every assignment records (A3): the type, a team, and a technician of
// that team or nobody.
func (d *Desk) checkAssignment(p *Problems, act Act, t Ticket) {
	id := d.target(act, t)
	team, known := d.Teams[id]
	switch {
	case id == "" && act.Action == ActionAssign:
		p.Add("team", "field.required")
	case id != "" && !known:
		p.Add("team", "field.unknown_value")
	case act.AssigneeID != "" && !team.Has(act.AssigneeID):
		p.Add("technician", "assign.not_in_team")
	}
	if act.Level != "" && !act.Level.Valid() {
		p.Add("level", "field.unknown_value")
	}
	switch {
	case act.Kind == "" && t.Kind == "":
		p.Add("kind", "field.required")
	case act.Kind != "" && !act.Kind.Valid():
		p.Add("kind", "field.unknown_value")
	}
}

// checkRise holds that an escalation goes up (A6), to a team that exists.
func (d *Desk) checkRise(p *Problems, act Act, t Ticket) {
	target := d.target(act, t)
	level := cmp.Or(act.Level, d.Teams[target].Level)
	switch {
	case act.TeamID == "" && act.Level == "":
		p.Add("level", "field.required")
	case level.Valid() && target == "":
		p.Add("level", "escalate.no_team", "Level", string(level))
	case level.Valid() && t.Level.Valid() && !level.Above(t.Level):
		p.Add("level", "escalate.not_higher", "Level", string(t.Level))
	}
}

func checkHold(p *Problems, flow Workflow, act Act, now time.Time) {
	reason, known := flow.Reason(act.PendingReason)
	if act.PendingReason != "" && !known {
		p.Add("pending_reason", "field.unknown_value")
	}
	if act.PendingReason == "" && len(flow.PendingReasons) > 0 {
		p.Add("pending_reason", "field.required")
	}
	if reason.Dated && act.Until.IsZero() {
		p.Add("until", "field.required")
	}
	if !act.Until.IsZero() && !act.Until.After(now) {
		p.Add("until", "field.past")
	}
}

// checkRating holds that a rating is whole (A9): both grades, from 1 to 5, where the workflow asks
// for them. To validate needs none.
func checkRating(p *Problems, flow Workflow, act Act) {
	switch {
	case !act.rates():
	case !flow.Rating:
		p.Add("rating_time", "rating.off")
	default:
		checkGrade(p, "rating_time", act.RatingTime)
		checkGrade(p, "rating_answers", act.RatingAnswers)
	}
}

func checkGrade(p *Problems, field string, n int) {
	switch {
	case n == 0:
		p.Add(field, "field.required")
	case n < 1 || n > 5:
		p.Add(field, "field.rating")
	}
}

// rates reports whether the act carries a rating.
func (a Act) rates() bool {
	given := a.RatingTime != 0 || a.RatingAnswers != 0
	return a.Action == ActionRate || a.Action == ActionValidate && given
}

// apply writes on the ticket what the act says, apart from the state.
func (d *Desk) apply(t *Ticket, act Act, actor Actor, now time.Time) {
	switch act.Action {
	case ActionQualify:
		d.qualify(t, act)
	case ActionAssign, ActionEscalate:
		d.assign(t, act)
	case ActionClaim:
		d.take(t, actor)
	case ActionHold:
		t.PendingReason, t.PendingUntil = act.PendingReason, act.Until
	case ActionResolve:
		d.resolve(t, act, actor, now)
	case ActionValidate, ActionRate:
		t.rate(act)
	case ActionRejectSolution, ActionReopen:
		t.Reopened++
	}
}

func (d *Desk) qualify(t *Ticket, act Act) {
	t.Kind = cmp.Or(act.Kind, t.Kind)
	t.ServiceID = cmp.Or(act.ServiceID, t.ServiceID)
	t.Urgency = cmp.Or(act.Urgency, t.Urgency)
	t.Impact = cmp.Or(act.Impact, t.Impact)
	t.Priority = d.Matrix.Priority(t.Impact, t.Urgency)
}

// assign records type, team and technician; without a technician the ticket goes to the pool.
func (d *Desk) assign(t *Ticket, act Act) {
	t.TeamID = d.target(act, *t)
	t.AssigneeID = act.AssigneeID
	t.Kind = cmp.Or(act.Kind, t.Kind)
	t.Level = cmp.Or(act.Level, d.Teams[t.TeamID].Level)
}

// target is the team that an assignment goes to: the one named, or else the team of the level that
// an escalation asks for, or the ticket's own, or its service's.
func (d *Desk) target(act Act, t Ticket) ID {
	if act.Action == ActionEscalate {
		return cmp.Or(act.TeamID, d.teamOfLevel(act.Level, t))
	}
	return cmp.Or(act.TeamID, t.TeamID, d.ServiceTeam(t.ServiceID))
}

// known reports whether a service may be named on a ticket: it exists and was not closed.
func (d *Desk) known(service ID) bool {
	s, found := d.Services[service]
	return found && s.State != ServiceClosed
}

// teamOfLevel finds who handles a level: the team that the service names for it, else the one nearest
// above the ticket's organisation, else one of no organisation, else any; the first key among equals.
func (d *Desk) teamOfLevel(level Level, t Ticket) ID {
	if team, _ := d.TeamOfService(t.ServiceID, level); d.Teams[team].ID != "" {
		return team
	}
	path := d.OrganisationPath(t.OrganisationID)
	distance := func(team Team) int {
		if i := slices.Index(path, team.OrganisationID); i >= 0 {
			return i
		}
		if team.OrganisationID == "" {
			return len(path)
		}
		return len(path) + 1
	}
	best, nearest := ID(""), 0
	for id, team := range d.Teams {
		far := distance(team)
		if level != "" && team.Level == level &&
			(best == "" || far < nearest || far == nearest && id < best) {
			best, nearest = id, far
		}
	}
	return best
}

// take makes the actor the technician of the ticket (A4).
func (d *Desk) take(t *Ticket, actor Actor) {
	t.AssigneeID = actor.Person.ID
	d.settle(t, actor.TeamIDs)
}

// settle gives a ticket that has no team its service's, or else the first of the teams given; work
// that belongs to no team would be in nobody's list.
func (d *Desk) settle(t *Ticket, otherwise []ID) {
	t.TeamID = cmp.Or(t.TeamID, d.ServiceTeam(t.ServiceID))
	if t.TeamID == "" && len(otherwise) > 0 {
		t.TeamID = otherwise[0]
	}
	t.Level = cmp.Or(t.Level, d.Teams[t.TeamID].Level)
}

func (d *Desk) resolve(t *Ticket, act Act, actor Actor, now time.Time) {
	t.Solution, t.AffectedID = act.Text, cmp.Or(act.ServiceID, t.ServiceID)
	if t.AssigneeID == "" {
		d.take(t, actor)
	}
	t.contact(now)
}

func (t *Ticket) contact(now time.Time) {
	if t.ContactedAt.IsZero() {
		t.ContactedAt = now
	}
}

func (t *Ticket) rated() bool { return t.RatingTime != 0 }

func (t *Ticket) rate(act Act) {
	if act.rates() {
		t.RatingTime, t.RatingAnswers, t.RatingComment = act.RatingTime, act.RatingAnswers, act.Text
	}
}

// enter moves the ticket to a state and keeps what belongs to states true.
func (d *Desk) enter(t *Ticket, s State, flow Workflow, now time.Time) {
	if s != StatePending {
		t.PendingReason, t.PendingUntil = "", time.Time{}
	}
	if s != StateAwaitingApproval {
		t.ApprovalStep = 0
	}
	t.CloseAt = time.Time{}
	switch {
	case s == StateResolved:
		t.ResolvedAt = now
		t.CloseAt = flow.silence(now)
	case s.Final():
		t.ClosedAt = now
	default:
		t.ResolvedAt = time.Time{}
	}
	if s == StateAssigned {
		d.settle(t, nil)
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
	add("tags", joined(before.Tags), joined(after.Tags))
	add("pending_reason", before.PendingReason, after.PendingReason)
	add("until", stamp(before.PendingUntil), stamp(after.PendingUntil))
	add("affected", string(before.AffectedID), string(after.AffectedID))
	add("close_at", stamp(before.CloseAt), stamp(after.CloseAt))
	add("workflow", before.process(), after.process())
	add("rating_time", grade(before.RatingTime), grade(after.RatingTime))
	add("rating_answers", grade(before.RatingAnswers), grade(after.RatingAnswers))
	return out
}

// process is the form of a ticket's workflow inside a Change: its key, then its version.
func (t Ticket) process() string {
	if t.WorkflowID == "" {
		return ""
	}
	return string(t.WorkflowID) + " " + strconv.Itoa(t.Workflow)
}

// stamp is the form of a time inside a Change: RFC 3339 in UTC, empty when not set.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// grade is the form of a rating inside a Change, empty when not given.
func grade(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
