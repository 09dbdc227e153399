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

// Round is a walk through the tickets, or the persons, of an announcement.
type Round struct {
	Announcement guichet.ID
	Note         guichet.ID // that caused it
	After        guichet.ID // the ticket or the person after which to go on
}

func (r Round) payload() string {
	return strings.Join([]string{string(r.Announcement), string(r.Note), string(r.After)}, " ")
}

// RoundOf reads the payload of a job.
func RoundOf(payload string) Round {
	parts := append(strings.SplitN(payload, " ", 3), "", "")
	return Round{guichet.ID(parts[0]), guichet.ID(parts[1]), guichet.ID(parts[2])}
}

// Ask asks for a round of a kind of job.
func (r Round) Ask(ctx context.Context, tx *store.Tx, kind string) error {
	return tx.Enqueue(ctx, store.Job{Kind: kind, Key: kind + ":" + r.payload(), Payload: r.payload()})
}

// TellTickets is the handler of JobTell: each ticket gets, in their order, all the news that it was not told, and
// the job goes on with the next tickets in the same transaction. Two rounds at once tell nothing twice and
// nothing out of order.
func (a *Announcing) TellTickets(ctx context.Context, tx *store.Tx, j store.Job) error {
	r := RoundOf(j.Payload)
	news, err := tx.AnnouncementNotes(ctx, r.Announcement, maxNotes)
	if err != nil {
		return err
	}
	slices.Reverse(news)
	tickets, err := tx.AnnouncementTickets(ctx, r.Announcement, r.After, batch)
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
	r.After = tickets[batch-1].ID
	return r.Ask(ctx, tx, JobTell)
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
