package api

import (
	"context"
	"net/http"

	"guichet"
	"guichet/internal/ticketing"
)

func (f *face) linkRoutes() {
	post := func(id, path string) route {
		return route{id: id, method: http.MethodPost, path: "/tickets/{number}" + path, tag: "tickets", status: http.StatusNoContent, errors: writeErrors}
	}
	register(f, post("link_tickets", "/links"), f.linkTickets)
	register(f, post("unlink_tickets", "/links/remove"), f.unlinkTickets)
	register(f, post("tag_ticket", "/tags"), f.tagTicket)
	register(f, post("observe_ticket", "/observers"), f.observeTicket)
	register(f, post("merge_tickets", "/merge"), f.mergeTickets)
	preview := post("preview_merge", "/merge/preview")
	preview.status = http.StatusOK
	register(f, preview, f.previewMerge)
	register(f, post("unmerge_ticket", "/unmerge"), f.unmergeTicket)
	split := post("split_message", "/split")
	split.status = http.StatusCreated
	register(f, split, f.splitMessage)
	register(f, post("unsplit_ticket", "/unsplit"), f.unsplitTicket)
	problem := post("open_problem", "/problem")
	problem.status = http.StatusCreated
	register(f, problem, f.openProblem)
	register(f, post("known_error", "/known-error"), f.knownError)
	register(f, route{id: "tickets_below", method: http.MethodGet, path: "/tickets/{number}/below", tag: "tickets", errors: findErrors}, f.ticketsBelow)
	wave := post("send_to_all", "/below")
	wave.status = http.StatusAccepted
	register(f, wave, f.sendToAll)
	register(f, post("declare_major_incident", "/major"), f.declareMajor)
	register(f, post("end_major_incident", "/major/end"), f.endMajor)
	register(f, route{id: "join_incident", method: http.MethodPost, path: "/announcements/{id}/me-too", tag: "catalogue", status: http.StatusNoContent, errors: writeErrors}, f.joinIncident)
}

type numberInput struct {
	Number int64 `path:"number" minimum:"1"`
}

type nothing struct{}

// LinksToMake are tickets to join to one; relation is what that one is to them.
type LinksToMake struct {
	Relation guichet.Relation `json:"relation" enum:"related,parent_of,child_of,caused_by,cause_of,follow_on_of,followed_by"`
	Tickets  []int64          `json:"tickets" nullable:"false" maxItems:"200"`
}

type linkInput struct {
	Number int64 `path:"number" minimum:"1"`
	Body   LinksToMake
}

func (f *face) linkTickets(ctx context.Context, actor guichet.Actor, in *linkInput) (*nothing, error) {
	for _, other := range in.Body.Tickets { // each is told by itself: the first that cannot be stops
		if _, err := f.Desk.Link(ctx, actor, in.Number, in.Body.Relation, []int64{other}); err != nil {
			return nil, err
		}
	}
	if len(in.Body.Tickets) == 0 {
		_, err := f.Desk.Link(ctx, actor, in.Number, in.Body.Relation, nil)
		return nil, err
	}
	return &nothing{}, nil
}

func (f *face) unlinkTickets(ctx context.Context, actor guichet.Actor, in *linkInput) (*nothing, error) {
	others := in.Body.Tickets
	if len(others) == 0 {
		others = []int64{0} // told what is lacking, if the ticket may be seen
	}
	for _, other := range others { // as when they are linked
		if err := f.Desk.Unlink(ctx, actor, in.Number, in.Body.Relation, other); err != nil {
			return nil, err
		}
	}
	return &nothing{}, nil
}

// MergeToMake are tickets to close for another one.
type MergeToMake struct {
	From   []int64           `json:"from" nullable:"false" maxItems:"20"`
	Kind   guichet.MergeKind `json:"kind" enum:"merge,duplicate"`
	Follow bool              `json:"follow,omitempty"`
	Share  bool              `json:"share,omitempty"`
	Text   string            `json:"text,omitempty"`
}

type mergeInput struct {
	Number int64 `path:"number" minimum:"1"`
	Body   MergeToMake
}

func (f *face) mergeTickets(ctx context.Context, actor guichet.Actor, in *mergeInput) (*nothing, error) {
	return &nothing{}, f.Desk.Merge(ctx, actor, in.Number, in.Body.merging())
}

func (f *face) unmergeTicket(ctx context.Context, actor guichet.Actor, in *numberInput) (*nothing, error) {
	return &nothing{}, f.Desk.Unmerge(ctx, actor, in.Number)
}

// MessageToSplit is a message to take out of a ticket.
type MessageToSplit struct {
	Message guichet.ID   `json:"message"`
	Title   string       `json:"title,omitempty"`
	Service guichet.ID   `json:"service,omitempty"`
	Kind    guichet.Kind `json:"kind,omitempty" enum:"incident,request"`
}

type splitInput struct {
	Number int64 `path:"number" minimum:"1"`
	Body   MessageToSplit
}

func (f *face) splitMessage(ctx context.Context, actor guichet.Actor, in *splitInput) (*openOutput, error) {
	t, err := f.Desk.Split(ctx, actor, in.Number, ticketing.Splitting{Event: in.Body.Message, Title: in.Body.Title, Service: in.Body.Service, Kind: in.Body.Kind})
	if err != nil {
		return nil, err
	}
	short, err := f.short(ctx, actor, t)
	return &openOutput{address(t.Number), short}, err
}

func (f *face) unsplitTicket(ctx context.Context, actor guichet.Actor, in *numberInput) (*nothing, error) {
	return &nothing{}, f.Desk.Unsplit(ctx, actor, in.Number)
}

// ProblemToOpen is a problem to open on an incident, and on others.
type ProblemToOpen struct {
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Service     guichet.ID `json:"service,omitempty"`
	Tickets     []int64    `json:"tickets,omitempty" maxItems:"199"`
}

type problemInput struct {
	Number int64 `path:"number" minimum:"1"`
	Body   ProblemToOpen
}

func (f *face) openProblem(ctx context.Context, actor guichet.Actor, in *problemInput) (*openOutput, error) {
	if _, err := f.Desk.View(ctx, actor, in.Number, 0); err != nil { // the one of the address is missing, not wrong
		return nil, err
	}
	t, err := f.Desk.OpenProblem(ctx, actor, ticketing.NewProblem{From: append([]int64{in.Number}, in.Body.Tickets...), Title: in.Body.Title,
		Description: in.Body.Description, Service: in.Body.Service})
	if err != nil {
		return nil, err
	}
	short, err := f.short(ctx, actor, t)
	return &openOutput{address(t.Number), short}, err
}

// KnownErrorToWrite is what is known of a problem.
type KnownErrorToWrite struct {
	Cause      string `json:"cause,omitempty"`
	Workaround string `json:"workaround,omitempty"`
}

type knownInput struct {
	Number int64 `path:"number" minimum:"1"`
	Body   KnownErrorToWrite
}

func (f *face) knownError(ctx context.Context, actor guichet.Actor, in *knownInput) (*nothing, error) {
	return &nothing{}, f.Desk.SaveKnownError(ctx, actor, in.Number, in.Body.Cause, in.Body.Workaround)
}

// TicketsBelow is what stands below a problem, a parent or a major incident, as far as the caller sees it.
type TicketsBelow struct {
	Total         int          `json:"below"`
	Open          int          `json:"open"`
	Major         bool         `json:"major_incident"`
	Organisations []CountBelow `json:"organisations" nullable:"false"`
	Sent          []SentBelow  `json:"sent" nullable:"false"`
	Cause         string       `json:"cause,omitempty"`
	Workaround    string       `json:"workaround,omitempty"`
}

// CountBelow is how many tickets of an organisation stand there.
type CountBelow struct {
	Name  string `json:"name"`
	Total int    `json:"below"`
	Open  int    `json:"open"`
}

// SentBelow is what was sent to all of them, and how far it has come.
type SentBelow struct {
	Kind    guichet.WaveKind `json:"kind"`
	Total   int              `json:"below"`
	Done    int              `json:"done"`
	Refused []RefusedBelow   `json:"refused" nullable:"false"`
}

// RefusedBelow is a ticket that could not be changed, and the key of the reason.
type RefusedBelow struct {
	Number int64  `json:"number"`
	Reason string `json:"reason"`
}

type belowOutput struct{ Body TicketsBelow }

func (f *face) ticketsBelow(ctx context.Context, actor guichet.Actor, in *numberInput) (*belowOutput, error) {
	b, err := f.Desk.Below(ctx, actor, in.Number)
	if err != nil {
		return nil, err
	}
	out := TicketsBelow{Major: b.Major.Declared(), Organisations: []CountBelow{}, Sent: []SentBelow{}, Cause: b.Known.Cause, Workaround: b.Known.Workaround}
	out.Total, out.Open = b.Total()
	for _, o := range b.Organisations() {
		out.Organisations = append(out.Organisations, CountBelow{o.Name, o.All, o.Open})
	}
	for _, w := range b.Waves {
		sent := SentBelow{w.Kind, w.Total, w.Done, []RefusedBelow{}}
		for _, r := range w.Failed {
			sent.Refused = append(sent.Refused, RefusedBelow{r.Number, r.Reason})
		}
		out.Sent = append(out.Sent, sent)
	}
	return &belowOutput{out}, nil
}

// MessageToAll is a message, or a solution, for all the tickets below one.
type MessageToAll struct {
	Kind    guichet.WaveKind `json:"kind" enum:"answer,resolve"`
	Text    string           `json:"text"`
	Service guichet.ID       `json:"service,omitempty"`
}

type waveInput struct {
	Number int64 `path:"number" minimum:"1"`
	Body   MessageToAll
}

func (f *face) sendToAll(ctx context.Context, actor guichet.Actor, in *waveInput) (*nothing, error) {
	_, err := f.Desk.SendWave(ctx, actor, in.Number, ticketing.Sending{Kind: in.Body.Kind, Text: in.Body.Text, Service: in.Body.Service, Base: f.BaseURL})
	return &nothing{}, err
}

func (f *face) declareMajor(ctx context.Context, actor guichet.Actor, in *numberInput) (*nothing, error) {
	return &nothing{}, f.Desk.DeclareMajor(ctx, actor, in.Number)
}

func (f *face) endMajor(ctx context.Context, actor guichet.Actor, in *numberInput) (*nothing, error) {
	return &nothing{}, f.Desk.EndMajor(ctx, actor, in.Number)
}

func (f *face) joinIncident(ctx context.Context, actor guichet.Actor, in *idInput) (*nothing, error) {
	_, err := f.Announcing.JoinIncident(ctx, actor, in.ID)
	return &nothing{}, err
}
