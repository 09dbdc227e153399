package notifying_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func same[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// A job that runs again, on another node or after a crash, tells nobody twice.
func TestTheSameJobTwiceTellsOnce(t *testing.T) {
	s := newStage(t)
	ticket := s.taken(ticketing.Open{})
	said, err := s.desk.FollowUp(s.ctx, s.actor(Ann), ticket.Number, ticketing.FollowUp{Text: "Je regarde."})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "told", sorted(addresses(s.mails())), []string{"ben@example.org", "rita@example.org"})
	written := len(s.outbox())
	for range 2 {
		s.write(func(tx *store.Tx) error {
			return s.notifier.Handle(s.ctx, tx, store.Job{Kind: ticketing.JobNotify, Payload: string(said.Event.ID)})
		})
	}
	s.mails()
	same(t, "told again", addresses(s.outbox()[written:]), []string{})
	same(t, "recorded", s.told(ticket, guichet.EventFollowedUp), []guichet.ID{Ben, Rita})
}

// What the job wrote is undone with it: a failure after the telling leaves nothing, and the next try
// tells.
func TestAFailedJobTellsNobody(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{})
	events := s.events(ticket)
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		return s.notifier.Handle(s.ctx, tx, store.Job{Payload: string(events[0].ID) + " unknown"})
	})
	if guichet.KindOf(err) != guichet.KindNotFound {
		t.Fatalf("error %v, want an event that is not found", err)
	}
	same(t, "written", addresses(s.outbox()), []string{})
	same(t, "recorded", s.told(ticket, guichet.EventOpened), nil)
	same(t, "written by the next try", sorted(addresses(s.mails())), []string{"mona@example.org", "rita@example.org"})
}

func (s *stage) events(t guichet.Ticket) []guichet.Event {
	s.Helper()
	v, err := s.desk.View(s.ctx, s.actor(Mona), t.Number, 0)
	if err != nil {
		s.Fatal(err)
	}
	return v.Events
}

// The answer that takes a ticket back to work is one thing for its technician: one message, with the
// answer in it. Both events are on record.
func TestAnAnswerThatResumesIsOneMessage(t *testing.T) {
	s := newStage(t)
	ticket := s.taken(ticketing.Open{})
	s.do(Ann, ticket, guichet.Act{Action: guichet.ActionHold, PendingReason: ticketing.PendingRequester, Text: "Quel cours ?"})
	s.mails()
	s.say(Rita, ticket, ticketing.FollowUp{Text: "Chimie."})
	list := s.mails()
	same(t, "told", sorted(addresses(list)), []string{"ann@example.org", "ben@example.org"})
	if m := s.to(list, "ann@example.org"); m.EventID != s.last(ticket, guichet.EventFollowedUp) {
		t.Errorf("Ann reads %q, want the message itself", m.Subject)
	}
	same(t, "recorded as resumed", s.told(ticket, guichet.EventResumed), []guichet.ID{Ann})
}

// last is the newest event of a kind.
func (s *stage) last(t guichet.Ticket, kind guichet.EventKind) (id guichet.ID) {
	s.Helper()
	for _, e := range s.events(t) {
		if e.Kind == kind {
			id = e.ID
		}
	}
	return id
}

// A date that passes is told, even when somebody wrote at another moment.
func TestADateThatPassesIsToldByItself(t *testing.T) {
	s := newStage(t)
	ticket := s.taken(ticketing.Open{})
	s.do(Ann, ticket, guichet.Act{Action: guichet.ActionHold, PendingReason: "planned", Until: s.clock.Now().Add(2 * time.Hour)})
	s.say(Rita, ticket, ticketing.FollowUp{Text: "Entendu."})
	s.mails()
	s.clock.Add(3 * time.Hour)
	same(t, "told", addresses(s.mails()), []string{"ann@example.org"})
}

// A call that is recorded when it is over is one message.
func TestARecordedCallIsOneMessage(t *testing.T) {
	s := newStage(t)
	s.open(Rita, ticketing.Open{Service: Phones, Title: "Renvoi d’appel", Description: "Expliqué au téléphone."})
	m := s.to(s.mails(), "rita@example.org")
	same(t, "subject", m.Subject, "[1] Échange enregistré – Renvoi d’appel")
}

// Who has no address, or has left since, gets no message; that they were told stays on record.
func TestNobodyToWriteTo(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{Beneficiary: string(Ben)})
	s.person(Rita, func(p *guichet.Person) { p.Email = "" })
	s.person(Ben, func(p *guichet.Person) { p.Active = false })
	same(t, "written to", addresses(s.mails()), []string{"mona@example.org"})
	same(t, "recorded", s.told(ticket, guichet.EventOpened), []guichet.ID{Ben, Mona, Rita})
}

// A team that has an address is told there, once, whatever the number of its members.
func TestATeamIsToldOnceAtItsAddress(t *testing.T) {
	s := newStage(t)
	config := Desk()
	team := config.Teams[Support]
	team.Email, team.Members = "support@example.org", []guichet.ID{Ann, Bob}
	config.Teams[Support] = team
	s.write(func(tx *store.Tx) error { return tx.SaveDesk(s.ctx, config) })
	ticket := s.open(Rita, ticketing.Open{})
	s.mails()
	s.do(Mona, ticket, guichet.Act{Action: guichet.ActionAssign, TeamID: Support})
	list := s.mails()
	same(t, "told", addresses(list), []string{"support@example.org"})
	if list[0].PersonID != "" {
		t.Errorf("the address is that of %s", list[0].PersonID)
	}
	same(t, "recorded", s.told(ticket, guichet.EventAssigned), []guichet.ID{Ann, Bob})

	s.say(Rita, ticket, ticketing.FollowUp{Text: "Toujours là."})
	same(t, "told of a message", addresses(s.mails()), []string{"support@example.org"})
}

// The requester learns who has the ticket, not what agents tell each other about it.
func TestTheRequesterDoesNotReadWhyItIsHandedOver(t *testing.T) {
	s := newStage(t)
	ticket := s.taken(ticketing.Open{})
	s.do(Ann, ticket, guichet.Act{Action: guichet.ActionAssign, TeamID: Support, AssigneeID: Bob, Text: "Ce cas m’échappe."})
	list := s.mails()
	same(t, "told", sorted(addresses(list)), []string{"ben@example.org", "bob@example.org", "rita@example.org"})
	for _, m := range list {
		shown := contains(m, "échappe")
		if want := m.Recipient == "bob@example.org"; shown != want {
			t.Errorf("%s: shown %v, want %v", m.Recipient, shown, want)
		}
	}
}
