package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// entry is something that the server has acknowledged.
type entry struct {
	Kind   string `json:"kind"` // ticket, follow-up, document, or an action
	Number string `json:"number"`
	Title  string `json:"title,omitempty"`
	Event  string `json:"event,omitempty"`
	Hash   string `json:"hash,omitempty"`
}

// ledger is the client's own record of what it was promised, durable before it counts.
type ledger struct {
	mu      sync.Mutex
	file    *os.File
	entries []entry
}

func newLedger(t *testing.T) *ledger {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "ledger.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return &ledger{file: file}
}

// write records an acknowledgement.
func (l *ledger) write(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.file.Write(append(line, '\n')); err != nil {
		return err
	}
	if err := l.file.Sync(); err != nil {
		return err
	}
	l.entries = append(l.entries, e)
	return nil
}

// byTicket groups the entries by number.
func (l *ledger) byTicket() map[string][]entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string][]entry{}
	for _, e := range l.entries {
		out[e.Number] = append(out[e.Number], e)
	}
	return out
}
