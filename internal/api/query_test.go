package api

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store/storetest"
)

// asked is the address of the tickets that a query finds.
func asked(query string, more ...string) string {
	return "/api/v1/tickets?q=" + url.QueryEscape(query) + strings.Join(more, "")
}

// found reads all pages of what a query finds, as numbers.
func (d *desk) found(who guichet.ID, query string, more ...string) []int {
	d.Helper()
	var out []int
	for cursor := ""; ; {
		a := d.as(who, http.StatusOK, "GET", asked(query, more...)+cursor, nil)
		list, _ := a.json["tickets"].([]any)
		for _, t := range list {
			out = append(out, int(t.(map[string]any)["number"].(float64)))
		}
		next, _ := a.json["next_cursor"].(string)
		if next == "" {
			return out
		}
		cursor = "&cursor=" + next
	}
}

// searched is a desk with four tickets: Rita's 1 and 2 and Stan's 3 are about teaching, Stan's 4 about the network.
func searched(t *testing.T) *desk {
	d := newDesk(t)
	d.open(storetest.Rita)
	homework := d.open(storetest.Rita, object{"service": "homework", "title": "Dépôt de devoirs refusé", "description": "Le bouton reste gris.", "urgency": "high"})
	d.as(storetest.Mona, http.StatusOK, "POST", homework+"/actions/assign", object{"team": "support", "technician": "bob"})
	solved := d.open(storetest.Stan, object{"title": "Accès à un cours", "description": "Pour la rentrée."})
	d.as(storetest.Mona, http.StatusOK, "POST", solved+"/actions/assign", object{"team": "support", "technician": "ann"})
	d.as(storetest.Ann, http.StatusOK, "POST", solved+"/actions/resolve", object{"solution": "Page blanche corrigée."})
	d.open(storetest.Stan, object{"service": "wifi", "kind": "request", "title": "Plus de réseau", "description": "Une page blanche, puis rien."})
	return d
}

// A query asks the same in French and in English, and finds nothing that who asks may not see.
func TestTicketsAreSoughtInBothLanguages(t *testing.T) {
	d := searched(t)
	for _, c := range []struct {
		french, english string
		fay, mona, rita []int
	}{
		{`"page blanche"`, `"PAGE blanche"`, []int{3, 4, 1}, []int{3, 1}, []int{1}},
		{`"blanche page"`, `"blanche page"`, nil, nil, nil},
		{`page -réseau`, `pages -"réseau"`, []int{3, 1}, []int{3, 1}, []int{1}},
		{`cours`, `cours`, []int{3, 1}, []int{3, 1}, []int{1}},
		{`statut:ouvert`, `status:open`, []int{4, 2, 1}, []int{2, 1}, []int{2, 1}},
		{`statut:résolu,attribué`, `status:resolved,assigned`, []int{4, 3, 2}, []int{3, 2}, []int{2}},
		{`service:moodle type:incident`, `service:Moodle kind:incident`, []int{3, 2, 1}, []int{3, 2, 1}, []int{2, 1}},
		{`équipe:support assigné:bob`, `team:support assigned:"Bob Noël"`, []int{2}, []int{2}, []int{2}},
		{`-assigné:bob demandeur:rita`, `-assigned:bob requester:rita`, []int{1}, []int{1}, []int{1}},
		{`est:non-assigné blanche`, `is:unassigned blanche`, []int{4, 1}, []int{1}, []int{1}},
		{`organisation:lyon`, `org:lyon`, []int{2, 1}, []int{2, 1}, []int{2, 1}},
		{`créé:aujourd’hui numéro:2,4`, `created:today number:2,4`, []int{4, 2}, []int{2}, []int{2}},
		{`créé:<2020 page`, `created:<2020 page`, nil, nil, nil},
		{`demandeur:moi`, `requester:me`, nil, nil, []int{2, 1}},
	} {
		for _, query := range []string{c.french, c.english} {
			for who, want := range map[guichet.ID][]int{storetest.Fay: c.fay, storetest.Mona: c.mona, storetest.Rita: c.rita} {
				got := d.found(who, query)
				if !strings.Contains(query, "page") && !strings.Contains(query, "blanche") {
					slices.SortFunc(got, func(a, b int) int { return b - a }) // the order is that of the last change
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s seeks %s: %v, want %v", who, query, got, want)
				}
				if paged := d.found(who, query, "&limit=1"); len(paged) != len(want) {
					t.Errorf("%s counts %d tickets page by page for %s, want %d", who, len(paged), query, len(want))
				}
			}
		}
	}
}

// The other parameters narrow what a query finds.
func TestAQueryStandsBesideTheOtherParameters(t *testing.T) {
	d := searched(t)
	for more, want := range map[string][]int{"": {3, 4, 1}, "&open=true": {4, 1}, "&kind=request": {4}, "&state=resolved": {3}, "&service=network": {4}, "&requester=stan": {3, 4}} {
		if got := d.found(storetest.Fay, `"page blanche"`, more); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", more, got, want)
		}
	}
}

// A ticket that one may not see changes nothing of what a query finds: no row, no page, no cursor.
func TestAHiddenTicketChangesNothingOfAQuery(t *testing.T) {
	d := newDesk(t)
	d.open(storetest.Stan)
	read := func() string {
		var all string
		for _, query := range []string{"page", `"page blanche"`, "page -devoirs", "statut:ouvert", "demandeur:rita", "service:moodle créé:aujourd’hui", "assigné:bob", "étiquette:secret", "1", "#2"} {
			all += string(d.as(storetest.Stan, http.StatusOK, "GET", asked(query, "&limit=1"), nil).body)
		}
		return all
	}
	before := read()
	path := d.open(storetest.Rita)
	d.as(storetest.Mona, http.StatusOK, "POST", path+"/actions/assign", object{"team": "support", "technician": "bob"})
	if after := read(); after != before {
		t.Errorf("before %s, after %s", before, after)
	}
}

// What is not understood is told with its place, in the language of the caller, and nothing is sought.
func TestAQueryThatIsNotUnderstoodIsToldWithItsPlace(t *testing.T) {
	d := searched(t)
	for _, c := range []struct {
		query, code, says string
		offset, length    int
	}{
		{"é statu:ouvert", "query.operator", "« statu »", 2, 12},
		{"page status:ouver", "query.value.status", "« ouver »", 5, 12},
		{"créé:bientôt page", "query.value.created", "« bientôt »", 0, 12},
		{"page équipe:", "query.value.missing", "équipe:", 5, 7},
		{"page service:imprimerie", "query.unknown.service", "« imprimerie »", 5, 18},
		{"-assigné:personne,zoé", "query.unknown.assignee", "« zoé »", 0, 21},
		{strings.Repeat("x", 501), "query.too_long", "500", 500, 1},
	} {
		a := d.call(d.token(storetest.Mona), "GET", asked(c.query), nil, "Accept-Language", "fr")
		list, _ := a.json["errors"].([]any)
		if a.status != http.StatusUnprocessableEntity || len(list) != 1 || a.json["tickets"] != nil {
			t.Errorf("%.30s: status %d, %s", c.query, a.status, a.body)
			continue
		}
		problem := list[0].(map[string]any)
		place, _ := problem["place"].(map[string]any)
		if problem["field"] != "q" || problem["code"] != c.code || place["offset"] != float64(c.offset) || place["length"] != float64(c.length) {
			t.Errorf("%.30s: %v", c.query, problem)
		}
		act := d.as(storetest.Mona, http.StatusUnprocessableEntity, "POST", "/api/v1/bulk-acts/preview", object{"act": "claim", "q": c.query})
		same, _ := act.json["errors"].([]any)
		if len(same) != 1 || !reflect.DeepEqual(same[0].(map[string]any)["place"], problem["place"]) {
			t.Errorf("%.30s, for an act on many: %s", c.query, act.body)
		}
		if says, _ := problem["message"].(string); !strings.Contains(strings.ReplaceAll(says, "\u00a0", " "), c.says) {
			t.Errorf("%.30s: %q does not say %q", c.query, says, c.says)
		}
	}
	two := d.call(d.token(storetest.Mona), "GET", asked("statu:ouvert priority:huge"), nil, "Accept-Language", "en")
	if list, _ := two.json["errors"].([]any); len(list) != 2 || !strings.Contains(string(two.body), "“huge” is not a priority") {
		t.Errorf("two problems: %s", two.body)
	}
	if other := d.call(d.token(storetest.Mona), "GET", "/api/v1/tickets?cursor=x", nil); strings.Contains(string(other.body), "place") {
		t.Errorf("a field that is no query has a place: %s", other.body)
	}
}

// The documentation tells every operator in both languages, and its examples are understood.
func TestTheLanguageOfQueriesIsDescribed(t *testing.T) {
	d := newDesk(t)
	spec := string(d.call("", "GET", "/api/openapi.json", nil).body)
	for locale, example := range exampleQueries {
		page := string(d.call("", "GET", "/api/docs", nil, "Accept-Language", locale).body)
		for _, f := range guichet.QueryFields() {
			if !strings.Contains(page, f.Name(locale)+":") || !strings.Contains(spec, "`"+f.Name(locale)+":`") {
				t.Errorf("%s: %s is not described", locale, f.Name(locale))
			}
		}
		if _, problems := guichet.ParseQuery(example); len(problems) > 0 || !strings.Contains(page, "moodle ") {
			t.Errorf("%s: the example is not understood, or not there: %v", locale, problems)
		}
	}
	french, _ := guichet.ParseQuery(exampleQueries["fr"])
	if french.Print("en") != exampleQueries["en"] {
		t.Errorf("the examples differ: %s", french.Print("en"))
	}
}
