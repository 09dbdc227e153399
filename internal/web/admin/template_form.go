package admin

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// templateOf reads a template from its form; what the form does not show stays.
func templateOf(form url.Values, t guichet.Template) guichet.Template {
	t.Name = strings.TrimSpace(form.Get("name"))
	t.Services, t.Teams = idsOf(form["services"]), idsOf(form["teams"])
	switch t.Kind {
	case guichet.TemplateReply, guichet.TemplateSolution:
		t.Body = wordingOf(form, "body")
	case guichet.TemplateMail:
		event, side, _ := strings.Cut(form.Get("mail"), ".")
		t.Mail = &guichet.MailSlot{Event: guichet.EventKind(event), Side: side}
		t.Subject, t.Body, t.Closing = wordingOf(form, "subject"), wordingOf(form, "body"), wordingOf(form, "closing")
	case guichet.TemplateChecklist:
		t.Items = itemsOf(form)
	case guichet.TemplateTicket:
		t.Ticket = draftOf(form)
	}
	return t
}

func idsOf(values []string) []guichet.ID {
	var out []guichet.ID
	for _, v := range values {
		if v != "" {
			out = append(out, guichet.ID(v))
		}
	}
	return out
}

// wordingOf reads a text in each language; an empty one is left out.
func wordingOf(form url.Values, name string) guichet.Wording {
	w := guichet.Wording{}
	for _, l := range guichet.Languages() {
		if text := strings.TrimSpace(strings.ReplaceAll(form.Get(name+"."+l), "\r\n", "\n")); text != "" {
			w[l] = text
		}
	}
	return w
}

func itemsOf(form url.Values) []guichet.CheckItem {
	var out []guichet.CheckItem
	for i, key := range form["items.key"] {
		at := "items." + strconv.Itoa(i)
		out = append(out, guichet.CheckItem{Key: key, Text: wordingOf(form, at+".text"), Required: form.Get(at+".required") == "yes"})
	}
	return out
}

func draftOf(form url.Values) *guichet.TicketDraft {
	get := func(name string) string { return form.Get("ticket." + name) }
	d := &guichet.TicketDraft{Title: wordingOf(form, "ticket.title"), Description: wordingOf(form, "ticket.description"),
		Kind: guichet.Kind(get("kind")), ServiceID: guichet.ID(get("service")), OfferingID: guichet.ID(get("offering")),
		Urgency: guichet.Grade(get("urgency")), Impact: guichet.Grade(get("impact")), Channel: guichet.Channel(get("channel")),
		TeamID: guichet.ID(get("team")), Checklist: guichet.ID(get("checklist")), Solution: guichet.ID(get("solution"))}
	for name, values := range form {
		key, answer := strings.CutPrefix(name, "answers.")
		values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
		if answer && len(values) > 0 {
			if d.Answers == nil {
				d.Answers = map[string][]string{}
			}
			d.Answers[key] = values
		}
	}
	return d
}

// words are a text in one language, as a field.
func (d templateData) words(q *site.Request, name, language string, w guichet.Wording) kit.Field {
	f := kit.Field{Name: name + "." + language, Label: q.P.T("admin.template.language." + language), Value: w[language], Errors: d.Errors}
	if language != guichet.Languages()[0] || d.Value.Kind == guichet.TemplateMail || name == "ticket.description" {
		f.Optional = q.P.T("desk.optional")
	}
	return f
}

func (d templateData) lines(q *site.Request, name, language, rows string, w guichet.Wording) kit.Field {
	f := d.words(q, name, language, w)
	f.Rows = rows
	return f
}

// pick is a choice that may stay empty.
func (d templateData) pick(q *site.Request, name, label, value string) kit.Field {
	return kit.Field{Name: name, Label: q.P.T(label), Value: value, Errors: d.Errors, Optional: q.P.T("desk.optional")}
}

func orNone(q *site.Request, options []kit.Option) []kit.Option {
	return append([]kit.Option{{Label: q.P.T("admin.template.none")}}, options...)
}

func wordsOf[T ~string](q *site.Request, prefix string, values ...T) []kit.Option {
	var out []kit.Option
	for _, v := range values {
		out = append(out, kit.Option{Value: string(v), Label: q.P.T(prefix + string(v))})
	}
	return out
}

func (d templateData) slots(q *site.Request) []kit.Option {
	out := []kit.Option{{Label: q.P.T("admin.template.mail.choose")}}
	for _, s := range guichet.MailSlots() {
		out = append(out, kit.Option{Value: string(s.Event) + "." + s.Side, Label: slotName(q, s)})
	}
	return out
}

func (d templateData) slot() string {
	if d.Value.Mail == nil || d.Value.Mail.Event == "" {
		return ""
	}
	return string(d.Value.Mail.Event) + "." + d.Value.Mail.Side
}

// usual are our own words of the message, with the names of what they hold.
func (d templateData) usual(q *site.Request) string {
	if d.slot() == "" || !q.P.Has("mail."+d.slot()+".lead") {
		return ""
	}
	shown := func(key string) string { return "[" + q.P.T("placeholder."+key) + "]" }
	return q.P.T("mail."+d.slot()+".lead", "Actor", shown("author.name"), "Technician", shown("technician.name"), "Team", shown("team.name"),
		"Service", shown("ticket.service"), "Requester", shown("requester.name"), "Reason", "", "Until", "", "For", "")
}

func (d templateData) offerings(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, n := range site.Tree(q.Config) {
		for _, o := range q.Config.OfferingsOf(n.Service.ID) {
			if o.ServiceID == n.Service.ID {
				out = append(out, kit.Option{Value: string(o.ID), Label: n.Service.Name + " – " + o.Name})
			}
		}
	}
	return out
}

func (d templateData) others(q *site.Request, kind guichet.TemplateKind) []kit.Option {
	var out []kit.Option
	for _, t := range q.Config.TemplatesFor(kind, "", nil) {
		out = append(out, kit.Option{Value: string(t.ID), Label: t.Name})
	}
	for _, t := range q.Config.Templates {
		if t.Kind == kind && !slices.ContainsFunc(out, func(o kit.Option) bool { return o.Value == string(t.ID) }) {
			out = append(out, kit.Option{Value: string(t.ID), Label: t.Name})
		}
	}
	slices.SortFunc(out, func(a, b kit.Option) int { return strings.Compare(a.Label, b.Label) })
	return out
}

// ticket is the draft of a whole-ticket template.
func (d templateData) ticket() guichet.TicketDraft {
	if d.Value.Ticket == nil {
		return guichet.TicketDraft{}
	}
	return *d.Value.Ticket
}

// questions are the fields of the offering that a template may answer beforehand.
func (d templateData) questions(q *site.Request) []guichet.Field {
	return q.Config.Offerings[d.ticket().OfferingID].Form.Fields
}

func (d templateData) answer(f guichet.Field) string {
	return strings.Join(d.ticket().Answers[f.Key], "")
}

func strs(ids []guichet.ID) []string {
	var out []string
	for _, id := range ids {
		out = append(out, string(id))
	}
	return out
}

// labels name the fields in the summary of errors.
func (d templateData) labels(q *site.Request) map[string]string {
	out := map[string]string{"name": q.P.T("admin.template.name"), "mail": q.P.T("admin.template.mail"), "items": q.P.T("admin.template.items"),
		"services": q.P.T("admin.template.services"), "teams": q.P.T("admin.template.teams")}
	for _, l := range guichet.Languages() {
		language := q.P.T("admin.template.language." + l)
		for _, f := range []string{"body", "subject", "closing", "ticket.title", "ticket.description"} {
			out[f+"."+l] = q.P.T("admin.template."+strings.TrimPrefix(f, "ticket.")) + " (" + language + ")"
		}
		for i := range d.Value.Items {
			out["items."+strconv.Itoa(i)+".text."+l] = q.P.T("admin.template.point", "Number", strconv.Itoa(i+1)) + " (" + language + ")"
		}
	}
	return out
}

// example is a ticket to look at a text with.
type example struct {
	Ticket guichet.Ticket
	People map[guichet.ID]guichet.Person
	Due    time.Time
	Sample bool // it never was
	Dated  bool // its due date is a sample: nothing was promised
}

// exampleOf is the newest ticket that the reader may see, or one that never was. Where no service level
// dates it, a date of the next days stands for it, and the page says so.
func exampleOf(q *site.Request) (example, error) {
	found, err := q.Desk.List(q.R.Context(), q.Actor, ticketing.Query{Limit: 1})
	if err != nil {
		return example{}, err
	}
	now := q.Time()
	if len(found.Rows) > 0 {
		v, err := q.Desk.View(q.R.Context(), q.Actor, found.Rows[0].Number, 0)
		x := example{Ticket: v.Ticket, People: v.People, Due: v.Clock.Resolve.Due, Dated: v.Clock.Resolve.Due.IsZero()}
		if x.Dated {
			x.Due = now.Add(2 * 24 * time.Hour)
		}
		return x, err
	}
	t := guichet.Ticket{Number: 1042, Title: q.P.T("admin.template.sample.title"), Description: q.P.T("admin.template.sample.text"), State: guichet.StateResolved,
		RequesterID: "sample", BeneficiaryID: "sample", AssigneeID: "sample-2", OpenedAt: now.Add(-26 * time.Hour), CloseAt: now.Add(7 * 24 * time.Hour)}
	people := map[guichet.ID]guichet.Person{"sample": {GivenName: "Camille", FamilyName: "Martin"}, "sample-2": {GivenName: "Dominique", FamilyName: "Petit"}}
	return example{t, people, now.Add(2 * 24 * time.Hour), true, true}, nil
}

// words say what a preview is made with, and what of it is a sample.
func (x example) words(q *site.Request) string {
	args := []any{"Number", q.P.Ticket(x.Ticket.Number), "Title", x.Ticket.Title}
	switch {
	case x.Sample:
		return q.P.T("admin.template.preview.sample", args...)
	case x.Dated:
		return q.P.T("admin.template.preview.dated", args...)
	}
	return q.P.T("admin.template.preview.with", args...)
}

// sight is a text of a template as its reader would see it, in each language that it has.
type sight struct {
	Language string
	HTML     string
}

// sights renders a reply or a solution about the example.
func (d templateData) sights(q *site.Request) ([]sight, string) {
	x, err := exampleOf(q)
	if err != nil {
		return nil, ""
	}
	facts := guichet.TemplateFacts{Desk: d.Desk, Ticket: x.Ticket, People: x.People, Author: q.Actor.Person, Due: x.Due, Now: q.Time(), Zone: q.P.Zone(),
		URL: q.BaseURL + "/tickets/" + strconv.FormatInt(x.Ticket.Number, 10)}
	var out []sight
	for _, l := range guichet.Languages() {
		if d.Value.Body[l] == "" {
			continue
		}
		if text, err := guichet.RenderMarkdown(d.Value.Body[l], l, facts); err == nil {
			out = append(out, sight{l, q.Markup.HTML(text)})
		}
	}
	return out, x.words(q)
}

// templateMail is the HTML of a message in the words of the draft, which the editor shows in a frame
// that can do nothing.
func templateMail(q *site.Request) error {
	id := guichet.ID(q.R.PathValue("id"))
	e, err := templateEditor(q).Open(q.R.Context(), q.Actor, id)
	if err != nil {
		return err
	}
	desk, err := templateEditor(q).Trial(q.R.Context(), q.Actor, id)
	if err != nil {
		return err
	}
	slot := e.Value.Mail
	if slot == nil || !slices.Contains(guichet.MailSlots(), *slot) {
		return guichet.NotFound("page")
	}
	_, html, err := previewMail(q.R.Context(), q, onlyMail(desk, e.Value), *slot)
	if err != nil {
		return err
	}
	h := q.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	_, err = q.W.Write([]byte(html))
	return err
}

// onlyMail leaves in a copy of a desk the one template of messages that is looked at, for every service.
func onlyMail(d *guichet.Desk, t guichet.Template) *guichet.Desk {
	t.Services = nil
	d.Templates = map[guichet.ID]guichet.Template{t.ID: t}
	return d
}

// stateAfter is the state in which an event leaves a ticket, for the example to fit the message.
var stateAfter = map[guichet.EventKind]guichet.State{guichet.EventApprovalRequested: guichet.StateAwaitingApproval, guichet.EventRefused: guichet.StateRejected,
	guichet.EventAssigned: guichet.StateAssigned, guichet.EventClaimed: guichet.StateAssigned, guichet.EventHeld: guichet.StatePending,
	guichet.EventResolved: guichet.StateResolved, guichet.EventSolutionRejected: guichet.StateAssigned, guichet.EventReopened: guichet.StateAssigned,
	guichet.EventValidated: guichet.StateClosed, guichet.EventClosed: guichet.StateClosed, guichet.EventCancelled: guichet.StateCancelled}

func previewMail(ctx context.Context, q *site.Request, d *guichet.Desk, slot guichet.MailSlot) (subject, html string, err error) {
	if q.PreviewMail == nil {
		return "", "", guichet.NotFound("page")
	}
	x, err := exampleOf(q)
	if err != nil {
		return "", "", err
	}
	if state := stateAfter[slot.Event]; state != "" {
		x.Ticket.State = state
	}
	locale := q.R.URL.Query().Get("lang")
	if !slices.Contains(guichet.Languages(), locale) {
		locale = guichet.Languages()[0]
	}
	return q.PreviewMail(ctx, d, guichet.MailSample{Slot: slot, Locale: locale, Ticket: x.Ticket, People: x.People, Due: x.Due,
		Text: q.P.T("admin.template.sample.event"), At: q.Time()})
}
