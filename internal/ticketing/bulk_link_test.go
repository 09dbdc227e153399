package ticketing_test

import (
	"errors"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// What is foreseen of joining many tickets to one is what happens; taking it back leaves no link.
func TestManyTicketsAreJoinedToOne(t *testing.T) {
	s := newStage(t)
	target, a, b, foreign := s.open(Rita, ticketing.Open{}), s.open(Rita, ticketing.Open{}), s.open(Stan, ticketing.Open{}), s.open(Rita, ticketing.Open{Service: Wifi})
	for relation, want := range map[guichet.Relation]string{guichet.RelationChildOf: "child_of 1", guichet.RelationRelated: "related 1"} {
		id := s.prepare(Mona, ticketing.Deed{What: "link", Relation: relation, Other: target.Number}, a, b, target)
		foreseen, err := s.desk.ForeseeBulk(s.ctx, s.actor(Mona), s.bulk(Mona, id))
		if err != nil || foreseen.Will != 2 || len(foreseen.Refusals) != 1 || guichet.CodeOf(foreseen.Refusals[0].Err) != "link.self" || foreseen.Other.ID != target.ID {
			t.Fatalf("%s: foreseen %+v, %v", relation, foreseen, err)
		}
		same(t, "nothing yet", s.links(Mona, a), "")
		done := s.runs(Mona, id)
		if done.Done() != 2 || done.Refused() != 1 || guichet.CodeOf(done.Refusals()[0].Err) != "link.self" {
			t.Fatalf("%s: %+v", relation, done.Items)
		}
		same(t, "joined", s.links(Mona, a)+", "+s.links(Mona, b), want+", "+want)
		if again := s.runs(Mona, s.prepare(Mona, ticketing.Deed{What: "link", Relation: relation, Other: target.Number}, a)); again.Same() != 1 {
			t.Errorf("%s: joined twice: %+v", relation, again.Items)
		}
		s.takenBack(Mona, id, 2)
		same(t, "parted", s.links(Mona, target), "")
	}
	for _, x := range []struct {
		code string
		deed ticketing.Deed
	}{
		{"link.unknown", ticketing.Deed{Relation: guichet.RelationRelated, Other: 999}},
		{"link.unknown", ticketing.Deed{Relation: guichet.RelationRelated, Other: foreign.Number}}, // hidden: as if it did not exist
		{"link.no_problem", ticketing.Deed{Relation: guichet.RelationCausedBy, Other: target.Number}},
		{"field.required", ticketing.Deed{Relation: guichet.RelationRelated}},
		{"field.required", ticketing.Deed{Other: target.Number}},
		{"field.unknown_value", ticketing.Deed{Relation: guichet.RelationMergedInto, Other: target.Number}},
	} {
		id := s.prepare(Mona, ticketing.Deed{What: "link", Relation: guichet.RelationRelated, Other: target.Number}, a)
		err := s.desk.DescribeBulk(s.ctx, s.actor(Mona), id, x.deed)
		var e *guichet.Error
		if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Code != x.code {
			t.Errorf("%s: %v", x.code, err)
		}
	}
}

// takenBack undoes an act on many tickets: so many go back.
func (s *stage) takenBack(person, id guichet.ID, want int) {
	s.Helper()
	undo, err := s.desk.UndoBulk(s.ctx, s.actor(person), id)
	if err != nil {
		s.Fatal(err)
	}
	s.later(0)
	if back := s.bulk(person, undo); back.Done() != want || back.Refused() > 0 {
		s.Fatalf("taken back: %+v", back.Items)
	}
}

// Duplicates are closed, their requesters follow the original, and undoing gives back what everybody read.
func TestManyDuplicatesAreClosedAndOpenAgain(t *testing.T) {
	s := newStage(t)
	from, into := s.merging()
	over := s.open(Rita, ticketing.Open{})
	s.do(Rita, over, guichet.StateCancelled, guichet.Act{Action: guichet.ActionCancel})
	before := map[guichet.ID]string{}
	for _, who := range everybody {
		before[who] = s.reads(who, from, into)
	}
	id := s.prepare(Mona, ticketing.Deed{What: "link", Relation: guichet.RelationDuplicateOf, Other: into.Number, Follow: true}, from, over)
	foreseen, err := s.desk.ForeseeBulk(s.ctx, s.actor(Mona), s.bulk(Mona, id))
	if err != nil || foreseen.Will != 1 || foreseen.Followers != 1 || foreseen.Messages != 2 || guichet.CodeOf(foreseen.Refusals[0].Err) != "merge.final" {
		t.Fatalf("foreseen %+v, %v", foreseen, err)
	}
	if done := s.runs(Mona, id); done.Done() != 1 || done.Refused() != 1 {
		t.Fatalf("%+v", done.Items)
	}
	if s.now(from).State != guichet.StateClosed || s.links(Mona, from) != "duplicate_of 2" || s.reads(Rita, into) == before[Rita] {
		t.Errorf("%s, %s", s.now(from).State, s.links(Mona, from))
	}
	s.clock.Add(time.Minute)
	s.takenBack(Mona, id, 1)
	for _, who := range everybody {
		same(t, string(who), s.reads(who, from, into), before[who])
	}
}

// Who may not join a ticket by hand does not join it among others either.
func TestJoiningManyAsksForTheSameRights(t *testing.T) {
	s := newStage(t)
	target, mine := s.taken(), s.open(Rita, ticketing.Open{})
	other := s.open(Stan, ticketing.Open{})
	id := s.prepare(Mona, ticketing.Deed{What: "link", Relation: guichet.RelationChildOf, Other: target.Number}, mine)
	s.runs(Mona, id)
	_, err := s.desk.UndoBulk(s.ctx, s.actor(Ann), id)
	s.fails(err, guichet.KindNotFound, "bulk.not_found")
	_, err = s.desk.PrepareBulk(s.ctx, s.actor(Stan), ticketing.Chosen{What: "link", Numbers: []int64{other.Number}})
	s.fails(err, guichet.KindDenied, "action.denied")
}

// What is joined to a major incident is joined to its announcement; taking that back takes it out of both.
func TestTakingBackALinkLeavesTheAnnouncement(t *testing.T) {
	s := newStage(t)
	major, child, told := s.open(Rita, ticketing.Open{}), s.open(Rita, ticketing.Open{}), s.open(Stan, ticketing.Open{})
	s.must(s.desk.DeclareMajor(s.ctx, s.actor(Mona), major.Number))
	s.must(s.store.Write(s.ctx, func(tx *store.Tx) error {
		return tx.InsertAnnouncement(s.ctx, guichet.Announcement{ID: "panne", Kind: guichet.AnnouncementIncident, Title: "Moodle est en panne",
			ServiceID: Moodle, From: tx.Now, AuthorID: Mona})
	}))
	s.must(s.desk.AnnounceMajor(s.ctx, s.actor(Mona), major.Number, "panne"))
	s.must(s.desk.JoinAnnouncement(s.ctx, s.actor(Mona), told.Number, "panne"))
	id := s.prepare(Mona, ticketing.Deed{What: "link", Relation: guichet.RelationChildOf, Other: major.Number}, child, told)
	s.runs(Mona, id)
	announced := func(x guichet.Ticket) int { return len(s.view(Mona, x).Announced) }
	if announced(child) != 1 || announced(told) != 1 {
		t.Fatalf("joined to %d and %d announcements", announced(child), announced(told))
	}
	s.takenBack(Mona, id, 2)
	if announced(child) != 0 || announced(told) != 1 {
		t.Errorf("after it was taken back, joined to %d and %d announcements", announced(child), announced(told))
	}
}
