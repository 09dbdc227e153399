package directory_test

import (
	"slices"
	"testing"

	"guichet"
	"guichet/internal/directory"
	. "guichet/internal/store/storetest"
)

// keeper is an actor who keeps the directory of some organisations.
func keeper(a guichet.Actor, areas ...guichet.Area) guichet.Actor {
	a.Grants = nil
	for _, area := range areas {
		a.Grants = append(a.Grants, guichet.Grant{RoleID: "administrator", OrganisationID: area.OrganisationID, ServiceID: area.ServiceID})
	}
	return a
}

func TestTheDirectoryIsThatOfOnesOrganisations(t *testing.T) {
	s := Open(t, nil)
	Fill(t, s)
	d, fay := directory.New(s), Actor(t, s, Fay)
	Person(t, s, guichet.Person{ID: "nowhere", FamilyName: "Sans", GivenName: "Lieu", Active: true})
	for _, c := range []struct {
		name  string
		areas []guichet.Area
		in    []guichet.ID // found
		out   []guichet.ID // not found
	}{
		{"everything", []guichet.Area{{}}, []guichet.ID{Rita, Stan, Dora, Fay, "nowhere"}, nil},
		{"Lyon and below", []guichet.Area{{OrganisationID: "lyon"}}, []guichet.ID{Rita, Ben, Dora, Ann}, []guichet.ID{Stan, Cleo, Fay, "nowhere"}},
		{"two places", []guichet.Area{{OrganisationID: "lab"}, {OrganisationID: "rennes"}}, []guichet.ID{Rita, Ben, Stan, Dan}, []guichet.ID{Dora, Ann}},
		{"a service is no directory", []guichet.Area{{ServiceID: Moodle}}, nil, []guichet.ID{Rita, Stan, Fay}},
	} {
		found := everybody(t, d, keeper(fay, c.areas...), 2)
		if all := everybody(t, d, keeper(fay, c.areas...), 100); !slices.Equal(found, all) {
			t.Errorf("%s: pages of two give %v, one page %v", c.name, found, all)
		}
		for _, id := range c.in {
			if !slices.Contains(found, id) {
				t.Errorf("%s: %s is missing from %v", c.name, id, found)
			}
		}
		for _, id := range c.out {
			if slices.Contains(found, id) {
				t.Errorf("%s: %s is shown", c.name, id)
			}
		}
	}
	if _, err := d.People(t.Context(), Actor(t, s, Mona), directory.Query{Limit: 10}); guichet.KindOf(err) != guichet.KindDenied {
		t.Errorf("a moderator lists the directory: %v", err)
	}
}

// everybody reads the directory page after page.
func everybody(t *testing.T, d *directory.Directory, actor guichet.Actor, limit int) []guichet.ID {
	t.Helper()
	var out []guichet.ID
	after := guichet.ID("")
	for range 100 {
		page, err := d.People(t.Context(), actor, directory.Query{All: true, After: after, Limit: limit})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.People) > limit {
			t.Fatalf("%d persons on a page of %d", len(page.People), limit)
		}
		for _, p := range page.People {
			out = append(out, p.ID)
		}
		if after = page.Next; after == "" {
			return out
		}
	}
	t.Fatal("the pages never end")
	return nil
}
