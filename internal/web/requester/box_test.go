package requester_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/webtest"
)

// answer is what the box is answered.
type answer struct {
	Sections []struct {
		Title string
		Items []struct {
			URL   string
			Title []struct {
				Text string
				Hit  bool
			}
		}
	}
	Go   struct{ URL string }
	Said string
}

func suggestions(s *webtest.Stage, person guichet.ID, text string) (a answer) {
	s.Helper()
	page := s.Get(person, "/ask/suggestions?text="+url.QueryEscape(text)).Expect(http.StatusOK)
	if err := json.Unmarshal([]byte(page.Body), &a); err != nil {
		s.Fatal(err)
	}
	return a
}

// TestTheBoxProposesWhatItsWordsBringToMind asks in both ways, as a script and as a page.
func TestTheBoxProposesWhatItsWordsBringToMind(t *testing.T) {
	s := stage(t)
	mine := open(s, storetest.Rita, ticketing.Open{})
	a := suggestions(s, storetest.Rita, "le cours de moodle s’ouvre pas")
	var all []string
	for _, part := range a.Sections {
		for _, item := range part.Items {
			all = append(all, item.URL)
		}
	}
	found := strings.Join(all, " ")
	if !strings.Contains(found, address(mine)) || !strings.Contains(found, "/services/moodle?q=le+cours") {
		t.Errorf("proposals: %q", all)
	}
	if !strings.HasPrefix(a.Go.URL, "/services/") || a.Said == "" {
		t.Errorf("the text becomes a ticket at %q (%s)", a.Go.URL, a.Said)
	}
	page := s.Get(storetest.Rita, "/ask?text=moodle").Expect(http.StatusOK)
	if len(page.Links("/services/moodle")) == 0 {
		t.Error("the page of the box does not propose the form")
	}
	s.Get(storetest.Rita, "/ask?text=moodle&go=1").LeadsTo(suggestions(s, storetest.Rita, "moodle").Go.URL)
	if a := suggestions(s, storetest.Stan, "le cours de moodle s’ouvre pas"); strings.Contains(strings.Join(urls(a), " "), "/tickets/") {
		t.Errorf("somebody else is shown the ticket: %q", urls(a))
	}
}

func urls(a answer) (out []string) {
	for _, part := range a.Sections {
		for _, item := range part.Items {
			out = append(out, item.URL)
		}
	}
	return out
}

// TestWhatFitsNothingIsStillATicket keeps the words for the general form.
func TestWhatFitsNothingIsStillATicket(t *testing.T) {
	s := stage(t)
	if a := suggestions(s, storetest.Rita, "zzz"); a.Go.URL != "/new?q=zzz" || len(a.Sections) != 0 {
		t.Errorf("proposals: %+v", a)
	}
	s.Get(storetest.Rita, "/ask?text=zzz&go=1").LeadsTo("/new?q=zzz")
	s.Get(storetest.Rita, "/services?q=zzz").LeadsTo("/ask?text=zzz")
}

func TestTheReaderChangesLanguageFromTheMenu(t *testing.T) {
	s := stage(t)
	s.Post(storetest.Rita, "/profile/locale", url.Values{"locale": {"en"}, "back": {"/tickets"}}).LeadsTo("/tickets")
	s.Get(storetest.Rita, "/").Says("My tickets")
	s.Post(storetest.Rita, "/profile/locale", url.Values{"locale": {"fr"}, "back": {"//evil.example"}}).LeadsTo("/")
}

// TestTheGeneralFormOpensATicket sends the general form: to a service that asks no more, then to one that does.
func TestTheGeneralFormOpensATicket(t *testing.T) {
	s := stage(t)
	page := s.Get(storetest.Rita, "/new?q=Rien+ne+va.+L%27%C3%A9cran+est+noir").Expect(http.StatusOK)
	if page.Values("title")[0] != "Rien ne va." || page.Values("description")[0] != "Rien ne va. L'écran est noir" {
		t.Errorf("the form holds %q, %q", page.Values("title"), page.Values("description"))
	}
	typed := url.Values{"key": {"k"}, "title": {"Un écran noir"}, "description": {"Depuis hier."}, "urgency": {"medium"}, "for": {"me"}}
	refused := s.Post(storetest.Rita, "/new", typed).Expect(http.StatusUnprocessableEntity)
	if refused.ErrorOf("service") == "" || refused.ErrorOf("kind") == "" {
		t.Error("the service and the kind are not asked for")
	}
	keeps(t, refused, typed)
	typed.Set("service", string(storetest.Phones))
	typed.Set("kind", "incident")
	s.Post(storetest.Rita, "/new", typed).LeadsTo("/tickets/1/sent?sent=form:general")
	for _, locale := range []string{"fr", "en"} {
		s.Change(storetest.Rita, func(p *guichet.Person) { p.Locale = locale })
		wellMade(s, storetest.Rita, locale, "/new", "/ask?text=moodle", "/")
	}
}
