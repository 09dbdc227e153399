package house

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// tracked lists the files that git keeps, with slashes from the root of the project.
func tracked(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z").Output()
	if err != nil {
		t.Skip("the list of files comes from git, which does not answer here: not a clone, or git is not installed")
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
}

var pictures = []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".woff2", ".pdf", ".zip", ".gz", ".db"}

// The project speaks of the product only: no path of the machine it was written on, no host of a package registry.
var workplace = regexp.MustCompile(`(^|[\s"'(=:` + "`" + `])/wo` + `rk/|proxy\.gol` + `ang\.org|registry\.npm` + `js\.org|/ho` + `me/\w|/ro` + `ot/go\b`)

func TestTextsSpeakOfTheProduct(t *testing.T) {
	for _, name := range tracked(t) {
		if slices.Contains(pictures, path.Ext(name)) || !exists(name) {
			continue
		}
		content := read(t, name)
		if !utf8.ValidString(content) {
			t.Errorf("%s is not UTF-8: convert it, or add its extension to pictures", name)
		}
		for i, line := range strings.Split(content, "\n") {
			if word := workplace.FindString(line); word != "" {
				t.Errorf("%s:%d: %q belongs to a machine, not to the project: use a relative path or leave it out", name, i+1, strings.TrimSpace(word))
			}
			if strings.HasSuffix(line, "\r") {
				t.Errorf("%s:%d: the line ends with CR: keep LF only", name, i+1)
				break
			}
		}
	}
}

// exists is false for a file that git still lists and somebody has just removed.
func exists(name string) bool {
	_, err := os.Stat(filepath.Join(root, name))
	return err == nil
}
