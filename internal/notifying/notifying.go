// Package notifying tells the persons whom an event concerns: it turns the events of a ticket into
// messages in the outbox, each person once per event. It consumes the jobs that the use cases ask
// for in the transaction of the event, so that nothing is lost and nothing is told twice.
package notifying

import (
	"context"
	"net/url"
	"strings"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/i18n"
	"guichet/internal/store"
)

// JobMail asks for a message of the outbox to be sent; its payload is the message's identifier.
const JobMail = "mail.send"

// SignatureApproval is the purpose of the signature in the link that answers an approval.
const SignatureApproval = "approval"

// Notifier writes the messages.
type Notifier struct {
	texts   *i18n.Bundle
	signer  account.Signer
	baseURL string
	host    string
}

// New makes a notifier. baseURL is the public address, without a final slash.
func New(texts *i18n.Bundle, signer account.Signer, baseURL string) *Notifier {
	host := "guichet.invalid"
	if u, err := url.Parse(baseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return &Notifier{texts, signer, baseURL, host}
}

// Handle is the handler of the jobs by which events are told.
func (n *Notifier) Handle(ctx context.Context, tx *store.Tx, j store.Job) error {
	for _, event := range strings.Fields(j.Payload) {
		if err := n.tell(ctx, tx, guichet.ID(event)); err != nil {
			return err
		}
	}
	return nil
}

func (n *Notifier) tell(ctx context.Context, tx *store.Tx, event guichet.ID) error {
	e, err := tx.Event(ctx, event)
	if err != nil {
		return err
	}
	s, err := gather(ctx, tx, e)
	if err != nil {
		return err
	}
	toTeam := false
	for _, r := range s.audience.Recipients(e) {
		fresh, err := tx.Notify(ctx, e.ID, r)
		if err != nil {
			return err
		}
		team := s.desk.Teams[s.audience.Ticket.TeamID]
		switch {
		case !fresh || r.Why == guichet.ToldTeam && toTeam:
		case r.Why == guichet.ToldTeam && team.Email != "":
			toTeam = true
			err = n.post(ctx, tx, s, guichet.Person{Email: team.Email, GivenName: team.Name, Locale: s.desk.Locale}, r.Why)
		default:
			err = n.postTo(ctx, tx, s, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (n *Notifier) postTo(ctx context.Context, tx *store.Tx, s story, r guichet.Recipient) error {
	p, err := tx.Person(ctx, r.PersonID)
	if err != nil || p.Email == "" || !p.Active {
		return err
	}
	return n.post(ctx, tx, s, p, r.Why)
}

// post puts one message in the outbox and asks for its sending.
func (n *Notifier) post(ctx context.Context, tx *store.Tx, s story, to guichet.Person, why guichet.Told) error {
	m, err := n.compose(ctx, s, to, why)
	if err != nil {
		return err
	}
	m.ID = guichet.NewID(tx.Now)
	m.MessageID = string(m.ID) + "@" + n.host
	m.CreatedAt = tx.Now
	if err := tx.InsertMail(ctx, m); err != nil {
		return err
	}
	return tx.Enqueue(ctx, store.Job{Kind: JobMail, Key: JobMail + ":" + string(m.ID), Payload: string(m.ID)})
}

// story is an event with all that a message about it may say.
type story struct {
	desk      *guichet.Desk
	event     guichet.Event
	audience  guichet.Audience
	approvals []guichet.Approval
	people    map[guichet.ID]guichet.Person
}

func gather(ctx context.Context, tx *store.Tx, e guichet.Event) (s story, err error) {
	s.event = e
	if s.desk, err = tx.Desk(ctx); err != nil {
		return s, err
	}
	if s.audience.Ticket, err = tx.TicketByID(ctx, e.TicketID); err != nil {
		return s, err
	}
	t := s.audience.Ticket
	if s.audience.Parties, err = tx.Parties(ctx, t.ID); err != nil {
		return s, err
	}
	if s.approvals, err = tx.Approvals(ctx, t.ID); err != nil {
		return s, err
	}
	s.audience.Approvers = asked(s.approvals, e, t.ApprovalStep)
	s.audience.Team = s.desk.Teams[t.TeamID].Members
	s.audience.Moderated = s.desk.Flow(t).Moderated()
	if s.audience.Moderators, err = tx.Holders(ctx, s.desk.RolesWith(guichet.PermissionModerate), t.OrganisationID, t.ServiceID); err != nil {
		return s, err
	}
	s.people, err = tx.People(ctx, s.named())
	return s, err
}

// asked lists the approvers who were asked when the event happened: those of the present step, or
// of the last one when the ticket has left its approval.
func asked(approvals []guichet.Approval, e guichet.Event, step int) []guichet.ID {
	var out []guichet.ID
	for _, a := range approvals {
		if (a.Step == step || step == 0) && !a.AskedAt.After(e.At) {
			out = append(out, a.ApproverID)
		}
	}
	return out
}

func (s story) named() []guichet.ID {
	t := s.audience.Ticket
	ids := []guichet.ID{t.RequesterID, t.BeneficiaryID}
	for _, id := range []guichet.ID{s.event.ActorID, t.AssigneeID, s.event.RefPerson()} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return z
}
