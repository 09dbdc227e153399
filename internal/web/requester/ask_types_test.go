package requester_test

import (
	"net/http"
	"net/url"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/web/webtest"
)

// wide is a form with the types that name something, and conditions of every kind.
func wide(s *webtest.Stage, change ...func(*guichet.Offering)) {
	s.Helper()
	o := guichet.Offering{ID: "wide", ServiceID: storetest.Moodle, Name: "Préparer une salle", Kind: guichet.KindRequest, Form: guichet.Form{Fields: []guichet.Field{
		{Key: "who", Type: guichet.FieldPerson, Label: "Responsable de la salle", Required: true},
		{Key: "when", Type: guichet.FieldDateTime, Label: "Début", Limits: guichet.Limits{Min: "today"}},
		{Key: "day", Type: guichet.FieldDate, Label: "Jour de livraison", Limits: guichet.Limits{Min: "today", Max: "today+30"}},
		{Key: "place", Type: guichet.FieldPlace, Label: "Salle", Options: []guichet.Option{{Value: "a", Label: "Amphi A"}}, Prefill: guichet.PrefillLocation},
		{Key: "service", Type: guichet.FieldService, Label: "Service concerné"},
		{Key: "serial", Type: guichet.FieldEquipment, Label: "Numéro de l’appareil", Default: "PC-1"},
		{Key: "plan", Type: guichet.FieldRichText, Label: "Plan"},
		{Key: "quote", Type: guichet.FieldFile, Label: "Devis", Required: true, Limits: guichet.Limits{MaxCount: 1, Files: []guichet.FileKind{guichet.FilePDF}}},
		{Key: "seats", Type: guichet.FieldNumber, Label: "Places"},
		{Key: "large", Type: guichet.FieldText, Label: "Issue de secours", Required: true, ShowIf: &guichet.Condition{All: []guichet.Test{{Field: "seats", Is: guichet.ComparisonMore, Values: []string{"50"}}}}},
		{Key: "staff", Type: guichet.FieldText, Label: "Carte d’étudiant", ShowIf: &guichet.Condition{Field: guichet.AskerProfile, Values: []string{"student"}}},
	}}}
	for _, f := range change {
		f(&o)
	}
	desk := storetest.Desk()
	desk.Offerings["wide"] = o
	s.Write(func(tx *store.Tx) error { return tx.SaveDesk(s.Ctx, desk) })
}

const wideForm = "/services/moodle/wide"

func answered() url.Values {
	return url.Values{"key": {"k"}, "title": {"Salle pour le jury"}, "description": {"Merci."}, "urgency": {"low"}, "for": {"me"}, "work_place": {"on_site"},
		"answers.who": {"E-olga"}, "answers.when": {"2099-05-04T09:30"}, "answers.place": {"Amphi A"}, "answers.service": {"wifi"},
		"answers.serial": {"PC/42"}, "answers.plan": {"Une **grande** table"}, "answers.seats": {"12"}, "answers.large": {"tapé puis caché"}}
}

var pdf = webtest.Upload{Field: "answers.quote", Name: "devis.pdf", Content: "%PDF-1.4\n%%EOF"}

func TestAnAnswerMayNameAPersonAServiceAFile(t *testing.T) {
	s := stage(t)
	wide(s)
	page := s.Get(storetest.Rita, wideForm).Expect(http.StatusOK).Says("Responsable de la salle", "À remplir seulement si : « Places » dépasse 50.").Hides("Carte d’étudiant")
	if got := page.Values("answers.serial"); len(got) != 1 || got[0] != "PC-1" {
		t.Errorf("filled beforehand with %q", got)
	}
	if got := s.Get(storetest.Rita, wideForm+"?serial=SN-9&who=olga").Values("answers.serial"); len(got) != 1 || got[0] != "SN-9" {
		t.Errorf("filled from the address with %q", got)
	}
	sent := s.Send(storetest.Rita, wideForm, answered(), []webtest.Upload{pdf, {Name: "autre.txt", Content: "joint"}}, nil).Expect(http.StatusSeeOther)
	if sent.Header.Get("Location") != "/tickets/1/sent" {
		t.Fatalf("leads to %q", sent.Header.Get("Location"))
	}
	view, err := s.Desk.View(s.Ctx, storetest.Actor(t, s.Store, storetest.Rita), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]guichet.Answer{}
	for _, a := range view.Ticket.Answers {
		got[a.Key] = a
	}
	if a := got["who"]; a.Values[0] != string(storetest.Olga) || a.Labels[0] == "" {
		t.Errorf("the person: %+v", a)
	}
	if a := got["service"]; a.Values[0] != "wifi" || a.Labels[0] != "Réseau / Wifi" {
		t.Errorf("the service: %+v", a)
	}
	if _, kept := got["large"]; kept {
		t.Error("the answer to a hidden field is kept")
	}
	if a := got["quote"]; len(view.Documents) != 2 || a.Labels[0] != "devis.pdf" || a.Values[0] != string(view.Documents[0].ID) {
		t.Errorf("the file: %+v among %+v", a, view.Documents)
	}
	s.Get(storetest.Rita, "/tickets/1").Expect(http.StatusOK).Says("devis.pdf", "Réseau / Wifi", "à 09:30", "grande")
}

func TestWhatAnAnswerNamesWronglyComesBack(t *testing.T) {
	s := stage(t)
	wide(s)
	form := answered()
	form.Set("answers.who", "o") // Olga and Omar
	form.Set("answers.seats", "80")
	form.Del("answers.large")
	form.Set("answers.day", "2020-01-01")
	page := s.Send(storetest.Rita, wideForm, form, []webtest.Upload{{Field: "answers.quote", Name: "devis.png", Content: "\x89PNG\r\n\x1a\n"}}, nil).Expect(http.StatusUnprocessableEntity)
	for field, want := range map[string]string{"answers.quote": "Ce type de fichier n’est pas accepté ici.", "answers.large": "Ce champ est obligatoire."} {
		if got := page.ErrorOf(field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	if page.ErrorOf("answers.who") == "" || page.ErrorOf("answers.day") == "" {
		t.Error("nothing is said of the name or of the day")
	}
	form.Set("answers.who", "Nobody Known")
	form["answers.who_choice"] = []string{string(storetest.Omar)}
	form.Set("answers.large", "Porte B")
	form.Del("answers.day")
	s.Send(storetest.Rita, wideForm, form, []webtest.Upload{pdf}, nil).Expect(http.StatusSeeOther)
}

// A file that a refused form holds goes back to its field.
func TestAKeptFileAnswersItsFieldAgain(t *testing.T) {
	s := stage(t)
	wide(s)
	form := answered()
	form.Set("title", "")
	page := s.Send(storetest.Rita, wideForm, form, []webtest.Upload{pdf}, nil).Expect(http.StatusUnprocessableEntity).Says("devis.pdf")
	if page.ErrorOf("answers.quote") != "" {
		t.Errorf("the file is refused: %s", page.ErrorOf("answers.quote"))
	}
	form = answered()
	form["kept_file"] = page.Values("kept_file")
	s.Send(storetest.Rita, wideForm, form, nil, nil).Expect(http.StatusSeeOther)
	s.Get(storetest.Rita, "/tickets/1").Says("Devis", "devis.pdf")
}

// Somebody who fills a form while it changes loses nothing, and learns of it when answers no longer fit.
func TestAFormThatChangesMeanwhile(t *testing.T) {
	s := stage(t)
	wide(s)
	form := answered()
	form["form_version"] = s.Get(storetest.Rita, wideForm).Values("form_version")
	wide(s, func(o *guichet.Offering) {
		o.Form.Fields = append(o.Form.Fields, guichet.Field{Key: "more", Type: guichet.FieldText, Label: "De plus"})
	})
	s.Send(storetest.Rita, wideForm, form, []webtest.Upload{pdf}, nil).Expect(http.StatusSeeOther) // they still fit

	form.Set("key", "another")
	wide(s, func(o *guichet.Offering) { o.Form.Fields = o.Form.Fields[1:] })
	page := s.Send(storetest.Rita, wideForm, form, []webtest.Upload{pdf}, nil).Expect(http.StatusUnprocessableEntity)
	page.Says("Le formulaire a changé pendant que vous le remplissiez", "Réponses que le formulaire ne demande plus", "Responsable de la salle", "E-olga", "devis.pdf")
	if got := page.Values("form_version"); len(got) != 1 || got[0] != "3" {
		t.Errorf("version given back: %q", got)
	}
	form["form_version"] = page.Values("form_version")
	form.Del("answers.who")
	s.Send(storetest.Rita, wideForm, form, []webtest.Upload{pdf}, nil).Expect(http.StatusSeeOther)
	s.Change(storetest.Rita, func(p *guichet.Person) { p.Locale = "en" })
	s.Get(storetest.Rita, wideForm).Says("To be filled in only if", "Places")
}
