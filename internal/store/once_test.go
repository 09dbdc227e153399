package store_test

import (
	"context"
	"testing"

	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// The reads of one request look once whether the configuration has moved; what is written in it is seen by those that
// follow, and a transaction always looks.
func TestARequestLooksOnceAtTheConfiguration(t *testing.T) {
	s := Open(t, nil)
	Fill(t, s)
	ctx := store.Once(t.Context())
	revision := func(ctx context.Context) (n int64) {
		t.Helper()
		err := s.Read(ctx, func(tx *store.Tx) error {
			desk, err := tx.Desk(ctx)
			if err == nil {
				n = desk.Revision
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	move := func(ctx context.Context) {
		t.Helper()
		if err := s.Write(ctx, func(tx *store.Tx) error { return tx.TouchDesk(ctx) }); err != nil {
			t.Fatal(err)
		}
	}
	first, before := revision(ctx), s.Statements()
	if revision(ctx) != first || s.Statements() != before {
		t.Error("the second read of the request looked again")
	}
	move(t.Context())
	if revision(store.Once(t.Context())) != first+1 || revision(t.Context()) != first+1 {
		t.Error("another request does not see what changed")
	}
	err := s.Write(ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(ctx)
		if err == nil && desk.Revision != first+1 {
			t.Error("a transaction of the request does not see what changed")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	move(ctx)
	if revision(ctx) != first+2 {
		t.Error("the request does not see what was written in it")
	}
}
