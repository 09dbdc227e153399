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

// outboxPage is how many messages a page lists.
const outboxPage = 50

// Place is where a page of the outbox begins: after a message.
type Place = store.Cursor

// List returns a page of the messages, the newest first, those to one address when it is given, and where the
// next page begins; the zero Place when there is no more.
func (o *Outbox) List(ctx context.Context, recipient string, after Place) (list []store.Mail, next Place, err error) {
	err = o.store.Read(ctx, func(tx *store.Tx) error {
		list, err = tx.Mails(ctx, recipient, after, outboxPage+1)
		return err
	})
	if len(list) > outboxPage {
		list = list[:outboxPage]
		next = Place{UpdatedAt: list[outboxPage-1].CreatedAt, ID: list[outboxPage-1].ID}
	}
	return list, next, err
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
