package site

import (
	"encoding/json"
	"net/url"
	"time"

	"guichet"
	"guichet/internal/drafting"
	"guichet/internal/ticketing"
	"guichet/internal/web/kit"
)

// Draft reads what the reader typed at a place and has not sent, as its form shows it again. When it cannot be
// read, the form is empty: the browser may still have it.
func (q *Request) Draft(place string) kit.Draft {
	p, err := q.Drafts.Read(q.R.Context(), q.Actor, place)
	if err != nil {
		q.Log.WarnContext(q.R.Context(), "no draft", "error", err)
	}
	return q.DraftOf(p)
}

// DraftOf says a draft to its reader.
func (q *Request) DraftOf(p guichet.UnsentPair) kit.Draft {
	d := kit.Draft{Seen: p.Present.Version}
	if p.Present.Version > 0 {
		_ = json.Unmarshal([]byte(p.Present.Body), &d.Typed) // what is no form is no draft
		d.Said = q.P.T("draft.saved", "When", q.kept(p.Present))
	}
	if p.Older.Version > 0 {
		d.Older = q.P.T("draft.older", "When", q.kept(p.Older))
	}
	return d
}

// kept says when a text was kept: the time of day, and the day unless it is today.
func (q *Request) kept(u guichet.Unsent) string {
	at, now := u.SavedAt.In(q.P.Zone()), q.Time().In(q.P.Zone())
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return q.P.T("draft.today", "Time", q.P.Clock(at))
	}
	return q.P.Moment(at)
}

// KeepDraft keeps a text as if its writer had just typed it; what is at hand stays beside it.
func (q *Request) KeepDraft(place string, typed url.Values, files []ticketing.File) error {
	for _, f := range q.KeepFiles(files) {
		typed.Add("kept_file", f.Reference)
	}
	body, err := json.Marshal(typed)
	if err != nil {
		return err
	}
	_, err = q.Drafts.Save(q.R.Context(), q.Actor, drafting.Save{Place: place, Body: string(body)})
	return err
}

// DraftFiles are the files that a draft holds.
func (q *Request) DraftFiles(d kit.Draft) []ticketing.File { return q.keptFiles(d.Typed["kept_file"]) }

// Sent forgets what was kept of a place while it was typed: it has been sent. That it cannot be forgotten
// now is no reason to say that it was not sent.
func (q *Request) Sent(place string) {
	if _, err := q.Drafts.Forget(q.R.Context(), q.Actor, place); err != nil {
		q.Log.WarnContext(q.R.Context(), "a draft stays after it was sent", "error", err)
	}
}
