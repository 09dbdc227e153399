package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// served is a demonstration of its own, for the tests that look below the API.
func served(t *testing.T, args ...string) *desk {
	t.Helper()
	return servedOn(t, "", args...)
}

// servedOn starts the demonstration on a database of PostgreSQL, or on SQLite without one.
func servedOn(t *testing.T, database string, args ...string) *desk {
	t.Helper()
	dir := t.TempDir()
	d := &desk{dir: dir, data: dir + "/data", env: environment("GUICHET_API_RATE=0", "GUICHET_DATABASE="+database), tokens: map[string]string{}}
	t.Cleanup(func() {
		if err := d.end((*process).stop); err != nil {
			t.Error(err)
		}
	})
	if err := d.begin(append([]string{"demo"}, args...)...); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) mustAsk(t *testing.T, status int, c call) answer {
	t.Helper()
	a, err := d.ask(c)
	if err != nil {
		t.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	if a.status != status {
		t.Fatalf("%s %s: %d, want %d\n%s", c.method, c.path, a.status, status, a.body)
	}
	return a
}

// open opens a plain ticket as demandeur and returns its number.
func (d *desk) open(t *testing.T, title string) string {
	t.Helper()
	body, err := document([]string{"offering=moodle-demande", "title=" + title, "description=Texte"})
	if err != nil {
		t.Fatal(err)
	}
	a := d.mustAsk(t, http.StatusCreated, call{login: "demandeur", method: http.MethodPost, path: "/tickets",
		body: strings.NewReader(string(body))})
	number, _ := a.at("number")
	return number
}

// dial opens a bare connection to the server.
func (d *desk) dial(t *testing.T) net.Conn {
	t.Helper()
	u, err := url.Parse(d.process.url)
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// A file over the limit is refused when its size is announced: before any of it is sent.
func TestTooLargeIsRefusedBeforeItIsSent(t *testing.T) {
	d := served(t)
	n := d.open(t, "Fichier")
	token, err := d.token("demandeur")
	if err != nil {
		t.Fatal(err)
	}
	c := d.dial(t)
	fmt.Fprintf(c, "POST /api/v1/tickets/%s/documents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n", n, token, 60<<20)
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", answer.StatusCode)
	}
}

// What is left of a body that was refused must not be taken for a request.
func TestARestOfABodyIsNotARequest(t *testing.T) {
	d := served(t)
	c := d.dial(t)
	inner := "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
	body := strings.Repeat(inner, 2<<20/len(inner))
	go func() {
		_, _ = fmt.Fprintf(c, "POST /api/v1/tickets/1/documents HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"+
			"Content-Length: %d\r\n\r\n%s", len(body), body) // the server may close in the middle
	}()
	all, _ := io.ReadAll(c) // until it closes
	if n := strings.Count(string(all), "HTTP/1.1 "); n != 1 || !strings.HasPrefix(string(all), "HTTP/1.1 401") {
		t.Errorf("%d answers to one request:\n%.600s", n, all)
	}
}

// Four uploads at once of 48 MiB each go to the disk: the memory of the server stays far below one of
// them more.
func TestUploadsAreNotHeldInMemory(t *testing.T) {
	d := served(t)
	n := d.open(t, "Gros fichiers")
	before := d.peak(t)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() { d.stream(t, n, byte(i), 48<<20) })
	}
	all.Wait()
	grown := d.peak(t) - before
	t.Logf("memory grew by %d KiB", grown)
	if grown > 40<<10 {
		t.Errorf("memory grew by %d KiB", grown)
	}
	a := d.mustAsk(t, http.StatusOK, call{login: "demandeur", method: http.MethodGet, path: "/tickets/" + n})
	if count := a.count("documents", []string{fmt.Sprintf("size=%d", 48<<20)}); count != 4 {
		t.Errorf("%d whole files", count)
	}
}

// stream uploads a file of one repeated byte without holding it.
func (d *desk) stream(t *testing.T, number string, fill byte, size int64) {
	const head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"gros.bin\"\r\n\r\n"
	body := io.MultiReader(strings.NewReader(head), io.LimitReader(filled(fill), size), strings.NewReader("\r\n--b--\r\n"))
	a, err := d.ask(call{login: "demandeur", method: http.MethodPost, path: "/tickets/" + number + "/documents",
		body: body, header: map[string]string{"Content-Type": "multipart/form-data; boundary=b"}})
	if err != nil || a.status != http.StatusCreated {
		t.Errorf("upload: %d %s %v", a.status, a.body, err)
	}
}

// filled gives one byte for ever.
type filled byte

// Read implements io.Reader.
func (f filled) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(f)
	}
	return len(p), nil
}

// peak is the most memory that the server has had, in KiB.
func (d *desk) peak(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.process.cmd.Process.Pid))
	if err != nil {
		t.Skipf("this system does not tell the memory of a process: %v", err)
	}
	var kib int
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(after, &kib); err != nil {
		t.Fatalf("VmHWM: %v", err)
	}
	return kib
}
