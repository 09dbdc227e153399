package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"guichet"
)

func open(t *testing.T) (*Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

func put(t *testing.T, s *Store, content string) Ref {
	t.Helper()
	ref, err := s.Put(t.Context(), strings.NewReader(content), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// filesIn lists the files under a directory, whatever they are.
func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func hashOfText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestPutThenOpen(t *testing.T) {
	s, dir := open(t)
	ref := put(t, s, "un contenu")
	want := Ref{Hash: hashOfText("un contenu"), Size: 10, MediaType: "text/plain; charset=utf-8"}
	if ref != want {
		t.Fatalf("got %+v, want %+v", ref, want)
	}
	file, err := s.Open(t.Context(), ref.Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if content, err := io.ReadAll(file); err != nil || string(content) != "un contenu" {
		t.Errorf("read %q, %v", content, err)
	}
	if names := filesIn(t, dir); len(names) != 1 || names[0] != filepath.Join(dir, ref.Hash[:2], ref.Hash[2:]) {
		t.Errorf("files %v", names)
	}
}

func TestTypeComesFromTheContent(t *testing.T) {
	s, _ := open(t)
	for content, want := range map[string]string{
		"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR":             "image/png",
		"%PDF-1.7\n":                                      "application/pdf",
		"<!DOCTYPE html><html><script>1</script></html>":  "text/html; charset=utf-8",
		`<svg xmlns="http://www.w3.org/2000/svg"></svg>`:  "image/svg+xml",
		"\x00\x01\x02\x03":                                "application/octet-stream",
		strings.Repeat("x", sniffLength*3) + "<!DOCTYPE>": "text/plain; charset=utf-8",
	} {
		if got := put(t, s, content).MediaType; got != want {
			t.Errorf("%.30q: %s, want %s", content, got, want)
		}
	}
}

func TestLimitIsExact(t *testing.T) {
	s, dir := open(t)
	for size, fits := range map[int]bool{0: true, 99: true, 100: true, 101: false, 100_000: false} {
		_, err := s.Put(t.Context(), strings.NewReader(strings.Repeat("x", size)), 100)
		if fits && err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
		if !fits && (guichet.KindOf(err) != guichet.KindTooLarge || guichet.CodeOf(err) != "file.too_large") {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	if names := filesIn(t, dir); len(names) != 3 {
		t.Errorf("files %v", names)
	}
}

func TestNoMoreIsReadThanAllowed(t *testing.T) {
	s, _ := open(t)
	endless := &counter{}
	if _, err := s.Put(t.Context(), endless, 1000); guichet.KindOf(err) != guichet.KindTooLarge {
		t.Fatalf("got %v", err)
	}
	if endless.read > 1001 {
		t.Errorf("%d bytes were read", endless.read)
	}
}

// counter gives zeros for ever and counts them.
type counter struct{ read int }

func (c *counter) Read(p []byte) (int, error) {
	clear(p)
	c.read += len(p)
	return len(p), nil
}

func TestABrokenUploadLeavesNothing(t *testing.T) {
	s, dir := open(t)
	broken := errors.New("connection reset")
	source := io.MultiReader(strings.NewReader(strings.Repeat("x", 100_000)), iotest.ErrReader(broken))
	if _, err := s.Put(t.Context(), source, 1<<20); !errors.Is(err, broken) || guichet.KindOf(err) == guichet.KindUnavailable {
		t.Errorf("got %v", err)
	}
	if names := filesIn(t, dir); names != nil {
		t.Errorf("left behind: %v", names)
	}
}

func TestACancelledUploadLeavesNothing(t *testing.T) {
	s, dir := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	source := io.MultiReader(strings.NewReader("some"), readerFunc(func(p []byte) (int, error) {
		cancel()
		return copy(p, "more"), nil
	}), &counter{})
	if _, err := s.Put(ctx, source, 1<<30); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if names := filesIn(t, dir); names != nil {
		t.Errorf("left behind: %v", names)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestSameContentAtTheSameTimeIsKeptOnce(t *testing.T) {
	s, dir := open(t)
	content := strings.Repeat("le même contenu ", 10_000)
	var group sync.WaitGroup
	refs := make([]Ref, 16)
	for i := range refs {
		group.Go(func() {
			ref, err := s.Put(t.Context(), strings.NewReader(content), 1<<20)
			if err != nil {
				t.Error(err)
			}
			refs[i] = ref
		})
	}
	group.Wait()
	if len(slices.Compact(refs)) != 1 || refs[0].Hash != hashOfText(content) {
		t.Errorf("refs differ: %v", refs)
	}
	if names := filesIn(t, dir); len(names) != 1 {
		t.Errorf("files %v", names)
	}
	if err := s.Verify(refs[0].Hash); err != nil {
		t.Error(err)
	}
}

func TestOpenOfWhatDoesNotExist(t *testing.T) {
	s, dir := open(t)
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{"", "secret", "../files/secret", hashOfText("absent"), strings.ToUpper(hashOfText("absent")),
		"ab/" + strings.Repeat("c", 61), strings.Repeat("../", 21) + "x"} {
		if _, err := s.Open(t.Context(), hash); guichet.KindOf(err) != guichet.KindNotFound {
			t.Errorf("%q: %v", hash, err)
		}
		if err := s.Verify(hash); guichet.KindOf(err) != guichet.KindNotFound {
			t.Errorf("verify %q: %v", hash, err)
		}
	}
}

func TestVerifyFindsDamageAndPutMendsIt(t *testing.T) {
	s, dir := open(t)
	ref := put(t, s, "intact")
	if err := os.WriteFile(filepath.Join(dir, ref.Hash[:2], ref.Hash[2:]), []byte("abîmé"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(ref.Hash); guichet.CodeOf(err) != "file.corrupt" {
		t.Fatalf("damage not seen: %v", err)
	}
	put(t, s, "intact")
	if err := s.Verify(ref.Hash); err != nil {
		t.Errorf("not mended: %v", err)
	}
}

func TestWalkSeesTheFilesOnly(t *testing.T) {
	s, dir := open(t)
	want := map[string]int64{put(t, s, "un").Hash: 2, put(t, s, "deux").Hash: 4, put(t, s, "").Hash: 0}
	for _, stray := range []string{"tmp/UPLOAD", "ab/notes.txt", "README"} {
		if err := os.WriteFile(filepath.Join(dir, stray), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var order []string
	err := s.Walk(func(hash string, size int64) error {
		order = append(order, hash)
		if known, found := want[hash]; !found || known != size {
			t.Errorf("%s of %d bytes", hash, size)
		}
		return nil
	})
	if err != nil || len(order) != len(want) || !slices.IsSorted(order) {
		t.Errorf("walked %v, %v", order, err)
	}
	stop := errors.New("enough")
	if err := s.Walk(func(string, int64) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("went on after %v", err)
	}
}

func TestCleanTempSparesWhatIsUnderWay(t *testing.T) {
	s, dir := open(t)
	ref := put(t, s, "gardé")
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for name, age := range map[string]time.Duration{"old": 2 * time.Hour, "young": time.Minute} {
		path := filepath.Join(dir, "tmp", name)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.CleanTemp(now.Add(-time.Hour)); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	if names := filesIn(t, filepath.Join(dir, "tmp")); len(names) != 1 || filepath.Base(names[0]) != "young" {
		t.Errorf("left: %v", names)
	}
	if err := s.Verify(ref.Hash); err != nil {
		t.Error(err)
	}
}

func TestReopenedStoreHasItsFiles(t *testing.T) {
	s, dir := open(t)
	ref := put(t, s, "durable")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := again.Verify(ref.Hash); err != nil {
		t.Error(err)
	}
}

func TestFaultsOfTheDiskAreNamed(t *testing.T) {
	for _, test := range []struct {
		err  error
		code string
	}{
		{&os.PathError{Op: "write", Err: syscall.ENOSPC}, "storage.full"},
		{fmt.Errorf("sync: %w", syscall.EDQUOT), "storage.full"},
		{&os.PathError{Op: "write", Err: syscall.EIO}, "storage.failed"},
	} {
		got := storageError(test.err)
		if guichet.KindOf(got) != guichet.KindUnavailable || guichet.CodeOf(got) != test.code || !errors.Is(got, test.err) {
			t.Errorf("%v: %v", test.err, got)
		}
	}
	if storageError(nil) != nil {
		t.Error("an error out of nothing")
	}
}

func TestLargeContentIsWhole(t *testing.T) {
	s, _ := open(t)
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<17) // 2 MiB, many writes
	ref, err := s.Put(t.Context(), iotest.HalfReader(bytes.NewReader(content)), 1<<21)
	if err != nil || ref.Size != 1<<21 || ref.Hash != hashOfText(string(content)) {
		t.Errorf("got %+v, %v", ref, err)
	}
}
