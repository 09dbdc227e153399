package presets

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// File is one file of a configuration.
type File struct {
	Name string
	Data []byte
}

// Files writes the configuration as a folder of files, in a stable order. What is read back is the same.
func (p Preset) Files() ([]File, error) {
	var out []File
	for _, k := range kinds() {
		items, err := k.nodes(p)
		if err != nil {
			return nil, err
		}
		if k.optional && len(items) == 0 {
			continue
		}
		data, err := k.text(items)
		if err != nil {
			return nil, err
		}
		out = append(out, File{k.file, data})
	}
	return out, nil
}

// nodes are the entries of the file, ready to be written or compared.
func (k kind) nodes(p Preset) ([]*yaml.Node, error) {
	root, err := nodeOf(reflect.ValueOf(k.write(p)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", k.file, err)
	}
	if root.Kind == yaml.MappingNode {
		return []*yaml.Node{root}, nil
	}
	return root.Content, nil
}

// short is the width in characters up to which an entry, or a part of one, stands on one line.
const short = 120

// text writes the entries below the comment at the head of the file.
func (k kind) text(items []*yaml.Node) ([]byte, error) {
	var b bytes.Buffer
	for line := range strings.SplitSeq(k.about, "\n") {
		b.WriteString("# " + line + "\n")
	}
	if len(items) == 0 {
		b.WriteString("[]\n")
		return b.Bytes(), nil
	}
	table := k.file != fileDesk && fits(items)
	for i, item := range items {
		if !table {
			lay(item)
		}
		if !table && i > 0 {
			b.WriteString("\n")
		}
		text, err := k.entry(item)
		if err != nil {
			return nil, err
		}
		b.Write(text)
	}
	return b.Bytes(), nil
}

func (k kind) entry(item *yaml.Node) ([]byte, error) {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	node := item
	if k.file != fileDesk {
		node = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{item}}
	}
	if err := encoder.Encode(node); err != nil {
		return nil, fmt.Errorf("%s: %w", k.file, err)
	}
	return b.Bytes(), encoder.Close()
}

// fits puts each entry of a file on one line, when each is short enough.
func fits(items []*yaml.Node) bool {
	for _, item := range items {
		if width(item) > short || depth(item) > 2 {
			return false
		}
	}
	for _, item := range items {
		item.Style = yaml.FlowStyle
	}
	return true
}

// lay gives the parts of an entry the form in which they are best read: on one line when they are short, but a
// list of mappings never.
func lay(n *yaml.Node) {
	for _, child := range n.Content {
		rows := child.Kind == yaml.SequenceNode && depth(child) > 1
		if child.Kind != yaml.ScalarNode && !rows && width(child) <= short && depth(child) <= 2 {
			child.Style = yaml.FlowStyle
			continue
		}
		lay(child)
	}
}

// width is the number of characters of a node on one line; a text of several lines is endless.
func width(n *yaml.Node) int {
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "\n") {
		return 1 << 20
	}
	total := utf8.RuneCountInString(n.Value)
	for _, child := range n.Content {
		total += width(child) + len(", ")
	}
	return total
}

// depth is how many lists and mappings lie within one another.
func depth(n *yaml.Node) int {
	deepest := 0
	for _, child := range n.Content {
		deepest = max(deepest, depth(child))
	}
	if n.Kind == yaml.ScalarNode {
		return 0
	}
	return deepest + 1
}
