package markup

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

func TestHTML(t *testing.T) {
	for source, want := range map[string]string{
		"Bonjour **vous**":                       `<p>Bonjour <strong>vous</strong></p>`,
		"une ligne\nune autre":                   "<p>une ligne<br>\nune autre</p>",
		"~~faux~~":                               `<p><del>faux</del></p>`,
		"# Titre":                                `<h3>Titre</h3>`,
		"###### Petit":                           `<h6>Petit</h6>`,
		"> cité":                                 "<blockquote>\n<p>cité</p>\n</blockquote>",
		"3. trois\n4. quatre":                    "<ol start=\"3\">\n<li>trois</li>\n<li>quatre</li>\n</ol>",
		"`a < b`":                                `<p><code>a &lt; b</code></p>`,
		"```sql\nselect 1;\n```":                 "<pre><code class=\"language-sql\">select 1;\n</code></pre>",
		"message <erreur 500> lu":                `<p>message &lt;erreur 500&gt; lu</p>`,
		"<script>alert(1)</script>":              `<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>`,
		"<!-- caché -->":                         `<p>&lt;!-- caché --&gt;</p>`,
		"[lien](https://a.fr/x)":                 `<p><a href="https://a.fr/x" rel="nofollow noopener">lien</a></p>`,
		"voir https://a.fr/x.":                   `<p>voir <a href="https://a.fr/x" rel="nofollow noopener">https://a.fr/x</a>.</p>`,
		"aide@a.fr":                              `<p><a href="mailto:aide@a.fr" rel="nofollow noopener">aide@a.fr</a></p>`,
		"[tel](tel:+33123456789)":                `<p><a href="tel:+33123456789" rel="nofollow noopener">tel</a></p>`,
		"![vue](/documents/ab12/écran.png)":      `<p><img src="/documents/ab12/%C3%A9cran.png" alt="vue"></p>`,
		"![vue](https://a.fr/x.png)":             `<p><a href="https://a.fr/x.png" rel="nofollow noopener">vue</a></p>`,
		"![](https://a.fr/x.png)":                `<p><a href="https://a.fr/x.png" rel="nofollow noopener">https://a.fr/x.png</a></p>`,
		"[![vue](//a.fr/x.png)](https://a.fr/y)": `<p><a href="https://a.fr/y" rel="nofollow noopener">vue</a></p>`,
		"| a | b |\n|---|--:|\n| 1 | 2 |":        "<table>\n<thead>\n<tr>\n<th>a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td align=\"right\">2</td>\n</tr>\n</tbody>\n</table>",
	} {
		if got := strings.TrimSpace(HTML(source)); got != want {
			t.Errorf("%q\n got %s\nwant %s", source, got, want)
		}
	}
}

// hostile gathers what has broken other programs.
var hostile = []string{
	"[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))", "[x](java\tscript:alert(1))",
	"[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:x)", "[x](//evil.example/)", "[x](/sign-out)", "[x](\\\\evil)",
	"<javascript:alert(1)>", "![x](javascript:alert(1))", "![x](data:image/svg+xml,<svg onload=alert(1)>)", "![x](//evil.example/documents/1)",
	"![x](/documents/../sign-out/x/y)", `![x" onerror="alert(1)](/documents/1)`, `[x](https://a.fr "t" onmouseover="alert(1)")`,
	"<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=//evil></iframe>", "<a href=javascript:alert(1)>x</a>",
	"<style>*{display:none}</style>", "<base href=//evil>", "<form action=//evil><input name=a>", "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
	"```\" onmouseover=\"alert(1)\nx\n```", "```x onload=1\nx\n```", "[a]: javascript:alert(1)\n\n[a]", "http://a.fr/\"onmouseover=\"alert(1)",
	"<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "\x00<scr\x00ipt>alert(1)</script>", "<!--><script>alert(1)</script>-->",
	"\xff\xfe[x](javascript\xff:alert(1))", "<a href=\"https://a.fr\" style=\"position:fixed\">x</a>", "# x {#id onclick=alert(1)}", "<b>gras",
}

func TestHostileTextIsHarmless(t *testing.T) {
	for _, source := range hostile {
		checkSafe(t, source, HTML(source))
	}
}

var allowedAttributes = map[string]*regexp.Regexp{
	"a href":     regexp.MustCompile(`^(?i)(https?|mailto|tel):`),
	"a rel":      regexp.MustCompile(`^nofollow noopener$`),
	"img src":    regexp.MustCompile(`^/documents/[^/]+(/[^/]+)?$`),
	"img alt":    regexp.MustCompile(`(?s).*`),
	"ol start":   regexp.MustCompile(`^[0-9]+$`),
	"th align":   regexp.MustCompile(`^(left|center|right)$`),
	"td align":   regexp.MustCompile(`^(left|center|right)$`),
	"code class": regexp.MustCompile(`^language-[^ ]+$`),
}

var allowedElements = strings.Fields("p br hr h3 h4 h5 h6 blockquote pre code em strong del ul ol li table thead tbody tr th td a img")

// checkSafe reads the output as a browser would and refuses every element,
// attribute or address that is not known to be harmless.
func checkSafe(t *testing.T, source, output string) {
	t.Helper()
	if !utf8.ValidString(output) {
		t.Fatalf("%q: invalid UTF-8 %q", source, output)
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(output), body)
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range nodes {
		checkNode(t, source, node)
	}
}

func checkNode(t *testing.T, source string, node *html.Node) {
	t.Helper()
	if node.Type == html.CommentNode || node.Type == html.ElementNode && !slices.Contains(allowedElements, node.Data) {
		t.Fatalf("%q: element %s", source, node.Data)
	}
	for _, attribute := range node.Attr {
		pattern := allowedAttributes[node.Data+" "+attribute.Key]
		if pattern == nil || !pattern.MatchString(attribute.Val) {
			t.Fatalf("%q: attribute %s %s=%q", source, node.Data, attribute.Key, attribute.Val)
		}
		if attribute.Key == "href" {
			if _, err := url.Parse(attribute.Val); err != nil {
				t.Fatalf("%q: address %q: %v", source, attribute.Val, err)
			}
		}
	}
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		checkNode(t, source, child)
	}
}

func FuzzHTML(f *testing.F) {
	for _, source := range hostile {
		f.Add(source)
	}
	f.Add("# T\n\n| a | b |\n|:-:|--:|\n| 1 | ~~2~~ |\n\n3. x\n   - y\n\n![v](/documents/1) aide@a.fr")
	f.Fuzz(func(t *testing.T, source string) {
		checkSafe(t, source, HTML(source))
	})
}

func TestExcerpt(t *testing.T) {
	for _, test := range []struct {
		source string
		n      int
		want   string
	}{
		{"", 10, ""},
		{"court", 10, "court"},
		{"dix lettres", 11, "dix lettres"},
		{"dix lettres", 10, "dix…"},
		{"anticonstitutionnellement", 10, "anticonst…"},
		{"élève, étudiant", 8, "élève…"},
		{"# Titre\n\nUn **mot** et [un lien](https://a.fr)\nsuite", 100, "Titre Un mot et un lien suite"},
		{"- un\n- deux\n\n> trois", 100, "un deux trois"},
		{"```\ncode  x\n```\n\n`y`", 100, "code x y"},
		{"![capture](/documents/1) vue", 100, "capture vue"},
		{"| a | b |\n|---|---|\n| 1 | 2 |", 100, "a b 1 2"},
		{`5 \* 3 &eacute;t&#233; <b>`, 100, "5 * 3 été <b>"},
		{"`&eacute;`", 100, "&eacute;"},
		{"voir https://a.fr/x", 100, "voir https://a.fr/x"},
		{"x", 0, ""},
		{"deux mots", 1, "…"},
	} {
		if got := Excerpt(test.source, test.n); got != test.want {
			t.Errorf("Excerpt(%q, %d) = %q, want %q", test.source, test.n, got, test.want)
		}
	}
}

func TestExcerptOfALongText(t *testing.T) {
	got := Excerpt(strings.Repeat("é**è** ", 100_000), 50)
	if utf8.RuneCountInString(got) > 50 || !strings.HasSuffix(got, "…") || strings.Contains(got, "*") {
		t.Errorf("got %q", got)
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add("a **b** c", 3)
	f.Add("&#10;&#0;\xff", 5)
	f.Fuzz(func(t *testing.T, source string, n int) {
		n = min(max(n, 0), 1000)
		got := Excerpt(source, n)
		if utf8.RuneCountInString(got) > n || strings.ContainsAny(got, "\n\r\x00") || !utf8.ValidString(got) {
			t.Fatalf("Excerpt(%q, %d) = %q", source, n, got)
		}
	})
}

func TestClean(t *testing.T) {
	for source, want := range map[string]string{
		"déjà propre\n\tligne": "déjà propre\n\tligne",
		"a\r\nb\rc\n":          "a\nb\nc\n",
		"nul\x00 et \x1b[31m":  "nul et [31m",
		"e\u0301te\u0301":      "\u00e9t\u00e9",
		"e\x00\u0301":          "\u00e9",
		"mal\xffcodé":          "mal\ufffdcodé",
		"fin\x7f":              "fin",
		"a\r\x00\nb":           "a\n\nb",
	} {
		if got := Clean(source); got != want {
			t.Errorf("Clean(%q) = %q, want %q", source, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("e\x00\u0301\r\n\xff")
	f.Fuzz(func(t *testing.T, source string) {
		got := Clean(source)
		if !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) {
			t.Fatalf("Clean(%q) = %q", source, got)
		}
		for _, r := range got {
			if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
				t.Fatalf("Clean(%q) keeps %q", source, r)
			}
		}
		if again := Clean(got); again != got {
			t.Fatalf("Clean(%q) = %q, then %q", source, got, again)
		}
	})
}
