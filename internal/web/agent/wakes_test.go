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

// The rail says what comes back from its wait today and this week; each is a list of its own, on which the menu stands.
func TestTheRailTellsWhenWaitsEnd(t *testing.T) {
	s := newStage(t)
	if got := s.get(storetest.Ann, "/desk/open").text(); strings.Contains(got, "Reprise") {
		t.Error("nothing waits, and something comes back")
	}
	for _, until := range []time.Duration{3 * time.Hour, 24 * time.Hour, 20 * 24 * time.Hour} {
		ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
		s.post(storetest.Ann, address(ticket)+"/actions/hold", url.Values{"hold.pending_reason": {"planned"},
			"hold.until": {s.clock.Now().Add(until).Format("2006-01-02T15:04")}}).expect(http.StatusSeeOther)
	}
	page := s.get(storetest.Ann, "/desk/open").holds("Reprise aujourd’hui", "Reprise cette semaine")
	links := page.links("/desk/pending?q=")
	if len(links) != 2 {
		t.Fatalf("the rail leads to %v", links)
	}
	for i, want := range []int{1, 2} {
		list := s.get(storetest.Ann, links[i]).expect(http.StatusOK)
		if got := len(strings.Fields(list.rows())); got != want {
			t.Errorf("%s holds %d tickets, want %d", links[i], got, want)
		}
		if !strings.Contains(list.body, `href="`+links[i]+`" title="Reprise`) || strings.Count(list.body, `aria-current="page"`) != 1 {
			t.Errorf("the menu does not stand on %s", links[i])
		}
	}
	s.clock.Add(25 * time.Hour) // the jobs that end the waits have not run: what is late comes back today too
	if links := s.get(storetest.Bob, "/desk/open").links("/desk/pending?q="); len(links) != 1 {
		t.Errorf("two come back today and no more this week: %v", links)
	}
	s.speaks(storetest.Bob, "en")
	s.get(storetest.Bob, "/desk/open").holds("Back today")
}

// A list of one level or of one theme is the one of the menu.
func TestTheMenuStandsOnLevelsAndThemes(t *testing.T) {
	s := newStage(t)
	s.open(storetest.Rita, ticketing.Open{})
	for path, current := range map[string]string{"/desk/open?q=niveau%3AN2": "N2", "/desk/open?q=service%3Alearning": "", "/desk/open?q=niveau%3AN2+moodle": "Tickets ouverts", "/desk/open": "Tickets ouverts"} {
		page := s.get(storetest.Mona, path).expect(http.StatusOK)
		at := strings.Index(page.body, `aria-current="page"`)
		if at < 0 || !strings.Contains(page.body[max(0, at-200):at], `title="`+current) {
			t.Errorf("%s: the menu stands elsewhere", path)
		}
		if open := strings.Contains(page.body, `<details class="folded" open>`); open != (current == "N2" || current == "") {
			t.Errorf("%s: its part of the menu is unfolded: %v", path, open)
		}
	}
}
