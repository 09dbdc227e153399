package app

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"guichet"
)

// reply is what a hostile request got.
type reply struct {
	status int
	header http.Header
	body   string
}

func (h *house) send(t *testing.T, role string, request *http.Request) reply {
	t.Helper()
	response, err := h.clients[role].Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(content)}
}

func (h *house) request(t *testing.T, method, path, kind, body string) *http.Request {
	t.Helper()
	request, err := http.NewRequest(method, h.server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	return request
}

const plainForm = "application/x-www-form-urlencoded"

func (h *house) post(t *testing.T, role, path string, form url.Values) reply {
	t.Helper()
	return h.send(t, role, h.request(t, http.MethodPost, path, plainForm, form.Encode()))
}

// attached is a form with files.
func (h *house) attached(t *testing.T, role, path string, form url.Values, files map[string]string) reply {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		for _, v := range values {
			if err := w.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, content := range files {
		part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="files"; filename=%q`, name)}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return h.send(t, role, h.request(t, http.MethodPost, path, w.FormDataContentType(), body.String()))
}

// What no database keeps, in the place of every part of every address, and in what comes back in
// lists, is an error of the asker.
func TestAddressesThatNoDatabaseKeeps(t *testing.T) {
	h := newHouse(t)
	cursor := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	var paths []string
	for _, route := range h.routes(t) {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodGet || strings.HasPrefix(path, "/api/") || !strings.Contains(path, "{") {
			continue
		}
		for _, bad := range []string{"%00", "%ff", "%ed%a0%80", "a%00b", "99999999999999999999", "-1", "%27"} {
			paths = append(paths, regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(path, bad))
		}
	}
	for _, param := range []string{"/tickets?after=", "/tickets?after=1.", "/tickets?show=", "/desk/open?q=", "/desk/open?person=",
		"/desk/open?after=", "/desk/open?q=x&after=1.", "/admin/people?after=", "/dev/mail?to=", "/?q=", "/services?q=", "/ask?text=", "/ask/suggestions?text="} {
		for _, bad := range []string{"%00", "%ff", "%ed%a0%80", "a%00b", "%zz", cursor("1 \x00"), cursor("-1 \xff"), strings.Repeat("a%20", 5000)} {
			paths = append(paths, param+bad)
		}
	}
	for _, path := range paths {
		for _, role := range []string{"demandeur", "moderateur", "adminfonc"} {
			request := h.request(t, http.MethodGet, "/", "", "")
			request.URL.Opaque = path // as it is
			if got := h.send(t, role, request); got.status >= 500 {
				t.Errorf("%s: GET %.60s answers %d", role, path, got.status)
			}
		}
	}
	for _, bad := range []string{"a\x00b", "\xff\xfe", "\xed\xa0\x80"} {
		form := url.Values{"title": {bad + "t"}, "description": {bad + "d"}, "kind": {"request"}, "urgency": {"medium"}, "work_place": {"on_site"},
			"for": {"me"}, "key": {bad}, "location": {bad}, "answers.x" + bad: {bad}, bad: {bad}, "login": {bad}, "password": {bad}, "token": {bad}}
		for _, path := range []string{"/services/moodle/moodle-demande", "/sign-in", "/profile", "/approvals/x"} {
			if got := h.post(t, "demandeur2", path, form); got.status >= 500 {
				t.Errorf("POST %s with %q answers %d", path, bad, got.status)
			}
		}
	}
}

// Nothing is done for a page of another site, whatever it says to be.
func TestOtherSitesChangeNothing(t *testing.T) {
	h := newHouse(t)
	s := h.tickets(t)["own"]
	before := h.now(t, s.number)
	asked := 0
	for _, route := range h.routes(t) {
		method, path, _ := strings.Cut(route, " ")
		if method == http.MethodGet || strings.HasPrefix(path, "/api/") {
			continue
		}
		path = strings.NewReplacer("{number}", fmt.Sprint(s.number), "/tasks/{id}", "/tasks/"+string(s.task), "{service}", "moodle",
			"{offering}", "moodle-demande", "{id}", "none").Replace(path)
		for _, header := range [][2]string{{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}} {
			request := h.request(t, method, path, plainForm, "text=x&mode=reply&reply.text=x&title=x")
			request.Header.Set(header[0], header[1])
			if got := h.send(t, "demandeur", request); got.status != http.StatusForbidden {
				t.Errorf("%s %s with %s: %d", method, path, header, got.status)
			}
			asked++
		}
		if path == "/sign-in" || path == "/sign-out" {
			continue
		}
		if got := h.send(t, "demandeur", h.request(t, method, path, "text/plain", `{"text":"x"}`)); got.status < 400 {
			t.Errorf("%s %s takes a plain text: %d", method, path, got.status)
		}
	}
	if after := h.now(t, s.number); asked < 40 || after.Version != before.Version || after.LastSeq != before.LastSeq {
		t.Errorf("after %d requests: version %d, event %d, were %d and %d", asked, after.Version, after.LastSeq, before.Version, before.LastSeq)
	}
}

func (h *house) now(t *testing.T, number int64) guichet.Ticket {
	t.Helper()
	v, err := h.app.Desk.View(context.Background(), guichet.SystemActor(), number, 0)
	if err != nil {
		t.Fatal(err)
	}
	return v.Ticket
}

func TestNobodyLeavesFilesWithoutSigningIn(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/sign-in", "/approvals/none"} {
		if got := h.attached(t, "anonymous", path, nil, map[string]string{"x.bin": "a file"}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a file at %s: %d", path, got.status)
		}
		big := url.Values{"a": {strings.Repeat("x", 400<<10), strings.Repeat("y", 400<<10), strings.Repeat("z", 400<<10)}}
		if got := h.attached(t, "anonymous", path, big, nil); got.status != http.StatusRequestEntityTooLarge {
			t.Errorf("more than a form at %s: %d", path, got.status)
		}
	}
}

func TestSigningInLeadsNowhereElse(t *testing.T) {
	h := newHouse(t)
	for _, next := range []string{"//evil.com", `/\evil.com`, `\\evil.com`, "https://evil.com", "http:evil.com", "javascript:alert(1)", "/\t/evil.com",
		"///evil.com", "/%2F/evil.com", "https:/evil.com", "@evil.com", "data:text/html,x", "%2f%2fevil.com", "//127.0.0.1@evil.com",
		"/\r\nLocation: //evil", "", "?x", "/\n/evil", "/ok\x00", "//evil%E3%80%82com", "/.//evil.com", "/..//evil.com", "/x/..//evil.com", "/%5cevil.com", "/%09/evil.com"} {
		to := h.send(t, "demandeur", h.request(t, http.MethodGet, "/sign-in?next="+url.QueryEscape(next), "", "")).header.Get("Location")
		u, err := url.Parse(to)
		if err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
			t.Errorf("%q leads to %q", next, to)
		}
	}
}

func TestASessionIsReplacedAndEnds(t *testing.T) {
	h := newHouse(t)
	h.enter(t, "demandeur")
	token := func() string {
		u, _ := url.Parse(h.server.URL)
		for _, c := range h.clients["demandeur"].Jar.Cookies(u) {
			if c.Name == "guichet_session" {
				return c.Value
			}
		}
		return ""
	}
	opens := func(session string) bool {
		request := h.request(t, http.MethodGet, "/profile", "", "")
		request.Header.Set("Cookie", "guichet_session="+session)
		return h.send(t, "anonymous", request).status == http.StatusOK
	}
	first := token()
	got := h.post(t, "demandeur", "/sign-in", url.Values{"login": {"demandeur2"}, "password": {matrixPassword}})
	second := token()
	if got.status != http.StatusSeeOther || first == second || opens(first) || !opens(second) {
		t.Errorf("signing in again: status %d, the same session %v, the old one opens %v", got.status, first == second, opens(first))
	}
	if cookie := got.header.Get("Set-Cookie"); !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
		t.Errorf("cookie %q", cookie)
	}
	h.post(t, "demandeur", "/sign-out", nil)
	if opens(second) || opens("gcs_made-up") {
		t.Error("a session goes on after its end")
	}
}

func TestTokensDoWhatTheirScopeSays(t *testing.T) {
	h := newHouse(t)
	s := h.tickets(t)["own"]
	issue := func(scope guichet.TokenScope, life time.Duration) string {
		token, err := h.app.Accounts.CreateToken(context.Background(), "moderateur", "scope", []guichet.TokenScope{scope}, time.Now().Add(life))
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	read, write, old := issue(guichet.TokenRead, time.Hour), issue(guichet.TokenWrite, time.Hour), issue(guichet.TokenRead, -time.Second)
	ask := func(token, method, path string) int {
		request := h.request(t, method, path, "application/json", `{"text":"x","title":"x","description":"x","service":"moodle","kind":"incident","reason":"x"}`)
		request.Header.Set("Authorization", "Bearer "+token)
		return h.send(t, "anonymous", request).status
	}
	before := h.now(t, s.number)
	for _, route := range h.routes(t) {
		method, path, _ := strings.Cut(route, " ")
		if !strings.HasPrefix(path, "/api/v1/") {
			continue
		}
		path = strings.NewReplacer("{number}", fmt.Sprint(s.number), "/tasks/{id}", "/tasks/"+string(s.task), "/documents/{id}", "/documents/"+string(s.document)).Replace(path)
		if got := ask(old, method, path); got != http.StatusUnauthorized {
			t.Errorf("a token that has run out: %s %s answers %d", method, path, got)
		}
		if got := ask(read, method, path); method != http.MethodGet && got < 400 {
			t.Errorf("a token to read: %s %s answers %d", method, path, got)
		}
		if got := ask(write, method, path); method == http.MethodGet && got != http.StatusForbidden {
			t.Errorf("a token to write: %s %s answers %d", method, path, got)
		}
		if method == http.MethodGet {
			continue
		}
		if after := h.now(t, s.number); ask(read, method, path) < 400 || after.Version < before.Version {
			t.Errorf("%s changed the ticket", route)
		}
	}
	if ask(write, http.MethodPost, fmt.Sprintf("/api/v1/tickets/%d/follow-ups", s.number)) == http.StatusForbidden {
		t.Error("a token to write may not")
	}
}

var keptFile = regexp.MustCompile(`name="kept_file"[^>]*value="([^"]*)"`)

// The reference by which a refused form gives its file back serves its sender only, as it is.
func TestAKeptFileIsItsSendersOnly(t *testing.T) {
	h := newHouse(t)
	form := url.Values{"title": {""}, "description": {"d"}, "kind": {"request"}, "urgency": {"medium"}, "work_place": {"on_site"}, "for": {"me"}}
	refused := h.attached(t, "demandeur", "/services/moodle/moodle-demande", form, map[string]string{"secret.txt": "very secret"})
	found := keptFile.FindStringSubmatch(refused.body)
	if found == nil {
		t.Fatalf("no reference to the file: %d", refused.status)
	}
	fields := strings.Split(found[1], "|")
	other := slices.Clone(fields)
	other[1] = strings.Repeat("0", 64)
	named := slices.Clone(fields)
	named[4] = "innocent.html"
	for _, c := range []struct {
		role, reference string
		files           int
	}{{"demandeur2", found[1], 0}, {"demandeur", strings.Join(other, "|"), 0}, {"demandeur", strings.Join(named, "|"), 0}, {"demandeur", "x", 0}, {"demandeur", found[1], 1}} {
		form.Set("title", "Avec un fichier")
		form.Set("kept_file", c.reference)
		got := h.post(t, c.role, "/services/moodle/moodle-demande", form)
		var number int64
		if _, err := fmt.Sscanf(got.header.Get("Location"), "/tickets/%d", &number); err != nil {
			t.Fatalf("%d: %v", got.status, err)
		}
		v, err := h.app.Desk.View(context.Background(), guichet.SystemActor(), number, 0)
		if err != nil || len(v.Documents) != c.files {
			t.Errorf("%s with %.20s…: %d files, %v", c.role, c.reference, len(v.Documents), err)
		}
	}
}

func TestFilesNeverActAsPages(t *testing.T) {
	h := newHouse(t)
	const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
	form := url.Values{"title": {"Fichiers"}, "description": {"d"}, "kind": {"request"}, "urgency": {"medium"}, "work_place": {"on_site"}, "for": {"me"}}
	got := h.attached(t, "demandeur", "/services/moodle/moodle-demande", form, map[string]string{
		"a.png": png, "svg.png": `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "page.jpg": "<html><script>alert(1)</script>",
		"b.svg": `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`, "c.pdf": "%PDF-1.7", "d.html": "<!doctype html><b>", "\"><b>.txt": "x"})
	var number int64
	if _, err := fmt.Sscanf(got.header.Get("Location"), "/tickets/%d", &number); err != nil {
		t.Fatalf("%d: %v", got.status, err)
	}
	v, err := h.app.Desk.View(context.Background(), guichet.SystemActor(), number, 0)
	if err != nil || len(v.Documents) != 7 {
		t.Fatalf("%d files, %v", len(v.Documents), err)
	}
	for _, d := range v.Documents {
		for _, path := range []string{"/documents/" + string(d.ID), fmt.Sprintf("/api/v1/tickets/%d/documents/%s", number, d.ID)} {
			request := h.request(t, http.MethodGet, path, "", "")
			request.Header.Set("Authorization", "Bearer "+h.tokens["demandeur"])
			file := h.send(t, "demandeur", request)
			inline := strings.HasPrefix(file.header.Get("Content-Disposition"), "inline")
			if file.status != http.StatusOK || inline && d.Name != "a.png" || !strings.Contains(file.header.Get("Content-Security-Policy"), "sandbox") ||
				file.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s at %s: %d, %v", d.Name, path, file.status, file.header)
			}
		}
	}
}
