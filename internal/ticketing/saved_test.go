package ticketing_test

import (
	"testing"

	"guichet"
	. "guichet/internal/store/storetest"
)

// A view is seen by its owner, its team or everybody who handles tickets, and changed by its owner alone.
func TestSavedViewsAreSharedAsTheirOwnerSays(t *testing.T) {
	s := newStage(t)
	save := func(who guichet.ID, v guichet.SavedView) guichet.SavedView {
		t.Helper()
		v.Base = "open"
		kept, err := s.desk.SaveView(s.ctx, s.actor(who), v)
		if err != nil {
			t.Fatal(err)
		}
		return kept
	}
	mine := save(Ann, guichet.SavedView{Name: " Les miens ", Filter: "q=priorit%C3%A9%3Ahaute"})
	save(Ann, guichet.SavedView{Name: "Support", TeamID: Support})
	save(Mona, guichet.SavedView{Name: "Pour tous", Everybody: true})
	for who, want := range map[guichet.ID][]string{Ann: {"Les miens", "Pour tous", "Support"}, Bob: {"Pour tous", "Support"}, Cleo: {"Pour tous"}, Rita: nil} {
		list, err := s.desk.SavedViews(s.ctx, s.actor(who))
		var names []string
		for _, v := range list {
			names = append(names, v.Name)
		}
		same(t, string(who), names, want)
		if err != nil {
			t.Fatal(err)
		}
	}
	mine.Name = "À moi"
	save(Ann, mine)
	_, err := s.desk.SaveView(s.ctx, s.actor(Bob), mine)
	s.fails(err, guichet.KindNotFound, "view.not_found")
	s.fails(s.desk.RemoveView(s.ctx, s.actor(Bob), mine.ID), guichet.KindNotFound, "view.not_found")
	if err := s.desk.RemoveView(s.ctx, s.actor(Ann), mine.ID); err != nil {
		t.Fatal(err)
	}
	_, err = s.desk.SaveView(s.ctx, s.actor(Ann), guichet.SavedView{Name: "x", Base: "open", Everybody: true})
	s.fails(err, guichet.KindDenied, "action.denied")
	_, err = s.desk.SaveView(s.ctx, s.actor(Ann), guichet.SavedView{Name: "x", Base: "open", TeamID: NetworkTeam})
	s.fails(err, guichet.KindDenied, "action.denied")
	_, err = s.desk.SaveView(s.ctx, s.actor(Ann), guichet.SavedView{Base: "open"})
	s.fails(err, guichet.KindInvalid, "invalid")
}
