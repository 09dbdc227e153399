package api

import (
	"context"
	"net/http"
	"time"

	"guichet"
	"guichet/internal/ticketing"
)

func (f *face) exchangeRoutes() {
	register(f, route{id: "follow_up", method: http.MethodPost, path: "/tickets/{number}/follow-ups", tag: "exchange",
		status: http.StatusCreated, errors: writeErrors}, f.followUp)
	register(f, route{id: "add_task", method: http.MethodPost, path: "/tickets/{number}/tasks", tag: "exchange",
		status: http.StatusCreated, errors: writeErrors}, f.addTask)
	register(f, route{id: "finish_task", method: http.MethodPost, path: "/tickets/{number}/tasks/{id}/done", tag: "exchange",
		status: http.StatusNoContent, errors: writeErrors}, f.finishTask)
}

// NewFollowUp is a message to add.
type NewFollowUp struct {
	Text     string `json:"text"`
	Internal bool   `json:"internal,omitempty"`
}

type followUpInput struct {
	Number int64  `path:"number" minimum:"1"`
	Key    string `header:"Idempotency-Key" pattern:"^[!-~]{1,200}$"`
	Body   NewFollowUp
}

// Said is a message that was added: on the ticket, or, when that one was closed, on the new ticket
// that follows on.
type Said struct {
	Number    int64         `json:"number"`
	State     guichet.State `json:"state"`
	FollowOn  bool          `json:"follow_on"`
	Event     Event         `json:"event"`
	Documents []Document    `json:"documents,omitempty" nullable:"false"`
}

type saidOutput struct {
	Location string `header:"Location"`
	Body     Said
}

func (f *face) followUp(ctx context.Context, actor guichet.Actor, in *followUpInput) (*saidOutput, error) {
	said, err := f.Desk.FollowUp(ctx, actor, in.Number,
		ticketing.FollowUp{Text: in.Body.Text, Internal: in.Body.Internal, Key: in.Key})
	if err != nil {
		return nil, err
	}
	return f.said(ctx, actor, said)
}

func (f *face) said(ctx context.Context, actor guichet.Actor, said ticketing.Said) (*saidOutput, error) {
	desk, err := f.Desk.Config(ctx)
	if err != nil {
		return nil, err
	}
	handles, err := f.Desk.Handles(ctx, actor, said.Ticket)
	if err != nil {
		return nil, err
	}
	s := shown{desk, map[guichet.ID]string{actor.Person.ID: actor.Person.Name()}, handles}
	event := s.event(said.Event, desk.Flow(said.Ticket))
	return &saidOutput{address(said.Ticket.Number), Said{Number: said.Ticket.Number, State: said.Ticket.State,
		FollowOn: said.FollowOn, Event: event}}, nil
}

// NewTask is a task to add.
type NewTask struct {
	Title      string    `json:"title"`
	Technician string    `json:"technician,omitempty"`
	Due        time.Time `json:"due,omitzero"`
	Minutes    int       `json:"minutes,omitempty"`
}

type addTaskInput struct {
	Number int64 `path:"number" minimum:"1"`
	Body   NewTask
}

type taskOutput struct {
	Location string `header:"Location"`
	Body     Task
}

func (f *face) addTask(ctx context.Context, actor guichet.Actor, in *addTaskInput) (*taskOutput, error) {
	technician, err := f.Directory.Identify(ctx, in.Body.Technician)
	if err != nil {
		return nil, err
	}
	t, err := f.Desk.AddTask(ctx, actor, in.Number, ticketing.NewTask{Title: in.Body.Title, AssigneeID: technician,
		DueAt: in.Body.Due, Minutes: in.Body.Minutes})
	if err != nil {
		return nil, err
	}
	names, err := f.Directory.Names(ctx, t.AssigneeID)
	return &taskOutput{address(in.Number), shown{names: names}.task(t)}, err
}

type finishTaskInput struct {
	Number int64      `path:"number" minimum:"1"`
	ID     guichet.ID `path:"id"`
}

func (f *face) finishTask(ctx context.Context, actor guichet.Actor, in *finishTaskInput) (*struct{}, error) {
	return nil, f.Desk.FinishTask(ctx, actor, in.Number, in.ID)
}
