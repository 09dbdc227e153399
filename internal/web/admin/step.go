package admin

import (
	"errors"
	"net/url"
	"strconv"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// stepForm is a step of approval as it is edited: in the designer of forms, and in a rule.
type stepForm struct {
	Step   guichet.ApprovalStep
	Index  int
	Typed  url.Values
	Errors kit.Errors
	People []string // whose names are suggested
}

func (s stepForm) field(q *site.Request, name string) kit.Field {
	full := at("approval", s.Index, name)
	f := kit.Field{Name: full, Label: q.P.T("admin.step." + name), Value: s.Typed.Get(full), Errors: s.Errors}
	if help := "admin.step." + name + ".help"; q.P.Has(help) {
		f.Help = q.P.T(help)
	}
	return f
}

func (s stepForm) optional(q *site.Request, name string) kit.Field {
	f := s.field(q, name)
	f.Optional = q.P.T("optional")
	return f
}

func (s stepForm) approver(q *site.Request, part string, n int, name string) kit.Field {
	full := at("approval", s.Index, part, n, name)
	return kit.Field{Name: full, Label: q.P.T("admin.approver." + name), Value: s.Typed.Get(full), Errors: s.Errors}
}

// rows is how many rows of approvers a step has: those that are filled, and one more.
func (s stepForm) rows(part string) int {
	list := s.Step.Approvers
	if part == "fallback" {
		list = s.Step.Fallback
	}
	return min(len(list)+1, maxTests)
}

// nameApprovers finds the people whom steps name as they are typed. What no name, address or login means is
// told beside its field; an error is any other.
func nameApprovers(q *site.Request, service guichet.ID, steps []guichet.ApprovalStep) (kit.Errors, error) {
	err := q.Configuring.NameApprovers(q.R.Context(), q.Actor, service, steps)
	var e *guichet.Error
	if errors.As(err, &e) && e.Kind == guichet.KindInvalid {
		return q.FieldErrors(err), nil
	}
	return nil, err
}

// suggestedPeople are the names of those who are in teams, who own services, or whom steps name.
func suggestedPeople(q *site.Request) []string {
	seen := map[string]bool{}
	var out []string
	add := func(id guichet.ID) {
		if name := q.PersonName(id); name != "" && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	for _, o := range byName(q.Config.Teams, func(t guichet.Team) string { return t.Name }) {
		for _, id := range q.Config.Teams[guichet.ID(o.Value)].Members {
			add(id)
		}
	}
	for _, n := range site.Tree(q.Config) {
		if n.Service.OwnerID != "" {
			add(n.Service.OwnerID)
		}
	}
	return out
}

// knownSkills are those that somebody has, or that a service or a form asks for.
func knownSkills(q *site.Request) []string {
	var all []string
	for _, s := range q.Config.Services {
		all = append(all, s.Skills...)
	}
	for _, o := range q.Config.Offerings {
		all = append(all, o.Skills...)
	}
	if members, err := q.Configuring.Members(q.R.Context(), q.Actor); err == nil { // who configures one service sees no teams
		for _, team := range members {
			for _, m := range team {
				all = append(all, m.Skills...)
			}
		}
	}
	return guichet.CleanTags(all)
}

// stepsOf reads the steps of a form, as typed.
func stepsOf(v url.Values) []guichet.ApprovalStep {
	var out []guichet.ApprovalStep
	for i := range guichet.MaxApprovalSteps + 1 {
		if _, there := v[at("approval", i, "name")]; there {
			out = append(out, stepOf(v, i))
		}
	}
	return out
}

// was is where the step of the draft stands whose condition on a form goes with a step.
func (f ruleForm) was(i int) string {
	for n, s := range f.Kept {
		if s.If == f.Rule.Then.Approval[i].If && s.If != nil {
			return strconv.Itoa(n)
		}
	}
	return ""
}
