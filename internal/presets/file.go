package presets

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"guichet"
	"maps"
	"strings"
)

// Fault is a mistake in a file of a preset.
type Fault struct {
	File string `json:"file"` // with the folder of a preset: insa/services.yaml
	Line int    `json:"line"` // from 1; 0 when the whole file is meant
	Text string `json:"text"`
	id   guichet.ID
}

// Error returns "file:line: text".
func (f Fault) Error() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text) }

// Faults finds the faults of files in what reading them returned, in the order in which they were found.
func Faults(err error) []Fault {
	var fault Fault
	joined, several := err.(interface{ Unwrap() []error })
	if !several {
		if wrapped := errors.Unwrap(err); wrapped != nil {
			return Faults(wrapped)
		}
		if errors.As(err, &fault) {
			return []Fault{fault}
		}
		return nil
	}
	var out []Fault
	for _, one := range joined.Unwrap() {
		out = append(out, Faults(one)...)
	}
	return out
}

// About reports whether a fault is about an entry that changes.
func (f Fault) About(changes []Change) bool {
	return slices.ContainsFunc(changes, func(c Change) bool { return c.File == f.File && c.ID == f.id })
}

// lines remembers on which line of its file each entry begins.
type lines map[entry]int

type entry struct {
	file string
	id   guichet.ID
}

// folder reads the files of one preset and gathers their faults.
type folder struct {
	fsys     fs.FS
	name     string
	lines    lines
	faults   []error
	warnings []Fault
	base     *base // what the files come over; nil: over nothing
}

var unknownKey = regexp.MustCompile(`^field (\S+) not found in type \S+$`)

// Decode fills into from one file of a folder; name is how messages call the folder. Unknown keys are
// faults, and every fault has its line.
func Decode(fsys fs.FS, name, file string, into any) error {
	f := &folder{fsys: fsys, name: name, lines: lines{}}
	f.decode(file, into)
	return f.err()
}

var lineOf = regexp.MustCompile(`line (\d+): (?s:(.*))`)

// decode fills into from a file. Unknown keys are faults.
func (f *folder) decode(file string, into any) {
	data, err := fs.ReadFile(f.fsys, file)
	if err != nil {
		f.faults = append(f.faults, Fault{File: f.path(file), Text: "cannot be read: " + err.Error()})
		return
	}
	f.writable(file, data)
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		f.blame(file, err)
	}
}

// writable refuses the texts that hold what no database keeps: NUL.
func (f *folder) writable(file string, data []byte) {
	var root yaml.Node
	if yaml.Unmarshal(data, &root) != nil {
		return // decode says so
	}
	var look func(n *yaml.Node)
	look = func(n *yaml.Node) {
		if strings.Contains(n.Value, "\x00") {
			f.faults = append(f.faults, Fault{File: f.path(file), Line: n.Line, Text: "the character NUL"})
		}
		for _, child := range n.Content {
			look(child)
		}
	}
	look(&root)
}

// blame turns what the decoder says into faults, one per line that it names.
func (f *folder) blame(file string, err error) {
	texts := []string{err.Error()}
	if wrong := new(yaml.TypeError); errors.As(err, &wrong) {
		texts = wrong.Errors
	}
	for _, text := range texts {
		fault := Fault{File: f.path(file), Text: text}
		if found := lineOf.FindStringSubmatch(text); found != nil {
			fault.Line, _ = strconv.Atoi(found[1])
			fault.Text = unknownKey.ReplaceAllString(found[2], "unknown key $1")
		}
		f.faults = append(f.faults, fault)
	}
}

func (f *folder) path(file string) string {
	if f.name == "" {
		return file
	}
	return f.name + "/" + file
}

// mark remembers the line of each entry of a file that is a list of entries with an id.
func (f *folder) mark(file string) {
	data, err := fs.ReadFile(f.fsys, file)
	var root yaml.Node
	if err != nil || yaml.Unmarshal(data, &root) != nil || len(root.Content) == 0 {
		return // decode has said so
	}
	for _, item := range root.Content[0].Content {
		for i := 0; i+1 < len(item.Content); i += 2 {
			if item.Content[i].Value == "id" {
				f.markEntry(entry{file, guichet.ID(item.Content[i+1].Value)}, item)
			}
		}
	}
}

// markEntry remembers the line of an entry, and of what its lists hold: "transitions.3".
func (f *folder) markEntry(e entry, item *yaml.Node) {
	f.lines[e] = item.Line
	for i := 0; i+1 < len(item.Content); i += 2 {
		f.lines[e.part(item.Content[i].Value)] = item.Content[i].Line
		if list := item.Content[i+1]; list.Kind == yaml.SequenceNode {
			for n, part := range list.Content {
				f.lines[e.part(fmt.Sprintf("%s.%d", item.Content[i].Value, n))] = part.Line
			}
		}
	}
}

// part is a piece of an entry, for its line.
func (e entry) part(name string) entry { return entry{e.file, e.id + "#" + guichet.ID(name)} }

// wrong records the faults of an entry whose check names the fields concerned: each at the line of its
// piece of the entry where it has one.
func (f *folder) wrong(e entry, err error) {
	var faulty *guichet.Error
	if !errors.As(err, &faulty) || f.foreign(e.file, e.id) {
		return
	}
	for _, field := range faulty.Fields {
		fault := f.place(e.file, e.id, fmt.Sprintf("%s: %s: %s", e.id, field.Field, field.Code))
		names := strings.SplitN(field.Field, ".", 3)
		for n := min(len(names), 2); n > 0; n-- {
			if line := f.lines[e.part(strings.Join(names[:n], "."))]; line > 0 {
				fault.Line = line
				break
			}
		}
		for _, name := range slices.Sorted(maps.Keys(field.Args)) {
			fault.Text += fmt.Sprintf(" %v", field.Args[name])
		}
		f.faults = append(f.faults, fault)
	}
}

// single reads a file that is one entry.
func single[T any](f *folder, file string) T {
	if f.given(file) {
		var item T
		f.decode(file, &item)
		return item
	}
	return f.base.entries[file].(T)
}

// list reads a file that is a list of entries. What the base has beside them stays, unless it is to go.
func list[T any](f *folder, file string) []T {
	var items []T
	if f.given(file) {
		f.decode(file, &items)
		f.mark(file)
	}
	if f.base == nil {
		return items
	}
	known, _ := f.base.entries[file].([]T)
	return merge(f, file, items, known, key)
}

// key is the identifier of an entry.
func key[T any](x T) guichet.ID {
	id, _ := reflect.ValueOf(x).FieldByName("ID").Interface().(guichet.ID)
	return id
}

// given reports whether a file is read: without a base, each must be there.
func (f *folder) given(file string) bool {
	if f.base == nil {
		return true
	}
	_, err := fs.Stat(f.fsys, file)
	return err == nil
}

// fault records what makes the files unusable. What was wrong before them, in entries that they do not hold, is
// not theirs, as long as nothing is removed.
func (f *folder) fault(file string, id guichet.ID, format string, args ...any) {
	if f.foreign(file, id) {
		return
	}
	f.faults = append(f.faults, f.place(file, id, fmt.Sprintf(format, args...)))
}

// warn records what an administrator should see to, although the files can be used.
func (f *folder) warn(file string, id guichet.ID, format string, args ...any) {
	if !f.foreign(file, id) {
		f.warnings = append(f.warnings, f.place(file, id, fmt.Sprintf(format, args...)))
	}
}

func (f *folder) place(file string, id guichet.ID, text string) Fault {
	return Fault{f.path(file), f.lines[entry{file, id}], text, id}
}

func (f *folder) foreign(file string, id guichet.ID) bool {
	return f.base != nil && !f.base.Prune && f.base.stays[entry{file, id}]
}

func (f *folder) err() error { return errors.Join(f.faults...) }
