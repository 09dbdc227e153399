// Package searching finds by words: what a requester may mean while typing, tickets like another one, names and
// values that complete a query. It tells nobody what he or she may not see.
package searching

import (
	"sync"

	"guichet/internal/store"
)

// Searching runs the use cases on a database.
type Searching struct {
	store *store.Store

	mu   sync.Mutex
	book *book // of the last configuration that was asked for
}

// New makes the use cases.
func New(s *store.Store) *Searching { return &Searching{store: s} }
