package admin

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"guichet"
	"guichet/internal/directory"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func directoryRoutes() []site.Route {
	return slices.Concat(peopleRoutes(), placeRoutes(), teamRoutes(), roleRoutes(), importRoutes())
}

// directoryRail is the part of the menu for those who keep the directory.
func directoryRail(q *site.Request) kit.Group {
	g := kit.Group{Title: q.P.T("admin.directory")}
	add := func(key, icon, url string) {
		g.Views = append(g.Views, kit.View{Key: key, Title: q.P.T("admin." + key), Icon: icon, URL: url, Count: -1})
	}
	keeps := len(q.Actor.Keeping()) > 0
	if keeps {
		add("people", "user", "/admin/people")
		add("organisations", "building-2", "/admin/organisations")
		add("teams", "users", "/admin/teams")
	}
	if keeps || q.Actor.Has(guichet.PermissionConfigure) {
		add("roles", "key-round", "/admin/roles")
	}
	if keeps {
		add("imports", "upload", "/admin/imports")
	}
	return g
}

// onlyKeeps reports whether somebody keeps a directory and neither configures nor operates the desk: an
// administrator of a customer, for one.
func onlyKeeps(a guichet.Actor) bool {
	return a.Has(guichet.PermissionPeople) && !a.Has(guichet.PermissionConfigure) && !a.Has(guichet.PermissionOperate)
}

// keepers keeps a page for those who keep a directory; for anybody else it does not exist.
func keepers(handle func(*site.Request) error) func(*site.Request) error {
	return site.Only(func(a guichet.Actor) bool { return len(a.Keeping()) > 0 }, handle)
}

// explainers keeps a page for those who may ask about the rights of others.
func explainers(handle func(*site.Request) error) func(*site.Request) error {
	return site.Only(site.ExplainsRights, handle)
}

// pathID is the object that the address names.
func pathID(q *site.Request) guichet.ID { return guichet.ID(q.R.PathValue("id")) }

// refusal is how a form says that it could not be kept: beside its fields, or at its head.
type refusal struct {
	Errors kit.Errors
	Text   string
}

// refused makes the refusal of an act, with the status of the page that shows it; an error that no form
// shows comes back.
func refused(q *site.Request, err error) (refusal, int, error) {
	switch kind := guichet.KindOf(err); kind {
	case guichet.KindInvalid:
		return refusal{Errors: q.FieldErrors(err)}, invalid, nil
	case guichet.KindConflict, guichet.KindDenied:
		return refusal{Text: q.Message(err)}, site.Status(kind), nil
	}
	return refusal{}, 0, err
}

// done ends an act of one button: back to a page, which says what was done or why it was not.
func done(q *site.Request, err error, path, said string) error {
	switch guichet.KindOf(err) {
	case guichet.KindConflict, guichet.KindDenied:
		return q.Redirect(path, q.Message(err))
	}
	if err != nil {
		return err
	}
	return q.Redirect(path, said)
}

// nothing is the option of a choice that is left open.
func nothing(label string) kit.Option { return kit.Option{Label: label} }

// siteOptions are the organisations that the reader keeps and that are open, set in by depth, with the one
// that is chosen already; first, when not empty, is what choosing none means.
func siteOptions(q *site.Request, first string, chosen guichet.ID) []kit.Option {
	var out []kit.Option
	if first != "" {
		out = append(out, nothing(first))
	}
	tree, err := q.Directory.Tree(q.R.Context(), q.Actor)
	if err != nil {
		q.Log.WarnContext(q.R.Context(), "the organisations are not listed", "error", err)
	}
	for _, n := range tree {
		if !n.Closed || n.ID == chosen {
			out = append(out, kit.Option{Value: string(n.ID), Label: strings.Repeat("\u2003", n.Depth) + n.Name})
		}
	}
	return out
}

// keepsAll reports whether the reader keeps every organisation: then what belongs to none, too.
func keepsAll(q *site.Request) bool { return slices.Contains(q.Actor.Keeping(), "") }

// roleOptions are roles to choose from.
func roleOptions(roles []guichet.Role, first string) []kit.Option {
	out := []kit.Option{nothing(first)}
	for _, r := range roles {
		out = append(out, kit.Option{Value: string(r.ID), Label: r.Name})
	}
	return out
}

// everyRole lists the roles of the desk by name.
func everyRole(q *site.Request) []guichet.Role {
	out := make([]guichet.Role, 0, len(q.Config.Roles))
	for _, r := range q.Config.Roles {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b guichet.Role) int { return strings.Compare(a.Name+string(a.ID), b.Name+string(b.ID)) })
	return out
}

// siteKindOptions are the kinds of organisations.
func siteKindOptions(q *site.Request) []kit.Option {
	var out []kit.Option
	for _, k := range guichet.OrganisationKinds() {
		out = append(out, kit.Option{Value: string(k), Label: q.P.T("organisation.kind." + string(k))})
	}
	return out
}

// lastDay reads the last day of a grant and returns when it ends: at the end of that day, where the desk is.
func lastDay(q *site.Request, text string) (time.Time, error) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, zone(q))
	if err != nil {
		return time.Time{}, guichet.Invalid("ends_at", "field.date")
	}
	return day.AddDate(0, 0, 1), nil
}

// lastDayOf is the last day on which a grant gives something, in words; empty when it has no end.
func lastDayOf(q *site.Request, end time.Time) string {
	if end.IsZero() {
		return ""
	}
	return q.P.Date(end.In(zone(q)).Add(-time.Second))
}

func zone(q *site.Request) *time.Location {
	if z, err := time.LoadLocation(q.Config.TimeZone); q.Config.TimeZone != "" && err == nil {
		return z
	}
	return q.Zone
}

// giveForm is a role to give, as it was typed.
type giveForm struct {
	Path  string // where it is sent
	Give  directory.Give
	Last  string
	Roles []guichet.Role
	refusal
}

// readGive reads the form by which a role is given.
func readGive(q *site.Request, form site.Form) (giveForm, error) {
	f := giveForm{Last: form.Get("ends_at"), Give: directory.Give{Role: guichet.ID(form.Get("role")),
		Organisation: guichet.ID(form.Get("over")), Service: guichet.ID(form.Get("of"))}}
	var err error
	f.Give.EndsAt, err = lastDay(q, f.Last)
	return f, err
}

// again keeps a refused form with its problems, under the names of its fields: a team's page has a form
// with an organisation of its own.
func (f giveForm) again(r refusal) giveForm {
	for from, to := range map[string]string{"organisation": "over", "service": "of"} {
		if text := r.Errors[from]; text != "" {
			r.Errors[to] = text
			delete(r.Errors, from)
		}
	}
	f.refusal = r
	return f
}

// createdStatus is that of a page that shows something once, which is never kept.
const createdStatus = http.StatusOK
