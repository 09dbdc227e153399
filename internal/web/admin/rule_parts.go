package admin

import (
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// ruleActField is the field of an act that has one.
func ruleActField(p kit.Page, f ruleForm, act, value string) kit.Field {
	field := kit.Field{Name: "then." + act, Label: p.P.T("admin.rule.do." + act), Value: value, Errors: f.Errors, Rows: "3"}
	if help := "admin.rule.do." + act + ".help"; p.P.Has(help) {
		field.Help = p.P.T(help)
	}
	return field
}

func ruleTeamOptions(q *site.Request) []kit.Option {
	first := kit.Option{Value: string(guichet.ServiceTeam), Label: q.P.T("admin.rule.service_team")}
	return slices.Concat([]kit.Option{first}, byName(q.Config.Teams, func(t guichet.Team) string { return t.Name }))
}

func ruleLevelOptions() []kit.Option {
	var out []kit.Option
	for _, l := range []guichet.Level{guichet.Level1, guichet.Level2, guichet.Level3, guichet.LevelRD} {
		out = append(out, kit.Option{Value: string(l), Label: string(l)})
	}
	return out
}

func ruleParentText(t guichet.RuleThen) string {
	if t.Parent == 0 {
		return ""
	}
	return strconv.FormatInt(t.Parent, 10)
}

func ruleValueAt(c guichet.RuleCondition, i int) string {
	if i < len(c.Values) {
		return c.Values[i]
	}
	return ""
}

// ruleStrangers are the values of a condition that are not among the choices: they stay until they are
// unticked.
func ruleStrangers(c guichet.RuleCondition, options []kit.Option) []string {
	return slices.DeleteFunc(slices.Clone(c.Values), func(v string) bool {
		return slices.ContainsFunc(options, func(o kit.Option) bool { return o.Value == v })
	})
}

func ruleHeldBefore(p kit.Page, n int) string {
	if n < 0 {
		return p.P.T("admin.rules.new")
	}
	return strconv.Itoa(n)
}

func ruleRemark(p kit.Page, r configuring.RuleResult, tickets int) string {
	switch {
	case r.Fault != "":
		return p.P.T("admin.rules.faulty")
	case r.Rule.Off:
		return p.P.T("admin.rule.is_off")
	case r.Held == 0 && tickets > 0:
		return p.P.T("admin.rules.never")
	}
	return ""
}

func rulesWere(p kit.Page, names []string) string {
	if len(names) == 0 {
		return p.P.T("admin.rules.no_rule")
	}
	return strings.Join(names, ", ")
}

// ruleAnnouncementOptions are the failure that is announced about the service of the ticket, then what is
// published or about to be; what the rule names stays among them.
func ruleAnnouncementOptions(q *site.Request, t guichet.RuleThen) []kit.Option {
	out := []kit.Option{{Value: string(guichet.ServiceAnnouncement), Label: q.P.T("admin.rule.service_announcement")}}
	list, err := q.Announcing.List(q.R.Context(), q.Actor)
	if err != nil {
		list = nil // who may publish nothing chooses among these
	}
	for _, a := range list {
		if a.Live(q.Time()) || a.Coming(q.Time()) || a.ID == t.Announcement {
			out = append(out, kit.Option{Value: string(a.ID), Label: a.Title})
		}
	}
	if t.Announcement != "" && !slices.ContainsFunc(out, func(o kit.Option) bool { return o.Value == string(t.Announcement) }) {
		out = append(out, kit.Option{Value: string(t.Announcement), Label: q.AnnouncementName(t.Announcement)})
	}
	return out
}

// chosenFirst lists the choices that are made before the others: among many, they are seen without a search.
func chosenFirst(options []kit.Option, values []string) []kit.Option {
	out := slices.Clone(options)
	slices.SortStableFunc(out, func(a, b kit.Option) int {
		return rankOf(slices.Contains(values, a.Value)) - rankOf(slices.Contains(values, b.Value))
	})
	return out
}

func rankOf(chosen bool) int {
	if chosen {
		return 0
	}
	return 1
}
