package requester

import (
	"net/http"

	"guichet"
	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

// refusal is why something that was sent comes back to be mended or sent again.
type refusal struct {
	Status int
	Errors kit.Errors // beside the fields
	Text   string     // when no field is to blame
}

// refusalOf says how a form comes back; an error that sending again cannot mend has a page of its own.
func refusalOf(q *site.Request, err error) (refusal, bool) {
	r := refusal{Status: site.Status(guichet.KindOf(err))}
	switch r.Status {
	case http.StatusUnprocessableEntity:
		r.Errors = q.FieldErrors(err)
	case http.StatusRequestEntityTooLarge:
		r.Errors = kit.Errors{"files": q.Message(err)}
	case http.StatusServiceUnavailable:
		r.Text = q.Message(err)
	case http.StatusConflict:
		if r.Text = q.Message(err); guichet.CodeOf(err) == "idempotency.reused" {
			r.Text = q.P.T("refusal.sent_before")
		}
	default:
		return r, false
	}
	return r, true
}

// key is that of the attempt, unless another request was sent with it already.
func (r refusal) key(form site.Form) string {
	if r.Status == http.StatusConflict {
		return site.FormKey(nil)
	}
	return site.FormKey(form.Values)
}
