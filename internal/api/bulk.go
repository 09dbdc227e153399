package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"guichet"
	"guichet/internal/ticketing"
)

func (f *face) bulkRoutes() {
	start := func(id, path string, status int) route {
		return route{id: id, method: http.MethodPost, path: "/bulk-acts" + path, tag: "tickets", status: status, errors: writeErrors}
	}
	register(f, route{id: "bulk_acts", method: http.MethodGet, path: "/bulk-acts", tag: "tickets"}, f.bulkActs)
	register(f, start("start_bulk", "", http.StatusAccepted), f.startBulk)
	register(f, start("preview_bulk", "/preview", http.StatusOK), f.previewBulk)
	register(f, route{id: "bulk_act", method: http.MethodGet, path: "/bulk-acts/{id}", tag: "tickets", errors: findErrors}, f.bulkAct)
	register(f, start("stop_bulk", "/{id}/stop", http.StatusOK), f.stopBulk)
	register(f, start("undo_bulk", "/{id}/undo", http.StatusAccepted), f.undoBulk)
}

// BulkToDo is what is done to many tickets at once: to those that are named, or to those that a query finds.
type BulkToDo struct {
	Act           string           `json:"act" enum:"claim,assign,qualify,hold,resume,resolve,close,follow_up,note,tag,untag,link"`
	Tickets       []int64          `json:"tickets,omitempty" nullable:"false" maxItems:"1000"`
	Q             string           `json:"q,omitempty"`
	Reason        string           `json:"reason,omitempty"`
	Solution      string           `json:"solution,omitempty"`
	Text          string           `json:"text,omitempty"`
	Template      guichet.ID       `json:"template,omitempty"`
	Tag           string           `json:"tag,omitempty"`
	Service       guichet.ID       `json:"service,omitempty"`
	Urgency       guichet.Grade    `json:"urgency,omitempty" enum:"low,medium,high"`
	Impact        guichet.Grade    `json:"impact,omitempty" enum:"low,medium,high"`
	Team          guichet.ID       `json:"team,omitempty"`
	Technician    string           `json:"technician,omitempty"`
	PendingReason string           `json:"pending_reason,omitempty"`
	Until         time.Time        `json:"until,omitzero"`
	Relation      guichet.Relation `json:"relation,omitempty" enum:"child_of,caused_by,duplicate_of,related"`
	Other         int64            `json:"other,omitempty" minimum:"1"`
	Follow        bool             `json:"follow,omitempty"`
}

// bulkTakes lists the fields that each act on many tickets reads, beside the tickets.
var bulkTakes = map[string][]string{
	"claim": nil, "assign": {"team", "technician", "reason"}, "qualify": {"service", "urgency", "impact", "reason"},
	"hold": {"pending_reason", "until", "reason"}, "resume": {"reason"}, "resolve": {"solution", "template"}, "close": {"reason"},
	"follow_up": {"text", "template"}, "note": {"text"}, "tag": {"tag"}, "untag": {"tag"}, "link": {"relation", "other", "follow"},
}

// check refuses fields that the act does not read: what would be dropped in silence was not meant.
func (b BulkToDo) check() error {
	var p guichet.Problems
	for _, g := range []given{
		{"reason", b.Reason != ""}, {"solution", b.Solution != ""}, {"text", b.Text != ""}, {"template", b.Template != ""}, {"tag", b.Tag != ""},
		{"service", b.Service != ""}, {"urgency", b.Urgency != ""}, {"impact", b.Impact != ""}, {"team", b.Team != ""},
		{"technician", b.Technician != ""}, {"pending_reason", b.PendingReason != ""}, {"until", !b.Until.IsZero()},
		{"relation", b.Relation != ""}, {"other", b.Other != 0}, {"follow", b.Follow},
	} {
		if g.set && !slices.Contains(bulkTakes[b.Act], g.field) {
			p.Add(g.field, "field.unknown")
		}
	}
	return p.Err()
}

// bulk reads what is asked for, with the query and the names that it holds, for who may ask.
func (f *face) bulk(ctx context.Context, actor guichet.Actor, b BulkToDo) (ticketing.NewBulk, error) {
	if err := ticketing.MayBulk(actor); err != nil {
		return ticketing.NewBulk{}, err
	}
	var p guichet.Problems
	p.Merge(b.check())
	query := parsed(b.Q, &p)
	if err := p.Err(); err != nil {
		return ticketing.NewBulk{}, err
	}
	technician, err := f.Directory.Identify(ctx, b.Technician)
	act := guichet.Act{Text: cmp.Or(b.Solution, b.Reason), ServiceID: b.Service, Urgency: b.Urgency, Impact: b.Impact, TeamID: b.Team,
		AssigneeID: technician, PendingReason: b.PendingReason, Until: b.Until}
	return ticketing.NewBulk{Numbers: b.Tickets, Query: query, Deed: ticketing.Deed{What: b.Act, Act: act, Text: b.Text, Tag: b.Tag,
		Template: b.Template, Base: f.BaseURL, Relation: b.Relation, Other: b.Other, Follow: b.Follow}}, err
}

// BulkAct is an act on many tickets, and how far it has come.
type BulkAct struct {
	ID        guichet.ID       `json:"id"`
	Act       string           `json:"act"`
	State     string           `json:"bulk_state" enum:"draft,running,done,cancelled"`
	Chosen    int              `json:"chosen"`
	Waiting   int              `json:"waiting"`
	Changed   int              `json:"changed"`
	Unchanged int              `json:"unchanged"`
	Refused   []RefusedTickets `json:"refused" nullable:"false"`
	Cut       bool             `json:"cut,omitempty"`
	Undoable  bool             `json:"undoable"`
	UndoOf    guichet.ID       `json:"undo_of,omitempty"`
	UndoneBy  guichet.ID       `json:"undone_by,omitempty"`
	CreatedAt time.Time        `json:"created_at"`
	EndedAt   time.Time        `json:"ended_at,omitzero"`
}

// RefusedTickets are tickets that are refused for one reason.
type RefusedTickets struct {
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Tickets []int64 `json:"tickets" nullable:"false"`
}

func (f *face) refused(ctx context.Context, list []ticketing.Refusal) []RefusedTickets {
	out := []RefusedTickets{}
	for _, r := range list {
		p := f.problem(ctx, r.Err)
		x := RefusedTickets{p.Code, p.Detail, r.Numbers}
		if len(p.Errors) > 0 {
			x.Code, x.Message = p.Errors[0].Code, p.Errors[0].Message
		}
		out = append(out, x)
	}
	return out
}

func (f *face) bulkOf(ctx context.Context, b ticketing.Bulk) BulkAct {
	return BulkAct{ID: b.ID, Act: b.Deed.What, State: b.State, Chosen: len(b.Items), Waiting: b.Count(""), Changed: b.Done(), Unchanged: b.Same(),
		Refused: f.refused(ctx, b.Refusals()), Cut: b.Deed.Cut, Undoable: b.Undoable(), UndoOf: b.UndoOf, UndoneBy: b.UndoneBy, CreatedAt: utc(b.CreatedAt), EndedAt: utc(b.EndedAt)}
}

type startBulkInput struct {
	Key  string `header:"Idempotency-Key" pattern:"^[!-~]{1,200}$"`
	Body BulkToDo
}

type bulkOutput struct {
	Location string `header:"Location"`
	Body     BulkAct
}

// follow answers with an act as it stands now.
func (f *face) follow(ctx context.Context, actor guichet.Actor, id guichet.ID) (*bulkOutput, error) {
	b, err := f.Desk.BulkOf(ctx, actor, id)
	return &bulkOutput{prefix + "/bulk-acts/" + string(id), f.bulkOf(ctx, b)}, err
}

func (f *face) startBulk(ctx context.Context, actor guichet.Actor, in *startBulkInput) (*bulkOutput, error) {
	todo, err := f.bulk(ctx, actor, in.Body)
	if err != nil {
		return nil, err
	}
	todo.Key = in.Key
	id, err := f.Desk.StartBulk(ctx, actor, todo)
	if err != nil {
		return nil, err
	}
	return f.follow(ctx, actor, id)
}

// BulkPreview is what an act on many tickets would do.
type BulkPreview struct {
	Changed   int              `json:"changed"`
	Unchanged int              `json:"unchanged"`
	Refused   []RefusedTickets `json:"refused" nullable:"false"`
	Followers int              `json:"followers,omitempty"`
	Messages  int              `json:"public_messages,omitempty"`
	Cut       bool             `json:"cut,omitempty"`
}

type previewBulkInput struct{ Body BulkToDo }

type bulkPreviewOutput struct{ Body BulkPreview }

func (f *face) previewBulk(ctx context.Context, actor guichet.Actor, in *previewBulkInput) (*bulkPreviewOutput, error) {
	todo, err := f.bulk(ctx, actor, in.Body)
	if err != nil {
		return nil, err
	}
	x, err := f.Desk.PreviewBulk(ctx, actor, todo)
	return &bulkPreviewOutput{BulkPreview{x.Will, x.Same, f.refused(ctx, x.Refusals), x.Followers, x.Messages, x.Cut}}, err
}

func (f *face) bulkAct(ctx context.Context, actor guichet.Actor, in *idInput) (*bulkOutput, error) {
	return f.follow(ctx, actor, in.ID)
}

func (f *face) stopBulk(ctx context.Context, actor guichet.Actor, in *idInput) (*bulkOutput, error) {
	if err := f.Desk.StopBulk(ctx, actor, in.ID); err != nil {
		return nil, err
	}
	return f.follow(ctx, actor, in.ID)
}

func (f *face) undoBulk(ctx context.Context, actor guichet.Actor, in *idInput) (*bulkOutput, error) {
	undo, err := f.Desk.UndoBulk(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return f.follow(ctx, actor, undo)
}

// BulkActs are the last acts of the caller on many tickets.
type BulkActs struct {
	Acts []BulkInShort `json:"bulk_acts" nullable:"false"`
}

// BulkInShort is one of them, without its tickets.
type BulkInShort struct {
	ID        guichet.ID `json:"id"`
	Act       string     `json:"act"`
	State     string     `json:"bulk_state" enum:"draft,running,done,cancelled"`
	CreatedAt time.Time  `json:"created_at"`
	EndedAt   time.Time  `json:"ended_at,omitzero"`
}

type bulkActsOutput struct{ Body BulkActs }

func (f *face) bulkActs(ctx context.Context, actor guichet.Actor, _ *struct{}) (*bulkActsOutput, error) {
	list, err := f.Desk.Bulks(ctx, actor)
	out := BulkActs{[]BulkInShort{}}
	for _, b := range list {
		out.Acts = append(out.Acts, BulkInShort{b.ID, b.Deed.What, b.State, utc(b.CreatedAt), utc(b.EndedAt)})
	}
	return &bulkActsOutput{out}, err
}
