package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	. "guichet/internal/store/storetest"
)

// The lists of the menus read what they show and no more: through an index that holds the tickets in
// the order of the list, never through all tickets.
func TestListsUseIndexes(t *testing.T) {
	Embedded(t)
	s := Open(t, nil)
	Fill(t, s)
	scopeOf := func(person guichet.ID) guichet.Scope { return Actor(t, s, person).Scope() }
	noon := time.Date(2026, 3, 16, 12, 0, 0, 0, time.UTC)
	everything, technician, moderator, requester := scopeOf(Fay), scopeOf(Ann), scopeOf(Mona), scopeOf(Rita)
	for _, c := range []struct {
		name  string
		q     store.TicketQuery
		index string // that leads
		sorts bool   // several branches are put together
	}{
		{"everything", store.TicketQuery{Scope: everything}, "ticket_by_update", false},
		{"all open", store.TicketQuery{Scope: everything, Open: true}, "ticket_by_phase", false},
		{"all open, next page", store.TicketQuery{Scope: everything, Open: true, After: store.Cursor{ID: "x"}}, "ticket_by_phase", false},
		{"all open, before a place", store.TicketQuery{Scope: everything, Open: true, Back: true, After: store.Cursor{UpdatedAt: noon, ID: "x"}}, "ticket_by_phase", false},
		{"due soon, before a place", store.TicketQuery{Scope: everything, DueBefore: noon, Back: true, After: store.Cursor{UpdatedAt: noon, ID: "x"}}, "ticket_clock_due", true},
		{"all unfinished", store.TicketQuery{Scope: everything, Unfinished: true}, "ticket_by_phase", true},
		{"to qualify", store.TicketQuery{Scope: everything, States: []guichet.State{guichet.StateNew}}, "ticket_by_state", false},
		{"mine", store.TicketQuery{Scope: technician, AssigneeID: Ann, Open: true}, "ticket_by_assignee", false},
		{"mine, moderator", store.TicketQuery{Scope: moderator, AssigneeID: Mona, Open: true}, "ticket_by_assignee", false},
		{"team", store.TicketQuery{Scope: technician, TeamIDs: []guichet.ID{Support}, Open: true}, "ticket_by_team", false},
		{"pool", store.TicketQuery{Scope: technician, TeamIDs: []guichet.ID{Support}, Unassigned: true, Open: true}, "ticket_pool", false},
		{"two teams", store.TicketQuery{Scope: technician, TeamIDs: []guichet.ID{Support, Core}, Open: true}, "ticket_by_team", true},
		{"technician's scope", store.TicketQuery{Scope: technician, Open: true}, "ticket_by_team", true},
		{"technician's past", store.TicketQuery{Scope: technician, Final: true}, "ticket_by_team", true},
		{"moderator's scope", store.TicketQuery{Scope: moderator, Open: true}, "ticket_by_service", true},
		{"moderator's new", store.TicketQuery{Scope: moderator, States: []guichet.State{guichet.StateNew}}, "ticket_by_service", true},
		{"service", store.TicketQuery{Scope: everything, ServiceID: Wifi, Open: true}, "ticket_by_service", false},
		{"services below", store.TicketQuery{Scope: everything, ServiceID: Learning, Open: true}, "ticket_by_service", true},
		{"organisation", store.TicketQuery{Scope: everything, Organisation: "rennes", Open: true}, "ticket_by_organisation", false},
		{"my requests", store.TicketQuery{Scope: requester, RequesterIDs: []guichet.ID{Rita}}, "ticket_party_recent", true},
		{"all I see, requester", store.TicketQuery{Scope: requester}, "ticket_party_recent", true},
		{"opened for others", store.TicketQuery{Scope: requester, OpenedForID: Rita}, "ticket_party_recent", true},
		{"tag", store.TicketQuery{Scope: everything, Tag: "vip", Open: true}, "ticket_tag_recent", true},
		{"tag, moderator", store.TicketQuery{Scope: moderator, Tag: "vip", Open: true}, "ticket_tag_recent", true},
		{"tag, requester", store.TicketQuery{Scope: requester, Tag: "vip"}, "ticket_party_recent", true},
		{"due soon", store.TicketQuery{Scope: everything, DueBefore: noon}, "ticket_clock_due", true},
		{"due soon, next page", store.TicketQuery{Scope: everything, DueBefore: noon, After: store.Cursor{UpdatedAt: noon, ID: "x"}}, "ticket_clock_due", true},
		{"due soon, mine", store.TicketQuery{Scope: technician, AssigneeID: Ann, DueBefore: noon}, "ticket_clock_assignee", true},
		{"due soon, technician's scope", store.TicketQuery{Scope: technician, DueBefore: noon}, "ticket_clock_team", true},
		{"due soon, moderator's scope", store.TicketQuery{Scope: moderator, DueBefore: noon}, "ticket_clock_service", true},
		{"due soon, organisation", store.TicketQuery{Scope: everything, Organisation: "rennes", DueBefore: noon}, "ticket_clock_organisation", true},
		{"opened long ago", store.TicketQuery{Scope: everything, Asker: Actor(t, s, Fay), Query: Asked("created:<2020")}, "ticket_opened", true},
		{"opened in a month, of a team", store.TicketQuery{Scope: technician, TeamIDs: []guichet.ID{Support}, Query: Asked("created:2020-05 status:open")}, "ticket_opened", true},
		{"opened long ago, next page", store.TicketQuery{Scope: moderator, Query: Asked("created:<2020"), After: store.Cursor{UpdatedAt: noon, ID: "x"}}, "ticket_opened", true},
		{"opened long ago, mine", store.TicketQuery{Scope: technician, AssigneeID: Ann, Query: Asked("created:<2020")}, "ticket_by_assignee", true},
		{"words, requester", store.TicketQuery{Scope: requester, Query: Asked("panne")}, "VIRTUAL TABLE", true},
		{"words, technician", store.TicketQuery{Scope: technician, Query: Asked("panne")}, "VIRTUAL TABLE", true},
		{"words, everything", store.TicketQuery{Scope: everything, Query: Asked("panne")}, "VIRTUAL TABLE", true},
	} {
		c.q.Limit = 26
		var page, count []string
		err := s.Read(context.Background(), func(tx *store.Tx) (err error) {
			page, count, err = tx.Explain(context.Background(), c.q)
			return err
		})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		checkSteps(t, c.name, page, c.index, c.sorts)
		if c.index == "ticket_by_update" {
			c.index = "COVERING INDEX" // to count everything, one index is as good as another
		}
		checkSteps(t, c.name+", counted", count, c.index, c.sorts)
		if c.name == "my requests" {
			lines, err := explainLines(s, c.q)
			if err != nil {
				t.Fatal(err)
			}
			checkSteps(t, c.name+", in lines", lines, c.index, c.sorts)
		}
	}
}

func explainLines(s *store.Store, q store.TicketQuery) (steps []string, err error) {
	return steps, s.Read(context.Background(), func(tx *store.Tx) error {
		steps, err = tx.ExplainLines(context.Background(), q)
		return err
	})
}

func checkSteps(t *testing.T, name string, steps []string, index string, sorts bool) {
	t.Helper()
	all := strings.Join(steps, "\n  ")
	if !strings.Contains(all, index) {
		t.Errorf("%s does not use %s:\n  %s", name, index, all)
	}
	for _, step := range steps {
		// Walking an index in order is stopped by the page; walking the table is not.
		if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "USING") && !strings.Contains(step, "VIRTUAL") && !isPage(step) {
			t.Errorf("%s reads everything: %s:\n  %s", name, step, all)
		}
		if !sorts && strings.Contains(step, "TEMP B-TREE") {
			t.Errorf("%s sorts: %s:\n  %s", name, step, all)
		}
	}
}

// isPage tells the scan of what other steps have cut to a page.
func isPage(step string) bool {
	name := strings.TrimPrefix(step, "SCAN ")
	return name == "f" || name == "y" || name == "ticket_words" || name == "found" || strings.HasPrefix(name, "b")
}

// Jobs that wait for a mail server, by the thousand, are not looked at to find those of other kinds.
func TestJobsAreFoundByTheirKind(t *testing.T) {
	Embedded(t)
	s := Open(t, nil)
	var steps []string
	err := s.Read(context.Background(), func(tx *store.Tx) (err error) {
		steps, err = tx.ExplainJobs(context.Background(), "one", "two")
		return err
	})
	all := strings.Join(steps, "\n  ")
	if err != nil || strings.Count(all, "SEARCH job USING COVERING INDEX job_due_by_kind (kind=? AND run_at<?)") != 2 ||
		strings.Contains(all, "TEMP B-TREE") || strings.Contains(all, "SCAN job") {
		t.Errorf("%v\n  %s", err, all)
	}
}
