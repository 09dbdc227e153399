package admin

import (
	"net/url"
	"strings"
	"time"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func peopleRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /admin/people", Handle: keepers(people)},
		{Pattern: "GET /admin/people.csv", Handle: keepers(exportPeople)},
		{Pattern: "GET /admin/people/new", Handle: keepers(newPerson)},
		{Pattern: "POST /admin/people/new", Handle: keepers(createPerson)},
		{Pattern: "GET /admin/people/{id}", Handle: keepers(person)},
		{Pattern: "GET /admin/people/{id}/edit", Handle: keepers(editPerson)},
		{Pattern: "POST /admin/people/{id}/edit", Handle: keepers(changePerson)},
		{Pattern: "POST /admin/people/{id}/active", Handle: keepers(activatePerson)},
		{Pattern: "POST /admin/people/{id}/invite", Handle: keepers(invitePerson)},
		{Pattern: "POST /admin/people/{id}/grants", Handle: keepers(givePerson)},
		{Pattern: "POST /admin/people/{id}/withdraw", Handle: keepers(withdrawPerson)},
		{Pattern: "GET /admin/people/{id}/why", Handle: explainers(why)},
		{Pattern: "GET /admin/why", Handle: explainers(whyTicket)},
	}
}

const peoplePage = 50

func personURL(id guichet.ID) string { return "/admin/people/" + string(id) }

// peopleFilter is what the list is asked for.
type peopleFilter struct {
	Text         string
	Organisation guichet.ID
	Role         guichet.ID
	State        string // gone, all; empty: those who are there
	After        guichet.ID
}

func readFilter(q *site.Request) peopleFilter {
	v := q.R.URL.Query()
	return peopleFilter{strings.TrimSpace(v.Get("q")), guichet.ID(v.Get("organisation")), guichet.ID(v.Get("role")), v.Get("state"), guichet.ID(v.Get("after"))}
}

func (f peopleFilter) query() directory.Query {
	return directory.Query{Text: f.Text, Organisation: f.Organisation, Role: f.Role, Gone: f.State == "gone", All: f.State == "all",
		After: f.After, Limit: peoplePage}
}

// url is the address of a list with the filter, from a place.
func (f peopleFilter) url(path string, after guichet.ID) string {
	v := url.Values{}
	for name, value := range map[string]string{"q": f.Text, "organisation": string(f.Organisation), "role": string(f.Role),
		"state": f.State, "after": string(after)} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

func (f peopleFilter) narrowed() bool {
	return f.Text+string(f.Organisation)+string(f.Role)+f.State != ""
}

func people(q *site.Request) error {
	f := readFilter(q)
	found, err := q.Directory.People(q.R.Context(), q.Actor, f.query())
	if err != nil {
		return err
	}
	return q.Render(ok, peopleView(q, page(q, q.P.T("admin.people"), "people"), f, found))
}

func exportPeople(q *site.Request) error {
	h := q.W.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+q.P.T("admin.people.file")+`"`)
	h.Set("Cache-Control", "no-store")
	if err := q.Directory.Export(q.R.Context(), q.Actor, readFilter(q).query(), q.W); err != nil {
		q.Log.ErrorContext(q.R.Context(), "the export was not sent to its end", "error", err)
	}
	return nil
}

// personForm is a person's record as it is typed.
type personForm struct {
	ID    guichet.ID // empty: a new person
	Name  string
	Typed directory.PersonInput
	refusal
}

func newPerson(q *site.Request) error {
	in := directory.PersonInput{Organisation: guichet.ID(q.R.URL.Query().Get("organisation")), Locale: q.Config.Locale}
	return showPersonForm(q, ok, personForm{Typed: in})
}

func showPersonForm(q *site.Request, status int, f personForm) error {
	title := q.P.T("person.new")
	if f.ID != "" {
		title = q.P.T("person.edit", "Name", f.Name)
	}
	return q.Render(status, personFormView(q, page(q, title, "people"), f))
}

func readPerson(form site.Form) directory.PersonInput {
	return directory.PersonInput{GivenName: form.Get("given_name"), FamilyName: form.Get("family_name"), Email: form.Get("email"),
		Phone: form.Get("phone"), EmployeeNumber: form.Get("employee_number"), Organisation: guichet.ID(form.Get("organisation")),
		Location: form.Get("location"), Equipment: form.Get("equipment"), Profile: form.Get("profile"), Locale: form.Get("locale"), Version: versionSeen(form.Get("version"))}
}

func createPerson(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	f := personForm{Typed: readPerson(form)}
	p, err := q.Directory.CreatePerson(q.R.Context(), q.Actor, f.Typed)
	if err == nil {
		return q.Redirect(personURL(p.ID), q.P.T("person.created"))
	}
	return f.again(q, err)
}

// again shows the form with what was typed and why it was refused.
func (f personForm) again(q *site.Request, err error) error {
	r, status, err := refused(q, err)
	if err != nil {
		return err
	}
	f.refusal = r
	return showPersonForm(q, status, f)
}

func editPerson(q *site.Request) error {
	card, err := q.Directory.Card(q.R.Context(), q.Actor, pathID(q))
	if err != nil {
		return err
	}
	return showPersonForm(q, ok, personForm{ID: card.Person.ID, Name: card.Person.Name(), Typed: directory.InputOf(card.Person)})
}

func changePerson(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	card, err := q.Directory.Card(q.R.Context(), q.Actor, pathID(q))
	if err != nil {
		return err
	}
	f := personForm{ID: card.Person.ID, Name: card.Person.Name(), Typed: readPerson(form)}
	if err := q.Directory.ChangePerson(q.R.Context(), q.Actor, f.ID, f.Typed); err != nil {
		if guichet.KindOf(err) == guichet.KindConflict {
			f.Typed.Version = card.Person.Version // read again: the next sending is over what is shown
		}
		return f.again(q, err)
	}
	return q.Redirect(personURL(f.ID), q.P.T("person.saved"))
}

// personPage is a person's page.
type personPage struct {
	directory.Card
	Until  time.Time // of the invitation that waits, if any
	Give   giveForm
	Login  string // typed for an invitation that was refused
	Invite refusal
	Link   string // shown once
}

func person(q *site.Request) error { return showPerson(q, ok, personPage{}) }

func showPerson(q *site.Request, status int, v personPage) (err error) {
	if v.Card, err = q.Directory.Card(q.R.Context(), q.Actor, pathID(q)); err != nil {
		return err
	}
	if v.Until, err = q.Accounts.PendingInvitation(q.R.Context(), v.Person.ID); err != nil {
		return err
	}
	v.Give.Path, v.Give.Roles = personURL(v.Person.ID)+"/grants", v.Card.Roles
	return q.Render(status, personView(q, page(q, v.Person.Name(), "people"), v))
}

func activatePerson(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	active := form.Get("active") == "yes"
	said := q.P.T("person.closed")
	if active {
		said = q.P.T("person.reopened")
	}
	return done(q, q.Directory.SetActive(q.R.Context(), q.Actor, pathID(q), active), personURL(pathID(q)), said)
}

// invitePerson shows the link of an invitation, once: it is kept nowhere.
func invitePerson(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	if _, err := q.Directory.Card(q.R.Context(), q.Actor, pathID(q)); err != nil {
		return err
	}
	token, err := q.Accounts.Invite(q.R.Context(), q.Actor, pathID(q), form.Get("login"))
	v := personPage{Login: form.Get("login")}
	status := createdStatus
	if err != nil {
		if v.Invite, status, err = refused(q, err); err != nil {
			return err
		}
		return showPerson(q, status, v)
	}
	v.Link = q.BaseURL + "/invitation/" + token
	return showPerson(q, status, v)
}

func givePerson(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	f, err := readGive(q, form)
	f.Give.Person = pathID(q)
	if err == nil {
		_, err = q.Directory.Give(q.R.Context(), q.Actor, f.Give)
	}
	if err == nil {
		return q.Redirect(personURL(f.Give.Person), q.P.T("grant.given"))
	}
	r, status, err := refused(q, err)
	if err != nil {
		return err
	}
	return showPerson(q, status, personPage{Give: f.again(r)})
}

func withdrawPerson(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	err = q.Directory.Withdraw(q.R.Context(), q.Actor, guichet.ID(form.Get("grant")))
	return done(q, err, personURL(pathID(q)), q.P.T("grant.withdrawn"))
}

// personFields are the fields of a record in the order of the form.
func personFields() []string {
	return []string{"given_name", "family_name", "organisation", "email", "employee_number", "phone", "location", "equipment", "profile", "locale"}
}

// fieldLabels names fields for the summary of a form.
func fieldLabels(q *site.Request, prefix string, fields []string) map[string]string {
	out := map[string]string{}
	for _, f := range fields {
		out[f] = q.P.T(prefix + f)
	}
	return out
}

func localeOptions(q *site.Request) []kit.Option {
	return []kit.Option{{Value: "fr", Label: q.P.T("locale.fr")}, {Value: "en", Label: q.P.T("locale.en")}}
}
