package requester_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/webtest"
)

// asked is a request of Rita with a file, which waits for Dora; token is what Dora’s mail holds.
func asked(s *webtest.Stage) (ticket guichet.Ticket, page, token string) {
	s.Helper()
	ref, err := s.Site.Blobs.Put(s.Ctx, strings.NewReader("le devis"), 100)
	if err != nil {
		s.Fatal(err)
	}
	ticket = open(s, storetest.Rita, ticketing.Open{Offering: storetest.Access, Kind: guichet.KindRequest,
		Files: []ticketing.File{{Name: "devis.txt", MediaType: ref.MediaType, Size: ref.Size, Hash: ref.Hash}}})
	id := waiting(s, ticket, storetest.Dora)
	page = "/approvals/" + string(id)
	return ticket, page, link(s, id, storetest.Dora)
}

// link is the token of the link that was mailed to somebody.
func link(s *webtest.Stage, approval, person guichet.ID) string {
	return s.Site.Signer.ApprovalLink(string(approval), string(person), s.Clock.Now(), time.Time{})
}

func TestTheLinkOfAMailShowsTheEssentials(t *testing.T) {
	s := stage(t)
	ticket, page, token := asked(s)
	s.Get("", page).LeadsTo("/sign-in?next=" + url.QueryEscape(page))
	for _, wrong := range []string{"x", token + "x", link(s, "another", storetest.Dora),
		link(s, guichet.ID(strings.TrimPrefix(page, "/approvals/")), storetest.Olga), "zzzzzz" + token[6:], s.Site.Signer.Sign(account.SignatureApproval, page)} {
		s.Get("", page+"?token="+url.QueryEscape(wrong)).Expect(http.StatusSeeOther)
		s.Post("", page, url.Values{"token": {wrong}, "decision": {"approve"}}).LeadsTo("/sign-in?next=%2F")
	}
	shown := s.Get("", page+"?token="+token+"&decision=approve").Expect(http.StatusOK).Says("Le cours ne s’ouvre pas", "Une page blanche apparaît.", "Rita Durand")
	shown.Hides("devis.txt", "/documents/")
	keeps(t, shown, url.Values{"decision": {"approve"}, "token": {token}})
	for _, fault := range shown.Faults("fr") {
		t.Error(fault)
	}
	if v := view(s, storetest.Rita, ticket.Number); v.Ticket.State != guichet.StateAwaitingApproval || v.Ticket.ApprovalStep != ticket.ApprovalStep {
		t.Error("opening the page answered")
	}
	s.Get(storetest.Dora, page).Expect(http.StatusOK).Says("devis.txt")
	s.Get(storetest.Stan, page).Expect(http.StatusNotFound)
}

func TestAnApprovalIsAnsweredOnce(t *testing.T) {
	s := stage(t)
	ticket, page, token := asked(s)
	refused := s.Post("", page, url.Values{"token": {token}, "decision": {"refuse"}}).Expect(http.StatusUnprocessableEntity)
	if refused.ErrorOf("reason") == "" {
		t.Error("nothing is said beside the reason")
	}
	keeps(t, refused, url.Values{"decision": {"refuse"}, "token": {token}})
	s.Post("", page, url.Values{"token": {token}, "reason": {"mot"}}).Expect(http.StatusUnprocessableEntity)
	s.Post("", page, url.Values{"token": {token}, "decision": {"approve"}, "reason": {"Bien sûr"}}).LeadsTo(page + "?token=" + token)
	s.Get("", page+"?token="+token).Expect(http.StatusOK).Says("Vous avez donné votre accord", "Bien sûr")
	for _, decision := range []string{"approve", "refuse"} {
		s.Post("", page, url.Values{"token": {token}, "decision": {decision}, "reason": {"encore"}}).Expect(http.StatusConflict).Says("Vous avez donné votre accord le", "encore")
	}
	if v := view(s, storetest.Rita, ticket.Number); v.Ticket.State != guichet.StateAwaitingApproval || v.Ticket.ApprovalStep == ticket.ApprovalStep {
		t.Errorf("state %s, step %d", v.Ticket.State, v.Ticket.ApprovalStep)
	}
}

func TestARefusedApprovalEndsTheOthers(t *testing.T) {
	s := stage(t)
	ticket, page, _ := asked(s)
	s.Post(storetest.Dora, page, url.Values{"decision": {"approve"}}).LeadsTo("/approvals")
	olga, omar := "/approvals/"+string(waiting(s, ticket, storetest.Olga)), "/approvals/"+string(waiting(s, ticket, storetest.Omar))
	s.Post(storetest.Olga, olga, url.Values{"decision": {"refuse"}, "reason": {"Pas cette année"}}).LeadsTo("/approvals")
	s.Get(storetest.Omar, omar).Expect(http.StatusOK).Says("Cette demande n’attend plus de réponse")
	s.Post(storetest.Omar, omar, url.Values{"decision": {"approve"}}).Expect(http.StatusConflict)
	s.Get(storetest.Rita, address(ticket)).Says("Pas cette année")
}
