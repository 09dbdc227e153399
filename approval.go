package guichet

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// ApproverSpec names the approvers of a step, in one of four ways: one person by login, the members of
// a team, those who hold a role over the requester's organisation and the service (its director), or
// the owner of the service.
type ApproverSpec struct {
	Login string `json:"login,omitempty" yaml:"login,omitempty"`
	Team  ID     `json:"team,omitempty" yaml:"team,omitempty"`
	Role  ID     `json:"role,omitempty" yaml:"role,omitempty"`
	Owner bool   `json:"owner,omitempty" yaml:"owner,omitempty"`
}

// ways counts in how many ways the approvers are named.
func (a ApproverSpec) ways() int {
	n := 0
	for _, given := range []bool{a.Login != "", a.Team != "", a.Role != "", a.Owner} {
		if given {
			n++
		}
	}
	return n
}

// ApprovalStep is one step of an approval: who is asked, how many must agree, how long they are waited
// for.
type ApprovalStep struct {
	Name      string         `json:"name" yaml:"name"`
	Approvers []ApproverSpec `json:"approvers" yaml:"approvers"`
	All       bool           `json:"all,omitempty" yaml:"all,omitempty"`           // everyone must agree
	Need      int            `json:"need,omitempty" yaml:"need,omitempty"`         // how many must; 0: the first answer decides, unless All
	Remind    int            `json:"remind,omitempty" yaml:"remind,omitempty"`     // days after which it is asked again, and again; 0: never
	Expire    int            `json:"expire,omitempty" yaml:"expire,omitempty"`     // days after which no answer is waited for; 0: for ever
	Fallback  []ApproverSpec `json:"fallback,omitempty" yaml:"fallback,omitempty"` // who is asked then, any one of them; nobody: refused
	If        *Condition     `json:"if,omitempty" yaml:"if,omitempty"`             // only when the form was answered so
}

// Limits of a step.
const (
	MaxApprovalSteps = 10
	MaxApprovalDays  = 366
	maxStepName      = 120
)

// Applies reports whether a step is asked for, given the answers to the form.
func (s ApprovalStep) Applies(answers []Answer) bool {
	return s.If == nil || s.If.Answered(answers)
}

// Wanted is how many of those who are asked must agree.
func (s ApprovalStep) Wanted(asked int) int {
	if s.All {
		return asked
	}
	return max(s.Need, 1)
}

// CheckApproval says what is wrong with the steps of an offering. Each problem is attached to
// "approval.N.FIELD", N from 0.
func (d *Desk) CheckApproval(steps []ApprovalStep, form Form) error {
	var p Problems
	if len(steps) > MaxApprovalSteps {
		p.Add("approval", "field.too_many", "Limit", MaxApprovalSteps)
	}
	for i, s := range steps {
		at := func(field string) string { return "approval." + strconv.Itoa(i) + "." + field }
		p.Text(at("name"), s.Name, maxStepName)
		d.checkApprovers(&p, at("approvers"), s.Approvers)
		if len(s.Approvers) == 0 {
			p.Add(at("approvers"), "field.required")
		}
		s.check(&p, at, form)
		d.checkApprovers(&p, at("fallback"), s.Fallback)
	}
	return p.Err()
}

func (s ApprovalStep) check(p *Problems, at func(string) string, form Form) {
	switch {
	case s.Need < 0 || s.All && s.Need > 0:
		p.Add(at("need"), "approval.need")
	case s.onlyPeople() && s.Need > len(s.Approvers):
		p.Add(at("need"), "approval.need_too_high", "Limit", len(s.Approvers))
	}
	for field, days := range map[string]int{"remind": s.Remind, "expire": s.Expire} {
		if days < 0 || days > MaxApprovalDays {
			p.Add(at(field), "approval.days", "Limit", MaxApprovalDays)
		}
	}
	if s.Expire > 0 && s.Remind >= s.Expire {
		p.Add(at("remind"), "approval.remind_late")
	}
	if len(s.Fallback) > 0 && s.Expire == 0 {
		p.Add(at("fallback"), "approval.fallback_never")
	}
	if s.If != nil {
		for _, t := range s.If.Tests() {
			if _, known := form.Field(t.Field); !known || t.Is.Valued() && len(t.Values) == 0 {
				p.Add(at("if"), "approval.if_unknown", "Field", t.Field)
			}
		}
	}
}

// onlyPeople reports whether the step names each of its approvers.
func (s ApprovalStep) onlyPeople() bool {
	return !slices.ContainsFunc(s.Approvers, func(a ApproverSpec) bool { return a.Login == "" })
}

func (d *Desk) checkApprovers(p *Problems, field string, list []ApproverSpec) {
	for _, a := range list {
		_, team := d.Teams[a.Team]
		_, role := d.Roles[a.Role]
		switch {
		case a.ways() != 1:
			p.Add(field, "approval.one_way")
		case a.Team != "" && !team:
			p.Add(field, "approval.unknown_team", "Team", string(a.Team))
		case a.Role != "" && !role:
			p.Add(field, "approval.unknown_role", "Role", string(a.Role))
		}
	}
}

// Decision is an approver's answer.
type Decision string

// The decisions; an empty one is still awaited.
const (
	DecisionApproved Decision = "approved"
	DecisionRefused  Decision = "refused"
)

// Approval is the question put to one approver at one step. While somebody is away, his or her deputy
// gets a question too: both are about the same seat, and the first answer fills it.
type Approval struct {
	ID         ID
	TicketID   ID
	Step       int // from 1
	StepName   string
	ApproverID ID
	ForID      ID // whom the approver answers for; empty: for himself
	All        bool
	Need       int          // how many seats must agree; 0: all, or the first answer decides
	Chosen     ApproverSpec // why this approver
	Decision   Decision
	Reason     string
	Withdrawn  bool // the approver left, or nobody answered in time: the question counts no more
	AskedAt    time.Time
	DecidedAt  time.Time
}

// Seat is whose answer the question is about.
func (a Approval) Seat() ID { return cmp.Or(a.ForID, a.ApproverID) }

// Seats are the answers of a step, by seat: empty while one is awaited.
func Seats(approvals []Approval, step int) map[ID]Decision {
	seats := map[ID]Decision{}
	for _, a := range approvals {
		if a.Step == step && !a.Withdrawn {
			seats[a.Seat()] = cmp.Or(seats[a.Seat()], a.Decision)
		}
	}
	return seats
}

// StepVerdict says how a step stands: approved as soon as enough seats agree, refused as soon as
// enough can agree no longer (by one refusal, when all must), empty while it is open. The order of
// the answers does not matter, and a verdict that was given is never another one later. Where any one
// answers for all, the first answer decides, a refusal too.
func StepVerdict(approvals []Approval, step int) Decision {
	seats := Seats(approvals, step)
	yes, no := 0, 0
	for _, d := range seats {
		switch d {
		case DecisionApproved:
			yes++
		case DecisionRefused:
			no++
		}
	}
	asks := counted(approvals, step)
	need := asks.Wanted(len(seats))
	switch {
	case len(seats) == 0:
		return ""
	case no > 0 && !asks.All && asks.Need == 0:
		return DecisionRefused
	case yes >= need:
		return DecisionApproved
	case len(seats)-no < need:
		return DecisionRefused
	}
	return ""
}

// counted is how the answers of a step count.
func counted(approvals []Approval, step int) ApprovalStep {
	for _, a := range approvals {
		if a.Step == step && !a.Withdrawn {
			return ApprovalStep{All: a.All, Need: a.Need}
		}
	}
	return ApprovalStep{}
}

// Approver is who is asked at a step.
type Approver struct {
	PersonID ID
	ForID    ID // whom he or she answers for; empty: himself
	Chosen   ApproverSpec
}

// WithDeputies adds to the approvers of a step the deputies of those who are away. Nobody fills two
// seats, and whoever is barred (who asks, who has left) fills none.
func WithDeputies(approvers []Approver, away Absences, barred ...ID) []Approver {
	out := slices.Clone(approvers)
	for _, a := range approvers {
		deputy := away.Deputy(a.PersonID)
		known := func(x Approver) bool { return x.PersonID == deputy }
		if a.ForID == "" && deputy != "" && !slices.Contains(barred, deputy) && !slices.ContainsFunc(out, known) {
			out = append(out, Approver{deputy, a.PersonID, a.Chosen})
		}
	}
	return out
}

// Awaits reports whether the question still waits for its answer: nobody has filled its seat.
func (a Approval) Awaits(approvals []Approval) bool {
	return !a.Withdrawn && a.Decision == "" && Seats(approvals, a.Step)[a.Seat()] == ""
}

// Awaited lists the approvers of a step whose answer is still waited for.
func Awaited(approvals []Approval, step int) []ID {
	var out []ID
	for _, a := range approvals {
		if a.Step == step && a.Awaits(approvals) {
			out = append(out, a.ApproverID)
		}
	}
	return out
}

// ApprovalPlan holds the steps of a ticket as they stood when it was opened, and where the present
// step stands.
type ApprovalPlan struct {
	TicketID   ID
	Steps      []ApprovalStep
	AskedAt    time.Time // when the present step was put to its approvers
	RemindedAt time.Time
	ExpiresAt  time.Time // zero: for ever
	Passed     bool      // nobody answered in time: the fallback was asked
}

// Begin starts the clock of a step.
func (p *ApprovalPlan) Begin(step int, now time.Time) {
	p.AskedAt, p.RemindedAt, p.ExpiresAt, p.Passed = now, time.Time{}, time.Time{}, false
	if days := p.Step(step).Expire; days > 0 {
		p.ExpiresAt = now.AddDate(0, 0, days)
	}
}

// GoOn takes the wait up again after a time during which nobody could answer: that time does not count, and whoever
// has not answered is asked again now.
func (p *ApprovalPlan) GoOn(since, now time.Time) {
	away := now.Sub(since)
	p.AskedAt, p.RemindedAt = p.AskedAt.Add(away), now
	if !p.ExpiresAt.IsZero() {
		p.ExpiresAt = p.ExpiresAt.Add(away)
	}
}

// Step is a step from 1; the zero step when there is none.
func (p ApprovalPlan) Step(n int) ApprovalStep {
	if n < 1 || n > len(p.Steps) {
		return ApprovalStep{}
	}
	return p.Steps[n-1]
}

// RemindAt is when the present step is to be recalled next; zero: never.
func (p ApprovalPlan) RemindAt(step int) time.Time {
	days := p.Step(step).Remind
	if days == 0 {
		return time.Time{}
	}
	last := p.AskedAt
	if p.RemindedAt.After(last) {
		last = p.RemindedAt
	}
	at := last.AddDate(0, 0, days)
	if !p.ExpiresAt.IsZero() && !at.Before(p.ExpiresAt) {
		return time.Time{}
	}
	return at
}

// LookAt is when the present step is to be looked at next: for its reminder, for its end, and at least
// once a day because approvers leave and go away.
func (p ApprovalPlan) LookAt(step int, now time.Time) time.Time {
	at := now.AddDate(0, 0, 1)
	for _, other := range []time.Time{p.RemindAt(step), p.ExpiresAt} {
		if !other.IsZero() && other.Before(at) {
			at = other
		}
	}
	return at
}

// Expire is what becomes of a ticket whose approvers did not answer in time: refused, by the desk.
func (d *Desk) Expire(t Ticket, now time.Time) Step {
	flow, to := d.Flow(t), StateRejected
	if tr, ok := flow.Transition(ActionRefuse, t.State); ok && tr.To != "" {
		to = tr.To
	}
	after := t
	d.enter(&after, to, flow, now)
	after.UpdatedAt = now
	return Step{after, Event{TicketID: t.ID, At: now, Channel: ChannelSystem, Kind: EventApprovalExpired, Changes: Diff(t, after)}}
}

// Owner is the owner of a service: its own, or the nearest ancestor's.
func (d *Desk) Owner(service ID) ID {
	for _, s := range d.ServicePath(service) {
		if owner := d.Services[s].OwnerID; owner != "" {
			return owner
		}
	}
	return ""
}
