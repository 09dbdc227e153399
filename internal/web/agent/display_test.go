package agent_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// heads are the heads of the columns of a list, in their order.
func (a answer) heads() []string {
	var out []string
	for n := range a.root.Descendants() {
		if n.Data == "th" {
			out = append(out, strings.TrimSpace(answer{root: n}.text()))
		}
	}
	return out[1:] // the box that chooses all
}

var rowNumber = regexp.MustCompile(`<tr role="row" id="t-(\d+)"`)

// rows are the numbers of the tickets of a list, in their order.
func (a answer) rows() string {
	var out []string
	for _, m := range rowNumber.FindAllStringSubmatch(a.body, -1) {
		out = append(out, m[1])
	}
	return strings.Join(out, " ")
}

// say adds a message of a person to a ticket.
func (s *stage) say(person guichet.ID, t guichet.Ticket, text string) {
	s.Helper()
	if _, err := s.desk.FollowUp(s.ctx, storetest.Actor(s.T, s.store, person), t.Number, ticketing.FollowUp{Text: text}); err != nil {
		s.Fatal(err)
	}
}

// graded opens three tickets, of which the second is the gravest and the first was changed last.
func (s *stage) graded() {
	s.Helper()
	first := s.open(storetest.Rita, ticketing.Open{Urgency: guichet.GradeMedium})
	for _, urgency := range []guichet.Grade{guichet.GradeHigh, guichet.GradeLow} {
		s.clock.Add(time.Second) // of the same instant, either may come first
		s.open(storetest.Rita, ticketing.Open{Urgency: urgency})
	}
	s.clock.Add(time.Second)
	s.say(storetest.Rita, first, "Encore une précision.")
}

func TestTheHeadsOfAListSortIt(t *testing.T) {
	s := newStage(t)
	s.graded()
	if got := s.get(storetest.Mona, "/desk/open").rows(); got != "1 3 2" {
		t.Errorf("the last changed come %q", got)
	}
	for sort, want := range map[string]string{"-number": "3 2 1", "number": "1 2 3", "-priority": "2 1 3", "priority": "3 1 2", "updated": "2 3 1", "nonsense": "1 3 2"} {
		if got := s.get(storetest.Mona, "/desk/open?sort="+sort).expect(http.StatusOK).rows(); got != want {
			t.Errorf("%s: %q, want %q", sort, got, want)
		}
	}
	head := s.get(storetest.Mona, "/desk/open?q=type%3Aincident").links("/desk/open?keep=1&q=type%3Aincident&sort=-priority")
	if len(head) != 1 {
		t.Fatal("the head of the priorities leads nowhere")
	}
	s.get(storetest.Mona, head[0]).expect(http.StatusSeeOther).leadsTo("/desk/open?q=type%3Aincident&sort=-priority")
	a := s.get(storetest.Mona, "/desk/open")
	if a.rows() != "2 1 3" || !strings.Contains(a.body, `aria-sort="descending"`) {
		t.Errorf("the view does not remember: %q", a.rows())
	}
	if got := s.get(storetest.Mona, "/desk/unassigned").rows(); got != "1 3 2" {
		t.Errorf("another view is sorted too: %q", got)
	}
	if len(a.links("/desk/open?keep=1&sort=priority")) != 1 {
		t.Error("the same head does not turn the list round")
	}
	if got := s.get(storetest.Fay, "/desk/open").rows(); got != "1 3 2" {
		t.Errorf("somebody else’s list is sorted: %q", got)
	}
	if links := s.get(storetest.Mona, "/desk/open?q=panne").links("/desk/open?keep=1"); len(links) > 0 {
		t.Errorf("words decide the order, and the heads sort: %v", links)
	}
}

// What is finished is sorted by its numbers too. Where fewer orders are offered, the page says why.
func TestWhatIsFinishedIsSortedByNumber(t *testing.T) {
	s := newStage(t)
	for _, n := range []int{1, 2, 3} {
		ticket := s.open(storetest.Rita, ticketing.Open{})
		s.clock.Add(time.Minute)
		if n != 2 {
			s.do(storetest.Rita, ticket, guichet.Act{Action: guichet.ActionCancel, Text: "Trouvé."})
		}
	}
	for sort, want := range map[string]string{"": "3 1", "-number": "3 1", "number": "1 3", "due": "3 1", "priority": "3 1"} {
		if got := s.get(storetest.Mona, "/desk/closed?sort="+sort).expect(http.StatusOK).rows(); got != want {
			t.Errorf("%s: %q, want %q", sort, got, want)
		}
	}
	head := s.get(storetest.Mona, "/desk/closed").links("/desk/closed?keep=1&sort=-number")
	if len(head) != 1 {
		t.Fatal("the head of the numbers leads nowhere")
	}
	s.get(storetest.Mona, head[0]).expect(http.StatusSeeOther)
	if links := s.get(storetest.Mona, "/desk/closed").links("/desk/closed?keep=1&sort=-priority"); len(links) > 0 {
		t.Error("what is finished is sorted by priority")
	}
	for locale, words := range map[string]string{"fr": "Ce qui est terminé n’a plus d’échéance", "en": "What is finished is not due any more"} {
		s.speaks(storetest.Mona, locale)
		s.get(storetest.Mona, "/desk/display/closed").expect(http.StatusOK).holds(words)
		if page := s.get(storetest.Mona, "/desk/display/open"); strings.Contains(page.body, words) {
			t.Error("what is open is not said to be finished")
		}
	}
}

// The neighbours of a ticket are those of the list it was opened from, in its order.
func TestNeighboursFollowTheOrder(t *testing.T) {
	s := newStage(t)
	s.graded()
	open := s.get(storetest.Mona, "/desk/open?sort=-priority").links("/desk/tickets/1?")
	page := s.get(storetest.Mona, open[0]).expect(http.StatusOK)
	if before, after := page.links("/desk/tickets/2?"), page.links("/desk/tickets/3?"); len(before) != 1 || len(after) != 1 {
		t.Errorf("before %v, after %v", before, after)
	}
}

func TestColumnsAreChosenForAView(t *testing.T) {
	s := newStage(t)
	s.graded()
	page := s.get(storetest.Mona, "/desk/display/open?from=%2Fdesk%2Fopen%3Fq%3Dtype%253Aincident%26sort%3Dnumber").expect(http.StatusOK).holds("Affichage de « Tickets ouverts »", "Monter Équipe")
	if page.field("from") != "/desk/open?q=type%3Aincident" {
		t.Errorf("it leads back to %q", page.field("from"))
	}
	order := []string{"title", "number", "team", "state"}
	form := url.Values{"order": order, "show": {"number", "team"}, "move": {"up:team"}, "density": {"compact"}, "from": {"/desk/open?q=type%3Aincident"}}
	moved := s.post(storetest.Mona, "/desk/display/open", form).expect(http.StatusOK)
	if at := strings.Index(moved.body, `data-column="team"`); at < 0 || at > strings.Index(moved.body, `data-column="number"`) {
		t.Error("the column did not move")
	}
	if got := s.get(storetest.Mona, "/desk/open").heads(); slices.Contains(got, "Équipe") {
		t.Error("moving a column saves it")
	}
	form.Del("move")
	s.post(storetest.Mona, "/desk/display/open", form).expect(http.StatusSeeOther).leadsTo("/desk/open?q=type%3Aincident")
	list := s.get(storetest.Mona, "/desk/open")
	if got := strings.Join(list.heads(), ", "); got != "Sujet et dernier message, N°, Équipe" || !strings.Contains(list.body, "compact") {
		t.Errorf("the columns are %s", got)
	}
	if got := s.get(storetest.Mona, "/desk/unassigned").heads(); slices.Contains(got, "Équipe") {
		t.Error("another view has them too")
	}
	form.Set("all", "1")
	s.post(storetest.Mona, "/desk/display/open", form).expect(http.StatusSeeOther)
	if got := s.get(storetest.Mona, "/desk/unassigned").heads(); !slices.Contains(got, "Équipe") {
		t.Error("the choice for all views is not kept")
	}
	s.post(storetest.Mona, "/desk/display/unassigned", url.Values{"order": {"title", "tags"}, "show": {"tags"}}).expect(http.StatusSeeOther).leadsTo("/desk/unassigned")
	if got := strings.Join(s.get(storetest.Mona, "/desk/unassigned").heads(), ", "); got != "Sujet et dernier message, Étiquettes" {
		t.Errorf("its own columns are %s", got)
	}
	s.post(storetest.Mona, "/desk/display/unassigned", url.Values{"op": {"usual"}}).expect(http.StatusSeeOther)
	if got := s.get(storetest.Mona, "/desk/unassigned").heads(); !slices.Contains(got, "Équipe") {
		t.Error("without its own choice a view has not that of all")
	}
	s.get(storetest.Mona, "/desk/display/nothing").expect(http.StatusNotFound)
	s.get(storetest.Mona, "/desk/display/saved-nothing").expect(http.StatusNotFound)
	s.speaks(storetest.Fay, "en")
	s.get(storetest.Fay, "/desk/display/open").expect(http.StatusOK).holds("Display of “Open tickets”", "Move Team up")
}

// A view that is kept has a display of its own, which goes with it.
func TestAKeptViewHasADisplayOfItsOwn(t *testing.T) {
	s := newStage(t)
	s.graded()
	s.post(storetest.Mona, "/desk/views", url.Values{"name": {"Les miens"}, "base": {"open"}, "filter": {"q=type%3Aincident"}}).expect(http.StatusSeeOther)
	var list string
	for _, link := range s.get(storetest.Mona, "/desk/open").links("/desk/open?") {
		if strings.Contains(link, "saved=") {
			list = link
		}
	}
	u, err := url.Parse(list)
	if err != nil || list == "" {
		t.Fatalf("the view is nowhere: %q, %v", list, err)
	}
	id := u.Query().Get("saved")
	display := "/desk/display/" + guichet.KeptView + id
	s.post(storetest.Mona, display, url.Values{"order": {"title", "kind"}, "show": {"kind"}, "sort": {"number"}}).expect(http.StatusSeeOther).leadsTo(list)
	if a := s.get(storetest.Mona, list); a.rows() != "1 2 3" || strings.Join(a.heads(), ", ") != "Sujet et dernier message, Nature" {
		t.Errorf("it shows %q in the order %q", a.heads(), a.rows())
	}
	if a := s.get(storetest.Mona, "/desk/open"); a.rows() != "1 3 2" || slices.Contains(a.heads(), "Nature") {
		t.Error("the view that it narrows has its display")
	}
	s.get(storetest.Fay, display).expect(http.StatusNotFound)
	s.post(storetest.Mona, "/desk/views/"+id+"/remove", nil).expect(http.StatusSeeOther)
	err = s.store.Read(s.ctx, func(tx *store.Tx) error {
		chosen, err := tx.Preferences(s.ctx, storetest.Mona)
		for name := range chosen {
			if strings.Contains(name, id) {
				t.Errorf("%s stays", name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What is new is marked, in words too, and the ticket says where it begins.
func TestWhatIsNewIsMarked(t *testing.T) {
	s := newStage(t)
	ticket := s.open(storetest.Rita, ticketing.Open{Title: "Moodle en panne"})
	mark := `<tr role="row" id="t-1" class="new">`
	list := s.get(storetest.Mona, "/desk/open").holds("Du nouveau depuis votre dernière visite")
	if !strings.Contains(list.body, mark) {
		t.Error("a ticket never opened is not marked")
	}
	if page := s.get(storetest.Mona, "/desk/tickets/1"); strings.Contains(page.text(), "Nouveau depuis votre visite") {
		t.Error("all is new at the first visit: the line parts nothing")
	}
	if s.get(storetest.Mona, "/desk/open"); strings.Contains(s.get(storetest.Mona, "/desk/open").body, mark) {
		t.Error("it was opened, and is marked")
	}
	s.say(storetest.Rita, ticket, "Toujours en panne.")
	if !strings.Contains(s.get(storetest.Mona, "/desk/open").body, mark) {
		t.Error("an answer is not marked")
	}
	page := s.get(storetest.Mona, "/desk/tickets/1").holds("Nouveau depuis votre visite")
	if line, said := strings.Index(page.body, "since new"), strings.Index(page.body, "Toujours en panne"); line < 0 || line > said {
		t.Error("the line is not before what is new")
	}
	again := s.get(storetest.Mona, "/desk/tickets/1")
	if strings.Contains(again.text(), "Nouveau depuis") {
		t.Error("it was read")
	}
	s.get(storetest.Mona, "/desk/tickets/1?since=1").holds("Nouveau depuis votre visite") // the page that is still open
	s.speaks(storetest.Fay, "en")
	s.get(storetest.Fay, "/desk/open").holds("Something new since your last visit")
}
