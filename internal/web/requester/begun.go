package requester

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"guichet"
	"guichet/internal/web/site"
)

// begun is a form or a message that the reader has begun and not sent.
type begun struct {
	Place string
	Title string // what was typed first, or the name of the form
	About string
	URL   string
	When  string
}

// about is which form or ticket it belongs to, unless its title says so, and when it was kept.
func (b begun) about() string {
	if b.Title == b.About {
		return b.When
	}
	return b.About + " · " + b.When
}

// maxBegun is how many of them the home page shows.
const maxBegun = 4

// begunOf lists what the reader may go on with: what leads to a page that is gone is left out.
func begunOf(q *site.Request) ([]begun, error) {
	list, err := q.Drafts.List(q.R.Context(), q.Actor)
	var out []begun
	for _, u := range list {
		b := begun{Place: u.Place, When: q.P.Relative(u.SavedAt, q.Time())}
		var body map[string][]string
		if json.Unmarshal([]byte(u.Body), &body) != nil {
			continue
		}
		kind, id, _ := strings.Cut(u.Place, ":")
		switch kind {
		case "form":
			b.form(q, guichet.ID(id))
			b.Title = first(body["title"], b.About)
		case "reply":
			if n, err := strconv.ParseInt(id, 10, 64); err == nil {
				b.URL, b.About = ticketURL(n)+"#f-text", q.P.T("begun.reply", "Number", q.P.Ticket(n))
				b.Title = first(body["text"], b.About)
			}
		}
		if b.URL != "" && len(out) < maxBegun {
			out = append(out, b)
		}
	}
	return out, err
}

func first(values []string, otherwise string) string {
	i := slices.IndexFunc(values, func(v string) bool { return strings.TrimSpace(v) != "" })
	if i < 0 {
		return otherwise
	}
	if r := []rune(values[i]); len(r) > guichet.MaxTitle {
		return string(r[:guichet.MaxTitle]) + "…"
	}
	return values[i]
}

// form fills in which form it is, when the reader may still send it.
func (b *begun) form(q *site.Request, id guichet.ID) {
	if id == "general" {
		b.About, b.URL = q.P.T("ask.general"), "/new"
		return
	}
	o, known := q.Config.Offerings[id]
	if known && !o.Retired && q.Config.Shows(o.ServiceID, q.Actor.Person, q.Time()) {
		b.About, b.URL = q.Config.ServiceName(o.ServiceID)+" – "+o.Name, formURL(o.ServiceID, id, "")
	}
}

// eraseDraft gives up what was begun.
func eraseDraft(q *site.Request) error {
	if _, err := q.Form(); err != nil { // a form of ours, not what another program posts
		return err
	}
	if _, err := q.Drafts.Forget(q.R.Context(), q.Actor, q.R.PathValue("place")); err != nil {
		return err
	}
	return q.Redirect("/", q.P.T("begun.erased"))
}
