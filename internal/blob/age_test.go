package blob

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guichet"
)

// TestOldFilesAreToldTurnByTurn walks the folders in turns: each old file is told once, a young one never.
func TestOldFilesAreToldTurnByTurn(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	old := time.Now().Add(-time.Hour)
	var want []string
	for i := range 40 {
		ref, err := s.Put(ctx, strings.NewReader(strings.Repeat("x", i)), 100)
		if err != nil {
			t.Fatal(err)
		}
		if i%4 == 0 {
			continue
		}
		want = append(want, ref.Hash)
		if err := os.Chtimes(filepath.Join(dir, ref.Hash[:2], ref.Hash[2:]), old, old); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	turns := 0
	for next := 0; next < Folders; turns++ {
		var hashes []string
		if hashes, next, err = s.Aged(ctx, next, old.Add(time.Minute), 7); err != nil {
			t.Fatal(err)
		}
		got = append(got, hashes...)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) || turns < 4 {
		t.Errorf("%d turns told %d files, want %d", turns, len(got), len(want))
	}
}

// TestAFileThatIsWantedAgainStays: touched or put again, it outlives whoever took it for forgotten; what is removed is
// said to be gone.
func TestAFileThatIsWantedAgainStays(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ref, err := s.Put(ctx, strings.NewReader("once"), 100)
	if err != nil {
		t.Fatal(err)
	}
	limit := time.Now().Add(-time.Minute)
	age := func() {
		t.Helper()
		old := limit.Add(-time.Minute)
		if err := os.Chtimes(filepath.Join(dir, ref.Hash[:2], ref.Hash[2:]), old, old); err != nil {
			t.Fatal(err)
		}
	}
	for name, wanted := range map[string]func() error{
		"touched":   func() error { return s.Touch(ref.Hash) },
		"put again": func() error { _, err := s.Put(ctx, strings.NewReader("once"), 100); return err },
	} {
		age()
		if err := wanted(); err != nil {
			t.Fatal(err)
		}
		if removed, err := s.Remove(ref.Hash, limit); removed || err != nil || s.Verify(ref.Hash) != nil {
			t.Errorf("%s: removed %v, %v", name, removed, err)
		}
	}
	age()
	if removed, err := s.Remove(ref.Hash, limit); !removed || err != nil {
		t.Errorf("removed %v, %v", removed, err)
	}
	if removed, err := s.Remove(ref.Hash, limit); removed || err != nil {
		t.Errorf("twice: %v, %v", removed, err)
	}
	for _, hash := range []string{ref.Hash, "../../etc"} {
		if err := s.Touch(hash); guichet.KindOf(err) != guichet.KindNotFound {
			t.Errorf("%s is wanted again: %v", hash, err)
		}
	}
	left, err := os.ReadDir(filepath.Join(dir, tempDir))
	if err != nil || len(left) > 0 {
		t.Errorf("left aside: %v, %v", left, err)
	}
}
