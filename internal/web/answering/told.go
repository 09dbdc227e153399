package answering

import (
	"slices"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
	"guichet/internal/web/thread"
)

// Told is an answer as it is read: a text, a text with its marks, or files.
type Told struct {
	Label string
	Text  string
	HTML  string // made safe by package markup
	Files []thread.File
}

// Tell prepares the answers of a ticket for a reader to whom these documents are shown; the files of an
// answer that are not among them are named only.
func Tell(q *site.Request, answers []guichet.Answer, documents []guichet.Document) []Told {
	var out []Told
	for _, a := range answers {
		t := Told{Label: a.Label, Text: kit.AnswerText(q.P, a)}
		switch a.Type {
		case guichet.FieldRichText:
			t.HTML = q.Markup.HTML(t.Text)
		case guichet.FieldFile:
			for _, d := range documents {
				if slices.Contains(a.Values, string(d.ID)) {
					t.Files = append(t.Files, thread.FileOf(d))
				}
			}
		}
		out = append(out, t)
	}
	return out
}

// Filled is the form of a ticket as it was at the version that it answers, with its answers.
func Filled(q *site.Request, d *guichet.Desk, t guichet.Ticket, person guichet.Person) Sheet {
	form := d.OfferingAt(t.OfferingID, t.FormVersion).Form
	s := New(q, d, form, person)
	for _, a := range t.Answers {
		f, known := form.Field(a.Key)
		if !known {
			continue
		}
		s.Typed[Name(f)] = a.Values
		if f.Type == guichet.FieldPerson {
			s.Typed[Name(f)] = a.Labels
		}
	}
	return s
}
