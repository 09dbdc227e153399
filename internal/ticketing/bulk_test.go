package ticketing_test

import (
	"context"
	"errors"
	"testing"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// prepare begins an act on many tickets, and says what it is.
func (s *stage) prepare(person guichet.ID, deed ticketing.Deed, tickets ...guichet.Ticket) guichet.ID {
	s.Helper()
	var numbers []int64
	for _, t := range tickets {
		numbers = append(numbers, t.Number)
	}
	id, err := s.desk.PrepareBulk(s.ctx, s.actor(person), ticketing.Chosen{What: deed.What, Numbers: numbers})
	if err == nil {
		err = s.desk.DescribeBulk(s.ctx, s.actor(person), id, deed)
	}
	if err != nil {
		s.Fatal(err)
	}
	return id
}

func (s *stage) bulk(person, id guichet.ID) ticketing.Bulk {
	s.Helper()
	b, err := s.desk.BulkOf(s.ctx, s.actor(person), id)
	if err != nil {
		s.Fatal(err)
	}
	return b
}

func (s *stage) runs(person, id guichet.ID) ticketing.Bulk {
	s.Helper()
	if err := s.desk.RunBulk(s.ctx, s.actor(person), id); err != nil {
		s.Fatal(err)
	}
	s.later(0)
	return s.bulk(person, id)
}

// Whether a ticket is assigned as an act says is known to those who may assign it: whoever only asked is refused,
// before it is done as when it is.
func TestAnActOnManyTellsNothingToWhoMayNotDoIt(t *testing.T) {
	s := newStage(t)
	mine := s.open(Ann, ticketing.Open{Service: Wifi})
	s.do(Max, mine, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: NetworkTeam})
	id := s.prepare(Ann, ticketing.Deed{What: "assign", Act: guichet.Act{TeamID: NetworkTeam}}, mine)
	foreseen, err := s.desk.ForeseeBulk(s.ctx, s.actor(Ann), s.bulk(Ann, id))
	if err != nil || foreseen.Same != 0 || len(foreseen.Refusals) != 1 || guichet.CodeOf(foreseen.Refusals[0].Err) != "action.denied" {
		t.Errorf("foreseen %+v, %v", foreseen, err)
	}
	if b := s.runs(Ann, id); b.Same() != 0 || b.Refused() != 1 {
		t.Errorf("done: %+v", b.Items)
	}
}

// What is foreseen of an act on many tickets is what happens; what cannot be done says why, ticket by ticket.
func TestManyTicketsAtOnce(t *testing.T) {
	s := newStage(t)
	fresh, over, foreign := s.open(Rita, ticketing.Open{}), s.open(Rita, ticketing.Open{}), s.open(Rita, ticketing.Open{Service: Wifi})
	s.do(Rita, over, guichet.StateCancelled, guichet.Act{Action: guichet.ActionCancel})
	assign := ticketing.Deed{What: "assign", Act: guichet.Act{TeamID: Support, AssigneeID: Ann}}
	id := s.prepare(Mona, assign, fresh, over, foreign)
	seen := s.bulk(Mona, id)
	if len(seen.Items) != 2 {
		t.Fatalf("a ticket that is not seen is among %+v", seen.Items)
	}
	foreseen, err := s.desk.ForeseeBulk(s.ctx, s.actor(Mona), seen)
	if err != nil || foreseen.Will != 1 || len(foreseen.Refusals) != 1 || guichet.CodeOf(foreseen.Refusals[0].Err) != "action.not_now" {
		t.Fatalf("foreseen %+v, %v", foreseen, err)
	}
	if s.now(fresh).State != guichet.StateNew {
		t.Fatal("to look changed something")
	}
	b := s.runs(Mona, id)
	if b.State != ticketing.BulkDone || b.Done() != 1 || b.Refused() != 1 || guichet.CodeOf(b.Refusals()[0].Err) != "action.not_now" {
		t.Fatalf("%+v", b)
	}
	if now := s.now(fresh); now.AssigneeID != Ann || now.TeamID != Support {
		t.Errorf("%+v", now)
	}
	again := s.runs(Mona, s.prepare(Mona, assign, fresh))
	if again.Same() != 1 || again.Done() != 0 {
		t.Errorf("what is so already was done: %+v", again.Items)
	}
	if err := s.desk.RunBulk(s.ctx, s.actor(Mona), id); guichet.CodeOf(err) != "bulk.begun" {
		t.Errorf("it began twice: %v", err)
	}
	_, err = s.desk.BulkOf(s.ctx, s.actor(Ann), id)
	s.fails(err, guichet.KindNotFound, "bulk.not_found")
	_, err = s.desk.PrepareBulk(s.ctx, s.actor(Rita), ticketing.Chosen{What: "tag", Numbers: []int64{fresh.Number}})
	s.fails(err, guichet.KindDenied, "action.denied")
	s.fails(s.desk.DescribeBulk(s.ctx, s.actor(Mona), s.prepare(Mona, assign, fresh), ticketing.Deed{}), guichet.KindInvalid, "invalid")
}

// What an act did is taken back where nothing happened since, and what cannot be says why.
func TestManyTicketsAreTakenBack(t *testing.T) {
	s := newStage(t)
	a, b, c := s.taken(), s.taken(), s.taken()
	hold := ticketing.Deed{What: "hold", Act: guichet.Act{PendingReason: "requester", Text: "Un mot."}}
	id := s.prepare(Ann, hold, a, b, c)
	if held := s.runs(Ann, id); held.Done() != 3 || !held.Undoable() {
		t.Fatalf("%+v", held)
	}
	s.say(Ann, b, ticketing.FollowUp{Text: "Entre-temps."})
	undo, err := s.desk.UndoBulk(s.ctx, s.actor(Ann), id)
	if err != nil {
		t.Fatal(err)
	}
	s.later(0)
	back := s.bulk(Ann, undo)
	if back.Done() != 2 || back.Refused() != 1 || guichet.CodeOf(back.Refusals()[0].Err) != "bulk.moved_on" || back.Undoable() {
		t.Fatalf("%+v", back)
	}
	if s.now(a).State != guichet.StateAssigned || s.now(b).State != guichet.StatePending {
		t.Error("the wrong tickets were taken back")
	}
	_, err = s.desk.UndoBulk(s.ctx, s.actor(Ann), id)
	s.fails(err, guichet.KindConflict, "bulk.nothing")

	for what, deed := range map[string]ticketing.Deed{"bulk.said": {What: "note", Text: "Vu."}, "": {What: "tag", Tag: "Salle B2"}} {
		id := s.prepare(Ann, deed, c)
		s.runs(Ann, id)
		if what == "" && len(s.now(c).Tags) != 1 {
			t.Errorf("tags %v", s.now(c).Tags)
		}
		undo, err := s.desk.UndoBulk(s.ctx, s.actor(Ann), id)
		if err != nil {
			t.Fatal(err)
		}
		s.later(0)
		if got := s.bulk(Ann, undo).Refusals(); what != "" && (len(got) != 1 || guichet.CodeOf(got[0].Err) != what) {
			t.Errorf("%s: %+v", what, got)
		}
	}
	if tags := s.now(c).Tags; len(tags) != 0 {
		t.Errorf("tags %v", tags)
	}
}

// A machine that fails in the middle of a batch does none of it; the act goes on afterwards and does nothing
// twice. A batch that is asked for again after the end does nothing.
func TestManyTicketsSurviveAKilledNode(t *testing.T) {
	s := newStage(t)
	var tickets []guichet.Ticket
	for range 13 {
		tickets = append(tickets, s.open(Rita, ticketing.Open{}))
	}
	id := s.prepare(Mona, ticketing.Deed{What: "note", Text: "Lot."}, tickets...)
	if err := s.desk.RunBulk(s.ctx, s.actor(Mona), id); err != nil {
		t.Fatal(err)
	}
	lost := errors.New("the machine stopped")
	step := func(end error) {
		t.Helper()
		err := s.store.Write(s.ctx, func(tx *store.Tx) error {
			if err := s.desk.BulkStep(context.Background(), tx, store.Job{Payload: string(id)}); err != nil {
				return err
			}
			return end
		})
		if !errors.Is(err, end) {
			t.Fatal(err)
		}
	}
	step(lost)
	if b := s.bulk(Mona, id); b.Done() != 0 {
		t.Fatalf("%d notes of a lost batch", b.Done())
	}
	step(nil)
	step(lost)
	s.later(0)
	step(nil)
	b := s.bulk(Mona, id)
	if b.State != ticketing.BulkDone || b.Done() != 13 {
		t.Fatalf("%s, %d done", b.State, b.Done())
	}
	for _, ticket := range tickets {
		same(t, "what happened", s.kinds(Mona, ticket), []guichet.EventKind{guichet.EventOpened, guichet.EventNoted})
	}
}

// An act that is stopped leaves what it had not reached.
func TestManyTicketsAreStopped(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{})
	id := s.prepare(Mona, ticketing.Deed{What: "tag", Tag: "x"}, ticket)
	if err := s.desk.RunBulk(s.ctx, s.actor(Mona), id); err != nil {
		t.Fatal(err)
	}
	if err := s.desk.StopBulk(s.ctx, s.actor(Mona), id); err != nil {
		t.Fatal(err)
	}
	s.later(0)
	if b := s.bulk(Mona, id); b.State != ticketing.BulkCancelled || b.Count("") != 1 || len(s.now(ticket).Tags) != 0 {
		t.Errorf("%+v", b)
	}
}

// Tags are put and removed by hand by those who work on a ticket.
func TestTagsByHand(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	got, err := s.desk.Tag(s.ctx, s.actor(Ann), ticket.Number, []string{"Salle B2", "urgent"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "tags", got.Tags, []string{"salle-b2", "urgent"})
	if got, err = s.desk.Tag(s.ctx, s.actor(Ann), ticket.Number, nil, []string{"URGENT"}); err != nil {
		t.Fatal(err)
	}
	same(t, "tags", got.Tags, []string{"salle-b2"})
	_, err = s.desk.Tag(s.ctx, s.actor(Rita), ticket.Number, []string{"moi"}, nil)
	s.fails(err, guichet.KindDenied, "action.denied")
	_, err = s.desk.Tag(s.ctx, s.actor(Ann), ticket.Number, []string{"!!"}, nil)
	s.fails(err, guichet.KindInvalid, "invalid")
	_, err = s.desk.Tag(s.ctx, s.actor(Stan), ticket.Number, []string{"x"}, nil)
	s.fails(err, guichet.KindNotFound, "ticket.not_found")
}

// Who asks again with the same key is answered by the act that was begun, whatever became of what its query names.
func TestAnActAskedForAgainIsNotSoughtAgain(t *testing.T) {
	s := newStage(t)
	s.open(Rita, ticketing.Open{})
	in := ticketing.NewBulk{Deed: ticketing.Deed{What: ticketing.DeedTag, Tag: "vu"}, Query: Asked("requester:durand"), Key: "once"}
	first, err := s.desk.StartBulk(s.ctx, s.actor(Mona), in)
	s.must(err)
	Person(t, s.store, guichet.Person{ID: Rita, OrganisationID: "lab", GivenName: "Rita", FamilyName: "Autre", Active: true})
	again, err := s.desk.StartBulk(s.ctx, s.actor(Mona), in)
	if err != nil || again != first {
		t.Errorf("%q, %v; want %q", again, err, first)
	}
	in.Key = "another"
	if _, err := s.desk.StartBulk(s.ctx, s.actor(Mona), in); err == nil {
		t.Error("a query that names nobody begins an act")
	}
}

// TestAnActOnManySaysWhatItLeavesOut: whoever chose more tickets than an act takes is told, before and after.
func TestAnActOnManySaysWhatItLeavesOut(t *testing.T) {
	s := newStage(t)
	for range ticketing.MaxBulk + 1 {
		s.open(Rita, ticketing.Open{Title: "Le même pour tous", Description: "Une panne."})
	}
	mona, deed := s.actor(Mona), ticketing.Deed{What: ticketing.DeedNote, Text: "Vu."}
	for name, c := range map[string]struct {
		query ticketing.Query
		cut   bool
	}{"all of them": {ticketing.Query{Open: true}, true}, "a few": {ticketing.Query{Open: true, Query: guichet.Query{Terms: []guichet.QueryTerm{
		{Field: guichet.QueryNumber, Values: []string{"7"}}}}}, false}} {
		id, err := s.desk.PrepareBulk(s.ctx, mona, ticketing.Chosen{What: deed.What, Query: c.query, Reader: mona})
		if err == nil {
			err = s.desk.DescribeBulk(s.ctx, mona, id, deed)
		}
		if err != nil {
			t.Fatal(err)
		}
		b := s.bulk(Mona, id)
		if foreseen, err := s.desk.ForeseeBulk(s.ctx, mona, b); err != nil || foreseen.Cut != c.cut || b.Deed.Cut != c.cut || len(b.Items) > ticketing.MaxBulk {
			t.Errorf("%s: %d tickets, cut %v, foreseen %v %v", name, len(b.Items), b.Deed.Cut, foreseen.Cut, err)
		}
	}
	preview, err := s.desk.PreviewBulk(s.ctx, mona, ticketing.NewBulk{Deed: deed, Query: guichet.Query{Terms: []guichet.QueryTerm{
		{Field: guichet.QueryStatus, Values: []string{guichet.QueryOpen}}}}})
	if err != nil || !preview.Cut || preview.Will != ticketing.MaxBulk {
		t.Errorf("a preview of all: %+v %v", preview, err)
	}
}
