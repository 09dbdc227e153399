package searching

import (
	"context"

	"guichet/internal/store"
)

// indexBatch is how many tickets are indexed in one transaction.
const indexBatch = 100

// IndexAgain is the handler of store.JobIndex: the tickets of the desk get their entries in the index of words,
// some at a time, the newest first. What is indexed meanwhile is not lost: an entry only ever gains words.
func (s *Searching) IndexAgain(ctx context.Context, tx *store.Tx, j store.Job) error {
	at, err := store.ReadIndexing(j.Payload)
	if err != nil {
		return err
	}
	if at.Total == 0 {
		at.Before = 1 << 62
	}
	last, err := tx.IndexAgain(ctx, at.Before, indexBatch)
	if err != nil {
		return err
	}
	if last == 0 {
		return tx.DropFormerIndex(ctx)
	}
	if at.Total == 0 {
		at.Total = last + indexBatch - 1
	}
	at.Before = last
	return tx.GoOnIndexing(ctx, at)
}
