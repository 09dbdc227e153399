package house

import (
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

// Budgets of the house: what is larger has two subjects.
const (
	fileBudget      = 500 // lines of a file that a person wrote, tests left aside
	functionBudget  = 70  // lines of a function, from its first line to its closing brace
	parameterBudget = 5   // parameters beside the receiver and the context
	medianBudget    = 15  // lines of the function in the middle of the list
)

func TestFilesAreShort(t *testing.T) {
	for _, s := range sources(t, written) {
		if s.lines > fileBudget {
			t.Errorf("%s has %d lines, at most %d: split it by subject", s.path, s.lines, fileBudget)
		}
	}
	for _, name := range filesNamed(t, "internal", ".templ", ".js", ".sql") {
		if lines := strings.Count(read(t, name), "\n"); lines > fileBudget && !strings.HasSuffix(name, ".min.js") {
			t.Errorf("%s has %d lines, at most %d: split it by subject", name, lines, fileBudget)
		}
	}
}

// functions calls visit for each function and method a person wrote outside the tests.
func functions(t *testing.T, visit func(s source, f *ast.FuncDecl)) {
	t.Helper()
	for _, s := range sources(t, written) {
		for _, decl := range s.file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				visit(s, f)
			}
		}
	}
}

func linesOf(s source, f *ast.FuncDecl) int {
	return s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1
}

func TestFunctionsReadInOneScreen(t *testing.T) {
	var lengths []int
	functions(t, func(s source, f *ast.FuncDecl) {
		lengths = append(lengths, linesOf(s, f))
		if n := linesOf(s, f); n > functionBudget {
			t.Errorf("%s: %s has %d lines, at most %d: name its steps as functions", s.at(f), f.Name.Name, n, functionBudget)
		}
	})
	slices.Sort(lengths)
	if n := len(lengths); n > 0 {
		median, p95 := lengths[n/2], lengths[n*95/100]
		t.Logf("%d functions: median %d lines, 95%% at most %d", n, median, p95)
		if median > medianBudget {
			t.Errorf("the median function has %d lines, at most %d", median, medianBudget)
		}
	}
}

func TestFewParameters(t *testing.T) {
	functions(t, func(s source, f *ast.FuncDecl) {
		count := 0
		for _, field := range f.Type.Params.List {
			if isContext(field.Type) {
				continue
			}
			count += max(1, len(field.Names))
		}
		if count > parameterBudget {
			t.Errorf("%s: %s takes %d parameters beside the context, at most %d: gather them in a struct that has a meaning",
				s.at(f), f.Name.Name, count, parameterBudget)
		}
	})
}

func isContext(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && pkg.Name == "context" && sel.Sel.Name == "Context"
}

func TestNothingHappensAtImport(t *testing.T) {
	functions(t, func(s source, f *ast.FuncDecl) {
		if f.Recv == nil && f.Name.Name == "init" {
			t.Errorf("%s: init() runs behind everybody's back: build the value in a function that app calls", s.at(f))
		}
	})
}

func TestPackagesAreNamedAfterTheirSubject(t *testing.T) {
	empty := []string{"util", "utils", "common", "model", "models", "helper", "helpers", "misc", "shared", "types", "manager", "lib", "core"}
	for _, s := range sources(t, production) {
		if name := s.file.Name.Name; slices.Contains(empty, name) || slices.Contains(empty, path.Base(s.dir)) {
			t.Errorf("%s: a package called %q says nothing: name it after what it is about", s.path, name)
		}
	}
}
