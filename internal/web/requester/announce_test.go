package requester_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/web/webtest"
)

// TestAKnownFailureIsShownBeforeTheForm publishes as a moderator and reads as the portal's people do.
func TestAKnownFailureIsShownBeforeTheForm(t *testing.T) {
	s := webtest.New(t)
	storetest.Fill(t, s.Store)
	s.SignIn(storetest.Mona, storetest.Rita, storetest.Stan)
	s.Post(storetest.Mona, "/desk/announcements", url.Values{"kind": {"incident"}, "title": {"Moodle est <lent>"},
		"body": {"Depuis **9 h**.\n\n<script>alert(1)</script>"}, "service": {string(storetest.Moodle)}, "organisations": {"lyon"}}).Expect(http.StatusSeeOther)
	var id guichet.ID
	s.Write(func(tx *store.Tx) error {
		list, err := tx.Announcements(s.Ctx, 1)
		if err == nil {
			id = list[0].ID
		}
		return err
	})
	page := "/information/" + string(id)
	form := "/services/" + string(storetest.Moodle) + "/" + string(storetest.Incident)
	for _, path := range []string{"/", "/services/" + string(storetest.Moodle), form} {
		s.Get(storetest.Rita, path).Expect(http.StatusOK).Says("Moodle est <lent>")
		if body := s.Get(storetest.Stan, path).Expect(http.StatusOK).Body; strings.Contains(body, "Moodle est") {
			t.Errorf("%s: Stan, who is not meant, reads it", path)
		}
	}
	if body := s.Get(storetest.Rita, "/services/"+string(storetest.Wifi)).Body; strings.Contains(body, "Moodle est") {
		t.Error("it stands above another service")
	}
	for _, locale := range []string{"fr", "en"} {
		s.Change(storetest.Rita, func(p *guichet.Person) { p.Locale = locale })
		read := s.Get(storetest.Rita, page).Expect(http.StatusOK).Says("Depuis 9 h .")
		if strings.Contains(read.Body, "<script>alert") {
			t.Error("a script passes")
		}
		if faults := read.Faults(locale); len(faults) > 0 {
			t.Errorf("%s: %v", locale, faults)
		}
	}
	s.Get(storetest.Stan, page).Expect(http.StatusNotFound)
	s.Get("", page).Expect(http.StatusSeeOther)
}
