package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/presets"
	"guichet/internal/transferring"
)

type configExportCommand struct {
	data
	report
	Folder string `arg:"" placeholder:"FOLDER" help:"Folder to write the files into; it is made when it is not there."`
	People bool   `help:"Write the people too. Passwords and keys are never written."`
}

// Run writes the configuration.
func (c *configExportCommand) Run(ctx context.Context) error {
	a, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // nothing was written
	files, err := transferring.New(a.Store).Export(ctx, guichet.SystemActor(), c.People)
	if err != nil {
		return err
	}
	names, err := c.write(files)
	if err != nil {
		return err
	}
	return c.print(map[string]any{"folder": c.Folder, "files": names},
		"Wrote "+strings.Join(names, ", ")+" into "+c.Folder+".\nNext: change them, then guichet config diff "+c.Folder)
}

// write puts the files into the folder, in the place of those of an earlier export.
func (c *configExportCommand) write(files []presets.File) ([]string, error) {
	if err := os.MkdirAll(c.Folder, 0o750); err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(c.Folder, f.Name), f.Data, 0o640); err != nil { //nolint:gosec // a group may share the files
			return nil, err
		}
		names = append(names, f.Name)
	}
	for _, name := range presets.FileNames() {
		if slices.Contains(names, name) || name == presets.FilePeople {
			continue
		}
		if err := os.Remove(filepath.Join(c.Folder, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	return names, nil
}

// files is the folder that diff and import read.
type files struct {
	Folder string `arg:"" placeholder:"FOLDER" type:"existingdir" help:"Folder of the files: all of them, or some. A file that is missing changes nothing."`
	Prune  bool   `help:"Take out what the given files do not hold, unless tickets or people use it. Without it, it stays."`
}

func (f files) offer() transferring.Offer {
	return transferring.Offer{Files: os.DirFS(f.Folder), Prune: f.Prune}
}

type configDiffCommand struct {
	data
	report
	files
	ExitCode bool `help:"End with 3 when something differs."`
}

// exitDiffers is the status of a comparison that found something, on demand.
const exitDiffers = 3

// Run compares.
func (c *configDiffCommand) Run(ctx context.Context) error {
	a, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // nothing was written
	plan, err := transferring.New(a.Store).Compare(ctx, guichet.SystemActor(), c.offer())
	if err != nil {
		return c.refused(err, c.Folder)
	}
	if err := c.print(told(plan), lines(describe(plan), counted(plan)+".")); err != nil {
		return err
	}
	if c.ExitCode && len(plan.Changes) > 0 {
		return status(exitDiffers)
	}
	return nil
}

type configImportCommand struct {
	data
	report
	files
	Yes    bool   `short:"y" help:"Do not ask."`
	DryRun bool   `help:"Show what would change, and change nothing."`
	Note   string `placeholder:"TEXT" help:"What is said of the new versions, for the history."`
}

// Run shows what will change, asks, and changes it.
func (c *configImportCommand) Run(ctx context.Context) error {
	a, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // everything is committed
	transfers, offer := transferring.New(a.Store), c.offer()
	plan, err := transfers.Compare(ctx, guichet.SystemActor(), offer)
	if err != nil {
		return c.refused(err, c.Folder)
	}
	if c.DryRun || len(plan.Changes) == 0 {
		return c.finish(plan, false)
	}
	if !c.JSON {
		fmt.Println(describe(plan))
	}
	if !c.Yes && !c.agreed(plan) {
		return errors.New("nothing was changed: answer yes, or run the command again with --yes (to change it) or --dry-run (to look)")
	}
	offer.Seen, offer.Note = plan.Revision, c.Note
	plan, err = transfers.Import(ctx, guichet.SystemActor(), offer)
	if err != nil {
		return c.refused(err, c.Folder)
	}
	return c.finish(plan, true)
}

// finish tells the result; the differences were printed before they were asked about.
func (c *configImportCommand) finish(plan transferring.Plan, applied bool) error {
	result := told(plan)
	result["applied"] = applied
	switch {
	case applied:
		return c.print(result, "Imported: "+counted(plan)+".")
	case len(plan.Changes) == 0:
		return c.print(result, lines(describe(plan), "Nothing differs: nothing to import."))
	}
	return c.print(result, lines(describe(plan), "Nothing was changed. To come: "+counted(plan)+"."))
}

// agreed asks; nobody answers for a program, whose standard input is no terminal.
func (c *configImportCommand) agreed(plan transferring.Plan) bool {
	stdin, err := os.Stdin.Stat()
	if c.JSON || err != nil || stdin.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	fmt.Printf("Import this (%s)? [yes/no] ", counted(plan))
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	return err == nil && slices.Contains([]string{"y", "yes", "o", "oui"}, strings.ToLower(strings.TrimSpace(line)))
}

// refused tells each fault of the files on its line.
func (r report) refused(err error, folder string) error {
	faults := presets.Faults(err)
	if len(faults) == 0 {
		return err
	}
	if r.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"faults": faults}); err != nil {
			return err
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "nothing was changed, for the files have faults (%d):", len(faults))
	for _, f := range faults {
		f.File = filepath.Join(folder, f.File)
		b.WriteString("\n  " + f.Error())
	}
	return errors.New(b.String())
}
