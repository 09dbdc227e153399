package ticketing_test

import (
	"slices"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// rewrite publishes a new version of a workflow.
func (s *stage) rewrite(id guichet.ID, change func(*guichet.Workflow)) guichet.Workflow {
	s.Helper()
	var out guichet.Workflow
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		desk, err := tx.Desk(s.ctx)
		if err != nil {
			return err
		}
		out = desk.Workflows[id]
		change(&out)
		out.Version = 0
		out.Version, err = tx.Define(s.ctx, store.Definition{Kind: "workflow", ID: id, Body: out})
		return err
	})
	s.must(err)
	return out
}

func (s *stage) adoption(id guichet.ID) ticketing.Adoption {
	s.Helper()
	a, err := s.desk.Adoption(s.ctx, s.actor(storetest.Fay), id)
	s.must(err)
	return a
}

func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *stage) adoptionFails(err error, kind guichet.ErrorKind) {
	s.Helper()
	if err == nil || guichet.KindOf(err) != kind {
		s.Fatalf("error %v, want one of kind %d", err, kind)
	}
}

// withoutPlanned takes a pending reason out.
func withoutPlanned(w *guichet.Workflow) { w.PendingReasons = w.PendingReasons[:1] }

func TestRunningTicketsMoveKnowingly(t *testing.T) {
	s := newStage(t)
	ask := func() guichet.Ticket { return s.open(storetest.Rita, ticketing.Open{}) }
	plain, held, done := ask(), ask(), ask()
	for _, n := range []guichet.Ticket{held, done} {
		s.do(storetest.Mona, n, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support, AssigneeID: storetest.Ann})
	}
	s.do(storetest.Ann, held, guichet.StatePending, guichet.Act{Action: guichet.ActionHold, PendingReason: "planned", Until: s.clock.Now().Add(48 * time.Hour)})
	s.do(storetest.Ann, done, guichet.StateResolved, guichet.Act{Action: guichet.ActionResolve, Text: "Redémarré"})
	s.rewrite(storetest.Validated, func(w *guichet.Workflow) {
		withoutPlanned(w)
		w.AutoCloseDays = 10
	})

	a := s.adoption(storetest.Validated)
	if a.Behind != 3 || a.Misfits != 1 || a.Last != nil {
		t.Fatalf("before: %+v", a)
	}
	fay := s.actor(storetest.Fay)
	s.must(s.desk.Adopt(s.ctx, fay, storetest.Validated, guichet.Moves{}))
	s.adoptionFails(s.desk.Adopt(s.ctx, fay, storetest.Validated, guichet.Moves{}), guichet.KindConflict)
	s.later(0)
	a = s.adoption(storetest.Validated)
	if a.Last.Moved != 2 || a.Last.Kept != 1 || a.Running() || a.Behind != 1 {
		t.Fatalf("after: %+v %+v", a, a.Last)
	}
	if v := s.view(storetest.Mona, plain); v.Ticket.Workflow != 2 || v.Events[len(v.Events)-1].Kind != guichet.EventMigrated {
		t.Errorf("moved: version %d, %+v", v.Ticket.Workflow, v.Events)
	}
	for _, e := range s.view(storetest.Rita, plain).Events {
		if e.Kind == guichet.EventMigrated {
			t.Error("the requester is told of it")
		}
	}

	// the rest is moved with another reason, and its date still wakes it
	s.clock.Add(time.Minute)
	s.must(s.desk.Adopt(s.ctx, fay, storetest.Validated, guichet.Moves{Reasons: map[string]string{"planned": ticketing.PendingRequester}}))
	s.later(0)
	if a = s.adoption(storetest.Validated); a.Behind != 0 || a.Last.Moved != 1 {
		t.Fatalf("at last: %+v %+v", a, a.Last)
	}
	s.adoptionFails(s.desk.Adopt(s.ctx, fay, storetest.Validated, guichet.Moves{}), guichet.KindConflict)
	s.clock.Add(49 * time.Hour)
	s.later(0)
	if v := s.view(storetest.Mona, held); v.Ticket.State != guichet.StateAssigned {
		t.Errorf("it still waits: %s", v.Ticket.State)
	}
	// silence closes after ten days rather than seven
	s.clock.Add(6 * 24 * time.Hour)
	s.later(0)
	if v := s.view(storetest.Mona, done); v.Ticket.State != guichet.StateResolved {
		t.Errorf("closed too soon: %s", v.Ticket.State)
	}
	s.clock.Add(3 * 24 * time.Hour)
	s.later(0)
	if v := s.view(storetest.Mona, done); v.Ticket.State != guichet.StateClosed {
		t.Errorf("not closed: %s", v.Ticket.State)
	}
}

// A batch that was interrupted, or handled twice, goes on where it was; what is stopped stops.
func TestABatchMayBeHandledTwice(t *testing.T) {
	s := newStage(t)
	const many = 120
	var all []guichet.Ticket
	for range many {
		all = append(all, s.open(storetest.Rita, ticketing.Open{}))
	}
	w := s.rewrite(storetest.Validated, withoutPlanned)
	fay := s.actor(storetest.Fay)
	s.must(s.desk.Adopt(s.ctx, fay, storetest.Validated, guichet.Moves{}))
	job := store.Job{Kind: ticketing.JobAdopt, Payload: string(s.adoption(storetest.Validated).Last.ID)}
	batch := func() {
		s.must(s.store.Write(s.ctx, func(tx *store.Tx) error { return s.desk.AdoptBatch(s.ctx, tx, job) }))
	}
	batch()
	if a := s.adoption(storetest.Validated); a.Last.Moved != 50 || !a.Running() || a.Last.Total != many {
		t.Fatalf("one batch: %+v", a.Last)
	}
	batch()
	s.must(s.desk.StopAdoption(s.ctx, fay, storetest.Validated))
	s.adoptionFails(s.desk.StopAdoption(s.ctx, fay, storetest.Validated), guichet.KindConflict)
	batch()
	s.later(0)
	if a := s.adoption(storetest.Validated); a.Last.Moved != 100 || !a.Last.Stopped || a.Behind != many-100 {
		t.Fatalf("stopped: %+v", a.Last)
	}
	s.clock.Add(time.Minute)
	s.must(s.desk.Adopt(s.ctx, fay, storetest.Validated, guichet.Moves{}))
	job.Payload = string(s.adoption(storetest.Validated).Last.ID)
	batch()
	batch()
	s.later(0)
	if a := s.adoption(storetest.Validated); a.Behind != 0 || a.Last.Moved != many-100 {
		t.Fatalf("the rest: %+v", a.Last)
	}
	for _, ticket := range all {
		if got := s.kinds(storetest.Fay, ticket); !slices.Equal(got, []guichet.EventKind{guichet.EventOpened, guichet.EventMigrated}) {
			t.Errorf("ticket %d: %v", ticket.Number, got)
		}
	}
	// a version that is no longer in force moves nobody
	for range 3 {
		s.open(storetest.Rita, ticketing.Open{})
	}
	s.rewrite(storetest.Validated, func(w *guichet.Workflow) { w.AutoCloseDays = 3 })
	s.clock.Add(time.Minute)
	s.must(s.desk.Adopt(s.ctx, fay, storetest.Validated, guichet.Moves{}))
	s.rewrite(storetest.Validated, func(w *guichet.Workflow) { w.AutoCloseDays = 4 })
	s.later(0)
	if a := s.adoption(storetest.Validated); !a.Last.Stopped || a.Last.Moved != 0 || a.Workflow.Version != w.Version+2 {
		t.Errorf("overtaken: %+v", a.Last)
	}
}

func TestOnlyWhoConfiguresTheDeskMovesTickets(t *testing.T) {
	s := newStage(t)
	for _, id := range []guichet.ID{storetest.Rita, storetest.Ann, storetest.Mona, storetest.Tom} {
		_, err := s.desk.Adoption(s.ctx, s.actor(id), storetest.Validated)
		s.adoptionFails(err, guichet.KindNotFound)
		s.adoptionFails(s.desk.Adopt(s.ctx, s.actor(id), storetest.Validated, guichet.Moves{}), guichet.KindNotFound)
		s.adoptionFails(s.desk.StopAdoption(s.ctx, s.actor(id), storetest.Validated), guichet.KindNotFound)
		_, err = s.desk.Rehearse(s.ctx, s.actor(id), guichet.Workflow{ID: storetest.Validated})
		s.adoptionFails(err, guichet.KindNotFound)
	}
	_, err := s.desk.Adoption(s.ctx, s.actor(storetest.Fay), "nothing")
	s.adoptionFails(err, guichet.KindNotFound)
	s.adoptionFails(s.desk.Adopt(s.ctx, s.actor(storetest.Fay), storetest.Validated, guichet.Moves{States: map[guichet.State]guichet.State{"pending": "closed"}}), guichet.KindInvalid)
}

func TestAWorkflowIsTriedOnTheLastTickets(t *testing.T) {
	s := newStage(t)
	for i := range 6 {
		n := s.open(storetest.Rita, ticketing.Open{})
		s.do(storetest.Mona, n, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support, AssigneeID: storetest.Ann})
		if i%2 == 0 {
			s.do(storetest.Ann, n, guichet.StatePending, guichet.Act{Action: guichet.ActionHold, PendingReason: "requester"})
		}
	}
	desk, err := s.desk.Config(s.ctx)
	s.must(err)
	w := desk.Workflows[storetest.Validated]
	fay := s.actor(storetest.Fay)
	r, err := s.desk.Rehearse(s.ctx, fay, w)
	s.must(err)
	if r.Tried != 6 || r.Differ != 0 || r.Others {
		t.Fatalf("unchanged: %+v", r)
	}
	w.Transitions = append([]guichet.Transition(nil), w.Transitions...)
	for i := range w.Transitions {
		if w.Transitions[i].Action == guichet.ActionHold {
			w.Transitions[i].By = []guichet.Performer{"moderator"}
		}
	}
	if r, err = s.desk.Rehearse(s.ctx, fay, w); err != nil || r.Differ != 3 || len(r.Reasons) != 1 || r.Reasons[0].Count != 3 {
		t.Fatalf("only moderators put on hold: %+v %v", r, err)
	}
	first := r.Reasons[0]
	if first.Kind != guichet.DivergesDenied || first.Action != guichet.ActionHold || first.Tickets[0].Actor != "Ann Blanc" || len(first.Tickets) != 3 {
		t.Errorf("why: %+v", first)
	}
	w.ID = "new"
	if r, err = s.desk.Rehearse(s.ctx, fay, w); err != nil || !r.Others || r.Tried != 6 || r.Differ != 3 {
		t.Errorf("a workflow that nobody follows yet: %+v %v", r, err)
	}
}

// After the window in which a solution may be sent back, what the requester says opens a ticket of its
// own (A10).
func TestAfterTheWindowAMessageOpensAFollowOn(t *testing.T) {
	s := newStage(t)
	s.rewrite(storetest.Moderated, func(w *guichet.Workflow) { w.ReopenDays = 3 })
	ticket := s.open(storetest.Rita, ticketing.Open{Service: storetest.Wifi})
	n := ticket.Number
	s.do(storetest.Cleo, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionClaim})
	s.do(storetest.Cleo, ticket, guichet.StateResolved, guichet.Act{Action: guichet.ActionResolve, Text: "Borne changée"})
	said, err := s.desk.FollowUp(s.ctx, s.actor(storetest.Rita), n, ticketing.FollowUp{Text: "Merci"})
	if err != nil || said.FollowOn {
		t.Fatalf("within the window: %+v %v", said, err)
	}
	s.clock.Add(4 * 24 * time.Hour)
	_, err = s.desk.Do(s.ctx, s.actor(storetest.Rita), n, guichet.Act{Action: guichet.ActionReopen, Text: "Encore"})
	s.adoptionFails(err, guichet.KindConflict)
	if said, err = s.desk.FollowUp(s.ctx, s.actor(storetest.Rita), n, ticketing.FollowUp{Text: "Encore en panne"}); err != nil || !said.FollowOn {
		t.Errorf("after the window: %+v %v", said, err)
	}
	if said, err = s.desk.FollowUp(s.ctx, s.actor(storetest.Max), n, ticketing.FollowUp{Text: "Je regarde"}); err != nil || said.FollowOn {
		t.Errorf("a moderator speaks on the ticket: %+v %v", said, err)
	}
	// a call that is closed as it is recorded goes on in the desk's own process
	call := s.open(storetest.Rita, ticketing.Open{Service: storetest.Phones})
	if said, err = s.desk.FollowUp(s.ctx, s.actor(storetest.Rita), call.Number, ticketing.FollowUp{Text: "Toujours rien"}); err != nil || said.Ticket.WorkflowID != storetest.Validated {
		t.Errorf("after a recorded call: %+v %v", said.Ticket, err)
	}
}
