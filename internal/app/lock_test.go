package app

import (
	"runtime"
	"testing"

	"guichet"
)

// TestLock holds that a data folder is served by one process at a time.
func TestLock(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("this system has no such locks")
	}
	dir := t.TempDir()
	release, err := lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock(dir); guichet.CodeOf(err) != "data.served" {
		t.Errorf("a second process: %v", err)
	}
	release()
	again, err := lock(dir)
	if err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	again()
}
