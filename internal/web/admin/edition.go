package admin

import (
	"cmp"
	"errors"
	"strconv"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// page fills the layout of the administration.
func page(q *site.Request, title, nav string) kit.Page {
	p := q.Page(title, nav)
	p.Admin = true
	return p
}

// editBar is what the head of every editor says of what is edited: what is in force, who prepares what,
// what stands in the way of publishing.
type editBar struct {
	Path     string // of the editor; the acts are below it
	Version  int    // in force; 0: none
	Draft    *configuring.Note
	Outdated bool
	Faults   int
	Versions []configuring.Note
}

// barOf makes the head of an editor.
func barOf[T any](e configuring.Edition[T], path string) editBar {
	bar := editBar{Path: path, Version: e.Version, Draft: e.Draft, Outdated: e.Outdated(), Versions: e.Versions}
	var wrong *guichet.Error
	if errors.As(e.Problems, &wrong) {
		bar.Faults = max(1, len(wrong.Fields))
	}
	return bar
}

// current reports whether a version is the one in force.
func (b editBar) current(v configuring.Note) bool { return b.Version == v.Version && !v.Removed }

// editorRoutes are the acts that every editor has besides its own page: publish, discard, restore. The
// object is the path value "id".
func editorRoutes[T any](path string, of func(*site.Request) *configuring.Editor[T]) []site.Route {
	back := func(q *site.Request, notice string) error {
		return q.Redirect(path+"/"+q.R.PathValue("id"), notice)
	}
	id := func(q *site.Request) guichet.ID { return guichet.ID(q.R.PathValue("id")) }
	publish := func(q *site.Request) error {
		form, err := q.Form()
		if err != nil {
			return err
		}
		seen, err := strconv.ParseInt(cmp.Or(form.Get("seen"), "0"), 10, 64)
		if err != nil {
			return guichet.Invalid("form", "form.unreadable")
		}
		version, err := of(q).Publish(q.R.Context(), q.Actor, id(q), seen, form.Get("note"))
		if guichet.KindOf(err) == guichet.KindInvalid || guichet.KindOf(err) == guichet.KindConflict {
			return back(q, q.Message(err)) // the editor shows what is wrong
		}
		if err != nil {
			return err
		}
		return back(q, q.P.T("admin.edit.published", "Version", strconv.Itoa(version)))
	}
	discard := func(q *site.Request) error {
		if err := of(q).Discard(q.R.Context(), q.Actor, id(q)); err != nil {
			return err
		}
		if _, err := of(q).Open(q.R.Context(), q.Actor, id(q)); err != nil { // it was never published
			return q.Redirect(path, q.P.T("admin.edit.discarded"))
		}
		return back(q, q.P.T("admin.edit.discarded"))
	}
	restore := func(q *site.Request) error {
		form, err := q.Form()
		if err != nil {
			return err
		}
		version, _ := strconv.Atoi(form.Get("version")) // 0 is no version
		if err := of(q).Restore(q.R.Context(), q.Actor, id(q), version); err != nil {
			return err
		}
		return back(q, q.P.T("admin.edit.restored", "Version", strconv.Itoa(version)))
	}
	return []site.Route{
		{Pattern: "POST " + path + "/{id}/publish", Handle: administrators(publish)},
		{Pattern: "POST " + path + "/{id}/discard", Handle: administrators(discard)},
		{Pattern: "POST " + path + "/{id}/restore", Handle: administrators(restore)},
	}
}
