package guichet

import (
	"cmp"
	"slices"
	"strconv"
)

// TemplateKind says what a template makes.
type TemplateKind string

// The kinds of templates.
const (
	TemplateReply     TemplateKind = "reply"
	TemplateSolution  TemplateKind = "solution"
	TemplateChecklist TemplateKind = "checklist"
	TemplateMail      TemplateKind = "mail"
	TemplateTicket    TemplateKind = "ticket"
)

// TemplateKinds lists the kinds, in the order of the screens.
func TemplateKinds() []TemplateKind {
	return []TemplateKind{TemplateReply, TemplateSolution, TemplateChecklist, TemplateMail, TemplateTicket}
}

// Valid reports whether k is a known kind.
func (k TemplateKind) Valid() bool { return slices.Contains(TemplateKinds(), k) }

// Template is a text prepared once and used many times (C5): an answer, a solution, the points to
// check, the words of a mail, or a whole ticket. Only the fields of its kind count.
type Template struct {
	ID       ID           `json:"id" yaml:"id"`
	Kind     TemplateKind `json:"kind" yaml:"kind"`
	Name     string       `json:"name" yaml:"name"`
	Services []ID         `json:"services,omitempty" yaml:"services,omitempty"` // or below; empty: all
	Teams    []ID         `json:"teams,omitempty" yaml:"teams,omitempty"`       // that may use it; empty: all
	Body     Wording      `json:"body,omitempty" yaml:"body,omitempty"`         // reply, solution (Markdown); mail: what it begins with
	Subject  Wording      `json:"subject,omitempty" yaml:"subject,omitempty"`   // mail
	Closing  Wording      `json:"closing,omitempty" yaml:"closing,omitempty"`   // mail: what it ends with
	Mail     *MailSlot    `json:"mail,omitempty" yaml:"mail,omitempty"`         // mail: the message whose words it replaces
	Items    []CheckItem  `json:"items,omitempty" yaml:"items,omitempty"`       // checklist, in order
	Ticket   *TicketDraft `json:"ticket,omitempty" yaml:"ticket,omitempty"`
	Version  int          `json:"version,omitempty" yaml:"-"`
}

// CheckItem is a point of a checklist.
type CheckItem struct {
	Key      string  `json:"key" yaml:"key"`
	Text     Wording `json:"text" yaml:"text"`
	Required bool    `json:"required,omitempty" yaml:"required,omitempty"` // before the ticket is resolved
}

// MailSlot names a message of the desk: what happened, and to which side it is told.
type MailSlot struct {
	Event EventKind `json:"event" yaml:"event"`
	Side  string    `json:"side" yaml:"side"`
}

// TicketDraft is what a whole-ticket template fills in of a new ticket.
type TicketDraft struct {
	Title       Wording             `json:"title,omitempty" yaml:"title,omitempty"`
	Description Wording             `json:"description,omitempty" yaml:"description,omitempty"` // Markdown
	Kind        Kind                `json:"kind,omitempty" yaml:"kind,omitempty"`
	ServiceID   ID                  `json:"service,omitempty" yaml:"service,omitempty"`
	OfferingID  ID                  `json:"offering,omitempty" yaml:"offering,omitempty"`
	Answers     map[string][]string `json:"answers,omitempty" yaml:"answers,omitempty"`
	Urgency     Grade               `json:"urgency,omitempty" yaml:"urgency,omitempty"`
	Impact      Grade               `json:"impact,omitempty" yaml:"impact,omitempty"`
	Channel     Channel             `json:"channel,omitempty" yaml:"channel,omitempty"`
	TeamID      ID                  `json:"team,omitempty" yaml:"team,omitempty"`
	Checklist   ID                  `json:"checklist,omitempty" yaml:"checklist,omitempty"` // a template
	Solution    ID                  `json:"solution,omitempty" yaml:"solution,omitempty"`   // a template: what is answered when the ticket is closed as it is recorded
}

// Limits of templates.
const (
	MaxTemplateName = 120
	MaxCheckItem    = 300
	maxCheckItems   = 50
	maxMailText     = 4_000
)

// Check says what makes a template unusable on a desk: a missing text, a placeholder that stands for
// nothing, a name that nothing bears. Fields are named as in the files: "body.fr", "items.0.text.fr".
func (t Template) Check(d *Desk) error {
	var p Problems
	p.Text("name", t.Name, MaxTemplateName)
	references(&p, "services", d.Services, t.Services...)
	references(&p, "teams", d.Teams, t.Teams...)
	switch t.Kind {
	case TemplateReply, TemplateSolution:
		t.Body.check(&p, "body", MaxText, false)
	case TemplateChecklist:
		t.checkItems(&p)
	case TemplateMail:
		t.checkMail(&p)
	case TemplateTicket:
		t.checkTicket(&p, d)
	default:
		p.Add("kind", "field.unknown_value")
	}
	return p.Err()
}

// references records the identifiers that nothing bears.
func references[T any](p *Problems, field string, known map[ID]T, ids ...ID) {
	for _, id := range ids {
		if _, ok := known[id]; id != "" && !ok {
			p.Add(field, "template.unknown_reference", "ID", string(id))
		}
	}
}

// check asks for the text in French, and for sound placeholders in every language.
func (w Wording) check(p *Problems, field string, limit int, ticketless bool) {
	p.Text(field+"."+mainLanguage, w[mainLanguage], limit)
	w.checkOptional(p, field, limit, ticketless)
}

func (w Wording) checkOptional(p *Problems, field string, limit int, ticketless bool) {
	for _, l := range Languages() {
		p.AtMost(field+"."+l, w[l], limit)
		checkPlaceholders(p, field+"."+l, w[l], ticketless)
	}
	for l := range w {
		if !slices.Contains(Languages(), l) {
			p.Add(field, "template.unknown_language", "Language", l)
		}
	}
}

func (t Template) checkItems(p *Problems) {
	if len(t.Items) == 0 {
		p.Add("items", "template.no_items")
	}
	if len(t.Items) > maxCheckItems {
		p.Add("items", "field.too_many", "Limit", maxCheckItems)
		return
	}
	seen := map[string]bool{}
	for i, item := range t.Items {
		field := "items." + strconv.Itoa(i)
		if item.Key == "" || seen[item.Key] {
			p.Add(field+".key", "template.key_twice", "Key", item.Key)
		}
		seen[item.Key] = true
		item.Text.check(p, field+".text", MaxCheckItem, false)
	}
}

func (t Template) checkMail(p *Problems) {
	if t.Mail == nil || !slices.Contains(MailSlots(), *t.Mail) {
		p.Add("mail", "field.unknown_value")
	}
	t.Subject.checkOptional(p, "subject", MaxTitle, false)
	t.Body.checkOptional(p, "body", maxMailText, false)
	t.Closing.checkOptional(p, "closing", maxMailText, false)
	if t.Subject.In(mainLanguage)+t.Body.In(mainLanguage)+t.Closing.In(mainLanguage) == "" {
		p.Add("body."+mainLanguage, "field.required")
	}
}

func (t Template) checkTicket(p *Problems, d *Desk) {
	if t.Ticket == nil {
		p.Add("ticket.title."+mainLanguage, "field.required")
		return
	}
	draft := *t.Ticket
	draft.Title.check(p, "ticket.title", MaxTitle, true)
	draft.Description.checkOptional(p, "ticket.description", MaxDescription, true)
	references(p, "ticket.service", d.Services, draft.ServiceID)
	references(p, "ticket.offering", d.Offerings, draft.OfferingID)
	references(p, "ticket.team", d.Teams, draft.TeamID)
	d.referTemplate(p, "ticket.checklist", draft.Checklist, TemplateChecklist)
	d.referTemplate(p, "ticket.solution", draft.Solution, TemplateSolution)
	draft.checkWords(p)
	draft.checkAnswers(p, d)
}

func (x TicketDraft) checkWords(p *Problems) {
	wrong := []struct {
		field string
		bad   bool
	}{
		{"ticket.kind", x.Kind != "" && !x.Kind.Valid()},
		{"ticket.urgency", x.Urgency != "" && !x.Urgency.Valid()},
		{"ticket.impact", x.Impact != "" && !x.Impact.Valid()},
		{"ticket.channel", x.Channel != "" && !x.Channel.Valid()},
	}
	for _, w := range wrong {
		if w.bad {
			p.Add(w.field, "field.unknown_value")
		}
	}
}

// checkAnswers holds the answers against the form of the offering: what is given must be right, and
// the rest is asked when the template is used.
func (x TicketDraft) checkAnswers(p *Problems, d *Desk) {
	if offering, known := d.Offerings[x.OfferingID]; known {
		_, err := offering.Form.Optional().Check(x.Answers, Asking{Resolve: asTyped})
		p.Merge(err)
		if x.ServiceID != "" && !slices.Contains(d.ServicePath(x.ServiceID), offering.ServiceID) {
			p.Add("ticket.offering", "field.unknown_value")
		}
	} else if len(x.Answers) > 0 {
		p.Add("ticket.offering", "field.required")
	}
}

// referTemplate holds that a template names another of the right kind.
func (d *Desk) referTemplate(p *Problems, field string, id ID, kind TemplateKind) {
	if id != "" && d.Templates[id].Kind != kind {
		p.Add(field, "template.unknown_reference", "ID", string(id))
	}
}

// Render is the text of a reply or a solution for a reader of a language: Markdown, with every
// placeholder replaced. Error: invalid when the text has a fault.
func (t Template) Render(locale string, f TemplateFacts) (string, error) {
	return RenderMarkdown(t.Body.In(locale), locale, f)
}

// Serves reports whether a template may be used on a ticket of a service by the members of teams. A
// whole ticket has no service yet.
func (t Template) Serves(d *Desk, service ID, teams []ID) bool {
	within := func(s ID) bool { return slices.Contains(d.ServicePath(service), s) }
	if t.Kind != TemplateTicket && len(t.Services) > 0 && !slices.ContainsFunc(t.Services, within) {
		return false
	}
	return len(t.Teams) == 0 || slices.ContainsFunc(t.Teams, func(id ID) bool { return slices.Contains(teams, id) })
}

// TemplatesFor lists the templates of a kind for a ticket of a service and the members of teams, in
// the order of their names; those of the service itself stand first.
func (d *Desk) TemplatesFor(kind TemplateKind, service ID, teams []ID) []Template {
	var out []Template
	for _, t := range d.Templates {
		if t.Kind == kind && t.Serves(d, service, teams) {
			out = append(out, t)
		}
	}
	general := func(t Template) int { return min(1, max(0, 1-len(t.Services))) }
	slices.SortFunc(out, func(a, b Template) int {
		return cmp.Or(general(a)-general(b), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// MailText is the template that replaces the words of a message about a ticket of a service: the one
// made for the nearest service, else the one for all.
func (d *Desk) MailText(slot MailSlot, service ID) (Template, bool) {
	var best Template
	distance := -1
	path := d.ServicePath(service)
	for _, t := range d.Templates {
		if t.Kind != TemplateMail || t.Mail == nil || *t.Mail != slot || !t.Serves(d, service, t.Teams) {
			continue
		}
		far := len(path)
		for _, s := range t.Services {
			if i := slices.Index(path, s); i >= 0 {
				far = min(far, i)
			}
		}
		if distance < 0 || far < distance || far == distance && t.ID < best.ID {
			best, distance = t, far
		}
	}
	return best, distance >= 0
}
