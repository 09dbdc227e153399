package presets

import (
	"slices"
	"strings"
	"testing"

	"guichet"
)

// changes tells differences in one line each.
func changes(t *testing.T, before, after Preset) []string {
	t.Helper()
	list, err := Diff(before, after)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range list {
		line := string(c.Kind) + " " + c.File + " " + string(c.ID)
		for _, f := range c.Fields {
			line += " | " + f.Field + ": " + f.Before + " → " + f.After
		}
		out = append(out, line)
	}
	return out
}

func TestNothingDiffersFromItself(t *testing.T) {
	for _, name := range Names() {
		p := load(t, name)
		if got := changes(t, p, load(t, name)); len(got) > 0 {
			t.Errorf("%s: %v", name, got)
		}
		if got := changes(t, Of(&p.Desk, Known{Grants: p.Grants, People: p.People}), Of(&p.Desk, Known{Grants: p.Grants, People: p.People})); len(got) > 0 {
			t.Errorf("%s by way of its desk: %v", name, got)
		}
	}
}

func TestDifferencesAreTold(t *testing.T) {
	const moodle = "  description: Cours en ligne partagés entre les écoles, devoirs, tests et inscriptions.\n"
	for _, c := range []struct{ file, from, to, want string }{
		{"desk.yaml", "locale: fr", "locale: en", "changed desk.yaml  | locale: fr → en"},
		{"desk.yaml", "low: {low: low, medium: low, high: medium}", "low: {low: low, medium: low, high: high}",
			"changed desk.yaml  | matrix.low.high: medium → high"},
		{"services.yaml", moodle, "", "changed services.yaml moodle | description: Cours en ligne partagés entre les écoles, devoirs, tests et inscriptions. → "},
		{"services.yaml", "icon: graduation-cap", "icon: graduation-cap\n  profiles: [staff, student]",
			"changed services.yaml moodle | profiles:  → staff, student"},
		{"organisations.yaml", "- {id: insa-hdf, parent: groupe-insa, name: INSA Hauts-de-France, kind: establishment}\n", "",
			"removed organisations.yaml insa-hdf"},
		{"organisations.yaml", "- {id: insa-hdf,", "- {id: insa-new, name: Neuf, kind: site}\n- {id: insa-hdf,",
			"added organisations.yaml insa-new"},
		{"offerings.yaml", "- {value: enseignant, label: Enseignant}", "- {value: enseignant, label: Professeur}",
			"changed offerings.yaml moodle-incident | form.fields[role].options[enseignant].label: Enseignant → Professeur"},
		{"offerings.yaml", "      - {key: message, type: long_text, label: Message d’erreur affiché}\n", "",
			"changed offerings.yaml moodle-incident | form.fields[message]: {key: message, type: long_text, label: Message d’erreur affiché} → "},
		{"workflows.yaml", "{action: close, from: [resolved], to: closed, by: [moderator]", "{action: close, from: [resolved], to: closed, by: [moderator, assignee]",
			"changed workflows.yaml groupe | transitions: {action: close, from: [resolved], to: closed, by: [moderator]} →  | transitions:  → {action: close"},
		{"teams.yaml", "level: N1", "level: N2", "changed teams.yaml"},
	} {
		t.Run(c.want, func(t *testing.T) {
			after, err := read(mended(t, c.file, c.from, c.to), "insa")
			if err != nil {
				t.Fatal(err)
			}
			got := changes(t, load(t, "insa"), after)
			if len(got) == 0 || !strings.HasPrefix(got[0], c.want) || c.file != "organisations.yaml" && len(got) > 1 {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// An order is told as an order, not as a position for each entry.
func TestOrdersAreTold(t *testing.T) {
	before, after := load(t, "glevents"), load(t, "glevents")
	after.Desk.Rules = slices.Clone(after.Desk.Rules)
	after.Desk.Rules[0], after.Desk.Rules[1] = after.Desk.Rules[1], after.Desk.Rules[0]
	after.Desk.Services["impression"] = func(s guichet.Service) guichet.Service { s.Position = 0; return s }(after.Desk.Services["impression"])
	got := changes(t, Of(&before.Desk, Known{Grants: before.Grants}), Of(&after.Desk, Known{Grants: after.Grants}))
	if len(got) != 2 || !strings.HasPrefix(got[0], "moved services.yaml  | order: reseau, messagerie, poste, impression,") ||
		!strings.HasPrefix(got[1], "moved rules.yaml  | order: site-entier, site-coupe, securite") || !strings.Contains(got[1], "→ site-coupe, site-entier, securite") {
		t.Errorf("got %q", got)
	}
}
