package site

import (
	"strconv"
	"strings"

	"guichet/internal/web/kit"
)

// UnsentURL is where agents find their messages that could not leave.
const UnsentURL = "/desk/unsent"

// alarms are what stands above each page of the workspace: the messages of the reader that could not leave, the
// major incidents that go on, for those who handle them.
func (q *Request) alarms() []kit.Alarm {
	if !strings.HasPrefix(q.R.URL.Path, "/desk") || !IsAgent(q.Actor) {
		return nil
	}
	found, err := q.Desk.Alarms(q.R.Context(), q.Actor)
	if err != nil {
		q.Log.WarnContext(q.R.Context(), "major incidents not shown", "error", err)
	}
	q.Majors = found.Majors
	var out []kit.Alarm
	if found.Unsent > 0 && q.R.URL.Path != UnsentURL {
		out = append(out, kit.Alarm{Icon: "triangle-alert", Text: q.P.N("unsent.banner", found.Unsent), URL: UnsentURL})
	}
	for _, t := range found.Majors {
		out = append(out, kit.Alarm{Icon: "siren", Text: q.P.T("major.banner", "Number", q.P.Ticket(t.Number), "Title", t.Title),
			URL: "/desk/tickets/" + strconv.FormatInt(t.Number, 10)})
	}
	return out
}
