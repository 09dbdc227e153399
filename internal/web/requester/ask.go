package requester

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"guichet"
	"guichet/internal/announcing"
	"guichet/internal/ticketing"
	"guichet/internal/web/answering"
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
	Sheet    answering.Sheet           // the offering's own form
	Lost     []guichet.Answer          // to fields that the form had when it was filled in
	News     []announcing.Announcement // about the service: a failure that is known need not be reported again
	Action   string                    // where the form is sent
	Services []kit.Option              // to choose among, when no form was chosen
	Fresh    bool                      // begun with words of the box
}

func requestForm(q *site.Request) error {
	v, err := newForm(q)
	if err != nil {
		return err
	}
	v.begin(q)
	return q.Render(ok, requestView(q.Page(v.Offering.Name, ""), v))
}

// begin fills a new form: what was typed in the box, what is known of the reader, what is usual.
func (v *formData) begin(q *site.Request) {
	me := q.Actor.Person
	title, description := titled(q.R.URL.Query().Get("q"))
	v.Typed = url.Values{"title": {title}, "description": {description}, "kind": {string(v.Offering.Kind)}, "urgency": {string(guichet.GradeMedium)},
		"for": {"me"}, "phone": {me.Phone}, "work_place": {string(guichet.WorkOnSite)}, "location": {me.Location}}
	v.Fresh = title != ""
	v.Sheet.Fill(me, q.R.URL.Query())
}

// titled makes a title of what was typed in the box; what is too long for one is the description too.
func titled(text string) (title, description string) {
	text = strings.TrimSpace(text)
	first, rest, several := strings.Cut(text, "\n")
	if end := strings.IndexAny(first, ".!?"); end > 0 && end < len(first)-1 {
		first, several = first[:end+1], true
	}
	r := []rune(strings.TrimSpace(first))
	if len(r) <= guichet.MaxTitle && !several && rest == "" {
		return text, ""
	}
	return string(r[:min(len(r), guichet.MaxTitle)]), text
}

// newForm finds what is asked for: a service that the reader may see, and an offering of it.
func newForm(q *site.Request) (formData, error) {
	return formOf(q, guichet.ID(q.R.PathValue("service")), guichet.ID(q.R.PathValue("offering")))
}

func formOf(q *site.Request, service, offering guichet.ID) (formData, error) {
	if !q.Config.Shows(service, q.Actor.Person, q.Time()) {
		return formData{}, guichet.NotFound("service")
	}
	for _, o := range q.Config.OfferingsOf(service) {
		if o.ID == offering {
			s := q.Config.Services[service]
			up := append(parents(q.Config, service), kit.Option{Value: serviceURL(service, ""), Label: s.Name})
			news, err := announced(q, service)
			return formData{Service: s, Offering: o, Parents: up, Key: site.FormKey(nil), Me: q.Actor.Person, News: news,
				Action: formURL(service, o.ID, ""), Sheet: answering.New(q, q.Config, o.Form, q.Actor.Person)}, err
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
	return v.open(q, form, err)
}

// open opens the ticket of a form that was read, with the error of its reading.
func (v *formData) open(q *site.Request, form site.Form, err error) error {
	if err != nil && !site.NotKept(err) {
		return err
	}
	if err == nil {
		var t guichet.Ticket
		if t, err = q.Desk.Open(q.R.Context(), q.Actor, openOf(*v, form)); err == nil {
			q.Sent(draftOf(*v))
			return q.Redirect(ticketURL(t.Number)+"/sent"+sentFrom(*v), "")
		}
	}
	r, known := refusalOf(q, err)
	if !known {
		return err
	}
	if v.General() && asksMore(r.Errors) {
		own := q.Config.OfferingFor(guichet.ID(form.Get("service")), guichet.Kind(form.Get("kind")))
		if *v, err = formOf(q, guichet.ID(form.Get("service")), own.ID); err != nil {
			return err
		}
	}
	v.Typed, v.Errors, v.Refusal = form.Values, r.Errors, r.Text
	v.Key, v.Kept = r.key(form), q.KeepFiles(form.Files)
	if v.Errors["beneficiary"] != "" {
		v.People = q.Candidates(v.Typed.Get("beneficiary"))
		if strings.TrimSpace(v.Typed.Get("beneficiary")) == "" {
			v.Errors["beneficiary"] = q.P.Error("field.required", nil)
		}
	}
	v.again(q)
	return q.Render(r.Status, requestView(q.Page(v.Offering.Name, ""), *v))
}

// draftOf is the place of what is typed in a form and not sent yet.
func draftOf(v formData) string {
	if v.General() {
		return "form:general"
	}
	return "form:" + string(v.Offering.ID)
}

// sentFrom tells the next page which draft was sent, when the ticket does not tell.
func sentFrom(v formData) string {
	if v.General() {
		return "?sent=" + draftOf(v)
	}
	return ""
}

// again gives the offering's own form back, and says what has changed of it meanwhile.
func (v *formData) again(q *site.Request) {
	v.Sheet.Again(q, v.Typed, v.Errors, v.Kept)
	v.Kept = slices.DeleteFunc(v.Kept, func(k kit.KeptFile) bool { return k.Field != "" })
	if version := answering.Version(v.Typed); version != 0 && version != v.Offering.Version {
		v.Lost = answering.Lost(q.Config, v.Offering, version, v.Typed)
	}
	if v.Errors["form"] != "" {
		v.Refusal = v.Errors["form"]
		for name := range v.Errors {
			if strings.HasPrefix(name, "answers.") && !slices.Contains(v.Sheet.Order(), name) {
				delete(v.Errors, name)
			}
		}
		delete(v.Errors, "form")
	}
}

// openOf is the ticket that the form asks for.
func openOf(v formData, form site.Form) ticketing.Open {
	get := form.Get
	in := ticketing.Open{Service: v.Service.ID, Offering: v.Offering.ID, Kind: guichet.Kind(get("kind")), Title: get("title"),
		Description: get("description"), Urgency: guichet.Grade(get("urgency")), Phone: get("phone"),
		WorkPlace: guichet.WorkPlace(get("work_place")), Location: get("location"), Files: form.Files, Key: get("key"),
		Channel: guichet.ChannelPortal}
	answering.Open(&in, form)
	if get("for") == "colleague" {
		in.Beneficiary = site.Named(form.Values, "beneficiary")
		if in.Phone == v.Me.Phone {
			in.Phone = "" // it was filled in for the reader: the colleague has another
		}
	}
	return in
}

func sent(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	v, err := q.Desk.View(q.R.Context(), q.Actor, n, 0)
	if err != nil {
		return err
	}
	place := cmp.Or(q.R.URL.Query().Get("sent"), "form:"+string(v.Ticket.OfferingID))
	_, next := expectation(q, rowOf(v))
	return q.Render(ok, sentView(q.Page(q.P.T("sent.title"), ""), v, place, next))
}
