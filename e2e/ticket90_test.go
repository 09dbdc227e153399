package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"guichet/internal/store/storetest"
)

// Seed 003: about ninety tickets are opened each day. A site that has lost the shared network and internet is taken
// first, before the colleague whose mailbox no longer indexes.
func TestTicket90OnSQLite(t *testing.T) { ticket90(t, "") }

func TestTicket90OnPostgreSQL(t *testing.T) {
	if os.Getenv("GUICHET_TEST_POSTGRES") == "" {
		t.Skip("GUICHET_TEST_POSTGRES names no server")
	}
	ticket90(t, storetest.URL(t))
}

// ordinary are the troubles of an ordinary day, as they are reported.
var ordinary = []struct{ offering, service, title, text, answers string }{
	{"messagerie-probleme", "messagerie-outlook", "L’indexation de ma boîte mail est bloquée", "La recherche Outlook ne trouve plus rien depuis la semaine dernière.", "appareil=outlook"},
	{"impression-probleme", "", "Bourrage au copieur de l’étage", "Le bac 2 se bloque à chaque impression.", ""},
	{"comptes-probleme", "", "Mot de passe refusé", "Mon mot de passe n’est plus accepté depuis ce matin.", ""},
	{"messagerie-probleme", "messagerie-outlook", "Réindexer mes archives", "Mes anciens messages n’apparaissent plus dans la recherche.", "appareil=outlook"},
	{"poste-probleme", "poste-panne", "Ordinateur lent", "Dix minutes pour ouvrir un plan.", "ordinateur=GL-PC-01077"},
	{"telephonie-probleme", "", "Renvoi d’appel impossible", "Le renvoi vers mon mobile ne fonctionne plus.", ""},
	{"poste-probleme", "", "Ma souris glisse mal", "Le tapis est usé et la souris saute.", "ordinateur=GL-PC-00412"},
	{"reseau-probleme", "reseau-wifi", "Wi-Fi faible dans mon bureau", "Le signal est faible près de la fenêtre.", "etendue=moi"},
}

var beneficiaries = []string{"", "lea.bonnefoy@glevents.example", "nathalie.perrin@glevents.example", "", "mehdi.saidi@glevents.example", "sonia.ferreira@glevents.example", ""}

func ticket90(t *testing.T, database string) {
	d := glevents(t, database)
	defer func() {
		if err := d.end((*process).stop); err != nil {
			t.Error(err)
		}
	}()
	for i := 1; i < 90; i++ {
		o := ordinary[i%len(ordinary)]
		fields := []string{"offering=" + o.offering, "service=" + o.service, "title=" + o.title, "description=" + o.text,
			"beneficiary=" + beneficiaries[i%len(beneficiaries)]}
		if o.answers != "" {
			fields = append(fields, "answers."+o.answers)
		}
		if opened := d.arrives(t, []string{"demandeur", "demandeur2"}[i%2], fields...); opened != strconv.Itoa(i) {
			t.Fatalf("the %dth ticket has the number %s", i, opened)
		}
	}
	number := d.arrives(t, "demandeur2", "offering=reseau-probleme", "title=Plus de réseau partagé ni d’internet à Brignais",
		"description=Tout le site de Brignais est coupé : ni dossiers partagés, ni internet, ni téléphone.", "answers.etendue=site", "urgency=medium")
	if number != "90" {
		t.Fatalf("it has the number %s", number)
	}
	d.comesFirst(t)
	d.saysWhy(t)
}

// glevents serves a desk that took in the files of the preset, with its people. Two agents read its pages: chef in
// French, chief in English.
func glevents(t *testing.T, database string) *desk {
	t.Helper()
	dir := t.TempDir()
	d := &desk{dir: dir, data: filepath.Join(dir, "data"), tokens: map[string]string{}}
	d.env = environment("PATH="+os.Getenv("PATH"), "GUICHET_API_RATE=0", "GUICHET_DATABASE="+database)
	files, err := filepath.Abs("../internal/presets/glevents")
	if err != nil {
		t.Fatal(err)
	}
	account := func(login, given, locale string) invocation {
		return invocation{agentPassword + "\n", []string{"account", "create", "--data", d.data, "--login", login, "--given", given, "--family", "Chef",
			"--locale", locale, "--organisation", "gl-dsi", "--team", "infrastructure", "--role", "moderator", "--role", "technician", "--role", "functional_administrator"}}
	}
	for _, c := range []invocation{
		{"", []string{"migrate", "--data", d.data}},
		{"", []string{"config", "import", "--yes", "--data", d.data, files}},
		account("chef", "Claire", "fr"),
		account("chief", "Charles", "en"),
	} {
		if out, err := command(d.env, c.input, c.args...); err != nil {
			t.Fatal(err, out)
		}
	}
	if err := d.begin("serve"); err != nil {
		t.Fatal(err)
	}
	return d
}

const agentPassword = "sept cigognes sous la pluie"

// invocation is a command with what it reads.
type invocation struct {
	input string
	args  []string
}

// arrives opens a ticket by the API and returns its number.
func (d *desk) arrives(t *testing.T, login string, fields ...string) string {
	t.Helper()
	body, err := document(fields)
	if err != nil {
		t.Fatal(err)
	}
	a, err := d.ask(call{login: login, method: http.MethodPost, path: "/tickets", body: bytes.NewReader(body)})
	if err != nil || a.status != http.StatusCreated {
		t.Fatalf("%d %s %v", a.status, a.body, err)
	}
	number, _ := a.at("number")
	return number
}

func (d *desk) ticket(t *testing.T, number int) answer {
	t.Helper()
	a, err := d.ask(call{login: "chef", method: http.MethodGet, path: fmt.Sprintf("/tickets/%d", number)})
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("%d %s %v", a.status, a.body, err)
	}
	return a
}

// due is when one of the delays of a ticket ends.
func due(t *testing.T, a answer, clock string) time.Time {
	t.Helper()
	for i := range 2 {
		if name, _ := a.at(fmt.Sprintf("deadlines.%d.clock", i)); name == clock {
			text, _ := a.at(fmt.Sprintf("deadlines.%d.due", i))
			at, err := time.Parse(time.RFC3339Nano, text)
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
	}
	t.Fatalf("no %s in %s", clock, a.body)
	return time.Time{}
}

// comesFirst checks that the ticket is above the others: its priority, its team, its delays, its place in the list.
func (d *desk) comesFirst(t *testing.T) {
	t.Helper()
	it, indexing := d.ticket(t, 90), d.ticket(t, 8) // the eighth is about the indexing of a mailbox
	for path, want := range map[string]string{"priority": "critical", "impact": "high", "urgency": "high", "team.id": "infrastructure",
		"level": "N3", "service.id": "reseau-site", "service_level.id": "site-coupe"} {
		if got, _ := it.at(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	for path, want := range map[string]string{"priority": "low", "service.id": "messagerie-outlook", "service_level.id": "confort"} {
		if got, _ := indexing.at(path); got != want {
			t.Errorf("indexing: %s is %s, want %s", path, got, want)
		}
	}
	for _, clock := range []string{"contact", "resolution"} {
		if late, early := due(t, it, clock), due(t, indexing, clock); !late.Before(early) {
			t.Errorf("%s: the site is due at %s, the indexing, opened before, at %s", clock, late, early)
		}
	}
	urgent, err := d.ask(call{login: "chef", method: http.MethodGet, path: "/tickets?priority=critical"})
	if err != nil || urgent.count("tickets", nil) != 1 {
		t.Errorf("critical tickets: %s %v", urgent.body, err)
	}
	page := d.page(t, "chef", "/desk/due")
	if first := regexp.MustCompile(`class="tk" href="/desk/tickets/(\d+)[?"]`).FindStringSubmatch(page); first == nil || first[1] != "90" {
		t.Errorf("the first of what is due is %v", first)
	}
}

// saysWhy checks that the page of the ticket names the rule, the values that it saw, what they changed, and the
// service level, in both languages.
func (d *desk) saysWhy(t *testing.T) {
	t.Helper()
	for login, texts := range map[string][]string{
		"chef":  {"Pourquoi\u202f?", "Tout un site privé de réseau", "Tout le site", "Moyenne → Critique", "Accès du site", "Réseau et serveurs", "Site privé de réseau ou d’internet"},
		"chief": {"Why?", "Tout un site privé de réseau", "Tout le site", "Medium → Critical", "Accès du site", "Réseau et serveurs", "Site privé de réseau ou d’internet"},
	} {
		page := d.page(t, login, "/desk/tickets/90")
		for _, text := range texts {
			if !strings.Contains(page, text) {
				t.Errorf("%s: the page does not say %q", login, text)
			}
		}
		if name := os.Getenv("GUICHET_TEST_PAGES"); name != "" { // to look at it
			if err := os.WriteFile(filepath.Join(name, "ticket90-"+login+".html"), []byte(page), 0o600); err != nil {
				t.Error(err)
			}
		}
	}
}

// page reads a page as an agent.
func (d *desk) page(t *testing.T, login, path string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: 30 * time.Second}
	if _, err := client.PostForm(d.process.url+"/sign-in", url.Values{"login": {login}, "password": {agentPassword}}); err != nil {
		t.Fatal(err)
	}
	answered, err := client.Get(d.process.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answered.Body.Close()
	body, err := io.ReadAll(answered.Body)
	if err != nil || answered.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v\n%.2000s", path, answered.StatusCode, err, body)
	}
	return string(body)
}
