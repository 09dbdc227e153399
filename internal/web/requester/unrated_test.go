package requester_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store/storetest"
)

// TestAnOpinionIsAskedForAWhile: what closed without a rating is shown until it is rated, declined or old.
func TestAnOpinionIsAskedForAWhile(t *testing.T) {
	s := stage(t)
	const asks = "Votre avis compte"
	closed := do(s, storetest.Rita, solved(s), guichet.Act{Action: guichet.ActionValidate})
	s.Get(storetest.Rita, "/").Expect(http.StatusOK).Says(asks, closed.Title, "Ne pas donner d’avis")
	s.Get(storetest.Ann, "/").Hides(asks)
	for _, locale := range []string{"fr", "en"} {
		s.Change(storetest.Rita, func(p *guichet.Person) { p.Locale = locale })
		wellMade(s, storetest.Rita, locale, "/")
	}
	s.Change(storetest.Rita, func(p *guichet.Person) { p.Locale = "fr" })
	s.Post(storetest.Ann, address(closed)+"/not-rated", url.Values{"x": {"1"}}).Expect(http.StatusNotFound)
	s.Post(storetest.Rita, address(closed)+"/not-rated", url.Values{"x": {"1"}}).LeadsTo("/")
	s.Get(storetest.Rita, "/").Hides(asks)
	rated := do(s, storetest.Rita, solved(s), guichet.Act{Action: guichet.ActionValidate, RatingTime: 4, RatingAnswers: 5})
	s.Get(storetest.Rita, "/").Hides(asks)
	s.Post(storetest.Rita, address(rated)+"/not-rated", url.Values{"x": {"1"}}).Expect(http.StatusNotFound)
	late := do(s, storetest.Rita, solved(s), guichet.Act{Action: guichet.ActionValidate})
	s.Get(storetest.Rita, "/").Says(asks)
	s.Post(storetest.Rita, address(late)+"/actions/rate", url.Values{"rating_time": {"5"}, "rating_answers": {"5"}}).LeadsTo(address(late))
	s.Get(storetest.Rita, "/").Hides(asks)
	do(s, storetest.Rita, solved(s), guichet.Act{Action: guichet.ActionValidate})
	s.Clock.Add(15 * 24 * time.Hour)
	list, err := s.Desk.Unrated(s.Ctx, storetest.Actor(t, s.Store, storetest.Rita))
	if err != nil || len(list) > 0 {
		t.Errorf("after two weeks: %v, %v", list, err)
	}
}
