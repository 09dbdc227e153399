package requester_test

import (
	"net/http"
	"net/url"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// TestWhoFollowsAnOrganisationReadsItsTicketsAsItsPeopleDo gives somebody the right to follow a subtree.
func TestWhoFollowsAnOrganisationReadsItsTicketsAsItsPeopleDo(t *testing.T) {
	s := stage(t)
	desk := storetest.Desk()
	desk.Roles["head"] = guichet.Role{ID: "head", Name: "Direction", Permissions: []guichet.Permission{guichet.PermissionFollow}}
	s.Write(func(tx *store.Tx) error {
		if err := tx.SaveDesk(s.Ctx, desk); err != nil {
			return err
		}
		return tx.SaveGrant(s.Ctx, guichet.Grant{ID: "omar-head", PersonID: storetest.Omar, RoleID: "head", OrganisationID: "lyon"})
	})
	ours, theirs := open(s, storetest.Rita, ticketing.Open{}), open(s, storetest.Stan, ticketing.Open{})
	do(s, storetest.Mona, ours, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support})
	note := ticketing.FollowUp{Text: "note réservée au support", Internal: true}
	if _, err := s.Desk.FollowUp(s.Ctx, storetest.Actor(t, s.Store, storetest.Ann), ours.Number, note); err != nil {
		t.Fatal(err)
	}
	for _, locale := range []string{"fr", "en"} {
		s.Change(storetest.Omar, func(p *guichet.Person) { p.Locale = locale })
		wellMade(s, storetest.Omar, locale, "/tickets?whose=organisation", address(ours))
	}
	list := s.Get(storetest.Omar, "/tickets?whose=organisation").Expect(http.StatusOK)
	if len(list.Links(address(ours))) == 0 || len(list.Links(address(theirs))) > 0 {
		t.Errorf("the list of Lyon: %s", list.Text())
	}
	if found := s.Get(storetest.Omar, "/tickets?whose=organisation&q=reservee"); len(found.Links(address(ours))) > 0 {
		t.Error("an internal note is found by its words")
	}
	s.Get(storetest.Omar, address(ours)).Expect(http.StatusOK).Says("Une page blanche apparaît.").Hides("note réservée", address(ours)+"/messages")
	s.Get(storetest.Omar, address(theirs)).Expect(http.StatusNotFound)
	if status := s.Post(storetest.Omar, address(ours)+"/messages", url.Values{"text": {"Alors ?"}}).Status; status != http.StatusForbidden {
		t.Errorf("who follows writes: %d", status)
	}
	s.Get(storetest.Omar, "/desk/mine").Expect(http.StatusNotFound)
}

// TestWhatIsReservedIsNotFoundByAskingForIt: a requester learns neither the level nor the lateness of a ticket by
// filtering the own ones.
func TestWhatIsReservedIsNotFoundByAskingForIt(t *testing.T) {
	s := stage(t)
	do(s, storetest.Mona, open(s, storetest.Rita, ticketing.Open{}), guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support})
	found := func(who guichet.ID, text string) int {
		q, problems := guichet.ParseQuery(text)
		page, err := s.Desk.List(s.Ctx, storetest.Actor(t, s.Store, who), ticketing.Query{Query: q, Limit: 10})
		if len(problems) > 0 || err != nil {
			t.Fatalf("%s: %v %v", text, problems, err)
		}
		return len(page.Rows)
	}
	for text, agent := range map[string]int{"niveau:N1": 1, "-niveau:N2": 1, "statut:ouvert": 1} {
		want := 0
		if text == "statut:ouvert" {
			want = 1
		}
		if got := found(storetest.Rita, text); got != want {
			t.Errorf("%s finds %d tickets for who asked, want %d", text, got, want)
		}
		if got := found(storetest.Ann, text); got != agent {
			t.Errorf("%s finds %d tickets for who handles it, want %d", text, got, agent)
		}
	}
}
