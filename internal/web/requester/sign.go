package requester

import (
	"net/http"

	"guichet"
	"guichet/internal/web/site"
)

func signInPage(q *site.Request) error {
	next := site.SafePath(q.R.URL.Query().Get("next"))
	if q.Actor.Person.ID != "" {
		return q.Redirect(next, "")
	}
	return q.Render(ok, signInView(q.Page(q.P.T("signin.title"), ""), next, q.R.URL.Query().Get("login"), "", q.Demo))
}

// signIn answers in the same words whether the login or the password is wrong.
func signIn(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	next := site.SafePath(form.Get("next"))
	login := form.Get("login")
	token, _, err := q.Accounts.SignIn(q.R.Context(), login, form.Get("password"))
	if err == nil {
		if err := q.OpenSession(token); err != nil {
			return err
		}
		return q.Redirect(next, "")
	}
	status, known := map[guichet.ErrorKind]int{guichet.KindUnauthenticated: http.StatusUnauthorized,
		guichet.KindDenied: http.StatusTooManyRequests}[guichet.KindOf(err)]
	if !known {
		return err
	}
	return q.Render(status, signInView(q.Page(q.P.T("signin.title"), ""), next, login, q.Message(err), q.Demo))
}

func signOut(q *site.Request) error {
	if err := q.CloseSession(); err != nil {
		return err
	}
	return q.Redirect("/sign-in", q.P.T("signout.done"))
}

func profile(q *site.Request) error {
	p := q.Actor.Person
	return q.Render(ok, profileView(q.Page(q.P.T("profile.title"), "profile"), p, q.Config.Organisations[p.OrganisationID].Name, p.Locale, p.Phone, nil))
}

func saveProfile(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	locale, phone := form.Get("locale"), form.Get("phone")
	err = q.Accounts.Update(q.R.Context(), q.Actor, locale, phone)
	if errs := q.FieldErrors(err); errs != nil {
		p := q.Actor.Person
		return q.Render(http.StatusUnprocessableEntity, profileView(q.Page(q.P.T("profile.title"), "profile"), p,
			q.Config.Organisations[p.OrganisationID].Name, locale, phone, errs))
	}
	if err != nil {
		return err
	}
	return q.Redirect("/profile", q.Texts.Printer(locale, q.Zone).T("profile.saved"))
}

// saveLocale changes the language, and comes back to the page where that was asked.
func saveLocale(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	if err := q.Accounts.Update(q.R.Context(), q.Actor, form.Get("locale"), q.Actor.Person.Phone); err != nil {
		return err
	}
	return q.Redirect(site.SafePath(form.Get("back")), "")
}

func accessibility(q *site.Request) error {
	return q.Render(ok, accessibilityView(q.Page(q.P.T("accessibility.title"), "")))
}
