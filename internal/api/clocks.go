package api

import (
	"context"
	"net/http"
	"time"

	"guichet"
	"guichet/internal/ticketing"
)

// clockRoutes are what changes the clocks of a ticket afterwards, and its points to check.
func (f *face) clockRoutes() {
	register(f, route{id: "contacted", method: http.MethodPost, path: "/tickets/{number}/contacts", tag: "exchange", errors: writeErrors}, f.contacted)
	register(f, route{id: "add_pause", method: http.MethodPost, path: "/tickets/{number}/pauses", tag: "exchange", status: http.StatusNoContent, errors: writeErrors}, f.addPause)
	register(f, route{id: "withdraw_pause", method: http.MethodPost, path: "/tickets/{number}/pauses/{id}/withdraw", tag: "exchange", status: http.StatusNoContent, errors: writeErrors}, f.withdrawPause)
	register(f, route{id: "checklists", method: http.MethodGet, path: "/tickets/{number}/checklists", tag: "exchange", errors: findErrors}, f.checklists)
	register(f, route{id: "check", method: http.MethodPost, path: "/tickets/{number}/checklists/{id}", tag: "exchange", status: http.StatusNoContent, errors: writeErrors}, f.check)
}

// NewContact is that somebody was in contact with the beneficiary, or the correction of what was recorded.
type NewContact struct {
	Medium   guichet.Channel `json:"medium,omitempty" enum:"phone,mail,counter"`
	At       time.Time       `json:"at,omitzero"`
	Note     string          `json:"note,omitempty"`
	Corrects guichet.ID      `json:"corrects,omitempty"`
	Withdraw bool            `json:"withdraw,omitempty"`
}

type contactInput struct {
	Number int64 `path:"number" minimum:"1"`
	Body   NewContact
}

func (f *face) contacted(ctx context.Context, actor guichet.Actor, in *contactInput) (*actOutput, error) {
	t, err := f.Desk.Contacted(ctx, actor, in.Number, ticketing.Contact(in.Body))
	if err != nil {
		return nil, err
	}
	short, err := f.short(ctx, actor, t)
	return &actOutput{short}, err
}

// NewPause is a past time that is not to count, for one clock or for both.
type NewPause struct {
	From   time.Time         `json:"starts_at"`
	Until  time.Time         `json:"ends_at"`
	Clock  guichet.ClockName `json:"clock,omitempty" enum:"contact,resolution"`
	Reason string            `json:"reason"`
}

type pauseInput struct {
	Number int64 `path:"number" minimum:"1"`
	Body   NewPause
}

func (f *face) addPause(ctx context.Context, actor guichet.Actor, in *pauseInput) (*struct{}, error) {
	return nil, f.Desk.AddPause(ctx, actor, in.Number, ticketing.Pause(in.Body))
}

type partInput struct {
	Number int64      `path:"number" minimum:"1"`
	ID     guichet.ID `path:"id"`
}

func (f *face) withdrawPause(ctx context.Context, actor guichet.Actor, in *partInput) (*struct{}, error) {
	return nil, f.Desk.WithdrawPause(ctx, actor, in.Number, in.ID)
}

// Checklist is the points to check on a ticket.
type Checklist struct {
	ID    guichet.ID `json:"id"`
	Name  string     `json:"name"`
	Items []Point    `json:"items" nullable:"false"`
}

// Point is one of them.
type Point struct {
	Key      string    `json:"point"`
	Text     string    `json:"text"`
	Required bool      `json:"must"`
	DoneBy   *Ref      `json:"checked_by,omitempty"`
	DoneAt   time.Time `json:"checked_at,omitzero"`
}

type checklistsOutput struct {
	Body struct {
		Checklists []Checklist `json:"checklists" nullable:"false"`
	}
}

func (f *face) checklists(ctx context.Context, actor guichet.Actor, in *numberInput) (*checklistsOutput, error) {
	v, err := f.Desk.View(ctx, actor, in.Number, 0)
	out := &checklistsOutput{}
	out.Body.Checklists = make([]Checklist, len(v.Lists))
	for i, l := range v.Lists {
		list := Checklist{ID: l.ID, Name: l.Name, Items: make([]Point, len(l.Items))}
		for n, c := range l.Items {
			list.Items[n] = Point{c.Key, c.Text.In(callerOf(ctx).locale), c.Required, ref(c.DoneByID, v.People[c.DoneByID].Name()), utc(c.DoneAt)}
		}
		out.Body.Checklists[i] = list
	}
	return out, err
}

// Tick checks a point, or takes the check back.
type Tick struct {
	Key  string `json:"point"`
	Done bool   `json:"checked"`
}

type tickInput struct {
	Number int64      `path:"number" minimum:"1"`
	ID     guichet.ID `path:"id"`
	Body   Tick
}

func (f *face) check(ctx context.Context, actor guichet.Actor, in *tickInput) (*struct{}, error) {
	return nil, f.Desk.Check(ctx, actor, in.Number, in.ID, in.Body.Key, in.Body.Done)
}
