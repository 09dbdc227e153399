package agent_test

import (
	"net/url"
	"strings"
	"testing"

	"guichet/internal/store/storetest"
)

func TestPreferencesAreChosenOnTheirPage(t *testing.T) {
	s := newStage(t)
	page := s.get(storetest.Ann, "/desk/preferences").expect(200).holds("Préférences", "Deux lignes par ticket", "Du plus ancien au plus récent")
	if page.field("list.density") != "comfortable" {
		t.Error("what is usual is not ticked")
	}
	s.post(storetest.Ann, "/desk/preferences", url.Values{"list.density": {"compact"}}).expect(303)
	if s.get(storetest.Ann, "/desk/preferences").field("list.density") != "compact" {
		t.Error("the choice is lost")
	}
	s.post(storetest.Ann, "/desk/preferences", url.Values{"list.density": {"tiny"}}).expect(422)
	s.get(storetest.Rita, "/desk/preferences").expect(404)
	s.speaks(storetest.Ann, "en")
	s.get(storetest.Ann, "/desk/preferences").expect(200).holds("Preferences", "Two lines for each ticket")
	for sheet, pages := range map[string][]string{"desk.css": {"/desk/mine", "/desk/preferences"}} {
		for _, p := range pages {
			if !strings.Contains(s.get(storetest.Ann, p).body, sheet) {
				t.Errorf("%s does not load %s", p, sheet)
			}
		}
	}
}
