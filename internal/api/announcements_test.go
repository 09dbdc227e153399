package api

import (
	"net/http"
	"strings"
	"testing"

	"guichet"
	"guichet/internal/announcing"
	"guichet/internal/store/storetest"
)

func TestAnnouncementsAreReadByTheirAudience(t *testing.T) {
	d := newDesk(t)
	mona, err := d.deps.Accounts.PersonActor(d.ctx, storetest.Mona, guichet.ChannelDesk)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.deps.Announcing.Publish(t.Context(), mona, announcing.Draft{Kind: guichet.AnnouncementIncident, Title: "Moodle est lent",
		Service: storetest.Moodle, Organisations: []guichet.ID{"lyon"}})
	if err != nil {
		t.Fatal(err)
	}
	for who, want := range map[guichet.ID]bool{storetest.Rita: true, storetest.Stan: false} {
		got := d.call(d.token(who), http.MethodGet, "/api/v1/announcements", nil)
		if got.status != http.StatusOK || strings.Contains(string(got.body), "Moodle est lent") != want {
			t.Errorf("%s: %d %s", who, got.status, string(got.body))
		}
	}
}
