package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk mounts a disk of 24 MiB in memory.
func smallDisk(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root mounts a small disk")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill takes the room that is left, but for half a mebibyte.
func fill(t *testing.T, file string) {
	t.Helper()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(file), &disk); err != nil {
		t.Fatal(err)
	}
	size := int64(disk.Bavail)*disk.Bsize - 512<<10
	if err := os.WriteFile(file, make([]byte, max(size, 0)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A full disk is told as 503 by the API and the pages; reading goes on; with room again, so does
// writing, without a restart; and nothing that was acknowledged is missing.
func TestFullDisk(t *testing.T) {
	disk := smallDisk(t)
	d := &desk{dir: t.TempDir(), data: filepath.Join(disk, "data"), env: environment("GUICHET_API_RATE=0"), tokens: map[string]string{}}
	if err := d.begin("demo"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // before the disk is taken away
		if err := d.end((*process).stop); err != nil {
			t.Error(err)
		}
	})
	first := d.open(t, "Avant")
	pages := d.signedIn(t)
	fill(t, filepath.Join(disk, "ballast"))
	acknowledged := d.writeUntilFull(t)
	d.refusedForNow(t, first)
	if status := pages.say(t, first, strings.Repeat("Un message de la page. ", 2000)); status != http.StatusServiceUnavailable {
		t.Errorf("the page answers %d", status)
	}
	d.mustAsk(t, http.StatusOK, call{login: "demandeur", method: http.MethodGet, path: "/tickets/" + first})
	d.mustAsk(t, http.StatusOK, call{login: "demandeur", method: http.MethodGet, path: "/tickets"})
	if err := os.Remove(filepath.Join(disk, "ballast")); err != nil {
		t.Fatal(err)
	}
	d.recovers(t, 10*time.Second)
	for title, number := range acknowledged {
		a := d.mustAsk(t, http.StatusOK, call{login: "demandeur", method: http.MethodGet, path: "/tickets/" + number})
		if got, _ := a.at("title"); got != title {
			t.Errorf("ticket %s is %q, acknowledged as %q", number, got, title)
		}
	}
	if out, err := command(d.env, "", "check", "--data", d.data); err != nil {
		t.Errorf("%s %v", out, err)
	}
}

// writeUntilFull opens tickets until one is refused, and returns those acknowledged, by title.
func (d *desk) writeUntilFull(t *testing.T) map[string]string {
	t.Helper()
	acknowledged := map[string]string{}
	for i := range 5000 {
		title := fmt.Sprintf("Ticket %d", i)
		a := d.tryToOpen(t, title)
		if a.status != http.StatusCreated {
			if i == 0 {
				t.Error("nothing was acknowledged before the disk was full")
			}
			t.Logf("%d tickets acknowledged on what was left of the disk", len(acknowledged))
			return acknowledged
		}
		acknowledged[title], _ = a.at("number")
	}
	t.Fatal("the disk does not fill up")
	return nil
}

func (d *desk) tryToOpen(t *testing.T, title string) answer {
	t.Helper()
	body, err := document([]string{"offering=moodle-demande", "title=" + title, "description=" + strings.Repeat("Texte. ", 500)})
	if err != nil {
		t.Fatal(err)
	}
	a, err := d.ask(call{login: "demandeur", method: http.MethodPost, path: "/tickets", body: strings.NewReader(string(body))})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// refusedForNow checks how the API says that it cannot keep anything now.
func (d *desk) refusedForNow(t *testing.T, number string) {
	t.Helper()
	body, media, err := envelope("gros.bin", make([]byte, 1<<20), nil)
	if err != nil {
		t.Fatal(err)
	}
	upload, err := d.ask(call{login: "demandeur", method: http.MethodPost, path: "/tickets/" + number + "/documents",
		body: body, header: map[string]string{"Content-Type": media}})
	if err != nil {
		t.Fatal(err)
	}
	for name, a := range map[string]answer{"ticket": d.tryToOpen(t, "De trop"), "file": upload} {
		if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" ||
			a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v\n%s", name, a.status, a.header, a.body)
		}
	}
}

// recovers waits until a ticket can be opened again, by the process that was there before.
func (d *desk) recovers(t *testing.T, limit time.Duration) {
	t.Helper()
	begun := time.Now()
	err := d.process.eventually(limit, "no ticket can be opened", func() bool {
		return d.tryToOpen(t, "De retour").status == http.StatusCreated
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("back after %s", time.Since(begun).Round(time.Millisecond))
	d.mustAsk(t, http.StatusOK, call{login: "-", method: http.MethodGet, path: "/readyz"})
}
