package transferring

import (
	"context"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/presets"
	"guichet/internal/store"
)

// apply writes what differs: what comes and changes first, then what goes.
func (w weighed) apply(ctx context.Context, tx *store.Tx, actor guichet.Actor, note string) error {
	desk := w.after.Desk
	if err := tx.SaveDeskBy(ctx, &desk, actor.Person.ID, note); err != nil {
		return err
	}
	for _, t := range w.after.Teams {
		grants := slices.DeleteFunc(slices.Clone(w.after.Grants), func(g guichet.Grant) bool { return g.TeamID != t.ID })
		if err := tx.SetTeamGrants(ctx, t.ID, grants); err != nil {
			return err
		}
	}
	if err := w.applyPeople(ctx, tx); err != nil {
		return err
	}
	if err := w.remove(ctx, tx); err != nil {
		return err
	}
	if err := tx.DropDefinitions(ctx, w.desk, &desk, actor.Person.ID, note); err != nil {
		return err
	}
	return tx.Audit(ctx, store.AuditEntry{ActorID: actor.Person.ID, Act: "import", Kind: "configuration",
		Name: strings.Join(w.files(), ", "), Detail: note})
}

// applyPeople writes the people who are new or changed. A login without a password opens nothing until its
// holder is given one.
func (w weighed) applyPeople(ctx context.Context, tx *store.Tx) error {
	for _, c := range w.plan.Changes {
		if c.File != presets.FilePeople {
			continue
		}
		x, known := w.after.Person(string(c.ID))
		if !known {
			continue
		}
		if err := tx.SavePerson(ctx, x.Person); err != nil {
			return err
		}
		if err := tx.SetTeams(ctx, x.ID, x.Teams); err != nil {
			return err
		}
		if err := tx.SetPersonGrants(ctx, x.ID, x.Grants); err != nil {
			return err
		}
		if x.Login == "" || w.before.Logins()[x.ID] != "" {
			continue
		}
		err := tx.SaveIdentity(ctx, guichet.Identity{ID: guichet.NewID(tx.Now), PersonID: x.ID, Kind: guichet.IdentityLocal, Subject: x.Login})
		if err != nil {
			return err
		}
	}
	return nil
}

// remove takes out the rows that go, the last of their trees first.
func (w weighed) remove(ctx context.Context, tx *store.Tx) error {
	for _, c := range slices.Backward(w.plan.Changes) {
		if c.Kind != presets.Removed {
			continue
		}
		forget := map[string]func(context.Context, guichet.ID) error{presets.FileOrganisations: tx.ForgetOrganisation,
			presets.FileTeams: tx.ForgetTeam, presets.FileServices: tx.ForgetService}[c.File]
		if forget == nil {
			continue
		}
		if err := forget(ctx, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// files lists the files that change something.
func (w weighed) files() []string {
	var out []string
	for _, c := range w.plan.Changes {
		if !slices.Contains(out, c.File) {
			out = append(out, c.File)
		}
	}
	return out
}
