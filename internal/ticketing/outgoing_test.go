package ticketing_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func message(mode guichet.Mode, text string) ticketing.Message {
	return ticketing.Message{OutgoingMessage: guichet.OutgoingMessage{Text: text}, Mode: mode, Delay: 10 * time.Second}
}

func (s *stage) send(who guichet.ID, t guichet.Ticket, m ticketing.Message) ticketing.Sent {
	s.Helper()
	sent, err := s.desk.Send(s.ctx, s.actor(who), t.Number, m)
	s.must(err)
	return sent
}

func (s *stage) outgoing(who guichet.ID, t guichet.Ticket) []guichet.Outgoing {
	s.Helper()
	return s.view(who, t).Outgoing
}

func TestAMessageWaitsUnseen(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	before, events := s.now(ticket), len(s.kinds(Rita, ticket))
	m := message(guichet.ModeReply, "Bonjour Rita.")
	m.Files = []ticketing.File{file("a.png")}
	sent := s.send(Ann, ticket, m)
	if got := s.now(ticket); got.LastSeq != before.LastSeq || got.LastMessage != before.LastMessage || got.Version != before.Version {
		t.Errorf("the ticket changed before the message left: %+v", got)
	}
	if n := len(s.kinds(Rita, ticket)); n != events {
		t.Errorf("the requester sees %d events, had %d", n, events)
	}
	for _, who := range []guichet.ID{Rita, Bob} {
		if list := s.outgoing(who, ticket); len(list) != 0 {
			t.Errorf("%s knows of it: %+v", who, list)
		}
	}
	if list := s.outgoing(Ann, ticket); len(list) != 1 || list[0].ID != sent.Outgoing.ID || list[0].Message.Text != "Bonjour Rita." {
		t.Fatalf("its author sees %+v", list)
	}
	s.later(9 * time.Second)
	if len(s.outgoing(Ann, ticket)) != 1 {
		t.Fatal("it left too early")
	}
	s.later(time.Second)
	v := s.view(Rita, ticket)
	last := v.Events[len(v.Events)-1]
	if len(s.outgoing(Ann, ticket)) != 0 || last.Kind != guichet.EventFollowedUp || last.Text != "Bonjour Rita." || last.ActorID != Ann || len(v.Documents) != 1 {
		t.Errorf("after its delay: %+v, files %d", last, len(v.Documents))
	}
}

func TestAMessageIsTakenBack(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	m := message(guichet.ModeSolution, "Réparé.")
	m.Files = []ticketing.File{file("a.png")}
	m.ServiceID = Homework
	id := s.send(Ann, ticket, m).Outgoing.ID
	_, _, err := s.desk.TakeBack(s.ctx, s.actor(Bob), id)
	s.fails(err, guichet.KindConflict, "outgoing.left")
	s.clock.Add(9 * time.Second)
	o, files, err := s.desk.TakeBack(s.ctx, s.actor(Ann), id)
	s.must(err)
	if o.Message.Text != "Réparé." || o.Message.ServiceID != Homework || o.Mode != guichet.ModeSolution || len(files) != 1 {
		t.Errorf("taken back: %+v %+v", o, files)
	}
	s.later(time.Minute)
	if got := s.now(ticket).State; got != guichet.StateAssigned {
		t.Errorf("what was taken back left: %s", got)
	}
	_, _, err = s.desk.TakeBack(s.ctx, s.actor(Ann), id)
	s.fails(err, guichet.KindConflict, "outgoing.left")
}

func TestWhatHasLeftStays(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	id := s.send(Ann, ticket, message(guichet.ModeReply, "Bonjour.")).Outgoing.ID
	s.clock.Add(10 * time.Second)
	s.write(func(tx *store.Tx) error { // a node takes it in hand, and is killed
		_, err := tx.ClaimJobs(s.ctx, 50, time.Minute, ticketing.JobSend)
		return err
	})
	_, _, err := s.desk.TakeBack(s.ctx, s.actor(Ann), id)
	s.fails(err, guichet.KindConflict, "outgoing.left")
	s.later(time.Hour) // another node takes over
	if got := s.now(ticket).LastMessage; got != "Bonjour." {
		t.Errorf("after the node was killed: %q", got)
	}
}

func TestAMessageIsSentOnce(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	m := message(guichet.ModeReply, "Une fois.")
	m.Key = "k"
	s.send(Ann, ticket, m)
	s.send(Ann, ticket, m)
	if n := len(s.outgoing(Ann, ticket)); n != 1 {
		t.Errorf("%d messages wait", n)
	}
}

func TestASolutionThatIsRefusedLaterComesBack(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	s.send(Ann, ticket, message(guichet.ModeSolution, "Réparé."))
	s.do(Ann, ticket, guichet.StateResolved, resolve) // from another window
	s.later(10 * time.Second)
	list := s.outgoing(Ann, ticket)
	if len(list) != 1 || list[0].Failed == "" {
		t.Fatalf("what could not leave: %+v", list)
	}
	if o, _, err := s.desk.TakeBack(s.ctx, s.actor(Ann), list[0].ID); err != nil || o.Message.Text != "Réparé." {
		t.Errorf("its text is lost: %+v %v", o, err)
	}
	_, err := s.desk.Send(s.ctx, s.actor(Ann), ticket.Number, message(guichet.ModeSolution, "Encore."))
	s.fails(err, guichet.KindConflict, "action.not_now")
}

// Its author is told of what could not leave wherever he or she is, and finds the text again even when the ticket is
// somebody else's.
func TestWhatCouldNotLeaveIsToldOutsideItsTicket(t *testing.T) {
	s := newStage(t)
	here, gone := s.taken(), s.taken()
	told := func(who guichet.ID) int {
		s.Helper()
		alarms, err := s.desk.Alarms(s.ctx, s.actor(who))
		s.must(err)
		return alarms.Unsent
	}
	s.send(Ann, here, message(guichet.ModeSolution, "Réparé."))
	s.clock.Add(time.Second)
	s.send(Ann, gone, message(guichet.ModeNote, "À suivre."))
	same(t, "what waits for its time", told(Ann), 0)
	s.do(Ann, here, guichet.StateResolved, resolve)
	s.do(Mona, gone, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: NetworkTeam, Text: "Le réseau."})
	s.later(10 * time.Second)
	same(t, "its author", told(Ann), 2)
	same(t, "a colleague", told(Bob), 0)
	list, err := s.desk.Returned(s.ctx, s.actor(Ann))
	s.must(err)
	if len(list) != 2 || list[0].Number != here.Number || list[0].Title != here.Title || list[0].Message.Text != "Réparé." || list[0].Failed == "" {
		t.Fatalf("came back: %+v", list)
	}
	if m := list[1]; m.Number != gone.Number || m.Title != "" || m.Message.Text != "À suivre." {
		t.Errorf("on a ticket that went elsewhere: %+v", m)
	}
	for _, m := range list {
		_, _, err := s.desk.TakeBack(s.ctx, s.actor(Ann), m.ID)
		s.must(err)
	}
	same(t, "once taken up", told(Ann), 0)
	s.must(s.desk.DeclareMajor(s.ctx, s.actor(Mona), here.Number))
	alarms, err := s.desk.Alarms(s.ctx, s.actor(Ann))
	s.must(err)
	if len(alarms.Majors) != 1 || alarms.Majors[0].Number != here.Number {
		t.Errorf("major incidents: %+v", alarms.Majors)
	}
}

func TestWhatWouldBeRefusedIsRefusedAtOnce(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	_, err := s.desk.Send(s.ctx, s.actor(Ann), ticket.Number, message(guichet.ModeReply, " "))
	same(t, "nothing", s.faults(err), []string{"text: field.required"})
	_, err = s.desk.Send(s.ctx, s.actor(Ann), ticket.Number, message(guichet.ModeSolution, ""))
	same(t, "no solution", s.faults(err), []string{"solution: field.required"})
	_, err = s.desk.Send(s.ctx, s.actor(Rita), ticket.Number, message(guichet.ModeNote, "Note"))
	s.fails(err, guichet.KindDenied, "action.denied")
	_, err = s.desk.Send(s.ctx, s.actor(Stan), ticket.Number, message(guichet.ModeReply, "Bonjour"))
	s.fails(err, guichet.KindNotFound, "ticket.not_found")
}

func TestAReplyMayHoldTheTicket(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	m := message(guichet.ModeReply, "Quel cours ?")
	m.Hold, m.Delay = true, 0
	said := s.send(Ann, ticket, m).Said
	if got := s.now(ticket); got.State != guichet.StatePending || got.PendingReason != ticketing.PendingRequester || said.Ticket.State != guichet.StatePending {
		t.Errorf("after a question: %+v", got)
	}
	s.send(Ann, ticket, m) // it waits already: what is said is said
	if got := s.now(ticket).State; got != guichet.StatePending {
		t.Errorf("after another question: %s", got)
	}
}

func TestAMentionTellsWhoReadsNotes(t *testing.T) {
	s := newStage(t)
	ticket := s.taken() // by Ann, of the team of Bob
	name := func(who guichet.ID) string { return "@" + s.actor(who).Person.Name() }
	text := strings.Join([]string{name(Bob), name(Rita), name(Cleo), name(Bob)}, ", ") + " ?"
	said := s.say(Ann, ticket, ticketing.FollowUp{Text: text, Internal: true})
	if got := said.Event.Mentioned(); !slices.Equal(got, []guichet.ID{Bob}) {
		t.Errorf("told: %v; the requester and who handles other services read no notes", got)
	}
	parties := s.view(Ann, ticket).Parties
	if slices.ContainsFunc(parties, func(p guichet.Party) bool { return p.PersonID == Bob }) {
		t.Errorf("a mention makes nobody take part: %+v", parties)
	}
	if got := s.say(Ann, ticket, ticketing.FollowUp{Text: text}).Event.Mentioned(); got != nil {
		t.Errorf("an answer mentions %v", got)
	}
	list, err := s.desk.Mentionable(s.ctx, s.actor(Ann), ticket.Number, "b")
	s.must(err)
	if !slices.ContainsFunc(list, func(p guichet.Person) bool { return p.ID == Bob }) || slices.ContainsFunc(list, func(p guichet.Person) bool { return p.ID == Ben }) {
		t.Errorf("proposed: %+v", list)
	}
	_, err = s.desk.Mentionable(s.ctx, s.actor(Rita), ticket.Number, "")
	s.fails(err, guichet.KindDenied, "action.denied")
}

func TestTheComposerSaysWhoIsTold(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	v, err := s.desk.Look(s.ctx, s.actor(Mona), ticket.Number, ticketing.Look{Composer: true})
	s.must(err)
	people := func(mode guichet.Mode) (out []guichet.ID) {
		for _, r := range v.Told[mode] {
			out = append(out, r.PersonID)
		}
		return out
	}
	if got := people(guichet.ModeReply); !slices.Equal(got, []guichet.ID{Rita, Ann}) {
		t.Errorf("a reply is told to %v", got)
	}
	if got := people(guichet.ModeNote); !slices.Equal(got, []guichet.ID{Ann}) {
		t.Errorf("a note is told to %v", got)
	}
	if got := people(guichet.ModeSolution); !slices.Equal(got, []guichet.ID{Rita, Ann}) {
		t.Errorf("a solution is told to %v", got)
	}
}

func TestTheLastEventsComeWithTheFirst(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	for range 5 {
		s.say(Ann, ticket, ticketing.FollowUp{Text: "Encore."})
	}
	v, err := s.desk.Look(s.ctx, s.actor(Ann), ticket.Number, ticketing.Look{Last: 3})
	s.must(err)
	if len(v.Events) != 3 || !v.More || v.Opening == nil || v.Opening.Kind != guichet.EventOpened || v.People[Rita].ID != Rita {
		t.Errorf("%d events, more %t, opening %+v", len(v.Events), v.More, v.Opening)
	}
	if v = s.view(Ann, ticket); v.More || v.Opening != nil {
		t.Errorf("a whole thread: more %t, opening %+v", v.More, v.Opening)
	}
}
