package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// What a node remembers of the rights of people is what the database holds, whatever moves them and in
// whichever way; a grant ends at its time by itself.
func TestRememberedRightsAreTheRightsHeld(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.Open(t, clock.Now)
	storetest.Fill(t, s)
	ctx, who := t.Context(), guichet.ID("bob")
	now := clock.Now()
	grant := func(id guichet.ID, person, team guichet.ID, end time.Time) guichet.Grant {
		return guichet.Grant{ID: id, PersonID: person, TeamID: team, RoleID: "moderator", EndsAt: end}
	}
	steps := []struct {
		name string
		act  func(tx *store.Tx) error
	}{
		{"nothing", func(*store.Tx) error { return nil }},
		{"a grant", func(tx *store.Tx) error { return tx.SaveGrant(ctx, grant("g1", who, "", time.Time{})) }},
		{"its end moved", func(tx *store.Tx) error { return tx.EndGrant(ctx, "g1", now.Add(time.Hour)) }},
		{"a team made", func(tx *store.Tx) error { return tx.SaveTeam(ctx, guichet.Team{ID: "new", Name: "Nouvelle"}) }},
		{"joined", func(tx *store.Tx) error { return tx.JoinTeam(ctx, "new", who) }},
		{"a grant of the team", func(tx *store.Tx) error { return tx.SaveGrant(ctx, grant("g2", "", "new", time.Time{})) }},
		{"grants of the team replaced", func(tx *store.Tx) error { return tx.SetTeamGrants(ctx, "new", nil) }},
		{"grants of the person replaced", func(tx *store.Tx) error {
			return tx.SetPersonGrants(ctx, who, []guichet.Grant{grant("g3", who, "", now.Add(2*time.Hour))})
		}},
		{"left", func(tx *store.Tx) error { return tx.LeaveTeam(ctx, "new", who) }},
		{"teams set", func(tx *store.Tx) error { return tx.SetTeams(ctx, who, []guichet.ID{"new"}) }},
		{"team removed", func(tx *store.Tx) error { return tx.RemoveTeam(ctx, "new") }},
		{"an hour and a half", func(*store.Tx) error { clock.Add(90 * time.Minute); return nil }},
		{"an hour more", func(*store.Tx) error { clock.Add(time.Hour); return nil }},
		{"a grant taken back", func(tx *store.Tx) error { return tx.RemoveGrant(ctx, "g3") }},
	}
	var last guichet.Actor
	moved := 0
	for _, step := range steps {
		if err := s.Write(ctx, step.act); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		for range 2 { // read, then remembered
			got, want := actorIn(t, s.Read, who), actorIn(t, s.Write, who)
			if diff := cmp.Diff(want.Grants, got.Grants); diff != "" {
				t.Errorf("grants after %s: %s", step.name, diff)
			}
			if diff := cmp.Diff(want.TeamIDs, got.TeamIDs); diff != "" {
				t.Errorf("teams after %s: %s", step.name, diff)
			}
			if !cmp.Equal(last.Grants, got.Grants) || !cmp.Equal(last.TeamIDs, got.TeamIDs) {
				moved++
			}
			last = got
		}
	}
	if moved < 9 {
		t.Errorf("the rights moved %d times: the acts do nothing", moved)
	}
}

// actorIn reads who acts, outside a transaction or in one: there nothing is remembered.
func actorIn(t *testing.T, in func(context.Context, func(*store.Tx) error) error, who guichet.ID) (a guichet.Actor) {
	t.Helper()
	err := in(t.Context(), func(tx *store.Tx) (err error) {
		a, err = tx.Actor(t.Context(), who, guichet.ChannelAPI)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}
