package requester

import (
	"strings"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// The general form is for who found no other: it asks what the request is about.

// General reports whether no offering was chosen.
func (v formData) General() bool { return v.Offering.ID == "" }

func newGeneral(q *site.Request) formData {
	v := formData{Offering: guichet.Offering{Name: q.P.T("ask.general")}, Key: site.FormKey(nil), Me: q.Actor.Person, Action: "/new"}
	for _, n := range site.Tree(q.Config) {
		if q.Config.Shows(n.Service.ID, q.Actor.Person, q.Time()) && len(q.Config.OfferingsOf(n.Service.ID)) > 0 {
			v.Services = append(v.Services, kit.Option{Value: string(n.Service.ID), Label: strings.Repeat("\u2003", n.Depth) + n.Service.Name})
		}
	}
	v.Sheet.P = q.P
	return v
}

func generalForm(q *site.Request) error {
	v := newGeneral(q)
	v.begin(q)
	v.Typed.Set("service", q.R.URL.Query().Get("service"))
	return q.Render(ok, requestView(q.Page(v.Offering.Name, ""), v))
}

// general opens the ticket of the general form. A service whose own form asks more shows that form, with all
// that was typed.
func general(q *site.Request) error {
	v := newGeneral(q)
	form, err := q.Form()
	v.Service.ID = guichet.ID(form.Get("service"))
	if err == nil && v.Service.ID != "" && !q.Config.Shows(v.Service.ID, q.Actor.Person, q.Time()) {
		err = guichet.Invalid("service", "field.unknown_value")
	}
	return v.open(q, form, err)
}

// asksMore reports whether what is wrong is in a form of the service's own.
func asksMore(errors kit.Errors) bool {
	for name := range errors {
		if strings.HasPrefix(name, "answers.") {
			return true
		}
	}
	return false
}
