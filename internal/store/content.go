package store

import (
	"context"
	"regexp"
	"slices"
)

// contentHash is how a text names a content of the disk.
var contentHash = regexp.MustCompile(`[0-9a-f]{64}`)

// hashesAtOnce is how many contents one query asks for.
const hashesAtOnce = 500

// Unreferenced are those of some contents, named by their hashes, to which nothing refers: no document, no text that
// was not sent yet, no message that has not left.
func (tx *Tx) Unreferenced(ctx context.Context, hashes []string) ([]string, error) {
	left := map[string]bool{}
	for _, hash := range hashes {
		left[hash] = true
	}
	for part := range slices.Chunk(hashes, hashesAtOnce) {
		var b builder
		kept, err := many(ctx, tx, single[string], `SELECT DISTINCT hash FROM document WHERE hash IN `+in(&b, part), b.args...)
		if err != nil {
			return nil, err
		}
		for _, hash := range kept {
			delete(left, hash)
		}
	}
	for _, query := range []string{`SELECT body FROM unsent`, `SELECT message FROM outgoing`} {
		if len(left) == 0 {
			return nil, nil
		}
		if _, err := many(ctx, tx, dropping(left), query); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(slices.Clone(hashes), func(hash string) bool { return !left[hash] }), nil
}

// dropping reads texts one by one, and takes what they name out of a set.
func dropping(left map[string]bool) func(scanner) (struct{}, error) {
	return func(r scanner) (struct{}, error) {
		var text string
		err := r.Scan(&text)
		for _, hash := range contentHash.FindAllString(text, -1) {
			delete(left, hash)
		}
		return struct{}{}, err
	}
}
