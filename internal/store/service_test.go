package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

func TestAServiceIsKeptWhole(t *testing.T) {
	ctx, clock := context.Background(), NewClock()
	s := Open(t, clock.Now)
	Fill(t, s)
	day := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	want := guichet.Service{ID: "vr", ParentID: Moodle, Name: "Cube VR", Description: "Salle", Icon: "box", OwnerID: Olga, TeamID: Support,
		Teams: map[guichet.Level]guichet.ID{guichet.Level2: NetworkTeam}, WorkflowID: Moderated, Profiles: []string{"staff"},
		Organisations: []guichet.ID{"lyon"}, Providers: []guichet.Provider{{Name: "Kelis", Contact: "support@kelis.example", Reference: "C-12"}},
		Position: 3, OpensAt: day, ClosesAt: day.AddDate(1, 0, 0), State: guichet.ServiceDraft, Version: 1}
	save := func(change func(*guichet.Desk)) (desk *guichet.Desk) {
		err := s.Write(ctx, func(tx *store.Tx) error {
			desk, err := tx.Desk(ctx)
			if err != nil {
				return err
			}
			desk = desk.Clone()
			change(desk)
			desk.Index()
			return tx.SaveService(ctx, desk, "vr")
		})
		if err == nil {
			err = s.Read(ctx, func(tx *store.Tx) error { desk, err = tx.Desk(ctx); return err })
		}
		if err != nil {
			t.Fatal(err)
		}
		return desk
	}
	got := save(func(d *guichet.Desk) { d.Services["vr"] = want }).Services["vr"]
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	desk := save(func(d *guichet.Desk) { want.ParentID = Network; d.Services["vr"] = want })
	if got := desk.Services["vr"]; got.Version != 2 || got.ParentID != Network {
		t.Errorf("moved: %+v", got)
	}
	if len(desk.PastOfferings[Incident]) != 1 {
		t.Errorf("versions of an offering: %d", len(desk.PastOfferings[Incident]))
	}
}
