package admin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/i18n"
	"guichet/internal/notifying"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/webtest"
)

// studio is the administration of a desk that has templates. Ulla configures Moodle only.
func studio(t *testing.T) *webtest.Stage {
	t.Helper()
	s := webtest.New(t)
	Fill(t, s.Store)
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	s.Site.PreviewMail = notifying.New(texts, account.NewSigner([]byte("key of the tests")), "http://desk.test").Preview
	s.Write(func(tx *store.Tx) error {
		d := Desk()
		d.Templates = map[guichet.ID]guichet.Template{}
		for _, x := range []guichet.Template{
			{ID: "hello", Kind: guichet.TemplateReply, Name: "Saluer", Body: guichet.Wording{"fr": "Bonjour **{{demandeur.nom}}**", "en": "Hello {{requester.name}}"}},
			{ID: "lesson", Kind: guichet.TemplateReply, Name: "Le cours", Services: []guichet.ID{Moodle}, Body: guichet.Wording{"fr": "x"}},
			{ID: "points", Kind: guichet.TemplateChecklist, Name: "Identité", Items: []guichet.CheckItem{
				{Key: "a", Text: guichet.Wording{"fr": "Premier"}}, {Key: "b", Text: guichet.Wording{"fr": "Second"}}}},
			{ID: "mail", Kind: guichet.TemplateMail, Name: "Résolu", Mail: &guichet.MailSlot{Event: guichet.EventResolved, Side: "requester"}, Body: guichet.Wording{"fr": "À vous, {{demandeur.nom}}."}},
			{ID: "call", Kind: guichet.TemplateTicket, Name: "Appel", Ticket: &guichet.TicketDraft{Title: guichet.Wording{"fr": "Appel"}, Checklist: "points"}},
		} {
			d.Templates[x.ID] = x
		}
		if err := tx.SaveDesk(s.Ctx, d); err != nil {
			return err
		}
		if err := tx.SavePerson(s.Ctx, guichet.Person{ID: "ulla", OrganisationID: "group", GivenName: "Ulla", FamilyName: "Roy", Email: "ulla@example.org", Locale: "fr", Active: true}); err != nil {
			return err
		}
		return tx.SaveGrant(s.Ctx, guichet.Grant{ID: "ulla", PersonID: "ulla", RoleID: "administrator", ServiceID: Moodle})
	})
	s.SignIn(Fay, Ann, Rita, Tom, "ulla")
	return s
}

const at = "/admin/templates"

func TestTheListOfTemplates(t *testing.T) {
	s := studio(t)
	s.Get(Fay, at).Expect(http.StatusOK).Says("Saluer", "Le cours", "Identité", "Résolu", "Appel", "Une solution est proposée – au demandeur", "Nouveau modèle")
	s.Get(Fay, at+"?kind=checklist").Says("Identité").Hides("Saluer", "Le cours")
	s.Get(Fay, at+"?kind=reply&service="+string(Wifi)).Says("Saluer").Hides("Le cours")
	s.Get("ulla", at).Says("Le cours").Hides("Saluer", "Identité")
	s.Get("ulla", at+"/hello").Expect(http.StatusNotFound)
	for _, who := range []guichet.ID{Ann, Rita} {
		s.Get(who, at).Expect(http.StatusNotFound)
		s.Get(who, at+"/hello").Expect(http.StatusNotFound)
		s.Post(who, at+"/hello", url.Values{"op": {"save"}}).Expect(http.StatusNotFound)
	}
	s.Change(Fay, func(p *guichet.Person) { p.Locale = "en" })
	s.Get(Fay, at).Says("Templates", "Replies", "New template")
}

func TestATemplateIsMadeCheckedAndPublished(t *testing.T) {
	s := studio(t)
	s.Post(Fay, at, url.Values{"kind": {"reply"}, "name": {""}}).Expect(http.StatusUnprocessableEntity).Says("Ce champ est obligatoire.")
	s.Post(Fay, at, url.Values{"kind": {"reply"}, "name": {"Prévenir l’élève"}}).LeadsTo(at + "/prevenir-l-eleve")
	path := at + "/prevenir-l-eleve"
	page := s.Get(Fay, path).Expect(http.StatusOK).Says("Pas encore publié")
	s.Post(Fay, path, url.Values{"op": {"save"}, "seen": page.Values("seen"), "name": {"Prévenir"}, "body.fr": {"Bonjour {{demandeur.non}}\r\nà bientôt"}}).LeadsTo(path)
	page = s.Get(Fay, path).Says("Un défaut empêche de publier.", "« demandeur.non » n’est pas un champ automatique connu (ligne 1, caractère 9). Le plus proche est « demandeur.nom ».")
	if got := page.ErrorOf("body.fr"); !strings.Contains(got, "demandeur.nom") {
		t.Errorf("beside the field: %q", got)
	}
	if got := page.Values("body.fr"); len(got) != 1 || got[0] != "Bonjour {{demandeur.non}}\nà bientôt" {
		t.Errorf("the text typed is %q", got)
	}
	s.Post(Fay, path+"/publish", url.Values{}).Expect(http.StatusSeeOther)
	s.Post(Fay, path, url.Values{"op": {"save"}, "seen": page.Values("seen"), "name": {"Prévenir"}, "body.fr": {"Bonjour {{demandeur.nom}}"}, "services": {string(Moodle)}}).LeadsTo(path)
	s.Get(Fay, path).Says("Publier", "Où il sert : Enseigner / Moodle").Hides("défaut")
	s.Post(Fay, path, url.Values{"op": {"save"}, "seen": page.Values("seen"), "name": {"Trop tard"}, "body.fr": {"gardé"}}).Expect(http.StatusConflict).Says("Quelqu’un d’autre", "gardé")
	s.Post(Fay, path+"/publish", url.Values{"note": {"premier jet"}}).LeadsTo(path)
	d, err := s.Desk.Config(s.Ctx)
	if err != nil || d.Templates["prevenir-l-eleve"].Body["fr"] != "Bonjour {{demandeur.nom}}" {
		t.Fatalf("in force: %+v, %v", d.Templates["prevenir-l-eleve"], err)
	}
	s.Get(Fay, path).Says("Version 1 en vigueur", "premier jet")
	s.Get(Fay, "/admin/history").Says("a publié le modèle Prévenir")
}

func TestThePointsOfAChecklistAreMoved(t *testing.T) {
	s := studio(t)
	send := func(op string) []string {
		t.Helper()
		page := s.Get(Fay, at+"/points")
		form := url.Values{"op": {op}, "seen": page.Values("seen"), "name": {"Identité"}, "items.key": page.Values("items.key")}
		for i := range page.Values("items.key") {
			name := "items." + string(rune('0'+i)) + ".text.fr"
			form[name] = page.Values(name)
		}
		s.Post(Fay, at+"/points", form).Expect(http.StatusSeeOther)
		return s.Get(Fay, at+"/points").Values("items.key")
	}
	for _, step := range []struct{ op, want string }{
		{"down:0", "b a"}, {"up:1", "a b"}, {"up:0", "a b"}, {"add:items", "a b point-3"}, {"drop:1", "a point-3"}, {"drop:9", "a point-3"}, {"save", "a point-3"},
	} {
		if got := strings.Join(send(step.op), " "); got != step.want {
			t.Errorf("%s: %q, want %q", step.op, got, step.want)
		}
	}
	s.Get(Fay, at+"/points").Says("Premier", "Un défaut empêche de publier.").Hides("Second")
}

func TestPreviews(t *testing.T) {
	s := studio(t)
	s.Get(Fay, at+"/hello").Says("Avec un ticket inventé, 1 042", "Bonjour Camille Martin", "Hello Camille Martin")
	if _, err := s.Desk.Open(s.Ctx, Actor(t, s.Store, Rita), ticketing.Open{Service: Moodle, Kind: guichet.KindIncident, Title: "Une vraie panne", Description: "x"}); err != nil {
		t.Fatal(err)
	}
	s.Get(Fay, at+"/hello").Says("Une vraie panne", "Bonjour Rita Durand")
	page := s.Get(Fay, at+"/mail/mail").Expect(http.StatusOK)
	if !strings.Contains(page.Body, "À vous, Rita Durand.") || !strings.Contains(page.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%v\n%s", page.Header, page.Text())
	}
	s.Get(Fay, at+"/mail/mail?lang=en").Says("Hello Rita Durand")
	s.Get(Fay, at+"/hello/mail").Expect(http.StatusNotFound)
	s.Get(Fay, at+"/mail").Says("Texte d’origine", "[personne qui écrit ou agit]")
}

func TestDuplicateAndRemove(t *testing.T) {
	s := studio(t)
	s.Post(Fay, at+"/hello/duplicate", nil).LeadsTo(at + "/saluer-copie")
	s.Get(Fay, at+"/saluer-copie").Says("Bonjour")
	s.Get(Fay, at+"/points").Says("le modèle « Appel »").Hides("Retirer le modèle")
	s.Post(Fay, at+"/points/remove", nil).LeadsTo(at + "/points")
	s.Post(Fay, at+"/hello/remove", nil).LeadsTo(at)
	s.Get(Fay, at+"/hello").Expect(http.StatusNotFound)
	d, err := s.Desk.Config(s.Ctx)
	if err != nil || d.Templates["points"].ID == "" || d.Templates["hello"].ID != "" {
		t.Errorf("templates left: %v, %v", d.Templates, err)
	}
}

func TestWhoConfiguresAServiceKeepsToIt(t *testing.T) {
	s := studio(t)
	page := s.Get("ulla", at+"/lesson").Expect(http.StatusOK)
	for _, services := range [][]string{nil, {string(Moodle), string(Wifi)}} {
		s.Post("ulla", at+"/lesson", url.Values{"op": {"save"}, "seen": page.Values("seen"), "name": {"Le cours"}, "body.fr": {"partout"}, "services": services}).
			Expect(http.StatusUnprocessableEntity).Says("Choisissez seulement des services que vous administrez.", "partout")
	}
	s.Post("ulla", at+"/lesson", url.Values{"op": {"save"}, "seen": page.Values("seen"), "name": {"Le cours"}, "body.fr": {"ici"}, "services": {string(Homework)}}).LeadsTo(at + "/lesson")
	s.Post("ulla", at, url.Values{"kind": {"solution"}, "name": {"La mienne"}}).LeadsTo(at + "/la-mienne")
	s.Get("ulla", at+"/la-mienne").Says("Où il sert : Enseigner / Moodle")
}

func TestAWholeTicketIsDescribed(t *testing.T) {
	s := studio(t)
	page := s.Get(Fay, at+"/call")
	form := url.Values{"op": {"save"}, "seen": page.Values("seen"), "name": {"Appel"}, "ticket.title.fr": {"Un appel"}, "ticket.offering": {string(Incident)},
		"ticket.service": {string(Moodle)}, "ticket.kind": {"incident"}, "ticket.channel": {"phone"}, "ticket.urgency": {"high"}, "ticket.checklist": {"points"}, "answers.where": {"course"}}
	s.Post(Fay, at+"/call", form).LeadsTo(at + "/call")
	page = s.Get(Fay, at+"/call").Says("Réponses données d’avance", "Où ?")
	for name, want := range map[string]string{"answers.where": "course", "ticket.urgency": "high", "ticket.checklist": "points", "ticket.offering": string(Incident)} {
		if got := page.Values(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	s.Post(Fay, at+"/call/publish", nil).LeadsTo(at + "/call")
	d, err := s.Desk.Config(s.Ctx)
	if err != nil || d.Templates["call"].Ticket.Answers["where"][0] != "course" {
		t.Errorf("in force: %+v, %v", d.Templates["call"].Ticket, err)
	}
}
