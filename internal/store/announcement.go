package store

import (
	"context"
	"time"

	"guichet"
)

const announcementColumns = `a.id, a.kind, a.title, a.body, a.service_id, a.organisations, a.profiles, a.starts_at, a.ends_at,
	a.next_at, a.ended_at, a.author_id, a.updated_at, a.version`

func scanAnnouncement(r scanner) (a guichet.Announcement, err error) {
	return a, r.Scan(&a.ID, &a.Kind, &a.Title, &a.Body, id(&a.ServiceID), decoded{&a.Organisations}, decoded{&a.Profiles},
		moment{&a.From}, moment{&a.Until}, moment{&a.NextAt}, moment{&a.EndedAt}, &a.AuthorID, moment{&a.UpdatedAt}, &a.Version)
}

// InsertAnnouncement publishes an announcement.
func (tx *Tx) InsertAnnouncement(ctx context.Context, a guichet.Announcement) error {
	organisations, err := encoded(a.Organisations)
	if err != nil {
		return err
	}
	profiles, err := encoded(a.Profiles)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO announcement (id, kind, title, body, service_id, organisations, profiles, starts_at, ends_at,
		next_at, ended_at, author_id, updated_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, 1)`,
		string(a.ID), string(a.Kind), a.Title, a.Body, nullable(a.ServiceID), organisations, profiles, micros(a.From), micros(a.Until),
		micros(a.NextAt), string(a.AuthorID), micros(tx.Now))
}

// UpdateAnnouncement changes an announcement whose version was seen. Error: conflict when somebody else
// changed it meanwhile.
func (tx *Tx) UpdateAnnouncement(ctx context.Context, a guichet.Announcement) error {
	organisations, err := encoded(a.Organisations)
	if err != nil {
		return err
	}
	profiles, err := encoded(a.Profiles)
	if err != nil {
		return err
	}
	n, err := tx.affected(ctx, `UPDATE announcement SET kind = $3, title = $4, body = $5, service_id = $6, organisations = $7,
		profiles = $8, starts_at = $9, ends_at = $10, next_at = $11, ended_at = $12, updated_at = $13, version = version + 1
		WHERE id = $1 AND version = $2`, string(a.ID), a.Version, string(a.Kind), a.Title, a.Body, nullable(a.ServiceID),
		organisations, profiles, micros(a.From), micros(a.Until), micros(a.NextAt), micros(a.EndedAt), micros(tx.Now))
	if err == nil && n == 0 {
		return guichet.Conflict("announcement.changed")
	}
	return err
}

// Announcement reads one announcement.
func (tx *Tx) Announcement(ctx context.Context, announcement guichet.ID) (guichet.Announcement, error) {
	return one(ctx, tx, "announcement", scanAnnouncement, `SELECT `+announcementColumns+` FROM announcement a WHERE a.id = $1`, string(announcement))
}

// OpenAnnouncements lists the announcements that nobody has ended and whose time is not over at a moment,
// those to come among them, the first first.
func (tx *Tx) OpenAnnouncements(ctx context.Context, at time.Time, limit int) ([]guichet.Announcement, error) {
	return many(ctx, tx, scanAnnouncement, `SELECT `+announcementColumns+` FROM announcement a
		WHERE a.ended_at = 0 AND (a.ends_at = 0 OR a.ends_at > $1) ORDER BY a.starts_at, a.id LIMIT $2`, micros(at), limit)
}

// Announcements lists the announcements, the last changed first.
func (tx *Tx) Announcements(ctx context.Context, limit int) ([]guichet.Announcement, error) {
	return many(ctx, tx, scanAnnouncement, `SELECT `+announcementColumns+` FROM announcement a
		ORDER BY a.updated_at DESC, a.id DESC LIMIT $1`, limit)
}

const announcementNoteColumns = `n.id, n.announcement_id, n.at, n.author_id, n.body, n.ends`

func scanAnnouncementNote(r scanner) (n guichet.AnnouncementNote, err error) {
	return n, r.Scan(&n.ID, &n.AnnouncementID, moment{&n.At}, &n.AuthorID, &n.Text, &n.Ends)
}

// InsertAnnouncementNote adds what is new of an announcement.
func (tx *Tx) InsertAnnouncementNote(ctx context.Context, n guichet.AnnouncementNote) error {
	return tx.exec(ctx, `INSERT INTO announcement_note (id, announcement_id, at, author_id, body, ends) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(n.ID), string(n.AnnouncementID), micros(n.At), string(n.AuthorID), n.Text, n.Ends)
}

// AnnouncementNotes lists the news of an announcement, newest first.
func (tx *Tx) AnnouncementNotes(ctx context.Context, announcement guichet.ID, limit int) ([]guichet.AnnouncementNote, error) {
	return many(ctx, tx, scanAnnouncementNote, `SELECT `+announcementNoteColumns+` FROM announcement_note n
		WHERE n.announcement_id = $1 ORDER BY n.at DESC, n.id DESC LIMIT $2`, string(announcement), limit)
}

// JoinAnnouncement makes a ticket one of those of an announcement, and reports whether it was not yet. It is
// told of what is new from then on.
func (tx *Tx) JoinAnnouncement(ctx context.Context, announcement, ticket guichet.ID) (bool, error) {
	n, err := tx.affected(ctx, `INSERT INTO announcement_ticket (announcement_id, ticket_id, told)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), COALESCE((SELECT MAX(id) FROM announcement_note WHERE announcement_id = $1), '')
		WHERE 1 = 1 ON CONFLICT (announcement_id, ticket_id) DO NOTHING`, string(announcement), string(ticket))
	return n > 0, err
}

// LeaveAnnouncement takes a ticket out of an announcement, and reports whether it was there.
func (tx *Tx) LeaveAnnouncement(ctx context.Context, announcement, ticket guichet.ID) (bool, error) {
	n, err := tx.affected(ctx, `DELETE FROM announcement_ticket WHERE announcement_id = $1 AND ticket_id = $2`, string(announcement), string(ticket))
	return n > 0, err
}

// AnnouncedTicket is a ticket of an announcement, and the last of the news that it was told.
type AnnouncedTicket struct{ ID, Told guichet.ID }

// AnnouncementTickets lists the tickets of an announcement in the order of their identifiers, after one.
func (tx *Tx) AnnouncementTickets(ctx context.Context, announcement, after guichet.ID, limit int) ([]AnnouncedTicket, error) {
	return many(ctx, tx, func(r scanner) (t AnnouncedTicket, err error) {
		return t, r.Scan(&t.ID, &t.Told)
	}, `SELECT ticket_id, told FROM announcement_ticket
		WHERE announcement_id = $1 AND ticket_id > $2 ORDER BY ticket_id LIMIT $3`, string(announcement), string(after), limit)
}

// ToldTicket notes the last of the news that a ticket was told.
func (tx *Tx) ToldTicket(ctx context.Context, announcement, ticket, note guichet.ID) error {
	return tx.exec(ctx, `UPDATE announcement_ticket SET told = $3 WHERE announcement_id = $1 AND ticket_id = $2`,
		string(announcement), string(ticket), string(note))
}

// CountAnnouncementTickets counts the tickets of some announcements.
func (tx *Tx) CountAnnouncementTickets(ctx context.Context, announcements []guichet.ID) (map[guichet.ID]int, error) {
	out := map[guichet.ID]int{}
	if len(announcements) == 0 {
		return out, nil
	}
	var b builder
	_, err := many(ctx, tx, func(r scanner) (x struct{}, err error) {
		var id guichet.ID
		var n int
		err = r.Scan(&id, &n)
		out[id] = n
		return x, err
	}, `SELECT announcement_id, COUNT(*) FROM announcement_ticket WHERE announcement_id IN `+in(&b, announcements)+`
		GROUP BY announcement_id`, b.args...)
	return out, err
}

// AnnouncementsOf lists the announcements to which a ticket belongs, the last changed first.
func (tx *Tx) AnnouncementsOf(ctx context.Context, ticket guichet.ID) ([]guichet.Announcement, error) {
	return many(ctx, tx, scanAnnouncement, `SELECT `+announcementColumns+` FROM announcement_ticket x JOIN announcement a ON a.id = x.announcement_id
		WHERE x.ticket_id = $1 ORDER BY a.updated_at DESC, a.id DESC`, string(ticket))
}
