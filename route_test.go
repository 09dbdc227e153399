package guichet

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// byKind is a judge for tests: a rule holds when the ticket has its first value as kind, service or tag.
func byKind(r Rule, f Facts) Verdict {
	if len(r.When.All) == 0 {
		return Verdict{Holds: true}
	}
	c := r.When.All[0]
	have := map[RuleField]string{RuleKind: string(f.Ticket.Kind), RuleService: string(f.Ticket.ServiceID), RuleTag: joined(f.Ticket.Tags)}
	return Verdict{Holds: have[c.Field] == c.Values[0], Saw: []Seen{{Field: c.Field, Value: have[c.Field]}}}
}

func whenIs(field RuleField, value string) RuleWhen {
	return RuleWhen{All: []RuleCondition{{Field: field, Values: []string{value}}}}
}

func TestRulesRunInOrderUntilOneEndsIt(t *testing.T) {
	d := testDesk()
	d.RulesVersion = 4
	d.Rules = []Rule{
		{ID: "off", Name: "Off", Off: true, Then: RuleThen{TeamID: "core"}},
		{ID: "elsewhere", Name: "Elsewhere", When: whenIs(RuleService, "wifi"), Then: RuleThen{TeamID: "network"}},
		{ID: "vip", Name: "Vip", When: whenIs(RuleKind, "incident"), Then: RuleThen{Urgency: GradeHigh, Tags: []string{"Vip  client"}}, Continue: true},
		{ID: "same", Name: "Same", When: whenIs(RuleTag, "vip-client"), Then: RuleThen{Urgency: GradeHigh}, Continue: true},
		{ID: "pool", Name: "Pool", Then: RuleThen{TeamID: ServiceTeam}},
		{ID: "late", Name: "Late", Then: RuleThen{TeamID: "core"}},
	}
	before := ticketIn(StateNew)
	r := d.Route(Facts{Ticket: before, At: noon}, byKind)
	want := before
	want.Urgency, want.Priority, want.Tags = GradeHigh, PriorityMedium, []string{"vip-client"}
	want.State, want.TeamID, want.Level = StateAssigned, "pedago", Level1
	if diff := cmp.Diff(want, r.Ticket); diff != "" {
		t.Errorf("ticket (-want +got):\n%s", diff)
	}
	trace := Trace{Version: 4,
		Rules: []RuleTrace{
			{ID: "vip", Name: "Vip", Saw: []Seen{{Field: RuleKind, Value: "incident"}},
				Changes: []Change{{"urgency", "low", "high"}, {"priority", "low", "medium"}, {"tags", "", "vip-client"}}},
			{ID: "same", Name: "Same", Saw: []Seen{{Field: RuleTag, Value: "vip-client"}}},
			{ID: "pool", Name: "Pool", Last: true, Changes: []Change{{"state", "new", "assigned"}, {"team", "", "pedago"}, {"level", "", "N1"}}},
		},
		Passed: []RuleTrace{{ID: "elsewhere", Name: "Elsewhere", Saw: []Seen{{Field: RuleService, Value: "homework"}}}},
	}
	if diff := cmp.Diff(trace, r.Trace); diff != "" {
		t.Errorf("trace (-want +got):\n%s", diff)
	}
	if got := strings.Join(r.Trace.Why(), "|"); got != "Vip|incident|Same|vip-client|Pool" {
		t.Errorf("why: %s", got)
	}
}

func TestWhatARuleSets(t *testing.T) {
	step := ApprovalStep{Name: "Direction", Approvers: []ApproverSpec{{Role: "moderator"}}}
	for _, c := range []struct {
		name  string
		facts Facts
		then  RuleThen
		want  func(*Routing)
	}{
		{"nothing", Facts{}, RuleThen{}, func(*Routing) {}},
		{"the service and the grades, not the team", Facts{}, RuleThen{ServiceID: "wifi", Urgency: GradeHigh, Impact: GradeHigh},
			func(r *Routing) {
				r.Ticket.ServiceID, r.Ticket.Urgency, r.Ticket.Impact, r.Ticket.Priority = "wifi", GradeHigh, GradeHigh, PriorityCritical
			}},
		{"a team's pool", Facts{}, RuleThen{TeamID: "network"},
			func(r *Routing) { r.Ticket.State, r.Ticket.TeamID, r.Ticket.Level = StateAssigned, "network", Level2 }},
		{"a technician of the team, at a level", Facts{}, RuleThen{TeamID: "network", AssigneeID: cleo, Level: Level3},
			func(r *Routing) {
				r.Ticket.State, r.Ticket.TeamID, r.Ticket.Level, r.Ticket.AssigneeID = StateAssigned, "network", Level3, cleo
			}},
		{"a technician who left the team: its pool", Facts{}, RuleThen{TeamID: "network", AssigneeID: ann},
			func(r *Routing) { r.Ticket.State, r.Ticket.TeamID, r.Ticket.Level = StateAssigned, "network", Level2 }},
		{"the team of the service that the rule sets", Facts{}, RuleThen{ServiceID: "wifi", TeamID: ServiceTeam},
			func(r *Routing) {
				r.Ticket.State, r.Ticket.ServiceID, r.Ticket.TeamID, r.Ticket.Level = StateAssigned, "wifi", "network", Level2
			}},
		{"the team of a service that has none", Facts{}, RuleThen{ServiceID: "orphan", TeamID: ServiceTeam},
			func(r *Routing) { r.Ticket.ServiceID = "orphan" }},
		{"a team that is gone", Facts{}, RuleThen{TeamID: "nowhere", AssigneeID: ann}, func(*Routing) {}},
		{"observers, skills, a major incident", Facts{}, RuleThen{Observers: []ID{mona, mona}, Skills: []string{"Wifi"}, Parent: 12},
			func(r *Routing) { r.Observers, r.Skills, r.Parent = []ID{mona}, []string{"wifi"}, 12 }},
		{"an approval: qualified, given to nobody", Facts{}, RuleThen{TeamID: "network", Urgency: GradeHigh, Impact: GradeHigh, Approval: []ApprovalStep{step}},
			func(r *Routing) {
				r.Ticket.State, r.Ticket.Urgency, r.Ticket.Impact, r.Ticket.Priority = StateAwaitingApproval, GradeHigh, GradeHigh, PriorityCritical
				r.Approval = []ApprovalStep{step}
			}},
		{"an approval of the form", Facts{Waits: true}, RuleThen{TeamID: "network"},
			func(r *Routing) { r.Ticket.State = StateAwaitingApproval }},
		{"an approval that was given", Facts{Approved: true}, RuleThen{TeamID: "network", Approval: []ApprovalStep{step}},
			func(r *Routing) { r.Ticket.State, r.Ticket.TeamID, r.Ticket.Level = StateAssigned, "network", Level2 }},
	} {
		d := testDesk()
		d.Rules = []Rule{{ID: "r", Name: "R", Then: c.then}}
		c.facts.Ticket = ticketIn(StateNew)
		want := Routing{Ticket: c.facts.Ticket}
		c.want(&want)
		got := d.Route(c.facts, byKind)
		got.Trace = Trace{}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestATicketThatWaitsIsNotSaidToBeGiven(t *testing.T) {
	d := testDesk()
	d.Rules = []Rule{{ID: "r", Name: "R", Then: RuleThen{TeamID: "network", AssigneeID: cleo}}}
	if r := d.Route(Facts{Ticket: ticketIn(StateNew), Waits: true}, byKind); !r.Idle() || !r.Ran() {
		t.Errorf("%+v", r.Trace)
	}
}

func TestRulesAreDeterministicAndNeverInvent(t *testing.T) {
	d := testDesk()
	rapid.Check(t, func(t *rapid.T) {
		then := rapid.Custom(func(t *rapid.T) RuleThen {
			return RuleThen{ServiceID: rapid.SampledFrom([]ID{"", "wifi", "orphan"}).Draw(t, "service"),
				TeamID:     rapid.SampledFrom([]ID{"", "network", "core", ServiceTeam, "gone"}).Draw(t, "team"),
				AssigneeID: rapid.SampledFrom([]ID{"", ann, cleo, dan}).Draw(t, "technician"),
				Urgency:    rapid.SampledFrom([]Grade{"", GradeLow, GradeHigh}).Draw(t, "urgency"),
				Tags:       rapid.SliceOfN(rapid.SampledFrom([]string{"a", "B b", "?"}), 0, 3).Draw(t, "tags")}
		})
		c := *d
		for i, x := range rapid.SliceOfN(then, 0, 6).Draw(t, "rules") {
			c.Rules = append(c.Rules, Rule{ID: ID(rune('a' + i)), Name: "R", Then: x, Continue: rapid.Bool().Draw(t, "continue")})
		}
		f := Facts{Ticket: ticketIn(StateNew), Waits: rapid.Bool().Draw(t, "waits")}
		one, two := c.Route(f, byKind), c.Route(f, byKind)
		if diff := cmp.Diff(one, two); diff != "" {
			t.Fatal(diff)
		}
		got := one.Ticket
		if got.AssigneeID != "" && !c.Teams[got.TeamID].Has(got.AssigneeID) {
			t.Fatalf("%s is not of %s", got.AssigneeID, got.TeamID)
		}
		if (got.State == StateAssigned) != (got.TeamID != "") {
			t.Fatalf("%s with team %q", got.State, got.TeamID)
		}
		if got.Priority != c.Matrix.Priority(got.Impact, got.Urgency) || !slices.Equal(got.Tags, CleanTags(got.Tags)) {
			t.Fatalf("%+v", got)
		}
		for i, r := range one.Trace.Rules {
			if r.Last != (i == len(one.Trace.Rules)-1 && !c.Rules[i].Continue) {
				t.Fatalf("%+v", one.Trace)
			}
		}
	})
}

func TestConditionsOfFormerDesksStillMean(t *testing.T) {
	var r Rule
	err := json.Unmarshal([]byte(`{"id": "r", "name": "R", "when": {"services": ["wifi"], "kinds": ["incident"], "words": ["panne"],
		"answers": {"site": ["doua"], "os": ["linux"]}}, "then": {"team": "network", "impact": "high"}}`), &r)
	want := Rule{ID: "r", Name: "R", Then: RuleThen{TeamID: "network", Impact: GradeHigh}, When: RuleWhen{All: []RuleCondition{
		{Field: RuleService, Values: []string{"wifi"}}, {Field: RuleKind, Values: []string{"incident"}}, {Field: RuleWords, Values: []string{"panne"}},
		{Field: RuleAnswer, Key: "os", Values: []string{"linux"}}, {Field: RuleAnswer, Key: "site", Values: []string{"doua"}}}}}
	if diff := cmp.Diff(want, r); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	again, _ := json.Marshal(r)
	var twice Rule
	if err := json.Unmarshal(again, &twice); err != nil || !cmp.Equal(r, twice) {
		t.Errorf("%v: %+v", err, twice)
	}
}

func TestCheckRules(t *testing.T) {
	ok := func(Rule) error { return nil }
	good := Rule{ID: "r", Name: "R", When: RuleWhen{All: []RuleCondition{{Field: RuleService, Values: []string{"wifi"}}}}, Then: RuleThen{TeamID: "network", AssigneeID: cleo}}
	with := func(change func(*Rule)) []Rule {
		r := good
		r.When.All = slices.Clone(r.When.All)
		change(&r)
		return []Rule{r}
	}
	condition := func(c RuleCondition) []Rule { return with(func(r *Rule) { r.When.All[0] = c }) }
	for _, c := range []struct {
		name  string
		rules []Rule
		want  []string
	}{
		{"good", []Rule{good}, nil},
		{"twice", []Rule{good, good}, []string{"rules.1.id: rule.same_id"}},
		{"no name", with(func(r *Rule) { r.Name = " " }), []string{"rules.0.name: field.required"}},
		{"unknown field", condition(RuleCondition{Field: "colour", Values: []string{"x"}}), []string{"rules.0.all.0: rule.unknown_field"}},
		{"unknown operator", condition(RuleCondition{Field: RuleKind, Op: OpAtLeast, Values: []string{"incident"}}), []string{"rules.0.all.0: rule.unknown_operator"}},
		{"no value", condition(RuleCondition{Field: RuleKind}), []string{"rules.0.all.0: rule.no_value"}},
		{"unknown service", condition(RuleCondition{Field: RuleService, Values: []string{"wifi", "vpn"}}), []string{"rules.0.all.0: rule.unknown_value"}},
		{"unknown kind", condition(RuleCondition{Field: RuleKind, Values: []string{"riot"}}), []string{"rules.0.all.0: rule.unknown_value"}},
		{"no such hour", condition(RuleCondition{Field: RuleTime, Values: []string{"8h", "12:00"}}), []string{"rules.0.all.0: rule.unknown_value"}},
		{"one hour", condition(RuleCondition{Field: RuleTime, Values: []string{"08:00"}}), []string{"rules.0.all.0: rule.two_times"}},
		{"no such day", condition(RuleCondition{Field: RuleWeekday, Values: []string{"8"}}), []string{"rules.0.all.0: rule.unknown_value"}},
		{"no question", condition(RuleCondition{Field: RuleAnswer, Values: []string{"x"}}), []string{"rules.0.all.0: rule.no_question"}},
		{"not a number", condition(RuleCondition{Field: RuleAnswer, Key: "k", Op: OpAtLeast, Values: []string{"many"}}), []string{"rules.0.all.0: rule.unknown_value"}},
		{"an answer that is given needs no value", condition(RuleCondition{Field: RuleAnswer, Key: "k", Op: OpGiven}), nil},
		{"a word without letters", condition(RuleCondition{Field: RuleWords, Values: []string{"?!"}}), []string{"rules.0.all.0: rule.unknown_value"}},
		{"unknown team", with(func(r *Rule) { r.Then = RuleThen{TeamID: "gone"} }), []string{"rules.0.team: rule.unknown_value"}},
		{"not of the team", with(func(r *Rule) { r.Then.AssigneeID = ann }), []string{"rules.0.technician: assign.not_in_team"}},
		{"a technician without a team", with(func(r *Rule) { r.Then.TeamID = "" }), []string{"rules.0.technician: rule.technician_team"}},
		{"a step without approvers", with(func(r *Rule) { r.Then.Approval = []ApprovalStep{{Name: "Direction"}} }), []string{"rules.0.approval.0.approvers: field.required"}},
		{"an unknown role", with(func(r *Rule) {
			r.Then.Approval = []ApprovalStep{{Name: "Direction", Approvers: []ApproverSpec{{Role: "king"}}}}
		}), []string{"rules.0.approval.0.approvers: approval.unknown_role"}},
		{"too many conditions", with(func(r *Rule) { r.When.Any = make([]RuleCondition, MaxComparisons+1) }), []string{"rules.0.any: field.too_many"}},
		{"too long an expression", with(func(r *Rule) { r.When.Expression = strings.Repeat("x", MaxExpression+1) }), []string{"rules.0.expression: field.too_long"}},
	} {
		if diff := cmp.Diff(c.want, faults(testDesk().CheckRules(c.rules, ok))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	refuses := func(Rule) error { return Invalid("expression", "rule.expression") }
	if diff := cmp.Diff([]string{"rules.0.expression: rule.expression"}, faults(testDesk().CheckRules([]Rule{good}, refuses))); diff != "" {
		t.Error(diff)
	}
}
