package api

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"guichet"
)

// Act is what an action is given. Each action takes the fields that it needs and refuses the others.
type Act struct {
	Reason        string        `json:"reason,omitempty"`
	Solution      string        `json:"solution,omitempty"`
	Kind          guichet.Kind  `json:"kind,omitempty" enum:"incident,request,problem"`
	Service       guichet.ID    `json:"service,omitempty"`
	Urgency       guichet.Grade `json:"urgency,omitempty" enum:"low,medium,high"`
	Impact        guichet.Grade `json:"impact,omitempty" enum:"low,medium,high"`
	Team          guichet.ID    `json:"team,omitempty"`
	Technician    string        `json:"technician,omitempty"`
	Level         guichet.Level `json:"level,omitempty" enum:"N1,N2,N3,R&D"`
	PendingReason string        `json:"pending_reason,omitempty"`
	Until         time.Time     `json:"until,omitzero"`
	RatingTime    int           `json:"rating_time,omitempty"`
	RatingAnswers int           `json:"rating_answers,omitempty"`
	Version       int64         `json:"version,omitempty"`
}

// actID names the operation that performs actions.
const actID = "act"

type actInput struct {
	Number int64          `path:"number" minimum:"1"`
	Action guichet.Action `path:"action" enum:"approve,refuse,qualify,assign,claim,hold,resume,escalate,resolve,validate,reject-solution,reopen,close,cancel,rate"`
	Body   *Act
}

type actOutput struct{ Body Ticket }

func (f *face) act(ctx context.Context, actor guichet.Actor, in *actInput) (*actOutput, error) {
	var b Act
	if in.Body != nil {
		b = *in.Body
	}
	if err := b.check(in.Action); err != nil {
		return nil, err
	}
	technician, err := f.Directory.Identify(ctx, b.Technician)
	if err != nil {
		return nil, err
	}
	t, err := f.Desk.Do(ctx, actor, in.Number, guichet.Act{Action: in.Action, Text: cmp.Or(b.Solution, b.Reason),
		Kind: b.Kind, ServiceID: b.Service, Urgency: b.Urgency, Impact: b.Impact, TeamID: b.Team, AssigneeID: technician,
		Level: b.Level, PendingReason: b.PendingReason, Until: b.Until, RatingTime: b.RatingTime,
		RatingAnswers: b.RatingAnswers, Version: b.Version})
	if err != nil {
		return nil, f.byWhom(ctx, err)
	}
	short, err := f.short(ctx, actor, t)
	return &actOutput{short}, err
}

// byWhom adds to the refusal of a claim the name of who was quicker (A4).
func (f *face) byWhom(ctx context.Context, err error) error {
	var e *guichet.Error
	if !errors.As(err, &e) || e.Code != "ticket.claimed" {
		return err
	}
	who, _ := e.Args["PersonID"].(string)
	names, finding := f.Directory.Names(ctx, guichet.ID(who))
	if finding != nil || names[guichet.ID(who)] == "" {
		return err
	}
	named := *e
	named.Args = maps.Clone(e.Args)
	named.Args["Name"] = names[guichet.ID(who)]
	return &named
}

// takes lists the fields that each action reads, beside the version.
var takes = map[guichet.Action][]string{
	guichet.ActionApprove:        {"reason"},
	guichet.ActionRefuse:         {"reason"},
	guichet.ActionQualify:        {"reason", "kind", "service", "urgency", "impact"},
	guichet.ActionAssign:         {"reason", "kind", "team", "technician", "level"},
	guichet.ActionClaim:          {"reason"},
	guichet.ActionHold:           {"reason", "pending_reason", "until"},
	guichet.ActionResume:         {"reason"},
	guichet.ActionEscalate:       {"reason", "kind", "team", "technician", "level"},
	guichet.ActionResolve:        {"solution", "service"},
	guichet.ActionValidate:       {"reason", "rating_time", "rating_answers"},
	guichet.ActionRejectSolution: {"reason"},
	guichet.ActionReopen:         {"reason"},
	guichet.ActionClose:          {"reason"},
	guichet.ActionCancel:         {"reason"},
	guichet.ActionRate:           {"reason", "rating_time", "rating_answers"},
}

// given is a field of a request, and whether it holds something.
type given struct {
	field string
	set   bool
}

// check refuses fields that the action does not read: what would be dropped in silence was not meant.
func (b Act) check(action guichet.Action) error {
	fields := []given{
		{"reason", b.Reason != ""}, {"solution", b.Solution != ""}, {"kind", b.Kind != ""}, {"service", b.Service != ""},
		{"urgency", b.Urgency != ""}, {"impact", b.Impact != ""}, {"team", b.Team != ""},
		{"technician", b.Technician != ""}, {"level", b.Level != ""}, {"pending_reason", b.PendingReason != ""},
		{"until", !b.Until.IsZero()}, {"rating_time", b.RatingTime != 0}, {"rating_answers", b.RatingAnswers != 0},
	}
	var p guichet.Problems
	for _, g := range fields {
		if g.set && !slices.Contains(takes[action], g.field) {
			p.Add(g.field, "field.unknown")
		}
	}
	return p.Err()
}
