package api

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store/storetest"
)

// callers are the columns of the matrix: without a token, with a wrong one, with one that only reads,
// the requester, a stranger, the team's technician, a technician of another service.
var callers = []string{"nobody", "wrong", "reader", "requester", "stranger", "agent", "other"}

// expected holds, for each operation, what each caller gets on a ticket of Rita's that the support team
// has, in the order of callers. An operation that is missing here fails the test.
var expected = map[string][]int{
	"GET /api/v1/organisations":                          {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/organisations":                         {401, 401, 404, 404, 404, 404, 404},
	"GET /api/v1/organisations/{id}":                     {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/organisations/{id}":                    {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/people":                                {401, 401, 404, 404, 404, 404, 404},
	"GET /api/v1/people/{id}":                            {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/people/{id}":                           {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/teams":                                 {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/teams/{id}":                            {401, 401, 404, 404, 404, 404, 404},
	"GET /api/v1/roles":                                  {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/roles":                                 {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/roles/{id}":                            {401, 401, 404, 404, 404, 404, 404},
	"GET /api/v1/grants":                                 {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/grants":                                {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/grants/{id}/withdraw":                  {401, 401, 404, 404, 404, 404, 404},
	"GET /api/v1/imports":                                {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/imports":                               {401, 401, 404, 404, 404, 404, 404},
	"GET /api/v1/imports/{id}":                           {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/imports/{id}/preview":                  {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/imports/{id}/apply":                    {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/imports/{id}/cancel":                   {401, 401, 404, 404, 404, 404, 404},
	"GET /api/v1/absences":                               {401, 401, 200, 200, 200, 200, 200},
	"POST /api/v1/absences":                              {401, 401, 403, 404, 404, 404, 404}, // of Dora
	"POST /api/v1/absences/{id}/end":                     {401, 401, 403, 404, 404, 404, 404},
	"POST /api/v1/tickets/{number}/contacts":             {401, 401, 403, 403, 404, 200, 404},
	"POST /api/v1/tickets/{number}/pauses":               {401, 401, 403, 403, 404, 403, 404}, // moderators decide
	"POST /api/v1/tickets/{number}/pauses/{id}/withdraw": {401, 401, 403, 403, 404, 403, 404},
	"GET /api/v1/tickets/{number}/checklists":            {401, 401, 200, 200, 404, 200, 404},
	"POST /api/v1/tickets/{number}/checklists/{id}":      {401, 401, 403, 403, 404, 404, 404}, // there is none
	"GET /api/v1/me":                                     {401, 401, 200, 200, 200, 200, 200},
	"GET /api/v1/people":                                 {401, 401, 200, 200, 200, 200, 200},
	"GET /api/v1/teams":                                  {401, 401, 200, 200, 200, 200, 200},
	"GET /api/v1/announcements":                          {401, 401, 200, 200, 200, 200, 200},
	"GET /api/v1/services":                               {401, 401, 200, 200, 200, 200, 200},
	"GET /api/v1/tickets":                                {401, 401, 200, 200, 200, 200, 200},
	"POST /api/v1/tickets":                               {401, 401, 403, 201, 201, 201, 201},
	"GET /api/v1/tickets/{number}":                       {401, 401, 200, 200, 404, 200, 404},
	"GET /api/v1/tickets/{number}/templates":             {401, 401, 403, 403, 404, 200, 404},
	"POST /api/v1/tickets/{number}/links":                {401, 401, 403, 403, 404, 422, 404},
	"POST /api/v1/tickets/{number}/links/remove":         {401, 401, 403, 403, 404, 422, 404},
	"POST /api/v1/tickets/{number}/tags":                 {401, 401, 403, 403, 404, 204, 404},
	"POST /api/v1/tickets/{number}/observers":            {401, 401, 403, 403, 404, 204, 404},
	"POST /api/v1/tickets/{number}/merge":                {401, 401, 403, 403, 404, 422, 404},
	"POST /api/v1/tickets/{number}/merge/preview":        {401, 401, 403, 403, 404, 422, 404},
	"POST /api/v1/tickets/{number}/unmerge":              {401, 401, 403, 403, 404, 409, 404},
	"POST /api/v1/tickets/{number}/split":                {401, 401, 403, 403, 404, 404, 404},
	"POST /api/v1/tickets/{number}/unsplit":              {401, 401, 403, 403, 404, 409, 404},
	"POST /api/v1/tickets/{number}/problem":              {401, 401, 403, 403, 404, 201, 404},
	"POST /api/v1/tickets/{number}/known-error":          {401, 401, 403, 403, 404, 409, 404},
	"GET /api/v1/tickets/{number}/below":                 {401, 401, 403, 403, 404, 200, 404},
	"POST /api/v1/tickets/{number}/below":                {401, 401, 403, 403, 404, 409, 404},
	"POST /api/v1/tickets/{number}/major":                {401, 401, 403, 403, 404, 403, 404},
	"POST /api/v1/tickets/{number}/major/end":            {401, 401, 403, 403, 404, 403, 404},
	"POST /api/v1/announcements/{id}/me-too":             {401, 401, 403, 404, 404, 404, 404},
	"GET /api/v1/bulk-acts":                              {401, 401, 200, 200, 200, 200, 200}, // one’s own
	"POST /api/v1/bulk-acts":                             {401, 401, 403, 403, 403, 202, 422}, // a ticket that one does not see is none
	"POST /api/v1/bulk-acts/preview":                     {401, 401, 403, 403, 403, 200, 422},
	"GET /api/v1/bulk-acts/{id}":                         {401, 401, 404, 404, 404, 404, 404},
	"POST /api/v1/bulk-acts/{id}/stop":                   {401, 401, 403, 404, 404, 404, 404},
	"POST /api/v1/bulk-acts/{id}/undo":                   {401, 401, 403, 404, 404, 404, 404},
	"GET /api/v1/views":                                  {401, 401, 200, 200, 200, 200, 200},
	"POST /api/v1/views":                                 {401, 401, 403, 403, 403, 201, 201},
	"POST /api/v1/views/order":                           {401, 401, 403, 403, 403, 404, 404},
	"POST /api/v1/views/{id}":                            {401, 401, 403, 403, 403, 404, 404},
	"POST /api/v1/views/{id}/share":                      {401, 401, 403, 403, 403, 404, 404},
	"POST /api/v1/views/{id}/remove":                     {401, 401, 403, 403, 403, 404, 404},
	"POST /api/v1/tickets/{number}/follow-ups":           {401, 401, 403, 201, 404, 201, 404},
	"POST /api/v1/tickets/{number}/tasks":                {401, 401, 403, 403, 404, 201, 404},
	"POST /api/v1/tickets/{number}/tasks/{id}/done":      {401, 401, 403, 403, 404, 204, 404},
	"POST /api/v1/tickets/{number}/documents":            {401, 401, 403, 201, 404, 201, 404},
	"GET /api/v1/tickets/{number}/documents/{id}":        {401, 401, 200, 200, 404, 200, 404},
	"POST /api/v1/tickets/{number}/actions/{action}":     {401, 401, 403, 403, 404, 200, 404}, // qualify
	"POST /api/v1/tickets/{number}/follow-ups internal":  {401, 401, 403, 403, 404, 201, 404},
	"POST /api/v1/tickets/{number}/documents internal":   {401, 401, 403, 403, 404, 201, 404},
	"GET /api/v1/tickets/{number}/documents/{id} hidden": {401, 401, 404, 404, 404, 200, 404},
}

// stage is a ticket with everything on it that the operations ask for.
type stage struct {
	*desk
	path, task, document, hidden string
}

func newStage(d *desk) stage {
	s := stage{desk: d, path: d.open(storetest.Rita)}
	d.as(storetest.Mona, http.StatusOK, "POST", s.path+"/actions/assign", object{"team": "support", "technician": "ann"})
	task := d.as(storetest.Ann, http.StatusCreated, "POST", s.path+"/tasks", object{"title": "Rappeler Rita"})
	s.task = task.json["id"].(string)
	d.as(storetest.Ann, http.StatusCreated, "POST", s.path+"/follow-ups", object{"text": "Note secrète", "internal": true})
	s.document = s.upload(storetest.Ann, "public.txt", false)
	s.hidden = s.upload(storetest.Ann, "secret.txt", true)
	return s
}

func (s stage) upload(who guichet.ID, name string, internal bool) string {
	s.Helper()
	a := s.send(s.form(s.token(who), s.path+"/documents", internal, part{"file", name, "contenu de " + name}))
	if a.status != http.StatusCreated {
		s.Fatalf("%s: %d %s", name, a.status, a.body)
	}
	return a.json["documents"].([]any)[0].(map[string]any)["id"].(string)
}

func (s stage) tokenOf(caller string) string {
	switch caller {
	case "nobody":
		return ""
	case "wrong":
		return "gct_" + strings.Repeat("a", 52)
	case "reader":
		return s.desk.token(storetest.Rita, guichet.TokenRead)
	}
	return s.desk.token(map[string]guichet.ID{"requester": storetest.Rita, "stranger": storetest.Stan, "agent": storetest.Ann,
		"other": storetest.Cleo}[caller])
}

// perform calls an operation on a path of the stage.
func (s stage) perform(token, operation, path string) answer {
	name, variant, _ := strings.Cut(operation, " ")
	template, how, _ := strings.Cut(variant, " ")
	document := s.document
	if how == "hidden" {
		document = s.hidden
	}
	url := strings.NewReplacer("/api/v1/tickets/{number}", path, "tasks/{id}", "tasks/"+s.task,
		"documents/{id}", "documents/"+document, "{action}", "qualify").Replace(template)
	url = strings.NewReplacer("organisations/{id}", "organisations/lyon", "people/{id}", "people/rita", "teams/{id}", "teams/support",
		"roles/{id}", "roles/moderator", "grants/{id}", "grants/mona-moderator").Replace(url)
	url = strings.NewReplacer("{id}", "none").Replace(url)
	switch {
	case name == "POST" && (template == "/api/v1/bulk-acts" || template == "/api/v1/bulk-acts/preview"):
		return s.call(token, name, url, object{"act": "note", "text": "Un mot", "tickets": []int64{number(path)}})
	case strings.HasSuffix(template, "/stop"), strings.HasSuffix(template, "/undo"), name == "POST" && strings.HasSuffix(template, "/remove") && strings.Contains(template, "views"):
		return s.call(token, name, url, nil)
	case strings.HasSuffix(template, "/views/order"):
		return s.call(token, name, url, object{"view_ids": []string{"none"}})
	case strings.HasSuffix(template, "/views/{id}/share"):
		return s.call(token, name, url, object{})
	case name == "POST" && strings.HasPrefix(template, "/api/v1/views"):
		return s.call(token, name, url, object{"name": "Une vue", "base": "open"})
	case name == "POST" && template == "/api/v1/imports":
		return s.call(token, name, url, object{"kind": "people", "name": "a.csv", "content": "nom;courriel\nX;x@example.org\n"})
	case strings.HasSuffix(template, "/merge/preview"):
		return s.call(token, name, url, object{"kind": "duplicate", "from": []string{}})
	case strings.HasSuffix(template, "/preview"):
		return s.call(token, name, url, object{"columns": []string{"family_name"}})
	case strings.HasSuffix(template, "/apply"):
		return s.call(token, name, url, object{"fingerprint": "x"})
	case name == "POST" && template == "/api/v1/absences":
		return s.call(token, name, url, object{"person": "dora", "first": "2099-04-01", "last": "2099-04-02"})
	case strings.HasSuffix(template, "/cancel"), strings.HasSuffix(template, "/end"), strings.HasSuffix(template, "/pauses/{id}/withdraw"):
		return s.call(token, name, url, nil)
	case strings.HasSuffix(template, "/contacts"):
		return s.call(token, name, url, object{"medium": "phone"})
	case strings.HasSuffix(template, "/pauses"):
		return s.call(token, name, url, object{"starts_at": "2026-03-16T12:00:00Z", "ends_at": "2026-03-16T12:00:00Z", "reason": "R"})
	case strings.HasSuffix(template, "/checklists/{id}") && name == "POST":
		return s.call(token, name, url, object{"point": "a", "checked": true})
	case template == "/api/v1/people" && name == "GET":
		return s.call(token, name, url+"?q=rit", nil)
	case name == "POST" && (strings.HasPrefix(template, "/api/v1/roles")):
		return s.call(token, name, url, object{"name": "R", "permissions": []string{"ticket.read"}})
	case name == "POST" && template == "/api/v1/grants":
		return s.call(token, name, url, object{"person": "rita", "role": "moderator"})
	case name == "POST" && strings.HasPrefix(template, "/api/v1/people"):
		return s.call(token, name, url, object{"family_name": "X"})
	case name == "POST" && !strings.Contains(template, "tickets") && !strings.HasSuffix(template, "/withdraw"):
		return s.call(token, name, url, object{"name": "X"})
	case name == "GET":
		return s.call(token, name, url, nil)
	case strings.HasSuffix(template, "/links"), strings.HasSuffix(template, "/links/remove"):
		return s.call(token, name, url, object{"relation": "related", "tickets": []int{999999}})
	case strings.HasSuffix(template, "/tags"):
		return s.call(token, name, url, object{"add": []string{"vip"}})
	case strings.HasSuffix(template, "/observers"):
		return s.call(token, name, url, object{"add": []string{"dora@example.org"}})
	case strings.HasSuffix(template, "/merge"):
		return s.call(token, name, url, object{"kind": "duplicate", "from": []string{}})
	case strings.HasSuffix(template, "/split"):
		return s.call(token, name, url, object{"message": "none"})
	case strings.HasSuffix(template, "/problem"):
		return s.call(token, name, url, object{"title": "T", "description": "D"})
	case strings.HasSuffix(template, "/known-error"):
		return s.call(token, name, url, object{"cause": "C"})
	case strings.HasSuffix(template, "/below"):
		return s.call(token, name, url, object{"kind": "answer", "text": "Un mot"})
	case strings.HasSuffix(template, "/documents"):
		return s.send(s.form(token, url, how == "internal", part{"file", "a.txt", "a"}))
	case strings.HasSuffix(template, "/follow-ups"):
		return s.call(token, name, url, object{"text": "Un mot", "internal": how == "internal"})
	case strings.HasSuffix(template, "/tasks"):
		return s.call(token, name, url, object{"title": "Une tâche"})
	case strings.HasSuffix(template, "/tickets"):
		return s.call(token, name, url, object{"service": "moodle", "kind": "incident", "title": "T", "description": "D"})
	case strings.HasSuffix(template, "/{action}"):
		return s.call(token, name, url, object{"urgency": "high"})
	}
	return s.call(token, name, url, nil)
}

func TestEveryRouteForEverybody(t *testing.T) {
	d := newDesk(t)
	for operation, statuses := range expected {
		s := newStage(d)
		for i, caller := range callers {
			a := s.perform(s.tokenOf(caller), operation, s.path)
			if a.status != statuses[i] {
				t.Errorf("%s by %s: status %d, want %d: %s", operation, caller, a.status, statuses[i], a.body)
			}
			if a.status == http.StatusUnauthorized && !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s by %s: WWW-Authenticate is %q", operation, caller, a.header.Get("WWW-Authenticate"))
			}
			if a.status >= 400 && a.header.Get("Content-Type") != problemType {
				t.Errorf("%s by %s: Content-Type is %q", operation, caller, a.header.Get("Content-Type"))
			}
		}
	}
}

func TestEveryRouteIsInTheMatrix(t *testing.T) {
	d := newDesk(t)
	known := map[string]bool{}
	for _, op := range operations(d.face.huma.OpenAPI()) {
		name := op.Method + " " + op.Path
		known[name] = true
		if expected[name] == nil {
			t.Errorf("%s has no line in the matrix of rights", name)
		}
	}
	for name := range expected {
		words := strings.Fields(name)
		if !known[words[0]+" "+words[1]] {
			t.Errorf("%s is in the matrix and nowhere else", name)
		}
	}
}

var requestID = regexp.MustCompile(`,?"request_id":"[^"]*"`)

// What one may not see answers like what does not exist, to the letter.
func TestHiddenIsMissing(t *testing.T) {
	d := newDesk(t)
	s := newStage(d)
	for operation := range expected {
		if !strings.Contains(operation, "{number}") {
			continue
		}
		hidden := s.perform(s.token(storetest.Stan), operation, s.path)
		missing := s.perform(s.token(storetest.Stan), operation, "/api/v1/tickets/999999")
		if a, b := requestID.ReplaceAllString(string(hidden.body), ""), requestID.ReplaceAllString(string(missing.body), ""); a != b {
			t.Errorf("%s: hidden %s, missing %s", operation, a, b)
		}
	}
	hidden := d.as(storetest.Rita, http.StatusNotFound, "GET", s.path+"/documents/"+s.hidden, nil)
	missing := d.as(storetest.Rita, http.StatusNotFound, "GET", s.path+"/documents/none", nil)
	if hidden.code() != missing.code() {
		t.Errorf("document: %s and %s", hidden.body, missing.body)
	}
}

// A file is found on its own ticket only.
func TestADocumentBelongsToItsTicket(t *testing.T) {
	d := newDesk(t)
	s := newStage(d)
	other := d.open(storetest.Rita)
	d.as(storetest.Rita, http.StatusNotFound, "GET", other+"/documents/"+s.document, nil)
}

// The requester's side is told nothing of what is internal: not a word, not a key.
func TestNothingInternalReachesTheRequester(t *testing.T) {
	d := newDesk(t)
	s := newStage(d)
	d.as(storetest.Ann, http.StatusCreated, "POST", s.path+"/follow-ups", object{"text": "Réponse publique"})
	forbidden := []string{"Note secrète", "secret.txt", "Rappeler Rita", `"tasks"`, `"why"`, `"level"`, `"impact"`, "@example.org",
		`"qualified"`, `"noted"`, `"task_added"`, `"routed"`, `"internal":true`, s.hidden}
	wanted := []string{"Réponse publique", "public.txt", `"technician"`, "Ann Blanc"}
	for _, get := range []string{s.path, "/api/v1/tickets", "/api/v1/tickets?q=secrete", "/api/v1/teams", "/api/v1/people?q=ann", "/api/v1/services"} {
		body := string(d.as(storetest.Rita, http.StatusOK, "GET", get, nil).body)
		for _, word := range forbidden {
			if strings.Contains(body, word) {
				t.Errorf("%s tells the requester %q: %s", get, word, body)
			}
		}
		for _, word := range wanted {
			if get == s.path && !strings.Contains(body, word) {
				t.Errorf("%s does not tell the requester %q: %s", get, word, body)
			}
		}
	}
	agent := string(d.as(storetest.Ann, http.StatusOK, "GET", s.path, nil).body)
	for _, word := range []string{"Note secrète", "secret.txt", "Rappeler Rita"} {
		if !strings.Contains(agent, word) {
			t.Errorf("the agent is not told %q", word)
		}
	}
}

// A secret ticket changes nothing of what a stranger reads.
func TestAHiddenTicketChangesNothing(t *testing.T) {
	d := newDesk(t)
	d.open(storetest.Stan)
	read := func() string {
		var all string
		for _, query := range []string{"", "?q=page", "?limit=1", "?service=moodle", "?state=new", "?requester=rita", "?assignee=none"} {
			all += string(d.as(storetest.Stan, http.StatusOK, "GET", "/api/v1/tickets"+query, nil).body)
		}
		return all
	}
	before := read()
	d.open(storetest.Rita)
	if after := read(); after != before {
		t.Errorf("before %s, after %s", before, after)
	}
}

func TestDirectory(t *testing.T) {
	d := newDesk(t)
	if a := d.as(storetest.Rita, http.StatusUnprocessableEntity, "GET", "/api/v1/people", nil); a.fields()["q"] != "field.too_short" {
		t.Errorf("got %s", a.body)
	}
	found := d.as(storetest.Rita, http.StatusOK, "GET", "/api/v1/people?q=elan", nil).json["people"].([]any)
	if len(found) != 1 || len(found[0].(map[string]any)) != 3 {
		t.Errorf("found %v", found)
	}
	var everybody []string
	for next := "/api/v1/people?limit=5"; next != ""; {
		a := d.as(storetest.Fay, http.StatusOK, "GET", next, nil)
		everybody = append(everybody, texts(a.json["people"], "email")...)
		next = ""
		if cursor, _ := a.json["next_cursor"].(string); cursor != "" {
			next = "/api/v1/people?limit=5&cursor=" + cursor
		}
	}
	if len(everybody) != 14 {
		t.Errorf("%d persons: %v", len(everybody), everybody)
	}
	if teams := string(d.as(storetest.Ann, http.StatusOK, "GET", "/api/v1/teams", nil).body); !strings.Contains(teams, "Bob Noël") {
		t.Errorf("an agent does not see the members: %s", teams)
	}
	if teams := string(d.as(storetest.Rita, http.StatusOK, "GET", "/api/v1/teams", nil).body); strings.Contains(teams, "Bob Noël") || !strings.Contains(teams, "Support") {
		t.Errorf("a requester sees %s", teams)
	}
}

func TestMeAndServices(t *testing.T) {
	d := newDesk(t)
	me := d.as(storetest.Ann, http.StatusOK, "GET", "/api/v1/me", nil).json
	if me["name"] != "Ann Blanc" || me["email"] != "ann@example.org" || texts(me["teams"], "id")[0] != "support" {
		t.Errorf("me %v", me)
	}
	body := string(d.as(storetest.Rita, http.StatusOK, "GET", "/api/v1/services", nil).body)
	for word, there := range map[string]bool{"Moodle": true, `"key":"course"`: true, "Ancien": false, "Étudiants": false, "Devoirs": true} {
		if strings.Contains(body, word) != there {
			t.Errorf("%q in the catalogue: %v, want %v", word, !there, there)
		}
	}
}
