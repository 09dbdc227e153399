package agent_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func version(t guichet.Ticket) string { return strconv.FormatInt(t.Version, 10) }

// links are the addresses of the page that begin as given.
func (a answer) links(beginning string) []string {
	var out []string
	for n := range a.root.Descendants() {
		if href, ok := attr(n, "href"); ok && n.Data == "a" && strings.HasPrefix(href, beginning) {
			out = append(out, href)
		}
	}
	return out
}

func TestPagesOfAListHoldEachTicketOnce(t *testing.T) {
	s := newStage(t)
	const all = 60
	for range all {
		s.open(storetest.Rita, ticketing.Open{})
		s.clock.Add(time.Second)
	}
	seen := map[string]bool{}
	next := []string{"/desk/qualify?q=type:incident"}
	for pages := 0; len(next) > 0; pages++ {
		if pages == 3 {
			t.Fatal("the pages do not end")
		}
		a := s.get(storetest.Mona, next[0]).expect(http.StatusOK)
		for _, l := range a.links("/desk/tickets/") {
			seen[l] = true
		}
		next = nil
		for _, l := range a.links("/desk/qualify?") {
			if u, _ := url.Parse(l); u.Query().Has("after") {
				if u.Query().Get("q") != "type:incident" {
					t.Error("the next page forgets the filter")
				}
				next = []string{l}
			}
		}
	}
	if len(seen) != all {
		t.Errorf("%d tickets on the pages, expected %d", len(seen), all)
	}
	s.get(storetest.Mona, "/desk/qualify?after=nonsense").expect(http.StatusOK)
}

func TestFiltersNarrowAndCanBeRemoved(t *testing.T) {
	s := newStage(t)
	s.open(storetest.Rita, ticketing.Open{Title: "Imprimante en panne"})
	s.open(storetest.Rita, ticketing.Open{Title: "Vidéo muette", Service: storetest.Homework})
	a := s.get(storetest.Mona, "/desk/open?q=imprimante").expect(http.StatusOK).holds("Imprimante en panne")
	if strings.Contains(a.text(), "Vidéo muette") {
		t.Error("the words do not filter")
	}
	s.get(storetest.Mona, "/desk/open?service=homework&q=video").expect(http.StatusSeeOther).leadsTo("/desk/open?q=video+service%3Ahomework")
	a = s.get(storetest.Mona, "/desk/open?q=video+service%3Ahomework").holds("Vidéo muette", "Service : Devoirs")
	if !strings.Contains(a.body, "<mark>Vidéo</mark> muette") {
		t.Error("the word is not shown")
	}
	links := a.links("/desk/open?q=video")
	if len(links) != 1 {
		t.Errorf("no link removes the service alone: %v", a.links("/desk/open"))
	}
	s.get(storetest.Mona, "/desk/open?q=rien").holds("Aucun ticket ne correspond à ces filtres")
}

// A moderator qualifies what he or she moderates, not every new ticket that he or she may read.
func TestToQualifyIsWhatOneModerates(t *testing.T) {
	s := newStage(t)
	s.open(storetest.Rita, ticketing.Open{Title: "Moodle en panne"})
	s.open(storetest.Max, ticketing.Open{Title: "Ma propre demande"})
	s.get(storetest.Mona, "/desk/qualify").expect(http.StatusOK).holds("Moodle en panne", "Ma propre demande")
	if a := s.get(storetest.Max, "/desk/qualify").expect(http.StatusOK); strings.Contains(a.text(), "Ma propre demande") {
		t.Error("the list shows a ticket of another area, which the reader only asked for")
	}
}

func TestATicketIsRecordedForSomebody(t *testing.T) {
	s := newStage(t)
	page := s.get(storetest.Mona, "/desk/new").expect(http.StatusOK)
	form := url.Values{"key": {page.field("key")}, "channel": {"phone"}, "requester": {"rita"}, "service": {"moodle"}, "kind": {"incident"},
		"title": {"Plus de son"}, "description": {"Depuis ce matin."}, "urgency": {"high"}}
	first := s.post(storetest.Mona, "/desk/new", form).expect(http.StatusSeeOther).header.Get("Location")
	s.post(storetest.Mona, "/desk/new", form).leadsTo(first) // the same form, sent twice
	n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(first, "/desk/tickets/"), "?sent=desk:new"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	v := s.view(storetest.Mona, guichet.Ticket{Number: n}).Ticket
	if v.RequesterID != storetest.Rita || v.Channel != guichet.ChannelPhone || v.OpenedByID != storetest.Mona {
		t.Errorf("requester %s, channel %s, by %s", v.RequesterID, v.Channel, v.OpenedByID)
	}
}

func TestARefusedRecordingKeepsWhatWasTyped(t *testing.T) {
	s := newStage(t)
	form := url.Values{"channel": {"mail"}, "requester": {"durand"}, "title": {""}, "description": {"Un long récit."}, "service": {"moodle"}, "urgency": {"low"}}
	s.namesake()
	a := s.post(storetest.Mona, "/desk/new", form).expect(http.StatusUnprocessableEntity).holds("De qui s’agit-il", "Rita Durand", "Paul Durand")
	if a.field("description") != "Un long récit." || a.field("channel") != "mail" || a.field("urgency") != "low" {
		t.Error("what was typed is lost")
	}
	form.Set("requester", "")
	s.post(storetest.Mona, "/desk/new", form).expect(http.StatusUnprocessableEntity)
	form.Set("requester_choice", string(storetest.Rita))
	form.Set("title", "Plus de son")
	form.Set("kind", "incident")
	s.post(storetest.Mona, "/desk/new", form).expect(http.StatusSeeOther)
}

// namesake adds a second Durand.
func (s *stage) namesake() {
	s.Helper()
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		return tx.SavePerson(s.ctx, guichet.Person{ID: "paul", OrganisationID: "rennes", GivenName: "Paul", FamilyName: "Durand",
			Email: "paul@example.org", Active: true})
	})
	if err != nil {
		s.Fatal(err)
	}
}

// What the filter does not understand is told beside it, nothing is listed, and what was typed stays.
func TestAFilterTellsWhatItDoesNotUnderstand(t *testing.T) {
	s := newStage(t)
	s.open(storetest.Rita, ticketing.Open{Title: "Imprimante en panne"})
	for typed, want := range map[string]string{"statut:flou": "n’est pas un état", "service:inconnu": "Aucun service ne s’appelle", "foo:bar": "n’est pas un opérateur connu"} {
		a := s.get(storetest.Mona, "/desk/open?q="+url.QueryEscape(typed)).expect(http.StatusOK).holds(want).holds("Rien n’a été cherché")
		if strings.Contains(a.text(), "Imprimante en panne") || a.field("q") != typed {
			t.Errorf("%s: something is listed, or the field holds %q", typed, a.field("q"))
		}
	}
}

// Tags are offered from the tickets that one handles, the last used first, each once: those of others are not told.
func TestTagsAreOfferedFromWhatOneHandles(t *testing.T) {
	s := newStage(t)
	tagged := func(service guichet.ID, who guichet.ID, act guichet.Act, tags ...string) {
		ticket := s.open(storetest.Ann, ticketing.Open{Service: service})
		s.do(map[guichet.ID]guichet.ID{storetest.Moodle: storetest.Mona, storetest.Wifi: storetest.Max}[service], ticket, act)
		if _, err := s.desk.Tag(s.ctx, storetest.Actor(t, s.store, who), ticket.Number, tags, nil); err != nil {
			t.Fatal(err)
		}
		s.clock.Add(time.Minute)
	}
	toSupport, toNetwork := guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support}, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.NetworkTeam}
	tagged(storetest.Moodle, storetest.Ann, toSupport, "vip", "ancienne")
	tagged(storetest.Wifi, storetest.Cleo, toNetwork, "vip", "secret du réseau") // asked by Ann, who does not handle it
	tagged(storetest.Moodle, storetest.Ann, toSupport, "salle-2", "vip")
	for who, want := range map[guichet.ID]string{storetest.Ann: "salle-2 vip ancienne", storetest.Bob: "salle-2 vip ancienne", storetest.Cleo: `secret-du-réseau vip`,
		storetest.Max: `secret-du-réseau vip`, storetest.Fay: `salle-2 vip secret-du-réseau ancienne`} {
		for _, typed := range []string{"étiquette:", "tag:"} {
			var list []struct{ Text string }
			body := s.get(who, "/desk/complete?q="+url.QueryEscape(typed)).expect(http.StatusOK).body
			if err := json.Unmarshal([]byte(body), &list); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range list {
				got = append(got, x.Text)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s is offered %q for %s, want %q", who, strings.Join(got, " "), typed, want)
			}
		}
	}
	for typed, want := range map[string]string{"tag:SAL": "salle-2", `tag:"secret d`: "secret", "tag:anc": "ancienne"} {
		if body := s.get(storetest.Fay, "/desk/complete?q="+url.QueryEscape(typed)).body; !strings.Contains(body, want) || strings.Contains(body, "vip") {
			t.Errorf("%s: %s", typed, body)
		}
	}
}

func TestAQueryIsCompleted(t *testing.T) {
	s := newStage(t)
	for typed, want := range map[string]string{"stat": `"statut:"`, "wifi statut:en": `"en-attente"`, "service:mood": `"Moodle"`, "@an": `Ann Blanc`, "équipe:sup": `"Support"`, "nouv": `"nouveau:"`, "nouveau:": `"oui"`, "unread:n": `"non"`,
		"priorité:haute,ba": `"basse"`} {
		a := s.get(storetest.Mona, "/desk/complete?q="+url.QueryEscape(typed)).expect(http.StatusOK)
		if !strings.Contains(a.body, want) {
			t.Errorf("%s: %s, want %s", typed, a.body, want)
		}
	}
	s.get(storetest.Rita, "/desk/complete?q=stat").expect(http.StatusNotFound)
}
