package agent_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// act is the address of the link that does an act; empty: none.
func (a answer) act(name string) string {
	for n := range a.root.Descendants() {
		if v, _ := attr(n, "data-act"); n.Type == html.ElementNode && n.Data == "a" && v == name {
			href, _ := attr(n, "href")
			return href
		}
	}
	return ""
}

// pathOf is an address without what it carries.
func pathOf(link string) string { return strings.SplitN(link, "?", 2)[0] }

func TestATicketLeadsToItsNeighboursInTheList(t *testing.T) {
	for locale, words := range map[string][]string{"fr": {"Précédent", "Suivant", "Retour à la liste"}, "en": {"Previous", "Next", "Back to the list"}} {
		s := newStage(t)
		s.speaks(storetest.Mona, locale)
		var pages []string
		for range 3 {
			pages = append(pages, address(s.open(storetest.Rita, ticketing.Open{})))
			s.clock.Add(time.Minute)
		}
		slices.Reverse(pages) // as the list shows them
		list := s.get(storetest.Mona, "/desk/qualify?kind=incident").expect(http.StatusSeeOther).header.Get("Location")
		rows := s.get(storetest.Mona, list).expect(http.StatusOK).links("/desk/tickets/")
		if len(rows) != 6 || pathOf(rows[2]) != pages[1] {
			t.Fatalf("rows lead to %v", rows)
		}
		page := s.get(storetest.Mona, rows[2]).expect(http.StatusOK).holds(words...)
		if pathOf(page.act("previous")) != pages[0] || pathOf(page.act("next")) != pages[2] || page.act("back") != list {
			t.Errorf("previous %q, next %q, back %q", page.act("previous"), page.act("next"), page.act("back"))
		}
		last := s.get(storetest.Mona, page.act("next")).expect(http.StatusOK)
		if last.act("next") != "" || pathOf(last.act("previous")) != pages[1] {
			t.Errorf("at the end: previous %q, next %q", last.act("previous"), last.act("next"))
		}
		if first := s.get(storetest.Mona, page.act("previous")); first.act("previous") != "" || pathOf(first.act("next")) != pages[1] {
			t.Errorf("at the beginning: previous %q, next %q", first.act("previous"), first.act("next"))
		}
		if plain := s.get(storetest.Mona, pages[1]); plain.act("next")+plain.act("previous") != "" {
			t.Error("a ticket that was opened otherwise has neighbours")
		}
	}
}

// An act keeps the way through the list, whether it is done or refused.
func TestAnActKeepsTheWayThroughTheList(t *testing.T) {
	s := newStage(t)
	old := s.pool()
	s.clock.Add(time.Minute)
	s.pool()
	rows := s.get(storetest.Ann, "/desk/pool").expect(http.StatusOK)
	claim := rows.body[strings.Index(rows.body, "/actions/claim?from="):]
	claim = html.UnescapeString(claim[:strings.IndexByte(claim, '"')])
	taken := s.post(storetest.Ann, pathOf(rows.links("/desk/tickets/")[0])+claim, url.Values{"claim.version": {"2"}}).expect(http.StatusSeeOther).header.Get("Location")
	page := s.get(storetest.Ann, taken).expect(http.StatusOK)
	if pathOf(page.act("next")) != address(old) || page.act("back") != "/desk/pool" {
		t.Fatalf("after taking, next %q, back %q", page.act("next"), page.act("back"))
	}
	carried := "?" + strings.SplitN(taken, "?", 2)[1]
	form := url.Values{"mode": {"note"}, "note.text": {""}}
	if refused := s.post(storetest.Ann, pathOf(taken)+"/messages"+carried, form).expect(http.StatusUnprocessableEntity); pathOf(refused.act("next")) != address(old) {
		t.Error("a refused act loses the way")
	}
	form.Set("note.text", "Vu.")
	said := s.post(storetest.Ann, pathOf(taken)+"/messages"+carried, form).expect(http.StatusSeeOther).header.Get("Location")
	if done := s.get(storetest.Ann, said).expect(http.StatusOK); pathOf(done.act("next")) != address(old) || strings.Count(done.body, "/messages?from=") != 1 {
		t.Errorf("after %s the way is lost", said)
	}
}

func TestATrailLeadsToListsOnly(t *testing.T) {
	s := newStage(t)
	page := address(s.open(storetest.Rita, ticketing.Open{}))
	for _, from := range []string{"//elsewhere.example/desk/open", "https://elsewhere.example/desk/open", "/desk/../admin/", "/admin/", "/desk/nothing",
		"/desk/tickets/1", `/desk\open`, "javascript:alert(1)", "/desk/open?q=" + strings.Repeat("x", 2000), "/desk/open?at=nonsense&q=service:rien"} {
		a := s.get(storetest.Mona, page+"?from="+url.QueryEscape(from)).expect(http.StatusOK)
		if a.act("next")+a.act("previous") != "" {
			t.Errorf("%s leads on", from)
		}
		if back := a.act("back"); back != "/desk/" && !strings.HasPrefix(back, "/desk/open?q=service") {
			t.Errorf("%s leads back to %s", from, back)
		}
	}
}
