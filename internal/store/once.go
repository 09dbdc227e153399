package store

import (
	"context"
	"sync"
	"time"

	"guichet"
)

// onceFor is how long what was read of the configuration is good for the reads that follow one another: far longer than a
// page takes, far shorter than anybody waits for a change.
const onceFor = time.Second

// once is the configuration as a request found it.
type once struct {
	mu    sync.Mutex
	desk  *guichet.Desk
	until time.Time
}

type onceKey struct{}

// Once returns a context in which the reads of a request look once whether the configuration has moved: a page asks a
// dozen times for it. Transactions always look, what is written in the same context is seen by the reads that follow,
// and a request that goes on for long, such as a stream, looks again.
func Once(ctx context.Context) context.Context {
	return context.WithValue(ctx, onceKey{}, &once{})
}

func onceOf(ctx context.Context) *once {
	o, _ := ctx.Value(onceKey{}).(*once)
	return o
}

// known is what was found; nil when nothing is, or no longer.
func (o *once) known() *guichet.Desk {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.desk == nil || time.Now().After(o.until) {
		return nil
	}
	return o.desk
}

// keep notes what was found; nil forgets.
func (o *once) keep(d *guichet.Desk) {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.desk, o.until = d, time.Now().Add(onceFor)
}
