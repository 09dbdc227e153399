package site

import (
	"strconv"
	"strings"

	"guichet"
)

// RuleField says what a condition looks at; of an answer, the question.
func (q *Request) RuleField(f guichet.RuleField, key string) string {
	if f != guichet.RuleAnswer {
		return q.P.T("rule.field." + string(f))
	}
	if field, known := q.question(key); known {
		return q.P.T("rule.field.answer", "Question", field.Label)
	}
	return q.P.T("rule.field.answer", "Question", key)
}

// question finds a question of the forms by its key.
func (q *Request) question(key string) (guichet.Field, bool) {
	for _, o := range q.Config.Offerings {
		if f, known := o.Form.Field(key); known {
			return f, true
		}
	}
	return guichet.Field{}, false
}

// RuleValue says a value that a condition names; a key that the desk no longer knows is shown as it is.
func (q *Request) RuleValue(f guichet.RuleField, key, v string) string {
	if said := q.ruleValue(f, key, v); said != "" {
		return said
	}
	return v
}

func (q *Request) ruleValue(f guichet.RuleField, key, v string) string {
	id := guichet.ID(v)
	switch f {
	case guichet.RuleService:
		return q.Config.ServiceName(id)
	case guichet.RuleOffering:
		return q.Config.Offerings[id].Name
	case guichet.RuleOrganisation:
		return q.Config.Organisations[id].Name
	case guichet.RuleTeam:
		return q.Config.Teams[id].Name
	case guichet.RuleCalendar:
		return q.Config.Calendars[id].Name
	case guichet.RuleWords:
		return q.P.T("rule.quoted", "Text", v)
	case guichet.RuleAnswer:
		return q.answerValue(key, v)
	}
	return q.ruleWord(f, v)
}

// ruleWord says a value that is a word of the program.
func (q *Request) ruleWord(f guichet.RuleField, v string) string {
	prefix := map[guichet.RuleField]string{guichet.RuleKind: "rule.kind.", guichet.RuleUrgency: "grade.", guichet.RuleImpact: "desk.impact.",
		guichet.RulePriority: "rule.priority.", guichet.RuleChannel: "rule.channel.", guichet.RuleWorkPlace: "rule.work_place.", guichet.RuleWeekday: "rule.weekday."}[f]
	if prefix == "" || !q.P.Has(prefix+v) {
		return ""
	}
	return q.P.T(prefix + v)
}

func (q *Request) answerValue(key, v string) string {
	f, _ := q.question(key)
	for _, o := range f.Options {
		if o.Value == v {
			return o.Label
		}
	}
	if f.Type == guichet.FieldYesNo && (v == "yes" || v == "no") {
		return strings.ToLower(q.P.T(v))
	}
	return v
}

// RuleCondition says a condition in words.
func (q *Request) RuleCondition(c guichet.RuleCondition) string {
	values := make([]string, len(c.Values))
	for i, v := range c.Values {
		values[i] = q.RuleValue(c.Field, c.Key, v)
	}
	if len(values) == 0 { // not yet chosen
		values = []string{"…"}
	}
	joint := "rule.or"
	if c.Op == guichet.OpAll {
		joint = "rule.and"
	}
	if c.Field == guichet.RuleTime && len(values) == 2 {
		return q.P.T("rule.says.time."+string(c.Operator()), "From", values[0], "To", values[1])
	}
	key := "rule.says." + string(c.Operator())
	if own := "rule.says." + string(c.Field) + "." + string(c.Operator()); q.P.Has(own) {
		key = own
	}
	return q.P.T(key, "Field", q.RuleField(c.Field, c.Key), "Values", q.Enumerate(values, joint))
}

// Enumerate joins words as a sentence does: commas, and a last word before the last one.
func (q *Request) Enumerate(words []string, joint string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + q.P.T(joint) + " " + words[last]
}

// RuleConditions says all that a rule asks for, as the beginning of a sentence.
func (q *Request) RuleConditions(w guichet.RuleWhen) string {
	var all, either []string
	for _, c := range w.All {
		all = append(all, q.RuleCondition(c))
	}
	for _, c := range w.Any {
		either = append(either, q.RuleCondition(c))
	}
	if len(either) > 0 {
		all = append(all, q.Enumerate(either, "rule.or_else"))
	}
	if strings.TrimSpace(w.Expression) != "" {
		all = append(all, q.P.T("rule.says.expression"))
	}
	if len(all) == 0 {
		return q.P.T("rule.always")
	}
	return q.P.T("rule.when", "Conditions", q.Enumerate(all, "rule.and_that"))
}

// RuleActions says what a rule sets, one act after the other. Name gives the names of people.
func (q *Request) RuleActions(t guichet.RuleThen, name func(guichet.ID) string) []string {
	var out []string
	say := func(what, v string) {
		if v != "" {
			out = append(out, q.P.T("rule.then."+what, "Value", v))
		}
	}
	say("service", q.Config.ServiceName(t.ServiceID))
	say("template", q.Config.Templates[t.Template].Name)
	if t.TeamID == guichet.ServiceTeam {
		out = append(out, q.P.T("rule.then.service_team"))
	} else {
		say("team", q.RuleValue(guichet.RuleTeam, "", string(t.TeamID)))
	}
	if t.AssigneeID != "" {
		say("technician", name(t.AssigneeID))
	}
	say("level", string(t.Level))
	say("skills", q.Enumerate(t.Skills, "rule.and"))
	say("urgency", q.ruleWord(guichet.RuleUrgency, string(t.Urgency)))
	say("impact", q.ruleWord(guichet.RuleImpact, string(t.Impact)))
	say("tags", q.Enumerate(t.Tags, "rule.and"))
	var people, steps []string
	for _, id := range t.Observers {
		people = append(people, name(id))
	}
	for _, s := range t.Approval {
		steps = append(steps, s.Name)
	}
	say("observers", q.Enumerate(people, "rule.and"))
	say("approval", strings.Join(steps, " → "))
	if t.Parent > 0 {
		say("parent", strconv.FormatInt(t.Parent, 10))
	}
	switch t.Announcement {
	case "":
	case guichet.ServiceAnnouncement:
		out = append(out, q.P.T("rule.then.service_announcement"))
	default:
		say("announcement", q.AnnouncementName(t.Announcement))
	}
	say("close_with", q.Config.Templates[t.CloseWith].Name)
	return out
}

// AnnouncementName names the announcement of a rule, for those who may read it.
func (q *Request) AnnouncementName(id guichet.ID) string {
	if id == guichet.ServiceAnnouncement {
		return q.P.T("rule.announcement.service")
	}
	a, err := q.Announcing.Read(q.R.Context(), q.Actor, id)
	if err != nil {
		return q.P.T("rule.announcement.other")
	}
	return q.P.T("rule.announcement.named", "Title", a.Title)
}

// RuleSeen says a value that a condition saw.
func (q *Request) RuleSeen(s guichet.Seen) string {
	field := Capital(q.RuleField(s.Field, s.Key))
	value, found := q.RuleValue(s.Field, s.Key, s.Value), q.RuleValue(s.Field, s.Key, s.Found)
	switch {
	case s.Field == guichet.RuleWords && s.Found != "":
		return q.P.T("rule.saw.words", "Value", found)
	case s.Field == guichet.RuleWords:
		return q.P.T("rule.saw.no_words", "Value", value)
	case s.Value == "" && s.Found == "":
		return q.P.T("rule.saw.nothing", "Field", field)
	case s.Found != "" && s.Value != "":
		return q.P.T("rule.saw.within", "Field", field, "Value", value, "Found", found)
	case s.Value == "":
		return q.P.T("rule.saw", "Field", field, "Value", found)
	}
	return q.P.T("rule.saw", "Field", field, "Value", value)
}

// Capital begins a text with a capital letter.
func Capital(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// RuleChange says what a rule changed, or would have. Name gives the names of people.
func (q *Request) RuleChange(c guichet.Change, name func(guichet.ID) string) string {
	from, to := q.changed(c.Field, c.From, name), q.changed(c.Field, c.To, name)
	label := q.P.T("change." + c.Field)
	switch {
	case c.From == "":
		return q.P.T("change.set", "Field", label, "To", to)
	case c.To == "":
		to = q.P.T("change.nothing")
	}
	return q.P.T("change.moved", "Field", label, "From", from, "To", to)
}

func (q *Request) changed(field, v string, name func(guichet.ID) string) string {
	switch field {
	case "state":
		if q.P.Has("state.desk." + v) {
			return q.P.T("state.desk." + v)
		}
	case "technician":
		return name(guichet.ID(v))
	case "announcement":
		return q.AnnouncementName(guichet.ID(v))
	case "observer":
		var out []string
		for id := range strings.FieldsSeq(v) {
			out = append(out, name(guichet.ID(id)))
		}
		return strings.Join(out, ", ")
	case "template", "close_with":
		if t, known := q.Config.Templates[guichet.ID(v)]; known {
			return t.Name
		}
	case "affected":
		field = "service"
	}
	return q.RuleValue(guichet.RuleField(field), "", v)
}

// Dispatch says why a team chose a member, or nobody. Name gives the names of people.
func (q *Request) Dispatch(d guichet.Dispatched, name func(guichet.ID) string) []string {
	team := q.Config.Teams[d.TeamID].Name
	out := []string{q.P.T("dispatch.nobody", "Team", team)}
	if d.PersonID != "" {
		out[0] = q.P.T("dispatch.chose."+string(d.Mode), "Name", name(d.PersonID), "Team", team)
	}
	if len(d.Skills) > 0 {
		out = append(out, q.P.T("dispatch.skills", "Skills", q.Enumerate(d.Skills, "rule.and")))
	}
	for _, c := range d.Candidates {
		out = append(out, q.candidate(c, name(c.PersonID)))
	}
	return out
}

func (q *Request) candidate(c guichet.Candidate, who string) string {
	switch {
	case c.Away && !c.Back.IsZero():
		return q.P.T("dispatch.away", "Name", who, "Date", q.P.Date(c.Back))
	case c.Away:
		return q.P.T("dispatch.away.now", "Name", who)
	case len(c.Lacks) > 0:
		return q.P.T("dispatch.lacks", "Name", who, "Skills", q.Enumerate(c.Lacks, "rule.and"))
	}
	return q.P.T("dispatch.load", "Name", who, "Tickets", q.P.N("dispatch.tickets", c.Open), "Load", c.Load)
}
