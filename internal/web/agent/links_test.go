package agent_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func num(t guichet.Ticket) string { return address(t)[strings.LastIndex(address(t), "/")+1:] }

// fine looks at a page in both languages.
func (s *stage) fine(who guichet.ID, path string) {
	s.Helper()
	for _, locale := range []string{"en", "fr"} {
		s.speaks(who, locale)
		if faults := s.get(who, path).expect(http.StatusOK).faults(locale); len(faults) > 0 {
			s.Errorf("%s %s: %v", path, locale, faults)
		}
	}
}

func TestTicketsAreLinkedFromThePage(t *testing.T) {
	s := newStage(t)
	a, b := s.open(storetest.Rita, ticketing.Open{}), s.open(storetest.Stan, ticketing.Open{Title: "Page blanche"})
	s.get(storetest.Mona, address(a)).expect(http.StatusOK).holds("Relier")
	s.fine(storetest.Mona, address(a)+"/links?q=blanche")
	s.get(storetest.Mona, address(a)+"/links?q=blanche").holds("Page blanche", "Aucun ticket n’est relié")
	s.post(storetest.Mona, address(a)+"/links", url.Values{"relation": {"parent_of"}, "other": {"douze"}}).expect(http.StatusUnprocessableEntity).holds("« douze » n’est pas un numéro")
	s.post(storetest.Mona, address(a)+"/links", url.Values{"relation": {"parent_of"}, "other": {"999"}}).expect(http.StatusUnprocessableEntity).holds("Aucun ticket que vous pouvez ouvrir")
	s.post(storetest.Mona, address(a)+"/links", url.Values{"relation": {"parent_of"}, "ticket": {num(b)}}).expect(http.StatusSeeOther)
	s.get(storetest.Mona, address(a)).holds("Page blanche", "ticket enfant", "1 ticket enfant est encore ouvert", "Tickets enfants")
	s.fine(storetest.Mona, address(a))
	s.get(storetest.Mona, address(b)).holds("ticket parent")
	s.post(storetest.Mona, address(b)+"/links", url.Values{"relation": {"parent_of"}, "other": {num(a)}}).expect(http.StatusConflict).holds("une boucle")
	s.post(storetest.Mona, address(a)+"/messages", url.Values{"mode": {"solution"}, "solution.text": {"Fait"}, "solution.service": {string(storetest.Moodle)}}).expect(http.StatusConflict).holds("Fait", "Résoudre bien qu’un ticket enfant")
	s.post(storetest.Mona, address(a)+"/links/remove", url.Values{"relation": {"parent_of"}, "other": {num(b)}}).expect(http.StatusSeeOther)
	s.get(storetest.Mona, address(a)+"/links").holds("Aucun ticket n’est relié")
	s.post(storetest.Mona, address(a)+"/links", url.Values{"relation": {"duplicate_of"}, "other": {num(b)}}).expect(http.StatusSeeOther)
	for _, who := range []guichet.ID{storetest.Rita, storetest.Cleo} {
		s.get(who, address(a)+"/links").expect(http.StatusNotFound)
		s.post(who, address(a)+"/links", url.Values{"relation": {"related"}, "other": {num(b)}}).expect(http.StatusNotFound)
	}
}

func TestAMergeIsLookedAtDoneAndUndone(t *testing.T) {
	s := newStage(t)
	a, b := s.open(storetest.Rita, ticketing.Open{Title: "Page blanche", Description: "Chez Rita"}), s.open(storetest.Stan, ticketing.Open{Title: "Moodle en panne"})
	s.clock.Add(time.Minute)
	s.fine(storetest.Mona, address(a)+"/merge")
	preview := address(a) + "/merge?kind=merge&way=into&other=" + num(b)
	s.fine(storetest.Mona, preview)
	s.get(storetest.Mona, preview).holds("Rita", "Stan", "Qui lira quoi", "1 message public", "Fusionner le ticket")
	s.get(storetest.Mona, address(a)+"/merge?way=into&other=999").expect(http.StatusUnprocessableEntity).holds("Aucun ticket que vous pouvez ouvrir")
	s.get(storetest.Mona, address(a)+"/merge?way=into&other=1+2").holds("un seul numéro")
	s.post(storetest.Mona, address(a)+"/merge", url.Values{"kind": {"merge"}, "way": {"into"}, "other": {num(b)}, "follow": {"yes"}, "share": {"yes"}}).expect(http.StatusSeeOther)
	s.get(storetest.Mona, address(b)+"?grouped="+num(a)).expect(http.StatusOK).holds("Chez Rita", "vient d’être regroupé", "Annuler", "Ticket n° "+num(a))
	s.fine(storetest.Mona, address(b)+"?grouped="+num(a))
	if at := s.get(storetest.Mona, address(a)).expect(http.StatusSeeOther).header.Get("Location"); at != address(b) {
		t.Errorf("the merged one leads to %s", at)
	}
	s.get(storetest.Mona, address(a)+"?alone=yes").expect(http.StatusOK).holds("est fusionné dans", "Séparer")
	s.fine(storetest.Mona, address(a)+"?alone=yes")
	s.post(storetest.Cleo, address(a)+"/unmerge", nil).expect(http.StatusNotFound)
	s.post(storetest.Mona, address(a)+"/unmerge", nil).expect(http.StatusSeeOther)
	s.get(storetest.Mona, address(a)).expect(http.StatusOK).holds("traite de nouveau ce ticket à part")
	s.post(storetest.Mona, address(a)+"/merge", url.Values{"kind": {"duplicate"}, "way": {"into"}, "other": {num(a)}}).expect(http.StatusConflict).holds("lui-même")
}

func TestAMessageBecomesATicket(t *testing.T) {
	s := newStage(t)
	a := s.open(storetest.Rita, ticketing.Open{})
	said, err := s.desk.FollowUp(s.ctx, storetest.Actor(t, s.store, storetest.Rita), a.Number, ticketing.FollowUp{Text: "Et aussi le wifi"})
	if err != nil {
		t.Fatal(err)
	}
	split := address(a) + "/split?message=" + string(said.Event.ID)
	if got := s.get(storetest.Mona, address(a)).links(address(a) + "/split"); len(got) != 1 || got[0] != split {
		t.Fatalf("%v", got)
	}
	s.fine(storetest.Mona, split)
	form := url.Values{"message": {string(said.Event.ID)}, "title": {strings.Repeat("x", 300)}, "service": {string(storetest.Moodle)}, "kind": {"incident"}}
	s.post(storetest.Mona, address(a)+"/split", form).expect(http.StatusUnprocessableEntity).holds("Et aussi le wifi")
	form.Set("title", "Le wifi")
	at := s.post(storetest.Mona, address(a)+"/split", form).expect(http.StatusSeeOther).header.Get("Location")
	s.get(storetest.Mona, at).expect(http.StatusOK).holds("Ce message a son propre ticket", "Annuler", "Le wifi")
	made := at[strings.LastIndex(at, "=")+1:]
	s.get(storetest.Mona, "/desk/tickets/"+made).expect(http.StatusOK).holds("Et aussi le wifi", "d’où vient ce message")
	s.post(storetest.Mona, "/desk/tickets/"+made+"/unsplit", nil).expect(http.StatusSeeOther)
	if text := s.get(storetest.Mona, address(a)).text(); strings.Contains(text, "Ce message a son propre ticket") {
		t.Error("it is not undone")
	}
	s.get(storetest.Mona, address(a)+"/split?message=none").expect(http.StatusNotFound)
}

func TestAProblemAnswersAllItsIncidents(t *testing.T) {
	s := newStage(t)
	a, b := s.open(storetest.Rita, ticketing.Open{}), s.open(storetest.Stan, ticketing.Open{})
	s.fine(storetest.Mona, address(a)+"/problem")
	s.post(storetest.Mona, address(a)+"/problem", url.Values{"title": {""}, "description": {"Disque"}, "other": {num(b)}}).expect(http.StatusUnprocessableEntity).holds("Disque")
	at := s.post(storetest.Mona, address(a)+"/problem", url.Values{"title": {"Base saturée"}, "description": {"Disque"}, "other": {num(b)}, "service": {string(storetest.Moodle)}}).expect(http.StatusSeeOther).header.Get("Location")
	s.get(storetest.Mona, at).expect(http.StatusOK).holds("Base saturée", "incident de ce problème", "Incidents du problème")
	s.fine(storetest.Mona, at+"/below")
	s.get(storetest.Mona, at+"/below").holds("Incidents du problème", "2 incidents", "Laboratoire", "Rennes", "Répondre à tous")
	s.post(storetest.Mona, at+"/below", url.Values{"op": {"preview"}, "kind": {"answer"}, "text": {"{{rien}}"}}).expect(http.StatusUnprocessableEntity).holds("{{rien}}")
	form := url.Values{"op": {"preview"}, "kind": {"answer"}, "text": {"Bonjour {{demandeur.nom}}"}}
	s.post(storetest.Mona, at+"/below", form).expect(http.StatusOK).holds("Bonjour Rita", "Envoyer les 2 réponses")
	form.Set("op", "send")
	s.post(storetest.Mona, at+"/below", form).expect(http.StatusSeeOther)
	s.get(storetest.Mona, at+"/below").holds("Mona Girard a répondu à tous", "2 restent")
	s.post(storetest.Mona, at+"/known-error", url.Values{"cause": {"Plein"}, "workaround": {"Recharger **la page**"}}).expect(http.StatusSeeOther)
	s.get(storetest.Mona, address(a)).holds("Erreur connue", "Recharger la page", "Plein")
	s.fine(storetest.Mona, address(a))
	for _, who := range []guichet.ID{storetest.Rita, storetest.Cleo} {
		s.get(who, at+"/below").expect(http.StatusNotFound)
		s.post(who, at+"/below", form).expect(http.StatusNotFound)
		s.post(who, at+"/known-error", url.Values{"cause": {"x"}}).expect(http.StatusNotFound)
	}
}

func TestAMajorIncidentStandsAboveEachPage(t *testing.T) {
	s := newStage(t)
	a := s.open(storetest.Rita, ticketing.Open{Title: "Moodle ne répond plus"})
	b := s.open(storetest.Stan, ticketing.Open{})
	s.post(storetest.Rita, address(a)+"/major", nil).expect(http.StatusNotFound)
	s.post(storetest.Mona, address(a)+"/major", nil).expect(http.StatusSeeOther)
	s.get(storetest.Mona, "/desk/open").holds("Incident majeur n° "+num(a), "Moodle ne répond plus")
	if text := s.get(storetest.Max, "/desk/open").text(); strings.Contains(text, "Incident majeur") {
		t.Error("it is shown to who does not see it")
	}
	s.get(storetest.Mona, address(b)).holds("ressemble à l’incident majeur", "Le rattacher")
	s.fine(storetest.Mona, address(b))
	s.post(storetest.Mona, address(b)+"/links", url.Values{"relation": {"child_of"}, "other": {num(a)}}).expect(http.StatusSeeOther)
	s.fine(storetest.Mona, address(a)+"/below")
	s.post(storetest.Mona, address(a)+"/major/announcement", url.Values{"announcement.title": {""}, "announcement.body": {"Nous cherchons"}}).expect(http.StatusUnprocessableEntity).holds("Nous cherchons")
	s.post(storetest.Mona, address(a)+"/major/announcement", url.Values{"announcement.title": {"Moodle est arrêté"}}).expect(http.StatusSeeOther)
	s.get(storetest.Mona, address(a)+"/below").holds("Donner des nouvelles à tous", "a rattaché les tickets")
	c := s.open(storetest.Stan, ticketing.Open{})
	s.post(storetest.Mona, address(c)+"/links", url.Values{"relation": {"child_of"}, "other": {num(a)}}).expect(http.StatusSeeOther)
	s.get(storetest.Mona, address(c)).holds("Moodle est arrêté")
	s.post(storetest.Mona, address(a)+"/major", url.Values{"op": {"end"}}).expect(http.StatusSeeOther)
	if text := s.get(storetest.Mona, "/desk/open").text(); strings.Contains(text, "Incident majeur n°") {
		t.Error("it is still shown")
	}
}

// A plain parent shows its children in its own words; where nothing stands below, the page leads to where tickets are joined.
func TestAParentShowsItsChildren(t *testing.T) {
	s := newStage(t)
	a, b := s.open(storetest.Rita, ticketing.Open{}), s.open(storetest.Stan, ticketing.Open{})
	if to := s.get(storetest.Mona, address(a)+"/below").expect(http.StatusSeeOther).header.Get("Location"); to != address(a)+"/links" {
		t.Errorf("with nothing below it leads to %s", to)
	}
	if text := s.get(storetest.Mona, address(a)).text(); strings.Contains(text, "Tickets enfants") || strings.Contains(text, "rattachés") {
		t.Error("the way to what stands below is shown where nothing does")
	}
	s.post(storetest.Mona, address(a)+"/links", url.Values{"relation": {"parent_of"}, "other": {num(b)}}).expect(http.StatusSeeOther)
	s.get(storetest.Mona, address(a)).holds("Tickets enfants", "Ouvrir un problème", "Incident majeur")
	page := s.get(storetest.Mona, address(a)+"/below").holds("Tickets enfants", "1 ticket enfant", "Répondre à tous")
	for _, word := range []string{"Erreur connue", "Contournement", "rattaché", "Incident majeur"} {
		if strings.Contains(page.text(), word) {
			t.Errorf("a plain parent speaks of %q", word)
		}
	}
	s.fine(storetest.Mona, address(a)+"/below")
	s.speaks(storetest.Mona, "en")
	s.get(storetest.Mona, address(a)+"/below").holds("Child tickets", "1 child ticket", "Answer")
}
