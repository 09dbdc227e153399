package agent_test

import (
	"net/http"
	"os"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// The pages that are read all day send few statements, and not one more for each row. Whoever adds one to them moves its
// number here, and says in the commit why no other statement could carry it.
func TestPagesSendFewStatements(t *testing.T) {
	s := newStage(t)
	for range 30 {
		s.open(storetest.Rita, ticketing.Open{})
		s.clock.Add(time.Second)
	}
	ticket := s.do(storetest.Ann, s.pool(), guichet.Act{Action: guichet.ActionClaim})
	shared := os.Getenv("GUICHET_TEST_POSTGRES") != "" // where sums are not remembered
	for _, page := range []struct {
		path           string
		alone, several int // on a database of one node, and of several
	}{
		{"/desk/teams", 7, 9},
		{address(ticket), 15, 17},
	} {
		s.get(storetest.Ann, page.path).expect(http.StatusOK) // what is remembered from one page to the next is read
		before := s.store.Statements()
		s.get(storetest.Ann, page.path).expect(http.StatusOK)
		most := page.alone
		if shared {
			most = page.several
		}
		if sent := int(s.store.Statements() - before); sent > most {
			t.Errorf("%s sends %d statements, and has %d", page.path, sent, most)
		}
	}
}
