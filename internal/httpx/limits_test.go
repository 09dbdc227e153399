package httpx

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"guichet"
)

func TestLimitBodyRefusesBeforeReading(t *testing.T) {
	reached := false
	handler := LimitBody(10, status(http.StatusRequestEntityTooLarge))(http.HandlerFunc(
		func(http.ResponseWriter, *http.Request) { reached = true }))
	w := serve(handler, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("eleven char")))
	if w.Code != http.StatusRequestEntityTooLarge || reached {
		t.Errorf("answered %d, handler reached %v", w.Code, reached)
	}
}

func TestLimitBodyOfUnknownLength(t *testing.T) {
	for size, tooLarge := range map[int]bool{9: false, 10: false, 11: true} {
		var failure error
		handler := LimitBody(10, status(http.StatusRequestEntityTooLarge))(http.HandlerFunc(
			func(_ http.ResponseWriter, r *http.Request) { _, failure = io.ReadAll(r.Body) }))
		r := httptest.NewRequest(http.MethodPost, "/", io.MultiReader(strings.NewReader(strings.Repeat("x", size))))
		r.ContentLength = -1
		serve(handler, r)
		if got := guichet.KindOf(BodyError(failure)) == guichet.KindTooLarge; got != tooLarge {
			t.Errorf("%d bytes: too large %v (%v)", size, got, failure)
		}
	}
}

func TestBodyError(t *testing.T) {
	for _, test := range []struct {
		err  error
		code string
	}{
		{fmt.Errorf("part: %w", &http.MaxBytesError{Limit: 3}), "body.too_large"},
		{fmt.Errorf("read: %w", os.ErrDeadlineExceeded), "body.stalled"},
		{io.ErrUnexpectedEOF, "body.broken"},
		{fmt.Errorf("put: %w", guichet.Conflict("storage.full")), "storage.full"},
	} {
		if got := guichet.CodeOf(BodyError(test.err)); got != test.code {
			t.Errorf("%v: code %q, want %q", test.err, got, test.code)
		}
	}
	if BodyError(nil) != nil {
		t.Error("an error out of nothing")
	}
}

// pipeListener gives the server connections that live in memory, whose
// deadlines follow the clock of the test.
type pipeListener struct {
	connections chan net.Conn
	closed      chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.connections:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// startServer serves handler as the product does and gives a connection to it.
func startServer(t *testing.T, handler http.Handler) (net.Conn, *http.Server) {
	t.Helper()
	listener := &pipeListener{connections: make(chan net.Conn, 1), closed: make(chan struct{})}
	server := NewServer("", handler, logTo(io.Discard))
	go func() { _ = server.Serve(listener) }()
	client, remote := net.Pipe()
	listener.connections <- remote
	t.Cleanup(func() {
		_ = client.Close()
		_ = server.Close()
	})
	return client, server
}

// readBody answers 200 and hands over how reading the body ended.
func readBody(ended chan<- error) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		ended <- err
	})
}

func TestAStalledBodyIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		client, _ := startServer(t, readBody(ended))
		start := time.Now()
		fmt.Fprint(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nsome")
		if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("reading ended with %v", err)
		}
		if waited := time.Since(start); waited != stallLimit {
			t.Errorf("cut after %v", waited)
		}
	})
}

func TestASlowBodyThatProgressesIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		client, _ := startServer(t, readBody(ended))
		fmt.Fprint(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
		for range 10 {
			time.Sleep(stallLimit - time.Second)
			fmt.Fprint(client, "x")
		}
		if err := <-ended; err != nil {
			t.Errorf("reading ended with %v", err)
		}
	})
}

func TestALongAnswerOutlivesTheBodysDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			time.Sleep(3 * stallLimit)
			if r.Context().Err() != nil {
				w.WriteHeader(http.StatusGone)
			}
		}))
		fmt.Fprint(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
		response, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != http.StatusOK {
			t.Errorf("answered %d", response.StatusCode)
		}
	})
}

func TestASlowHeaderIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := startServer(t, status(http.StatusOK))
		fmt.Fprint(client, "GET / HTTP/1.1\r\nHost:")
		time.Sleep(headerTimeout + time.Second)
		if _, err := fmt.Fprint(client, " x\r\n\r\n"); err == nil {
			t.Error("the connection is still open")
		}
	})
}

func TestShutdownEndsEventStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := make(chan struct{})
		client, server := startServer(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(begun)
			<-Draining(r.Context())
		}))
		go func() { _, _ = io.Copy(io.Discard, client) }()
		fmt.Fprint(client, "GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
		<-begun
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestTraceIsRefused(t *testing.T) {
	handler := NewServer("", status(http.StatusOK), logTo(io.Discard)).Handler
	for method, want := range map[string]int{"TRACE": 405, "CONNECT": 405, "TRACK": 405, "GET": 200, "PATCH": 200} {
		r := get("/")
		r.Method = method
		if got := serve(handler, r).Code; got != want {
			t.Errorf("%s: got %d", method, got)
		}
	}
}

func TestThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		handler := Throttle(Rate{PerSecond: 0.5, Burst: 2}, Proxies(nil).ClientIP, status(http.StatusTooManyRequests))(status(http.StatusOK))
		from := func(address string) *httptest.ResponseRecorder {
			r := get("/")
			r.RemoteAddr = address
			return serve(handler, r)
		}
		for i, want := range []int{200, 200, 429} {
			if got := from("192.0.2.1:1000").Code; got != want {
				t.Errorf("request %d: got %d", i, got)
			}
		}
		if got := from("192.0.2.1:1001").Header().Get("Retry-After"); got != "2" {
			t.Errorf("Retry-After %q", got)
		}
		if got := from("192.0.2.2:1000").Code; got != http.StatusOK {
			t.Errorf("a neighbour was refused: %d", got)
		}
		time.Sleep(2 * time.Second)
		if got := from("192.0.2.1:1000").Code; got != http.StatusOK {
			t.Errorf("still refused after the wait: %d", got)
		}
	})
}

func TestThrottleForgetsTheOldest(t *testing.T) {
	limits := &throttle{limit: Rate{PerSecond: 1, Burst: 1}}
	limits.recent = map[string]*rate.Limiter{}
	for i := range 3 * throttleKeys {
		limits.limiter("insistent").Allow()
		limits.limiter(fmt.Sprint("passer-by ", i))
	}
	if kept := len(limits.recent) + len(limits.old); kept > 2*throttleKeys {
		t.Errorf("%d clients are remembered", kept)
	}
	if _, found := limits.old["insistent"]; !found && limits.recent["insistent"] == nil {
		t.Error("a client that keeps asking was forgotten")
	}
}

func TestClientIP(t *testing.T) {
	proxies, err := ParseProxies([]string{"10.0.0.0/8", "192.0.2.9", "::1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ remote, forwarded, want string }{
		{"198.51.100.7:5000", "203.0.113.1", "198.51.100.7"},
		{"10.1.2.3:5000", "203.0.113.1", "203.0.113.1"},
		{"10.1.2.3:5000", "1.1.1.1, 203.0.113.1, 192.0.2.9", "203.0.113.1"},
		{"10.1.2.3:5000", "", "10.1.2.3"},
		{"10.1.2.3:5000", "not an address", "10.1.2.3"},
		{"[::1]:5000", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"[::ffff:10.0.0.1]:5000", "203.0.113.5", "203.0.113.5"},
		{"@", "203.0.113.1", "@"},
	} {
		r := get("/")
		r.RemoteAddr = test.remote
		r.Header.Set("X-Forwarded-For", test.forwarded)
		if got := proxies.ClientIP(r); got != test.want {
			t.Errorf("%+v: got %q", test, got)
		}
	}
	if _, err := ParseProxies([]string{"proxy.example.fr"}); err == nil {
		t.Error("a name was taken for an address")
	}
}
