package store_test

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

func TestMigratingTwiceIsMigratingOnce(t *testing.T) {
	s := Open(t, nil)
	ctx := context.Background()
	again, err := s.Migrate(ctx)
	if err != nil || len(again) != 0 {
		t.Errorf("again: %v, %v", again, err)
	}
	if pending, err := s.Pending(ctx); err != nil || pending {
		t.Errorf("pending %t, %v", pending, err)
	}
}

// Nodes that start together migrate once; the others wait.
func TestNodesMigrateTogether(t *testing.T) {
	ctx := context.Background()
	options := store.Options{Dir: t.TempDir(), URL: URL(t)}
	nodes := 4
	if options.URL == "" {
		nodes = 1 // one node has the file
	}
	var mu sync.Mutex
	var ran []string
	var all sync.WaitGroup
	for range nodes {
		all.Go(func() {
			s, err := store.Open(ctx, options)
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			defer s.Close() //nolint:errcheck // a test
			names, err := s.Migrate(ctx)
			if err != nil {
				t.Errorf("migrate: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			ran = append(ran, names...)
		})
	}
	all.Wait()
	if unique := slices.Compact(slices.Sorted(slices.Values(ran))); len(unique) != len(ran) || len(ran) == 0 {
		t.Errorf("migrations ran: %v", ran)
	}
}

func TestDeskComesBackAsItWas(t *testing.T) {
	s := Open(t, nil)
	Fill(t, s)
	ctx := context.Background()
	load := func() (d *guichet.Desk) {
		if err := s.Read(ctx, func(tx *store.Tx) (err error) { d, err = tx.Desk(ctx); return err }); err != nil {
			t.Fatal(err)
		}
		return d
	}
	first, want := load(), Desk()
	if len(first.Services) != len(want.Services) || len(first.Organisations) != len(want.Organisations) || len(first.Rules) != 2 ||
		first.Matrix.Priority("high", "high") != guichet.PriorityCritical || first.Roles["moderator"].Name != "Modérateur" ||
		!slices.Equal(first.Teams[Support].Members, []guichet.ID{Ann, Bob}) || first.Workflows[Validated].Version != 1 ||
		first.Offerings[Access].Version != 1 || len(first.Offerings[Access].Approval) != 2 {
		t.Errorf("loaded %+v", first)
	}
	if load() != first {
		t.Error("read again though nothing changed")
	}
	changed := Desk()
	flow := changed.Workflows[Validated]
	flow.AutoCloseDays = 3
	changed.Workflows[Validated] = flow
	if err := s.Write(ctx, func(tx *store.Tx) error { return tx.SaveDesk(ctx, changed) }); err != nil {
		t.Fatal(err)
	}
	second := load()
	if second.Workflows[Validated].Version != 2 || second.Workflows[Moderated].Version != 1 || second.Revision <= first.Revision {
		t.Errorf("versions %d and %d", second.Workflows[Validated].Version, second.Workflows[Moderated].Version)
	}
	old := second.Flow(guichet.Ticket{WorkflowID: Validated, Workflow: 1})
	if old.AutoCloseDays != 7 || second.Flow(guichet.Ticket{WorkflowID: Validated, Workflow: 2}).AutoCloseDays != 3 {
		t.Error("a ticket does not keep the version that it was opened with")
	}
}

// What a transaction that was undone had read of the configuration is forgotten.
func TestAnUndoneDeskIsForgotten(t *testing.T) {
	s := Open(t, nil)
	Fill(t, s)
	ctx := context.Background()
	changed := Desk()
	changed.Name = "Autre"
	_ = s.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SaveDesk(ctx, changed); err != nil {
			t.Error(err)
		}
		if d, err := tx.Desk(ctx); err != nil || d.Name != "Autre" {
			t.Errorf("inside: %+v, %v", d, err)
		}
		return errUndo
	})
	err := s.Read(ctx, func(tx *store.Tx) error {
		d, err := tx.Desk(ctx)
		if err == nil && d.Name != "Assistance" {
			t.Errorf("outside: %s", d.Name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPeopleAreFound(t *testing.T) {
	s := Open(t, nil)
	Fill(t, s)
	ctx := context.Background()
	Person(t, s, guichet.Person{ID: "gone", GivenName: "Rita", FamilyName: "Partie", EmployeeNumber: "E-gone"})
	for text, want := range map[string][]guichet.ID{
		"elan": {Ben}, "ÉLAN": {Ben}, "él be": {Ben}, "le": {Dan, Dora}, "rita@example.org": {Rita}, "E-rita": {Rita}, "Cleo": {Cleo},
		"durand rita": {Rita}, "E-gone": nil, "partie": nil, "zzz": nil, "": nil, "%": nil, "'": nil,
	} {
		var got []guichet.ID
		err := s.Read(ctx, func(tx *store.Tx) error {
			people, err := tx.FindPeople(ctx, text, 10)
			for _, p := range people {
				got = append(got, p.ID)
			}
			return err
		})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q finds %v (%v), want %v", text, got, err, want)
		}
	}
}

// Names are listed as a French reader expects, on both engines, page by page, whatever the language of
// the database.
func TestPeopleAreListedInOrder(t *testing.T) {
	t.Run("here", func(t *testing.T) { listPeople(t, Open(t, nil)) })
	t.Run("elsewhere", func(t *testing.T) { listPeople(t, OpenIn(t, "fr-FR-u-ka-shifted")) })
}

func listPeople(t *testing.T, s *store.Store) {
	ctx := context.Background()
	names := []string{"Élan", "de Gaulle", "Étienne", "Eluard", "Zoé", "abbé", "Œuvre", "Ordre", "Dupont", "D’Arc", "Daan", "Da Silva"}
	for i, n := range names {
		Person(t, s, guichet.Person{ID: guichet.ID('a' + rune(i)), FamilyName: n, Active: true})
	}
	var got []string
	var after guichet.ID
	for {
		var page []guichet.Person
		err := s.Read(ctx, func(tx *store.Tx) (err error) {
			page, err = tx.ListPeople(ctx, store.PeopleQuery{Roots: []guichet.ID{""}, After: after, Limit: 3})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, p := range page {
			got, after = append(got, p.FamilyName), p.ID
		}
	}
	want := []string{"abbé", "D’Arc", "Da Silva", "Daan", "de Gaulle", "Dupont", "Élan", "Eluard", "Étienne", "Œuvre", "Ordre", "Zoé"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	err := s.Read(ctx, func(tx *store.Tx) error {
		found, err := tx.FindPeople(ctx, "el", 10)
		if len(found) != 2 {
			t.Errorf("%d persons begin with el, want 2", len(found))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHoldersOfARole(t *testing.T) {
	s := Open(t, nil)
	Fill(t, s)
	ctx := context.Background()
	for _, c := range []struct {
		role, organisation, service guichet.ID
		want                        []guichet.ID
	}{
		{"director", "lab", Moodle, []guichet.ID{Dora}}, {"director", "lyon", "", []guichet.ID{Dora}}, {"director", "group", Moodle, nil},
		{"director", "rennes", Moodle, nil}, {"moderator", "rennes", Homework, []guichet.ID{Mona}}, {"moderator", "", Wifi, []guichet.ID{Max}},
		{"moderator", "lab", "", nil}, {"owner", "lab", Learning, nil},
	} {
		var got []guichet.ID
		err := s.Read(ctx, func(tx *store.Tx) (err error) {
			got, err = tx.Holders(ctx, []guichet.ID{c.role}, c.organisation, c.service)
			return err
		})
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s over %s and %s: %v (%v), want %v", c.role, c.organisation, c.service, got, err, c.want)
		}
	}
}

func TestSessionsAndTokensRunOut(t *testing.T) {
	clock := NewClock()
	s := Open(t, clock.Now)
	Fill(t, s)
	ctx := context.Background()
	err := s.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SaveSession(ctx, "hash", Rita, tx.Now.Add(time.Hour)); err != nil {
			return err
		}
		if err := tx.SaveToken(ctx, store.APIToken{ID: "k1", PersonID: Rita, Scopes: []guichet.TokenScope{guichet.TokenRead},
			CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(time.Hour)}, "one"); err != nil {
			return err
		}
		return tx.SaveToken(ctx, store.APIToken{ID: "k2", PersonID: Rita, CreatedAt: tx.Now}, "two")
	})
	if err != nil {
		t.Fatal(err)
	}
	valid := func() (list [3]bool) {
		_ = s.Read(ctx, func(tx *store.Tx) error {
			_, err := tx.Session(ctx, "hash")
			_, limited := tx.Token(ctx, "one")
			_, lasting := tx.Token(ctx, "two")
			list = [3]bool{err == nil, limited == nil, lasting == nil}
			return nil
		})
		return list
	}
	if got := valid(); got != [3]bool{true, true, true} {
		t.Errorf("at first: %v", got)
	}
	clock.Add(time.Hour)
	if got := valid(); got != [3]bool{false, false, true} {
		t.Errorf("an hour later: %v", got)
	}
}

// A copy made while the desk works is a whole database.
func TestBackup(t *testing.T) {
	Embedded(t)
	s := Open(t, nil)
	Fill(t, s)
	ctx := context.Background()
	dir := t.TempDir()
	if err := s.Backup(ctx, filepath.Join(dir, "guichet.db")); err != nil {
		t.Fatal(err)
	}
	saved, err := store.Open(ctx, store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer saved.Close() //nolint:errcheck // a test
	if Actor(t, saved, Ann).Person.Name() != "Ann Blanc" {
		t.Error("Ann is missing")
	}
	if found, err := saved.Check(ctx); err != nil || len(found) > 0 {
		t.Errorf("check: %v %v", found, err)
	}
}
