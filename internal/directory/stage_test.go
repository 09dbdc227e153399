package directory_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// stage is the desk of the tests, where Dora keeps the directory of Lyon, and Fay everything.
type stage struct {
	*testing.T
	s     *store.Store
	d     *directory.Directory
	clock *Clock
}

const keeperRole guichet.ID = "gestionnaire"

func newStage(t *testing.T) *stage {
	t.Helper()
	clock := NewClock()
	s := Open(t, clock.Now)
	Fill(t, s)
	st := &stage{t, s, directory.New(s), clock}
	role, err := st.d.SaveRole(t.Context(), st.actor(Fay), guichet.Role{Name: "Gestionnaire", Permissions: []guichet.Permission{guichet.PermissionPeople}})
	st.no(err)
	if role.ID != keeperRole {
		t.Fatalf("the role is %s", role.ID)
	}
	_, err = st.d.Give(t.Context(), st.actor(Fay), directory.Give{Person: Dora, Role: keeperRole, Organisation: "lyon"})
	st.no(err)
	return st
}

func (s *stage) actor(id guichet.ID) guichet.Actor { s.Helper(); return Actor(s.T, s.s, id) }

func (s *stage) no(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// refused checks the code of an error, or of one of its fields ("field: code").
func (s *stage) refused(err error, code string) {
	s.Helper()
	var e *guichet.Error
	if !errors.As(err, &e) {
		s.Fatalf("not refused: %v", err)
	}
	if e.Code == code || slices.ContainsFunc(e.Fields, func(f guichet.FieldError) bool { return f.Field+": "+f.Code == code }) {
		return
	}
	s.Fatalf("refused by %v, expected %s", err, code)
}

func (s *stage) read(fn func(context.Context, *store.Tx) error) {
	s.Helper()
	s.no(s.s.Read(s.Context(), func(tx *store.Tx) error { return fn(s.Context(), tx) }))
}

func (s *stage) write(fn func(context.Context, *store.Tx) error) {
	s.Helper()
	s.no(s.s.Write(s.Context(), func(tx *store.Tx) error { return fn(s.Context(), tx) }))
}

func (s *stage) person(id guichet.ID) (p guichet.Person) {
	s.Helper()
	s.read(func(ctx context.Context, tx *store.Tx) (err error) {
		p, err = tx.Person(ctx, id)
		return err
	})
	return p
}

func (s *stage) desk() (d *guichet.Desk) {
	s.Helper()
	s.read(func(ctx context.Context, tx *store.Tx) (err error) {
		d, err = tx.Desk(ctx)
		return err
	})
	return d
}

// acts are the administrative acts so far, oldest first, in short.
func (s *stage) acts() []string {
	s.Helper()
	var out []string
	s.read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.AuditTrail(ctx, "", "", store.Cursor{}, 100)
		for _, a := range slices.Backward(list) {
			out = append(out, string(a.ActorID)+" "+a.Act+" "+a.Kind+" "+a.Name+" "+a.Detail)
		}
		return err
	})
	return out
}
