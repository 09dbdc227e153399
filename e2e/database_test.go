package e2e

import (
	"net/http"
	"os"
	"testing"
	"time"

	"guichet/internal/store/storetest"
)

// The way to PostgreSQL is cut: requests are told so within seconds, and all is well again by itself
// once it is mended, work that was waiting included.
func TestDatabaseLostOnPostgreSQL(t *testing.T) {
	cutOff(t, 2, (*cable).sever, (*cable).mend, 5*time.Second)
}

// The server falls silent without a word, as when its machine loses power: no connection ends.
func TestDatabaseSilentOnPostgreSQL(t *testing.T) {
	cutOff(t, 1, func(c *cable) { c.gate.Lock() }, func(c *cable) { c.gate.Unlock() }, 15*time.Second)
}

// cutOff takes the database away and gives it back, so many times; nobody waits longer than limit for an answer.
func cutOff(t *testing.T, rounds int, cut, mend func(*cable), limit time.Duration) {
	t.Helper()
	if os.Getenv("GUICHET_TEST_POSTGRES") == "" {
		t.Skip("GUICHET_TEST_POSTGRES names no server")
	}
	cable, database := newCable(t, storetest.URL(t))
	dir := t.TempDir()
	d := &desk{dir: dir, data: dir + "/data", tokens: map[string]string{},
		env: environment("GUICHET_API_RATE=0", "GUICHET_DATABASE="+database)}
	if err := d.begin("demo"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // before the cable goes
		if err := d.end((*process).stop); err != nil {
			t.Error(err)
		}
	})
	number := d.open(t, "Avant la coupure")
	pages := d.signedIn(t)
	for round := range rounds {
		cut(cable)
		d.lost(t, pages, number, limit)
		mend(cable)
		d.recovers(t, 10*time.Second)
		t.Logf("round %d over", round+1)
	}
	after := d.open(t, "Après la coupure")
	d.toldOnce(t, after)
	d.mustAsk(t, http.StatusOK, call{login: "demandeur", method: http.MethodGet, path: "/tickets/" + number})
	if status := pages.get(t, "/tickets/"+number); status != http.StatusOK {
		t.Errorf("the page answers %d", status)
	}
}

// lost checks what everybody is told while the database does not answer.
func (d *desk) lost(t *testing.T, pages *pageClient, number string, limit time.Duration) {
	t.Helper()
	answers := map[string]func() int{
		"create": func() int { return d.refused(t, d.tryToOpen(t, "Pendant la coupure")) },
		"list": func() int {
			a, err := d.ask(call{login: "demandeur", method: http.MethodGet, path: "/tickets"})
			if err != nil {
				t.Fatal(err)
			}
			return d.refused(t, a)
		},
		"readyz": func() int { return statusOf(d.process.url + "/readyz") },
		"page":   func() int { return pages.get(t, "/tickets/"+number) },
		"form":   func() int { return pages.say(t, number, "Pendant la coupure.") },
	}
	for name, ask := range answers {
		begun := time.Now()
		if status := ask(); status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", name, status)
		}
		if took := time.Since(begun); took > limit {
			t.Errorf("%s: told after %s", name, took)
		}
	}
	if status := statusOf(d.process.url + "/healthz"); status != http.StatusOK {
		t.Errorf("the process is said to be ill: %d", status)
	}
}

// refused checks the form of a refusal for now.
func (d *desk) refused(t *testing.T, a answer) int {
	t.Helper()
	if a.header.Get("Content-Type") != "application/problem+json" || a.header.Get("Retry-After") == "" {
		t.Errorf("%d %v\n%s", a.status, a.header, a.body)
	}
	return a.status
}

// toldOnce waits for the one mail that tells the requester of a new ticket.
func (d *desk) toldOnce(t *testing.T, number string) {
	t.Helper()
	told := func() bool {
		n, err := d.mails("demandeur", []string{"[" + number + "]"})
		if err != nil || n > 1 {
			t.Fatalf("%d mails, %v", n, err)
		}
		return n == 1
	}
	if err := d.process.eventually(10*time.Second, "the requester is not told", told); err != nil {
		t.Fatal(err)
	}
}
