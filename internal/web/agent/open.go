package agent

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/answering"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// openData is the form by which a ticket received otherwise is recorded.
type openData struct {
	Typed  url.Values
	Errors kit.Errors
	People []kit.Option // candidates, when the name typed is that of several
	Key    string
	Files  []ticketing.File
	Kept   []kit.KeptFile
	Sheet  answering.Sheet // what the offering itself asks
	Asks   string          // its name; empty: the service and the nature do not say which offering is meant
}

// offering is what is asked: as the template says, as long as the service is still its own, else as
// the service and the nature do.
func (d openData) offering(q *site.Request) guichet.Offering {
	service := guichet.ID(d.Typed.Get("service"))
	if t := d.template(q); t.Ticket != nil && t.Ticket.OfferingID != "" {
		if o := q.Config.Offerings[t.Ticket.OfferingID]; slices.Contains(q.Config.ServicePath(service), o.ServiceID) {
			return o
		}
	}
	return q.Config.OfferingFor(service, guichet.Kind(d.Typed.Get("kind")))
}

// questions finds what the offering meant by the service and the nature asks.
func (d *openData) questions(q *site.Request) {
	offering := d.offering(q)
	d.Asks = offering.Name
	d.Sheet = answering.ForAnybody(q, offering.Form)
	d.Sheet.Again(q, d.Typed, d.Errors, d.Kept)
	d.Kept = slices.DeleteFunc(d.Kept, func(k kit.KeptFile) bool { return k.Field != "" })
}

// channels are the ways by which somebody reaches the desk otherwise than by its portal.
func channels() []guichet.Channel {
	return []guichet.Channel{guichet.ChannelPhone, guichet.ChannelMail, guichet.ChannelCounter}
}

func newTicket(q *site.Request) error {
	if !q.Actor.Has(guichet.PermissionOpenFor) {
		return guichet.NotFound("page")
	}
	typed := url.Values{"channel": {string(guichet.ChannelPhone)}, "kind": {string(guichet.KindIncident)},
		"urgency": {string(guichet.GradeMedium)}, "requester": {q.R.URL.Query().Get("requester")}}
	data := openData{Typed: typed, Key: site.FormKey(nil)}
	fromTemplate(q, &data, guichet.ID(q.R.URL.Query().Get("template")))
	return renderOpen(q, ok, data)
}

// openTicket records the ticket. What is wrong is said beside its field and nothing typed is lost.
func openTicket(q *site.Request) error {
	if !q.Actor.Has(guichet.PermissionOpenFor) {
		return guichet.NotFound("page")
	}
	form, err := q.Form()
	data := openData{Typed: form.Values, Key: site.FormKey(form.Values), Files: form.Files}
	if guichet.KindOf(err) == guichet.KindTooLarge {
		data.Errors = kit.Errors{"files": q.Message(err)}
		return openAgain(q, data)
	}
	if err != nil {
		return err
	}
	if form.Get("op") == "questions" { // another service was chosen: it asks other things
		data.Kept = q.KeepFiles(data.Files)
		return renderOpen(q, ok, data)
	}
	t, err := q.Desk.Open(q.R.Context(), q.Actor, openOf(q, data, form))
	switch {
	case err == nil:
		return done(q, t.Number, draftNew, q.P.T("desk.open.done", "Number", q.P.Ticket(t.Number)))
	case guichet.CodeOf(err) == "open.for_others":
		data.Errors = kit.Errors{"requester": q.Message(err)}
	default:
		data.Errors = q.FieldErrors(err)
	}
	if data.Errors == nil {
		return err
	}
	return openAgain(q, data)
}

func openOf(q *site.Request, d openData, form site.Form) ticketing.Open {
	get := d.Typed.Get
	in := ticketing.Open{Service: guichet.ID(get("service")), Kind: guichet.Kind(get("kind")), Title: get("title"),
		Description: get("description"), Urgency: guichet.Grade(get("urgency")), Requester: site.Named(d.Typed, "requester"), Phone: get("phone"),
		Location: get("location"), Channel: channelOf(get("channel")), Files: d.Files, Key: get("key"),
		Template: guichet.ID(get("template")), Observers: site.Several(get("observers"))}
	answering.Open(&in, form)
	in.FormVersion = 0 // nothing is compulsory here: what the form no longer has is left out
	asked := d.offering(q).Form
	maps.DeleteFunc(in.Answers, func(key string, _ []string) bool { _, known := asked.Field(key); return !known })
	return in
}

// channelOf keeps what the form offers: nobody records a ticket as if it came by the portal.
func channelOf(text string) guichet.Channel {
	for _, c := range channels() {
		if string(c) == text {
			return c
		}
	}
	return guichet.ChannelDesk
}

// openAgain shows the form with its errors, and whom the name may mean.
func openAgain(q *site.Request, d openData) error {
	text := strings.TrimSpace(d.Typed.Get("requester"))
	if d.Errors["requester"] != "" && text == "" {
		d.Errors["requester"] = q.P.Error("field.required", nil)
	}
	if (d.Errors["requester"] != "" || d.Typed.Get("requester_choice") != "") && text != "" {
		d.People = q.Candidates(text)
	}
	d.Kept = q.KeepFiles(d.Files)
	return renderOpen(q, invalid, d)
}

func renderOpen(q *site.Request, status int, d openData) error {
	d.questions(q)
	page := q.Page(q.P.T("desk.new"), "new")
	return workspace(q, status, page, func(page kit.Page, groups []kit.Group) templ.Component { return openView(q, page, groups, d) })
}

// field is a field of the form, filled with what was typed.
func (d openData) field(q *site.Request, name string) kit.Field {
	return kit.Field{Name: name, Label: q.P.T("desk.open." + name), Value: d.Typed.Get(name), Errors: d.Errors}
}

func (d openData) channel(q *site.Request) []kit.Option {
	return words(q, "desk.open.channel.", channels()...)
}

func (d openData) labels(q *site.Request) map[string]string {
	out := map[string]string{"files": q.P.T("desk.files")}
	for _, f := range openOrder {
		out[f] = q.P.T("desk.open." + f)
	}
	maps.Copy(out, d.Sheet.Labels())
	return out
}

// order is the order of the fields on the page.
func (d openData) order() []string { return append(slices.Clone(openOrder), d.Sheet.Order()...) }

var openOrder = []string{"channel", "requester", "service", "kind", "observers", "title", "description", "urgency", "phone", "location"}
