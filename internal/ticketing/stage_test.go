package ticketing_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"guichet"
	"guichet/internal/jobs"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// stage is a desk with its cast, on a clock that the test moves.
type stage struct {
	*testing.T
	ctx   context.Context
	store *store.Store
	desk  *ticketing.Desk
	clock *storetest.Clock
	jobs  *jobs.Runner
	hands map[string]jobs.Handler
}

func newStage(t *testing.T) *stage {
	t.Helper()
	clock := storetest.NewClock()
	s := storetest.Open(t, clock.Now)
	storetest.Fill(t, s)
	desk := ticketing.New(s)
	told := func(context.Context, *store.Tx, store.Job) error { return nil }
	handlers := map[string]jobs.Handler{ticketing.JobNotify: told,
		ticketing.JobSend: desk.Leave, ticketing.JobWake: desk.Wake, ticketing.JobClose: desk.Close, ticketing.JobAdopt: desk.AdoptBatch, ticketing.JobBulk: desk.BulkStep,
		ticketing.JobApproval: desk.LookAtApproval, ticketing.JobWave: desk.WaveBatch,
		ticketing.JobClock: desk.Watch, store.JobClocks: desk.Reckon}
	runner := jobs.New(s, slog.New(slog.DiscardHandler), handlers, nil)
	return &stage{t, context.Background(), s, desk, clock, runner, handlers}
}

func (s *stage) actor(person guichet.ID) guichet.Actor { return storetest.Actor(s.T, s.store, person) }

// open opens a ticket that must be accepted.
func (s *stage) open(person guichet.ID, in ticketing.Open) guichet.Ticket {
	s.Helper()
	if in.Title == "" {
		in.Title, in.Description = "Le cours ne s’ouvre pas", "Une page blanche apparaît."
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

// do performs an action that must succeed and lead to a state.
func (s *stage) do(person guichet.ID, t guichet.Ticket, want guichet.State, act guichet.Act) guichet.Ticket {
	s.Helper()
	after, err := s.desk.Do(s.ctx, s.actor(person), t.Number, act)
	if err != nil {
		s.Fatalf("%s does %s: %v", person, act.Action, err)
	}
	if after.State != want {
		s.Fatalf("%s does %s: state %s, want %s", person, act.Action, after.State, want)
	}
	return after
}

// refused performs an action that must fail with a kind and a code.
func (s *stage) refused(person guichet.ID, t guichet.Ticket, act guichet.Act, kind guichet.ErrorKind, code string) error {
	s.Helper()
	_, err := s.desk.Do(s.ctx, s.actor(person), t.Number, act)
	s.fails(err, kind, code)
	return err
}

func (s *stage) fails(err error, kind guichet.ErrorKind, code string) {
	s.Helper()
	if err == nil {
		s.Fatalf("no error, want %s", code)
	}
	if guichet.KindOf(err) != kind || guichet.CodeOf(err) != code {
		s.Fatalf("error %v of kind %d, want %s of kind %d", err, guichet.KindOf(err), code, kind)
	}
}

// later moves the clock and runs the jobs that have come due.
func (s *stage) later(d time.Duration) {
	s.Helper()
	s.clock.Add(d)
	if storetest.Unlucky(s.T) {
		storetest.RunUnlucky(s.T, s.store, s.hands)
		return
	}
	for {
		n, err := s.jobs.Once(s.ctx)
		if err != nil {
			s.Fatalf("jobs: %v", err)
		}
		if n == 0 {
			return
		}
	}
}

// view reads a ticket that the person must see.
func (s *stage) view(person guichet.ID, t guichet.Ticket) ticketing.View {
	s.Helper()
	v, err := s.desk.View(s.ctx, s.actor(person), t.Number, 0)
	if err != nil {
		s.Fatalf("%s views: %v", person, err)
	}
	return v
}

// kinds lists what happened to a ticket, as a person sees it.
func (s *stage) kinds(person guichet.ID, t guichet.Ticket) []guichet.EventKind {
	s.Helper()
	var out []guichet.EventKind
	for _, e := range s.view(person, t).Events {
		out = append(out, e.Kind)
	}
	return out
}

// say adds a message that must be accepted.
func (s *stage) say(person guichet.ID, t guichet.Ticket, in ticketing.FollowUp) ticketing.Said {
	s.Helper()
	said, err := s.desk.FollowUp(s.ctx, s.actor(person), t.Number, in)
	if err != nil {
		s.Fatalf("%s says: %v", person, err)
	}
	return said
}

// now reads a ticket as it is.
func (s *stage) now(t guichet.Ticket) guichet.Ticket {
	s.Helper()
	return s.view(storetest.Fay, t).Ticket
}

// faults lists "field: code" of an invalid input, in the order of their finding.
func (s *stage) faults(err error) []string {
	s.Helper()
	var e *guichet.Error
	if !errors.As(err, &e) || e.Kind != guichet.KindInvalid {
		s.Fatalf("error %v, want an invalid input", err)
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Field+": "+f.Code)
	}
	return out
}

// same fails unless two values are equal.
func same[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
