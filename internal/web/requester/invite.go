package requester

import (
	"net/http"

	"guichet/internal/account"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// invitation shows who holds the link of an invitation where a password is chosen. Looking at it uses
// nothing up: programs that read mails follow links.
func invitation(q *site.Request) error { return showInvitation(q, ok, nil) }

func showInvitation(q *site.Request, status int, errs kit.Errors) error {
	v, err := q.Accounts.Invitation(q.R.Context(), q.R.PathValue("token"))
	if err != nil {
		return err
	}
	q.W.Header().Set("Referrer-Policy", "no-referrer")
	return q.Render(status, invitationView(q.Page(q.P.T("invitation.title"), ""), v, errs))
}

// acceptInvitation sets the password that was chosen, typed twice.
func acceptInvitation(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	if form.Get("password") != form.Get("again") {
		return showInvitation(q, http.StatusUnprocessableEntity, kit.Errors{"again": q.P.T("invitation.differ")})
	}
	err = q.Accounts.Accept(q.R.Context(), q.R.PathValue("token"), form.Get("password"))
	if errs := q.FieldErrors(err); errs != nil {
		return showInvitation(q, http.StatusUnprocessableEntity, errs)
	}
	if err != nil {
		return err
	}
	return q.Redirect("/sign-in", q.P.T("invitation.done"))
}

// until says how long the link is good.
func until(p kit.Page, v account.Invitation) string {
	return p.P.T("invitation.until", "Until", p.P.DateTime(v.ExpiresAt))
}
