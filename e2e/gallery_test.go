package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// screen is a screen of the gallery: who looks at it and how one comes there.
type screen struct {
	name  string // of its pictures
	route string // that it shows, as the rights matrix writes it
	login string // empty: nobody is signed in
	path  string // of the page; empty: that of the route
	below string // the first link of the page that begins so is followed
	then  string // and what follows is added to its address
	do    func(v *visitor)
}

// gallery holds every screen of the product. A route that shows a page and stands neither here nor in withoutScreen
// fails the test.
func gallery() []screen {
	return slices.Concat(portalScreens(), deskScreens(), directoryScreens(), processScreens())
}

func portalScreens() []screen {
	return []screen{
		{name: "connexion", route: "/sign-in"},
		{name: "connexion-refusee", route: "/sign-in", do: func(v *visitor) {
			v.fill("[name=login]", "personne")
			v.fill("[name=password]", "faux")
			v.send(`form[action="/sign-in"] [type=submit]`)
		}},
		{name: "accessibilite", route: "/accessibilite"},
		{name: "hors-ligne", route: "/offline/{locale}", path: "/offline/fr"},
		{name: "invitation-passee", route: "/invitation/{token}", path: "/invitation/passee"},
		{name: "adresse-inconnue", path: "/nulle-part", login: "demandeur"},
		{name: "accueil", route: "/", login: "demandeur"},
		{name: "services", route: "/services", login: "demandeur"},
		{name: "service", route: "/services/{service}", login: "demandeur", path: "/services/moodle"},
		{name: "formulaire", route: "/services/{service}/{offering}", login: "demandeur", path: "/services/moodle/moodle-incident"},
		{name: "formulaire-a-corriger", route: "/services/{service}/{offering}", login: "demandeur", path: "/services/moodle/moodle-incident", do: func(v *visitor) {
			v.run(`document.querySelector('form[data-draft]').noValidate = true`, nil)
			v.send(`form[data-draft] button[type=submit].primary`)
		}},
		{name: "demande", route: "/new", login: "demandeur"},
		{name: "ce-qui-se-passe", route: "/ask", login: "demandeur", path: "/ask?text=moodle+devoir"},
		{name: "mes-tickets", route: "/tickets", login: "demandeur"},
		{name: "mes-tickets-clos", route: "/tickets", login: "demandeur", path: "/tickets?show=closed"},
		{name: "mes-tickets-pour-d-autres", route: "/tickets", login: "demandeur", path: "/tickets?show=others"},
		{name: "mes-tickets-vide", route: "/tickets", login: "demandeur", path: "/tickets?q=introuvable"},
		{name: "suivi", route: "/tickets/{number}", login: "demandeur", path: "/tickets", below: "/tickets/"},
		{name: "suivi-clos", route: "/tickets/{number}", login: "demandeur", path: "/tickets?show=closed", below: "/tickets/"},
		{name: "suivi-resolu", login: "demandeur", path: "/tickets", do: func(v *visitor) { v.open(v.resolved()) }},
		{name: "pas-resolu", route: "/tickets/{number}/not-resolved", login: "demandeur", path: "/tickets", do: func(v *visitor) { v.open(v.resolved() + "/not-resolved") }},
		{name: "envoye", route: "/tickets/{number}/sent", login: "demandeur", path: "/tickets", below: "/tickets/", then: "/sent"},
		{name: "information", route: "/information/{id}", login: "demandeur", path: "/", below: "/information/"},
		{name: "a-approuver", route: "/approvals", login: "approbateur"},
		{name: "approbation", route: "/approvals/{id}", login: "approbateur", path: "/approvals", below: "/approvals/"},
		{name: "profil", route: "/profile", login: "demandeur"},
		{name: "absences", route: "/profile/absences", login: "demandeur"},
		{name: "courriels", route: "/dev/mail", login: "demandeur"},
		{name: "courriel", route: "/dev/mail/{id}", login: "demandeur", path: "/dev/mail", below: "/dev/mail/"},
	}
}

func deskScreens() []screen {
	return []screen{
		{name: "file", route: "/desk/{view}", login: "technicien", path: "/desk/mine"},
		{name: "file-ouverts", route: "/desk/{view}", login: "moderateur", path: "/desk/open"},
		{name: "file-echeances", route: "/desk/{view}", login: "adminfonc", path: "/desk/due"},
		{name: "affichage", route: "/desk/display/{view}", login: "technicien", path: "/desk/display/open"},
		{name: "file-a-soi", login: "technicien", path: "/desk/display/teams", do: func(v *visitor) {
			v.run(`document.querySelectorAll('[data-column=team] input, [data-column=level] input, [data-column=created] input').forEach(c => { c.checked = true; })`, nil)
			v.send(`main form button.primary`)
		}},
		{name: "file-sans-resultat", route: "/desk/{view}", login: "technicien", path: "/desk/open?q=zzzzzz"},
		{name: "ticket", route: "/desk/tickets/{number}", login: "technicien", path: "/desk/mine", below: "/desk/tickets/"},
		{name: "ticket-a-qualifier", route: "/desk/tickets/{number}", login: "moderateur", path: "/desk/qualify", below: "/desk/tickets/"},
		{name: "ticket-clos", route: "/desk/tickets/{number}", login: "moderateur", path: "/desk/closed", below: "/desk/tickets/"},
		{name: "reponses-au-formulaire", route: "/desk/tickets/{number}/form", login: "adminfonc", path: "/desk/tickets/90/form"},
		{name: "nouveau-ticket", route: "/desk/new", login: "moderateur"},
		{name: "action-groupee", route: "/desk/bulk/{id}", login: "technicien", path: "/desk/mine", do: together("tag")},
		{name: "action-groupee-apercu", login: "technicien", path: "/desk/mine", do: foreseen},
		{name: "action-groupee-refusee", login: "technicien", path: "/desk/unassigned", do: together("hold")},
		{name: "action-groupee-faite", login: "technicien", path: "/desk/mine", do: func(v *visitor) {
			foreseen(v)
			v.send("[data-bulk-run]")
			v.waits(`document.querySelector('[data-bulk-undo]')`)
		}},
		{name: "action-groupee-defaite", login: "technicien", path: "/desk/bulk", below: "/desk/bulk/", do: func(v *visitor) {
			v.send("[data-bulk-undo]")
			v.waits(`document.querySelector('[data-bulk-over]')`)
		}},
		{name: "actions-groupees", route: "/desk/bulk", login: "technicien"},
		{name: "fusion", route: "/desk/tickets/{number}/merge", login: "technicien", path: "/desk/tickets/104/merge"},
		{name: "fusion-apercu", login: "technicien", path: "/desk/tickets/104/merge?kind=merge&way=into&other=100"},
		{name: "fusion-refusee", login: "technicien", path: "/desk/tickets/104/merge?kind=merge&way=into&other=104+9999"},
		{name: "doublon-apercu", login: "technicien", path: "/desk/tickets/104/merge?kind=duplicate&way=into&other=100"},
		{name: "liens", route: "/desk/tickets/{number}/links", login: "technicien", path: "/desk/tickets/104/links"},
		{name: "probleme", route: "/desk/tickets/{number}/problem", login: "technicien", path: "/desk/tickets/104/problem"},
		{name: "mes-taches", route: "/desk/tasks", login: "technicien"},
		{name: "vues", route: "/desk/views", login: "technicien"},
		{name: "ticket-semblables", route: "/desk/tickets/{number}/similar", login: "technicien", path: "/desk/mine", below: "/desk/tickets/", then: "/similar"},
		{name: "ticket-imprime", route: "/desk/tickets/{number}/print", login: "technicien", path: "/desk/mine", below: "/desk/tickets/", then: "/print"},
		{name: "preferences", route: "/desk/preferences", login: "technicien"},
		{name: "raccourcis", route: "/profile/shortcuts", login: "technicien"},
		{name: "palette-sans-script", route: "/palette", login: "technicien", path: "/palette?q=attente"},
		{name: "palette", login: "technicien", path: "/desk/mine", do: func(v *visitor) {
			v.control("k")
			v.waits(`document.querySelector('dialog.palette .hit')`)
		}},
		{name: "aide-des-raccourcis", login: "technicien", path: "/desk/mine", do: func(v *visitor) {
			v.do(chromedp.KeyEvent("?"))
			v.waits(`document.querySelector('dialog .sheet')`)
		}},
		{name: "informations", route: "/desk/announcements", login: "adminfonc"},
		{name: "nouvelle-information", route: "/desk/announcements/new", login: "adminfonc"},
		{name: "information-agents", route: "/desk/announcements/{id}", login: "adminfonc", path: "/desk/announcements", below: "/desk/announcements/"},
	}
}

// together chooses all the tickets of the list that is shown for an act.
func together(what string) func(*visitor) {
	return func(v *visitor) {
		v.run(`document.querySelector('main').insertAdjacentElement('beforeend', (() => { const f = document.createElement('form'); f.method = 'post'; f.action = '/desk/bulk';
			const put = (name, value) => { const i = document.createElement('input'); i.type = 'hidden'; i.name = name; i.value = value; f.append(i); };
			for (const a of document.querySelectorAll('tbody .tk')) put('n', a.textContent.replace(/\D/g, ''));
			put('what', '`+what+`'); const b = document.createElement('button'); b.id = 'together'; b.textContent = 'x'; f.append(b); return f; })()) && true`, nil)
		v.send("#together")
	}
}

// foreseen describes an act on all the tickets of the list, up to what it will change.
func foreseen(v *visitor) {
	together("tag")(v)
	v.run(`(document.querySelector('main input[name=tag]').value = 'à-suivre') && true`, nil)
	v.send(`main form button.start`)
	v.waits(`document.querySelector('[data-bulk-run]')`)
}

func directoryScreens() []screen {
	return []screen{
		{name: "personnes", route: "/admin/people", login: "adminfonc"},
		{name: "nouvelle-personne", route: "/admin/people/new", login: "adminfonc"},
		{name: "personne", route: "/admin/people/{id}", login: "adminfonc", path: "/admin/people/technicien"},
		{name: "personne-modifier", route: "/admin/people/{id}/edit", login: "adminfonc", path: "/admin/people/technicien/edit"},
		{name: "personne-droits", route: "/admin/people/{id}/why", login: "adminfonc", path: "/admin/people/technicien/why"},
		{name: "pourquoi", route: "/admin/why", login: "adminfonc", path: "/admin/why?ticket=1"},
		{name: "organisations", route: "/admin/organisations", login: "adminfonc"},
		{name: "nouvelle-organisation", route: "/admin/organisations/new", login: "adminfonc"},
		{name: "organisation", route: "/admin/organisations/{id}", login: "adminfonc", path: "/admin/organisations/insa-rouen"},
		{name: "equipes", route: "/admin/teams", login: "adminfonc"},
		{name: "nouvelle-equipe", route: "/admin/teams/new", login: "adminfonc"},
		{name: "equipe", route: "/admin/teams/{id}", login: "adminfonc", path: "/admin/teams/cube-vr"},
		{name: "roles", route: "/admin/roles", login: "adminfonc"},
		{name: "nouveau-role", route: "/admin/roles/new", login: "adminfonc"},
		{name: "role", route: "/admin/roles/{id}", login: "adminfonc", path: "/admin/roles/technician"},
		{name: "imports", route: "/admin/imports", login: "adminfonc"},
		{name: "import", route: "/admin/imports/{id}", login: "adminfonc", path: "/admin/imports", do: bringPeople},
	}
}

func processScreens() []screen {
	return []screen{
		{name: "catalogue", route: "/admin/", login: "adminfonc"},
		{name: "nouveau-service", route: "/admin/services/new", login: "adminfonc", path: "/admin/services/new?parent=cube-vr"},
		{name: "service-administration", route: "/admin/services/{id}", login: "adminfonc", path: "/admin/services/cube-vr"},
		{name: "nouveau-formulaire", route: "/admin/offerings/new", login: "adminfonc", path: "/admin/offerings/new?service=cube-vr"},
		{name: "concepteur", route: "/admin/offerings/{id}", login: "adminfonc", path: "/admin/offerings/cube-vr-reglage?open=field-0"},
		{name: "concepteur-apercu", route: "/admin/offerings/{id}/preview", login: "adminfonc", path: "/admin/offerings/cube-vr-reglage/preview?profile=staff"},
		{name: "concepteur-version", route: "/admin/offerings/{id}/versions/{version}", login: "adminfonc", path: "/admin/offerings/cube-vr-reglage/versions/1"},
		{name: "processus", route: "/admin/workflows", login: "adminfonc"},
		{name: "processus-dessin", route: "/admin/workflows/{id}", login: "adminfonc", path: "/admin/workflows/groupe?action=3"},
		{name: "processus-essai", route: "/admin/workflows/{id}/try", login: "adminfonc", path: "/admin/workflows/groupe/try"},
		{name: "processus-tickets", route: "/admin/workflows/{id}/tickets", login: "adminfonc", path: "/admin/workflows/groupe/tickets"},
		{name: "regles", route: "/admin/routing/rules", login: "adminfonc"},
		{name: "regle", route: "/admin/routing/rules/rule/{rule}", login: "adminfonc", path: "/admin/routing/rules", below: "/admin/routing/rules/rule/"},
		{name: "regles-essai", route: "/admin/routing/rules/trial", login: "adminfonc"},
		{name: "repartition", route: "/admin/dispatch", login: "adminfonc"},
		{name: "modeles", route: "/admin/templates", login: "adminfonc"},
		{name: "modele", route: "/admin/templates/{id}", login: "adminfonc", path: "/admin/templates", below: "/admin/templates/"},
		{name: "calendriers", route: "/admin/calendars", login: "adminfonc"},
		{name: "calendrier", route: "/admin/calendars/{id}", login: "adminfonc", path: "/admin/calendars", below: "/admin/calendars/"},
		{name: "calendrier-essai", route: "/admin/calendars/{id}/try", login: "adminfonc", path: "/admin/calendars", below: "/admin/calendars/", then: "/try"},
		{name: "engagements", route: "/admin/levels/{id}", login: "adminfonc", path: "/admin/", below: "/admin/levels/"},
		{name: "engagements-essai", route: "/admin/levels/{id}/try", login: "adminfonc", path: "/admin/", below: "/admin/levels/", then: "/try"},
		{name: "fichiers", route: "/admin/configuration", login: "adminfonc"},
		{name: "guichet", route: "/admin/front", login: "adminfonc"},
		{name: "assistance-a-distance", route: "/admin/remote", login: "adminfonc"},
		{name: "historique", route: "/admin/history", login: "adminfonc"},
		{name: "systeme", route: "/admin/system", login: "admintech"},
		{name: "api", path: "/api/docs"},
	}
}

// withoutScreen are the routes whose answers are no screens, and why.
func withoutScreen() map[string]string {
	const played = "played, looked at and audited by TestMergeAndProblemInTheBrowser"
	return map[string]string{
		"/admin/configuration/export": "a file", "/admin/people.csv": "a file", "/admin/offerings": "leads to the catalogue",
		"/admin/templates/{id}/mail": "the content of a message, shown within its page", "/desk/": "leads to a view",
		"/desk/tickets/{number}/templates/{id}": "a text", "/dev/mail/{id}/content": "the content of a message, shown within its page",
		"/documents/{id}": "a file", "/ask/suggestions": "a part of the home page", "/desk/rail": "a part of the workspace",
		"/desk/tickets/{number}/colleagues": "names for a script", "/drafts": "for a script", "/colleagues": "names for a script", "/icons/{name}": "a picture", "/live": "a stream",
		"/desk/complete": "words for a script", "/desk/unsent": "played, looked at and audited by TestWhatCouldNotLeaveIsTold", "/desk/views/{id}": "leads to a list",
		"/desk/tickets/{number}/split": played, "/desk/tickets/{number}/below": played,
		"/look/{hash}/logo": "a picture", "/look/{hash}/look.css": "a style sheet", "/manifest.webmanifest": "for the browser",
		"/worker.js": "for the browser", "/admin/front/look.css": "a style sheet", "/admin/front/contrast": "words for a script",
	}
}

// bringPeople gives a file of people to the imports.
func bringPeople(v *visitor) {
	v.t.Helper()
	file := filepath.Join(v.t.TempDir(), "personnes.csv")
	text := "nom;prénom;courriel;établissement\nRousseau;Jeanne;jeanne.rousseau@insa.example;insa-lyon\n;Sans nom;pas une adresse;nulle-part\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		v.t.Fatal(err)
	}
	v.choose("kind", "people")
	v.do(chromedp.SetUploadFiles("#f-file", []string{file}, chromedp.ByQuery))
	v.send(`form[action="/admin/imports"] button`)
}

// TestGallery opens every screen of the product, in both themes: nothing that axe-core objects to, nothing that
// overflows on a phone or at twice the size, no text without words. With GUICHET_SCREENS it keeps their pictures.
func TestGallery(t *testing.T) {
	b := newBrowser(t)
	d := served(t, "--preset", "insa")
	visitors := map[string]*visitor{"adminfonc": b.signIn(t, d, "adminfonc")}
	visitors["adminfonc"].publish()
	for _, s := range gallery() {
		v := visitors[s.login]
		if v == nil {
			if v = b.visit(t, d, s.login); s.login != "" {
				v.identify(d, s.login)
			}
			visitors[s.login] = v
		}
		v.reach(s)
		v.inspect(s.name)
		v.keep(s.name)
	}
	covers(t, gallery())
	if os.Getenv("GUICHET_SCREENS") != "" {
		elsewhere(t, b, d)
		index(t)
	}
}

// elsewhere keeps pictures of a few screens in English, and of the desks of the other seeds.
func elsewhere(t *testing.T, b *browser, d *desk) {
	t.Helper()
	take := func(v *visitor, name, path, below string) {
		v.reach(screen{name: name, path: path, below: below})
		v.inspect(name)
		v.keep(name)
	}
	for login, screens := range map[string][][3]string{"demandeur2": {{"en-home", "/", ""}, {"en-form", "/services/moodle/moodle-incident", ""}},
		"technicien2": {{"en-list", "/desk/open", ""}, {"en-ticket", "/desk/mine", "/desk/tickets/"}, {"en-shortcuts", "/profile/shortcuts", ""}}} {
		v := b.signIn(t, d, login)
		v.run(`fetch('/profile/language', {method: 'POST', body: new URLSearchParams({locale: 'en', back: '/'})}).then(() => true)`, nil)
		for _, s := range screens {
			take(v, s[0], s[1], s[2])
		}
	}
	for _, preset := range []string{"paris", "glevents", "ugecam", "eig"} {
		other := served(t, "--preset", preset)
		take(b.signIn(t, other, "demandeur"), preset+"-accueil", "/", "")
		take(b.signIn(t, other, "technicien"), preset+"-file", "/desk/open", "")
	}
}

// index writes the list of the pictures.
func index(t *testing.T) {
	t.Helper()
	folder := os.Getenv("GUICHET_SCREENS")
	pictures, err := filepath.Glob(filepath.Join(folder, "*-1280-light.webp"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Screens\n\nEvery screen, wide (1280, shown at three quarters) and on a phone (360), light and dark. Long pages show their beginning.\n" +
		"Made by `GUICHET_SCREENS=$PWD/docs/screens go test ./e2e -run TestGallery`, which also checks each of them.\n\n| screen | wide | phone |\n|---|---|---|\n")
	for _, picture := range pictures {
		name := strings.TrimSuffix(filepath.Base(picture), "-1280-light.webp")
		fmt.Fprintf(&b, "| %[1]s | [light](%[1]s-1280-light.webp) · [dark](%[1]s-1280-dark.webp) | [light](%[1]s-360-light.webp) · [dark](%[1]s-360-dark.webp) |\n", name)
	}
	if err := os.WriteFile(filepath.Join(folder, "README.md"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// publish tells everybody of an outage.
func (v *visitor) publish() {
	v.t.Helper()
	v.open("/desk/announcements/new")
	v.set("[name=kind]", "incident")
	v.fill("[name=title]", "Moodle : dépôt de devoirs impossible")
	v.fill("[name=body]", "Les remises échouent depuis 8 h 38. Les copies envoyées avant sont bien enregistrées.")
	v.send(`main form[method=post] button.primary`)
}

// reach comes to a screen.
func (v *visitor) reach(s screen) {
	v.t.Helper()
	path := s.path
	if path == "" {
		path = s.route
	}
	v.open(path)
	if s.below != "" {
		var to string
		v.run(fmt.Sprintf(`[...document.querySelectorAll('a[href^="%s"]')].map(a => a.getAttribute('href')).find(h => !h.endsWith('/new')) ?? ''`, s.below), &to)
		if to == "" {
			v.t.Fatalf("%s: nothing leads below %s\n%s", s.name, s.below, v.where())
		}
		if to, _, _ = strings.Cut(to, "#"); s.then != "" {
			to, _, _ = strings.Cut(to, "?")
		}
		v.open(to + s.then)
	}
	if s.do != nil {
		s.do(v)
	}
}

// inspect checks the screen that is shown: every rule in light, contrasts in dark, its width on a phone and at twice
// the size.
func (v *visitor) inspect(name string) {
	v.t.Helper()
	v.run(v.axe, nil)
	v.do(wear("light"))
	v.audit(name + ", light")
	v.do(wear("dark"))
	v.contrasts(name + ", dark")
	for _, width := range []int64{320, 640} {
		v.do(chromedp.EmulateViewport(width, 700))
		var over int
		v.run(`document.documentElement.scrollWidth - innerWidth`, &over)
		if over > 0 {
			v.t.Errorf("%s: %d pixels too wide at %d", name, over, width)
		}
	}
	v.do(chromedp.EmulateViewport(1280, 900))
	var words string
	v.run(`document.body.innerText`, &words)
	if strings.Contains(words, "⟦") {
		v.t.Errorf("%s: a text has no words", name)
	}
	if len(v.faults) > 0 {
		v.t.Errorf("%s: the browser reports %q", name, v.faults)
		v.faults = nil
	}
}

// resolved is the address of a ticket of the page that waits for its requester's word.
func (v *visitor) resolved() string {
	v.t.Helper()
	var to string
	v.run(`[...document.querySelectorAll('main a')].find(a => a.querySelector('[data-s=resolu]')).getAttribute('href')`, &to)
	return to
}

// contrasts checks the rules of axe-core about colours alone: between two themes nothing else differs.
func (v *visitor) contrasts(name string) {
	v.t.Helper()
	var found []string
	v.run(`axe.run(document, {runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}}).then(r =>
		r.violations.flatMap(x => x.nodes.map(n => x.id + ' ' + n.html.slice(0, 200))))`, &found)
	if len(found) > 0 {
		v.t.Errorf("%s: %s", name, strings.Join(found, "\n"))
	}
}

// pictured are the sizes of the pictures: a wide screen, which papers show smaller than it is, and a phone. Of a long
// page, they show the beginning.
var pictured = map[string]struct {
	width, height int64
	scale         float64
}{"1280": {1280, 900, 0.75}, "360": {360, 740, 1}}

// pictureQuality is the lowest at which small letters stay clean: the pictures stand in the repository.
const pictureQuality = 30

// keep keeps pictures of the screen, in both themes, wide and on a phone, when GUICHET_SCREENS names a folder.
func (v *visitor) keep(name string) {
	v.t.Helper()
	folder := os.Getenv("GUICHET_SCREENS")
	if folder == "" {
		return
	}
	for size, of := range pictured {
		for _, theme := range []string{"dark", "light"} {
			v.do(chromedp.EmulateViewport(of.width, of.height), wear(theme))
			var picture []byte
			v.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
				picture, err = page.CaptureScreenshot().WithFormat(page.CaptureScreenshotFormatWebp).WithQuality(pictureQuality).WithCaptureBeyondViewport(true).
					WithClip(&page.Viewport{Width: float64(of.width), Height: float64(of.height), Scale: of.scale}).Do(ctx)
				return err
			}))
			if err := os.WriteFile(filepath.Join(folder, name+"-"+size+"-"+theme+".webp"), picture, 0o600); err != nil {
				v.t.Fatal(err)
			}
		}
	}
	v.do(chromedp.EmulateViewport(1280, 900), chromedp.KeyEvent(kb.Escape))
}

// covers checks that each page of the rights matrix is in the gallery, or that a reason says why not.
func covers(t *testing.T, screens []screen) {
	t.Helper()
	matrix, err := os.ReadFile("../internal/app/testdata/rights.txt")
	if err != nil {
		t.Fatal(err)
	}
	reasons := withoutScreen()
	for line := range strings.Lines(string(matrix)) {
		route, get := strings.CutPrefix(strings.Fields(line)[0]+" "+strings.Fields(line)[1], "GET ")
		if !get || strings.HasPrefix(route, "/api/v1/") || reasons[route] != "" {
			continue
		}
		if !slices.ContainsFunc(screens, func(s screen) bool { return s.route == route }) {
			t.Errorf("no screen of the gallery shows %s: add one to the lists of gallery_test.go, or to withoutScreen why there is none", route)
		}
	}
}
