package guichet

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Use is a place of the configuration that names something, which cannot be removed from under it.
type Use struct {
	Kind string // "service", "offering", "workflow", "rule", "level", "template", "organisation"
	ID   ID
	Name string
}

// uses collects places.
type uses []Use

func (u *uses) add(holds bool, kind string, id ID, name string) {
	if holds {
		*u = append(*u, Use{kind, id, name})
	}
}

func (u uses) sorted() []Use {
	slices.SortFunc(u, func(a, b Use) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return u
}

// TemplateUses lists where a template is named.
func (d *Desk) TemplateUses(id ID) []Use {
	var u uses
	for _, o := range d.Offerings {
		u.add(slices.Contains(o.Checklists, id), "offering", o.ID, o.Name)
	}
	for _, t := range d.Templates {
		u.add(t.Ticket != nil && (t.Ticket.Checklist == id || t.Ticket.Solution == id), "template", t.ID, t.Name)
	}
	for _, r := range d.Rules {
		u.add(r.Then.Template == id || r.Then.CloseWith == id, "rule", r.ID, r.Name)
	}
	return u.sorted()
}

// TeamUses lists where a team is named.
func (d *Desk) TeamUses(id ID) []Use {
	var u uses
	for _, s := range d.Services {
		named := s.TeamID == id
		for _, team := range s.Teams {
			named = named || team == id
		}
		u.add(named, "service", s.ID, s.Name)
	}
	for _, o := range d.Offerings {
		u.add(asks(o.Approval, ApproverSpec{Team: id}), "offering", o.ID, o.Name)
	}
	for _, r := range d.Rules {
		u.add(r.Then.TeamID == id || asks(r.Then.Approval, ApproverSpec{Team: id}) || r.When.looksAt(RuleTeam, id), "rule", r.ID, r.Name)
	}
	for _, l := range d.Levels {
		u.add(l.Contact.Breach.TeamID == id || l.Resolve.Breach.TeamID == id, "level", l.ID, l.Name)
	}
	for _, t := range d.Templates {
		u.add(slices.Contains(t.Teams, id) || t.Ticket != nil && t.Ticket.TeamID == id, "template", t.ID, t.Name)
	}
	return u.sorted()
}

// RoleUses lists where a role is named.
func (d *Desk) RoleUses(id ID) []Use {
	var u uses
	who := Performer(id)
	for _, w := range d.Workflows {
		u.add(slices.ContainsFunc(w.Transitions, func(t Transition) bool { return slices.Contains(t.By, who) }), "workflow", w.ID, w.Name)
	}
	for _, o := range d.Offerings {
		u.add(asks(o.Approval, ApproverSpec{Role: id}), "offering", o.ID, o.Name)
	}
	for _, r := range d.Rules {
		u.add(asks(r.Then.Approval, ApproverSpec{Role: id}), "rule", r.ID, r.Name)
	}
	for _, l := range d.Levels {
		u.add(slices.Contains(l.Contact.Breach.Tell, who) || slices.Contains(l.Resolve.Breach.Tell, who), "level", l.ID, l.Name)
	}
	return u.sorted()
}

// OrganisationUses lists where an organisation is named, and those that stand directly below it.
func (d *Desk) OrganisationUses(id ID) []Use {
	var u uses
	for _, o := range d.Organisations {
		u.add(o.ParentID == id, "organisation", o.ID, o.Name)
	}
	for _, s := range d.Services {
		u.add(slices.Contains(s.Organisations, id), "service", s.ID, s.Name)
	}
	for _, o := range d.Offerings {
		u.add(slices.ContainsFunc(o.Form.Fields, func(f Field) bool { return f.shownTo(id) }), "offering", o.ID, o.Name)
	}
	for _, r := range d.Rules {
		u.add(r.When.looksAt(RuleOrganisation, id), "rule", r.ID, r.Name)
	}
	for _, l := range d.Levels {
		u.add(slices.Contains(l.When.Organisations, id), "level", l.ID, l.Name)
	}
	return u.sorted()
}

// asks reports whether steps name an approver, in the first place or afterwards.
func asks(steps []ApprovalStep, who ApproverSpec) bool {
	return slices.ContainsFunc(steps, func(s ApprovalStep) bool {
		return slices.Contains(s.Approvers, who) || slices.Contains(s.Fallback, who)
	})
}

// shownTo reports whether a field is asked, or not, of those of an organisation.
func (f Field) shownTo(organisation ID) bool {
	return f.ShowIf != nil && slices.ContainsFunc(f.ShowIf.Tests(), func(t Test) bool {
		return t.Field == AskerOrganisation && slices.Contains(t.Values, string(organisation))
	})
}

// looksAt reports whether a condition compares a field with a value, or an expression written by hand
// names it.
func (w RuleWhen) looksAt(f RuleField, value ID) bool {
	return strings.Contains(w.Expression, strconv.Quote(string(value))) || slices.ContainsFunc(slices.Concat(w.All, w.Any), func(c RuleCondition) bool {
		return c.Field == f && slices.Contains(c.Values, string(value))
	})
}

// maxUseNames is how many places are told of.
const maxUseNames = 8

// UseNames are the names of some places, for those who must change them first.
func UseNames(list []Use) string {
	var names []string
	for _, u := range list[:min(len(list), maxUseNames)] {
		names = append(names, u.Name)
	}
	if len(list) > maxUseNames {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}
