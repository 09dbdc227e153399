package e2e

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"guichet/internal/store/storetest"
)

// What the functional administrator makes in TestConfigureInTheBrowserOnSQLite.
const (
	lendingProcess  = "/admin/workflows/prets-valides-par-le-demandeur"
	lendingService  = "pret-d-images"
	lendingDesigner = "/admin/offerings/pret-d-images-emprunter-un-appareil"
	lendingForm     = "/services/pret-d-images/pret-d-images-emprunter-un-appareil"
)

// TestConfigureInTheBrowserOnSQLite is what the configuration of the desk is for: in the browser, while the
// server runs, a functional administrator makes a process with its own closure, a service for one profile
// and a form with an approval in two steps, looks at it as a requester would, and publishes. A requester
// of that profile uses it at once, up to the end that the process says; another does not know of it.
func TestConfigureInTheBrowserOnSQLite(t *testing.T) { configure(t, "", nil) }

// TestConfigureInTheBrowserOnPostgreSQL plays it on the other engine, and the administrator reads English.
func TestConfigureInTheBrowserOnPostgreSQL(t *testing.T) {
	if os.Getenv("GUICHET_TEST_POSTGRES") == "" {
		t.Skip("GUICHET_TEST_POSTGRES names no server")
	}
	configure(t, storetest.URL(t), inEnglish)
}

// inEnglish is what the pages of the configuration answer to an administrator who reads English.
var inEnglish = map[string]string{
	"Pas encore publié":                      "Not published yet",
	"Le brouillon est enregistré.":           "The draft is saved.",
	"Le brouillon est créé.":                 "The draft is created.",
	"Accepter la solution":                   "Accept the solution",
	"Clore après 5 jours":                    "Close after 5 days",
	"La version 1 est en vigueur.":           "Version 1 is in force.",
	"La version 2 est en vigueur.":           "Version 2 is in force.",
	"Ce champ est obligatoire":               "This field is required",
	"Le service « Prêt d’images » est créé.": "The service “Prêt d’images” is created.",
	"si « Quel appareil ? » est Caméra":      "if “Quel appareil ?” is Caméra",
	"Cette personne ne voit pas ce service":  "This person does not see this service",
	"Cette personne voit ce service.":        "This person sees this service.",
	"Ces réponses seraient acceptées":        "These answers would be accepted",
	"Enseignant-chercheur":                   "Researcher or lecturer",
	"Texte l":                                "Long",
}

func configure(t *testing.T, database string, words map[string]string) {
	b := newBrowser(t)
	d := servedOn(t, database, "--preset", "insa")
	if words != nil {
		d.mustAsk(t, http.StatusOK, call{login: "adminfonc", method: http.MethodPost, path: "/people/adminfonc", body: strings.NewReader(`{"locale":"en"}`)})
	}
	admin := b.signIn(t, d, "adminfonc")
	admin.words = words
	makeProcess(admin)
	makeService(admin)
	giveService(admin)
	design(admin)
	asApproved(admin)
	preview(admin)
	number := borrow(b.signIn(t, d, "demandeur"))
	unseen(b.signIn(t, d, "demandeur2"))
	changeByKeyboard(admin)
	approveInTheApp(b.signIn(t, d, "approbateur"), number)
	approveByTheLink(t, b, d, number)
	technician := b.signIn(t, d, "technicien")
	solve(technician, number, "La caméra vous attend à l’accueil du bâtiment 2.")
	endAsPublished(technician, b.signIn(t, d, "demandeur"), number)
	admin.open("/admin/history")
	admin.sees("Prêt d’images", "Emprunter un appareil", "Prêts validés par le demandeur")
}

// makeProcess copies the process of the desk, lets the requester validate and silence close after five
// days, and publishes it.
func makeProcess(v *visitor) {
	v.t.Helper()
	v.open("/admin/workflows")
	v.fill("[name=name]", "Prêts validés par le demandeur")
	v.set("[name=from]", "groupe")
	v.send(`form[action="/admin/workflows"] [type=submit]`)
	v.sees("Pas encore publié")
	v.choose("closure", "requester")
	v.fill("[name=auto_close_days]", "5")
	v.send(`button[name=op][value=settings]`)
	v.sees("Le brouillon est enregistré.", "Accepter la solution", "Clore après 5 jours")
	if got := v.address(); !strings.HasPrefix(got, lendingProcess) {
		v.t.Fatalf("the process is edited at %s", got)
	}
	v.look("process of its own")
	v.fill("#edit-note", "Le demandeur valide le retour de son prêt")
	v.send(`form[action$="/publish"] button`)
	v.sees("La version 1 est en vigueur.")
}

// choose ticks one of the choices of a name.
func (v *visitor) choose(name, value string) {
	v.t.Helper()
	v.do(chromedp.Click(fmt.Sprintf(`input[name=%q][value=%q]`, name, value), chromedp.ByQuery))
}

// makeService makes a service that only researchers see, and goes on to its form.
func makeService(v *visitor) {
	v.t.Helper()
	v.open("/admin/")
	v.send(`a[href="/admin/services/new"]`)
	v.send(`button[name=op][value=offering]`)
	v.sees("Ce champ est obligatoire")
	v.look("service with an error")
	v.fill("[name=name]", "Prêt d’images")
	v.fill("[name=description]", "Emprunter une caméra ou un appareil photo.")
	v.fill("[name=owner]", "Isabelle Garnier")
	v.set("[name=team]", "cube-vr")
	v.fill("[name=profiles]", v.says("Enseignant-chercheur"))
	v.send(`button[name=op][value=offering]`)
	v.sees("Le service « Prêt d’images » est créé.")
	v.look("new form")
	v.fill("[name=name]", "Emprunter un appareil")
	v.send(`form.form-column [type=submit]`)
	v.sees("Le brouillon est créé.", "Pas encore publié")
	if got := v.address(); got != lendingDesigner {
		v.t.Fatalf("the form is designed at %s", got)
	}
}

// giveService makes the members of the team technicians of the new service.
func giveService(v *visitor) {
	v.t.Helper()
	v.open("/admin/teams/cube-vr")
	v.run(`document.querySelector('#grants details').open = true`, nil)
	v.set(`#grants [name=role]`, "technician")
	v.set(`#grants [name=of]`, lendingService)
	v.send(`form[action$="/grants"] button`)
	v.sees("Prêt d’images")
}

// design makes the questions: a choice, a condition on it, a day, a number, yes or no.
func design(v *visitor) {
	v.t.Helper()
	v.open(lendingDesigner)
	v.set("[name=workflow]", strings.TrimPrefix(lendingProcess, "/admin/workflows/"))
	v.add("choice", "Quel appareil ?")
	v.fill(`[name="fields.0.options"]`, "Appareil photo\nCaméra")
	v.tick("fields.0.required")
	v.add("text", "Quel trépied ?")
	v.unfold(`[name="fields.1.test.0.field"]`)
	v.set(`[name="fields.1.test.0.field"]`, "quel-appareil")
	v.set(`[name="fields.1.test.0.is"]`, "one_of")
	v.fill(`[name="fields.1.test.0.values"]`, "Caméra")
	v.tick("fields.1.required")
	v.add("date", "Retour le")
	v.fill(`[name="fields.2.limits.min"]`, "aujourd’hui")
	v.add("number", "Nombre de batteries")
	v.fill(`[name="fields.3.limits.max"]`, "4")
	v.add("yes_no", "Formation souhaitée ?")
	v.send(`button[name=op][value=save]:not(.vh)`)
	v.sees("Le brouillon est enregistré.", "si « Quel appareil ? » est Caméra")
	v.look("form designer")
}

// add adds a question and gives it its words.
func (v *visitor) add(kind, label string) {
	v.t.Helper()
	v.set("[name=new_type]", kind)
	v.send(`button[name=op][value=add]`)
	v.fill(`details[open] [name$=".label"]`, label)
}

func (v *visitor) tick(name string) {
	v.t.Helper()
	v.do(chromedp.Click(fmt.Sprintf(`input[type=checkbox][name=%q]`, name), chromedp.ByQuery))
}

// unfold opens what holds a field.
func (v *visitor) unfold(selector string) {
	v.t.Helper()
	v.run(fmt.Sprintf(`for (let f = document.querySelector(%q).closest('details'); f; f = f.parentElement.closest('details')) f.open = true`, selector), nil)
}

// asApproved adds the two steps: the owner of the service, then the correspondent of the requester's site.
func asApproved(v *visitor) {
	v.t.Helper()
	for i, step := range []struct{ name, by string }{{"Responsable du prêt", "owner"}, {"Correspondant de l’établissement", "role:local_correspondent"}} {
		v.send(`button[name=op][value=step]`)
		v.fill(fmt.Sprintf(`[name="approval.%d.name"]`, i), step.name)
		v.set(fmt.Sprintf(`[name="approval.%d.approvers.0.by"]`, i), step.by)
	}
	v.send(`button[name=op][value=save]:not(.vh)`)
	v.look("form designer, two steps")
}

// preview shows the draft to a requester of each profile, tries answers, then publishes.
func preview(v *visitor) {
	v.t.Helper()
	v.send(`button[name=op][value=preview]`)
	v.set("[name=profile]", "staff")
	v.send(`form[method=get] .card button.start`)
	v.sees("Cette personne ne voit pas ce service")
	v.set("[name=profile]", "researcher")
	v.send(`form[method=get] .card button.start`)
	v.sees("Cette personne voit ce service.", "Quel appareil ?")
	v.missing("Quel trépied ?")
	v.send(`button[name=try]`)
	v.sees("Ce champ est obligatoire")
	v.look("preview with an error")
	v.choose("answers.quel-appareil", "camera")
	v.fill(`[name="answers.quel-trepied"]`, "Le grand")
	v.send(`button[name=try]`)
	v.sees("Ces réponses seraient acceptées", "Le grand")
	v.look("preview accepted")
	v.open(lendingDesigner)
	v.fill("#edit-note", "Ouverture du prêt aux enseignants-chercheurs")
	v.send(`form[action$="/publish"] button`)
	v.sees("La version 1 est en vigueur.")
}

// borrow is a requester of the profile, who finds the service at once and asks.
func borrow(v *visitor) (number string) {
	v.t.Helper()
	v.open("/")
	v.open("/ask?text=emprunter+une+cam%C3%A9ra")
	v.sees("Prêt d’images")
	v.open("/services")
	v.send(`a.theme[href^="/services/` + lendingService + `"]`)
	v.send(`a[href^="` + lendingForm + `"]`)
	v.missing("Quel trépied ?")
	v.fill("#f-title", "Filmer la soutenance de Léa")
	v.fill("#f-description", "Jeudi à l’amphithéâtre.")
	v.choose("answers.quel-appareil", "camera")
	v.send(`form[data-draft] .send-bar [type=submit]`)
	v.sees("à corriger", "Quel trépied ?")
	v.look("new form with an error")
	v.fill(`[name="answers.quel-trepied"]`, "Le grand")
	v.set(`[name="answers.retour-le"]`, "2027-01-15")
	v.fill(`[name="answers.nombre-de-batteries"]`, "2")
	v.choose("answers.formation-souhaitee", "no")
	v.send(`form[data-draft] .send-bar [type=submit]`)
	v.sees("C’est envoyé")
	number = strings.Split(v.address(), "/")[2]
	v.open("/tickets/" + number)
	v.sees("En attente d’accord", "Responsable du prêt", "Correspondant de l’établissement", "Le grand")
	v.look("story, two approvals to come")
	return number
}

// unseen is a requester of another profile: the service is nowhere, whatever address is typed.
func unseen(v *visitor) {
	v.t.Helper()
	for _, path := range []string{"/", "/services", "/ask?text=emprunter+un+appareil"} {
		v.open(path)
		v.missing("Prêt d’images", "Emprunter un appareil")
	}
	var proposed string // a part of a page: without a match, nothing at all
	v.run(`fetch("/ask/suggestions?text=pr%C3%AAt+d%E2%80%99images").then(r => r.text())`, &proposed)
	if strings.Contains(proposed, "Prêt d’images") || strings.Contains(proposed, "Emprunter un appareil") {
		v.t.Errorf("proposed to a profile that does not see it: %s", proposed)
	}
	for _, path := range []string{"/services/" + lendingService, lendingForm} {
		v.open(path)
		v.sees("Page introuvable")
		var status int
		v.run(fmt.Sprintf(`fetch(%q).then(r => r.status)`, path), &status)
		if status != 404 {
			v.t.Errorf("%s: %d for a profile that does not see it", path, status)
		}
	}
}

// approveInTheApp is the first step: the owner of the service, signed in.
func approveInTheApp(v *visitor, number string) {
	v.t.Helper()
	v.open("/approvals")
	v.sees("Filmer la soutenance de Léa")
	v.run(`[...document.querySelectorAll('a[href^="/approvals/"]')].find(a => a.textContent.includes('Filmer la soutenance')).id = 'it'`, nil)
	v.send(`#it`)
	v.sees("Responsable du prêt", "Filmer la soutenance de Léa", "Le grand")
	v.choose("decision", "approve")
	v.send(`form.card button[type=submit]`)
	v.missing("Filmer la soutenance de Léa")
	v.open("/tickets/" + number)
	v.sees("Responsable du prêt", "Correspondant de l’établissement")
}

// approveByTheLink is the second: the correspondent, from the link of the mail, in a browser where nobody
// is signed in. Reading the link decides nothing.
func approveByTheLink(t *testing.T, b *browser, d *desk, number string) {
	t.Helper()
	v := b.visit(t, d, "correspondent without a session")
	v.open("/dev/mail?to=gilles.tanguy@insa.example")
	v.until(`[...document.querySelectorAll('li.card a')].some(a => a.textContent.startsWith('[` + number + `] '))`)
	v.run(`[...document.querySelectorAll('li.card a')].find(a => a.textContent.startsWith('[`+number+`] ')).id = 'it'`, nil)
	v.send(`#it`)
	var link string
	v.run(`document.querySelector('pre').textContent.match(/http\S+decision=approve/)[0]`, &link)
	for range 2 { // a scanner of mails opens it as well
		v.do(chromedp.Navigate(link))
		v.sees("Êtes-vous d’accord", "Correspondant de l’établissement", "Le grand")
	}
	v.look("second approval, from the mail")
	v.send(`form.card button[type=submit]`)
	v.sees("Vous avez donné votre accord")
	v.do(chromedp.Navigate(link))
	v.missing("Êtes-vous d’accord")
}

// endAsPublished is the closure of the process: the technician may not close, the requester validates.
func endAsPublished(technician, asker *visitor, number string) {
	technician.t.Helper()
	var may bool
	technician.run(`!!document.querySelector('form[action*="/actions/close"]')`, &may)
	if may {
		technician.t.Error("the technician may close what only the requester ends")
	}
	technician.sees("Emprunter un appareil")
	asker.open("/tickets/" + number)
	asker.sees("Est-ce résolu", "La caméra vous attend")
	asker.look("story, to validate as published")
	asker.send(`form[action$="/actions/validate"] button[type=submit]`)
	asker.sees("Clos")
}
