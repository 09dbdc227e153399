package guichet

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of rules: far above what anybody reads, far below what would slow an opening.
const (
	MaxRules       = 500
	MaxComparisons = 20
	MaxRuleValues  = 50
	MaxExpression  = 2000 // characters
	maxRuleText    = 200
	maxRuleTags    = 20 // also of the skills that a service or a form asks for
)

// CheckRules says what makes rules unusable: an unknown word, a name that nothing bears, an expression
// that compile refuses. Each problem is attached to "rules.N.…", N from 0.
func (d *Desk) CheckRules(rules []Rule, compile func(Rule) error) error {
	var p Problems
	if len(rules) > MaxRules {
		p.Add("rules", "field.too_many", "Limit", MaxRules)
		return p.Err()
	}
	seen := map[ID]bool{}
	for i, r := range rules {
		c := ruleCheck{d, &p, "rules." + strconv.Itoa(i) + "."}
		if r.ID == "" || seen[r.ID] {
			c.add("id", "rule.same_id", "Value", string(r.ID))
		}
		seen[r.ID] = true
		c.check(r)
		c.merge(compile(r))
	}
	return p.Err()
}

// ruleCheck checks one rule.
type ruleCheck struct {
	d      *Desk
	p      *Problems
	prefix string
}

func (c ruleCheck) add(field, code string, kv ...any) { c.p.Add(c.prefix+field, code, kv...) }

func (c ruleCheck) merge(err error) {
	var e *Error
	if !errors.As(err, &e) {
		return
	}
	for _, f := range e.Fields {
		c.p.fields = append(c.p.fields, FieldError{c.prefix + f.Field, f.Code, f.Args})
	}
}

func (c ruleCheck) check(r Rule) {
	c.p.Text(c.prefix+"name", r.Name, maxRuleText)
	c.p.AtMost(c.prefix+"expression", r.When.Expression, MaxExpression)
	for name, list := range map[string][]RuleCondition{"all": r.When.All, "any": r.When.Any} {
		if len(list) > MaxComparisons {
			c.add(name, "field.too_many", "Limit", MaxComparisons)
			continue
		}
		for i, x := range list {
			c.comparison(name+"."+strconv.Itoa(i), x)
		}
	}
	c.then(r.Then)
}

func (c ruleCheck) comparison(at string, x RuleCondition) {
	switch {
	case !slices.Contains(RuleFields(), x.Field):
		c.add(at, "rule.unknown_field", "Value", string(x.Field))
	case !slices.Contains(x.Field.Operators(), x.Operator()):
		c.add(at, "rule.unknown_operator", "Value", string(x.Op))
	case x.Field == RuleAnswer && blank(x.Key):
		c.add(at, "rule.no_question")
	case x.Op == OpGiven || x.Op == OpMissing:
	case len(x.Values) == 0:
		c.add(at, "rule.no_value")
	case len(x.Values) > MaxRuleValues:
		c.add(at, "field.too_many", "Limit", MaxRuleValues)
	default:
		for _, v := range x.Values {
			if !c.d.ruleValue(x, v) {
				c.add(at, "rule.unknown_value", "Value", v)
			}
		}
		if x.Field == RuleTime && len(x.Values) != 2 {
			c.add(at, "rule.two_times")
		}
	}
}

// ruleValue reports whether a value may be compared with a field.
func (d *Desk) ruleValue(x RuleCondition, v string) bool {
	if blank(v) || len(v) > 4*maxRuleText {
		return false
	}
	switch x.Field {
	case RuleService:
		return known(d.Services, v)
	case RuleOffering:
		return known(d.Offerings, v)
	case RuleOrganisation:
		return known(d.Organisations, v)
	case RuleTeam:
		return known(d.Teams, v)
	case RuleCalendar:
		return known(d.Calendars, v)
	case RuleAnswer:
		_, err := Number(v)
		return err == nil || x.Op != OpAtLeast && x.Op != OpAtMost
	case RuleKind:
		return Kind(v).Valid()
	case RuleChannel:
		return Channel(v).Valid()
	}
	return plainRuleValue(x.Field, v)
}

// plainRuleValue is for the fields that do not depend on the desk.
func plainRuleValue(f RuleField, v string) bool {
	switch f {
	case RuleWorkPlace:
		return WorkPlace(v).Valid()
	case RuleUrgency, RuleImpact:
		return Grade(v).Valid()
	case RulePriority:
		return Priority(v).Valid()
	case RuleWeekday:
		return len(v) == 1 && v >= "1" && v <= "7"
	case RuleTime:
		_, err := Minutes(v)
		return err == nil
	case RuleTag:
		return CleanTag(v) != ""
	case RuleWords:
		return strings.ContainsFunc(v, func(r rune) bool { return !separates(r) })
	}
	return true
}

func known[T any](m map[ID]T, key string) bool { _, ok := m[ID(key)]; return ok }

// Minutes reads a time of day such as 08:30 as minutes since midnight; 24:00 ends a day.
func Minutes(s string) (int, error) {
	if s == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err
}

// Number reads a number as people type it: with a comma or a point.
func Number(s string) (float64, error) {
	return strconv.ParseFloat(strings.Replace(strings.TrimSpace(s), ",", ".", 1), 64)
}

func (c ruleCheck) then(t RuleThen) {
	refers := func(field string, ok bool, v string) {
		if v != "" && !ok {
			c.add(field, "rule.unknown_value", "Value", v)
		}
	}
	refers("service", known(c.d.Services, string(t.ServiceID)), string(t.ServiceID))
	refers("team", t.TeamID == ServiceTeam || known(c.d.Teams, string(t.TeamID)), string(t.TeamID))
	refers("template", c.d.Templates[t.Template].acts(false), string(t.Template))
	refers("close_with", c.d.Templates[t.CloseWith].acts(true), string(t.CloseWith))
	refers("level", t.Level.Valid(), string(t.Level))
	refers("urgency", t.Urgency.Valid(), string(t.Urgency))
	refers("impact", t.Impact.Valid(), string(t.Impact))
	switch {
	case t.AssigneeID == "" || t.TeamID == ServiceTeam:
	case t.TeamID == "":
		c.add("technician", "rule.technician_team")
	case !c.d.Teams[t.TeamID].Has(t.AssigneeID):
		c.add("technician", "assign.not_in_team")
	}
	if t.Parent < 0 {
		c.add("parent", "rule.unknown_value", "Value", strconv.FormatInt(t.Parent, 10))
	}
	for field, n := range map[string]int{"tags": len(t.Tags), "skills": len(t.Skills), "observers": len(t.Observers), "approval": len(t.Approval)} {
		if n > maxRuleTags {
			c.add(field, "field.too_many", "Limit", maxRuleTags)
		}
	}
	c.merge(c.d.CheckApproval(unconditional(t.Approval), Form{}))
}

// acts reports whether a rule may use a template: to close a ticket, only one that says something.
func (t Template) acts(closes bool) bool {
	if closes {
		return t.Kind == TemplateReply || t.Kind == TemplateSolution
	}
	return t.Kind == TemplateReply || t.Kind == TemplateChecklist || t.Kind == TemplateTicket
}

// speaks reports whether a template still says something as a ticket is closed: it may have gone, or become
// of another kind, since the rule that names it was published.
func (t Template) speaks() bool {
	var p Problems
	t.Body.check(&p, "body", MaxText, false)
	return t.acts(true) && p.Err() == nil
}

// unconditional are steps without the condition on a form that they may have: a rule knows no form.
func unconditional(steps []ApprovalStep) []ApprovalStep {
	out := slices.Clone(steps)
	for i := range out {
		out[i].If = nil
	}
	return out
}
