package ticketing

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"guichet"
	"guichet/internal/store"
)

// NewBulk is an act on many tickets that is asked for in one go: what is done, and to which tickets.
type NewBulk struct {
	Deed    Deed
	Numbers []int64
	Query   guichet.Query // without numbers: what it finds
	Key     string        // idempotency key
}

// PreviewBulk says what an act on many tickets would do, and does nothing. Errors: denied, invalid.
func (d *Desk) PreviewBulk(ctx context.Context, actor guichet.Actor, in NewBulk) (out Foreseen, err error) {
	numbers, err := d.aimed(ctx, actor, &in)
	if err != nil {
		return out, err
	}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		tickets, err := in.check(ctx, tx, actor, numbers)
		if err == nil {
			out, err = foresee(ctx, tx, actor, in.Deed, tickets)
		}
		return err
	})
	return out, err
}

// StartBulk begins an act on many tickets. The same key begins it once. Errors: denied, invalid, conflict when the
// key was used for another request.
func (d *Desk) StartBulk(ctx context.Context, actor guichet.Actor, in NewBulk) (id guichet.ID, err error) {
	fingerprint, err := in.fingerprint()
	if err != nil {
		return "", err
	}
	begun := func(tx *store.Tx) (err error) {
		id, err = in.begun(ctx, tx, actor, fingerprint)
		return err
	}
	if err := d.store.Read(ctx, begun); err != nil || id != "" {
		return id, err // whatever its query would find by now
	}
	numbers, err := d.aimed(ctx, actor, &in)
	if err != nil {
		return "", err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if err := begun(tx); err != nil || id != "" {
			return err
		}
		tickets, err := in.check(ctx, tx, actor, numbers)
		if err != nil {
			return err
		}
		id = guichet.NewID(tx.Now)
		in.Deed.Channel = actor.Channel
		if err := insertBulk(ctx, tx, actor, Bulk{ID: id, State: BulkRunning, Deed: in.Deed}, ordered(tickets, numbers)); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, bulkJob(id)); err != nil || in.Key == "" {
			return err
		}
		return tx.KeepOnce(ctx, actor.Person.ID, in.Key, fingerprint, string(id))
	})
	return id, err
}

// begun finds the act that the key began already.
func (in NewBulk) begun(ctx context.Context, tx *store.Tx, actor guichet.Actor, fingerprint string) (guichet.ID, error) {
	if in.Key == "" {
		return "", nil
	}
	known, err := tx.Once(ctx, actor.Person.ID, in.Key, fingerprint)
	return guichet.ID(known), err
}

func (in NewBulk) fingerprint() (string, error) {
	in.Key = ""
	b, err := json.Marshal(in)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), err
}

// aimed lists the numbers of the tickets, the most recently changed first where a query finds them, and notes in the
// deed whether there are more.
func (d *Desk) aimed(ctx context.Context, actor guichet.Actor, in *NewBulk) (numbers []int64, err error) {
	var p guichet.Problems
	switch {
	case len(in.Numbers) == 0 && in.Query.IsZero():
		p.Add("tickets", "field.required")
	case len(in.Numbers) > MaxBulk:
		p.Add("tickets", "field.too_many", "Limit", MaxBulk)
	case len(in.Numbers) > 0 && !in.Query.IsZero():
		p.Add("q", "bulk.either")
	}
	p.AtMost("key", in.Key, maxKey)
	if err := p.Err(); err != nil && actor.HandlesTickets() {
		return nil, err
	}
	each := slices.Compact(slices.Sorted(slices.Values(in.Numbers)))
	numbers, in.Deed.Cut, err = d.chosen(ctx, actor, Chosen{What: in.Deed.What, Numbers: each, Query: Query{Query: in.Query}, Reader: actor})
	return numbers, err
}

// check refuses what lacks something, or names a ticket that the actor may not see, and reads the tickets.
func (in *NewBulk) check(ctx context.Context, tx *store.Tx, actor guichet.Actor, numbers []int64) ([]guichet.Ticket, error) {
	var p guichet.Problems
	if err := in.Deed.checkAgainst(ctx, tx, actor); err != nil {
		if guichet.KindOf(err) != guichet.KindInvalid {
			return nil, err
		}
		p.Merge(err)
	}
	tickets, err := tx.TicketsByNumber(ctx, actor.Scope(), numbers)
	if err != nil {
		return nil, err
	}
	seen := map[int64]bool{}
	for _, t := range tickets {
		seen[t.Number] = true
	}
	for _, n := range in.Numbers {
		if !seen[n] {
			p.Add("tickets", "link.unknown", "Number", n)
		}
	}
	if len(tickets) == 0 {
		p.Add("tickets", "bulk.none")
	}
	slices.SortFunc(tickets, func(a, b guichet.Ticket) int { return cmp.Compare(a.Number, b.Number) })
	return tickets, p.Err()
}
