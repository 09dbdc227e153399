package house

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dynamicKeys lists the beginnings of message keys that the program completes while it runs in a way that the code does
// not show. What is written as "state." + x is found without this list.
// Completed by the status of an error page, by what a condition of a rule may be compared with.
var dynamicKeys = []string{"page.", "rule.channel.", "rule.kind.", "rule.priority.", "rule.weekday.", "rule.work_place."}

// text is a message in one language: its sentences and the names of its placeholders.
type text struct {
	sentences    []string
	placeholders []string
}

var placeholder = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)

// catalogue reads every message of a language, by key.
func catalogue(t *testing.T, locale string) map[string]text {
	t.Helper()
	all := map[string]text{}
	for _, name := range filesNamed(t, "internal/i18n/locales/"+locale, ".json") {
		var raw map[string]any
		if err := json.Unmarshal([]byte(read(t, name)), &raw); err != nil {
			t.Errorf("%s is not JSON: %v", name, err)
		}
		for key, value := range raw {
			all[key] = textOf(value)
		}
	}
	return all
}

func textOf(value any) text {
	var m text
	switch v := value.(type) {
	case string:
		m.sentences = []string{v}
	case map[string]any:
		for _, form := range v {
			if s, ok := form.(string); ok {
				m.sentences = append(m.sentences, s)
			}
		}
	}
	for _, s := range m.sentences {
		for _, found := range placeholder.FindAllStringSubmatch(s, -1) {
			m.placeholders = append(m.placeholders, found[1])
		}
	}
	slices.Sort(m.placeholders)
	m.placeholders = slices.Compact(m.placeholders)
	return m
}

// call is a use of a message: p.T("key", "name", value…) or p.N("key", count, …).
type call struct {
	place string
	key   string
	names []string // names of the values given, nil when they are not written out
	open  bool     // values come from elsewhere: names cannot be read
}

// calls finds the uses of a message whose key is written out.
func calls(t *testing.T) []call {
	t.Helper()
	var found []call
	for _, s := range sources(t, production) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				if use, ok := useOf(s, c); ok {
					found = append(found, use)
				}
			}
			return true
		})
	}
	return found
}

func useOf(s source, c *ast.CallExpr) (call, bool) {
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || len(c.Args) == 0 || (sel.Sel.Name != "T" && sel.Sel.Name != "N") {
		return call{}, false
	}
	key, ok := c.Args[0].(*ast.BasicLit)
	if !ok || key.Kind != token.STRING {
		return call{}, false
	}
	use := call{place: s.at(c), key: unquote(key), open: c.Ellipsis.IsValid()}
	values := c.Args[1:]
	if sel.Sel.Name == "N" {
		values = values[min(1, len(values)):]
		use.names = append(use.names, "n")
	}
	for i := 0; i < len(values); i += 2 {
		name, ok := values[i].(*ast.BasicLit)
		if !ok {
			use.open = true
			continue
		}
		use.names = append(use.names, unquote(name))
	}
	return use, true
}

func TestMessagesExist(t *testing.T) {
	for _, locale := range []string{"fr", "en"} {
		messages := catalogue(t, locale)
		for _, use := range calls(t) {
			m, found := messages[use.key]
			if !found {
				t.Errorf("%s: the message %q is not in internal/i18n/locales/%s: add it, in both languages", use.place, use.key, locale)
				continue
			}
			for _, name := range m.placeholders {
				if !use.open && !slices.Contains(use.names, name) {
					t.Errorf("%s: the message %q (%s) wants a value named %q", use.place, use.key, locale, name)
				}
			}
		}
	}
}

// words is what the product writes where a message key may stand.
type words struct {
	literals map[string]bool // every string literal
	prefixes map[string]bool // literals that end with a dot and that something is joined to
	data     string          // the files of data and scripts
}

var keyBeginning = regexp.MustCompile(`^[a-z][a-z_-]*(\.[a-z_-]+)*\.$`)

func wordsOfTheProduct(t *testing.T) words {
	t.Helper()
	w := words{literals: map[string]bool{}, prefixes: map[string]bool{}}
	for _, s := range sources(t, production) {
		s.literals(func(_ *ast.BasicLit, value string) { w.literals[value] = true })
		ast.Inspect(s.file, func(n ast.Node) bool {
			if join, ok := n.(*ast.BinaryExpr); ok && join.Op == token.ADD {
				if lit, ok := join.X.(*ast.BasicLit); ok && lit.Kind == token.STRING && keyBeginning.MatchString(unquote(lit)) {
					w.prefixes[unquote(lit)] = true
				}
			}
			return true
		})
	}
	for _, name := range filesNamed(t, "internal", ".yaml", ".yml", ".js", ".html") {
		w.data += read(t, name)
	}
	return w
}

// uses tells whether a message key is written, joined, named by data, or the code of an error.
func (w words) uses(key string) bool {
	if code, isError := strings.CutPrefix(key, "error."); isError {
		noun, lost := strings.CutSuffix(code, ".not_found")
		return w.literals[key] || w.literals[code] || lost && w.literals[noun] || w.joins(code)
	}
	return w.literals[key] || strings.Contains(w.data, key) || w.joins(key)
}

func (w words) joins(key string) bool {
	for prefix := range w.prefixes {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return slices.ContainsFunc(dynamicKeys, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

func TestMessagesAreUsed(t *testing.T) {
	if !facesExist(t) {
		t.Skip("messages are used by the pages and the API, which do not exist yet")
	}
	w := wordsOfTheProduct(t)
	for _, key := range slices.Sorted(maps.Keys(catalogue(t, "fr"))) {
		if !w.uses(key) {
			t.Errorf("nothing uses the message %q: remove it from both languages, or add the beginning of its key to dynamicKeys (%s)",
				key, "internal/house/messages_test.go")
		}
	}
}

// A key that is completed while the program runs has at least one message.
func TestJoinedKeysHaveMessages(t *testing.T) {
	fr := catalogue(t, "fr")
	for _, s := range sources(t, production) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			prefix, ok := joinedKey(n)
			if ok && !slices.ContainsFunc(slices.Collect(maps.Keys(fr)), func(key string) bool { return strings.HasPrefix(key, prefix) }) {
				t.Errorf("%s: no message begins with %q", s.at(n), prefix)
			}
			return true
		})
	}
}

// joinedKey recognises p.T("state." + …).
func joinedKey(n ast.Node) (string, bool) {
	c, ok := n.(*ast.CallExpr)
	if !ok || len(c.Args) == 0 {
		return "", false
	}
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || (sel.Sel.Name != "T" && sel.Sel.Name != "N") {
		return "", false
	}
	join, ok := c.Args[0].(*ast.BinaryExpr)
	if !ok {
		return "", false
	}
	lit, ok := join.X.(*ast.BasicLit)
	if !ok {
		return "", false
	}
	return unquote(lit), true
}

func TestUsesAreRead(t *testing.T) {
	for text, want := range map[string]call{
		`p.T("a.b", "name", x)`:      {key: "a.b", names: []string{"name"}},
		`p.N("a.n", 3, "name", x)`:   {key: "a.n", names: []string{"n", "name"}},
		`p.T("a.b", values...)`:      {key: "a.b", open: true},
		`p.T("state." + string(st))`: {},
	} {
		got, _ := useOf(source{fset: token.NewFileSet()}, expression(t, text).(*ast.CallExpr))
		got.place = ""
		if got.key != want.key || got.open != want.open || !slices.Equal(got.names, want.names) {
			t.Errorf("%s: read %+v, want %+v", text, got, want)
		}
	}
}

func expression(t *testing.T, text string) ast.Expr {
	t.Helper()
	e, err := parser.ParseExpr(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func facesExist(t *testing.T) bool {
	t.Helper()
	return len(filesNamed(t, "internal/web", ".go")) > 0 && len(filesNamed(t, "internal/api", ".go")) > 0
}
