package presets

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"guichet"
)

// Over says how files are read over a desk in use.
type Over struct {
	Desk  Preset // as Of gives it
	Prune bool   // what the files that are given do not hold goes, unless it is used
	// Used reports what tickets or people use; needed to prune.
	Used func(Entry) bool
}

// Entry names an entry of a file.
type Entry struct {
	File string     `json:"file"`
	ID   guichet.ID `json:"id"`
}

// Result is what comes of files read over a desk.
type Result struct {
	Preset
	Warnings []Fault
	Kept     []Entry // what the desk holds beside the entries of the files that were given
}

// Read reads the files of a folder over a desk in use, and checks what would come of them. A file that is missing
// leaves its kind as it is. Faults name the file and the line.
func Read(fsys fs.FS, over Over) (Result, error) {
	b := &base{Over: over, entries: map[string]any{}, people: map[string]guichet.ID{}, stays: map[entry]bool{}}
	for _, k := range kinds() {
		b.entries[k.file] = k.write(over.Desk)
	}
	for person, login := range over.Desk.logins {
		if login != "" {
			b.people[login] = person
		}
	}
	f := &folder{fsys: fsys, lines: lines{}, base: b}
	f.strangers()
	if err := f.err(); err != nil {
		return Result{}, err
	}
	p, err := readFolder(f)
	if err != nil {
		return Result{}, err
	}
	p.check(f)
	return Result{p, f.warnings, b.kept}, f.err()
}

// The names of the files whose entries lie in tables of their own.
const (
	FileOrganisations = fileOrganisations
	FileTeams         = fileTeams
	FileRoles         = fileRoles
	FilePeople        = filePeople
	FileServices      = fileServices
	FileWorkflows     = fileWorkflows
)

// HoldsPeople reports whether people are among the files.
func HoldsPeople(fsys fs.FS) bool {
	_, err := fs.Stat(fsys, filePeople)
	return err == nil
}

// Logins tells how the files name the people of the desk, by person.
func (p Preset) Logins() map[guichet.ID]string { return p.logins }

// base is the desk that files are read over.
type base struct {
	Over
	entries map[string]any // by file, as write gives them
	people  map[string]guichet.ID
	stays   map[entry]bool // entries that no file that was given holds
	kept    []Entry
}

// strangers refuses a folder that holds no file of a configuration, or one whose name is nearly right.
func (f *folder) strangers() {
	names := FileNames()
	found, err := fs.ReadDir(f.fsys, ".")
	if err != nil {
		f.faults = append(f.faults, err)
		return
	}
	known := 0
	for _, file := range found {
		switch ext := path.Ext(file.Name()); {
		case slices.Contains(names, file.Name()):
			known++
		case ext == ".yaml" || ext == ".yml":
			f.faults = append(f.faults, Fault{File: file.Name(), Text: "unknown file; the files of a desk are " + strings.Join(names, ", ")})
		}
	}
	if known == 0 && len(f.faults) == 0 {
		f.faults = append(f.faults, Fault{File: ".", Text: "no file of a desk is here; they are " + strings.Join(names, ", ")})
	}
}

// merge puts the entries of a file over those that the desk has. One that stays keeps its place, after the entry
// that it followed. Entries of a file that was not given all stay.
func merge[T any](f *folder, file string, items, known []T, id func(T) guichet.ID) []T {
	given := f.given(file)
	has := func(key guichet.ID) bool {
		return slices.ContainsFunc(items, func(x T) bool { return id(x) == key })
	}
	before := guichet.ID("")
	for _, x := range known {
		key := id(x)
		if !has(key) && f.base.keeps(entry{file, key}, given) {
			at := slices.IndexFunc(items, func(x T) bool { return id(x) == before }) + 1
			items = slices.Insert(items, at, x)
		}
		if has(key) {
			before = key
		}
	}
	return items
}

// keeps decides whether an entry that the files do not hold stays.
func (b *base) keeps(e entry, given bool) bool {
	if given && b.Prune && !b.Used(Entry{e.file, e.id}) {
		return false
	}
	b.stays[e] = true
	if given {
		b.kept = append(b.kept, Entry{e.file, e.id})
	}
	return true
}
