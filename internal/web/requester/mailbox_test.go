package requester_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web"
	"guichet/internal/web/requester"
)

func TestTheMailboxShowsMailsThatCanDoNothing(t *testing.T) {
	s := stage(t)
	ticket := open(s, storetest.Rita, ticketing.Open{})
	event := view(s, storetest.Rita, ticket.Number).Events[0]
	s.Write(func(tx *store.Tx) error {
		return tx.InsertMail(s.Ctx, store.Mail{ID: "m1", TicketID: ticket.ID, EventID: event.ID, PersonID: storetest.Rita, Recipient: "rita@example.org", Subject: "Votre <ticket>", Text: "bonjour", HTML: `<p style="color:red">bonjour</p><script>1</script>`,
			MessageID: "<m1@desk.test>", CreatedAt: s.Clock.Now()})
	})
	for _, locale := range []string{"fr", "en"} {
		for _, path := range []string{"/dev/mail", "/dev/mail?to=rita%40example.org", "/dev/mail?to=nobody", "/dev/mail/m1"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Accept-Language", locale)
			for _, fault := range s.Ask("", r).Expect(http.StatusOK).Faults(locale) {
				t.Errorf("%s: %s", path, fault)
			}
		}
	}
	content := s.Get("", "/dev/mail/m1/content").Expect(http.StatusOK)
	if policy := content.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox") || strings.Contains(policy, "allow-scripts") {
		t.Errorf("the policy of a mail is %q", policy)
	}
	s.Get("", "/dev/mail/none").Expect(http.StatusNotFound)
	s.Site.Mailbox = nil
	for _, route := range web.Routes(s.Site) {
		for _, r := range requester.MailboxRoutes() {
			if route.Pattern == r.Pattern {
				t.Errorf("%s is open without a mailbox", route.Pattern)
			}
		}
	}
}
