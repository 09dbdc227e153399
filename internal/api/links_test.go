package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// linksOf says how a ticket is joined to others, as Mona reads it.
func (d *desk) linksOf(path string) string {
	d.Helper()
	list, _ := d.as(storetest.Mona, http.StatusOK, "GET", path, nil).json["links"].([]any)
	var out []string
	for _, l := range list {
		m := l.(map[string]any)
		out = append(out, fmt.Sprintf("%v %v %v", m["kind"], m["outward"], m["number"]))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// Each ticket that is named is joined, and parted, on both sides; other links between the same two tickets stay.
func TestTwoTicketsAreUnlinkedAtOnce(t *testing.T) {
	d := newDesk(t)
	a, b, c := d.open(storetest.Rita), d.open(storetest.Rita), d.open(storetest.Stan)
	both := []int64{number(b), number(c)}
	d.as(storetest.Mona, http.StatusNoContent, "POST", a+"/links", object{"relation": "parent_of", "tickets": both})
	d.as(storetest.Mona, http.StatusNoContent, "POST", a+"/links", object{"relation": "related", "tickets": both[:1]})
	if got := d.linksOf(a); strings.Count(got, "parent_of") != 2 || strings.Count(got, "related") != 1 {
		t.Errorf("joined: %s", got)
	}
	if x := d.as(storetest.Mona, http.StatusUnprocessableEntity, "POST", a+"/links/remove", object{"relation": "related", "tickets": both[1:]}); x.fields()["other"] != "link.none" {
		t.Errorf("not joined so: %s", x.body)
	}
	d.as(storetest.Mona, http.StatusNoContent, "POST", a+"/links/remove", object{"relation": "parent_of", "tickets": both})
	if got := d.linksOf(a); strings.Contains(got, "parent_of") || strings.Count(got, "related") != 1 {
		t.Errorf("parted: %s", got)
	}
	if got := d.linksOf(c); got != "" {
		t.Errorf("the other side still reads %s", got)
	}
	d.as(storetest.Mona, http.StatusNoContent, "POST", b+"/links/remove", object{"relation": "related", "tickets": []int64{number(a)}})
	if got := d.linksOf(a) + d.linksOf(b); got != "" {
		t.Errorf("left: %s", got)
	}
}

// What a merge would do is told before it is done: who would read what, whose approval would lapse, what cannot be.
func TestAMergeIsForeseenOverTheAPI(t *testing.T) {
	d := newDesk(t)
	into, over := d.open(storetest.Stan), d.open(storetest.Stan)
	d.as(storetest.Stan, http.StatusOK, "POST", over+"/actions/cancel", object{})
	asked, err := d.deps.Desk.Open(d.ctx, storetest.Actor(t, d.store, storetest.Rita), ticketing.Open{Offering: storetest.Access, Title: "Accès", Description: "Au cours."})
	if err != nil {
		t.Fatal(err)
	}
	body := object{"kind": "merge", "follow": true, "from": []int64{number(over), asked.Number}}
	seen := d.as(storetest.Mona, http.StatusOK, "POST", into+"/merge/preview", body)
	if seen.json["number"] != float64(number(into)) || seen.json["public_messages"] != 1.0 {
		t.Errorf("%s", seen.body)
	}
	closed := seen.json["closed_tickets"].([]any)
	lapses, refused := closed[1].(map[string]any), closed[0].(map[string]any)
	if who := lapses["no_longer_asked"].([]any); len(who) != 1 || who[0].(map[string]any)["id"] != "dora" || len(lapses["would_follow"].([]any)) == 0 || lapses["refusal"] != nil {
		t.Errorf("%s", seen.body)
	}
	if why, _ := refused["refusal"].(map[string]any); why["code"] != "merge.final" || why["message"] == "" {
		t.Errorf("%s", seen.body)
	}
	if x := d.as(storetest.Mona, http.StatusOK, "GET", fmt.Sprintf("/api/v1/tickets/%d", asked.Number), nil); x.json["state"] != "awaiting_approval" {
		t.Errorf("to look changed something: %s", x.body)
	}
	body["from"] = []int64{asked.Number}
	d.as(storetest.Mona, http.StatusNoContent, "POST", into+"/merge", body)
	merged := d.as(storetest.Mona, http.StatusOK, "GET", fmt.Sprintf("/api/v1/tickets/%d", asked.Number), nil)
	if question := merged.json["approvals"].([]any)[0].(map[string]any); question["withdrawn"] != true {
		t.Errorf("%s", merged.body)
	}
	d.as(storetest.Mona, http.StatusUnprocessableEntity, "POST", into+"/merge/preview", object{"kind": "merge", "from": []int64{999}})
}
