package account

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	keyFile   = "installation.key"
	keyLength = 32 // bytes
)

// LoadKey reads the key of the installation from the data directory, and makes
// it, at random and readable by the owner only, at the first start. Whoever
// has it can sign links: it belongs in a backup as safe as the data. Several
// programs that start at once end up with the same key.
func LoadKey(dir string) ([]byte, error) {
	name := filepath.Join(dir, keyFile)
	key, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createKey(dir, name); err != nil {
			return nil, fmt.Errorf("installation key: %w", err)
		}
		key, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, fmt.Errorf("installation key: %w", err)
	}
	if len(key) != keyLength {
		return nil, fmt.Errorf("installation key: %s has %d bytes instead of %d; restore it from a backup", name, len(key), keyLength)
	}
	return key, nil
}

// createKey writes a key that is whole as soon as it has its name, unless
// another program has just done so.
func createKey(dir, name string) error {
	temp, err := os.CreateTemp(dir, keyFile+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	key := make([]byte, keyLength)
	_, _ = rand.Read(key) // never fails since Go 1.24
	_, writing := temp.Write(key)
	if err := errors.Join(writing, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
