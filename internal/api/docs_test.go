package api

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/openapi.json anew")

// The specification is a promise: a change of it is seen in the review of a file.
func TestTheSpecificationIsTheOneThatWasPromised(t *testing.T) {
	d := newDesk(t)
	a := d.call("", "GET", "/api/openapi.json", nil)
	if a.status != http.StatusOK || a.json["openapi"] != "3.1.0" {
		t.Fatalf("status %d: %.200s", a.status, a.body)
	}
	var got bytes.Buffer
	if err := json.Indent(&got, a.body, "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	const golden = "testdata/openapi.json"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the specification is not that of %s: when it is meant, run go test ./internal/api -update", golden)
	}
}

// Every operation, field, status and type has its sentence in both languages.
func TestEverythingIsExplained(t *testing.T) {
	d := newDesk(t)
	for _, locale := range []string{"fr", "en"} {
		html, err := d.face.docs(locale)
		if err != nil {
			t.Fatal(err)
		}
		if i := bytes.Index(html, []byte("⟦")); i >= 0 {
			t.Errorf("%s: a message is missing: %s", locale, html[i:min(i+60, len(html))])
		}
	}
	spec := d.call("", "GET", "/api/openapi.json", nil).body
	if i := bytes.Index(spec, []byte("⟦")); i >= 0 {
		t.Errorf("a message is missing: %s", spec[i:min(i+60, len(spec))])
	}
}

var (
	idPattern   = regexp.MustCompile(` id="([^"]+)"`)
	linkPattern = regexp.MustCompile(` href="#([^"]+)"`)
)

func TestTheDocumentationHoldsTogether(t *testing.T) {
	d := newDesk(t)
	french := d.call("", "GET", "/api/docs", nil, "Accept-Language", "fr")
	english := d.call("", "GET", "/api/docs", nil, "Accept-Language", "en")
	if !strings.Contains(string(french.body), "Ouvrir un ticket") || !strings.Contains(string(english.body), "Open a ticket") {
		t.Error("a language is missing")
	}
	html := string(french.body)
	ids := map[string]bool{}
	for _, m := range idPattern.FindAllStringSubmatch(html, -1) {
		if ids[m[1]] {
			t.Errorf("the id %q comes twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range linkPattern.FindAllStringSubmatch(html, -1) {
		if !ids[m[1]] {
			t.Errorf("a link leads to #%s, which is not there", m[1])
		}
	}
	for _, word := range []string{"<script", "style=", "http://", "<style"} {
		if strings.Contains(html, word) {
			t.Errorf("the page holds %q, which the content policy forbids", word)
		}
	}
	balanced(t, html)
	if style := d.call("", "GET", "/api/docs.css", nil); style.status != http.StatusOK || strings.Contains(string(style.body), "url(") {
		t.Errorf("the style sheet: status %d, or it fetches something", style.status)
	}
}

// balanced checks that what is opened is closed.
func balanced(t *testing.T, html string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(html))
	decoder.Strict = true
	decoder.Entity = xml.HTMLEntity
	for {
		_, err := decoder.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("the page: %v", err)
		}
	}
}

// The addresses that problems give as their type are explained.
func TestTypesOfProblemsAreExplained(t *testing.T) {
	d := newDesk(t)
	html := string(d.call("", "GET", "/api/docs", nil).body)
	for _, path := range []string{"/api/v1/me", "/api/v1/nowhere", "/api/v1/tickets?q=%ff"} {
		kind, _ := d.call("", "GET", path, nil).json["type"].(string)
		anchor, found := strings.CutPrefix(kind, "/api/docs#")
		if !found || !strings.Contains(html, `id="`+anchor+`"`) {
			t.Errorf("%s: type %q", path, kind)
		}
	}
}
