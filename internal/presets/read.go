package presets

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"
	"time"

	"guichet"
)

// The files of a configuration.
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
	fileTemplates     = "templates.yaml"
	fileCalendars     = "calendars.yaml"
	fileLevels        = "service_levels.yaml"
)

type deskEntry struct {
	Name     string      `yaml:"name"`
	Locale   string      `yaml:"locale"`
	TimeZone string      `yaml:"time_zone"`
	Contact  string      `yaml:"contact,omitempty"`
	SignIn   string      `yaml:"sign_in_help,omitempty"`
	Remote   string      `yaml:"remote_assistance,omitempty"`
	Accent   string      `yaml:"accent,omitempty"`
	Dark     string      `yaml:"accent_dark,omitempty"`
	Logo     string      `yaml:"logo,omitempty"`
	Workflow guichet.ID  `yaml:"workflow"`
	Matrix   matrixEntry `yaml:"matrix"` // impact, then urgency
}

// matrixEntry keeps the grades in their order.
type matrixEntry struct {
	Low    rowEntry `yaml:"low"`
	Medium rowEntry `yaml:"medium"`
	High   rowEntry `yaml:"high"`
}

type rowEntry struct {
	Low    guichet.Priority `yaml:"low"`
	Medium guichet.Priority `yaml:"medium"`
	High   guichet.Priority `yaml:"high"`
}

type organisationEntry struct {
	ID     guichet.ID               `yaml:"id"`
	Parent guichet.ID               `yaml:"parent,omitempty"`
	Name   string                   `yaml:"name"`
	Kind   guichet.OrganisationKind `yaml:"kind"`
	Closed bool                     `yaml:"closed,omitempty"`
}

type roleEntry struct {
	Role         guichet.ID `yaml:"role"`
	Organisation guichet.ID `yaml:"organisation,omitempty"` // and below; empty: everywhere
	Service      guichet.ID `yaml:"service,omitempty"`      // and below; empty: every service
	EndsAt       time.Time  `yaml:"ends_at,omitempty"`      // from when it gives nothing, such as 2027-01-01T00:00:00Z
}

type teamEntry struct {
	ID           guichet.ID           `yaml:"id"`
	Name         string               `yaml:"name"`
	Level        guichet.Level        `yaml:"level,omitempty"`
	Organisation guichet.ID           `yaml:"organisation,omitempty"`
	Email        string               `yaml:"email,omitempty"`
	Dispatch     guichet.DispatchMode `yaml:"dispatch,omitempty"` // empty: the pool
	Roles        []roleEntry          `yaml:"roles,omitempty"`
}

type personEntry struct {
	ID             guichet.ID   `yaml:"id"`
	Login          string       `yaml:"login,omitempty"`
	Given          string       `yaml:"given"`
	Family         string       `yaml:"family"`
	Email          string       `yaml:"email"`
	Phone          string       `yaml:"phone,omitempty"`
	EmployeeNumber string       `yaml:"employee_number,omitempty"`
	Organisation   guichet.ID   `yaml:"organisation,omitempty"`
	Profile        string       `yaml:"profile,omitempty"`
	Location       string       `yaml:"location,omitempty"`
	Equipment      string       `yaml:"equipment,omitempty"`
	Locale         string       `yaml:"locale,omitempty"`    // empty: the desk's
	TimeZone       string       `yaml:"time_zone,omitempty"` // empty: the desk's
	Left           bool         `yaml:"left,omitempty"`      // known, but no longer there
	Skills         []string     `yaml:"skills,omitempty"`
	Teams          []guichet.ID `yaml:"teams,omitempty"`
	Roles          []roleEntry  `yaml:"roles,omitempty"`
}

type serviceEntry struct {
	ID            guichet.ID                   `yaml:"id"`
	Parent        guichet.ID                   `yaml:"parent,omitempty"`
	Name          string                       `yaml:"name"`
	Description   string                       `yaml:"description,omitempty"`
	Icon          string                       `yaml:"icon,omitempty"`
	Owner         guichet.ID                   `yaml:"owner,omitempty"` // a person
	Team          guichet.ID                   `yaml:"team,omitempty"`
	Levels        map[guichet.Level]guichet.ID `yaml:"levels,omitempty"` // the teams to which tickets rise
	Workflow      guichet.ID                   `yaml:"workflow,omitempty"`
	Providers     []guichet.Provider           `yaml:"providers,omitempty"`
	Profiles      []string                     `yaml:"profiles,omitempty"`
	Organisations []guichet.ID                 `yaml:"organisations,omitempty"` // and below
	OpensAt       string                       `yaml:"opens_at,omitempty"`      // a day of the desk's time zone, or a moment of it
	ClosesAt      string                       `yaml:"closes_at,omitempty"`
	State         guichet.ServiceState         `yaml:"state,omitempty"`    // empty: open
	Skills        []string                     `yaml:"skills,omitempty"`   // that its technician must have
	Position      int                          `yaml:"position,omitempty"` // empty: after the entry above
}

// read makes a preset of the files of a folder.
func read(fsys fs.FS, name string) (Preset, error) {
	return readFolder(&folder{fsys: fsys, name: name, lines: lines{}})
}

func readFolder(f *folder) (Preset, error) {
	p := Preset{Name: f.name, lines: f.lines}
	if f.base != nil {
		p.logins, p.words = f.base.Desk.logins, f.base.people
	}
	for _, k := range kinds() {
		if _, err := fs.Stat(f.fsys, k.file); f.base != nil || !k.optional || err == nil {
			k.read(&p, f)
		}
	}
	if err := f.err(); err != nil {
		return Preset{}, err
	}
	p.fillDesk()
	return p, nil
}

func (p *Preset) readDesk(f *folder) {
	d := single[deskEntry](f, fileDesk)
	p.Desk = guichet.Desk{Name: d.Name, Locale: d.Locale, TimeZone: d.TimeZone, Contact: d.Contact, SignInHelp: d.SignIn, Remote: d.Remote,
		Look:   guichet.Look{Accent: d.Accent, Dark: d.Dark, Logo: d.Logo},
		Matrix: d.Matrix.matrix(), DefaultFlow: d.Workflow}
	if _, err := time.LoadLocation(d.TimeZone); err != nil {
		f.fault(fileDesk, "", "time_zone: %v", err)
	}
}

func (m matrixEntry) matrix() guichet.Matrix {
	row := func(r rowEntry) map[guichet.Grade]guichet.Priority {
		return map[guichet.Grade]guichet.Priority{guichet.GradeLow: r.Low, guichet.GradeMedium: r.Medium, guichet.GradeHigh: r.High}
	}
	return guichet.Matrix{guichet.GradeLow: row(m.Low), guichet.GradeMedium: row(m.Medium), guichet.GradeHigh: row(m.High)}
}

// zone is the time zone of the desk; a desk whose zone is unknown is refused by then.
func (p Preset) zone() *time.Location {
	zone, err := time.LoadLocation(p.Desk.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func (p *Preset) readOrganisations(f *folder) {
	for _, o := range list[organisationEntry](f, fileOrganisations) {
		p.Organisations = append(p.Organisations,
			guichet.Organisation{ID: o.ID, ParentID: o.Parent, Name: o.Name, Kind: o.Kind, Closed: o.Closed})
	}
}

func (p *Preset) readRoles(f *folder) { p.Roles = list[guichet.Role](f, fileRoles) }

func (p *Preset) readTeams(f *folder) {
	for _, t := range list[teamEntry](f, fileTeams) {
		team := guichet.Team{ID: t.ID, Name: t.Name, Level: t.Level, OrganisationID: t.Organisation, Email: t.Email,
			Dispatch: guichet.Dispatch{Mode: t.Dispatch}}
		if f.base != nil {
			team.Members = slices.Clone(f.base.Desk.Desk.Teams[t.ID].Members)
		}
		p.Teams = append(p.Teams, team)
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
		OrganisationID: r.Organisation, ServiceID: r.Service, EndsAt: r.EndsAt}
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
	return guichet.Person{ID: e.ID, OrganisationID: e.Organisation, GivenName: e.Given, FamilyName: e.Family,
		Email: e.Email, Phone: e.Phone, EmployeeNumber: e.EmployeeNumber, Location: e.Location, Equipment: e.Equipment,
		Profile: e.Profile, Locale: cmp.Or(e.Locale, d.Locale), TimeZone: cmp.Or(e.TimeZone, d.TimeZone), Active: !e.Left, Skills: e.Skills}
}

// join makes a person a member of the teams that his or her entry names.
func (p *Preset) join(e personEntry) {
	for _, id := range e.Teams {
		for i := range p.Teams {
			if p.Teams[i].ID == id && !p.Teams[i].Has(e.ID) {
				p.Teams[i].Members = append(p.Teams[i].Members, e.ID)
			}
		}
	}
}

func (p *Preset) readServices(f *folder) {
	position := 0
	for _, e := range list[serviceEntry](f, fileServices) {
		s := guichet.Service{ID: e.ID, ParentID: e.Parent, Name: e.Name, Description: e.Description,
			Icon: e.Icon, OwnerID: p.whom(e.Owner), TeamID: e.Team, Teams: e.Levels, WorkflowID: e.Workflow, Providers: e.Providers,
			Profiles: e.Profiles, Organisations: e.Organisations, State: e.State, Skills: e.Skills, Position: cmp.Or(e.Position, position+1),
			OpensAt: p.day(f, e.ID, "opens_at", e.OpensAt), ClosesAt: p.day(f, e.ID, "closes_at", e.ClosesAt)}
		position = s.Position
		if s.State == "" {
			s.State = guichet.ServiceOpen
		}
		p.Services = append(p.Services, s)
	}
}

// day reads a moment of a service; an empty text is none.
func (p *Preset) day(f *folder, service guichet.ID, key, text string) time.Time {
	day, ok := readMoment(text, p.zone())
	if !ok {
		f.fault(fileServices, service, "%s: %q is not a day such as 2026-09-01", key, text)
	}
	return day
}

// The ways in which a moment is written, from the shortest.
var momentLayouts = []string{time.DateOnly, "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02 15:04:05.999999"}

// readMoment reads a day, or a moment of a day, of a time zone; an empty text is the zero time.
func readMoment(text string, zone *time.Location) (time.Time, bool) {
	if text == "" {
		return time.Time{}, true
	}
	for _, layout := range momentLayouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
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

func (p *Preset) readTemplates(f *folder) {
	p.Templates = list[guichet.Template](f, fileTemplates)
	for i := range p.Templates {
		p.Templates[i].Version = 1
	}
}

// readRules reads the rules; the files name people by login.
func (p *Preset) readRules(f *folder) {
	p.Desk.Rules = list[guichet.Rule](f, fileRules)
	for i := range p.Desk.Rules {
		then := &p.Desk.Rules[i].Then
		then.AssigneeID = p.whom(then.AssigneeID)
		then.Observers = each(then.Observers, p.whom)
	}
}

// each translates a list into a new one: what was read over a desk may still be the desk's own.
func each(ids []guichet.ID, f func(guichet.ID) guichet.ID) []guichet.ID {
	var out []guichet.ID
	for _, id := range ids {
		out = append(out, f(id))
	}
	return out
}

func (p *Preset) fillDesk() {
	p.Desk.Organisations = byID(p.Organisations, func(o guichet.Organisation) guichet.ID { return o.ID })
	p.Desk.Services = byID(p.Services, func(s guichet.Service) guichet.ID { return s.ID })
	p.Desk.Offerings = byID(p.Offerings, func(o guichet.Offering) guichet.ID { return o.ID })
	p.Desk.Teams = byID(p.Teams, func(t guichet.Team) guichet.ID { return t.ID })
	p.Desk.Roles = byID(p.Roles, func(r guichet.Role) guichet.ID { return r.ID })
	p.Desk.Workflows = byID(p.Workflows, func(w guichet.Workflow) guichet.ID { return w.ID })
	p.Desk.Calendars = byID(p.Calendars, func(c guichet.Calendar) guichet.ID { return c.ID })
	p.Desk.Templates = byID(p.Templates, func(t guichet.Template) guichet.ID { return t.ID })
	p.Desk.Index()
}

func byID[T any](items []T, id func(T) guichet.ID) map[guichet.ID]T {
	m := make(map[guichet.ID]T, len(items))
	for _, item := range items {
		m[id(item)] = item
	}
	return m
}
