package admin_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/web/webtest"
)

func stage(t *testing.T) *webtest.Stage {
	t.Helper()
	s := webtest.New(t)
	storetest.Fill(t, s.Store)
	s.SignIn(storetest.Fay, storetest.Rita, storetest.Stan, storetest.Tom, storetest.Mona, storetest.Dora, storetest.Omar, storetest.Olga)
	return s
}

func config(s *webtest.Stage) *guichet.Desk {
	s.Helper()
	desk, err := s.Desk.Config(s.Ctx)
	if err != nil {
		s.Fatal(err)
	}
	return desk
}

// everything gives back what the designer shows, as a browser would send it.
func everything(page webtest.Page, names ...string) url.Values {
	out := url.Values{}
	for _, name := range names {
		if values := page.Values(name); len(values) > 0 {
			out[name] = values
		}
	}
	return out
}

// A functional administrator makes a service with a form, a two-step approval and its own closure, and
// a requester of the right profile (and no other) uses it at once.
func TestAServiceFromNothingToItsFirstTicket(t *testing.T) {
	s := stage(t)
	s.Get(storetest.Fay, "/admin/services/new").Expect(http.StatusOK).Says("Nouveau service", "Chaîne de responsabilité")
	made := s.Post(storetest.Fay, "/admin/services/new", url.Values{"name": {"Prêt de matériel"}, "description": {"Emprunter un appareil."}, "state": {"open"},
		"owner": {"E-olga"}, "team": {string(storetest.Support)}, "level.N2": {string(storetest.NetworkTeam)}, "organisations": {"lyon"}, "op": {"offering"},
		"provider.0.name": {"Loca"}, "provider.0.reference": {"C-7"}}).Expect(http.StatusSeeOther)
	made.LeadsTo("/admin/offerings/new?service=pret-de-materiel")
	service := config(s).Services["pret-de-materiel"]
	if service.OwnerID != storetest.Olga || service.Teams[guichet.Level2] != storetest.NetworkTeam || service.Providers[0].Reference != "C-7" || service.Version != 1 {
		t.Fatalf("made: %+v", service)
	}
	s.Post(storetest.Fay, "/admin/offerings/new", url.Values{"service": {"pret-de-materiel"}, "name": {"Demander un prêt"}, "kind": {"request"}}).
		Expect(http.StatusSeeOther).LeadsTo("/admin/offerings/pret-de-materiel-demander-un-pret")
	const designer = "/admin/offerings/pret-de-materiel-demander-un-pret"
	s.Get(storetest.Fay, designer).Expect(http.StatusOK).Says("Pas encore publié", "Ajouter la question")

	// The designer: one question is added, then filled; a second one depends on it; two steps.
	form := url.Values{"name": {"Demander un prêt"}, "service": {"pret-de-materiel"}, "kind": {"request"}, "workflow": {string(storetest.Moderated)},
		"revision": {"1"}, "new_type": {"choice"}, "op": {"add"}}
	s.Post(storetest.Fay, designer, form).Expect(http.StatusSeeOther)
	page := s.Get(storetest.Fay, designer+"?open=field-0").Says("Nouvelle question", "Première réponse")
	if got := page.Values("revision"); len(got) != 1 || got[0] != "2" {
		t.Fatalf("revision %v", got)
	}
	maps.Copy(form, url.Values{"revision": {"2"}, "op": {"publish"},
		"fields.0.label": {"Quel appareil ?"}, "fields.0.key": {"question-1"}, "fields.0.type": {"choice"}, "fields.0.required": {"yes"}, "fields.0.options": {"Portable\nCaméra"},
		"fields.1.label": {"Usage en extérieur ?"}, "fields.1.key": {""}, "fields.1.type": {"text"}, "fields.1.required": {"yes"},
		"fields.1.test.0.field": {"quel-appareil"}, "fields.1.test.0.is": {"one_of"}, "fields.1.test.0.values": {"Caméra"},
		"fields.2.label": {"Retour"}, "fields.2.key": {"retour"}, "fields.2.type": {"date"}, "fields.2.limits.min": {"aujourd’hui"}, "fields.2.limits.max": {"aujourd’hui + 30"},
		"approval.0.name": {"Direction"}, "approval.0.approvers.0.by": {"role:director"},
		"approval.1.name": {"Responsable"}, "approval.1.approvers.0.by": {"owner"}, "approval.1.approvers.1.by": {"person"}, "approval.1.approvers.1.login": {"omar"}, "approval.1.need": {"all"}})
	s.Post(storetest.Fay, designer, form).Expect(http.StatusSeeOther)
	o := config(s).Offerings["pret-de-materiel-demander-un-pret"]
	if o.Version != 1 || len(o.Form.Fields) != 3 || o.Form.Fields[1].Key != "usage-en-exterieur" || o.Form.Fields[1].ShowIf.Values[0] != "camera" ||
		o.Form.Fields[2].Limits.Max != "today+30" || len(o.Approval) != 2 || !o.Approval[1].All || o.WorkflowID != storetest.Moderated {
		t.Fatalf("published: %+v", o)
	}

	// The right requester uses it at once; another does not know of it.
	const ask = "/services/pret-de-materiel/pret-de-materiel-demander-un-pret"
	s.Get(storetest.Rita, "/services").Says("Prêt de matériel")
	s.Get(storetest.Stan, "/services").Hides("Prêt de matériel")
	s.Get(storetest.Stan, ask).Expect(http.StatusNotFound)
	s.Get(storetest.Rita, ask).Expect(http.StatusOK).Says("Quel appareil ?", "À remplir seulement si : « Quel appareil ? » est Caméra.")
	answers := url.Values{"key": {"k"}, "title": {"Un portable"}, "description": {"Pour lundi."}, "urgency": {"low"}, "for": {"me"}, "answers.quel-appareil": {"portable"}}
	s.Post(storetest.Rita, ask, answers).Expect(http.StatusSeeOther)
	view, err := s.Desk.View(s.Ctx, storetest.Actor(t, s.Store, storetest.Rita), 1, 0)
	if err != nil || view.Ticket.State != guichet.StateAwaitingApproval || view.Ticket.WorkflowID != storetest.Moderated || view.Ticket.Answers[0].Labels[0] != "Portable" {
		t.Fatalf("%v: %+v", err, view.Ticket)
	}
	s.Post(storetest.Stan, ask, answers).Expect(http.StatusNotFound)
}

func TestTheCatalogueSaysWhatIsMissing(t *testing.T) {
	s := stage(t)
	page := s.Get(storetest.Fay, "/admin/").Expect(http.StatusOK).Says("Moodle", "Réseau", "hérité de Réseau", "Aucune équipe ne le traite", "Voir ce qui manque")
	if !strings.Contains(page.Body, "/admin/services/moodle") {
		t.Error("no way to a service")
	}
	s.Get(storetest.Fay, "/admin/?missing=1").Expect(http.StatusOK).Says("Aucune équipe ne le traite").Hides("Devoirs")
	s.Get(storetest.Fay, "/admin/services/wifi").Expect(http.StatusOK).Says("Qui fait quoi", "hérité de Réseau")
	s.Get(storetest.Tom, "/admin/services/wifi").Expect(http.StatusNotFound)
	s.Get(storetest.Mona, "/admin/services/wifi").Expect(http.StatusNotFound)
	s.Change(storetest.Fay, func(p *guichet.Person) { p.Locale = "en" })
	s.Get(storetest.Fay, "/admin/services/wifi").Expect(http.StatusOK).Says("Who does what", "inherited from Réseau")
}

func TestServicesMoveAndAreNotLost(t *testing.T) {
	s := stage(t)
	form := url.Values{"name": {"Wifi des salles"}, "parent": {string(storetest.Network)}, "state": {"draft"}, "version": {"1"}, "opens_at": {"2030-09-01"}, "closes_at": {"2030-08-01"}}
	s.Post(storetest.Fay, "/admin/services/wifi", form).Expect(http.StatusUnprocessableEntity).Says("La date de fermeture doit suivre")
	form.Del("closes_at")
	s.Post(storetest.Fay, "/admin/services/wifi", form).Expect(http.StatusSeeOther)
	again := s.Post(storetest.Fay, "/admin/services/wifi", form).Expect(http.StatusConflict).Says("pendant que vous y travailliez")
	if got := again.Values("name"); len(got) != 1 || got[0] != "Wifi des salles" {
		t.Errorf("what was typed is lost: %v", got)
	}
	s.Get(storetest.Rita, "/services/wifi").Expect(http.StatusNotFound)
	form.Set("parent", "nowhere")
	form.Set("version", "2")
	s.Post(storetest.Fay, "/admin/services/wifi", form).Expect(http.StatusUnprocessableEntity)
	s.Post(storetest.Fay, "/admin/services/network", url.Values{"name": {"Réseau"}, "parent": {"wifi"}, "state": {"open"}, "version": {"1"}}).
		Expect(http.StatusUnprocessableEntity).Says("sous lui-même")
	before := config(s).Below("")
	s.Post(storetest.Fay, "/admin/services/"+string(before[1].ID)+"/move", url.Values{"op": {"up"}}).Expect(http.StatusSeeOther)
	if after := config(s).Below(""); after[0].ID != before[1].ID || after[1].ID != before[0].ID {
		t.Errorf("order %s, %s", after[0].ID, after[1].ID)
	}
	s.Get(storetest.Fay, "/admin/services/wifi").Says("a modifié", "Nom du service")
	s.Get(storetest.Fay, "/admin/history").Says("Wifi des salles", "le service", "Nom du service, ")
}

// What is wrong is said beside its field, the draft is kept as it is, and nothing of it is published.
func TestAFaultyFormIsKeptNotPublished(t *testing.T) {
	s := stage(t)
	const designer = "/admin/offerings/moodle-incident"
	page := s.Get(storetest.Fay, designer).Expect(http.StatusOK).Says("Où ?", "si « Où ? » est Dans un cours")
	form := everything(page, "name", "service", "kind", "fields.0.key", "fields.0.type", "fields.0.label", "fields.0.options", "fields.1.key", "fields.1.type", "fields.1.label",
		"fields.1.required", "fields.1.test.0.field", "fields.1.test.0.is", "fields.1.test.0.values")
	form.Set("revision", "0")
	form.Set("op", "up:1") // the condition now looks below
	s.Post(storetest.Fay, designer, form).Expect(http.StatusSeeOther)
	s.Get(storetest.Fay, designer).Says("La condition porte sur un champ qui ne figure pas au-dessus", "À corriger")
	s.Post(storetest.Fay, designer+"/publish", url.Values{}).Expect(http.StatusSeeOther)
	if v := config(s).Offerings[storetest.Incident].Version; v != 1 {
		t.Errorf("version %d is in force", v)
	}
	s.Post(storetest.Fay, designer, form).Expect(http.StatusConflict).Says("Où ?")
	s.Post(storetest.Fay, designer+"/discard", url.Values{}).Expect(http.StatusSeeOther)
	form.Set("op", "copy:0")
	s.Post(storetest.Fay, designer, form).Expect(http.StatusSeeOther)
	s.Get(storetest.Fay, designer).Says("Ce que la publication changera", "Question ajoutée : Où ?")
	form.Set("revision", "1")
	form.Set("op", "drop:0")
	s.Post(storetest.Fay, designer, form).Expect(http.StatusSeeOther)
}

func TestPreviewAsSomebody(t *testing.T) {
	s := stage(t)
	s.Write(func(tx *store.Tx) error {
		desk := storetest.Desk()
		o := desk.Offerings[storetest.Incident]
		o.Form.Fields = append(o.Form.Fields, guichet.Field{Key: "card", Type: guichet.FieldText, Label: "Carte d’étudiant", ShowIf: &guichet.Condition{Field: guichet.AskerProfile, Values: []string{"student"}}})
		desk.Offerings[storetest.Incident] = o
		moodle := desk.Services[storetest.Moodle]
		moodle.Organisations = []guichet.ID{"lyon"}
		desk.Services[storetest.Moodle] = moodle
		return tx.SaveDesk(s.Ctx, desk)
	})
	const preview = "/admin/offerings/moodle-incident/preview"
	s.Get(storetest.Fay, preview).Expect(http.StatusOK).Says("Cette personne ne voit pas ce service").Hides("Carte d’étudiant")
	s.Get(storetest.Fay, preview+"?organisation=lab&profile=student").Says("Cette personne voit ce service.", "Carte d’étudiant")
	s.Get(storetest.Fay, preview+"?organisation=lab&try=1&answers.where=course").Says("Ce champ est obligatoire.")
	s.Get(storetest.Fay, preview+"?organisation=lab&try=1&answers.where=other&answers.course=x").Says("Ces réponses seraient acceptées", "Ailleurs")
	s.Get(storetest.Fay, "/admin/offerings/moodle-incident/versions/2").Expect(http.StatusOK).Says("Question ajoutée", "Depuis la version 1")
	s.Get(storetest.Fay, "/admin/offerings/moodle-incident/versions/9").Expect(http.StatusNotFound)
	s.Get(storetest.Mona, preview).Expect(http.StatusNotFound)
}
