// Package mailout sends the messages of the outbox, each with the same Message-ID however often it
// is tried.
package mailout

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"

	"guichet"
	"guichet/internal/jobs"
	"guichet/internal/store"
)

// Transport carries a message out: a mail server, or the development mailbox.
type Transport interface {
	Send(ctx context.Context, m store.Mail) error
}

// Mailbox is the development mailbox: a message is read on its page, in the outbox itself.
type Mailbox struct{}

// Send accepts the message: the outbox keeps it.
func (Mailbox) Send(context.Context, store.Mail) error { return nil }

// Sender sends messages of the outbox.
type Sender struct {
	store     *store.Store
	transport Transport
}

// New makes a sender.
func New(s *store.Store, t Transport) *Sender { return &Sender{s, t} }

// Handle is the effect of the jobs that ask for a message to be sent.
func (s *Sender) Handle(ctx context.Context, j store.Job) error {
	var m store.Mail
	err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		m, err = tx.Mail(ctx, guichet.ID(j.Payload))
		return err
	})
	if err != nil || !m.SentAt.IsZero() {
		return err
	}
	if cause := s.transport.Send(ctx, m); cause != nil {
		return errors.Join(cause, s.note(ctx, m.ID, time.Time{}, cause.Error()))
	}
	return s.note(ctx, m.ID, s.store.Now(), "")
}

func (s *Sender) note(ctx context.Context, id guichet.ID, sent time.Time, cause string) error {
	return s.store.Write(ctx, func(tx *store.Tx) error { return tx.MailSent(ctx, id, sent, cause) })
}

// SMTP is a mail server.
type SMTP struct {
	client *mail.Client
	from   string
}

// sendTimeout bounds one conversation with the server.
const sendTimeout = 30 * time.Second

// NewSMTP prepares the way to the server of an address: smtp://user:password@host:587 (encrypted by
// STARTTLS when the server offers it) or smtps://host:465. Nothing is sent yet.
func NewSMTP(address, from string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("the address of the mail server must be smtp://host:port or smtps://host:port")
	}
	options := []mail.Option{mail.WithTimeout(sendTimeout)}
	if u.Scheme == "smtps" {
		options = append(options, mail.WithSSL())
	} else {
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic))
	}
	if port, err := strconv.Atoi(u.Port()); err == nil {
		options = append(options, mail.WithPort(port))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover),
			mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	client, err := mail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return &SMTP{client, from}, nil
}

// Send hands the message to the server. An address that cannot be written is a permanent failure.
func (s *SMTP) Send(ctx context.Context, m store.Mail) error {
	msg, err := s.message(m)
	if err != nil {
		return &jobs.Permanent{Err: err}
	}
	err = s.client.DialAndSendWithContext(ctx, msg)
	if msg.IsDelivered() {
		return nil // the server has taken it, whatever went wrong when leaving
	}
	if noSuchRecipient(err) {
		return &jobs.Permanent{Err: err}
	}
	return err
}

// noSuchRecipient reports whether the server refuses the recipient for good (RFC 5321, 4.2.1: 5yz). A
// connection that breaks meanwhile is no answer.
func noSuchRecipient(err error) bool {
	var refused *mail.SendError
	return errors.As(err, &refused) && refused.Reason == mail.ErrSMTPRcptTo && refused.ErrorCode() >= 500
}

// message is the mail with its headers: marked as automatic, so that nobody's absence answers it
// (RFC 3834).
func (s *SMTP) message(m store.Mail) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.From(s.from); err != nil {
		return nil, err
	}
	if err := msg.To(m.Recipient); err != nil {
		return nil, err
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetDateWithValue(m.CreatedAt)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	if m.TicketID != "" {
		msg.SetGenHeader("References", "<ticket-"+string(m.TicketID)+"@guichet>")
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	return msg, nil
}
