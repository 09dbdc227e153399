package e2e

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// cable is the way to a database server, which a test can cut and mend.
type cable struct {
	listener net.Listener
	server   string
	mu       sync.Mutex
	cut      bool
	open     map[net.Conn]bool
	gate     sync.RWMutex // held while nothing gets through
}

// gated is an end of the cable, behind the gate.
type gated struct {
	cable *cable
	end   io.Writer
}

// Write implements io.Writer.
func (g gated) Write(p []byte) (int, error) {
	g.cable.gate.RLock()
	defer g.cable.gate.RUnlock()
	return g.end.Write(p)
}

// newCable leads the address of a database through a cable; it returns the address to use instead.
func newCable(t *testing.T, database string) (*cable, string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{listener: listener, server: u.Host, open: map[net.Conn]bool{}}
	go c.serve()
	t.Cleanup(func() {
		listener.Close()
		c.sever()
	})
	u.Host = listener.Addr().String()
	return c, u.String()
}

func (c *cable) serve() {
	for {
		near, err := c.listener.Accept()
		if err != nil {
			return // the test is over
		}
		far, err := net.Dial("tcp", c.server)
		if err != nil || !c.keep(near, far) {
			near.Close()
			continue
		}
		go c.carry(near, far)
		go c.carry(far, near)
	}
}

// keep notes both ends, unless the cable is cut.
func (c *cable) keep(near, far net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut {
		far.Close()
		return false
	}
	c.open[near], c.open[far] = true, true
	return true
}

func (c *cable) carry(to, from net.Conn) {
	_, _ = io.Copy(gated{c, to}, from) // until one end closes
	to.Close()
	from.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, to)
	delete(c.open, from)
}

// sever closes what is open and refuses what comes.
func (c *cable) sever() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = true
	for conn := range c.open {
		conn.Close()
	}
}

// mend lets connections through again.
func (c *cable) mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = false
}
