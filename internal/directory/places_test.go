package directory_test

import (
	"context"
	"slices"
	"testing"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

func TestOrganisationsAreKept(t *testing.T) {
	s := newStage(t)
	dora, fay := s.actor(Dora), s.actor(Fay)
	o, err := s.d.CreateOrganisation(t.Context(), dora, directory.OrganisationInput{Name: " Amphi Émilie  ", Kind: guichet.OrganisationSite, Parent: "lyon"})
	s.no(err)
	if o.ID != "amphi-emilie" || s.desk().Organisations[o.ID].Name != "Amphi Émilie" {
		t.Errorf("%+v", o)
	}
	twin, err := s.d.CreateOrganisation(t.Context(), dora, directory.OrganisationInput{Name: "Amphi Emilie", Kind: guichet.OrganisationSite, Parent: "lyon"})
	s.no(err)
	if twin.ID != "amphi-emilie-2" {
		t.Errorf("%+v", twin)
	}
	for code, in := range map[string]directory.OrganisationInput{
		"name: field.required":        {Kind: guichet.OrganisationSite, Parent: "lyon"},
		"kind: field.unknown_value":   {Name: "x", Kind: "planet", Parent: "lyon"},
		"parent: field.required":      {Name: "x", Kind: guichet.OrganisationSite},
		"parent: field.unknown_value": {Name: "x", Kind: guichet.OrganisationSite, Parent: "rennes"},
	} {
		_, err := s.d.CreateOrganisation(t.Context(), dora, in)
		s.refused(err, code)
	}
	in := directory.OrganisationInput{Name: "Amphithéâtre", Kind: guichet.OrganisationSite, Parent: "lyon", Version: 1}
	s.no(s.d.ChangeOrganisation(t.Context(), dora, o.ID, in))
	s.refused(s.d.ChangeOrganisation(t.Context(), dora, o.ID, in), "organisation.changed")
	in.Version, in.Parent = 2, "lab"
	s.refused(s.d.ChangeOrganisation(t.Context(), dora, o.ID, in), "parent: organisation.move")
	s.no(s.d.ChangeOrganisation(t.Context(), fay, o.ID, in))
	lab := s.desk().Organisations["lab"]
	s.refused(s.d.ChangeOrganisation(t.Context(), fay, "lab", directory.OrganisationInput{Name: "Lab", Kind: lab.Kind, Parent: o.ID, Version: lab.Version}), "parent: organisation.cycle")
	s.refused(s.d.ChangeOrganisation(t.Context(), dora, "rennes", in), "organisation.not_found")
	s.no(s.d.RemoveOrganisation(t.Context(), dora, twin.ID))
	s.refused(s.d.RemoveOrganisation(t.Context(), dora, "lab"), "organisation.named")
	s.refused(s.d.CloseOrganisation(t.Context(), dora, "lab", true), "organisation.in_use")
	for _, p := range []guichet.ID{Rita, Ben} {
		s.no(s.d.SetActive(t.Context(), dora, p, false))
	}
	s.refused(s.d.CloseOrganisation(t.Context(), dora, "lab", true), "organisation.in_use") // the amphitheatre is open
	s.no(s.d.RemoveOrganisation(t.Context(), dora, o.ID))
	s.no(s.d.CloseOrganisation(t.Context(), dora, "lab", true))
	late := zoe()
	late.GivenName = "Zoé"
	_, err = s.d.CreatePerson(t.Context(), dora, late)
	s.refused(err, "organisation: field.unknown_value")
	s.no(s.d.CloseOrganisation(t.Context(), dora, "lab", false))
}

// Moving an organisation moves what is seen of its tickets at once, for those above the old place and the new.
func TestMovingAnOrganisationMovesWhatIsSeen(t *testing.T) {
	s := newStage(t)
	reader := func(place guichet.ID) guichet.Scope {
		return guichet.Scope{Areas: []guichet.Area{{OrganisationID: place}}}
	}
	ticket := guichet.Ticket{ID: "t", State: guichet.StateNew, Kind: guichet.KindIncident, RequesterID: Rita, BeneficiaryID: Rita, OpenedByID: Rita, OrganisationID: "lab"}
	s.write(func(ctx context.Context, tx *store.Tx) error { return tx.InsertTicket(ctx, &ticket) })
	sees := func(place guichet.ID) (found bool) {
		s.read(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Ticket(ctx, reader(place), ticket.Number)
			found = err == nil
			return nil
		})
		if rule := reader(place).Sees(ticket, s.desk().Place(nil)); rule != found {
			t.Errorf("from %s: the rule says %t, the database %t", place, rule, found)
		}
		return found
	}
	if !sees("lyon") || sees("rennes") || !sees("group") {
		t.Fatal("before")
	}
	lyon := s.desk().Organisations["lyon"]
	s.no(s.d.ChangeOrganisation(t.Context(), s.actor(Fay), "lyon", directory.OrganisationInput{Name: lyon.Name, Kind: lyon.Kind, Parent: "rennes", Version: lyon.Version}))
	if !sees("lyon") || !sees("rennes") || !sees("group") {
		t.Error("below Rennes")
	}
	lyon = s.desk().Organisations["lyon"]
	s.no(s.d.ChangeOrganisation(t.Context(), s.actor(Fay), "lyon", directory.OrganisationInput{Name: lyon.Name, Kind: lyon.Kind, Version: lyon.Version}))
	if !sees("lyon") || sees("rennes") || sees("group") {
		t.Error("alone")
	}
}

func TestTheTreeCountsPeople(t *testing.T) {
	s := newStage(t)
	tree, err := s.d.Tree(t.Context(), s.actor(Fay))
	s.no(err)
	got := map[guichet.ID][3]int{}
	for _, n := range tree {
		got[n.ID] = [3]int{n.Depth, n.Own, n.People}
	}
	if got["group"] != [3]int{0, 6, 14} || got["lyon"] != [3]int{1, 3, 5} || got["lab"] != [3]int{2, 2, 2} {
		t.Errorf("%v", got)
	}
	tree, err = s.d.Tree(t.Context(), s.actor(Dora))
	s.no(err)
	if len(tree) != 2 || tree[0].ID != "lyon" || tree[0].Depth != 0 || tree[0].People != 5 {
		t.Errorf("%+v", tree)
	}
}

func TestTeamsAreKept(t *testing.T) {
	s := newStage(t)
	dora, fay := s.actor(Dora), s.actor(Fay)
	team, err := s.d.CreateTeam(t.Context(), dora, directory.TeamInput{Name: "Accueil", Level: guichet.Level1, Organisation: "lyon", Email: "accueil@example.org"})
	s.no(err)
	s.no(s.d.Join(t.Context(), dora, team.ID, Rita))
	if !slices.Contains(s.desk().Teams[team.ID].Members, Rita) {
		t.Error("not a member")
	}
	s.refused(s.d.Join(t.Context(), dora, team.ID, Stan), "person: field.unknown_value")
	s.refused(s.d.Join(t.Context(), dora, Core, Rita), "team.not_found") // of no organisation: Fay's
	_, err = s.d.Give(t.Context(), fay, directory.Give{Team: team.ID, Role: "moderator"})
	s.no(err)
	s.refused(s.d.Join(t.Context(), dora, team.ID, Ben), "team.above")
	s.refused(s.d.Leave(t.Context(), dora, team.ID, Rita), "team.above")
	s.refused(s.d.ChangeTeam(t.Context(), dora, team.ID, directory.TeamInput{Name: "Accueil", Organisation: "lyon", Version: 1}), "team.above")
	s.no(s.d.Leave(t.Context(), fay, team.ID, Rita))
	s.no(s.d.ChangeTeam(t.Context(), fay, team.ID, directory.TeamInput{Name: "Accueil", Organisation: "lyon", Version: 1}))
	s.refused(s.d.ChangeTeam(t.Context(), fay, team.ID, directory.TeamInput{Name: "Accueil", Organisation: "lyon", Version: 1}), "team.changed")
	s.refused(s.d.RemoveTeam(t.Context(), fay, Support), "team.named")
	s.no(s.d.RemoveTeam(t.Context(), fay, team.ID))
	if _, left := s.desk().Teams[team.ID]; left {
		t.Error("the team is left")
	}
}

func TestRolesAreData(t *testing.T) {
	s := newStage(t)
	fay := s.actor(Fay)
	r, err := s.d.SaveRole(t.Context(), fay, guichet.Role{Name: "Requester", Permissions: []guichet.Permission{guichet.PermissionWork, guichet.PermissionRead, guichet.PermissionRead}})
	s.no(err)
	if r.ID != "requester-2" || !slices.Equal(s.desk().Roles[r.ID].Permissions, []guichet.Permission{guichet.PermissionRead, guichet.PermissionWork}) {
		t.Errorf("%+v", r) // a role is never called as a relation is
	}
	_, err = s.d.SaveRole(t.Context(), fay, guichet.Role{Name: "x", Permissions: []guichet.Permission{"fly"}})
	s.refused(err, "permissions: field.unknown_value")
	s.refused(s.d.RemoveRole(t.Context(), fay, "moderator"), "role.named")
	s.refused(s.d.RemoveRole(t.Context(), fay, "unknown"), "role.not_found")
	s.no(s.d.RemoveRole(t.Context(), fay, r.ID))
	if _, left := s.desk().Roles[r.ID]; left {
		t.Error("the role is left")
	}
}
