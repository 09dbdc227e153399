package house

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// Every exported thing says what it is, in which units, and which errors it returns.
func TestExportedThingsAreExplained(t *testing.T) {
	for _, s := range sources(t, written) {
		for _, decl := range s.file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				explainedFunction(t, s, d)
			case *ast.GenDecl:
				explainedGroup(t, s, d)
			}
		}
	}
}

func explainedFunction(t *testing.T, s source, f *ast.FuncDecl) {
	t.Helper()
	if !f.Name.IsExported() || (f.Recv != nil && !receiverExported(f.Recv)) {
		return
	}
	if f.Doc.Text() == "" {
		t.Errorf("%s: %s is exported without a comment: say what it does, its units and its errors", s.at(f), f.Name.Name)
	}
}

func receiverExported(list *ast.FieldList) bool {
	e := list.List[0].Type
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	switch generic := e.(type) {
	case *ast.IndexExpr:
		e = generic.X
	case *ast.IndexListExpr:
		e = generic.X
	}
	name, ok := e.(*ast.Ident)
	return ok && name.IsExported()
}

// A comment on the group, above the name or behind it will do.
func explainedGroup(t *testing.T, s source, d *ast.GenDecl) {
	t.Helper()
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && silent(d.Doc, spec.Doc, spec.Comment) {
				t.Errorf("%s: type %s is exported without a comment: say what it stands for", s.at(spec), spec.Name.Name)
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() && d.Tok != token.IMPORT && silent(d.Doc, spec.Doc, spec.Comment) {
					t.Errorf("%s: %s is exported without a comment: say what it means", s.at(spec), name.Name)
				}
			}
		}
	}
}

func silent(groups ...*ast.CommentGroup) bool {
	for _, g := range groups {
		if g.Text() != "" {
			return false
		}
	}
	return true
}

func TestPackagesAreExplained(t *testing.T) {
	explained, at := map[string]bool{}, map[string]string{}
	for _, s := range sources(t, func(s source) bool { return !strings.HasSuffix(s.path, "_test.go") }) {
		explained[s.dir] = explained[s.dir] || s.file.Doc.Text() != ""
		at[s.dir] = s.path
	}
	for dir, ok := range explained {
		if !ok {
			t.Errorf("package %s (%s) has no comment: say above the package clause what the package is for", dir, at[dir])
		}
	}
}

// Unfinished work is an issue, not a comment.
func TestNothingIsLeftForLater(t *testing.T) {
	marks := []string{"TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK:"}
	for _, name := range filesNamed(t, "", ".go", ".templ", ".js", ".css", ".sql", ".md") {
		text := read(t, name)
		for _, mark := range marks {
			if i := strings.Index(text, mark); i >= 0 {
				t.Errorf("%s:%d: %s: finish it, or remove what is not ready", name, 1+strings.Count(text[:i], "\n"), mark)
			}
		}
	}
}
