package demo

import (
	"context"
	"slices"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// troubles are what is reported on an ordinary day (seed 003).
var troubles = []ticketing.Open{
	{Offering: "messagerie-probleme", Service: "messagerie-outlook", Title: "L’indexation de ma boîte mail est bloquée", Answers: map[string][]string{"appareil": {"outlook"}}},
	{Offering: "impression-probleme", Title: "Bourrage au copieur de l’étage"},
	{Offering: "comptes-probleme", Title: "Mot de passe refusé"},
	{Offering: "messagerie-probleme", Service: "messagerie-outlook", Title: "Réindexer mes archives", Answers: map[string][]string{"appareil": {"outlook"}}},
	{Offering: "telephonie-probleme", Title: "Renvoi d’appel impossible"},
}

// TestAnHourOfArrivals spreads the last hour of a day of ninety tickets over its sixty minutes: a site that has lost
// its network at the end of the hour is due before the mailboxes that were reported since its beginning.
func TestAnHourOfArrivals(t *testing.T) {
	ctx := context.Background()
	clock := storetest.NewClock()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	clock.Add(time.Date(2026, 11, 26, 14, 0, 0, 0, paris).Sub(clock.Now()))
	s := storetest.Open(t, clock.Now)
	p := load(t, "glevents")
	if err := s.Write(ctx, func(tx *store.Tx) error { return p.Save(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
	actor := func(person guichet.ID) (a guichet.Actor) {
		err := s.Read(ctx, func(tx *store.Tx) (err error) {
			a, err = tx.Actor(ctx, person, guichet.ChannelPortal)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	desk, asker := ticketing.New(s), actor("demandeur")
	open := func(in ticketing.Open) guichet.Ticket {
		in.Description = in.Title + "."
		if in.Kind == "" {
			in.Kind = guichet.KindIncident
		}
		ticket, err := desk.Open(ctx, asker, in)
		if err != nil {
			t.Fatalf("%s: %v", in.Title, err)
		}
		clock.Add(40 * time.Second)
		return ticket
	}
	for i := range 89 {
		open(troubles[i%len(troubles)])
	}
	site := open(ticketing.Open{Offering: "reseau-probleme", Title: "Plus de réseau partagé ni d’internet à Brignais", Answers: map[string][]string{"etendue": {"site"}}})
	if site.Number != 90 || site.Priority != guichet.PriorityCritical {
		t.Fatalf("ticket %d is %s", site.Number, site.Priority)
	}
	due, err := desk.List(ctx, actor("adminfonc"), ticketing.Query{DueBefore: clock.Now().Add(24 * time.Hour), Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	place := slices.IndexFunc(due.Rows, func(r ticketing.Row) bool { return r.Number == 90 })
	for i, r := range due.Rows {
		if r.ServiceID == "messagerie-outlook" && i < place {
			t.Errorf("the mailbox of %s, ticket %d, stands before the site", r.OpenedAt, r.Number)
		}
	}
	if place < 0 {
		t.Fatal("ticket 90 is not among what is due")
	}
	t.Logf("ticket 90 is number %d of %d in what is due, at %s", place+1, len(due.Rows), due.Rows[place].DueAt.In(paris))
}
