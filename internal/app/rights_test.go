package app

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/config"
	"guichet/internal/presets"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web"
)

var update = flag.Bool("update", false, "write the matrix of rights anew; then read its difference, line by line")

const matrixFile = "testdata/rights.txt"

// cast are the accounts of the matrix. anonymous has none; lecture reads with a token of moderateur.
var cast = []string{"anonymous", "demandeur", "demandeur2", "approbateur", "moderateur", "technicien", "technicien2", "adminfonc", "admintech"}

// TestRightsMatrix asks for every route of the route table, as each role, on a ticket of the
// requester "demandeur" (own), on one of somebody else in the same service (other), and on one of a
// service that none of the agents of the first handles (foreign). What is answered must be what
// testdata/rights.txt says: a route that is not in it fails.
func TestRightsMatrix(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand requests: left out of short runs, run in CI")
	}
	h := newHouse(t)
	var lines []string
	for _, route := range h.routes(t) {
		lines = append(lines, h.line(t, route))
	}
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(matrixFile, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	wanted, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Split(string(wanted), "\n")
	for _, line := range lines {
		if !slices.Contains(known, line) {
			t.Errorf("the matrix of rights does not say:\n  %s\nIf this is right, run the test with -update and read the difference of %s.", line, matrixFile)
		}
	}
}

// TestHiddenLooksMissing holds that a ticket one may not see answers exactly like one that does not
// exist, in pages and over the API.
func TestHiddenLooksMissing(t *testing.T) {
	h := newHouse(t)
	hidden := h.tickets(t)["foreign"]
	for _, pattern := range []string{"GET /tickets/{number}", "GET /api/v1/tickets/{number}", "POST /api/v1/tickets/{number}/actions/claim",
		"POST /tickets/{number}/messages", "POST /tickets/{number}/actions/validate"} {
		a, bodyA := h.ask(t, "demandeur", pattern, fmt.Sprint(hidden.number), hidden)
		b, bodyB := h.ask(t, "demandeur", pattern, "99999999", hidden)
		if a != b || normal(bodyA, hidden.number) != normal(bodyB, 99999999) {
			t.Errorf("%s: a hidden ticket answers %d, a missing one %d:\n%s", pattern, a, b, cmp.Diff(normal(bodyB, 99999999), normal(bodyA, hidden.number)))
		}
	}
}

var changing = regexp.MustCompile(`[A-Z2-7]{26}|data-live-since="\d+"`)

// normal drops what differs between any two requests: their identifier, their time, the address asked for.
func normal(body string, number int64) string {
	return strings.ReplaceAll(changing.ReplaceAllString(body, "ID"), "tickets/"+fmt.Sprint(number), "tickets/N")
}

// sample is a ticket of the matrix, with an object of each kind.
type sample struct {
	number   int64
	document guichet.ID
	task     guichet.ID
	list     guichet.ID // of points to check
}

// house is a running desk with a client for each role.
type house struct {
	app     *App
	server  *httptest.Server
	clients map[string]*http.Client
	tokens  map[string]string
	actors  map[string]guichet.Actor
	file    ticketing.File
}

func newHouse(t *testing.T) *house {
	t.Helper()
	cfg := config.Default()
	cfg.DataDir, cfg.DatabaseURL, cfg.APIRate = t.TempDir(), storetest.URL(t), 0
	ctx := context.Background()
	accounts, err := presets.Accounts("insa")
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(ctx, Options{Config: cfg, Log: slog.New(slog.DiscardHandler), Demo: true, Accounts: accounts})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	h := &house{app: a, clients: map[string]*http.Client{}, tokens: map[string]string{}, actors: map[string]guichet.Actor{}}
	h.people(t)
	handler, err := a.handler()
	if err != nil {
		t.Fatal(err)
	}
	h.server = httptest.NewServer(handler)
	t.Cleanup(h.server.Close)
	for _, role := range cast {
		h.enter(t, role)
	}
	ref, err := a.Blobs.Put(ctx, strings.NewReader("une pièce jointe"), guichet.MaxDocumentSize)
	if err != nil {
		t.Fatal(err)
	}
	h.file = ticketing.File{Name: "note.txt", MediaType: ref.MediaType, Size: ref.Size, Hash: ref.Hash}
	return h
}

const matrixPassword = "une phrase pour la matrice"

func (h *house) people(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	p, err := presets.Load("insa")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := account.NewHasher().Hash(ctx, matrixPassword)
	if err != nil {
		t.Fatal(err)
	}
	err = h.app.Store.Write(ctx, func(tx *store.Tx) error {
		if err := p.Save(ctx, tx); err != nil {
			return err
		}
		for _, person := range p.People {
			if err := saveLogin(ctx, tx, person, secret); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// enter signs a role in, and gives it a token.
func (h *house) enter(t *testing.T, role string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	h.clients[role] = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if role == "anonymous" {
		return
	}
	response, err := h.clients[role].PostForm(h.server.URL+"/sign-in", url.Values{"login": {role}, "password": {matrixPassword}})
	if err != nil || response.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s does not sign in: %v %v", role, response, err)
	}
	ctx := context.Background()
	if h.tokens[role], err = h.app.Accounts.CreateToken(ctx, role, "matrix", nil, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if h.actors[role], err = h.app.Accounts.LoginActor(ctx, role, guichet.ChannelPortal); err != nil {
		t.Fatal(err)
	}
}

// kinds are the tickets on which each route is asked.
var kinds = []string{"own", "other", "foreign"}

// tickets opens a fresh ticket of each kind: a route may change what it is asked on.
func (h *house) tickets(t *testing.T) map[string]sample {
	t.Helper()
	return map[string]sample{
		"own":     h.open(t, "demandeur", "openmoodle"),
		"other":   h.open(t, "demandeur2", "openmoodle"),
		"foreign": h.open(t, "adminfonc", "chat"),
	}
}

func (h *house) open(t *testing.T, login string, service guichet.ID) sample {
	t.Helper()
	ctx := context.Background()
	ticket, err := h.app.Desk.Open(ctx, h.actors[login], ticketing.Open{Service: service, Kind: guichet.KindRequest, Title: "Une demande de la matrice",
		Description: "Ce qui est demandé.", Files: []ticketing.File{h.file}, Answers: h.answers(t, service)})
	if err != nil {
		t.Fatalf("open a ticket on %s: %v", service, err)
	}
	s := sample{number: ticket.Number}
	view, err := h.app.Desk.View(ctx, h.actors[login], ticket.Number, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.document = view.Documents[0].ID
	task, err := h.app.Desk.AddTask(ctx, guichet.SystemActor(), ticket.Number, ticketing.NewTask{Title: "Une tâche", AssigneeID: view.Desk.Teams["outils-collaboratifs"].Members[0]})
	if err != nil {
		t.Fatal(err)
	}
	s.task = task.ID
	if err := h.app.Desk.AddChecklist(ctx, guichet.SystemActor(), ticket.Number, "qualification"); err != nil {
		t.Fatal(err)
	}
	if view, err = h.app.Desk.View(ctx, guichet.SystemActor(), ticket.Number, 0); err != nil {
		t.Fatal(err)
	}
	s.list = view.Lists[0].ID
	return s
}

// answers fills what the offering of a service needs.
func (h *house) answers(t *testing.T, service guichet.ID) map[string][]string {
	t.Helper()
	desk, err := h.app.Desk.Config(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, o := range desk.OfferingsOf(service) {
		if o.Kind != guichet.KindRequest {
			continue
		}
		for _, f := range o.Form.Fields {
			if f.Required && f.ShowIf == nil {
				out[f.Key] = []string{value(f)}
			}
		}
	}
	return out
}

func value(f guichet.Field) string {
	switch {
	case len(f.Options) > 0:
		return f.Options[0].Value
	case f.Type == guichet.FieldYesNo:
		return "yes"
	case f.Type == guichet.FieldDate:
		return "2026-12-01"
	case f.Type == guichet.FieldNumber:
		return "1"
	}
	return "une réponse"
}

// routes lists every route: those of the pages, and those that the API describes.
func (h *house) routes(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, r := range web.Routes(h.app.site(nil)) {
		out = append(out, expand(r.Pattern)...)
	}
	response, err := http.Get(h.server.URL + "/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	var spec struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.NewDecoder(response.Body).Decode(&spec); err != nil {
		t.Fatal(err)
	}
	for path, methods := range spec.Paths {
		for method := range methods {
			out = append(out, expand(strings.ToUpper(method)+" "+path)...)
		}
	}
	slices.Sort(out)
	return out
}

// expand makes a route of each action.
func expand(pattern string) []string {
	pattern = strings.TrimSuffix(pattern, "{$}")
	if !strings.Contains(pattern, "{action}") {
		return []string{pattern}
	}
	var out []string
	for _, a := range guichet.Actions() {
		out = append(out, strings.ReplaceAll(pattern, "{action}", string(a)))
	}
	return out
}

// line is a line of the matrix: the route, then what each role is answered on each kind of ticket.
func (h *house) line(t *testing.T, route string) string {
	t.Helper()
	cells := []string{fmt.Sprintf("%-62s", route)}
	for _, role := range cast {
		samples := map[string]sample{"own": {}}
		if strings.Contains(route, "{number}") || strings.Contains(route, "/documents/{id}") {
			samples = h.tickets(t)
		}
		var answers []string
		for _, kind := range kinds {
			if s, asked := samples[kind]; asked {
				status, _ := h.ask(t, role, route, fmt.Sprint(s.number), s)
				answers = append(answers, fmt.Sprint(status))
			}
		}
		cells = append(cells, role+" "+strings.Join(answers, "/"))
	}
	return strings.Join(cells, " | ")
}

// ask sends the request of a route as a role, with an empty body.
func (h *house) ask(t *testing.T, role, route, number string, s sample) (int, string) {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	replace := strings.NewReplacer("{number}", number, "/documents/{id}", "/documents/"+string(s.document), "/tasks/{id}", "/tasks/"+string(s.task),
		"/checklists/{id}", "/checklists/"+string(s.list), "/templates/{id}", "/templates/precisions",
		"{person}", "demandeur", "{service}", "moodle", "{offering}", "moodle-demande", "{view}", "open", "/workflows/{id}", "/workflows/groupe", "/people/{id}", "/people/hugo.petit", "/admin/services/{id}", "/admin/services/moodle", "/admin/offerings/{id}", "/admin/offerings/moodle-demande", "{version}", "1", "/organisations/{id}", "/organisations/insa-lyon",
		"/routing/{id}", "/routing/rules", "{rule}", "openmoodle-base", "/dispatch/{team}", "/dispatch/infrastructure",
		"/admin/teams/{id}", "/admin/teams/assistance-portail", "/roles/{id}", "/roles/moderator", "{id}", "none")
	body, kind := "", "application/x-www-form-urlencoded"
	if strings.HasPrefix(path, "/api/") {
		body, kind = "{}", "application/json"
	}
	request, err := http.NewRequest(method, h.server.URL+replace.Replace(path), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method != http.MethodGet {
		request.Header.Set("Content-Type", kind)
	}
	if strings.HasPrefix(path, "/api/") && h.tokens[role] != "" {
		request.Header.Set("Authorization", "Bearer "+h.tokens[role])
	}
	client := h.clients[role]
	if route == "POST /sign-out" {
		client = h.clients["anonymous"] // it would end the role's session
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		return response.StatusCode, "" // it does not end
	}
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}
