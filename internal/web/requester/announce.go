package requester

import (
	"guichet"
	"guichet/internal/announcing"
	"guichet/internal/web/site"
)

// information shows an announcement with its news.
func information(q *site.Request) error {
	a, err := q.Announcing.Read(q.R.Context(), q.Actor, guichet.ID(q.R.PathValue("id")))
	if err != nil {
		return err
	}
	return q.Render(ok, informationView(q, q.Page(a.Title, ""), a))
}

// announced are the announcements to show above a page: about a service, or all of them.
func announced(q *site.Request, service guichet.ID) ([]announcing.Announcement, error) {
	return q.Announcing.Live(q.R.Context(), q.Actor, service)
}

// meToo counts the reader among those whom an incident touches, or takes that back.
func meToo(q *site.Request) error {
	form, err := q.Form()
	if err != nil {
		return err
	}
	id, said := guichet.ID(q.R.PathValue("id")), "announce.me_too.done"
	if form.Get("leave") != "" {
		said = "announce.me_too.left"
		err = q.Announcing.LeaveIncident(q.R.Context(), q.Actor, id)
	} else {
		_, err = q.Announcing.JoinIncident(q.R.Context(), q.Actor, id)
	}
	if err != nil {
		return err
	}
	return q.Redirect(site.SafePath(form.Get("back")), q.P.T(said))
}

// announcementWords is how many characters of an announcement stand above a page: two lines of a telephone or so.
const announcementWords = 160

// tone is the class of the banner of an announcement.
func tone(k guichet.AnnouncementKind) string {
	switch k {
	case guichet.AnnouncementIncident:
		return "bad"
	case guichet.AnnouncementNews:
		return "info"
	}
	return ""
}

var announcementIcons = map[guichet.AnnouncementKind]string{guichet.AnnouncementIncident: "triangle-alert",
	guichet.AnnouncementMaintenance: "wrench", guichet.AnnouncementNews: "megaphone"}
