package directory_test

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/directory"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// powers are what somebody may: a permission or a role over an organisation and a service.
type powers map[string]bool

func (s *stage) powers(d *guichet.Desk, who guichet.ID) powers {
	s.Helper()
	out := powers{}
	var a guichet.Actor
	s.read(func(ctx context.Context, tx *store.Tx) (err error) {
		a, err = tx.Actor(ctx, who, guichet.ChannelDesk)
		if guichet.KindOf(err) == guichet.KindNotFound {
			err = nil
		}
		return err
	})
	places := append([]guichet.ID{""}, keysOf(d.Organisations)...)
	for _, o := range places {
		for _, v := range []guichet.ID{"", Moodle, Wifi} {
			ticket := guichet.Ticket{OrganisationID: o, ServiceID: v}
			for _, p := range guichet.Permissions() {
				out[fmt.Sprint(p, " ", o, " ", v)] = a.May(p, ticket, d.Place(nil))
			}
			for role := range d.Roles {
				out[fmt.Sprint("role ", role, " ", o, " ", v)] = a.HoldsRole(role, ticket, d.Place(nil))
			}
		}
	}
	maps.DeleteFunc(out, func(_ string, held bool) bool { return !held })
	return out
}

func keysOf[T any](m map[guichet.ID]T) []guichet.ID {
	var out []guichet.ID
	for k := range m {
		out = append(out, k)
	}
	return out
}

// Whatever delegates do, and whatever they are refused, nobody ever holds more than he or she held, or
// than the delegates together held: no sequence of acts raises anybody above those who acted.
func TestNoSequenceOfActsRaisesAnybody(t *testing.T) {
	s := newStage(t)
	fay := s.actor(Fay)
	for _, in := range []directory.Give{{Person: Dora, Role: "technician", Organisation: "lyon", Service: Moodle},
		{Person: Cleo, Role: keeperRole, Organisation: "rennes"}, {Person: Cleo, Role: "moderator", Organisation: "rennes"},
		{Team: Support, Role: "moderator", Organisation: "lab"}} {
		_, err := s.d.Give(t.Context(), fay, in)
		s.no(err)
	}
	own, err := s.d.CreateTeam(t.Context(), s.actor(Dora), directory.TeamInput{Name: "Proches", Organisation: "lyon"})
	s.no(err)
	people := []guichet.ID{Rita, Ben, Stan, Dora, Ann, Cleo, Dan, Fay, Mona}
	before := map[guichet.ID]powers{}
	for _, p := range people {
		before[p] = s.powers(s.desk(), p)
	}
	ceiling := powers{}
	for _, p := range []guichet.ID{Dora, Cleo} {
		maps.Copy(ceiling, before[p])
	}
	accounts := account.New(s.s, account.NewHasher())
	done := 0
	rapid.Check(t, func(r *rapid.T) {
		for range rapid.IntRange(4, 12).Draw(r, "acts") {
			if s.anyDelegatedAct(r, people, own.ID, accounts) == nil {
				done++
			}
		}
		d := s.desk()
		for _, p := range people {
			for power := range s.powers(d, p) {
				if !before[p][power] && !ceiling[power] {
					r.Fatalf("%s was raised to %s", p, power)
				}
			}
		}
	})
	if done < 15 {
		t.Errorf("only %d acts were allowed: the property says little", done)
	}
}

// anyDelegatedAct does something as one of those who hold a part of the directory.
func (s *stage) anyDelegatedAct(r *rapid.T, people []guichet.ID, own guichet.ID, accounts *account.Accounts) error {
	ctx := context.Background()
	person := rapid.SampledFrom(people)
	who, whom := rapid.SampledFrom([]guichet.ID{Dora, Cleo, Rita, Ben}).Draw(r, "who"), person.Draw(r, "whom")
	var actor guichet.Actor
	err := s.s.Read(ctx, func(tx *store.Tx) (err error) {
		actor, err = tx.Actor(ctx, who, guichet.ChannelDesk)
		return err
	})
	if err != nil {
		return err
	}
	team := rapid.SampledFrom([]guichet.ID{Support, Core, own}).Draw(r, "team")
	organisations := []guichet.ID{"", "group", "lyon", "lab", "lab", "rennes"}
	organisation := rapid.SampledFrom(organisations)
	switch rapid.IntRange(0, 8).Draw(r, "act") {
	case 0, 1, 2:
		in := directory.Give{Person: whom, Role: rapid.SampledFrom([]guichet.ID{keeperRole, keeperRole, "moderator", "technician", "director", "administrator"}).Draw(r, "role"),
			Organisation: organisation.Draw(r, "over"), Service: rapid.SampledFrom([]guichet.ID{"", "", Moodle, Wifi}).Draw(r, "of")}
		if rapid.IntRange(0, 3).Draw(r, "to a team") == 0 {
			in.Person, in.Team = "", team
		}
		_, err = s.d.Give(ctx, actor, in)
	case 3:
		err = s.d.Join(ctx, actor, team, whom)
	case 4:
		in := directory.InputOf(s.person(whom))
		in.Organisation = organisation.Draw(r, "to")
		err = s.d.ChangePerson(ctx, actor, whom, in)
	case 5:
		id := rapid.SampledFrom([]guichet.ID{"lyon", "lab", "rennes"}).Draw(r, "organisation")
		o := s.desk().Organisations[id]
		err = s.d.ChangeOrganisation(ctx, actor, id, directory.OrganisationInput{Name: o.Name, Kind: o.Kind, Parent: organisation.Draw(r, "below"), Version: o.Version})
	case 6:
		t := s.desk().Teams[team]
		err = s.d.ChangeTeam(ctx, actor, team, directory.TeamInput{Name: t.Name, Level: t.Level, Organisation: organisation.Draw(r, "to"), Version: t.Version})
	case 7:
		_, err = s.d.SaveRole(ctx, actor, guichet.Role{ID: "technician", Name: "Technicien", Permissions: guichet.Permissions()})
	case 8:
		// A link to choose the password of somebody is all that he or she holds.
		held := s.powers(s.desk(), whom)
		if _, err = accounts.Invite(ctx, actor, whom, ""); err == nil && whom != who {
			mine := s.powers(s.desk(), who)
			for power := range held {
				if !mine[power] {
					r.Fatalf("%s invites %s, who holds %s", who, whom, power)
				}
			}
		}
	}
	return err
}
