package api

import (
	"context"
	"encoding/base64"
	"net/http"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/markup"
)

func (f *face) peopleRoutes() {
	register(f, route{id: "me", method: http.MethodGet, path: "/me", tag: "people"}, f.me)
	register(f, route{id: "people", method: http.MethodGet, path: "/people", tag: "people", errors: readErrors}, f.people)
	register(f, route{id: "teams", method: http.MethodGet, path: "/teams", tag: "people"}, f.teams)
}

// Me is the person of the token, with what he or she holds.
type Me struct {
	Person
	GivenName   string               `json:"given_name"`
	FamilyName  string               `json:"family_name"`
	Locale      string               `json:"locale,omitempty"`
	TimeZone    string               `json:"time_zone,omitempty"`
	Teams       []Ref                `json:"teams" nullable:"false"`
	Roles       []Holding            `json:"roles" nullable:"false"`
	Permissions []guichet.Permission `json:"permissions" nullable:"false"`
	Scopes      []guichet.TokenScope `json:"scopes,omitempty" nullable:"false"`
}

// Person is somebody known to the desk. Beyond the name and the organisation, it is told to the person
// and to those who keep the directory.
type Person struct {
	ID             guichet.ID `json:"id"`
	Name           string     `json:"name"`
	Organisation   string     `json:"organisation,omitempty"`
	Email          string     `json:"email,omitempty"`
	Phone          string     `json:"phone,omitempty"`
	EmployeeNumber string     `json:"employee_number,omitempty"`
	Location       string     `json:"location,omitempty"`
	Equipment      string     `json:"equipment,omitempty"`
	Profile        string     `json:"profile,omitempty"`
	Inactive       bool       `json:"inactive,omitempty"`
}

// Holding is a role, over an organisation and a service; one that is absent means all.
type Holding struct {
	Role         Ref  `json:"role"`
	Organisation *Ref `json:"organisation,omitempty"`
	Service      *Ref `json:"service,omitempty"`
}

type meOutput struct{ Body Me }

func (f *face) me(ctx context.Context, actor guichet.Actor, _ *struct{}) (*meOutput, error) {
	desk, err := f.Desk.Config(ctx)
	if err != nil {
		return nil, err
	}
	p := actor.Person
	out := Me{Person: person(desk, p), GivenName: p.GivenName, FamilyName: p.FamilyName, Locale: p.Locale,
		TimeZone: p.TimeZone, Teams: []Ref{}, Roles: []Holding{}, Permissions: []guichet.Permission{}, Scopes: actor.TokenScopes}
	s := shown{desk: desk}
	for _, id := range actor.TeamIDs {
		out.Teams = append(out.Teams, *s.team(id))
	}
	for _, g := range actor.Grants {
		out.Roles = append(out.Roles, Holding{Ref{g.RoleID, desk.Roles[g.RoleID].Name},
			s.organisation(g.OrganisationID), s.service(g.ServiceID)})
	}
	for _, permission := range guichet.Permissions() {
		if actor.Has(permission) {
			out.Permissions = append(out.Permissions, permission)
		}
	}
	return &meOutput{out}, nil
}

func person(desk *guichet.Desk, p guichet.Person) Person {
	return Person{ID: p.ID, Name: p.Name(), Organisation: desk.Organisations[p.OrganisationID].Name, Email: p.Email,
		Phone: p.Phone, EmployeeNumber: p.EmployeeNumber, Location: p.Location, Equipment: p.Equipment, Profile: p.Profile, Inactive: !p.Active}
}

type peopleInput struct {
	Q      string `query:"q"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Cursor string `query:"cursor"`
}

// PeoplePage is a page of persons, in the order of their names.
type PeoplePage struct {
	People     []Person `json:"people" nullable:"false"`
	NextCursor string   `json:"next_cursor,omitempty"`
}

type peopleOutput struct{ Body PeoplePage }

// people finds persons by a text; without one it lists them, for those who keep the directory.
func (f *face) people(ctx context.Context, actor guichet.Actor, in *peopleInput) (*peopleOutput, error) {
	if in.Q == "" && actor.Has(guichet.PermissionPeople) {
		return f.listPeople(ctx, actor, in)
	}
	var p guichet.Problems
	p.AtMost("q", in.Q, maxWords)
	if err := p.Err(); err != nil {
		return nil, err
	}
	found, err := f.Directory.Find(ctx, actor, in.Q, in.Limit)
	if err != nil {
		return nil, err
	}
	return &peopleOutput{PeoplePage{People: briefly(found)}}, nil
}

func briefly(found []directory.Found) []Person {
	out := []Person{}
	for _, p := range found {
		out = append(out, Person{ID: p.ID, Name: p.Name, Organisation: p.Organisation})
	}
	return out
}

func (f *face) listPeople(ctx context.Context, actor guichet.Actor, in *peopleInput) (*peopleOutput, error) {
	after, err := base64.RawURLEncoding.DecodeString(in.Cursor)
	if err != nil || markup.Clean(string(after)) != string(after) {
		return nil, guichet.Invalid("cursor", "field.unknown_value")
	}
	desk, err := f.Desk.Config(ctx)
	if err != nil {
		return nil, err
	}
	page, err := f.Directory.People(ctx, actor, directory.Query{All: true, After: guichet.ID(after), Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := PeoplePage{People: []Person{}, NextCursor: base64.RawURLEncoding.EncodeToString([]byte(page.Next))}
	for _, p := range page.People {
		out.People = append(out.People, person(desk, p))
	}
	return &peopleOutput{out}, nil
}

// Team is a team that handles tickets. Its level and its members are told to those who
// handle tickets too.
type Team struct {
	ID           guichet.ID    `json:"id"`
	Name         string        `json:"name"`
	Level        guichet.Level `json:"level,omitempty"`
	Organisation *Ref          `json:"organisation,omitempty"`
	Members      []Person      `json:"members,omitempty" nullable:"false"`
}

// TeamList is every team, in the order of their names.
type TeamList struct {
	Teams []Team `json:"teams" nullable:"false"`
}

type teamsOutput struct{ Body TeamList }

func (f *face) teams(ctx context.Context, actor guichet.Actor, _ *struct{}) (*teamsOutput, error) {
	desk, err := f.Desk.Config(ctx)
	if err != nil {
		return nil, err
	}
	teams, err := f.Directory.Teams(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := TeamList{Teams: []Team{}}
	for _, t := range teams {
		out.Teams = append(out.Teams, Team{ID: t.ID, Name: t.Name, Level: t.Level,
			Organisation: shown{desk: desk}.organisation(t.Organisation), Members: briefly(t.Members)})
	}
	return &teamsOutput{out}, nil
}
