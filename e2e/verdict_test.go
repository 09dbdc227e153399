package e2e

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
)

// compare holds what the API shows against the ledger.
func (s *siege) compare(t *testing.T) {
	t.Helper()
	titles := s.titles(t)
	for number, entries := range s.ledger.byTicket() {
		a := s.get(t, "/tickets/"+number)
		if a.status != http.StatusOK {
			t.Errorf("ticket %s is lost: %d", number, a.status)
			continue
		}
		for _, e := range entries {
			s.check(t, a, e, titles)
		}
		for _, kind := range []string{"opened", "followed_up", "document_added", "claimed", "resolved"} {
			if n := a.count("timeline", []string{"kind=" + kind}); n != 1 {
				t.Errorf("ticket %s: %s %d times", number, kind, n)
			}
		}
	}
	if len(titles) != len(s.ledger.byTicket()) {
		t.Errorf("%d tickets, %d acknowledged", len(titles), len(s.ledger.byTicket()))
	}
}

// check finds one entry of the ledger in its ticket.
func (s *siege) check(t *testing.T, a answer, e entry, titles map[string][]string) {
	switch e.Kind {
	case "ticket":
		if got := titles[e.Title]; len(got) != 1 || got[0] != e.Number {
			t.Errorf("ticket %s (%s) is there as %v", e.Number, e.Title, got)
		}
	case "follow-up":
		if n := a.count("timeline", []string{"id=" + e.Event}); n != 1 {
			t.Errorf("ticket %s: follow-up %s is there %d times", e.Number, e.Event, n)
		}
	case "document":
		s.checkDocument(t, a, e)
	}
}

func (s *siege) checkDocument(t *testing.T, a answer, e entry) {
	if n := a.count("documents", []string{"sha256=" + e.Hash, "event=" + e.Event}); n != 1 || a.count("documents", nil) != 1 {
		t.Errorf("ticket %s: the file is there %d times among %d", e.Number, n, a.count("documents", nil))
		return
	}
	id, _ := a.at("documents.0.id")
	file := s.get(t, "/tickets/"+e.Number+"/documents/"+id)
	sum := sha256.Sum256(file.body)
	if hex.EncodeToString(sum[:]) != e.Hash {
		t.Errorf("ticket %s: the file has another content", e.Number)
	}
}

// titles lists every ticket of the desk, page by page: its numbers by title.
func (s *siege) titles(t *testing.T) map[string][]string {
	t.Helper()
	out, numbers := map[string][]string{}, map[string]bool{}
	for cursor := ""; ; {
		a := s.get(t, "/tickets?limit=100&cursor="+cursor)
		page, _ := walk(a.json, "tickets")
		list, _ := page.([]any)
		for _, item := range list {
			title, _ := answer{json: item}.at("title")
			number, _ := answer{json: item}.at("number")
			if numbers[number] {
				t.Errorf("number %s twice", number)
			}
			numbers[number] = true
			out[title] = append(out[title], number)
		}
		var more bool
		if cursor, more = a.at("next_cursor"); !more {
			return out
		}
	}
}

func (s *siege) get(t *testing.T, path string) answer {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, s.url+"/api/v1"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.tokens["sophie"])
	a, err := send(request)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// lookInside checks, in the database itself, what no page shows: soundness, who was told, what is left
// to do.
func (s *siege) lookInside(t *testing.T) {
	t.Helper()
	s.must(t, "", "check")
	db, err := store.Open(t.Context(), store.Options{Dir: s.dir, URL: s.database})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Read(t.Context(), func(tx *store.Tx) error {
		waiting, dead, err := tx.JobCounts(t.Context())
		if err != nil {
			return err
		}
		if waiting != 0 || dead != 0 {
			t.Errorf("%d jobs wait, %d are dead", waiting, dead)
		}
		told, err := s.told(t.Context(), tx, t)
		if err != nil {
			return err
		}
		return s.mailed(t.Context(), tx, t, told)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// telling is an event told to a person.
type telling struct{ event, person guichet.ID }

// told collects who was told of what. Each opening, claim and solution was told to the requester.
func (s *siege) told(ctx context.Context, tx *store.Tx, t *testing.T) (map[telling]bool, error) {
	claire, _, err := tx.PersonByLogin(ctx, "claire")
	if err != nil {
		return nil, err
	}
	out := map[telling]bool{}
	for number := range s.ledger.byTicket() {
		ticket, err := tx.Ticket(ctx, guichet.Scope{All: true}, numberOf(number))
		if err != nil {
			return nil, err
		}
		list, err := tx.Notified(ctx, ticket.ID)
		if err != nil {
			return nil, err
		}
		heard := map[guichet.EventKind]int{}
		for _, n := range list {
			out[telling{n.EventID, n.PersonID}] = true
			if n.PersonID == claire.ID {
				heard[n.Kind]++
			}
		}
		for _, kind := range []guichet.EventKind{guichet.EventOpened, guichet.EventClaimed, guichet.EventResolved} {
			if heard[kind] != 1 {
				t.Errorf("ticket %s: %s told %d times to the requester", number, kind, heard[kind])
			}
		}
	}
	return out, nil
}

// everything is more mails than a test makes.
const everything = 1_000_000

// mailed checks that each telling has its one mail, sent, and that the mail server has each. Between a
// delivery and the note of it a kill sends the message again, under the same Message-ID: mail servers
// know such doubles, and there is no other way without losing some.
func (s *siege) mailed(ctx context.Context, tx *store.Tx, t *testing.T, told map[telling]bool) error {
	mails, err := tx.Mails(ctx, "", store.Cursor{}, everything)
	if err != nil {
		return err
	}
	seen := map[telling]bool{}
	for _, m := range mails {
		of := telling{m.EventID, m.PersonID}
		if seen[of] {
			t.Errorf("event %s is mailed twice to %s", m.EventID, m.Recipient)
		}
		seen[of] = true
		if !told[of] || m.SentAt.IsZero() {
			t.Errorf("mail %s to %s: told %t, sent %v", m.Subject, m.Recipient, told[of], m.SentAt)
		}
	}
	if len(seen) != len(told) {
		t.Errorf("%d mails for %d tellings", len(seen), len(told))
	}
	delivered, again := s.postman.delivered()
	t.Logf("%d mails, %d delivered, %d of them once more after a kill", len(mails), delivered, again)
	if delivered != len(mails) || again > s.kills*writers {
		t.Errorf("%d mails, %d delivered, %d again", len(mails), delivered, again)
	}
	return nil
}

func numberOf(text string) (n int64) {
	for _, digit := range strings.TrimSpace(text) {
		n = n*10 + int64(digit-'0')
	}
	return n
}
