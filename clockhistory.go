package guichet

import (
	"cmp"
	"slices"
	"time"
)

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
