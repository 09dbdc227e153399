package requester_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/announcing"
	"guichet/internal/drafting"
	"guichet/internal/i18n"
	"guichet/internal/markup"
	"guichet/internal/searching"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web"
	"guichet/internal/web/site"
)

// The desk of the benchmark: what the box is promised to answer on within 30 ms.
const (
	benchTickets, benchServices, benchNews = 100_000, 300, 50
	benchOwn                               = 60 // unfinished, of the person who types
)

// BenchmarkTheBox measures what the server does for a text that is being typed: the session, the rights, the words,
// the answer. Run: go test ./internal/web/requester -run none -bench TheBox -benchtime 300x
func BenchmarkTheBox(b *testing.B) {
	mux := benchDesk(b)
	for _, text := range []string{"im", "imprim", "imprimante du hall bloquée", "impossible de rendre un devoir sur Moodle", "zzzz"} {
		b.Run(text, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, "/ask/suggestions?text="+url.QueryEscape(text), nil)
				r.AddCookie(&http.Cookie{Name: "guichet_session", Value: string(storetest.Rita)})
				w, from := httptest.NewRecorder(), time.Now()
				mux.ServeHTTP(w, r)
				if took = append(took, time.Since(from)); w.Code != http.StatusOK {
					b.Fatalf("%d %s", w.Code, w.Body)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
		})
	}
}

func benchDesk(b *testing.B) *http.ServeMux {
	b.Helper()
	ctx := context.Background()
	s := storetest.Open(b, time.Now)
	storetest.Fill(b, s)
	words := []string{"imprimante", "messagerie", "agenda", "salle", "badge", "écran", "moodle", "devoir", "réseau", "téléphone", "compte", "dossier", "bureau", "logiciel", "licence"}
	name := func(n int) string {
		return words[n%len(words)] + " " + words[n/len(words)%len(words)] + " " + fmt.Sprint(n)
	}
	write := func(f func(tx *store.Tx) error) {
		if err := s.Write(ctx, f); err != nil {
			b.Fatal(err)
		}
	}
	desk := storetest.Desk()
	for n := range benchServices {
		id := guichet.ID(fmt.Sprint("bench", n))
		desk.Services[id] = guichet.Service{ID: id, Name: name(n), ParentID: storetest.Learning, TeamID: storetest.Support, Description: name(n * 7)}
		desk.Offerings[id] = guichet.Offering{ID: id, ServiceID: id, Name: "Signaler un problème : " + name(n), Kind: guichet.KindIncident, Description: name(n * 11)}
	}
	write(func(tx *store.Tx) error { return tx.SaveDesk(ctx, desk) })
	write(func(tx *store.Tx) error {
		for n := range benchNews {
			a := guichet.Announcement{ID: guichet.ID(fmt.Sprint("news", n)), Kind: guichet.AnnouncementKinds()[0], Title: "Panne : " + name(n), From: tx.Now.Add(-time.Hour), AuthorID: storetest.Fay}
			if err := tx.InsertAnnouncement(ctx, a); err != nil {
				return err
			}
		}
		return tx.SaveSession(ctx, account.HashToken(string(storetest.Rita)), storetest.Rita, tx.Now.Add(24*time.Hour))
	})
	for from := 0; from < benchTickets; from += 1000 {
		write(func(tx *store.Tx) error {
			for n := from; n < from+1000; n++ {
				if err := benchTicket(ctx, tx, n, name(n)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	texts, err := i18n.Load()
	if err != nil {
		b.Fatal(err)
	}
	mux, tickets := http.NewServeMux(), ticketing.New(s)
	web.Register(mux, &site.Site{Desk: tickets, Accounts: account.New(s, account.NewHasher()), Texts: texts, Markup: markup.NewCache(), Log: slog.New(slog.DiscardHandler),
		Signer: account.NewSigner([]byte("key of the tests")), BaseURL: "http://desk.test", Locale: "fr", Zone: time.UTC, Now: time.Now,
		Announcing: announcing.New(s, tickets.Announced), Drafts: drafting.New(s), Searching: searching.New(s)})
	return mux
}

func benchTicket(ctx context.Context, tx *store.Tx, n int, title string) error {
	asker, state := []guichet.ID{storetest.Ben, storetest.Stan, storetest.Dora, storetest.Omar}[n%4], guichet.StateClosed
	if n%20 == 0 {
		state = guichet.StateAssigned
	}
	if n%(benchTickets/benchOwn) == 0 {
		asker, state = storetest.Rita, guichet.StateAssigned
	}
	at := tx.Now.Add(-time.Duration(benchTickets-n) * time.Minute)
	t := guichet.Ticket{ID: guichet.NewID(at), Kind: guichet.KindIncident, State: state, Title: title, Description: title, RequesterID: asker, BeneficiaryID: asker, OpenedByID: asker,
		OrganisationID: "lab", ServiceID: guichet.ID(fmt.Sprint("bench", n%benchServices)), TeamID: storetest.Support, Priority: guichet.PriorityMedium, OpenedAt: at, UpdatedAt: at,
		LastMessage: title, WorkflowID: storetest.Moderated}
	if err := tx.InsertTicket(ctx, &t); err != nil {
		return err
	}
	return tx.AddParty(ctx, t.ID, guichet.Party{PersonID: asker, Role: guichet.PartyRequester})
}
