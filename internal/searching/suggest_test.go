package searching_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"guichet"
	"guichet/internal/searching"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

type stage struct {
	*testing.T
	store *store.Store
	desk  *ticketing.Desk
	seek  *searching.Searching
	clock *Clock
}

func newStage(t *testing.T) *stage {
	clock := NewClock()
	s := Open(t, clock.Now)
	Fill(t, s)
	return &stage{t, s, ticketing.New(s), searching.New(s), clock}
}

func (s *stage) open(who guichet.ID, title, text string) guichet.Ticket {
	s.Helper()
	t, err := s.desk.Open(context.Background(), Actor(s.T, s.store, who), ticketing.Open{Service: Wifi, Kind: guichet.KindIncident, Title: title, Description: text})
	if err != nil {
		s.Fatalf("open: %v", err)
	}
	return t
}

func (s *stage) announce(a guichet.Announcement) {
	s.Helper()
	err := s.store.Write(context.Background(), func(tx *store.Tx) error {
		a.Kind, a.From, a.AuthorID = guichet.AnnouncementKinds()[0], tx.Now.Add(-time.Hour), Fay
		return tx.InsertAnnouncement(context.Background(), a)
	})
	if err != nil {
		s.Fatalf("announce: %v", err)
	}
}

// said is what is suggested, in short.
func (s *stage) said(who guichet.ID, text string) (out []string) {
	s.Helper()
	found, err := s.seek.Suggest(context.Background(), Actor(s.T, s.store, who), text)
	if err != nil {
		s.Fatalf("suggest: %v", err)
	}
	for _, p := range found.Proposals {
		out = append(out, string(p.Service)+"/"+string(p.Offering))
	}
	for _, a := range found.Announcements {
		out = append(out, "news "+string(a.ID))
	}
	for _, r := range found.Tickets {
		out = append(out, fmt.Sprint("ticket ", r.Number))
	}
	return out
}

func TestSuggestions(t *testing.T) {
	s := newStage(t)
	mine, theirs := s.open(Rita, "Wifi lent", "Depuis hier."), s.open(Stan, "Wifi coupé", "x")
	s.announce(guichet.Announcement{ID: "all", Title: "Panne du wifi", ServiceID: Network})
	s.announce(guichet.Announcement{ID: "rennes-only", Title: "Travaux sur le wifi", Organisations: []guichet.ID{"rennes"}})
	for _, c := range []struct {
		who  guichet.ID
		text string
		want []string
	}{
		{Rita, "le wi", []string{"wifi/", "news all", fmt.Sprint("ticket ", mine.Number)}},
		{Rita, "mon WIFI ne marche pas", []string{"wifi/", "news all", fmt.Sprint("ticket ", mine.Number)}},
		{Stan, "wifi", []string{"wifi/", "news rennes-only", "news all", fmt.Sprint("ticket ", theirs.Number)}},
		{Rita, "demander un accès à moodle", []string{"moodle/" + string(Access)}},
		{Rita, "mood", []string{"moodle/", "homework/"}},
		{Rita, "étudiants", nil}, // not meant for her
		{Rita, "ancien", nil},    // retired
		{Rita, "bonjour", nil},
		{Rita, "x", nil}, {Rita, "", nil}, {Rita, "!?", nil},
	} {
		got := s.said(c.who, c.text)
		if slices.Sort(got); true {
			want := slices.Sorted(slices.Values(c.want))
			if !slices.Equal(got, want) {
				t.Errorf("%s types %q: %v, want %v", c.who, c.text, got, want)
			}
		}
	}
}
