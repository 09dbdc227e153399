package store

import (
	"context"

	"guichet"
)

// letterColumns are those of a message that belongs to no ticket, in the order of mailColumns.
const letterColumns = `id, '' AS ticket_id, '' AS event_id, person_id, recipient, subject, body_text, body_html, message_id,
	created_at, sent_at, last_error`

// InsertLetter puts a message that belongs to no ticket in the outbox.
func (tx *Tx) InsertLetter(ctx context.Context, m Mail) error {
	return tx.exec(ctx, `INSERT INTO letter (id, person_id, recipient, subject, body_text, body_html, message_id, created_at, sent_at,
		last_error) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '')`,
		string(m.ID), string(m.PersonID), m.Recipient, m.Subject, m.Text, m.HTML, m.MessageID, micros(m.CreatedAt))
}

// TouchPerson counts a person among those whom an announcement touches, and reports whether he or she was
// not yet. The person is told of what is new from then on.
func (tx *Tx) TouchPerson(ctx context.Context, announcement, person guichet.ID) (bool, error) {
	n, err := tx.affected(ctx, `INSERT INTO announcement_person (announcement_id, person_id, at, told)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT),
			COALESCE((SELECT MAX(id) FROM announcement_note WHERE announcement_id = $1), '')
		WHERE 1 = 1 ON CONFLICT (announcement_id, person_id) DO NOTHING`, string(announcement), string(person), micros(tx.Now))
	return n > 0, err
}

// UntouchPerson takes a person out of those whom an announcement touches.
func (tx *Tx) UntouchPerson(ctx context.Context, announcement, person guichet.ID) error {
	return tx.exec(ctx, `DELETE FROM announcement_person WHERE announcement_id = $1 AND person_id = $2`, string(announcement), string(person))
}

// TouchedPeople lists whom an announcement touches in the order of their identifiers, after one. Who follows
// one of its tickets that goes on is told there, and left out.
func (tx *Tx) TouchedPeople(ctx context.Context, announcement, after guichet.ID, limit int) ([]AnnouncedTicket, error) {
	return many(ctx, tx, func(r scanner) (t AnnouncedTicket, err error) {
		return t, r.Scan(&t.ID, &t.Told)
	}, `SELECT p.person_id, p.told FROM announcement_person p
		WHERE p.announcement_id = $1 AND p.person_id > $2 AND NOT EXISTS (
			SELECT 1 FROM ticket_party y JOIN announcement_ticket x ON x.ticket_id = y.ticket_id AND x.announcement_id = p.announcement_id
			WHERE y.person_id = p.person_id AND y.phase <> 2 AND y.role IN ('requester', 'beneficiary', 'observer'))
		ORDER BY p.person_id LIMIT $3`, string(announcement), string(after), limit)
}

// ToldPerson notes the last of the news that a person was told.
func (tx *Tx) ToldPerson(ctx context.Context, announcement, person, note guichet.ID) error {
	return tx.exec(ctx, `UPDATE announcement_person SET told = $3 WHERE announcement_id = $1 AND person_id = $2`,
		string(announcement), string(person), string(note))
}

// Touching says, for some announcements, how many persons said that they are touched, and whether one of
// them is the person given.
func (tx *Tx) Touching(ctx context.Context, person guichet.ID, announcements []guichet.ID) (map[guichet.ID]Touched, error) {
	out := map[guichet.ID]Touched{}
	if len(announcements) == 0 {
		return out, nil
	}
	var b builder
	me := b.arg(string(person))
	_, err := many(ctx, tx, func(r scanner) (x struct{}, err error) {
		var id guichet.ID
		var t Touched
		var mine int
		err = r.Scan(&id, &t.People, &mine)
		t.Me = mine > 0
		out[id] = t
		return x, err
	}, `SELECT announcement_id, COUNT(*), SUM(CASE WHEN person_id = `+me+` THEN 1 ELSE 0 END) FROM announcement_person
		WHERE announcement_id IN `+in(&b, announcements)+` GROUP BY announcement_id`, b.args...)
	return out, err
}

// Touched is how many persons an announcement touches, and whether the reader is one of them.
type Touched struct {
	People int
	Me     bool
}
