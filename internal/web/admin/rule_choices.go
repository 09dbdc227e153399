package admin

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// ruleConditionChoices are the fields that a condition may look at, the questions of the forms one by one.
func ruleConditionChoices(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, f := range guichet.RuleFields() {
		if f == guichet.RuleCalendar && len(q.Config.Calendars) == 0 {
			continue
		}
		if f != guichet.RuleAnswer {
			out = append(out, kit.Option{Value: string(f), Label: site.Capital(q.RuleField(f, ""))})
			continue
		}
		seen := map[string]bool{}
		for _, id := range slices.Sorted(maps.Keys(q.Config.Offerings)) {
			for _, field := range q.Config.Offerings[id].Form.Fields {
				if !seen[field.Key] {
					seen[field.Key] = true
					out = append(out, kit.Option{Value: "answer:" + field.Key, Label: site.Capital(q.RuleField(f, field.Key))})
				}
			}
		}
	}
	return out
}

// ruleOperatorChoices are the ways to compare a field.
func ruleOperatorChoices(q *site.Request, c guichet.RuleCondition) []kit.Option {
	var out []kit.Option
	for _, op := range c.Field.Operators() {
		key := "admin.rule.op." + string(op)
		if own := "admin.rule.op." + string(c.Field) + "." + string(op); q.P.Has(own) {
			key = own
		}
		out = append(out, kit.Option{Value: string(op), Label: q.P.T(key)})
	}
	return out
}

// ruleValueChoices are the values that a field may have; none when they are typed.
func ruleValueChoices(q *site.Request, c guichet.RuleCondition) []kit.Option {
	switch c.Field {
	case guichet.RuleService:
		return ruleServiceOptions(q)
	case guichet.RuleOffering:
		return byName(q.Config.Offerings, func(o guichet.Offering) string { return o.Name })
	case guichet.RuleOrganisation:
		return byName(q.Config.Organisations, func(o guichet.Organisation) string { return o.Name })
	case guichet.RuleTeam:
		return byName(q.Config.Teams, func(t guichet.Team) string { return t.Name })
	case guichet.RuleCalendar:
		return byName(q.Config.Calendars, func(c guichet.Calendar) string { return c.Name })
	case guichet.RuleAudience:
		return profileOptions(q, profiles(q.Config))
	case guichet.RuleAnswer:
		return ruleAnswerOptions(q, c)
	}
	return ruleWordOptions(q, c.Field)
}

// ruleWordOptions are the values of a field whose words are the program's.
func ruleWordOptions(q *site.Request, f guichet.RuleField) []kit.Option {
	var out []kit.Option
	for _, v := range map[guichet.RuleField][]string{
		guichet.RuleKind: {"incident", "request"}, guichet.RuleChannel: {"portal", "mail", "phone", "counter", "desk", "api", "widget"},
		guichet.RuleWorkPlace: {"on_site", "at_home"}, guichet.RuleUrgency: {"low", "medium", "high"}, guichet.RuleImpact: {"low", "medium", "high"},
		guichet.RulePriority: {"low", "medium", "high", "critical"}, guichet.RuleWeekday: {"1", "2", "3", "4", "5", "6", "7"}}[f] {
		out = append(out, kit.Option{Value: v, Label: q.RuleValue(f, "", v)})
	}
	return out
}

func ruleAnswerOptions(q *site.Request, c guichet.RuleCondition) []kit.Option {
	if c.Operator() != guichet.OpIs && c.Operator() != guichet.OpNot {
		return nil
	}
	for _, o := range q.Config.Offerings {
		f, known := o.Form.Field(c.Key)
		if !known {
			continue
		}
		var out []kit.Option
		for _, x := range f.Options {
			out = append(out, kit.Option{Value: x.Value, Label: x.Label})
		}
		if f.Type == guichet.FieldYesNo {
			out = []kit.Option{{Value: "yes", Label: q.P.T("yes")}, {Value: "no", Label: q.P.T("no")}}
		}
		return out
	}
	return nil
}

func ruleServiceOptions(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, n := range site.Tree(q.Config) {
		out = append(out, kit.Option{Value: string(n.Service.ID), Label: strings.Repeat("\u2003", n.Depth) + n.Service.Name})
	}
	return out
}

// byName are named objects as choices, in the order of their names.
func byName[T any](m map[guichet.ID]T, name func(T) string) []kit.Option {
	var out []kit.Option
	for id, v := range m {
		out = append(out, kit.Option{Value: string(id), Label: name(v)})
	}
	slices.SortFunc(out, func(a, b kit.Option) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Value, b.Value)) })
	return out
}

// ruleTemplateOptions are the templates of some kinds.
func templateOptions(q *site.Request, kinds ...guichet.TemplateKind) []kit.Option {
	list := maps.Clone(q.Config.Templates)
	maps.DeleteFunc(list, func(_ guichet.ID, t guichet.Template) bool { return !slices.Contains(kinds, t.Kind) })
	return byName(list, func(t guichet.Template) string { return t.Name })
}
