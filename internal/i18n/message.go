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

// text is a sentence cut at its placeholders: words[0] slots[0] words[1] …
// There is always one more word than slots.
type text struct {
	words []string
	slots []slot
}

// slot is where a value goes: {{.name}}, or {{size .name}} for bytes.
type slot struct {
	name string
	size bool
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

// cut splits a sentence at its placeholders.
func cut(sentence string) (text, error) {
	var t text
	for {
		before, rest, found := strings.Cut(sentence, "{{")
		t.words = append(t.words, before)
		if !found {
			return t, nil
		}
		inside, after, closed := strings.Cut(rest, "}}")
		place, ok := parseSlot(inside)
		if !closed || !ok {
			return text{}, fmt.Errorf("placeholder {{%s}} is neither {{.name}} nor {{size .name}}", inside)
		}
		t.slots = append(t.slots, place)
		sentence = after
	}
}

// parseSlot reads what stands between the braces.
func parseSlot(inside string) (slot, bool) {
	fields := strings.Fields(inside)
	sized := len(fields) == 2 && fields[0] == "size"
	if len(fields) != 1 && !sized {
		return slot{}, false
	}
	name, dotted := strings.CutPrefix(fields[len(fields)-1], ".")
	return slot{name: name, size: sized}, dotted && name != "" && !strings.ContainsAny(name, ".|(")
}

// print joins the sentence with the values of its placeholders.
func (t text) print(values []any, f *format) string {
	if len(t.slots) == 0 {
		return t.words[0]
	}
	var b strings.Builder
	b.WriteString(t.words[0])
	for i, place := range t.slots {
		b.WriteString(place.print(values, f))
		b.WriteString(t.words[i+1])
	}
	return b.String()
}

// print writes the value given for the slot among name, value pairs. A value
// nobody gave is shown between brackets, like a missing key.
func (s slot) print(values []any, f *format) string {
	for i := 0; i+1 < len(values); i += 2 {
		if values[i] != s.name {
			continue
		}
		if bytes, whole := wholeNumber(values[i+1]); s.size && whole {
			return f.size(bytes)
		}
		return plain(values[i+1])
	}
	return missing(s.name)
}

func wholeNumber(value any) (int64, bool) {
	switch v := value.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	default:
		return 0, false
	}
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
