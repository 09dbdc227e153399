package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

func pragma(t *testing.T, s *store.Store, query string) (n int) {
	t.Helper()
	if err := s.Writer().QueryRow("PRAGMA " + query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// addPeople writes persons of about four kilobytes until one is refused, and says how many were not.
func addPeople(ctx context.Context, s *store.Store, prefix string, n int) (written int, err error) {
	for i := range n {
		p := guichet.Person{ID: guichet.ID(fmt.Sprint(prefix, i)), GivenName: strings.Repeat("x", 4000), Active: true}
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.SavePerson(ctx, p) }); err != nil {
			return i, err
		}
	}
	return n, nil
}

// A full disk is told as such, what was acknowledged stays, reading goes on, and once there is room
// again so does writing.
func TestAFullDisk(t *testing.T) {
	Embedded(t)
	ctx := context.Background()
	s := Open(t, nil)
	pages := pragma(t, s, "page_count")
	pragma(t, s, fmt.Sprint("max_page_count = ", pages+20))
	written, err := addPeople(ctx, s, "before", 100)
	if guichet.KindOf(err) != guichet.KindUnavailable || guichet.CodeOf(err) != "storage.unavailable" {
		t.Fatalf("after %d persons: %v", written, err)
	}
	if _, err := addPeople(ctx, s, "still", 1); guichet.KindOf(err) != guichet.KindUnavailable {
		t.Fatalf("still full: %v", err)
	}
	for i := range written {
		err := s.Read(ctx, func(tx *store.Tx) error {
			_, err := tx.Person(ctx, guichet.ID(fmt.Sprint("before", i)))
			return err
		})
		if err != nil {
			t.Errorf("person %d of %d: %v", i, written, err)
		}
	}
	pragma(t, s, fmt.Sprint("max_page_count = ", pages+2000))
	if n, err := addPeople(ctx, s, "after", 30); err != nil {
		t.Errorf("after %d persons, with room again: %v", n, err)
	}
	if found, err := s.Check(ctx); err != nil || len(found) > 0 {
		t.Errorf("check: %v %v", found, err)
	}
	if err := s.Ready(ctx); err != nil {
		t.Errorf("ready: %v", err)
	}
}

// The server ends a connection in the middle of a transaction: it is told as such, nothing is half
// written, and the next transaction finds another connection.
func TestALostConnection(t *testing.T) {
	Server(t)
	ctx := context.Background()
	s := Open(t, nil)
	err := s.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SavePerson(ctx, guichet.Person{ID: "lost", Active: true}); err != nil {
			return err
		}
		pid, err := tx.Backend(ctx)
		if err != nil {
			return err
		}
		if _, err := s.Writer().Exec("SELECT pg_terminate_backend($1)", pid); err != nil {
			return err
		}
		return tx.SavePerson(ctx, guichet.Person{ID: "also lost", Active: true})
	})
	if guichet.KindOf(err) != guichet.KindUnavailable || err == nil {
		t.Fatalf("got %v", err)
	}
	err = s.Write(ctx, func(tx *store.Tx) error { return tx.SavePerson(ctx, guichet.Person{ID: "kept", Active: true}) })
	if err != nil {
		t.Fatalf("the next one: %v", err)
	}
	err = s.Read(ctx, func(tx *store.Tx) error {
		people, err := tx.People(ctx, []guichet.ID{"lost", "also lost", "kept"})
		if len(people) != 1 {
			t.Errorf("%d persons, want the last one", len(people))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A transaction that is given up leaves the connection usable.
func TestAnAbandonedTransaction(t *testing.T) {
	s := Open(t, nil)
	ctx, cancel := context.WithCancel(context.Background())
	err := s.Write(ctx, func(tx *store.Tx) error {
		cancel()
		return tx.SavePerson(ctx, guichet.Person{ID: "p", Active: true})
	})
	if guichet.KindOf(err) != guichet.KindUnavailable || guichet.CodeOf(err) != "storage.interrupted" {
		t.Errorf("got %v", err)
	}
	if err := s.Ready(context.Background()); err != nil {
		t.Errorf("ready: %v", err)
	}
}

func TestConflictsOfTheDatabaseAreTold(t *testing.T) {
	s := Open(t, nil)
	ctx := context.Background()
	err := s.Write(ctx, func(tx *store.Tx) error {
		return tx.JoinTeam(ctx, "no such team", "nobody")
	})
	if guichet.KindOf(err) != guichet.KindConflict || guichet.CodeOf(err) != "storage.conflict" {
		t.Errorf("got %v", err)
	}
}
