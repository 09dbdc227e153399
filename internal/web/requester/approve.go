package requester

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"guichet"
	"guichet/internal/account"
	"guichet/internal/ticketing"
	"guichet/internal/web/answering"
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
	Kept     int // files that the link of a mail does not show
	Stages   []thread.Stage
	For      string // whom the reader answers for
	Ended    string // why nothing is waited for any more
	Linked   bool   // the reader came by the link of a mail, without signing in
	Token    string
	Decision string
	Reason   string
	Errors   kit.Errors
	Answers  []answering.Told
}

// errLinkOver says that a link was good once.
var errLinkOver = guichet.Denied("approval.link_over")

// approver is who answers: the approver to whom the signed link was mailed, as long as it stands, or
// whoever is signed in. Somebody else who is signed in does not answer in the approver's name.
func approver(q *site.Request, id guichet.ID, token string) (actor guichet.Actor, linked bool, err error) {
	me := q.Actor.Person.ID
	person, err := q.Desk.ApproverOf(q.R.Context(), id)
	if err != nil && guichet.KindOf(err) != guichet.KindNotFound {
		return guichet.Actor{}, false, err
	}
	worth := account.LinkForged
	if err == nil && token != "" {
		worth = q.Signer.CheckApprovalLink(token, string(id), string(person), q.Time())
	}
	switch {
	case me == "" && worth == account.LinkGood:
		actor, err = q.Accounts.PersonActor(q.R.Context(), person, guichet.ChannelMail)
		if guichet.KindOf(err) == guichet.KindNotFound && err != nil {
			err = errLinkOver // who left answers nothing any more
		}
		return actor, true, err
	case me == "" && worth == account.LinkOver:
		return guichet.Actor{}, false, errLinkOver
	case me == "":
		return guichet.Actor{}, false, &guichet.Error{Kind: guichet.KindUnauthenticated, Code: "account.session_ended"}
	case me != person && worth != account.LinkForged:
		return guichet.Actor{}, false, guichet.Denied("approval.not_yours")
	}
	return q.Actor, false, nil
}

// approval shows the question. Opening it decides nothing: programs that read mail open links.
func approval(q *site.Request) error {
	query := q.R.URL.Query()
	return showApproval(q, http.StatusOK, approvalData{Token: query.Get("token"), Decision: query.Get("decision")})
}

func showApproval(q *site.Request, status int, d approvalData) error {
	id := guichet.ID(q.R.PathValue("id"))
	q.W.Header().Set("Referrer-Policy", "no-referrer") // the address may hold a token
	actor, linked, err := approver(q, id, d.Token)
	if errors.Is(err, errLinkOver) {
		return q.Render(http.StatusGone, linkOverView(q.Page(q.P.T("approval.link_over"), ""), "/approvals/"+string(id)))
	}
	if err != nil {
		return err
	}
	if d.Approval, d.View, err = q.Desk.ApprovalView(q.R.Context(), actor, id); err != nil {
		return err
	}
	d.View, d.Linked = publicView(d.View), linked
	d.fill(q)
	return q.Render(status, approvalView(q.Page(q.P.T("approval.title"), "approvals"), d))
}

// fill prepares what is shown. The link of a mail shows the essentials, not the files.
func (d *approvalData) fill(q *site.Request) {
	v := d.View
	d.HTML, d.Stages, d.Ended = q.Markup.HTML(v.Ticket.Description), thread.Stages(q, v), ended(q, d.Approval, v)
	if d.Approval.ForID != "" {
		d.For = v.People[d.Approval.ForID].Name()
	}
	d.Answers = answering.Tell(q, v.Ticket.Answers, nil)
	if d.Linked {
		d.Kept = len(v.Documents)
		return
	}
	for _, doc := range v.Documents {
		d.Files = append(d.Files, thread.FileOf(doc))
	}
}

// more is the ending of the words for an answer that does not decide by itself: other answers of its
// step count, or other steps follow.
func (d approvalData) more() string {
	seats := len(guichet.Seats(d.View.Approvals, d.Approval.Step))
	shared := seats > 1 && (d.Approval.All || d.Approval.Need > 0)
	if shared || d.Approval.Step < len(d.View.Plan.Steps) {
		return ".more"
	}
	return ""
}

// ended says why a question waits no more: what was decided, by whom and when; nothing while it waits.
func ended(q *site.Request, a guichet.Approval, v ticketing.View) string {
	p := q.P
	if v.Approval.ID == a.ID && a.ID != "" {
		return ""
	}
	for _, other := range v.Approvals {
		if other.Step != a.Step || other.Seat() != a.Seat() || other.Decision == "" {
			continue
		}
		if other.ID == a.ID {
			return p.T("approval.already."+string(a.Decision), "Date", p.DateTime(a.DecidedAt))
		}
		return p.T("approval.by."+string(other.Decision), "Name", v.People[other.ApproverID].Name(), "Date", p.DateTime(other.DecidedAt))
	}
	switch {
	case a.Withdrawn:
		return p.T("approval.passed")
	case v.Merge != nil:
		return p.T("approval.merged")
	case v.Ticket.State == guichet.StateCancelled:
		return p.T("approval.cancelled")
	case v.Ticket.State == guichet.StateRejected && guichet.StepVerdict(v.Approvals, a.Step) == "":
		return p.T("approval.expired")
	}
	return p.T("approval.over")
}

func answerApproval(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	id, token := guichet.ID(q.R.PathValue("id")), form.Get("token")
	actor, linked, err := approver(q, id, token)
	if errors.Is(err, errLinkOver) {
		return q.Render(http.StatusGone, linkOverView(q.Page(q.P.T("approval.link_over"), ""), "/approvals/"+string(id)))
	}
	if err != nil {
		return err
	}
	decision := map[string]guichet.Decision{"approve": guichet.DecisionApproved, "refuse": guichet.DecisionRefused}[form.Get("decision")]
	_, err = q.Desk.AnswerApproval(q.R.Context(), actor, id, decision, form.Get("reason"))
	typed := approvalData{Token: token, Decision: form.Get("decision"), Reason: form.Get("reason")}
	if typed.Errors = q.FieldErrors(err); typed.Errors != nil {
		return showApproval(q, http.StatusUnprocessableEntity, typed)
	}
	if guichet.KindOf(err) == guichet.KindConflict && err != nil && strings.HasPrefix(guichet.CodeOf(err), "approval.") {
		return showApproval(q, http.StatusConflict, typed) // the page says what was decided meanwhile
	}
	if err != nil {
		return err
	}
	to := "/approvals"
	if linked {
		to = "/approvals/" + string(id) + "?token=" + url.QueryEscape(token)
	}
	return q.Redirect(to, q.P.T("approval.done."+string(decision)))
}

func mails(q *site.Request) error {
	to := strings.TrimSpace(q.R.URL.Query().Get("to"))
	list, next, err := q.Mailbox.List(q.R.Context(), to, site.ParseCursor(q.R.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	more := ""
	if c := site.FormatCursor(next); c != "" {
		more = "/dev/mail?" + url.Values{"to": {to}, "after": {c}}.Encode()
	}
	return q.Render(ok, mailsView(q.Page(q.P.T("mailbox.title"), ""), to, list, more))
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
