package guichet

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func templateFacts() TemplateFacts {
	d := testDesk()
	d.Name, d.Contact = "Assistance", "01 02 03 04 05"
	d.Organisations["lab"] = Organisation{ID: "lab", ParentID: "lyon", Name: "Laboratoire"}
	d.Teams["pedago"] = Team{ID: "pedago", Name: "Pédagogie", Level: Level1, Members: []ID{ann, bob}}
	t := ticketIn(StatePending)
	t.Number = 1042
	return TemplateFacts{Desk: d, Ticket: t, Author: Person{GivenName: "Ann", FamilyName: "Lee"}, URL: "https://aide.example/tickets/1042",
		Now:    time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
		People: map[ID]Person{rita: {GivenName: "Rita", FamilyName: "Moreau"}, ben: {GivenName: "Ben", FamilyName: "Petit", Phone: "4210"}}}
}

func TestRender(t *testing.T) {
	f := templateFacts()
	for _, c := range []struct{ text, locale, want string }{
		{"Bonjour {{demandeur.nom}},", "fr", "Bonjour Rita Moreau,"},
		{"Hello {{requester.given_name}},", "en", "Hello Rita,"},
		{"Hello {{ Demandeur.Nom }}", "en", "Hello Rita Moreau"},
		{"{{ticket.numero}} : {{ticket.titre}}", "fr", "1\u202f042 : Panne"},
		{"{{beneficiaire.nom}}, {{beneficiaire.telephone}}", "fr", "Ben Petit, le numéro connu"},
		{"{{technicien.nom}}", "fr", "votre interlocuteur"},
		{"{{technician.name}}", "en", "your contact"},
		{"{{technicien.nom|un collègue}}", "fr", "un collègue"},
		{"{{demandeur.nom|Madame, Monsieur}}", "fr", "Rita Moreau"},
		{"{{aujourdhui}}", "fr", "1er\u00a0mars\u00a02026"},
		{"{{today}}", "en", "1 March 2026"},
		{"{{ticket.service}} / {{equipe.nom}} / {{organisation.nom}}", "fr", "Moodle / Devoirs / Pédagogie / Laboratoire"},
		{"{{ticket.lien}}", "fr", "https://aide.example/tickets/1042"},
		{"{{ticket.echeance}}", "fr", "la date convenue"},
		{"{{guichet.nom}} {{guichet.contact}}", "fr", "Assistance 01 02 03 04 05"},
		{"{\"a\": {\"b\": 1}}", "fr", "{\"a\": {\"b\": 1}}"},
		{"", "fr", ""},
	} {
		got, err := RenderMarkdown(c.text, c.locale, f)
		if err != nil || got != c.want {
			t.Errorf("%q in %s: got %q, %v; want %q", c.text, c.locale, got, err, c.want)
		}
	}
}

func TestThePhoneOfAColleagueStaysHidden(t *testing.T) {
	f := templateFacts()
	for _, c := range []struct {
		phone, want string
		own         bool
	}{{"", "le numéro connu", false}, {"0102", "0102", false}, {"", "4210", true}} {
		f.Ticket.Phone = c.phone
		if c.own {
			f.Ticket.RequesterID = f.Ticket.BeneficiaryID
		}
		if got, err := RenderPlain("{{beneficiaire.telephone}}", "fr", f); err != nil || got != c.want {
			t.Errorf("%+v: got %q, %v", c, got, err)
		}
	}
}

func TestRenderWithoutAnythingKnown(t *testing.T) {
	for _, p := range Placeholders() {
		for _, locale := range Languages() {
			got, err := RenderMarkdown("a {{"+p.Name(locale)+"}} b", locale, TemplateFacts{})
			if err != nil || strings.Contains(got, "{{") || len(got) < 6 {
				t.Errorf("%s in %s: got %q, %v", p.Key, locale, got, err)
			}
		}
	}
}

func TestPlaceholdersAreNamedOnce(t *testing.T) {
	seen := map[string]string{}
	for _, p := range Placeholders() {
		for _, name := range []string{p.Key, p.French} {
			if other, used := seen[name]; used && other != p.Key {
				t.Errorf("%s names %s and %s", name, other, p.Key)
			}
			seen[name] = p.Key
		}
	}
}

func TestFaultsOfPlaceholders(t *testing.T) {
	for _, c := range []struct {
		text, code, nearest string
		line, column        int
	}{
		{"Bonjour {{demandeur.non}}", "template.unknown_placeholder", "demandeur.nom", 1, 9},
		{"Hé\nbon {{requester.nam}}", "template.unknown_placeholder", "requester.name", 2, 5},
		{"Bonjour {{demandeur.nom", "template.unclosed", "", 1, 9},
		{"é {{demandeur.nom\n}}", "template.unclosed", "", 1, 3},
		{"{{ticket.titre {{today}}", "template.unclosed", "", 1, 1},
		{"{{ }}", "template.empty_placeholder", "", 1, 1},
		{"{{|x}}", "template.empty_placeholder", "", 1, 1},
	} {
		_, err := RenderMarkdown(c.text, "fr", templateFacts())
		wantCode(t, err, KindInvalid, "invalid")
		f := err.(*Error).Fields[0]
		if f.Code != c.code || f.Args["Line"] != c.line || f.Args["Column"] != c.column ||
			c.nearest != "" && f.Args["Nearest"] != c.nearest {
			t.Errorf("%q: got %s %v, want %+v", c.text, f.Code, f.Args, c)
		}
	}
}

func TestNearestNameIsAKnownOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := nearest(rapid.String().Draw(t, "name"))
		if _, known := placeholder(name); !known {
			t.Fatalf("%q is not a placeholder", name)
		}
	})
}

// What a text says around its placeholders stays, whatever it is; a text without braces is itself.
func TestWordsStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := strings.NewReplacer("{", "", "}", "").Replace(rapid.String().Draw(t, "words"))
		got, err := RenderPlain(words, "fr", templateFacts())
		if err != nil || got != words {
			t.Fatalf("got %q, %v, want %q", got, err, words)
		}
		got, err = RenderPlain(words+"{{demandeur.nom}}"+words, "fr", templateFacts())
		if err != nil || got != words+"Rita Moreau"+words {
			t.Fatalf("got %q, %v", got, err)
		}
	})
}

func FuzzRender(f *testing.F) {
	for _, s := range []string{"{{demandeur.nom}}", "{{a|b}}", "{{", "}}", "{{{{}}", "{{demandeur.nom|{{}}", "{{{ticket.titre}}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := RenderMarkdown(text, "fr", templateFacts())
		if err == nil && strings.Contains(got, "{{demandeur") {
			t.Fatalf("%q leaves %q", text, got)
		}
		if err != nil && KindOf(err) != KindInvalid {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
