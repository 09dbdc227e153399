package presets

import (
	"slices"
	"time"

	"guichet"
)

func (p Preset) writeDesk() any {
	d := p.Desk
	return deskEntry{Name: d.Name, Locale: d.Locale, TimeZone: d.TimeZone, Contact: d.Contact, SignIn: d.SignInHelp, Remote: d.Remote,
		Accent: d.Look.Accent, Dark: d.Look.Dark, Logo: d.Look.Logo,
		Workflow: d.DefaultFlow, Matrix: newMatrixEntry(d.Matrix)}
}

func newMatrixEntry(m guichet.Matrix) matrixEntry {
	row := func(impact guichet.Grade) rowEntry {
		return rowEntry{m[impact][guichet.GradeLow], m[impact][guichet.GradeMedium], m[impact][guichet.GradeHigh]}
	}
	return matrixEntry{row(guichet.GradeLow), row(guichet.GradeMedium), row(guichet.GradeHigh)}
}

func (p Preset) writeOrganisations() any {
	var out []organisationEntry
	for _, o := range p.Organisations {
		out = append(out, organisationEntry{ID: o.ID, Parent: o.ParentID, Name: o.Name, Kind: o.Kind, Closed: o.Closed})
	}
	return out
}

func (p Preset) writeRoles() any { return p.Roles }

func (p Preset) writeTeams() any {
	var out []teamEntry
	for _, t := range p.Teams {
		e := teamEntry{ID: t.ID, Name: t.Name, Level: t.Level, Organisation: t.OrganisationID, Email: t.Email, Dispatch: t.Dispatch.Mode}
		for _, g := range p.Grants {
			if g.TeamID == t.ID {
				e.Roles = append(e.Roles, newRoleEntry(g))
			}
		}
		out = append(out, e)
	}
	return out
}

func newRoleEntry(g guichet.Grant) roleEntry {
	return roleEntry{Role: g.RoleID, Organisation: g.OrganisationID, Service: g.ServiceID, EndsAt: g.EndsAt}
}

func (p Preset) writePeople() any {
	var out []personEntry
	for _, x := range p.People {
		e := personEntry{ID: x.ID, Login: x.Login, Given: x.GivenName, Family: x.FamilyName, Email: x.Email, Phone: x.Phone,
			EmployeeNumber: x.EmployeeNumber, Organisation: x.OrganisationID, Profile: x.Profile, Location: x.Location, Equipment: x.Equipment,
			Locale: unless(x.Locale, p.Desk.Locale), TimeZone: unless(x.TimeZone, p.Desk.TimeZone), Left: !x.Active, Skills: x.Skills, Teams: x.Teams}
		for _, g := range x.Grants {
			e.Roles = append(e.Roles, newRoleEntry(g))
		}
		out = append(out, e)
	}
	return out
}

// unless leaves out what goes without saying.
func unless(value, usual string) string {
	if value == usual {
		return ""
	}
	return value
}

func (p Preset) writeServices() any {
	var out []serviceEntry
	position := 0
	for _, s := range p.Services {
		e := serviceEntry{ID: s.ID, Parent: s.ParentID, Name: s.Name, Description: s.Description, Icon: s.Icon,
			Owner: p.word(s.OwnerID), Team: s.TeamID, Levels: s.Teams, Workflow: s.WorkflowID, Providers: s.Providers, Profiles: s.Profiles,
			Organisations: s.Organisations, OpensAt: writeMoment(s.OpensAt, p.zone()), ClosesAt: writeMoment(s.ClosesAt, p.zone()), Skills: s.Skills}
		if !s.Open() {
			e.State = s.State
		}
		if s.Position != position+1 {
			e.Position = s.Position
		}
		position = s.Position
		out = append(out, e)
	}
	return out
}

// writeMoment writes a moment in the shortest way that readMoment reads as the same.
func writeMoment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	text := ""
	for _, layout := range momentLayouts {
		text = t.In(zone).Format(layout)
		if same, ok := readMoment(text, zone); ok && same.Equal(t) {
			break
		}
	}
	return text
}

func (p Preset) writeOfferings() any { return p.Offerings }

func (p Preset) writeWorkflows() any { return p.Workflows }

func (p Preset) writeTemplates() any { return p.Templates }

// writeRules names people by login.
func (p Preset) writeRules() any {
	out := slices.Clone(p.Desk.Rules)
	for i := range out {
		then := &out[i].Then
		then.AssigneeID, then.Observers = p.word(then.AssigneeID), each(then.Observers, p.word)
	}
	return out
}
