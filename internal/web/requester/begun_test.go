package requester_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/announcing"
	"guichet/internal/drafting"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// TestTheHomePageTakesUpWhatWasBegun lists a form and a message, and erases one.
func TestTheHomePageTakesUpWhatWasBegun(t *testing.T) {
	s := stage(t)
	rita := storetest.Actor(t, s.Store, storetest.Rita)
	for place, body := range map[string]string{"form:moodle-incident": `{"title":["Le devoir de chimie"]}`, "form:general": `{"title":[""]}`,
		"form:gone": `{"title":["Rien"]}`, "reply:12": `{"text":["Une suite"]}`} {
		if _, err := s.Site.Drafts.Save(s.Ctx, rita, drafting.Save{Place: place, Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	page := s.Get(storetest.Rita, "/").Expect(http.StatusOK).Says("À reprendre", "Le devoir de chimie", "Une suite", "Écrire à l’assistance")
	if len(page.Links(incidentForm)) != 1 || strings.Contains(page.Text(), "Rien Rien") {
		t.Errorf("begun: %q", page.Links("/"))
	}
	s.Post(storetest.Rita, "/drafts/form:moodle-incident/erase", nil).LeadsTo("/")
	s.Get(storetest.Rita, "/").Hides("Le devoir de chimie")
	s.Get(storetest.Stan, "/").Hides("Une suite")
}

func TestColleaguesAreFoundByNameAndNumber(t *testing.T) {
	s := stage(t)
	s.Change(storetest.Ben, func(p *guichet.Person) { p.EmployeeNumber = "REN-771" })
	for _, text := range []string{"ben", "REN-771"} {
		page := s.Get(storetest.Rita, "/colleagues?text="+text).Expect(http.StatusOK)
		if !strings.Contains(page.Body, string(storetest.Ben)) || strings.Contains(page.Body, "@") || strings.Contains(page.Body, "REN-771") {
			t.Errorf("%s: %s", text, page.Body)
		}
	}
	if page := s.Get(storetest.Rita, "/colleagues?text=b").Expect(http.StatusOK); strings.Contains(page.Body, string(storetest.Ben)) {
		t.Error("one letter finds somebody")
	}
	s.Get("", "/colleagues?text=ben").Expect(http.StatusSeeOther)
}

func TestATextIsPreviewedInAFrame(t *testing.T) {
	s := stage(t)
	page := s.Post(storetest.Rita, "/preview", url.Values{"text": {"Un **mot** <script>x</script>"}}).Expect(http.StatusOK)
	if !strings.Contains(page.Body, "<strong>mot</strong>") || strings.Contains(page.Body, "<script>x") ||
		!strings.Contains(page.Header.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
		t.Error(page.Body, page.Header)
	}
}

// TestSayingThatItIsNotResolvedHasAPage goes back to work without scripts.
func TestSayingThatItIsNotResolvedHasAPage(t *testing.T) {
	s := stage(t)
	ticket := solved(s)
	for _, locale := range []string{"fr", "en"} {
		s.Change(storetest.Rita, func(p *guichet.Person) { p.Locale = locale })
		wellMade(s, storetest.Rita, locale, address(ticket)+"/not-resolved", address(ticket))
	}
	refused := s.Post(storetest.Rita, address(ticket)+"/actions/reject-solution", nil).Expect(http.StatusUnprocessableEntity)
	if refused.ErrorOf("reason") == "" {
		t.Error("the reason is not asked for")
	}
	s.Post(storetest.Rita, address(ticket)+"/actions/reject-solution", url.Values{"reason": {"Cela recommence."}}).LeadsTo(address(ticket))
	s.Get(storetest.Rita, address(ticket)+"/not-resolved").LeadsTo(address(ticket))
}

// TestTheListFollowsRolesAndWords reads the list of somebody without a role and of somebody with one.
func TestTheListFollowsRolesAndWords(t *testing.T) {
	s := stage(t)
	mine := open(s, storetest.Rita, ticketing.Open{})
	s.Get(storetest.Rita, "/tickets").Expect(http.StatusOK).Hides("whose=organisation")
	for path, found := range map[string]bool{"/tickets?q=cours": true, "/tickets?q=zzz": false, "/tickets?q=%22cours": true, "/tickets?show=closed": false,
		"/tickets?show=all": true, "/tickets?whose=others": false, "/tickets?whose=organisation": true, "/tickets?q=" + strings.TrimPrefix(address(mine), "/tickets/"): true} {
		page := s.Get(storetest.Rita, path).Expect(http.StatusOK)
		if got := len(page.Links(address(mine))) > 0; got != found {
			t.Errorf("%s: the ticket is listed: %t", path, got)
		}
	}
	s.Get(storetest.Mona, "/tickets?whose=organisation&show=all").Expect(http.StatusOK).Says("Le cours ne s’ouvre pas")
}

func TestAnIncidentCountsThoseWhoSayMeToo(t *testing.T) {
	s := stage(t)
	a, err := s.Site.Announcing.Publish(s.Ctx, storetest.Actor(t, s.Store, storetest.Mona), announcing.Draft{Kind: guichet.AnnouncementIncident, Service: storetest.Moodle, Title: "Moodle est arrêté"})
	if err != nil {
		t.Fatal(err)
	}
	at := "/information/" + string(a.ID) + "/me-too"
	s.Get(storetest.Rita, "/").Says("Moodle est arrêté", "Moi aussi")
	s.Post(storetest.Rita, at, url.Values{"back": {"/services/moodle"}}).LeadsTo("/services/moodle")
	s.Get(storetest.Rita, "/").Says("Vous êtes compté 1")
	s.Get(storetest.Ben, "/").Says("Moi aussi 1")
	s.Post(storetest.Rita, at, url.Values{"leave": {"1"}}).LeadsTo("/")
	s.Get(storetest.Rita, "/").Hides("Vous êtes compté")
}
