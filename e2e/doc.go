// Package e2e tries the real program from outside: scenario scripts (testdata/*.txtar), a client that
// keeps its own ledger while the server is killed, and faults of the disk and of the database.
//
// GUICHET_TEST_BINARY names a binary to try instead of one built from this tree;
// GUICHET_TEST_POSTGRES repeats on PostgreSQL what does not belong to SQLite alone.
package e2e
