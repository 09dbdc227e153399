package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const generate = "from the root of the project, run: go tool -modfile=tools/go.mod templ generate"

// Generated pages are committed, and generated from the root: their error messages hold the path of their source. Whether
// they are fresh is checked by .ci/run, which runs the generator.
func TestPagesAreGenerated(t *testing.T) {
	source := regexp.MustCompile("FileName: `([^`]+)`")
	for _, name := range filesNamed(t, "", ".templ") {
		generated := strings.TrimSuffix(name, ".templ") + "_templ.go"
		if _, err := os.Stat(filepath.Join(root, generated)); err != nil {
			t.Errorf("%s has no %s: %s", name, generated, generate)
			continue
		}
		if m := source.FindStringSubmatch(read(t, generated)); m != nil && m[1] != name {
			t.Errorf("%s names its source %s: %s", generated, m[1], generate)
		}
	}
	for _, name := range filesNamed(t, "", "_templ.go") {
		page := strings.TrimSuffix(name, "_templ.go") + ".templ"
		if _, err := os.Stat(filepath.Join(root, page)); err != nil {
			t.Errorf("%s is made of %s, which is gone: remove it", name, page)
		}
	}
}

// The generator writes for the version of the library it belongs to.
func TestGeneratorAndLibraryAgree(t *testing.T) {
	version := regexp.MustCompile(`github\.com/a-h/templ (v\S+)`)
	product, tool := version.FindStringSubmatch(read(t, "go.mod")), version.FindStringSubmatch(read(t, "tools/go.mod"))
	if product == nil || tool == nil || product[1] != tool[1] {
		t.Errorf("go.mod has templ %v and tools/go.mod %v: raise both together", product, tool)
	}
}
