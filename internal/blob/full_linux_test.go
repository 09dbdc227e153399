package blob

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"guichet"
)

// fullDisk mounts a disk of 2 MiB, which only an administrator may do.
func fullDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("needs the right to mount a small disk: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func TestAFullDiskLeavesNothingAndRecovers(t *testing.T) {
	dir := fullDisk(t)
	s, err := Open(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.Put(t.Context(), strings.NewReader(strings.Repeat("x", 4<<20)), 8<<20)
	if guichet.KindOf(err) != guichet.KindUnavailable || guichet.CodeOf(err) != "storage.full" {
		t.Errorf("got %v", err)
	}
	if names := filesIn(t, dir); names != nil {
		t.Errorf("left behind: %v", names)
	}
	put(t, s, "there is room again")
}

func TestAWriteToAFullDeviceIsNamed(t *testing.T) {
	file, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("needs /dev/full: %v", err)
	}
	defer file.Close()
	if _, err := (disk{file}).Write([]byte("x")); guichet.CodeOf(err) != "storage.full" {
		t.Errorf("got %v", err)
	}
}
