package api

import (
	"context"
	"net/http"
	"time"

	"guichet"
	"guichet/internal/directory"
)

// directoryRoutes are those of the keepers of the directory. Writing goes by POST: what a body leaves out
// of a change stays as it is.
func (f *face) directoryRoutes() {
	register(f, route{id: "organisations", method: http.MethodGet, path: "/organisations", tag: "directory", errors: findErrors}, f.organisations)
	register(f, route{id: "create_organisation", method: http.MethodPost, path: "/organisations", tag: "directory", status: http.StatusCreated, errors: writeErrors}, f.createOrganisation)
	register(f, route{id: "organisation", method: http.MethodGet, path: "/organisations/{id}", tag: "directory", errors: findErrors}, f.organisation)
	register(f, route{id: "change_organisation", method: http.MethodPost, path: "/organisations/{id}", tag: "directory", errors: writeErrors}, f.changeOrganisation)
	register(f, route{id: "create_person", method: http.MethodPost, path: "/people", tag: "directory", status: http.StatusCreated, errors: writeErrors}, f.createPerson)
	register(f, route{id: "person", method: http.MethodGet, path: "/people/{id}", tag: "directory", errors: findErrors}, f.onePerson)
	register(f, route{id: "change_person", method: http.MethodPost, path: "/people/{id}", tag: "directory", errors: writeErrors}, f.changePerson)
	register(f, route{id: "create_team", method: http.MethodPost, path: "/teams", tag: "directory", status: http.StatusCreated, errors: writeErrors}, f.createTeam)
	register(f, route{id: "change_team", method: http.MethodPost, path: "/teams/{id}", tag: "directory", errors: writeErrors}, f.changeTeam)
	register(f, route{id: "roles", method: http.MethodGet, path: "/roles", tag: "directory", errors: findErrors}, f.roles)
	register(f, route{id: "create_role", method: http.MethodPost, path: "/roles", tag: "directory", status: http.StatusCreated, errors: writeErrors}, f.createRole)
	register(f, route{id: "change_role", method: http.MethodPost, path: "/roles/{id}", tag: "directory", errors: writeErrors}, f.changeRole)
	register(f, route{id: "grants", method: http.MethodGet, path: "/grants", tag: "directory", errors: findErrors}, f.grants)
	register(f, route{id: "give", method: http.MethodPost, path: "/grants", tag: "directory", status: http.StatusCreated, errors: writeErrors}, f.give)
	register(f, route{id: "withdraw", method: http.MethodPost, path: "/grants/{id}/withdraw", tag: "directory", status: http.StatusNoContent, errors: writeErrors}, f.withdraw)
}

// Site is an organisation of those that the caller keeps.
type Site struct {
	ID      guichet.ID               `json:"id"`
	Parent  guichet.ID               `json:"parent,omitempty"`
	Name    string                   `json:"name"`
	Kind    guichet.OrganisationKind `json:"kind"`
	Closed  bool                     `json:"closed,omitempty"`
	People  int                      `json:"people"`
	Version int64                    `json:"version"`
}

// SiteList is the tree, parents before children.
type SiteList struct {
	Organisations []Site `json:"organisations" nullable:"false"`
}

type sitesOutput struct{ Body SiteList }

type siteOutput struct{ Body Site }

type idInput struct {
	ID guichet.ID `path:"id"`
}

func siteOf(o guichet.Organisation, people int) Site {
	return Site{o.ID, o.ParentID, o.Name, o.Kind, o.Closed, people, o.Version}
}

func (f *face) organisations(ctx context.Context, actor guichet.Actor, _ *struct{}) (*sitesOutput, error) {
	tree, err := f.Directory.Tree(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := SiteList{Organisations: []Site{}}
	for _, n := range tree {
		out.Organisations = append(out.Organisations, siteOf(n.Organisation, n.People))
	}
	return &sitesOutput{out}, nil
}

func (f *face) organisation(ctx context.Context, actor guichet.Actor, in *idInput) (*siteOutput, error) {
	s, err := f.Directory.Organisation(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &siteOutput{siteOf(s.Organisation, s.People)}, nil
}

// SiteInput is what is written of an organisation.
type SiteInput struct {
	Parent  *guichet.ID               `json:"parent,omitempty"`
	Name    *string                   `json:"name,omitempty"`
	Kind    *guichet.OrganisationKind `json:"kind,omitempty" enum:"group,establishment,directorate,faculty,site,customer"`
	Version int64                     `json:"version,omitempty"`
}

// onto writes what the body holds over an input.
func (b SiteInput) onto(in directory.OrganisationInput) directory.OrganisationInput {
	set(&in.Parent, b.Parent)
	set(&in.Name, b.Name)
	set(&in.Kind, b.Kind)
	set(&in.Version, seen(b.Version))
	return in
}

// set writes a value that was given.
func set[T any](to *T, given *T) {
	if given != nil {
		*to = *given
	}
}

// seen is the version that a change was written over; without one the present one is.
func seen(version int64) *int64 {
	if version == 0 {
		return nil
	}
	return &version
}

type newSiteInput struct{ Body SiteInput }

type siteInput struct {
	ID   guichet.ID `path:"id"`
	Body SiteInput
}

func (f *face) createOrganisation(ctx context.Context, actor guichet.Actor, in *newSiteInput) (*siteOutput, error) {
	o, err := f.Directory.CreateOrganisation(ctx, actor, in.Body.onto(directory.OrganisationInput{}))
	if err != nil {
		return nil, err
	}
	return f.organisation(ctx, actor, &idInput{o.ID})
}

func (f *face) changeOrganisation(ctx context.Context, actor guichet.Actor, in *siteInput) (*siteOutput, error) {
	s, err := f.Directory.Organisation(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	o := s.Organisation
	err = f.Directory.ChangeOrganisation(ctx, actor, in.ID, in.Body.onto(directory.OrganisationInput{Name: o.Name, Kind: o.Kind, Parent: o.ParentID, Version: o.Version}))
	if err != nil {
		return nil, err
	}
	return f.organisation(ctx, actor, &idInput{in.ID})
}

// Record is a person as those see him or her who keep the directory.
type Record struct {
	Person
	OrganisationID guichet.ID `json:"organisation_id,omitempty"`
	GivenName      string     `json:"given_name,omitempty"`
	FamilyName     string     `json:"family_name"`
	Locale         string     `json:"locale,omitempty"`
	Logins         []string   `json:"logins,omitempty" nullable:"false"`
	Teams          []Ref      `json:"teams" nullable:"false"`
	Grants         []Grant    `json:"grants" nullable:"false"`
	Version        int64      `json:"version"`
}

type recordOutput struct{ Body Record }

func (f *face) onePerson(ctx context.Context, actor guichet.Actor, in *idInput) (*recordOutput, error) {
	c, err := f.Directory.Card(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	p := c.Person
	out := Record{Person: person(c.Desk, p), OrganisationID: p.OrganisationID, GivenName: p.GivenName, FamilyName: p.FamilyName,
		Locale: p.Locale, Teams: []Ref{}, Grants: []Grant{}, Version: p.Version}
	for _, i := range c.Identities {
		out.Logins = append(out.Logins, i.Login)
	}
	for _, t := range c.Teams {
		out.Teams = append(out.Teams, Ref{t.ID, t.Name})
	}
	for _, g := range c.Grants {
		out.Grants = append(out.Grants, grantOf(c.Desk, g.Grant, ""))
	}
	return &recordOutput{out}, nil
}

// PersonInput is what is written of a person.
type PersonInput struct {
	GivenName      *string     `json:"given_name,omitempty"`
	FamilyName     *string     `json:"family_name,omitempty"`
	Email          *string     `json:"email,omitempty"`
	Phone          *string     `json:"phone,omitempty"`
	EmployeeNumber *string     `json:"employee_number,omitempty"`
	OrganisationID *guichet.ID `json:"organisation_id,omitempty"`
	Location       *string     `json:"location,omitempty"`
	Equipment      *string     `json:"equipment,omitempty"`
	Profile        *string     `json:"profile,omitempty"`
	Locale         *string     `json:"locale,omitempty" enum:"fr,en"`
	Inactive       *bool       `json:"inactive,omitempty"`
	Version        int64       `json:"version,omitempty"`
}

func (b PersonInput) onto(in directory.PersonInput) directory.PersonInput {
	set(&in.GivenName, b.GivenName)
	set(&in.FamilyName, b.FamilyName)
	set(&in.Email, b.Email)
	set(&in.Phone, b.Phone)
	set(&in.EmployeeNumber, b.EmployeeNumber)
	set(&in.Organisation, b.OrganisationID)
	set(&in.Location, b.Location)
	set(&in.Equipment, b.Equipment)
	set(&in.Profile, b.Profile)
	set(&in.Locale, b.Locale)
	set(&in.Version, seen(b.Version))
	return in
}

// only reports a body that says nothing but whether the record is closed.
func (b PersonInput) only() bool {
	b.Inactive = nil
	return b == PersonInput{}
}

type newPersonInput struct{ Body PersonInput }

type personInput struct {
	ID   guichet.ID `path:"id"`
	Body PersonInput
}

func (f *face) createPerson(ctx context.Context, actor guichet.Actor, in *newPersonInput) (*recordOutput, error) {
	p, err := f.Directory.CreatePerson(ctx, actor, in.Body.onto(directory.PersonInput{}))
	if err != nil {
		return nil, err
	}
	return f.onePerson(ctx, actor, &idInput{p.ID})
}

func (f *face) changePerson(ctx context.Context, actor guichet.Actor, in *personInput) (*recordOutput, error) {
	c, err := f.Directory.Card(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	if !in.Body.only() || in.Body.Inactive == nil {
		if err := f.Directory.ChangePerson(ctx, actor, in.ID, in.Body.onto(directory.InputOf(c.Person))); err != nil {
			return nil, err
		}
	}
	if in.Body.Inactive != nil {
		if err := f.Directory.SetActive(ctx, actor, in.ID, !*in.Body.Inactive); err != nil {
			return nil, err
		}
	}
	return f.onePerson(ctx, actor, &idInput{in.ID})
}

// Squad is a team as those see it who keep it.
type Squad struct {
	ID             guichet.ID    `json:"id"`
	Name           string        `json:"name"`
	Level          guichet.Level `json:"level,omitempty"`
	OrganisationID guichet.ID    `json:"organisation_id,omitempty"`
	Email          string        `json:"email,omitempty"`
	Members        []Person      `json:"members" nullable:"false"`
	Version        int64         `json:"version"`
}

type squadOutput struct{ Body Squad }

func (f *face) squad(ctx context.Context, actor guichet.Actor, id guichet.ID) (*squadOutput, error) {
	t, err := f.Directory.Squad(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	out := Squad{ID: t.ID, Name: t.Name, Level: t.Level, OrganisationID: t.OrganisationID, Email: t.Email, Members: []Person{}, Version: t.Version}
	for _, p := range t.People {
		out.Members = append(out.Members, Person{ID: p.ID, Name: p.Name()})
	}
	return &squadOutput{out}, nil
}

// TeamInput is what is written of a team. Members come and go by join and leave, persons by their
// identifiers.
type TeamInput struct {
	Name           *string        `json:"name,omitempty"`
	Level          *guichet.Level `json:"level,omitempty" enum:"N1,N2,N3,R&D"`
	OrganisationID *guichet.ID    `json:"organisation_id,omitempty"`
	Email          *string        `json:"email,omitempty"`
	Join           guichet.ID     `json:"join,omitempty"`
	Leave          guichet.ID     `json:"leave,omitempty"`
	Version        int64          `json:"version,omitempty"`
}

func (b TeamInput) onto(in directory.TeamInput) directory.TeamInput {
	set(&in.Name, b.Name)
	set(&in.Level, b.Level)
	set(&in.Organisation, b.OrganisationID)
	set(&in.Email, b.Email)
	set(&in.Version, seen(b.Version))
	return in
}

type newTeamInput struct{ Body TeamInput }

type teamInput struct {
	ID   guichet.ID `path:"id"`
	Body TeamInput
}

func (f *face) createTeam(ctx context.Context, actor guichet.Actor, in *newTeamInput) (*squadOutput, error) {
	t, err := f.Directory.CreateTeam(ctx, actor, in.Body.onto(directory.TeamInput{}))
	if err != nil {
		return nil, err
	}
	return f.squad(ctx, actor, t.ID)
}

func (f *face) changeTeam(ctx context.Context, actor guichet.Actor, in *teamInput) (*squadOutput, error) {
	t, err := f.Directory.Squad(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	switch {
	case b.Join != "":
		err = f.Directory.Join(ctx, actor, in.ID, b.Join)
	case b.Leave != "":
		err = f.Directory.Leave(ctx, actor, in.ID, b.Leave)
	default:
		err = f.Directory.ChangeTeam(ctx, actor, in.ID, b.onto(directory.TeamInput{Name: t.Name, Level: t.Level,
			Organisation: t.OrganisationID, Email: t.Email, Version: t.Version}))
	}
	if err != nil {
		return nil, err
	}
	return f.squad(ctx, actor, in.ID)
}

// Role is a named set of permissions.
type Role struct {
	ID          guichet.ID           `json:"id"`
	Name        string               `json:"name"`
	Permissions []guichet.Permission `json:"permissions" nullable:"false"`
}

// RoleList is every role of the desk.
type RoleList struct {
	Roles []Role `json:"roles" nullable:"false"`
}

type rolesOutput struct{ Body RoleList }

type roleOutput struct{ Body Role }

func roleOf(r guichet.Role) Role {
	return Role{r.ID, r.Name, append([]guichet.Permission{}, r.Permissions...)}
}

func (f *face) roles(ctx context.Context, actor guichet.Actor, _ *struct{}) (*rolesOutput, error) {
	list, err := f.Directory.Roles(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := RoleList{Roles: []Role{}}
	for _, r := range list {
		out.Roles = append(out.Roles, roleOf(r))
	}
	return &rolesOutput{out}, nil
}

// RoleInput is what is written of a role.
type RoleInput struct {
	Name        string               `json:"name"`
	Permissions []guichet.Permission `json:"permissions" nullable:"false"`
}

type newRoleInput struct{ Body RoleInput }

type roleInput struct {
	ID   guichet.ID `path:"id"`
	Body RoleInput
}

func (f *face) createRole(ctx context.Context, actor guichet.Actor, in *newRoleInput) (*roleOutput, error) {
	r, err := f.Directory.SaveRole(ctx, actor, guichet.Role{Name: in.Body.Name, Permissions: in.Body.Permissions})
	return &roleOutput{roleOf(r)}, err
}

func (f *face) changeRole(ctx context.Context, actor guichet.Actor, in *roleInput) (*roleOutput, error) {
	r, err := f.Directory.SaveRole(ctx, actor, guichet.Role{ID: in.ID, Name: in.Body.Name, Permissions: in.Body.Permissions})
	return &roleOutput{roleOf(r)}, err
}

// Grant is a role that somebody, or a team, holds over an organisation and a service; one that is absent
// means all.
type Grant struct {
	ID           guichet.ID `json:"id"`
	Role         Ref        `json:"role"`
	Holder       string     `json:"holder,omitempty"`
	Person       guichet.ID `json:"person,omitempty"`
	Team         guichet.ID `json:"team,omitempty"`
	Organisation *Ref       `json:"organisation,omitempty"`
	Service      *Ref       `json:"service,omitempty"`
	EndsAt       time.Time  `json:"ends_at,omitzero"`
}

// GrantList is what those hold whom the caller keeps.
type GrantList struct {
	Grants []Grant `json:"grants" nullable:"false"`
}

type grantsOutput struct{ Body GrantList }

type grantOutput struct{ Body Grant }

func grantOf(desk *guichet.Desk, g guichet.Grant, holder string) Grant {
	s := shown{desk: desk}
	return Grant{g.ID, Ref{g.RoleID, desk.Roles[g.RoleID].Name}, holder, g.PersonID, g.TeamID, s.organisation(g.OrganisationID),
		s.service(g.ServiceID), g.EndsAt}
}

func (f *face) grants(ctx context.Context, actor guichet.Actor, _ *struct{}) (*grantsOutput, error) {
	desk, err := f.Desk.Config(ctx)
	if err != nil {
		return nil, err
	}
	list, err := f.Directory.Holdings(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := GrantList{Grants: []Grant{}}
	for _, h := range list {
		out.Grants = append(out.Grants, grantOf(desk, h.Grant, h.Holder))
	}
	return &grantsOutput{out}, nil
}

// GrantInput is a role to give to a person or to a team.
type GrantInput struct {
	Person       guichet.ID `json:"person,omitempty"`
	Team         guichet.ID `json:"team,omitempty"`
	Role         guichet.ID `json:"role"`
	Organisation guichet.ID `json:"organisation,omitempty"`
	Service      guichet.ID `json:"service,omitempty"`
	EndsAt       time.Time  `json:"ends_at,omitzero"`
}

type giveInput struct{ Body GrantInput }

func (f *face) give(ctx context.Context, actor guichet.Actor, in *giveInput) (*grantOutput, error) {
	b := in.Body
	g, err := f.Directory.Give(ctx, actor, directory.Give{Person: b.Person, Team: b.Team, Role: b.Role, Organisation: b.Organisation,
		Service: b.Service, EndsAt: b.EndsAt})
	if err != nil {
		return nil, err
	}
	desk, err := f.Desk.Config(ctx)
	if err != nil {
		return nil, err
	}
	return &grantOutput{grantOf(desk, g, "")}, nil
}

func (f *face) withdraw(ctx context.Context, actor guichet.Actor, in *idInput) (*struct{}, error) {
	return nil, f.Directory.Withdraw(ctx, actor, in.ID)
}
