// Package store holds all the SQL of the program. Its functions take a transaction; use cases own
// it. One text per statement runs on both engines; what differs is in dialect.go.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"

	"guichet"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the database of a desk.
type Store struct {
	d      dialect
	reader *pool
	writer *pool
	now    func() time.Time
	wake   chan struct{}
	feed   *feed
	line   *line // of those who write, where one writes at a time

	tallies    tallies // of views
	statements atomic.Int64

	mu   sync.Mutex
	desk *guichet.Desk // last configuration read, replaced when the revision moves

	holdings holdings // what people hold, forgotten when the revision moves
}

// Options of Open.
type Options struct {
	URL string           // postgres://…; empty: a file in Dir
	Dir string           // data folder
	Now func() time.Time // clock; nil: time.Now
}

// Open connects to the database. It does not migrate: see Migrate.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Store{now: o.Now, wake: make(chan struct{}, 1), feed: newFeed()}
	if err := s.connect(ctx, o); err != nil {
		return nil, classify(s.d, err)
	}
	return s, nil
}

func (s *Store) connect(ctx context.Context, o Options) error {
	if o.URL != "" {
		s.d, s.tallies.never = postgres{}, true
		return s.open(o.URL, o.URL, 16, 16)
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return err
	}
	s.d, s.line = sqlite{}, &line{store: s, time: groupTime}
	file := filepath.Join(o.Dir, "guichet.db")
	if err := s.open(sqliteDSN(file, "immediate", false), sqliteDSN(file, "deferred", true), 1, readers()); err != nil {
		return err
	}
	return checkVersion(ctx, s.writer.db)
}

// readers is how many connections read an embedded database: each has a cache of its own, so that more than there are
// processors would hold the same pages once more. A few at least, as some wait for the disk.
func readers() int { return min(max(runtime.GOMAXPROCS(0), 4), 16) }

func (s *Store) open(write, read string, writers, readers int) error {
	w, err := newPool(s.d.driver(), write, writers)
	if err != nil {
		return err
	}
	s.writer, s.reader = w, w
	if write == read {
		return nil
	}
	s.reader, err = newPool(s.d.driver(), read, readers)
	return err
}

// Close waits for the statements in hand and closes the connections.
func (s *Store) Close() error {
	err := s.writer.close()
	if s.reader != s.writer {
		err = errors.Join(err, s.reader.close())
	}
	return err
}

// Engine names the database and its version, for the health page.
func (s *Store) Engine(ctx context.Context) (string, error) {
	var v string
	err := s.reader.db.QueryRowContext(ctx, s.d.version()).Scan(&v)
	return v, classify(s.d, err)
}

// Migrate brings the schema up to date. Several nodes may start at once: one migrates, the others wait.
func (s *Store) Migrate(ctx context.Context) ([]string, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	options, err := s.d.gooseOptions()
	if err != nil {
		return nil, err
	}
	p, err := goose.NewProvider(s.d.goose(), s.writer.db, dir, options...)
	if err != nil {
		return nil, classify(s.d, err)
	}
	results, err := p.Up(ctx)
	if err != nil {
		return nil, classify(s.d, err)
	}
	var names []string
	for _, r := range results {
		names = append(names, filepath.Base(r.Source.Path))
	}
	_, err = s.writer.db.ExecContext(ctx, s.d.engineDDL())
	return names, classify(s.d, err)
}

// Pending reports whether migrations are missing.
func (s *Store) Pending(ctx context.Context) (bool, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return false, err
	}
	p, err := goose.NewProvider(s.d.goose(), s.writer.db, dir)
	if err != nil {
		return false, classify(s.d, err)
	}
	pending, err := p.HasPending(ctx)
	return pending, classify(s.d, err)
}

// Now is the store's clock.
func (s *Store) Now() time.Time { return s.now() }

// Statements is how many statements were sent to the database since the start.
func (s *Store) Statements() int64 { return s.statements.Load() }

// Woken tells when work was committed for the job runner. It holds at most one signal.
func (s *Store) Woken() <-chan struct{} { return s.wake }

// Wake rings the job runner.
func (s *Store) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Tx is what the functions of this package read and write through. Now is fixed for its length.
type Tx struct {
	Now   time.Time
	store *Store
	pool  *pool
	tx    *sql.Tx // nil when reading
	rings bool
	news  News

	grouped bool  // the transaction is shared with the turns of others
	lost    error // the engine may have undone the transaction: nothing may be written any more

	desk    *guichet.Desk // once read in this transaction
	entered int64         // number of the ticket that entered last, while the index holds no word of it

	bound      map[string]*sql.Stmt // statements of the pool, in this transaction
	unprepared []string             // statements to prepare once the connection is free

	cells    map[cell]int64 // what changed of the kept counters, written at the end
	recounts bool           // what views hold may have changed
	tries    int            // parts that might have been refused
}

// Read runs fn on the reading connections. Each statement sees a consistent state of its own.
func (s *Store) Read(ctx context.Context, fn func(*Tx) error) error {
	return fn(&Tx{Now: s.now(), store: s, pool: s.reader})
}

// Write runs fn in one transaction, which is durable when Write returns nil. fn may run twice when
// the engine asks for another try, so it must have no effect outside the transaction.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	return s.insist(ctx, fn, false)
}

// WriteJobs is Write for the runner of jobs. Where one writes at a time, people do not wait for more of it
// than they must.
func (s *Store) WriteJobs(ctx context.Context, fn func(*Tx) error) error {
	return s.insist(ctx, fn, true)
}

func (s *Store) insist(ctx context.Context, fn func(*Tx) error, jobs bool) error {
	for try := 1; ; try++ {
		var err error
		if s.line != nil {
			err = s.line.write(ctx, fn, jobs)
		} else {
			err = s.write(ctx, fn)
		}
		if err == nil {
			onceOf(ctx).keep(nil)
		}
		if err == nil || try == 5 || !(errors.Is(err, errStale) || s.d.retryable(err)) {
			return err
		}
		time.Sleep(time.Duration(try*try) * 5 * time.Millisecond)
	}
}

// write runs a transaction of its own, beside those of others.
func (s *Store) write(ctx context.Context, fn func(*Tx) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	inTime := s.watch(cancel)
	sqlTx, err := s.writer.db.BeginTx(ctx, nil)
	inTime()
	if err != nil {
		return classify(s.d, err)
	}
	defer sqlTx.Rollback() //nolint:errcheck // after Commit it says so, which is expected
	tx := &Tx{Now: s.now(), store: s, pool: s.writer, tx: sqlTx}
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.saveCells(ctx); err != nil {
		return err
	}
	if tx.rings {
		if err := s.d.notify(ctx, sqlTx); err != nil {
			return classify(s.d, err)
		}
	}
	if err := tx.say(ctx); err != nil {
		return err
	}
	defer s.watch(cancel)()
	if err := sqlTx.Commit(); err != nil {
		return classify(s.d, err)
	}
	s.committed(tx)
	return nil
}

// committed does what follows from a transaction that is durable.
func (s *Store) committed(tx *Tx) {
	if tx.recounts {
		s.tallies.forget()
	}
	s.feed.publish(tx.news)
	if tx.rings {
		s.Wake()
	}
}

// watch gives up a step of a transaction, through cancel, when it outlasts the patience of the engine;
// the function it returns says that the step is over.
func (s *Store) watch(cancel func()) (over func()) {
	d := s.d.patience()
	if d == 0 {
		return func() {}
	}
	timer := time.AfterFunc(d, cancel)
	return func() { timer.Stop() }
}

// Listen rings the job runner when another node commits work, and takes the news of the other nodes. It
// returns when ctx ends, or at once on an engine that has one node only.
func (s *Store) Listen(ctx context.Context) error {
	return s.d.listen(ctx, s.writer.db, s.Wake, s.hear)
}

// Ready checks that the database answers and accepts writes.
func (s *Store) Ready(ctx context.Context) error {
	return s.Write(ctx, func(tx *Tx) error {
		return tx.exec(ctx, `INSERT INTO counter (name, value) VALUES ('ready', 1)
			ON CONFLICT (name) DO UPDATE SET value = counter.value + 1`)
	})
}

// Backup writes a consistent copy of the database to a file, while the desk works. PostgreSQL has
// its own tools: the error says so.
func (s *Store) Backup(ctx context.Context, file string) error {
	return classify(s.d, s.d.backup(ctx, s.writer.db, file))
}

// Check verifies the integrity of the database and returns what is wrong with it.
func (s *Store) Check(ctx context.Context) ([]string, error) {
	found, err := s.d.check(ctx, s.reader.db)
	return found, classify(s.d, err)
}

// pool is a set of connections with its prepared statements.
type pool struct {
	db    *sql.DB
	keeps bool // whether statements are worth keeping: pgx keeps its own
	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

// maxStatements bounds the prepared statements kept; beyond it they are prepared each time.
const maxStatements = 512

func newPool(driver, dsn string, size int) (*pool, error) {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", driver, err)
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxIdleTime(10 * time.Minute)
	return &pool{db: db, keeps: driver == "sqlite", stmts: map[string]*sql.Stmt{}}, nil
}

func (p *pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.stmts {
		s.Close() //nolint:errcheck // the connection closes with it
	}
	return p.db.Close()
}

func (p *pool) prepared(query string) *sql.Stmt {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.stmts[query]
}

// prepare returns a statement of the pool for a query, or nil when there are too many already. It
// waits for a connection without the lock: who holds the connection may need the lock to go on.
func (p *pool) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := p.prepared(query); s != nil || !p.keeps || p.full() {
		return s, nil
	}
	s, err := p.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first := p.stmts[query]; first != nil {
		return first, s.Close()
	}
	p.stmts[query] = s
	return s, nil
}

func (p *pool) full() bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return len(p.stmts) >= maxStatements
}

// prepareAll prepares the statements that a transaction ran without. A failure costs speed only.
func (p *pool) prepareAll(ctx context.Context, queries []string) {
	for _, q := range queries {
		_, _ = p.prepare(ctx, q)
	}
}
