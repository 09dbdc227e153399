package account

import (
	"context"

	"guichet"
	"guichet/internal/store"
)

// maxChosen is how many choices a person keeps: those of many views, and no more.
const maxChosen = 500

// Preferences reads what the actor chose about the screens.
func (a *Accounts) Preferences(ctx context.Context, actor guichet.Actor) (chosen guichet.Chosen, err error) {
	err = a.store.Read(ctx, func(tx *store.Tx) error {
		chosen, err = tx.Preferences(ctx, actor.Person.ID)
		return err
	})
	return chosen, err
}

// Prefer keeps choices of the actor; an empty value goes back to what is usual. Errors: invalid for a
// name or a value that is not in the list of preferences.
func (a *Accounts) Prefer(ctx context.Context, actor guichet.Actor, choices guichet.Chosen) error {
	if !actor.MayWrite() || actor.Person.ID == "" {
		return guichet.Denied("token.read_only")
	}
	var p guichet.Problems
	for name, value := range choices {
		if value != "" {
			p.Merge(guichet.CheckPreference(name, value))
		}
	}
	if err := p.Err(); err != nil {
		return err
	}
	return a.store.Write(ctx, func(tx *store.Tx) error {
		kept, err := tx.Preferences(ctx, actor.Person.ID)
		if err != nil {
			return err
		}
		for name, value := range choices {
			if err := prefer(ctx, tx, actor.Person.ID, name, value); err != nil {
				return err
			}
			kept[name] = value
		}
		if len(kept) > maxChosen {
			return guichet.Invalid("preference", "field.too_many", "Limit", maxChosen)
		}
		return nil
	})
}

func prefer(ctx context.Context, tx *store.Tx, person guichet.ID, name, value string) error {
	if value == "" {
		return tx.ForgetPreference(ctx, person, name)
	}
	return tx.SavePreference(ctx, person, name, value)
}
