package admin

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/web/site"
)

// The pages of routing: the rules, one rule, their trial, and how teams give out their tickets.
const (
	routingPath  = "/admin/routing"
	rulesPath    = routingPath + "/rules"
	dispatchPath = "/admin/dispatch"
	rulePath     = rulesPath + "/rule/"
)

func routingRoutes() []site.Route {
	of := func(q *site.Request) *configuring.Editor[guichet.RuleSet] { return q.Configuring.Rules }
	return append(editorRoutes(routingPath, of),
		site.Route{Pattern: "GET " + rulesPath, Handle: administrators(rulesPage)},
		site.Route{Pattern: "POST " + rulesPath, Handle: administrators(rulesAct)},
		site.Route{Pattern: "GET " + rulesPath + "/trial", Handle: administrators(rulesTrial)},
		site.Route{Pattern: "GET " + rulePath + "{rule}", Handle: administrators(rulePage)},
		site.Route{Pattern: "POST " + rulePath + "{rule}", Handle: administrators(ruleAct)},
		site.Route{Pattern: "GET " + dispatchPath, Handle: administrators(dispatchPage)},
		site.Route{Pattern: "POST " + dispatchPath + "/{team}", Handle: administrators(dispatchAct)})
}

// ruleLine is a rule as the list shows it.
type ruleLine struct {
	guichet.Rule
	Place    int
	When     string
	Then     []string
	Problems []string
	First    bool
	End      bool
}

// rulesData is the page of the rules.
type rulesData struct {
	Bar      editBar
	Revision int64
	Lines    []ruleLine
}

func rulesPage(q *site.Request) error {
	e, err := q.Configuring.Rules.Open(q.R.Context(), q.Actor, configuring.RulesID)
	if err != nil {
		return err
	}
	name := ruleNamesOf(q, e.Value.Rules)
	d := rulesData{Bar: barOf(e, rulesPath), Revision: e.Revision()}
	wrong := problemsByRule(q, e.Problems)
	for i, r := range e.Value.Rules {
		d.Lines = append(d.Lines, ruleLine{Rule: r, Place: i + 1, When: q.RuleConditions(r.When), Then: q.RuleActions(r.Then, name),
			Problems: wrong[i], First: i == 0, End: i == len(e.Value.Rules)-1})
	}
	return q.Render(ok, rulesView(page(q, q.P.T("admin.rules"), "rules"), adminRail(q), d))
}

// problemsByRule are the messages of the problems of each rule, by its place.
func problemsByRule(q *site.Request, err error) map[int][]string {
	out := map[int][]string{}
	var wrong *guichet.Error
	if !errors.As(err, &wrong) {
		return out
	}
	for _, f := range wrong.Fields {
		number, _, _ := strings.Cut(strings.TrimPrefix(f.Field, "rules."), ".")
		i, err := strconv.Atoi(number)
		if err == nil {
			out[i] = append(out[i], q.P.Error(f.Code, f.Args))
		}
	}
	return out
}

// ruleNamesOf names the people whom rules name.
func ruleNamesOf(q *site.Request, rules []guichet.Rule) func(guichet.ID) string {
	var ids []guichet.ID
	for _, r := range rules {
		ids = append(append(ids, r.Then.AssigneeID), r.Then.Observers...)
	}
	slices.Sort(ids)
	names, err := q.Directory.Names(q.R.Context(), slices.DeleteFunc(slices.Compact(ids), func(id guichet.ID) bool { return id == "" })...)
	return func(id guichet.ID) string {
		if err == nil && names[id] != "" {
			return names[id]
		}
		return string(id)
	}
}

// rulesAct changes the draft of the list: op is "up:ID", "down:ID", "on:ID", "off:ID", "copy:ID",
// "drop:ID" or "add".
func rulesAct(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	e, err := q.Configuring.Rules.Open(q.R.Context(), q.Actor, configuring.RulesID)
	if err != nil {
		return err
	}
	op, id, _ := strings.Cut(form.Get("op"), ":")
	rules, target := changeRules(q, e.Value.Rules, op, guichet.ID(id))
	if rules == nil {
		return guichet.NotFound("page")
	}
	seen, err := strconv.ParseInt(form.Get("revision"), 10, 64)
	if err != nil {
		return guichet.Invalid("form", "form.unreadable")
	}
	if err := q.Configuring.Rules.Keep(q.R.Context(), q.Actor, configuring.RulesID, guichet.RuleSet{Rules: rules}, seen); err != nil {
		return err
	}
	if target != "" {
		return q.Redirect(rulePath+string(target), "")
	}
	return q.Redirect(rulesPath, "")
}

// changeRules applies one act to a list of rules, and returns the rule to open next, if any; nil when
// the act means nothing.
func changeRules(q *site.Request, rules []guichet.Rule, op string, id guichet.ID) ([]guichet.Rule, guichet.ID) {
	rules = slices.Clone(rules)
	i := slices.IndexFunc(rules, func(r guichet.Rule) bool { return r.ID == id })
	switch {
	case op == "add":
		key := freeRule(rules)
		return append(rules, guichet.Rule{ID: key, Name: q.P.T("admin.rule.new")}), key
	case i < 0:
		return nil, ""
	case op == "up" && i > 0:
		rules[i-1], rules[i] = rules[i], rules[i-1]
	case op == "down" && i < len(rules)-1:
		rules[i+1], rules[i] = rules[i], rules[i+1]
	case op == "on", op == "off":
		rules[i].Off = op == "off"
	case op == "copy":
		twin := rules[i]
		twin.ID, twin.Name = freeRule(rules), q.P.T("admin.rule.copy_of", "Name", twin.Name)
		return slices.Insert(rules, i+1, twin), twin.ID
	case op == "drop":
		rules = slices.Delete(rules, i, i+1)
		if len(rules) == 0 {
			rules = []guichet.Rule{}
		}
	}
	return rules, ""
}

// freeRule is a key that no rule has.
func freeRule(rules []guichet.Rule) guichet.ID {
	for n := len(rules) + 1; ; n++ {
		key := guichet.ID("regle-" + strconv.Itoa(n))
		if !slices.ContainsFunc(rules, func(r guichet.Rule) bool { return r.ID == key }) {
			return key
		}
	}
}

// trialLine is a ticket that the draft routes otherwise, in words.
type trialLine struct {
	configuring.RulesRow
	Changes []string
}

// trialData is the page of a trial.
type trialData struct {
	configuring.RulesTrial
	Lines []trialLine
}

func rulesTrial(q *site.Request) error {
	trial, err := q.Configuring.TryRules(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	d := trialData{RulesTrial: trial}
	name := func(id guichet.ID) string {
		if trial.People[id] != "" {
			return trial.People[id]
		}
		return string(id)
	}
	for _, r := range trial.Rows {
		line := trialLine{RulesRow: r}
		for _, c := range r.Differences {
			line.Changes = append(line.Changes, q.RuleChange(c, name))
		}
		d.Lines = append(d.Lines, line)
	}
	return q.Render(ok, rulesTrialView(page(q, q.P.T("admin.rules.trial"), "rules"), adminRail(q), d))
}

// routingRail is the entries of the menu.
func routingRail(q *site.Request, add func(key, icon, url string)) {
	if q.Actor.Configures("", q.Config) {
		add("rules", "list-ordered", rulesPath)
		add("dispatch", "users", dispatchPath)
	}
}
