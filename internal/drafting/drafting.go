// Package drafting keeps what people typed and have not sent yet: a text begun on one device goes on on
// another, and outlives a closed tab and an ended session. Each person sees his or her own only.
package drafting

import (
	"context"

	"guichet"
	"guichet/internal/store"
)

// Drafts runs the use cases on a database.
type Drafts struct{ store *store.Store }

// New makes the use cases.
func New(s *store.Store) *Drafts { return &Drafts{s} }

// Read reads what the actor has not sent yet of a place; the zero pair when there is nothing.
func (d *Drafts) Read(ctx context.Context, actor guichet.Actor, place string) (p guichet.UnsentPair, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		p, err = tx.Unsent(ctx, actor.Person.ID, place)
		return err
	})
	return p, err
}

// maxListed is how many texts a list shows.
const maxListed = 20

// List lists what the actor has begun and not sent yet, the last saved first.
func (d *Drafts) List(ctx context.Context, actor guichet.Actor) (list []guichet.Unsent, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		list, err = tx.UnsentOf(ctx, actor.Person.ID, maxListed)
		return err
	})
	return list, err
}

// Save is a text to keep.
type Save struct {
	Place string
	Body  string // JSON object
	Seen  int64  // the version that the writer had before; 0: none
}

// Save keeps a text in place of the one at hand; one that was typed elsewhere meanwhile is kept beside it.
// What was sent or given up meanwhile does not come back: the pair returned is then empty. Errors: denied to
// who only reads, invalid, too large.
func (d *Drafts) Save(ctx context.Context, actor guichet.Actor, in Save) (guichet.UnsentPair, error) {
	text := guichet.Unsent{PersonID: actor.Person.ID, Place: in.Place, Body: in.Body}
	if err := text.Check(); err != nil {
		return guichet.UnsentPair{}, err
	}
	return d.change(ctx, actor, in.Place, func(tx *store.Tx, p guichet.UnsentPair) (guichet.UnsentPair, error) {
		text.SavedAt = tx.Now
		fresh := p.Present.Version == 0
		p, kept := p.Save(text, in.Seen)
		if !fresh || !kept { // it takes no place more
			return p, nil
		}
		return p, tx.TrimUnsent(ctx, actor.Person.ID, guichet.MaxUnsentPlaces-1)
	})
}

// Swap takes up the text that was typed elsewhere; the one at hand stays beside it.
func (d *Drafts) Swap(ctx context.Context, actor guichet.Actor, place string) (guichet.UnsentPair, error) {
	return d.change(ctx, actor, place, func(tx *store.Tx, p guichet.UnsentPair) (guichet.UnsentPair, error) {
		return p.Swap(tx.Now), nil
	})
}

// Forget removes the text at hand, which was sent or is given up. The one that was typed elsewhere stays.
func (d *Drafts) Forget(ctx context.Context, actor guichet.Actor, place string) (guichet.UnsentPair, error) {
	return d.change(ctx, actor, place, func(_ *store.Tx, p guichet.UnsentPair) (guichet.UnsentPair, error) {
		p.Present = guichet.Unsent{}
		return p, nil
	})
}

// ForgetOlder removes the text that was typed elsewhere.
func (d *Drafts) ForgetOlder(ctx context.Context, actor guichet.Actor, place string) (guichet.UnsentPair, error) {
	return d.change(ctx, actor, place, func(_ *store.Tx, p guichet.UnsentPair) (guichet.UnsentPair, error) {
		p.Older = guichet.Unsent{}
		return p, nil
	})
}

func (d *Drafts) change(ctx context.Context, actor guichet.Actor, place string,
	change func(*store.Tx, guichet.UnsentPair) (guichet.UnsentPair, error)) (p guichet.UnsentPair, err error) {
	if !actor.MayWrite() {
		return p, guichet.Denied("token.read_only")
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		before, err := tx.Unsent(ctx, actor.Person.ID, place)
		if err != nil {
			return err
		}
		if p, err = change(tx, before); err != nil || p == before {
			return err
		}
		return tx.SaveUnsent(ctx, actor.Person.ID, place, p)
	})
	return p, err
}
