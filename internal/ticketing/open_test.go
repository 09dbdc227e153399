package ticketing_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// sound is an opening that is accepted as it is.
func sound() ticketing.Open {
	return ticketing.Open{Service: Moodle, Kind: guichet.KindIncident, Title: "Page blanche", Description: "Depuis ce matin."}
}

func TestEveryWrongFieldIsSaidAtOnce(t *testing.T) {
	s := newStage(t)
	_, err := s.desk.Open(s.ctx, s.actor(Rita), ticketing.Open{Title: " ", Service: "nothing", Kind: "wish", Urgency: "asap",
		Phone: "call me", WorkPlace: "moon", Channel: "smoke", Beneficiary: "nobody", Observers: []guichet.ID{"ghost"},
		Location: strings.Repeat("é", 201), Files: make([]ticketing.File, 21), Key: strings.Repeat("k", 201)})
	same(t, "faults", s.faults(err), []string{"title: field.required", "description: field.required", "location: field.too_long",
		"key: field.too_long", "phone: field.phone", "urgency: field.unknown_value", "work_place: field.unknown_value",
		"channel: field.unknown_value", "files: field.too_many", "service: field.unknown_value", "kind: field.unknown_value",
		"beneficiary: person.unknown", "observers: person.unknown"})
}

func TestServicesThatCannotBeAskedFor(t *testing.T) {
	s := newStage(t)
	for _, service := range []guichet.ID{"retired", "students"} {
		in := sound()
		in.Service = service
		_, err := s.desk.Open(s.ctx, s.actor(Rita), in)
		same(t, string(service), s.faults(err), []string{"service: field.unknown_value"})
	}
	in := sound()
	in.Service, in.Offering = Wifi, Incident
	_, err := s.desk.Open(s.ctx, s.actor(Rita), in)
	same(t, "form of another service", s.faults(err), []string{"offering: field.unknown_value"})
}

func TestTheFormIsChecked(t *testing.T) {
	s := newStage(t)
	in := sound()
	in.Offering = Incident
	in.Answers = map[string][]string{"where": {"course"}, "colour": {"red"}}
	_, err := s.desk.Open(s.ctx, s.actor(Rita), in)
	same(t, "faults", s.faults(err), []string{"answers.colour: field.unknown", "answers.course: field.required"})
	in.Answers = map[string][]string{"where": {"other"}, "course": {"dropped, since it is not asked"}}
	ticket := s.open(Rita, in)
	same(t, "answers", s.now(ticket).Answers, []guichet.Answer{{Key: "where", Label: "Où ?", Type: guichet.FieldChoice, Values: []string{"other"}, Labels: []string{"Ailleurs"}}})
}

func TestTextsAreCleanedNotChanged(t *testing.T) {
	s := newStage(t)
	in := sound()
	in.Title, in.Description = "  Page\tblanche\x00 ", "Ligne 1\r\n\n<b>gras</b> & « é » 🙂 \x07 "
	ticket := s.now(s.open(Rita, in))
	if ticket.Title != "Page blanche" || ticket.Description != "Ligne 1\n\n<b>gras</b> & « é » 🙂" {
		t.Errorf("title %q, description %q", ticket.Title, ticket.Description)
	}
}

func TestOpenedForSomebodyElse(t *testing.T) {
	s := newStage(t)
	in := sound()
	in.Beneficiary = "E-ben"
	ticket := s.open(Stan, in)
	if ticket.RequesterID != Stan || ticket.BeneficiaryID != Ben || ticket.OrganisationID != "lab" || ticket.OpenedByID != Stan {
		t.Errorf("for a colleague: %+v", ticket)
	}
	s.view(Ben, ticket)
	s.do(Mona, ticket, guichet.StateAssigned, toward)
	s.do(Ann, ticket, guichet.StateAssigned, claim)
	s.do(Ann, ticket, guichet.StateResolved, resolve)
	s.do(Ben, ticket, guichet.StateClosed, guichet.Act{Action: guichet.ActionValidate})
}

func TestRecordingACall(t *testing.T) {
	s := newStage(t)
	in := sound()
	in.Requester, in.Channel = "rita@example.org", guichet.ChannelPhone
	_, err := s.desk.Open(s.ctx, s.actor(Stan), in)
	s.fails(err, guichet.KindDenied, "open.for_others")
	_, err = s.desk.Open(s.ctx, s.actor(Max), in) // he moderates another service
	s.fails(err, guichet.KindDenied, "open.for_others")
	ticket := s.open(Mona, in)
	if ticket.RequesterID != Rita || ticket.OpenedByID != Mona || ticket.Channel != guichet.ChannelPhone || ticket.Phone != "04 72 43 83 83" {
		t.Errorf("recorded: %+v", ticket)
	}
	s.view(Rita, ticket)
}

func TestWhoIsMeant(t *testing.T) {
	s := newStage(t)
	for text, want := range map[string]guichet.ID{"ben": Ben, "BEN": Ben, "ben@Example.org": Ben, "E-ben": Ben,
		"élan b": Ben, "Cleo": Cleo, "marchand": Cleo, "d": ""} {
		in := sound()
		in.Beneficiary = text
		ticket, err := s.desk.Open(s.ctx, s.actor(Stan), in)
		if want == "" {
			if err == nil {
				t.Errorf("%q means %s, want nobody", text, ticket.BeneficiaryID)
			}
			continue
		}
		if err != nil || ticket.BeneficiaryID != want {
			t.Errorf("%q means %q (%v), want %s", text, ticket.BeneficiaryID, err, want)
		}
	}
}

// A login that is also the beginning of another's name means its owner.
func TestALoginGoesBeforeNames(t *testing.T) {
	s := newStage(t)
	Person(t, s.store, guichet.Person{ID: "p1", GivenName: "Omarion", FamilyName: "Benalioui", Active: true})
	in := sound()
	in.Beneficiary = "OMAR@example.org"
	if got := s.open(Rita, in).BeneficiaryID; got != Omar {
		t.Errorf("address: %s", got)
	}
	in.Beneficiary = "Omar"
	if got := s.open(Rita, in).BeneficiaryID; got != Omar {
		t.Errorf("login: %s", got)
	}
	in.Beneficiary = "Benali"
	_, err := s.desk.Open(s.ctx, s.actor(Rita), in)
	same(t, "two names", s.faults(err), []string{"beneficiary: person.several"})
}

func TestObserversFollow(t *testing.T) {
	s := newStage(t)
	in := sound()
	in.Observers = []guichet.ID{Stan}
	ticket := s.open(Rita, in)
	s.view(Stan, ticket)
	s.say(Stan, ticket, ticketing.FollowUp{Text: "Moi aussi."})
	s.refused(Stan, ticket, guichet.Act{Action: guichet.ActionCancel}, guichet.KindDenied, "action.denied")
	_, err := s.desk.FollowUp(s.ctx, s.actor(Stan), ticket.Number, ticketing.FollowUp{Text: "x", Internal: true})
	s.fails(err, guichet.KindDenied, "action.denied")
}

func TestTheSameKeyOpensOneTicket(t *testing.T) {
	s := newStage(t)
	in := sound()
	in.Key = "k1"
	first, again := s.open(Rita, in), s.open(Rita, in)
	if first.ID != again.ID || first.Number != again.Number {
		t.Errorf("two tickets: %d and %d", first.Number, again.Number)
	}
	other := in
	other.Title = "Autre chose"
	_, err := s.desk.Open(s.ctx, s.actor(Rita), other)
	s.fails(err, guichet.KindConflict, "idempotency.reused")
	if theirs := s.open(Stan, in); theirs.ID == first.ID {
		t.Error("the key of one person counts for another")
	}
}

func TestTheSameKeyAtOnceOpensOneTicket(t *testing.T) {
	s := newStage(t)
	in, actor := sound(), s.actor(Rita)
	in.Key = "k1"
	numbers := make([]int64, 12)
	var all sync.WaitGroup
	for i := range numbers {
		all.Go(func() {
			ticket, err := s.desk.Open(s.ctx, actor, in)
			if err != nil {
				t.Errorf("open %d: %v", i, err)
			}
			numbers[i] = ticket.Number
		})
	}
	all.Wait()
	for _, n := range numbers {
		if n != 1 {
			t.Errorf("numbers %v, want 1 everywhere", numbers)
			break
		}
	}
	if next := s.open(Rita, sound()).Number; next != 2 {
		t.Errorf("the next number is %d, want 2", next)
	}
}

// Two hundred openings by eight writers: consecutive numbers, each once (the counter is a row).
func TestNumbersAreConsecutive(t *testing.T) {
	s := newStage(t)
	const writers, each = 8, 25
	var mu sync.Mutex
	seen := map[int64]int{}
	var all sync.WaitGroup
	actor := s.actor(Rita)
	for w := range writers {
		all.Go(func() {
			for i := range each {
				in := sound()
				in.Title = fmt.Sprintf("Panne %d-%d", w, i)
				ticket, err := s.desk.Open(s.ctx, actor, in)
				if err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
				mu.Lock()
				seen[ticket.Number]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for n := int64(1); n <= writers*each; n++ {
		if seen[n] != 1 {
			t.Errorf("number %d was given %d times", n, seen[n])
		}
	}
}

func TestARefusedOpeningTakesNoNumber(t *testing.T) {
	s := newStage(t)
	bad := sound()
	bad.Title = ""
	if _, err := s.desk.Open(s.ctx, s.actor(Rita), bad); err == nil {
		t.Fatal("opened without a title")
	}
	if n := s.open(Rita, sound()).Number; n != 1 {
		t.Errorf("number %d, want 1", n)
	}
}

// A program joins its files once the ticket is there: a file that the form requires is not required of it yet.
func TestFilesOfAProgramComeLater(t *testing.T) {
	s := newStage(t)
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		d := Desk()
		o := d.Offerings[Incident]
		o.Form.Fields = []guichet.Field{{Key: "proof", Type: guichet.FieldFile, Label: "Justificatif", Required: true},
			{Key: "course", Type: guichet.FieldText, Label: "Cours", Required: true}}
		d.Offerings[Incident] = o
		return tx.SaveDesk(s.ctx, d)
	})
	if err != nil {
		t.Fatal(err)
	}
	in := sound()
	in.Offering = Incident
	program := s.actor(Rita)
	program.Channel = guichet.ChannelAPI
	_, err = s.desk.Open(s.ctx, program, in)
	same(t, "by a program", s.faults(err), []string{"answers.course: field.required"})
	_, err = s.desk.Open(s.ctx, s.actor(Rita), in)
	same(t, "on the portal", s.faults(err), []string{"answers.proof: field.required", "answers.course: field.required"})
	in.Answers = map[string][]string{"course": {"Analyse"}}
	if _, err = s.desk.Open(s.ctx, program, in); err != nil {
		t.Errorf("the rest answered: %v", err)
	}
}
