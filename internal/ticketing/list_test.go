package ticketing_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// numbers reads a whole list, page by page.
func (s *stage) numbers(person guichet.ID, q store.TicketQuery) []int64 {
	s.Helper()
	var out []int64
	for {
		page, err := s.desk.List(s.ctx, s.actor(person), q)
		if err != nil {
			s.Fatalf("list: %v", err)
		}
		for _, r := range page.Rows {
			out = append(out, r.Number)
		}
		if page.Next == (store.Cursor{}) {
			return out
		}
		q.After = page.Next
	}
}

func (s *stage) finds(person guichet.ID, text string) []int64 {
	s.Helper()
	found := s.numbers(person, store.TicketQuery{Query: Asked(text)})
	slices.Sort(found)
	return found
}

func TestSearch(t *testing.T) {
	s := newStage(t)
	printer := s.open(Rita, ticketing.Open{Service: Wifi, Title: "Imprimantes bloquées", Description: "L’élève n’imprime plus à l’IUT.",
		Kind: guichet.KindIncident, Files: []ticketing.File{file("capture-erreur.png")}})
	other := s.open(Stan, ticketing.Open{Service: Wifi, Title: "Imprimante bloquee", Description: "Accès refusé au réseau.", Kind: guichet.KindIncident})
	s.say(Max, printer, ticketing.FollowUp{Text: "Soupçon de sabotage.", Internal: true, Files: []ticketing.File{file("rapport-secret.txt")}})
	s.say(Max, printer, ticketing.FollowUp{Text: "Le câble est changé."})
	a, b := printer.Number, other.Number

	for _, c := range []struct {
		who  guichet.ID
		text string
		want []int64
	}{
		{Max, "imprimante bloquée", []int64{a, b}}, {Max, "IMPRIMANTES BLOQUES", []int64{a, b}}, {Max, "acces", []int64{b}},
		{Max, "eleve iut", []int64{a}}, {Max, "l'élève", []int64{a}}, {Max, "cable", []int64{a}}, {Max, "capture", []int64{a}},
		{Max, "sabotage", []int64{a}}, {Max, "secret", []int64{a}}, {Max, "absent", nil}, {Max, "…!", nil}, {Max, `"*( OR`, nil},
		{Max, fmt.Sprint(a), []int64{a}},
		{Rita, "imprimante", []int64{a}}, {Rita, "sabotage", nil}, {Rita, "secret", nil}, {Rita, "câbles", []int64{a}},
		{Stan, "imprimante", []int64{b}}, {Stan, "cable", nil},
		{Cleo, "sabotage", []int64{a}}, {Cleo, "imprimante", []int64{a, b}}, // her team's pool
		{Fay, "sabotage", []int64{a}}, {Tom, "imprimante", nil}, {Mona, "imprimante", nil},
	} {
		same(t, fmt.Sprintf("%s seeks %q", c.who, c.text), s.finds(c.who, c.text), c.want)
	}
}

// Whoever handles some tickets does not find the internal notes of a ticket that he or she only asked for.
func TestNotesAreFoundByThoseWhoHandleTheTicket(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Ann, ticketing.Open{Service: Wifi})
	s.say(Max, ticket, ticketing.FollowUp{Text: "Demande étrange.", Internal: true})
	same(t, "her own ticket", s.finds(Ann, "cours"), []int64{ticket.Number})
	same(t, "the note about it", s.finds(Ann, "étrange"), nil)
	if v := s.view(Ann, ticket); v.Agent || v.Works || !v.Speaks {
		t.Errorf("a technician as requester: %+v", v)
	}
	_, err := s.desk.FollowUp(s.ctx, s.actor(Ann), ticket.Number, ticketing.FollowUp{Text: "x", Internal: true})
	s.fails(err, guichet.KindDenied, "action.denied")
}

// crowd opens tickets in many states, several at the same moment, seen by different people.
func (s *stage) crowd(n int) {
	s.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	services := []guichet.ID{Moodle, Homework, Wifi, Network}
	for i := range n {
		if random.IntN(3) > 0 {
			s.clock.Add(time.Second)
		}
		who := []guichet.ID{Rita, Stan, Ben}[random.IntN(3)]
		t := s.open(who, ticketing.Open{Service: services[random.IntN(4)], Title: fmt.Sprintf("Panne %d", i), Description: "x",
			Beneficiary: []string{"", "", "ben"}[random.IntN(3)]})
		if random.IntN(2) == 0 {
			continue
		}
		agent, technician := Mona, Ann
		if t.ServiceID == Wifi || t.ServiceID == Network {
			agent, technician = Max, Cleo
		}
		act := guichet.Act{Action: guichet.ActionAssign, TeamID: s.view(agent, t).Desk.ServiceTeam(t.ServiceID)}
		if random.IntN(2) == 0 {
			act.AssigneeID = technician
		}
		s.do(agent, t, guichet.StateAssigned, act)
		if random.IntN(2) == 0 {
			s.do(agent, t, guichet.StateResolved, resolve)
		}
	}
}

// lists are the queries of the menus.
func lists(me guichet.ID) map[string]store.TicketQuery {
	return map[string]store.TicketQuery{
		"everything":    {},
		"open":          {Open: true},
		"unfinished":    {Unfinished: true},
		"mine":          {AssigneeID: me, Open: true},
		"asked":         {RequesterIDs: []guichet.ID{me}},
		"for others":    {OpenedForID: me},
		"pool":          {TeamIDs: []guichet.ID{Support, NetworkTeam}, Unassigned: true, Open: true},
		"team":          {TeamIDs: []guichet.ID{Support}, Unfinished: true},
		"to qualify":    {States: []guichet.State{guichet.StateNew}},
		"two states":    {States: []guichet.State{guichet.StateNew, guichet.StateResolved}},
		"service":       {ServiceID: Learning},
		"organisation":  {Organisation: "lyon", Open: true},
		"words":         {Query: Asked("panne")},
		"urgent":        {Priorities: []guichet.Priority{guichet.PriorityLow, guichet.PriorityMedium}, Kinds: []guichet.Kind{guichet.KindIncident}},
		"contradictory": {Open: true, States: []guichet.State{guichet.StateResolved}},
	}
}

// Every list, whoever reads it and however small its pages, holds each ticket once, in order, and as
// many as its count says.
func TestPagesHoldEverythingOnce(t *testing.T) {
	s := newStage(t)
	s.crowd(60)
	for _, who := range []guichet.ID{Rita, Ben, Ann, Cleo, Mona, Fay, Dora, Tom} {
		for name, q := range lists(who) {
			q.Limit = 100
			whole := s.numbers(who, q)
			for _, size := range []int{1, 7} {
				q.Limit = size
				same(t, fmt.Sprintf("%s: %s by pages of %d", who, name, size), s.numbers(who, q), whole)
			}
			counts, err := s.desk.Counts(s.ctx, s.actor(who), []store.TicketQuery{q})
			if err != nil || counts[0] != (store.Count{N: len(whole)}) {
				t.Errorf("%s: %s counts %v (%v), holds %d", who, name, counts, err, len(whole))
			}
			if unique := slices.Compact(slices.Sorted(slices.Values(whole))); len(unique) != len(whole) {
				t.Errorf("%s: %s repeats tickets: %v", who, name, whole)
			}
		}
	}
	if all := s.numbers(Fay, store.TicketQuery{}); len(all) != 60 {
		t.Errorf("the administrator sees %d of 60", len(all))
	}
	if mine := s.numbers(Rita, store.TicketQuery{}); len(mine) == 0 || len(mine) == 60 {
		t.Errorf("the requester sees %d of 60", len(mine))
	}
}

func TestPagesStayWholeWhileTicketsChange(t *testing.T) {
	s := newStage(t)
	s.crowd(30)
	first, err := s.desk.List(s.ctx, s.actor(Fay), store.TicketQuery{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	before := s.numbers(Fay, store.TicketQuery{})
	s.clock.Add(time.Hour)
	s.open(Rita, ticketing.Open{}) // a newcomer goes to the top, not in between
	rest := s.numbers(Fay, store.TicketQuery{After: first.Next})
	same(t, "the rest of the list", rest, before[10:])
}

func TestRowsNameTheirPeople(t *testing.T) {
	s := newStage(t)
	in := sound()
	in.Beneficiary = string(Ben)
	ticket := s.open(Rita, in)
	s.do(Mona, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: Support, AssigneeID: Ann})
	page, err := s.desk.List(s.ctx, s.actor(Mona), store.TicketQuery{})
	if err != nil || len(page.Rows) != 1 {
		t.Fatalf("%+v %v", page, err)
	}
	r := page.Rows[0]
	if r.Requester != "Rita Durand" || r.Beneficiary != "Ben Élan" || r.Assignee != "Ann Blanc" || r.LastMessage != "Depuis ce matin." || r.TeamID != Support {
		t.Errorf("%+v", r)
	}
}

// A technician who asks another team is told of the own ticket what any requester is: how it is worked on stays with
// those who handle it, in the rows and by their filters.
func TestATechnicianWhoAsksIsToldWhatRequestersAre(t *testing.T) {
	s := newStage(t)
	mine := s.open(Ann, ticketing.Open{Service: Wifi})
	s.do(Max, mine, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: NetworkTeam})
	if _, err := s.desk.Tag(s.ctx, s.actor(Cleo), mine.Number, []string{"rouge"}, nil); err != nil {
		t.Fatal(err)
	}
	for who, handles := range map[guichet.ID]bool{Ann: false, Cleo: true} {
		page, err := s.desk.List(s.ctx, s.actor(who), store.TicketQuery{})
		if err != nil || len(page.Rows) != 1 {
			t.Fatalf("%s reads %+v, %v", who, page.Rows, err)
		}
		if row := page.Rows[0]; row.Handled != handles || (row.Level != "") != handles || (len(row.Tags) > 0) != handles {
			t.Errorf("%s is told %+v", who, row)
		}
		if found := s.numbers(who, store.TicketQuery{Tag: "rouge"}); (len(found) > 0) != handles {
			t.Errorf("%s finds %v by the tag", who, found)
		}
		now := s.now(mine)
		if does, err := s.desk.Handles(s.ctx, s.actor(who), now); err != nil || does != handles {
			t.Errorf("%s handles it: %t, %v", who, does, err)
		}
	}
}
