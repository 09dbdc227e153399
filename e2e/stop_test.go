package e2e

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A request in hand is finished after SIGTERM; new ones are not taken; the end is clean.
func TestStopFinishesRequestsInHand(t *testing.T) {
	d := served(t)
	n := d.open(t, "Envoi en cours")
	in, out := io.Pipe()
	answered := make(chan answer, 1)
	go func() {
		a, err := d.ask(call{login: "demandeur", method: http.MethodPost, path: "/tickets/" + n + "/documents", body: in,
			header: map[string]string{"Content-Type": "multipart/form-data; boundary=b"}})
		if err != nil {
			t.Errorf("the request in hand: %v", err)
		}
		answered <- a
	}()
	write(t, out, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nla moitié")
	if err := d.process.eventually(5*time.Second, "the upload has not begun", d.uploading); err != nil {
		t.Fatal(err)
	}
	p := d.process
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.eventually(5*time.Second, "it listens still", func() bool { return statusOf(p.url+"/healthz") == 0 }); err != nil {
		t.Fatal(err)
	}
	write(t, out, ", et le reste\r\n--b--\r\n")
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if a := <-answered; a.status != http.StatusCreated {
		t.Errorf("status %d\n%s", a.status, a.body)
	}
	if err := d.end((*process).stop); err != nil && !strings.Contains(err.Error(), "already finished") {
		t.Fatal(err)
	}
	d.keptWhole(t, n, "la moitié, et le reste")
}

func write(t *testing.T, w io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
}

// keptWhole starts the desk again and reads the file of a ticket.
func (d *desk) keptWhole(t *testing.T, number, content string) {
	t.Helper()
	if err := d.begin("demo"); err != nil {
		t.Fatal(err)
	}
	a := d.mustAsk(t, http.StatusOK, call{login: "demandeur", method: http.MethodGet, path: "/tickets/" + number})
	id, _ := a.at("documents.0.id")
	file := d.mustAsk(t, http.StatusOK, call{login: "demandeur", method: http.MethodGet,
		path: "/tickets/" + number + "/documents/" + id})
	if string(file.body) != content {
		t.Errorf("the file holds %q", file.body)
	}
}

// uploading reports whether a file is on its way to the disk.
func (d *desk) uploading() bool {
	entries, err := os.ReadDir(filepath.Join(d.data, "files", "tmp"))
	return err == nil && len(entries) > 0
}
