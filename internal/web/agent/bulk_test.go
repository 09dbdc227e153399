package agent_test

import (
	"context"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/jobs"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// work does the jobs that are due.
func (s *stage) work() {
	s.Helper()
	told := func(context.Context, *store.Tx, store.Job) error { return nil }
	runner := jobs.New(s.store, slog.New(slog.DiscardHandler), map[string]jobs.Handler{ticketing.JobNotify: told, ticketing.JobBulk: s.desk.BulkStep,
		ticketing.JobClose: s.desk.Close, ticketing.JobWake: s.desk.Wake, ticketing.JobClock: s.desk.Watch}, nil)
	for {
		n, err := runner.Once(s.ctx)
		if err != nil {
			s.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// A moderator ticks tickets in a list, sees what will change, does it and takes it back, without scripts.
func TestManyTicketsFromAList(t *testing.T) {
	s := newStage(t)
	a, b := s.open(storetest.Rita, ticketing.Open{}), s.open(storetest.Rita, ticketing.Open{})
	s.get(storetest.Mona, "/desk/qualify").expect(200).holds("Actes groupés", "Attribuer", "Tous ceux de la file")
	n := func(t guichet.Ticket) string { return strconv.FormatInt(t.Number, 10) }
	s.post(storetest.Mona, "/desk/bulk", url.Values{"what": {"assign"}, "from": {"/desk/qualify"}}).expect(303)
	to := s.post(storetest.Mona, "/desk/bulk", url.Values{"what": {"assign"}, "n": {n(a), n(b)}}).expect(303).header.Get("Location")
	if !strings.HasPrefix(to, "/desk/bulk/") {
		t.Fatal(to)
	}
	s.get(storetest.Mona, to).expect(200).holds("Attribuer des tickets", "2 tickets", "Voir ce qui changera")
	s.post(storetest.Mona, to, url.Values{"reason": {"Gardé."}}).expect(422).holds("Gardé.", "Équipe")
	s.post(storetest.Mona, to, url.Values{"team": {string(storetest.Support)}}).expect(303)
	s.get(storetest.Mona, to).expect(200).holds("2 tickets changeront.", "Appliquer à 2 tickets")
	s.get(storetest.Ann, to).expect(404)
	s.post(storetest.Mona, to+"/run", url.Values{}).expect(303)
	s.get(storetest.Mona, to).expect(200).holds("C’est en cours", "0 sur 2", "Arrêter")
	s.work()
	s.get(storetest.Mona, to).expect(200).holds("C’est terminé", "2 tickets ont changé.", "Annuler ces changements")
	undo := s.post(storetest.Mona, to+"/undo", url.Values{}).expect(303).header.Get("Location")
	s.work()
	s.speaks(storetest.Mona, "en")
	s.get(storetest.Mona, undo).expect(200).holds("Undoing a bulk act", "2 tickets refused", "cannot go back")
	s.get(storetest.Mona, "/desk/bulk").expect(200).holds("Assign tickets", "done")
}

// All that a list holds is acted upon, within its filters and the rights of who acts.
func TestAllTicketsOfAList(t *testing.T) {
	s := newStage(t)
	for range 3 {
		s.open(storetest.Rita, ticketing.Open{})
	}
	s.open(storetest.Rita, ticketing.Open{Service: storetest.Wifi})
	for from, want := range map[string]string{"/desk/qualify": "3 tickets", "/desk/qualify?q=%23" + "1": "1 ticket"} {
		to := s.post(storetest.Mona, "/desk/bulk", url.Values{"what": {"tag"}, "all": {"1"}, "from": {from}}).expect(303).header.Get("Location")
		s.get(storetest.Mona, to).expect(200).holds(want)
	}
	s.post(storetest.Mona, "/desk/bulk", url.Values{"what": {"tag"}, "all": {"1"}, "from": {"/desk/nowhere"}}).expect(404)
	s.post(storetest.Rita, "/desk/bulk", url.Values{"what": {"tag"}, "n": {"1"}}).expect(404)
}

// Ticked tickets are joined to another one, whose number is looked at before anything is done.
func TestManyTicketsAreJoinedFromAList(t *testing.T) {
	s := newStage(t)
	a, b, problem := s.open(storetest.Rita, ticketing.Open{}), s.open(storetest.Rita, ticketing.Open{}), s.open(storetest.Rita, ticketing.Open{Title: "La cause"})
	wifi := s.open(storetest.Rita, ticketing.Open{Service: storetest.Wifi})
	n := func(t guichet.Ticket) string { return strconv.FormatInt(t.Number, 10) }
	to := s.post(storetest.Mona, "/desk/bulk", url.Values{"what": {"link"}, "n": {n(a), n(b)}}).expect(303).header.Get("Location")
	s.get(storetest.Mona, to).expect(200).holds("Relier des tickets à un autre", "Son enfant", "Numéro de l’autre ticket")
	for typed, want := range map[string]string{"": "Numéro de l’autre ticket", "abc": "n’est pas un numéro de ticket", "1 2": "un seul numéro", "999": "Aucun ticket que vous pouvez ouvrir",
		n(wifi): "Aucun ticket que vous pouvez ouvrir"} {
		page := s.post(storetest.Mona, to, url.Values{"relation": {"related"}, "other": {typed}}).expect(422).holds(want)
		if !strings.Contains(page.body, `other-error"`) || !strings.Contains(page.body, `value="`+typed+`"`) {
			t.Errorf("%q: the error is not beside its field, or what was typed is lost", typed)
		}
	}
	s.post(storetest.Mona, to, url.Values{"relation": {"caused_by"}, "other": {n(problem)}}).expect(422).holds("n’est pas un problème")
	s.post(storetest.Mona, to, url.Values{"relation": {"duplicate_of"}, "other": {"#" + n(problem)}, "follow": {"yes"}}).expect(303)
	s.get(storetest.Mona, to).expect(200).holds("Clos comme doublons de", "La cause", "2 tickets changeront.")
	s.post(storetest.Mona, to, url.Values{"relation": {"child_of"}, "other": {n(problem)}}).expect(303)
	s.get(storetest.Mona, to).expect(200).holds("Enfants de", "La cause", "2 tickets changeront.")
	s.post(storetest.Mona, to+"/run", url.Values{}).expect(303)
	s.work()
	s.speaks(storetest.Mona, "en")
	s.get(storetest.Mona, to).expect(200).holds("Children of", "2 tickets changed.", "Undo these changes")
	undo := s.post(storetest.Mona, to+"/undo", url.Values{}).expect(303).header.Get("Location")
	s.work()
	s.get(storetest.Mona, undo).expect(200).holds("2 tickets changed.")
}

// Whoever chose more tickets than an act takes reads so before it is done.
func TestMoreTicketsThanAnActTakes(t *testing.T) {
	s := newStage(t)
	s.open(storetest.Rita, ticketing.Open{})
	var numbers []int64
	for n := range int64(ticketing.MaxBulk + 1) {
		numbers = append(numbers, n+1)
	}
	for locale, says := range map[string]string{"fr": "Davantage de tickets étaient choisis", "en": "More tickets were chosen"} {
		s.speaks(storetest.Mona, locale)
		id, err := s.desk.PrepareBulk(s.ctx, storetest.Actor(t, s.store, storetest.Mona), ticketing.Chosen{What: ticketing.DeedNote, Numbers: numbers})
		if err != nil {
			t.Fatal(err)
		}
		s.get(storetest.Mona, "/desk/bulk/"+string(id)).expect(200).holds(says)
	}
}
