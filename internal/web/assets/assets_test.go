package assets_test

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"guichet/internal/web/assets"
)

func ask(path, encoding string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	assets.Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestFilesAreKeptForEverUnderTheirHash(t *testing.T) {
	for name, kind := range map[string]string{"guichet.css": "text/css; charset=utf-8", "guichet.js": "text/javascript; charset=utf-8", "icons.svg": "image/svg+xml",
		"fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2": "font/woff2"} {
		plain := ask(assets.URL(name), "")
		if plain.StatusCode != http.StatusOK || plain.Header.Get("Content-Type") != kind || plain.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %d %v", name, plain.StatusCode, plain.Header)
		}
		packed := ask(assets.URL(name), "br, gzip")
		content := body(t, plain.Body)
		if packed.Header.Get("Content-Encoding") != "gzip" {
			if !strings.HasSuffix(name, ".woff2") {
				t.Errorf("%s is not compressed", name)
			}
			continue
		}
		unpacked, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatal(err)
		}
		if body(t, unpacked) != content {
			t.Errorf("%s differs when it is compressed", name)
		}
	}
}

// TestAnOldAddressIsServedOnce: a page of before an upgrade asks for its late scripts by it; nothing keeps the present
// ones under that name.
func TestAnOldAddressIsServedOnce(t *testing.T) {
	got := ask(assets.Prefix+"000000000000/guichet.js", "")
	if got.StatusCode != http.StatusOK || got.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
}

func TestAnUnknownFileIsNotFound(t *testing.T) {
	for _, path := range []string{assets.Prefix + "000000000000/none.css", assets.Prefix + "guichet.css", assets.URL(""), assets.URL("../assets.go"), assets.URL("none.css")} {
		if got := ask(path, "").StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
}

// TestStyleAndScriptsAskNobodyElse: the policy of the pages would refuse it.
func TestStyleAndScriptsAskNobodyElse(t *testing.T) {
	outside := regexp.MustCompile(`(?i)(url\(|@import|fetch\(|import\()\s*["']?(https?:)?//`)
	for _, name := range []string{"guichet.css", "guichet.js", "theme.js"} {
		if found := outside.FindString(body(t, ask(assets.URL(name), "").Body)); found != "" {
			t.Errorf("%s asks %s", name, found)
		}
	}
}

// madeOfParts are the classes that end with a number or a key: their beginnings.
var madeOfParts = regexp.MustCompile(`^(deep\d|h\d+|t\d+|l-(due|left|done|breached))$`)

// TestNoStyleIsForNothing: each class of the style sheets is given by a page or a script.
func TestNoStyleIsForNothing(t *testing.T) {
	given := map[string]bool{}
	quoted := regexp.MustCompile("\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`")
	notes := regexp.MustCompile(`(?m)^\s*//.*$`)
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		of := strings.HasSuffix(path, ".templ") || strings.HasSuffix(path, ".js") || strings.HasSuffix(path, ".go")
		if err != nil || !of || strings.HasSuffix(path, "_templ.go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, text := range quoted.FindAll(notes.ReplaceAll(source, nil), -1) {
			for _, word := range strings.FieldsFunc(string(text), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"'`=<>", r) }) {
				given[word] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	class, beside := regexp.MustCompile(`\.([a-zA-Z][\w-]*)`), regexp.MustCompile(`(?s)/\*.*?\*/|url\([^)]*\)|"[^"]*"`)
	for _, sheet := range []string{"guichet.css", "portal.css", "desk.css", "admin.css"} {
		rules, err := os.ReadFile(filepath.Join("static", sheet))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range class.FindAllStringSubmatch(beside.ReplaceAllString(string(rules), ""), -1) {
			if name := found[1]; !given[name] && !madeOfParts.MatchString(name) {
				t.Errorf("%s styles .%s, which no page and no script has", sheet, name)
			}
		}
	}
}

func TestSheetsComeWithoutTheirComments(t *testing.T) {
	w := httptest.NewRecorder()
	assets.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, assets.URL("desk.css"), nil))
	if body := w.Body.String(); w.Code != http.StatusOK || strings.Contains(body, "/*") || !strings.Contains(body, "\n.rail") {
		t.Errorf("status %d, %d bytes", w.Code, len(body))
	}
}
