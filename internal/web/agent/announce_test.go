package agent_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

func announcement() url.Values {
	return url.Values{"kind": {"incident"}, "title": {"Moodle est indisponible"}, "body": {"Depuis **9 h**."}, "service": {string(storetest.Moodle)}}
}

// published is the page of the announcement that was published last.
func (s *stage) published(who guichet.ID) string {
	s.Helper()
	for _, link := range s.get(who, "/desk/announcements").expect(http.StatusOK).links("/desk/announcements/") {
		if !strings.HasSuffix(link, "/new") {
			return link
		}
	}
	s.Fatal("nothing is published")
	return ""
}

func TestAModeratorPublishesAndGivesNews(t *testing.T) {
	s := newStage(t)
	for _, locale := range []string{"fr", "en"} {
		s.speaks(storetest.Mona, locale)
		for _, path := range []string{"/desk/announcements", "/desk/announcements/new"} {
			if faults := s.get(storetest.Mona, path).expect(http.StatusOK).faults(locale); len(faults) > 0 {
				t.Errorf("%s: %v", path, faults)
			}
		}
	}
	s.speaks(storetest.Mona, "fr")
	wrong := announcement()
	wrong.Set("title", "")
	wrong.Set("until", "demain")
	s.post(storetest.Mona, "/desk/announcements", wrong).expect(http.StatusUnprocessableEntity).holds("Depuis **9 h**.", "Indiquez une date et une heure")
	s.post(storetest.Mona, "/desk/announcements", announcement()).expect(http.StatusSeeOther)
	page := s.published(storetest.Mona)
	s.get(storetest.Mona, page).expect(http.StatusOK).holds("Moodle est indisponible", "Donner des nouvelles")
	if faults := s.get(storetest.Mona, page).faults("fr"); len(faults) > 0 {
		t.Errorf("%v", faults)
	}
	changed := announcement()
	changed.Set("title", "Moodle est lent")
	changed.Set("version", "1")
	s.post(storetest.Mona, page, changed).expect(http.StatusSeeOther)
	s.post(storetest.Mona, page, changed).expect(http.StatusConflict).holds("Moodle est lent")
	s.post(storetest.Mona, page+"/news", url.Values{"text": {" "}}).expect(http.StatusUnprocessableEntity)
	s.post(storetest.Mona, page+"/news", url.Values{"text": {"On cherche."}}).expect(http.StatusSeeOther)
	s.post(storetest.Mona, page+"/news", url.Values{"text": {"Réparé."}, "ends": {"yes"}}).expect(http.StatusSeeOther)
	s.get(storetest.Mona, page).expect(http.StatusOK).holds("On cherche.", "Réparé.", "terminée")
	for _, who := range []guichet.ID{storetest.Rita, storetest.Ann, storetest.Max, storetest.Tom} {
		s.get(who, page).expect(http.StatusNotFound)
		s.post(who, page, changed).expect(http.StatusNotFound)
		s.post(who, page+"/news", url.Values{"text": {"Non"}}).expect(http.StatusNotFound)
	}
}

func TestATicketIsAttachedToAnAnnouncement(t *testing.T) {
	s := newStage(t)
	ticket := s.open(storetest.Rita, ticketing.Open{Service: storetest.Moodle})
	s.post(storetest.Mona, "/desk/announcements", announcement()).expect(http.StatusSeeOther)
	page := s.published(storetest.Mona)
	id := page[strings.LastIndex(page, "/")+1:]
	s.get(storetest.Mona, address(ticket)).holds("Rattacher", "Moodle est indisponible")
	s.post(storetest.Rita, address(ticket)+"/announcements", url.Values{"announcement": {id}}).expect(http.StatusNotFound)
	s.post(storetest.Mona, address(ticket)+"/announcements", url.Values{"announcement": {id}}).expect(http.StatusSeeOther)
	s.get(storetest.Mona, address(ticket)).holds("Détacher", "Mona Girard a rattaché ce ticket")
	s.post(storetest.Mona, address(ticket)+"/announcements/"+id+"/leave", nil).expect(http.StatusSeeOther)
	s.get(storetest.Mona, address(ticket)).holds("Rattacher")
}
