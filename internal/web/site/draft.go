package site

// Sent forgets what was kept of a place while it was typed: it has been sent. That it cannot be forgotten
// now is no reason to say that it was not sent.
func (q *Request) Sent(place string) {
	if _, err := q.Drafts.Forget(q.R.Context(), q.Actor, place); err != nil {
		q.Log.WarnContext(q.R.Context(), "a draft stays after it was sent", "error", err)
	}
}
