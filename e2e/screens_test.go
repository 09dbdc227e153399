package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestScreensOfConfiguration looks at every screen where the process of the desk is configured: its
// accessibility in both themes, and that it fits a phone.
func TestScreensOfConfiguration(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	v := b.signIn(t, d, "adminfonc")
	v.tour("/admin/?missing=1", "/admin/services/cube-vr", "/admin/services/new?parent=cube-vr",
		"/admin/offerings/cube-vr-reglage?open=field-0", "/admin/offerings/cube-vr-reglage/preview?profile=staff", "/admin/offerings/cube-vr-reglage/versions/1",
		"/admin/workflows", "/admin/workflows/groupe?action=3", "/admin/workflows/groupe/try", "/admin/workflows/groupe/tickets",
		"/admin/templates", "/admin/history", "/admin/configuration", "/desk/announcements", "/desk/announcements/new", "/admin/calendars")
	v.follow("/admin/templates", "/admin/templates/")
	v.follow("/admin/calendars", "/admin/calendars/")
	v.tour(strings.Split(v.address(), "?")[0] + "/try")
	v.follow("/admin/", "/admin/levels/")
	v.tour(strings.Split(v.address(), "?")[0] + "/try")
}

// TestScreensOfTheDirectory looks at the screens that keep people, teams, roles and organisations.
func TestScreensOfTheDirectory(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	v := b.signIn(t, d, "adminfonc")
	v.tour("/admin/people?q=benali", "/admin/people/new", "/admin/people/technicien", "/admin/people/technicien/edit", "/admin/people/technicien/why",
		"/admin/organisations", "/admin/organisations/new", "/admin/organisations/insa-rouen", "/admin/teams", "/admin/teams/new", "/admin/teams/cube-vr",
		"/admin/roles/new", "/admin/roles/technician", "/admin/imports")
	file := filepath.Join(t.TempDir(), "personnes.csv")
	text := "nom;prénom;courriel;établissement\nRousseau;Jeanne;jeanne.rousseau@insa.example;insa-lyon\n;Sans nom;pas une adresse;nulle-part\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	v.choose("kind", "people")
	v.do(chromedp.SetUploadFiles("#f-file", []string{file}, chromedp.ByQuery))
	v.send(`form[action="/admin/imports"] button`)
	v.sees("personnes.csv")
	v.look("page admin import preview")
}

// tour looks at pages by their addresses.
func (v *visitor) tour(paths ...string) {
	v.t.Helper()
	for _, path := range paths {
		v.open(path)
		v.missing("Page introuvable")
		v.look("page " + strings.NewReplacer("/", " ", "?", " ", "=", " ").Replace(path))
	}
}

// follow looks at the first page that a list leads to, below an address.
func (v *visitor) follow(list, below string) {
	v.t.Helper()
	v.open(list)
	v.run(fmt.Sprintf(`document.querySelector('a[href^="%s"]').id = 'first'`, below), nil)
	v.send("#first")
	v.look("page one of" + strings.ReplaceAll(below, "/", " "))
}

// TestScreensOfRules looks at the rules, their editor and trial, and the dispatch of teams.
func TestScreensOfRules(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	v := b.signIn(t, d, "adminfonc")
	v.tour("/admin/routing/rules", "/admin/routing/rules/trial", "/admin/dispatch")
	v.follow("/admin/routing/rules", "/admin/routing/rules/rule/")
}

// TestWhyItIsDueThen looks at the explanation of a delay, line by line, on the page of a ticket.
func TestWhyItIsDueThen(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	v := b.signIn(t, d, "adminfonc")
	v.open("/desk/due")
	v.look("tickets due soon")
	v.follow("/desk/due", "/desk/tickets/")
	v.run(`for (const e of document.querySelectorAll('details:has(> .delay-lines)')) e.open = true`, nil)
	v.sees("Délai", "temps ouvré")
	v.look("why it is due then")
}
