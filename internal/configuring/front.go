package configuring

import (
	"context"
	"strings"

	"guichet"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// SetFront changes what everybody sees of the desk: its name, how to reach it, its accent and its logo. The
// settings of the desk become a new version. Errors: not found for who does not configure the whole desk,
// invalid with what is wrong, the contrast of an accent among it.
func (c *Configuring) SetFront(ctx context.Context, actor guichet.Actor, f guichet.Front) error {
	f.Name = markup.Line(f.Name)
	for _, text := range []*string{&f.Contact, &f.SignInHelp, &f.Look.Accent, &f.Look.Dark} {
		*text = strings.TrimSpace(markup.Clean(*text))
	}
	f.Look.Accent, f.Look.Dark = strings.ToLower(f.Look.Accent), strings.ToLower(f.Look.Dark)
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
		if err := f.Check(); err != nil {
			return err
		}
		if f == desk.Front() {
			return nil
		}
		changed := desk.Clone()
		changed.SetFront(f)
		if err := tx.SaveSettings(ctx, changed, actor.Person.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, store.AuditEntry{ActorID: actor.Person.ID, Act: "front", Kind: "desk", ObjectID: "desk", Name: f.Name, Detail: f.Look.Accent})
	})
}
