package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // of the reference
)

// figure is one operation measured with a number of clients. Times are in milliseconds.
type figure struct {
	Name      string  `json:"name"`
	Clients   int     `json:"clients"`
	Median    float64 `json:"median_ms"`
	P95       float64 `json:"p95_ms"`
	PerSecond float64 `json:"per_second"`
	Writes    bool    `json:"writes"`
}

// Names of the references.
const (
	referenceHello  = "reference: net/http hello"
	referenceInsert = "reference: one durable insert"
)

// ratio is how many times slower than the bare reference, with as many clients.
func (f figure) ratio(all []figure) string {
	name := referenceHello
	if f.Writes {
		name = referenceInsert
	}
	for _, g := range all {
		if g.Name == name && g.Clients == f.Clients && g.PerSecond > 0 && f.Name != name {
			return fmt.Sprintf("1 / %.1f", g.PerSecond/f.PerSecond)
		}
	}
	return ""
}

// operation is a request to repeat.
type operation struct {
	name   string
	writes bool
	build  func() (*http.Request, error)
}

// measure repeats an operation with some clients for a time.
func measure(ctx context.Context, client *http.Client, op operation, clients int, length time.Duration) (figure, error) {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var mu sync.Mutex
	var times []time.Duration
	var failure error
	var wait sync.WaitGroup
	began := time.Now()
	for range clients {
		wait.Go(func() {
			mine, err := repeat(ctx, client, op)
			mu.Lock()
			defer mu.Unlock()
			times = append(times, mine...)
			failure = errors.Join(failure, err)
		})
	}
	wait.Wait()
	elapsed := time.Since(began).Seconds()
	if failure != nil || len(times) == 0 {
		return figure{}, fmt.Errorf("%s: %w", op.name, failure)
	}
	slices.Sort(times)
	ms := func(q float64) float64 { return float64(times[int(q*float64(len(times)-1))].Microseconds()) / 1000 }
	return figure{op.name, clients, ms(.5), ms(.95), float64(len(times)) / elapsed, op.writes}, nil
}

func repeat(ctx context.Context, client *http.Client, op operation) ([]time.Duration, error) {
	var times []time.Duration
	for ctx.Err() == nil {
		request, err := op.build()
		if err != nil {
			return times, err
		}
		began := time.Now()
		if err := send(client, request); err != nil {
			return times, err
		}
		times = append(times, time.Since(began))
	}
	return times, nil
}

func send(client *http.Client, request *http.Request) error {
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s %s answered %s", request.Method, request.URL.Path, response.Status)
	}
	return nil
}

// newClient makes a client that keeps its connections and asks for plain answers: to unpack them would
// take the processors from the program under measure.
func newClient() (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	return &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}, err
}

// both measures with one client and with sixteen.
func both(ctx context.Context, client *http.Client, operations []operation, length time.Duration) ([]figure, error) {
	return each(ctx, client, operations, length, 1, 16)
}

func each(ctx context.Context, client *http.Client, operations []operation, length time.Duration, clientele ...int) ([]figure, error) {
	var out []figure
	for _, op := range operations {
		for _, clients := range clientele {
			f, err := measure(ctx, client, op, clients, length)
			if err != nil {
				return out, err
			}
			out = append(out, f)
		}
	}
	return out, nil
}

// measureReference measures a bare handler and a bare durable insert, served by this process.
func measureReference(ctx context.Context, length time.Duration) ([]figure, error) {
	folder, err := os.MkdirTemp("", "guichet-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a temporary folder
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "reference.db")+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	defer db.Close() //nolint:errcheck // of the reference
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "CREATE TABLE entry (id INTEGER PRIMARY KEY, body TEXT NOT NULL)"); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	mux.HandleFunc("POST /insert", func(w http.ResponseWriter, r *http.Request) {
		if _, err := db.ExecContext(r.Context(), "INSERT INTO entry (body) VALUES ($1)", strings.Repeat("x", descriptionSize)); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	bare := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go bare.Serve(listener) //nolint:errcheck // closed below
	defer bare.Close()      //nolint:errcheck // of the reference
	base := "http://" + listener.Addr().String()
	client, err := newClient()
	if err != nil {
		return nil, err
	}
	return both(ctx, client, []operation{
		{referenceHello, false, func() (*http.Request, error) { return http.NewRequest(http.MethodGet, base+"/hello", nil) }},
		{referenceInsert, true, func() (*http.Request, error) { return http.NewRequest(http.MethodPost, base+"/insert", nil) }},
	}, length)
}

// measureDesk measures the operations of a desk, as pages and over the API.
func measureDesk(ctx context.Context, o options, d desk, base string) ([]figure, error) {
	client, err := newClient()
	if err != nil {
		return nil, err
	}
	if err := signIn(client, base, d.login); err != nil {
		return nil, err
	}
	random := func() int { return 1 + rand.IntN(d.tickets) } //nolint:gosec // any ticket
	page := func(path string) func() (*http.Request, error) {
		return func() (*http.Request, error) { return http.NewRequest(http.MethodGet, base+path, nil) }
	}
	api := func(method, path, body string) (*http.Request, error) {
		request, err := http.NewRequest(method, base+"/api/v1"+path, bytes.NewBufferString(body))
		if err == nil {
			request.Header.Set("Authorization", "Bearer "+d.token)
			request.Header.Set("Content-Type", "application/json")
		}
		return request, err
	}
	create := fmt.Sprintf(`{"offering":%q,"title":"Le dépôt de devoirs échoue","description":%q,"urgency":"medium"}`,
		d.offering, strings.Repeat("La page tourne puis affiche une erreur. ", descriptionSize/40))
	answer := fmt.Sprintf(`{"text":%q,"internal":false}`, strings.Repeat("Nous regardons le journal du serveur. ", messageSize/38))
	operations := []operation{
		{"list of 50 open tickets, page", false, page("/desk/open")},
		{"list of 50 open tickets, API", false, func() (*http.Request, error) { return api(http.MethodGet, "/tickets?open=true&limit=50", "") }},
		{"view a ticket, page", false, func() (*http.Request, error) { return page(fmt.Sprintf("/desk/tickets/%d", random()))() }},
		{"view a ticket, API", false, func() (*http.Request, error) { return api(http.MethodGet, fmt.Sprintf("/tickets/%d", random()), "") }},
		{"search, word in 5 tickets", false, func() (*http.Request, error) { return api(http.MethodGet, "/tickets?limit=50&q="+rareWord, "") }},
		{"search, word in 45 % of tickets", false, func() (*http.Request, error) { return api(http.MethodGet, "/tickets?limit=50&q="+commonWord, "") }},
		{"search, phrase", false, func() (*http.Request, error) {
			return api(http.MethodGet, "/tickets?limit=50&q="+url.QueryEscape(`"la base de données"`), "")
		}},
		{"search, phrase that is nowhere", false, func() (*http.Request, error) {
			return api(http.MethodGet, "/tickets?limit=50&q="+url.QueryEscape(`"de la base dans la"`), "")
		}},
		{"query, opened eleven months ago", false, func() (*http.Request, error) {
			return api(http.MethodGet, "/tickets?limit=50&q="+url.QueryEscape("créé:>11mois"), "")
		}},
		{"query, opened half a year ago", false, func() (*http.Request, error) {
			return api(http.MethodGet, "/tickets?limit=50&q="+url.QueryEscape("créé:>6mois"), "")
		}},
		{"suggestions while typing", false, page("/ask/suggestions?text=" + url.QueryEscape("mon cours moodle ne s'ouv"))},
		{"query with operators", false, func() (*http.Request, error) {
			return api(http.MethodGet, "/tickets?limit=50&q="+url.QueryEscape("statut:ouvert type:incident -priorité:basse créé:<2a "+commonWord), "")
		}},
		{"create, durable", true, func() (*http.Request, error) { return api(http.MethodPost, "/tickets", create) }},
		{"follow-up, durable", true, func() (*http.Request, error) {
			n := d.open[rand.IntN(len(d.open))] //nolint:gosec // any of them
			return api(http.MethodPost, fmt.Sprintf("/tickets/%d/follow-ups", n), answer)
		}},
	}
	trials := []operation{ // an administrator's, one at a time
		{"try the rules on the last 1,000 tickets, page", false, page("/admin/routing/rules/trial")},
		{"try a process on the last 1,000 tickets, page", false, page("/admin/workflows/groupe/try")},
	}
	unwanted := func(op operation) bool { return !strings.Contains(op.name, o.Only) }
	figures, err := both(ctx, client, slices.DeleteFunc(operations, unwanted), o.Length)
	if err != nil {
		return figures, err
	}
	more, err := each(ctx, client, slices.DeleteFunc(trials, unwanted), o.Length, 1)
	return append(figures, more...), err
}

func signIn(client *http.Client, base, login string) error {
	response, err := client.PostForm(base+"/sign-in", url.Values{"login": {login}, "password": {password}, "next": {"/profile"}})
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // nothing is read
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("signing in answered %s", response.Status)
	}
	return nil
}
