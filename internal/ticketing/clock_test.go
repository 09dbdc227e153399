package ticketing_test

import (
	"slices"
	"testing"
	"time"

	"guichet"
	"guichet/internal/store"
	"guichet/internal/store/storetest"
	"guichet/internal/ticketing"
)

// The desk of these tests is open from 8:30 to 12:00 and from 13:30 to 17:30 in Paris. It is Monday 16 March 2026, 13:00.
func office() guichet.Calendar {
	c := guichet.Calendar{ID: "office", Name: "Bureau", TimeZone: "Europe/Paris", Holidays: guichet.HolidaysFrance}
	for day := time.Monday; day <= time.Friday; day++ {
		c.Hours.Set(day, []guichet.Span{{From: 510, To: 720}, {From: 810, To: 1050}})
	}
	return c
}

// levels: an hour to the first contact and four to the solution, for Moodle; a day for what is asked of the network.
func levels() []guichet.ServiceLevel {
	return []guichet.ServiceLevel{
		{ID: "courses", Name: "Cours en ligne", When: guichet.LevelWhen{Services: []guichet.ID{storetest.Moodle}}, CalendarID: "office",
			Contact: guichet.Target{Within: "1h", Warn: "15m", Breach: guichet.Escalation{Tell: []guichet.Performer{"team", "moderator"}}},
			Resolve: guichet.Target{Within: "4h", Warn: "75%", Breach: guichet.Escalation{TeamID: storetest.Core, Level: guichet.Level3}}},
		{ID: "network", Name: "Réseau", When: guichet.LevelWhen{Services: []guichet.ID{storetest.Network}}, CalendarID: "office",
			Resolve: guichet.Target{Within: "1d"}},
	}
}

func (s *stage) promise(cal guichet.Calendar, levels []guichet.ServiceLevel) {
	s.Helper()
	err := s.store.Write(s.ctx, func(tx *store.Tx) error {
		d := storetest.Desk()
		d.Calendars, d.Levels = map[guichet.ID]guichet.Calendar{cal.ID: cal}, levels
		return tx.SaveDesk(s.ctx, d)
	})
	if err != nil {
		s.Fatal(err)
	}
	s.later(0)
}

func onTime(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	s.promise(office(), levels())
	return s
}

// parisian is a time of that week's Monday, by hours and minutes of Paris.
func parisian(hour, minute int) time.Time {
	return time.Date(2026, 3, 16, hour-1, minute, 0, 0, time.UTC)
}

// until moves the clock to a time and runs the jobs of each quarter of an hour on the way.
func (s *stage) until(at time.Time) {
	s.Helper()
	for s.clock.Now().Before(at) {
		s.later(min(15*time.Minute, at.Sub(s.clock.Now())))
	}
}

func (s *stage) times(t guichet.Ticket, kind guichet.EventKind) int {
	n := 0
	for _, k := range s.kinds(storetest.Fay, t) {
		if k == kind {
			n++
		}
	}
	return n
}

func TestDelaysWarnThenEscalate(t *testing.T) {
	s := onTime(t)
	ticket := s.open(storetest.Rita, ticketing.Open{})
	ticket = s.do(storetest.Mona, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support})
	s.do(storetest.Ann, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionClaim})
	v := s.view(storetest.Ann, ticket)
	same(t, "contact due", v.Clock.Contact.Due.UTC(), parisian(14, 30))
	same(t, "resolution due", v.Clock.Resolve.Due.UTC(), parisian(17, 30))
	same(t, "taking a ticket is no contact", v.Ticket.ContactedAt, time.Time{})

	s.until(parisian(14, 14))
	same(t, "told before its time", s.times(ticket, guichet.EventDueSoon), 0)
	s.until(parisian(14, 16))
	same(t, "warned", s.times(ticket, guichet.EventDueSoon), 1)
	s.until(parisian(14, 31))
	same(t, "over", s.times(ticket, guichet.EventOverdue), 1)
	s.until(parisian(15, 30))
	same(t, "told once", s.times(ticket, guichet.EventOverdue)+s.times(ticket, guichet.EventDueSoon), 2)
	s.until(parisian(17, 31))
	same(t, "warned of the solution", s.times(ticket, guichet.EventDueSoon), 2)
	same(t, "solution over", s.times(ticket, guichet.EventOverdue), 2)
	after := s.now(ticket)
	same(t, "given to the level that the service level names", []any{after.TeamID, after.Level, after.AssigneeID},
		[]any{storetest.Core, guichet.Level3, guichet.ID("")})
	for _, e := range s.view(storetest.Fay, ticket).Events {
		if e.Kind == guichet.EventOverdue || e.Kind == guichet.EventEscalated {
			same(t, "why", e.Why, []string{"Cours en ligne"})
		}
	}
	for _, k := range s.kinds(storetest.Rita, ticket) {
		if k == guichet.EventDueSoon || k == guichet.EventOverdue {
			t.Errorf("the requester reads %s", k)
		}
	}
}

func TestARecordedContactStopsTheClock(t *testing.T) {
	s := onTime(t)
	ticket := s.open(storetest.Rita, ticketing.Open{})
	ticket = s.do(storetest.Mona, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support})
	s.until(parisian(14, 0))
	call := ticketing.Contact{Medium: guichet.ChannelPhone, At: parisian(13, 50), Note: "Elle essaie un autre navigateur."}
	after, err := s.desk.Contacted(s.ctx, s.actor(storetest.Ann), ticket.Number, call)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "contacted", after.ContactedAt.UTC(), parisian(13, 50))
	v := s.view(storetest.Ann, ticket)
	same(t, "contact", v.Clock.Contact.State, guichet.ClockMet)
	same(t, "recorded", len(v.Contacts), 1)
	s.until(parisian(14, 45))
	same(t, "nobody is warned of what is done", s.times(ticket, guichet.EventDueSoon)+s.times(ticket, guichet.EventOverdue), 0)

	_, err = s.desk.Contacted(s.ctx, s.actor(storetest.Ann), ticket.Number, ticketing.Contact{Corrects: v.Contacts[0].ID, Withdraw: true})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "not contacted after all", s.now(ticket).ContactedAt, time.Time{})
	s.later(0)
	same(t, "so it is over", s.times(ticket, guichet.EventOverdue), 1)

	for _, x := range []struct {
		in   ticketing.Contact
		want string
	}{
		{ticketing.Contact{}, "medium: field.required"},
		{ticketing.Contact{Medium: "pigeon"}, "medium: field.unknown_value"},
		{ticketing.Contact{Medium: guichet.ChannelPhone, At: parisian(18, 0)}, "at: field.future"},
		{ticketing.Contact{Medium: guichet.ChannelPhone, At: parisian(9, 0)}, "at: contact.before_opening"},
		{ticketing.Contact{Medium: guichet.ChannelPhone, Corrects: "none"}, "corrects: field.unknown_value"},
		{ticketing.Contact{Withdraw: true}, "corrects: field.required"},
	} {
		_, err := s.desk.Contacted(s.ctx, s.actor(storetest.Ann), ticket.Number, x.in)
		same(t, "refused", s.faults(err), []string{x.want})
	}
	_, err = s.desk.Contacted(s.ctx, s.actor(storetest.Rita), ticket.Number, call)
	s.fails(err, guichet.KindDenied, "action.denied")
	_, err = s.desk.Contacted(s.ctx, s.actor(storetest.Omar), ticket.Number, call)
	s.fails(err, guichet.KindNotFound, "ticket.not_found")
}

func TestAReplyOfAnAgentIsAContact(t *testing.T) {
	s := onTime(t)
	ticket := s.open(storetest.Rita, ticketing.Open{})
	s.say(storetest.Rita, ticket, ticketing.FollowUp{Text: "Alors ?"})
	same(t, "her own words", s.now(ticket).ContactedAt, time.Time{})
	s.later(5 * time.Minute)
	s.say(storetest.Mona, ticket, ticketing.FollowUp{Text: "À regarder", Internal: true})
	same(t, "an internal note", s.now(ticket).ContactedAt, time.Time{})
	s.say(storetest.Mona, ticket, ticketing.FollowUp{Text: "Je regarde."})
	same(t, "a reply", s.now(ticket).ContactedAt.UTC(), parisian(13, 5))
}

func TestTimeIsTakenOutAfterwards(t *testing.T) {
	s := onTime(t)
	ticket := s.open(storetest.Rita, ticketing.Open{})
	ticket = s.do(storetest.Mona, ticket, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support})
	s.until(parisian(16, 0))
	pause := ticketing.Pause{From: parisian(14, 0), Until: parisian(15, 0), Clock: guichet.ClockResolve, Reason: "Coupure chez l’hébergeur"}
	s.fails(s.desk.AddPause(s.ctx, s.actor(storetest.Ann), ticket.Number, pause), guichet.KindDenied, "action.denied")
	if err := s.desk.AddPause(s.ctx, s.actor(storetest.Mona), ticket.Number, pause); err != nil {
		t.Fatal(err)
	}
	v := s.view(storetest.Mona, ticket)
	same(t, "due an hour of work later", v.Clock.Resolve.Due.UTC(), parisian(8+24, 30).Add(time.Hour))
	if !slices.ContainsFunc(v.Clock.Resolve.Lines, func(l guichet.ClockLine) bool {
		return l.Kind == guichet.LineStopped && l.Name == pause.Reason && l.Work == time.Hour
	}) {
		t.Errorf("the pause is not explained: %+v", v.Clock.Resolve.Lines)
	}
	if err := s.desk.WithdrawPause(s.ctx, s.actor(storetest.Mona), ticket.Number, v.Pauses[0].ID); err != nil {
		t.Fatal(err)
	}
	v = s.view(storetest.Mona, ticket)
	same(t, "due as before", v.Clock.Resolve.Due.UTC(), parisian(17, 30))
	same(t, "no pause is left", len(v.Pauses), 0)
	s.fails(s.desk.WithdrawPause(s.ctx, s.actor(storetest.Mona), ticket.Number, "none"), guichet.KindNotFound, "pause.not_found")
	for _, x := range []struct {
		in   ticketing.Pause
		want []string
	}{
		{ticketing.Pause{}, []string{"reason: field.required", "from: field.required", "until: field.required"}},
		{ticketing.Pause{Reason: "x", From: parisian(9, 0), Until: parisian(15, 0)}, []string{"from: contact.before_opening"}},
		{ticketing.Pause{Reason: "x", From: parisian(14, 0), Until: parisian(17, 0)}, []string{"until: field.future"}},
		{ticketing.Pause{Reason: "x", From: parisian(15, 0), Until: parisian(14, 0)}, []string{"until: pause.ends_before"}},
		{ticketing.Pause{Reason: "x", From: parisian(14, 0), Until: parisian(15, 0), Clock: "third"}, []string{"clock: field.unknown_value"}},
	} {
		same(t, "refused", s.faults(s.desk.AddPause(s.ctx, s.actor(storetest.Mona), ticket.Number, x.in)), x.want)
	}
}

// due reads the list of what is due within so long.
func (s *stage) due(person guichet.ID, q store.TicketQuery, within time.Duration) []store.TicketRow {
	s.Helper()
	q.DueBefore = s.clock.Now().Add(within)
	page, err := s.desk.List(s.ctx, s.actor(person), q)
	if err != nil {
		s.Fatal(err)
	}
	return page.Rows
}

func numbers(rows []store.TicketRow) []int64 {
	var out []int64
	for _, r := range rows {
		out = append(out, r.Number)
	}
	return out
}

func TestACorrectedCalendarGivesACorrectedClock(t *testing.T) {
	s := onTime(t)
	ticket := s.open(storetest.Rita, ticketing.Open{})
	other := s.open(storetest.Rita, ticketing.Open{Service: storetest.Wifi})
	same(t, "before", s.due(storetest.Fay, store.TicketQuery{}, 5*time.Hour)[0].ResolveDue.UTC(), parisian(17, 30))
	cal := office()
	cal.Closures = []guichet.Closing{{Name: "Neige", From: guichet.Date{Year: 2026, Month: 3, Day: 16}}}
	s.promise(cal, levels())
	same(t, "nothing is due on that day", numbers(s.due(storetest.Fay, store.TicketQuery{}, 5*time.Hour)), nil)
	rows := s.due(storetest.Fay, store.TicketQuery{}, 48*time.Hour)
	same(t, "the order of the dates", numbers(rows), []int64{ticket.Number, other.Number})
	same(t, "next due", rows[0].DueAt.UTC(), parisian(24+9, 30))
	same(t, "a day of the calendar", rows[1].DueAt.UTC(), parisian(24+17, 30))
	s.until(parisian(18, 0))
	same(t, "nobody is told of what is not due", s.times(ticket, guichet.EventDueSoon)+s.times(ticket, guichet.EventOverdue), 0)
	s.until(parisian(24+9, 31))
	same(t, "told at the new time", s.times(ticket, guichet.EventOverdue), 1)

	s.promise(cal, levels()[1:])
	same(t, "no level, no date", numbers(s.due(storetest.Fay, store.TicketQuery{}, 240*time.Hour)), []int64{other.Number})
}

// The clocks of more tickets than one job works out follow too.
func TestManyClocksFollowInTurns(t *testing.T) {
	s := onTime(t)
	const many = 230
	for range many {
		s.open(storetest.Rita, ticketing.Open{Service: storetest.Wifi})
	}
	cal := office()
	cal.Closures = []guichet.Closing{{Name: "Neige", From: guichet.Date{Year: 2026, Month: 3, Day: 17}}}
	s.promise(cal, levels())
	var rows []store.TicketRow
	q := store.TicketQuery{DueBefore: parisian(24*5, 0), Limit: 40}
	for {
		page, err := s.desk.List(s.ctx, s.actor(storetest.Fay), q)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, page.Rows...)
		if q.After = page.Next; q.After.ID == "" {
			break
		}
	}
	same(t, "all are listed, page after page", len(rows), many)
	seen := map[int64]bool{}
	for _, r := range rows {
		seen[r.Number] = true
		if !r.DueAt.Equal(parisian(48+13, 30).Add(-30*time.Minute)) && !r.DueAt.Equal(parisian(48+12, 0)) {
			t.Fatalf("ticket %d is due %s", r.Number, r.DueAt)
		}
	}
	same(t, "each once", len(seen), many)
}

func TestWhatIsDueIsSeenByThoseWhoHandleIt(t *testing.T) {
	s := onTime(t)
	courses := s.open(storetest.Rita, ticketing.Open{})
	wifi := s.open(storetest.Rita, ticketing.Open{Service: storetest.Wifi})
	s.do(storetest.Mona, courses, guichet.StateAssigned, guichet.Act{Action: guichet.ActionAssign, TeamID: storetest.Support})
	const days = 72 * time.Hour
	for person, want := range map[guichet.ID][]int64{
		storetest.Fay: {courses.Number, wifi.Number}, storetest.Ann: {courses.Number}, storetest.Cleo: {wifi.Number},
		storetest.Mona: {courses.Number}, storetest.Max: {wifi.Number}, storetest.Rita: nil, storetest.Tom: nil,
	} {
		same(t, string(person), numbers(s.due(person, store.TicketQuery{}, days)), want)
	}
	same(t, "of a team", numbers(s.due(storetest.Fay, store.TicketQuery{TeamIDs: []guichet.ID{storetest.NetworkTeam}}, days)), []int64{wifi.Number})
	same(t, "of a theme", numbers(s.due(storetest.Fay, store.TicketQuery{ServiceID: storetest.Learning}, days)), []int64{courses.Number})
	same(t, "with words", numbers(s.due(storetest.Fay, store.TicketQuery{Query: storetest.Asked("cours"), ServiceID: storetest.Wifi}, days)), []int64{wifi.Number})
	counts, err := s.desk.Counts(s.ctx, s.actor(storetest.Fay), []store.TicketQuery{{DueBefore: s.clock.Now().Add(2 * time.Hour)}, {DueBefore: s.clock.Now().Add(days)}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "counted", counts, []store.Count{{N: 1}, {N: 2}})
	s.do(storetest.Rita, courses, guichet.StateCancelled, guichet.Act{Action: guichet.ActionCancel})
	same(t, "what is over is not due", numbers(s.due(storetest.Fay, store.TicketQuery{}, days)), []int64{wifi.Number})
}
