package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"guichet"
)

// Folders is how many folders the contents are spread over.
const Folders = 256

// Aged lists contents last written, or touched, before a time, folder after folder from a given one, until most files
// were looked at. Next is the folder to go on with: Folders when all were seen.
func (s *Store) Aged(ctx context.Context, from int, before time.Time, most int) (hashes []string, next int, err error) {
	seen := 0
	for next = from; next < Folders && seen < most; next++ {
		entries, err := fs.ReadDir(s.root.FS(), fmt.Sprintf("%02x", next))
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, next, storageError(err)
		}
		for _, entry := range entries {
			hash, ok := hashOf(fmt.Sprintf("%02x/%s", next, entry.Name()))
			info, err := entry.Info()
			if ok && err == nil && info.ModTime().Before(before) { // one that is gone is not aged
				hashes = append(hashes, hash)
			}
		}
		seen += len(entries)
	}
	return hashes, next, nil
}

// Touch says that a content is wanted again: it is as young as if it had just been put. A hash that is unknown or
// malformed gives the error "file.not_found".
func (s *Store) Touch(hash string) error {
	name, ok := nameOf(hash)
	if !ok {
		return guichet.NotFound("file")
	}
	now := time.Now()
	err := s.root.Chtimes(name, now, now)
	if errors.Is(err, fs.ErrNotExist) {
		return guichet.NotFound("file")
	}
	return storageError(err)
}

// Remove takes a content away for good, unless it was put or touched since a time. It is set aside first and looked at
// then, so that whoever wants it again at the same moment either keeps it or is told that it is gone.
func (s *Store) Remove(hash string, since time.Time) (removed bool, err error) {
	name, ok := nameOf(hash)
	if !ok {
		return false, guichet.NotFound("file")
	}
	aside := tempDir + "/" + rand.Text()
	if err := s.root.Rename(name, aside); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, storageError(err)
	}
	info, err := s.root.Stat(aside)
	if err != nil {
		return false, storageError(err)
	}
	if !info.ModTime().Before(since) {
		return false, storageError(s.root.Rename(aside, name))
	}
	return true, storageError(s.root.Remove(aside))
}
