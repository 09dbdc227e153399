package agent

import (
	"github.com/a-h/templ"

	"guichet/internal/web/kit"
	"guichet/internal/web/site"
)

func tagRoutes() []site.Route {
	return []site.Route{{Pattern: "POST /desk/tickets/{number}/tags", Handle: agents(tag)}}
}

// tag adds the tag that was typed, or removes the one whose button was pressed.
func tag(q *site.Request) error {
	n, err := q.Number()
	if err != nil {
		return err
	}
	form, err := q.Form()
	if err != nil {
		return err
	}
	if gone := form.Get("tag.remove"); gone != "" {
		_, err = q.Desk.Tag(q.R.Context(), q.Actor, n, nil, []string{gone})
		if err == nil {
			return done(q, n, "", q.P.T("desk.done.untag", "Tag", gone))
		}
	} else if _, err = q.Desk.Tag(q.R.Context(), q.Actor, n, []string{form.Get("tag.tag")}, nil); err == nil {
		return done(q, n, "", q.P.T("desk.done.tag"))
	}
	return refused(q, n, err, attempt{Open: "tag", Typed: form.Values})
}

// tagField is where a tag is typed.
func (d ticketData) tagField(p kit.Page) kit.Field {
	return kit.Field{Name: "tag.tag", Label: p.P.T("desk.tag.add"), Value: d.Typed.Get("tag.tag"), Hidden: true, Complete: "off", Max: 40,
		Placeholder: p.P.T("desk.tag.placeholder"), Errors: d.Errors, More: templ.Attributes{"data-tags": "/desk/complete", "data-act": "tag"}}
}
