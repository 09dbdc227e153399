package admin

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// ruleActs are what a rule may set, in the order in which it is offered.
var ruleActs = []string{"service", "team", "level", "skills", "urgency", "impact", "tags", "observers", "approval", "template", "close_with", "parent", "announcement"}

// ruleForm is one rule as it is edited.
type ruleForm struct {
	Rule      guichet.Rule
	Place     int
	Revision  int64
	Acts      []string // shown, in their order
	Observers string   // as they are typed
	Errors    kit.Errors
	Sentence  string
	Then      []string
	Text      string // the conditions in the language of expressions
	Steps     []stepForm
	Kept      []guichet.ApprovalStep // as they are in the draft
	Members   map[guichet.ID][]configuring.Member
}

// errorNames are the fields of the form where the problems of a rule are shown.
var errorNames = map[string]string{"team": "then.team", "technician": "then.technician", "service": "then.service", "level": "then.level",
	"urgency": "then.urgency", "impact": "then.impact", "template": "then.template", "close_with": "then.close_with", "parent": "then.parent",
	"tags": "then.tags", "skills": "then.skills", "observers": "then.observers"}

func rulePage(q *site.Request) error {
	e, i, err := openRule(q)
	if err != nil {
		return err
	}
	f := ruleForm{Rule: e.Value.Rules[i], Place: i + 1, Revision: e.Revision(), Acts: ruleActsOf(e.Value.Rules[i].Then), Kept: e.Value.Rules[i].Then.Approval}
	if e.Draft != nil {
		if f.Errors, err = ruleErrors(q, f.Rule); err != nil {
			return err
		}
	}
	if f.Observers, err = ruleObserverWords(q, f.Rule.Then.Observers); err != nil {
		return err
	}
	return showRule(q, f, ok)
}

// openRule reads the rules, and the place of the one that the path names.
func openRule(q *site.Request) (configuring.Edition[guichet.RuleSet], int, error) {
	e, err := q.Configuring.Rules.Open(q.R.Context(), q.Actor, configuring.RulesID)
	if err != nil {
		return e, 0, err
	}
	id := guichet.ID(q.R.PathValue("rule"))
	i := slices.IndexFunc(e.Value.Rules, func(r guichet.Rule) bool { return r.ID == id })
	if i < 0 {
		return e, 0, guichet.NotFound("rules")
	}
	return e, i, nil
}

func showRule(q *site.Request, f ruleForm, status int) (err error) {
	if f.Members, err = q.Configuring.Members(q.R.Context(), q.Actor); err != nil {
		return err
	}
	f.Sentence = q.RuleConditions(f.Rule.When)
	f.Then = q.RuleActions(f.Rule.Then, ruleNamesOf(q, []guichet.Rule{f.Rule}))
	f.Text = configuring.Expression(f.Rule.When)
	f.steps(q)
	return q.Render(status, ruleView(q, page(q, f.Rule.Name, "rules"), f))
}

// ruleErrors says what is wrong with a rule, beside the fields of the form.
func ruleErrors(q *site.Request, r guichet.Rule) (kit.Errors, error) {
	desk, err := q.Configuring.Rules.Trial(q.R.Context(), q.Actor, configuring.RulesID)
	if err != nil {
		return nil, err
	}
	out := kit.Errors{}
	for field, text := range q.FieldErrors(configuring.CheckRule(desk, r)) {
		field = strings.TrimPrefix(field, "rules.0.")
		out[cmp.Or(errorNames[field], field)] = text
	}
	return out, nil
}

// ruleActsOf are the acts that a rule has.
func ruleActsOf(t guichet.RuleThen) []string {
	has := map[string]bool{"service": t.ServiceID != "", "team": t.TeamID != "" || t.AssigneeID != "", "level": t.Level != "",
		"skills": len(t.Skills) > 0, "urgency": t.Urgency != "", "impact": t.Impact != "", "tags": len(t.Tags) > 0, "observers": len(t.Observers) > 0,
		"approval": len(t.Approval) > 0, "template": t.Template != "", "close_with": t.CloseWith != "", "parent": t.Parent != 0,
		"announcement": t.Announcement != ""}
	return slices.DeleteFunc(slices.Clone(ruleActs), func(a string) bool { return !has[a] })
}

// ruleAct reads the form of a rule. Every button sends all of it: those that add or drop a line show it
// again, "save" keeps it in the draft.
func ruleAct(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	e, i, err := openRule(q)
	if err != nil {
		return err
	}
	f := readRule(form, e.Value.Rules[i])
	f.Place = i + 1
	if f.Revision, err = strconv.ParseInt(form.Get("revision"), 10, 64); err != nil {
		return guichet.Invalid("form", "form.unreadable")
	}
	unknown, err := readRuleObservers(q, &f)
	if err != nil {
		return err
	}
	wrong, err := nameApprovers(q, "", f.Rule.Then.Approval)
	if err != nil {
		return err
	}
	if op := form.Get("op"); op != "save" {
		f.Errors = wrong
		f.change(op, form.Get)
		return showRule(q, f, ok)
	}
	if len(wrong) > 0 {
		f.Errors = wrong
		return showRule(q, f, 422)
	}
	if unknown != nil {
		f.Errors = kit.Errors{"then.observers": q.Message(unknown)}
		return showRule(q, f, 422)
	}
	rules := slices.Clone(e.Value.Rules)
	rules[i] = f.Rule
	if err := q.Configuring.Rules.Keep(q.R.Context(), q.Actor, configuring.RulesID, guichet.RuleSet{Rules: rules}, f.Revision); err != nil {
		f.Errors = kit.Errors{"form": q.Message(err)} // somebody else saved meanwhile: what was typed stays
		if guichet.KindOf(err) == guichet.KindConflict {
			return showRule(q, f, 409)
		}
		return err
	}
	wrong, err = ruleErrors(q, f.Rule)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return q.Redirect(rulePath+string(f.Rule.ID), q.P.T("admin.rule.kept_faulty"))
	}
	return q.Redirect(rulesPath, q.P.T("admin.rule.kept"))
}

// readRule reads a rule from its form. What the form does not show is as it was.
func readRule(form site.Form, was guichet.Rule) ruleForm {
	r := guichet.Rule{ID: was.ID, Off: was.Off, Name: strings.TrimSpace(form.Get("name")), Continue: form.Get("stop") == ""}
	r.When.Expression = strings.TrimSpace(form.Get("expression"))
	r.When.All, r.When.Any = readRuleConditions(form, "all"), readRuleConditions(form, "any")
	f := ruleForm{Acts: form.Values["acts"], Kept: was.Then.Approval}
	f.Acts = slices.DeleteFunc(f.Acts, func(a string) bool { return !slices.Contains(ruleActs, a) })
	get := func(name string) string {
		if !slices.Contains(f.Acts, name) {
			return ""
		}
		return strings.TrimSpace(form.Get("then." + name))
	}
	r.Then = guichet.RuleThen{ServiceID: guichet.ID(get("service")), TeamID: guichet.ID(get("team")), Level: guichet.Level(get("level")),
		Skills: guichet.CleanTags(strings.Split(get("skills"), ",")), Urgency: guichet.Grade(get("urgency")), Impact: guichet.Grade(get("impact")),
		Tags: guichet.CleanTags(strings.Split(get("tags"), ",")), Template: guichet.ID(get("template")), CloseWith: guichet.ID(get("close_with")),
		Announcement: guichet.ID(get("announcement"))}
	if slices.Contains(f.Acts, "team") {
		r.Then.AssigneeID = guichet.ID(form.Get("then.technician"))
	}
	r.Then.Parent, _ = strconv.ParseInt(strings.TrimPrefix(get("parent"), "#"), 10, 64) // what is no number links nothing
	if slices.Contains(f.Acts, "approval") {
		r.Then.Approval = readRuleSteps(form, was.Then.Approval)
	}
	f.Rule, f.Observers = r, get("observers")
	return f
}

func readRuleConditions(form site.Form, group string) []guichet.RuleCondition {
	var out []guichet.RuleCondition
	for i := 0; form.Has(group + "." + strconv.Itoa(i) + ".field"); i++ {
		at := group + "." + strconv.Itoa(i) + "."
		c := guichet.RuleCondition{Field: guichet.RuleField(form.Get(at + "field")), Key: form.Get(at + "key"), Op: guichet.RuleOperator(form.Get(at + "op"))}
		for _, v := range form.Values[at+"values"] {
			c.Values = append(c.Values, ruleLines(v, c.Field)...)
		}
		out = append(out, c)
	}
	return out
}

// ruleLines are the values of one control: a text area holds one on each line, tags are parted by commas.
func ruleLines(v string, f guichet.RuleField) []string {
	parts := strings.Split(v, "\n")
	if f == guichet.RuleTag {
		parts = strings.Split(v, ",")
	}
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// readRuleSteps reads the steps of approval. The condition on a form that a step of a file may have is not
// shown, a rule having its own: it stays with its step, wherever that goes.
func readRuleSteps(form site.Form, was []guichet.ApprovalStep) []guichet.ApprovalStep {
	out := stepsOf(form.Values)
	for i := range out {
		if n, err := strconv.Atoi(form.Get(at("approval", i, "was"))); err == nil && n >= 0 && n < len(was) {
			out[i].If = was[n].If
		}
	}
	return out
}

// readRuleObservers finds the people whom the form names; unknown is the one that nobody bears.
func readRuleObservers(q *site.Request, f *ruleForm) (unknown, err error) {
	words := ruleLines(f.Observers, "")
	found, err := q.Configuring.FindPeople(q.R.Context(), q.Actor, words)
	if err != nil {
		return nil, err
	}
	for _, w := range words {
		if id, known := found[w]; known {
			f.Rule.Then.Observers = append(f.Rule.Then.Observers, id)
		} else if unknown == nil {
			unknown = guichet.Conflict("person.unknown", "Text", w)
		}
	}
	return unknown, nil
}

// ruleObserverWords names observers as they are typed.
func ruleObserverWords(q *site.Request, ids []guichet.ID) (string, error) {
	words, err := q.Configuring.PeopleWords(q.R.Context(), q.Actor, ids)
	return strings.Join(words, "\n"), err
}

// change adds or drops a line of the form.
func (f *ruleForm) change(op string, get func(string) string) {
	parts := strings.Split(op, ":")
	if len(parts) < 2 {
		return
	}
	act, what := parts[0], parts[1]
	n := -1
	if len(parts) == 3 {
		n, _ = strconv.Atoi(parts[2])
	}
	list := map[string]*[]guichet.RuleCondition{"all": &f.Rule.When.All, "any": &f.Rule.When.Any}[what]
	switch {
	case act == "add" && list != nil:
		field, key, _ := strings.Cut(get("add."+what), ":")
		if len(guichet.RuleField(field).Operators()) > 0 && len(*list) < guichet.MaxComparisons {
			*list = append(*list, guichet.RuleCondition{Field: guichet.RuleField(field), Key: key})
		}
	case act == "drop" && list != nil && n >= 0 && n < len(*list):
		*list = slices.Delete(*list, n, n+1)
	case act == "add" && what == "then":
		f.addAct(get("add.then"))
	case act == "drop" && what == "then" && len(parts) == 3:
		f.dropAct(parts[2])
	case act == "add" && what == "step":
		f.Rule.Then.Approval = append(f.Rule.Then.Approval, guichet.ApprovalStep{})
	case what == "step" && n >= 0 && n < len(f.Rule.Then.Approval):
		f.changeStep(act, n)
	}
}

// changeStep drops a step of approval, or moves it.
func (f *ruleForm) changeStep(act string, n int) {
	steps := f.Rule.Then.Approval
	switch {
	case act == "drop":
		f.Rule.Then.Approval = slices.Delete(steps, n, n+1)
	case act == "up" && n > 0:
		steps[n], steps[n-1] = steps[n-1], steps[n]
	case act == "down" && n < len(steps)-1:
		steps[n], steps[n+1] = steps[n+1], steps[n]
	}
}

// steps makes the fields of the steps of approval.
func (f *ruleForm) steps(q *site.Request) {
	typed, people := url.Values{}, suggestedPeople(q)
	for i, s := range f.Rule.Then.Approval {
		typedStep(q, typed, guichet.Form{}, i, s)
		f.Steps = append(f.Steps, stepForm{s, i, typed, f.Errors, people})
	}
}

func (f *ruleForm) addAct(a string) {
	if !slices.Contains(ruleActs, a) || slices.Contains(f.Acts, a) {
		return
	}
	f.Acts = append(f.Acts, a)
	if a == "approval" {
		f.Rule.Then.Approval = []guichet.ApprovalStep{{}}
	}
}

func (f *ruleForm) dropAct(a string) {
	f.Acts = slices.DeleteFunc(f.Acts, func(x string) bool { return x == a })
	t := &f.Rule.Then
	switch a {
	case "service":
		t.ServiceID = ""
	case "team":
		t.TeamID, t.AssigneeID = "", ""
	case "level":
		t.Level = ""
	case "skills":
		t.Skills = nil
	case "urgency":
		t.Urgency = ""
	case "impact":
		t.Impact = ""
	case "tags":
		t.Tags = nil
	case "observers":
		t.Observers, f.Observers = nil, ""
	case "approval":
		t.Approval = nil
	case "template":
		t.Template = ""
	case "announcement":
		t.Announcement = ""
	case "close_with":
		t.CloseWith = ""
	case "parent":
		t.Parent = 0
	}
}
