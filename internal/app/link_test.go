package app

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"guichet"
	"guichet/internal/ticketing"
)

// question opens a request that waits for "approbateur", and returns the page and the token of its link.
func (h *house) question(t *testing.T) (ticket guichet.Ticket, page, token string) {
	t.Helper()
	ctx := context.Background()
	ticket, err := h.app.Desk.Open(ctx, h.actors["demandeur"], ticketing.Open{Offering: "cube-vr-reglage", Title: "Régler le Cube",
		Description: "Pour le cours de lundi.", Answers: map[string][]string{"enseignement": {"Mécanique"}}})
	if err != nil {
		t.Fatal(err)
	}
	list, err := h.app.Desk.WaitingApprovals(ctx, h.actors["approbateur"])
	if err != nil || len(list) == 0 {
		t.Fatalf("nothing waits: %v", err)
	}
	id := string(list[len(list)-1].ID)
	return ticket, "/approvals/" + id, h.app.signer.ApprovalLink(id, string(h.actors["approbateur"].Person.ID), time.Now(), time.Time{})
}

// What another site sends with a good link is refused, and trying tokens is slowed down.
func TestALinkIsAnsweredFromItsOwnPageOnly(t *testing.T) {
	h := newHouse(t)
	ticket, page, token := h.question(t)
	form := url.Values{"token": {token}, "decision": {"approve"}}
	for name, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
		request := h.request(t, http.MethodPost, page, plainForm, form.Encode())
		request.Header.Set(name, value)
		if got := h.send(t, "anonymous", request); got.status != http.StatusForbidden {
			t.Errorf("%s %s: %d", name, value, got.status)
		}
	}
	if got := h.now(t, ticket.Number); got.State != guichet.StateAwaitingApproval {
		t.Fatalf("another site answered: %s", got.State)
	}
	shown := h.send(t, "anonymous", h.request(t, http.MethodGet, page+"?token="+token, "", ""))
	if shown.status != http.StatusOK || shown.header.Get("Referrer-Policy") != "no-referrer" || shown.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the page of a link: %d %v", shown.status, shown.header)
	}
	if got := h.post(t, "anonymous", page, form); got.status != http.StatusSeeOther {
		t.Errorf("answered from its page: %d", got.status)
	}
	if got := h.now(t, ticket.Number); got.State == guichet.StateAwaitingApproval {
		t.Error("the answer was lost")
	}
	slowed := false
	for range 300 {
		got := h.send(t, "anonymous", h.request(t, http.MethodGet, page+"?token=guess", "", ""))
		if slowed = got.status == http.StatusTooManyRequests; slowed {
			break
		}
	}
	if !slowed {
		t.Error("tokens may be tried without end")
	}
}
