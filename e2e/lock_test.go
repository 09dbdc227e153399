package e2e

import (
	"strings"
	"testing"
)

// TestOneProcessServesAFolder holds that a second process does not serve the SQLite folder of another: it
// would take up the jobs that the first has in hand.
func TestOneProcessServesAFolder(t *testing.T) {
	d := served(t)
	_, err := command(d.env, "", "serve", "--data", d.data, "--listen", "127.0.0.1:0")
	if err == nil || !strings.Contains(err.Error(), "Another process already serves") {
		t.Errorf("a second process: %v", err)
	}
}
