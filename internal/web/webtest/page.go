package webtest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Page is an answer.
type Page struct {
	t      *testing.T
	path   string
	Status int
	Header http.Header
	Body   string
	root   *html.Node
}

func read(t *testing.T, r *http.Request, w *httptest.ResponseRecorder) Page {
	t.Helper()
	root, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return Page{t, r.Method + " " + r.URL.Path, w.Code, w.Header(), w.Body.String(), root}
}

// Expect checks the status.
func (p Page) Expect(status int) Page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("%s: status %d, expected %d: %s", p.path, p.Status, status, p.Text())
	}
	return p
}

// Says checks that the page says each phrase, spaces being all alike.
func (p Page) Says(phrases ...string) Page {
	p.t.Helper()
	for _, phrase := range phrases {
		if !strings.Contains(p.Text(), phrase) {
			p.t.Errorf("%s does not say %q: %s", p.path, phrase, p.Text())
		}
	}
	return p
}

// Hides checks that the page holds none of the phrases, anywhere.
func (p Page) Hides(phrases ...string) Page {
	p.t.Helper()
	for _, phrase := range phrases {
		if strings.Contains(p.Body, phrase) {
			p.t.Errorf("%s holds %q", p.path, phrase)
		}
	}
	return p
}

// LeadsTo checks that an act succeeded, and where it leads.
func (p Page) LeadsTo(path string) Page {
	p.t.Helper()
	if got := p.Expect(http.StatusSeeOther).Header.Get("Location"); got != path {
		p.t.Errorf("%s leads to %q, expected %q", p.path, got, path)
	}
	return p
}

// Cookie is the value that the answer gives to a cookie, empty without one.
func (p Page) Cookie(name string) string {
	for _, c := range (&http.Response{Header: p.Header}).Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// Text is what the page says, its spaces made plain.
func (p Page) Text() string {
	var b strings.Builder
	for n := range p.root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Values are those of the fields of a name as a browser would send them back: what is typed, chosen
// or ticked.
func (p Page) Values(name string) []string {
	var out []string
	for n := range p.root.Descendants() {
		if attr(n, "name") != name {
			continue
		}
		switch n.Data {
		case "textarea":
			out = append(out, content(n))
		case "select":
			for o := range n.Descendants() {
				if has(o, "selected") {
					out = append(out, attr(o, "value"))
				}
			}
		case "input":
			if kind := attr(n, "type"); (kind != "radio" && kind != "checkbox") || has(n, "checked") {
				out = append(out, attr(n, "value"))
			}
		}
	}
	return out
}

// Links are the addresses to which the page leads that begin with a text.
func (p Page) Links(prefix string) []string {
	var out []string
	for n := range p.root.Descendants() {
		if to := attr(n, "href"); n.Data == "a" && strings.HasPrefix(to, prefix) {
			out = append(out, to)
		}
	}
	return out
}

// ErrorOf is the message beside a field.
func (p Page) ErrorOf(field string) string {
	for n := range p.root.Descendants() {
		if attr(n, "id") == "f-"+strings.ReplaceAll(field, ".", "-")+"-error" {
			return strings.TrimSpace(content(n))
		}
	}
	return ""
}

func content(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
