package ticketing_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"guichet"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func file(name string) ticketing.File {
	return ticketing.File{Name: name, MediaType: "image/png", Size: 12, Hash: strings.Repeat("ab", 32)}
}

func TestTheFirstAnswerIsTheContact(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{})
	s.say(Rita, ticket, ticketing.FollowUp{Text: "Alors ?"})
	s.say(Mona, ticket, ticketing.FollowUp{Text: "À voir.", Internal: true})
	if got := s.now(ticket).ContactedAt; !got.IsZero() {
		t.Fatalf("contacted at %v by nobody", got)
	}
	s.clock.Add(time.Minute)
	s.say(Mona, ticket, ticketing.FollowUp{Text: "Bonjour, **quel** cours ?"})
	after := s.now(ticket)
	if !after.ContactedAt.Equal(s.clock.Now()) || after.LastMessage != "Bonjour, quel cours ?" || !after.UpdatedAt.Equal(s.clock.Now()) {
		t.Errorf("after the first answer: %+v", after)
	}
}

func TestAMessageNeedsSomething(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{})
	_, err := s.desk.FollowUp(s.ctx, s.actor(Rita), ticket.Number, ticketing.FollowUp{Text: " \n\t"})
	same(t, "nothing", s.faults(err), []string{"text: field.required"})
	_, err = s.desk.FollowUp(s.ctx, s.actor(Rita), ticket.Number, ticketing.FollowUp{Text: strings.Repeat("a", guichet.MaxText+1)})
	same(t, "too much", s.faults(err), []string{"text: field.too_long"})
	said := s.say(Rita, ticket, ticketing.FollowUp{Files: []ticketing.File{file("écran.png")}})
	if said.Event.Kind != guichet.EventDocumentAdded || s.now(ticket).LastMessage == "" {
		t.Errorf("a file alone: %+v", said)
	}
}

// An answer of the requester takes the ticket back to work when it waits for it, and only then.
func TestTheRequestersAnswerEndsTheWait(t *testing.T) {
	for reason, want := range map[string]guichet.State{"requester": guichet.StateAssigned, "planned": guichet.StatePending} {
		s := newStage(t)
		ticket := s.taken()
		s.do(Ann, ticket, guichet.StatePending, guichet.Act{Action: guichet.ActionHold, PendingReason: reason,
			Until: s.clock.Now().Add(time.Hour)})
		s.say(Ann, ticket, ticketing.FollowUp{Text: "J’attends."})
		if got := s.now(ticket).State; got != guichet.StatePending {
			t.Fatalf("%s: the technician's own words ended the wait", reason)
		}
		s.say(Rita, ticket, ticketing.FollowUp{Text: "Voici."})
		if got := s.now(ticket).State; got != want {
			t.Errorf("%s: %s, want %s", reason, got, want)
		}
	}
}

func TestAMessageAfterTheEndOpensAFollowOn(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	s.do(Ann, ticket, guichet.StateResolved, resolve)
	s.do(Rita, ticket, guichet.StateClosed, guichet.Act{Action: guichet.ActionValidate})
	before := s.now(ticket)
	s.clock.Add(time.Hour)
	said := s.say(Rita, ticket, ticketing.FollowUp{Text: "C’est revenu.", Key: "k", Files: []ticketing.File{file("a.png")}})
	if !said.FollowOn || said.Ticket.Number != 2 || said.Ticket.State != guichet.StateNew || said.Ticket.Description != "C’est revenu." ||
		said.Event.Kind != guichet.EventOpened || said.Event.Seq != 1 {
		t.Fatalf("said %+v", said)
	}
	next := s.view(Rita, said.Ticket)
	if len(next.Documents) != 1 || len(next.Links) != 1 || next.Links[0].Number != 1 || !next.Links[0].Outward || next.Links[0].Kind != guichet.LinkFollowOnOf {
		t.Errorf("the follow-on: %+v %+v", next.Documents, next.Links)
	}
	old := s.view(Rita, ticket)
	if old.Ticket.State != guichet.StateClosed || old.Ticket.LastMessage != before.LastMessage || len(old.Links) != 1 || old.Links[0].Outward {
		t.Errorf("the closed one: %+v %+v", old.Ticket, old.Links)
	}
	again := s.say(Rita, ticket, ticketing.FollowUp{Text: "C’est revenu.", Key: "k", Files: []ticketing.File{file("a.png")}})
	if again.Ticket.Number != 2 || !again.FollowOn || again.Event.ID != said.Event.ID {
		t.Errorf("sent twice: %+v", again)
	}
	s.say(Ann, ticket, ticketing.FollowUp{Text: "Pour mémoire.", Internal: true})
	if got := s.now(ticket); got.State != guichet.StateClosed {
		t.Errorf("a note reopened it: %+v", got)
	}
}

func TestTheSameMessageSentAtOnceIsSaidOnce(t *testing.T) {
	s := newStage(t)
	ticket := s.open(Rita, ticketing.Open{})
	actor := s.actor(Rita)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			said, err := s.desk.FollowUp(s.ctx, actor, ticket.Number, ticketing.FollowUp{Text: "Alors ?", Key: "k"})
			if err != nil || said.Event.Seq != 2 {
				t.Errorf("said %+v, %v", said.Event, err)
			}
		})
	}
	all.Wait()
	same(t, "timeline", s.kinds(Rita, ticket), []guichet.EventKind{guichet.EventOpened, guichet.EventFollowedUp})
	_, err := s.desk.FollowUp(s.ctx, actor, ticket.Number, ticketing.FollowUp{Text: "Autre", Key: "k"})
	s.fails(err, guichet.KindConflict, "idempotency.reused")
}

// Twenty writers on one ticket: every message is there, numbered without gaps.
func TestNoMessageIsLost(t *testing.T) {
	s := newStage(t)
	tickets := []guichet.Ticket{s.taken(), s.taken()}
	actor := s.actor(Ann)
	var all sync.WaitGroup
	const writers, each = 20, 4
	for w := range writers {
		all.Go(func() {
			for i := range each {
				in := ticketing.FollowUp{Text: fmt.Sprintf("Message %d-%d", w, i), Internal: w%2 == 0}
				if _, err := s.desk.FollowUp(s.ctx, actor, tickets[(w+i)%2].Number, in); err != nil {
					t.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, ticket := range tickets {
		events := s.view(Ann, ticket).Events
		for i, e := range events {
			if e.Seq != int64(i)+1 {
				t.Fatalf("event %d of ticket %d has the number %d", i, ticket.Number, e.Seq)
			}
			if e.Text != "" {
				seen[e.Text] = true
			}
		}
		if got := s.now(ticket).LastSeq; got != int64(len(events)) {
			t.Errorf("last number %d of %d events", got, len(events))
		}
	}
	if len(seen) != writers*each {
		t.Errorf("%d messages, want %d", len(seen), writers*each)
	}
}

func TestTasks(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	due := s.clock.Now().AddDate(0, 0, 3)
	_, err := s.desk.AddTask(s.ctx, s.actor(Rita), ticket.Number, ticketing.NewTask{Title: "x"})
	s.fails(err, guichet.KindDenied, "action.denied")
	_, err = s.desk.AddTask(s.ctx, s.actor(Ann), ticket.Number, ticketing.NewTask{Minutes: -1, AssigneeID: Rita})
	same(t, "faults", s.faults(err), []string{"title: field.required", "minutes: field.number", "technician: field.unknown_value"})
	task, err := s.desk.AddTask(s.ctx, s.actor(Ann), ticket.Number, ticketing.NewTask{Title: "Vérifier le serveur", AssigneeID: Dan, DueAt: due, Minutes: 30})
	if err != nil {
		t.Fatal(err)
	}
	v := s.view(Dan, ticket) // the technician of a task sees its ticket, though it is of another team
	if !v.Agent || !v.Works || len(v.Tasks) != 1 || v.Tasks[0].AssigneeID != Dan || !v.Tasks[0].DueAt.Equal(due) {
		t.Errorf("Dan sees %+v", v)
	}
	s.refused(Dan, ticket, resolve, guichet.KindDenied, "action.denied")
	if err := s.desk.FinishTask(s.ctx, s.actor(Dan), ticket.Number, task.ID); err != nil {
		t.Fatal(err)
	}
	s.fails(s.desk.FinishTask(s.ctx, s.actor(Dan), ticket.Number, task.ID), guichet.KindConflict, "task.done")
	s.fails(s.desk.FinishTask(s.ctx, s.actor(Ann), ticket.Number, "nothing"), guichet.KindNotFound, "task.not_found")
	if done := s.view(Ann, ticket).Tasks[0]; done.DoneByID != Dan || !done.DoneAt.Equal(s.clock.Now()) {
		t.Errorf("done: %+v", done)
	}
}

// Who hands the ticket over keeps seeing it while a task of it is his or hers to do.
func TestATaskOutlivesTheHandover(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	if _, err := s.desk.AddTask(s.ctx, s.actor(Ann), ticket.Number, ticketing.NewTask{Title: "Rappeler"}); err != nil {
		t.Fatal(err)
	}
	s.do(Ann, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionEscalate, Level: guichet.Level3, Text: "Noyau."})
	if v := s.view(Ann, ticket); !v.Works {
		t.Error("Ann may no longer finish her task")
	}
}

func TestDocuments(t *testing.T) {
	s := newStage(t)
	in := sound()
	in.Files = []ticketing.File{file("écran.png"), file(strings.Repeat("long", 60) + ".pdf")}
	ticket := s.open(Rita, in)
	s.say(Mona, ticket, ticketing.FollowUp{Text: "Journal joint.", Internal: true, Files: []ticketing.File{file("journal.txt")}})
	theirs, ours := s.view(Rita, ticket).Documents, s.view(Mona, ticket).Documents
	if len(theirs) != 2 || len(ours) != 3 {
		t.Fatalf("the requester sees %d files, the moderator %d", len(theirs), len(ours))
	}
	if n := len([]rune(theirs[0].Name)) + len([]rune(theirs[1].Name)); n > 250 || !strings.HasSuffix(theirs[0].Name+theirs[1].Name, ".pdf") && !strings.HasPrefix(theirs[0].Name, "…") {
		t.Errorf("names %q, %q", theirs[0].Name, theirs[1].Name)
	}
	var internal guichet.Document
	for _, d := range ours {
		if d.Internal {
			internal = d
		}
	}
	for _, c := range []struct {
		who guichet.ID
		doc guichet.ID
		ok  bool
	}{{Rita, theirs[0].ID, true}, {Rita, internal.ID, false}, {Mona, internal.ID, true}, {Stan, theirs[0].ID, false},
		{Stan, internal.ID, false}, {Rita, "nothing", false}} {
		got, err := s.desk.Document(s.ctx, s.actor(c.who), c.doc)
		if c.ok && (err != nil || got.ID != c.doc) {
			t.Errorf("%s gets %+v, %v", c.who, got, err)
		}
		if !c.ok {
			s.fails(err, guichet.KindNotFound, "document.not_found")
		}
	}
}
