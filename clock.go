package guichet

import (
	"cmp"
	"slices"
	"time"
)

// ClockName names one of the two clocks of a ticket, as the pending reasons of a workflow do.
type ClockName string

// The clocks.
const (
	ClockContact ClockName = "contact"
	ClockResolve ClockName = "resolution"
)

// ClockNames lists the clocks.
func ClockNames() []ClockName { return []ClockName{ClockContact, ClockResolve} }

// ClockState says whether a clock runs.
type ClockState string

// The states of a clock.
const (
	ClockOff      ClockState = "off" // no target, or the ticket was withdrawn
	ClockRunning  ClockState = "running"
	ClockPaused   ClockState = "paused"
	ClockMet      ClockState = "met"      // done in time
	ClockBreached ClockState = "breached" // the delay is over, or it was done too late
)

// Clock is the service level of a ticket at an instant, worked out from its events alone: a corrected
// event, calendar or level gives a corrected clock.
type Clock struct {
	Level       ServiceLevel
	Calendar    Calendar
	Why         []string  // what made the level hold
	ContactedAt time.Time // first contact that counts
	Contact     Countdown
	Resolve     Countdown
}

// Countdown is one of the two clocks. Times at work are those of the calendar.
type Countdown struct {
	Name       ClockName
	State      ClockState
	Within     Delay
	Target     time.Duration
	Elapsed    time.Duration
	Due        time.Time // zero while it is not known: paused before it is over
	WarnAt     time.Time // zero when nobody is to be warned, or while it is not known
	DoneAt     time.Time // when it was met, in time or not
	BreachedAt time.Time
	Lines      []ClockLine // why it is due then, in order
}

// Remaining is the time at work that is left; negative once it is over.
func (c Countdown) Remaining() time.Duration { return c.Target - c.Elapsed }

// Next is when something happens to a clock that nobody has stopped: when it is due, or was.
func (c Countdown) Next() time.Time {
	if !c.DoneAt.IsZero() || c.State == ClockOff {
		return time.Time{}
	}
	return c.Due
}

// Due is the next date that the desk owes, of either clock; zero when there is none.
func (c Clock) Due() time.Time {
	contact, resolve := c.Contact.Next(), c.Resolve.Next()
	if contact.IsZero() || !resolve.IsZero() && resolve.Before(contact) {
		return resolve
	}
	return contact
}

// Countdown finds a clock by its name.
func (c Clock) Countdown(name ClockName) Countdown {
	if name == ClockContact {
		return c.Contact
	}
	return c.Resolve
}

// Of is the target of a clock.
func (l ServiceLevel) Of(name ClockName) Target {
	if name == ClockContact {
		return l.Contact
	}
	return l.Resolve
}

// Clock works out the service level of a ticket from its events, as it is at an instant. Without a
// service level both clocks are off; the first contact is known all the same.
func (d *Desk) Clock(t Ticket, events []Event, now time.Time) Clock {
	c := Clock{}
	level, why, ok := d.ServiceLevelOf(t)
	c.Level, c.Why, c.Calendar = level, why, d.Calendars[level.CalendarID]
	h := readHistory(d.Flow(t), t, events)
	c.ContactedAt = h.contact(level.CountsAsContact())
	for _, name := range ClockNames() {
		run := countdown{Countdown: Countdown{Name: name, State: ClockOff}, cal: c.Calendar, now: now}
		if target := level.Of(name); ok && target.Set() && !h.opened.IsZero() {
			run.Within, run.Target = target.Within, target.Within.In(c.Calendar)
			run.count(h, c.ContactedAt, target)
		}
		if name == ClockContact {
			c.Contact = run.Countdown
		} else {
			c.Resolve = run.Countdown
		}
	}
	return c
}

// countdown is a clock on its way to be worked out.
type countdown struct {
	Countdown
	cal Calendar
	now time.Time
}

// lap is a time during which a clock runs; a zero To has no end yet.
type lap struct{ from, to time.Time }

// count works a clock out: when it runs, how long it ran, when it is due, and why.
func (c *countdown) count(h history, contacted time.Time, target Target) {
	stops := h.stops[c.Name]
	done := c.done(stops, contacted)
	pieces, open := running(h.opened, stops)
	c.Due, _ = c.reach(pieces, c.Target)
	if after, ok := target.WarnAfter(c.cal); ok {
		c.WarnAt, _ = c.reach(pieces, after)
	}
	until := c.now
	if !done.IsZero() {
		until = done
	}
	c.DoneAt, c.Elapsed = done, c.spent(pieces, until)
	late := !c.Due.IsZero() && (done.IsZero() && !until.Before(c.Due) || until.After(c.Due))
	if late {
		c.BreachedAt = c.Due
	}
	switch last := lastStop(stops); {
	case done.IsZero() && (last.Kind == StopWithdrawn || last.Kind == StopResolved):
		c.State = ClockOff
	case late:
		c.State = ClockBreached
	case !done.IsZero():
		c.State = ClockMet
	case !open:
		c.State = ClockPaused
	default:
		c.State = ClockRunning
	}
	c.explain(h, pieces)
}

// done is when the clock was stopped for good: at the first contact, or with the last solution.
func (c *countdown) done(stops []Stop, contacted time.Time) time.Time {
	if c.Name == ClockContact {
		return contacted
	}
	if last := lastStop(stops); last.Kind == StopResolved && last.To.IsZero() {
		return last.From
	}
	return time.Time{}
}

// lastStop is the stop that still holds, if any.
func lastStop(stops []Stop) Stop {
	for _, s := range stops {
		if s.To.IsZero() {
			return s
		}
	}
	return Stop{}
}

// running is when a clock that started runs: between its stops, which may overlap. It reports whether
// it still does.
func running(start time.Time, stops []Stop) ([]lap, bool) {
	var out []lap
	at := start
	for _, s := range stops { // in the order of their beginnings
		if s.From.After(at) {
			out = append(out, lap{at, s.From})
		}
		if s.To.IsZero() {
			return out, false
		}
		if s.To.After(at) {
			at = s.To
		}
	}
	return append(out, lap{from: at}), true
}

// reach is when a clock will have run so long; false when it stands still before.
func (c *countdown) reach(pieces []lap, work time.Duration) (time.Time, bool) {
	for _, p := range pieces {
		if p.to.IsZero() {
			return c.cal.Add(p.from, work)
		}
		length := c.cal.Between(p.from, p.to)
		if work <= length {
			return c.cal.Add(p.from, work)
		}
		work -= length
	}
	return time.Time{}, false
}

// spent is how long the clock ran until an instant.
func (c *countdown) spent(pieces []lap, until time.Time) time.Duration {
	var sum time.Duration
	for _, p := range pieces {
		if end := earlier(p.to, until); end.After(p.from) {
			sum += c.cal.Between(p.from, end)
		}
	}
	return sum
}

// earlier is the earlier of two times, the first of which may have no end.
func earlier(end, t time.Time) time.Time {
	if end.IsZero() || t.Before(end) {
		return t
	}
	return end
}

// StopKind is why a clock stands still.
type StopKind string

// The kinds of stops.
const (
	StopApproval  StopKind = "approval"
	StopPending   StopKind = "pending"   // waits, for a reason that pauses the clock
	StopExcluded  StopKind = "excluded"  // decided afterwards
	StopResolved  StopKind = "resolved"  // nothing to do until it is reopened
	StopWithdrawn StopKind = "withdrawn" // cancelled or refused
)

// Stop is a time during which a clock stands still; a zero To has no end yet.
type Stop struct {
	Kind     StopKind
	Name     string // of the pending reason, or why it was decided
	From, To time.Time
	EventID  ID // for a stop decided afterwards
}

// history is what the events of a ticket say of its clocks.
type history struct {
	opened   time.Time
	contacts []contact
	stops    map[ClockName][]Stop
}

type contact struct {
	at  time.Time
	act ContactAct
}

// contact is the first contact that counts.
func (h history) contact(counts []ContactAct) time.Time {
	var first time.Time
	for _, c := range h.contacts {
		if slices.Contains(counts, c.act) && (first.IsZero() || c.at.Before(first)) {
			first = c.at
		}
	}
	return first
}

// reader follows a ticket through its events.
type reader struct {
	history
	flow      Workflow
	ticket    Ticket
	state     State
	reason    string // of the wait
	corrected map[ID]Event
	withdrawn map[ID]bool
}

func readHistory(flow Workflow, t Ticket, events []Event) history {
	r := reader{history: history{stops: map[ClockName][]Stop{}}, flow: flow, ticket: t, state: StateNew,
		corrected: map[ID]Event{}, withdrawn: map[ID]bool{}}
	for _, e := range events {
		switch {
		case e.Kind == EventContacted && e.RefID != "":
			r.corrected[e.RefID] = e
		case e.Kind == EventPauseWithdrawn:
			r.withdrawn[e.RefID] = true
		}
	}
	for _, e := range events {
		r.read(e)
	}
	for _, name := range ClockNames() {
		slices.SortStableFunc(r.stops[name], func(a, b Stop) int {
			return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Kind, b.Kind))
		})
	}
	return r.history
}

func (r *reader) read(e Event) {
	before := r.state
	r.follow(e)
	r.hear(e, before)
	if e.Kind == EventPauseAdded && !r.withdrawn[e.ID] {
		r.exclude(e)
	}
	for _, name := range ClockNames() {
		r.hold(name, r.standing(name), e.At)
	}
}

// follow keeps the state and the reason of the wait.
func (r *reader) follow(e Event) {
	switch e.Kind {
	case EventOpened:
		r.opened = e.At
	case EventApprovalRequested:
		if r.state == StateNew {
			r.state = StateAwaitingApproval
		}
	case EventClosed:
		r.state = StateClosed // one that is closed as it is recorded changes from nothing
	}
	if c, ok := e.Changed("state"); ok {
		r.state = State(c.To)
	}
	if c, ok := e.Changed("pending_reason"); ok {
		r.reason = c.To
	}
}

// standing is the stop that holds a clock in the present state, if any.
func (r *reader) standing(name ClockName) Stop {
	switch r.state {
	case StateAwaitingApproval:
		return Stop{Kind: StopApproval}
	case StateResolved, StateClosed:
		if name == ClockResolve || r.state == StateClosed {
			return Stop{Kind: StopResolved}
		}
	case StateRejected, StateCancelled:
		return Stop{Kind: StopWithdrawn}
	case StatePending:
		if reason, ok := r.flow.Reason(r.reason); ok && slices.Contains(reason.Pauses, string(name)) {
			return Stop{Kind: StopPending, Name: reason.Name}
		}
	}
	return Stop{}
}

// hold ends the stop of a clock when another takes its place, and begins that one.
func (r *reader) hold(name ClockName, now Stop, at time.Time) {
	stops := r.stops[name]
	for i := range stops {
		if !stops[i].To.IsZero() || stops[i].Kind == StopExcluded {
			continue
		}
		if stops[i].Kind == now.Kind && stops[i].Name == now.Name {
			return
		}
		stops[i].To = at
	}
	if now.Kind != "" {
		now.From = at
		r.stops[name] = append(stops, now)
	}
}

// exclude adds a past time that was decided not to count.
func (r *reader) exclude(e Event) {
	from, until := e.moment("from"), e.moment("until")
	if from.IsZero() || !until.After(from) {
		return
	}
	clocks, _ := e.Changed("clock")
	for _, name := range ClockNames() {
		if clocks.To == "" || clocks.To == string(name) {
			r.stops[name] = append(r.stops[name], Stop{Kind: StopExcluded, Name: e.Text, From: from, To: until, EventID: e.ID})
		}
	}
}

// moment is a time among the changes of an event; zero when there is none.
func (e Event) moment(field string) time.Time {
	c, _ := e.Changed(field)
	at, _ := time.Parse(time.RFC3339, c.To)
	return at
}

// hear notes what may count as a contact with the beneficiary.
func (r *reader) hear(e Event, before State) {
	act, at := r.contactOf(e), e.At
	switch act {
	case "":
		return
	case ContactCall:
		for last, ok := r.corrected[e.ID]; ok; last, ok = r.corrected[e.ID] {
			e = last
		}
		if at = e.moment("contacted"); at.IsZero() {
			return // withdrawn
		}
	case ContactResolve:
		if before.Final() {
			return
		}
	}
	r.contacts = append(r.contacts, contact{at, act})
}

func (r *reader) contactOf(e Event) ContactAct {
	switch e.Kind {
	case EventContacted:
		if e.RefID == "" {
			return ContactCall
		}
	case EventOpened:
		if c := r.ticket.Channel; (c == ChannelPhone || c == ChannelCounter) && !r.asks(e.ActorID) {
			return ContactOpening
		}
	case EventClaimed:
		return ContactClaim
	case EventResolved:
		return ContactResolve
	case EventFollowedUp, EventHeld:
		if r.answers(e) {
			return ContactReply
		}
	}
	return ""
}

// answers: an agent wrote something that the requester's side reads.
func (r *reader) answers(e Event) bool {
	if e.Internal || e.Text == "" || e.ActorID == "" || r.asks(e.ActorID) {
		return false
	}
	return e.Kind == EventHeld || e.FromAgent()
}

// agentMark is the change that marks a message as an agent's.
var agentMark = Change{Field: "by", To: "agent"}

// ByAgent marks a message as written by somebody who handles the ticket.
func (e Event) ByAgent() Event {
	e.Changes = append(e.Changes, agentMark)
	return e
}

// FromAgent reports a message of somebody who handles the ticket.
func (e Event) FromAgent() bool {
	return slices.Contains(e.Changes, agentMark) || e.Channel == ChannelDesk
}

func (r *reader) asks(person ID) bool {
	return person == r.ticket.RequesterID || person == r.ticket.BeneficiaryID
}
