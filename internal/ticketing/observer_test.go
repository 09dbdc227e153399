package ticketing_test

import (
	"slices"
	"testing"

	"guichet"
	"guichet/internal/ticketing"

	. "guichet/internal/store/storetest"
)

// observe changes who follows a ticket, and returns who was added.
func (s *stage) observe(who guichet.ID, t guichet.Ticket, in ticketing.Observing) []guichet.ID {
	s.Helper()
	added, err := s.desk.Observe(s.ctx, s.actor(who), t.Number, in)
	s.must(err)
	var out []guichet.ID
	for _, p := range added {
		out = append(out, p.ID)
	}
	return out
}

func (s *stage) observers(t guichet.Ticket) []guichet.ID {
	s.Helper()
	var out []guichet.ID
	for _, p := range s.view(Ann, t).Parties {
		if p.Role == guichet.PartyObserver {
			out = append(out, p.PersonID)
		}
	}
	return out
}

func TestPeopleArePutInCopyByHand(t *testing.T) {
	s := newStage(t)
	ticket := s.taken() // by Ann
	_, err := s.desk.View(s.ctx, s.actor(Stan), ticket.Number, 0)
	s.fails(err, guichet.KindNotFound, "ticket.not_found")
	added := s.observe(Ann, ticket, ticketing.Observing{Add: []string{"stan@example.org", "E-dora", string(Rita), "stan", "Stan Morvan"}})
	same(t, "added, each once, who asked left", added, []guichet.ID{Stan, Dora})
	same(t, "in copy", s.observers(ticket), []guichet.ID{Dora, Stan})
	v := s.view(Stan, ticket)
	if v.Agent || v.Works || !v.Speaks {
		t.Errorf("in copy: agent %t, works %t, speaks %t", v.Agent, v.Works, v.Speaks)
	}
	last := v.Events[len(v.Events)-1]
	if last.Kind != guichet.EventObserverAdded || last.RefID != Dora || last.ActorID != Ann || last.Internal || v.People[Dora].ID == "" {
		t.Errorf("told: %+v, with the names of %d people", last, len(v.People))
	}
	before := s.now(ticket)
	same(t, "again", s.observe(Ann, ticket, ticketing.Observing{Add: []string{"stan"}, Remove: []guichet.ID{Bob}}), nil)
	same(t, "what changes nothing leaves nothing", s.now(ticket), before)

	s.observe(Bob, ticket, ticketing.Observing{Remove: []guichet.ID{Stan}})
	same(t, "after one was taken out", s.observers(ticket), []guichet.ID{Dora})
	_, err = s.desk.View(s.ctx, s.actor(Stan), ticket.Number, 0)
	s.fails(err, guichet.KindNotFound, "ticket.not_found")
	v = s.view(Rita, ticket)
	last = v.Events[len(v.Events)-1]
	if last.Kind != guichet.EventObserverRemoved || last.RefID != Stan || v.People[Stan].Name() != "Stan Morvan" {
		t.Errorf("told: %+v", last)
	}
}

// Who works on the ticket decides who follows it; whoever follows may stop.
func TestWhoPutsInCopy(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	s.observe(Ann, ticket, ticketing.Observing{Add: []string{"dora", "olga"}})
	for _, c := range []struct {
		who  guichet.ID
		in   ticketing.Observing
		kind guichet.ErrorKind
		code string
	}{
		{Rita, ticketing.Observing{Add: []string{"ben"}}, guichet.KindDenied, "action.denied"},
		{Rita, ticketing.Observing{Remove: []guichet.ID{Dora}}, guichet.KindDenied, "action.denied"},
		{Dora, ticketing.Observing{Remove: []guichet.ID{Olga}}, guichet.KindDenied, "action.denied"},
		{Dora, ticketing.Observing{Add: []string{"ben"}, Remove: []guichet.ID{Dora}}, guichet.KindDenied, "action.denied"},
		{Stan, ticketing.Observing{Add: []string{"stan"}}, guichet.KindNotFound, "ticket.not_found"},
		{Cleo, ticketing.Observing{Add: []string{"cleo"}}, guichet.KindNotFound, "ticket.not_found"},
		{Fay, ticketing.Observing{Add: []string{"fay"}}, guichet.KindDenied, "action.denied"},
	} {
		_, err := s.desk.Observe(s.ctx, s.actor(c.who), ticket.Number, c.in)
		s.fails(err, c.kind, c.code)
	}
	reader := s.actor(Ann)
	reader.TokenScopes = []guichet.TokenScope{guichet.TokenRead}
	_, err := s.desk.Observe(s.ctx, reader, ticket.Number, ticketing.Observing{Add: []string{"ben"}})
	s.fails(err, guichet.KindDenied, "token.read_only")
	same(t, "in copy", s.observers(ticket), []guichet.ID{Dora, Olga})
	s.observe(Dora, ticket, ticketing.Observing{Remove: []guichet.ID{Dora}})
	same(t, "whoever follows may stop", s.observers(ticket), []guichet.ID{Olga})
	same(t, "whoever handles it may follow", s.observe(Bob, ticket, ticketing.Observing{Add: []string{string(Bob)}}), []guichet.ID{Bob})
}

func TestWhoCannotBePutInCopy(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	s.leaves(Omar)
	_, err := s.desk.Observe(s.ctx, s.actor(Ann), ticket.Number, ticketing.Observing{Add: []string{"nobody", " ", "Omar", "Dora"}})
	same(t, "faults", s.faults(err), []string{"person: person.unknown", "person: field.required", "person: person.unknown"})
	if got := s.observers(ticket); len(got) != 0 {
		t.Errorf("part of what was refused is done: %v", got)
	}
	crowd := slices.Repeat([]string{"dora"}, 60)
	same(t, "the same person sixty times", s.observe(Ann, ticket, ticketing.Observing{Add: crowd}), []guichet.ID{Dora})
}
