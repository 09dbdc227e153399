package house

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// The journeys on PostgreSQL are played by their names (.ci/run): one without its ending would never run.
func TestJourneysNameTheirEngine(t *testing.T) {
	knows := func(s source) bool {
		return s.dir == "e2e" && slices.Contains(s.imports(), module+"/internal/store/storetest")
	}
	for _, s := range sources(t, knows) {
		for _, decl := range s.file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(f.Name.Name, "Test") {
				continue
			}
			if !strings.HasSuffix(f.Name.Name, "OnSQLite") && !strings.HasSuffix(f.Name.Name, "OnPostgreSQL") {
				t.Errorf("%s: %s is in a file that knows PostgreSQL: end its name with OnSQLite or OnPostgreSQL", s.at(f), f.Name.Name)
			}
		}
	}
}
