// Package thread tells the timeline of a ticket, to either side: messages, notes, tasks, solution,
// and what happened between them.
package thread

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/site"
)

// Kinds of items.
const (
	Message  = "message"
	Note     = "note"
	Solution = "solution"
	TaskItem = "task"
	Line     = "event"
)

// File is a file of an item.
type File struct {
	Name, URL     string
	Size          int64
	Image         bool
	Width, Height int // of a picture, in pixels; 0: not known
}

// Item is a piece of the timeline.
type Item struct {
	ID     guichet.ID
	Kind   string
	Name   string // who
	Role   string // in what capacity, or to whom
	At     time.Time
	HTML   string // made safe by package markup
	Text   string // of a line
	Icon   string
	Mine   bool
	Files  []File
	Task   guichet.Task
	Detail []string // changes, in words
	Short  string   // what happened in a word or two, for a summary

	Joined // what it has to do with other tickets
}

// Group is a run of items: one that is read, or lines that are folded.
type Group struct {
	Item  *Item
	Lines []Item
	Mark  string // the line that is drawn before it; empty: none
}

// Lines that part what the reader has seen from what is new.
const (
	MarkNew  = "new"
	MarkSeen = "seen"
)

// teller turns the events of a view into items.
type teller struct {
	q     *site.Request
	v     ticketing.View
	agent bool
}

// Tell returns the timeline of a view, for the agents' side or the requester's.
func Tell(q *site.Request, v ticketing.View, agent bool) []Group {
	t := teller{q, v, agent}
	var groups []Group
	if v.Opening != nil { // what it is about stands above what happened lately
		opening := t.item(*v.Opening)
		groups = append(groups, Group{Item: &opening})
	}
	first := t.firstNew()
	for i, e := range v.Events {
		item, mark := t.item(e), ""
		if i == first {
			mark = MarkNew
		}
		if item.Kind != Line {
			groups = append(groups, Group{Item: &item, Mark: mark})
			continue
		}
		if n := len(groups); n > 0 && groups[n-1].Item == nil && mark == "" {
			groups[n-1].Lines = append(groups[n-1].Lines, item)
			continue
		}
		groups = append(groups, Group{Lines: []Item{item}, Mark: mark})
	}
	return groups
}

// firstNew is the first event by somebody else since the last visit of an agent, among those shown; -1: none.
func (t teller) firstNew() int {
	me := t.q.Actor.Person.ID
	return slices.IndexFunc(t.v.Events, func(e guichet.Event) bool {
		return t.agent && t.v.Seen > 0 && e.Seq > t.v.Seen && e.TicketID == t.v.Ticket.ID && (e.ActorID == "" || e.ActorID != me)
	})
}

func (t teller) item(e guichet.Event) Item {
	item := Item{ID: e.ID, Kind: Line, Name: t.name(e.ActorID), At: e.At, Icon: icons[e.Kind], Files: t.files(e),
		Mine: e.ActorID != "" && e.ActorID == t.q.Actor.Person.ID}
	text := e.Text
	switch e.Kind {
	case guichet.EventOpened:
		item.Kind, text = Message, t.about(e).Description
	case guichet.EventFollowedUp, guichet.EventDocumentAdded:
		item.Kind = Message
	case guichet.EventAnnounced:
		if e.Text != "" {
			item.Kind = Message
		}
	case guichet.EventNoted:
		item.Kind = Note
	case guichet.EventResolved:
		item.Kind = Solution
	case guichet.EventChecked, guichet.EventUnchecked, guichet.EventChecklistAdded, guichet.EventChecklistRemoved:
		text = "" // the sentence says it
	case guichet.EventTaskAdded:
		item.Kind, item.Task = TaskItem, t.task(e.RefID)
	}
	item.Role, item.Joined = t.role(e), t.joined(e)
	if text != "" {
		if e.Kind == guichet.EventNoted {
			text = t.named(text, e.Mentioned())
		}
		item.HTML = foldQuotes(t.q.Markup.HTML(text), t.q.P.T("thread.quoted"))
	}
	if item.Kind == Line {
		if key := "event.short." + string(e.Kind); t.q.P.Has(key) {
			item.Short = t.q.P.T(key)
		}
		item.Text = t.sentence(e)
		item.Detail = t.details(e)
	}
	return item
}

var icons = map[guichet.EventKind]string{
	guichet.EventApprovalRequested: "stamp", guichet.EventApprovalGiven: "stamp", guichet.EventApproved: "stamp",
	guichet.EventRefused: "circle-x", guichet.EventApprovalDeclined: "circle-x",
	guichet.EventApprovalReminded: "bell", guichet.EventApprovalPassed: "stamp", guichet.EventApprovalExpired: "circle-x", guichet.EventRouted: "workflow", guichet.EventQualified: "list-filter",
	guichet.EventAssigned: "user-check", guichet.EventClaimed: "hand", guichet.EventEscalated: "trending-up",
	guichet.EventHeld: "pause", guichet.EventResumed: "play", guichet.EventTaskDone: "list-checks", guichet.EventTaskUndone: "rotate-ccw",
	guichet.EventValidated: "circle-check", guichet.EventSolutionRejected: "rotate-ccw", guichet.EventRated: "star",
	guichet.EventReopened: "rotate-ccw", guichet.EventClosed: "archive", guichet.EventCancelled: "archive",
	guichet.EventContacted: "phone", guichet.EventRemote: "monitor", guichet.EventPauseAdded: "pause", guichet.EventPauseWithdrawn: "play",
	guichet.EventDueSoon: "hourglass", guichet.EventOverdue: "circle-alert",
	guichet.EventLinked: "link-2", guichet.EventUnlinked: "link-2", guichet.EventMerged: "merge", guichet.EventUnmerged: "merge", guichet.EventAbsorbed: "merge",
	guichet.EventReleased: "merge", guichet.EventSplit: "split", guichet.EventUnsplit: "split", guichet.EventMajorDeclared: "siren", guichet.EventMajorEnded: "siren",
	guichet.EventKnownError: "lightbulb", guichet.EventAnnounced: "megaphone", guichet.EventUnannounced: "megaphone", guichet.EventObserverAdded: "eye", guichet.EventObserverRemoved: "x", guichet.EventChecklistAdded: "list-checks",
	guichet.EventChecklistRemoved: "list-checks", guichet.EventChecked: "check", guichet.EventUnchecked: "rotate-ccw", guichet.EventMigrated: "workflow", guichet.EventTagged: "tags",
}

// role says in what capacity somebody wrote.
func (t teller) role(e guichet.Event) string {
	ticket := t.about(e)
	switch {
	case e.ActorID == "":
		return ""
	case e.ActorID == ticket.RequesterID:
		return t.q.P.T("role.requester")
	case e.ActorID == ticket.BeneficiaryID:
		return t.q.P.T("role.beneficiary")
	case e.ActorID == ticket.AssigneeID:
		return t.v.Desk.Teams[ticket.TeamID].Name
	}
	for _, p := range t.v.Parties {
		if p.PersonID == e.ActorID && p.Role == guichet.PartyApprover {
			return t.q.P.T("role.approver")
		}
	}
	return ""
}

// observers are the events about somebody in copy.
var observers = map[guichet.EventKind]bool{guichet.EventObserverAdded: true, guichet.EventObserverRemoved: true}

// sentence says what happened.
func (t teller) sentence(e guichet.Event) string {
	to := ""
	if c, ok := e.Changed("technician"); ok && c.To != "" {
		to = t.name(guichet.ID(c.To))
	} else if c, ok := e.Changed("team"); ok {
		to = t.v.Desk.Teams[guichet.ID(c.To)].Name
	} else if joins[e.Kind] {
		to = t.other(e)
	} else if observers[e.Kind] {
		to = t.name(e.RefID)
	}
	key := "event." + string(e.Kind)
	switch {
	case e.ActorID == "" && t.q.P.Has(key+".system"):
		key += ".system"
	case observers[e.Kind] && e.RefID == e.ActorID:
		key += ".self"
	case to != "" && t.q.P.Has(key+".to"):
		key += ".to"
	}
	return t.q.P.T(key, "Actor", t.actor(e), "To", to, "Title", e.Text, "Rule", strings.Join(t.why(e), ", "))
}

// actor is who did it, and for whom when it was in somebody's place.
func (t teller) actor(e guichet.Event) string {
	if e.RefID == "" || !e.Kind.Answers() {
		return t.name(e.ActorID)
	}
	return t.q.P.T("stage.for", "Deputy", t.name(e.ActorID), "Name", t.name(e.RefID))
}

// why names the rule that decided, and the values that it saw.
func (t teller) why(e guichet.Event) []string {
	out := make([]string, len(e.Why))
	for i, v := range e.Why {
		out[i] = t.q.Seen(v)
	}
	return out
}

// details says what changed, field by field; a requester needs less of it.
func (t teller) details(e guichet.Event) []string {
	var out []string
	for _, c := range e.Changes {
		if !t.agent && (!told[c.Field] || c.To == "") {
			continue // that a wait is over says all: its reason and date are gone with it
		}
		label := t.q.P.T("change." + c.Field)
		from, to := t.value(c.Field, c.From), t.value(c.Field, c.To)
		switch {
		case c.Field == "rating_time" || c.Field == "rating_answers":
			out = append(out, t.q.P.T("change.set", "Field", label, "To", c.To+"/5"))
		case c.From == "" || c.From == "0":
			out = append(out, t.q.P.T("change.set", "Field", label, "To", to))
		default:
			out = append(out, t.q.P.T("change.moved", "Field", label, "From", from, "To", to))
		}
	}
	return out
}

// told are the changes that concern a requester.
var told = map[string]bool{"pending_reason": true, "until": true, "priority": true, "service": true, "rating_time": true, "rating_answers": true}

// value says the value of a field in words; a key that the configuration no longer knows is shown as it is.
func (t teller) value(field, v string) string {
	if v == "" {
		return t.q.P.T("change.nothing")
	}
	return cmp.Or(t.words(field, v), v)
}

func (t teller) words(field, v string) string {
	switch field {
	case "state":
		return cmp.Or(t.v.Desk.Flow(t.v.Ticket).Step(guichet.State(v)).Name, t.q.P.T("state.desk."+v))
	case "kind":
		return t.q.P.T("kind." + v)
	case "urgency":
		return t.q.P.T("grade." + v)
	case "impact": // another gender in French
		return t.q.P.T("desk.impact." + v)
	case "priority":
		return t.q.P.T("priority." + v)
	case "service", "affected":
		return t.v.Desk.ServiceName(guichet.ID(v))
	case "team":
		return t.v.Desk.Teams[guichet.ID(v)].Name
	case "technician":
		return t.name(guichet.ID(v))
	case "pending_reason":
		reason, _ := t.v.Desk.Flow(t.v.Ticket).Reason(v)
		return reason.Name
	case "workflow":
		id, version, _ := strings.Cut(v, " ")
		if w, known := t.v.Desk.Workflows[guichet.ID(id)]; known {
			return t.q.P.T("change.workflow.version", "Name", w.Name, "Version", version)
		}
	case "link":
		return t.q.P.T("relation." + v)
	case "clock":
		return t.q.P.T("delay.clock." + v)
	case "medium":
		return t.q.P.T("desk.contact." + v)
	case "tell":
		return t.tellNames(v)
	case "until", "close_at", "due", "from", "contacted":
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return t.q.P.DateTime(at)
		}
	}
	return ""
}

// tellNames says whom an escalation told.
func (t teller) tellNames(list string) string {
	var out []string
	for who := range strings.SplitSeq(list, ",") {
		if role, known := t.v.Desk.Roles[guichet.ID(who)]; known {
			out = append(out, role.Name)
			continue
		}
		out = append(out, t.q.P.T("tell."+who))
	}
	return strings.Join(out, ", ")
}

func (t teller) name(id guichet.ID) string {
	if id == "" {
		return "Guichet"
	}
	return t.v.People[id].Name()
}

func (t teller) task(id guichet.ID) guichet.Task {
	for _, task := range t.v.Tasks {
		if task.ID == id {
			return task
		}
	}
	return guichet.Task{}
}

func (t teller) files(e guichet.Event) []File {
	var out []File
	for _, d := range t.v.Documents {
		if d.EventID == e.ID {
			out = append(out, FileOf(d))
		}
	}
	return out
}

// pictures are the types that a page shows.
var pictures = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

// FileOf shows a document as a file.
func FileOf(d guichet.Document) File {
	return File{Name: d.Name, URL: "/documents/" + string(d.ID), Size: d.Size, Image: pictures[d.MediaType], Width: d.Width, Height: d.Height}
}

// Anchor is the name of an event on a page.
func Anchor(event guichet.ID) string { return "e-" + string(event) }
