// Package markup turns what people write, in Markdown, into HTML that is safe
// to show, and into short plain texts for lists and notifications.
//
// HTML written by hand is shown as it was typed: "<erreur 500>" in a ticket is
// a quotation, not an element, and must not be lost. What goldmark renders then
// passes through an allow-list, so that safety does not rest on one library.
package markup

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	render "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

const (
	// linkRelation keeps linked sites from knowing or steering our page.
	linkRelation = "nofollow noopener"
	// headingShift lowers headings under those of the page that shows the text.
	headingShift = 2
	lowestLevel  = 6
)

var (
	// documentURL is where pictures may come from: files kept by Guichet.
	documentURL = regexp.MustCompile(`^/documents/[A-Za-z0-9_-]+(/[A-Za-z0-9._%~-]+)?$`)
	linkURL     = regexp.MustCompile(`^(?i)(https?://|mailto:|tel:)`)

	markdown = newMarkdown()
	policy   = newPolicy()
)

// HTML renders Markdown: emphasis, lists, quotations, code, tables,
// strikethrough, bare addresses as links, each line break kept. Pictures are
// shown from /documents/ only, others become links; links lead to http, https,
// mailto and tel addresses only.
func HTML(source string) string {
	var out bytes.Buffer
	if err := markdown.Convert([]byte(strings.ToValidUTF8(source, "\uFFFD")), &out); err != nil {
		// Rendering to memory does not fail; should it, the words still show.
		return "<p>" + html.EscapeString(source) + "</p>"
	}
	return string(policy.SanitizeBytes(out.Bytes()))
}

func newMarkdown() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithParser(newParser()),
		goldmark.WithExtensions(
			extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"http:", "https:", "mailto:"})),
			extension.Strikethrough,
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
		),
		goldmark.WithRendererOptions(render.WithHardWraps()),
	)
}

// newParser is goldmark's own, without its two parsers of raw HTML.
func newParser() parser.Parser {
	blocks := slices.DeleteFunc(parser.DefaultBlockParsers(), func(v util.PrioritizedValue) bool {
		return v.Value == parser.NewHTMLBlockParser()
	})
	inlines := slices.DeleteFunc(parser.DefaultInlineParsers(), func(v util.PrioritizedValue) bool {
		return v.Value == parser.NewRawHTMLParser()
	})
	return parser.NewParser(
		parser.WithBlockParsers(blocks...),
		parser.WithInlineParsers(inlines...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		parser.WithASTTransformers(util.Prioritized(houseRules{}, 1000)),
	)
}

// houseRules adapts the parsed text to our pages.
type houseRules struct{}

// Transform lowers headings, marks links, and makes links of outside pictures.
func (houseRules) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	var outside []*ast.Image
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := node.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+headingShift, lowestLevel)
		case *ast.Link, *ast.AutoLink:
			n.SetAttributeString("rel", []byte(linkRelation))
		case *ast.Image:
			if !documentURL.Match(util.URLEscape(n.Destination, true)) {
				outside = append(outside, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, image := range outside {
		if within(image, ast.KindLink) {
			unwrap(image)
		} else {
			replaceByLink(image)
		}
	}
}

// within says whether a node stands inside one of the kind.
func within(node ast.Node, kind ast.NodeKind) bool {
	for up := node.Parent(); up != nil; up = up.Parent() {
		if up.Kind() == kind {
			return true
		}
	}
	return false
}

// unwrap leaves of a picture its description only.
func unwrap(image *ast.Image) {
	parent := image.Parent()
	for child := image.FirstChild(); child != nil; child = image.FirstChild() {
		parent.InsertBefore(parent, image, child)
	}
	parent.RemoveChild(parent, image)
}

// replaceByLink shows a picture of another site as a link: loading it would
// tell that site who reads what.
func replaceByLink(image *ast.Image) {
	link := ast.NewLink()
	link.Destination = image.Destination
	link.Title = image.Title
	link.SetAttributeString("rel", []byte(linkRelation))
	for child := image.FirstChild(); child != nil; child = image.FirstChild() {
		link.AppendChild(link, child)
	}
	if link.ChildCount() == 0 {
		link.AppendChild(link, ast.NewString(image.Destination))
	}
	image.Parent().ReplaceChild(image.Parent(), image, link)
}

// newPolicy lists all that may reach a page.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "pre", "code",
		"em", "strong", "del", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|center|right)$`)).OnElements("th", "td")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[A-Za-z0-9+#-]+$`)).OnElements("code")

	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true) // for pictures; links are held by linkURL
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowAttrs("href").Matching(linkURL).OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile("^" + linkRelation + "$")).OnElements("a")
	p.AllowAttrs("src").Matching(documentURL).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	return p
}
