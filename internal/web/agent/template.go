package agent

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func templateRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /desk/tickets/{number}/templates/{id}", Handle: agents(templateText)},
		{Pattern: "POST /desk/tickets/{number}/checklists", Handle: agents(addChecklist)},
		{Pattern: "POST /desk/tickets/{number}/checklists/{id}/remove", Handle: agents(removeChecklist)},
		{Pattern: "POST /desk/tickets/{number}/checklists/{id}/check", Handle: agents(check)},
	}
}

// templateKinds are the templates that a mode of the composer may begin with.
var templateKinds = map[string]guichet.TemplateKind{"reply": guichet.TemplateReply, "solution": guichet.TemplateSolution}

// templates are the texts that the reader may begin a mode of the composer with.
func (d ticketData) templates(q *site.Request, mode string) []kit.Option {
	kind, known := templateKinds[mode]
	if !known {
		return nil
	}
	return templateOptions(q, d.View.Desk.TemplatesFor(kind, d.View.Ticket.ServiceID, q.Actor.TeamIDs), "desk.template.choose")
}

// templateOptions lists templates below a line that chooses none; nil when there is nothing to choose.
func templateOptions(q *site.Request, list []guichet.Template, none string) []kit.Option {
	if len(list) == 0 {
		return nil
	}
	out := []kit.Option{{Label: q.P.T(none)}}
	for _, t := range list {
		out = append(out, kit.Option{Value: string(t.ID), Label: t.Name})
	}
	return out
}

// templateText is the text of a template as it would be put into the composer, for the scripts.
func templateText(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	prepared, err := q.Desk.Prepare(q.R.Context(), q.Actor, n, guichet.ID(q.R.PathValue("id")), q.BaseURL)
	if err != nil {
		return err
	}
	q.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
	q.W.Header().Set("Cache-Control", "no-store")
	_, err = fmt.Fprint(q.W, prepared.Text)
	return err
}

// insert shows the composer again with the text of a template below what is typed already.
func insert(q *site.Request, n int64, a attempt) error {
	field := a.Mode + ".template"
	id := guichet.ID(a.Typed.Get(field))
	if id == "" {
		return refused(q, n, guichet.Invalid("template", "field.required"), a)
	}
	prepared, err := q.Desk.Prepare(q.R.Context(), q.Actor, n, id, q.BaseURL)
	if err != nil {
		return err
	}
	text := a.Mode + ".text"
	typed := strings.TrimRight(a.Typed.Get(text), "\n ")
	if typed != "" {
		typed += "\n\n"
	}
	a.Typed.Set(text, typed+prepared.Text)
	a.Typed.Del(field)
	v, err := q.Desk.Look(q.R.Context(), q.Actor, n, ticketing.Look{Last: lastShown, Composer: true})
	if err != nil {
		return err
	}
	data, err := dataOf(q, v, a)
	if err != nil {
		return err
	}
	data.Inserted = prepared.Template.Name
	return renderTicket(q, ok, data)
}

// unchecked are the required points that stand before the solution.
func (d ticketData) unchecked() int { return len(guichet.Unchecked(d.View.Lists)) }

// addable are the checklists that may be added to the ticket and are not on it.
func (d ticketData) addable(q *site.Request) []kit.Option {
	if !d.ticking() {
		return nil
	}
	there := map[guichet.ID]bool{}
	for _, l := range d.View.Lists {
		there[l.TemplateID] = true
	}
	var list []guichet.Template
	for _, t := range d.View.Desk.TemplatesFor(guichet.TemplateChecklist, d.View.Ticket.ServiceID, q.Actor.TeamIDs) {
		if !there[t.ID] {
			list = append(list, t)
		}
	}
	return templateOptions(q, list, "desk.checklist.choose")
}

// ticking reports whether the reader may check points: who works on a ticket that is not over.
func (d ticketData) ticking() bool { return d.View.Works && !d.View.Ticket.State.Final() }

func (d ticketData) removable(l guichet.Checklist) bool {
	done, _ := l.Progress()
	return d.ticking() && done == 0 && l.AddedByID != ""
}

func progress(q *site.Request, l guichet.Checklist) string {
	done, all := l.Progress()
	return q.P.T("desk.checklist.progress", "Done", q.P.Number(done), "All", q.P.Number(all))
}

// doneBy says who checked a point.
func doneBy(d ticketData, c guichet.Check) string { return d.View.People[c.DoneByID].Name() }

func addChecklist(q *site.Request) error {
	return onChecklist(q, "desk.done.checklist_added", func(n int64, form url.Values) error {
		if form.Get("template") == "" { // nothing was chosen: the page comes back as it was
			_, err := q.Desk.View(q.R.Context(), q.Actor, n, 0)
			return err
		}
		return q.Desk.AddChecklist(q.R.Context(), q.Actor, n, guichet.ID(form.Get("template")))
	})
}

func removeChecklist(q *site.Request) error {
	return onChecklist(q, "desk.done.checklist_removed", func(n int64, _ url.Values) error {
		return q.Desk.RemoveChecklist(q.R.Context(), q.Actor, n, guichet.ID(q.R.PathValue("id")))
	})
}

func check(q *site.Request) error {
	return onChecklist(q, "", func(n int64, form url.Values) error {
		return q.Desk.Check(q.R.Context(), q.Actor, n, guichet.ID(q.R.PathValue("id")), form.Get("key"), form.Get("done") == "yes")
	})
}

// onChecklist runs an act on the points of a ticket and comes back to them.
func onChecklist(q *site.Request, notice string, act func(int64, url.Values) error) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	if err := act(n, form.Values); err != nil {
		if guichet.KindOf(err) == guichet.KindConflict {
			return refused(q, n, err, attempt{})
		}
		return err
	}
	said := ""
	if notice != "" {
		said = q.P.T(notice)
	}
	return q.Redirect(trailOf(q).on(ticketURL(n)+"#h-checks"), said)
}

// fromTemplate fills the form of a new ticket in from a whole-ticket template.
func fromTemplate(q *site.Request, d *openData, id guichet.ID) {
	t, known := q.Config.Templates[id]
	if !known || t.Kind != guichet.TemplateTicket || t.Ticket == nil || !t.Serves(q.Config, "", q.Actor.TeamIDs) {
		return
	}
	draft := t.Ticket
	set := func(name, value string) {
		if value != "" {
			d.Typed.Set(name, value)
		}
	}
	facts := guichet.TemplateFacts{Desk: q.Config, Author: q.Actor.Person, Now: q.Time(), Zone: q.P.Zone()}
	locale := q.Config.Locale
	if title, err := guichet.RenderPlain(draft.Title.In(locale), locale, facts); err == nil {
		set("title", title)
	}
	if text, err := guichet.RenderMarkdown(draft.Description.In(locale), locale, facts); err == nil {
		set("description", text)
	}
	if slices.Contains(channels(), draft.Channel) {
		set("channel", string(draft.Channel))
	}
	set("kind", string(draft.Kind))
	set("urgency", string(draft.Urgency))
	set("service", string(draft.ServiceID))
	if draft.ServiceID == "" {
		set("service", string(q.Config.Offerings[draft.OfferingID].ServiceID))
	}
	for key, values := range draft.Answers {
		d.Typed["answers."+key] = values
	}
	d.Typed.Set("template", string(id))
}

// template is the whole-ticket template in use.
func (d openData) template(q *site.Request) guichet.Template {
	return q.Config.Templates[guichet.ID(d.Typed.Get("template"))]
}

// ticketTemplates are the whole-ticket templates that the reader may use.
func ticketTemplates(q *site.Request) []kit.Option {
	return templateOptions(q, q.Config.TemplatesFor(guichet.TemplateTicket, "", q.Actor.TeamIDs), "desk.template.blank")
}

// closesAtOnce reports whether the ticket of a template is closed as it is recorded.
func closesAtOnce(q *site.Request, t guichet.Template) bool {
	return t.Ticket != nil && q.Config.FlowOf(t.Ticket.ServiceID, t.Ticket.OfferingID).Policy() == guichet.ClosureOnOpen
}
