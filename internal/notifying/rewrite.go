package notifying

import (
	"context"
	"fmt"
	"strings"

	"guichet"
	"guichet/internal/i18n"
)

// rewrite puts the words of the organisation in the place of ours, where it has some in the reader's
// language. A text that cannot be written leaves ours: a mail is never lost for its words.
func (n *Notifier) rewrite(m *message, p i18n.Printer, s story, slot guichet.MailSlot) {
	t, found := s.desk.MailText(slot, s.audience.Ticket.ServiceID)
	if !found {
		return
	}
	facts := n.facts(p, s)
	own := func(w guichet.Wording) string {
		text, err := guichet.RenderPlain(w[p.Locale()], p.Locale(), facts)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(text)
	}
	if text := own(t.Subject); text != "" {
		m.Subject = subject(s.audience.Ticket, text)
	}
	m.Lead = first(own(t.Body), m.Lead)
	m.Closing = own(t.Closing)
}

// facts are what the placeholders of a message may name: as the event left it.
func (n *Notifier) facts(p i18n.Printer, s story) guichet.TemplateFacts {
	t := s.audience.Ticket
	if c, ok := s.event.Changed("team"); ok {
		t.TeamID = guichet.ID(c.To)
	}
	if to := s.event.RefPerson(); to != "" {
		t.AssigneeID = to
	}
	author := s.people[s.event.ActorID]
	if author.Name() == "" {
		author = guichet.Person{GivenName: s.desk.Name}
	}
	f := guichet.TemplateFacts{Desk: s.desk, Ticket: t, People: s.people, Author: author, Now: s.event.At, Zone: p.Zone(),
		Due: s.due, URL: fmt.Sprintf("%s/tickets/%d", n.baseURL, t.Number)}
	if due, ok := s.date("due"); ok {
		f.Due = due
	}
	return f
}

// paragraphs parts a text at its empty lines.
func paragraphs(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, "\n\n") {
		if part = strings.Trim(part, "\n"); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// Preview is a message that never was, about a sample, in the words of a desk. It invites to nothing
// that a signature would allow.
func (n *Notifier) Preview(ctx context.Context, desk *guichet.Desk, x guichet.MailSample) (subject, html string, err error) {
	t := x.Ticket
	why := guichet.Told(x.Slot.Side)
	switch x.Slot.Side {
	case guichet.SideRecorded, guichet.SideAsked:
		why = guichet.ToldRequester
	case guichet.SideFormer:
		why = guichet.ToldAgent
	}
	to := x.People[t.RequesterID]
	if agent(why) && t.AssigneeID != "" {
		to = x.People[t.AssigneeID]
	}
	to.Locale = x.Locale
	actor := t.AssigneeID
	if agent(why) {
		actor = t.RequesterID
	}
	s := story{desk: desk, people: x.People, audience: guichet.Audience{Ticket: t}, due: x.Due,
		event: guichet.Event{TicketID: t.ID, At: x.At, ActorID: actor, Kind: x.Slot.Event, Text: x.Text}}
	m, err := n.composeAs(ctx, s, to, why, x.Slot)
	return m.Subject, m.HTML, err
}
