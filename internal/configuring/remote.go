package configuring

import (
	"context"
	"strings"

	"guichet"
	"guichet/internal/store"
)

// SetRemote changes the template of the address of remote assistance; an empty one ends it. Errors: not
// found for who does not configure the whole desk, invalid with what is wrong.
func (c *Configuring) SetRemote(ctx context.Context, actor guichet.Actor, template string) error {
	template = strings.TrimSpace(template)
	return c.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.LockCatalogue(ctx); err != nil {
			return err
		}
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		if !actor.Configures("", desk) {
			return guichet.NotFound("page")
		}
		if err := guichet.CheckRemote(template); err != nil {
			return err
		}
		if template == desk.Remote {
			return nil
		}
		changed := desk.Clone()
		changed.Remote = template
		if err := tx.SaveSettings(ctx, changed, actor.Person.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, store.AuditEntry{ActorID: actor.Person.ID, Act: "remote", Kind: "desk", ObjectID: "desk", Name: desk.Name, Detail: template})
	})
}
