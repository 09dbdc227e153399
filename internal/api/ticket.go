package api

import (
	"context"
	"slices"
	"time"

	"guichet"
	"guichet/internal/ticketing"
)

// TicketDetail is a ticket with its timeline. Who does not handle it gets neither internal messages
// and files nor tasks.
type TicketDetail struct {
	Ticket
	Description       string            `json:"description"`
	OpenedBy          *Ref              `json:"opened_by,omitempty"`
	Observers         []Ref             `json:"observers,omitempty" nullable:"false"`
	Offering          *Ref              `json:"offering,omitempty"`
	Answers           []guichet.Answer  `json:"answers,omitempty" nullable:"false"`
	Phone             string            `json:"phone,omitempty"`
	WorkPlace         guichet.WorkPlace `json:"work_place,omitempty"`
	Location          string            `json:"location,omitempty"`
	PendingReasonName string            `json:"pending_reason_name,omitempty"`
	Solution          string            `json:"solution,omitempty"`
	AffectedService   *Ref              `json:"affected_service,omitempty"`
	ContactedAt       time.Time         `json:"contacted_at,omitzero"`
	ResolvedAt        time.Time         `json:"resolved_at,omitzero"`
	ClosedAt          time.Time         `json:"closed_at,omitzero"`
	Reopened          int               `json:"reopened,omitempty"`
	RatingTime        int               `json:"rating_time,omitempty"`
	RatingAnswers     int               `json:"rating_answers,omitempty"`
	RatingComment     string            `json:"rating_comment,omitempty"`
	Actions           []Action          `json:"actions" nullable:"false"`
	Approvals         []Approval        `json:"approvals,omitempty" nullable:"false"`
	ApprovalSteps     []ApprovalStep    `json:"approval_steps,omitempty" nullable:"false"`
	Documents         []Document        `json:"documents,omitempty" nullable:"false"`
	Tasks             []Task            `json:"tasks,omitempty" nullable:"false"`
	Links             []Link            `json:"links,omitempty" nullable:"false"`
	ServiceLevel      *Ref              `json:"service_level,omitempty"`
	Deadlines         []Deadline        `json:"deadlines,omitempty" nullable:"false"`
	Timeline          []Event           `json:"timeline" nullable:"false"`
	Before            int64             `json:"before,omitempty"`
}

// Action is what the caller may do to a ticket now.
type Action struct {
	Action   guichet.Action        `json:"action"`
	Label    string                `json:"label,omitempty"`
	Requires []guichet.Requirement `json:"requires,omitempty" nullable:"false"`
}

// Approval is the question put to one approver, and the answer once it is given.
type Approval struct {
	Step      int              `json:"step"`
	StepName  string           `json:"step_name"`
	Approver  *Ref             `json:"approver"`
	For       *Ref             `json:"for,omitempty"`
	Withdrawn bool             `json:"withdrawn,omitempty"`
	AwaitsYou bool             `json:"awaits_you"`
	Decision  guichet.Decision `json:"decision,omitempty"`
	Reason    string           `json:"reason,omitempty"`
	AskedAt   time.Time        `json:"asked_at"`
	DecidedAt time.Time        `json:"decided_at,omitzero"`
}

// ApprovalStep is a step of the approval of a ticket, as it stood when the ticket was opened.
type ApprovalStep struct {
	Step       int              `json:"step"`
	Name       string           `json:"name"`
	Need       int              `json:"need"`
	Asked      int              `json:"asked"`
	Verdict    guichet.Decision `json:"verdict,omitempty"`
	AskedAt    time.Time        `json:"asked_at,omitzero"`
	RemindedAt time.Time        `json:"reminded_at,omitzero"`
	RemindAt   time.Time        `json:"remind_at,omitzero"`
	ExpiresAt  time.Time        `json:"expires_at,omitzero"`
}

// Document is a file of a ticket.
type Document struct {
	ID        guichet.ID `json:"id"`
	Event     guichet.ID `json:"event"`
	Name      string     `json:"name"`
	MediaType string     `json:"media_type"`
	Size      int64      `json:"size"`
	SHA256    string     `json:"sha256"`
	Internal  bool       `json:"internal"`
	CreatedAt time.Time  `json:"created_at"`
}

// Task is a piece of work of a ticket.
type Task struct {
	ID         guichet.ID `json:"id"`
	Title      string     `json:"title"`
	Technician *Ref       `json:"technician,omitempty"`
	Due        time.Time  `json:"due,omitzero"`
	Minutes    int        `json:"minutes,omitempty"`
	DoneAt     time.Time  `json:"done_at,omitzero"`
	DoneBy     *Ref       `json:"done_by,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
}

// Link is another ticket that belongs with this one.
type Link struct {
	Number  int64            `json:"number"`
	Title   string           `json:"title"`
	State   guichet.State    `json:"state"`
	Kind    guichet.LinkKind `json:"kind"`
	Outward bool             `json:"outward"`
}

type viewInput struct {
	Number int64 `path:"number" minimum:"1"`
	Before int64 `query:"before" minimum:"1"`
}

type viewOutput struct{ Body TicketDetail }

func (f *face) viewTicket(ctx context.Context, actor guichet.Actor, in *viewInput) (*viewOutput, error) {
	v, err := f.Desk.View(ctx, actor, in.Number, in.Before)
	if err != nil {
		return nil, err
	}
	return &viewOutput{detail(v)}, nil
}

// detail is a view in JSON.
func detail(v ticketing.View) TicketDetail {
	s, t := shown{v.Desk, names(v), v.Agent}, v.Ticket
	reason, _ := v.Desk.Flow(t).Reason(t.PendingReason)
	d := TicketDetail{Ticket: s.ticket(t), Description: t.Description, OpenedBy: s.person(t.OpenedByID),
		Observers: s.observers(v.Parties), Offering: ref(t.OfferingID, v.Desk.Offerings[t.OfferingID].Name),
		Answers: t.Answers, Phone: t.Phone, WorkPlace: t.WorkPlace, Location: t.Location, PendingReasonName: reason.Name,
		Solution: t.Solution, AffectedService: s.service(t.AffectedID), ContactedAt: utc(t.ContactedAt),
		ResolvedAt: utc(t.ResolvedAt), ClosedAt: utc(t.ClosedAt), Reopened: t.Reopened, RatingTime: t.RatingTime,
		RatingAnswers: t.RatingAnswers, RatingComment: t.RatingComment, Actions: actions(v.Actions),
		Approvals: s.approvals(v), ApprovalSteps: approvalSteps(v), Documents: documents(v.Documents), Tasks: s.tasks(v.Tasks), Links: links(v.Links),
		ServiceLevel: ref(v.Clock.Level.ID, v.Clock.Level.Name), Deadlines: deadlines(v), Timeline: s.timeline(v)}
	if v.More && len(v.Events) > 0 {
		d.Before = v.Events[0].Seq
	}
	return d
}

func names(v ticketing.View) map[guichet.ID]string {
	out := make(map[guichet.ID]string, len(v.People))
	for id, p := range v.People {
		out[id] = p.Name()
	}
	return out
}

func (s shown) observers(parties []guichet.Party) []Ref {
	var out []Ref
	for _, p := range parties {
		if p.Role == guichet.PartyObserver {
			out = append(out, *s.person(p.PersonID))
		}
	}
	return out
}

func actions(list []guichet.Transition) []Action {
	out := []Action{}
	for _, tr := range list {
		out = append(out, Action{tr.Action, tr.Label, tr.Requires})
	}
	return out
}

func (s shown) approvals(v ticketing.View) []Approval {
	var out []Approval
	for _, a := range v.Approvals {
		out = append(out, Approval{Step: a.Step, StepName: a.StepName, Approver: s.person(a.ApproverID), For: s.person(a.ForID), Withdrawn: a.Withdrawn || v.Merge != nil && a.Decision == "",
			AwaitsYou: a.ID == v.Approval.ID, Decision: a.Decision, Reason: a.Reason, AskedAt: utc(a.AskedAt),
			DecidedAt: utc(a.DecidedAt)})
	}
	return out
}

// approvalSteps says where each step stands; the dates are those of the present one.
func approvalSteps(v ticketing.View) []ApprovalStep {
	var out []ApprovalStep
	for i, step := range v.Plan.Steps {
		n := i + 1
		asked := len(guichet.Seats(v.Approvals, n))
		shown := ApprovalStep{Step: n, Name: step.Name, Asked: asked, Need: step.Wanted(asked), Verdict: guichet.StepVerdict(v.Approvals, n)}
		if n == v.Ticket.ApprovalStep {
			shown.AskedAt, shown.RemindedAt = utc(v.Plan.AskedAt), utc(v.Plan.RemindedAt)
			shown.RemindAt, shown.ExpiresAt = utc(v.Plan.RemindAt(n)), utc(v.Plan.ExpiresAt)
		}
		out = append(out, shown)
	}
	return out
}

func documents(list []guichet.Document) []Document {
	var out []Document
	for _, d := range list {
		out = append(out, Document{ID: d.ID, Event: d.EventID, Name: d.Name, MediaType: d.MediaType, Size: d.Size,
			SHA256: d.Hash, Internal: d.Internal, CreatedAt: utc(d.CreatedAt)})
	}
	return out
}

func (s shown) tasks(list []guichet.Task) []Task {
	var out []Task
	for _, t := range list {
		out = append(out, s.task(t))
	}
	return out
}

func (s shown) task(t guichet.Task) Task {
	return Task{ID: t.ID, Title: t.Title, Technician: s.person(t.AssigneeID), Due: utc(t.DueAt), Minutes: t.Minutes,
		DoneAt: utc(t.DoneAt), DoneBy: s.person(t.DoneByID), CreatedAt: utc(t.CreatedAt)}
}

func links(list []ticketing.Linked) []Link {
	var out []Link
	for _, l := range list {
		out = append(out, Link{l.Number, l.Title, l.State, l.Kind, l.Outward})
	}
	return out
}

// Event is what happened to a ticket. Without who, the desk itself did it.
type Event struct {
	ID       guichet.ID        `json:"id"`
	Seq      int64             `json:"seq"`
	At       time.Time         `json:"at"`
	Who      *Ref              `json:"who,omitempty"`
	Channel  guichet.Channel   `json:"channel"`
	Kind     guichet.EventKind `json:"kind"`
	Internal bool              `json:"internal"`
	Text     string            `json:"text,omitempty"`
	Changes  []Change          `json:"changes,omitempty" nullable:"false"`
	Why      []string          `json:"why,omitempty" nullable:"false"`
}

// Change is a field of a ticket before and after: the values that the API takes, and their names where
// they are identifiers.
type Change struct {
	Field    string `json:"field"`
	From     string `json:"from,omitempty"`
	To       string `json:"to,omitempty"`
	FromName string `json:"from_name,omitempty"`
	ToName   string `json:"to_name,omitempty"`
}

func (s shown) timeline(v ticketing.View) []Event {
	out := []Event{}
	for _, e := range v.Events {
		out = append(out, s.event(e, v.Desk.Flow(v.Ticket)))
	}
	return out
}

func (s shown) event(e guichet.Event, flow guichet.Workflow) Event {
	return Event{ID: e.ID, Seq: e.Seq, At: utc(e.At), Who: s.person(e.ActorID), Channel: e.Channel, Kind: e.Kind,
		Internal: e.Internal, Text: e.Text, Changes: s.changes(e.Changes, flow), Why: e.Why}
}

// workFields are the changes that only who handles tickets is told.
var workFields = []string{"impact", "level", "tags"}

func (s shown) changes(list []guichet.Change, flow guichet.Workflow) []Change {
	var out []Change
	for _, c := range list {
		if s.agent || !slices.Contains(workFields, c.Field) {
			out = append(out, Change{c.Field, c.From, c.To, s.named(c.Field, c.From, flow), s.named(c.Field, c.To, flow)})
		}
	}
	return out
}

// named is the name of what a value of a change identifies.
func (s shown) named(field, value string, flow guichet.Workflow) string {
	switch field {
	case "service", "affected":
		return s.desk.ServiceName(guichet.ID(value))
	case "team":
		return s.desk.Teams[guichet.ID(value)].Name
	case "technician":
		return s.names[guichet.ID(value)]
	case "pending_reason":
		reason, _ := flow.Reason(value)
		return reason.Name
	}
	return ""
}
