package palette_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/webtest"
)

func newStage(t *testing.T) *webtest.Stage {
	t.Helper()
	s := webtest.New(t)
	storetest.Fill(t, s.Store)
	s.SignIn(storetest.Ann, storetest.Cleo, storetest.Fay, storetest.Tom, storetest.Rita)
	return s
}

// found asks the palette as its script does and returns the entries, "group|title|address".
func found(s *webtest.Stage, person guichet.ID, query string) []string {
	s.Helper()
	r := httptest.NewRequest(http.MethodGet, "/palette?"+query, nil)
	r.Header.Set("Accept", "application/json")
	var answer struct {
		Entries []struct{ Group, Title, URL string }
	}
	if err := json.Unmarshal([]byte(s.Ask(person, r).Expect(http.StatusOK).Body), &answer); err != nil {
		s.Fatal(err)
	}
	var out []string
	for _, e := range answer.Entries {
		out = append(out, e.Group+"|"+e.Title+"|"+e.URL)
	}
	return out
}

func mentions(list []string, text string) bool {
	return slices.ContainsFunc(list, func(e string) bool { return strings.Contains(e, text) })
}

// TestPaletteFindsWhatItsReaderMaySee: a number names a ticket only for who sees it, a name finds a person with the place
// where the reader may look at that person, and whoever only asks has no palette.
func TestPaletteFindsWhatItsReaderMaySee(t *testing.T) {
	s := newStage(t)
	rita := storetest.Actor(t, s.Store, storetest.Rita)
	ticket, err := s.Desk.Open(s.Ctx, rita, ticketing.Open{Service: storetest.Wifi, Kind: guichet.KindIncident, Title: "Dépôt impossible", Description: "Une erreur."})
	if err != nil {
		t.Fatal(err)
	}
	number := strconv.FormatInt(ticket.Number, 10)
	for _, c := range []struct {
		who   guichet.ID
		query string
		holds string
		want  bool
	}{
		{storetest.Cleo, "q=" + number, "Dépôt impossible|/desk/tickets/" + number, true},
		{storetest.Cleo, "q=%23" + number, "Dépôt impossible", true},
		{storetest.Ann, "q=" + number, "Dépôt impossible", false},
		{storetest.Tom, "q=" + number, "Dépôt impossible", false},
		{storetest.Cleo, "recent=" + number, "Dépôt impossible", true},
		{storetest.Ann, "recent=" + number, "Dépôt impossible", false},
		{storetest.Ann, "q=mood", "Moodle|/desk/", true},
		{storetest.Ann, "q=ancien", "services|Ancien", false},
		{storetest.Tom, "q=mood", "services|", false},
		{storetest.Ann, "q=stan", "people|", true},
		{storetest.Ann, "q=stan", "/admin/people/", false},
		{storetest.Fay, "q=stan", "|/admin/people/stan", true},
		{storetest.Tom, "q=stan", "people|", false},
		{storetest.Ann, "q=s", "people|", false},
		{storetest.Ann, "", "views|Mes tickets|/desk/mine", true},
		{storetest.Ann, "", "admin|", false},
		{storetest.Fay, "", "admin|", true},
		{storetest.Tom, "", "|/admin/system", true},
		{storetest.Tom, "", "views|", false},
		{storetest.Ann, "", "you|Passer en English|/profile/language", true},
	} {
		if got := mentions(found(s, c.who, c.query), c.holds); got != c.want {
			t.Errorf("%s, %q: %q is there: %v", c.who, c.query, c.holds, got)
		}
	}
	s.Get(storetest.Rita, "/palette?q="+number).Expect(http.StatusNotFound)
}

func TestPaletteWithoutScripts(t *testing.T) {
	s := newStage(t)
	s.Get(storetest.Ann, "/palette").Expect(http.StatusOK).Says("Vues", "Mes tickets", "Passer en English").Hides("Administration")
	page := s.Get(storetest.Ann, "/palette?q=attente").Expect(http.StatusOK).Says("En attente", "Chercher « attente » dans les tickets")
	if links := page.Links("/desk/pending"); len(links) == 0 {
		t.Error("the view does not open")
	}
	s.Post(storetest.Ann, "/profile/language", url.Values{"locale": {"en"}, "back": {"/palette?q=hold"}}).LeadsTo("/palette?q=hold")
	s.Get(storetest.Ann, "/palette?q=hold").Says("On hold", "Search tickets for “hold”").Expect(http.StatusOK)
	s.Post(storetest.Ann, "/profile/language", url.Values{"locale": {"fr"}, "back": {"//elsewhere.example/"}}).LeadsTo("/")
	s.Post(storetest.Ann, "/profile/language", url.Values{"locale": {"xx"}}).Expect(http.StatusUnprocessableEntity)
}

// TestKeysAreChosen: each act has its key; what cannot be is refused beside its field and nothing typed is lost; the keys
// that were chosen are those of the pages, the palette and the help sheet; they can be turned off, and come back.
func TestKeysAreChosen(t *testing.T) {
	s := newStage(t)
	const place = "/profile/shortcuts"
	s.Get(storetest.Ann, place).Expect(http.StatusOK).Says("Raccourcis clavier", "Prendre en charge")
	wrong := s.Post(storetest.Ann, place, url.Values{"off": {"no"}, "key.reply": {"N"}, "key.task": {"tt"}}).Expect(http.StatusUnprocessableEntity)
	if got := wrong.ErrorOf("key.reply"); !strings.Contains(got, "Écrire une note interne") {
		t.Errorf("beside the key that does two things: %q", got)
	}
	if got := wrong.ErrorOf("key.task"); !strings.Contains(got, "un seul caractère") {
		t.Errorf("beside what is no key: %q", got)
	}
	if got := wrong.Values("key.task"); len(got) != 1 || got[0] != "tt" {
		t.Errorf("what was typed became %q", got)
	}
	s.Post(storetest.Ann, place, url.Values{"off": {"no"}, "key.reply": {"Y"}, "key.note": {""}, "key.task": {"n"}}).LeadsTo(place)
	page := s.Get(storetest.Ann, place).Expect(http.StatusOK).Says("D’origine : r")
	if keys := html.UnescapeString(page.Body); !strings.Contains(keys, `"y":"reply"`) || !strings.Contains(keys, `"n":"task"`) || strings.Contains(keys, `"r":`) {
		t.Error("the page does not bring the keys that were chosen")
	}
	r := httptest.NewRequest(http.MethodGet, "/palette", nil)
	r.Header.Set("Accept", "application/json")
	if body := s.Ask(storetest.Ann, r).Body; !strings.Contains(body, `"act":"reply","text":"Répondre","key":"y"`) {
		t.Error("the help sheet does not tell the keys that were chosen")
	}
	s.Post(storetest.Ann, place, url.Values{"off": {"yes"}, "op": {"reset"}, "key.reply": {"r r"}}).LeadsTo(place)
	if keys := html.UnescapeString(s.Get(storetest.Ann, place).Body); !strings.Contains(keys, `"off":true`) || !strings.Contains(keys, `"r":"reply"`) {
		t.Error("the keys are not off, or not those of the table")
	}
	s.Change(storetest.Ann, func(p *guichet.Person) { p.Locale = "en" })
	s.Get(storetest.Ann, place).Says("Keyboard shortcuts", "Write an internal note")
	s.Get(storetest.Rita, place).Expect(http.StatusNotFound)
}
