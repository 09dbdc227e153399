package house

import (
	"slices"
	"strings"
	"testing"
)

// group is one layer of the house: its packages (with all below them) and the groups they may import.
// A package may always import what lies in its own folder.
type group struct {
	name     string
	packages []string
	may      []string
}

// The table of the house, top of the stairs last. Dependencies point upwards in this list only.
//
//	cmd → app → {web, api, consumers} → use cases → {store, jobs, blob} → guichet
var groups = []group{
	{"nouns", []string{""}, nil},
	{"texts", []string{"internal/lexis", "internal/markup"}, nil},
	{"rules", []string{"internal/ruling"}, []string{"nouns", "texts"}},
	{"store", []string{"internal/store"}, []string{"nouns", "texts"}},
	{"blob", []string{"internal/blob"}, []string{"nouns"}},
	{"jobs", []string{"internal/jobs"}, []string{"nouns", "store"}},
	{"presets", []string{"internal/presets"}, []string{"nouns", "texts", "rules", "store"}},
	{"tools", []string{"internal/i18n", "internal/config", "internal/httpx"}, []string{"nouns", "tools"}},
	{"use cases", []string{
		"internal/ticketing", "internal/serving", "internal/approving", "internal/directory", "internal/account",
		"internal/knowledge", "internal/announcing", "internal/supplying", "internal/accessing", "internal/customers",
		"internal/reporting", "internal/operating", "internal/transferring", "internal/configuring", "internal/drafting", "internal/live", "internal/searching",
	}, []string{"nouns", "texts", "rules", "store", "blob", "jobs", "presets"}},
	{"consumers", []string{
		"internal/automating", "internal/notifying", "internal/mailin", "internal/mailout",
	}, []string{"nouns", "texts", "store", "blob", "jobs", "tools", "use cases"}},
	{"demonstrations", []string{"internal/presets/demo"}, []string{"nouns", "texts", "store", "blob", "jobs", "use cases", "presets"}},
	{"web", []string{"internal/web"}, []string{"nouns", "texts", "blob", "presets", "tools", "use cases"}},
	{"api", []string{"internal/api"}, []string{"nouns", "texts", "blob", "presets", "tools", "use cases"}},
	{"app", []string{"internal/app"}, []string{
		"nouns", "texts", "store", "blob", "jobs", "tools", "use cases", "consumers", "presets", "demonstrations", "web", "api",
	}},
	{"command line", []string{"cmd/guichet"}, []string{"nouns", "store", "tools", "use cases", "presets", "app"}},
	{"measures", []string{"cmd/guichet-bench"}, []string{"nouns", "store", "use cases", "presets"}},
	{"house", []string{"internal/house"}, nil},
}

// outside restricts who may use a package that does not belong to the project. What is not listed is free, except
// that the nouns use the standard library only.
var outside = []struct {
	path   string // with all below it
	groups []string
	why    string
}{
	{"database/sql", []string{"store", "jobs", "measures"}, "all SQL lives in internal/store"},
	{"modernc.org/sqlite", []string{"store", "measures"}, "engines are known by internal/store only"},
	{"github.com/jackc/pgx", []string{"store"}, "engines are known by internal/store only"},
	{"github.com/pressly/goose", []string{"store"}, "migrations belong to internal/store"},
	{"net/http", []string{"tools", "web", "api", "app", "command line", "consumers", "measures"}, "use cases do not know how they are asked"},
	{"github.com/a-h/templ", []string{"web", "consumers"}, "HTML is made by internal/web, and by mails"},
	{"github.com/danielgtaylor/huma", []string{"api", "app"}, "the REST face is internal/api"},
	{"github.com/nicksnyder/go-i18n", []string{"tools"}, "languages are the work of internal/i18n"},
	{"github.com/yuin/goldmark", []string{"texts"}, "Markdown is rendered by internal/markup only"},
	{"github.com/microcosm-cc/bluemonday", []string{"texts"}, "HTML is sanitised by internal/markup only"},
	{"github.com/wneessen/go-mail", []string{"consumers"}, "mail leaves from internal/mailout"},
	{"github.com/expr-lang/expr", []string{"rules"}, "expressions are compiled and run by internal/ruling only, which bounds them"},
	{"github.com/alecthomas/kong", []string{"command line", "measures"}, "flags are read in cmd/guichet"},
	{"testing", nil, "production code does not know the tests"},
}

// groupOf returns the group of a folder; programs beside cmd/guichet (benchmarks, generators) belong to none and are free.
func groupOf(dir string) (group, bool) {
	var best group
	found, length := false, -1
	for _, g := range groups {
		for _, p := range g.packages {
			if under(dir, p) && len(p) > length {
				best, found, length = g, true, len(p)
			}
		}
	}
	return best, found
}

// packageOf returns the entry of g that dir belongs to: two entries of one group are still strangers.
func packageOf(g group, dir string) string {
	for _, p := range g.packages {
		if under(dir, p) {
			return p
		}
	}
	return dir
}

// exceptions are single doors between rooms that otherwise do not meet, each with its reason.
var exceptions = []struct{ from, to, why string }{
	{"internal/web", "internal/mailout", "the page of the development mailbox reads what would have left"},
}

// sameGroupMeets says in which groups the packages may import one another.
var sameGroupMeets = []string{"tools"}

func mayImport(from, to string) bool {
	g, known := groupOf(from)
	target, targetKnown := groupOf(to)
	if !known {
		return true
	}
	if !targetKnown {
		return false
	}
	if g.name == target.name {
		return packageOf(g, from) == packageOf(target, to) || slices.Contains(sameGroupMeets, g.name)
	}
	for _, e := range exceptions {
		if under(from, e.from) && under(to, e.to) {
			return true
		}
	}
	return slices.Contains(g.may, target.name)
}

func TestEveryPackageHasAPlace(t *testing.T) {
	for _, s := range sources(t, production) {
		if _, known := groupOf(s.dir); !known && !strings.HasPrefix(s.dir, "cmd/") {
			t.Errorf("%s: the package has no place in the house; give it one in groups (internal/house/layers_test.go) and in CONTRIBUTING.md", s.path)
		}
	}
}

func TestDependenciesPointOneWay(t *testing.T) {
	for _, s := range sources(t, production) {
		g, _ := groupOf(s.dir)
		for _, imported := range s.imports() {
			to, ours := strings.CutPrefix(imported+"/", module+"/")
			if !ours {
				continue
			}
			to = strings.TrimSuffix(to, "/")
			if !mayImport(s.dir, to) {
				t.Errorf("%s imports %q, which %s may not: it may know %s; move the code down, or pass the value in from app",
					s.path, imported, named(g, s.dir), strings.Join(g.may, ", "))
			}
		}
	}
}

func named(g group, dir string) string {
	if g.name == "" {
		return dir
	}
	return "the group " + g.name
}

func TestOutsidePackagesStayInTheirRoom(t *testing.T) {
	for _, s := range sources(t, production) {
		g, known := groupOf(s.dir)
		if !known {
			continue
		}
		for _, imported := range s.imports() {
			for _, rule := range outside {
				if under(imported, rule.path) && !slices.Contains(rule.groups, g.name) {
					t.Errorf("%s imports %q, but %s", s.path, imported, rule.why)
				}
			}
		}
	}
}

func TestNounsUseTheStandardLibraryOnly(t *testing.T) {
	for _, s := range sources(t, func(s source) bool { return production(s) && s.dir == "" }) {
		for _, imported := range s.imports() {
			if first, _, _ := strings.Cut(imported, "/"); strings.Contains(first, ".") {
				t.Errorf("%s imports %q: the root package holds nouns and pure rules and uses the standard library only; move this below internal", s.path, imported)
			}
			if slices.Contains([]string{"net/http", "database/sql", "os", "log/slog"}, imported) {
				t.Errorf("%s imports %q: a rule of the root package is pure; pass in what it needs", s.path, imported)
			}
		}
	}
}

// The table itself is tested, so that a slip of the pen in it does not open a door.
func TestLayerTable(t *testing.T) {
	for _, c := range []struct {
		from, to string
		may      bool
	}{
		{"internal/ticketing", "", true},
		{"internal/ticketing", "internal/store", true},
		{"internal/ticketing", "internal/directory", false},
		{"internal/ticketing", "internal/i18n", false},
		{"internal/ticketing", "internal/web", false},
		{"internal/store", "internal/jobs", false},
		{"internal/store/storetest", "internal/store", true},
		{"internal/web/pages", "internal/web/components", true},
		{"internal/web", "internal/store", false},
		{"internal/web", "internal/api", false},
		{"internal/api", "internal/ticketing", true},
		{"internal/api", "internal/jobs", false},
		{"internal/httpx", "internal/i18n", true},
		{"internal/notifying", "internal/mailout", false},
		{"internal/app", "internal/store", true},
		{"cmd/guichet", "internal/web", false},
		{"internal/web/site", "internal/mailout", true},
		{"internal/web/site", "internal/notifying", false},
		{"", "internal/store", false},
	} {
		if got := mayImport(c.from, c.to); got != c.may {
			t.Errorf("may %q import %q? got %v, want %v", c.from, c.to, got, c.may)
		}
	}
}
