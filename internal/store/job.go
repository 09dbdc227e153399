package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"guichet"
)

// Job is work to do once, at a time, after the transaction that asked for it.
type Job struct {
	ID        guichet.ID
	Kind      string
	Key       string // while a job with this key waits, another is not added; empty: no such limit
	Payload   string
	RunAt     time.Time
	Attempts  int // made so far
	Dead      bool
	LastError string
	CreatedAt time.Time

	lease string
}

// Enqueue adds a job in the transaction. A job whose key waits already is left as it is.
func (tx *Tx) Enqueue(ctx context.Context, j Job) error {
	if j.RunAt.IsZero() {
		j.RunAt = tx.Now
	}
	tx.rings = true
	return tx.exec(ctx, `INSERT INTO job (id, kind, key, payload, run_at, dead, attempts, lease, last_error, created_at)
		VALUES ($1, $2, $3, $4, $5, FALSE, 0, '', '', $6) ON CONFLICT (key) WHERE key <> '' AND dead = FALSE DO NOTHING`,
		string(guichet.NewID(tx.Now)), j.Kind, j.Key, j.Payload, micros(j.RunAt), micros(tx.Now))
}

// CancelJob removes the job that waits under a key. One that a node has in hand is cancelled too: the
// node cannot finish it any more, and what it wrote is undone.
func (tx *Tx) CancelJob(ctx context.Context, key string) error {
	return tx.exec(ctx, `DELETE FROM job WHERE key = $1 AND key <> '' AND dead = FALSE`, key)
}

const jobColumns = `id, kind, key, payload, run_at, attempts, dead, last_error, created_at, lease`

func scanJob(r scanner) (j Job, err error) {
	return j, r.Scan(&j.ID, &j.Kind, &j.Key, &j.Payload, moment{&j.RunAt}, &j.Attempts, &j.Dead, &j.LastError,
		moment{&j.CreatedAt}, &j.lease)
}

// ClaimJobs leases due jobs of some kinds to this node for a while, the first due first; no other node
// gets them meanwhile. A job whose lease has run out was interrupted and is claimed again.
func (tx *Tx) ClaimJobs(ctx context.Context, limit int, lease time.Duration, kinds ...string) ([]Job, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	var b builder
	first := b.firstOfKinds(kinds, "run_at <= "+b.arg(micros(tx.Now)), limit, tx.store.d.claimSuffix())
	list, err := many(ctx, tx, scanJob, `WITH due AS (SELECT id FROM (`+first+`) AS j ORDER BY run_at, id LIMIT `+b.arg(limit)+`)
		UPDATE job SET lease = `+b.arg(string(guichet.NewID(tx.Now)))+`, run_at = `+b.arg(micros(tx.Now.Add(lease)))+`,
			attempts = attempts + 1 WHERE id IN (SELECT id FROM due)
		RETURNING `+jobColumns, b.args...)
	slices.SortFunc(list, func(a, b Job) int { return cmp.Compare(a.ID, b.ID) })
	return list, err
}

// firstOfKinds reads the first jobs of each kind, each from the place of the index that holds them in their order.
func (b *builder) firstOfKinds(kinds []string, condition string, limit int, suffix string) string {
	n, each := b.arg(limit), make([]string, len(kinds))
	for i, kind := range kinds {
		each[i] = fmt.Sprintf(`SELECT * FROM (SELECT run_at, id FROM job WHERE dead = FALSE AND kind = %s AND %s
			ORDER BY run_at, id LIMIT %s%s) AS j%d`, b.arg(kind), condition, n, suffix, i)
	}
	return strings.Join(each, " UNION ALL ")
}

// LeaseLost is the code of the conflict of a job that another node has taken over, or that was cancelled.
const LeaseLost = "job.lease_lost"

// FinishJob removes a job that is done, or is about to be in the same transaction. It fails when the
// lease was lost, so that work done twice is written once.
func (tx *Tx) FinishJob(ctx context.Context, j Job) error {
	n, err := tx.affected(ctx, `DELETE FROM job WHERE id = $1 AND lease = $2`, string(j.ID), j.lease)
	if err == nil && n == 0 {
		return guichet.Conflict(LeaseLost)
	}
	return err
}

// FailJob puts a job back for later, or among the dead when it may not be tried again.
func (tx *Tx) FailJob(ctx context.Context, j Job, cause string, again time.Time, dead bool) error {
	return tx.exec(ctx, `UPDATE job SET lease = '', run_at = $1, dead = $2, last_error = $3
		WHERE id = $4 AND lease = $5`, micros(again), dead, cause, string(j.ID), j.lease)
}

// ReclaimJobs makes due at once the jobs that this node had in hand when it was killed, on an engine
// that one node alone works on: nobody else can hold them. With several nodes their leases run out.
func (s *Store) ReclaimJobs(ctx context.Context) error {
	if s.d.shared() {
		return nil
	}
	return s.Write(ctx, func(tx *Tx) error {
		return tx.exec(ctx, `UPDATE job SET lease = '', run_at = $1 WHERE lease <> '' AND dead = FALSE`, micros(tx.Now))
	})
}

// NextJob returns when the next job of some kinds is due, the zero time when none waits.
func (tx *Tx) NextJob(ctx context.Context, kinds ...string) (time.Time, error) {
	if len(kinds) == 0 {
		return time.Time{}, nil
	}
	var b builder
	due, err := many(ctx, tx, func(r scanner) (t time.Time, err error) { return t, r.Scan(moment{&t}) },
		`SELECT run_at FROM (`+b.firstOfKinds(kinds, "1 = 1", 1, "")+`) AS j ORDER BY run_at LIMIT 1`, b.args...)
	if err != nil || len(due) == 0 {
		return time.Time{}, err
	}
	return due[0], nil
}

// Jobs lists the jobs that wait or, when asked, those that failed for good.
func (tx *Tx) Jobs(ctx context.Context, dead bool, limit int) ([]Job, error) {
	return many(ctx, tx, scanJob, `SELECT `+jobColumns+` FROM job WHERE dead = $1 ORDER BY run_at, id LIMIT $2`, dead, limit)
}

// RetryJob gives a dead job another chance.
func (tx *Tx) RetryJob(ctx context.Context, job guichet.ID) error {
	tx.rings = true
	n, err := tx.affected(ctx, `UPDATE job SET dead = FALSE, attempts = 0, run_at = $1 WHERE id = $2 AND dead = TRUE`,
		micros(tx.Now), string(job))
	if err == nil && n == 0 {
		return guichet.NotFound("job")
	}
	return err
}

// JobCounts says how many jobs are due or in hand, and how many are dead. Those of a later date are not
// counted.
func (tx *Tx) JobCounts(ctx context.Context) (due, dead int, err error) {
	counts, err := many(ctx, tx, func(r scanner) (c [2]int, err error) { return c, r.Scan(&c[0], &c[1]) },
		`SELECT COUNT(*) FILTER (WHERE dead = FALSE AND (run_at <= $1 OR lease <> '')), COUNT(*) FILTER (WHERE dead = TRUE) FROM job`, micros(tx.Now))
	if err != nil || len(counts) == 0 {
		return 0, 0, err
	}
	return counts[0][0], counts[0][1], nil
}

// toldAtOnce is how many people one statement records as told.
const toldAtOnce = 20

// Notify records that people are told of an event, and returns those who were not told before.
func (tx *Tx) Notify(ctx context.Context, event guichet.ID, list []guichet.Recipient) ([]guichet.Recipient, error) {
	var fresh []guichet.ID
	for some := range slices.Chunk(list, toldAtOnce) {
		b := builder{args: []any{string(event), micros(tx.Now)}}
		rows := make([]string, len(some))
		for i, r := range some {
			rows[i] = "($1, " + b.arg(string(r.PersonID)) + ", " + b.arg(string(r.Why)) + ", $2)"
		}
		told, err := many(ctx, tx, single[guichet.ID], `INSERT INTO notification (event_id, person_id, why, created_at) VALUES `+
			strings.Join(rows, ", ")+` ON CONFLICT (event_id, person_id) DO NOTHING RETURNING person_id`, b.args...)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, told...)
	}
	return slices.DeleteFunc(slices.Clone(list), func(r guichet.Recipient) bool { return !slices.Contains(fresh, r.PersonID) }), nil
}

// Notified lists who was told of the events of a ticket, in the order of telling.
func (tx *Tx) Notified(ctx context.Context, ticket guichet.ID) ([]Notification, error) {
	return many(ctx, tx, func(r scanner) (n Notification, err error) {
		return n, r.Scan(&n.EventID, &n.Kind, &n.PersonID, &n.Why)
	}, `SELECT n.event_id, e.kind, n.person_id, n.why FROM notification n JOIN event e ON e.id = n.event_id
		WHERE e.ticket_id = $1 ORDER BY e.seq, n.person_id`, string(ticket))
}

// Notification is a person told of an event, and why.
type Notification struct {
	EventID  guichet.ID
	Kind     guichet.EventKind
	PersonID guichet.ID
	Why      guichet.Told
}

// Mail is an outgoing message. It is sent when SentAt is set.
type Mail struct {
	ID        guichet.ID
	TicketID  guichet.ID
	EventID   guichet.ID
	PersonID  guichet.ID // empty for the address of a team
	Recipient string
	Subject   string
	Text      string
	HTML      string
	MessageID string
	CreatedAt time.Time
	SentAt    time.Time
	LastError string
}

const mailColumns = `id, ticket_id, event_id, person_id, recipient, subject, body_text, body_html, message_id, created_at, sent_at, last_error`

func scanMail(r scanner) (m Mail, err error) {
	return m, r.Scan(&m.ID, &m.TicketID, &m.EventID, id(&m.PersonID), &m.Recipient, &m.Subject, &m.Text, &m.HTML,
		&m.MessageID, moment{&m.CreatedAt}, moment{&m.SentAt}, &m.LastError)
}

// InsertMail puts a message in the outbox.
func (tx *Tx) InsertMail(ctx context.Context, m Mail) error {
	return tx.exec(ctx, `INSERT INTO mail (`+mailColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		string(m.ID), string(m.TicketID), string(m.EventID), nullable(m.PersonID), m.Recipient, m.Subject, m.Text, m.HTML,
		m.MessageID, micros(m.CreatedAt), micros(m.SentAt), m.LastError)
}

// Mail reads one message, of a ticket or of none.
func (tx *Tx) Mail(ctx context.Context, mail guichet.ID) (Mail, error) {
	return one(ctx, tx, "mail", scanMail, `SELECT `+mailColumns+` FROM mail WHERE id = $1
		UNION ALL SELECT `+letterColumns+` FROM letter WHERE id = $1`, string(mail))
}

// Mails lists the newest messages, those to one address when it is given; after a place in that list.
func (tx *Tx) Mails(ctx context.Context, recipient string, after Cursor, limit int) ([]Mail, error) {
	newest := func(columns, table string) string {
		return `SELECT * FROM (SELECT ` + columns + ` FROM ` + table + ` WHERE ($1 = '' OR recipient = $1) AND ($4 = '' OR (created_at, id) < ($3, $4))
			ORDER BY created_at DESC, id DESC LIMIT $2) AS of_` + table
	}
	return many(ctx, tx, scanMail, newest(mailColumns, "mail")+` UNION ALL `+newest(letterColumns, "letter")+`
		ORDER BY created_at DESC, id DESC LIMIT $2`, recipient, limit, micros(after.UpdatedAt), string(after.ID))
}

// MailSent marks a message as sent, or records why it was not.
func (tx *Tx) MailSent(ctx context.Context, mail guichet.ID, sent time.Time, cause string) error {
	n, err := tx.affected(ctx, `UPDATE mail SET sent_at = $1, last_error = $2 WHERE id = $3`, micros(sent), cause, string(mail))
	if err != nil || n > 0 {
		return err
	}
	return tx.exec(ctx, `UPDATE letter SET sent_at = $1, last_error = $2 WHERE id = $3`, micros(sent), cause, string(mail))
}

// DiscardJobs removes the waiting jobs of a kind that were asked for before a time.
func (tx *Tx) DiscardJobs(ctx context.Context, kind string, before time.Time) error {
	return tx.exec(ctx, `DELETE FROM job WHERE kind = $1 AND created_at < $2 AND dead = FALSE`, kind, micros(before))
}
