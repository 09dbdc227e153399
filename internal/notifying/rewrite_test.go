package notifying_test

import (
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/i18n"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// rewritten adds templates of mails to the desk of the tests, whatever they are worth.
func (s *stage) rewritten(list ...guichet.Template) *stage {
	s.Helper()
	s.write(func(tx *store.Tx) error {
		d := Desk()
		d.Templates = map[guichet.ID]guichet.Template{}
		for _, t := range list {
			t.Kind, t.Name = guichet.TemplateMail, string(t.ID)
			d.Templates[t.ID] = t
		}
		return tx.SaveDesk(s.ctx, d)
	})
	return s
}

var resolvedSlot = &guichet.MailSlot{Event: guichet.EventResolved, Side: "requester"}

func (s *stage) solved() guichet.Ticket {
	s.Helper()
	t := s.taken(ticketing.Open{})
	s.do(Ann, t, guichet.Act{Action: guichet.ActionResolve, Text: "Droits remis."})
	return t
}

func TestAnOrganisationsOwnWords(t *testing.T) {
	s := newStage(t).rewritten(guichet.Template{ID: "own", Mail: resolvedSlot,
		Subject: guichet.Wording{"fr": "{{ticket.titre}} : à vous de jouer"},
		Body:    guichet.Wording{"fr": "{{auteur.nom}} a répondu à <{{demandeur.nom}}>.\nLisez.\n\nPuis validez."},
		Closing: guichet.Wording{"fr": "Merci, {{equipe.nom}}"}})
	s.solved()
	m := s.to(s.mails(), "rita@example.org")
	if m.Subject != "[1] Le cours ne s’ouvre pas : à vous de jouer" {
		t.Errorf("subject %q", m.Subject)
	}
	for _, part := range []string{"Ann Blanc a répondu à <Rita Durand>.\nLisez.\n\nPuis validez.", "Merci, Support", "Bonjour Rita Durand,", "Droits remis.", "sera clos le"} {
		if !strings.Contains(m.Text, part) {
			t.Errorf("the text does not say %q:\n%s", part, m.Text)
		}
	}
	for _, part := range []string{"&lt;Rita Durand&gt;.<br>", "Puis validez.", "Merci, Support", "C’est résolu"} {
		if !strings.Contains(strings.ReplaceAll(m.HTML, "<br/>", "<br>"), part) {
			t.Errorf("the page does not say %q", part)
		}
	}
	if strings.Contains(m.Text, "propose la solution qui suit") {
		t.Error("our words stand beside theirs")
	}
}

// What cannot be written, or is not written in the reader's language, leaves our words: a mail is never lost.
func TestWordsThatFailLeaveOurs(t *testing.T) {
	for name, own := range map[string]guichet.Template{
		"unknown placeholder": {ID: "own", Mail: resolvedSlot, Subject: guichet.Wording{"fr": "{{personne}}"}, Body: guichet.Wording{"fr": "{{personne}}"}, Closing: guichet.Wording{"fr": "{{"}},
		"another language":    {ID: "own", Mail: resolvedSlot, Subject: guichet.Wording{"en": "Yours"}, Body: guichet.Wording{"en": "Yours"}},
		"another message":     {ID: "own", Mail: &guichet.MailSlot{Event: guichet.EventClosed, Side: "requester"}, Body: guichet.Wording{"fr": "Clos."}},
		"another service":     {ID: "own", Services: []guichet.ID{Network}, Mail: resolvedSlot, Body: guichet.Wording{"fr": "Clos."}},
		"nothing":             {ID: "own", Mail: resolvedSlot},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t).rewritten(own)
			s.solved()
			m := s.to(s.mails(), "rita@example.org")
			if m.Subject != "[1] Une solution est proposée – Le cours ne s’ouvre pas" || !strings.Contains(m.Text, "Ann Blanc propose la solution qui suit.") {
				t.Errorf("%q\n%s", m.Subject, m.Text)
			}
			if strings.Contains(m.Text+m.HTML, "{{") {
				t.Error("braces reach the requester")
			}
		})
	}
}

func TestOwnWordsOfOneLineOnlyInTheSubject(t *testing.T) {
	s := newStage(t).rewritten(guichet.Template{ID: "own", Mail: resolvedSlot, Subject: guichet.Wording{"fr": "a\r\nBcc: x@y.z {{ticket.titre}}"}})
	s.solved()
	if m := s.to(s.mails(), "rita@example.org"); strings.ContainsAny(m.Subject, "\r\n") {
		t.Errorf("subject %q", m.Subject)
	}
}

// The slots that the desk offers to rewrite are the messages that have words.
func TestSlotsAreTheMessages(t *testing.T) {
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := bundle.Printer("fr", nil)
	known := map[guichet.MailSlot]bool{}
	for _, slot := range guichet.MailSlots() {
		known[slot] = true
		if !p.Has("mail." + string(slot.Event) + "." + slot.Side + ".head") {
			t.Errorf("nobody is sent %v", slot)
		}
	}
	sides := []string{"requester", "approver", "agent", "moderator", "team", guichet.SideFormer, guichet.SideAsked, guichet.SideRecorded}
	for _, kind := range guichet.EventKinds() {
		for _, side := range sides {
			if slot := (guichet.MailSlot{Event: kind, Side: side}); p.Has("mail."+string(kind)+"."+side+".head") && !known[slot] {
				t.Errorf("%v cannot be rewritten", slot)
			}
		}
	}
}

func TestThePreviewOfEveryMessage(t *testing.T) {
	s := newStage(t)
	d := Desk()
	d.Index()
	ticket := s.taken(ticketing.Open{})
	people := map[guichet.ID]guichet.Person{Rita: s.actor(Rita).Person, Ben: s.actor(Ben).Person, Ann: s.actor(Ann).Person}
	for _, slot := range guichet.MailSlots() {
		for _, locale := range guichet.Languages() {
			subject, html, err := s.notifier.Preview(s.ctx, d, guichet.MailSample{Slot: slot, Locale: locale, Ticket: ticket, People: people, Text: "Un texte.", At: s.clock.Now()})
			if err != nil || !strings.HasPrefix(subject, "[1] ") || !strings.Contains(html, `<html lang="`+locale+`">`) || strings.Contains(html, "token=") {
				t.Errorf("%v in %s: %q, %v", slot, locale, subject, err)
			}
		}
	}
}

func TestACallRecordedTellsItsAnswer(t *testing.T) {
	s := newStage(t)
	s.write(func(tx *store.Tx) error {
		d := Desk()
		d.Services["calls"] = guichet.Service{ID: "calls", ParentID: Learning, Name: "Appels", WorkflowID: Recorded}
		d.Templates = map[guichet.ID]guichet.Template{
			"refer": {ID: "refer", Kind: guichet.TemplateSolution, Name: "Renvoi", Body: guichet.Wording{"fr": "Adressez-vous à votre administrateur."}},
			"call":  {ID: "call", Kind: guichet.TemplateTicket, Name: "Appel", Ticket: &guichet.TicketDraft{Title: guichet.Wording{"fr": "Appel"}, Solution: "refer"}}}
		return tx.SaveDesk(s.ctx, d)
	})
	s.open(Mona, ticketing.Open{Service: "calls", Template: "call", Requester: string(Rita), Channel: guichet.ChannelPhone,
		Title: "Un appel", Description: "Au sujet des droits.", Observers: []guichet.ID{Dora}})
	for _, who := range []string{"rita@example.org", "dora@example.org"} {
		m := s.to(s.mailed(), who)
		if !strings.Contains(m.Text, "Adressez-vous à votre administrateur.") || !strings.Contains(m.Subject, "Échange enregistré") {
			t.Errorf("%s is told %q\n%s", who, m.Subject, m.Text)
		}
	}
}

// mailed runs the jobs, then returns every message of the outbox.
func (s *stage) mailed() []store.Mail {
	s.Helper()
	s.mails()
	return s.outbox()
}

// A mail names the date that the service level of its ticket gives: four working days.
func TestAMailNamesTheDateOfTheServiceLevel(t *testing.T) {
	s := newStage(t).rewritten(guichet.Template{ID: "own", Mail: &guichet.MailSlot{Event: guichet.EventOpened, Side: "requester"}, Body: guichet.Wording{"fr": "Promis le {{ticket.echeance}}."}})
	s.write(func(tx *store.Tx) error {
		d, err := tx.Desk(s.ctx)
		if err != nil {
			return err
		}
		d = d.Clone()
		c := guichet.Calendar{ID: "office", Name: "Bureau", TimeZone: "Europe/Paris"}
		for day := time.Monday; day <= time.Friday; day++ {
			c.Hours.Set(day, []guichet.Span{{From: 540, To: 1020}})
		}
		d.Calendars = map[guichet.ID]guichet.Calendar{"office": c}
		d.Levels = []guichet.ServiceLevel{{ID: "l", Name: "Cours", CalendarID: "office", Resolve: guichet.Target{Within: "32h"}}}
		return tx.SaveDesk(s.ctx, d)
	})
	s.open(Rita, ticketing.Open{})
	if m := s.to(s.mails(), "rita@example.org"); !strings.Contains(m.Text, "Promis le 20\u00a0mars\u00a02026.") {
		t.Errorf("the date is not said:\n%s", m.Text)
	}
}
