package store

import (
	"context"
	"time"

	"guichet"
)

// Definition is a version to write of an object of the configuration that only Go reads. A nil Body
// removes the object: its versions stay.
type Definition struct {
	Kind     string
	ID       guichet.ID
	Body     any
	AuthorID guichet.ID // empty: a file
	Note     string
}

// Define writes a new version, unless it equals the newest, moves the revision of the desk, and returns
// the number of the newest version.
func (tx *Tx) Define(ctx context.Context, d Definition) (int, error) {
	version, err := tx.define(ctx, d)
	if err != nil {
		return 0, err
	}
	return version, tx.touchDesk(ctx)
}

// Version is a version of a definition.
type Version struct {
	Version   int
	AuthorID  guichet.ID
	Note      string
	CreatedAt time.Time
	Removed   bool
}

// Versions lists the versions of a definition, newest first.
func (tx *Tx) Versions(ctx context.Context, kind string, object guichet.ID) ([]Version, error) {
	return many(ctx, tx, func(r scanner) (v Version, err error) {
		return v, r.Scan(&v.Version, text[guichet.ID]{&v.AuthorID}, &v.Note, moment{&v.CreatedAt}, &v.Removed)
	}, `SELECT version, author_id, note, created_at, body = '' FROM definition WHERE kind = $1 AND id = $2 ORDER BY version DESC`,
		kind, string(object))
}

// VersionBody reads the body of one version. Error: not found.
func (tx *Tx) VersionBody(ctx context.Context, kind string, object guichet.ID, version int) (string, error) {
	return one(ctx, tx, "version", single[string], `SELECT body FROM definition
		WHERE kind = $1 AND id = $2 AND version = $3 AND body <> ''`, kind, string(object), version)
}

// Draft is an edition in progress.
type Draft struct {
	Kind      string
	ID        guichet.ID
	Base      int // version it started from, 0 for a new object
	Body      string
	AuthorID  guichet.ID
	UpdatedAt time.Time
	Revision  int64 // from 1, moves with every saving
}

const draftColumns = `kind, id, base, body, author_id, updated_at, revision`

func scanDraft(r scanner) (d Draft, err error) {
	return d, r.Scan(&d.Kind, &d.ID, &d.Base, &d.Body, &d.AuthorID, moment{&d.UpdatedAt}, &d.Revision)
}

// Draft reads the draft of an object. Error: not found.
func (tx *Tx) Draft(ctx context.Context, kind string, object guichet.ID) (Draft, error) {
	return one(ctx, tx, "draft", scanDraft, `SELECT `+draftColumns+` FROM draft WHERE kind = $1 AND id = $2`, kind, string(object))
}

// Drafts lists the drafts of a kind by their keys.
func (tx *Tx) Drafts(ctx context.Context, kind string) ([]Draft, error) {
	return many(ctx, tx, scanDraft, `SELECT `+draftColumns+` FROM draft WHERE kind = $1 ORDER BY id`, kind)
}

// SaveDraft writes a draft over the one whose revision was seen; 0 when there was none. Error: conflict
// when somebody else saved or discarded it meanwhile.
func (tx *Tx) SaveDraft(ctx context.Context, d Draft) error {
	var n int64
	var err error
	if d.Revision == 0 {
		n, err = tx.affected(ctx, `INSERT INTO draft (`+draftColumns+`) VALUES ($1, $2, $3, $4, $5, $6, 1)
			ON CONFLICT (kind, id) DO NOTHING`, d.Kind, string(d.ID), d.Base, d.Body, string(d.AuthorID), micros(tx.Now))
	} else {
		n, err = tx.affected(ctx, `UPDATE draft SET base = $3, body = $4, author_id = $5, updated_at = $6, revision = revision + 1
			WHERE kind = $1 AND id = $2 AND revision = $7`, d.Kind, string(d.ID), d.Base, d.Body, string(d.AuthorID),
			micros(tx.Now), d.Revision)
	}
	if err == nil && n == 0 {
		return guichet.Conflict("draft.changed")
	}
	return err
}

// EndDraft removes the draft whose revision was seen. Error: conflict when somebody else saved or ended it
// meanwhile: what they wrote stays.
func (tx *Tx) EndDraft(ctx context.Context, d Draft) error {
	n, err := tx.affected(ctx, `DELETE FROM draft WHERE kind = $1 AND id = $2 AND revision = $3`, d.Kind, string(d.ID), d.Revision)
	if err == nil && n == 0 {
		return guichet.Conflict("draft.changed")
	}
	return err
}

// DropDraft removes the draft of an object, if there is one.
func (tx *Tx) DropDraft(ctx context.Context, kind string, object guichet.ID) error {
	return tx.exec(ctx, `DELETE FROM draft WHERE kind = $1 AND id = $2`, kind, string(object))
}

// AuditEntry is an administrative act: who, when, what, on which object.
type AuditEntry struct {
	ID       guichet.ID
	At       time.Time
	ActorID  guichet.ID // empty: the desk itself, or the command line
	Act      string     // key of a text: "publish", "discard", "create", "update", "remove", "grant", "withdraw", "import"…
	Kind     string     // of the object: the kind of a definition, "service", "person", "grant"…
	ObjectID guichet.ID
	Name     string // of the object, as it was then
	Detail   string // what changed, in the words of the desk's language; may be empty
}

// Audit appends an administrative act at the time of the transaction.
func (tx *Tx) Audit(ctx context.Context, e AuditEntry) error {
	return tx.exec(ctx, `INSERT INTO audit (id, at, actor_id, act, kind, object_id, name, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(guichet.NewID(tx.Now)), micros(tx.Now), nullable(e.ActorID), e.Act, e.Kind, string(e.ObjectID), e.Name, e.Detail)
}

// AuditTrail lists administrative acts, newest first, after a place; kind and object, when set, select.
func (tx *Tx) AuditTrail(ctx context.Context, kind string, object guichet.ID, after Cursor, limit int) ([]AuditEntry, error) {
	var b builder
	b.and("1 = 1")
	if kind != "" {
		b.and("kind = " + b.arg(kind))
	}
	if object != "" {
		b.and("object_id = " + b.arg(string(object)))
	}
	if after.ID != "" {
		b.and("(at, id) < (" + b.arg(micros(after.UpdatedAt)) + ", " + b.arg(string(after.ID)) + ")")
	}
	return many(ctx, tx, func(r scanner) (e AuditEntry, err error) {
		return e, r.Scan(&e.ID, moment{&e.At}, id(&e.ActorID), &e.Act, &e.Kind, &e.ObjectID, &e.Name, &e.Detail)
	}, `SELECT id, at, actor_id, act, kind, object_id, name, detail FROM audit WHERE `+b.sql()+`
		ORDER BY at DESC, id DESC LIMIT `+b.arg(limit), b.args...)
}
