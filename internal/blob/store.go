// Package blob keeps files on disk under the hash of their content. A file is
// written once, never changed, and stored once however often it is sent.
//
// Under the store's directory, ab/cdef… holds the file whose SHA-256 begins
// with abcdef, and tmp the uploads under way. A file gets its final name only
// when all of it is on the disk, so that a crash at any moment leaves whole
// files and, at worst, forgotten temporary ones (see CleanTemp).
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"syscall"
	"time"

	"guichet"
)

const (
	tempDir    = "tmp"
	hashLength = 2 * sha256.Size // hexadecimal digits
	dirMode    = 0o700
	fileMode   = 0o600
)

// Store is a directory of files named by content, safe for concurrent use.
type Store struct {
	root *os.Root
}

// Ref says what was stored.
type Ref struct {
	Hash      string // SHA-256 of the content, 64 lower-case hexadecimal digits
	Size      int64  // bytes
	MediaType string // found in the content itself, never what the sender claims
	Width     int    // of a picture (PNG, JPEG, GIF), in pixels; 0: another kind of file
	Height    int
}

// Open opens the store in dir, making the directory when it does not exist.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("file store: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("file store: %w", err)
	}
	s := &Store{root: root}
	if err := s.makeDirs(); err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("file store: %w", err)
	}
	return s, nil
}

// Close lets go of the directory.
func (s *Store) Close() error { return s.root.Close() }

// makeDirs makes every folder at once and puts them on the disk, so that Put
// never has to wonder whether a folder would survive a crash.
func (s *Store) makeDirs() error {
	names := []string{tempDir}
	for i := range 256 {
		names = append(names, fmt.Sprintf("%02x", i))
	}
	for _, name := range names {
		if err := s.root.Mkdir(name, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return s.syncDir(".")
}

// Open opens a file for reading. The caller closes it. A hash that is unknown
// or malformed gives the error "file.not_found".
func (s *Store) Open(ctx context.Context, hash string) (*os.File, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	name, ok := nameOf(hash)
	if !ok {
		return nil, guichet.NotFound("file")
	}
	file, err := s.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, guichet.NotFound("file")
	}
	if err != nil {
		return nil, storageError(err)
	}
	return file, nil
}

// Verify reads a file again and compares it with its hash. A difference gives
// an internal error "file.corrupt".
func (s *Store) Verify(hash string) error {
	file, err := s.Open(context.Background(), hash)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	digest := sha256.New()
	if _, err := io.Copy(digest, file); err != nil {
		return storageError(err)
	}
	if found := hex.EncodeToString(digest.Sum(nil)); found != hash {
		return &guichet.Error{Kind: guichet.KindInternal, Code: "file.corrupt",
			Err: fmt.Errorf("%s holds %s", hash, found)}
	}
	return nil
}

// Walk calls visit for every stored file, by order of hash, until it returns
// an error, which Walk returns. Files stored meanwhile may be missed.
func (s *Store) Walk(visit func(hash string, size int64) error) error {
	return fs.WalkDir(s.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name == tempDir {
				return fs.SkipDir
			}
			return nil
		}
		hash, ok := hashOf(name)
		if !ok {
			return nil // something an administrator left there
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return visit(hash, info.Size())
	})
}

// CleanTemp removes the temporary files last written before the given time,
// which a crash left behind, and says how many.
func (s *Store) CleanTemp(before time.Time) (int, error) {
	entries, err := fs.ReadDir(s.root.FS(), tempDir)
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, entry := range entries {
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || (err == nil && !info.ModTime().Before(before)) {
			continue // just finished, or still under way
		}
		if err != nil {
			return removed, err
		}
		if err := s.root.Remove(tempDir + "/" + entry.Name()); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// syncDir puts the names of a folder on the disk.
func (s *Store) syncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be flushed there; the file system journals names
	}
	dir, err := s.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// nameOf gives the path of a hash under the root, if it is one.
func nameOf(hash string) (string, bool) {
	if !isHash(hash) {
		return "", false
	}
	return hash[:2] + "/" + hash[2:], true
}

// hashOf gives the hash kept under a path, if it is one of ours.
func hashOf(name string) (string, bool) {
	if len(name) != hashLength+1 || name[2] != '/' {
		return "", false
	}
	hash := name[:2] + name[3:]
	return hash, isHash(hash)
}

func isHash(text string) bool {
	if len(text) != hashLength {
		return false
	}
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// storageError tells a full disk ("storage.full") from the other faults of the
// disk ("storage.failed"); both are unavailability, to be tried again.
func storageError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return guichet.Unavailable("storage.full", err)
	default:
		return guichet.Unavailable("storage.failed", err)
	}
}
