package ticketing_test

import (
	"fmt"
	"testing"
	"time"

	"guichet"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func TestFilesStayInTheOrderOfTheirSending(t *testing.T) {
	s := newStage(t)
	in, want := sound(), []string{}
	for i := range 12 {
		want = append(want, fmt.Sprintf("%02d.png", 12-i))
		in.Files = append(in.Files, file(want[i]))
	}
	ticket := s.open(Rita, in)
	s.clock.Add(time.Second)
	s.say(Rita, ticket, ticketing.FollowUp{Files: []ticketing.File{file("z.png"), file("a.png")}})
	var got []string
	for _, d := range s.view(Rita, ticket).Documents {
		got = append(got, d.Name)
	}
	same(t, "names", got, append(want, "z.png", "a.png"))
}

func TestFileNamesThatSayNothingOrLie(t *testing.T) {
	s := newStage(t)
	in, want := sound(), []string{}
	for given, kept := range map[string]string{"": "fichier.png", "..": "fichier.png", "\u202e\u200b": "fichier.png", "/": "fichier.png",
		"photo\u202egnp.exe": "photognp.exe", "../../x.sh": "x.sh", "a\r\nb.png": "a b.png"} {
		in.Files, want = append(in.Files, file(given)), append(want, kept)
	}
	in.Title = "Urgent\u202e\u200b : facture\r\nBcc: x"
	ticket := s.open(Rita, in)
	var got []string
	for _, d := range s.view(Rita, ticket).Documents {
		got = append(got, d.Name)
	}
	same(t, "names", got, want)
	same(t, "title", ticket.Title, "Urgent : facture Bcc: x")
}

func TestNobodyClaimsAWayThatIsNotTheirs(t *testing.T) {
	s := newStage(t)
	for channel, want := range map[guichet.Channel][]string{guichet.ChannelPortal: nil, guichet.ChannelPhone: {"channel: field.unknown_value"},
		guichet.ChannelMail: {"channel: field.unknown_value"}, guichet.ChannelSystem: {"channel: field.unknown_value"}} {
		in := sound()
		in.Channel = channel
		actor := s.actor(Rita)
		actor.Channel = guichet.ChannelPortal
		if _, err := s.desk.Open(s.ctx, actor, in); want != nil {
			same(t, string(channel), s.faults(err), want)
		} else if err != nil {
			t.Errorf("%s: %v", channel, err)
		}
	}
	in := sound()
	in.Channel = guichet.ChannelPhone
	same(t, "a moderator records a call", s.open(Mona, in).Channel, guichet.ChannelPhone)
}

func TestTheNumberOfAColleagueIsNotTold(t *testing.T) {
	s := newStage(t)
	in := sound()
	in.Beneficiary = string(Ben)
	if got := s.open(Rita, in); got.Phone != "" {
		t.Errorf("the requester reads %q", got.Phone)
	}
	same(t, "own number", s.open(Ben, sound()).Phone, s.actor(Ben).Person.Phone)
}

func TestADocumentIsFoundOnItsOwnTicketOnly(t *testing.T) {
	s := newStage(t)
	in := sound()
	in.Files = []ticketing.File{file("a.png")}
	one, other := s.open(Rita, in), s.open(Rita, sound())
	s.clock.Add(time.Second)
	s.say(Mona, one, ticketing.FollowUp{Text: "Note", Internal: true, Files: []ticketing.File{file("secret.png")}})
	all := s.view(Mona, one).Documents
	for _, c := range []struct {
		who    guichet.ID
		ticket guichet.Ticket
		file   int
		found  bool
	}{{Rita, one, 0, true}, {Rita, other, 0, false}, {Rita, one, 1, false}, {Mona, one, 1, true}, {Stan, one, 0, false}, {Mona, other, 1, false}} {
		d, err := s.desk.DocumentOf(s.ctx, s.actor(c.who), c.ticket.Number, all[c.file].ID)
		if (err == nil) != c.found || (d.ID != "") != c.found {
			t.Errorf("%s, file %d of ticket %d: %q, %v", c.who, c.file, c.ticket.Number, d.Name, err)
		}
		if err != nil && guichet.KindOf(err) != guichet.KindNotFound {
			t.Errorf("%s: %v", c.who, err)
		}
	}
}
