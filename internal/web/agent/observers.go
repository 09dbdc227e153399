package agent

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/assets"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func observerRoutes() []site.Route {
	return []site.Route{{Pattern: "POST /desk/tickets/{number}/observers", Handle: agents(observe)}}
}

// observe puts in copy whoever is named, or takes out the person whose button was pressed.
func observe(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	if gone := guichet.ID(form.Get("observer.remove")); gone != "" {
		if _, err = q.Desk.Observe(q.R.Context(), q.Actor, n, ticketing.Observing{Remove: []guichet.ID{gone}}); err != nil {
			return refused(q, n, err, attempt{})
		}
		return done(q, n, "", q.P.T("desk.done.unobserve", "Name", q.PersonName(gone)))
	}
	added, err := q.Desk.Observe(q.R.Context(), q.Actor, n, ticketing.Observing{Add: []string{named(form.Values)}})
	switch {
	case err != nil:
		return refused(q, n, err, attempt{Open: "observer", Typed: form.Values})
	case len(added) == 0:
		return done(q, n, "", q.P.T("desk.done.observes"))
	}
	return done(q, n, "", q.P.T("desk.done.observe", "Name", added[0].Name()))
}

// named is who was chosen, or else what was typed. A choice between namesakes is good for the name that they share.
func named(form url.Values) string {
	typed := form.Get("observer.person")
	if which := form.Get("observer.which"); which != "" && form.Get("observer.of") == typed {
		return which
	}
	return first(form.Get("observer.person_choice"), typed)
}

// observers are the people who follow the ticket.
func (d ticketData) observers() []guichet.Person {
	var out []guichet.Person
	for _, p := range d.View.Parties {
		if p.Role == guichet.PartyObserver {
			out = append(out, d.View.People[p.PersonID])
		}
	}
	return out
}

// follows reports whether somebody is told of the ticket already.
func (d ticketData) follows(person guichet.ID) bool {
	return slices.ContainsFunc(d.View.Parties, func(p guichet.Party) bool { return p.PersonID == person && p.Role != guichet.PartyApprover })
}

// observerField is where somebody is named.
func (d ticketData) observerField(p kit.Page) kit.Field {
	return kit.Field{Name: "observer.person", Label: p.P.T("desk.observer.person"), Help: p.P.T("desk.observer.help"), Value: d.Typed.Get("observer.person"),
		Complete: "off", Max: 200, Errors: d.Errors, More: templ.Attributes{"data-colleague": "/colleagues", "data-icons": assets.URL("icons.svg")}}
}

// namesakes are those whom a name that was typed may mean.
func (d ticketData) namesakes(q *site.Request) []kit.Option {
	if d.Open != "observer" || d.Errors["observer.person"] == "" {
		return nil
	}
	return q.Candidates(d.Typed.Get("observer.person"))
}
