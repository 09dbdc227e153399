package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// binary is the program under test, set once before the tests begin.
var binary string

func TestMain(m *testing.M) {
	os.Exit(withBinary(m.Run))
}

// withBinary builds the program as a release is built, without C, and runs the tests with it.
func withBinary(run func() int) int {
	if binary = os.Getenv("GUICHET_TEST_BINARY"); binary != "" {
		return run()
	}
	dir, err := os.MkdirTemp("", "guichet-e2e-")
	if err != nil {
		return complain(err)
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "guichet")
	build := exec.Command("go", "build", "-o", binary, "../cmd/guichet")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return complain(fmt.Errorf("%w\n%s", err, out))
	}
	return run()
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, "e2e:", err)
	return 1
}
