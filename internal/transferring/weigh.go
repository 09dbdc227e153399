package transferring

import (
	"context"
	"reflect"
	"slices"

	"guichet"
	"guichet/internal/presets"
	"guichet/internal/store"
)

// weighed is files read over the desk.
type weighed struct {
	desk          *guichet.Desk
	before, after presets.Preset
	people        bool // the files hold people
	plan          Plan
}

// weigh reads the files over the desk as it is, and compares.
func weigh(ctx context.Context, tx *store.Tx, actor guichet.Actor, o Offer) (weighed, error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return weighed{}, err
	}
	w := weighed{desk: desk, people: presets.HoldsPeople(o.Files), plan: Plan{Revision: desk.Revision, Running: map[guichet.ID]int{}}}
	if !may(actor, desk, true) || !actor.MayWrite() {
		return weighed{}, guichet.NotFound("page")
	}
	if w.before, err = present(ctx, tx, desk, w.people); err != nil {
		return weighed{}, err
	}
	usage, err := tx.Usage(ctx)
	if err != nil {
		return weighed{}, err
	}
	if err := w.read(o, usage); err != nil {
		return weighed{}, err
	}
	for _, c := range w.plan.Changes {
		if n := usage.Open[c.ID]; c.Kind == presets.Changed && c.File == presets.FileWorkflows && n > 0 {
			w.plan.Running[c.ID] = n
		}
	}
	return w, nil
}

func (w *weighed) read(o Offer, usage store.Usage) error {
	result, err := presets.Read(o.Files, presets.Over{Desk: w.before, Prune: o.Prune, Used: used(usage)})
	if err != nil {
		return refused(err)
	}
	settle(reflect.ValueOf(w.desk).Elem(), reflect.ValueOf(&result.Desk).Elem())
	w.after = presets.Of(&result.Desk, presets.Known{Grants: result.Grants, People: result.People, Logins: w.before.Logins()})
	w.plan.Kept = result.Kept
	if w.plan.Changes, err = presets.Diff(w.before, w.after); err != nil {
		return err
	}
	w.plan.Warnings = slices.DeleteFunc(result.Warnings, func(f presets.Fault) bool { return !f.About(w.plan.Changes) })
	return nil
}

// refused makes the faults of files an error that the reader can mend.
func refused(err error) error {
	if len(presets.Faults(err)) == 0 {
		return err
	}
	return &guichet.Error{Kind: guichet.KindInvalid, Code: "transfer.faults", Err: err}
}

// used says what pruning spares: what tickets and people use. People are never removed.
func used(u store.Usage) func(presets.Entry) bool {
	return func(e presets.Entry) bool {
		switch e.File {
		case presets.FileOrganisations:
			return u.Organisations[e.ID]
		case presets.FileServices:
			return u.Services[e.ID]
		case presets.FileTeams:
			return u.Teams[e.ID]
		case presets.FileRoles:
			return u.Roles[e.ID]
		case presets.FileWorkflows:
			return u.Open[e.ID] > 0
		}
		return e.File == presets.FilePeople
	}
}
