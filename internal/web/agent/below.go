package agent

import (
	"cmp"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/announcing"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// belowData is the page of a problem, a parent or a major incident: what stands below it, and what is sent there.
type belowData struct {
	ticketing.Below
	Typed   url.Values
	Errors  kit.Errors
	Preview *ticketing.WavePreview
	HTML    string // the sample, made safe
}

// below shows what stands below a ticket. Where nothing does, and nothing is expected to, tickets may be joined.
func below(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	b, err := q.Desk.Below(q.R.Context(), q.Actor, n)
	if err != nil {
		return err
	}
	if !b.Gathers() {
		return q.Redirect(under(n, "links"), "")
	}
	return drawBelow(q, ok, belowData{Below: b})
}

func showBelow(q *site.Request, status int, d belowData) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	if d.Below, err = q.Desk.Below(q.R.Context(), q.Actor, n); err != nil {
		return err
	}
	return drawBelow(q, status, d)
}

func drawBelow(q *site.Request, status int, d belowData) error {
	if d.Preview != nil {
		d.HTML = q.Markup.HTML(d.Preview.Sample)
	}
	return workspace(q, status, q.Page(q.P.T("below.go."+d.As()), ""), func(p kit.Page, groups []kit.Group) templ.Component { return belowView(q, p, groups, d) })
}

// sendWave shows how a message reads before it goes out, then sends it.
func sendWave(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	in := ticketing.Sending{Kind: guichet.WaveKind(form.Get("kind")), Text: form.Get("text"), Base: q.BaseURL}
	if in.Kind == guichet.WaveResolve {
		in.Service = guichet.ID(form.Get("service"))
	}
	d := belowData{Typed: form.Values}
	if form.Get("op") == "send" {
		if _, err = q.Desk.SendWave(q.R.Context(), q.Actor, n, in); err == nil {
			return q.Redirect(under(n, "below"), q.P.T("below.sent."+string(in.Kind)))
		}
	} else {
		var preview ticketing.WavePreview
		if preview, err = q.Desk.WavePreview(q.R.Context(), q.Actor, n, in); err == nil {
			d.Preview = &preview
			return showBelow(q, ok, d)
		}
	}
	switch kind := guichet.KindOf(err); kind {
	case guichet.KindInvalid:
		d.Errors = q.FieldErrors(err)
	case guichet.KindConflict:
		d.Errors = kit.Errors{"text": q.Message(err)}
	default:
		return err
	}
	return showBelow(q, site.Status(guichet.KindOf(err)), d)
}

func (d belowData) text(q *site.Request) kit.Field {
	return kit.Field{Name: "text", Label: q.P.T("below.text"), Help: q.P.T("below.text.help", "Name", "{{"+placeholderName(q, "requester.name")+"}}", "Number", "{{"+placeholderName(q, "ticket.number")+"}}"), Rows: "6", Max: guichet.MaxText, Value: d.Typed.Get("text"), Errors: d.Errors}
}

// placeholderName is what a word of the templates is called in the reader's language.
func placeholderName(q *site.Request, key string) string {
	for _, p := range guichet.Placeholders() {
		if p.Key == key {
			return p.Name(q.P.Locale())
		}
	}
	return key
}

func (d belowData) kind(q *site.Request) (kit.Field, []kit.Option) {
	var options []kit.Option
	for _, k := range []guichet.WaveKind{guichet.WaveAnswer, guichet.WaveResolve} {
		key := "below.kind." + string(k)
		options = append(options, kit.Option{Value: string(k), Label: q.P.T(key), Help: q.P.T(key + ".help")})
	}
	return kit.Field{Name: "kind", Label: q.P.T("below.kind"), Value: cmp.Or(d.Typed.Get("kind"), string(guichet.WaveAnswer)), Errors: d.Errors}, options
}

func (d belowData) service(q *site.Request) (kit.Field, []kit.Option) {
	none := []kit.Option{{Label: q.P.T("below.service.own")}}
	return kit.Field{Name: "service", Label: q.P.T("desk.field.affected"), Optional: q.P.T("below.service.when"), Value: d.Typed.Get("service"), Errors: d.Errors},
		append(none, site.ServiceOptions(d.Desk)...)
}

// waveReason says why a ticket refused what was sent to all.
func waveReason(q *site.Request, code string) string {
	if key := "below.reason." + code; q.P.Has(key) {
		return q.P.T(key)
	}
	return q.P.T("below.reason.other")
}

func saveKnownError(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	err = q.Desk.SaveKnownError(q.R.Context(), q.Actor, n, form.Get("cause"), form.Get("workaround"))
	if errs := q.FieldErrors(err); errs != nil {
		return showBelow(q, invalid, belowData{Typed: form.Values, Errors: errs})
	}
	if err != nil {
		return err
	}
	return q.Redirect(under(n, "below"), q.P.T("below.known.saved"))
}

// major declares a major incident or ends it.
func major(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	notice := "major.done.declared"
	if form.Get("op") == "end" {
		notice, err = "major.done.ended", q.Desk.EndMajor(q.R.Context(), q.Actor, n)
	} else {
		err = q.Desk.DeclareMajor(q.R.Context(), q.Actor, n)
	}
	if guichet.KindOf(err) == guichet.KindConflict && err != nil {
		return q.Redirect(under(n, "below"), q.Message(err))
	}
	if err != nil {
		return err
	}
	return q.Redirect(under(n, "below"), q.P.T(notice))
}

// announceMajor publishes an announcement from a major incident in one step: what is written, about its service, joined
// to its tickets.
func announceMajor(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	b, err := q.Desk.Below(q.R.Context(), q.Actor, n)
	if err != nil {
		return err
	}
	if !b.Leads {
		return guichet.Denied("action.denied")
	}
	if !b.Major.Declared() { // before anything is published
		return showBelow(q, conflict, belowData{Typed: form.Values, Errors: kit.Errors{"announcement.title": q.Message(guichet.Conflict("major.none"))}})
	}
	var a guichet.Announcement
	a, err = q.Announcing.Publish(q.R.Context(), q.Actor, announcing.Draft{Kind: guichet.AnnouncementIncident, Title: form.Get("announcement.title"),
		Body: form.Get("announcement.body"), Service: b.Ticket.ServiceID})
	if err == nil {
		err = q.Desk.AnnounceMajor(q.R.Context(), q.Actor, n, a.ID)
	}
	if errs := q.FieldErrors(err); errs != nil {
		d := belowData{Typed: form.Values, Errors: kit.Errors{}}
		for field, message := range errs {
			if field != "title" && field != "body" {
				field = "title"
			}
			d.Errors["announcement."+field] = message
		}
		return showBelow(q, invalid, d)
	}
	if guichet.KindOf(err) == guichet.KindConflict && err != nil {
		return showBelow(q, conflict, belowData{Typed: form.Values, Errors: kit.Errors{"announcement.title": q.Message(err)}})
	}
	if err != nil {
		return err
	}
	return q.Redirect(under(n, "below"), q.P.T("major.done.announced"))
}

// problemData is the form of a problem.
type problemData struct {
	Number int64
	Ticket guichet.Ticket
	Typed  url.Values
	Errors kit.Errors
	Desk   *guichet.Desk
}

func problemPage(q *site.Request) error { return showProblem(q, ok, problemData{}) }

func showProblem(q *site.Request, status int, d problemData) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	v, err := q.Desk.Look(q.R.Context(), q.Actor, n, ticketing.Look{Last: 1})
	if err != nil {
		return err
	}
	if !v.Works {
		return guichet.Denied("action.denied")
	}
	d.Number, d.Ticket, d.Desk = n, v.Ticket, v.Desk
	return workspace(q, status, q.Page(q.P.T("problem.title"), ""), func(p kit.Page, groups []kit.Group) templ.Component { return problemView(q, p, groups, d) })
}

func (d problemData) field(q *site.Request, name, value string) kit.Field {
	if d.Typed.Has(name) {
		value = d.Typed.Get(name)
	}
	return kit.Field{Name: name, Label: q.P.T("problem.field." + name), Value: value, Errors: d.Errors}
}

func (d problemData) description(q *site.Request) kit.Field {
	f := d.field(q, "description", d.Ticket.Description)
	f.Rows, f.Max = "8", guichet.MaxDescription
	return f
}

func (d problemData) others(q *site.Request) kit.Field {
	f := d.field(q, "other", "")
	f.Optional, f.Help, f.Max = q.P.T("links.optional"), q.P.T("links.field.other.help"), 2000
	return f
}

func openProblem(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	from, err := numbersOf(strconv.FormatInt(n, 10)+" "+form.Get("other"), form.Values["ticket"])
	var t guichet.Ticket
	if err == nil {
		t, err = q.Desk.OpenProblem(q.R.Context(), q.Actor, ticketing.NewProblem{From: from, Title: form.Get("title"), Description: form.Get("description"), Service: guichet.ID(form.Get("service"))})
	}
	d := problemData{Typed: form.Values}
	switch kind := guichet.KindOf(err); {
	case err == nil:
		return q.Redirect(ticketURL(t.Number), q.P.N("problem.opened", len(from)))
	case kind == guichet.KindInvalid:
		d.Errors = q.FieldErrors(err)
	case kind == guichet.KindConflict:
		d.Errors = kit.Errors{"other": q.Message(err)}
	default:
		return err
	}
	return showProblem(q, site.Status(guichet.KindOf(err)), d)
}

// publishURL leads to the form of an announcement that tells the workaround of a problem.
func publishURL(d belowData) templ.SafeURL {
	return templ.SafeURL(announcementsURL + "/new?" + url.Values{"service": {string(d.Ticket.ServiceID)}, "title": {d.Ticket.Title}, "body": {d.Known.Workaround}}.Encode())
}
