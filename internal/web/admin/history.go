package admin

import (
	"strings"

	"guichet"
	"guichet/internal/configuring"
	"guichet/internal/ticketing"
	"guichet/internal/web/site"
)

func historyRoutes() []site.Route {
	return []site.Route{{Pattern: "GET /admin/history", Handle: administrators(history)}}
}

func mayReadHistory(q *site.Request) bool {
	return q.Actor.Configures("", q.Config) || q.Actor.Has(guichet.PermissionOperate)
}

func history(q *site.Request) error {
	after := site.ParseCursor(q.R.URL.Query().Get("after"))
	found, err := q.Configuring.History(q.R.Context(), q.Actor, configuring.Place{At: after.UpdatedAt, ID: after.ID})
	if err != nil {
		return err
	}
	return q.Render(ok, historyView(q, page(q, q.P.T("admin.history"), "history"), found, after.ID != ""))
}

func nextActs(acts configuring.Acts) string {
	if acts.Next.ID == "" {
		return ""
	}
	return "/admin/history?after=" + site.FormatCursor(ticketing.Cursor{UpdatedAt: acts.Next.At, ID: acts.Next.ID})
}

// actDetail says what an act was about in words: the parts of a service that were changed, the way in which a team
// is dispatched, the permissions of a role.
func actDetail(q *site.Request, a configuring.Act) string {
	switch a.Kind {
	case "service":
		return partsSaid(q, a.Detail)
	case "team":
		if a.Act == "dispatch" {
			return known(q, "admin.dispatch.mode.", a.Detail)
		}
	case "role":
		var out []string
		for word := range strings.FieldsSeq(a.Detail) {
			for _, sign := range []string{"+", "−"} {
				if permission, found := strings.CutPrefix(word, sign); found {
					word = sign + " " + known(q, "admin.permission.", permission)
				}
			}
			out = append(out, word)
		}
		return strings.Join(out, ", ")
	}
	return a.Detail
}

// known says a word of the audit by its text, or as it is when it has none.
func known(q *site.Request, prefix, word string) string {
	if q.P.Has(prefix + word) {
		return q.P.T(prefix + word)
	}
	return word
}
