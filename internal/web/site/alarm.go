package site

import (
	"strconv"
	"strings"

	"guichet/internal/web/kit"
)

// alarms are the major incidents that go on, above each page of the workspace, for those who handle them.
func (q *Request) alarms() []kit.Alarm {
	if !strings.HasPrefix(q.R.URL.Path, "/desk") || !IsAgent(q.Actor) {
		return nil
	}
	list, err := q.Desk.Majors(q.R.Context(), q.Actor)
	if err != nil {
		q.Log.WarnContext(q.R.Context(), "major incidents not shown", "error", err)
	}
	q.Majors = list
	var out []kit.Alarm
	for _, t := range list {
		out = append(out, kit.Alarm{Text: q.P.T("major.banner", "Number", q.P.Ticket(t.Number), "Title", t.Title),
			URL: "/desk/tickets/" + strconv.FormatInt(t.Number, 10)})
	}
	return out
}
