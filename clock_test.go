package guichet

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// storyteller writes the events of a ticket.
type storyteller struct {
	ticket Ticket
	events []Event
	now    time.Time
}

func newStory(opened time.Time) *storyteller {
	s := &storyteller{ticket: ticketIn(StateNew), now: opened}
	s.ticket.OpenedAt, s.ticket.Priority = opened, PriorityHigh
	s.by(EventOpened, rita)
	return s
}

func (s *storyteller) at(t time.Time) *storyteller {
	s.now = t
	return s
}

func (s *storyteller) add(kind EventKind, changes ...Change) *storyteller {
	return s.by(kind, ann, changes...)
}

func (s *storyteller) by(kind EventKind, actor ID, changes ...Change) *storyteller {
	e := Event{ID: ID(fmt.Sprintf("e%d", len(s.events)+1)), Seq: int64(len(s.events) + 1), At: s.now, ActorID: actor, Kind: kind, Changes: changes}
	s.events = append(s.events, e)
	return s
}

// last changes the last event.
func (s *storyteller) last(change func(*Event)) *storyteller {
	change(&s.events[len(s.events)-1])
	return s
}

func to(state State) Change { return Change{Field: "state", To: string(state)} }

// levelDesk has one calendar and one service level, and a workflow whose wait for the requester pauses both clocks.
func levelDesk(cal Calendar, levels ...ServiceLevel) *Desk {
	d := testDesk()
	flow := completeFlow()
	flow.PendingReasons = []PendingReason{
		{Key: "requester", Name: "Attente du demandeur", Pauses: []string{"contact", "resolution"}},
		{Key: "order", Name: "Commande", Pauses: []string{"resolution"}},
		{Key: "thinking", Name: "Réflexion"},
	}
	d.Workflows[flow.ID] = flow
	d.Calendars = map[ID]Calendar{cal.ID: cal}
	d.Levels = levels
	d.Index()
	return d
}

// office is the desk of the hand-written cases: Paris, 8:30 to 12:00 and 13:30 to 17:30.
func office(t *testing.T) Calendar {
	return oracle{name: "Bureau", zone: "Europe/Paris", hours: week(officeHours...), holidays: HolidaysFrance}.calendar(t)
}

func paris(t *testing.T, text string) time.Time {
	t.Helper()
	return local(t, "Europe/Paris", text)
}

func local(t *testing.T, zone, text string) time.Time {
	t.Helper()
	place, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", text, place)
	if err != nil {
		at, err = time.ParseInLocation("2006-01-02 15:04", text, place)
	}
	if err != nil {
		t.Fatal(err)
	}
	return at
}

var high = ServiceLevel{ID: "high", Name: "Haute", CalendarID: "cal", Contact: Target{Within: "1h", Warn: "15m"},
	Resolve: Target{Within: "4h", Warn: "75%"}}

func wantTime(t *testing.T, what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

func TestClockOverNight(t *testing.T) {
	s := newStory(paris(t, "2026-11-26 17:10"))
	c := levelDesk(office(t), high).Clock(s.ticket, s.events, paris(t, "2026-11-26 17:20"))
	wantTime(t, "contact due", c.Contact.Due, paris(t, "2026-11-27 09:10"))
	wantTime(t, "contact warning", c.Contact.WarnAt, paris(t, "2026-11-27 08:55"))
	wantTime(t, "resolution due", c.Resolve.Due, paris(t, "2026-11-27 13:40"))
	wantTime(t, "resolution warning", c.Resolve.WarnAt, paris(t, "2026-11-27 11:10"))
	wantTime(t, "next date", c.Due(), c.Contact.Due)
	if c.Contact.State != ClockRunning || c.Contact.Elapsed != 10*time.Minute {
		t.Errorf("contact: %s after %s", c.Contact.State, c.Contact.Elapsed)
	}
}

func TestClockOfBothTimeChanges(t *testing.T) {
	always := oracle{name: "Toujours", zone: "Europe/Paris", hours: everyDay(allDay)}.calendar(t)
	night := oracle{name: "Nuit", zone: "Europe/Paris", hours: everyDay([2]string{"01:00", "04:00"})}.calendar(t)
	tests := []struct {
		name       string
		cal        Calendar
		start, due string
		work       time.Duration
	}{
		{"spring, never closed", always, "2026-03-29 01:30", "2026-03-29 04:30", 2 * time.Hour},
		{"spring, night of two hours", night, "2026-03-29 01:00", "2026-03-29 04:00", 2 * time.Hour},
		{"spring, the third hour is of the next night", night, "2026-03-29 01:00", "2026-03-30 01:00:01", 2*time.Hour + time.Second},
		{"autumn, never closed", always, "2026-10-25 01:30", "2026-10-25 02:30:00", 2 * time.Hour},
		{"autumn, night of four hours", night, "2026-10-25 01:00", "2026-10-25 04:00", 4 * time.Hour},
		{"autumn, a second after the repeated hour", night, "2026-10-25 01:00", "2026-10-25 03:00:01", 3*time.Hour + time.Second},
	}
	for _, x := range tests {
		got, ok := x.cal.Add(paris(t, x.start), x.work)
		want := paris(t, x.due)
		if x.name == "autumn, never closed" {
			want = time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC) // the second 2:30
		}
		if !ok || !got.Equal(want) {
			t.Errorf("%s: %s, want %s", x.name, got, want)
		}
	}
}

func TestCalendarHolidaysOfPlaces(t *testing.T) {
	strasbourg := oracle{name: "S", zone: "Europe/Paris", hours: week(officeHours...), holidays: HolidaysAlsaceMoselle}.calendar(t)
	reunion := oracle{name: "R", zone: "Indian/Reunion", hours: everyDay(officeHours...), holidays: HolidaysReunion}.calendar(t)
	tests := []struct {
		name       string
		cal        Calendar
		zone       string
		start, due string
		work       time.Duration
	}{
		{"Easter in Paris", office(t), "Europe/Paris", "2026-04-02 16:30", "2026-04-03 11:30", 4 * time.Hour},
		{"Good Friday and Easter Monday in Strasbourg", strasbourg, "Europe/Paris", "2026-04-02 16:30", "2026-04-07 11:30", 4 * time.Hour},
		{"26 December in Strasbourg", strasbourg, "Europe/Paris", "2025-12-24 16:30", "2025-12-29 09:30", 2 * time.Hour},
		{"20 December at Saint-Denis", reunion, "Indian/Reunion", "2026-12-19 17:00", "2026-12-21 09:00", time.Hour},
	}
	for _, x := range tests {
		got, ok := x.cal.Add(local(t, x.zone, x.start), x.work)
		if want := local(t, x.zone, x.due); !ok || !got.Equal(want) {
			t.Errorf("%s: %s, want %s", x.name, got, want)
		}
	}
}

func TestClockWaits(t *testing.T) {
	cal, d := office(t), levelDesk(office(t), high)
	s := newStory(paris(t, "2026-11-26 09:00"))
	s.at(paris(t, "2026-11-26 10:00")).add(EventClaimed, to(StateAssigned))
	s.at(paris(t, "2026-11-26 11:00")).add(EventHeld, Change{"state", "assigned", "pending"}, Change{"pending_reason", "", "order"})
	c := d.Clock(s.ticket, s.events, paris(t, "2026-11-26 16:00"))
	if c.Resolve.State != ClockPaused || c.Resolve.Elapsed != 2*time.Hour || !c.Resolve.Due.IsZero() || c.Resolve.Remaining() != 2*time.Hour {
		t.Errorf("while it waits: %+v", c.Resolve)
	}
	wantTime(t, "contact is not paused by an order", c.Contact.Due, paris(t, "2026-11-26 10:00"))
	if c.Contact.State != ClockBreached {
		t.Errorf("taking a ticket is no contact: %s", c.Contact.State)
	}
	s.at(paris(t, "2026-11-27 09:00")).add(EventResumed, to(StateAssigned), Change{"pending_reason", "order", ""})
	c = d.Clock(s.ticket, s.events, paris(t, "2026-11-27 09:30"))
	wantTime(t, "due after the wait", c.Resolve.Due, paris(t, "2026-11-27 11:00"))
	s.at(paris(t, "2026-11-27 10:00")).add(EventResolved, to(StateResolved))
	c = d.Clock(s.ticket, s.events, paris(t, "2026-11-30 10:00"))
	if c.Resolve.State != ClockMet || c.Resolve.Elapsed != 3*time.Hour {
		t.Errorf("resolved in time: %s after %s", c.Resolve.State, c.Resolve.Elapsed)
	}
	s.at(paris(t, "2026-11-30 10:00")).add(EventSolutionRejected, to(StateAssigned))
	c = d.Clock(s.ticket, s.events, paris(t, "2026-11-30 10:30"))
	wantTime(t, "due after it was refused", c.Resolve.Due, paris(t, "2026-11-30 11:00"))
	if c.Resolve.State != ClockRunning || !c.Resolve.DoneAt.IsZero() {
		t.Errorf("reopened: %+v", c.Resolve)
	}
	s.at(paris(t, "2026-11-30 14:00")).add(EventResolved, to(StateResolved))
	c = d.Clock(s.ticket, s.events, paris(t, "2026-11-30 15:00"))
	if c.Resolve.State != ClockBreached || c.Resolve.DoneAt.IsZero() || c.Resolve.Remaining() != -90*time.Minute {
		t.Errorf("resolved too late: %+v", c.Resolve)
	}
	wantTime(t, "breached", c.Resolve.BreachedAt, paris(t, "2026-11-30 11:00"))
	_ = cal
}

func TestClockPauseDecidedAfterwards(t *testing.T) {
	d := levelDesk(office(t), high)
	s := newStory(paris(t, "2026-11-26 09:00"))
	s.at(paris(t, "2026-11-26 17:00")).add(EventPauseAdded, Change{Field: "from", To: stamp(paris(t, "2026-11-26 10:00"))},
		Change{Field: "until", To: stamp(paris(t, "2026-11-26 14:00"))}, Change{Field: "clock", To: "resolution"})
	c := d.Clock(s.ticket, s.events, s.now)
	wantTime(t, "due with the pause", c.Resolve.Due, paris(t, "2026-11-26 17:00"))
	wantTime(t, "the other clock", c.Contact.Due, paris(t, "2026-11-26 10:00"))
	pause := s.events[1].ID
	s.at(paris(t, "2026-11-26 17:10")).add(EventPauseWithdrawn).last(func(e *Event) { e.RefID = pause })
	c = d.Clock(s.ticket, s.events, s.now)
	wantTime(t, "due once it is withdrawn", c.Resolve.Due, paris(t, "2026-11-26 14:30"))
}

func TestClockAwaitsApproval(t *testing.T) {
	d := levelDesk(office(t), high)
	s := newStory(paris(t, "2026-11-26 09:00")).by(EventApprovalRequested, "")
	c := d.Clock(s.ticket, s.events, paris(t, "2026-11-26 11:00"))
	if c.Resolve.State != ClockPaused || c.Resolve.Elapsed != 0 || !c.Due().IsZero() {
		t.Errorf("before approval: %+v", c.Resolve)
	}
	s.at(paris(t, "2026-11-26 15:00")).by(EventApproved, mona, Change{"state", "awaiting_approval", "new"})
	c = d.Clock(s.ticket, s.events, paris(t, "2026-11-26 15:30"))
	wantTime(t, "due from the approval", c.Resolve.Due, paris(t, "2026-11-27 10:00"))
	s.at(paris(t, "2026-11-27 15:00")).by(EventCancelled, rita, to(StateCancelled))
	if c = d.Clock(s.ticket, s.events, s.now); c.Resolve.State != ClockOff || !c.Due().IsZero() {
		t.Errorf("withdrawn: %+v", c.Resolve)
	}
}

func TestFirstContact(t *testing.T) {
	nine := paris(t, "2026-11-26 09:00")
	at := func(minutes int) time.Time { return nine.Add(time.Duration(minutes) * time.Minute) }
	call := func(s *storyteller, when time.Time) *storyteller {
		return s.add(EventContacted, Change{Field: "contacted", To: stamp(when)})
	}
	tests := []struct {
		name string
		tell func(*storyteller)
		by   []ContactAct
		want time.Time
	}{
		{"nobody spoke", func(s *storyteller) { s.at(at(5)).add(EventClaimed, to(StateAssigned)) }, nil, time.Time{}},
		{"taking counts when it is said", func(s *storyteller) { s.at(at(5)).add(EventClaimed, to(StateAssigned)) }, []ContactAct{ContactClaim}, at(5)},
		{"a recorded call, at its own time", func(s *storyteller) { call(s.at(at(30)), at(20)) }, nil, at(20)},
		{"a corrected call", func(s *storyteller) {
			call(s.at(at(30)), at(20))
			call(s.at(at(40)), at(10)).last(func(e *Event) { e.RefID = "e2" })
		}, nil, at(10)},
		{"a call withdrawn", func(s *storyteller) {
			call(s.at(at(30)), at(20))
			s.at(at(40)).add(EventContacted, Change{Field: "contacted"}).last(func(e *Event) { e.RefID = "e2" })
		}, nil, time.Time{}},
		{"a reply of an agent", func(s *storyteller) {
			s.at(at(12)).add(EventFollowedUp).last(func(e *Event) { e.Text = "Bonjour"; *e = e.ByAgent() })
		}, nil, at(12)},
		{"a reply where only a call counts", func(s *storyteller) {
			s.at(at(12)).add(EventFollowedUp).last(func(e *Event) { e.Text = "Bonjour"; *e = e.ByAgent() })
		}, []ContactAct{ContactCall}, time.Time{}},
		{"a word of the requester", func(s *storyteller) {
			s.at(at(12)).by(EventFollowedUp, rita).last(func(e *Event) { e.Text = "Alors ?" })
		}, nil, time.Time{}},
		{"a colleague who follows", func(s *storyteller) {
			s.at(at(12)).by(EventFollowedUp, cleo).last(func(e *Event) { e.Text = "Moi aussi"; e.Channel = ChannelPortal })
		}, nil, time.Time{}},
		{"a question when it is put on hold", func(s *storyteller) {
			s.at(at(15)).add(EventHeld, to(StatePending)).last(func(e *Event) { e.Text = "Quel poste ?" })
		}, nil, at(15)},
		{"a solution", func(s *storyteller) { s.at(at(50)).add(EventResolved, to(StateResolved)) }, nil, at(50)},
		{"the first of several", func(s *storyteller) {
			s.at(at(50)).add(EventResolved, to(StateResolved))
			call(s.at(at(60)), at(45))
		}, nil, at(45)},
		{"recorded from a call", func(s *storyteller) { s.ticket.Channel = ChannelPhone; s.events[0].ActorID = ann }, nil, nine},
		{"asked on the portal", func(s *storyteller) { s.ticket.Channel = ChannelPortal }, nil, time.Time{}},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			level := high
			level.ContactBy = x.by
			s := newStory(nine)
			x.tell(s)
			c := levelDesk(office(t), level).Clock(s.ticket, s.events, at(90))
			wantTime(t, "contact", c.ContactedAt, x.want)
			wantTime(t, "done", c.Contact.DoneAt, x.want)
			if met := !x.want.IsZero() && !x.want.After(at(60)); met != (c.Contact.State == ClockMet) {
				t.Errorf("contact is %s", c.Contact.State)
			}
		})
	}
}

func TestServiceLevelIsTheFirstThatHolds(t *testing.T) {
	d := levelDesk(office(t),
		ServiceLevel{ID: "vip", When: LevelWhen{Organisations: []ID{"rennes"}}},
		ServiceLevel{ID: "urgent", When: LevelWhen{Services: []ID{"moodle"}, Priorities: []Priority{PriorityHigh, PriorityCritical}}},
		ServiceLevel{ID: "incident", When: LevelWhen{Kinds: []Kind{KindIncident}}})
	tests := []struct {
		name   string
		ticket func(*Ticket)
		want   ID
		seen   string
	}{
		{"a service below and a priority", func(x *Ticket) { x.Priority = PriorityHigh }, "urgent", "moodle high"},
		{"an organisation goes first", func(x *Ticket) { x.OrganisationID, x.Priority = "rennes", PriorityHigh }, "vip", "rennes"},
		{"the kind", func(x *Ticket) { x.Priority = PriorityLow }, "incident", "incident"},
		{"nothing", func(x *Ticket) { x.Kind = KindRequest }, "", ""},
	}
	for _, x := range tests {
		ticket := ticketIn(StateNew)
		x.ticket(&ticket)
		level, why, _ := d.ServiceLevelOf(ticket)
		if level.ID != x.want || strings.Join(why, " ") != x.seen {
			t.Errorf("%s: %q because of %v, want %q because of %q", x.name, level.ID, why, x.want, x.seen)
		}
	}
}

// lines writes an explanation in few words.
func lines(c Countdown) []string {
	var out []string
	for _, l := range c.Lines {
		text := string(l.Kind)
		for _, at := range []time.Time{l.From, l.To} {
			if !at.IsZero() {
				text += at.In(c.Due.Location()).Format(" 02/01 15:04")
			}
		}
		if l.Kind == LineHoliday || l.Kind == LineClosure {
			text += fmt.Sprintf(" %s %s%s", l.Day, l.Holiday, l.Name)
		}
		if l.Work > 0 {
			text += " " + l.Work.String()
		}
		if l.Stop != "" {
			text += " " + string(l.Stop) + " " + l.Name
		}
		out = append(out, text)
	}
	return out
}

func TestClockIsExplainedLineByLine(t *testing.T) {
	s := newStory(paris(t, "2026-04-03 16:50"))
	s.at(paris(t, "2026-04-07 09:00")).add(EventHeld, Change{"state", "assigned", "pending"}, Change{"pending_reason", "", "requester"})
	s.at(paris(t, "2026-04-07 10:30")).add(EventResumed, to(StateAssigned), Change{"pending_reason", "requester", ""})
	c := levelDesk(office(t), high).Clock(s.ticket, s.events, paris(t, "2026-04-07 11:00"))
	c.Resolve.Due = c.Resolve.Due.In(s.now.Location())
	want := []string{
		"target 4h0m0s",
		"opened 03/04 16:50",
		"closed 03/04 17:30 07/04 08:30",
		"holiday 2026-04-06 easter_monday",
		"worked 03/04 16:50 07/04 09:00 1h10m0s",
		"stopped 07/04 09:00 07/04 10:30 1h30m0s pending Attente du demandeur",
		"closed 07/04 12:00 07/04 13:30",
		"due 07/04 10:30 07/04 14:50 2h50m0s",
	}
	if got := lines(c.Resolve); !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestLinesAddUp holds that what is explained is what is counted.
func TestLinesAddUp(t *testing.T) {
	for _, o := range oracles() {
		cal := o.calendar(t)
		for _, start := range oracleStarts() {
			end := start.Add(5 * time.Hour)
			c := pausedClock(cal, start, []lap{{start.Add(time.Hour), end}, {end.Add(time.Hour), end.Add(90 * time.Minute)}}, end.Add(9*time.Hour))
			var sum time.Duration
			for _, l := range c.Resolve.Lines {
				if l.Kind == LineWorked || l.Kind == LineDue {
					sum += l.Work
				}
			}
			if sum != c.Resolve.Target {
				t.Errorf("%s from %s: the lines add up to %s of %s", o.name, start, sum, c.Resolve.Target)
			}
		}
	}
}
