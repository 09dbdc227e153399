package store

import (
	"context"
	"strings"
	"time"

	"guichet"
)

// Import is a file of persons or organisations being brought in. What only the use case reads is encoded by it.
type Import struct {
	ID          guichet.ID
	AuthorID    guichet.ID
	Kind        string
	Name        string // of the file
	State       string
	Options     string
	Counts      string
	Fingerprint string
	Total       int
	Done        int // lines that were applied
	CreatedAt   time.Time
	FinishedAt  time.Time
}

const importColumns = `m.id, m.author_id, m.kind, m.name, m.state, m.options, m.counts, m.fingerprint, m.total, m.done, m.created_at, m.finished_at`

func scanImport(r scanner) (m Import, err error) {
	return m, r.Scan(&m.ID, &m.AuthorID, &m.Kind, &m.Name, &m.State, &m.Options, &m.Counts, &m.Fingerprint, &m.Total, &m.Done,
		moment{&m.CreatedAt}, moment{&m.FinishedAt})
}

// InsertImport keeps a file that was received.
func (tx *Tx) InsertImport(ctx context.Context, m Import, body []byte) error {
	return tx.exec(ctx, `INSERT INTO directory_import (id, author_id, kind, name, state, options, counts, fingerprint, total, done,
			created_at, finished_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		string(m.ID), string(m.AuthorID), m.Kind, m.Name, m.State, m.Options, m.Counts, m.Fingerprint, m.Total, m.Done,
		micros(m.CreatedAt), micros(m.FinishedAt), body)
}

// UpdateImport writes what moves in an import.
func (tx *Tx) UpdateImport(ctx context.Context, m Import) error {
	return tx.exec(ctx, `UPDATE directory_import SET state = $2, options = $3, counts = $4, fingerprint = $5, total = $6, done = $7,
			finished_at = $8 WHERE id = $1`, string(m.ID), m.State, m.Options, m.Counts, m.Fingerprint, m.Total, m.Done, micros(m.FinishedAt))
}

// Import reads an import. Error: not found.
func (tx *Tx) Import(ctx context.Context, id guichet.ID) (Import, error) {
	return one(ctx, tx, "import", scanImport, `SELECT `+importColumns+` FROM directory_import m WHERE m.id = $1`, string(id))
}

// ImportBody reads the file of an import.
func (tx *Tx) ImportBody(ctx context.Context, id guichet.ID) ([]byte, error) {
	return one(ctx, tx, "import", single[[]byte], `SELECT body FROM directory_import WHERE id = $1`, string(id))
}

// ForgetImportBody empties the file of an import.
func (tx *Tx) ForgetImportBody(ctx context.Context, id guichet.ID) error {
	return tx.exec(ctx, `UPDATE directory_import SET body = $2 WHERE id = $1`, string(id), []byte{})
}

// ImportsOf lists the imports of a person, newest first.
func (tx *Tx) ImportsOf(ctx context.Context, author guichet.ID, limit int) ([]Import, error) {
	return many(ctx, tx, scanImport, `SELECT `+importColumns+` FROM directory_import m WHERE m.author_id = $1
		ORDER BY m.created_at DESC, m.id DESC LIMIT $2`, string(author), limit)
}

// SweepImports removes the imports that were begun before a time, with the personal data in them.
func (tx *Tx) SweepImports(ctx context.Context, before time.Time) error {
	if err := tx.exec(ctx, `DELETE FROM directory_import_line WHERE import_id IN
		(SELECT id FROM directory_import WHERE created_at < $1)`, micros(before)); err != nil {
		return err
	}
	return tx.exec(ctx, `DELETE FROM directory_import WHERE created_at < $1`, micros(before))
}

// ImportLine is a line of an import, as it was understood.
type ImportLine struct {
	Seq    int
	Line   int // of the file; 0 for who is absent from it
	Action string
	Body   string
}

// lineChunk is how many lines one statement writes.
const lineChunk = 100

// ReplaceImportLines writes what an import would do.
func (tx *Tx) ReplaceImportLines(ctx context.Context, id guichet.ID, lines []ImportLine) error {
	if err := tx.exec(ctx, `DELETE FROM directory_import_line WHERE import_id = $1`, string(id)); err != nil {
		return err
	}
	for len(lines) > 0 {
		n := min(lineChunk, len(lines))
		var b builder
		rows := make([]string, n)
		for i, l := range lines[:n] {
			rows[i] = "(" + strings.Join([]string{b.arg(string(id)), b.arg(l.Seq), b.arg(l.Line), b.arg(l.Action), b.arg(l.Body)}, ", ") + ")"
		}
		err := tx.exec(ctx, `INSERT INTO directory_import_line (import_id, seq, line, action, body) VALUES `+strings.Join(rows, ", "), b.args...)
		if err != nil {
			return err
		}
		lines = lines[n:]
	}
	return nil
}

func scanImportLine(r scanner) (l ImportLine, err error) {
	return l, r.Scan(&l.Seq, &l.Line, &l.Action, &l.Body)
}

// ImportLines reads lines after one, in their order; action, when set, selects.
func (tx *Tx) ImportLines(ctx context.Context, id guichet.ID, action string, after, limit int) ([]ImportLine, error) {
	var b builder
	b.and("import_id = " + b.arg(string(id)))
	b.and("seq > " + b.arg(after))
	if action != "" {
		b.and("action = " + b.arg(action))
	}
	return many(ctx, tx, scanImportLine, `SELECT seq, line, action, body FROM directory_import_line WHERE `+b.sql()+`
		ORDER BY seq LIMIT `+b.arg(limit), b.args...)
}

// MarkImportLine says what became of a line.
func (tx *Tx) MarkImportLine(ctx context.Context, id guichet.ID, l ImportLine) error {
	return tx.exec(ctx, `UPDATE directory_import_line SET action = $3, body = $4 WHERE import_id = $1 AND seq = $2`,
		string(id), l.Seq, l.Action, l.Body)
}

// Known is a person with the login of a local account, if there is one.
type Known struct {
	guichet.Person
	Login string
}

// Everybody reads every person, for what is compared with all of them at once.
func (tx *Tx) Everybody(ctx context.Context) ([]Known, error) {
	people, err := many(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM person p ORDER BY p.id`)
	if err != nil {
		return nil, err
	}
	logins, err := tx.logins(ctx, `SELECT person_id, subject FROM identity WHERE kind = 'local'`)
	out := make([]Known, len(people))
	for i, p := range people {
		out[i] = Known{p, logins[p.ID]}
	}
	return out, err
}

// Logins reads the logins of the local accounts of some persons.
func (tx *Tx) Logins(ctx context.Context, people []guichet.ID) (map[guichet.ID]string, error) {
	var b builder
	return tx.logins(ctx, `SELECT person_id, subject FROM identity WHERE kind = 'local' AND person_id IN `+in(&b, people), b.args...)
}

func (tx *Tx) logins(ctx context.Context, query string, args ...any) (map[guichet.ID]string, error) {
	out := map[guichet.ID]string{}
	_, err := many(ctx, tx, func(r scanner) (subject string, err error) {
		var person guichet.ID
		err = r.Scan(&person, &subject)
		out[person] = subject
		return subject, err
	}, query, args...)
	return out, err
}

// HeldBy reads what every person holds, alone and through teams, that has not ended.
func (tx *Tx) HeldBy(ctx context.Context) (map[guichet.ID][]guichet.Grant, error) {
	out := map[guichet.ID][]guichet.Grant{}
	_, err := many(ctx, tx, func(r scanner) (g guichet.Grant, err error) {
		var person guichet.ID
		err = r.Scan(&person, &g.ID, &g.RoleID, id(&g.OrganisationID), id(&g.ServiceID), moment{&g.EndsAt})
		out[person] = append(out[person], g)
		return g, err
	}, `SELECT COALESCE(g.person_id, m.person_id), g.id, g.role_id, g.organisation_id, g.service_id, g.ends_at
		FROM role_grant g LEFT JOIN team_member m ON m.team_id = g.team_id
		WHERE (g.person_id IS NOT NULL OR m.person_id IS NOT NULL) AND (g.ends_at = 0 OR g.ends_at > $1)`, micros(tx.Now))
	return out, err
}
