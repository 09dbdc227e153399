package thread

import (
	"time"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/site"
)

// Stage is a step of an approval as it is shown.
type Stage struct {
	Name    string
	State   string // done, now, next or ended
	Need    string // how many must agree
	Seats   []Seat
	Gone    []Seat   // whose question no longer counts
	Planned []string // who will be asked, of a step to come
	Dates   []string // reminders and end, of the present step
	Why     []string // why these approvers
}

// Seat is an answer that is waited for or was given, and who may give it.
type Seat struct {
	Name     string // whose seat it is
	Deputy   string // who answers or answered instead
	Decision guichet.Decision
	At       time.Time
	Reason   string
	Over     bool // it is waited for no more
}

// Stages tells the approval of a ticket, step by step; nothing for one that asks for no agreement.
func Stages(q *site.Request, v ticketing.View) []Stage {
	if len(v.Approvals) == 0 {
		return nil
	}
	t := stager{q, v}
	var out []Stage
	for n := 1; n <= max(len(v.Plan.Steps), v.Approvals[len(v.Approvals)-1].Step); n++ {
		out = append(out, t.stage(n))
	}
	return out
}

type stager struct {
	q *site.Request
	v ticketing.View
}

func (t stager) stage(n int) Stage {
	step, present := t.v.Plan.Step(n), t.v.Ticket.ApprovalStep
	s := Stage{Name: step.Name, State: "next"}
	seats := map[guichet.ID]int{}
	for _, a := range t.v.Approvals {
		switch {
		case a.Step != n:
			continue
		case a.Withdrawn:
			s.Gone = append(s.Gone, t.seat(Seat{Name: t.name(a.ApproverID)}, a))
		default:
			i, known := seats[a.Seat()]
			if !known {
				i = len(s.Seats)
				seats[a.Seat()], s.Seats = i, append(s.Seats, Seat{Name: t.name(a.Seat())})
			}
			s.Seats[i] = t.seat(s.Seats[i], a)
			s.Why = added(s.Why, t.why(a.Chosen))
		}
		s.Name = a.StepName
	}
	s.State = t.state(n)
	for i := range s.Seats {
		s.Seats[i].Over = s.Seats[i].Decision == "" && s.State != "now"
	}
	switch {
	case len(s.Seats) == 0:
		for _, spec := range step.Approvers {
			s.Planned = added(s.Planned, t.why(spec))
		}
	case n == present:
		s.Dates = t.dates(step)
	case s.State == "ended" && t.v.Merge != nil:
		s.Dates = []string{t.q.P.T("approval.merged")}
	}
	s.Need = t.need(n, len(s.Seats), step)
	return s
}

// seat adds to a seat what one of its questions says.
func (t stager) seat(s Seat, a guichet.Approval) Seat {
	if a.ForID != "" && (a.Decision != "" || s.Decision == "") {
		s.Deputy = t.name(a.ApproverID)
	}
	if a.Decision != "" {
		s.Decision, s.At, s.Reason = a.Decision, a.DecidedAt, a.Reason
		if a.ForID == "" {
			s.Deputy = ""
		}
	}
	return s
}

// state says where a step stands: its verdict, or else whether it is waited for.
func (t stager) state(n int) string {
	switch verdict := guichet.StepVerdict(t.v.Approvals, n); {
	case verdict == guichet.DecisionApproved:
		return "done"
	case verdict == guichet.DecisionRefused:
		return "ended"
	case n == t.v.Ticket.ApprovalStep:
		return "now"
	case t.v.Ticket.State != guichet.StateAwaitingApproval:
		return "ended"
	}
	return "next"
}

// need says how many must agree.
func (t stager) need(n, seats int, step guichet.ApprovalStep) string {
	for _, a := range t.v.Approvals {
		if a.Step == n && !a.Withdrawn {
			step.All, step.Need = a.All, a.Need
		}
	}
	switch {
	case seats == 1:
		return ""
	case step.All:
		return t.q.P.T("stage.all")
	case seats == 0 && step.Need > 1:
		return t.q.P.T("stage.need", "Need", step.Need)
	case step.Need > 1:
		return t.q.P.T("stage.need_of", "Need", step.Need, "All", seats)
	case step.Need == 1:
		return t.q.P.T("stage.one")
	}
	return t.q.P.T("stage.any")
}

// dates are when it was and will be recalled, and when it ends how.
func (t stager) dates(step guichet.ApprovalStep) []string {
	p, plan := t.q.P, t.v.Plan
	var out []string
	if !plan.RemindedAt.IsZero() {
		out = append(out, p.T("stage.reminded", "Date", p.DateTime(plan.RemindedAt)))
	}
	if at := plan.RemindAt(t.v.Ticket.ApprovalStep); !at.IsZero() {
		out = append(out, p.T("stage.remind", "Date", p.DateTime(at)))
	}
	if plan.ExpiresAt.IsZero() {
		return out
	}
	if len(step.Fallback) > 0 && !plan.Passed {
		return append(out, p.T("stage.passes", "Date", p.DateTime(plan.ExpiresAt), "Who", t.why(step.Fallback[0])))
	}
	return append(out, p.T("stage.expires", "Date", p.DateTime(plan.ExpiresAt)))
}

// why says by what somebody is an approver.
func (t stager) why(a guichet.ApproverSpec) string {
	p, desk := t.q.P, t.v.Desk
	switch {
	case a.Team != "":
		return p.T("stage.why.team", "Team", desk.Teams[a.Team].Name)
	case a.Role != "":
		return p.T("stage.why.role", "Role", desk.Roles[a.Role].Name, "Organisation", desk.Organisations[t.v.Ticket.OrganisationID].Name)
	case a.Owner:
		return p.T("stage.why.owner", "Service", desk.ServiceName(t.v.Ticket.ServiceID))
	}
	return p.T("stage.why.person")
}

func (t stager) name(id guichet.ID) string { return t.v.People[id].Name() }

func added(list []string, text string) []string {
	for _, known := range list {
		if known == text {
			return list
		}
	}
	return append(list, text)
}
