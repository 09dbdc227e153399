package thread

import (
	"slices"
	"strings"
	"unicode/utf8"

	"guichet"
)

// longQuote is the length of a quoted text, in characters with its marks, above which it is folded: the mail that
// an answer drags along.
const longQuote = 400

// foldQuotes folds the long quotations of a text. The text is made by package markup: each quotation that opens is closed.
func foldQuotes(html, words string) string {
	const begin, end = "<blockquote>", "</blockquote>"
	if len(html) < longQuote || !strings.Contains(html, begin) {
		return html
	}
	var out strings.Builder
	for {
		i := strings.Index(html, begin)
		if i < 0 {
			break
		}
		size := quoteLength(html[i:], begin, end)
		out.WriteString(html[:i])
		if quote := html[i : i+size]; utf8.RuneCountInString(quote) > longQuote {
			out.WriteString(`<details class="quoted"><summary>` + words + "</summary>" + quote + "</details>")
		} else {
			out.WriteString(quote)
		}
		html = html[i+size:]
	}
	return out.String() + html
}

// quoteLength is where a quotation ends that begins a text, with those inside it.
func quoteLength(html, begin, end string) int {
	depth, at := 0, 0
	for {
		open, closed := strings.Index(html[at:], begin), strings.Index(html[at:], end)
		switch {
		case closed < 0:
			return len(html)
		case open >= 0 && open < closed:
			depth++
			at += open + len(begin)
		default:
			depth--
			at += closed + len(end)
			if depth <= 0 {
				return at
			}
		}
	}
}

// named sets the colleagues apart whom a note names.
func (t teller) named(text string, people []guichet.ID) string {
	for _, id := range people {
		name := "@" + t.v.People[id].Name()
		if i := strings.Index(strings.ToLower(text), strings.ToLower(name)); i >= 0 && i+len(name) <= len(text) {
			text = text[:i] + "**" + text[i:i+len(name)] + "**" + text[i+len(name):]
		}
	}
	return text
}

// summary says what a run of lines holds, each thing once, in the order of its coming.
func summary(lines []Item) string {
	var out []string
	for _, l := range lines {
		if l.Short != "" && !slices.Contains(out, l.Short) {
			out = append(out, l.Short)
		}
	}
	return strings.Join(out, ", ")
}

// Plain is a timeline for paper: nothing is folded, and everybody has a name.
func Plain(groups []Group) []Group {
	var out []Group
	for _, g := range groups {
		if g.Item != nil {
			item := *g.Item
			item.Mine = false
			out = append(out, Group{Item: &item})
		}
		for _, l := range g.Lines {
			out = append(out, Group{Lines: []Item{l}})
		}
	}
	return out
}

// Backwards tells a timeline from its end.
func Backwards(groups []Group) []Group {
	out := slices.Clone(groups)
	slices.Reverse(out)
	for i, g := range out {
		out[i].Lines = slices.Clone(g.Lines)
		slices.Reverse(out[i].Lines)
	}
	if i := slices.IndexFunc(out, func(g Group) bool { return g.Mark == MarkNew }); i >= 0 { // what is new comes first, then what was seen
		out[i].Mark, out[0].Mark = "", MarkNew
		if i+1 < len(out) {
			out[i+1].Mark = MarkSeen
		}
	}
	return out
}
