package store

import (
	"context"
	"time"

	"guichet"
)

const mergeColumns = `m.from_id, m.into_id, m.kind, m.shared, m.stood, m.followers, m.at, m.by_id`

func scanMerge(r scanner) (m guichet.Merge, err error) {
	return m, r.Scan(&m.FromID, &m.IntoID, &m.Kind, &m.Shared, decoded{&m.Stood}, decoded{&m.Followers}, moment{&m.At}, &m.ByID)
}

// InsertMerge records that a ticket is closed for another.
func (tx *Tx) InsertMerge(ctx context.Context, m guichet.Merge) error {
	stood, err := encoded(m.Stood)
	if err != nil {
		return err
	}
	followers, err := encoded(m.Followers)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO ticket_merge (from_id, into_id, kind, shared, stood, followers, at, by_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(m.FromID), string(m.IntoID), string(m.Kind), m.Shared, stood, followers, micros(m.At), string(m.ByID))
}

// DeleteMerge forgets that a ticket was closed for another: the timelines of both tell it.
func (tx *Tx) DeleteMerge(ctx context.Context, from guichet.ID) error {
	return tx.exec(ctx, `DELETE FROM ticket_merge WHERE from_id = $1`, string(from))
}

// MergeOf reads for which ticket another was closed. Error: not found when it was not.
func (tx *Tx) MergeOf(ctx context.Context, from guichet.ID) (guichet.Merge, error) {
	return one(ctx, tx, "merge", scanMerge, `SELECT `+mergeColumns+` FROM ticket_merge m WHERE m.from_id = $1`, string(from))
}

// MergedInto lists the tickets that were closed for a ticket, the first first.
func (tx *Tx) MergedInto(ctx context.Context, into guichet.ID) ([]guichet.Merge, error) {
	return many(ctx, tx, scanMerge, `SELECT `+mergeColumns+` FROM ticket_merge m WHERE m.into_id = $1 ORDER BY m.at, m.from_id`, string(into))
}

// SpokeSince finds the first of some persons who wrote on a ticket since a moment; empty when none did.
func (tx *Tx) SpokeSince(ctx context.Context, ticket guichet.ID, people []guichet.ID, since time.Time) (guichet.ID, error) {
	if len(people) == 0 {
		return "", nil
	}
	var b builder
	found, err := many(ctx, tx, single[guichet.ID], `SELECT actor_id FROM event WHERE ticket_id = `+b.arg(string(ticket))+` AND at >= `+b.arg(micros(since))+`
		AND actor_id IN `+in(&b, people)+` ORDER BY seq LIMIT 1`, b.args...)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// FollowedOn reports whether a ticket was followed on by another one opened since a moment.
func (tx *Tx) FollowedOn(ctx context.Context, ticket guichet.ID, since time.Time) (bool, error) {
	n, err := one(ctx, tx, "count", single[int], `SELECT COUNT(*) FROM ticket_link l JOIN ticket t ON t.id = l.from_id
		WHERE l.to_id = $1 AND l.kind = 'follow_on_of' AND t.opened_at >= $2`, string(ticket), micros(since))
	return n > 0, err
}

// EventsBetween reads the events of a ticket from one moment to another, oldest first; a zero end is none. Internal ones
// are left out unless asked for.
func (tx *Tx) EventsBetween(ctx context.Context, ticket guichet.ID, internal bool, from, to time.Time, limit int) ([]guichet.Event, error) {
	return many(ctx, tx, scanEvent, `SELECT `+eventColumns+` FROM event
		WHERE ticket_id = $1 AND (internal = FALSE OR internal = $2) AND at >= $3 AND (CAST($4 AS BIGINT) = 0 OR at < $4)
		ORDER BY seq LIMIT $5`, string(ticket), internal, micros(from), micros(to), limit)
}

// EventTime is when an event of a ticket happened, by its place; zero when there is none.
func (tx *Tx) EventTime(ctx context.Context, ticket guichet.ID, seq int64) (time.Time, error) {
	found, err := many(ctx, tx, func(r scanner) (t time.Time, err error) { return t, r.Scan(moment{&t}) },
		`SELECT at FROM event WHERE ticket_id = $1 AND seq = $2`, string(ticket), seq)
	if err != nil || len(found) == 0 {
		return time.Time{}, err
	}
	return found[0], nil
}

// CountMessages counts what was said on a ticket, to everybody and among those who handle it, and its files.
func (tx *Tx) CountMessages(ctx context.Context, ticket guichet.ID) (public, internal, files int, err error) {
	counts, err := many(ctx, tx, func(r scanner) (c [3]int, err error) { return c, r.Scan(&c[0], &c[1], &c[2]) }, `SELECT
		COUNT(*) FILTER (WHERE internal = FALSE AND kind IN ('opened', 'followed_up', 'document_added', 'resolved', 'solution_rejected')),
		COUNT(*) FILTER (WHERE internal = TRUE AND kind = 'noted'),
		(SELECT COUNT(*) FROM document d WHERE d.ticket_id = $1) FROM event WHERE ticket_id = $1`, string(ticket))
	if err != nil || len(counts) == 0 {
		return 0, 0, 0, err
	}
	return counts[0][0], counts[0][1], counts[0][2], nil
}

// Split is a message that went on in a ticket of its own.
type Split struct {
	ToID, FromID, EventID guichet.ID
	At                    time.Time
	ByID                  guichet.ID
}

const splitColumns = `s.to_id, s.from_id, s.event_id, s.at, s.by_id`

func scanSplit(r scanner) (s Split, err error) {
	return s, r.Scan(&s.ToID, &s.FromID, &s.EventID, moment{&s.At}, &s.ByID)
}

// InsertSplit records that a message went on in a ticket of its own. Error: conflict when it did already.
func (tx *Tx) InsertSplit(ctx context.Context, s Split) error {
	n, err := tx.affected(ctx, `INSERT INTO ticket_split (to_id, from_id, event_id, at, by_id) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (event_id) DO NOTHING`, string(s.ToID), string(s.FromID), string(s.EventID), micros(s.At), string(s.ByID))
	if err == nil && n == 0 {
		return guichet.Conflict("split.done")
	}
	return err
}

// SplitTo reads from what a ticket was taken out. Error: not found when it was not.
func (tx *Tx) SplitTo(ctx context.Context, to guichet.ID) (Split, error) {
	return one(ctx, tx, "split", scanSplit, `SELECT `+splitColumns+` FROM ticket_split s WHERE s.to_id = $1`, string(to))
}

// DeleteSplit forgets that a message went on in a ticket of its own.
func (tx *Tx) DeleteSplit(ctx context.Context, to guichet.ID) error {
	return tx.exec(ctx, `DELETE FROM ticket_split WHERE to_id = $1`, string(to))
}

// SplitsOf lists the messages that were taken out of a ticket.
func (tx *Tx) SplitsOf(ctx context.Context, from guichet.ID) ([]Split, error) {
	return many(ctx, tx, scanSplit, `SELECT `+splitColumns+` FROM ticket_split s WHERE s.from_id = $1 ORDER BY s.at, s.to_id`, string(from))
}
