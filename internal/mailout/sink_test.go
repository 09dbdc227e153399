package mailout_test

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// received is a message as it came over the wire.
type received struct {
	from string
	to   []string
	data []byte
}

// sink is a mail server that keeps what it takes.
type sink struct {
	mu       sync.Mutex
	messages []received
	refuse   error  // answer to a recipient
	hangUp   string // the command at which the connection breaks
}

// listen starts the server on an address, 127.0.0.1:0 for a free port, and returns the one it has.
func (s *sink) listen(t *testing.T, address string) string {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{sink: s}, nil }))
	server.Domain = "mx.example.org"
	go server.Serve(fragile{l, s})           //nolint:errcheck // it says that it was closed
	t.Cleanup(func() { _ = server.Close() }) // twice is harmless
	return l.Addr().String()
}

func (s *sink) taken() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received{}, s.messages...)
}

// answer changes what the server does.
func (s *sink) answer(refuse error, hangUp string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse, s.hangUp = refuse, hangUp
}

// session is one conversation.
type session struct {
	sink *sink
	now  received
}

func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	c.now = received{from: from}
	return nil
}

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.sink.mu.Lock()
	defer c.sink.mu.Unlock()
	c.now.to = append(c.now.to, to)
	return c.sink.refuse
}

func (c *session) Data(r io.Reader) (err error) {
	c.now.data, err = io.ReadAll(r)
	c.sink.mu.Lock()
	defer c.sink.mu.Unlock()
	c.sink.messages = append(c.sink.messages, c.now)
	return err
}

func (c *session) Reset()        {}
func (c *session) Logout() error { return nil }

// fragile connections break at the command that the sink names.
type fragile struct {
	net.Listener
	sink *sink
}

func (f fragile) Accept() (net.Conn, error) {
	c, err := f.Listener.Accept()
	return fragileConn{c, f.sink}, err
}

type fragileConn struct {
	net.Conn
	sink *sink
}

func (c fragileConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.sink.mu.Lock()
	defer c.sink.mu.Unlock()
	if at := c.sink.hangUp; at != "" && bytes.HasPrefix(p[:n], []byte(at)) {
		_ = c.Close()
		return 0, io.EOF
	}
	return n, err
}
