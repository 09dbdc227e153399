package requester_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/webtest"
)

const (
	incidentForm = "/services/moodle/moodle-incident"
	surveyForm   = "/services/moodle/survey"
)

// survey has a field of each type.
func survey(s *webtest.Stage) {
	s.Helper()
	options := func(values ...string) []guichet.Option {
		var out []guichet.Option
		for _, v := range values {
			out = append(out, guichet.Option{Value: v, Label: "Choix " + v})
		}
		return out
	}
	desk := storetest.Desk()
	desk.Offerings["survey"] = guichet.Offering{ID: "survey", ServiceID: storetest.Moodle, Name: "Tout demander", Form: guichet.Form{Fields: []guichet.Field{
		{Key: "text", Type: guichet.FieldText, Label: "Texte"}, {Key: "long", Type: guichet.FieldLongText, Label: "Texte long", Required: true},
		{Key: "number", Type: guichet.FieldNumber, Label: "Nombre"}, {Key: "date", Type: guichet.FieldDate, Label: "Date"},
		{Key: "few", Type: guichet.FieldChoice, Label: "Peu", Options: options("a", "b")},
		{Key: "many", Type: guichet.FieldChoice, Label: "Beaucoup", Options: options("a", "b", "c", "d", "e", "f")},
		{Key: "boxes", Type: guichet.FieldMultiChoice, Label: "Plusieurs", Help: "Autant que vous voulez.", Options: options("a", "b", "c")},
		{Key: "yes", Type: guichet.FieldYesNo, Label: "Oui ou non"}, {Key: "email", Type: guichet.FieldEmail, Label: "Courriel", Prefill: "email"},
		{Key: "phone", Type: guichet.FieldPhone, Label: "Téléphone", Prefill: "phone"},
		{Key: "hidden", Type: guichet.FieldText, Label: "Si oui", Required: true, ShowIf: &guichet.Condition{Field: "yes", Values: []string{"yes"}}},
	}}}
	s.Write(func(tx *store.Tx) error { return tx.SaveDesk(s.Ctx, desk) })
}

func typed() url.Values {
	return url.Values{"key": {"the key of the form"}, "title": {"Un <titre> & \"demi\""}, "description": {"Une **ligne**\r\nl’autre"},
		"kind": {"request"}, "urgency": {"high"}, "for": {"me"}, "phone": {"04 00 00 00 00"}, "location": {"B 12"}, "work_place": {"at_home"},
		"answers.text": {"un texte"}, "answers.number": {"12"}, "answers.date": {"2026-12-01"}, "answers.few": {"b"}, "answers.many": {"e"},
		"answers.boxes": {"a", "c"}, "answers.yes": {"no"}, "answers.email": {"x@example.org"}, "answers.phone": {"05 00 00 00 00"}, "answers.hidden": {"gardé"}}
}

// keeps checks that a page gives back everything that was typed.
func keeps(t *testing.T, page webtest.Page, form url.Values) {
	t.Helper()
	for name, wanted := range form {
		got := page.Values(name)
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], "\r\n", "\n")
		}
		for i := range wanted {
			wanted[i] = strings.ReplaceAll(wanted[i], "\r\n", "\n")
		}
		if !slices.Equal(got, wanted) {
			t.Errorf("%s holds %q, %q was typed", name, got, wanted)
		}
	}
}

func tickets(s *webtest.Stage, person guichet.ID) []ticketing.Row {
	s.Helper()
	page, err := s.Desk.List(s.Ctx, storetest.Actor(s.T, s.Store, person), ticketing.Query{RequesterIDs: []guichet.ID{person}, Limit: 50})
	if err != nil {
		s.Fatal(err)
	}
	return page.Rows
}

func view(s *webtest.Stage, person guichet.ID, number int64) ticketing.View {
	s.Helper()
	v, err := s.Desk.View(s.Ctx, storetest.Actor(s.T, s.Store, person), number, 0)
	if err != nil {
		s.Fatal(err)
	}
	return v
}

func TestARefusedRequestKeepsEverything(t *testing.T) {
	s := stage(t)
	survey(s)
	page := s.Send(storetest.Rita, surveyForm, typed(), []webtest.Upload{{Name: "été.txt", Content: "deux lignes"}}, nil).Expect(http.StatusUnprocessableEntity)
	keeps(t, page, typed())
	if page.ErrorOf("answers.long") == "" || page.ErrorOf("title") != "" {
		t.Errorf("wrong fields shown: long %q, title %q", page.ErrorOf("answers.long"), page.ErrorOf("title"))
	}
	for _, fault := range page.Faults("fr") {
		t.Error(fault)
	}
	page.Says("été.txt", "Autant que vous voulez.")
	again := typed()
	again.Set("answers.long", "enfin")
	again["kept_file"] = page.Values("kept_file")
	if len(again["kept_file"]) != 1 {
		t.Fatalf("%d files are kept", len(again["kept_file"]))
	}
	s.Send(storetest.Rita, surveyForm, again, nil, nil).Expect(http.StatusSeeOther)
	v := view(s, storetest.Rita, tickets(s, storetest.Rita)[0].Number)
	if len(v.Documents) != 1 || v.Documents[0].Name != "été.txt" || v.Documents[0].Size != 11 {
		t.Errorf("documents %+v", v.Documents)
	}
	for _, a := range v.Ticket.Answers {
		if a.Key == "hidden" {
			t.Error("the answer to a field that is not shown was kept")
		}
	}
}

func TestAFileKeptForSomebodyIsNobodyElses(t *testing.T) {
	s := stage(t)
	page := s.Send(storetest.Rita, incidentForm, nil, []webtest.Upload{{Name: "secret.txt", Content: "de Rita"}}, nil).Expect(http.StatusUnprocessableEntity)
	reference := page.Values("kept_file")[0]
	hash := strings.Split(reference, "|")[1]
	form := url.Values{"title": {"Le mien"}, "description": {"Texte"}, "urgency": {"low"}}
	forged := append([]string{}, reference+"x", "x"+reference, strings.Replace(reference, "secret", "autre", 1), hash, "|"+hash+"|7|text/plain|secret.txt", "")
	for person, references := range map[guichet.ID][]string{storetest.Ben: {reference}, storetest.Rita: forged} {
		form["kept_file"] = references
		s.Send(person, incidentForm, form, nil, nil).Expect(http.StatusSeeOther)
		if got := view(s, person, tickets(s, person)[0].Number).Documents; len(got) != 0 {
			t.Errorf("%s got %+v", person, got)
		}
	}
}

func TestAConditionalFieldIsAskedAfterItsCondition(t *testing.T) {
	s := stage(t)
	s.Get(storetest.Rita, incidentForm).Says("Quel cours")
	form := url.Values{"title": {"Titre"}, "description": {"Texte"}, "urgency": {"low"}, "answers.where": {"course"}}
	page := s.Post(storetest.Rita, incidentForm, form).Expect(http.StatusUnprocessableEntity)
	if page.ErrorOf("answers.course") == "" {
		t.Error("a field that is shown and required was not asked for")
	}
	form.Set("answers.where", "other")
	s.Post(storetest.Rita, incidentForm, form).Expect(http.StatusSeeOther)
}

func TestAColleagueIsFoundByName(t *testing.T) {
	s := stage(t)
	storetest.Person(t, s.Store, guichet.Person{ID: "ben2", GivenName: "Benoît", FamilyName: "Élan", OrganisationID: "lab", Active: true})
	form := url.Values{"title": {"Titre"}, "description": {"Texte"}, "urgency": {"low"}, "for": {"colleague"}}
	for name, says := range map[string]string{"Personne Inconnue": "Personne Inconnue", "": "obligatoire"} {
		form.Set("beneficiary", name)
		page := s.Post(storetest.Rita, incidentForm, form).Expect(http.StatusUnprocessableEntity)
		if !strings.Contains(page.ErrorOf("beneficiary"), says) {
			t.Errorf("%q: %q beside the field", name, page.ErrorOf("beneficiary"))
		}
		keeps(t, page, url.Values{"for": {"colleague"}, "beneficiary": {name}})
	}
	form.Set("beneficiary", "élan")
	page := s.Post(storetest.Rita, incidentForm, form).Expect(http.StatusUnprocessableEntity).Says("Ben Élan", "Benoît Élan")
	for _, fault := range page.Faults("fr") {
		t.Error(fault)
	}
	form.Set("beneficiary_choice", "ben2")
	s.Post(storetest.Rita, incidentForm, form).Expect(http.StatusSeeOther)
	ticket := view(s, storetest.Rita, tickets(s, storetest.Rita)[0].Number).Ticket
	if ticket.BeneficiaryID != "ben2" || ticket.RequesterID != storetest.Rita {
		t.Errorf("for %s, from %s", ticket.BeneficiaryID, ticket.RequesterID)
	}
}

func TestAFormSentTwiceOpensOneTicket(t *testing.T) {
	s := stage(t)
	form := url.Values{"title": {"Titre"}, "description": {"Texte"}, "urgency": {"low"}, "key": s.Get(storetest.Rita, incidentForm).Values("key")}
	first := s.Post(storetest.Rita, incidentForm, form).Expect(http.StatusSeeOther)
	s.Post(storetest.Rita, incidentForm, form).LeadsTo(first.Header.Get("Location"))
	if n := len(tickets(s, storetest.Rita)); n != 1 {
		t.Fatalf("%d tickets", n)
	}
	form.Set("title", "Autre chose") // the reader went back and changed it
	page := s.Post(storetest.Rita, incidentForm, form).Expect(http.StatusConflict).Says("Vous avez déjà envoyé cette page")
	keeps(t, page, url.Values{"title": {"Autre chose"}, "description": {"Texte"}})
	form["key"] = page.Values("key")
	s.Post(storetest.Rita, incidentForm, form).Expect(http.StatusSeeOther)
	if n := len(tickets(s, storetest.Rita)); n != 2 {
		t.Errorf("%d tickets", n)
	}
}

func TestAFileThatIsTooLargeLosesNothing(t *testing.T) {
	s := stage(t)
	survey(s)
	large := webtest.Upload{Name: "film.mp4", Content: strings.Repeat("x", guichet.MaxDocumentSize+1)}
	before := url.Values{"title": {"Titre"}, "description": {"Texte"}}
	after := url.Values{"urgency": {"high"}, "phone": {"04"}, "location": {"B 12"}, "answers.boxes": {"b"}}
	page := s.Send(storetest.Rita, surveyForm, before, []webtest.Upload{{Name: "petit.txt", Content: "petit"}, large, {Name: "dernier.txt", Content: "dernier"}}, after)
	page.Expect(http.StatusRequestEntityTooLarge).Says("petit.txt", "dernier.txt").Hides("film.mp4")
	keeps(t, page, before)
	keeps(t, page, after)
	if page.ErrorOf("files") == "" || len(page.Values("kept_file")) != 2 {
		t.Errorf("beside the files %q; %d kept", page.ErrorOf("files"), len(page.Values("kept_file")))
	}
	if n := len(tickets(s, storetest.Rita)); n != 0 {
		t.Errorf("%d tickets", n)
	}
}

func TestAFileOfExactlyTheLimitIsTaken(t *testing.T) {
	s := stage(t)
	form := url.Values{"title": {"Titre"}, "description": {"Texte"}, "urgency": {"low"}}
	s.Send(storetest.Rita, incidentForm, form, []webtest.Upload{{Name: "film.mp4", Content: strings.Repeat("x", guichet.MaxDocumentSize)}}, nil).Expect(http.StatusSeeOther)
}
