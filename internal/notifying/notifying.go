// Package notifying tells the persons whom an event concerns: it turns the events of a ticket into
// messages in the outbox, each person once per event. It consumes the jobs that the use cases ask
// for in the transaction of the event, so that nothing is lost and nothing is told twice.
package notifying

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/i18n"
	"guichet/internal/jobs"
	"guichet/internal/store"
)

// JobMail asks for a message of the outbox to be sent; its payload is the message's identifier.
const JobMail = "mail.send"

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
	write, err := n.Prepare(ctx, tx, j)
	if err != nil {
		return err
	}
	return write(ctx, tx, j)
}

// Prepare finds who is told of the events of a job, and writes to each: to the team at its address, once, when it
// has one. The handler that it returns keeps the messages for those who were not told before.
func (n *Notifier) Prepare(ctx context.Context, tx *store.Tx, j store.Job) (jobs.Handler, error) {
	stories := map[guichet.ID]story{}
	var list []telling
	for _, event := range strings.Fields(j.Payload) {
		e, err := tx.Event(ctx, guichet.ID(event))
		if err != nil {
			return nil, err
		}
		s, known := stories[e.TicketID]
		if !known {
			if s, err = gather(ctx, tx, e.TicketID); err != nil {
				return nil, err
			}
			stories[e.TicketID] = s
		}
		t, err := n.telling(ctx, tx, s, e)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return func(ctx context.Context, tx *store.Tx, _ store.Job) error {
		sent := mailed{}
		for _, t := range list {
			if err := n.keep(ctx, tx, t, sent); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// telling is an event with the message to each of those whom it concerns.
type telling struct {
	event   guichet.Event
	to      []guichet.Recipient
	readers map[guichet.ID]string // of each person told: who reads the message, a person or an address of a team
	mails   map[string]store.Mail // to each reader; none where there is nowhere to send it
}

func (n *Notifier) telling(ctx context.Context, tx *store.Tx, s story, e guichet.Event) (telling, error) {
	t := telling{event: e, readers: map[guichet.ID]string{}, mails: map[string]store.Mail{}}
	s, err := s.about(ctx, tx, e)
	if err != nil {
		return t, err
	}
	if t.to = s.audience.Recipients(e); len(t.to) == 0 {
		return t, nil
	}
	if s.people, err = tx.People(ctx, s.named(t.to)); err != nil {
		return t, err
	}
	for _, r := range t.to {
		to := s.reader(r)
		key := first(string(to.ID), to.Email)
		t.readers[r.PersonID] = key
		if _, written := t.mails[key]; written || to.Email == "" || !to.Active {
			continue
		}
		if t.mails[key], err = n.compose(ctx, s, to, r.Why); err != nil {
			return t, err
		}
	}
	return t, nil
}

// keep records who is told of an event, and puts a message for each in the outbox, unless this reader has had
// one that says as much.
func (n *Notifier) keep(ctx context.Context, tx *store.Tx, t telling, sent mailed) error {
	fresh, err := tx.Notify(ctx, t.event.ID, t.to)
	if err != nil {
		return err
	}
	for _, r := range fresh {
		reader := t.readers[r.PersonID]
		m, written := t.mails[reader]
		if !written || !sent.first(t.event, reader) {
			continue
		}
		m.ID = guichet.NewID(tx.Now)
		m.MessageID = string(m.ID) + "@" + n.host
		m.CreatedAt = tx.Now
		if err := tx.InsertMail(ctx, m); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, store.Job{Kind: JobMail, Key: JobMail + ":" + string(m.ID), Payload: string(m.ID)}); err != nil {
			return err
		}
	}
	return nil
}

// reader is who reads the message: the person, or the team at its own address.
func (s story) reader(r guichet.Recipient) guichet.Person {
	team := s.desk.Teams[s.audience.Ticket.TeamID]
	if r.Why == guichet.ToldTeam && team.Email != "" {
		return guichet.Person{Email: team.Email, GivenName: team.Name, Active: true}
	}
	return s.people[r.PersonID]
}

// implied are the events about which nothing is left to write after another of the same moment: an
// answer takes a ticket back to work, a call that is only recorded is closed when it is opened.
var implied = map[guichet.EventKind]guichet.EventKind{
	guichet.EventResumed: guichet.EventFollowedUp,
	guichet.EventClosed:  guichet.EventOpened,
	// What a caller is told of a call that is only recorded is in the message that says so.
	guichet.EventResolved: guichet.EventOpened,
}

// mailed is to whom one job has written, by event: persons, and addresses of teams.
type mailed map[letter]bool

type letter struct {
	ticket guichet.ID
	kind   guichet.EventKind
	at     int64 // microseconds
	reader string
}

// first reports whether a message about an event has something new for a reader, and notes it.
func (m mailed) first(e guichet.Event, reader string) bool {
	l := letter{e.TicketID, e.Kind, e.At.UnixMicro(), reader}
	before := l
	before.kind = implied[e.Kind]
	if m[l] || m[before] {
		return false
	}
	m[l] = true
	return true
}

// story is an event with all that a message about it may say.
type story struct {
	desk      *guichet.Desk
	event     guichet.Event
	audience  guichet.Audience
	approvals []guichet.Approval
	plan      guichet.ApprovalPlan
	due       time.Time // of the resolution, by the service level
	people    map[guichet.ID]guichet.Person
}

// gather reads what the messages about all the events of a ticket say.
func gather(ctx context.Context, tx *store.Tx, ticket guichet.ID) (s story, err error) {
	if s.desk, err = tx.Desk(ctx); err != nil {
		return s, err
	}
	if s.audience.Ticket, err = tx.TicketByID(ctx, ticket); err != nil {
		return s, err
	}
	t := s.audience.Ticket
	if s.audience.Parties, err = tx.Parties(ctx, t.ID); err != nil {
		return s, err
	}
	if s.due, err = tx.ResolveDue(ctx, t.ID); err != nil {
		return s, err
	}
	if s.approvals, err = tx.Approvals(ctx, t.ID); err != nil {
		return s, err
	}
	if s.plan, err = tx.Plan(ctx, t.ID); err != nil {
		return s, err
	}
	s.audience.Team = s.desk.Teams[t.TeamID].Members
	s.audience.Moderated = s.desk.Flow(t).Moderated()
	s.audience.Moderators, err = tx.Holders(ctx, s.desk.RolesWith(guichet.PermissionModerate), t.OrganisationID, t.ServiceID)
	return s, err
}

// about adds what the messages about one event say.
func (s story) about(ctx context.Context, tx *store.Tx, e guichet.Event) (_ story, err error) {
	s.event = e
	t := s.audience.Ticket
	s.audience.Approvers, s.audience.Awaited = asked(s.approvals, e, t.ApprovalStep), guichet.Awaited(s.approvals, stepAt(s.approvals, e, t.ApprovalStep))
	s.audience.Named, err = tx.Holders(ctx, roles(e.Told()), t.OrganisationID, t.ServiceID)
	return s, err
}

// roles are the roles among those whom an escalation tells.
func roles(tell []guichet.Performer) []guichet.ID {
	var out []guichet.ID
	for _, who := range tell {
		if !who.Relation() {
			out = append(out, guichet.ID(who))
		}
	}
	return out
}

// asked lists the approvers whom an event is about: those whom it puts the question to and who have not
// answered yet; otherwise those who were asked by then at the present step, or at any when the ticket has
// left its approval.
func asked(approvals []guichet.Approval, e guichet.Event, step int) []guichet.ID {
	var out []guichet.ID
	puts := e.Kind == guichet.EventApprovalRequested || e.Kind == guichet.EventApprovalPassed
	for _, a := range approvals {
		switch {
		case puts && a.Step == step && a.AskedAt.Equal(e.At) && a.Awaits(approvals),
			!puts && (a.Step == step || step == 0) && !a.AskedAt.After(e.At) && !a.Withdrawn:
			out = append(out, a.ApproverID)
		}
	}
	return out
}

// stepAt is the step of the approval at which an event found a ticket: one that was closed for another has left it.
func stepAt(approvals []guichet.Approval, e guichet.Event, step int) int {
	if e.Kind == guichet.EventMerged && len(approvals) > 0 {
		return approvals[len(approvals)-1].Step
	}
	return step
}

// question is what waits for the answer of somebody, and whether there is one.
func (s story) question(person guichet.ID) (guichet.Approval, bool) {
	for _, a := range s.approvals {
		if a.ApproverID == person && a.Step == s.audience.Ticket.ApprovalStep && a.Awaits(s.approvals) {
			return a, true
		}
	}
	return guichet.Approval{}, false
}

// named are the people whom the messages to some recipients name, and those recipients.
func (s story) named(to []guichet.Recipient) []guichet.ID {
	t := s.audience.Ticket
	ids := []guichet.ID{t.RequesterID, t.BeneficiaryID}
	for _, a := range s.approvals {
		ids = append(ids, a.Seat())
	}
	for _, id := range []guichet.ID{s.event.ActorID, t.AssigneeID, s.event.RefPerson()} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	for _, r := range to {
		ids = append(ids, r.PersonID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return z
}
