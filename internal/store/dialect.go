package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/jackc/pgx/v5/stdlib"

	"guichet"
)

// dialect is every difference between the two engines.
type dialect interface {
	driver() string
	goose() goose.Dialect
	gooseOptions() ([]goose.ProviderOption, error)
	version() string
	lockTable(name string) string      // keeps others from writing in a table; empty: who writes is alone
	shared() bool                      // several nodes may work on one database
	patience() time.Duration           // how long a server may be silent; 0: no limit
	claimSuffix() string               // of the sub-select that claims jobs
	lockSuffix() string                // of the select that reads a ticket to write it
	engineDDL() string                 // full-text index, and the order of texts
	syntax() syntax                    // of queries for words
	matches(placeholder string) string // condition on table ticket_words: it meets such a query
	held(token string) string          // a token as holds takes it
	holds(placeholder string) string   // condition on a row of ticket_words at hand: it has a token
	document() string                  // column of table ticket_words: the number of the ticket
	addWords(ctx context.Context, tx *Tx, number int64, tokens []string) error
	fault(err error) (guichet.ErrorKind, bool) // what a driver's error means
	retryable(err error) bool                  // the transaction may succeed if run again
	notify(context.Context, *sql.Tx) error
	tell(ctx context.Context, on execer, payload string) error // to every node that listens
	listen(ctx context.Context, db *sql.DB, ring func(), hear func(payload string)) error
	backup(ctx context.Context, db *sql.DB, file string) error
	check(ctx context.Context, db *sql.DB) ([]string, error)
}

// execer runs a statement, in a transaction or outside.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// classify turns a driver's error into one of ours, once, at the lowest point.
func classify(d dialect, err error) error {
	var known *guichet.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &guichet.Error{Kind: guichet.KindUnavailable, Code: "storage.interrupted", Err: err}
	}
	if d == nil {
		return err
	}
	switch kind, ok := d.fault(err); {
	case !ok:
		return &guichet.Error{Kind: guichet.KindInternal, Code: "internal", Err: err}
	case kind == guichet.KindConflict:
		return &guichet.Error{Kind: kind, Code: "storage.conflict", Err: err}
	default:
		return &guichet.Error{Kind: kind, Code: "storage.unavailable", Err: err}
	}
}

type sqlite struct{}

// sqliteDSN is the address of a database file. FULL makes each commit durable; a connection for
// reading cannot write by mistake. A page takes twice its size in the cache of a connection, since the
// allocator gives powers of two: 8,000 KiB are 16 MiB of memory.
func sqliteDSN(file, lock string, readOnly bool) string {
	q := url.Values{"_txlock": {lock}, "_dqs": {"0"}}
	for _, p := range []string{"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"busy_timeout(10000)", "cache_size(-8000)", "temp_store(MEMORY)"} {
		q.Add("_pragma", p)
	}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// checkVersion refuses a library with the WAL-reset corruption, mended in 3.51.3.
func checkVersion(ctx context.Context, db *sql.DB) error {
	var v string
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&v); err != nil {
		return err
	}
	var major, minor, patch int
	if _, err := fmt.Sscanf(v, "%d.%d.%d", &major, &minor, &patch); err != nil {
		return fmt.Errorf("version of SQLite %q: %w", v, err)
	}
	if major*1_000_000+minor*1_000+patch < 3_051_003 {
		return fmt.Errorf("SQLite %s may corrupt a database: 3.51.3 at least is needed", v)
	}
	return nil
}

func (sqlite) driver() string                                { return "sqlite" }
func (sqlite) goose() goose.Dialect                          { return goose.DialectSQLite3 }
func (sqlite) gooseOptions() ([]goose.ProviderOption, error) { return nil, nil }
func (sqlite) version() string                               { return "SELECT 'SQLite ' || sqlite_version()" }
func (sqlite) shared() bool                                  { return false }
func (sqlite) patience() time.Duration                       { return 0 }
func (sqlite) claimSuffix() string                           { return "" }
func (sqlite) lockSuffix() string                            { return "" }
func (sqlite) lockTable(string) string                       { return "" }
func (sqlite) document() string                              { return "ticket_words.rowid" }

func (sqlite) engineDDL() string {
	return `CREATE VIRTUAL TABLE IF NOT EXISTS ticket_words USING fts5
		(tokens, tokenize = "ascii tokenchars '_'", detail = none, columnsize = 0)`
}

func (sqlite) syntax() syntax { return syntax{`"`, " AND ", " OR ", " NOT "} }

func (sqlite) matches(placeholder string) string { return "ticket_words MATCH " + placeholder }

func (sqlite) held(token string) string { return " " + token + " " }

func (sqlite) holds(placeholder string) string {
	return "INSTR(ticket_words.tokens, " + placeholder + ") > 0"
}

const insertWords = `INSERT INTO ticket_words (rowid, tokens) VALUES ($1, $2)`

// addWords reads the entry of a ticket and writes it again when some of the tokens are new. A ticket that has
// just entered has none.
func (sqlite) addWords(ctx context.Context, tx *Tx, number int64, tokens []string) error {
	if tx.entered == number {
		tx.entered = 0
		return tx.exec(ctx, insertWords, number, " "+strings.Join(tokens, " ")+" ")
	}
	held, err := many(ctx, tx, single[string], `SELECT tokens FROM ticket_words WHERE rowid = $1`, number)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return tx.exec(ctx, insertWords, number, " "+strings.Join(tokens, " ")+" ")
	}
	known := map[string]bool{}
	for _, t := range strings.Fields(held[0]) {
		known[t] = true
	}
	added := slices.DeleteFunc(slices.Clone(tokens), func(t string) bool { return known[t] })
	if len(added) == 0 || len(known) >= maxTokens {
		return nil
	}
	return tx.exec(ctx, `UPDATE ticket_words SET tokens = $2 WHERE rowid = $1`, number, held[0]+strings.Join(added, " ")+" ")
}

func (sqlite) fault(err error) (guichet.ErrorKind, bool) {
	var e *sqlitedriver.Error
	if !errors.As(err, &e) {
		return 0, false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM:
		return guichet.KindUnavailable, true
	case sqlite3.SQLITE_CONSTRAINT:
		return guichet.KindConflict, true
	}
	return 0, false
}

func (sqlite) retryable(error) bool                                        { return false }
func (sqlite) notify(context.Context, *sql.Tx) error                       { return nil }
func (sqlite) tell(context.Context, execer, string) error                  { return nil }
func (sqlite) listen(context.Context, *sql.DB, func(), func(string)) error { return nil }

func (sqlite) backup(ctx context.Context, db *sql.DB, file string) error {
	_, err := db.ExecContext(ctx, "VACUUM INTO $1", file)
	return err
}

func (sqlite) check(ctx context.Context, db *sql.DB) ([]string, error) {
	var found []string
	for _, pragma := range []string{"PRAGMA integrity_check", "PRAGMA foreign_key_check"} {
		lines, err := pragmaLines(ctx, db, pragma)
		if err != nil {
			return nil, err
		}
		found = append(found, lines...)
	}
	return found, nil
}

func pragmaLines(ctx context.Context, db *sql.DB, pragma string) ([]string, error) {
	rows, err := db.QueryContext(ctx, pragma)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out []string
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		dest := make([]any, len(columns))
		for i := range cells {
			dest[i] = &cells[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		if cells[0].String != "ok" {
			out = append(out, pragma+": "+fmt.Sprint(cells))
		}
	}
	return out, rows.Err()
}

type postgres struct{}

func (postgres) driver() string       { return "pgx" }
func (postgres) goose() goose.Dialect { return goose.DialectPostgres }

// gooseOptions makes nodes that start together migrate once.
func (postgres) gooseOptions() ([]goose.ProviderOption, error) {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return []goose.ProviderOption{goose.WithSessionLocker(locker)}, nil
}

func (postgres) version() string { return "SELECT split_part(version(), ' on ', 1)" }
func (postgres) shared() bool    { return true }

// patience is far above what any statement of a desk takes. Without it, a server that was cut off
// without a word would hold every request, and the end of the program, for many minutes.
func (postgres) patience() time.Duration { return 5 * time.Second }

func (postgres) claimSuffix() string { return " FOR UPDATE SKIP LOCKED" }
func (postgres) lockSuffix() string  { return " FOR UPDATE OF t" }
func (postgres) lockTable(name string) string {
	return "LOCK TABLE " + name + " IN EXCLUSIVE MODE"
}
func (postgres) document() string { return "ticket_words.doc" }

// engineDDL: folded texts and keys are compared byte by byte, whatever the language of the database.
func (postgres) engineDDL() string {
	return `CREATE TABLE IF NOT EXISTS ticket_words (doc BIGINT PRIMARY KEY, tokens TSVECTOR NOT NULL);
		CREATE INDEX IF NOT EXISTS ticket_words_tokens ON ticket_words USING GIN (tokens);
		ALTER TABLE person_word ALTER COLUMN word TYPE TEXT COLLATE "C";
		ALTER TABLE person ALTER COLUMN sort_key TYPE TEXT COLLATE "C"`
}

func (postgres) syntax() syntax { return syntax{"'", " & ", " | ", " & !"} }

func (postgres) matches(placeholder string) string {
	return "ticket_words.tokens @@ CAST(" + placeholder + " AS tsquery)"
}

func (postgres) held(token string) string { return "'" + token + "'" }

func (p postgres) holds(placeholder string) string { return p.matches(placeholder) }

// addWords keeps the tokens as they are: PostgreSQL's own parser would split some of them.
func (postgres) addWords(ctx context.Context, tx *Tx, number int64, tokens []string) error {
	return tx.exec(ctx, `INSERT INTO ticket_words (doc, tokens) VALUES ($1, array_to_tsvector(string_to_array($2, ' ')))
		ON CONFLICT (doc) DO UPDATE SET tokens = ticket_words.tokens || excluded.tokens
		WHERE length(ticket_words.tokens) < $3`, number, strings.Join(tokens, " "), maxTokens)
}

func (postgres) fault(err error) (guichet.ErrorKind, bool) {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return guichet.KindUnavailable, true // no answer from the server: the connection is lost
	}
	switch e.Code[:2] {
	case "08", "53", "57", "58", "25", "40", "55":
		return guichet.KindUnavailable, true
	case "23":
		return guichet.KindConflict, true
	}
	return 0, false
}

// retryable: serialization failures and deadlocks (class 40).
func (postgres) retryable(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && strings.HasPrefix(e.Code, "40")
}

func (postgres) notify(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "NOTIFY guichet_jobs")
	return err
}

// tell speaks to the nodes of this schema: several desks may share a server.
func (postgres) tell(ctx context.Context, on execer, payload string) error {
	_, err := on.ExecContext(ctx, "SELECT pg_notify('guichet_news_' || current_schema(), $1)", payload)
	return err
}

// listen holds one connection for as long as it lives and starts again when it is lost; what was said
// meanwhile is not known.
func (p postgres) listen(ctx context.Context, db *sql.DB, ring func(), hear func(string)) error {
	for ctx.Err() == nil {
		_ = p.listenOnce(ctx, db, ring, hear) // a lost connection is seen by every request too
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Second):
		}
	}
	return nil
}

func (postgres) listenOnce(ctx context.Context, db *sql.DB, ring func(), hear func(string)) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it is dropped
	return conn.Raw(func(c any) error {
		return waitNotifications(ctx, c.(*stdlib.Conn).Conn(), ring, hear)
	})
}

// waitNotifications begins as if something had been said: it may have been, before anybody listened.
func waitNotifications(ctx context.Context, c *pgx.Conn, ring func(), hear func(string)) error {
	var schema string
	if err := c.QueryRow(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return err
	}
	if _, err := c.Exec(ctx, "LISTEN guichet_jobs; LISTEN "+pgx.Identifier{"guichet_news_" + schema}.Sanitize()); err != nil {
		return err
	}
	ring()
	hear("")
	for {
		n, err := c.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if n.Channel == "guichet_jobs" {
			ring()
		} else {
			hear(n.Payload)
		}
	}
}

func (postgres) backup(context.Context, *sql.DB, string) error {
	return &guichet.Error{Kind: guichet.KindInvalid, Code: "backup.postgres"}
}

func (postgres) check(context.Context, *sql.DB) ([]string, error) { return nil, nil }
