package agent

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

const viewsURL = "/desk/views"

func savedRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET " + viewsURL, Handle: agents(savedViews)},
		{Pattern: "POST " + viewsURL, Handle: agents(saveView)},
		{Pattern: "GET " + viewsURL + "/{id}", Handle: agents(openSaved)},
		{Pattern: "POST " + viewsURL + "/{id}/move", Handle: agents(moveView)},
		{Pattern: "POST " + viewsURL + "/{id}/remove", Handle: agents(removeView)},
	}
}

func savedKey(id guichet.ID) string { return guichet.KeptView + string(id) }

// savedKeyOf is the key of a kept view; empty without one.
func savedKeyOf(v guichet.SavedView) string {
	if v.ID == "" {
		return ""
	}
	return savedKey(v.ID)
}

// savedAddress is the list of a view that is kept: a plain address, which says which view it is.
func savedAddress(v guichet.SavedView) string {
	values, err := url.ParseQuery(v.Filter)
	if err != nil {
		values = url.Values{}
	}
	values.Set("saved", string(v.ID))
	return address("/desk/"+v.Base, values)
}

// savedOf is the kept view that an address names, if it is one of the reader's.
func savedOf(q *site.Request) (guichet.SavedView, error) {
	id := guichet.ID(q.R.URL.Query().Get("saved"))
	if id == "" {
		return guichet.SavedView{}, nil
	}
	return findSaved(q, id)
}

func findSaved(q *site.Request, id guichet.ID) (guichet.SavedView, error) {
	list, err := q.Desk.SavedViews(q.R.Context(), q.Actor)
	if i := slices.IndexFunc(list, func(v guichet.SavedView) bool { return v.ID == id }); i >= 0 {
		return list[i], nil
	}
	return guichet.SavedView{}, err
}

func openSaved(q *site.Request) error {
	v, err := findSaved(q, guichet.ID(q.R.PathValue("id")))
	if err != nil {
		return err
	}
	if v.ID == "" {
		return site.Missing(q)
	}
	return q.Redirect(savedAddress(v), "")
}

// savedData is what the page of the kept views shows.
type savedData struct {
	Mine   []guichet.SavedView
	Others []guichet.SavedView
	Owners map[guichet.ID]string
	Typed  guichet.SavedView
	Moved  guichet.ID // what was just moved, and which way: the button has the focus again
	Up     bool
	Errors kit.Errors
}

func savedViews(q *site.Request) error {
	asked := q.R.URL.Query()
	typed := guichet.SavedView{Base: asked.Get("base"), Filter: filterOf(q).Encode()}
	return showSaved(q, ok, savedData{Typed: typed, Moved: guichet.ID(asked.Get("moved")), Up: asked.Get("way") == wayUp})
}

func showSaved(q *site.Request, status int, d savedData) error {
	list, err := q.Desk.SavedViews(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	var owners []guichet.ID
	for _, v := range list {
		if v.OwnerID == q.Actor.Person.ID {
			d.Mine = append(d.Mine, v)
		} else {
			d.Others, owners = append(d.Others, v), append(owners, v.OwnerID)
		}
	}
	if d.Owners, err = q.Directory.Names(q.R.Context(), owners...); err != nil {
		return err
	}
	page := q.Page(q.P.T("saved.title"), "views")
	return workspace(q, status, page, func(page kit.Page, groups []kit.Group) templ.Component { return savedView(q, page, groups, d) })
}

// fresh reports whether the page holds the form of a view that is not kept yet.
func (d savedData) fresh() bool { return d.Typed.Base != "" && d.Typed.ID == "" }

// form is a view as its form shows it: as it was typed when that was refused.
func (d savedData) form(v guichet.SavedView) (guichet.SavedView, kit.Errors) {
	if d.Typed.ID == v.ID {
		return d.Typed, d.Errors
	}
	return v, nil
}

// focused reports whether the button that moves a view one way has the focus: it was pressed, or the other one was and
// leads no further.
func (d savedData) focused(v guichet.SavedView, up, further bool) bool {
	return d.Moved == v.ID && further && (d.Up == up || !d.further(v, d.Up))
}

// further reports whether a view may be moved one way.
func (d savedData) further(v guichet.SavedView, up bool) bool {
	list := d.Mine
	if !slices.ContainsFunc(list, func(x guichet.SavedView) bool { return x.ID == v.ID }) {
		list = d.Others
	}
	if up {
		return list[0].ID != v.ID
	}
	return list[len(list)-1].ID != v.ID
}

// shares are those with whom the reader may share a view, and those with whom this one is shared.
func shares(q *site.Request, v guichet.SavedView) []kit.Option {
	out := []kit.Option{{Label: q.P.T("saved.share.me")}}
	add := func(s guichet.Share) {
		o := kit.Option{Value: shareValue(s), Label: shareName(q, s)}
		if !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	if q.Actor.SharesViews() {
		for _, o := range site.TeamOptions(q.Config) {
			add(guichet.Share{TeamID: guichet.ID(o.Value)})
		}
		for _, id := range q.Config.ShareRoles() {
			add(guichet.Share{RoleID: id})
		}
		add(guichet.Share{Everybody: true})
	}
	for _, id := range q.Actor.TeamIDs {
		add(guichet.Share{TeamID: id})
	}
	if v.Share != (guichet.Share{}) {
		add(v.Share)
	}
	return out
}

// everybody is the choice of sharing with all who handle tickets.
const everybody = "*"

// shareValue is how a form names those with whom a view is shared.
func shareValue(s guichet.Share) string {
	switch {
	case s.Everybody:
		return everybody
	case s.TeamID != "":
		return "team:" + string(s.TeamID)
	case s.RoleID != "":
		return "role:" + string(s.RoleID)
	}
	return ""
}

func shareOf(value string) guichet.Share {
	kind, id, _ := strings.Cut(value, ":")
	switch kind {
	case everybody:
		return guichet.Share{Everybody: true}
	case "team":
		return guichet.Share{TeamID: guichet.ID(id)}
	case "role":
		return guichet.Share{RoleID: guichet.ID(id)}
	}
	return guichet.Share{}
}

// shareName says with whom a view is shared.
func shareName(q *site.Request, s guichet.Share) string {
	switch {
	case s.Everybody:
		return q.P.T("saved.share.all")
	case s.TeamID != "":
		return q.P.T("saved.share.team", "Team", q.Config.Teams[s.TeamID].Name)
	case s.RoleID != "":
		return q.P.T("saved.share.role", "Role", q.Config.Roles[s.RoleID].Name)
	}
	return q.P.T("saved.share.me")
}

func saveView(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	v := guichet.SavedView{ID: guichet.ID(form.Get("id")), Name: form.Get("name"), Base: form.Get("base"), Filter: form.Get("filter"),
		Share: shareOf(form.Get("share"))}
	if _, err := viewOf(q.Actor, v.Base); err != nil {
		return err
	}
	kept, err := q.Desk.SaveView(q.R.Context(), q.Actor, v)
	if errs := q.FieldErrors(err); errs != nil {
		return showSaved(q, invalid, savedData{Typed: v, Errors: errs})
	}
	if err != nil {
		return err
	}
	return q.Redirect(savedAddress(kept), q.P.T("saved.saved"))
}

const wayUp = "up"

// moveView moves a view by one place in the menu of the reader.
func moveView(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	id, way := guichet.ID(q.R.PathValue("id")), form.Get("way")
	if err := q.Desk.MoveView(q.R.Context(), q.Actor, id, way == wayUp); err != nil {
		return err
	}
	return q.Redirect(address(viewsURL, url.Values{"moved": {string(id)}, "way": {way}}), "")
}

func removeView(q *site.Request) error {
	if err := q.Desk.RemoveView(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id"))); err != nil {
		return err
	}
	return q.Redirect(viewsURL, q.P.T("saved.removed"))
}

// toSave is the address at which the present list is kept under a name.
func (d *listData) toSave() string {
	return address(viewsURL, with(d.Filter.Values, "base", d.View.Key))
}
