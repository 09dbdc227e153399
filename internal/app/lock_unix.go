//go:build unix

package app

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"guichet"
)

// lock makes this process the only one that serves a data folder with its SQLite database: a second
// one would take up the jobs that the first has in hand. The system lets go of the lock when the
// process ends, however it ends. Error: conflict when another process serves the folder.
func lock(dir string) (release func(), err error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a file of the data folder
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) //nolint:gosec // a descriptor fits
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = guichet.Conflict("data.served", "Folder", dir)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() { _ = file.Close() }, nil
}
