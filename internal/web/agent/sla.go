package agent

import (
	"time"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func slaRoutes() []site.Route {
	return []site.Route{
		{Pattern: "POST /desk/tickets/{number}/contact", Handle: agents(contacted)},
		{Pattern: "POST /desk/tickets/{number}/pauses", Handle: agents(addPause)},
		{Pattern: "POST /desk/tickets/{number}/pauses/{id}/withdraw", Handle: agents(withdrawPause)},
	}
}

// contacted records a contact with the beneficiary, corrects one, or withdraws it.
func contacted(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	at, err := moment(q, form.Values, "contact.at", "at")
	if err == nil {
		_, err = q.Desk.Contacted(q.R.Context(), q.Actor, n, ticketing.Contact{Medium: guichet.Channel(form.Get("contact.medium")),
			At: at, Note: form.Get("contact.note"), Corrects: guichet.ID(form.Get("contact.corrects")), Withdraw: form.Get("op") == "withdraw"})
	}
	if err != nil {
		return refused(q, n, err, attempt{Open: "contact", Typed: form.Values})
	}
	return done(q, n, "", q.P.T("desk.done.contact"))
}

// addPause takes a past time out of the count.
func addPause(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	from, err := moment(q, form.Values, "pause.from", "from")
	until, wrong := moment(q, form.Values, "pause.until", "until")
	if err == nil {
		err = wrong
	}
	if err == nil {
		err = q.Desk.AddPause(q.R.Context(), q.Actor, n, ticketing.Pause{From: from, Until: until,
			Clock: guichet.ClockName(form.Get("pause.clock")), Reason: form.Get("pause.reason")})
	}
	if err != nil {
		return refused(q, n, err, attempt{Open: "pause", Typed: form.Values})
	}
	return done(q, n, "", q.P.T("desk.done.pause"))
}

func withdrawPause(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	if err := q.Desk.WithdrawPause(q.R.Context(), q.Actor, n, guichet.ID(q.R.PathValue("id"))); err != nil {
		return refused(q, n, err, attempt{})
	}
	return done(q, n, "", q.P.T("desk.done.unpause"))
}

// runs are the clocks of a ticket that have something to show.
func (d ticketData) runs() []guichet.Countdown {
	var out []guichet.Countdown
	for _, name := range guichet.ClockNames() {
		if run := d.View.Clock.Countdown(name); run.Within != "" {
			out = append(out, run)
		}
	}
	return out
}

// dueText says when a clock ends, or ended.
func dueText(q *site.Request, run guichet.Countdown) string {
	switch {
	case !run.DoneAt.IsZero():
		return q.P.T("desk.sla.done", "Date", q.P.Moment(run.DoneAt))
	case !run.Due.IsZero():
		return q.P.T("desk.sla.due", "Date", q.P.Moment(run.Due))
	}
	return ""
}

// typed is what was typed into a form that was refused, or what a field shows at first.
func (d ticketData) typed(form, field, first string) string {
	if d.Open == form {
		return d.Typed.Get(form + "." + field)
	}
	return first
}

func (d ticketData) contactMedium(q *site.Request) (kit.Field, []kit.Option) {
	var options []kit.Option
	for _, m := range ticketing.Media() {
		options = append(options, kit.Option{Value: string(m), Label: q.P.T("desk.contact." + string(m))})
	}
	return kit.Field{Name: "contact.medium", Label: q.P.T("desk.contact.medium"), Errors: d.Errors,
		Value: d.typed("contact", "medium", string(guichet.ChannelPhone))}, options
}

func (d ticketData) contactAt(q *site.Request) kit.Field {
	return kit.Field{Name: "contact.at", Label: q.P.T("desk.contact.at"), Type: "datetime-local", Optional: q.P.T("desk.contact.now"),
		Value: d.typed("contact", "at", ""), Errors: d.Errors}
}

func (d ticketData) contactNote(q *site.Request) kit.Field {
	return kit.Field{Name: "contact.note", Label: q.P.T("desk.contact.note"), Optional: q.P.T("desk.optional"), Rows: "2", Max: guichet.MaxReason,
		Value: d.typed("contact", "note", ""), Errors: d.Errors}
}

// corrects offers to correct a contact that is recorded already.
func (d ticketData) corrects(q *site.Request) (kit.Field, []kit.Option) {
	options := []kit.Option{{Label: q.P.T("desk.contact.new")}}
	for _, c := range d.View.Contacts {
		options = append(options, kit.Option{Value: string(c.ID), Label: q.P.T("desk.contact.correct", "Contact", contactText(q, c))})
	}
	return kit.Field{Name: "contact.corrects", Label: q.P.T("desk.contact.which"), Value: d.typed("contact", "corrects", ""), Errors: d.Errors}, options
}

// contactText says a recorded contact: when, by which way.
func contactText(q *site.Request, e guichet.Event) string {
	medium, _ := e.Changed("medium")
	return q.P.T("desk.contact.said", "Medium", q.P.T("desk.contact."+first(medium.To, string(guichet.ChannelPhone))), "Date", changedAt(q, e, "contacted"))
}

func changedAt(q *site.Request, e guichet.Event, field string) string {
	c, _ := e.Changed(field)
	at, err := time.Parse(time.RFC3339, c.To)
	if err != nil {
		return ""
	}
	return q.P.Moment(at)
}

func pauseText(q *site.Request, e guichet.Event) string {
	return q.P.T("desk.pause.said", "From", changedAt(q, e, "from"), "To", changedAt(q, e, "until"), "Reason", e.Text)
}

func (d ticketData) pauseMoment(q *site.Request, field string) kit.Field {
	return kit.Field{Name: "pause." + field, Label: q.P.T("desk.pause." + field), Type: "datetime-local", Value: d.typed("pause", field, ""), Errors: d.Errors}
}

func (d ticketData) pauseReason(q *site.Request) kit.Field {
	return kit.Field{Name: "pause.reason", Label: q.P.T("desk.field.reason"), Rows: "2", Max: guichet.MaxReason, Value: d.typed("pause", "reason", ""), Errors: d.Errors}
}

func (d ticketData) pauseClock(q *site.Request) (kit.Field, []kit.Option) {
	options := []kit.Option{{Label: q.P.T("desk.pause.both")}}
	for _, name := range guichet.ClockNames() {
		options = append(options, kit.Option{Value: string(name), Label: q.P.T("delay.clock." + string(name))})
	}
	return kit.Field{Name: "pause.clock", Label: q.P.T("desk.pause.clock"), Value: d.typed("pause", "clock", ""), Errors: d.Errors}, options
}

// slaLabels name the fields of this block in the summary of errors.
func (d ticketData) slaLabels(q *site.Request, out map[string]string) {
	for _, f := range []string{"medium", "at", "note"} {
		out["contact."+f] = q.P.T("desk.contact." + f)
	}
	for _, f := range []string{"from", "until", "clock"} {
		out["pause."+f] = q.P.T("desk.pause." + f)
	}
	out["contact.corrects"], out["pause.reason"] = q.P.T("desk.contact.which"), q.P.T("desk.field.reason")
}

// rowClock is what a list shows of the next due date of a ticket.
type rowClock struct {
	Class, Text string
	At          time.Time
}

// clockOf is for those who handle the ticket: of any other, neither a date nor that it waits is told.
func clockOf(p *kit.Page, r *ticketing.Row) rowClock {
	c := rowClock{Class: "sla", At: r.DueAt}
	switch {
	case !r.Handled:
		return rowClock{}
	case r.DueAt.IsZero() && (r.Contact == guichet.ClockPaused || r.Resolve == guichet.ClockPaused):
		return rowClock{Class: "sla off", Text: p.P.T("delay.row.paused")}
	case r.DueAt.IsZero():
		return rowClock{}
	case !p.Now.Before(r.DueAt):
		c.Class = "sla over"
	case !r.WarnAt.IsZero() && !p.Now.Before(r.WarnAt):
		c.Class = "sla near"
	}
	c.Text = p.P.Relative(r.DueAt, p.Now)
	return c
}

// sorted marks the column by which a list is sorted.
func sorted(by bool, direction string) templ.Attributes {
	if !by {
		return nil
	}
	return templ.Attributes{"aria-sort": direction}
}

// dueSoon is how far the view of what is due looks.
const dueSoon = 24 * time.Hour

// queryOf is the query of a view now. What is due is told to the minute, so that what was counted is good for as long.
func (v view) queryOf(q *site.Request) ticketing.Query {
	query := v.Query(q.Actor)
	if v.Key == viewDue {
		query.DueBefore = q.Time().Add(dueSoon).Truncate(time.Minute)
	}
	return query
}

// viewDue is the key of the view of what is due.
const viewDue = "due"

// of reports whether a view is of use to the reader on this desk.
func (v view) of(q *site.Request) bool {
	return v.For(q.Actor) && (v.Key != viewDue || len(q.Config.Levels) > 0)
}

// levelName is the service level with what made it hold, said once where the level is named after it.
func levelName(q *site.Request, c guichet.Clock) string {
	out := c.Level.Name
	for _, w := range c.Why {
		if seen := q.Seen(w); seen != c.Level.Name {
			out += " · " + seen
		}
	}
	return out
}
