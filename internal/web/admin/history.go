package admin

import (
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

// known says a word of the audit by its text, or as it is when it has none.
func known(q *site.Request, prefix, word string) string {
	if q.P.Has(prefix + word) {
		return q.P.T(prefix + word)
	}
	return word
}
