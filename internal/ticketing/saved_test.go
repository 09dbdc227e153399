package ticketing_test

import (
	"fmt"
	"slices"
	"testing"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

func (s *stage) saves(who guichet.ID, v guichet.SavedView) guichet.SavedView {
	s.Helper()
	v.Base = "open"
	kept, err := s.desk.SaveView(s.ctx, s.actor(who), v)
	if err != nil {
		s.Fatal(err)
	}
	return kept
}

// sees lists the names of the views of a person, in the order of the menu.
func (s *stage) sees(who guichet.ID) (names []string) {
	s.Helper()
	list, err := s.desk.SavedViews(s.ctx, s.actor(who))
	if err != nil {
		s.Fatal(err)
	}
	for _, v := range list {
		names = append(names, v.Name)
	}
	return names
}

// A view is seen by its owner, and by its team, those who hold a role or everybody who handles tickets; it is changed
// by its owner alone.
func TestSavedViewsAreSharedAsTheirOwnerSays(t *testing.T) {
	s := newStage(t)
	mine := s.saves(Ann, guichet.SavedView{Name: " Les miens ", Filter: "q=priorit%C3%A9%3Ahaute"})
	s.saves(Ann, guichet.SavedView{Name: "Support", Share: guichet.Share{TeamID: Support}})
	s.saves(Mona, guichet.SavedView{Name: "Pour tous", Share: guichet.Share{Everybody: true}})
	s.saves(Mona, guichet.SavedView{Name: "Pour le réseau", Share: guichet.Share{TeamID: NetworkTeam}})
	s.saves(Mona, guichet.SavedView{Name: "Pour qui modère", Share: guichet.Share{RoleID: "moderator"}})
	for who, want := range map[guichet.ID][]string{Ann: {"Les miens", "Pour tous", "Support"}, Bob: {"Pour tous", "Support"}, Cleo: {"Pour le réseau", "Pour tous"},
		Max: {"Pour qui modère", "Pour tous"}, Mona: {"Pour le réseau", "Pour qui modère", "Pour tous"}, Rita: nil} {
		same(t, string(who), s.sees(who), want)
	}
	mine.Name = "À moi"
	s.saves(Ann, mine)
	_, err := s.desk.SaveView(s.ctx, s.actor(Bob), mine)
	s.fails(err, guichet.KindNotFound, "view.not_found")
	_, err = s.desk.ShareView(s.ctx, s.actor(Bob), mine.ID, guichet.Share{})
	s.fails(err, guichet.KindNotFound, "view.not_found")
	s.fails(s.desk.RemoveView(s.ctx, s.actor(Bob), mine.ID), guichet.KindNotFound, "view.not_found")
	if shared, err := s.desk.ShareView(s.ctx, s.actor(Ann), mine.ID, guichet.Share{TeamID: Support}); err != nil || shared.Name != "À moi" {
		t.Errorf("%+v %v", shared, err)
	}
	same(t, "shared afterwards", s.sees(Bob), []string{"À moi", "Pour tous", "Support"})
	s.must(s.desk.RemoveView(s.ctx, s.actor(Ann), mine.ID))
	same(t, "removed", s.sees(Bob), []string{"Pour tous", "Support"})
}

func TestWhoMayShareAViewWithWhom(t *testing.T) {
	s := newStage(t)
	for _, x := range []struct {
		who  guichet.ID
		with guichet.Share
		kind guichet.ErrorKind
		code string
	}{
		{Ann, guichet.Share{Everybody: true}, guichet.KindDenied, "view.share_denied"},
		{Ann, guichet.Share{TeamID: NetworkTeam}, guichet.KindDenied, "view.share_denied"},
		{Ann, guichet.Share{RoleID: "moderator"}, guichet.KindDenied, "view.share_denied"},
		{Mona, guichet.Share{TeamID: "nowhere"}, guichet.KindInvalid, "invalid"},
		{Mona, guichet.Share{RoleID: "nobody"}, guichet.KindInvalid, "invalid"},
		{Mona, guichet.Share{TeamID: Support, Everybody: true}, guichet.KindInvalid, "invalid"},
		{Rita, guichet.Share{}, guichet.KindDenied, "action.denied"},
	} {
		_, err := s.desk.SaveView(s.ctx, s.actor(x.who), guichet.SavedView{Name: "x", Base: "open", Share: x.with})
		s.fails(err, x.kind, x.code)
	}
	for _, v := range []guichet.SavedView{{Base: "open"}, {Name: "x", Base: "nowhere"}} {
		_, err := s.desk.SaveView(s.ctx, s.actor(Ann), v)
		s.fails(err, guichet.KindInvalid, "invalid")
	}
}

// Each person puts the views of the menu in order, for himself or herself alone.
func TestViewsAreInTheOrderThatTheirReaderChooses(t *testing.T) {
	s := newStage(t)
	b := s.saves(Ann, guichet.SavedView{Name: "B", Share: guichet.Share{TeamID: Support}})
	a := s.saves(Ann, guichet.SavedView{Name: "A", Share: guichet.Share{TeamID: Support}})
	m := s.saves(Mona, guichet.SavedView{Name: "M", Share: guichet.Share{Everybody: true}})
	same(t, "by name", s.sees(Ann), []string{"A", "B", "M"})
	s.must(s.desk.MoveView(s.ctx, s.actor(Ann), b.ID, true))
	same(t, "moved up", s.sees(Ann), []string{"B", "A", "M"})
	s.must(s.desk.MoveView(s.ctx, s.actor(Ann), b.ID, true))
	same(t, "there is nothing above", s.sees(Ann), []string{"B", "A", "M"})
	s.must(s.desk.MoveView(s.ctx, s.actor(Ann), m.ID, true))
	same(t, "not among one’s own", s.sees(Ann), []string{"B", "A", "M"})
	same(t, "the others keep theirs", s.sees(Bob), []string{"A", "B", "M"})
	s.must(s.desk.OrderViews(s.ctx, s.actor(Ann), []guichet.ID{m.ID, a.ID, m.ID}))
	same(t, "named first", s.sees(Ann), []string{"M", "A", "B"})
	s.saves(Ann, guichet.SavedView{Name: "0"})
	same(t, "a new one comes last", s.sees(Ann), []string{"M", "A", "B", "0"})
	hidden := s.saves(Mona, guichet.SavedView{Name: "À Mona"})
	s.fails(s.desk.OrderViews(s.ctx, s.actor(Ann), []guichet.ID{hidden.ID}), guichet.KindNotFound, "view.not_found")
	s.fails(s.desk.MoveView(s.ctx, s.actor(Ann), hidden.ID, true), guichet.KindNotFound, "view.not_found")
	s.fails(s.desk.MoveView(s.ctx, s.actor(Rita), m.ID, true), guichet.KindDenied, "action.denied")
	s.must(s.desk.RemoveView(s.ctx, s.actor(Mona), m.ID))
	same(t, "one that was placed is removed", s.sees(Ann), []string{"A", "B", "0"})
}

// A team that is removed leaves the views that were shared with it to their owners.
func TestAViewOutlivesTheTeamItWasSharedWith(t *testing.T) {
	s := newStage(t)
	s.must(s.store.Write(s.ctx, func(tx *store.Tx) error {
		return tx.SaveTeam(s.ctx, guichet.Team{ID: "temp", Name: "Renfort", Level: guichet.Level1})
	}))
	s.saves(Mona, guichet.SavedView{Name: "Renfort", Share: guichet.Share{TeamID: "temp"}})
	s.must(s.store.Write(s.ctx, func(tx *store.Tx) error { return tx.RemoveTeam(s.ctx, "temp") }))
	list, err := s.desk.SavedViews(s.ctx, s.actor(Mona))
	if err != nil || len(list) != 1 || list[0].Share != (guichet.Share{}) {
		t.Errorf("%+v %v", list, err)
	}
}

// However many views are shared with everybody, one's own are among those that are listed.
func TestOwnViewsComeBeforeVeryManyShared(t *testing.T) {
	s := newStage(t)
	s.must(s.store.Write(s.ctx, func(tx *store.Tx) error {
		for i := range 201 {
			v := guichet.SavedView{ID: guichet.ID(fmt.Sprint("shared", i)), OwnerID: Fay, Name: "Partagée", Base: "all", Share: guichet.Share{Everybody: true}}
			if err := tx.SaveView(s.ctx, v); err != nil {
				return err
			}
		}
		return tx.SaveView(s.ctx, guichet.SavedView{ID: "zz-own", OwnerID: Mona, Name: "La mienne", Base: "all"})
	}))
	list, err := s.desk.SavedViews(s.ctx, s.actor(Mona))
	s.must(err)
	if len(list) != 200 || !slices.ContainsFunc(list, func(v guichet.SavedView) bool { return v.ID == "zz-own" }) {
		t.Errorf("%d views, none of which is her own", len(list))
	}
}
