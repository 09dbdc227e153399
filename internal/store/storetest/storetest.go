// Package storetest opens databases for tests: SQLite in a temporary folder, or a schema of its own
// in PostgreSQL when GUICHET_TEST_POSTGRES names a server.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"guichet/internal/store"
)

// Open returns an empty, migrated database that is removed when the test ends. A nil clock is the
// real one.
func Open(t testing.TB, now func() time.Time) *store.Store {
	t.Helper()
	return ready(t, store.Options{Dir: t.TempDir(), URL: URL(t), Now: now})
}

// OpenEmbedded is Open with the embedded engine, whatever the environment names.
func OpenEmbedded(t testing.TB) *store.Store {
	t.Helper()
	return ready(t, store.Options{Dir: t.TempDir()})
}

func ready(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if _, err := s.Migrate(ctx); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	return s
}

// URL returns the address of a fresh schema on the PostgreSQL server named by the environment, or
// an empty text for SQLite.
func URL(t testing.TB) string {
	t.Helper()
	server := os.Getenv("GUICHET_TEST_POSTGRES")
	if server == "" {
		return ""
	}
	schema := strings.ToLower("t" + rand.Text()) // the search path folds names
	run(t, server, `CREATE SCHEMA "`+schema+`"`)
	t.Cleanup(func() { run(t, server, `DROP SCHEMA "`+schema+`" CASCADE`) })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("GUICHET_TEST_POSTGRES: %v", err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// OpenIn opens a database of its own whose language is not that of the tests; it skips the test where
// the server of the environment, if any, cannot make one.
func OpenIn(t testing.TB, language string) *store.Store {
	t.Helper()
	Server(t)
	server := os.Getenv("GUICHET_TEST_POSTGRES")
	name := strings.ToLower("t" + rand.Text())
	run(t, server, `CREATE DATABASE `+name+` TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE '`+language+`'`)
	t.Cleanup(func() { run(t, server, `DROP DATABASE `+name+` WITH (FORCE)`) })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("GUICHET_TEST_POSTGRES: %v", err)
	}
	u.Path = "/" + name
	return ready(t, store.Options{URL: u.String()})
}

// Server skips a test that is about a database server when there is none.
func Server(t testing.TB) {
	t.Helper()
	if os.Getenv("GUICHET_TEST_POSTGRES") == "" {
		t.Skip("this is about PostgreSQL: GUICHET_TEST_POSTGRES names no server")
	}
}

// Embedded skips a test that is about the database inside the program when the suite runs on a server.
func Embedded(t testing.TB) {
	t.Helper()
	if os.Getenv("GUICHET_TEST_POSTGRES") != "" {
		t.Skip("this is about SQLite; GUICHET_TEST_POSTGRES names a server")
	}
}

func run(t testing.TB, server, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	defer db.Close() //nolint:errcheck // a connection of a test
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
