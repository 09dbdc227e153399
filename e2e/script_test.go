package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"guichet/internal/store/storetest"
)

// deskKey is where a script keeps its desk.
type deskKey struct{}

func TestScriptsOnSQLite(t *testing.T) { play(t, "") }

func TestScriptsOnPostgreSQL(t *testing.T) {
	if os.Getenv("GUICHET_TEST_POSTGRES") == "" {
		t.Skip("GUICHET_TEST_POSTGRES names no server")
	}
	play(t, "postgres")
}

// play runs every script on one engine, each on a desk of its own.
func play(t *testing.T, engine string) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata", Cmds: commands(), RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error { return setUp(t, env, engine) },
		Condition: func(name string) (bool, error) {
			switch name {
			case "postgres":
				return engine == name, nil
			case "sqlite":
				return engine == "", nil
			}
			return false, errors.New("unknown condition " + name)
		},
	})
}

func setUp(t *testing.T, env *testscript.Env, engine string) error {
	env.Setenv("PATH", filepath.Dir(binary)+string(os.PathListSeparator)+os.Getenv("PATH"))
	env.Setenv("data", filepath.Join(env.WorkDir, "data"))
	env.Setenv("GUICHET_API_RATE", "0")
	if engine != "" {
		env.Setenv("GUICHET_DATABASE", storetest.URL(env.T().(testing.TB)))
	}
	d := &desk{dir: env.WorkDir, data: filepath.Join(env.WorkDir, "data"), env: env.Vars, tokens: map[string]string{}}
	env.Values[deskKey{}] = d
	env.Defer(func() {
		if err := d.end((*process).stop); err != nil {
			t.Error(err)
		}
	})
	return nil
}
