package requester

import (
	"crypto/rand"
	"net/http"
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
	Title    string
	Fields   guichetForm
	Errors   kit.Errors
	Key      string
	Files    []ticketing.File
	Kept     []string
	People   []kit.Option // candidates, when the colleague's name is that of several
	Me       guichet.Person
}

// guichetForm gives the values typed, by field name.
type guichetForm map[string][]string

func (f guichetForm) get(name string) string {
	if v := f[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func requestForm(q *site.Request) error {
	v, err := newForm(q)
	if err != nil {
		return err
	}
	me := q.Actor.Person
	v.Fields = guichetForm{"title": {q.R.URL.Query().Get("q")}, "kind": {string(v.Offering.Kind)}, "urgency": {"medium"},
		"for": {"me"}, "phone": {me.Phone}, "work_place": {"on_site"}, "location": {me.Location}}
	for _, f := range v.Offering.Form.Fields {
		if prefill := map[string]string{"phone": me.Phone, "location": me.Location, "email": me.Email}[f.Prefill]; prefill != "" {
			v.Fields["answers."+f.Key] = []string{prefill}
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
			up := append(parents(q.Config, service), kit.Option{Value: "/services/" + string(service), Label: s.Name})
			return formData{Service: s, Offering: o, Parents: up, Key: rand.Text(), Me: q.Actor.Person}, nil
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
	if guichet.KindOf(err) == guichet.KindTooLarge {
		form, v.Errors = keepTyped(form), kit.Errors{"files": q.Message(err)}
	} else if err != nil {
		return err
	}
	v.Fields, v.Files = guichetForm(form.Values), form.Files
	if v.Errors == nil {
		t, err := q.Desk.Open(q.R.Context(), q.Actor, openOf(v))
		if err == nil {
			return q.Redirect("/tickets/"+number(t.Number)+"/sent", "")
		}
		if v.Errors = q.FieldErrors(err); v.Errors == nil {
			return err
		}
	}
	return again(q, v)
}

// keepTyped closes a form whose reading stopped at a file that is too large.
func keepTyped(f site.Form) site.Form { return f }

// again shows the form with its errors.
func again(q *site.Request, v formData) error {
	if key := v.Fields.get("key"); key != "" {
		v.Key = key
	}
	for _, f := range v.Files {
		v.Kept = append(v.Kept, q.KeepFile(f))
	}
	if text := strings.TrimSpace(v.Fields.get("beneficiary")); v.Errors["beneficiary"] != "" && text != "" {
		found, err := q.Directory.Find(q.R.Context(), q.Actor, text, 10)
		if err == nil {
			for _, p := range found {
				v.People = append(v.People, kit.Option{Value: string(p.ID), Label: p.Name, Help: p.Organisation})
			}
		}
	}
	return q.Render(http.StatusUnprocessableEntity, requestView(q.Page(v.Offering.Name, ""), v))
}

// openOf is the ticket that the form asks for.
func openOf(v formData) ticketing.Open {
	f := v.Fields
	in := ticketing.Open{Service: v.Service.ID, Offering: v.Offering.ID, Kind: guichet.Kind(f.get("kind")), Title: f.get("title"),
		Description: f.get("description"), Urgency: guichet.Grade(f.get("urgency")), Phone: f.get("phone"),
		WorkPlace: guichet.WorkPlace(f.get("work_place")), Location: f.get("location"), Files: v.Files, Key: f.get("key"),
		Channel: guichet.ChannelPortal, Answers: map[string][]string{}}
	if f.get("for") == "colleague" {
		in.Beneficiary = f.get("beneficiary")
		if in.Phone == v.Me.Phone {
			in.Phone = "" // it was filled in for the reader: the colleague has another
		}
		if chosen := f.get("beneficiary_choice"); chosen != "" {
			in.Beneficiary = chosen
		}
		if strings.TrimSpace(in.Beneficiary) == "" {
			in.Beneficiary = "?" // names nobody: the colleague is missing
		}
	}
	for name, values := range f {
		if key, isAnswer := strings.CutPrefix(name, "answers."); isAnswer {
			in.Answers[key] = values
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
	return q.Render(ok, sentView(q.Page(q.P.T("sent.title"), ""), v))
}
