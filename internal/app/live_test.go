package app

import (
	"bufio"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/config"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// running is a node that serves until the test ends.
type running struct {
	*App
	base string
	stop context.CancelFunc
	done chan struct{}
}

func run(t *testing.T, cfg config.Config) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	a, err := New(ctx, Options{Config: cfg, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &running{a, "http://" + listener.Addr().String(), stop, make(chan struct{})}
	go func() {
		defer close(r.done)
		if err := a.Run(ctx, listener); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		stop()
		<-r.done
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// enter signs somebody in on a node.
func (r *running) enter(t *testing.T, login string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := c.PostForm(r.base+"/sign-in", url.Values{"login": {login}, "password": {matrixPassword}})
	if err != nil || response.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s does not sign in: %v %v", login, response, err)
	}
	return c
}

// ear reads a stream.
type ear struct {
	t     *testing.T
	lines *bufio.Scanner
	close func()
	head  http.Header
}

func (r *running) listen(t *testing.T, c *http.Client, lastID string) *ear {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "gzip, br")
	request.Header.Set("Accept-Language", "fr")
	if lastID != "" {
		request.Header.Set("Last-Event-ID", lastID)
	}
	response, err := c.Do(request)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("no stream: %v %v", response, err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return &ear{t, bufio.NewScanner(response.Body), cancel, response.Header}
}

// heard is one message of a stream.
type heard struct {
	ID, Event string
	Data      struct {
		Say, Kind string
		Number    int64
		Events    []struct{ Kind, Say string }
	}
}

// said is the sentence about an event of a kind.
func (h heard) said(kind string) string {
	for _, e := range h.Data.Events {
		if e.Kind == kind {
			return e.Say
		}
	}
	return ""
}

// next reads a message; its Event is empty at the end of the stream.
func (e *ear) next() heard {
	e.t.Helper()
	var h heard
	for e.lines.Scan() {
		name, value, _ := strings.Cut(e.lines.Text(), ": ")
		switch {
		case name == "id":
			h.ID = value
		case name == "event":
			h.Event = value
		case name == "data":
			if err := json.Unmarshal([]byte(value), &h.Data); err != nil {
				e.t.Fatal(err)
			}
		case name == "" && h.Event != "":
			return h
		}
	}
	return h
}

// about reads until a message about a ticket.
func (e *ear) about(number int64) heard {
	e.t.Helper()
	for {
		h := e.next()
		if h.Event == "" {
			e.t.Fatalf("the stream ends without a word about %d", number)
		}
		if h.Data.Number == number {
			return h
		}
	}
}

func liveConfig(t *testing.T) config.Config {
	cfg := config.Default()
	cfg.DataDir, cfg.DatabaseURL, cfg.APIRate = t.TempDir(), storetest.URL(t), 0
	return cfg
}

func (r *running) opens(t *testing.T, login string) int64 {
	t.Helper()
	ctx := context.Background()
	actor, err := r.Accounts.LoginActor(ctx, login, guichet.ChannelPortal)
	if err != nil {
		t.Fatal(err)
	}
	ticket, err := r.Desk.Open(ctx, actor, ticketing.Open{Service: "openmoodle", Kind: guichet.KindRequest, Title: "Moodle ne répond plus",
		Description: "Une page blanche.", Answers: (&house{app: r.App}).answers(t, "openmoodle")})
	if err != nil {
		t.Fatal(err)
	}
	return ticket.Number
}

func (r *running) says(t *testing.T, login string, number int64, text string) {
	t.Helper()
	ctx := context.Background()
	actor, err := r.Accounts.LoginActor(ctx, login, guichet.ChannelPortal)
	if err == nil {
		_, err = r.Desk.FollowUp(ctx, actor, number, ticketing.FollowUp{Text: text})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestStreamOfABrowser: it is not compressed nor kept, tells what happens in the reader's language, goes on where
// it was left, ends with the session for good, and with the node for a while.
func TestStreamOfABrowser(t *testing.T) {
	r := run(t, liveConfig(t))
	(&house{app: r.App}).people(t)
	asker, moderator := r.enter(t, "demandeur"), r.enter(t, "moderateur")
	number := r.opens(t, "demandeur")
	e := r.listen(t, asker, "")
	if e.head.Get("Content-Type") != "text/event-stream" || e.head.Get("Content-Encoding") != "" || e.head.Get("Cache-Control") != "no-store" {
		t.Errorf("the stream comes as %v", e.head)
	}
	if h := e.next(); h.Event != "hello" {
		t.Fatalf("it begins with %+v", h)
	}
	r.says(t, "moderateur", number, "Nous regardons.")
	h := e.about(number)
	for h.said("followed_up") == "" {
		t.Log(h)
		h = e.about(number)
	}
	if say := h.said("followed_up"); !strings.HasSuffix(say, " a répondu.") {
		t.Errorf("it says %q", say)
	}
	e.close()
	r.says(t, "moderateur", number, "C’est réparé.")
	back := r.listen(t, asker, h.ID)
	back.next()
	if h = back.next(); h.Event != "resync" && h.said("followed_up") == "" { // the first: the node is younger than what is asked
		t.Errorf("who comes back is told %+v", h)
	}

	last := r.listen(t, asker, "")
	if _, err := asker.PostForm(r.base+"/sign-out", nil); err != nil {
		t.Fatal(err)
	}
	for h = last.next(); h.Event != "end"; h = last.next() {
		if h.Event == "" {
			t.Fatal("the stream ends with the session without saying so")
		}
	}
	if h.Data.Say == "" || last.next().Event != "" {
		t.Errorf("after the end of the session: %+v", h)
	}
	if h = r.listen(t, asker, "").next(); h.Event != "end" {
		t.Errorf("without a session the stream says %+v", h)
	}

	stopped := r.listen(t, moderator, "")
	stopped.next()
	r.stop()
	for h = stopped.next(); h.Event != ""; h = stopped.next() {
		if h.Event == "end" {
			t.Error("the end of the node is taken for that of the session")
		}
	}
	<-r.done
}

// TestNodesHearOneAnother: an act on one node reaches a browser on another.
func TestNodesHearOneAnother(t *testing.T) {
	storetest.Server(t)
	cfg := liveConfig(t)
	a := run(t, cfg)
	(&house{app: a.App}).people(t)
	other := cfg
	other.DataDir = t.TempDir()
	b := run(t, other)
	number := a.opens(t, "demandeur")
	c := b.enter(t, "demandeur")
	e := b.listen(t, c, "")
	if h := e.next(); h.Event != "hello" {
		t.Fatalf("%+v", h)
	}
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		if h := e.about(number); h.Event != "ticket" {
			t.Errorf("%+v", h)
		}
	}()
	for { // the other node may not listen yet: what is said meanwhile is seen, not heard
		a.says(t, "moderateur", number, "D’un nœud à l’autre.")
		select {
		case <-heard:
			return
		case <-time.After(time.Second):
		}
	}
}
