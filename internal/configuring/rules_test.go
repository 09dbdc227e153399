package configuring_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

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
	version, err := b.use.Rules.Publish(b.ctx, b.actor(Fay), configuring.RulesID, 0, "essai")
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
	_, err := b.use.Rules.Publish(b.ctx, b.actor(Fay), configuring.RulesID, 0, "")
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

// said are sentences of tickets: words come back in them as they do in a desk.
var said = []string{
	"Bonjour, depuis ce matin plus personne n’accède aux dossiers partagés du site de Lyon.",
	"L’imprimante du deuxième étage affiche une erreur et le bac reste bloqué.",
	"Je n’arrive plus à me connecter à Moodle avec mon compte de l’établissement.",
	"Le réseau sans fil coupe toutes les dix minutes dans l’amphithéâtre Gaston Berger.",
	"Merci de créer une adresse pour la nouvelle collègue qui arrive lundi au laboratoire.",
	"Le vidéoprojecteur de la salle 204 ne s’allume plus, le cours commence à quatorze heures.",
	"Pouvez-vous installer le logiciel de statistiques sur les postes de la salle informatique ?",
}

// BenchmarkTrialOfTheRules tries thirty rules on the last thousand of twelve hundred tickets, read from
// the database, beside the rules in force.
func BenchmarkTrialOfTheRules(tb *testing.B) {
	b := newBench(tb)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range configuring.TrialTickets + 200 {
		var text strings.Builder
		for text.Len() < 600 {
			text.WriteString(said[random.IntN(len(said))] + " ")
		}
		b.open(Rita, ticketing.Open{Title: fmt.Sprint("Ticket ", i), Service: Moodle, Description: text.String()})
	}
	var rules guichet.RuleSet
	for i := range 30 {
		rules.Rules = append(rules.Rules, guichet.Rule{ID: guichet.ID(fmt.Sprint("r", i)), Name: "R", Continue: true, When: guichet.RuleWhen{All: []guichet.RuleCondition{
			{Field: "service", Values: []string{string(Learning)}}, {Field: "words", Values: []string{"panne", fmt.Sprint("mot", i), "réseau partagé"}}}}})
	}
	b.must(b.use.Rules.Keep(b.ctx, b.actor(Fay), configuring.RulesID, rules, 0))
	_, err := b.use.Rules.Publish(b.ctx, b.actor(Fay), configuring.RulesID, 0, "")
	b.must(err)
	rules.Rules = rules.Rules[1:]
	b.must(b.use.Rules.Keep(b.ctx, b.actor(Fay), configuring.RulesID, rules, 0))
	fay := b.actor(Fay)
	for tb.Loop() {
		if trial, err := b.use.TryRules(b.ctx, fay); err != nil || trial.Tickets != configuring.TrialTickets {
			tb.Fatal(trial.Tickets, err)
		}
	}
}
