package searching_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"guichet"
	"guichet/internal/jobs"
	"guichet/internal/searching"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// beforeTheIndex is the last version of the schema without the index of words.
const beforeTheIndex = 11

// oldTickets is how many tickets the old desk has: the job takes three turns, and one to see that it is done.
const oldTickets = 230

// oldDesk is a database as an earlier version left it: its tables, its tickets, another index.
func oldDesk(t *testing.T) (store.Options, *sql.DB) {
	t.Helper()
	o := store.Options{Dir: t.TempDir(), URL: URL(t)}
	driver, address, dialect := "sqlite", "file:"+filepath.Join(o.Dir, "guichet.db"), goose.DialectSQLite3
	if o.URL != "" {
		driver, address, dialect = "pgx", o.URL, goose.DialectPostgres
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	p, err := goose.NewProvider(dialect, db, os.DirFS("../store/migrations"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(context.Background(), beforeTheIndex); err != nil {
		t.Fatal(err)
	}
	write := func(statement string, args ...any) {
		t.Helper()
		if _, err := db.Exec(statement, args...); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	write(`CREATE TABLE search (doc TEXT)`)
	write(`INSERT INTO person (id, given_name, family_name, email, phone, employee_number, location, profile, locale, time_zone, active, sort_key, email_key)
		VALUES ('yore', 'Anna', 'Lopez', '', '', '', '', '', 'fr', '', TRUE, 'lopez anna', '')`)
	for n := 1; n <= oldTickets; n++ {
		writeOld(write, n)
	}
	return o, db
}

// writeOld writes a ticket with a message, an internal note, a solution and a file.
func writeOld(write func(statement string, args ...any), n int) {
	ticket := fmt.Sprintf("old%03d", n)
	write(`INSERT INTO ticket (id, number, kind, state, phase, title, requester_id, beneficiary_id, opened_by_id, offering_id, form_version, workflow_id,
		workflow, urgency, impact, priority, phone, work_place, location, channel, level, pending_reason, pending_until, approval_step, opened_at, updated_at,
		contacted_at, resolved_at, closed_at, close_at, reopened, rating_time, rating_answers, last_message, last_seq, version, description, answers, solution, rating_comment)
		VALUES ($1, $2, 'incident', 'closed', 2, $3, 'yore', 'yore', 'yore', '', 0, 'validated', 0, 'medium', 'medium', 'medium', '', '', '', 'portal', '', '', 0, 0,
		$2, $2, 0, 0, $2, 0, 0, 0, 0, '', 4, 1, $4, '', $5, '')`, ticket, n, fmt.Sprintf("Panne titre%d", n), fmt.Sprintf("Écran texte%d éteint", n), fmt.Sprintf("Lampe solution%d", n))
	for seq, e := range []struct{ kind, body string }{{"opened", ""}, {"followed_up", fmt.Sprintf("Toujours message%d", n)},
		{"noted", fmt.Sprintf("Suspect note%d", n)}, {"resolved", fmt.Sprintf("Lampe solution%d", n)}} {
		write(`INSERT INTO event (id, ticket_id, seq, at, actor_id, channel, kind, internal, body, ref_id, changes, why)
			VALUES ($1, $2, $3, $4, 'yore', 'portal', $5, $6, $7, '', '', '')`, fmt.Sprintf("%s-%d", ticket, seq), ticket, seq+1, n, e.kind, e.kind == "noted", e.body)
	}
	write(`INSERT INTO document (id, ticket_id, event_id, name, media_type, size, hash, internal, author_id, created_at)
		VALUES ($1, $2, $3, $4, 'text/plain', 1, '', FALSE, 'yore', $5)`, ticket+"-f", ticket, ticket+"-1", fmt.Sprintf("releve%d.txt", n), n)
}

// node is a program at work on the old desk.
type node struct {
	*testing.T
	ctx   context.Context
	store *store.Store
	clock *Clock
}

// begin starts a program of this version, as one does after an upgrade.
func begin(t *testing.T, o store.Options, clock *Clock) *node {
	t.Helper()
	o.Now = clock.Now
	n := &node{t, context.Background(), nil, clock}
	var err error
	if n.store, err = store.Open(n.ctx, o); err != nil {
		t.Fatal(err)
	}
	if _, err := n.store.Migrate(n.ctx); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *node) end() {
	n.Helper()
	if err := n.store.Close(); err != nil {
		n.Fatal(err)
	}
}

// turn lets the runner of the jobs work once; how many jobs it did.
func (n *node) turn(handler jobs.Handler) int {
	n.Helper()
	done, err := jobs.New(n.store, slog.New(slog.DiscardHandler), map[string]jobs.Handler{store.JobIndex: handler}, nil).Once(n.ctx)
	if err != nil {
		n.Fatal(err)
	}
	return done
}

func (n *node) index() jobs.Handler { return searching.New(n.store).IndexAgain }

// found tells which tickets hold a word with their number behind it, for somebody who sees all of them.
func (n *node) found(word string) (out []int) {
	n.Helper()
	asker := Actor(n.T, n.store, Fay)
	err := n.store.Read(n.ctx, func(tx *store.Tx) error {
		for i := 1; i <= oldTickets; i++ {
			rows, _, err := tx.Tickets(n.ctx, store.TicketQuery{Scope: asker.Scope(), Asker: asker, Query: Asked(fmt.Sprintf(word, i)), Limit: 5})
			if err != nil {
				return err
			}
			if len(rows) == 1 && rows[0].Number == int64(i) {
				out = append(out, i)
			}
		}
		return nil
	})
	if err != nil {
		n.Fatal(err)
	}
	return out
}

// progress is how far the job says it is; -1 when there is none.
func (n *node) progress() int {
	n.Helper()
	var list []store.Indexing
	err := n.store.Read(n.ctx, func(tx *store.Tx) (err error) { list, err = tx.Indexings(n.ctx); return err })
	if err != nil || len(list) > 1 {
		n.Fatal(list, err)
	}
	if len(list) == 0 {
		return -1
	}
	return list[0].Done()
}

func (n *node) expect(first, progress int) {
	n.Helper()
	var want []int
	for i := first; i <= oldTickets; i++ {
		want = append(want, i)
	}
	if got := n.found("titre%d"); !slices.Equal(got, want) {
		n.Errorf("%d tickets are found, from %v, want those from %d", len(got), got[:min(1, len(got))], first)
	}
	if got := n.progress(); got != progress {
		n.Errorf("progress %d, want %d", got, progress)
	}
}

// A desk of an earlier version gets its index by the job that the upgrade asks for, the newest tickets first. A
// program that is stopped, killed or fails half-way loses nothing, and what is written meanwhile is found.
func TestAnOldDeskIsIndexedByItsJob(t *testing.T) {
	clock := NewClock()
	o, db := oldDesk(t)
	n := begin(t, o, clock)
	Fill(t, n.store)
	n.expect(oldTickets+1, 0)
	if n.turn(n.index()) != 1 {
		t.Fatal("the upgrade asked for no job")
	}
	n.expect(131, 43)
	n.end() // between two turns

	n = begin(t, o, clock)
	n.hold()
	n.end() // with the job in hand, as when it is killed
	n = begin(t, o, clock)
	if err := n.store.ReclaimJobs(n.ctx); err != nil {
		t.Fatal(err)
	}
	clock.Add(2 * time.Minute) // the lease of a node that is gone runs out
	half := func(ctx context.Context, tx *store.Tx, j store.Job) error {
		return errors.Join(n.index()(ctx, tx, j), errors.New("the disk is full"))
	}
	if n.turn(half) != 1 {
		t.Fatal("the job of the node that was killed is not taken up")
	}
	n.expect(131, 43) // nothing of the turn that failed
	n.write(3, "Soudure")
	clock.Add(time.Minute)
	for range 3 {
		n.turn(n.index())
	}
	n.expect(1, -1)
	for _, word := range []string{"texte%d", "message%d", "note%d", "solution%d", "releve%d", `"panne titre%d"`, "soudure titre3 number:%d"} {
		want := oldTickets
		if strings.HasPrefix(word, "soudure") {
			want = 1
		}
		if got := n.found(word); len(got) != want {
			t.Errorf("%s finds %d tickets, want %d", word, len(got), want)
		}
	}
	if n.turn(n.index()) != 0 {
		t.Error("the job goes on when it is done")
	}
	n.former(db)
	n.end()
}

// hold takes the job in hand, and does nothing with it.
func (n *node) hold() {
	n.Helper()
	err := n.store.Write(n.ctx, func(tx *store.Tx) error {
		list, err := tx.ClaimJobs(n.ctx, 1, time.Minute, store.JobIndex)
		if len(list) != 1 {
			n.Errorf("%d jobs in hand", len(list))
		}
		return err
	})
	if err != nil {
		n.Fatal(err)
	}
}

// write adds a message to a ticket whose turn has not come.
func (n *node) write(number int64, text string) {
	n.Helper()
	err := n.store.Write(n.ctx, func(tx *store.Tx) error {
		return tx.Index(n.ctx, guichet.Ticket{Number: number}, guichet.Event{Kind: guichet.EventFollowedUp}, text)
	})
	if err != nil {
		n.Fatal(err)
	}
}

// former tells whether the index of the earlier version is gone: it stays where another node may still write to it.
func (n *node) former(db *sql.DB) {
	n.Helper()
	_, err := db.Exec(`INSERT INTO search (doc) VALUES ('x')`)
	if gone := err != nil; gone != (os.Getenv("GUICHET_TEST_POSTGRES") == "") {
		n.Errorf("the former index: %v", err)
	}
}
