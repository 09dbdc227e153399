package notifying

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"guichet"
	"guichet/internal/i18n"
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
	Closing string // of the organisation's own, after everything that is said
	Subject string
	Buttons []button
	Facts   [][2]string
	Link    button
	Foot    string

	label func(name string) string // what comes before a value
}

// compose writes the message about an event for one reader.
func (n *Notifier) compose(ctx context.Context, s story, to guichet.Person, why guichet.Told) (store.Mail, error) {
	return n.composeAs(ctx, s, to, why, wording(n.printer(s, to), s.event.Kind, side(s, to, why)))
}

// printer is the language and the time zone of a reader.
func (n *Notifier) printer(s story, to guichet.Person) i18n.Printer {
	return n.texts.Printer(first(to.Locale, s.desk.Locale), zone(first(to.TimeZone, s.desk.TimeZone)))
}

func (n *Notifier) composeAs(ctx context.Context, s story, to guichet.Person, why guichet.Told, slot guichet.MailSlot) (store.Mail, error) {
	p := n.printer(s, to)
	t := s.audience.Ticket
	m := message{Locale: p.Locale(), Desk: s.desk.Name, Number: p.Ticket(t.Number), Title: t.Title,
		State: s.state(p, why), Hello: p.T("mail.hello", "Name", to.Name()),
		label: func(name string) string { return p.T("mail.label", "Name", name) }}
	key, args := keyOf(slot), append(s.arguments(p), "For", s.inPlaceOf(p, to))
	m.Heading, m.Lead = p.T(key+".head", args...), tidy(p.T(key+".lead", args...))
	m.Plain = s.quote(why)
	m.Quote = n.render(m.Plain, p)
	m.Facts = s.facts(p, why)
	n.invite(&m, p, s, to, why)
	m.Subject = subject(t, m.Heading+" – "+t.Title)
	n.rewrite(&m, p, s, slot)
	var html strings.Builder
	err := mailPage(m).Render(ctx, &html)
	return store.Mail{TicketID: t.ID, EventID: s.event.ID, PersonID: to.ID, Recipient: to.Email,
		Subject: m.Subject, Text: m.text(), HTML: html.String()}, err
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// tidy drops the spaces left by arguments that are empty.
func tidy(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "  ", " ")) }

// maxSubject is the length above which a subject is cut, in characters.
const maxSubject = 200

// subject names the ticket, then says what a message is about.
func subject(t guichet.Ticket, words string) string {
	return cutSubject(fmt.Sprintf("[%d] %s", t.Number, words))
}

// cutSubject is one line, whatever the words hold: a line break in it would begin another header.
func cutSubject(words string) string {
	line := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, words)
	if runes := []rune(line); len(runes) > maxSubject {
		return strings.TrimSpace(string(runes[:maxSubject-1])) + "…"
	}
	return line
}

// invite adds what the reader may do, and why he or she reads this.
func (n *Notifier) invite(m *message, p i18n.Printer, s story, to guichet.Person, why guichet.Told) {
	t := s.audience.Ticket
	page := fmt.Sprintf("%s/tickets/%d", n.baseURL, t.Number)
	if agent(why) {
		page = fmt.Sprintf("%s/desk/tickets/%d", n.baseURL, t.Number)
	}
	m.Link = button{Text: p.T("mail.see"), URL: page}
	m.Foot = p.T("mail.why." + string(why))
	switch {
	case asks[s.event.Kind]:
		m.Buttons = n.approvalButtons(p, s, to)
		if !s.plan.ExpiresAt.IsZero() {
			m.After = p.T("mail.approval.until", "Date", p.DateTime(s.plan.ExpiresAt))
		}
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

// asks are the events that put a question to an approver, or put it again.
var asks = map[guichet.EventKind]bool{guichet.EventApprovalRequested: true, guichet.EventApprovalPassed: true,
	guichet.EventApprovalReminded: true}

// approvalButtons link to the page that asks to confirm: programs that read mail open links, so
// opening one decides nothing.
func (n *Notifier) approvalButtons(p i18n.Printer, s story, to guichet.Person) []button {
	a, waits := s.question(to.ID)
	if !waits {
		return nil
	}
	token := n.signer.ApprovalLink(string(a.ID), string(to.ID), s.event.At, s.plan.ExpiresAt)
	link := fmt.Sprintf("%s/approvals/%s?token=%s", n.baseURL, a.ID, token)
	return []button{{p.T("mail.button.approve"), link + "&decision=approve", true},
		{p.T("mail.button.refuse"), link + "&decision=refuse", false}}
}

// text is the message without HTML.
func (m message) text() string {
	var b strings.Builder
	for _, part := range []string{m.Heading, m.Hello, m.Lead, indent(m.Plain), m.After, m.Closing} {
		if part != "" {
			b.WriteString(part + "\n\n")
		}
	}
	for _, l := range m.links() {
		b.WriteString(m.label(l.Text) + "\n" + l.URL + "\n\n")
	}
	for _, f := range m.Facts {
		b.WriteString(m.label(f[0]) + " " + f[1] + "\n")
	}
	return b.String() + "\n-- \n" + m.Desk + "\n" + m.Foot + "\n"
}

// links are the buttons, and the page of the ticket unless a button leads there.
func (m message) links() []button {
	for _, b := range m.Buttons {
		if b.URL == m.Link.URL {
			return m.Buttons
		}
	}
	return append(m.Buttons[:len(m.Buttons):len(m.Buttons)], m.Link)
}

// indent sets a quotation apart, without spaces at the end of lines.
func indent(s string) string {
	if s == "" {
		return ""
	}
	return "    " + strings.ReplaceAll(strings.ReplaceAll(s, "\n", "\n    "), "\n    \n", "\n\n")
}
