package ruling

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guichet"
)

type (
	comparison = guichet.RuleCondition
	when       = guichet.RuleWhen
)

// desk is a group of schools with two services, one above the other.
func desk(rules ...guichet.Rule) *guichet.Desk {
	d := &guichet.Desk{
		Organisations: map[guichet.ID]guichet.Organisation{
			"group": {ID: "group"}, "lyon": {ID: "lyon", ParentID: "group"}, "rennes": {ID: "rennes", ParentID: "group"}},
		Services: map[guichet.ID]guichet.Service{
			"moodle": {ID: "moodle"}, "homework": {ID: "homework", ParentID: "moodle"}, "wifi": {ID: "wifi"}},
		Calendars: map[guichet.ID]guichet.Calendar{"office": {ID: "office", TimeZone: "UTC", Hours: guichet.WeekHours{Monday: []guichet.Span{{From: 9 * 60, To: 12 * 60}}}}},
		Rules:     rules,
	}
	d.Index()
	return d
}

// monday is a working day at a quarter past nine.
var monday = time.Date(2026, 3, 16, 9, 15, 0, 0, time.UTC)

func facts() guichet.Facts {
	return guichet.Facts{Audience: "staff", At: monday, Ticket: guichet.Ticket{
		Kind: guichet.KindIncident, Channel: guichet.ChannelMail, ServiceID: "homework", OrganisationID: "lyon", OfferingID: "panne",
		Urgency: guichet.GradeHigh, Priority: guichet.PriorityHigh, TeamID: "pedago", Tags: []string{"réseau", "site-entier"}, WorkPlace: guichet.WorkAtHome,
		Title: "Erreurs à la génération", Description: "Les imprimantes sont bloquées ; le fichier .odt est vide.\nBase de\ndonnées ?",
		Answers: []guichet.Answer{{Key: "site", Values: []string{"doua"}}, {Key: "os", Values: []string{"linux", "windows"}},
			{Key: "montant", Values: []string{"1200,50"}}, {Key: "motif", Values: []string{"Renouvellement des écrans"}}},
	}}
}

func ask(t *testing.T, w guichet.RuleWhen) guichet.Verdict {
	t.Helper()
	r := guichet.Rule{ID: "r", Name: "R", When: w}
	return Compile(desk(r)).Judge()(r, facts())
}

func TestComparisons(t *testing.T) {
	is := func(f guichet.RuleField, v ...string) comparison { return comparison{Field: f, Values: v} }
	with := func(c comparison, op guichet.RuleOperator) comparison { c.Op = op; return c }
	answer := func(key string, op guichet.RuleOperator, v ...string) comparison {
		return comparison{Field: guichet.RuleAnswer, Key: key, Op: op, Values: v}
	}
	for _, c := range []struct {
		name  string
		c     comparison
		holds bool
	}{
		{"the service itself", is("service", "wifi", "homework"), true},
		{"a service above", is("service", "moodle"), true},
		{"another service", is("service", "wifi"), false},
		{"not another service", with(is("service", "wifi"), "not"), true},
		{"not a service above", with(is("service", "moodle"), "not"), false},
		{"an organisation above", is("organisation", "group"), true},
		{"another organisation", is("organisation", "rennes"), false},
		{"the kind", is("kind", "request", "incident"), true},
		{"another kind", is("kind", "request"), false},
		{"not another kind", with(is("kind", "request"), "not"), true},
		{"the channel", is("channel", "mail"), true},
		{"the audience", is("audience", "staff"), true},
		{"the form", is("offering", "panne"), true},
		{"at home", is("work_place", "at_home"), true},
		{"urgency as it is", is("urgency", "low"), false},
		{"priority", is("priority", "high", "critical"), true},
		{"no impact set", is("impact", "high"), false},
		{"team", is("team", "pedago"), true},
		{"a tag", is("tag", "Site entier"), true},
		{"every tag", with(is("tag", "réseau", "site-entier"), "all"), true},
		{"every tag but one", with(is("tag", "réseau", "vpn"), "all"), false},
		{"without the tag", with(is("tag", "vpn"), "not"), true},
		{"plural and accents aside", is("words", "erreur"), true},
		{"a participle", is("words", "imprimante bloquee"), false}, // « sont » stands between
		{"stems of a phrase", is("words", "bases de donnée"), true},
		{"a word beside a full stop", is("words", "ODT"), true},
		{"a part of a word", is("words", "fich", "ase", "prim"), false},
		{"a word without a letter", is("words", "?"), false},
		{"all the words", with(is("words", "imprimante", "erreur"), "all"), true},
		{"all the words but one", with(is("words", "imprimante", "café"), "all"), false},
		{"none of the words", with(is("words", "café", "thé"), "not"), true},
		{"an answer", answer("site", "", "villeurbanne", "doua"), true},
		{"one of several answers", answer("os", "is", "windows"), true},
		{"another answer", answer("site", "is", "rennes"), false},
		{"not an answer, without such a question", answer("colour", "not", "red"), true},
		{"words of an answer", answer("motif", "contains", "écran"), true},
		{"at least", answer("montant", "at_least", "1200"), true},
		{"at least more", answer("montant", "at_least", "1200.51"), false},
		{"at most", answer("montant", "at_most", "1 300"), false}, // no number: refused by the check of rules
		{"at most, of what is no number", answer("site", "at_most", "10"), false},
		{"at least, of what is no number", answer("site", "at_least", "-10"), false},
		{"given", answer("site", "given"), true},
		{"missing", answer("colour", "missing"), true},
		{"not missing", answer("site", "missing"), false},
		{"Monday", is("weekday", "1", "2"), true},
		{"not at the week-end", with(is("weekday", "6", "7"), "not"), true},
		{"in the morning", is("time", "09:15", "12:00"), true},
		{"until before", is("time", "08:00", "09:15"), false},
		{"over midnight", is("time", "22:00", "09:16"), true},
		{"while a calendar is open", is("calendar", "office"), true},
		{"while it is closed", with(is("calendar", "office", "gone"), "not"), false},
		{"a calendar that is gone", is("calendar", "gone"), false},
		{"out of hours", with(is("time", "08:30", "18:00"), "not"), false},
	} {
		if got := ask(t, when{All: []comparison{c.c}}); got.Holds != c.holds || got.Fault != "" {
			t.Errorf("%s: %s: %+v", c.name, Comparison(c.c), got)
		}
	}
}

func TestGroupsAndWhatTheySaw(t *testing.T) {
	service := comparison{Field: "service", Values: []string{"moodle"}}
	for _, c := range []struct {
		name string
		when when
		want guichet.Verdict
	}{
		{"nothing", when{}, guichet.Verdict{Holds: true}},
		{"a service above and a word", when{All: []comparison{service, {Field: "words", Values: []string{"panne", "imprimante"}}}},
			guichet.Verdict{Holds: true, Saw: []guichet.Seen{{Field: "service", Value: "homework", Found: "moodle"}, {Field: "words", Found: "imprimante"}}}},
		{"what failed alone is told", when{All: []comparison{service, {Field: "kind", Values: []string{"request"}}}},
			guichet.Verdict{Saw: []guichet.Seen{{Field: "kind", Value: "incident"}}}},
		{"words that are not there", when{All: []comparison{{Field: "words", Values: []string{"café", "thé"}}}},
			guichet.Verdict{Saw: []guichet.Seen{{Field: "words", Value: "café, thé"}}}},
		{"one of a group", when{All: []comparison{service}, Any: []comparison{{Field: "kind", Values: []string{"request"}}, {Field: "channel", Values: []string{"mail"}}}},
			guichet.Verdict{Holds: true, Saw: []guichet.Seen{{Field: "service", Value: "homework", Found: "moodle"}, {Field: "channel", Value: "mail"}}}},
		{"none of a group", when{Any: []comparison{{Field: "kind", Values: []string{"request"}}, {Field: "channel", Values: []string{"phone"}}}},
			guichet.Verdict{Saw: []guichet.Seen{{Field: "kind", Value: "incident"}, {Field: "channel", Value: "mail"}}}},
		{"by hand", when{Expression: `kind == "incident" and (words("imprimantes") or within(service, "wifi"))`},
			guichet.Verdict{Holds: true, Saw: []guichet.Seen{{Field: "kind", Value: "incident"}, {Field: "service", Value: "homework"}, {Field: "words", Found: "imprimantes"}}}},
		{"by hand, number", when{Expression: `number("montant") > 1000 and answer("site") startsWith "do" and "moodle" in service and hour < 10`},
			guichet.Verdict{Holds: true, Saw: []guichet.Seen{{Field: "service", Value: "homework"}, {Field: "time", Value: "09:15"}}}},
		{"by hand, constant", when{Expression: `1 < 2`}, guichet.Verdict{Holds: true, Saw: []guichet.Seen{{Field: "expression", Value: "1 < 2"}}}},
	} {
		if diff := cmp.Diff(c.want, ask(t, c.when)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestHostileExpressionsAreRefusedWithTheirPlace(t *testing.T) {
	for _, c := range []struct{ name, text, near string }{
		{"a loop", `any(1..100, # > 3)`, ".."},
		{"a long range", `1 in 1..1000000000`, ""},
		{"a loop in a loop", `all(filter(tags, true), none(tags, # == "x"))`, ""},
		{"a builtin", `len(title) > 3`, "len"},
		{"repeat", `repeat("a", 1000000) != ""`, ""},
		{"a pattern", `title matches "(a+)+$"`, ""},
		{"a power", `2 ** 1000000 > 1`, ""},
		{"the whole environment", `$env == nil`, ""},
		{"a member", `title.Foo == 1`, ""},
		{"a member that is hidden", `desk.Rules == nil`, ""},
		{"a method", `tags.String() == ""`, ""},
		{"a declaration", `let x = 1; x == 1`, ""},
		{"a pipe", `tags | any(# == "x")`, ""},
		{"a closure", `{true}`, ""},
		{"a map", `{"a": 1}["a"] == 1`, ""},
		{"not a condition", `kind`, ""},
		{"a number for a text", `kind == 3`, ""},
		{"a text for a number", `hour > "ten"`, ""},
		{"a text for a tree", `within(kind, "wifi")`, "kind"},
		{"a tree for a text", `service == "wifi"`, ""},
		{"an unknown word", `flavour == "sweet"`, "flavour"},
		{"an unknown function", `system("rm")`, "system"},
		{"a number for a function", `words(3)`, "3"},
		{"half", `kind == `, ""},
		{"deep", strings.Repeat("(", 900) + "true" + strings.Repeat(")", 900) + " and", ""},
		{"many nodes", strings.Repeat("true and ", 200) + "true", ""},
		{"long", strings.Repeat(" ", guichet.MaxExpression) + "true", ""},
		{"not a text", "kind == \"\xff\" )", ""},
	} {
		begun := time.Now()
		err := Check(guichet.Rule{When: when{Expression: c.text}})
		if guichet.KindOf(err) != guichet.KindInvalid {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		f := err.(*guichet.Error).Fields[0]
		if near, _ := f.Args["Near"].(string); f.Field != "expression" || !strings.HasPrefix(near, c.near) {
			t.Errorf("%s: %+v", c.name, f)
		}
		if d := time.Since(begun); d > time.Second {
			t.Errorf("%s: %v", c.name, d)
		}
	}
}

func TestThePlaceOfAFaultIsTold(t *testing.T) {
	err := Check(guichet.Rule{When: when{Expression: "kind == \"incident\"\n  and colour == 1"}})
	f := err.(*guichet.Error).Fields[0]
	if f.Code != "rule.expression" || f.Args["Line"] != 2 || f.Args["Column"] != 7 || f.Args["Near"] != "colour == 1" {
		t.Errorf("%+v", f)
	}
}

func TestAFaultyRuleNeverHoldsAndSaysWhy(t *testing.T) {
	if v := ask(t, when{Expression: "kind =="}); v.Holds || v.Fault == "" {
		t.Errorf("%+v", v)
	}
}

// Whatever is chosen on screen compiles, means the same as what is shown, and quotes what people type.
func TestChosenConditionsAlwaysCompile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOf(rapid.RuneFrom([]rune("aeé'\"\\ \n\t\u00a0«»{}()$%.,;0😀\x00œ")))
		field := rapid.SampledFrom(guichet.RuleFields()).Draw(t, "field")
		c := comparison{Field: field, Key: word.Draw(t, "key"), Op: rapid.SampledFrom(field.Operators()).Draw(t, "op"),
			Values: rapid.SliceOfN(word, 1, 4).Draw(t, "values")}
		switch field {
		case guichet.RuleTime:
			c.Values = []string{"08:00", "12:00"}
		case guichet.RuleWeekday:
			c.Values = []string{"3"}
		}
		r := guichet.Rule{ID: "r", When: when{All: []comparison{c}}}
		v := Compile(desk(r)).Judge()(r, facts())
		if v.Fault != "" {
			t.Fatalf("%s: %s", Comparison(c), v.Fault)
		}
		whole := guichet.Rule{ID: "r", When: when{Expression: Text(r.When)}}
		if w := Compile(desk(whole)).Judge()(whole, facts()); w.Holds != v.Holds || w.Fault != "" {
			t.Fatalf("%s: alone %v, as text %v", Text(r.When), v, w)
		}
	})
}

// No text that can be typed brings the engine down or makes it reach further.
func TestNoExpressionPanics(t *testing.T) {
	tokens := []string{"kind", "service", "words", "within", "(", ")", "[", "]", "{", "}", "..", "and", "not", "in", "==", "\"a\"", "1", ",", ".", "?", ":", "#", "|", "$env", "let", ";", "nil", "any", "map", "??", "matches", "if", "else"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(tokens), 0, 40).Draw(t, "tokens"), " ")
		r := guichet.Rule{ID: "r", When: when{Expression: text}}
		Compile(desk(r)).Judge()(r, facts())
	})
}

func BenchmarkThirtyRulesOnATicket(b *testing.B) {
	var rules []guichet.Rule
	for i := range 30 {
		rules = append(rules, guichet.Rule{ID: guichet.ID(rune('a' + i)), Continue: true, When: when{All: []comparison{
			{Field: "service", Values: []string{"moodle"}}, {Field: "words", Values: []string{"panne", "salon", "réseau partagé inaccessible"}}}}})
	}
	d := desk(rules...)
	f := facts()
	f.Ticket.Description = strings.Repeat("Bonjour, depuis ce matin plus personne n’accède aux dossiers partagés du site de Lyon. ", 10)
	for b.Loop() {
		d.Route(f, For(d).Judge())
	}
}
