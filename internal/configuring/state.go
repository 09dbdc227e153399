package configuring

import (
	"context"

	"guichet"
	"guichet/internal/store"
)

// state is an object as it stands in the database.
type state[T any] struct {
	kind      kind[T]
	id        guichet.ID
	desk      *guichet.Desk
	versions  []store.Version // newest first
	version   int             // in force; 0: none
	published *T
	draft     *store.Draft
	value     T // of the draft, else what is in force
}

// load reads an object for an actor who may edit it; for anybody else it does not exist.
func (e *Editor[T]) load(ctx context.Context, tx *store.Tx, actor guichet.Actor, id guichet.ID) (*state[T], error) {
	desk, err := tx.Desk(ctx)
	if err != nil {
		return nil, err
	}
	s := &state[T]{kind: e.kind, id: id, desk: desk}
	if value, known := e.kind.find(desk, id); known {
		s.published, s.value = &value, value
	}
	if s.versions, err = tx.Versions(ctx, e.kind.name, id); err != nil {
		return nil, err
	}
	if s.published != nil && len(s.versions) > 0 {
		s.version = s.versions[0].Version
	}
	if err := e.loadDraft(ctx, tx, s); err != nil {
		return nil, err
	}
	if s.published == nil && s.draft == nil || !e.allows(actor, s) {
		return nil, guichet.NotFound(e.kind.name)
	}
	return s, nil
}

func (e *Editor[T]) loadDraft(ctx context.Context, tx *store.Tx, s *state[T]) error {
	draft, err := tx.Draft(ctx, e.kind.name, s.id)
	if guichet.KindOf(err) == guichet.KindNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	s.draft = &draft
	s.value, err = e.decode(draft.Body)
	return err
}

// allows asks for the right over the object both as it is and as it would become.
func (e *Editor[T]) allows(actor guichet.Actor, s *state[T]) bool {
	return actor.MayRead() && e.kind.may(actor, s.desk, s.value) &&
		(s.published == nil || e.kind.may(actor, s.desk, *s.published))
}

// trial is a copy of the desk with the value in place. Tickets are then tried on the version to come.
func (s *state[T]) trial() *guichet.Desk {
	d := s.desk.Clone()
	s.kind.put(d, s.id, s.value)
	d.Index()
	return d
}

func (s *state[T]) edition(ctx context.Context, tx *store.Tx) (Edition[T], error) {
	out := Edition[T]{ID: s.id, Value: s.value, Published: s.published, Version: s.version,
		Problems: s.kind.check(s.trial(), s.value)}
	var ids []guichet.ID
	for _, v := range s.versions {
		ids = append(ids, v.AuthorID)
	}
	if s.draft != nil {
		ids = append(ids, s.draft.AuthorID)
	}
	people, err := tx.People(ctx, ids)
	if err != nil {
		return out, err
	}
	for _, v := range s.versions {
		out.Versions = append(out.Versions, Note{Version: v.Version, At: v.CreatedAt, Author: people[v.AuthorID].Name(), Note: v.Note, Removed: v.Removed})
	}
	if d := s.draft; d != nil {
		out.Draft = &Note{Version: d.Base, At: d.UpdatedAt, Author: people[d.AuthorID].Name(), Revision: d.Revision}
	}
	return out, nil
}
