package house

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// module is the import path of the root package; root leads to its folder.
const (
	module = "guichet"
	root   = "../.."
)

// source is one Go file of the project, parsed.
type source struct {
	path      string // slash-separated, from the root of the project
	dir       string // folder of path; "" for the root package
	file      *ast.File
	fset      *token.FileSet
	test      bool // a test file, or a file of a folder that only tests use
	generated bool
	lines     int
}

// at returns "path:line" of a node.
func (s source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(n.Pos()).Line)
}

// imports returns the import paths of the file.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		paths = append(paths, unquote(spec.Path))
	}
	return paths
}

// literals calls visit for every string literal of the file, import paths and field tags left aside.
func (s source) literals(visit func(lit *ast.BasicLit, value string)) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			return n.Tag == nil
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				visit(n, unquote(n))
			}
		}
		return true
	})
}

func unquote(lit *ast.BasicLit) string {
	value, err := strconv.Unquote(lit.Value)
	if err != nil {
		return lit.Value
	}
	return value
}

// files lists every file of the project that a person wrote, from the root, with slashes.
var files = sync.OnceValues(func() ([]string, error) {
	var found []string
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipFolder(rel, entry.Name())
		}
		found = append(found, filepath.ToSlash(rel))
		return nil
	})
	return found, err
})

func skipFolder(rel, name string) error {
	if rel == "." {
		return nil
	}
	if rel == "tools" || name == "testdata" || name == "node_modules" || (strings.HasPrefix(name, ".") && name != ".ci") {
		return filepath.SkipDir
	}
	return nil
}

// parsed holds every Go file that a plain "go build" would consider.
var parsed = sync.OnceValues(func() ([]source, error) {
	names, err := files()
	if err != nil {
		return nil, err
	}
	var all []source
	for _, name := range names {
		if path.Ext(name) != ".go" {
			continue
		}
		dir := path.Dir(name)
		if match, err := build.Default.MatchFile(filepath.Join(root, dir), path.Base(name)); err != nil || !match {
			continue
		}
		s, err := parse(name)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
})

func parse(name string) (source, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, filepath.Join(root, name), nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return source{}, err
	}
	dir := path.Dir(name)
	if dir == "." {
		dir = ""
	}
	return source{
		path: name, dir: dir, file: file, fset: fset,
		test:      strings.HasSuffix(name, "_test.go") || strings.HasSuffix(dir, "test") || strings.HasPrefix(dir, "e2e"),
		generated: ast.IsGenerated(file),
		lines:     fset.Position(file.FileEnd).Line,
	}, nil
}

// sources returns the Go files for which keep is true.
func sources(t *testing.T, keep func(source) bool) []source {
	t.Helper()
	all, err := parsed()
	if err != nil {
		t.Fatalf("the project does not parse: %v", err)
	}
	var kept []source
	for _, s := range all {
		if keep(s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// production is the hand-written and generated code of the product, without its tests.
func production(s source) bool { return !s.test }

// written is production code that a person wrote.
func written(s source) bool { return !s.test && !s.generated }

// under reports whether dir is folder or lies below it.
func under(dir, folder string) bool {
	return dir == folder || (folder != "" && strings.HasPrefix(dir, folder+"/"))
}

// filesNamed returns the files of the project with one of the extensions, below a folder ("" for all).
func filesNamed(t *testing.T, folder string, extensions ...string) []string {
	t.Helper()
	names, err := files()
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, name := range names {
		for _, ext := range extensions {
			if strings.HasSuffix(name, ext) && (folder == "" || strings.HasPrefix(name, folder+"/")) {
				kept = append(kept, name)
			}
		}
	}
	return kept
}

// read returns the text of a file of the project.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
