package markup_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"guichet"
	"guichet/internal/markup"
)

var tag = regexp.MustCompile(`<[^>]*>`)

// What people are called shows as it is and formats nothing, at the beginning of a line or within one.
func checkEscaped(t interface{ Fatalf(string, ...any) }, value string) {
	plain := strings.Join(strings.FieldsFunc(value, func(r rune) bool {
		return r == ' ' || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " ")
	for _, around := range [][2]string{{"", ""}, {"Bonjour ", ","}, {"*x* ", ""}, {"a\n", "\nb"}} {
		want := tag.ReplaceAllString(markup.HTML(around[0]+"X"+around[1]), "")
		got := markup.HTML(around[0] + guichet.EscapeMarkdown(value) + around[1])
		text := html.UnescapeString(tag.ReplaceAllString(got, ""))
		if plain != "" && strings.TrimSpace(text) != strings.TrimSpace(strings.Replace(html.UnescapeString(want), "X", plain, 1)) {
			t.Fatalf("%q within %q: got %q", value, around, got)
		}
		for _, found := range tag.FindAllString(got, -1) {
			if !strings.Contains("<p></p><br><em></em>", found) {
				t.Fatalf("%q within %q makes %s: %q", value, around, found, got)
			}
		}
	}
}

func TestEscapedValuesFormatNothing(t *testing.T) {
	for _, value := range []string{"**Rita**", "[x](https://evil.example)", "https://evil.example", "www.evil.example", "rita@evil.example",
		"# Rita", "- Rita", "1. Rita", "12) Rita", "> Rita", "`code`", "<b>", "a | b", "~~x~~", "_x_", "&eacute;", "!", "![x](/documents/1)",
		"=====", "---", "+ x", "HTTP://EVIL.EXAMPLE", "mailto:x", "Ann-Lise", "d’Arc", "\\*x\\*", "ftp://x.y", "    code", "\tcode"} {
		checkEscaped(t, value)
	}
}

func TestAnyValueFormatsNothing(t *testing.T) {
	piece := rapid.SampledFrom([]string{"*", "_", "`", "[", "]", "(", ")", "<", ">", "#", "-", "+", "=", "1", ".", ":", "/", "//", "http", "https://",
		"www.", "@", "a", "b c", "~", "|", "!", "&", "amp;", "\\", " ", "\n", "é"})
	rapid.Check(t, func(t *rapid.T) {
		checkEscaped(t, strings.TrimSpace(strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")))
	})
}
