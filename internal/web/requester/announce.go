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
