package guichet

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Wording is a text by language. French stands for the languages that are missing.
type Wording map[string]string

// mainLanguage is the language that every text has.
const mainLanguage = "fr"

// In returns the text for a reader of a language: in it, else in French, else in any.
func (w Wording) In(locale string) string {
	for _, l := range append([]string{locale}, Languages()...) {
		if !blank(w[l]) {
			return w[l]
		}
	}
	return ""
}

// Languages lists the languages in which texts are written, the required one first.
func Languages() []string { return []string{mainLanguage, "en"} }

// Placeholder is a word between double braces that a template replaces by what it stands for.
type Placeholder struct {
	Key      string  // its English name
	French   string  // its French name; both are understood everywhere
	Always   bool    // known without a ticket: of the desk, the author, the day
	markdown bool    // the value is text of the desk's own, left as it is
	fallback Wording // what stands for a value that is missing
	value    func(f TemplateFacts, locale string) string
}

// Name is the placeholder as it is offered to a reader of a language.
func (p Placeholder) Name(locale string) string {
	if locale == mainLanguage {
		return p.French
	}
	return p.Key
}

// TemplateFacts is what placeholders speak of. People holds whom the ticket names; who is not there
// is named by the fallback.
type TemplateFacts struct {
	Desk   *Desk
	Ticket Ticket
	People map[ID]Person
	Author Person // who writes or acts
	URL    string // address of the ticket's page
	Due    time.Time
	Now    time.Time
	Zone   *time.Location
}

// Placeholders lists the whole language, in the order in which it is explained.
func Placeholders() []Placeholder {
	return slices.Concat(ticketPlaceholders(), peoplePlaceholders(), deskPlaceholders())
}

func ticketPlaceholders() []Placeholder {
	return []Placeholder{
		{Key: "ticket.number", French: "ticket.numero", fallback: Wording{"fr": "votre ticket", "en": "your ticket"},
			value: func(f TemplateFacts, _ string) string { return ticketNumber(f.Ticket.Number) }},
		{Key: "ticket.title", French: "ticket.titre", fallback: Wording{"fr": "votre demande", "en": "your request"},
			value: func(f TemplateFacts, _ string) string { return f.Ticket.Title }},
		{Key: "ticket.url", French: "ticket.lien", markdown: true, fallback: Wording{"fr": "la page de votre ticket", "en": "the page of your ticket"},
			value: func(f TemplateFacts, _ string) string { return f.URL }},
		{Key: "ticket.service", French: "ticket.service", fallback: Wording{"fr": "le service concerné", "en": "the service concerned"},
			value: func(f TemplateFacts, _ string) string { return f.Desk.ServiceName(f.Ticket.ServiceID) }},
		{Key: "ticket.opened", French: "ticket.ouverture", fallback: Wording{"fr": "le jour de votre demande", "en": "the day of your request"},
			value: func(f TemplateFacts, locale string) string { return f.day(f.Ticket.OpenedAt, locale) }},
		{Key: "ticket.due", French: "ticket.echeance", fallback: Wording{"fr": "la date convenue", "en": "the agreed date"},
			value: func(f TemplateFacts, locale string) string { return f.day(f.Due, locale) }},
		{Key: "ticket.until", French: "ticket.reprise", fallback: Wording{"fr": "la date convenue", "en": "the agreed date"},
			value: func(f TemplateFacts, locale string) string { return f.day(f.Ticket.PendingUntil, locale) }},
		{Key: "ticket.closes", French: "ticket.cloture", fallback: Wording{"fr": "la date de clôture", "en": "the closing date"},
			value: func(f TemplateFacts, locale string) string { return f.day(f.Ticket.CloseAt, locale) }},
		{Key: "pending.reason", French: "attente.motif", fallback: Wording{"fr": "le motif indiqué", "en": "the reason given"},
			value: func(f TemplateFacts, _ string) string { return f.pending() }},
	}
}

func peoplePlaceholders() []Placeholder {
	someone := Wording{"fr": "votre interlocuteur", "en": "your contact"}
	caller := Wording{"fr": "la personne qui a fait la demande", "en": "the person who made the request"}
	beneficiary := Wording{"fr": "la personne concernée", "en": "the person concerned"}
	person := func(id func(Ticket) ID, part func(Person) string) func(TemplateFacts, string) string {
		return func(f TemplateFacts, _ string) string { return part(f.People[id(f.Ticket)]) }
	}
	requester := func(t Ticket) ID { return t.RequesterID }
	who := func(t Ticket) ID { return t.BeneficiaryID }
	return []Placeholder{
		{Key: "requester.name", French: "demandeur.nom", fallback: caller, value: person(requester, Person.Name)},
		{Key: "requester.given_name", French: "demandeur.prenom", fallback: caller,
			value: person(requester, func(p Person) string { return p.GivenName })},
		{Key: "beneficiary.name", French: "beneficiaire.nom", fallback: beneficiary, value: person(who, Person.Name)},
		{Key: "beneficiary.phone", French: "beneficiaire.telephone", fallback: Wording{"fr": "le numéro connu", "en": "the known number"},
			value: func(f TemplateFacts, _ string) string { return f.phone() }},
		{Key: "technician.name", French: "technicien.nom", fallback: someone,
			value: person(func(t Ticket) ID { return t.AssigneeID }, Person.Name)},
		{Key: "author.name", French: "auteur.nom", Always: true, fallback: someone,
			value: func(f TemplateFacts, _ string) string { return f.Author.Name() }},
		{Key: "team.name", French: "equipe.nom", fallback: Wording{"fr": "notre équipe", "en": "our team"},
			value: func(f TemplateFacts, _ string) string { return f.Desk.Teams[f.Ticket.TeamID].Name }},
		{Key: "organisation.name", French: "organisation.nom", fallback: Wording{"fr": "votre organisation", "en": "your organisation"},
			value: func(f TemplateFacts, _ string) string { return f.Desk.Organisations[f.Ticket.OrganisationID].Name }},
	}
}

func deskPlaceholders() []Placeholder {
	return []Placeholder{
		{Key: "desk.name", French: "guichet.nom", Always: true, fallback: Wording{"fr": "l’assistance", "en": "the service desk"},
			value: func(f TemplateFacts, _ string) string { return f.Desk.Name }},
		{Key: "desk.contact", French: "guichet.contact", Always: true, markdown: true, fallback: Wording{"fr": "l’assistance", "en": "the service desk"},
			value: func(f TemplateFacts, _ string) string { return f.Desk.Contact }},
		{Key: "today", French: "aujourdhui", Always: true, fallback: Wording{"fr": "aujourd’hui", "en": "today"},
			value: func(f TemplateFacts, locale string) string { return f.day(f.Now, locale) }},
	}
}

func (f TemplateFacts) pending() string {
	reason, _ := f.Desk.Flow(f.Ticket).Reason(f.Ticket.PendingReason)
	return reason.Name
}

// phone is the number left with the ticket, or the requester's own: that of a colleague is not the
// requester's to read.
func (f TemplateFacts) phone() string {
	if f.Ticket.Phone != "" || f.Ticket.BeneficiaryID != f.Ticket.RequesterID {
		return f.Ticket.Phone
	}
	return f.People[f.Ticket.BeneficiaryID].Phone
}

// day is a date in full, in the reader's language and time zone; empty when it is not set.
func (f TemplateFacts) day(t time.Time, locale string) string {
	if t.IsZero() {
		return ""
	}
	if f.Zone != nil {
		t = t.In(f.Zone)
	}
	if locale == mainLanguage {
		return frenchDay(t)
	}
	return t.Format("2 January 2006")
}

func frenchDay(t time.Time) string {
	months := [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
		"octobre", "novembre", "décembre"}
	day := t.Format("2")
	if t.Day() == 1 {
		day = "1er"
	}
	return day + "\u00a0" + months[t.Month()-1] + "\u00a0" + t.Format("2006")
}

// ticketNumber is a number as the pages write it, in groups of three digits; 0 is no number.
func ticketNumber(n int64) string {
	if n <= 0 {
		return ""
	}
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	return digits
}

// piece is a part of a text: words, or the name of a placeholder with its own fallback.
type piece struct {
	words    string
	name     string
	fallback string
	line     int // of its beginning, from 1
	column   int // in characters, from 1
}

// fault is what is wrong with a text, and where.
type fault struct {
	code         string
	name         string
	line, column int
}

// pieces takes a text apart. What stands between double braces is the name of a placeholder, then,
// after a bar, the text that stands for it when it is missing.
func pieces(text string) (parts []piece, faults []fault) {
	line, column := 1, 1
	move := func(s string) {
		line += strings.Count(s, "\n")
		if i := strings.LastIndexByte(s, '\n'); i >= 0 {
			s, column = s[i+1:], 1
		}
		column += utf8.RuneCountInString(s)
	}
	for text != "" {
		words, rest, found := strings.Cut(text, "{{")
		if words != "" {
			parts = append(parts, piece{words: words})
			move(words)
		}
		if !found {
			break
		}
		inside, after, closed := strings.Cut(rest, "}}")
		if !closed || strings.Contains(inside, "{{") || strings.Contains(inside, "\n") {
			faults = append(faults, fault{"template.unclosed", "", line, column})
			move("{{")
			text = rest
			continue
		}
		name, fallback, _ := strings.Cut(inside, "|")
		parts = append(parts, piece{name: strings.TrimSpace(name), fallback: strings.TrimSpace(fallback), line: line, column: column})
		move("{{" + inside + "}}")
		text = after
	}
	return parts, faults
}

// checkPlaceholders records what is wrong with a text of a template: braces that are not closed, words that
// stand for nothing. Where no ticket is known yet, only what is always known may be named.
func checkPlaceholders(p *Problems, field, text string, ticketless bool) {
	parts, faults := pieces(text)
	for _, part := range parts {
		if part.words != "" {
			continue
		}
		known, found := placeholder(part.name)
		switch {
		case part.name == "":
			faults = append(faults, fault{"template.empty_placeholder", "", part.line, part.column})
		case !found:
			faults = append(faults, fault{"template.unknown_placeholder", part.name, part.line, part.column})
		case ticketless && !known.Always:
			faults = append(faults, fault{"template.needs_ticket", part.name, part.line, part.column})
		}
	}
	for _, f := range faults {
		p.Add(field, f.code, "Name", f.name, "Nearest", nearest(f.name), "Line", f.line, "Column", f.column)
	}
}

// placeholder finds a placeholder by one of its names, in any case.
func placeholder(name string) (Placeholder, bool) {
	name = strings.ToLower(name)
	for _, p := range Placeholders() {
		if name == p.Key || name == p.French {
			return p, true
		}
	}
	return Placeholder{}, false
}

// nearest is the known name that is written most like another.
func nearest(name string) string {
	best, distance := "", -1
	for _, p := range Placeholders() {
		for _, known := range []string{p.French, p.Key} {
			if d := edits(strings.ToLower(name), known); distance < 0 || d < distance {
				best, distance = known, d
			}
		}
	}
	return best
}

// maxEdited is how much of a name is compared, in characters.
const maxEdited = 40

// edits counts the letters to change to make one word of another (Levenshtein).
func edits(a, b string) int {
	from, to := []rune(a), []rune(b)
	from = from[:min(len(from), maxEdited)]
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range from {
		corner := row[0]
		row[0] = i + 1
		for j, y := range to {
			cost := 1
			if x == y {
				cost = 0
			}
			corner, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, corner+cost)
		}
	}
	return row[len(to)]
}

// RenderMarkdown replaces the placeholders of a Markdown text, for a reader of a language. Values are
// written so that they cannot format what surrounds them. Error: invalid when the text has a fault.
func RenderMarkdown(text, locale string, f TemplateFacts) (string, error) {
	return render(text, locale, f, EscapeMarkdown)
}

// RenderPlain replaces the placeholders of a text that is shown as it is. Error as RenderMarkdown.
func RenderPlain(text, locale string, f TemplateFacts) (string, error) {
	return render(text, locale, f, oneLine)
}

func render(text, locale string, f TemplateFacts, write func(string) string) (string, error) {
	var p Problems
	if checkPlaceholders(&p, "text", text, false); p.Err() != nil {
		return "", p.Err()
	}
	if f.Desk == nil {
		f.Desk = &Desk{}
	}
	parts, _ := pieces(text)
	var b strings.Builder
	for _, part := range parts {
		if part.words != "" {
			b.WriteString(part.words)
			continue
		}
		known, _ := placeholder(part.name)
		switch value := oneLine(known.value(f, locale)); {
		case value == "" && part.fallback != "":
			b.WriteString(part.fallback)
		case value == "":
			b.WriteString(known.fallback.In(locale))
		case known.markdown:
			b.WriteString(value)
		default:
			b.WriteString(write(value))
		}
	}
	return b.String(), nil
}

// oneLine puts a value on one line: it stands inside a sentence.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " ")
}

// EscapeMarkdown writes a text on one line, so that Markdown shows it as it is: nothing in it formats,
// begins a list or a heading, or becomes a link.
func EscapeMarkdown(s string) string {
	s = oneLine(s)
	var b strings.Builder
	for i, r := range s {
		if strings.ContainsRune("\\`*_[]<>~|&@", r) || r == ':' && strings.HasPrefix(s[i:], "://") || r == '.' && www(s[:i]) ||
			begins(s, i, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func www(before string) bool {
	return len(before) >= 3 && strings.EqualFold(before[len(before)-3:], "www")
}

// begins reports whether a character would begin a block, were the text at the start of a line: a
// heading, a list, a rule, or the point after the number of a list.
func begins(s string, i int, r rune) bool {
	switch {
	case strings.ContainsRune("#+-=", r):
		return i == 0
	case r == '.' || r == ')':
		return i > 0 && strings.Trim(s[:i], "0123456789") == ""
	}
	return false
}
