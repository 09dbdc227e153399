package store

import (
	"context"
	"encoding/json"
	"slices"

	"guichet"
	"guichet/internal/lexis"
)

// JobIndex is the kind of the job that gives the tickets of a desk their entries in the index of words, when
// the index is new or its analysis has changed. Migrations ask for it.
const JobIndex = "search.index"

// Indexing is how far that job is, from the newest ticket to the oldest.
type Indexing struct {
	Before int64 // number of the last ticket that is done; 0: none is
	Total  int64 // number of the newest ticket when it began
}

// Done is how much is done, in hundredths.
func (i Indexing) Done() int {
	if i.Total == 0 {
		return 0
	}
	return int(100 * (i.Total - max(i.Before-1, 0)) / i.Total)
}

// ReadIndexing reads the payload of the job.
func ReadIndexing(payload string) (i Indexing, err error) {
	if payload == "" {
		return i, nil
	}
	return i, json.Unmarshal([]byte(payload), &i)
}

// Indexings tells how far the index is while it is made again; empty when it is whole.
func (tx *Tx) Indexings(ctx context.Context) ([]Indexing, error) {
	payloads, err := many(ctx, tx, single[string], `SELECT payload FROM job WHERE kind = $1`, JobIndex)
	var out []Indexing
	for _, p := range payloads {
		i, err := ReadIndexing(p)
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, err
}

// GoOnIndexing asks for the next part of the job.
func (tx *Tx) GoOnIndexing(ctx context.Context, i Indexing) error {
	payload, err := encoded(i)
	if err != nil {
		return err
	}
	if err := tx.CancelJob(ctx, JobIndex); err != nil {
		return err
	}
	return tx.Enqueue(ctx, Job{Kind: JobIndex, Key: JobIndex, Payload: payload})
}

// IndexAgain gives the next n tickets below a number their entries, and returns the number of the last one; 0
// when none is left.
func (tx *Tx) IndexAgain(ctx context.Context, below int64, n int) (int64, error) {
	tickets, err := many(ctx, tx, func(r scanner) (t guichet.Ticket, err error) {
		return t, r.Scan(&t.ID, &t.Number, &t.Title, &t.Description)
	}, `SELECT t.id, t.number, t.title, t.description FROM ticket t WHERE t.number < $1 ORDER BY t.number DESC LIMIT $2`, below, n)
	if err != nil || len(tickets) == 0 {
		return 0, err
	}
	for _, t := range tickets {
		if err := tx.indexTicket(ctx, t); err != nil {
			return 0, err
		}
	}
	return tickets[len(tickets)-1].Number, nil
}

func (tx *Tx) indexTicket(ctx context.Context, t guichet.Ticket) error {
	tokens := tokensOf(t, guichet.Event{Kind: guichet.EventOpened}, t.Description)
	events, err := many(ctx, tx, func(r scanner) (e guichet.Event, err error) { return e, r.Scan(&e.Kind, &e.Internal, &e.Text) },
		`SELECT kind, internal, body FROM event WHERE ticket_id = $1 AND body <> '' AND kind <> 'opened' ORDER BY seq`, string(t.ID))
	if err != nil {
		return err
	}
	for _, e := range events {
		tokens = append(tokens, tokensOf(t, e, e.Text)...)
	}
	files, err := tx.Documents(ctx, t.ID, true)
	for _, d := range files {
		found := lexis.Tokens(d.Name)
		if d.Internal {
			found = marked(inNote, found)
		}
		tokens = slices.Concat(tokens, found)
	}
	if err != nil {
		return err
	}
	return tx.addWords(ctx, t.Number, tokens)
}

// DropFormerIndex removes the index of words of earlier versions, where no other node may still write to it.
func (tx *Tx) DropFormerIndex(ctx context.Context) error {
	if tx.store.d.shared() {
		return nil
	}
	return tx.exec(ctx, `DROP TABLE IF EXISTS search`)
}
