package ticketing_test

import (
	"testing"

	"guichet"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// TestNothingIsSentUnaware: what others said or decided since the writer looked stops a message to the requester,
// once; a note among agents goes all the same, and so does a message after what the writer did.
func TestNothingIsSentUnaware(t *testing.T) {
	s := newStage(t)
	ticket := s.taken()
	seen := s.now(ticket).LastSeq
	say := func(who guichet.ID, in ticketing.FollowUp) error {
		_, err := s.desk.FollowUp(s.ctx, s.actor(who), ticket.Number, in)
		return err
	}
	send := func(mode guichet.Mode, text string, seen int64) error {
		m := message(mode, text)
		m.Seen, m.Delay = seen, 0
		_, err := s.desk.Send(s.ctx, s.actor(Ann), ticket.Number, m)
		return err
	}
	s.must(say(Ann, ticketing.FollowUp{Text: "Je regarde.", Seen: seen}))
	s.must(say(Ann, ticketing.FollowUp{Text: "Encore moi.", Seen: seen}))
	s.must(say(Rita, ticketing.FollowUp{Text: "C’est réparé, merci."}))
	s.fails(say(Ann, ticketing.FollowUp{Text: "Redémarrez.", Seen: seen}), guichet.KindConflict, "ticket.overtaken")
	s.fails(send(guichet.ModeReply, "Redémarrez.", seen), guichet.KindConflict, "ticket.overtaken")
	s.must(send(guichet.ModeNote, "Une note.", seen))
	s.must(say(Ann, ticketing.FollowUp{Text: "Une autre note.", Internal: true, Seen: seen}))
	s.must(say(Ann, ticketing.FollowUp{Text: "Redémarrez.", Seen: s.now(ticket).LastSeq}))
	s.must(say(Bob, ticketing.FollowUp{Text: "Ne répondez pas.", Internal: true}))
	s.must(say(Rita, ticketing.FollowUp{Text: "Quoi ?", Seen: 1 << 40}))
	seen = s.now(ticket).LastSeq - 2
	s.fails(send(guichet.ModeReply, "Voici.", seen), guichet.KindConflict, "ticket.overtaken")
	s.must(send(guichet.ModeReply, "Voici.", 0)) // by a program, which shows nothing
}
