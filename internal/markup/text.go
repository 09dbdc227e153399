package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/unicode/norm"
)

// Clean makes a text fit to be stored, on every database: valid UTF-8, no NUL
// nor other control character but tab and line feed, line ends as line feeds,
// composed accents (NFC). What is already clean comes back as it is.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return norm.NFC.String(strings.Map(cleanRune, s))
}

// cleanRune drops control characters (C0 and DEL).
func cleanRune(r rune) rune {
	switch {
	case r == '\r':
		return '\n'
	case r < ' ' && r != '\n' && r != '\t', r == 0x7f:
		return -1
	default:
		return r
	}
}

// Excerpt gives the words of a Markdown text on one line, in at most n
// characters. A longer text is cut after a word and ends with "…".
func Excerpt(source string, n int) string {
	if n <= 0 {
		return ""
	}
	// Marks and addresses take room in the source; a long text need not be parsed whole.
	source = strings.ToValidUTF8(head(source, 16*n+1024), "\uFFFD")
	return shorten(plain(source), n)
}

// head is the beginning of s, at most limit bytes, cut between characters.
func head(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// plain is the text without its marks, words separated by single spaces.
func plain(source string) string {
	var b strings.Builder
	raw := []byte(source)
	document := markdown.Parser().Parse(text.NewReader(raw))
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if node.Type() == ast.TypeBlock {
			b.WriteByte(' ')
		}
		if entering {
			writeWords(&b, node, raw)
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(Clean(b.String())), " ")
}

// writeWords adds the words that a node itself holds.
func writeWords(b *strings.Builder, node ast.Node, raw []byte) {
	switch n := node.(type) {
	case *ast.Text:
		b.Write(unescape(n, raw))
		if n.SoftLineBreak() || n.HardLineBreak() {
			b.WriteByte(' ')
		}
	case *ast.String:
		b.Write(n.Value)
	case *ast.AutoLink:
		b.Write(n.Label(raw))
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		for _, line := range n.Lines().Sliced(0, n.Lines().Len()) {
			b.Write(line.Value(raw))
		}
	}
}

// unescape gives the characters meant by \* and &eacute;, except in code.
func unescape(n *ast.Text, raw []byte) []byte {
	if n.IsRaw() {
		return n.Value(raw)
	}
	return util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(n.Value(raw))))
}

// shorten cuts a line to n characters, the "…" included, after a word if one ends there.
func shorten(line string, n int) string {
	runes := []rune(line)
	if len(runes) <= n {
		return line
	}
	cut := n - 1
	for i := cut; i > 0; i-- {
		if unicode.IsSpace(runes[i]) {
			cut = i
			break
		}
	}
	return strings.TrimRight(string(runes[:cut]), " ,;:.-–—") + "…"
}
