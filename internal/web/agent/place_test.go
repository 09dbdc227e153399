package agent_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func TestATicketLeadsBackToTheListItWasOpenedFrom(t *testing.T) {
	s := newStage(t)
	page := address(s.open(storetest.Rita, ticketing.Open{}))
	const list = "/desk/qualify?q=type:incident"
	kept := (&http.Response{Header: s.get(storetest.Mona, list).expect(http.StatusOK).header}).Cookies()
	i := slices.IndexFunc(kept, func(c *http.Cookie) bool { return c.Name == "guichet_place" })
	if i < 0 {
		t.Fatal("the list is not kept")
	}
	elsewhere := &http.Cookie{Name: "guichet_place", Value: base64.RawURLEncoding.EncodeToString([]byte("//elsewhere.example/desk/"))}
	for back, cookie := range map[string]*http.Cookie{list: kept[i], "/desk/": elsewhere} {
		r := httptest.NewRequest(http.MethodGet, page, nil)
		r.AddCookie(cookie)
		if links := s.ask(storetest.Mona, r).expect(http.StatusOK).links("/desk/"); !slices.Contains(links, back) {
			t.Errorf("no link back to %s: %v", back, links)
		}
	}
}
