package requester_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/webtest"
)

// trace is all that an answer would change.
func trace(s *webtest.Stage, ticket guichet.Ticket) string {
	s.Helper()
	var out string
	err := s.Store.Read(s.Ctx, func(tx *store.Tx) error {
		t, err := tx.TicketByID(s.Ctx, ticket.ID)
		if err != nil {
			return err
		}
		approvals, err := tx.Approvals(s.Ctx, ticket.ID)
		if err != nil {
			return err
		}
		events, err := tx.Events(s.Ctx, ticket.ID, true, 0, 100)
		if err != nil {
			return err
		}
		plan, err := tx.Plan(s.Ctx, ticket.ID)
		if err != nil {
			return err
		}
		jobs, err := tx.Jobs(s.Ctx, false, 100)
		out = fmt.Sprintf("%+v\n%+v\n%+v\n%+v\n%+v", t, approvals, events, plan, jobs)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return out
}

// Programs that read mail open its links, some of them many times and in every way that changes nothing.
func TestOpeningALinkDecidesNothing(t *testing.T) {
	s := stage(t)
	ticket, page, token := asked(s)
	before := trace(s, ticket)
	for range 20 {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			for _, decision := range []string{"", "approve", "refuse"} {
				r := httptest.NewRequest(method, page+"?token="+token+"&decision="+decision+"&reason=Non", nil)
				r.Header.Set("Sec-Purpose", "prefetch")
				shown := s.Ask("", r).Expect(http.StatusOK)
				if shown.Header.Get("Cache-Control") != "no-store" || shown.Header.Get("Referrer-Policy") != "no-referrer" {
					t.Fatalf("headers: %v", shown.Header)
				}
			}
		}
	}
	s.Ask("", httptest.NewRequest(http.MethodOptions, page+"?token="+token, nil)).Expect(http.StatusNotFound)
	s.Ask("", httptest.NewRequest(http.MethodPut, page+"?token="+token+"&decision=approve", nil)).Expect(http.StatusNotFound)
	// a token in the address is not one of the form
	s.Post("", page+"?token="+token+"&decision=approve", url.Values{"decision": {"approve"}}).Expect(http.StatusSeeOther)
	if after := trace(s, ticket); after != before {
		t.Errorf("opening changed:\n%s\n%s", before, after)
	}
}

func TestALinkIsGoodForOneQuestionAndOneReader(t *testing.T) {
	s := stage(t)
	ticket, page, token := asked(s)
	other := open(s, storetest.Ben, ticketing.Open{Offering: storetest.Access, Kind: guichet.KindRequest})
	otherPage := "/approvals/" + string(waiting(s, other, storetest.Dora))
	s.Get("", otherPage+"?token="+token).Expect(http.StatusSeeOther)
	s.Get("", address(ticket)+"?token="+token).Expect(http.StatusSeeOther)
	s.Get("", "/approvals?token="+token).Expect(http.StatusSeeOther)
	s.Post("", otherPage, url.Values{"token": {token}, "decision": {"approve"}}).Expect(http.StatusSeeOther)
	// forwarded to somebody who is signed in: they do not answer in Dora's name
	s.Get(storetest.Stan, page+"?token="+token).Expect(http.StatusForbidden).Says("adressé à quelqu’un d’autre").Hides("Une page blanche")
	s.Post(storetest.Stan, page, url.Values{"token": {token}, "decision": {"approve"}}).Expect(http.StatusForbidden)
	if v := view(s, storetest.Rita, ticket.Number); v.Ticket.ApprovalStep != 1 {
		t.Error("somebody else answered")
	}
	// the approver who is signed in uses the link like the page
	s.Get(storetest.Dora, page+"?token="+token).Expect(http.StatusOK).Says("devis.txt")
}

func TestALinkEnds(t *testing.T) {
	s := stage(t)
	_, page, token := asked(s)
	s.Clock.Add(31 * 24 * time.Hour)
	s.Get("", page+"?token="+token).Expect(http.StatusGone).Says("Ce lien n’est plus valable", "Identifiez-vous").Hides("Une page blanche")
	s.Post("", page, url.Values{"token": {token}, "decision": {"approve"}}).Expect(http.StatusGone)
}

// A link never outlives the question: it ends with the time to answer.
func TestALinkEndsWithItsQuestion(t *testing.T) {
	s := stage(t)
	_, page, _ := asked(s)
	id := guichet.ID(strings.TrimPrefix(page, "/approvals/"))
	token := s.Site.Signer.ApprovalLink(string(id), string(storetest.Dora), s.Clock.Now(), s.Clock.Now().Add(time.Hour))
	s.Get("", page+"?token="+token).Expect(http.StatusOK)
	s.Clock.Add(time.Hour)
	s.Get("", page+"?token="+token).Expect(http.StatusGone)
}

func TestALinkThatServedSaysWhatWasDecided(t *testing.T) {
	s := stage(t)
	away(s, storetest.Dora, storetest.Mona)
	ticket, page, token := asked(s)
	deputy := waiting(s, ticket, storetest.Mona)
	deputyPage, deputyToken := "/approvals/"+string(deputy), link(s, deputy, storetest.Mona)
	s.Get("", deputyPage+"?token="+deputyToken).Expect(http.StatusOK).Says("Vous répondez pour Dora Lefèvre")
	s.Post("", deputyPage, url.Values{"token": {deputyToken}, "decision": {"refuse"}, "reason": {"Pas cette année"}}).LeadsTo(deputyPage + "?token=" + deputyToken)
	s.Get("", deputyPage+"?token="+deputyToken).Expect(http.StatusOK).Says("Vous avez refusé cette demande le lundi 16 mars 2026", "Pas cette année").Hides("Une page blanche")
	s.Get("", page+"?token="+token).Expect(http.StatusOK).Says("Mona Girard a refusé cette demande le lundi 16 mars 2026").Hides("Une page blanche", "Pas cette année")
	late := s.Post("", page, url.Values{"token": {token}, "decision": {"approve"}, "reason": {"Mais si"}}).Expect(http.StatusConflict)
	late.Says("Mona Girard a refusé", "Mais si")
	s.Get(storetest.Rita, address(ticket)).Says("Mona Girard (pour Dora Lefèvre)", "Pas cette année", "Étapes de l’accord")
}

func TestALinkOfWhatWasWithdrawn(t *testing.T) {
	s := stage(t)
	ticket, page, token := asked(s)
	s.Post(storetest.Rita, address(ticket)+"/actions/cancel", url.Values{}).Expect(http.StatusSeeOther)
	s.Get("", page+"?token="+token).Expect(http.StatusOK).Says("La demande a été retirée").Hides("Une page blanche")
	s.Post("", page, url.Values{"token": {token}, "decision": {"approve"}}).Expect(http.StatusConflict).Says("La demande a été retirée")
	s.Change(storetest.Dora, func(p *guichet.Person) { p.Active = false })
	s.Get("", page+"?token="+token).Expect(http.StatusGone) // who has left answers nothing any more
}

func away(s *webtest.Stage, person, deputy guichet.ID) {
	s.Helper()
	from := s.Clock.Now().Add(-time.Hour)
	s.Write(func(tx *store.Tx) error {
		return tx.SaveAbsence(s.Ctx, guichet.Absence{ID: "a", PersonID: person, DeputyID: deputy, From: from, To: from.Add(48 * time.Hour)})
	})
}

// The steps are said to whoever asked, to the approvers and to the agents, in both languages.
func TestTheStepsAreShown(t *testing.T) {
	s := stage(t)
	away(s, storetest.Dora, storetest.Mona)
	ticket, page, _ := asked(s)
	s.SignIn(storetest.Fay)
	s.Get(storetest.Rita, address(ticket)).Says("Étapes de l’accord", "Direction", "en cours", "réponse attendue · ou de Mona Girard, en son absence",
		"Pourquoi ces approbateurs", "Rôle « Directeur » pour Laboratoire", "Responsables", "à venir")
	s.Get(storetest.Fay, fmt.Sprintf("/desk/tickets/%d", ticket.Number)).Says("ou de Mona Girard, en son absence", "Pourquoi ces approbateurs")
	s.Get(storetest.Mona, "/approvals").Says("Vous répondez pour Dora Lefèvre")
	for _, locale := range []string{"fr", "en"} {
		for person, path := range map[guichet.ID]string{storetest.Rita: address(ticket), storetest.Dora: page, storetest.Mona: "/approvals"} {
			s.Change(person, func(p *guichet.Person) { p.Locale = locale })
			for _, fault := range s.Get(person, path).Expect(http.StatusOK).Faults(locale) {
				t.Errorf("%s %s: %s", locale, path, fault)
			}
		}
	}
}
