package api

import (
	"context"
	"slices"

	"guichet"
	"guichet/internal/ticketing"
)

// MergeForeseen is what a merge would do, and to whose eyes.
type MergeForeseen struct {
	Number   int64          `json:"number"`
	Messages int            `json:"public_messages"`
	Tickets  []TicketToFold `json:"closed_tickets" nullable:"false"`
}

// TicketToFold is a ticket that would be closed for another one, and who would read what he or she does not read today.
type TicketToFold struct {
	Number        int64    `json:"number"`
	Title         string   `json:"title"`
	Requester     *Ref     `json:"requester,omitempty"`
	Messages      int      `json:"public_messages"`
	Notes         int      `json:"internal_notes"`
	Files         int      `json:"file_count"`
	Tasks         int      `json:"open_tasks"`
	WouldFollow   []Ref    `json:"would_follow" nullable:"false"`
	WouldRead     []Ref    `json:"would_read" nullable:"false"`
	NoLongerAsked []Ref    `json:"no_longer_asked" nullable:"false"`
	Refusal       *Refusal `json:"refusal,omitempty"`
}

// Refusal is why something cannot be done.
type Refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type mergeForeseenOutput struct{ Body MergeForeseen }

func (f *face) previewMerge(ctx context.Context, actor guichet.Actor, in *mergeInput) (*mergeForeseenOutput, error) {
	p, err := f.Desk.MergePreview(ctx, actor, in.Number, in.Body.merging())
	if err != nil {
		return nil, err
	}
	out := MergeForeseen{Number: p.Into.Number, Messages: p.Messages, Tickets: make([]TicketToFold, len(p.Sides))}
	for i, s := range p.Sides {
		out.Tickets[i] = f.toFold(ctx, s)
	}
	return &mergeForeseenOutput{out}, nil
}

func (f *face) toFold(ctx context.Context, s ticketing.MergeSide) TicketToFold {
	out := TicketToFold{Number: s.Ticket.Number, Title: s.Ticket.Title, Requester: ref(s.Ticket.RequesterID, s.Requester), Messages: s.Messages,
		Notes: s.Notes, Files: s.Files, Tasks: s.Tasks, WouldFollow: refs(s.Followers), WouldRead: refs(slices.Concat(s.Readers, s.Overseers)), NoLongerAsked: refs(s.Approvers)}
	if s.Refusal != nil {
		p := f.problem(ctx, s.Refusal)
		out.Refusal = &Refusal{p.Code, p.Detail}
	}
	return out
}

func refs(people []guichet.Person) []Ref {
	out := make([]Ref, len(people))
	for i, p := range people {
		out[i] = Ref{p.ID, p.Name()}
	}
	return out
}

func (b MergeToMake) merging() ticketing.Merging {
	return ticketing.Merging{From: b.From, Kind: b.Kind, Follow: b.Follow, Share: b.Share, Text: b.Text}
}
