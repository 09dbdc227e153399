package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// line is where those who write wait, on an engine that takes one writer at a time (docs/adr/0026). Who finds
// nobody writing leads: begins a transaction, runs in it the turn of each who waits, between two savepoints,
// commits once for all, and hands over to the next. Nobody is answered before the commit.
type line struct {
	store *Store
	time  time.Duration // a group goes on taking turns: the first of them waits for its answer meanwhile

	mu     sync.Mutex
	people []*turn // those of requests
	work   []*turn // those of jobs, for which no person waits
	led    bool    // somebody leads
}

// turn is one transaction in the line.
type turn struct {
	ctx   context.Context
	fn    func(*Tx) error
	jobs  bool
	call  chan bool // true: lead; false: it is over
	tx    *Tx
	err   error
	panic any // of fn
	stack []byte
}

// groupTime is how long a group takes turns where nothing else is said.
const groupTime = 10 * time.Millisecond

// errUnfinished is of a turn whose goroutine ended inside of it.
var errUnfinished = errors.New("store: a transaction was left by the end of its goroutine")

// write waits for a turn and returns when it is durable, or failed. Who gives up while waiting leaves the line.
func (l *line) write(ctx context.Context, fn func(*Tx) error, jobs bool) error {
	t := &turn{ctx: ctx, fn: fn, jobs: jobs, call: make(chan bool, 1)}
	if !l.join(t) {
		var lead bool
		select {
		case lead = <-t.call:
		case <-ctx.Done():
			if l.leave(t) {
				return classify(l.store.d, ctx.Err())
			}
			lead = <-t.call
		}
		if !lead {
			return t.outcome()
		}
	}
	l.lead(t)
	return t.outcome()
}

// outcome is what a turn came to; a panic goes on where the turn was asked for.
func (t *turn) outcome() error {
	if t.panic != nil {
		panic(fmt.Sprintf("%v\n%s", t.panic, t.stack))
	}
	return t.err
}

// join puts a turn in the line and reports whether it is to lead.
func (l *line) join(t *turn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.led {
		l.led = true
		return true
	}
	side := l.side(t.jobs)
	*side = append(*side, t)
	return false
}

// leave takes a turn out of the line; it reports false when the turn has come already.
func (l *line) leave(t *turn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	side := l.side(t.jobs)
	for i, other := range *side {
		if other == t {
			*side = slices.Delete(*side, i, i+1)
			return true
		}
	}
	return false
}

func (l *line) side(jobs bool) *[]*turn {
	if jobs {
		return &l.work
	}
	return &l.people
}

// next takes the next turn of one side, nil when nobody waits there.
func (l *line) next(jobs bool) *turn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.take(jobs)
}

func (l *line) take(jobs bool) *turn {
	side := l.side(jobs)
	if len(*side) == 0 {
		return nil
	}
	t := (*side)[0]
	*side = (*side)[1:]
	return t
}

// handOver calls the next who leads: people and jobs in turns when both wait, so that neither waits for more
// than one group of the other.
func (l *line) handOver(jobs bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.take(!jobs)
	if t == nil {
		t = l.take(jobs)
	}
	if t == nil {
		l.led = false
		return
	}
	t.call <- true
}

// lead writes a group that begins with the turn of the leader, and calls who leads next.
func (l *line) lead(first *turn) {
	g := &group{line: l, turns: []*turn{first}, err: errUnfinished, bound: map[string]*sql.Stmt{}}
	defer func() {
		g.settle()
		l.handOver(first.jobs)
		for _, t := range g.turns[1:] {
			t.call <- false
		}
	}()
	g.err = g.run(context.WithoutCancel(first.ctx))
}

// group is the turns that share a transaction.
type group struct {
	line       *line
	turns      []*turn
	err        error // of all: the transaction did not come to its end
	bound      map[string]*sql.Stmt
	unprepared []string // statements to prepare once the connection is free
}

// run does the turns in one transaction. It does not end with the context of one of those who ask.
func (g *group) run(ctx context.Context) error {
	s, jobs := g.line.store, g.turns[0].jobs
	sqlTx, err := s.writer.db.BeginTx(ctx, nil)
	if err != nil {
		for t := g.line.next(jobs); t != nil; t = g.line.next(jobs) { // each would wait as long for nothing
			g.turns = append(g.turns, t)
		}
		return err
	}
	defer sqlTx.Rollback() //nolint:errcheck // after Commit it says so, which is expected
	began := time.Now()
	for t := g.turns[0]; t != nil; {
		if err := g.turn(ctx, sqlTx, t); err != nil {
			return err
		}
		if time.Since(began) > g.line.time {
			break
		}
		if t = g.line.next(jobs); t != nil {
			g.turns = append(g.turns, t)
		}
	}
	return sqlTx.Commit()
}

// turn runs one turn between two savepoints: what fails is undone alone. An error here is that the transaction
// is lost, for all.
func (g *group) turn(ctx context.Context, sqlTx *sql.Tx, t *turn) error {
	s := g.line.store
	t.tx = &Tx{Now: s.now(), store: s, pool: s.writer, tx: sqlTx, grouped: true, bound: g.bound}
	around := &Tx{Now: t.tx.Now, store: s, pool: s.writer, tx: sqlTx, grouped: true, bound: g.bound}
	defer func() { g.unprepared = append(g.unprepared, slices.Concat(around.unprepared, t.tx.unprepared)...) }()
	if err := around.exec(ctx, "SAVEPOINT turn"); err != nil {
		return err
	}
	t.err = errUnfinished
	if t.err = t.run(); t.err != nil {
		if err := around.exec(ctx, "ROLLBACK TO turn"); err != nil {
			return cmp.Or(t.tx.lost, err) // the engine has undone everything, as when the disk is full
		}
	}
	return around.exec(ctx, "RELEASE turn")
}

// run runs the function of a turn, and keeps a panic for who asked for it.
func (t *turn) run() (err error) {
	defer func() {
		if t.panic = recover(); t.panic != nil {
			t.stack, err = debug.Stack(), errUnfinished
		}
	}()
	if err := t.fn(t.tx); err != nil {
		return err
	}
	if err := t.tx.saveCells(t.ctx); err != nil {
		return err
	}
	return t.tx.lost
}

// settle tells what follows from the turns that are durable now, or gives each the error of all.
func (g *group) settle() {
	s := g.line.store
	for _, t := range g.turns {
		switch {
		case g.err != nil && t.err == nil:
			t.err = classify(s.d, g.err)
		case t.err == nil:
			s.committed(t.tx)
		}
	}
	s.writer.prepareAll(context.Background(), g.unprepared)
}
