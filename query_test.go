package guichet

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What is typed, what it means, and how it is written again in French and in English.
func TestParseQuery(t *testing.T) {
	for _, c := range []struct{ typed, fr, en string }{
		{"", "", ""},
		{"  Réseau   en panne ", "Réseau en panne", "Réseau en panne"},
		{"statut:ouvert", "statut:ouvert", "status:open"},
		{"ETAT:Résolu,CLOS", "statut:résolu,clos", "status:resolved,closed"},
		{"state:open", "statut:ouvert", "status:open"},
		{"statut: ouvert wifi", "statut:ouvert wifi", "status:open wifi"},
		{`statut:"à qualifier"`, "statut:à-qualifier", "status:new"},
		{"statut:a_qualifier", "statut:à-qualifier", "status:new"},
		{"@moi", "assigné:moi", "assigned:me"},
		{"assigned:none", "assigné:personne", "assigned:none"},
		{"@dupont -@karim", "assigné:dupont -assigné:karim", "assigned:dupont -assigned:karim"},
		{"équipe:@miennes", "équipe:miennes", "team:mine"},
		{`service:"Moodle / Devoirs",wifi`, `service:"Moodle / Devoirs",wifi`, `service:"Moodle / Devoirs",wifi`},
		{"service:«\u00a0Mon poste\u00a0»", `service:"Mon poste"`, `service:"Mon poste"`},
		{"priorite:critique,haute", "priorité:critique,haute", "priority:critical,high"},
		{"niveau:n2", "niveau:n2", "level:n2"}, {"type:demande", "type:demande", "kind:request"},
		{"étiquette:VIP,Salle 12", "étiquette:vip,salle 12", "tag:vip,salle 12"},
		{"créé:>2026-01-01", "créé:>2026-01-01", "created:>2026-01-01"},
		{"cree:31/01/2026", "créé:2026-01-31", "created:2026-01-31"},
		{"created:2026-01..2026-03", "créé:2026-01..2026-03", "created:2026-01..2026-03"},
		{"échéance:<2h", "échéance:<2h", "due:<2h"}, {"depuis:7j", "modifié:<7j", "updated:<7d"},
		{"due:overdue", "échéance:dépassée", "due:overdue"}, {"créé:aujourd'hui", "créé:aujourd’hui", "created:today"},
		{`"erreur base" -exclu`, `"erreur base" -exclu`, `"erreur base" -exclu`},
		{"“mot de passe", `"mot de passe"`, `"mot de passe"`},
		{"#00042", "numéro:42", "number:42"}, {"est:en-retard,avec-fichier", "est:en-retard,avec-fichier", "is:overdue,with-files"},
		{"https://exemple.fr 10:30 erreur: x", "https://exemple.fr 10:30 erreur: x", "https://exemple.fr 10:30 erreur: x"},
		{"-", "", ""}, {`""`, "", ""}, {"a@b.fr", "a@b.fr", "a@b.fr"},
	} {
		q, problems := ParseQuery(c.typed)
		if len(problems) > 0 || q.Print("fr") != c.fr || q.Print("en") != c.en {
			t.Errorf("%q: %q and %q (%v), want %q and %q", c.typed, q.Print("fr"), q.Print("en"), problems, c.fr, c.en)
		}
	}
}

func TestQueryProblemsHavePlaces(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  QueryProblem
	}{
		{"réseau statut:flou", QueryProblem{"query.value.status", "flou", 7, 11}},
		{"créé:>hier-soir", QueryProblem{"query.value.created", ">hier-soir", 0, 15}},
		{"wifi service:", QueryProblem{"query.value.missing", "service:", 5, 8}},
		{"étta:ouvert", QueryProblem{"query.operator", "étta", 0, 11}},
		{"numéro:12a", QueryProblem{"query.value.number", "12a", 0, 10}},
		{strings.Repeat("a", 501), QueryProblem{"query.too_long", "", 500, 1}},
		{strings.Repeat("a ", 41), QueryProblem{"query.too_many", "", 80, 1}},
	} {
		_, problems := ParseQuery(c.typed)
		if len(problems) != 1 || problems[0] != c.want {
			t.Errorf("%q: %+v, want %+v", c.typed, problems, c.want)
		}
	}
}

// A query that is written in either language is read again as the same.
func TestQueryIsReadAsItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(
			rapid.SampledFrom([]string{"statut:ouvert,attente", "est:suivi", "@moi", "@personne", `service:"A, b"`, "équipe:miennes", "créé:<=2026",
				"due:>3w", "échéance:aucune", "reprise:demain", "-étiquette:x,y", "#7", "niveau:r&d", "modifié:2025-12..2026", "résolu:>=hier"}),
			rapid.StringN(0, 12, -1), rapid.StringMatching(`-?[a-zé]{1,9}:[<>]?["@«a-z0-9,-]{0,8}`)), 0, 8).Draw(t, "parts")
		q, _ := ParseQuery(strings.Join(parts, " "))
		for _, locale := range []string{"fr", "en"} {
			again, problems := ParseQuery(q.Print(locale))
			if len(problems) > 0 || !reflect.DeepEqual(bare(again), bare(q)) {
				t.Fatalf("%q is written %q and read %+v (%v), not %+v", parts, q.Print(locale), bare(again), problems, bare(q))
			}
		}
	})
}

// bare is a query without the places of its terms, to compare what two texts ask.
func bare(q Query) Query {
	out := slices.Clone(q.Terms)
	for i := range out {
		out[i].At, out[i].Length = 0, 0
	}
	return Query{out}
}

func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{"", "statut:ouvert @moi \"erreur base\" -exclu", "créé:>2026-01-01 échéance:<2h", "-«a\" b» #0 @@", "état:\u0301x,,\"", "a:b c:", "créé:9999j..", "est:<>=", "\xff"} {
		f.Add(seed)
	}
	now := time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		q, problems := ParseQuery(text)
		for _, p := range problems {
			if p.Code == "" || p.At < 0 || p.Length < 0 || p.At+p.Length > len([]rune(text)) {
				t.Fatalf("%q: problem %+v", text, p)
			}
		}
		for _, term := range q.Terms {
			if term.Field.isTime() {
				term.Periods(now, time.UTC)
			}
		}
		printed := q.Print("fr")
		again, _ := ParseQuery(printed)
		if len([]rune(printed)) <= MaxQuery && !reflect.DeepEqual(bare(again), bare(q)) {
			t.Fatalf("%q is written %q and read %+v, not %+v", text, printed, bare(again), bare(q))
		}
	})
}

func TestQueryPeriods(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC) // a Wednesday, 10:30 in Paris
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, paris) }
	for typed, want := range map[string]Period{
		"créé:2026-01-31":       {day(2026, 1, 31), day(2026, 2, 1)},
		"créé:>2026-01-31":      {From: day(2026, 2, 1)},
		"créé:>=2026-01":        {From: day(2026, 1, 1)},
		"créé:<2026":            {To: day(2026, 1, 1)},
		"créé:<=2026-01":        {To: day(2026, 2, 1)},
		"créé:2025-12-30..2026": {day(2025, 12, 30), day(2027, 1, 1)},
		"créé:aujourd'hui":      {day(2026, 3, 4), day(2026, 3, 5)},
		"créé:semaine":          {day(2026, 3, 2), day(2026, 3, 9)},
		"créé:mois":             {day(2026, 3, 1), day(2026, 4, 1)},
		"modifié:7j":            {From: now.AddDate(0, 0, -7)},
		"modifié:>2mois":        {To: now.AddDate(0, -2, 0)},
		"échéance:<2h":          {To: now.Add(2 * time.Hour)},
		"échéance:>30min":       {From: now.Add(30 * time.Minute)},
		"échéance:dépassée":     {To: now},
		"échéance:demain":       {day(2026, 3, 5), day(2026, 3, 6)},
	} {
		q, problems := ParseQuery(typed)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", typed, problems)
		}
		got := q.Terms[0].Periods(now, paris)
		if len(got) != 1 || !got[0].From.Equal(want.From) || !got[0].To.Equal(want.To) {
			t.Errorf("%s: %v, want %v", typed, got, want)
		}
	}
}
