package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store/storetest"
)

// askedOfAnother opens a ticket of Ann, a technician of another team, that the network team works on: Bob, of neither, has a task.
func askedOfAnother(d *desk) string {
	d.Helper()
	path := d.open(storetest.Ann, object{"service": "wifi", "beneficiary": "ben", "observers": []string{"rita"}})
	d.as(storetest.Max, http.StatusOK, "POST", path+"/actions/assign", object{"team": storetest.NetworkTeam, "technician": "cleo"})
	d.as(storetest.Cleo, http.StatusNoContent, "POST", path+"/tags", object{"add": []string{"rouge"}})
	d.as(storetest.Cleo, http.StatusCreated, "POST", path+"/follow-ups", object{"text": "Borne à remplacer.", "internal": true})
	d.as(storetest.Cleo, http.StatusCreated, "POST", path+"/follow-ups", object{"text": "Nous regardons."})
	d.as(storetest.Cleo, http.StatusCreated, "POST", path+"/tasks", object{"title": "Changer la borne", "technician": "bob"})
	return path
}

// What is reserved to those who handle a ticket is reserved by ticket, in rows, alone and after an act alike: a
// technician who only asked is told what any requester is; who holds a task of it, all.
func TestWhatIsReservedStaysSoOverTheAPI(t *testing.T) {
	d := newDesk(t)
	path := askedOfAnother(d)
	for who, handles := range map[guichet.ID]bool{storetest.Ann: false, storetest.Ben: false, storetest.Rita: false, storetest.Bob: true, storetest.Cleo: true} {
		list := d.as(who, http.StatusOK, "GET", "/api/v1/tickets", nil).json["tickets"].([]any)
		if len(list) != 1 {
			t.Fatalf("%s reads %d tickets", who, len(list))
		}
		detail := d.as(who, http.StatusOK, "GET", path, nil)
		for _, shown := range []map[string]any{list[0].(map[string]any), detail.json} {
			for _, field := range []string{"level", "impact", "tags"} {
				if _, told := shown[field]; told != handles {
					t.Errorf("%s is told %s: %t, in %v", who, field, told, shown)
				}
			}
		}
		_, tasks := detail.json["tasks"]
		internal := slices.ContainsFunc(detail.json["timeline"].([]any), func(e any) bool { return e.(map[string]any)["internal"] == true })
		if tasks != handles || internal != handles || strings.Contains(string(detail.body), "Borne à remplacer") != handles || strings.Contains(string(detail.body), "rouge") != handles {
			t.Errorf("%s, who handles it %t, reads %s", who, handles, detail.body)
		}
		for _, q := range []string{"q=" + url.QueryEscape("étiquette:rouge"), "tag=rouge", "q=niveau:n2", "q=borne"} {
			found := d.as(who, http.StatusOK, "GET", "/api/v1/tickets?"+q, nil).json["tickets"].([]any)
			if (len(found) == 1) != handles {
				t.Errorf("%s finds %d by %s", who, len(found), q)
			}
		}
	}
}

// Rows hold what is documented of a ticket in short, and nothing that is kept of it otherwise.
func TestRowsHoldTheDocumentedFieldsOnly(t *testing.T) {
	d := newDesk(t)
	askedOfAnother(d)
	public := []string{"number", "kind", "state", "title", "last_message", "requester", "beneficiary", "organisation", "service", "team", "technician",
		"urgency", "priority", "channel", "pending_reason", "pending_until", "close_at", "opened_at", "updated_at", "version"}
	for who, more := range map[guichet.ID][]string{storetest.Ann: nil, storetest.Ben: nil, storetest.Rita: nil, storetest.Cleo: {"level", "impact", "tags"}} {
		row := d.as(who, http.StatusOK, "GET", "/api/v1/tickets", nil).json["tickets"].([]any)[0].(map[string]any)
		for field := range row {
			if !slices.Contains(append(more, public...), field) {
				t.Errorf("%s is told %s: %v", who, field, row[field])
			}
		}
	}
}

// A message that is added is answered as it is read: by what its writer is on that ticket, not by what he or she is elsewhere.
func TestAMessageIsAnsweredAsItIsRead(t *testing.T) {
	d := newDesk(t)
	path := askedOfAnother(d)
	for _, who := range []guichet.ID{storetest.Ann, storetest.Ben, storetest.Bob, storetest.Cleo} {
		said := d.as(who, http.StatusCreated, "POST", path+"/follow-ups", object{"text": "Merci."}).json["event"].(map[string]any)
		var read map[string]any
		for _, e := range d.as(who, http.StatusOK, "GET", path, nil).json["timeline"].([]any) {
			if e.(map[string]any)["id"] == said["id"] {
				read = e.(map[string]any)
			}
		}
		if len(read) != len(said) || read["text"] != said["text"] || len(texts(read["changes"], "field")) != len(texts(said["changes"], "field")) {
			t.Errorf("%s is answered %v, and reads %v", who, said, read)
		}
	}
}
