package admin_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/webtest"
)

// flowStage is a desk whose cast has signed in.
type flowStage struct{ *webtest.Stage }

func newFlowStage(t *testing.T) flowStage {
	t.Helper()
	s := webtest.New(t)
	storetest.Fill(t, s.Store)
	s.SignIn(storetest.Fay, storetest.Mona, storetest.Rita, storetest.Tom)
	return flowStage{s}
}

const flowPath = "/admin/workflows/" + string(storetest.Validated)

func (s flowStage) desk() *guichet.Desk {
	s.Helper()
	d, err := s.Desk.Config(s.Ctx)
	if err != nil {
		s.Fatal(err)
	}
	return d
}

// draft is the process as the editor has it.
func (s flowStage) draft(id guichet.ID) guichet.Workflow {
	s.Helper()
	e, err := s.Site.Configuring.Workflows.Open(s.Ctx, storetest.Actor(s.T, s.Store, storetest.Fay), id)
	if err != nil {
		s.Fatal(err)
	}
	return e.Value
}

// place is where an action stands in the draft.
func (s flowStage) place(a guichet.Action) string {
	s.Helper()
	i := slices.IndexFunc(s.draft(storetest.Validated).Transitions, func(t guichet.Transition) bool { return t.Action == a })
	if i < 0 {
		s.Fatalf("no action %s", a)
	}
	return strconv.Itoa(i)
}

// seen is the revision of the draft that the page shows.
func seen(p webtest.Page) string {
	if v := p.Values("seen"); len(v) > 0 {
		return v[0]
	}
	return ""
}

// save sends a form of the editor as the page gives it.
func (s flowStage) save(op string, form url.Values) webtest.Page {
	s.Helper()
	form.Set("op", op)
	form.Set("seen", seen(s.Get(storetest.Fay, flowPath).Expect(http.StatusOK)))
	return s.Post(storetest.Fay, flowPath, form)
}

func (s flowStage) english() {
	s.Change(storetest.Fay, func(p *guichet.Person) { p.Locale = "en" })
}

func TestAnActionIsEditedBesideTheDrawing(t *testing.T) {
	s := newFlowStage(t)
	at := s.place(guichet.ActionClose)
	p := s.Get(storetest.Fay, flowPath+"?action="+at).Expect(http.StatusOK).
		Says("Action choisie", "Enregistrer l’action", "Guichet (à une date)", "Clore après 7 jours", "Le demandeur valide")
	if got := p.Values("by"); !slices.Equal(got, []string{"system"}) {
		t.Errorf("who may close: %v", got)
	}
	if links := p.Links(flowPath + "?action=" + at); len(links) < 2 {
		t.Errorf("the action is drawn and listed: %v", links)
	}
	s.save("action:"+at, url.Values{"was": {"close"}, "label": {" Archiver "}, "to": {"closed"}, "from": {"resolved"}, "by": {"system", "moderator"}}).
		LeadsTo(flowPath + "?action=" + at + "#edit")
	w := s.draft(storetest.Validated)
	n, _ := strconv.Atoi(at)
	if tr := w.Transitions[n]; tr.Label != "Archiver" || !slices.Equal(tr.By, []guichet.Performer{"system", "moderator"}) {
		t.Errorf("saved: %+v", tr)
	}
	if s.desk().Workflows[storetest.Validated].Transitions[n].Label != "" {
		t.Error("a draft is not in force")
	}
	s.Get(storetest.Fay, flowPath).Says("Brouillon enregistré par Fay Dumas", "Ce que le brouillon change",
		"L’action « Archiver » : ajouté : Modérateur", "s’appelle « Archiver » au lieu de « le mot habituel »", "Publier")
	s.english()
	s.Get(storetest.Fay, flowPath+"?action="+at).Says("Chosen action", "Save the action", "The action “Archiver”: added: Modérateur", "Try on 1,000 tickets")
	s.Post(storetest.Fay, flowPath+"/publish", url.Values{"note": {"Les modérateurs archivent"}}).LeadsTo(flowPath)
	if got := s.desk().Workflows[storetest.Validated]; got.Version != 2 || got.Transitions[n].Label != "Archiver" {
		t.Errorf("published: version %d %+v", got.Version, got.Transitions[n])
	}
}

func TestAFaultyProcessIsNotPublished(t *testing.T) {
	s := newFlowStage(t)
	s.save("drop:"+s.place(guichet.ActionResolve), url.Values{"was": {"resolve"}}).Expect(http.StatusSeeOther)
	p := s.Get(storetest.Fay, flowPath).Says("Ce qui empêche de publier", "Aucune action ne mène à l’état « Résolu ».", "Rien ne mène à « Clos »", "défauts empêchent de publier")
	p.Hides(`action="` + flowPath + `/publish"`)
	s.Post(storetest.Fay, flowPath+"/publish", url.Values{}).Expect(http.StatusSeeOther)
	if v := s.desk().Workflows[storetest.Validated].Version; v != 1 {
		t.Errorf("published as version %d", v)
	}
	// a fault of an action leads to its form, where it is said again
	at := s.place(guichet.ActionHold)
	s.save("action:"+at, url.Values{"was": {"hold"}, "to": {"pending"}, "from": {"assigned"}}).Expect(http.StatusSeeOther)
	p = s.Get(storetest.Fay, flowPath+"?action="+at).Says("Personne ne peut faire l’action « Mettre en attente ».")
	if len(p.Links(flowPath+"?action="+at+"#edit")) == 0 {
		t.Error("the fault does not lead to its place")
	}
	s.english()
	s.Get(storetest.Fay, flowPath).Says("What stands in the way of publishing", "Nobody may do the action “Put on hold”.")
	s.Post(storetest.Fay, flowPath+"/discard", url.Values{}).LeadsTo(flowPath)
	s.Get(storetest.Fay, flowPath).Hides("What stands in the way")
}

func TestChoosingAClosureWritesItsActions(t *testing.T) {
	s := newFlowStage(t)
	s.save("settings", url.Values{"name": {"Le demandeur valide"}, "closure": {"moderator"}, "auto_close_days": {"0"}, "reopen_days": {"7"}}).
		LeadsTo(flowPath + "#settings")
	w := s.draft(storetest.Validated)
	if err := s.desk().CheckWorkflow(w); err != nil || w.Policy() != guichet.ClosureModerator || !w.Moderated() || w.ReopenDays != 7 || w.Rating {
		t.Errorf("a moderator closes: %v %+v", err, w)
	}
	s.Get(storetest.Fay, flowPath).Says("La clôture : « Un modérateur clôt » au lieu de « Le demandeur valide »", "L’action « Accepter la solution » : retirée depuis « Résolu »",
		"Le délai de réouverture : « 7 jours » au lieu de « 0 jour »")
	s.save("settings", url.Values{"name": {"Le demandeur valide"}, "closure": {"requester"}, "auto_close_days": {"10"}, "reopen_days": {"5"}}).Expect(http.StatusSeeOther)
	s.Get(storetest.Fay, flowPath).Says("Le demandeur aurait 10 jours pour répondre à la solution, mais moins pour la refuser")
	s.save("settings", url.Values{"name": {""}, "closure": {"requester"}, "auto_close_days": {"dix"}, "reopen_days": {"0"}}).Expect(http.StatusSeeOther)
	s.Get(storetest.Fay, flowPath).Says("Indiquez un nombre de jours entre 0 et 365.")
}

func TestReasonsAndNamesAreEdited(t *testing.T) {
	s := newFlowStage(t)
	s.save("reasons", url.Values{"reason.0.name": {"En attente de vous"}, "reason.0.pauses": {"resolution"}, "reason.1.name": {"Date prévue"}, "reason.1.dated": {"1"},
		"reason.new.name": {"Été : livraison"}, "reason.new.dated": {"1"}}).LeadsTo(flowPath + "#reasons")
	got := s.draft(storetest.Validated).PendingReasons
	want := []guichet.PendingReason{{Key: "requester", Name: "En attente de vous", Pauses: []string{"resolution"}}, {Key: "planned", Name: "Date prévue", Dated: true},
		{Key: "ete-livraison", Name: "Été : livraison", Dated: true}}
	if len(got) != 3 || got[0].Name != want[0].Name || got[2].Key != want[2].Key || !got[2].Dated || got[0].Pauses[0] != "resolution" {
		t.Errorf("reasons: %+v", got)
	}
	s.Get(storetest.Fay, flowPath).Says("Le motif d’attente « En attente de vous » : arrête le délai de résolution", "Le motif d’attente « Été : livraison » : ajouté")
	s.save("reasons:drop:1", url.Values{"reason.0.name": {"En attente de vous"}, "reason.2.name": {"Livraison"}}).Expect(http.StatusSeeOther)
	if got = s.draft(storetest.Validated).PendingReasons; len(got) != 2 || got[1].Name != "Livraison" || got[1].Key != "ete-livraison" {
		t.Errorf("one less: %+v", got)
	}
	s.save("steps", url.Values{"name.assigned": {"Post-assignation"}, "portal.assigned": {"Un technicien s’en occupe"}}).LeadsTo(flowPath + "#steps")
	if got := s.draft(storetest.Validated).Step(guichet.StateAssigned); got.Name != "Post-assignation" || got.Portal != "Un technicien s’en occupe" {
		t.Errorf("names: %+v", got)
	}
	s.Get(storetest.Fay, flowPath).Says("Post-assignation")
}

// What a process calls a state is said wherever a ticket of it stands, once somebody has it.
func TestAProcessNamesItsStates(t *testing.T) {
	s := newFlowStage(t)
	s.save("steps", url.Values{"name.pending": {"En pause"}, "portal.pending": {"Nous attendons une pièce"}}).Expect(http.StatusSeeOther)
	old := s.open()
	s.Post(storetest.Fay, flowPath+"/publish", url.Values{}).LeadsTo(flowPath)
	n := s.open()
	number := strconv.FormatInt(n, 10)
	s.Get(storetest.Mona, "/desk/tickets/"+number).Expect(http.StatusOK).Says("En pause")
	s.Get(storetest.Rita, "/tickets/"+number).Expect(http.StatusOK).Says("Nous attendons une pièce")
	s.Get(storetest.Rita, "/tickets").Expect(http.StatusOK).Says("Nous attendons une pièce", "En attente")
	s.Get(storetest.Fay, "/desk/open").Says("En pause", "En attente")
	s.Get(storetest.Rita, "/tickets/"+strconv.FormatInt(old, 10)).Hides("Nous attendons une pièce")
}

func TestAnActionIsAdded(t *testing.T) {
	s := newFlowStage(t)
	before := len(s.draft(storetest.Validated).Transitions)
	s.save("drop:"+s.place(guichet.ActionCancel), url.Values{"was": {"cancel"}}).Expect(http.StatusSeeOther)
	s.save("add", url.Values{"new": {"cancel"}}).Expect(http.StatusSeeOther)
	w := s.draft(storetest.Validated)
	if len(w.Transitions) != before {
		t.Errorf("%d actions, want %d", len(w.Transitions), before)
	}
	if err := s.desk().CheckWorkflow(w); err != nil {
		t.Errorf("what is usual passes: %v", err)
	}
}

// Two administrators at once: the second sees the first one's work with his own change over it.
func TestTheSecondToSaveSeesWhatTheFirstDid(t *testing.T) {
	s := newFlowStage(t)
	page := s.Get(storetest.Fay, flowPath)
	first := url.Values{"op": {"settings"}, "seen": {seen(page)}, "name": {"Premier"}, "closure": {"requester"}, "auto_close_days": {"7"}, "reopen_days": {"0"}, "rating": {"1"}}
	s.Post(storetest.Fay, flowPath, first).Expect(http.StatusSeeOther)
	at := s.place(guichet.ActionResolve)
	second := url.Values{"op": {"action:" + at}, "seen": {seen(page)}, "was": {"resolve"}, "label": {"Proposer une solution"}, "to": {"resolved"},
		"from": {"assigned"}, "by": {"assignee", "moderator"}, "requires": {"solution"}}
	p := s.Post(storetest.Fay, flowPath, second).Expect(http.StatusConflict).Says("Quelqu’un d’autre a enregistré ce brouillon entre-temps", "Premier", "Proposer une solution")
	if s.draft(storetest.Validated).Transitions[0].Label != "" || s.draft(storetest.Validated).Name != "Premier" {
		t.Error("the first one's work is lost")
	}
	second.Set("seen", seen(p))
	s.Post(storetest.Fay, flowPath, second).Expect(http.StatusSeeOther)
	if w := s.draft(storetest.Validated); w.Name != "Premier" {
		t.Errorf("both are kept: %s", w.Name)
	}
	// an action that is no longer where it was is not written over another
	second.Set("was", "cancel")
	s.Post(storetest.Fay, flowPath, second).Expect(http.StatusConflict).Says("Ce que vous modifiiez a changé entre-temps")
}

func TestAProcessIsMadeFromScratchOrCopied(t *testing.T) {
	s := newFlowStage(t)
	s.Get(storetest.Fay, "/admin/workflows").Expect(http.StatusOK).Says("Nouveau processus", "Le demandeur valide", "Un modérateur clôt", "Clos dès l’ouverture")
	s.Post(storetest.Fay, "/admin/workflows", url.Values{"name": {" "}}).Expect(http.StatusUnprocessableEntity)
	s.Post(storetest.Fay, "/admin/workflows", url.Values{"name": {"Prêt d’équipement"}}).LeadsTo("/admin/workflows/pret-d-equipement")
	s.Post(storetest.Fay, "/admin/workflows", url.Values{"name": {"Prêt d’équipement"}, "from": {string(storetest.Moderated)}}).LeadsTo("/admin/workflows/pret-d-equipement-2")
	s.Get(storetest.Fay, "/admin/workflows/pret-d-equipement").Says("Pas encore publié", "Publier", "Aucun service et aucun formulaire ne le nomme encore").Hides("empêche de publier")
	s.Get(storetest.Fay, "/admin/workflows/pret-d-equipement/try").Expect(http.StatusOK).Says("Aucun ticket sur lequel essayer")
	s.Post(storetest.Fay, "/admin/workflows/pret-d-equipement/publish", url.Values{}).Expect(http.StatusSeeOther)
	if w, known := s.desk().Workflows["pret-d-equipement"]; !known || w.Policy() != guichet.ClosureModerator {
		t.Errorf("in force: %v %+v", known, w)
	}
	s.Post(storetest.Fay, "/admin/workflows/pret-d-equipement-2/discard", url.Values{}).LeadsTo("/admin/workflows")
}

// open opens a ticket that Mona has given to Ann.
func (s flowStage) open() int64 {
	s.Helper()
	t, err := s.Desk.Open(s.Ctx, storetest.Actor(s.T, s.Store, storetest.Rita), ticketing.Open{Service: storetest.Moodle, Kind: guichet.KindIncident, Title: "Le cours ne s’ouvre pas", Description: "Page blanche"})
	if err == nil {
		_, err = s.Desk.Do(s.Ctx, storetest.Actor(s.T, s.Store, storetest.Mona), t.Number, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support, AssigneeID: storetest.Ann})
	}
	if err == nil {
		_, err = s.Desk.Do(s.Ctx, storetest.Actor(s.T, s.Store, storetest.Ann), t.Number, guichet.Act{Action: guichet.ActionHold, PendingReason: "planned", Until: s.Clock.Now().AddDate(0, 0, 3)})
	}
	if err != nil {
		s.Fatal(err)
	}
	return t.Number
}

func TestADraftIsTriedThenRunningTicketsMove(t *testing.T) {
	s := newFlowStage(t)
	n := s.open()
	s.Get(storetest.Fay, flowPath+"/try").Expect(http.StatusOK).Says("Le seul ticket essayé suit le même chemin", "Il n’y a pas de brouillon")
	s.save("reasons:drop:1", url.Values{"reason.0.name": {"En attente du demandeur"}}).Expect(http.StatusSeeOther)
	p := s.Get(storetest.Fay, flowPath+"/try").Says("0 tickets sur 1 suivent le même chemin", "« Mettre en attente » aurait été refusé : le motif d’attente n’existe pas ou manque", "Ann Blanc")
	if len(p.Links("/desk/tickets/"+strconv.FormatInt(n, 10))) != 1 {
		t.Error("the ticket is not linked")
	}
	s.Post(storetest.Fay, flowPath+"/publish", url.Values{}).Expect(http.StatusSeeOther)
	s.Get(storetest.Fay, flowPath).Says("1 ticket en cours suit une version antérieure de ce processus, et la garde.")
	s.Get(storetest.Fay, flowPath+"/tickets").Expect(http.StatusOK).Says("Date prévue", "Ce motif d’attente n’existe plus.", "Faire passer 1 ticket à la version 2")
	s.Post(storetest.Fay, flowPath+"/tickets", url.Values{"reasons.planned": {"nothing"}}).Expect(http.StatusUnprocessableEntity)
	s.Post(storetest.Fay, flowPath+"/tickets", url.Values{"reasons.planned": {"requester"}}).LeadsTo(flowPath + "/tickets")
	s.Get(storetest.Fay, flowPath+"/tickets").Says("Passage à la version 2 en cours", "0 passés sur 1", "Interrompre", "Actualiser", "Fay Dumas")
	s.Post(storetest.Fay, flowPath+"/tickets/stop", url.Values{}).LeadsTo(flowPath + "/tickets")
	s.Get(storetest.Fay, flowPath+"/tickets").Says("Passage à la version 2 interrompu")
	s.Clock.Add(60e9)
	s.Post(storetest.Fay, flowPath+"/tickets", url.Values{"reasons.planned": {"requester"}}).LeadsTo(flowPath + "/tickets")
	a, err := s.Desk.Adoption(s.Ctx, storetest.Actor(t, s.Store, storetest.Fay), storetest.Validated)
	if err != nil {
		t.Fatal(err)
	}
	s.Write(func(tx *store.Tx) error {
		return s.Desk.AdoptBatch(s.Ctx, tx, store.Job{Payload: string(a.Last.ID)})
	})
	s.english()
	s.Get(storetest.Fay, flowPath+"/tickets").Says("Move to version 2 done", "1 moved out of 1", "Every running ticket follows the version in force.")
	s.Get(storetest.Fay, "/desk/tickets/"+strconv.FormatInt(n, 10)).Says("moved this ticket to a newer version of its process", "Le demandeur valide, version 2")
}

// Those who administrate something else look at the process; the others do not know that there is one.
func TestOnlyWhoConfiguresTheDeskEditsIt(t *testing.T) {
	s := newFlowStage(t)
	s.Get(storetest.Tom, flowPath).Expect(http.StatusOK).Says("Les mêmes actions, en liste", "Le demandeur valide").Hides("<form method=\"post\" action=\"/admin/workflows", "Essayer sur")
	s.Get(storetest.Tom, "/admin/workflows").Expect(http.StatusOK).Says("Le demandeur valide").Hides("Créer le brouillon")
	for _, path := range []string{flowPath + "/try", flowPath + "/tickets"} {
		s.Get(storetest.Tom, path).Expect(http.StatusNotFound)
	}
	for _, who := range []guichet.ID{storetest.Tom, storetest.Mona, storetest.Rita} {
		for _, path := range []string{flowPath, flowPath + "/tickets", flowPath + "/tickets/stop", flowPath + "/publish", "/admin/workflows"} {
			s.Post(who, path, url.Values{"name": {"X"}, "op": {"settings"}}).Expect(http.StatusNotFound)
		}
	}
	s.Get(storetest.Rita, "/admin/workflows").Expect(http.StatusNotFound)
	s.Get(storetest.Fay, "/admin/workflows/nothing").Expect(http.StatusNotFound)
	if got := s.Get(storetest.Fay, flowPath+"?action=999").Expect(http.StatusOK).Text(); strings.Contains(got, "Action choisie") {
		t.Error("an action that is not there is chosen")
	}
}

// Past the reopen window, the requester is told what a message will do, and is not offered to refuse.
func TestAfterTheWindowTheStorySaysSo(t *testing.T) {
	s := newFlowStage(t)
	s.save("settings", url.Values{"name": {"Le demandeur valide"}, "closure": {"requester"}, "auto_close_days": {"0"}, "reopen_days": {"3"}, "rating": {"1"}}).Expect(http.StatusSeeOther)
	s.Post(storetest.Fay, flowPath+"/publish", url.Values{}).LeadsTo(flowPath)
	n := s.open()
	_, err := s.Desk.Do(s.Ctx, storetest.Actor(t, s.Store, storetest.Ann), n, guichet.Act{Action: guichet.ActionResume})
	if err == nil {
		_, err = s.Desk.Do(s.Ctx, storetest.Actor(t, s.Store, storetest.Ann), n, guichet.Act{Action: guichet.ActionResolve, Text: "Redémarré"})
	}
	if err != nil {
		t.Fatal(err)
	}
	story := "/tickets/" + strconv.FormatInt(n, 10)
	s.Get(storetest.Rita, story).Hides("Le délai pour revenir").Says("Ce n’est pas résolu")
	s.Clock.Add(3 * 24 * time.Hour)
	s.Write(func(tx *store.Tx) error { return tx.EndSession(s.Ctx, account.HashToken(string(storetest.Rita))) })
	s.SignIn(storetest.Rita)
	s.Get(storetest.Rita, story).Expect(http.StatusOK).Says("Le délai pour revenir sur cette solution est passé").Hides("Ce n’est pas résolu")
}
