package notifying

import (
	"context"
	"fmt"
	"strings"

	"guichet"
	"guichet/internal/i18n"
	"guichet/internal/markup"
	"guichet/internal/store"
)

// button is a link of a message that asks for an act.
type button struct {
	Text string
	URL  string
	Main bool
}

// message is what a mail shows, in the words of its reader.
type message struct {
	Locale  string
	Desk    string
	Number  string
	Title   string
	State   string
	Heading string
	Hello   string
	Lead    string
	Quote   string // HTML, made safe by package markup
	Plain   string // the same as text
	After   string
	Buttons []button
	Facts   [][2]string
	Link    button
	Foot    string
}

// compose writes the message about an event for one reader.
func (n *Notifier) compose(ctx context.Context, s story, to guichet.Person, why guichet.Told) (store.Mail, error) {
	p := n.texts.Printer(first(to.Locale, s.desk.Locale), zone(first(to.TimeZone, s.desk.TimeZone)))
	t := s.audience.Ticket
	m := message{Locale: p.Locale(), Desk: s.desk.Name, Number: p.Ticket(t.Number), Title: t.Title,
		State: p.T("mail.state." + string(t.State)), Hello: p.T("mail.hello", "Name", to.Name())}
	key := wording(p, s.event.Kind, side(s, to, why))
	args := s.arguments(p)
	m.Heading, m.Lead = p.T(key+".head", args...), p.T(key+".lead", args...)
	if quoted[s.event.Kind] {
		m.Quote, m.Plain = markup.HTML(s.event.Text), s.event.Text
	}
	if s.event.Kind == guichet.EventOpened || s.event.Kind == guichet.EventApprovalRequested {
		m.Quote, m.Plain = markup.HTML(t.Description), t.Description
	}
	m.Facts = s.facts(p)
	n.invite(&m, p, s, to, why)
	var html strings.Builder
	err := mailPage(m).Render(ctx, &html)
	return store.Mail{TicketID: t.ID, EventID: s.event.ID, PersonID: to.ID, Recipient: to.Email,
		Subject: fmt.Sprintf("[%d] %s – %s", t.Number, m.Heading, t.Title), Text: m.text(), HTML: html.String()}, err
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// quoted are the events whose text is shown.
var quoted = map[guichet.EventKind]bool{
	guichet.EventRefused: true, guichet.EventFollowedUp: true, guichet.EventNoted: true, guichet.EventHeld: true,
	guichet.EventResolved: true, guichet.EventSolutionRejected: true, guichet.EventReopened: true,
	guichet.EventClosed: true, guichet.EventCancelled: true, guichet.EventAssigned: true,
	guichet.EventEscalated: true, guichet.EventTaskAdded: true, guichet.EventTaskDone: true,
	guichet.EventValidated: true, guichet.EventApprovalGiven: true, guichet.EventApproved: true,
}

// side is whose words to use: an agent who lost the ticket is not told that it is theirs.
func side(s story, to guichet.Person, why guichet.Told) string {
	handover := s.event.Kind == guichet.EventAssigned || s.event.Kind == guichet.EventEscalated
	if why == guichet.ToldAgent && handover && to.ID != s.audience.Ticket.AssigneeID {
		return "former"
	}
	return string(why)
}

// wording finds the words for an event and a side; moderators and teams read the agents' words
// where they have none of their own.
func wording(p i18n.Printer, kind guichet.EventKind, side string) string {
	key := "mail." + string(kind) + "." + side
	if !p.Has(key + ".head") {
		key = "mail." + string(kind) + ".agent"
	}
	return key
}

// arguments are what the words may name.
func (s story) arguments(p i18n.Printer) []any {
	t := s.audience.Ticket
	actor := s.people[s.event.ActorID].Name()
	if actor == "" {
		actor = s.desk.Name
	}
	reason, _ := s.desk.Flow(t).Reason(t.PendingReason)
	until := ""
	if !t.PendingUntil.IsZero() {
		until = p.T("mail.until", "Date", p.DateTime(t.PendingUntil))
	}
	return []any{"Actor", actor, "Technician", s.people[t.AssigneeID].Name(), "Team", s.desk.Teams[t.TeamID].Name,
		"Service", s.desk.ServiceName(t.ServiceID), "Reason", first(reason.Name, "–"), "Until", until,
		"Requester", s.people[t.RequesterID].Name()}
}

// facts are the lines at the foot: since when, who has it, until when.
func (s story) facts(p i18n.Printer) [][2]string {
	t := s.audience.Ticket
	facts := [][2]string{{p.T("mail.fact.opened"), p.DateTime(t.OpenedAt)}}
	if t.BeneficiaryID != t.RequesterID {
		facts = append(facts, [2]string{p.T("mail.fact.beneficiary"), s.people[t.BeneficiaryID].Name()})
	}
	switch {
	case t.AssigneeID != "":
		facts = append(facts, [2]string{p.T("mail.fact.technician"), s.people[t.AssigneeID].Name()})
	case t.TeamID != "":
		facts = append(facts, [2]string{p.T("mail.fact.team"), s.desk.Teams[t.TeamID].Name})
	}
	if !t.PendingUntil.IsZero() {
		facts = append(facts, [2]string{p.T("mail.fact.until"), p.DateTime(t.PendingUntil)})
	}
	return facts
}

// invite adds what the reader may do, and why he or she reads this.
func (n *Notifier) invite(m *message, p i18n.Printer, s story, to guichet.Person, why guichet.Told) {
	t := s.audience.Ticket
	page := fmt.Sprintf("%s/tickets/%d", n.baseURL, t.Number)
	if why != guichet.ToldRequester && why != guichet.ToldApprover {
		page = fmt.Sprintf("%s/desk/tickets/%d", n.baseURL, t.Number)
	}
	m.Link = button{Text: p.T("mail.see"), URL: page}
	m.Foot = p.T("mail.why." + string(why))
	switch {
	case s.event.Kind == guichet.EventApprovalRequested:
		m.Buttons = n.approvalButtons(p, s, to)
	case s.event.Kind == guichet.EventResolved && why == guichet.ToldRequester && s.validates(to):
		m.Buttons = []button{{p.T("mail.button.validate"), page + "#resolved", true}, {p.T("mail.button.reject"), page + "#resolved", false}}
		if !t.CloseAt.IsZero() {
			m.After = p.T("mail.silence", "Date", p.DateTime(t.CloseAt))
		}
	default:
		m.Buttons = []button{{p.T("mail.button.open"), page, true}}
	}
}

// validates reports whether the workflow lets the reader say that it is resolved.
func (s story) validates(to guichet.Person) bool {
	t := s.audience.Ticket
	tr, ok := s.desk.Flow(t).Transition(guichet.ActionValidate, t.State)
	return ok && guichet.Actor{Person: to}.Performs(tr, t, s.desk.Place(s.audience.Parties))
}

// approvalButtons link to the page that asks to confirm: programs that read mail open links, so
// opening one decides nothing.
func (n *Notifier) approvalButtons(p i18n.Printer, s story, to guichet.Person) []button {
	for _, a := range s.approvals {
		if a.ApproverID == to.ID && a.Step == s.audience.Ticket.ApprovalStep {
			link := fmt.Sprintf("%s/approvals/%s?token=%s", n.baseURL, a.ID, n.signer.Sign(SignatureApproval, string(a.ID)))
			return []button{{p.T("mail.button.approve"), link + "&decision=approve", true},
				{p.T("mail.button.refuse"), link + "&decision=refuse", false}}
		}
	}
	return nil
}

// text is the message without HTML.
func (m message) text() string {
	var b strings.Builder
	for _, part := range []string{m.Heading, m.Hello, m.Lead, indent(m.Plain), m.After} {
		if part != "" {
			b.WriteString(part + "\n\n")
		}
	}
	for _, l := range append(m.Buttons, m.Link) {
		b.WriteString(l.Text + " :\n" + l.URL + "\n\n")
	}
	for _, f := range m.Facts {
		b.WriteString(f[0] + " : " + f[1] + "\n")
	}
	return b.String() + "\n-- \n" + m.Desk + "\n" + m.Foot + "\n"
}

func indent(s string) string {
	if s == "" {
		return ""
	}
	return "    " + strings.ReplaceAll(s, "\n", "\n    ")
}
