package requester

import (
	"net/url"
	"strings"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// formData is the request form with what was typed.
type formData struct {
	Service  guichet.Service
	Offering guichet.Offering
	Parents  []kit.Option
	Typed    url.Values
	Errors   kit.Errors
	Refusal  string // why it could not be sent, when no field is to blame
	Key      string // so that a request is sent once
	Kept     []kit.KeptFile
	People   []kit.Option // candidates, when the colleague's name is that of several
	Me       guichet.Person
}

func requestForm(q *site.Request) error {
	v, err := newForm(q)
	if err != nil {
		return err
	}
	me := q.Actor.Person
	v.Typed = url.Values{"title": {q.R.URL.Query().Get("q")}, "kind": {string(v.Offering.Kind)}, "urgency": {string(guichet.GradeMedium)},
		"for": {"me"}, "phone": {me.Phone}, "work_place": {string(guichet.WorkOnSite)}, "location": {me.Location}}
	for _, f := range v.Offering.Form.Fields {
		if known := f.Filled(me, q.Config.Organisations[me.OrganisationID].Name); known != "" {
			v.Typed.Set(answerName(f), known)
		}
	}
	return q.Render(ok, requestView(q.Page(v.Offering.Name, ""), v))
}

// newForm finds what is asked for: a service that the reader may see, and an offering of it.
func newForm(q *site.Request) (formData, error) {
	service := guichet.ID(q.R.PathValue("service"))
	if !q.Config.Shows(service, q.Actor.Person, q.Time()) {
		return formData{}, guichet.NotFound("service")
	}
	for _, o := range q.Config.OfferingsOf(service) {
		if string(o.ID) == q.R.PathValue("offering") {
			s := q.Config.Services[service]
			up := append(parents(q.Config, service), kit.Option{Value: serviceURL(service, ""), Label: s.Name})
			return formData{Service: s, Offering: o, Parents: up, Key: site.FormKey(nil), Me: q.Actor.Person}, nil
		}
	}
	return formData{}, guichet.NotFound("offering")
}

// request opens the ticket. What is wrong is said beside its field and nothing typed is lost, files
// included.
func request(q *site.Request) error {
	v, err := newForm(q)
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil && !site.NotKept(err) {
		return err
	}
	if err == nil {
		var t guichet.Ticket
		if t, err = q.Desk.Open(q.R.Context(), q.Actor, openOf(v, form)); err == nil {
			return q.Redirect(ticketURL(t.Number)+"/sent", "")
		}
	}
	r, known := refusalOf(q, err)
	if !known {
		return err
	}
	v.Typed, v.Errors, v.Refusal = form.Values, r.Errors, r.Text
	v.Key, v.Kept = r.key(form), q.KeepFiles(form.Files)
	if v.Errors["beneficiary"] != "" {
		v.People = q.Candidates(v.Typed.Get("beneficiary"))
		if strings.TrimSpace(v.Typed.Get("beneficiary")) == "" {
			v.Errors["beneficiary"] = q.P.Error("field.required", nil)
		}
	}
	return q.Render(r.Status, requestView(q.Page(v.Offering.Name, ""), v))
}

// openOf is the ticket that the form asks for.
func openOf(v formData, form site.Form) ticketing.Open {
	get := form.Get
	in := ticketing.Open{Service: v.Service.ID, Offering: v.Offering.ID, Kind: guichet.Kind(get("kind")), Title: get("title"),
		Description: get("description"), Urgency: guichet.Grade(get("urgency")), Phone: get("phone"),
		WorkPlace: guichet.WorkPlace(get("work_place")), Location: get("location"), Files: form.Files, Key: get("key"),
		Channel: guichet.ChannelPortal, Answers: map[string][]string{}}
	if get("for") == "colleague" {
		in.Beneficiary = site.Named(form.Values, "beneficiary")
		if in.Phone == v.Me.Phone {
			in.Phone = "" // it was filled in for the reader: the colleague has another
		}
	}
	for _, f := range v.Offering.Form.Fields {
		if values, given := form.Values[answerName(f)]; given {
			in.Answers[f.Key] = values
		}
	}
	return in
}

// answerName is the name of a field of the offering's own form.
func answerName(f guichet.Field) string { return "answers." + f.Key }

func sent(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	v, err := q.Desk.View(q.R.Context(), q.Actor, n, 0)
	if err != nil {
		return err
	}
	return q.Render(ok, sentView(q.Page(q.P.T("sent.title"), ""), v))
}
