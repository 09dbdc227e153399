package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

func TestRequestsThatCannotBeTaken(t *testing.T) {
	d := newDesk(t)
	token := d.token(storetest.Rita)
	path := d.open(storetest.Rita)
	long := strings.Repeat("x", guichet.MaxTitle+1)
	for _, c := range []struct {
		name, method, path string
		body               any
		status             int
		code, field        string
	}{
		{"not JSON", "POST", "/api/v1/tickets", `{"title": `, 400, "body.malformed", ""},
		{"two values", "POST", "/api/v1/tickets", `{} {}`, 400, "body.malformed", ""},
		{"no body", "POST", "/api/v1/tickets", nil, 400, "body.malformed", ""},
		{"a list", "POST", "/api/v1/tickets", `[]`, 400, "body.malformed", ""},
		{"a number for a text", "POST", "/api/v1/tickets", `{"title": 3, "description": "x"}`, 400, "invalid", "title=field.type"},
		{"an object for an answer", "POST", "/api/v1/tickets", `{"title": "t", "description": "x", "answers": {"where": {}}}`, 400, "invalid", "answers.where=field.type"},
		{"missing", "POST", "/api/v1/tickets", `{"service": "moodle", "kind": "incident"}`, 422, "invalid", "title=field.required"},
		{"blank", "POST", "/api/v1/tickets", `{"service": "moodle", "kind": "incident", "title": " ", "description": "x"}`, 422, "invalid", "title=field.required"},
		{"too long", "POST", "/api/v1/tickets", object{"service": "moodle", "kind": "incident", "title": long, "description": "x"}, 422, "invalid", "title=field.too_long"},
		{"unknown", "POST", "/api/v1/tickets", `{"title": "t", "description": "x", "colour": "red"}`, 422, "invalid", "colour=field.unknown"},
		{"unknown kind", "POST", "/api/v1/tickets", `{"title": "t", "description": "x", "kind": "war"}`, 422, "invalid", "kind=field.unknown_value"},
		{"unknown service", "POST", "/api/v1/tickets", `{"title": "t", "description": "x", "kind": "incident", "service": "lost"}`, 422, "invalid", "service=field.unknown_value"},
		{"nobody of that name", "POST", "/api/v1/tickets", `{"title": "t", "description": "x", "kind": "incident", "service": "moodle", "beneficiary": "zorglub"}`, 422, "invalid", "beneficiary=person.unknown"},
		{"an answer that is asked for", "POST", "/api/v1/tickets", `{"title": "t", "description": "x", "offering": "moodle-incident", "answers": {"where": "course"}}`, 422, "invalid", "answers.course=field.required"},
		{"an answer to no question", "POST", "/api/v1/tickets", `{"title": "t", "description": "x", "offering": "moodle-incident", "answers": {"x": "y"}}`, 422, "invalid", "answers.x=field.unknown"},
		{"too large", "POST", "/api/v1/tickets", `{"title": "` + strings.Repeat("x", maxBody) + `"}`, 413, "body.too_large", ""},
		{"no such action", "POST", path + "/actions/explode", nil, 404, "route.not_found", ""},
		{"no such number", "GET", "/api/v1/tickets/abc", nil, 404, "route.not_found", ""},
		{"number zero", "GET", "/api/v1/tickets/0", nil, 404, "route.not_found", ""},
		{"far number", "GET", "/api/v1/tickets/99999999999999999999", nil, 404, "route.not_found", ""},
		{"not now", "POST", path + "/actions/validate", nil, 409, "action.not_now", ""},
		{"no such route", "GET", "/api/v1/secrets", nil, 404, "route.not_found", ""},
		{"root", "GET", "/api/", nil, 404, "route.not_found", ""},
		{"wrong method", "DELETE", path, nil, 405, "method_not_allowed", ""},
		{"not UTF-8", "GET", "/api/v1/people?q=%ff%fe", nil, 400, "request.malformed", ""},
		{"NUL", "GET", "/api/v1/people?q=a%00b", nil, 400, "request.malformed", ""},
		{"NUL in the path", "GET", path + "/documents/a%00b", nil, 400, "request.malformed", ""},
		{"broken escape", "GET", "/api/v1/tickets?q=%zz", nil, 400, "request.malformed", ""},
	} {
		a := d.call(token, c.method, c.path, c.body)
		field, code, _ := strings.Cut(c.field, "=")
		if a.status != c.status || a.code() != c.code || a.fields()[field] != code {
			t.Errorf("%s: status %d, want %d %s %s: %.400s", c.name, a.status, c.status, c.code, c.field, a.body)
		}
		if a.header.Get("Content-Type") != problemType || a.json["status"] != float64(c.status) || a.json["request_id"] != a.header.Get("X-Request-Id") {
			t.Errorf("%s: not a problem: %.400s", c.name, a.body)
		}
		if strings.Contains(string(a.body), "⟦") {
			t.Errorf("%s: a message is missing: %s", c.name, a.body)
		}
	}
	if a := d.call(token, "POST", "/api/v1/tickets", "title=x", "Content-Type", "application/x-www-form-urlencoded"); a.status != 415 || a.code() != "body.media_type" {
		t.Errorf("a form: %d %s", a.status, a.body)
	}
	if allow := d.call(token, "DELETE", path, nil).header.Get("Allow"); !strings.Contains(allow, "GET") {
		t.Errorf("Allow: %q", allow)
	}
}

// Several wrong fields are told at once.
func TestEveryWrongFieldIsTold(t *testing.T) {
	d := newDesk(t)
	a := d.as(storetest.Rita, http.StatusUnprocessableEntity, "POST", "/api/v1/tickets", object{"service": "lost", "kind": "incident",
		"title": " ", "description": " ", "phone": "abc"})
	for field, code := range map[string]string{"service": "field.unknown_value", "title": "field.required",
		"description": "field.required", "phone": "field.phone"} {
		if a.fields()[field] != code {
			t.Errorf("%s: %q, want %q", field, a.fields()[field], code)
		}
	}
}

func TestProblemsSpeakTheLanguageOfTheCaller(t *testing.T) {
	d := newDesk(t)
	english := storetest.Actor(t, d.store, storetest.Stan).Person
	english.Locale = "en"
	if err := d.store.Write(d.ctx, func(tx *store.Tx) error { return tx.SavePerson(d.ctx, english) }); err != nil {
		t.Fatal(err)
	}
	const french, inEnglish = "Ce ticket n’existe pas, ou vous n’y avez pas accès.", "This ticket does not exist, or you have no access to it."
	for _, c := range []struct {
		who    guichet.ID
		accept string
		want   string
	}{
		{storetest.Rita, "", french}, {storetest.Rita, "en-GB,en;q=0.8", inEnglish}, {storetest.Rita, "de", french},
		{storetest.Stan, "", inEnglish}, {storetest.Stan, "fr-CA", french}, {storetest.Stan, "de;q=0.5", inEnglish},
	} {
		a := d.as(c.who, http.StatusNotFound, "GET", "/api/v1/tickets/77", nil, "Accept-Language", c.accept)
		if a.json["detail"] != c.want {
			t.Errorf("%s with %q: %v", c.who, c.accept, a.json["detail"])
		}
	}
	a := d.call("", "GET", "/api/v1/me", nil, "Accept-Language", "en")
	if !strings.Contains(a.json["detail"].(string), "Give a token") || a.json["title"] != "Token missing or refused" {
		t.Errorf("got %s", a.body)
	}
}

func TestKindsOfErrors(t *testing.T) {
	d := newDesk(t)
	secret := errors.New("dial tcp 10.0.0.1: password=hunter2")
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{guichet.Invalid("title", "field.required"), 422, "invalid"},
		{&guichet.Error{Kind: guichet.KindInvalid, Code: "body.broken", Err: secret}, 400, "body.broken"},
		{&guichet.Error{Kind: guichet.KindUnauthenticated, Code: "account.token_ended"}, 401, "account.token_ended"},
		{guichet.Denied("denied"), 403, "denied"},
		{guichet.NotFound("ticket"), 404, "ticket.not_found"},
		{guichet.Conflict("ticket.final"), 409, "ticket.final"},
		{&guichet.Error{Kind: guichet.KindTooLarge, Code: "file.too_large", Args: map[string]any{"Limit": int64(5)}}, 413, "file.too_large"},
		{guichet.Unavailable("storage.unavailable", secret), 503, "storage.unavailable"},
		{&guichet.Error{Kind: guichet.KindInternal, Code: "file.corrupt", Err: secret}, 500, "internal"},
		{secret, 500, "internal"},
	} {
		p := d.face.problem(context.Background(), c.err)
		if p.Status != c.status || p.Code != c.code {
			t.Errorf("%v: %d %s", c.err, p.Status, p.Code)
		}
		if strings.Contains(p.Detail+p.Title, "hunter2") || p.Detail == "" || strings.Contains(p.Detail, "⟦") {
			t.Errorf("%v: told as %q", c.err, p.Detail)
		}
		if got := p.GetHeaders().Get("Retry-After") != ""; got != (c.status == 503) {
			t.Errorf("%v: Retry-After given: %v", c.err, got)
		}
	}
}

// A token that has ended, and one whose person has left, open nothing.
func TestTokensEnd(t *testing.T) {
	d := newDesk(t)
	token := d.token(storetest.Rita)
	gone := storetest.Actor(t, d.store, storetest.Rita).Person
	gone.Active = false
	if err := d.store.Write(d.ctx, func(tx *store.Tx) error { return tx.SavePerson(d.ctx, gone) }); err != nil {
		t.Fatal(err)
	}
	for _, given := range []string{token, "x", strings.ToUpper(token), token + "a"} {
		if a := d.call(given, "GET", "/api/v1/me", nil); a.status != http.StatusUnauthorized || a.code() != "account.token_ended" {
			t.Errorf("status %d: %s", a.status, a.body)
		}
	}
	if a := d.call("", "GET", "/api/v1/me", nil, "Authorization", "Basic cml0YTp4"); a.code() != "token.missing" {
		t.Errorf("another scheme: %s", a.body)
	}
}
