package requester

import (
	"net/http"
	"net/url"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
	"guichet/internal/web/thread"
)

func approvals(q *site.Request) error {
	list, err := q.Desk.WaitingApprovals(q.R.Context(), q.Actor)
	if err != nil {
		return err
	}
	return q.Render(ok, approvalsView(q.Page(q.P.T("approvals.title"), "approvals"), q.Config, list))
}

// approvalData is the question put to an approver.
type approvalData struct {
	Approval guichet.Approval
	View     ticketing.View
	HTML     string
	Files    []thread.File
	Token    string
	Decision string
	Reason   string
	Errors   kit.Errors
	Others   []guichet.Approval
}

// approver is who answers: the approver to whom the signed link was mailed, as long as the link is not too
// old, or whoever is signed in.
func approver(q *site.Request, id guichet.ID, token string) (guichet.Actor, error) {
	if q.Signer.Check(token, account.SignatureApproval, string(id)) {
		person, err := q.Desk.Approver(q.R.Context(), id)
		if err == nil {
			return q.Accounts.PersonActor(q.R.Context(), person, guichet.ChannelMail)
		}
		if guichet.KindOf(err) != guichet.KindUnauthenticated {
			return guichet.Actor{}, err
		}
	}
	if q.Actor.Person.ID == "" {
		return guichet.Actor{}, &guichet.Error{Kind: guichet.KindUnauthenticated, Code: "account.session_ended"}
	}
	return q.Actor, nil
}

// approval shows the question. Opening it decides nothing: programs that read mail open links.
func approval(q *site.Request) error {
	query := q.R.URL.Query()
	return showApproval(q, http.StatusOK, approvalData{Token: query.Get("token"), Decision: query.Get("decision")})
}

func showApproval(q *site.Request, status int, d approvalData) error {
	id := guichet.ID(q.R.PathValue("id"))
	actor, err := approver(q, id, d.Token)
	if err != nil {
		return err
	}
	if d.Approval, d.View, err = q.Desk.ApprovalView(q.R.Context(), actor, id); err != nil {
		return err
	}
	d.View = publicView(d.View)
	d.HTML = q.Markup.HTML(d.View.Ticket.Description)
	if q.Actor.Person.ID == actor.Person.ID { // the link of a mail shows the essentials, not the files
		for _, doc := range d.View.Documents {
			d.Files = append(d.Files, thread.FileOf(doc))
		}
	}
	for _, a := range d.View.Approvals {
		if a.ID != id {
			d.Others = append(d.Others, a)
		}
	}
	return q.Render(status, approvalView(q.Page(q.P.T("approval.title"), "approvals"), d))
}

func answerApproval(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	id := guichet.ID(q.R.PathValue("id"))
	actor, err := approver(q, id, form.Get("token"))
	if err != nil {
		return err
	}
	decision := map[string]guichet.Decision{"approve": guichet.DecisionApproved, "refuse": guichet.DecisionRefused}[form.Get("decision")]
	_, err = q.Desk.AnswerApproval(q.R.Context(), actor, id, decision, form.Get("reason"))
	if errs := q.FieldErrors(err); errs != nil {
		return showApproval(q, http.StatusUnprocessableEntity, approvalData{Token: form.Get("token"), Decision: form.Get("decision"),
			Reason: form.Get("reason"), Errors: errs})
	}
	if err != nil {
		return err
	}
	to := "/approvals"
	if q.Actor.Person.ID == "" {
		to = "/approvals/" + string(id) + "?token=" + url.QueryEscape(form.Get("token"))
	}
	return q.Redirect(to, q.P.T("approval.done."+string(decision)))
}

func mails(q *site.Request) error {
	list, err := q.Mailbox.List(q.R.Context(), q.R.URL.Query().Get("to"))
	if err != nil {
		return err
	}
	return q.Render(ok, mailsView(q.Page(q.P.T("mailbox.title"), ""), list))
}

func mail(q *site.Request) error {
	m, err := q.Mailbox.Get(q.R.Context(), guichet.ID(q.R.PathValue("id")))
	if err != nil {
		return err
	}
	return q.Render(ok, mailView(q.Page(m.Subject, ""), m))
}

// mailContent is the HTML of a message, which the page shows in a frame that can do nothing.
func mailContent(q *site.Request) error {
	m, err := q.Mailbox.Get(q.R.Context(), guichet.ID(q.R.PathValue("id")))
	if err != nil {
		return err
	}
	h := q.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	_, err = q.W.Write([]byte(m.HTML))
	return err
}
