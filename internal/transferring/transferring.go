// Package transferring moves the configuration of a desk out into files and in from files: export, comparison
// and import, all or nothing.
package transferring

import (
	"context"
	"errors"
	"io/fs"

	"guichet"
	"guichet/internal/presets"
	"guichet/internal/store"
)

// Transfers runs the use cases on a database.
type Transfers struct{ store *store.Store }

// New makes the use cases.
func New(s *store.Store) *Transfers { return &Transfers{s} }

// Offer is files to take in.
type Offer struct {
	Files fs.FS
	Prune bool   // what the files that are given do not hold goes, unless it is used
	Seen  int64  // revision of the desk that was compared; Import refuses another. 0: any
	Note  string // what is said of the new versions
}

// Plan is what taking files in does.
type Plan struct {
	Revision int64 // of the desk that was compared
	Changes  []presets.Change
	Kept     []presets.Entry    // what the desk has beside the files, and keeps
	Warnings []presets.Fault    // about what is added or changed
	Running  map[guichet.ID]int // tickets in progress that stay with the version they have, by workflow that changes
}

// Export writes the configuration as files, on demand with the people. Secrets are never among them. Errors: not
// found, for who may not configure the whole desk, or not read the whole directory.
func (t *Transfers) Export(ctx context.Context, actor guichet.Actor, people bool) ([]presets.File, error) {
	var files []presets.File
	err := t.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		if !may(actor, desk, people) || !actor.MayRead() {
			return guichet.NotFound("page")
		}
		p, err := present(ctx, tx, desk, people)
		if err != nil {
			return err
		}
		files, err = p.Files()
		return err
	})
	return files, err
}

// Compare says what taking files in would do. Errors: invalid with the faults of the files, not found for who may
// not.
func (t *Transfers) Compare(ctx context.Context, actor guichet.Actor, o Offer) (Plan, error) {
	var plan Plan
	err := t.store.Read(ctx, func(tx *store.Tx) error {
		w, err := weigh(ctx, tx, actor, o)
		plan = w.plan
		return err
	})
	return plan, err
}

// Import takes files in, in one transaction. When nothing differs nothing is written. Errors: those of Compare;
// conflict when the desk is no longer the one that was seen, or when nobody would be left to administer it.
func (t *Transfers) Import(ctx context.Context, actor guichet.Actor, o Offer) (Plan, error) {
	var plan Plan
	err := t.store.Write(ctx, func(tx *store.Tx) error {
		if err := errors.Join(tx.LockDirectory(ctx), tx.LockCatalogue(ctx)); err != nil { // files hold both
			return err
		}
		w, err := weigh(ctx, tx, actor, o)
		if err != nil {
			return err
		}
		plan = w.plan
		switch {
		case o.Seen != 0 && o.Seen != w.plan.Revision:
			return guichet.Conflict("transfer.moved")
		case len(w.plan.Changes) == 0:
			return nil
		}
		before, err := administrators(ctx, tx)
		if err != nil {
			return err
		}
		if err := w.apply(ctx, tx, actor, o.Note); err != nil {
			return err
		}
		after, err := administrators(ctx, tx)
		if err == nil && before > 0 && after == 0 && !actor.System { // the command line can mend it
			err = guichet.Conflict("directory.last_administrator")
		}
		return err
	})
	return plan, err
}

// administrators counts those who may do everything and can sign in.
func administrators(ctx context.Context, tx *store.Tx) (int, error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return 0, err
	}
	list, err := tx.FullAdministrators(ctx, desk)
	return len(list), err
}

// may reports whether the actor may move the whole configuration. Files hold teams with their roles, and people:
// taking them in, or people out, is for who may give every role. The desk itself, which is the command line, may.
func may(actor guichet.Actor, desk *guichet.Desk, people bool) bool {
	return actor.System || actor.Configures("", desk) && (!people || actor.Full())
}

// MayExport reports whether somebody may have the configuration as files.
func MayExport(actor guichet.Actor, desk *guichet.Desk) bool { return may(actor, desk, false) }

// MayImport reports whether somebody may take files in, and export people.
func MayImport(actor guichet.Actor, desk *guichet.Desk) bool {
	return may(actor, desk, true) && actor.MayWrite()
}

// present is the configuration as it is, in the form of files.
func present(ctx context.Context, tx *store.Tx, desk *guichet.Desk, people bool) (presets.Preset, error) {
	grants, err := tx.Grants(ctx)
	if err != nil {
		return presets.Preset{}, err
	}
	words, err := tx.Words(ctx)
	if err != nil {
		return presets.Preset{}, err
	}
	known := presets.Known{Logins: words}
	for _, g := range grants {
		if g.TeamID != "" {
			known.Grants = append(known.Grants, g)
		}
	}
	if people {
		if known.People, err = everyone(ctx, tx, grants, words); err != nil {
			return presets.Preset{}, err
		}
	}
	return presets.Of(desk, known), nil
}

func everyone(ctx context.Context, tx *store.Tx, grants []guichet.Grant, words map[guichet.ID]string) ([]presets.DemoPerson, error) {
	list, err := tx.Everyone(ctx)
	if err != nil {
		return nil, err
	}
	teams, err := tx.Memberships(ctx)
	if err != nil {
		return nil, err
	}
	held := map[guichet.ID][]guichet.Grant{}
	for _, g := range grants {
		held[g.PersonID] = append(held[g.PersonID], g)
	}
	out := make([]presets.DemoPerson, len(list))
	for i, p := range list {
		out[i] = presets.DemoPerson{Person: p, Login: words[p.ID], Teams: teams[p.ID], Grants: held[p.ID]}
	}
	return out, nil
}
