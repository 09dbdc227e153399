package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/announcing"
	"guichet/internal/blob"
	"guichet/internal/directory"
	"guichet/internal/httpx"
	"guichet/internal/i18n"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// desk is an API on a real database, with the cast of the tests.
type desk struct {
	*testing.T
	ctx    context.Context
	store  *store.Store
	blobs  *blob.Store
	deps   Deps
	face   *face
	url    string
	tokens map[guichet.ID]string
}

func newDesk(t *testing.T, change ...func(*Deps)) *desk {
	t.Helper()
	s := storetest.Open(t, nil)
	storetest.Fill(t, s)
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{T: t, ctx: t.Context(), store: s, blobs: files, tokens: map[guichet.ID]string{}}
	desk := ticketing.New(s)
	d.deps = Deps{Desk: desk, Directory: directory.New(s), Announcing: announcing.New(s, desk.Announced), Accounts: account.New(s, account.NewHasher()),
		Blobs: files, I18n: texts, Log: slog.New(slog.DiscardHandler), Version: "test"}
	for _, c := range change {
		c(&d.deps)
	}
	if d.face, err = newFace(d.deps); err != nil {
		t.Fatal(err)
	}
	handler, err := New(d.deps)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(httpx.RequestID(handler))
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

// token makes a token for a person, once.
func (d *desk) token(person guichet.ID, scopes ...guichet.TokenScope) string {
	d.Helper()
	if len(scopes) == 0 && d.tokens[person] != "" {
		return d.tokens[person]
	}
	token, err := d.deps.Accounts.CreateToken(d.ctx, string(person), "test", scopes, time.Time{})
	if err != nil {
		d.Fatalf("token of %s: %v", person, err)
	}
	if len(scopes) == 0 {
		d.tokens[person] = token
	}
	return token
}

// answer is what the API said.
type answer struct {
	status int
	header http.Header
	body   []byte
	json   map[string]any
}

// code is the code of a problem.
func (a answer) code() string {
	code, _ := a.json["code"].(string)
	return code
}

// fields maps each wrong field to its code.
func (a answer) fields() map[string]string {
	out := map[string]string{}
	list, _ := a.json["errors"].([]any)
	for _, e := range list {
		m := e.(map[string]any)
		out[m["field"].(string)] = m["code"].(string)
	}
	return out
}

// call sends a JSON request with a token; header holds pairs of name and value.
func (d *desk) call(token, method, path string, body any, header ...string) answer {
	d.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = bytes.NewReader([]byte(b))
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			d.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(d.ctx, method, d.url+path, reader)
	if err != nil {
		d.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if reader != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return d.send(r)
}

func (d *desk) send(r *http.Request) answer {
	d.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		d.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	a := answer{status: resp.StatusCode, header: resp.Header}
	if a.body, err = io.ReadAll(resp.Body); err != nil {
		d.Fatal(err)
	}
	_ = json.Unmarshal(a.body, &a.json) // a page or a file has none
	return a
}

// as calls in the name of a person and expects a status.
func (d *desk) as(person guichet.ID, want int, method, path string, body any, header ...string) answer {
	d.Helper()
	a := d.call(d.token(person), method, path, body, header...)
	if a.status != want {
		d.Fatalf("%s: %s %s: status %d, want %d: %s", person, method, path, a.status, want, a.body)
	}
	return a
}

type object = map[string]any

// open opens an incident on Moodle and returns its path.
func (d *desk) open(person guichet.ID, more ...object) string {
	d.Helper()
	body := object{"service": "moodle", "kind": "incident", "title": "Cours inaccessible", "description": "Une page blanche.",
		"urgency": "medium"}
	for _, m := range more {
		for k, v := range m {
			body[k] = v
		}
	}
	a := d.as(person, http.StatusCreated, "POST", "/api/v1/tickets", body)
	return "/api/v1/tickets/" + strconv.Itoa(int(a.json["number"].(float64)))
}

func TestTemplatesOfATicket(t *testing.T) {
	d := newDesk(t)
	path := d.open(storetest.Rita)
	d.as(storetest.Mona, http.StatusOK, "POST", path+"/actions/assign", object{"team": "support", "technician": "ann"})
	if got := string(d.as(storetest.Ann, http.StatusOK, "GET", path+"/templates", nil).body); !strings.Contains(got, `"templates":[]`) {
		t.Errorf("without templates: %s", got)
	}
	err := d.store.Write(context.Background(), func(tx *store.Tx) error {
		desk := storetest.Desk()
		desk.Templates = map[guichet.ID]guichet.Template{
			"hello": {ID: "hello", Kind: guichet.TemplateReply, Name: "Saluer", Body: guichet.Wording{"fr": "Bonjour {{demandeur.nom}}"}},
			"waves": {ID: "waves", Kind: guichet.TemplateReply, Name: "Ondes", Services: []guichet.ID{storetest.Network}, Body: guichet.Wording{"fr": "x"}}}
		return tx.SaveDesk(context.Background(), desk)
	})
	if err != nil {
		t.Fatal(err)
	}
	got := string(d.as(storetest.Ann, http.StatusOK, "GET", path+"/templates", nil).body)
	if !strings.Contains(got, "Bonjour Rita Durand") || strings.Contains(got, "waves") {
		t.Errorf("templates: %s", got)
	}
}
