package e2e

import (
	"errors"
	"io"
	"log"
	"net"
	"net/mail"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// postman is a mail server that counts what it is given.
type postman struct {
	address string
	mu      sync.Mutex
	seen    map[string]int // deliveries by Message-ID
}

func newPostman(t *testing.T) *postman {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &postman{address: listener.Addr().String(), seen: map[string]int{}}
	server := smtp.NewServer(p)
	server.Domain = "localhost"
	server.ErrorLog = log.New(io.Discard, "", 0) // connections of killed clients
	go func() { _ = server.Serve(listener) }()   // ends with Close
	t.Cleanup(func() { server.Close() })
	return p
}

// NewSession implements smtp.Backend.
func (p *postman) NewSession(*smtp.Conn) (smtp.Session, error) { return &round{p}, nil }

// delivered returns how many messages came, and how many came more than once.
func (p *postman) delivered() (messages, again int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.seen {
		messages++
		again += n - 1
	}
	return messages, again
}

// round is a conversation with the postman.
type round struct{ postman *postman }

// Reset implements smtp.Session.
func (*round) Reset() {}

// Logout implements smtp.Session.
func (*round) Logout() error { return nil }

// Mail implements smtp.Session.
func (*round) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt implements smtp.Session.
func (*round) Rcpt(string, *smtp.RcptOptions) error { return nil }

// Data implements smtp.Session.
func (r *round) Data(in io.Reader) error {
	message, err := mail.ReadMessage(in)
	if err != nil {
		return err
	}
	id := message.Header.Get("Message-Id")
	if id == "" {
		return errors.New("a message without Message-ID")
	}
	if _, err := io.Copy(io.Discard, message.Body); err != nil {
		return err
	}
	r.postman.mu.Lock()
	defer r.postman.mu.Unlock()
	r.postman.seen[id]++
	return nil
}
