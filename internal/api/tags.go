package api

import (
	"context"

	"guichet"
	"guichet/internal/ticketing"
)

// TagsToSet are tags to add to a ticket and others to remove.
type TagsToSet struct {
	Add    []string `json:"add,omitempty" maxItems:"20" nullable:"false"`
	Remove []string `json:"remove,omitempty" maxItems:"20" nullable:"false"`
}

type tagInput struct {
	Number int64 `path:"number" minimum:"1"`
	Body   TagsToSet
}

func (f *face) tagTicket(ctx context.Context, actor guichet.Actor, in *tagInput) (*nothing, error) {
	_, err := f.Desk.Tag(ctx, actor, in.Number, in.Body.Add, in.Body.Remove)
	return &nothing{}, err
}

// PeopleToCopy are people to put in copy of a ticket, each named by an identifier, a login, an address, a number or a
// name, and identifiers of others to take out.
type PeopleToCopy struct {
	Add    []string     `json:"add,omitempty" maxItems:"50" nullable:"false"`
	Remove []guichet.ID `json:"remove,omitempty" maxItems:"50" nullable:"false"`
}

type observeInput struct {
	Number int64 `path:"number" minimum:"1"`
	Body   PeopleToCopy
}

func (f *face) observeTicket(ctx context.Context, actor guichet.Actor, in *observeInput) (*nothing, error) {
	_, err := f.Desk.Observe(ctx, actor, in.Number, ticketing.Observing{Add: in.Body.Add, Remove: in.Body.Remove})
	return &nothing{}, err
}
