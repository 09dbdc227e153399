package notifying

import (
	"cmp"
	"regexp"
	"strconv"
	"time"

	"guichet"
	"guichet/internal/i18n"
	"guichet/internal/markup"
	"guichet/internal/ticketing"
)

// agent reports whether somebody told for a reason is among those who handle the ticket.
func agent(why guichet.Told) bool { return why != guichet.ToldRequester && why != guichet.ToldApprover }

// side is whose words to use: an agent who lost the ticket is not told that it is theirs.
func side(s story, to guichet.Person, why guichet.Told) string {
	t := s.audience.Ticket
	held, _ := s.event.Changed("pending_reason")
	switch kind := s.event.Kind; {
	case why == guichet.ToldAgent && (kind == guichet.EventAssigned || kind == guichet.EventEscalated) && to.ID != t.AssigneeID:
		return guichet.SideFormer
	case why == guichet.ToldRequester && kind == guichet.EventHeld && held.To == ticketing.PendingRequester:
		return guichet.SideAsked
	case why == guichet.ToldRequester && kind == guichet.EventOpened && t.State.Final():
		return guichet.SideRecorded
	}
	return string(why)
}

// wording finds the words for an event and a side. Moderators and teams read those of the agents
// where they have none of their own; nobody else does.
func wording(p i18n.Printer, kind guichet.EventKind, side string) guichet.MailSlot {
	slot := guichet.MailSlot{Event: kind, Side: side}
	pool := side == string(guichet.ToldModerator) || side == string(guichet.ToldTeam)
	if pool && !p.Has(keyOf(slot)+".head") {
		slot.Side = string(guichet.ToldAgent)
	}
	return slot
}

// keyOf is the beginning of the keys of the words of a message.
func keyOf(slot guichet.MailSlot) string { return "mail." + string(slot.Event) + "." + slot.Side }

// stateKey is the key of the state in the words of the pages that the reader knows.
func stateKey(t guichet.Ticket, why guichet.Told) string {
	face, state := "state.portal.", string(t.State)
	if agent(why) {
		face = "state.desk."
	}
	if t.State == guichet.StateAssigned && t.AssigneeID == "" {
		state = "pool"
	}
	return face + state
}

// state says where the ticket is, as its process calls it or in the usual words.
func (s story) state(p i18n.Printer, why guichet.Told) string {
	t := s.audience.Ticket
	called := s.desk.Called(t.WorkflowID, t.Workflow, t.State, t.AssigneeID != "")
	if agent(why) {
		return cmp.Or(called.Name, p.T(stateKey(t, why)))
	}
	return cmp.Or(called.Portal, p.T(stateKey(t, why)))
}

// quoted are the events whose text is shown to everybody whom they are told to.
var quoted = map[guichet.EventKind]bool{
	guichet.EventRefused: true, guichet.EventAnnounced: true, guichet.EventFollowedUp: true, guichet.EventNoted: true, guichet.EventHeld: true,
	guichet.EventResolved: true, guichet.EventSolutionRejected: true, guichet.EventReopened: true,
	guichet.EventClosed: true, guichet.EventCancelled: true, guichet.EventTaskAdded: true,
	guichet.EventTaskDone: true, guichet.EventMerged: true, guichet.EventValidated: true, guichet.EventApproved: true,
}

// quote is the text shown: of the request when it arrives, else of the event. The reason why a
// ticket passes from one agent to another is theirs alone.
func (s story) quote(why guichet.Told) string {
	switch kind := s.event.Kind; {
	case kind == guichet.EventOpened && s.audience.Ticket.State.Final() && s.audience.Ticket.Solution != "":
		return s.audience.Ticket.Solution
	case kind == guichet.EventOpened, asks[kind]:
		return s.audience.Ticket.Description
	case kind == guichet.EventAssigned, kind == guichet.EventEscalated:
		if agent(why) {
			return s.event.Text
		}
	case quoted[kind]:
		return s.event.Text
	}
	return ""
}

var (
	picture   = regexp.MustCompile(`<img\b[^>]*>`)
	pictureOf = regexp.MustCompile(`src="(/[^"]*)"`)
	nameOf    = regexp.MustCompile(`alt="([^"]+)"`)
)

// render is a text as HTML. Pictures, which are shown to whoever signed in only, become links.
func (n *Notifier) render(text string, p i18n.Printer) string {
	return picture.ReplaceAllStringFunc(markup.HTML(text), func(img string) string {
		name := p.T("mail.picture")
		if found := nameOf.FindStringSubmatch(img); found != nil {
			name = found[1]
		}
		src := pictureOf.FindStringSubmatch(img)
		if src == nil {
			return name
		}
		return `<a href="` + n.baseURL + src[1] + `">` + name + `</a>`
	})
}

// arguments are what the words may name: as the event left it, even when the ticket has moved on.
func (s story) arguments(p i18n.Printer) []any {
	t := s.audience.Ticket
	team, technician := t.TeamID, t.AssigneeID
	if c, ok := s.event.Changed("team"); ok {
		team = guichet.ID(c.To)
	}
	if to := s.event.RefPerson(); to != "" {
		technician = to
	}
	actor := first(s.people[s.event.ActorID].Name(), s.desk.Name)
	if away := s.people[s.event.RefID].Name(); s.event.Kind.Answers() && away != "" {
		actor = p.T("stage.for", "Deputy", actor, "Name", away)
	}
	return []any{"Actor", actor, "Technician", s.people[technician].Name(),
		"Team", s.desk.Teams[team].Name, "Service", s.desk.ServiceName(t.ServiceID), "Requester", s.people[t.RequesterID].Name(),
		"Reason", s.reason(p), "Until", s.until(p),
		"Aim", p.T("mail.aim." + s.aim()), "Other", s.other(p)}
}

// other is a sentence about the ticket for which this one was closed, if its requester's side follows that one.
func (s story) other(p i18n.Printer) string {
	c, follows := s.event.Changed("followed")
	n, err := strconv.ParseInt(c.To, 10, 64)
	if !follows || err != nil {
		return p.T("mail.merged.closed")
	}
	return p.T("mail.merged.other", "Number", p.Ticket(n))
}

// inPlaceOf is a sentence about whom the reader answers for, empty when for nobody else.
func (s story) inPlaceOf(p i18n.Printer, to guichet.Person) string {
	a, waits := s.question(to.ID)
	if !waits || a.ForID == "" || !asks[s.event.Kind] {
		return ""
	}
	return p.T("mail.approval.for", "Name", s.people[a.ForID].Name())
}

// reason and until are sentences about a wait, empty when there is nothing to say.
func (s story) reason(p i18n.Printer) string {
	c, _ := s.event.Changed("pending_reason")
	reason, known := s.desk.Flow(s.audience.Ticket).Reason(c.To)
	if !known {
		return ""
	}
	return p.T("mail.reason", "Reason", reason.Name)
}

func (s story) until(p i18n.Printer) string {
	at, ok := s.date("until")
	if !ok {
		return ""
	}
	return p.T("mail.until", "Date", p.DateTime(at))
}

// aim is what a delay is for.
func (s story) aim() string {
	if c, _ := s.event.Changed("clock"); c.To == string(guichet.ClockContact) {
		return c.To
	}
	return string(guichet.ClockResolve)
}

// date reads a time among the changes of the event.
func (s story) date(field string) (time.Time, bool) {
	c, _ := s.event.Changed(field)
	at, err := time.Parse(time.RFC3339, c.To)
	return at, err == nil
}

// facts are the lines at the foot: since when, for whom, who has it, until when.
func (s story) facts(p i18n.Printer, why guichet.Told) [][2]string {
	t := s.audience.Ticket
	var facts [][2]string
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, [2]string{p.T("mail.fact." + name), value})
		}
	}
	add("opened", p.DateTime(t.OpenedAt))
	if why != guichet.ToldRequester {
		add("requester", s.people[t.RequesterID].Name())
	}
	if t.BeneficiaryID != t.RequesterID {
		add("beneficiary", s.people[t.BeneficiaryID].Name())
	}
	add("service", s.desk.ServiceName(t.ServiceID))
	if t.AssigneeID != "" {
		add("technician", s.people[t.AssigneeID].Name())
	} else {
		add("team", s.desk.Teams[t.TeamID].Name)
	}
	if !t.PendingUntil.IsZero() {
		add("until", p.DateTime(t.PendingUntil))
	}
	if due, ok := s.date("due"); ok {
		add("due", p.DateTime(due))
	}
	return facts
}
