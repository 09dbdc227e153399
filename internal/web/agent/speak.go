package agent

import (
	"net/url"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// speak adds to a ticket what the composer holds: an answer, a note, a task or a solution.
func speak(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	a := attempt{Mode: form.Get("mode"), Typed: form.Values, Seen: number(form.Get("seen")), Files: form.Files}
	if err != nil {
		if guichet.KindOf(err) == guichet.KindTooLarge {
			return refused(q, n, err, a)
		}
		return err
	}
	if form.Get("op") == "insert:"+a.Mode {
		return insert(q, n, a)
	}
	on, wait := n, 0
	switch a.Mode {
	case "reply", "note", "solution":
		on, wait, err = send(q, n, form)
	case "task":
		err = addTask(q, n, form.Values)
	default:
		return guichet.Invalid("mode", "field.unknown_value")
	}
	if err != nil {
		return refused(q, n, err, a)
	}
	notice := q.P.T("desk.done." + a.Mode)
	if wait > 0 {
		notice = "" // what may be taken back says so itself
	}
	return done(q, on, draftOf(n), notice)
}

// draftOf is the place of what is typed on a ticket and not sent yet.
func draftOf(n int64) string { return draftPrefix + version(n) }

// Places of drafts.
const (
	draftPrefix = "desk:"
	draftNew    = draftPrefix + "new"
)

// sent is the draft that was sent just before this page: the browser forgets it.
func sent(q *site.Request, p kit.Page) string {
	draft := q.R.URL.Query().Get("sent")
	if !strings.HasPrefix(draft, draftPrefix) {
		return ""
	}
	return draft
}

// yes marks what holds, for the scripts.
func yes(holds bool) string {
	if holds {
		return "yes"
	}
	return ""
}

func addTask(q *site.Request, n int64, form url.Values) error {
	due, err := moment(q, form, "task.due", "due")
	if err != nil {
		return err
	}
	_, err = q.Desk.AddTask(q.R.Context(), q.Actor, n, ticketing.NewTask{Title: form.Get("task.title"),
		AssigneeID: guichet.ID(form.Get("task.technician")), DueAt: due})
	return err
}

func finishTask(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	err = q.Desk.FinishTask(q.R.Context(), q.Actor, n, guichet.ID(q.R.PathValue("id")))
	if err != nil {
		return refused(q, n, err, attempt{})
	}
	return done(q, n, "", q.P.T("desk.done.finished"))
}

// lost is what was typed into a form that is no longer offered: it is shown, to be taken elsewhere.
func (d ticketData) lost() string {
	if d.Refusal == "" {
		return ""
	}
	if d.Open != "" {
		if slices.ContainsFunc(d.Actions, func(a action) bool { return a.Key == d.Open }) {
			return ""
		}
		return strings.TrimSpace(d.Typed.Get(d.Open + ".reason"))
	}
	if slices.Contains(d.Modes, d.Mode) {
		return ""
	}
	return strings.TrimSpace(d.Typed.Get(d.Mode+".text") + d.Typed.Get(d.Mode+".title"))
}

// text is a field of several lines of the composer.
func (d ticketData) text(q *site.Request, mode string) kit.Field {
	name := mode + ".text"
	return kit.Field{Name: name, Label: q.P.T("desk.mode." + mode), Hidden: true, Rows: "6", Max: guichet.MaxText,
		Placeholder: q.P.T("desk.mode." + mode + ".example"), Value: d.Typed.Get(name), Errors: d.Errors}
}

func (d ticketData) taskTitle(q *site.Request) kit.Field {
	return kit.Field{Name: "task.title", Label: q.P.T("desk.task.title"), Max: guichet.MaxTitle, Value: d.Typed.Get("task.title"), Errors: d.Errors}
}

func (d ticketData) taskWho(q *site.Request) (kit.Field, []kit.Option) {
	who := d.Typed.Get("task.technician")
	return kit.Field{Name: "task.technician", Label: q.P.T("desk.task.technician"), Value: who, Errors: d.Errors},
		append([]kit.Option{{Label: q.P.T("desk.task.me")}}, d.People...)
}

func (d ticketData) taskDue(q *site.Request) kit.Field {
	return kit.Field{Name: "task.due", Label: q.P.T("desk.task.due"), Type: "datetime-local", Optional: q.P.T("desk.optional"),
		Value: d.Typed.Get("task.due"), Errors: d.Errors}
}

func (d ticketData) affected(q *site.Request) (kit.Field, []kit.Option) {
	name := "solution.service"
	value := d.Typed.Get(name)
	if value == "" {
		value = string(d.View.Ticket.ServiceID)
	}
	return kit.Field{Name: name, Label: q.P.T("desk.field.affected"), Value: value, Errors: d.Errors},
		append([]kit.Option{{Label: q.P.T("desk.field.service.none")}}, site.ServiceOptions(d.View.Desk)...)
}

// labels name the fields in the summary of errors.
func (d ticketData) labels(q *site.Request) map[string]string {
	out := map[string]string{"files": q.P.T("desk.files"), "tag.tag": q.P.T("desk.prop.tags"), "observer.person": q.P.T("desk.observer.add"), "task.title": q.P.T("desk.task.title"), "task.technician": q.P.T("desk.task.technician"),
		"task.due": q.P.T("desk.task.due"), "solution.service": q.P.T("desk.field.affected")}
	d.slaLabels(q, out)
	for _, m := range d.Modes {
		out[m+".text"] = q.P.T("desk.mode." + m)
		out[m+".template"] = q.P.T("desk.template")
	}
	for _, a := range d.Actions {
		for _, f := range a.Fields {
			out[f.Name] = f.Label
		}
	}
	return out
}
