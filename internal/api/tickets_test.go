package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guichet"
	"guichet/internal/httpx"
	"guichet/internal/store/storetest"
)

// texts lists a field of each object of a list.
func texts(list any, field string) []string {
	var out []string
	items, _ := list.([]any)
	for _, x := range items {
		s, _ := x.(map[string]any)[field].(string)
		out = append(out, s)
	}
	return out
}

func TestOneLifeOverTheAPI(t *testing.T) {
	d := newDesk(t)
	path := d.open(storetest.Rita, object{"offering": "moodle-incident", "beneficiary": "ben",
		"answers": object{"where": []string{"course"}, "course": "Chimie"}})
	until := time.Now().Add(48 * time.Hour).UTC().Format(time.RFC3339)
	for _, step := range []struct {
		who    guichet.ID
		action string
		body   any
		state  string
	}{
		{storetest.Mona, "qualify", object{"service": "homework", "urgency": "high", "impact": "high"}, "new"},
		{storetest.Mona, "assign", object{"team": "support", "technician": "bob"}, "assigned"},
		{storetest.Bob, "hold", object{"pending_reason": "planned", "until": until}, "pending"},
		{storetest.Bob, "resume", nil, "assigned"},
		{storetest.Bob, "resolve", object{"solution": "Droits remis.", "service": "moodle"}, "resolved"},
		{storetest.Ben, "reject-solution", object{"reason": "Toujours blanc."}, "assigned"},
		{storetest.Bob, "resolve", object{"solution": "Cache vidé."}, "resolved"},
		{storetest.Rita, "validate", object{"rating_time": 4, "rating_answers": 5}, "closed"},
	} {
		a := d.as(step.who, http.StatusOK, "POST", path+"/actions/"+step.action, step.body)
		if a.json["state"] != step.state {
			t.Fatalf("%s leads to %v, want %s", step.action, a.json["state"], step.state)
		}
	}
	agent := d.as(storetest.Bob, http.StatusOK, "GET", path, nil).json
	kinds := texts(agent["timeline"], "kind")
	want := []string{"opened", "qualified", "assigned", "held", "resumed", "resolved", "solution_rejected", "resolved", "validated"}
	if !slices.Equal(kinds, want) {
		t.Errorf("timeline %v, want %v", kinds, want)
	}
	if agent["priority"] != "critical" || agent["rating_answers"] != 5.0 || agent["technician"].(map[string]any)["name"] != "Bob Noël" {
		t.Errorf("ticket %v", agent)
	}
	assigned := agent["timeline"].([]any)[2].(map[string]any)["changes"]
	if got := texts(assigned, "to_name"); !slices.Contains(got, "Support") || !slices.Contains(got, "Bob Noël") {
		t.Errorf("names of the assignment: %v", got)
	}
}

func TestOpenAnswers(t *testing.T) {
	d := newDesk(t)
	a := d.as(storetest.Rita, http.StatusCreated, "POST", "/api/v1/tickets", object{"service": "wifi", "kind": "incident",
		"title": "Plus de wifi", "description": "Depuis ce matin.", "urgency": "low"})
	if got := a.header.Get("Location"); got != "/api/v1/tickets/1" {
		t.Errorf("Location %q", got)
	}
	for field, want := range (object{"number": 1.0, "state": "assigned", "channel": "api", "priority": "low"}) {
		if a.json[field] != want {
			t.Errorf("%s is %v, want %v", field, a.json[field], want)
		}
	}
	if got := a.json["service"].(map[string]any)["name"]; got != "Réseau / Wifi" {
		t.Errorf("service %v", got)
	}
	for _, field := range []string{"pending_until", "technician", "level", "impact", "close_at"} {
		if v, there := a.json[field]; there {
			t.Errorf("%s is there: %v", field, v)
		}
	}
}

// What a requester may not set is refused, and nothing is written.
func TestNothingElseCanBeSet(t *testing.T) {
	d := newDesk(t)
	base := func(field string, value any) object {
		return object{"service": "moodle", "kind": "incident", "title": "Titre", "description": "Texte", field: value}
	}
	for field, value := range (object{"state": "closed", "number": 7, "id": "x", "version": 9, "organisation": "rennes",
		"technician": "bob", "team": "support", "priority": "critical", "impact": "high", "opened_at": "2020-01-01T00:00:00Z",
		"role": "moderator", "is_admin": true, "password_hash": "x", "workflow": "recorded"}) {
		a := d.call(d.token(storetest.Rita), "POST", "/api/v1/tickets", base(field, value))
		if a.status != http.StatusUnprocessableEntity || a.fields()[field] != "field.unknown" {
			t.Errorf("%s: status %d, %s", field, a.status, a.body)
		}
	}
	a := d.call(d.token(storetest.Rita), "POST", "/api/v1/tickets", base("requester", "stan"))
	if a.status != http.StatusForbidden || a.code() != "open.for_others" {
		t.Errorf("requester: status %d, %s", a.status, a.body)
	}
	path := d.open(storetest.Rita)
	for _, field := range []string{"solution", "team", "technician", "until", "rating_time"} {
		value := any("x")
		switch field {
		case "rating_time":
			value = 3
		case "until":
			value = "2030-01-01T00:00:00Z"
		}
		a := d.call(d.token(storetest.Rita), "POST", path+"/actions/cancel", object{field: value})
		if a.status != http.StatusUnprocessableEntity || a.fields()[field] != "field.unknown" {
			t.Errorf("cancel with %s: status %d, %s", field, a.status, a.body)
		}
	}
	list := d.as(storetest.Fay, http.StatusOK, "GET", "/api/v1/tickets", nil)
	if got := texts(list.json["tickets"], "state"); !slices.Equal(got, []string{"new"}) {
		t.Errorf("tickets in the desk: %v", got)
	}
}

func TestModeratorRecordsForAnother(t *testing.T) {
	d := newDesk(t)
	a := d.as(storetest.Mona, http.StatusCreated, "POST", "/api/v1/tickets", object{"service": "moodle", "kind": "incident",
		"title": "Appel", "description": "Par téléphone", "requester": "rita", "channel": "phone"})
	if a.json["requester"].(map[string]any)["name"] != "Rita Durand" || a.json["channel"] != "phone" {
		t.Errorf("got %s", a.body)
	}
}

func TestIdempotency(t *testing.T) {
	d := newDesk(t)
	body := object{"service": "moodle", "kind": "incident", "title": "Une fois", "description": "Une seule"}
	first := d.as(storetest.Rita, http.StatusCreated, "POST", "/api/v1/tickets", body, "Idempotency-Key", "k1")
	again := d.as(storetest.Rita, http.StatusCreated, "POST", "/api/v1/tickets", body, "Idempotency-Key", "k1")
	if first.json["number"] != again.json["number"] || again.header.Get("Location") != first.header.Get("Location") {
		t.Errorf("%v then %v", first.json["number"], again.json["number"])
	}
	body["title"] = "Autre chose"
	if a := d.as(storetest.Rita, http.StatusConflict, "POST", "/api/v1/tickets", body, "Idempotency-Key", "k1"); a.code() != "idempotency.reused" {
		t.Errorf("code %s", a.code())
	}
	other := d.as(storetest.Stan, http.StatusCreated, "POST", "/api/v1/tickets", body, "Idempotency-Key", "k1")
	if other.json["number"] == first.json["number"] {
		t.Error("the key of one person opens the ticket of another")
	}
	path := first.header.Get("Location")
	for range 2 {
		d.as(storetest.Rita, http.StatusCreated, "POST", path+"/follow-ups", object{"text": "Encore"}, "Idempotency-Key", "k2")
	}
	got := texts(d.as(storetest.Rita, http.StatusOK, "GET", path, nil).json["timeline"], "text")
	if !slices.Equal(got, []string{"", "Encore"}) {
		t.Errorf("timeline %q", got)
	}
	if a := d.as(storetest.Rita, http.StatusUnprocessableEntity, "POST", "/api/v1/tickets", body, "Idempotency-Key", "é"); a.fields()["Idempotency-Key"] != "field.key" {
		t.Errorf("a key that is not ASCII: %s", a.body)
	}
}

func TestEightAtOnceOpenOneTicket(t *testing.T) {
	d := newDesk(t)
	token := d.token(storetest.Rita)
	body := object{"service": "moodle", "kind": "incident", "title": "Ensemble", "description": "Huit fois"}
	var group sync.WaitGroup
	answers := make([]answer, 8)
	for i := range answers {
		group.Go(func() {
			answers[i] = d.call(token, "POST", "/api/v1/tickets", body, "Idempotency-Key", "once")
		})
	}
	group.Wait()
	for _, a := range answers {
		if a.status != http.StatusCreated || a.json["number"] != answers[0].json["number"] {
			t.Errorf("status %d, %s", a.status, a.body)
		}
	}
	list := d.as(storetest.Rita, http.StatusOK, "GET", "/api/v1/tickets", nil)
	if n := len(list.json["tickets"].([]any)); n != 1 {
		t.Errorf("%d tickets", n)
	}
}

func TestTheSecondToClaimIsToldByWhom(t *testing.T) {
	d := newDesk(t)
	path := d.open(storetest.Rita, object{"service": "wifi"})
	d.as(storetest.Max, http.StatusOK, "POST", path+"/actions/assign", object{"team": "support"})
	d.as(storetest.Ann, http.StatusOK, "POST", path+"/actions/claim", nil)
	a := d.as(storetest.Bob, http.StatusConflict, "POST", path+"/actions/claim", nil, "Accept-Language", "fr")
	if a.code() != "ticket.claimed" || !strings.Contains(a.json["detail"].(string), "Ann Blanc") {
		t.Errorf("got %s", a.body)
	}
}

func TestAnActOnAnOldVersionIsRefused(t *testing.T) {
	d := newDesk(t)
	path := d.open(storetest.Rita)
	d.as(storetest.Mona, http.StatusOK, "POST", path+"/actions/qualify", object{"urgency": "high", "version": 1})
	if a := d.as(storetest.Mona, http.StatusConflict, "POST", path+"/actions/qualify", object{"urgency": "low", "version": 1}); a.code() != "ticket.changed" {
		t.Errorf("code %s", a.code())
	}
}

// An act that takes the ticket out of one's sight still answers.
func TestHandingOverToAnother(t *testing.T) {
	d := newDesk(t)
	path := d.open(storetest.Rita, object{"service": "wifi"})
	d.as(storetest.Cleo, http.StatusOK, "POST", path+"/actions/claim", nil)
	a := d.as(storetest.Cleo, http.StatusOK, "POST", path+"/actions/escalate",
		object{"team": "core", "technician": "dan", "level": "N3", "reason": "Cœur de réseau"})
	if a.json["technician"].(map[string]any)["name"] != "Dan Le Goff" {
		t.Errorf("got %s", a.body)
	}
	d.as(storetest.Cleo, http.StatusNotFound, "GET", path, nil)
}

func TestList(t *testing.T) {
	d := newDesk(t)
	for i := range 5 {
		d.open(storetest.Rita, object{"title": fmt.Sprintf("Ticket %d", i)})
	}
	wifi := d.open(storetest.Stan, object{"service": "wifi", "title": "Borne éteinte", "urgency": "high"})
	d.as(storetest.Cleo, http.StatusOK, "POST", wifi+"/actions/claim", nil)
	for query, want := range map[string]int{"": 6, "state=new": 5, "state=new,assigned": 6, "open=true": 6, "service=learning": 5,
		"team=network-team": 1, "assignee=none": 5, "assignee=cleo": 1, "assignee=me": 0, "requester=me": 0, "requester=rita": 5,
		"priority=high": 1, "kind=request": 0, "kind=incident": 6, "organisation=lyon": 5, "q=borne": 1, "q=%22%27%3B--": 0} {
		a := d.as(storetest.Fay, http.StatusOK, "GET", "/api/v1/tickets?"+query, nil)
		if n := len(a.json["tickets"].([]any)); n != want {
			t.Errorf("%s: %d tickets, want %d", query, n, want)
		}
	}
	for query, field := range map[string]string{"state=lost": "state[0]", "limit=101": "limit", "limit=0": "limit", "cursor=x": "cursor",
		"colour=red": "colour", "cursor=MTIzIOKCrA": "cursor"} {
		a := d.as(storetest.Fay, http.StatusUnprocessableEntity, "GET", "/api/v1/tickets?"+query, nil)
		if a.fields()[field] == "" {
			t.Errorf("%s: %s", query, a.body)
		}
	}
	if a := d.as(storetest.Fay, http.StatusBadRequest, "GET", "/api/v1/tickets?limit=many", nil); a.fields()["limit"] != "field.type" {
		t.Errorf("limit=many: %s", a.body)
	}
}

func TestPagesHoldEachTicketOnce(t *testing.T) {
	d := newDesk(t)
	for range 7 {
		d.open(storetest.Rita)
	}
	var seen []float64
	for next := "/api/v1/tickets?limit=3"; next != ""; {
		a := d.as(storetest.Rita, http.StatusOK, "GET", next, nil)
		for _, x := range a.json["tickets"].([]any) {
			seen = append(seen, x.(map[string]any)["number"].(float64))
		}
		next = ""
		if cursor, _ := a.json["next_cursor"].(string); cursor != "" {
			next = "/api/v1/tickets?limit=3&cursor=" + cursor
		}
	}
	slices.Sort(seen)
	if !slices.Equal(seen, []float64{1, 2, 3, 4, 5, 6, 7}) {
		t.Errorf("seen %v", seen)
	}
}

func TestFollowUps(t *testing.T) {
	d := newDesk(t)
	path := d.open(storetest.Rita)
	a := d.as(storetest.Rita, http.StatusCreated, "POST", path+"/follow-ups", object{"text": "Bonjour"})
	if a.json["follow_on"] != false || a.json["event"].(map[string]any)["kind"] != "followed_up" {
		t.Errorf("got %s", a.body)
	}
	d.as(storetest.Rita, http.StatusForbidden, "POST", path+"/follow-ups", object{"text": "Caché", "internal": true})
	d.as(storetest.Rita, http.StatusOK, "POST", path+"/actions/cancel", nil)
	after := d.as(storetest.Rita, http.StatusCreated, "POST", path+"/follow-ups", object{"text": "Finalement si"})
	if after.json["follow_on"] != true || after.header.Get("Location") == path {
		t.Errorf("got %s at %s", after.body, after.header.Get("Location"))
	}
}

func TestTasks(t *testing.T) {
	d := newDesk(t)
	path := d.open(storetest.Rita)
	due := "2030-05-04T08:00:00Z"
	a := d.as(storetest.Mona, http.StatusCreated, "POST", path+"/tasks", object{"title": "Appeler", "technician": "ann", "due": due, "minutes": 30})
	if a.json["due"] != due || a.json["technician"].(map[string]any)["name"] != "Ann Blanc" {
		t.Errorf("got %s", a.body)
	}
	done := path + "/tasks/" + a.json["id"].(string) + "/done"
	d.as(storetest.Mona, http.StatusNoContent, "POST", done, nil)
	if again := d.as(storetest.Mona, http.StatusConflict, "POST", done, nil); again.code() != "task.done" {
		t.Errorf("code %s", again.code())
	}
	d.as(storetest.Mona, http.StatusNotFound, "POST", path+"/tasks/none/done", nil)
	wrong := d.as(storetest.Mona, http.StatusUnprocessableEntity, "POST", path+"/tasks", object{"title": "x", "technician": "rita", "due": "demain"})
	if wrong.fields()["due"] != "field.moment" {
		t.Errorf("got %s", wrong.body)
	}
}

func TestApprovalOverTheAPI(t *testing.T) {
	d := newDesk(t)
	path := d.open(storetest.Rita, object{"offering": "moodle-access", "kind": "request"})
	seen := d.as(storetest.Dora, http.StatusOK, "GET", path, nil).json
	if seen["state"] != "awaiting_approval" || seen["approvals"].([]any)[0].(map[string]any)["awaits_you"] != true {
		t.Fatalf("seen by the approver: %v", seen)
	}
	d.as(storetest.Rita, http.StatusForbidden, "POST", path+"/actions/approve", nil)
	if a := d.as(storetest.Dora, http.StatusUnprocessableEntity, "POST", path+"/actions/refuse", nil); a.fields()["reason"] != "field.required" {
		t.Errorf("refused without a reason: %s", a.body)
	}
	for _, who := range []guichet.ID{storetest.Dora, storetest.Olga, storetest.Omar} {
		d.as(who, http.StatusOK, "POST", path+"/actions/approve", nil)
	}
	steps := d.as(storetest.Rita, http.StatusOK, "GET", path, nil).json["approval_steps"].([]any)
	if last := steps[1].(map[string]any); len(steps) != 2 || last["need"] != 2.0 || last["asked"] != 2.0 || last["verdict"] != "approved" {
		t.Errorf("steps %v", steps)
	}
	if got := d.as(storetest.Rita, http.StatusOK, "GET", path, nil).json["state"]; got != "new" {
		t.Errorf("state %v", got)
	}
}

func TestATokenHasItsPace(t *testing.T) {
	d := newDesk(t, func(deps *Deps) { deps.Rate = httpx.Rate{PerSecond: 0.001, Burst: 2} })
	for range 2 {
		d.as(storetest.Rita, http.StatusOK, "GET", "/api/v1/me", nil)
	}
	a := d.as(storetest.Rita, http.StatusTooManyRequests, "GET", "/api/v1/me", nil)
	if a.code() != "too_many_requests" || a.header.Get("Retry-After") == "" {
		t.Errorf("got %s", a.body)
	}
	d.as(storetest.Stan, http.StatusOK, "GET", "/api/v1/me", nil)
}

func TestEightAtOnceSayItOnce(t *testing.T) {
	d := newDesk(t)
	path, token := d.open(storetest.Rita), d.token(storetest.Rita)
	var group sync.WaitGroup
	answers := make([]answer, 8)
	for i := range answers {
		group.Go(func() {
			answers[i] = d.call(token, "POST", path+"/follow-ups", object{"text": "Un mot"}, "Idempotency-Key", "said")
		})
	}
	group.Wait()
	for _, a := range answers {
		if a.status != http.StatusCreated {
			t.Errorf("status %d, %s", a.status, a.body)
		}
	}
	got := texts(d.as(storetest.Rita, http.StatusOK, "GET", path, nil).json["timeline"], "text")
	if !slices.Equal(got, []string{"", "Un mot"}) {
		t.Errorf("timeline %q", got)
	}
}
