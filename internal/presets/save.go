package presets

import (
	"context"

	"guichet/internal/store"
)

// Save writes the preset into the database: the desk, then its people, their teams and grants. It
// may run again over a desk in use: what the preset does not name stays. Accounts to sign in are
// made elsewhere, from the logins.
func (p Preset) Save(ctx context.Context, tx *store.Tx) error {
	if err := tx.SaveDesk(ctx, &p.Desk); err != nil {
		return err
	}
	for _, person := range p.People {
		if err := person.save(ctx, tx); err != nil {
			return err
		}
	}
	for _, g := range p.Grants {
		if err := tx.SaveGrant(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

func (x DemoPerson) save(ctx context.Context, tx *store.Tx) error {
	if err := tx.SavePerson(ctx, x.Person); err != nil {
		return err
	}
	for _, team := range x.Teams {
		if err := tx.JoinTeam(ctx, team, x.ID); err != nil {
			return err
		}
	}
	for _, g := range x.Grants {
		if err := tx.SaveGrant(ctx, g); err != nil {
			return err
		}
	}
	return nil
}
