package directory_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

func zoe() directory.PersonInput {
	return directory.PersonInput{GivenName: "ZOE (Zoé ", FamilyName: " ZFA (Faure) ", Email: "zoe@example.org", Organisation: "lab", EmployeeNumber: "E-42", Phone: "04 72 00 00 00"}
}

func TestPeopleAreCreatedAndChanged(t *testing.T) {
	s := newStage(t)
	in := zoe()
	in.GivenName = "Zoé"
	p, err := s.d.CreatePerson(t.Context(), s.actor(Dora), in)
	s.no(err)
	if got := s.person(p.ID); got.Name() != "Zoé Faure" || !got.Active || got.Version != 1 || got.Locale != "fr" || got.TimeZone != "Europe/Paris" {
		t.Errorf("%+v", got)
	}
	change := directory.InputOf(s.person(p.ID))
	change.FamilyName, change.Location = "Dubois", "B 12"
	s.no(s.d.ChangePerson(t.Context(), s.actor(Dora), p.ID, change))
	if got := s.person(p.ID); got.Name() != "Zoé Dubois" || got.Location != "B 12" || got.Version != 2 {
		t.Errorf("%+v", got)
	}
	s.refused(s.d.ChangePerson(t.Context(), s.actor(Dora), p.ID, change), "person.changed")
	if acts := s.acts(); !slices.Contains(acts, "dora create person Zoé Faure Laboratoire") || !slices.Contains(acts, "dora update person Zoé Dubois Faure → Dubois;  → B 12") {
		t.Errorf("%q", acts)
	}
}

func TestWrongPeopleAreRefused(t *testing.T) {
	s := newStage(t)
	for code, change := range map[string]func(*directory.PersonInput){
		"family_name: field.required":          func(in *directory.PersonInput) { in.FamilyName = " " },
		"family_name: field.too_long":          func(in *directory.PersonInput) { in.FamilyName = strings.Repeat("x", 101) },
		"email: field.email":                   func(in *directory.PersonInput) { in.Email = "Zoé <zoe@example.org>" },
		"phone: field.phone":                   func(in *directory.PersonInput) { in.Phone = "quatre" },
		"locale: field.unknown_value":          func(in *directory.PersonInput) { in.Locale = "de" },
		"organisation: field.unknown_value":    func(in *directory.PersonInput) { in.Organisation = "nowhere" },
		"organisation: field.required":         func(in *directory.PersonInput) { in.Organisation = "" },
		"email: person.email_taken":            func(in *directory.PersonInput) { in.Email = "Stan@Example.org" },
		"email: person.email_taken_by":         func(in *directory.PersonInput) { in.Email = "rita@example.org" },
		"employee_number: person.number_taken": func(in *directory.PersonInput) { in.EmployeeNumber = "E-stan" },
	} {
		in := zoe()
		change(&in)
		_, err := s.d.CreatePerson(t.Context(), s.actor(Dora), in)
		s.refused(err, code)
	}
	in := zoe()
	in.Organisation = "rennes" // as one that does not exist
	_, err := s.d.CreatePerson(t.Context(), s.actor(Dora), in)
	s.refused(err, "organisation: field.unknown_value")
	reader := s.actor(Dora)
	reader.TokenScopes = []guichet.TokenScope{guichet.TokenRead}
	_, err = s.d.CreatePerson(t.Context(), reader, zoe())
	s.refused(err, "token.read_only")
}

// Whoever keeps Lyon finds nobody elsewhere, exactly as nobody who does not exist.
func TestOthersAreNotFound(t *testing.T) {
	s := newStage(t)
	dora, mona := s.actor(Dora), s.actor(Mona)
	for _, c := range []struct {
		who  guichet.Actor
		whom guichet.ID
	}{{dora, Stan}, {dora, Fay}, {dora, "nobody"}, {mona, Rita}, {mona, "nobody"}} {
		_, err := s.d.Card(t.Context(), c.who, c.whom)
		errs := []error{err, s.d.ChangePerson(t.Context(), c.who, c.whom, zoe()), s.d.SetActive(t.Context(), c.who, c.whom, false)}
		_, err = s.d.Give(t.Context(), c.who, directory.Give{Person: c.whom, Role: keeperRole, Organisation: "lyon"})
		errs = append(errs, err)
		for _, err := range errs {
			if err == nil || guichet.KindOf(err) != guichet.KindNotFound {
				t.Errorf("%s about %s: %v", c.who.Person.ID, c.whom, err)
			}
		}
	}
	for _, grant := range []guichet.ID{"stan-x", "fay-administrator", "none"} {
		s.refused(s.d.Withdraw(t.Context(), dora, grant), "grant.not_found")
	}
}

func TestWhoLeavesIsSignedOut(t *testing.T) {
	s := newStage(t)
	s.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveSession(ctx, "hash", Rita, tx.Now.Add(time.Hour)); err != nil {
			return err
		}
		return tx.SaveToken(ctx, store.APIToken{ID: "token", PersonID: Rita, CreatedAt: tx.Now}, "token-hash")
	})
	s.no(s.d.SetActive(t.Context(), s.actor(Dora), Rita, false))
	s.no(s.d.SetActive(t.Context(), s.actor(Dora), Rita, true))
	s.read(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Session(ctx, "hash"); guichet.KindOf(err) != guichet.KindNotFound {
			t.Errorf("the session lives: %v", err)
		}
		if _, err := tx.Token(ctx, "token-hash"); guichet.KindOf(err) != guichet.KindNotFound {
			t.Errorf("the token lives: %v", err)
		}
		return nil
	})
	s.refused(s.d.SetActive(t.Context(), s.actor(Dora), Dora, false), "person.self")
}

// Dora keeps Lyon, where Ann works for the whole desk: what Ann holds is not Dora's to hand out.
func TestWhoHoldsMoreIsNotTouched(t *testing.T) {
	s := newStage(t)
	s.refused(s.d.SetActive(t.Context(), s.actor(Dora), Ann, false), "person.above")
	in := directory.InputOf(s.person(Ann))
	in.Location = "A 1"
	s.no(s.d.ChangePerson(t.Context(), s.actor(Dora), Ann, in))
	in = directory.InputOf(s.person(Ann))
	in.Email = "dora-too@example.org"
	s.refused(s.d.ChangePerson(t.Context(), s.actor(Dora), Ann, in), "email: person.above")
	s.no(s.d.SetActive(t.Context(), s.actor(Fay), Ann, false))
}

// Somebody who may put everything right is always left.
func TestAnAdministratorIsLeft(t *testing.T) {
	s := newStage(t)
	fay := s.actor(Fay)
	last := "directory.last_administrator"
	s.refused(s.d.Withdraw(t.Context(), fay, "fay-administrator"), last)
	s.refused(s.d.EndGrant(t.Context(), fay, "fay-administrator", s.clock.Now().Add(time.Hour)), last)
	_, err := s.d.SaveRole(t.Context(), fay, guichet.Role{ID: "administrator", Name: "Administrateur", Permissions: []guichet.Permission{guichet.PermissionRead}})
	s.refused(err, last)
	_, err = s.d.Give(t.Context(), fay, directory.Give{Person: Tom, Role: "administrator", EndsAt: s.clock.Now().Add(time.Hour)})
	s.no(err)
	s.refused(s.d.Withdraw(t.Context(), fay, "fay-administrator"), last) // Tom's ends
	Person(t, s.s, guichet.Person{ID: "ghost", FamilyName: "Sans compte", OrganisationID: "group", Active: true})
	_, err = s.d.Give(t.Context(), fay, directory.Give{Person: "ghost", Role: "administrator"})
	s.no(err)
	s.refused(s.d.Withdraw(t.Context(), fay, "fay-administrator"), last) // nobody signs in as the ghost
	_, err = s.d.Give(t.Context(), fay, directory.Give{Team: Core, Role: "administrator"})
	s.no(err)
	s.no(s.d.Withdraw(t.Context(), fay, "fay-administrator"))
	dan := s.actor(Dan) // of Core
	s.refused(s.d.Leave(t.Context(), dan, Core, Dan), last)
	s.refused(s.d.RemoveTeam(t.Context(), dan, Core), last)
	s.no(s.d.SetActive(t.Context(), dan, Fay, false))
}

func TestGrantsEndByThemselves(t *testing.T) {
	s := newStage(t)
	g, err := s.d.Give(t.Context(), s.actor(Fay), directory.Give{Person: Rita, Role: "moderator", Organisation: "rennes", EndsAt: s.clock.Now().Add(time.Hour)})
	s.no(err)
	if !s.actor(Rita).Has(guichet.PermissionModerate) {
		t.Error("not yet")
	}
	_, err = s.d.Give(t.Context(), s.actor(Fay), directory.Give{Person: Rita, Role: "moderator", Organisation: "rennes"})
	s.refused(err, "role: grant.held")
	s.clock.Add(time.Hour)
	if s.actor(Rita).Has(guichet.PermissionModerate) {
		t.Error("still")
	}
	s.read(func(ctx context.Context, tx *store.Tx) error {
		holders, err := tx.Holders(ctx, []guichet.ID{"moderator"}, "rennes", Phones)
		if slices.Contains(holders, Rita) {
			t.Error("a holder whose role has ended")
		}
		return err
	})
	card, err := s.d.Card(t.Context(), s.actor(Fay), Rita)
	s.no(err)
	if len(card.Grants) != 1 || !card.Grants[0].Over {
		t.Errorf("%+v", card.Grants)
	}
	s.no(s.d.EndGrant(t.Context(), s.actor(Fay), g.ID, time.Time{}))
	if !s.actor(Rita).Has(guichet.PermissionModerate) {
		t.Error("not again")
	}
	s.refused(s.d.EndGrant(t.Context(), s.actor(Fay), g.ID, s.clock.Now()), "ends_at: field.past")
}

func TestADelegateGivesWhatHeHolds(t *testing.T) {
	s := newStage(t)
	dora := s.actor(Dora) // keeps Lyon, and directs it
	give := func(in directory.Give) error { _, err := s.d.Give(t.Context(), dora, in); return err }
	s.no(give(directory.Give{Person: Rita, Role: keeperRole, Organisation: "lab"}))
	s.no(give(directory.Give{Person: Rita, Role: "director", Organisation: "lab", Service: Moodle}))
	s.refused(give(directory.Give{Person: Rita, Role: "moderator", Organisation: "lyon"}), "role: grant.beyond")
	s.refused(give(directory.Give{Person: Rita, Role: keeperRole}), "role: grant.beyond")
	s.refused(give(directory.Give{Person: Rita, Role: keeperRole, Organisation: "rennes"}), "organisation: field.unknown_value")
	s.refused(give(directory.Give{Person: Rita, Role: keeperRole, Organisation: "nowhere"}), "organisation: field.unknown_value")
	s.refused(give(directory.Give{Person: Rita, Role: "unknown", Organisation: "lyon"}), "role: field.unknown_value")
	s.refused(give(directory.Give{Person: Rita, Role: keeperRole, Organisation: "lyon", Service: "unknown"}), "service: field.unknown_value")
	s.refused(s.d.Withdraw(t.Context(), dora, "ann-technician"), "grant.beyond")
	_, err := s.d.SaveRole(t.Context(), dora, guichet.Role{ID: keeperRole, Name: "x", Permissions: guichet.Permissions()})
	s.refused(err, "page.not_found")
}

func TestFindingPeople(t *testing.T) {
	s := newStage(t)
	s.no(s.d.SetActive(t.Context(), s.actor(Fay), Ben, false))
	for _, c := range []struct {
		name string
		who  guichet.ID
		q    directory.Query
		want []guichet.ID
	}{
		{"by name", Fay, directory.Query{Text: "duran"}, []guichet.ID{Rita}},
		{"by number", Fay, directory.Query{Text: "E-rita"}, []guichet.ID{Rita}},
		{"gone", Fay, directory.Query{Gone: true}, []guichet.ID{Ben}},
		{"by role", Fay, directory.Query{Role: "director"}, []guichet.ID{Dora}},
		{"by organisation", Fay, directory.Query{Organisation: "lab", All: true}, []guichet.ID{Rita, Ben}},
		{"within one's own", Dora, directory.Query{Organisation: "rennes", All: true}, nil},
		{"by role within one's own", Dora, directory.Query{Role: "technician"}, []guichet.ID{Ann, Bob}},
	} {
		page, err := s.d.People(t.Context(), s.actor(c.who), c.q)
		s.no(err)
		var got []guichet.ID
		for _, p := range page.People {
			got = append(got, p.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestWhy(t *testing.T) {
	s := newStage(t)
	a, err := s.d.Why(t.Context(), s.actor(Fay), directory.Ask{Person: Mona, Organisation: "lab", Service: Homework})
	s.no(err)
	if !a.Sees.Allowed || a.Sees.Because[0].Grant.ID != "mona-moderator" || a.Ticket.TeamID != Support {
		t.Errorf("%+v", a.Sees)
	}
	a, err = s.d.Why(t.Context(), s.actor(Dora), directory.Ask{Person: Rita, Service: Wifi})
	s.no(err)
	if a.Sees.Allowed || len(a.Sees.Missing) == 0 || len(a.Acts) == 0 {
		t.Errorf("%+v", a)
	}
	for _, in := range []directory.Ask{{Person: Stan}, {Person: "nobody"}} {
		_, err = s.d.Why(t.Context(), s.actor(Dora), in)
		s.refused(err, "person.not_found")
	}
	_, err = s.d.Why(t.Context(), s.actor(Fay), directory.Ask{Person: Rita, Number: 99})
	s.refused(err, "ticket.not_found")
	_, err = s.d.Why(t.Context(), s.actor(Mona), directory.Ask{Person: Mona})
	s.refused(err, "page.not_found")
}

// A deputy answers with what the absent person holds: a delegate names none for who holds more.
func TestADelegateNamesNoDeputyForWhoHoldsMore(t *testing.T) {
	s := newStage(t)
	day := s.clock.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	away := directory.Away{Person: Ann, First: day, Last: day, Deputy: "dora"}
	_, err := s.d.DeclareAbsence(t.Context(), s.actor(Dora), away)
	s.refused(err, "deputy: person.above")
	_, err = s.d.DeclareAbsence(t.Context(), s.actor(Fay), away)
	s.no(err)
	away.Person, away.Deputy = Rita, "ben"
	_, err = s.d.DeclareAbsence(t.Context(), s.actor(Dora), away)
	s.no(err)
}
