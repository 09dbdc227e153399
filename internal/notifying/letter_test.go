package notifying_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/announcing"
	"guichet/internal/jobs"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// Who said "moi aussi" is told of each piece of news and of the end, in his or her language, once; who has a
// ticket of the incident reads it there, and who has left hears nothing more.
func TestThoseWhoSaidMeTooAreToldOnce(t *testing.T) {
	s := newStage(t)
	use := announcing.New(s.store, s.desk.Announced)
	runner := jobs.New(s.store, slog.New(slog.DiscardHandler), map[string]jobs.Handler{announcing.JobLetters: s.notifier.Letters}, nil)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s.person(storetest.Stan, func(p *guichet.Person) { p.Locale = "en" })
	mona := s.actor(storetest.Mona)
	a, err := use.Publish(s.ctx, mona, announcing.Draft{Kind: guichet.AnnouncementIncident, Title: "Moodle est indisponible", Service: storetest.Moodle})
	must(err)
	for _, who := range []guichet.ID{storetest.Rita, storetest.Stan, storetest.Ben, storetest.Cleo} {
		_, err := use.JoinIncident(s.ctx, s.actor(who), a.ID)
		must(err)
	}
	ticket := s.open(storetest.Ben, ticketing.Open{})
	must(s.desk.JoinAnnouncement(s.ctx, mona, ticket.Number, a.ID))
	must(use.LeaveIncident(s.ctx, s.actor(storetest.Cleo), a.ID))
	s.clock.Add(time.Second)
	must(use.Tell(s.ctx, mona, a.ID, announcing.News{Text: "On **cherche**."}))
	s.clock.Add(time.Second)
	must(use.Tell(s.ctx, mona, a.ID, announcing.News{Text: "C’est réparé.", Ends: true}))
	for range 5 {
		_, err := runner.Once(s.ctx)
		must(err)
	}
	read := func(who string) (out []store.Mail) {
		must(s.store.Read(s.ctx, func(tx *store.Tx) (err error) {
			out, err = tx.Mails(s.ctx, who+"@example.org", store.Cursor{}, 10)
			return err
		}))
		return out
	}
	for who, words := range map[string][2]string{"rita": {"Des nouvelles de l’incident", "terminé"}, "stan": {"News of the incident", "is over"}} {
		got := read(who)
		if len(got) != 2 {
			t.Fatalf("%s got %d messages", who, len(got))
		}
		if !strings.Contains(got[1].Text, words[0]) || !strings.Contains(got[0].Text, words[1]) || got[0].TicketID != "" ||
			!strings.Contains(got[1].HTML, "<strong>cherche</strong>") || !strings.Contains(got[0].Text, "/information/"+string(a.ID)) {
			t.Errorf("%s read %s\n%s", who, got[1].Text, got[0].Text)
		}
	}
	for _, who := range []string{"ben", "cleo"} {
		if got := read(who); len(got) != 0 {
			t.Errorf("%s got %d messages", who, len(got))
		}
	}
}
