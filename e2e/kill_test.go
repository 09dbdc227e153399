package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"guichet/internal/store/storetest"
)

const (
	writers  = 8
	kills    = 20
	killSeed = 2026

	// drainLimit is above the minute after which the jobs of a node that was killed are taken over: on
	// PostgreSQL another node might be at work on them.
	drainLimit = 75 * time.Second
)

func TestKilledServerLosesNothingOnSQLite(t *testing.T) { killMany(t, "") }

func TestKilledServerLosesNothingOnPostgreSQL(t *testing.T) {
	if os.Getenv("GUICHET_TEST_POSTGRES") == "" {
		t.Skip("GUICHET_TEST_POSTGRES names no server")
	}
	killMany(t, storetest.URL(t))
}

// killMany writes over the API while the server is killed again and again, then compares what the desk
// holds with what the client was promised.
func killMany(t *testing.T, database string) {
	times := kills
	if testing.Short() {
		times = kills / 4
	}
	s := newSiege(t, database)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	done := make(chan struct{})
	var all sync.WaitGroup
	for _, w := range s.writers {
		all.Go(func() {
			if err := w.run(ctx, done); err != nil {
				t.Errorf("%s: %v", w.name, err)
			}
		})
	}
	s.besiege(t, times)
	close(done)
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	s.report(t)
	s.drain(t)
	s.compare(t)
	if err := s.process.stop(); err != nil {
		t.Fatal(err)
	}
	s.lookInside(t)
}

// siege is a desk under attack: a data folder, the server on it, its clients and its mail server.
type siege struct {
	dir      string
	database string
	env      []string
	args     []string
	url      string
	tokens   map[string]string
	process  *process
	ledger   *ledger
	writers  []*writer
	postman  *postman
	kills    int
}

func newSiege(t *testing.T, database string) *siege {
	t.Helper()
	s := &siege{dir: t.TempDir(), database: database, ledger: newLedger(t), postman: newPostman(t), tokens: map[string]string{}}
	s.env = environment("GUICHET_API_RATE=0", "GUICHET_DATA="+s.dir, "GUICHET_DATABASE="+database, "GUICHET_LOG_LEVEL=error")
	listen := freeAddress(t)
	s.url = "http://" + listen
	s.args = []string{"serve", "--listen", listen, "--smtp", "smtp://" + s.postman.address, "--mail-from", "aide@insa.example"}
	s.people(t)
	for i := range writers {
		s.writers = append(s.writers, &writer{name: fmt.Sprintf("w%d", i), url: s.url, tokens: s.tokens,
			ledger: s.ledger, random: rand.New(rand.NewPCG(killSeed, uint64(i)))})
	}
	return s
}

// people loads the preset and makes a requester, a technician and a moderator.
func (s *siege) people(t *testing.T) {
	t.Helper()
	s.must(t, "", "preset", "load", "insa")
	for _, p := range [][]string{{"claire", "Morvan"}, {"karim", "Benali", "--team", "plateformes-pedagogiques"},
		{"sophie", "Delaunay", "--role", "moderator"}} {
		s.must(t, "sept cigognes sous la pluie\n", append([]string{"account", "create", "--login", p[0], "--given", p[0],
			"--family", p[1], "--email", p[0] + "@insa.example", "--organisation", "insa-rouen"}, p[2:]...)...)
		s.tokens[p[0]] = s.must(t, "", "token", "create", "--for", p[0])
	}
}

func (s *siege) must(t *testing.T, input string, args ...string) string {
	t.Helper()
	out, err := command(s.env, input, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// freeAddress is an address that nothing listens on: clients find the server there after each start.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// besiege starts the server and kills it at a random moment, again and again; the last start lives.
// The moments count from the start of the process: some fall before it is ready.
func (s *siege) besiege(t *testing.T, times int) {
	t.Helper()
	random := rand.New(rand.NewPCG(killSeed, 0))
	for s.kills = 0; ; s.kills++ {
		p, err := launch(s.dir, s.env, s.args...)
		if err != nil {
			t.Fatal(err)
		}
		s.process = p
		if s.kills == times {
			break
		}
		time.Sleep(100*time.Millisecond + time.Duration(random.Int64N(int64(800*time.Millisecond))))
		if err := p.kill(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(p.result.Error(), "killed") {
			t.Fatalf("the server ended by itself: %v\n%s", p.result, p.out.String())
		}
	}
	if err := s.process.ready(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.process.kill() }) // has ended already, unless the test failed
}

func (s *siege) report(t *testing.T) {
	lives, again := 0, 0
	for _, w := range s.writers {
		lives, again = lives+w.lives, again+w.again
	}
	t.Logf("%d kills (seed %d), %d acknowledgements, %d tickets, %d requests sent again", s.kills, killSeed,
		len(s.ledger.entries), lives, again)
	if lives < writers || again < s.kills {
		t.Errorf("nothing was tried: %d tickets, %d requests sent again", lives, again)
	}
}

// drain waits until no job waits or is held by a process that was killed.
func (s *siege) drain(t *testing.T) {
	t.Helper()
	begun := time.Now()
	err := s.process.eventually(drainLimit, "jobs wait still", func() bool {
		request, err := http.NewRequest(http.MethodGet, s.url+"/metrics", nil)
		if err != nil {
			return false
		}
		a, err := send(request)
		return err == nil && strings.Contains(string(a.body), "\nguichet_jobs_waiting 0\n")
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the queue was empty after %s", time.Since(begun).Round(time.Millisecond))
}
