package admin

import (
	"net/http"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

const remotePath = "/admin/remote"

func remoteRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET " + remotePath, Handle: administrators(remote)},
		{Pattern: "POST " + remotePath, Handle: administrators(saveRemote)},
	}
}

func remote(q *site.Request) error {
	if !q.Actor.Configures("", q.Config) {
		return guichet.NotFound("page")
	}
	return showRemote(q, ok, q.Config.Remote, nil)
}

func showRemote(q *site.Request, status int, template string, errs kit.Errors) error {
	return q.Render(status, remoteView(page(q, q.P.T("admin.remote"), "remote"), adminRail(q), template, errs))
}

func saveRemote(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	err = q.Configuring.SetRemote(q.R.Context(), q.Actor, form.Get("remote"))
	if errs := q.FieldErrors(err); errs != nil {
		return showRemote(q, http.StatusUnprocessableEntity, form.Get("remote"), errs)
	}
	if err != nil {
		return err
	}
	return q.Redirect(remotePath, q.P.T("remote.saved"))
}
