package notifying

import (
	"context"
	"slices"
	"strings"
	"time"

	"guichet"
	"guichet/internal/announcing"
	"guichet/internal/i18n"
	"guichet/internal/store"
)

// letters is how many persons one job writes to: a transaction stays short however many there are.
const letters = 50

// Letters is the handler of announcing.JobLetters: each person whom an announcement touches, and who does not
// read of it in a ticket, gets in their order the news that he or she was not told; the job goes on with the
// next persons in the same transaction.
func (n *Notifier) Letters(ctx context.Context, tx *store.Tx, j store.Job) error {
	r := announcing.RoundOf(j.Payload)
	s, err := gatherNews(ctx, tx, r.Announcement)
	if err != nil {
		return err
	}
	touched, err := tx.TouchedPeople(ctx, r.Announcement, r.After, letters)
	if err != nil {
		return err
	}
	for _, t := range touched {
		if err := n.writeLetters(ctx, tx, s, t); err != nil {
			return err
		}
	}
	if len(touched) < letters {
		return nil
	}
	r.After = touched[letters-1].ID
	return r.Ask(ctx, tx, announcing.JobLetters)
}

// news is an announcement with what a message about it may say.
type news struct {
	desk    *guichet.Desk
	about   guichet.Announcement
	notes   []guichet.AnnouncementNote // oldest first
	authors map[guichet.ID]guichet.Person
}

// newsRead is how many of the last news of an announcement are looked at.
const newsRead = 100

func gatherNews(ctx context.Context, tx *store.Tx, announcement guichet.ID) (s news, err error) {
	if s.desk, err = tx.Desk(ctx); err != nil {
		return s, err
	}
	if s.about, err = tx.Announcement(ctx, announcement); err != nil {
		return s, err
	}
	if s.notes, err = tx.AnnouncementNotes(ctx, announcement, newsRead); err != nil {
		return s, err
	}
	slices.Reverse(s.notes)
	var authors []guichet.ID
	for _, note := range s.notes {
		authors = append(authors, note.AuthorID)
	}
	s.authors, err = tx.People(ctx, authors)
	return s, err
}

// writeLetters tells a person all the news that he or she was not told. Who is no longer meant is told
// nothing more.
func (n *Notifier) writeLetters(ctx context.Context, tx *store.Tx, s news, t store.AnnouncedTicket) error {
	to, err := tx.Person(ctx, t.ID)
	if err != nil {
		return err
	}
	for i, note := range s.notes {
		if note.ID <= t.Told {
			continue
		}
		if to.Active && to.Email != "" && s.desk.Meant(s.about, to, tx.Now) {
			if err := n.writeLetter(ctx, tx, s, i, to); err != nil {
				return err
			}
		}
		if err := tx.ToldPerson(ctx, s.about.ID, to.ID, note.ID); err != nil {
			return err
		}
	}
	return nil
}

// writeLetter writes a piece of news to a person, those of one moment each a moment after the one before.
func (n *Notifier) writeLetter(ctx context.Context, tx *store.Tx, s news, i int, to guichet.Person) error {
	note := s.notes[i]
	p := n.texts.Printer(first(to.Locale, s.desk.Locale), zone(first(to.TimeZone, s.desk.TimeZone)))
	m := n.letter(p, s, note, to)
	var html strings.Builder
	if err := mailPage(m).Render(ctx, &html); err != nil {
		return err
	}
	id := guichet.NewID(tx.Now)
	err := tx.InsertLetter(ctx, store.Mail{ID: id, PersonID: to.ID, Recipient: to.Email, Subject: m.Subject, Text: m.text(),
		HTML: html.String(), MessageID: string(id) + "@" + n.host, CreatedAt: tx.Now.Add(time.Duration(i) * time.Microsecond)})
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, store.Job{Kind: JobMail, Key: JobMail + ":" + string(id), Payload: string(id)})
}

// letter is the message about a piece of news.
func (n *Notifier) letter(p i18n.Printer, s news, note guichet.AnnouncementNote, to guichet.Person) message {
	kind := "news"
	if note.Ends {
		kind = "end"
	}
	page := n.baseURL + "/information/" + string(s.about.ID)
	m := message{Locale: p.Locale(), Desk: s.desk.Name, Title: s.about.Title, State: p.T("letter.state." + kind), Heading: p.T("letter.head." + kind),
		Hello: p.T("mail.hello", "Name", to.Name()), Lead: p.T("letter.lead."+kind, "Actor", s.authors[note.AuthorID].Name(), "Title", s.about.Title),
		Plain: note.Text, Foot: p.T("letter.why"), Link: button{Text: p.T("letter.open"), URL: page},
		label: func(name string) string { return p.T("mail.label", "Name", name) }}
	m.Quote = n.render(m.Plain, p)
	m.Buttons = []button{{m.Link.Text, page, true}}
	if !note.Ends && s.about.NextAt.After(note.At) {
		m.After = p.T("announce.next.at", "Date", p.DateTime(s.about.NextAt))
	}
	m.Facts = [][2]string{{p.T("mail.fact.since"), p.DateTime(s.about.From)}}
	if service := s.desk.ServiceName(s.about.ServiceID); service != "" {
		m.Facts = append(m.Facts, [2]string{p.T("mail.fact.service"), service})
	}
	m.Subject = cutSubject(m.Heading + " – " + s.about.Title)
	return m
}
