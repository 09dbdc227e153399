package house

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"guichet"
)

var (
	codeBlock    = regexp.MustCompile("(?s)```.*?```")
	heading      = regexp.MustCompile(`(?m)^#+ `)
	comment      = regexp.MustCompile(`(?m)\s+#.*$`)
	markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)|<img src="([^"]+)"`)
	picture      = regexp.MustCompile(`<img [^>]*>`)
)

// The two front pages say the same thing: as many sections, the same commands, each explained in its language.
func TestFrontPagesAreTwins(t *testing.T) {
	en, fr := read(t, "README.md"), read(t, "README.fr.md")
	if a, b := len(heading.FindAllString(codeBlock.ReplaceAllString(en, ""), -1)), len(heading.FindAllString(codeBlock.ReplaceAllString(fr, ""), -1)); a != b {
		t.Errorf("README.md has %d headings and README.fr.md %d: keep them twins", a, b)
	}
	if a, b := codeBlock.FindAllString(comment.ReplaceAllString(en, ""), -1), codeBlock.FindAllString(comment.ReplaceAllString(fr, ""), -1); !slices.Equal(a, b) {
		t.Errorf("README.md and README.fr.md do not show the same commands:\n%s\n---\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	for _, command := range []string{"go run ./cmd/guichet demo", "go test ./..."} {
		top := strings.Join(strings.SplitN(en, "\n", 26)[:25], "\n")
		if !strings.Contains(top, command) {
			t.Errorf("README.md does not say %q in its first screen", command)
		}
	}
}

// A link or a picture of a document leads to a file that is there, and a picture has words for who does not see it.
func TestDocumentsLinkToWhatExists(t *testing.T) {
	for _, name := range filesNamed(t, "", ".md") {
		text := codeBlock.ReplaceAllString(read(t, name), "")
		for _, tag := range picture.FindAllString(text, -1) {
			if !regexp.MustCompile(` alt="[^"]{10,}"`).MatchString(tag) {
				t.Errorf("%s shows a picture without telling what is on it: %s", name, tag)
			}
		}
		for _, m := range markdownLink.FindAllStringSubmatch(text, -1) {
			target, _, _ := strings.Cut(m[1]+m[2], "#")
			if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, path.Dir(name), target)); err != nil {
				t.Errorf("%s links to %s, which does not exist", name, target)
			}
		}
	}
}

// The manual of the workspace tells every operator and every key, in both languages.
func TestTheWorkspaceIsExplained(t *testing.T) {
	for locale, name := range map[string]string{"en": "docs/workspace.md", "fr": "docs/workspace.fr.md"} {
		manual := read(t, name)
		for _, f := range guichet.QueryFields() {
			if !strings.Contains(manual, "| `"+f.Name(locale)+":` |") {
				t.Errorf("%s does not tell the operator %s:", name, f.Name(locale))
			}
			if len(f.Choices()) > 0 && !slices.Contains(guichet.QueryTimes(), f) {
				for _, value := range f.Choices() {
					word := f.Word(value, locale)
					if !strings.Contains(manual, "`"+word+"`") && !strings.Contains(manual, "`@"+word+"`") {
						t.Errorf("%s does not tell %s:%s", name, f.Name(locale), word)
					}
				}
			}
		}
		for _, s := range guichet.Shortcuts() {
			if !strings.Contains(manual, "`"+s.Key+"`") {
				t.Errorf("%s does not tell the key %s (%s)", name, s.Key, s.Act)
			}
		}
		for _, m := range regexp.MustCompile(`(?m)^    (\S.*)$`).FindAllStringSubmatch(manual, -1) {
			if _, problems := guichet.ParseQuery(m[1]); len(problems) > 0 {
				t.Errorf("%s shows a search that is not understood: %s", name, m[1])
			}
		}
	}
}

// Every setting of the program is in the manual of those who run it.
func TestSettingsAreInTheManual(t *testing.T) {
	manual := read(t, "docs/operations.md")
	for _, name := range filesNamed(t, "", ".go") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range regexp.MustCompile(`env:"(GUICHET_\w+)"`).FindAllStringSubmatch(read(t, name), -1) {
			if !strings.Contains(manual, "`"+m[1]+"`") {
				t.Errorf("docs/operations.md does not describe %s (%s)", m[1], name)
			}
		}
	}
}

// What is inside the binary is named with its licence.
func TestModulesAreListedWithTheirLicence(t *testing.T) {
	listed := read(t, "docs/licences.md")
	required := regexp.MustCompile(`(?m)^\s+([\w./-]+\.[\w./-]+) v\S+`)
	for _, m := range required.FindAllStringSubmatch(read(t, "go.mod"), -1) {
		if !strings.Contains(listed, "`"+m[1]+"`") {
			t.Errorf("docs/licences.md does not list %s: add it with its licence (MIT, BSD, ISC or Apache only)", m[1])
		}
	}
}

// Decisions are numbered in their order, each number once (one that was kept for a decision not taken is
// left out), and say their state.
func TestDecisionsAreNumbered(t *testing.T) {
	last := "0000"
	for _, name := range filesNamed(t, "docs/adr", ".md") {
		if want := regexp.MustCompile(`^\d{4}-[a-z0-9-]+\.md$`); !want.MatchString(path.Base(name)) {
			t.Errorf("%s: a decision is called 0001-short-title.md", name)
			continue
		}
		number := path.Base(name)[:4]
		if number <= last {
			t.Errorf("%s: the number %s is taken", name, number)
		}
		last = number
		if !strings.Contains(read(t, name), "\nStatus: ") {
			t.Errorf("%s has no line \"Status: …\"", name)
		}
	}
}
