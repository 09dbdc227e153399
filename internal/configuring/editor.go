package configuring

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"guichet"
	"guichet/internal/store"
)

// Editor edits the objects of one kind.
type Editor[T any] struct {
	store *store.Store
	kind  kind[T]
}

// Edition is an object as an editor shows it.
type Edition[T any] struct {
	ID        guichet.ID
	Value     T     // the draft if there is one, else what is in force
	Published *T    // nil: never published, or removed
	Version   int   // in force; 0: none
	Draft     *Note // nil: no draft
	Versions  []Note
	Problems  error // what publishing the value would refuse; nil: nothing
}

// Note says who wrote a draft or a version, and when.
type Note struct {
	Version  int // of a version; of a draft, the one it started from
	At       time.Time
	Author   string // empty: a file
	Note     string
	Revision int64 // of a draft: give it back to Keep
	Removed  bool  // the version took the object out of the desk
}

// Revision is the revision of the draft that was seen, 0 without one: what Keep wants.
func (e Edition[T]) Revision() int64 {
	if e.Draft == nil {
		return 0
	}
	return e.Draft.Revision
}

// Outdated reports whether another version was published since the draft was begun.
func (e Edition[T]) Outdated() bool { return e.Draft != nil && e.Draft.Version != e.Version }

// Summary is a line of the list of a kind.
type Summary[T any] struct {
	ID        guichet.ID
	Value     T // what is in force, or the draft of what never was
	Published bool
	Draft     bool
}

// MaxNote is the length of what is said of a version, in characters.
const MaxNote = 500

// maxKey is the length of the key of an object.
const maxKey = 60

var keyPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// List lists the objects that the actor may edit, by name; drafts of new ones are among them.
func (e *Editor[T]) List(ctx context.Context, actor guichet.Actor) ([]Summary[T], error) {
	var out []Summary[T]
	err := e.store.Read(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		drafts, err := tx.Drafts(ctx, e.kind.name)
		if err != nil {
			return err
		}
		out, err = e.summaries(desk, actor, drafts)
		return err
	})
	return out, err
}

func (e *Editor[T]) summaries(desk *guichet.Desk, actor guichet.Actor, drafts []store.Draft) ([]Summary[T], error) {
	var out []Summary[T]
	prepared := map[guichet.ID]store.Draft{}
	for _, d := range drafts {
		prepared[d.ID] = d
	}
	for _, id := range e.kind.all(desk) {
		value, _ := e.kind.find(desk, id)
		_, draft := prepared[id]
		delete(prepared, id)
		out = append(out, Summary[T]{id, value, true, draft})
	}
	for id, d := range prepared {
		value, err := e.decode(d.Body)
		if err != nil {
			return nil, err
		}
		out = append(out, Summary[T]{ID: id, Value: value, Draft: true})
	}
	out = slices.DeleteFunc(out, func(s Summary[T]) bool { return !actor.MayRead() || !e.kind.may(actor, desk, s.Value) })
	slices.SortFunc(out, func(a, b Summary[T]) int {
		return cmp.Or(cmp.Compare(e.kind.label(a.Value), e.kind.label(b.Value)), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// Open reads an object with its draft and its versions. Error: not found, for who may not edit it too.
func (e *Editor[T]) Open(ctx context.Context, actor guichet.Actor, id guichet.ID) (Edition[T], error) {
	var out Edition[T]
	err := e.store.Read(ctx, func(tx *store.Tx) (err error) {
		s, err := e.load(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		out, err = s.edition(ctx, tx)
		return err
	})
	return out, err
}

// Trial is a copy of the desk with the draft in place, for previews and for trying it on past tickets;
// without a draft it is the desk as it is. Error: not found, for who may not edit it too.
func (e *Editor[T]) Trial(ctx context.Context, actor guichet.Actor, id guichet.ID) (*guichet.Desk, error) {
	var out *guichet.Desk
	err := e.store.Read(ctx, func(tx *store.Tx) error {
		s, err := e.load(ctx, tx, actor, id)
		if err == nil {
			out = s.trial()
		}
		return err
	})
	return out, err
}

// Create begins the draft of a new object; its key is made of letters, digits, - and _. Errors: invalid
// when the key is not one, conflict when it is taken, not found for who may not make such an object.
func (e *Editor[T]) Create(ctx context.Context, actor guichet.Actor, id guichet.ID, value T) error {
	if len(id) > maxKey || !keyPattern.MatchString(string(id)) {
		return guichet.Invalid("id", "draft.key", "Limit", maxKey)
	}
	return e.store.Write(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		if !e.kind.may(actor, desk, value) {
			return guichet.NotFound(e.kind.name)
		}
		if err := e.free(ctx, tx, id); err != nil {
			return err
		}
		return e.keep(ctx, tx, actor, store.Draft{ID: id}, value)
	})
}

// Begin begins the draft of a new object under a key made of its name, with a number behind it where the
// key is or was another's. Error: not found for who may not make such an object.
func (e *Editor[T]) Begin(ctx context.Context, actor guichet.Actor, name string, value T) (guichet.ID, error) {
	var id guichet.ID
	err := e.store.Write(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err != nil {
			return err
		}
		if !e.kind.may(actor, desk, value) {
			return guichet.NotFound(e.kind.name)
		}
		id = FreeKey(name, func(key guichet.ID) bool {
			taken := e.free(ctx, tx, key)
			if guichet.CodeOf(taken) != "draft.taken" {
				err = taken // perhaps nil
			}
			return guichet.CodeOf(taken) == "draft.taken"
		})
		if err != nil {
			return err
		}
		with := desk.Clone()
		e.kind.put(with, id, value)
		value, _ = e.kind.find(with, id) // it knows its key
		return e.keep(ctx, tx, actor, store.Draft{ID: id}, value)
	})
	return id, err
}

// free refuses the key of an object that is or was: tickets may still name it.
func (e *Editor[T]) free(ctx context.Context, tx *store.Tx, id guichet.ID) error {
	versions, err := tx.Versions(ctx, e.kind.name, id)
	if err != nil {
		return err
	}
	_, err = tx.Draft(ctx, e.kind.name, id)
	switch {
	case err == nil || len(versions) > 0:
		return guichet.Conflict("draft.taken")
	case guichet.KindOf(err) == guichet.KindNotFound:
		return nil
	}
	return err
}

// Keep saves the draft of an object. seen is the revision of the draft that was shown, 0 when there was
// none. Nothing is checked: a draft may be faulty until it is published. Errors: conflict when somebody
// else saved meanwhile, not found for who may not edit it.
func (e *Editor[T]) Keep(ctx context.Context, actor guichet.Actor, id guichet.ID, value T, seen int64) error {
	return e.store.Write(ctx, func(tx *store.Tx) error {
		s, err := e.load(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if !e.kind.may(actor, s.desk, value) {
			return guichet.NotFound(e.kind.name)
		}
		return e.keep(ctx, tx, actor, store.Draft{ID: id, Base: s.version, Revision: seen}, value)
	})
}

func (e *Editor[T]) keep(ctx context.Context, tx *store.Tx, actor guichet.Actor, d store.Draft, value T) error {
	body, err := json.Marshal(e.kind.kept(value))
	if err != nil {
		return err
	}
	d.Kind, d.Body, d.AuthorID = e.kind.name, string(body), actor.Person.ID
	return tx.SaveDraft(ctx, d)
}

// Publish puts the draft in force as a new version, at once and on every node. seen is the revision of the
// draft that was read, 0 for whatever it is. Errors: invalid with all that is wrong, conflict when there is
// no draft, when it is not the one that was read any more, or when another version was published since it
// was begun.
func (e *Editor[T]) Publish(ctx context.Context, actor guichet.Actor, id guichet.ID, seen int64, note string) (int, error) {
	note = strings.TrimSpace(note)
	var p guichet.Problems
	p.AtMost("note", note, MaxNote)
	if err := p.Err(); err != nil {
		return 0, err
	}
	version := 0
	err := e.store.Write(ctx, func(tx *store.Tx) error {
		s, err := e.load(ctx, tx, actor, id)
		switch {
		case err != nil:
			return err
		case s.draft == nil:
			return guichet.Conflict("draft.none")
		case seen != 0 && seen != s.draft.Revision:
			return guichet.Conflict("draft.moved")
		case s.draft.Base != s.version:
			return guichet.Conflict("draft.outdated", "Version", s.version)
		}
		if err := e.kind.check(s.trial(), s.value); err != nil {
			return err
		}
		if err := tx.EndDraft(ctx, *s.draft); err != nil {
			return err
		}
		version, err = e.define(ctx, tx, actor, store.Definition{ID: id, Body: e.kind.kept(s.value), Note: note}, s.value)
		return err
	})
	return version, err
}

// define writes a version, ends the draft, and tells the audit.
func (e *Editor[T]) define(ctx context.Context, tx *store.Tx, actor guichet.Actor, d store.Definition, value T) (int, error) {
	act := "publish"
	if d.Body == nil {
		act = "remove"
	}
	d.Kind, d.AuthorID = e.kind.name, actor.Person.ID
	version, err := tx.Define(ctx, d)
	if err != nil {
		return 0, err
	}
	if err := tx.DropDraft(ctx, e.kind.name, d.ID); err != nil {
		return 0, err
	}
	return version, tx.Audit(ctx, store.AuditEntry{ActorID: actor.Person.ID, Act: act, Kind: e.kind.name, ObjectID: d.ID,
		Name: e.kind.label(value), Detail: d.Note})
}

// Discard gives the draft up. Error: conflict when there is none.
func (e *Editor[T]) Discard(ctx context.Context, actor guichet.Actor, id guichet.ID) error {
	return e.store.Write(ctx, func(tx *store.Tx) error {
		s, err := e.load(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if s.draft == nil {
			return guichet.Conflict("draft.none")
		}
		if err := tx.EndDraft(ctx, *s.draft); err != nil {
			return err
		}
		return tx.Audit(ctx, store.AuditEntry{ActorID: actor.Person.ID, Act: "discard", Kind: e.kind.name, ObjectID: id,
			Name: e.kind.label(s.value)})
	})
}

// Restore makes an older version the draft. Errors: not found, conflict when a draft is in progress.
func (e *Editor[T]) Restore(ctx context.Context, actor guichet.Actor, id guichet.ID, version int) error {
	return e.store.Write(ctx, func(tx *store.Tx) error {
		s, err := e.load(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if s.draft != nil {
			return guichet.Conflict("draft.changed")
		}
		body, err := tx.VersionBody(ctx, e.kind.name, id, version)
		if err != nil {
			return err
		}
		value, err := e.decode(body)
		if err != nil {
			return err
		}
		if !e.kind.may(actor, s.desk, value) {
			return guichet.NotFound(e.kind.name)
		}
		return e.keep(ctx, tx, actor, store.Draft{ID: id, Base: s.version}, value)
	})
}

// At reads an object as a version has it, to look at it. Error: not found.
func (e *Editor[T]) At(ctx context.Context, actor guichet.Actor, id guichet.ID, version int) (T, error) {
	var value T
	err := e.store.Read(ctx, func(tx *store.Tx) error {
		s, err := e.load(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		body, err := tx.VersionBody(ctx, e.kind.name, id, version)
		if err != nil {
			return err
		}
		if value, err = e.decode(body); err == nil && !e.kind.may(actor, s.desk, value) {
			err = guichet.NotFound(e.kind.name)
		}
		return err
	})
	return value, err
}

// Remove takes an object out of the desk; its versions stay, for the tickets that name it. Errors:
// conflict when something needs it, or when objects of this kind are not removed.
func (e *Editor[T]) Remove(ctx context.Context, actor guichet.Actor, id guichet.ID) error {
	return e.store.Write(ctx, func(tx *store.Tx) error {
		s, err := e.load(ctx, tx, actor, id)
		switch {
		case err != nil:
			return err
		case e.kind.drop == nil || s.published == nil:
			return guichet.Conflict("draft.not_removable")
		}
		without := s.desk.Clone()
		e.kind.drop(without, id)
		without.Index()
		if e.kind.used != nil {
			if err := e.kind.used(without, id); err != nil {
				return err
			}
		}
		_, err = e.define(ctx, tx, actor, store.Definition{ID: id}, *s.published)
		return err
	})
}

func (e *Editor[T]) decode(body string) (value T, err error) {
	return value, json.Unmarshal([]byte(body), &value)
}

func keys[T any](m map[guichet.ID]T) []guichet.ID { return slices.Sorted(maps.Keys(m)) }
