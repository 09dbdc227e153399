package assets_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

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

func TestAnOldAddressIsNotFound(t *testing.T) {
	for _, path := range []string{assets.Prefix + "000000000000/guichet.css", assets.Prefix + "guichet.css", assets.URL(""), assets.URL("../assets.go"), assets.URL("none.css")} {
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
