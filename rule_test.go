package guichet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fold stands for the real one, which also takes accents away.
func fold(s string) string {
	return strings.NewReplacer("é", "e", "è", "e").Replace(strings.ToLower(s))
}

func TestARuleHoldsWhenEveryConditionHolds(t *testing.T) {
	ticket := Ticket{
		Kind: KindIncident, Channel: ChannelMail, ServiceID: "homework", OrganisationID: "lab",
		Title: "Erreur à la génération", Description: "Le fichier .odt est vide.\nBase de\ndonnées ?",
		Answers: []Answer{{Key: "site", Values: []string{"doua"}}, {Key: "os", Values: []string{"linux", "windows"}}},
	}
	for _, c := range []struct {
		name string
		when RuleWhen
		why  []string // nil: the rule does not hold
	}{
		{"no condition", RuleWhen{}, []string{"R"}},
		{"the service itself", RuleWhen{Services: []ID{"wifi", "homework"}}, []string{"R", "homework"}},
		{"a service above", RuleWhen{Services: []ID{"moodle"}}, []string{"R", "moodle"}},
		{"another service", RuleWhen{Services: []ID{"wifi"}}, nil},
		{"an organisation above", RuleWhen{Organisations: []ID{"group"}}, []string{"R", "group"}},
		{"another organisation", RuleWhen{Organisations: []ID{"rennes"}}, nil},
		{"the kind", RuleWhen{Kinds: []Kind{KindRequest, KindIncident}}, []string{"R", "incident"}},
		{"another kind", RuleWhen{Kinds: []Kind{KindRequest}}, nil},
		{"the channel", RuleWhen{Channels: []Channel{ChannelMail}}, []string{"R", "mail"}},
		{"another channel", RuleWhen{Channels: []Channel{ChannelPhone}}, nil},
		{"a word of the title, accents aside", RuleWhen{Words: []string{"wifi", "generation"}}, []string{"R", "«\u00a0generation\u00a0»"}},
		{"a word beside a full stop", RuleWhen{Words: []string{"ODT"}}, []string{"R", "«\u00a0ODT\u00a0»"}},
		{"words in a row, over a line's end", RuleWhen{Words: []string{"base de données"}}, []string{"R", "«\u00a0base de données\u00a0»"}},
		{"the last word of the title, first of the description", RuleWhen{Words: []string{"génération le"}}, []string{"R", "«\u00a0génération le\u00a0»"}},
		{"a part of a word is not the word", RuleWhen{Words: []string{"fich", "ion", "ase"}}, nil},
		{"a word without a letter is no word", RuleWhen{Words: []string{"", " ", "?"}}, nil},
		{"an answer", RuleWhen{Answers: map[string][]string{"site": {"villeurbanne", "doua"}}}, []string{"R", "site = doua"}},
		{"one of several answers", RuleWhen{Answers: map[string][]string{"os": {"windows"}}}, []string{"R", "os = windows"}},
		{"answers in the order of their keys", RuleWhen{Answers: map[string][]string{"site": {"doua"}, "os": {"linux"}}}, []string{"R", "os = linux", "site = doua"}},
		{"another answer", RuleWhen{Answers: map[string][]string{"site": {"rennes"}}}, nil},
		{"no such question", RuleWhen{Answers: map[string][]string{"colour": {"red"}}}, nil},
		{"all together", RuleWhen{Services: []ID{"moodle"}, Organisations: []ID{"lyon"}, Kinds: []Kind{KindIncident}, Channels: []Channel{ChannelMail},
			Words: []string{"erreur"}, Answers: map[string][]string{"os": {"linux"}}},
			[]string{"R", "moodle", "lyon", "incident", "mail", "«\u00a0erreur\u00a0»", "os = linux"}},
		{"all but one", RuleWhen{Services: []ID{"moodle"}, Organisations: []ID{"lyon"}, Kinds: []Kind{KindIncident}, Channels: []Channel{ChannelMail},
			Words: []string{"erreur"}, Answers: map[string][]string{"os": {"mac"}}}, nil},
	} {
		d := testDesk()
		d.Rules = []Rule{{ID: "r", Name: "R", When: c.when, Then: RuleThen{TeamID: "network"}}}
		then, why := d.Route(ticket, fold)
		if diff := cmp.Diff(c.why, why); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if (then.TeamID == "network") != (c.why != nil) {
			t.Errorf("%s: then %v, why %v", c.name, then, why)
		}
	}
}

func TestTheFirstRuleThatHoldsDecides(t *testing.T) {
	d := testDesk()
	d.Rules = []Rule{
		{Name: "elsewhere", When: RuleWhen{Services: []ID{"wifi"}}, Then: RuleThen{TeamID: "network"}},
		{Name: "first", When: RuleWhen{Kinds: []Kind{KindIncident}}, Then: RuleThen{TeamID: "core"}},
		{Name: "second", When: RuleWhen{}, Then: RuleThen{TeamID: "pedago"}},
	}
	then, why := d.Route(Ticket{Kind: KindIncident, ServiceID: "moodle"}, fold)
	if then.TeamID != "core" || len(why) != 2 || why[0] != "first" {
		t.Errorf("incident: %v because %v", then, why)
	}
	if then, why = d.Route(Ticket{Kind: KindRequest}, fold); then.TeamID != "pedago" || why[0] != "second" {
		t.Errorf("request: %v because %v", then, why)
	}
	d.Rules = nil
	if then, why = d.Route(Ticket{}, fold); then != (RuleThen{}) || why != nil {
		t.Errorf("no rule: %v because %v", then, why)
	}
}

func TestApplySetsWhatTheRuleNames(t *testing.T) {
	for _, c := range []struct {
		name string
		then RuleThen
		want func(*Ticket)
	}{
		{"nothing", RuleThen{}, func(*Ticket) {}},
		{"the service and the grades, not the team", RuleThen{ServiceID: "wifi", Urgency: GradeHigh, Impact: GradeHigh},
			func(t *Ticket) {
				t.ServiceID, t.Urgency, t.Impact, t.Priority = "wifi", GradeHigh, GradeHigh, PriorityCritical
			}},
		{"a team's pool", RuleThen{TeamID: "network"},
			func(t *Ticket) { t.State, t.TeamID, t.Level = StateAssigned, "network", Level2 }},
		{"a technician of the team", RuleThen{TeamID: "network", AssigneeID: cleo},
			func(t *Ticket) {
				t.State, t.TeamID, t.Level, t.AssigneeID = StateAssigned, "network", Level2, cleo
			}},
		{"a technician who left the team: its pool", RuleThen{TeamID: "network", AssigneeID: ann},
			func(t *Ticket) { t.State, t.TeamID, t.Level = StateAssigned, "network", Level2 }},
		{"the service's team", RuleThen{TeamID: ServiceTeam},
			func(t *Ticket) { t.State, t.TeamID, t.Level = StateAssigned, "pedago", Level1 }},
		{"the team of the service that the rule sets", RuleThen{ServiceID: "wifi", TeamID: ServiceTeam},
			func(t *Ticket) { t.State, t.ServiceID, t.TeamID, t.Level = StateAssigned, "wifi", "network", Level2 }},
		{"the team of a service that has none", RuleThen{ServiceID: "orphan", TeamID: ServiceTeam},
			func(t *Ticket) { t.ServiceID = "orphan" }},
		{"a team that is gone", RuleThen{TeamID: "nowhere", AssigneeID: ann}, func(*Ticket) {}},
	} {
		got, want := ticketIn(StateNew), ticketIn(StateNew)
		testDesk().Apply(&got, c.then)
		c.want(&want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
