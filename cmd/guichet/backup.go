package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"guichet/internal/app"
	"guichet/internal/config"
	"guichet/internal/store"
)

func (d data) config() config.Config {
	c := config.Default()
	c.DataDir, c.DatabaseURL = d.DataDir, d.DatabaseURL
	return c
}

type checkCommand struct {
	data
	report
}

// Run verifies, and fails when something is wrong.
func (c *checkCommand) Run(ctx context.Context) error {
	a, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // only read
	found, err := app.Check(ctx, a)
	if err != nil {
		return err
	}
	text := "Database and files are sound."
	if len(found) > 0 {
		text = strings.Join(found, "\n")
	}
	if err := c.print(map[string]any{"sound": len(found) == 0, "found": found}, text); err != nil {
		return err
	}
	if len(found) > 0 {
		return fmt.Errorf("%d things are wrong", len(found))
	}
	return nil
}

type backupCommand struct {
	data
	report
	To string `arg:"" help:"Folder to make; it must not exist."`
}

// Run copies the database first, then the files: a file that the copied database names was there
// before it.
func (c *backupCommand) Run(ctx context.Context) error {
	a, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // only read
	if err := os.Mkdir(c.To, 0o700); errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists: a backup makes its own folder, name a new one", c.To)
	} else if err != nil {
		return err
	}
	if err := a.Store.Backup(ctx, filepath.Join(c.To, "guichet.db")); err != nil {
		return errors.Join(err, os.Remove(c.To))
	}
	if err := copyTree(c.DataDir, c.To); err != nil {
		return err
	}
	return c.print(map[string]any{"backup": c.To}, "Backed up to "+c.To+". Try it: guichet restore "+c.To+" --data DIR")
}

type restoreCommand struct {
	data
	report
	From string `arg:"" type:"existingdir" help:"Folder of a backup."`
}

// Run makes a data folder out of a backup; it never writes over one.
func (c *restoreCommand) Run(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(c.From, "guichet.db")); err != nil {
		return fmt.Errorf("%s is not a backup: %w", c.From, err)
	}
	entries, err := os.ReadDir(c.DataDir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty: restore into a new folder", c.DataDir)
	}
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return err
	}
	if err := copyFile(filepath.Join(c.From, "guichet.db"), filepath.Join(c.DataDir, "guichet.db")); err != nil {
		return err
	}
	if err := copyTree(c.From, c.DataDir); err != nil {
		return err
	}
	return c.verify(ctx)
}

// verify opens what was restored and checks it.
func (c *restoreCommand) verify(ctx context.Context) error {
	s, err := store.Open(ctx, store.Options{Dir: c.DataDir})
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // only read
	found, err := s.Check(ctx)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("the database is damaged: %s", found[0])
	}
	if err != nil {
		return err
	}
	return c.print(map[string]any{"restored": c.DataDir}, "Restored to "+c.DataDir+". Next: guichet serve --data "+c.DataDir)
}

// copyTree copies what a data folder holds beside the database: the installation key and the files.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(name, "guichet.db") || name == filepath.Join("files", "tmp"):
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		case !entry.Type().IsRegular():
			return nil
		}
		return copyFile(path, filepath.Join(to, name))
	})
}

// copyFile copies a file and makes it durable.
func copyFile(from, to string) error {
	in, err := os.Open(from) //nolint:gosec // a path of the data folder
	if err != nil {
		return err
	}
	defer in.Close()                                                      //nolint:errcheck // only read
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // likewise
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
