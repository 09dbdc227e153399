package notifying_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/i18n"
	"guichet/internal/jobs"
	"guichet/internal/notifying"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// stage is a desk with its cast, whose messages are written when the test says so.
type stage struct {
	*testing.T
	ctx      context.Context
	store    *store.Store
	desk     *ticketing.Desk
	clock    *storetest.Clock
	jobs     *jobs.Runner
	notifier *notifying.Notifier
	signer   account.Signer
}

func newStage(t *testing.T) *stage {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	clock := storetest.NewClock()
	s := storetest.Open(t, clock.Now)
	storetest.Fill(t, s)
	desk := ticketing.New(s)
	signer := account.NewSigner([]byte("0123456789abcdef0123456789abcdef"))
	notifier := notifying.New(texts, signer, "https://aide.example.org")
	runner := jobs.New(s, slog.New(slog.DiscardHandler), map[string]jobs.Handler{ticketing.JobNotify: notifier.Handle,
		ticketing.JobWake: desk.Wake, ticketing.JobClose: desk.Close, ticketing.JobApproval: desk.LookAtApproval}, nil)
	return &stage{t, context.Background(), s, desk, clock, runner, notifier, signer}
}

func (s *stage) actor(person guichet.ID) guichet.Actor { return storetest.Actor(s.T, s.store, person) }

func (s *stage) write(fn func(*store.Tx) error) {
	s.Helper()
	if err := s.store.Write(s.ctx, fn); err != nil {
		s.Fatal(err)
	}
}

// person changes somebody of the cast.
func (s *stage) person(id guichet.ID, change func(*guichet.Person)) {
	s.Helper()
	p := s.actor(id).Person
	change(&p)
	s.write(func(tx *store.Tx) error { return tx.SavePerson(s.ctx, p) })
}

func (s *stage) open(person guichet.ID, in ticketing.Open) guichet.Ticket {
	s.Helper()
	if in.Title == "" {
		in.Title, in.Description = "Le cours ne s’ouvre pas", "Une page blanche apparaît.\n\nDepuis **lundi**."
	}
	if in.Service == "" && in.Offering == "" {
		in.Service = storetest.Moodle
	}
	if in.Kind == "" {
		in.Kind = guichet.KindIncident
	}
	t, err := s.desk.Open(s.ctx, s.actor(person), in)
	if err != nil {
		s.Fatalf("%s opens: %v", person, err)
	}
	return t
}

func (s *stage) do(person guichet.ID, t guichet.Ticket, act guichet.Act) {
	s.Helper()
	if _, err := s.desk.Do(s.ctx, s.actor(person), t.Number, act); err != nil {
		s.Fatalf("%s does %s: %v", person, act.Action, err)
	}
}

func (s *stage) say(person guichet.ID, t guichet.Ticket, in ticketing.FollowUp) {
	s.Helper()
	if _, err := s.desk.FollowUp(s.ctx, s.actor(person), t.Number, in); err != nil {
		s.Fatalf("%s says: %v", person, err)
	}
}

// taken is a ticket of Rita, for Ben, that Ann handles; everybody has been told.
func (s *stage) taken(in ticketing.Open) guichet.Ticket {
	s.Helper()
	in.Beneficiary = string(storetest.Ben)
	t := s.open(storetest.Rita, in)
	s.do(storetest.Mona, t, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support, Text: "Pour vous."})
	s.do(storetest.Ann, t, guichet.Act{Action: guichet.ActionClaim})
	s.mails()
	return t
}

// mails runs the jobs that have come due, then returns the messages written since the last time,
// oldest first.
func (s *stage) mails() []store.Mail {
	s.Helper()
	before := len(s.outbox())
	s.clock.Add(time.Minute)
	for {
		n, err := s.jobs.Once(s.ctx)
		if err != nil {
			s.Fatalf("jobs: %v", err)
		}
		if n == 0 {
			return s.outbox()[before:]
		}
	}
}

// outbox lists all messages, oldest first.
func (s *stage) outbox() []store.Mail {
	s.Helper()
	var list []store.Mail
	err := s.store.Read(s.ctx, func(tx *store.Tx) (err error) {
		list, err = tx.Mails(s.ctx, "", store.Cursor{}, 1000)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// to returns the only message to an address among some.
func (s *stage) to(list []store.Mail, address string) store.Mail {
	s.Helper()
	var found []store.Mail
	for _, m := range list {
		if m.Recipient == address {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		s.Fatalf("%d messages to %s, want one, among %q", len(found), address, addresses(list))
	}
	return found[0]
}

func addresses(list []store.Mail) []string {
	out := []string{}
	for _, m := range list {
		out = append(out, m.Recipient)
	}
	return out
}

// told lists who was told of the events of a kind.
func (s *stage) told(t guichet.Ticket, kind guichet.EventKind) []guichet.ID {
	s.Helper()
	var list []store.Notification
	err := s.store.Read(s.ctx, func(tx *store.Tx) (err error) {
		list, err = tx.Notified(s.ctx, t.ID)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	var out []guichet.ID
	for _, n := range list {
		if n.Kind == kind {
			out = append(out, n.PersonID)
		}
	}
	return out
}
