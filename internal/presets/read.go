package presets

import (
	"io/fs"
	"strings"
	"time"

	"guichet"
)

// The files of a preset.
const (
	fileDesk          = "desk.yaml"
	fileOrganisations = "organisations.yaml"
	fileTeams         = "teams.yaml"
	fileRoles         = "roles.yaml"
	filePeople        = "people.yaml"
	fileServices      = "services.yaml"
	fileOfferings     = "offerings.yaml"
	fileWorkflows     = "workflows.yaml"
	fileRules         = "rules.yaml"
)

type deskEntry struct {
	Name     string         `yaml:"name"`
	Locale   string         `yaml:"locale"`
	TimeZone string         `yaml:"time_zone"`
	Contact  string         `yaml:"contact"`
	Workflow guichet.ID     `yaml:"workflow"`
	Matrix   guichet.Matrix `yaml:"matrix"` // impact, then urgency
}

type organisationEntry struct {
	ID     guichet.ID               `yaml:"id"`
	Parent guichet.ID               `yaml:"parent"`
	Name   string                   `yaml:"name"`
	Kind   guichet.OrganisationKind `yaml:"kind"`
}

type roleEntry struct {
	Role         guichet.ID `yaml:"role"`
	Organisation guichet.ID `yaml:"organisation"` // and below; empty: everywhere
	Service      guichet.ID `yaml:"service"`      // and below; empty: every service
}

type teamEntry struct {
	ID           guichet.ID    `yaml:"id"`
	Name         string        `yaml:"name"`
	Level        guichet.Level `yaml:"level"`
	Organisation guichet.ID    `yaml:"organisation"`
	Email        string        `yaml:"email"`
	Roles        []roleEntry   `yaml:"roles"`
}

type personEntry struct {
	ID             guichet.ID   `yaml:"id"`
	Login          string       `yaml:"login"`
	Given          string       `yaml:"given"`
	Family         string       `yaml:"family"`
	Email          string       `yaml:"email"`
	Phone          string       `yaml:"phone"`
	EmployeeNumber string       `yaml:"employee_number"`
	Organisation   guichet.ID   `yaml:"organisation"`
	Profile        string       `yaml:"profile"`
	Location       string       `yaml:"location"`
	Locale         string       `yaml:"locale"` // empty: the desk's
	Teams          []guichet.ID `yaml:"teams"`
	Roles          []roleEntry  `yaml:"roles"`
}

type serviceEntry struct {
	ID          guichet.ID `yaml:"id"`
	Parent      guichet.ID `yaml:"parent"`
	Name        string     `yaml:"name"`
	Description string     `yaml:"description"`
	Icon        string     `yaml:"icon"`
	Team        guichet.ID `yaml:"team"`
	Workflow    guichet.ID `yaml:"workflow"`
	Profiles    []string   `yaml:"profiles"`
	OpensAt     string     `yaml:"opens_at"` // a day of the desk's time zone
	Position    int        `yaml:"position"` // empty: the order of the file
}

// read makes a preset of the files of a folder.
func read(fsys fs.FS, name string) (Preset, error) {
	f := &folder{fsys: fsys, name: name, lines: lines{}}
	p := Preset{Name: name, lines: f.lines}
	zone := p.readDesk(f)
	p.readOrganisations(f)
	p.Roles = list[guichet.Role](f, fileRoles)
	p.readTeams(f)
	p.readPeople(f)
	p.readServices(f, zone)
	p.readOfferings(f)
	p.readWorkflows(f)
	p.readRules(f)
	if err := f.err(); err != nil {
		return Preset{}, err
	}
	p.fillDesk()
	return p, nil
}

func (p *Preset) readDesk(f *folder) *time.Location {
	var d deskEntry
	f.decode(fileDesk, &d)
	p.Desk = guichet.Desk{Name: d.Name, Locale: d.Locale, TimeZone: d.TimeZone, Contact: d.Contact,
		Matrix: d.Matrix, DefaultFlow: d.Workflow}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		f.fault(fileDesk, "", "time_zone: %v", err)
		return time.UTC
	}
	return zone
}

func (p *Preset) readOrganisations(f *folder) {
	for _, o := range list[organisationEntry](f, fileOrganisations) {
		p.Organisations = append(p.Organisations,
			guichet.Organisation{ID: o.ID, ParentID: o.Parent, Name: o.Name, Kind: o.Kind})
	}
}

func (p *Preset) readTeams(f *folder) {
	for _, t := range list[teamEntry](f, fileTeams) {
		p.Teams = append(p.Teams, guichet.Team{ID: t.ID, Name: t.Name, Level: t.Level,
			OrganisationID: t.Organisation, Email: t.Email})
		for _, r := range t.Roles {
			g := r.grant("team-" + t.ID)
			g.TeamID = t.ID
			p.Grants = append(p.Grants, g)
		}
	}
}

// grant makes a grant whose identifier says what it gives, so that loading twice gives it once.
func (r roleEntry) grant(holder guichet.ID) guichet.Grant {
	parts := []string{string(holder), string(r.Role), string(r.Organisation), string(r.Service)}
	return guichet.Grant{ID: guichet.ID(strings.Join(parts, ":")), RoleID: r.Role,
		OrganisationID: r.Organisation, ServiceID: r.Service}
}

func (p *Preset) readPeople(f *folder) {
	for _, e := range list[personEntry](f, filePeople) {
		person := DemoPerson{Person: e.person(p.Desk), Login: e.Login, Teams: e.Teams}
		for _, r := range e.Roles {
			g := r.grant(e.ID)
			g.PersonID = e.ID
			person.Grants = append(person.Grants, g)
		}
		p.People = append(p.People, person)
		p.join(e)
	}
}

func (e personEntry) person(d guichet.Desk) guichet.Person {
	locale := e.Locale
	if locale == "" {
		locale = d.Locale
	}
	return guichet.Person{ID: e.ID, OrganisationID: e.Organisation, GivenName: e.Given, FamilyName: e.Family,
		Email: e.Email, Phone: e.Phone, EmployeeNumber: e.EmployeeNumber, Location: e.Location,
		Profile: e.Profile, Locale: locale, TimeZone: d.TimeZone, Active: true}
}

// join makes a person a member of the teams that his or her entry names.
func (p *Preset) join(e personEntry) {
	for _, id := range e.Teams {
		for i := range p.Teams {
			if p.Teams[i].ID == id {
				p.Teams[i].Members = append(p.Teams[i].Members, e.ID)
			}
		}
	}
}

func (p *Preset) readServices(f *folder, zone *time.Location) {
	for i, e := range list[serviceEntry](f, fileServices) {
		s := guichet.Service{ID: e.ID, ParentID: e.Parent, Name: e.Name, Description: e.Description,
			Icon: e.Icon, TeamID: e.Team, WorkflowID: e.Workflow, Profiles: e.Profiles,
			Position: e.Position, Active: true}
		if s.Position == 0 {
			s.Position = i + 1
		}
		if e.OpensAt != "" {
			day, err := time.ParseInLocation(time.DateOnly, e.OpensAt, zone)
			if err != nil {
				f.fault(fileServices, e.ID, "opens_at: %q is not a day such as 2026-09-01", e.OpensAt)
			}
			s.OpensAt = day
		}
		p.Services = append(p.Services, s)
	}
}

func (p *Preset) readOfferings(f *folder) {
	p.Offerings = list[guichet.Offering](f, fileOfferings)
	for i := range p.Offerings {
		p.Offerings[i].Version, p.Offerings[i].Form.Version = 1, 1
	}
}

func (p *Preset) readWorkflows(f *folder) {
	p.Workflows = list[guichet.Workflow](f, fileWorkflows)
	for i := range p.Workflows {
		p.Workflows[i].Version = 1
	}
}

// readRules reads the rules; the files name technicians by login.
func (p *Preset) readRules(f *folder) {
	p.Desk.Rules = list[guichet.Rule](f, fileRules)
	for i := range p.Desk.Rules {
		then := &p.Desk.Rules[i].Then
		if person, known := p.Person(string(then.AssigneeID)); known {
			then.AssigneeID = person.ID
		}
	}
}

func (p *Preset) fillDesk() {
	p.Desk.Organisations = byID(p.Organisations, func(o guichet.Organisation) guichet.ID { return o.ID })
	p.Desk.Services = byID(p.Services, func(s guichet.Service) guichet.ID { return s.ID })
	p.Desk.Offerings = byID(p.Offerings, func(o guichet.Offering) guichet.ID { return o.ID })
	p.Desk.Teams = byID(p.Teams, func(t guichet.Team) guichet.ID { return t.ID })
	p.Desk.Roles = byID(p.Roles, func(r guichet.Role) guichet.ID { return r.ID })
	p.Desk.Workflows = byID(p.Workflows, func(w guichet.Workflow) guichet.ID { return w.ID })
	p.Desk.Index()
}

func byID[T any](items []T, id func(T) guichet.ID) map[guichet.ID]T {
	m := make(map[guichet.ID]T, len(items))
	for _, item := range items {
		m[id(item)] = item
	}
	return m
}
