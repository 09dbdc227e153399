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

// databaseFile is the SQLite database of a data folder, and of a backup.
const databaseFile = "guichet.db"

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
	if err := c.present(); err != nil {
		return err
	}
	found, err := app.Check(ctx, c.config())
	if err != nil {
		return err
	}
	text := "Database and files are sound."
	if len(found) > 0 {
		text = strings.Join(found, "\n")
	}
	if err := c.print(map[string]any{"sound": len(found) == 0, "found": list(found)}, text); err != nil {
		return err
	}
	if len(found) > 0 {
		return fmt.Errorf("faults found: %d. Restore a backup, or the files named, then check again", len(found))
	}
	return nil
}

type backupCommand struct {
	data
	report
	FilesOnly bool   `help:"With PostgreSQL: copy the files and the key, right after pg_dump has copied the database."`
	To        string `arg:"" help:"Folder to make; it must not exist."`
}

// Run copies the database first, then the files: a file that the copied database names was there before
// it. The schema is left as it is: a newer program may back up what an older one serves.
func (c *backupCommand) Run(ctx context.Context) (err error) {
	if err := c.possible(); err != nil {
		return err
	}
	if err := os.Mkdir(c.To, 0o700); errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists: a backup makes its own folder, name a new one", c.To)
	} else if err != nil {
		return err
	}
	defer func() {
		if err != nil { // half a backup would be taken for one
			err = errors.Join(err, os.RemoveAll(c.To))
		}
	}()
	text := "Backed up to " + c.To + ". Try it: guichet restore " + c.To + " --data DIR"
	if c.FilesOnly {
		text = "Copied the files and the key to " + c.To + ". Keep them with the dump of the database."
	} else if err := c.copyDatabase(ctx); err != nil {
		return err
	}
	if err := copyTree(c.DataDir, c.To); err != nil {
		return err
	}
	return c.print(map[string]any{"backup": c.To}, text)
}

// possible says what to do when there is nothing to copy, or when others copy it better.
func (c *backupCommand) possible() error {
	switch {
	case c.FilesOnly && c.DatabaseURL == "":
		return errors.New("--files-only is for a desk on PostgreSQL: leave it out, the database is copied with the files")
	case c.DatabaseURL != "" && !c.FilesOnly:
		return errors.New("PostgreSQL copies its databases itself. First: pg_dump --format=custom --file=guichet.dump URL. " +
			"Right after it, for the files and the key: guichet backup --files-only FOLDER")
	}
	if err := c.present(); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(c.DataDir, "files")); err != nil {
		return fmt.Errorf("no files in %s: check --data", c.DataDir)
	}
	from, err := filepath.Abs(c.DataDir)
	if err != nil {
		return err
	}
	to, err := filepath.Abs(c.To)
	if err != nil {
		return err
	}
	if inside, err := filepath.Rel(from, to); err == nil && filepath.IsLocal(inside) {
		return fmt.Errorf("%s lies inside %s: a backup belongs elsewhere, best on another machine", c.To, c.DataDir)
	}
	return nil
}

func (c *backupCommand) copyDatabase(ctx context.Context) error {
	s, err := store.Open(ctx, store.Options{Dir: c.DataDir})
	if err != nil {
		return err
	}
	return errors.Join(s.Backup(ctx, filepath.Join(c.To, databaseFile)), s.Close())
}

type restoreCommand struct {
	data
	report
	From string `arg:"" type:"existingdir" help:"Folder of a backup."`
}

// Run makes a data folder out of a backup; it never writes over one.
func (c *restoreCommand) Run(ctx context.Context) error {
	if err := c.possible(); err != nil {
		return err
	}
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return err
	}
	if c.DatabaseURL == "" {
		if err := copyFile(filepath.Join(c.From, databaseFile), filepath.Join(c.DataDir, databaseFile)); err != nil {
			return err
		}
	}
	if err := copyTree(c.From, c.DataDir); err != nil {
		return err
	}
	found, err := app.Check(ctx, c.config())
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("the backup was restored to %s, with %d faults; the first: %s", c.DataDir, len(found), found[0])
	}
	if err != nil {
		return err
	}
	next := "guichet serve --data " + c.DataDir
	if c.DatabaseURL != "" {
		next += " --database URL"
	}
	return c.print(map[string]any{"restored": c.DataDir}, "Restored to "+c.DataDir+". Next: "+next)
}

// possible checks that the folder is a backup of the engine asked for, and the other one new.
func (c *restoreCommand) possible() error {
	_, err := os.Stat(filepath.Join(c.From, databaseFile))
	_, noFiles := os.Stat(filepath.Join(c.From, "files"))
	switch {
	case err == nil && c.DatabaseURL != "":
		return fmt.Errorf("%s holds an SQLite database: restore it without --database", c.From)
	case err != nil && noFiles != nil:
		return fmt.Errorf("%s is not a backup: name the folder that guichet backup made", c.From)
	case err != nil && c.DatabaseURL == "":
		return fmt.Errorf("%s holds files alone, those of a desk on PostgreSQL: restore its dump with pg_restore, then name that database with --database", c.From)
	}
	entries, err := os.ReadDir(c.DataDir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty: restore into a new folder", c.DataDir)
	}
	return nil
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
		case strings.HasPrefix(name, databaseFile) || name == filepath.Join("files", "tmp"):
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
