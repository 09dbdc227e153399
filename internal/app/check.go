package app

import (
	"context"

	"guichet/internal/store"
)

// Check verifies the database, and that every file that a document names is there and whole. It
// returns what is wrong.
func Check(ctx context.Context, a *App) ([]string, error) {
	found, err := a.Store.Check(ctx)
	if err != nil {
		return nil, err
	}
	var hashes []string
	err = a.Store.Read(ctx, func(tx *store.Tx) (err error) {
		hashes, err = tx.Hashes(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, hash := range hashes {
		if err := a.Blobs.Verify(hash); err != nil {
			found = append(found, "file "+hash+": "+err.Error())
		}
	}
	return found, nil
}
