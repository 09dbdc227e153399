package presets

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"guichet"
)

// ChangeKind says what becomes of an entry.
type ChangeKind string

// The kinds of changes. Moved is said of a whole file: the order of its entries is another.
const (
	Added   ChangeKind = "added"
	Changed ChangeKind = "changed"
	Removed ChangeKind = "removed"
	Moved   ChangeKind = "moved"
)

// Change is one entry that is not the same in two configurations.
type Change struct {
	Kind   ChangeKind    `json:"change"`
	File   string        `json:"file"`
	ID     guichet.ID    `json:"id,omitempty"` // empty for the desk itself
	Name   string        `json:"name,omitempty"`
	Fields []FieldChange `json:"fields,omitempty"`
}

// FieldChange is one value that is not the same. Field is the way to it in the file; an empty text means that
// there is nothing.
type FieldChange struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Diff lists what becomes of a configuration when another one takes its place, in the order of the files.
func Diff(before, after Preset) ([]Change, error) {
	var out []Change
	for _, k := range kinds() {
		old, err := k.nodes(before)
		if err != nil {
			return nil, err
		}
		now, err := k.nodes(after)
		if err != nil {
			return nil, err
		}
		out = append(out, k.diff(old, now)...)
	}
	return out, nil
}

func (k kind) diff(old, now []*yaml.Node) []Change {
	var out []Change
	for _, item := range now {
		id := value(item, "id")
		was, known := find(old, "id", id)
		if !known {
			out = append(out, Change{Kind: Added, File: k.file, ID: guichet.ID(id), Name: nameOf(item)})
			continue
		}
		if fields := k.fields(was, item); len(fields) > 0 {
			out = append(out, Change{Changed, k.file, guichet.ID(id), nameOf(item), fields})
		}
	}
	for _, item := range old {
		if _, known := find(now, "id", value(item, "id")); !known {
			out = append(out, Change{Kind: Removed, File: k.file, ID: guichet.ID(value(item, "id")), Name: nameOf(item)})
		}
	}
	if k.ordered {
		out = append(out, k.moves(old, now)...)
	}
	return out
}

// fields compares two entries. The position of an entry is not a value but an order: see moves.
func (k kind) fields(was, is *yaml.Node) []FieldChange {
	fields := compareMappings("", was, is)
	if k.ordered {
		fields = slices.DeleteFunc(fields, func(f FieldChange) bool { return f.Field == "position" })
	}
	return fields
}

// moves compares the order of the entries that were there and still are, among those of one parent.
func (k kind) moves(old, now []*yaml.Node) []Change {
	var out []Change
	for _, parent := range parents(now) {
		both := func(items, others []*yaml.Node) []string {
			var ids []string
			for _, item := range items {
				other, known := find(others, "id", value(item, "id"))
				if known && value(item, "parent") == parent && value(other, "parent") == parent {
					ids = append(ids, value(item, "id"))
				}
			}
			return ids
		}
		was, is := both(old, now), both(now, old)
		if !slices.Equal(was, is) {
			out = append(out, Change{Moved, k.file, guichet.ID(parent), "",
				[]FieldChange{{"order", strings.Join(was, ", "), strings.Join(is, ", ")}}})
		}
	}
	return out
}

// parents lists the parents of entries, each once, in the order in which they come.
func parents(items []*yaml.Node) []string {
	var out []string
	for _, item := range items {
		if parent := value(item, "parent"); !slices.Contains(out, parent) {
			out = append(out, parent)
		}
	}
	return out
}

// child finds the value of a key of a mapping.
func child(n *yaml.Node, key string) (*yaml.Node, bool) {
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1], true
		}
	}
	return nil, false
}

func value(n *yaml.Node, key string) string {
	if v, ok := child(n, key); ok {
		return v.Value
	}
	return ""
}

// nameOf is how an entry is called: by its name, or by those of a person.
func nameOf(n *yaml.Node) string {
	return strings.TrimSpace(cmp.Or(value(n, "name"), value(n, "given")+" "+value(n, "family")))
}

// find finds the mapping that bears a value under a key.
func find(items []*yaml.Node, key, wanted string) (*yaml.Node, bool) {
	i := slices.IndexFunc(items, func(n *yaml.Node) bool { return value(n, key) == wanted })
	if i < 0 {
		return nil, false
	}
	return items[i], true
}

// compare lists what differs between two values, either of which may be missing.
func compare(path string, was, is *yaml.Node) []FieldChange {
	switch {
	case inline(was) == inline(is):
		return nil
	case was == nil || is == nil || was.Kind != is.Kind || was.Kind == yaml.ScalarNode:
		return []FieldChange{{path, inline(was), inline(is)}}
	case was.Kind == yaml.MappingNode:
		return compareMappings(path, was, is)
	case depth(was) <= 1 && depth(is) <= 1:
		return []FieldChange{{path, inline(was), inline(is)}}
	}
	if key := keyOf(was, is); key != "" {
		return compareKeyed(path, key, was, is)
	}
	return compareRows(path, was, is)
}

func compareMappings(path string, was, is *yaml.Node) []FieldChange {
	var out []FieldChange
	for i := 0; i < len(is.Content); i += 2 {
		key := is.Content[i].Value
		before, _ := child(was, key)
		out = append(out, compare(join(path, key), before, is.Content[i+1])...)
	}
	for i := 0; i < len(was.Content); i += 2 {
		if _, known := child(is, was.Content[i].Value); !known {
			out = append(out, compare(join(path, was.Content[i].Value), was.Content[i+1], nil)...)
		}
	}
	return out
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// keyOf is the key by which the rows of two lists are told apart, if there is one.
func keyOf(lists ...*yaml.Node) string {
	for _, key := range []string{"id", "key", "value", "name"} {
		if !slices.ContainsFunc(lists, func(n *yaml.Node) bool { return !distinct(n.Content, key) }) {
			return key
		}
	}
	return ""
}

func distinct(rows []*yaml.Node, key string) bool {
	seen := map[string]bool{"": true}
	for _, row := range rows {
		v := value(row, key)
		if seen[v] {
			return false
		}
		seen[v] = true
	}
	return true
}

func compareKeyed(path, key string, was, is *yaml.Node) []FieldChange {
	var out []FieldChange
	for _, row := range is.Content {
		name := value(row, key)
		before, _ := find(was.Content, key, name)
		out = append(out, compare(path+"["+name+"]", before, row)...)
	}
	for _, row := range was.Content {
		name := value(row, key)
		if _, known := find(is.Content, key, name); !known {
			out = append(out, compare(path+"["+name+"]", row, nil)...)
		}
	}
	before, after := shared(was.Content, is.Content, key), shared(is.Content, was.Content, key)
	if !slices.Equal(before, after) {
		out = append(out, FieldChange{path, strings.Join(before, ", "), strings.Join(after, ", ")})
	}
	return out
}

// shared lists the keys of rows that others have too.
func shared(rows, others []*yaml.Node, key string) []string {
	var out []string
	for _, row := range rows {
		if _, known := find(others, key, value(row, key)); known {
			out = append(out, value(row, key))
		}
	}
	return out
}

// compareRows compares lists whose rows have no name, such as the transitions of a workflow: what left, what came.
func compareRows(path string, was, is *yaml.Node) []FieldChange {
	before, after := rows(was), rows(is)
	var out []FieldChange
	for _, row := range before {
		if !slices.Contains(after, row) {
			out = append(out, FieldChange{Field: path, Before: row})
		}
	}
	for _, row := range after {
		if !slices.Contains(before, row) {
			out = append(out, FieldChange{Field: path, After: row})
		}
	}
	if len(out) == 0 {
		out = append(out, FieldChange{path, strings.Join(before, "; "), strings.Join(after, "; ")})
	}
	return out
}

func rows(n *yaml.Node) []string {
	var out []string
	for _, row := range n.Content {
		out = append(out, inline(row))
	}
	return out
}

// inline is a value on one line, as it would stand in the file.
func inline(n *yaml.Node) string {
	switch {
	case n == nil:
		return ""
	case n.Kind == yaml.ScalarNode:
		return n.Value
	case n.Kind == yaml.SequenceNode && depth(n) == 1:
		var texts []string
		for _, item := range n.Content {
			texts = append(texts, item.Value)
		}
		return strings.Join(texts, ", ")
	case len(n.Content) == 0:
		return ""
	}
	flat := *n
	flat.Style = yaml.FlowStyle
	var b bytes.Buffer
	if err := yaml.NewEncoder(&b).Encode(&flat); err != nil {
		return fmt.Sprint(err)
	}
	return strings.TrimSpace(b.String())
}
