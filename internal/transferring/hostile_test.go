package transferring_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"guichet"
	"guichet/internal/transferring"
)

// laughs is a small file that names itself over and over: a thousand million entries, were it unfolded.
func laughs() string {
	var b strings.Builder
	b.WriteString("- &a0 {id: x, name: y}\n")
	for i := range 9 {
		fmt.Fprintf(&b, "- &a%d [%s]\n", i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 10), ","))
	}
	return b.String()
}

// Files that no desk would write are refused with a fault, soon, and for little memory.
func TestHostileFilesAreRefused(t *testing.T) {
	b := newBench(t, "insa")
	before := b.desk().Revision
	deep := strings.Repeat("[", 100_000)
	for name, text := range map[string]string{
		"laughs":        laughs(),
		"laughs within": "- id: a\n  name: &n [" + strings.Repeat("x,", 1000) + "]\n  permissions: [" + strings.Repeat("*n,", 1000) + "]\n",
		"itself":        "- &a\n  id: a\n  name: *a\n",
		"merged":        "- &a {id: a, name: b, <<: *a}\n",
		"deep":          deep,
		"deep in a key": "- {id: a, name: " + deep + "}",
		"deep blocks":   strings.Repeat("- ", 50_000) + "a",
		"tags":          "- !!python/object:os.system {id: a}\n- !!binary aGVsbG8=\n",
		"a scalar":      strings.Repeat("x", 1<<20),
		"many lines":    strings.Repeat("- x\n", 200_000),
		"NUL":           "- {id: \"a\\0b\", name: \"a\\0b\", permissions: []}\n",
		"raw NUL":       "- {id: a\x00b, name: c}\n",
		"not UTF-8":     "- {id: \xff\xfe, name: \xed\xa0\x80}\n",
		"documents":     "[]\n---\n- {id: a}\n...\n%YAML 9.9\n",
	} {
		var was, is runtime.MemStats
		runtime.ReadMemStats(&was)
		begun := time.Now()
		_, err := b.use.Import(t.Context(), b.actor("adminfonc"), transferring.Offer{Files: fstest.MapFS{"roles.yaml": {Data: []byte(text)}}})
		runtime.ReadMemStats(&is)
		if took, spent := time.Since(begun), is.TotalAlloc-was.TotalAlloc; took > 20*time.Second || spent > 1<<30 {
			t.Errorf("%s: %v, %d MiB", name, took, spent>>20)
		}
		if guichet.KindOf(err) != guichet.KindInvalid && name != "documents" || err == nil && b.desk().Revision != before {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b.desk().Revision != before {
		t.Error("something was taken in")
	}
}
