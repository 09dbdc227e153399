package ticketing_test

import (
	"slices"
	"testing"
	"time"

	"guichet"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// A request that waits for an agreement may be closed for another one: nobody is waited for any more. Undoing that asks
// those who have not answered again, with the time that they had left; what was agreed stays agreed, and everybody reads
// what he or she read before.
func TestAMergedRequestWaitsForNobodyUntilThatIsUndone(t *testing.T) {
	for _, kind := range []guichet.MergeKind{guichet.MergeWhole, guichet.MergeDuplicate} {
		s := newStage(t)
		s.steps(guichet.ApprovalStep{Name: "Direction", Approvers: []guichet.ApproverSpec{{Role: "director"}}},
			guichet.ApprovalStep{Name: "Propriétaire", Approvers: []guichet.ApproverSpec{{Login: "olga"}}, Remind: 2, Expire: 5})
		into, from := s.open(Rita, ticketing.Open{Offering: Access}), s.asked()
		s.do(Dora, from, guichet.StateAwaitingApproval, approve)
		s.clock.Add(3 * day)
		s.later(0)
		before := map[guichet.ID]string{}
		people := append(slices.Clone(everybody), Dora, Olga)
		for _, who := range people {
			before[who] = s.reads(who, from, into)
		}
		plan := s.view(Fay, from).Plan
		same(t, "asked", s.askedOf(from), []guichet.ID{Olga})
		preview, err := s.desk.MergePreview(s.ctx, s.actor(Mona), into.Number, ticketing.Merging{From: []int64{from.Number}, Kind: kind})
		if err != nil || preview.Refused() || len(preview.Sides[0].Approvers) != 1 || preview.Sides[0].Approvers[0].ID != Olga {
			t.Fatalf("%+v, %v", preview.Sides, err)
		}

		s.must(s.desk.Merge(s.ctx, s.actor(Mona), into.Number, ticketing.Merging{From: []int64{from.Number}, Kind: kind}))
		if now := s.now(from); now.State != guichet.StateClosed || now.ApprovalStep != 0 {
			t.Fatalf("merged: %+v", now)
		}
		waiting, err := s.desk.WaitingApprovals(s.ctx, s.actor(Olga))
		if err != nil || len(waiting) != 0 {
			t.Errorf("Olga is still asked: %+v, %v", waiting, err)
		}
		s.refused(Olga, from, approve, guichet.KindConflict, "approval.over")
		s.later(20 * day) // its time would have been over

		s.must(s.desk.Unmerge(s.ctx, s.actor(Mona), from.Number))
		for _, who := range people {
			same(t, string(who), s.reads(who, from, into), before[who])
		}
		same(t, "asked again", s.askedOf(from), []guichet.ID{Olga})
		again := s.view(Fay, from).Plan
		if !again.ExpiresAt.Equal(plan.ExpiresAt.Add(20*day)) || !again.RemindedAt.Equal(s.clock.Now()) {
			t.Errorf("it ends %s, was to end %s", again.ExpiresAt, plan.ExpiresAt)
		}
		if kinds := s.kinds(Mona, from); kinds[len(kinds)-1] != guichet.EventApprovalReminded {
			t.Errorf("%v", kinds)
		}
		s.later(0)
		s.do(Olga, from, guichet.StateNew, approve)
	}
}

// Once a merge is undone, the wait goes on to its end.
func TestTheWaitGoesOnAfterAMergeIsUndone(t *testing.T) {
	s := newStage(t)
	s.steps(guichet.ApprovalStep{Name: "Direction", Approvers: role("director"), Remind: 1, Expire: 3})
	into, from := s.open(Rita, ticketing.Open{}), s.asked()
	s.later(2 * day)
	s.must(s.desk.Merge(s.ctx, s.actor(Mona), into.Number, ticketing.Merging{From: []int64{from.Number}, Kind: guichet.MergeDuplicate}))
	s.later(10 * day)
	s.must(s.desk.Unmerge(s.ctx, s.actor(Mona), from.Number))
	s.later(day - time.Hour)
	if now := s.now(from); now.State != guichet.StateAwaitingApproval {
		t.Fatalf("before its end: %s", now.State)
	}
	s.later(2 * time.Hour)
	if now := s.now(from); now.State != guichet.StateRejected {
		t.Errorf("after its end: %s", now.State)
	}
}
