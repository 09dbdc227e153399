package configuring_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet"
	"guichet/internal/configuring"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func (b *bench) rules() configuring.Edition[guichet.RuleSet] {
	b.Helper()
	e, err := b.use.Rules.Open(b.ctx, b.actor(Fay), configuring.RulesID)
	b.must(err)
	return e
}

func (b *bench) open(person guichet.ID, in ticketing.Open) guichet.Ticket {
	b.Helper()
	in.Kind = guichet.KindIncident
	t, err := ticketing.New(b.store).Open(b.ctx, b.actor(person), in)
	b.must(err)
	return t
}

func TestRulesAreTriedThenPublished(t *testing.T) {
	b := newBench(t)
	wifi := b.open(Rita, ticketing.Open{Title: "Wifi", Description: "coupé", Service: Wifi})
	exam := b.open(Rita, ticketing.Open{Title: "Examen", Description: "bloqué", Service: Moodle})
	b.open(Rita, ticketing.Open{Title: "Autre", Description: "chose", Service: Moodle})
	rules := guichet.RuleSet{Rules: slices.Clone(b.rules().Value.Rules)}
	rules.Rules[0].Then.Urgency = guichet.GradeHigh // wifi
	rules.Rules[0].Then.Tags = []string{"sans fil"}
	rules.Rules[1].Off = true
	rules.Rules = append(rules.Rules, guichet.Rule{ID: "never", Name: "Jamais", When: guichet.RuleWhen{All: []guichet.RuleCondition{{Field: "words", Values: []string{"licorne"}}}}})
	b.must(b.use.Rules.Keep(b.ctx, b.actor(Fay), configuring.RulesID, rules, 0))

	trial, err := b.use.TryRules(b.ctx, b.actor(Fay))
	b.must(err)
	if trial.Tickets != 3 || trial.Changed != 2 {
		t.Fatalf("%+v", trial)
	}
	want := map[int64][]guichet.Change{
		wifi.Number: {{Field: "urgency", From: "medium", To: "high"}, {Field: "priority", From: "medium", To: "high"}, {Field: "tags", To: "sans-fil"}},
		exam.Number: {{Field: "state", From: "assigned", To: "new"}, {Field: "urgency", From: "high", To: "medium"}, {Field: "impact", From: "high", To: "medium"},
			{Field: "priority", From: "critical", To: "medium"}, {Field: "team", From: "support"}, {Field: "technician", From: "bob"}, {Field: "level", From: "N1"}}}
	for _, r := range trial.Rows {
		if diff := cmp.Diff(want[r.Number], r.Differences); diff != "" {
			t.Errorf("%d (-want +got):\n%s", r.Number, diff)
		}
	}
	var counts []string
	for _, r := range trial.Rules {
		counts = append(counts, fmt.Sprint(r.Rule.ID, " ", r.Before, " ", r.Held))
	}
	if diff := cmp.Diff([]string{"wifi 1 1", "exam 1 0", "never -1 0"}, counts); diff != "" {
		t.Error(diff)
	}
	if trial.People[Bob] == "" {
		t.Error("Bob has no name")
	}
	if _, err := b.use.TryRules(b.ctx, b.actor(Mona)); guichet.KindOf(err) != guichet.KindNotFound {
		t.Errorf("a moderator tries the rules: %v", err)
	}
	version, err := b.use.Rules.Publish(b.ctx, b.actor(Fay), configuring.RulesID, "essai")
	b.must(err)
	after := b.open(Rita, ticketing.Open{Title: "Wifi", Description: "coupé", Service: Wifi})
	if version != 2 || after.Urgency != guichet.GradeHigh || len(after.Tags) != 1 {
		t.Errorf("version %d: %+v", version, after)
	}
	b.must(b.use.Rules.Restore(b.ctx, b.actor(Fay), configuring.RulesID, 1))
	if b.rules().Value.Rules[1].Off {
		t.Error("the first version is not back")
	}
}

func TestFaultyRulesAreNotPublished(t *testing.T) {
	b := newBench(t)
	rules := guichet.RuleSet{Rules: []guichet.Rule{{ID: "r", Name: "R", When: guichet.RuleWhen{Expression: "kind = 1"}}}}
	b.must(b.use.Rules.Keep(b.ctx, b.actor(Fay), configuring.RulesID, rules, 0))
	_, err := b.use.Rules.Publish(b.ctx, b.actor(Fay), configuring.RulesID, "")
	b.kind(err, guichet.KindInvalid)
	trial, err := b.use.TryRules(b.ctx, b.actor(Fay))
	b.must(err)
	if len(trial.Rules) != 1 || trial.Rules[0].Held != 0 {
		t.Errorf("%+v", trial)
	}
}

func TestDispatchIsSetWithSkills(t *testing.T) {
	b := newBench(t)
	fair := guichet.Dispatch{Mode: guichet.DispatchFair}
	b.must(b.use.SetDispatch(b.ctx, b.actor(Fay), Support, fair, map[guichet.ID][]string{Ann: {"Moodle", "SQL"}, Cleo: {"wifi"}}))
	all, err := b.use.Members(b.ctx, b.actor(Fay))
	b.must(err)
	for _, m := range all[Support] {
		if want := map[guichet.ID]int{Ann: 2}[m.ID]; len(m.Skills) != want {
			t.Errorf("%s knows %v", m.ID, m.Skills)
		}
	}
	if len(all[NetworkTeam]) != 1 || len(all[NetworkTeam][0].Skills) != 0 {
		t.Errorf("who is not of the team was changed: %+v", all[NetworkTeam])
	}
	b.kind(b.use.SetDispatch(b.ctx, b.actor(Mona), Support, fair, nil), guichet.KindNotFound)
	b.kind(b.use.SetDispatch(b.ctx, b.actor(Fay), "gone", fair, nil), guichet.KindNotFound)
	b.kind(b.use.SetDispatch(b.ctx, b.actor(Fay), Support, guichet.Dispatch{Mode: "lottery"}, nil), guichet.KindInvalid)
	if _, err := b.use.Members(b.ctx, b.actor(Mona)); guichet.KindOf(err) != guichet.KindNotFound {
		t.Error(err)
	}
}

// A dry run of thirty rules on a thousand tickets is a matter of a second.
func TestATrialIsQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("without -short: writes a thousand tickets")
	}
	b := newBench(t)
	desk := ticketing.New(b.store)
	actor := b.actor(Rita)
	for i := range 1000 {
		_, err := desk.Open(b.ctx, actor, ticketing.Open{Title: fmt.Sprint("Ticket ", i), Kind: guichet.KindIncident, Service: Moodle,
			Description: "Bonjour, depuis ce matin plus personne n’accède aux dossiers partagés du site de Lyon. Merci de votre aide, cordialement."})
		b.must(err)
	}
	var rules guichet.RuleSet
	for i := range 30 {
		rules.Rules = append(rules.Rules, guichet.Rule{ID: guichet.ID(fmt.Sprint("r", i)), Name: "R", Continue: true, When: guichet.RuleWhen{All: []guichet.RuleCondition{
			{Field: "service", Values: []string{string(Learning)}}, {Field: "words", Values: []string{"panne", fmt.Sprint("mot", i), "réseau partagé"}}}}})
	}
	b.must(b.use.Rules.Keep(b.ctx, b.actor(Fay), configuring.RulesID, rules, 0))
	begun := time.Now()
	trial, err := b.use.TryRules(b.ctx, b.actor(Fay))
	b.must(err)
	took := time.Since(begun)
	t.Logf("%d tickets, %d rules: %v", trial.Tickets, len(trial.Rules), took)
	if took > 10*time.Second {
		t.Errorf("a trial took %v", took)
	}
}
