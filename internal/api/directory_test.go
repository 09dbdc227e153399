package api

import (
	"net/http"
	"testing"

	"guichet/internal/store/storetest"
)

// Fay keeps everything: organisations, people, teams, roles and grants come and go by the API.
func TestTheDirectoryByTheAPI(t *testing.T) {
	d := newDesk(t)
	fay := storetest.Fay
	o := d.as(fay, http.StatusCreated, "POST", "/api/v1/organisations", object{"name": "Campus Est", "kind": "site", "parent": "lyon"}).json
	if o["id"] != "campus-est" || o["version"] != 1.0 {
		t.Errorf("%v", o)
	}
	d.as(fay, http.StatusUnprocessableEntity, "POST", "/api/v1/organisations/lyon", object{"parent": "campus-est"})
	o = d.as(fay, http.StatusOK, "POST", "/api/v1/organisations/campus-est", object{"name": "Campus", "version": 1}).json
	if o["name"] != "Campus" || o["parent"] != "lyon" {
		t.Errorf("%v", o)
	}
	d.as(fay, http.StatusConflict, "POST", "/api/v1/organisations/campus-est", object{"name": "Campus", "version": 1})
	p := d.as(fay, http.StatusCreated, "POST", "/api/v1/people", object{"given_name": "Zoé", "family_name": "Faure", "organisation_id": "campus-est", "email": "zoe@example.org"}).json
	path := "/api/v1/people/" + p["id"].(string)
	d.as(fay, http.StatusUnprocessableEntity, "POST", "/api/v1/people", object{"family_name": "Faure", "email": "zoe@example.org"})
	g := d.as(fay, http.StatusCreated, "POST", "/api/v1/grants", object{"person": p["id"], "role": "moderator", "organisation": "campus-est", "ends_at": "2099-01-01T00:00:00Z"}).json
	team := d.as(fay, http.StatusCreated, "POST", "/api/v1/teams", object{"name": "Accueil", "level": "N1", "organisation_id": "campus-est"}).json
	team = d.as(fay, http.StatusOK, "POST", "/api/v1/teams/"+team["id"].(string), object{"join": p["id"]}).json
	if len(team["members"].([]any)) != 1 {
		t.Errorf("%v", team)
	}
	p = d.as(fay, http.StatusOK, "GET", path, nil).json
	if len(p["grants"].([]any)) != 1 || len(p["teams"].([]any)) != 1 || p["name"] != "Zoé Faure" {
		t.Errorf("%v", p)
	}
	d.as(fay, http.StatusNoContent, "POST", "/api/v1/grants/"+g["id"].(string)+"/withdraw", nil)
	d.as(fay, http.StatusOK, "POST", path, object{"phone": "04 72 00 00 00"})
	p = d.as(fay, http.StatusOK, "POST", path, object{"inactive": true}).json
	if p["inactive"] != true || p["phone"] != "04 72 00 00 00" || len(p["grants"].([]any)) != 0 {
		t.Errorf("%v", p)
	}
	r := d.as(fay, http.StatusCreated, "POST", "/api/v1/roles", object{"name": "Lecteur", "permissions": []string{"ticket.read"}}).json
	d.as(fay, http.StatusOK, "POST", "/api/v1/roles/"+r["id"].(string), object{"name": "Lecture", "permissions": []string{}})
	d.as(fay, http.StatusUnprocessableEntity, "POST", "/api/v1/roles", object{"name": "x", "permissions": []string{"fly"}})
	d.as(fay, http.StatusConflict, "POST", "/api/v1/grants/fay-administrator/withdraw", nil)
}
