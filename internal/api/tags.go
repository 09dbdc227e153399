package api

import (
	"context"

	"guichet"
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
