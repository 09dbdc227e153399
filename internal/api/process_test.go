package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
)

// A file is sent, its preview read and applied by a program as by the screens: only what was read.
func TestPeopleAreImportedByAProgram(t *testing.T) {
	d := newDesk(t)
	fay := storetest.Fay
	refused := d.as(fay, http.StatusUnprocessableEntity, "POST", "/api/v1/imports", object{"kind": "people", "name": "vide.csv", "content": ""})
	if refused.fields() == nil {
		t.Errorf("an empty file: %s", refused.body)
	}
	m := d.as(fay, http.StatusCreated, "POST", "/api/v1/imports", object{"kind": "people", "name": "agents.csv",
		"content": "matricule;nom;prénom;courriel;site\nE-900;Kerserho;Jean-François;jfk@example.org;Laboratoire\nE-901;Faure;Zoé;zoe@;Laboratoire\n"}).json
	path := "/api/v1/imports/" + m["id"].(string)
	if m["import_state"] != "preview" || m["counts"].(map[string]any)["create"] != 1.0 || m["counts"].(map[string]any)["faulty"] != 1.0 {
		t.Fatalf("preview: %v", m)
	}
	page := d.as(fay, http.StatusOK, "GET", path+"?outcome=faulty", nil)
	if body := string(page.body); !strings.Contains(body, `"line":3`) || !strings.Contains(body, "field.email") || strings.Contains(body, "Kerserho") {
		t.Errorf("faulty lines: %s", body)
	}
	d.as(storetest.Mona, http.StatusNotFound, "GET", path, nil)
	d.as(fay, http.StatusConflict, "POST", path+"/apply", object{"fingerprint": "another"})
	d.as(fay, http.StatusUnprocessableEntity, "POST", path+"/apply", object{"fingerprint": m["fingerprint"]})
	begun := d.as(fay, http.StatusOK, "POST", path+"/apply", object{"fingerprint": m["fingerprint"], "skip": true}).json
	if begun["import_state"] != "running" {
		t.Errorf("applied: %v", begun)
	}
	d.as(fay, http.StatusConflict, "POST", path+"/apply", object{"fingerprint": m["fingerprint"], "skip": true})
	storetest.RunUnlucky(t, d.store, map[string]func(context.Context, *store.Tx, store.Job) error{"directory.import": d.deps.Directory.Step})
	if done := d.as(fay, http.StatusOK, "GET", path, nil).json; done["import_state"] != "done" || done["applied"] != 2.0 {
		t.Errorf("done: %v", done)
	}
	if found := d.as(fay, http.StatusOK, "GET", "/api/v1/people?q=kerserho", nil).json["people"].([]any); len(found) != 1 {
		t.Errorf("found %v", found)
	}
}

func TestAbsencesByAProgram(t *testing.T) {
	d := newDesk(t)
	a := d.as(storetest.Dora, http.StatusCreated, "POST", "/api/v1/absences", object{"first": "2099-04-06", "last": "2099-04-10", "deputy": "mona", "note": "Congés"}).json
	if a["first"] != "2099-04-06" || a["last"] != "2099-04-10" || a["deputy"].(map[string]any)["name"] != "Mona Girard" {
		t.Fatalf("declared: %v", a)
	}
	wrong := d.as(storetest.Dora, http.StatusUnprocessableEntity, "POST", "/api/v1/absences", object{"first": "2099-05-06", "last": "2099-05-01", "deputy": "licorne"})
	if len(wrong.fields()) == 0 {
		t.Errorf("wrong fields: %s", wrong.body)
	}
	if list := d.as(storetest.Mona, http.StatusOK, "GET", "/api/v1/absences", nil).json; len(list["deputising"].([]any)) != 1 || len(list["absences"].([]any)) != 0 {
		t.Errorf("of the deputy: %v", list)
	}
	d.as(storetest.Rita, http.StatusNotFound, "GET", "/api/v1/absences?person=dora", nil)
	d.as(storetest.Dora, http.StatusNoContent, "POST", "/api/v1/absences/"+a["id"].(string)+"/end", nil)
	d.as(storetest.Dora, http.StatusNotFound, "POST", "/api/v1/absences/"+a["id"].(string)+"/end", nil)
}

// A contact, a pause that is decided afterwards and the points to check, by a program.
func TestClocksAndPointsByAProgram(t *testing.T) {
	d := newDesk(t)
	if err := d.store.Write(t.Context(), func(tx *store.Tx) error {
		desk := storetest.Desk()
		desk.Templates = map[guichet.ID]guichet.Template{"points": {ID: "points", Kind: guichet.TemplateChecklist, Name: "Points",
			Items: []guichet.CheckItem{{Key: "appel", Text: guichet.Wording{"fr": "Rappeler", "en": "Call back"}, Required: true}}}}
		o := desk.Offerings[storetest.Incident]
		o.Checklists = []guichet.ID{"points"}
		desk.Offerings[storetest.Incident] = o
		return tx.SaveDesk(t.Context(), desk)
	}); err != nil {
		t.Fatal(err)
	}
	s := newStage(d)
	d.as(storetest.Ann, http.StatusOK, "POST", s.path+"/contacts", object{"medium": "phone", "note": "Rappelée"})
	d.as(storetest.Ann, http.StatusUnprocessableEntity, "POST", s.path+"/contacts", object{"medium": "pigeon"})
	d.as(storetest.Mona, http.StatusUnprocessableEntity, "POST", s.path+"/pauses", object{"starts_at": "2026-03-16T12:00:00Z", "ends_at": "2036-03-16T12:00:00Z", "reason": "Fermé"})
	created := d.as(storetest.Rita, http.StatusCreated, "POST", "/api/v1/tickets", object{"offering": string(storetest.Incident), "title": "T", "description": "D", "answers": object{"where": []string{"other"}}})
	path := "/api/v1/tickets/" + strconv.Itoa(int(created.json["number"].(float64)))
	lists := d.as(storetest.Mona, http.StatusOK, "GET", path+"/checklists", nil).json["checklists"].([]any)
	if len(lists) != 1 {
		t.Fatalf("lists: %v", lists)
	}
	at := path + "/checklists/" + lists[0].(map[string]any)["id"].(string)
	d.as(storetest.Mona, http.StatusNotFound, "POST", at, object{"point": "rien", "checked": true})
	d.as(storetest.Mona, http.StatusNoContent, "POST", at, object{"point": "appel", "checked": true})
	if body := string(d.as(storetest.Mona, http.StatusOK, "GET", path+"/checklists", nil).body); !strings.Contains(body, "Mona Girard") {
		t.Errorf("checked: %s", body)
	}
	d.as(storetest.Mona, http.StatusNoContent, "POST", at, object{"point": "appel", "checked": false})
}
