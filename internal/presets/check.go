package presets

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/lexis"
	"guichet/internal/ruling"
)

// Check says what makes a ready-made desk unusable, or not ready: an identifier that stands twice, a name that
// nothing bears, a workflow without a way out, a hole in the matrix, a service that nobody handles. Each fault
// names its file and line.
func (p Preset) Check() error {
	f := &folder{name: p.Name, lines: p.lines}
	p.check(f)
	for _, w := range f.warnings {
		f.faults = append(f.faults, w)
	}
	return f.err()
}

func (p Preset) check(f *folder) {
	for _, k := range kinds() {
		k.check(p, f)
	}
}

// refer records a fault when an identifier is given that nothing bears.
func refer[T any](f *folder, from entry, known map[guichet.ID]T, what string, ids ...guichet.ID) {
	for _, id := range ids {
		if _, ok := known[id]; id != "" && !ok {
			f.fault(from.file, from.id, "%s: unknown %s %q", from.id, what, id)
		}
	}
}

// once records the entries whose identifier is missing or was used before in the file.
func once[T any](f *folder, file string, items []T, id func(T) guichet.ID) {
	seen := map[guichet.ID]bool{}
	for _, item := range items {
		switch key := id(item); {
		case key == "":
			f.fault(file, key, "an entry has no id")
		case seen[key]:
			f.fault(file, key, "%s: stands twice", key)
		default:
			seen[key] = true
		}
	}
}

// grown records the entries that stand before their parent.
func grown[T any](f *folder, file string, items []T, node func(T) (id, parent guichet.ID)) {
	seen := map[guichet.ID]bool{}
	for _, item := range items {
		id, parent := node(item)
		stays := f.base != nil && f.base.stays[entry{file, parent}]
		if parent != "" && !seen[parent] && !stays {
			f.fault(file, id, "%s: its parent %q does not stand above it", id, parent)
		}
		seen[id] = true
	}
}

func (p Preset) checkDesk(f *folder) {
	if p.Desk.Name == "" {
		f.fault(fileDesk, "", "the desk has no name")
	}
	if err := p.Desk.Front().Check(); err != nil && p.Desk.Name != "" {
		f.fault(fileDesk, "", "front of the desk: %v", err)
	}
	if err := guichet.CheckRemote(p.Desk.Remote); err != nil {
		f.fault(fileDesk, "", "remote_assistance: %v", err)
	}
	if !slices.Contains([]string{"fr", "en"}, p.Desk.Locale) {
		f.fault(fileDesk, "", "unknown locale %q", p.Desk.Locale)
	}
	if _, known := p.Desk.Workflows[p.Desk.DefaultFlow]; !known {
		f.fault(fileDesk, "", "unknown workflow %q", p.Desk.DefaultFlow)
	}
	grades := []guichet.Grade{guichet.GradeLow, guichet.GradeMedium, guichet.GradeHigh}
	for _, impact := range grades {
		for _, urgency := range grades {
			if !p.Desk.Matrix[impact][urgency].Valid() {
				f.fault(fileDesk, "", "matrix: no priority for impact %s, urgency %s", impact, urgency)
			}
		}
	}
}

func (p Preset) checkOrganisations(f *folder) {
	once(f, fileOrganisations, p.Organisations, func(o guichet.Organisation) guichet.ID { return o.ID })
	grown(f, fileOrganisations, p.Organisations, func(o guichet.Organisation) (guichet.ID, guichet.ID) {
		return o.ID, o.ParentID
	})
	kinds := []guichet.OrganisationKind{guichet.OrganisationGroup, guichet.OrganisationEstablishment,
		guichet.OrganisationDirectorate, guichet.OrganisationFaculty, guichet.OrganisationSite, guichet.OrganisationCustomer}
	for _, o := range p.Organisations {
		if !slices.Contains(kinds, o.Kind) {
			f.fault(fileOrganisations, o.ID, "%s: unknown kind %q", o.ID, o.Kind)
		}
	}
}

func (p Preset) checkRoles(f *folder) {
	once(f, fileRoles, p.Roles, func(r guichet.Role) guichet.ID { return r.ID })
	for _, r := range p.Roles {
		if guichet.Performer(r.ID).Relation() && r.ID != guichet.ID(guichet.PerformerApprover) {
			f.fault(fileRoles, r.ID, "%s: the name of a relation cannot be a role", r.ID)
		}
		for _, permission := range r.Permissions {
			if !slices.Contains(guichet.Permissions(), permission) {
				f.fault(fileRoles, r.ID, "%s: unknown permission %q", r.ID, permission)
			}
		}
	}
}

func (p Preset) checkTeams(f *folder) {
	once(f, fileTeams, p.Teams, func(t guichet.Team) guichet.ID { return t.ID })
	for _, t := range p.Teams {
		from := entry{fileTeams, t.ID}
		refer(f, from, p.Desk.Organisations, "organisation", t.OrganisationID)
		if t.Level != "" && !t.Level.Valid() {
			f.fault(fileTeams, t.ID, "%s: unknown level %q", t.ID, t.Level)
		}
		if t.Dispatch.Check() != nil {
			f.fault(fileTeams, t.ID, "%s: unknown dispatch %q", t.ID, t.Dispatch.Mode)
		}
		if len(t.Members) == 0 {
			f.warn(fileTeams, t.ID, "%s: nobody belongs to the team", t.ID)
		}
	}
	for _, g := range p.Grants {
		p.checkGrant(f, entry{fileTeams, g.TeamID}, g)
	}
}

func (p Preset) checkGrant(f *folder, from entry, g guichet.Grant) {
	if g.RoleID == "" {
		f.fault(from.file, from.id, "%s: a grant has no role", from.id)
	}
	refer(f, from, p.Desk.Roles, "role", g.RoleID)
	refer(f, from, p.Desk.Organisations, "organisation", g.OrganisationID)
	refer(f, from, p.Desk.Services, "service", g.ServiceID)
}

func (p Preset) checkPeople(f *folder) {
	once(f, filePeople, p.People, func(x DemoPerson) guichet.ID { return x.ID })
	emails := map[string]bool{}
	for _, x := range p.People {
		from := entry{filePeople, x.ID}
		refer(f, from, p.Desk.Organisations, "organisation", x.OrganisationID)
		refer(f, from, p.Desk.Teams, "team", x.Teams...)
		if f.base == nil && x.Login != "" && x.Login != string(x.ID) {
			f.fault(filePeople, x.ID, "%s: the login of who signs in is the id", x.ID)
		}
		if holder, taken := p.words[lexis.Fold(x.Login)]; x.Login != "" && taken && holder != x.ID {
			f.fault(filePeople, x.ID, "%s: the login %q belongs to somebody else", x.ID, x.Login)
		}
		if x.Name() == "" || x.Email == "" || emails[x.Email] {
			f.fault(filePeople, x.ID, "%s: a name and an address of one's own are needed", x.ID)
		}
		emails[x.Email] = true
		for _, g := range x.Grants {
			p.checkGrant(f, from, g)
		}
	}
}

func (p Preset) checkServices(f *folder) {
	once(f, fileServices, p.Services, func(s guichet.Service) guichet.ID { return s.ID })
	grown(f, fileServices, p.Services, func(s guichet.Service) (guichet.ID, guichet.ID) { return s.ID, s.ParentID })
	for _, s := range p.Services {
		from := entry{fileServices, s.ID}
		refer(f, from, p.Desk.Teams, "team", s.TeamID)
		refer(f, from, p.Desk.Workflows, "workflow", s.WorkflowID)
		refer(f, from, p.Desk.Organisations, "organisation", s.Organisations...)
		p.checkService(f, s)
		if p.Desk.ServiceTeam(s.ID) == "" {
			f.warn(fileServices, s.ID, "%s: no team handles it", s.ID)
		}
		if len(p.Desk.OfferingsOf(s.ID)) == 0 {
			f.warn(fileServices, s.ID, "%s: nothing can be asked of it", s.ID)
		}
	}
}

// checkService records what the rules of services refuse, once what it names is known to exist.
func (p Preset) checkService(f *folder, s guichet.Service) {
	for level, team := range s.Teams {
		refer(f, entry{fileServices, s.ID}, p.Desk.Teams, "team", team)
		if !level.Valid() {
			f.fault(fileServices, s.ID, "%s: unknown level %q", s.ID, level)
		}
	}
	if _, known := p.personID(s.OwnerID); s.OwnerID != "" && !known {
		f.fault(fileServices, s.ID, "%s: unknown owner %q", s.ID, s.OwnerID)
	}
	var wrong *guichet.Error
	if !errors.As(p.Desk.CheckService(s), &wrong) {
		return
	}
	for _, x := range wrong.Fields {
		if x.Code != "field.unknown_value" || x.Field == "state" { // the others were named above
			f.fault(fileServices, s.ID, "%s: %s: %s", s.ID, x.Field, x.Code)
		}
	}
}

func (p Preset) checkOfferings(f *folder) {
	once(f, fileOfferings, p.Offerings, func(o guichet.Offering) guichet.ID { return o.ID })
	for _, o := range p.Offerings {
		from := entry{fileOfferings, o.ID}
		refer(f, from, p.Desk.Services, "service", o.ServiceID)
		refer(f, from, p.Desk.Workflows, "workflow", o.WorkflowID)
		refer(f, from, p.Desk.Templates, "template", o.Checklists...)
		p.checkForm(f, o)
		for _, step := range o.Approval {
			p.checkApprovers(f, o.ID, step)
		}
	}
}

// checkApprovers records the approvers who cannot sign in; the rest is the offering's own rule.
func (p Preset) checkApprovers(f *folder, offering guichet.ID, step guichet.ApprovalStep) {
	for _, a := range slices.Concat(step.Approvers, step.Fallback) {
		if a.Login != "" && !p.signsIn(a.Login) {
			f.fault(fileOfferings, offering, "%s: unknown login %q", offering, a.Login)
		}
	}
}

func (p Preset) checkWorkflows(f *folder) {
	once(f, fileWorkflows, p.Workflows, func(w guichet.Workflow) guichet.ID { return w.ID })
	for _, w := range p.Workflows {
		f.wrong(entry{fileWorkflows, w.ID}, p.Desk.CheckWorkflow(w))
	}
}

// checkRules holds what the engine asks of rules, and that the people they name are of the files.
func (p Preset) checkRules(f *folder) {
	once(f, fileRules, p.Desk.Rules, func(r guichet.Rule) guichet.ID { return r.ID })
	var wrong *guichet.Error
	if errors.As(p.Desk.CheckRules(p.Desk.Rules, ruling.Check), &wrong) {
		for _, x := range wrong.Fields {
			if x.Code != "assign.not_in_team" || p.namesKnown(x) { // a name that nobody bears is told below
				p.blameRule(f, x)
			}
		}
	}
	for _, r := range p.Desk.Rules {
		for _, who := range append([]guichet.ID{r.Then.AssigneeID}, r.Then.Observers...) {
			if _, known := p.personID(who); who != "" && !known {
				f.fault(fileRules, r.ID, "%s: unknown login %q", r.ID, who)
			}
		}
	}
}

// namesKnown reports whether somebody bears the name of the technician of a rule.
func (p Preset) namesKnown(x guichet.FieldError) bool {
	for i, r := range p.Desk.Rules {
		if strings.HasPrefix(x.Field, "rules."+strconv.Itoa(i)+".") {
			_, known := p.personID(r.Then.AssigneeID)
			return known
		}
	}
	return false
}

// blameRule tells a problem of a rule, whose field is rules.N.WHERE.
func (p Preset) blameRule(f *folder, x guichet.FieldError) {
	number, where, _ := strings.Cut(strings.TrimPrefix(x.Field, "rules."), ".")
	i, err := strconv.Atoi(number)
	if err != nil || i >= len(p.Desk.Rules) {
		f.fault(fileRules, "", "%s: %s", x.Field, x.Code)
		return
	}
	id := p.Desk.Rules[i].ID
	if x.Code == "rule.expression" {
		f.fault(fileRules, id, "%s: expression, line %v, column %v, at %q: %v", id, x.Args["Line"], x.Args["Column"], x.Args["Near"], x.Args["Text"])
		return
	}
	_, text, _ := strings.Cut(strings.ReplaceAll(x.Code, "_", " "), ".")
	if v := x.Args["Value"]; v != nil && v != "" {
		text += fmt.Sprintf(" %q", v)
	}
	f.fault(fileRules, id, "%s: %s: %s", id, where, text)
}

func (p Preset) checkTemplates(f *folder) {
	once(f, fileTemplates, p.Templates, func(t guichet.Template) guichet.ID { return t.ID })
	for _, t := range p.Templates {
		if err := t.Check(&p.Desk); err != nil {
			f.fault(fileTemplates, t.ID, "%s: %v", t.ID, err)
		}
	}
}
