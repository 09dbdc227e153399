package guichet

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// DivergenceKind says in which way a past ticket would have gone differently under another workflow.
type DivergenceKind string

// The ways. The words of an act that would have been refused say why.
const (
	DivergesNotNow    DivergenceKind = "not_now"     // the act would not have been possible in that state
	DivergesDenied    DivergenceKind = "denied"      // whoever did it could not have
	DivergesMissing   DivergenceKind = "missing"     // it would have asked for something that was not given
	DivergesLate      DivergenceKind = "late"        // the reopen window would have been over
	DivergesElsewhere DivergenceKind = "elsewhere"   // it would have led to another state
	DivergesSooner    DivergenceKind = "sooner"      // silence would have closed it before
	DivergesLater     DivergenceKind = "later"       // silence would have closed it later
	DivergesNever     DivergenceKind = "never"       // silence would not have closed it
	DivergesAtOnce    DivergenceKind = "at_once"     // it would have been closed as it was opened
	DivergesNotAtOnce DivergenceKind = "not_at_once" // it would not have been
)

// DivergenceReason groups divergences: the same way, of the same action.
type DivergenceReason struct {
	Kind   DivergenceKind
	Action Action // empty for what concerns a date
	State  State  // where the ticket stood, or would have come to for "elsewhere"
	Detail string // the field that would have been missing
}

// Divergence is the first point at which a ticket would have gone differently: when, by whom, why.
type Divergence struct {
	DivergenceReason
	At      time.Time
	ActorID ID // empty: the desk itself
	Was     time.Time
	Would   time.Time // dates of closing by silence, as they were and would have been; zero: never
}

// actionOf is the action that an event records.
var actionOf = func() map[EventKind]Action {
	m := make(map[EventKind]Action, len(eventOf))
	for a, k := range eventOf {
		m[k] = a
	}
	return m
}()

// rehearsal replays one ticket under two workflows: the one that it followed, and another. What both
// would refuse today (a team has changed since, somebody has left) says nothing of the workflow.
type rehearsal struct {
	desk *Desk
	flow Workflow // the other
	who  func(ID) Actor
	now  time.Time
}

// Replay replays the acts of a past ticket under another workflow and says where it would first have
// gone differently; false when it would have gone the same way. Events are all of the ticket, oldest
// first; who finds an actor with his or her present rights.
func (d *Desk) Replay(flow Workflow, t Ticket, events []Event, who func(ID) Actor, now time.Time) (Divergence, bool) {
	r := rehearsal{desk: d, flow: flow, who: who, now: now}
	before := rewind(t, events)
	var silent, other time.Time // when silence closes, as it was and under the other workflow
	for i, e := range events {
		was := d.Flow(before[i])
		if i == 0 {
			if div, ok := r.opening(was, e); ok {
				return div, true
			}
		}
		after := t
		if i+1 < len(events) {
			after = before[i+1]
		}
		if div, ok := r.closing(before[i], e, silent, other); ok {
			return div, true
		}
		if div, ok := r.act(was, before[i], e); ok {
			return div, true
		}
		switch {
		case after.State != StateResolved:
			silent, other = time.Time{}, time.Time{}
		case before[i].State != StateResolved:
			silent, other = was.silence(e.At), flow.silence(e.At)
		}
	}
	if t.State == StateResolved && !silent.Equal(other) {
		return r.date(t, silent, other), true
	}
	return Divergence{}, false
}

// rewind rebuilds the ticket as it was before each event, from the changes that they hold.
func rewind(t Ticket, events []Event) []Ticket {
	out := make([]Ticket, len(events))
	for i := len(events) - 1; i >= 0; i-- {
		for _, c := range events[i].Changes {
			t.undo(c)
		}
		out[i] = t
	}
	var resolved time.Time
	for i := range out {
		if out[i].State != StateResolved {
			resolved = time.Time{}
		} else if i > 0 && out[i-1].State != StateResolved {
			resolved = events[i-1].At
		}
		out[i].ResolvedAt, out[i].ApprovalStep = resolved, 0
		if out[i].State == StateAwaitingApproval {
			out[i].ApprovalStep = 1
		}
	}
	return out
}

// undo takes one change back.
func (t *Ticket) undo(c Change) {
	switch c.Field {
	case "state":
		t.State = State(c.From)
	case "kind":
		t.Kind = Kind(c.From)
	case "service":
		t.ServiceID = ID(c.From)
	case "urgency":
		t.Urgency = Grade(c.From)
	case "impact":
		t.Impact = Grade(c.From)
	case "priority":
		t.Priority = Priority(c.From)
	case "team":
		t.TeamID = ID(c.From)
	case "technician":
		t.AssigneeID = ID(c.From)
	case "level":
		t.Level = Level(c.From)
	case "pending_reason":
		t.PendingReason = c.From
	case "until":
		t.PendingUntil = unstamp(c.From)
	case "affected":
		t.AffectedID = ID(c.From)
	case "close_at":
		t.CloseAt = unstamp(c.From)
	case "rating_time":
		t.RatingTime = ungrade(c.From)
	case "rating_answers":
		t.RatingAnswers = ungrade(c.From)
	case "workflow":
		t.setProcess(c.From)
	}
}

// redo is the act that an event records.
func redo(e Event, before Ticket) Act {
	act := Act{Action: actionOf[e.Kind], Text: e.Text, TeamID: before.TeamID, Kind: before.Kind}
	for _, c := range e.Changes {
		switch c.Field {
		case "kind":
			act.Kind = Kind(c.To)
		case "service", "affected":
			act.ServiceID = ID(c.To)
		case "urgency":
			act.Urgency = Grade(c.To)
		case "impact":
			act.Impact = Grade(c.To)
		case "team":
			act.TeamID = ID(c.To)
		case "technician":
			act.AssigneeID = ID(c.To)
		case "level":
			act.Level = Level(c.To)
		case "pending_reason":
			act.PendingReason = c.To
		case "until":
			act.Until = unstamp(c.To)
		case "rating_time":
			act.RatingTime = ungrade(c.To)
		case "rating_answers":
			act.RatingAnswers = ungrade(c.To)
		}
	}
	if act.Action == ActionHold { // held again for the same reason
		act.PendingReason = cmp.Or(act.PendingReason, before.PendingReason)
	}
	return act
}

// opening compares what becomes of a ticket as it is opened.
func (r rehearsal) opening(was Workflow, e Event) (Divergence, bool) {
	here, there := was.Policy() == ClosureOnOpen, r.flow.Policy() == ClosureOnOpen
	if here == there || e.Kind != EventOpened {
		return Divergence{}, false
	}
	kind := DivergesNotAtOnce
	if there {
		kind = DivergesAtOnce
	}
	return Divergence{DivergenceReason: DivergenceReason{Kind: kind}, At: e.At, ActorID: e.ActorID}, true
}

// closing compares the silence that an event ends: whether the ticket would have been closed already,
// or not yet.
func (r rehearsal) closing(t Ticket, e Event, silent, other time.Time) (Divergence, bool) {
	byItself := e.Kind == EventClosed && e.ActorID == "" && !silent.IsZero()
	acts := actionOf[e.Kind] != "" || e.Kind == EventFollowedUp
	switch {
	case silent.Equal(other) || t.State != StateResolved:
		return Divergence{}, false
	case byItself, acts && !other.IsZero() && !e.At.Before(other):
		return r.date(t, silent, other), true
	}
	return Divergence{}, false
}

// date is the divergence of a date of closing by silence.
func (r rehearsal) date(t Ticket, silent, other time.Time) Divergence {
	d := Divergence{DivergenceReason: DivergenceReason{Kind: DivergesLater, State: t.State}, At: other, Was: silent, Would: other}
	switch {
	case other.IsZero():
		d.Kind, d.At = DivergesNever, silent
	case silent.IsZero() || other.Before(silent):
		d.Kind = DivergesSooner
	}
	return d
}

// outcome is what a workflow makes of an act.
type outcome struct {
	kind   DivergenceKind // empty: it is allowed
	detail string
	to     State
}

// act compares what both workflows make of an act.
func (r rehearsal) act(was Workflow, t Ticket, e Event) (Divergence, bool) {
	act := redo(e, t)
	if act.Action == "" || t.State.Final() && act.Action != ActionRate {
		return Divergence{}, false
	}
	actor := SystemActor()
	if e.ActorID != "" {
		actor = r.who(e.ActorID)
	}
	here, there := r.try(was, t, act, actor, e.At), r.try(r.flow, t, act, actor, e.At)
	if here.kind != "" || here == there {
		return Divergence{}, false
	}
	reason := DivergenceReason{Kind: there.kind, Action: act.Action, State: t.State, Detail: there.detail}
	if there.kind == "" {
		reason.Kind, reason.State = DivergesElsewhere, there.to
	}
	return Divergence{DivergenceReason: reason, At: e.At, ActorID: e.ActorID}, true
}

// try judges an act as the use cases would: who, then what.
func (r rehearsal) try(w Workflow, t Ticket, act Act, actor Actor, at time.Time) outcome {
	tr, ok := w.Transition(act.Action, t.State)
	if !ok {
		return outcome{kind: DivergesNotNow}
	}
	parties := []Party{{t.RequesterID, PartyRequester}, {t.BeneficiaryID, PartyBeneficiary}}
	if t.State == StateAwaitingApproval { // who answered had been asked
		parties = append(parties, Party{actor.Person.ID, PartyApprover})
	}
	if !actor.Performs(tr, t, r.desk.Place(parties)) {
		return outcome{kind: DivergesDenied}
	}
	step, err := r.desk.decide(w, t, act, actor, at)
	if err == nil {
		return outcome{to: step.Ticket.State}
	}
	return refused(err)
}

// refused says why an act was.
func refused(err error) outcome {
	e, _ := err.(*Error) //nolint:errorlint // decide returns nothing else
	switch {
	case e == nil:
		return outcome{kind: DivergesNotNow}
	case e.Code == "reopen.too_late":
		return outcome{kind: DivergesLate}
	case len(e.Fields) > 0:
		i := slices.IndexFunc(e.Fields, func(f FieldError) bool { return f.Code == "field.required" })
		return outcome{kind: DivergesMissing, detail: e.Fields[max(i, 0)].Field}
	}
	return outcome{kind: DivergesNotNow}
}

// setProcess reads the form that process writes.
func (t *Ticket) setProcess(text string) {
	id, version, ok := cutLast(text)
	if n, err := strconv.Atoi(version); ok && err == nil {
		t.WorkflowID, t.Workflow = ID(id), n
	}
}

func cutLast(text string) (before, after string, ok bool) {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == ' ' {
			return text[:i], text[i+1:], true
		}
	}
	return text, "", false
}

// unstamp reads the form that stamp writes.
func unstamp(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// ungrade reads the form that grade writes.
func ungrade(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}
