package agent_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// page is an address with somebody who may ask for it.
type page struct {
	who  guichet.ID
	path string
}

// pages sets tickets of many kinds and lists every page of the package.
func pages(s *stage) []page {
	pooled := s.pool()
	mine := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
	asked := s.open(storetest.Rita, ticketing.Open{Offering: storetest.Access, Kind: guichet.KindRequest, Beneficiary: string(storetest.Ben)})
	done := s.do(storetest.Ann, s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim}),
		guichet.Act{Action: guichet.ActionResolve, Text: "Le serveur a redémarré."})
	over := s.open(storetest.Rita, ticketing.Open{Service: storetest.Phones})
	list := []page{{storetest.Ann, address(pooled)}, {storetest.Ann, address(mine)}, {storetest.Mona, address(asked)},
		{storetest.Ann, address(done)}, {storetest.Fay, address(over)}, {storetest.Mona, "/desk/new"}}
	for _, v := range []string{"mine", "teams", "pool", "pending", "resolved", "open", "closed"} {
		list = append(list, page{storetest.Ann, "/desk/" + v})
	}
	list = append(list, page{storetest.Mona, "/desk/qualify"}, page{storetest.Ann, "/desk/open?q=" + url.QueryEscape(`xyz -abc "d e" service:moodle priorité:haute,basse est:en-retard échéance:<2h créé:>2026-01 équipe:miennes @moi étiquette:x`)}, page{storetest.Ann, "/desk/open?q=statut:flou"})
	for _, w := range []guichet.ID{storetest.Validated, storetest.Moderated, storetest.Recorded} {
		list = append(list, page{storetest.Fay, "/admin/workflows/" + string(w)})
	}
	return append(list, page{storetest.Fay, "/admin/"}, page{storetest.Fay, "/admin/people"}, page{storetest.Fay, "/admin/roles"},
		page{storetest.Tom, "/admin/system"}, page{storetest.Tom, "/admin/"})
}

func TestPagesAreWellMade(t *testing.T) {
	for _, locale := range []string{"fr", "en"} {
		t.Run(locale, func(t *testing.T) {
			s := newStage(t)
			for _, who := range []guichet.ID{storetest.Ann, storetest.Mona, storetest.Fay, storetest.Tom} {
				s.speaks(who, locale)
			}
			for _, p := range pages(s) {
				a := s.get(p.who, p.path)
				if a.status != http.StatusOK {
					t.Errorf("%s: status %d: %s", p.path, a.status, a.text())
					continue
				}
				for _, fault := range a.faults(locale) {
					t.Errorf("%s: %s", p.path, fault)
				}
			}
		})
	}
}

// faults are what would keep somebody from reading or using the page.
func (a answer) faults(locale string) []string {
	var out []string
	seen := map[string]bool{}
	headings, labelled := 0, map[string]bool{}
	for n := range a.root.Descendants() {
		if v, ok := attr(n, "for"); ok && n.Data == "label" {
			labelled[v] = true
		}
	}
	for n := range a.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if _, ok := attr(n, "style"); ok {
			out = append(out, "inline style on "+n.Data)
		}
		if id, ok := attr(n, "id"); ok {
			if seen[id] {
				out = append(out, "two elements are "+id)
			}
			seen[id] = true
		}
		for _, at := range n.Attr {
			if strings.HasPrefix(at.Key, "on") {
				out = append(out, "inline handler "+at.Key)
			}
		}
		switch n.Data {
		case "h1":
			headings++
		case "html":
			if lang, _ := attr(n, "lang"); lang != locale {
				out = append(out, "language "+lang)
			}
		case "script":
			if n.FirstChild != nil {
				out = append(out, "inline script")
			}
		case "input", "select", "textarea":
			if !named(n, labelled) {
				name, _ := attr(n, "name")
				out = append(out, "no label for "+name)
			}
		}
	}
	if headings != 1 {
		out = append(out, "not one first heading")
	}
	if i := strings.Index(a.body, "⟦"); i >= 0 {
		out = append(out, "missing text "+a.body[i:min(i+80, len(a.body))])
	}
	return out
}

func named(n *html.Node, labelled map[string]bool) bool {
	if kind, _ := attr(n, "type"); kind == "hidden" {
		return true
	}
	if id, _ := attr(n, "id"); labelled[id] {
		return true
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "label" {
			return true
		}
	}
	return false
}

func TestWhoIsNoAgentFindsNothing(t *testing.T) {
	s := newStage(t)
	for _, p := range pages(s) {
		s.get(storetest.Stan, p.path).expect(http.StatusNotFound)
	}
	ticket := s.pool()
	for _, path := range []string{address(ticket) + "/messages", address(ticket) + "/actions/claim", address(ticket) + "/tasks/x/done",
		"/desk/new", "/admin/jobs/x/retry"} {
		s.post(storetest.Stan, path, nil).expect(http.StatusNotFound)
	}
}

func TestAPageIsForThoseWhoHaveItsRight(t *testing.T) {
	s := newStage(t)
	for _, p := range []page{{storetest.Ann, "/desk/new"}, {storetest.Ann, "/admin/"}, {storetest.Ann, "/desk/qualify"}, {storetest.Mona, "/desk/pool"},
		{storetest.Fay, "/admin/system"}, {storetest.Tom, "/admin/people"}, {storetest.Tom, "/admin/roles"}, {storetest.Tom, "/desk/open"},
		{storetest.Fay, "/admin/workflows/unknown"}, {storetest.Cleo, address(s.pool())}} {
		if a := s.get(p.who, p.path); a.status != http.StatusNotFound {
			t.Errorf("%s asks for %s: status %d", p.who, p.path, a.status)
		}
	}
}

func TestARetriedJobWaitsAgain(t *testing.T) {
	s := newStage(t)
	s.pool() // leaves jobs
	var dead store.Job
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		list, err := tx.ClaimJobs(s.ctx, 100, time.Minute, ticketing.JobNotify)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return errors.New("no job to claim")
		}
		dead = list[0]
		return tx.FailJob(s.ctx, dead, "le serveur de courriel refuse", s.clock.Now(), true)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.get(storetest.Tom, "/admin/system").expect(http.StatusOK).holds("le serveur de courriel refuse", "1.2.3")
	s.post(storetest.Fay, "/admin/jobs/"+string(dead.ID)+"/retry", nil).expect(http.StatusNotFound)
	s.post(storetest.Tom, "/admin/jobs/"+string(dead.ID)+"/retry", nil).expect(http.StatusSeeOther)
	s.get(storetest.Tom, "/admin/system").holds("Aucune tâche n’a échoué.")
}
