package agent

import (
	"net/url"

	"guichet"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// act performs an action. What cannot be done comes back on the same page, with all that was typed.
func act(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	key := q.R.PathValue("action")
	what, err := actOf(q, key, form.Values)
	if err == nil {
		_, err = q.Desk.Do(q.R.Context(), q.Actor, n, what)
	}
	if err == nil {
		return done(q, n, "", q.P.T("desk.done."+notice(key)))
	}
	return refused(q, n, err, attempt{Open: key, Typed: form.Values, Seen: number(form.Get(key + ".seen"))})
}

// notice is the key of the sentence that says an action was done.
func notice(key string) string {
	if onPanel[guichet.Action(key)] || key == string(guichet.ActionClaim) || key == string(guichet.ActionResolve) {
		return key
	}
	return "other"
}

func actOf(q *site.Request, key string, form url.Values) (guichet.Act, error) {
	get := func(field string) string { return form.Get(key + "." + field) }
	until, err := moment(q, form, key+".until", "until")
	return guichet.Act{Action: guichet.Action(key), Text: get("reason"), Kind: guichet.Kind(get("kind")),
		ServiceID: guichet.ID(get("service")), Urgency: guichet.Grade(get("urgency")), Impact: guichet.Grade(get("impact")),
		TeamID: guichet.ID(get("team")), AssigneeID: guichet.ID(get("technician")), Level: guichet.Level(get("level")),
		PendingReason: get("pending_reason"), Until: until, Version: number(get("version"))}, err
}

// done goes back to the ticket, or to the queue when the act took it out of the reader's sight. The
// draft, when one is named, has been sent: the browser forgets it.
func done(q *site.Request, n int64, draft, notice string) error {
	if draft != "" {
		q.Sent(draft)
	}
	_, err := q.Desk.View(q.R.Context(), q.Actor, n, 0)
	if err != nil && guichet.KindOf(err) == guichet.KindNotFound {
		return q.Redirect(trailOf(q).back(q), notice)
	}
	path := ticketURL(n)
	if draft != "" {
		path += "?sent=" + draft
	}
	return q.Redirect(trailOf(q).on(path), notice)
}

// refused shows the ticket again with what was tried: the ticket may have changed hands meanwhile, or
// the disk be full, and the text was written all the same. Other errors are left to their own page.
func refused(q *site.Request, n int64, err error, a attempt) error {
	kind := guichet.KindOf(err)
	prefix := a.Open
	if prefix == "" {
		prefix = a.Mode
	}
	switch kind {
	case guichet.KindInvalid:
		a.Errors, a.Seen = prefixed(q.FieldErrors(err), prefix), 0
	case guichet.KindTooLarge:
		a.Errors, a.Seen = kit.Errors{"files": q.Message(err)}, 0
	case guichet.KindConflict, guichet.KindDenied, guichet.KindUnavailable:
		a.Refusal = q.Message(err)
	default:
		return err
	}
	v, missing := q.Desk.Look(q.R.Context(), q.Actor, n, ticketing.Look{Last: lastShown, Composer: true})
	if missing != nil {
		return missing
	}
	if !v.Agent {
		return err
	}
	data, bad := dataOf(q, v, a)
	if bad != nil {
		return bad
	}
	return renderTicket(q, site.Status(kind), data)
}

// prefixed names the wrong fields as the page does: the form, then the field.
func prefixed(errs kit.Errors, prefix string) kit.Errors {
	out := kit.Errors{}
	for f, message := range errs {
		switch {
		case f == "files":
			out[f] = message
		case f == "solution" && prefix != "solution":
			out[prefix+".reason"] = message
		case f == "solution":
			out[prefix+".text"] = message
		default:
			out[prefix+"."+f] = message
		}
	}
	return out
}
