package requester

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"guichet"
	"guichet/internal/i18n"
	"guichet/internal/ticketing"
	"guichet/internal/web/answering"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
	"guichet/internal/web/thread"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

func ticketURL(n int64) string { return "/tickets/" + number(n) }

// storyData is a ticket as its requester reads it.
type storyData struct {
	LeadsTo int64 // the ticket into which it was merged, when the reader sees that one
	View    ticketing.View
	Groups  []thread.Group
	Files   []thread.File
	Steps   []step
	Stages  []thread.Stage // of its approval
	Todo    string
	Next    string
	Can     map[guichet.Action]bool
	Older   string // address of the page of older messages
	Team    string
	Agent   string
	For     string
	Key     string // of the message, so that it is sent once
	Sent    string // place of the draft that has just been sent: the browser forgets it
	attempt
	Answers []answering.Told
}

// attempt is what was sent and could not be done as it stands.
type attempt struct {
	refusal
	Open  guichet.Action // the action that was tried; empty: a message
	Typed url.Values
	Kept  []kit.KeptFile
}

type step struct {
	Title, Detail string
	Done, Now     bool
}

func ticket(q *site.Request) error {
	return story(q, ok, storyData{Key: site.FormKey(nil)})
}

// notResolved asks why a solution is none, for who has no scripts or comes from a mail.
func notResolved(q *site.Request) error { return showNotResolved(q, ok, storyData{}) }

func showNotResolved(q *site.Request, status int, d storyData) error {
	if err := d.read(q); err != nil {
		return err
	}
	if !d.sendsBack() {
		return q.Redirect(ticketURL(d.View.Ticket.Number), "")
	}
	return q.Render(status, notResolvedView(q.Page(q.P.T("story.no"), "tickets"), d))
}

// sendsBack reports whether the reader may say that it is not resolved.
func (d storyData) sendsBack() bool {
	return d.Can[guichet.ActionReopen] || d.Can[guichet.ActionRejectSolution]
}

// solution is what was last proposed as one, as the thread shows it; empty: the thread does not.
func (d storyData) solution() string {
	for _, g := range slices.Backward(d.Groups) {
		if g.Item != nil && g.Item.Kind == thread.Solution {
			return g.Item.HTML
		}
	}
	return ""
}

// wrong are the errors of an action, by the fields of the page: several have a reason.
func (d storyData) wrong() kit.Errors {
	if d.Open == guichet.ActionCancel && d.Errors["reason"] != "" {
		return kit.Errors{"cancel": d.Errors["reason"]}
	}
	return d.Errors
}

// comment is the word that came with a rating and comes back.
func (d storyData) comment() string {
	return typed(d, guichet.ActionValidate) + typed(d, guichet.ActionRate)
}

// answered tells the script that a message comes back: its draft must not cover it.
func (d storyData) answered() string {
	if d.Status != 0 && d.Open == "" {
		return "yes"
	}
	return ""
}

// replyDraft is the place of a message that is not sent yet.
func replyDraft(n int64) string { return "reply:" + number(n) }

// story shows a ticket; what was typed and refused comes with it.
func story(q *site.Request, status int, d storyData) error {
	if err := d.read(q); err != nil {
		return err
	}
	if d.LeadsTo > 0 && status == ok && q.R.URL.Query().Get("alone") == "" {
		return q.Redirect(ticketURL(d.LeadsTo), q.P.T("links.forwarded", "Number", q.P.Ticket(d.View.Ticket.Number)))
	}
	return q.Render(status, storyView(q.Page(d.View.Ticket.Title, "tickets"), d))
}

// read reads the ticket that the address names.
func (d *storyData) read(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	before, _ := strconv.ParseInt(q.R.URL.Query().Get("before"), 10, 64)
	v, err := q.Desk.View(q.R.Context(), q.Actor, n, before)
	if err != nil {
		return err
	}
	d.LeadsTo, d.Sent = v.LeadsTo(), q.R.URL.Query().Get("sent")
	if v.More {
		d.Older = ticketURL(n) + "?before=" + number(v.Events[0].Seq) // counted with what is not shown
	}
	d.fill(q, publicView(v))
	return nil
}

// publicView is what the portal shows of a ticket, even to an agent: never what is internal.
func publicView(v ticketing.View) ticketing.View {
	var events []guichet.Event
	for _, e := range v.Events {
		if shown, ok := e.ForRequester(); ok {
			events = append(events, shown)
		}
	}
	var documents []guichet.Document
	for _, d := range v.Documents {
		if !d.Internal {
			documents = append(documents, d)
		}
	}
	v.Events, v.Documents, v.Tasks = events, documents, nil
	return v
}

func (d *storyData) fill(q *site.Request, v ticketing.View) {
	t := v.Ticket
	d.View, d.Groups = v, thread.Tell(q, v, false)
	d.Answers = answering.Tell(q, t.Answers, v.Documents)
	for _, doc := range v.Documents {
		d.Files = append(d.Files, thread.FileOf(doc))
	}
	d.Todo, d.Next = expectation(q, rowOf(v))
	d.Steps, d.Stages = steps(q, v), thread.Stages(q, v)
	if slices.ContainsFunc(d.Steps, func(s step) bool { return s.Now && s.Detail == d.Next }) {
		d.Next = "" // it stands in the steps
	}
	d.Can = map[guichet.Action]bool{}
	for _, tr := range v.Actions {
		d.Can[tr.Action] = true
	}
	d.Team, d.Agent = v.Desk.Teams[t.TeamID].Name, v.People[t.AssigneeID].Name()
	if t.BeneficiaryID != t.RequesterID {
		d.For = v.People[t.BeneficiaryID].Name()
	}
}

// rowOf is a ticket as a list would hold it.
func rowOf(v ticketing.View) ticketing.Row {
	t := v.Ticket
	return ticketing.Row{State: t.State, RequesterID: t.RequesterID, BeneficiaryID: t.BeneficiaryID,
		CloseAt: t.CloseAt, PendingReason: t.PendingReason, PendingUntil: t.PendingUntil, Assignee: v.People[t.AssigneeID].Name(),
		Contact: v.Clock.Contact.State, ContactDue: v.Clock.Contact.Due, Resolve: v.Clock.Resolve.State, ResolveDue: v.Clock.Resolve.Due}
}

// resumes says when work goes on: alone, the date would be taken for the beginning of the wait.
func resumes(p i18n.Printer, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return p.T("next.pending", "Date", p.Date(at))
}

// steps tell the life of the ticket in plain words: what is done, where it is, what remains.
func steps(q *site.Request, v ticketing.View) []step {
	t, p := v.Ticket, q.P
	short := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return p.Relative(at, q.Time())
	}
	list := []step{{Title: p.T("step.received"), Detail: short(t.OpenedAt), Done: true}}
	switch {
	case t.State == guichet.StateRejected:
		return append(list, step{Title: p.T("step.rejected"), Detail: short(t.ClosedAt), Now: true})
	case t.State == guichet.StateCancelled:
		return append(list, step{Title: p.T("step.cancelled"), Detail: short(t.ClosedAt), Now: true})
	case len(v.Approvals) > 0:
		waiting := t.State == guichet.StateAwaitingApproval
		list = append(list, step{Title: p.T("step.approval"), Done: !waiting, Now: waiting})
	}
	taken := t.AssigneeID != "" || t.State == guichet.StateResolved || t.State == guichet.StateClosed
	handled := step{Title: p.T("step.handled"), Detail: v.People[t.AssigneeID].Name(), Done: taken}
	handled.Now = t.State == guichet.StateNew || t.State == guichet.StateAssigned
	handled.Done = handled.Done && !handled.Now
	if handled.Now && !taken {
		handled.Title = p.T("step.awaits")
	}
	list = append(list, handled)
	if t.State == guichet.StatePending {
		list = append(list, step{Title: p.T("step.pending"), Detail: resumes(p, t.PendingUntil), Now: true})
		list[len(list)-2].Done = true
	}
	resolved := step{Title: p.T("step.resolved"), Detail: short(t.ResolvedAt), Now: t.State == guichet.StateResolved, Done: t.State == guichet.StateClosed}
	closed := step{Title: p.T("step.closed"), Detail: short(t.ClosedAt), Done: t.State == guichet.StateClosed}
	if closed.Detail == "" && !t.CloseAt.IsZero() {
		closed.Detail = p.T("step.before", "Date", p.Date(t.CloseAt))
	}
	return append(list, resolved, closed)
}

// message adds a message; on a closed ticket it opens a linked one.
func message(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil && !site.NotKept(err) {
		return err
	}
	var said ticketing.Said
	if err == nil {
		said, err = q.Desk.FollowUp(q.R.Context(), q.Actor, n, ticketing.FollowUp{Text: form.Get("text"), Files: form.Files, Key: form.Get("key")})
	}
	if err != nil {
		return storyAgain(q, err, "", form)
	}
	q.Sent(replyDraft(n))
	if said.FollowOn {
		return q.Redirect(ticketURL(said.Ticket.Number)+"?sent="+replyDraft(n), q.P.T("message.follow_on", "Number", q.P.Ticket(said.Ticket.Number)))
	}
	return q.Redirect(ticketURL(n)+"?sent="+replyDraft(n), q.P.T("message.sent"))
}

// storyAgain shows the ticket with what could not be done and all that was typed; action is what was
// tried, empty for a message.
func storyAgain(q *site.Request, err error, action guichet.Action, form site.Form) error {
	r, known := refusalOf(q, err)
	if !known {
		return err
	}
	again := storyData{Key: r.key(form), attempt: attempt{refusal: r, Open: action, Typed: form.Values, Kept: q.KeepFiles(form.Files)}}
	for _, f := range []string{"rating_time", "rating_answers"} {
		if again.Errors[f] != "" {
			again.Errors[f] = q.P.T("rating.both")
		}
	}
	if again.Errors["reason"] != "" && (action == guichet.ActionRejectSolution || action == guichet.ActionReopen) {
		return showNotResolved(q, r.Status, again)
	}
	return story(q, r.Status, again)
}

// requesterActs are the actions that the portal offers.
var requesterActs = map[guichet.Action]bool{guichet.ActionValidate: true, guichet.ActionRejectSolution: true,
	guichet.ActionReopen: true, guichet.ActionCancel: true, guichet.ActionRate: true}

func act(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	action := guichet.Action(q.R.PathValue("action"))
	if !requesterActs[action] {
		return guichet.NotFound("page")
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	in := guichet.Act{Action: action, Text: strings.TrimSpace(form.Get("reason"))}
	in.RatingTime, _ = strconv.Atoi(form.Get("rating_time")) // what is no number is no rating
	in.RatingAnswers, _ = strconv.Atoi(form.Get("rating_answers"))
	if _, err = q.Desk.Do(q.R.Context(), q.Actor, n, in); err != nil {
		return storyAgain(q, err, action, form)
	}
	return q.Redirect(ticketURL(n), q.P.T("done."+string(action)))
}

func document(q *site.Request) error {
	d, err := q.Desk.Document(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id")))
	if err != nil {
		return err
	}
	return q.SendDocument(d)
}
