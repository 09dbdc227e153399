package mailout

import (
	"context"

	"guichet"
	"guichet/internal/store"
)

// Outbox reads the messages that were sent or wait, for the development mailbox and for those who
// operate the desk.
type Outbox struct{ store *store.Store }

// NewOutbox makes a reader of the outbox.
func NewOutbox(s *store.Store) *Outbox { return &Outbox{s} }

// outboxPage is how many messages are listed.
const outboxPage = 200

// List returns the newest messages, those to one address when it is given.
func (o *Outbox) List(ctx context.Context, recipient string) (list []store.Mail, err error) {
	err = o.store.Read(ctx, func(tx *store.Tx) error {
		list, err = tx.Mails(ctx, recipient, outboxPage)
		return err
	})
	return list, err
}

// Get returns one message.
func (o *Outbox) Get(ctx context.Context, id guichet.ID) (m store.Mail, err error) {
	err = o.store.Read(ctx, func(tx *store.Tx) error {
		m, err = tx.Mail(ctx, id)
		return err
	})
	return m, err
}

// Message is a message of the outbox, under a name that the pages may use: they do not know the store.
type Message = store.Mail
