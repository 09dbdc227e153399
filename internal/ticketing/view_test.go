package ticketing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"guichet"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// secrets puts on a ticket everything that the requester's side must not see.
func (s *stage) secrets() guichet.Ticket {
	s.Helper()
	t := s.taken()
	s.say(Ann, t, ticketing.FollowUp{Text: "SECRET note", Internal: true, Files: []ticketing.File{file("SECRET.txt")}})
	if _, err := s.desk.AddTask(s.ctx, s.actor(Ann), t.Number, ticketing.NewTask{Title: "SECRET task", AssigneeID: Dan}); err != nil {
		s.Fatal(err)
	}
	s.do(Mona, t, guichet.StateAssigned, guichet.Act{Action: guichet.ActionQualify, Urgency: guichet.GradeHigh, Text: "SECRET reason"})
	s.say(Ann, t, ticketing.FollowUp{Text: "Bonjour."})
	return t
}

func TestTheRequestersSideSeesNothingInternal(t *testing.T) {
	s := newStage(t)
	in := sound()
	in.Observers, in.Beneficiary = []guichet.ID{Stan}, string(Ben)
	own := s.open(Rita, in)
	s.do(Mona, own, guichet.StateAssigned, toward)
	s.say(Mona, own, ticketing.FollowUp{Text: "SECRET note", Internal: true})
	hidden := s.secrets()
	for who, ticket := range map[guichet.ID]guichet.Ticket{Rita: hidden, Ben: own, Stan: own} {
		v := s.view(who, ticket)
		if text := fmt.Sprintf("%+v %+v %+v %+v %+v", v.Ticket, v.Events, v.Tasks, v.Documents, v.People); strings.Contains(text, "SECRET") {
			t.Errorf("%s reads %s", who, text)
		}
		if v.Agent || v.Works || !v.Speaks || slices.ContainsFunc(v.Events, func(e guichet.Event) bool { return e.Internal }) {
			t.Errorf("%s: agent %t, works %t, speaks %t, events %+v", who, v.Agent, v.Works, v.Speaks, v.Events)
		}
		if _, named := v.People[Dan]; named {
			t.Errorf("%s learns who has a task", who)
		}
	}
	for _, who := range []guichet.ID{Ann, Mona, Fay, Dan} {
		v := s.view(who, hidden)
		if !v.Agent || len(v.Tasks) != 1 || len(v.Documents) != 1 || len(v.Events) != 7 {
			t.Errorf("%s: agent %t, %d tasks, %d files, %d events", who, v.Agent, len(v.Tasks), len(v.Documents), len(v.Events))
		}
	}
}

func TestEachSeesWhatHeOrSheMayDo(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	for _, c := range []struct {
		who  guichet.ID
		want []guichet.Action
	}{
		{Rita, []guichet.Action{guichet.ActionCancel}},
		{Ann, []guichet.Action{guichet.ActionQualify, guichet.ActionAssign, guichet.ActionHold, guichet.ActionEscalate, guichet.ActionResolve}},
		{Bob, []guichet.Action{guichet.ActionQualify, guichet.ActionAssign}},
		{Mona, []guichet.Action{guichet.ActionQualify, guichet.ActionAssign, guichet.ActionHold, guichet.ActionEscalate, guichet.ActionResolve}},
		{Fay, nil},
	} {
		var got []guichet.Action
		for _, tr := range s.view(c.who, ticket).Actions {
			got = append(got, tr.Action)
		}
		same(t, string(c.who), got, c.want)
	}
}

// What a view offers is accepted, what it does not offer is refused: one rule decides both.
func TestAViewOffersWhatIsAccepted(t *testing.T) {
	s := newStage(t)
	for _, who := range []guichet.ID{Rita, Ann, Bob, Mona, Fay} {
		for _, action := range guichet.Actions() {
			ticket := s.taken()
			offered := slices.ContainsFunc(s.view(who, ticket).Actions, func(tr guichet.Transition) bool { return tr.Action == action })
			_, err := s.desk.Do(s.ctx, s.actor(who), ticket.Number, guichet.Act{Action: action, Text: "Parce que.", TeamID: Core,
				PendingReason: "planned", Until: s.clock.Now().AddDate(0, 0, 1)})
			if accepted := err == nil; accepted != offered {
				t.Errorf("%s by %s: offered %t, answered %v", action, who, offered, err)
			}
		}
	}
}

func TestALongTimelineIsReadByParts(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{})
	for i := range 120 {
		s.say(Rita, ticket, ticketing.FollowUp{Text: fmt.Sprint("Message ", i)})
	}
	last := s.view(Rita, ticket)
	if len(last.Events) != 100 || !last.More || last.Events[99].Text != "Message 119" {
		t.Fatalf("%d events, more %t", len(last.Events), last.More)
	}
	older, err := s.desk.View(s.ctx, s.actor(Rita), ticket.Number, last.Events[0].Seq)
	if err != nil || len(older.Events) != 21 || older.More || older.Events[20].Seq != last.Events[0].Seq-1 {
		t.Errorf("%d older events, more %t, %v", len(older.Events), older.More, err)
	}
}

func TestLinksShowOnlyWhatMayBeSeen(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	s.do(Ann, ticket, guichet.StateResolved, resolve)
	s.do(Rita, ticket, guichet.StateClosed, guichet.Act{Action: guichet.ActionValidate})
	follow := s.say(Rita, ticket, ticketing.FollowUp{Text: "Encore."}).Ticket
	s.do(Mona, follow, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: Core})
	if links := s.view(Dan, follow).Links; len(links) != 0 {
		t.Errorf("Dan learns of %+v", links)
	}
	if links := s.view(Mona, follow).Links; len(links) != 1 {
		t.Errorf("Mona sees %+v", links)
	}
}
