package admin

import (
	"strconv"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func placeRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET /admin/organisations", Handle: keepers(organisations)},
		{Pattern: "GET /admin/organisations/new", Handle: keepers(newPlace)},
		{Pattern: "POST /admin/organisations/new", Handle: keepers(createPlace)},
		{Pattern: "GET /admin/organisations/{id}", Handle: keepers(place)},
		{Pattern: "POST /admin/organisations/{id}", Handle: keepers(changePlace)},
		{Pattern: "POST /admin/organisations/{id}/close", Handle: keepers(closePlace)},
		{Pattern: "POST /admin/organisations/{id}/remove", Handle: keepers(removePlace)},
	}
}

func placeURL(id guichet.ID) string { return "/admin/organisations/" + string(id) }

// versionSeen reads the version that a form gives back; anything else is none.
func versionSeen(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1 // of no record: a conflict, where a record is looked for
	}
	return n
}

func organisations(q *site.Request) error {
	tree, err := q.Directory.Tree(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	return q.Render(ok, placesView(q, page(q, q.P.T("admin.organisations"), "organisations"), tree))
}

// placeForm is an organisation as it is typed.
type placeForm struct {
	Typed directory.OrganisationInput
	refusal
}

func readPlace(form site.Form) directory.OrganisationInput {
	return directory.OrganisationInput{Name: form.Get("name"), Kind: guichet.OrganisationKind(form.Get("kind")),
		Parent: guichet.ID(form.Get("parent")), Version: versionSeen(form.Get("version"))}
}

func newPlace(q *site.Request) error {
	in := directory.OrganisationInput{Parent: guichet.ID(q.R.URL.Query().Get("parent")), Kind: guichet.OrganisationSite}
	return showNewPlace(q, ok, placeForm{Typed: in})
}

func showNewPlace(q *site.Request, status int, f placeForm) error {
	return q.Render(status, newPlaceView(q, page(q, q.P.T("organisation.new"), "organisations"), f))
}

func createPlace(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	f := placeForm{Typed: readPlace(form)}
	o, err := q.Directory.CreateOrganisation(q.R.Context(), q.Actor, f.Typed)
	if err == nil {
		return q.Redirect(placeURL(o.ID), q.P.T("organisation.created"))
	}
	r, status, err := refused(q, err)
	if err != nil {
		return err
	}
	f.refusal = r
	return showNewPlace(q, status, f)
}

// placePage is the page of an organisation.
type placePage struct {
	directory.Site
	Form placeForm
	Open bool // the form is shown open
}

func place(q *site.Request) error { return showPlace(q, ok, placePage{}) }

func showPlace(q *site.Request, status int, v placePage) (err error) {
	if v.Site, err = q.Directory.Organisation(q.R.Context(), q.Actor, pathID(q)); err != nil {
		return err
	}
	o := v.Organisation
	if !v.Open {
		v.Form.Typed = directory.OrganisationInput{Name: o.Name, Kind: o.Kind, Parent: o.ParentID}
	}
	if v.Form.Typed.Version == 0 {
		v.Form.Typed.Version = o.Version
	}
	return q.Render(status, placeView(q, page(q, o.Name, "organisations"), v))
}

func changePlace(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	v := placePage{Form: placeForm{Typed: readPlace(form)}, Open: true}
	if !form.Has("parent") { // not the reader's to change
		s, err := q.Directory.Organisation(q.R.Context(), q.Actor, pathID(q))
		if err != nil {
			return err
		}
		v.Form.Typed.Parent = s.Organisation.ParentID
	}
	err = q.Directory.ChangeOrganisation(q.R.Context(), q.Actor, pathID(q), v.Form.Typed)
	if err == nil {
		return q.Redirect(placeURL(pathID(q)), q.P.T("organisation.saved"))
	}
	if guichet.KindOf(err) == guichet.KindConflict {
		v.Form.Typed.Version = 0 // read again: the next sending is over what is shown
	}
	r, status, err := refused(q, err)
	if err != nil {
		return err
	}
	v.Form.refusal = r
	return showPlace(q, status, v)
}

func closePlace(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	closed := form.Get("closed") == "yes"
	said := q.P.T("organisation.reopened")
	if closed {
		said = q.P.T("organisation.closed")
	}
	return done(q, q.Directory.CloseOrganisation(q.R.Context(), q.Actor, pathID(q), closed), placeURL(pathID(q)), said)
}

func removePlace(q *site.Request) error {
	err := q.Directory.RemoveOrganisation(q.R.Context(), q.Actor, pathID(q))
	if err == nil {
		return q.Redirect("/admin/organisations", q.P.T("organisation.removed"))
	}
	return done(q, err, placeURL(pathID(q)), "")
}

// placeParents are the places of an organisation: those that the reader keeps, and the root where allowed.
func placeParents(q *site.Request, chosen guichet.ID) []kit.Option {
	first := q.P.T("organisation.parent.choose")
	if keepsAll(q) {
		first = q.P.T("organisation.root")
	}
	return siteOptions(q, first, chosen)
}

func placeFields() []string { return []string{"name", "kind", "parent"} }
