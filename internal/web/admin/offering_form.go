package admin

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// The names of the inputs are the paths of what they hold, so that what is wrong is said beside them:
// fields.0.label, fields.0.limits.min, approval.1.name.

// Limits of the rows of the designer.
const (
	maxRows  = guichet.MaxFormFields + 10
	maxTests = 10
)

func at(parts ...any) string {
	var out []string
	for _, p := range parts {
		switch v := p.(type) {
		case int:
			out = append(out, strconv.Itoa(v))
		case string:
			out = append(out, v)
		}
	}
	return strings.Join(out, ".")
}

// typedOffering is an offering as the designer shows it.
func typedOffering(q *site.Request, o guichet.Offering) url.Values {
	v := url.Values{"name": {o.Name}, "description": {o.Description}, "service": {string(o.ServiceID)}, "kind": {string(o.Kind)},
		"workflow": {string(o.WorkflowID)}, "position": {""}}
	if o.Position != 0 {
		v.Set("position", strconv.Itoa(o.Position))
	}
	if o.Retired {
		v.Set("retired", "yes")
	}
	v.Set("skills", strings.Join(o.Skills, ", "))
	for _, id := range o.Checklists {
		v.Add("checklists", string(id))
	}
	for i, f := range o.Form.Fields {
		typedField(q, v, o.Form, i, f)
	}
	for i, s := range o.Approval {
		typedStep(q, v, o.Form, i, s)
	}
	return v
}

func typedField(q *site.Request, v url.Values, form guichet.Form, i int, f guichet.Field) {
	l := f.Limits
	for name, value := range map[string]string{"key": f.Key, "type": string(f.Type), "label": f.Label, "help": f.Help,
		"options": optionLines(f.Options), "prefill": string(f.Prefill), "default": f.Default, "limits.min": l.Min, "limits.max": l.Max,
		"limits.min_length": count(l.MinLength), "limits.max_length": count(l.MaxLength), "limits.min_count": count(l.MinCount),
		"limits.max_count": count(l.MaxCount), "limits.pattern": l.Pattern, "limits.message": l.Message} {
		v.Set(at("fields", i, name), value)
	}
	if f.Required {
		v.Set(at("fields", i, "required"), "yes")
	}
	for _, k := range l.Files {
		v.Add(at("fields", i, "limits.files"), string(k))
	}
	typedCondition(q, v, form, at("fields", i), f.ShowIf)
}

// typedCondition is a condition as the designer shows it, under the path of what it is of.
func typedCondition(q *site.Request, v url.Values, form guichet.Form, of string, c *guichet.Condition) {
	if c == nil {
		return
	}
	v.Set(at(of, "when"), "all")
	if len(c.Any) > 0 {
		v.Set(at(of, "when"), "any")
	}
	for n, t := range c.Tests() {
		is := t.Is
		if is == "" {
			is = guichet.ComparisonOneOf
		}
		v.Set(at(of, "test", n, "field"), t.Field)
		v.Set(at(of, "test", n, "is"), string(is))
		v.Set(at(of, "test", n, "values"), testValues(q, form, t))
	}
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// optionLines writes the answers of a choice, one a line; a value that is not made of its label stands
// before it.
func optionLines(options []guichet.Option) string {
	var lines []string
	for _, o := range options {
		if o.Value == configuring.Key(o.Label) {
			lines = append(lines, o.Label)
		} else {
			lines = append(lines, o.Value+" = "+o.Label)
		}
	}
	return strings.Join(lines, "\n")
}

func optionsOf(text string) []guichet.Option {
	var out []guichet.Option
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		value, label, given := strings.Cut(line, " = ")
		if !given {
			value, label = configuring.Key(line), line
		}
		out = append(out, guichet.Option{Value: strings.TrimSpace(value), Label: strings.TrimSpace(label)})
	}
	return out
}

// testValues writes what a condition expects in the words of who designs the form.
func testValues(q *site.Request, form guichet.Form, t guichet.Test) string {
	field, _ := form.Field(t.Field)
	var out []string
	for _, v := range t.Values {
		out = append(out, valueName(q, field, t.Field, v))
	}
	return strings.Join(out, " ; ")
}

func valueName(q *site.Request, f guichet.Field, subject, v string) string {
	switch {
	case subject == guichet.AskerOrganisation && q.Config.Organisations[guichet.ID(v)].Name != "":
		return q.Config.Organisations[guichet.ID(v)].Name
	case subject == guichet.AskerProfile:
		return kit.Profile(q.P, v)
	case f.Type == guichet.FieldYesNo && (v == "yes" || v == "no"):
		return q.P.T(v)
	}
	for _, o := range f.Options {
		if o.Value == v {
			return o.Label
		}
	}
	return v
}

// valuesOf reads them back: by label, or as they are.
func valuesOf(q *site.Request, f guichet.Field, subject, text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		out = append(out, valueKey(q, f, subject, part))
	}
	return out
}

func valueKey(q *site.Request, f guichet.Field, subject, text string) string {
	if subject == guichet.AskerOrganisation {
		for _, id := range slices.Sorted(maps.Keys(q.Config.Organisations)) {
			if strings.EqualFold(q.Config.Organisations[id].Name, text) {
				return string(id)
			}
		}
	}
	if subject == guichet.AskerProfile {
		return profileKey(q, text)
	}
	if f.Type == guichet.FieldYesNo {
		for _, v := range []string{"yes", "no"} {
			if strings.EqualFold(q.P.T(v), text) {
				return v
			}
		}
	}
	for _, o := range f.Options {
		if strings.EqualFold(o.Label, text) {
			return o.Value
		}
	}
	return text
}

// offeringOf reads the designer over the offering as it was; what the page does not show stays.
func offeringOf(q *site.Request, v url.Values, o guichet.Offering) guichet.Offering {
	get := func(name string) string { return strings.TrimSpace(v.Get(name)) }
	o.Name, o.Description, o.Kind = get("name"), get("description"), guichet.Kind(get("kind"))
	if service := guichet.ID(get("service")); service != "" {
		o.ServiceID = service
	}
	o.WorkflowID, o.Retired = guichet.ID(get("workflow")), get("retired") != ""
	o.Position, _ = strconv.Atoi(get("position")) // not a number: in the order of the keys
	if _, shown := v["skills"]; shown {
		o.Skills = guichet.CleanTags(strings.Split(get("skills"), ","))
	}
	if _, shown := v["checklists_shown"]; shown {
		o.Checklists = nil
		for _, id := range v["checklists"] {
			o.Checklists = append(o.Checklists, guichet.ID(id))
		}
	}
	o.Form.Fields = []guichet.Field{}
	for i := range maxRows {
		if _, there := v[at("fields", i, "label")]; there {
			o.Form.Fields = append(o.Form.Fields, fieldOf(v, i, o.Form.Fields))
		}
	}
	n := 0
	for i := range maxRows { // conditions name fields that were read by now
		if _, there := v[at("fields", i, "label")]; there {
			o.Form.Fields[n].ShowIf = conditionOf(q, v, at("fields", i), o.Form)
			n++
		}
	}
	o.Approval = stepsOf(v)
	for i := range o.Approval {
		o.Approval[i].If = conditionOf(q, v, at("approval", i), o.Form)
	}
	return o
}

func fieldOf(v url.Values, i int, above []guichet.Field) guichet.Field {
	get := func(name string) string { return strings.TrimSpace(v.Get(at("fields", i, name))) }
	whole := func(name string) int { n, _ := strconv.Atoi(get(name)); return n } // not a number: no limit
	f := guichet.Field{Key: get("key"), Type: guichet.FieldType(get("type")), Label: get("label"), Help: get("help"), Required: get("required") != "",
		Prefill: guichet.Prefill(get("prefill")), Default: get("default")}
	if strings.HasPrefix(f.Key, "question-") || f.Key == "" { // a key of its own, once there is a label
		if key := configuring.Key(f.Label); key != "x" && !strings.HasPrefix(key, "nouvelle-question") && !strings.HasPrefix(key, "new-question") {
			f.Key = key
			if slices.ContainsFunc(above, func(x guichet.Field) bool { return x.Key == key }) {
				f.Key = freeFieldKey(above, key)
			}
		}
	}
	if f.Type.Chooses() || f.Type == guichet.FieldPlace {
		f.Options = optionsOf(get("options"))
	}
	if f.Type.Bounded() {
		f.Limits.Min, f.Limits.Max = boundOf(f.Type, get("limits.min")), boundOf(f.Type, get("limits.max"))
	}
	if f.Type.Worded() {
		f.Limits.MinLength, f.Limits.MaxLength = whole("limits.min_length"), whole("limits.max_length")
		f.Limits.Pattern, f.Limits.Message = get("limits.pattern"), get("limits.message")
	}
	if f.Type.Several() {
		f.Limits.MinCount, f.Limits.MaxCount = whole("limits.min_count"), whole("limits.max_count")
	}
	if f.Type == guichet.FieldFile {
		for _, k := range v[at("fields", i, "limits.files")] {
			f.Limits.Files = append(f.Limits.Files, guichet.FileKind(k))
		}
	}
	return f
}

// boundOf reads a bound of days as people write it: "aujourd’hui + 3" is "today+3".
func boundOf(t guichet.FieldType, text string) string {
	if t != guichet.FieldDate && t != guichet.FieldDateTime {
		return text
	}
	text = strings.ReplaceAll(text, " ", "")
	for _, word := range []string{"aujourd’hui", "aujourd'hui", "Aujourd’hui", "Aujourd'hui", "Today"} {
		text = strings.Replace(text, word, "today", 1)
	}
	return text
}

// conditionOf reads a condition under the path of what it is of; nil when no row looks at anything.
func conditionOf(q *site.Request, v url.Values, of string, form guichet.Form) *guichet.Condition {
	var tests []guichet.Test
	for n := range maxTests {
		get := func(name string) string { return strings.TrimSpace(v.Get(at(of, "test", n, name))) }
		t := guichet.Test{Field: get("field"), Is: guichet.Comparison(get("is"))}
		if t.Field == "" {
			continue
		}
		if t.Is.Valued() {
			field, _ := form.Field(t.Field)
			t.Values = valuesOf(q, field, t.Field, get("values"))
		}
		if t.Is == guichet.ComparisonOneOf {
			t.Is = ""
		}
		tests = append(tests, t)
	}
	switch {
	case len(tests) == 0:
		return nil
	case len(tests) == 1:
		return &guichet.Condition{Field: tests[0].Field, Is: tests[0].Is, Values: tests[0].Values}
	case v.Get(at(of, "when")) == "any":
		return &guichet.Condition{Any: tests}
	}
	return &guichet.Condition{All: tests}
}

// typedStep is a step of an approval as the designer shows it.
func typedStep(q *site.Request, v url.Values, form guichet.Form, i int, s guichet.ApprovalStep) {
	v.Set(at("approval", i, "name"), s.Name)
	need := ""
	switch {
	case s.All:
		need = "all"
	case s.Need > 1:
		need = strconv.Itoa(s.Need)
	}
	v.Set(at("approval", i, "need"), need)
	v.Set(at("approval", i, "remind"), count(s.Remind))
	v.Set(at("approval", i, "expire"), count(s.Expire))
	for part, list := range map[string][]guichet.ApproverSpec{"approvers": s.Approvers, "fallback": s.Fallback} {
		for n, a := range list {
			v.Set(at("approval", i, part, n, "by"), approverWord(a))
			v.Set(at("approval", i, part, n, "login"), a.Login)
		}
	}
	typedCondition(q, v, form, at("approval", i), s.If)
}

func approverWord(a guichet.ApproverSpec) string {
	switch {
	case a.Owner:
		return "owner"
	case a.Role != "":
		return "role:" + string(a.Role)
	case a.Team != "":
		return "team:" + string(a.Team)
	case a.Login != "":
		return "person"
	}
	return ""
}

func stepOf(v url.Values, i int) guichet.ApprovalStep {
	get := func(parts ...any) string {
		return strings.TrimSpace(v.Get(at(append([]any{"approval", i}, parts...)...)))
	}
	whole := func(name string) int { n, _ := strconv.Atoi(get(name)); return n } // not a number: never
	s := guichet.ApprovalStep{Name: get("name"), Remind: whole("remind"), Expire: whole("expire"), Approvers: []guichet.ApproverSpec{}}
	switch need := get("need"); need {
	case "all":
		s.All = true
	default:
		s.Need, _ = strconv.Atoi(need) // not a number: any one
	}
	for n := range maxTests {
		if a, given := approverOf(get("approvers", n, "by"), get("approvers", n, "login")); given {
			s.Approvers = append(s.Approvers, a)
		}
		if a, given := approverOf(get("fallback", n, "by"), get("fallback", n, "login")); given {
			s.Fallback = append(s.Fallback, a)
		}
	}
	return s
}

func approverOf(by, login string) (guichet.ApproverSpec, bool) {
	kind, id, _ := strings.Cut(by, ":")
	switch {
	case kind == "owner":
		return guichet.ApproverSpec{Owner: true}, true
	case kind == "role":
		return guichet.ApproverSpec{Role: guichet.ID(id)}, true
	case kind == "team":
		return guichet.ApproverSpec{Team: guichet.ID(id)}, true
	case login != "":
		return guichet.ApproverSpec{Login: login}, true
	}
	return guichet.ApproverSpec{}, false
}

// approverOptions are those whom a step may ask.
func approverOptions(q *site.Request) []kit.Option {
	out := []kit.Option{{}, {Value: "owner", Label: q.P.T("admin.approver.owner")}, {Value: "person", Label: q.P.T("admin.approver.person")}}
	for _, id := range slices.Sorted(maps.Keys(q.Config.Roles)) {
		out = append(out, kit.Option{Value: "role:" + string(id), Label: q.P.T("admin.approver.role", "Name", q.Config.Roles[id].Name)})
	}
	for _, t := range site.TeamOptions(q.Config) {
		out = append(out, kit.Option{Value: "team:" + t.Value, Label: q.P.T("admin.approver.team", "Name", t.Label)})
	}
	return out
}
