package admin_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"guichet"
	. "guichet/internal/store/storetest"
	"guichet/internal/ticketing"
	"guichet/internal/web/webtest"
)

const (
	officeAt = "/admin/calendars/office"
	levelsAt = "/admin/levels/service_levels"
)

// hours is the form of a calendar, open on Mondays to Fridays.
func hours(op string, more ...string) url.Values {
	v := url.Values{"name": {"Bureau"}, "time_zone": {"Europe/Paris"}, "holidays": {"fr"}, "op": {op}, "seen": {"1"}}
	for _, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday"} {
		v.Set("hours."+day, "8h30-12h, 13h30-17h30")
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

func TestACalendarIsMadeTriedAndPublished(t *testing.T) {
	s := webtest.New(t)
	Fill(t, s.Store)
	s.SignIn(Fay, Ann, Rita, Mona)
	s.Get(Ann, "/admin/calendars").Expect(http.StatusNotFound)
	s.Get(Fay, "/admin/calendars").Expect(http.StatusOK).Says("Aucun calendrier")
	s.Post(Fay, "/admin/calendars", url.Values{"name": {" "}}).Expect(http.StatusUnprocessableEntity)
	s.Post(Fay, "/admin/calendars", url.Values{"name": {"Office"}}).LeadsTo(officeAt)
	s.Get(Fay, officeAt).Expect(http.StatusOK).Says("08:30-12:00, 13:30-17:30", "lundi de Pâques")
	s.Get(Fay, officeAt+"?lang=en").Expect(http.StatusOK)

	s.Post(Fay, officeAt, hours("try", "try.at", "2026-04-03T16:50", "try.delay", "4 h")).Expect(http.StatusOK).
		Says("Échéance", "mardi 7 avril 2026", "lundi de Pâques, lundi 6 avr. 2026")
	s.Post(Fay, officeAt, hours("save", "hours.monday", "le matin")).Expect(http.StatusUnprocessableEntity).Says("Écrivez les heures ainsi")
	if got := s.Post(Fay, officeAt, hours("save", "hours.monday", "le matin")).Values("hours.monday"); len(got) != 1 || got[0] != "le matin" {
		t.Errorf("what was typed is lost: %q", got)
	}
	if got := s.Post(Fay, officeAt, hours("add:closures")).Expect(http.StatusOK).Values("closures.0.name"); len(got) != 1 {
		t.Errorf("no row for a closure: %q", got)
	}
	s.Post(Fay, officeAt, hours("save", "closures.0.name", "Pont", "closures.0.from", "2026-05-15", "closures.0.to", "")).Expect(http.StatusSeeOther)
	if got := s.Get(Fay, officeAt).Values("closures.0.name"); len(got) != 1 || got[0] != "Pont" {
		t.Errorf("the closure is lost: %q", got)
	}
	s.Post(Fay, officeAt+"/publish", url.Values{"note": {"Premières heures"}}).Expect(http.StatusSeeOther)

	level := url.Values{"op": {"save"}, "seen": {"0"}, "0.id": {"moodle"}, "0.name": {"Cours en ligne"}, "0.calendar": {"office"},
		"0.when.services": {string(Moodle)}, "0.contact.within": {"1 h"}, "0.resolve.within": {"bientôt"}, "0.resolve.tell": {"assignee", "moderator"}}
	s.Get(Fay, levelsAt).Expect(http.StatusOK).Says("Aucun engagement de service")
	s.Post(Fay, levelsAt, level).Expect(http.StatusSeeOther)
	s.Get(Fay, levelsAt).Says("Cours en ligne", "Écrivez le délai ainsi")
	s.Post(Fay, levelsAt+"/publish", url.Values{}).Expect(http.StatusSeeOther)
	level.Set("0.resolve.within", "2 j")
	level.Set("seen", "1")
	s.Post(Fay, levelsAt, level).Expect(http.StatusSeeOther)

	ticket, err := ticketing.New(s.Store).Open(s.Ctx, Actor(t, s.Store, Rita), ticketing.Open{Service: Moodle, Kind: guichet.KindIncident,
		Title: "Cours vide", Description: "Une page blanche."})
	if err != nil {
		t.Fatal(err)
	}
	s.Get(Fay, levelsAt+"/try").Expect(http.StatusOK).Says("1 tickets essayés", "1 auraient")
	s.Post(Fay, levelsAt+"/publish", url.Values{}).Expect(http.StatusSeeOther)
	s.Get(Ann, levelsAt).Expect(http.StatusNotFound)
	s.Post(Fay, officeAt, hours("remove")).Expect(http.StatusSeeOther)
	s.Get(Fay, officeAt).Expect(http.StatusOK) // a level needs it
	at := "/desk/tickets/" + strconv.FormatInt(ticket.Number, 10)
	s.Get(Mona, at).Expect(http.StatusOK).Says("Échéances", "Premier contact", "Pourquoi cette échéance", "J’ai contacté le bénéficiaire", "Retirer un temps du décompte")
	s.Post(Mona, at+"/contact", url.Values{"contact.medium": {"pigeon"}, "contact.note": {"Note gardée"}}).Expect(http.StatusUnprocessableEntity).Says("Note gardée")
	s.Post(Mona, at+"/contact", url.Values{"contact.medium": {"phone"}}).Expect(http.StatusSeeOther)
	s.Get(Mona, at).Says("Par téléphone", "tenu")
	s.Post(Mona, at+"/pauses", url.Values{"pause.reason": {"Coupure"}}).Expect(http.StatusUnprocessableEntity).Says("Coupure")
	s.Get(Fay, "/desk/due").Expect(http.StatusOK).Says("Échéance proche")
	s.Get(Rita, "/tickets/"+strconv.FormatInt(ticket.Number, 10)).Expect(http.StatusOK).Says("Solution prévue avant").Hides("Par téléphone")
}
