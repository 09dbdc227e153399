package announcing

import (
	"context"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/store"
)

// JobTell asks for the tickets of an announcement to be told what is new of it; its payload is a round.
const JobTell = "announcement.tell"

// batch is how many tickets one job tells: a transaction stays short however many there are.
const batch = 50

// round is a walk through the tickets of an announcement.
type round struct {
	announcement guichet.ID
	note         guichet.ID // that caused it
	after        guichet.ID // the ticket after which to go on
}

func (r round) payload() string {
	return strings.Join([]string{string(r.announcement), string(r.note), string(r.after)}, " ")
}

func roundOf(payload string) round {
	parts := append(strings.SplitN(payload, " ", 3), "", "")
	return round{guichet.ID(parts[0]), guichet.ID(parts[1]), guichet.ID(parts[2])}
}

func enqueue(ctx context.Context, tx *store.Tx, r round) error {
	return tx.Enqueue(ctx, store.Job{Kind: JobTell, Key: JobTell + ":" + r.payload(), Payload: r.payload()})
}

// TellTickets is the handler of JobTell: each ticket gets, in their order, all the news that it was not told, and
// the job goes on with the next tickets in the same transaction. Two rounds at once tell nothing twice and
// nothing out of order.
func (a *Announcing) TellTickets(ctx context.Context, tx *store.Tx, j store.Job) error {
	r := roundOf(j.Payload)
	news, err := tx.AnnouncementNotes(ctx, r.announcement, maxNotes)
	if err != nil {
		return err
	}
	slices.Reverse(news)
	tickets, err := tx.AnnouncementTickets(ctx, r.announcement, r.after, batch)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		if err := a.tell(ctx, tx, t, news); err != nil {
			return err
		}
	}
	if len(tickets) < batch {
		return nil
	}
	r.after = tickets[batch-1].ID
	return enqueue(ctx, tx, r)
}

func (a *Announcing) tell(ctx context.Context, tx *store.Tx, t store.AnnouncedTicket, news []guichet.AnnouncementNote) error {
	for _, n := range news {
		if n.ID <= t.Told {
			continue
		}
		err := a.say(ctx, tx, t.ID, guichet.Event{At: tx.Now, ActorID: n.AuthorID, Channel: guichet.ChannelDesk,
			Kind: guichet.EventAnnounced, Text: n.Text, RefID: n.AnnouncementID})
		if err == nil {
			err = tx.ToldTicket(ctx, n.AnnouncementID, t.ID, n.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
