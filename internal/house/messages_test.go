package house

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dynamicKeys lists the beginnings of message keys that the program completes while it runs, with where.
// Add a line when a key is made by joining; remove it when the last one goes.
var dynamicKeys = []string{}

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
		use.names = append(use.names, "count", "n")
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

// written gathers every string literal of the product, and the texts of its data files, where a key may be named.
func writtenWords(t *testing.T) (literals map[string]bool, data string) {
	t.Helper()
	literals = map[string]bool{}
	for _, s := range sources(t, production) {
		s.literals(func(_ *ast.BasicLit, value string) { literals[value] = true })
	}
	var b strings.Builder
	for _, name := range filesNamed(t, "internal", ".yaml", ".yml", ".js") {
		b.WriteString(read(t, name))
	}
	return literals, b.String()
}

func TestMessagesAreUsed(t *testing.T) {
	literals, data := writtenWords(t)
	if len(calls(t)) == 0 {
		t.Skip("no screen yet uses a message")
	}
	for _, key := range slices.Sorted(maps.Keys(catalogue(t, "fr"))) {
		if literals[key] || strings.Contains(data, key) || dynamic(key) {
			continue
		}
		t.Errorf("nothing uses the message %q: remove it from both languages, or add the beginning of its key to dynamicKeys (%s)",
			key, "internal/house/messages_test.go")
	}
}

func dynamic(key string) bool {
	return slices.ContainsFunc(dynamicKeys, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

func TestDynamicKeysAreStillMade(t *testing.T) {
	literals, _ := writtenWords(t)
	for _, prefix := range dynamicKeys {
		if !literals[prefix] && !anyLiteralEnds(literals, prefix) {
			t.Errorf("no code makes keys that begin with %q any more: remove it from dynamicKeys", prefix)
		}
	}
}

func anyLiteralEnds(literals map[string]bool, prefix string) bool {
	for value := range literals {
		if path.Ext(value) == "." && strings.HasPrefix(prefix, value) {
			return true
		}
	}
	return false
}

// errorMakers are the functions of the root package that take a message key, with the place of that argument.
var errorMakers = map[string]int{"Denied": 0, "Conflict": 0, "Unavailable": 0, "Invalid": 1}

// The codes of errors are message keys, under "error.".
func TestErrorsHaveMessages(t *testing.T) {
	fr := catalogue(t, "fr")
	if len(filesNamed(t, "internal/web", ".go"))+len(filesNamed(t, "internal/api", ".go")) == 0 {
		t.Skip("no face shows errors yet")
	}
	for _, s := range sources(t, written) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if code, ok := errorCode(c); ok {
				if _, found := fr[errorKey(code)]; !found {
					t.Errorf("%s: the error %q has no message: add %q to internal/i18n/locales/{fr,en}/errors.json", s.at(c), code, errorKey(code))
				}
			}
			return true
		})
	}
}

func errorKey(code string) string { return "error." + code }

// errorCode returns the message key that a call makes an error of, when it is written out.
func errorCode(c *ast.CallExpr) (string, bool) {
	name := rootFunction(c.Fun)
	if name == "NotFound" {
		noun, ok := writtenArgument(c, 0)
		return noun + ".not_found", ok
	}
	if place, known := errorMakers[name]; known {
		return writtenArgument(c, place)
	}
	return "", false
}

// rootFunction names a function of the root package, called from there or from elsewhere.
func rootFunction(e ast.Expr) string {
	switch f := e.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if pkg, ok := f.X.(*ast.Ident); ok && pkg.Name == module {
			return f.Sel.Name
		}
	}
	return ""
}

func writtenArgument(c *ast.CallExpr, place int) (string, bool) {
	if len(c.Args) <= place {
		return "", false
	}
	lit, ok := c.Args[place].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	return unquote(lit), true
}
