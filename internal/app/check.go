package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"guichet/internal/blob"
	"guichet/internal/config"
	"guichet/internal/store"
)

// Check verifies the database of a desk, and that every file that a document names is there and whole. It
// returns what is wrong. The schema is left as it is: a newer program may look at a desk that an older one
// serves.
func Check(ctx context.Context, c config.Config) ([]string, error) {
	s, err := store.Open(ctx, store.Options{URL: c.DatabaseURL, Dir: c.DataDir})
	if err != nil {
		return nil, err
	}
	defer s.Close() //nolint:errcheck // only read
	found, err := s.Check(ctx)
	if err != nil {
		return nil, err
	}
	lost, err := lostFiles(ctx, s, filepath.Join(c.DataDir, "files"))
	if err != nil {
		return nil, err
	}
	counts, err := wrongCounts(ctx, s)
	return slices.Concat(found, lost, counts), err
}

// wrongCounts compares the kept counters of the views with the tickets. The sweeping of every day mends them.
func wrongCounts(ctx context.Context, s *store.Store) ([]string, error) {
	if older, err := s.Pending(ctx); older || err != nil {
		return nil, err
	}
	wrong := 0
	err := s.Read(ctx, func(tx *store.Tx) (err error) {
		wrong, err = tx.WrongCells(ctx)
		return err
	})
	if wrong == 0 || err != nil {
		return nil, err
	}
	return []string{fmt.Sprintf("counts of the views: %d differ from the tickets; they are mended within a day", wrong)}, nil
}

// lostFiles are the files that documents name and that are not there, or not whole.
func lostFiles(ctx context.Context, s *store.Store, folder string) (lost []string, err error) {
	blobs, err := blob.Open(folder)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, blobs.Close()) }()
	var hashes []string
	err = s.Read(ctx, func(tx *store.Tx) (err error) {
		hashes, err = tx.Hashes(ctx)
		return err
	})
	for _, hash := range hashes {
		if err := blobs.Verify(hash); err != nil {
			lost = append(lost, "file "+hash+": "+err.Error())
		}
	}
	return lost, err
}
