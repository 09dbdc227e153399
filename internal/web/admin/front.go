package admin

import (
	"encoding/base64"
	"net/http"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

const frontPath = "/admin/front"

func frontRoutes() []site.Route {
	return []site.Route{
		{Pattern: "GET " + frontPath, Handle: administrators(front)},
		{Pattern: "POST " + frontPath, Handle: administrators(saveFront)},
	}
}

// front is where the organisation dresses its desk.
func front(q *site.Request) error {
	if !q.Actor.Configures("", q.Config) {
		return guichet.NotFound("page")
	}
	return showFront(q, ok, q.Config.Front(), nil)
}

func showFront(q *site.Request, status int, f guichet.Front, errs kit.Errors) error {
	return q.Render(status, frontView(page(q, q.P.T("admin.front"), "front"), adminRail(q), f, errs))
}

func saveFront(q *site.Request) error {
	if !q.Actor.Configures("", q.Config) {
		return guichet.NotFound("page")
	}
	form, err := q.Upload("logo", guichet.MaxLogo)
	f := guichet.Front{Name: form.Get("name"), Contact: form.Get("contact"), SignInHelp: form.Get("sign_in_help"),
		Look: guichet.Look{Accent: form.Get("accent"), Dark: form.Get("accent_dark"), Logo: q.Config.Look.Logo}}
	if guichet.KindOf(err) == guichet.KindTooLarge && err != nil {
		err = guichet.Invalid("logo", "look.logo")
	}
	if len(form.Content) > 0 {
		f.Look.Logo = "data:" + http.DetectContentType(form.Content) + ";base64," + base64.StdEncoding.EncodeToString(form.Content)
	}
	if form.Get("no_logo") != "" {
		f.Look.Logo = ""
	}
	if err == nil {
		err = q.Configuring.SetFront(q.R.Context(), q.Actor, f)
	}
	if errs := q.FieldErrors(err); errs != nil {
		f.Look.Logo = q.Config.Look.Logo
		return showFront(q, http.StatusUnprocessableEntity, f, errs)
	}
	if err != nil {
		return err
	}
	return q.Redirect(frontPath, q.P.T("front.saved"))
}
