package api

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"guichet/internal/jobs"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// An act on many tickets is looked at, begun once by its key, followed, and taken back.
func TestBulkActsOverTheAPI(t *testing.T) {
	d := newDesk(t)
	a, b, wifi := number(d.open(storetest.Rita)), number(d.open(storetest.Rita)), int64(999)
	todo := object{"act": "link", "relation": "child_of", "other": b, "tickets": []int64{a, b}}
	seen := d.as(storetest.Mona, http.StatusOK, "POST", "/api/v1/bulk-acts/preview", todo)
	refused := seen.json["refused"].([]any)[0].(map[string]any)
	if seen.json["changed"] != 1.0 || refused["code"] != "link.self" || refused["tickets"].([]any)[0] != float64(b) || refused["message"] == "" {
		t.Errorf("foreseen: %s", seen.body)
	}
	first := d.as(storetest.Mona, http.StatusAccepted, "POST", "/api/v1/bulk-acts", todo, "Idempotency-Key", "k1")
	again := d.as(storetest.Mona, http.StatusAccepted, "POST", "/api/v1/bulk-acts", todo, "Idempotency-Key", "k1")
	if first.json["id"] != again.json["id"] || first.json["bulk_state"] != "running" || first.json["waiting"] != 2.0 {
		t.Errorf("%s, then %s", first.body, again.body)
	}
	todo["relation"] = "related"
	if x := d.as(storetest.Mona, http.StatusConflict, "POST", "/api/v1/bulk-acts", todo, "Idempotency-Key", "k1"); x.code() != "idempotency.reused" {
		t.Errorf("another request with the same key: %s", x.body)
	}
	path := first.header.Get("Location")
	d.bulkJobs()
	done := d.as(storetest.Mona, http.StatusOK, "GET", path, nil)
	if done.json["bulk_state"] != "done" || done.json["changed"] != 1.0 || len(done.json["refused"].([]any)) != 1 || done.json["undoable"] != true {
		t.Errorf("done: %s", done.body)
	}
	d.as(storetest.Ann, http.StatusNotFound, "GET", path, nil)
	d.as(storetest.Ann, http.StatusNotFound, "POST", path+"/undo", nil)
	undo := d.as(storetest.Mona, http.StatusAccepted, "POST", path+"/undo", nil)
	d.bulkJobs()
	if back := d.as(storetest.Mona, http.StatusOK, "GET", undo.header.Get("Location"), nil); back.json["changed"] != 1.0 || back.json["undo_of"] != first.json["id"] {
		t.Errorf("taken back: %s", back.body)
	}
	if x := d.as(storetest.Mona, http.StatusConflict, "POST", path+"/undo", nil); x.code() != "bulk.nothing" {
		t.Errorf("twice: %s", x.body)
	}
	if list := d.as(storetest.Mona, http.StatusOK, "GET", "/api/v1/bulk-acts", nil); len(list.json["bulk_acts"].([]any)) != 2 {
		t.Errorf("list: %s", list.body)
	}
	for field, body := range map[string]object{
		"tickets": {"act": "tag", "tag": "x", "tickets": []int64{a, wifi}}, "tag": {"act": "tag", "tickets": []int64{a}}, "q": {"act": "tag", "tag": "x", "q": "statut:jamais"},
		"other": {"act": "link", "relation": "related", "other": wifi, "tickets": []int64{a}}, "solution": {"act": "tag", "tag": "x", "solution": "Fait", "tickets": []int64{a}},
		"act": {"act": "merge", "tickets": []int64{a}},
	} {
		for _, where := range []string{"", "/preview"} {
			if x := d.as(storetest.Mona, http.StatusUnprocessableEntity, "POST", "/api/v1/bulk-acts"+where, body); x.fields()[field] == "" {
				t.Errorf("%s: %s", field, x.body)
			}
		}
	}
	// Who may not act on many is told so, whatever else is asked for: not whether a name or a field is a good one.
	for _, body := range []object{todo, {"act": "assign", "technician": "bob", "tickets": []int64{a}}, {"act": "assign", "technician": "nobody", "tickets": []int64{a}}, {"act": "tag", "solution": "x", "q": "statut:jamais"}} {
		for _, where := range []string{"", "/preview"} {
			if x := d.as(storetest.Rita, http.StatusForbidden, "POST", "/api/v1/bulk-acts"+where, body); x.code() != "action.denied" {
				t.Errorf("%v: %s", body, x.body)
			}
		}
	}
}

// What a query finds is acted upon within the rights of the caller, and an act may be stopped.
func TestABulkActOnWhatAQueryFinds(t *testing.T) {
	d := newDesk(t)
	d.open(storetest.Rita)
	d.open(storetest.Rita)
	body := object{"act": "note", "text": "Vu.", "q": "statut:nouveau"}
	if seen := d.as(storetest.Mona, http.StatusOK, "POST", "/api/v1/bulk-acts/preview", body); seen.json["changed"] != 2.0 {
		t.Errorf("%s", seen.body)
	}
	begun := d.as(storetest.Mona, http.StatusAccepted, "POST", "/api/v1/bulk-acts", body)
	path := begun.header.Get("Location")
	if stopped := d.as(storetest.Mona, http.StatusOK, "POST", path+"/stop", nil); stopped.json["bulk_state"] != "cancelled" {
		t.Errorf("%s", stopped.body)
	}
	d.bulkJobs()
	if left := d.as(storetest.Mona, http.StatusOK, "GET", path, nil); left.json["waiting"] != 2.0 || left.json["undoable"] != false {
		t.Errorf("%s", left.body)
	}
}

// Views are kept, changed, shared, put in order and removed.
func TestSavedViewsOverTheAPI(t *testing.T) {
	d := newDesk(t)
	view := d.as(storetest.Mona, http.StatusCreated, "POST", "/api/v1/views", object{"name": "Urgents", "base": "open", "filter": "q=priorit%C3%A9%3Ahaute", "everybody": true})
	path := "/api/v1/views/" + view.json["id"].(string)
	other := d.as(storetest.Ann, http.StatusCreated, "POST", "/api/v1/views", object{"name": "À moi", "base": "mine"})
	names := func() (out []string) {
		for _, v := range d.as(storetest.Ann, http.StatusOK, "GET", "/api/v1/views", nil).json["views"].([]any) {
			out = append(out, v.(map[string]any)["name"].(string))
		}
		return out
	}
	if got := strings.Join(names(), ", "); got != "À moi, Urgents" {
		t.Error(got)
	}
	d.as(storetest.Ann, http.StatusNoContent, "POST", "/api/v1/views/order", object{"view_ids": []any{view.json["id"], other.json["id"]}})
	if got := strings.Join(names(), ", "); got != "Urgents, À moi" {
		t.Error(got)
	}
	d.as(storetest.Ann, http.StatusNotFound, "POST", path, object{"name": "Volée", "base": "open"})
	d.as(storetest.Ann, http.StatusNotFound, "POST", path+"/share", object{})
	d.as(storetest.Ann, http.StatusForbidden, "POST", "/api/v1/views", object{"name": "x", "base": "open", "everybody": true})
	changed := d.as(storetest.Mona, http.StatusOK, "POST", path, object{"name": "Très urgents", "base": "open", "role": "moderator"})
	if changed.json["name"] != "Très urgents" || changed.json["role"].(map[string]any)["id"] != "moderator" || changed.json["mine"] != true {
		t.Errorf("%s", changed.body)
	}
	if shared := d.as(storetest.Mona, http.StatusOK, "POST", path+"/share", object{"team": "support"}); shared.json["team"] == nil || shared.json["role"] != nil {
		t.Errorf("%s", shared.body)
	}
	for field, body := range map[string]object{"name": {"name": " ", "base": "open"}, "base": {"name": "x", "base": "none"}, "filter": {"name": "x", "base": "open", "filter": "q=%zz"},
		"share": {"name": "x", "base": "open", "team": "nowhere"}} {
		if x := d.as(storetest.Mona, http.StatusUnprocessableEntity, "POST", "/api/v1/views", body); x.fields()[field] == "" {
			t.Errorf("%s: %s", field, x.body)
		}
	}
	d.as(storetest.Mona, http.StatusNoContent, "POST", path+"/remove", nil)
	if got := strings.Join(names(), ", "); got != "À moi" {
		t.Error(got)
	}
}

// bulkJobs does the acts on many tickets that have begun.
func (d *desk) bulkJobs() {
	d.Helper()
	told := func(context.Context, *store.Tx, store.Job) error { return nil }
	runner := jobs.New(d.store, slog.New(slog.DiscardHandler), map[string]jobs.Handler{ticketing.JobNotify: told, ticketing.JobBulk: d.deps.Desk.BulkStep,
		ticketing.JobClose: told, ticketing.JobWake: told, ticketing.JobClock: told}, nil)
	for {
		n, err := runner.Once(d.ctx)
		if err != nil {
			d.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func number(path string) int64 {
	n, _ := strconv.ParseInt(path[strings.LastIndex(path, "/")+1:], 10, 64)
	return n
}
