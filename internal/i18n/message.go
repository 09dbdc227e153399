package i18n

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// message is one text ready to be printed. one is nil for a text that does
// not depend on a count.
type message struct {
	other text
	one   *text
}

// text is a sentence cut at its placeholders: words[0] names[0] words[1] …
// There is always one more word than names.
type text struct {
	words []string
	names []string
}

// compile prepares a message. French and English only tell one from other;
// the further forms of the file format are refused rather than ignored.
func compile(m *i18n.Message) (message, error) {
	if m.Zero+m.Two+m.Few+m.Many != "" {
		return message{}, fmt.Errorf("only the forms one and other are used")
	}
	other, err := cut(m.Other)
	if err != nil || m.One == "" {
		return message{other: other}, err
	}
	one, err := cut(m.One)
	return message{other: other, one: &one}, err
}

// cut splits a sentence at its {{.name}} placeholders.
func cut(sentence string) (text, error) {
	var t text
	for {
		before, rest, found := strings.Cut(sentence, "{{")
		t.words = append(t.words, before)
		if !found {
			return t, nil
		}
		inside, after, closed := strings.Cut(rest, "}}")
		name, dotted := strings.CutPrefix(strings.TrimSpace(inside), ".")
		if !closed || !dotted || name == "" || strings.ContainsAny(name, " .|(") {
			return text{}, fmt.Errorf("placeholder {{%s}} is not of the form {{.name}}", inside)
		}
		t.names = append(t.names, name)
		sentence = after
	}
}

// print joins the sentence with the values of its placeholders.
func (t text) print(values []any) string {
	if len(t.names) == 0 {
		return t.words[0]
	}
	var b strings.Builder
	b.WriteString(t.words[0])
	for i, name := range t.names {
		b.WriteString(valueOf(name, values))
		b.WriteString(t.words[i+1])
	}
	return b.String()
}

// valueOf finds the value that follows name among name, value pairs. A value
// nobody gave is shown between brackets, like a missing key.
func valueOf(name string, values []any) string {
	for i := 0; i+1 < len(values); i += 2 {
		if values[i] == name {
			return plain(values[i+1])
		}
	}
	return missing(name)
}

// plain writes a value without any grouping or decoration.
func plain(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	default:
		return fmt.Sprint(v)
	}
}

// missing shows that a key or a value is not there, without stopping a page.
func missing(name string) string { return "⟦" + name + "⟧" }
