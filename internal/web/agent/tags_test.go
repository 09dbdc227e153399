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

func TestTagsAreAddedAndRemovedOnThePage(t *testing.T) {
	s := newStage(t)
	ticket := s.open(storetest.Rita, ticketing.Open{})
	to := address(ticket) + "/tags"
	s.post(storetest.Mona, to, url.Values{"tag.tag": {"Salle B2"}}).expect(http.StatusSeeOther)
	s.post(storetest.Mona, to, url.Values{"tag.tag": {"vip"}}).expect(http.StatusSeeOther)
	s.get(storetest.Mona, address(ticket)).expect(http.StatusOK).holds("Retirer l’étiquette salle-b2").shows(t, `href="/desk/open?tag=salle-b2"`, `data-tags="/desk/complete"`)
	s.fine(storetest.Mona, address(ticket))
	s.post(storetest.Mona, to, url.Values{"tag.tag": {"!!"}}).expect(http.StatusUnprocessableEntity).shows(t, `id="f-tag-tag-error"`, `value="!!"`)
	s.post(storetest.Mona, to, url.Values{"tag.tag": {strings.Repeat("long", 11)}}).expect(http.StatusUnprocessableEntity).shows(t, `id="f-tag-tag-error"`)
	s.post(storetest.Mona, to, url.Values{"tag.remove": {"vip"}}).expect(http.StatusSeeOther)
	if page := s.get(storetest.Mona, address(ticket)).body; strings.Contains(page, "tag=vip") {
		t.Error("the removed tag is still there")
	}
	for _, who := range []guichet.ID{storetest.Rita, storetest.Cleo} {
		s.post(who, to, url.Values{"tag.tag": {"x"}}).expect(http.StatusNotFound)
	}
}

// shows asserts what stands in the source of a page.
func (a answer) shows(t *testing.T, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(a.body, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
}
