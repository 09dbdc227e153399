package presets

import (
	"cmp"
	"encoding"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// nodeOf turns an entry into what the encoder writes. The encoder of the library would do, but for texts that
// begin or end with empty lines, which it does not read back.
func nodeOf(v reflect.Value) (*yaml.Node, error) {
	switch {
	case own(v):
		return libraryNode(v)
	case v.Kind() == reflect.String:
		return textNode(v.String()), nil
	case v.Kind() == reflect.Pointer && !v.IsNil():
		return nodeOf(v.Elem())
	case v.Kind() == reflect.Struct:
		return structNode(v)
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		return sequenceNode(v)
	case v.Kind() == reflect.Map:
		return mapNode(v)
	}
	return libraryNode(v)
}

// own reports whether a value says itself how it is written.
func own(v reflect.Value) bool {
	switch v.Interface().(type) {
	case yaml.Marshaler, encoding.TextMarshaler:
		return true
	}
	return false
}

// libraryNode is for numbers, yes and no, durations, and what writes itself.
func libraryNode(v reflect.Value) (*yaml.Node, error) {
	n := &yaml.Node{}
	if err := n.Encode(v.Interface()); err != nil {
		return nil, err
	}
	return n, nil
}

func textNode(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	if !plain(text) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// plain reports whether a text is read back from the usual styles: no line breaks of other kinds, no spaces at
// the ends of lines.
func plain(text string) bool {
	if strings.ContainsAny(text, "\r\u0085\u2028\u2029\ufeff\t") || !utf8.ValidString(text) {
		return false
	}
	if !strings.Contains(text, "\n") {
		return true
	}
	if strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\n") || strings.HasSuffix(text, "\n\n") {
		return false
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimRight(line, " ") != line {
			return false
		}
	}
	return true
}

func structNode(v reflect.Value) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if !field.IsExported() || name == "-" || options == "omitempty" && empty(value) {
			continue
		}
		child, err := nodeOf(value)
		if err != nil {
			return nil, err
		}
		if options == "inline" {
			n.Content = append(n.Content, child.Content...)
			continue
		}
		n.Content = append(n.Content, textNode(cmp.Or(name, strings.ToLower(field.Name))), child)
	}
	return n, nil
}

// empty reports what omitempty leaves out.
func empty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

func sequenceNode(v reflect.Value) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range v.Len() {
		child, err := nodeOf(v.Index(i))
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, child)
	}
	return n, nil
}

// mapNode writes the keys in their order.
func mapNode(v reflect.Value) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
	for _, key := range keys {
		child, err := nodeOf(v.MapIndex(key))
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, textNode(key.String()), child)
	}
	return n, nil
}
